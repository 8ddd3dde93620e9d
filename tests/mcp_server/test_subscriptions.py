"""Notifications: their receivers, their rate, and no effect of a slow client on others."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise
from typing import Any

import pytest
import trio
import trio.testing

from mcp_server.demo.agent import Agent
from mcp_server.front import build
from mcp_server.subscriptions import APART_S, Sender
from tests.lean import demo_set
from tests.whole import Whole, whole_path

ERAS = pytest.mark.parametrize("mode", ["auto", "legacy"])
SETTLE_S = 1.0

Clock = trio.testing.MockClock


@asynccontextmanager
async def listening(mode: str, *uris: str) -> AsyncIterator[Whole]:
    async with whole_path(demo_set(), mode=mode) as whole, whole.agent.subscribed(*uris):
        await trio.sleep(SETTLE_S)
        whole.agent.updates.clear()
        yield whole


async def told(whole: Whole, edit: Any) -> list[str]:
    """The resources in the client's notifications after a person's edit, in order."""
    whole.agent.updates.clear()
    await whole.by_hand(edit)
    await trio.sleep(SETTLE_S)
    return [uri for _, uri in whole.agent.updates]


class SlowClient:
    """A connection whose first notification waits for `proceed`."""

    def __init__(self) -> None:
        self.proceed = trio.Event()
        self.uris: list[str] = []

    async def send_resource_updated(self, uri: str) -> None:
        self.uris.append(uri)
        await self.proceed.wait()


async def test_a_change_during_a_slow_notification_is_notified_too(nursery: trio.Nursery) -> None:
    client = SlowClient()
    watches: Any = None
    sender = Sender(watches, client, "me")
    nursery.start_soon(sender.run)
    for _ in range(2):
        sender._hear("live://set")
        await trio.testing.wait_all_tasks_blocked()
    client.proceed.set()
    await trio.testing.wait_all_tasks_blocked()
    assert client.uris == ["live://set"] * 2
    sender.stop()


@ERAS
async def test_a_parent_is_updated_only_when_its_own_text_changes(mode: str, autojump_clock: Clock) -> None:
    uris = (
        "live://set",
        "live://tracks/0",
        "live://ref/tracks/0",
        "live://clips/tracks/0/clip_slots/0/clip/notes",
    )
    whole_set, track, object_, notes = uris
    async with listening(mode, *uris) as whole:
        assert set(await told(whole, lambda song: setattr(song.tracks[0], "name", "Beat"))) == {
            whole_set,
            track,
            object_,
        }
        fader = await told(whole, lambda song: setattr(song.tracks[0].mixer_device.volume, "value", 0.3))
        assert set(fader) == {whole_set, track}
        # The Set's lines do not show sends.
        assert await told(whole, lambda song: setattr(song.tracks[0].view, "is_collapsed", True)) in (
            [],
            [object_],
        )
        knob = await told(whole, lambda song: setattr(song.tracks[1].devices[0].parameters[1], "value", 0.0))
        assert track not in knob
        assert notes not in knob
        clip = await told(
            whole, lambda song: song.tracks[0].clip_slots[0].clip.remove_notes_extended(0, 128, 0, 99)
        )
        assert notes in clip
        assert object_ not in clip


@ERAS
async def test_a_tempo_change_notifies_only_subscribers_of_the_song(mode: str, autojump_clock: Clock) -> None:
    async with listening(mode, "live://ref/song", "live://tracks/0") as whole:
        # Live may notify consequences, such as can_undo, a tick later.
        assert set(await told(whole, lambda song: setattr(song, "tempo", 99.0))) == {"live://ref/song"}


@ERAS
async def test_the_first_change_is_sent_at_once_and_later_ones_at_most_every_fifty_milliseconds(
    mode: str, autojump_clock: Clock
) -> None:
    uri = "live://ref/tracks/0/mixer_device/volume"
    async with listening(mode, uri) as whole:
        arrived: list[float] = []
        whole.agent._note = lambda uri: arrived.append(trio.current_time())  # type: ignore[method-assign]
        began = trio.current_time()
        for step in range(100):
            await whole.by_hand(
                lambda song, step=step: setattr(song.tracks[0].mixer_device.volume, "value", step / 200)
            )
            await trio.sleep(0.01)
        lasted = trio.current_time() - began
        await trio.sleep(SETTLE_S)
        assert arrived[0] - began < APART_S
        assert len(arrived) <= lasted / APART_S + 2
        gaps = [after - before for before, after in pairwise(arrived)]
        assert min(gaps) > APART_S * 0.9
        assert (await whole.agent.read(uri))["value"] == pytest.approx(99 / 200)


@ERAS
async def test_a_disconnected_client_gets_no_updates_and_leaves_no_subscription(
    mode: str, autojump_clock: Clock
) -> None:
    async with whole_path(demo_set(), mode=mode) as whole:
        async with Agent.over(build(whole.engine), mode=mode) as other, other.subscribed("live://tracks/0"):
            await trio.sleep(SETTLE_S)
            assert whole.engine.watches.count == 1
            await whole.by_hand(lambda song: setattr(song.tracks[0], "name", "Beat"))
            await other.update_after(0, "live://tracks/0")
        await trio.sleep(SETTLE_S)
        assert whole.engine.watches.count == 0
        assert (await whole.call("get_track", track="tracks/0"))["track"]["name"] == "Beat"


async def test_a_client_that_does_not_read_affects_no_other(autojump_clock: Clock) -> None:
    async with whole_path(demo_set(), mode="legacy") as whole:
        stuck = trio.Event()

        async def never(message: Any) -> None:
            await stuck.wait()

        uri = "live://tracks/0"
        async with Agent.over(build(whole.engine), mode="legacy") as slow, whole.agent.subscribed(uri):
            slow._hear = never  # type: ignore[method-assign]
            slow.client._message_handler = never  # type: ignore[attr-defined]
            async with slow.subscribed(uri):
                for number in range(50):
                    heard = len(whole.agent.updates)
                    await whole.by_hand(
                        lambda song, number=number: setattr(song.tracks[0], "name", f"T{number}")
                    )
                    await whole.agent.update_after(heard, uri)
                    await trio.sleep(APART_S * 2)
                stuck.set()
                assert len(whole.agent.updates) == 50


@ERAS
async def test_a_new_object_notifies_its_waiting_subscriber(mode: str, autojump_clock: Clock) -> None:
    uri = "live://ref/tracks/6"
    async with listening(mode, uri) as whole:
        assert set(await told(whole, lambda song: song.create_midi_track(-1))) == {uri}
        assert (await whole.agent.read(uri))["type"] == "Track"
        # Another object at that place has another body.
        assert set(await told(whole, lambda song: song.create_audio_track(0))) == {uri}
        assert set(await told(whole, lambda song: song.delete_track(0))) == {uri}
        assert set(await told(whole, lambda song: song.delete_track(6))) == {uri}


async def test_a_track_whose_menus_list_a_new_name_has_not_changed(autojump_clock: Any) -> None:
    async with whole_path(demo_set()) as whole:
        since = whole.mirror.revision
        menus = whole.mirror.resolve("tracks/1").props["available_output_routing_types"]
        answers: list[dict[str, Any]] = []

        async def wait(match: str) -> None:
            answers.append(await whole.call("wait_for_change", match=[match], timeout_s=2))

        async with trio.open_nursery() as nursery:
            nursery.start_soon(wait, "tracks/1/**")
            nursery.start_soon(wait, "tracks/0")
            await trio.sleep(0.1)
            await whole.by_hand(lambda song: setattr(song.tracks[0], "name", "Beats"))
        assert whole.mirror.resolve("tracks/1").props["available_output_routing_types"] != menus
        # The one that waits for the renamed track returns first.
        assert [answer["changed"] for answer in answers] == [True, False]
        late = await whole.call("wait_for_change", match=["tracks/1"], after=since, timeout_s=0.5)
        assert late["changed"] is False
        read = await whole.agent.client.read_resource("live://events")
        events = json.loads(read.contents[0].text)["events"]
        assert any(event.get("name") == "name" for event in events)
        assert not any(event.get("name", "").startswith("available_") for event in events)
