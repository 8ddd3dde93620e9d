"""The script knows exactly the objects that subscribers attend to, on every connection."""

from __future__ import annotations

from typing import Any

import pytest
import trio

from mirror.attention import CLASSES, MOST, Attention
from mirror.store import Store
from mirror.subscriptions import Hub

from .conftest import Clock, Open
from .peer import Peer, obj
from .test_hearing import HEARD, VOLUME
from .test_store import filled

BASS_VOLUME = 33
ASKED = [(patterns, bool(heard)) for patterns, change, heard in HEARD if change is VOLUME]


def wanted(store: Store, patterns: Any) -> set[int]:
    hub = Hub(store)
    hub.subscribe(patterns)

    async def never(method: str, params: dict[str, Any]) -> None: ...

    return Attention(store, hub, never, lambda: 1).wanted()


@pytest.mark.parametrize(("patterns", "is_told"), ASKED)
def test_a_subscriber_to_a_parameter_attends_to_it(patterns: Any, is_told: bool) -> None:
    found = wanted(filled(), patterns)
    assert (BASS_VOLUME in found) is is_told
    assert {filled().nodes[id_].type for id_ in found} <= CLASSES


def test_attention_is_limited_to_the_maximum_of_the_script() -> None:
    store = filled()
    many = [obj(5000 + n, "DeviceParameter", 24, "parameters", {"name": f"P {n}"}) for n in range(MOST + 5)]
    names = ["children", 24, "parameters", [each[0] for each in many]]
    store.apply(store.revision + 1, [*(["add", each] for each in many), names])
    assert len(wanted(store, ["**"])) == MOST


async def test_attended_objects_follow_subscriptions_and_connections(
    clock: Clock, peer: Peer, opened: Open
) -> None:
    async with opened() as mirror:
        async with mirror.subscribe(["tracks/1/mixer_device/volume"]) as stream:
            await trio.sleep(0.1)
            assert peer.attended == [BASS_VOLUME]
            stream.add("tracks/0")
            await trio.sleep(0.1)
            assert peer.attended == [23, BASS_VOLUME]
            stream.remove("tracks/1/mixer_device/volume")
            await trio.sleep(0.1)
            assert peer.attended == [23]
            peer.attended = []
            peer.cut()
            await trio.sleep(2)
            await mirror.wait_synced()
            await trio.sleep(0.1)
            assert peer.attended == [23]
        await trio.sleep(0.1)
        assert peer.attended == []
