"""A rule about one object follows it while its Set is open, finds it later, or applies to all objects of its kind."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import trio
import trio.testing

from mcp_server.pins import Pin, pin_of
from mcp_server.policy import Policy, PolicyFile, Rule
from tests.lean import demo_set
from tests.whole import Refused, Whole, whole_path

Clock = trio.testing.MockClock


async def verdict(whole: Whole, target: Any) -> str:
    """The hint of the refusal of a new name; "" if the new name is allowed."""
    try:
        await whole.call("set_property", target=target, property="color", value=0xFF0000)
    except Refused as problem:
        return str(problem.data["hint"]) if problem.data["error"] == "DENIED" else str(problem)
    return ""


async def pinned(whole: Whole, target: str) -> Pin:
    pin = pin_of(whole.mirror.store, whole.mirror.resolve(target))
    whole.engine.policy = Policy(PolicyFile(rule=(Rule("deny", pins=(pin,), reason="pinned"),)))
    return pin


async def opened(whole: Whole, change: Any = None) -> None:
    """Open the Set again, with a change; the client reads it."""
    spec = demo_set()
    if change is not None:
        change(spec)
    whole.stage.live.open_set(spec)
    await trio.sleep(5.0)
    await whole.mirror.wait_synced(30)
    await whole.call("get_set")


async def test_a_pin_follows_its_object_after_moves(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        await pinned(whole, "tracks/2")
        assert await verdict(whole, "tracks/2") == "pinned"
        await whole.by_hand(lambda song: setattr(song.tracks[2], "name", "Other"))
        await whole.by_hand(lambda song: song.delete_track(0))
        await trio.sleep(1.0)
        assert await verdict(whole, "tracks/1") == "pinned"
        assert await verdict(whole, "tracks/2") == ""
        await whole.by_hand(lambda song: song.delete_track(1))
        await trio.sleep(1.0)
        assert await verdict(whole, "tracks/1") == ""


def swap(spec: Any) -> None:
    spec.tracks[0], spec.tracks[2] = spec.tracks[2], spec.tracks[0]


def rename(spec: Any) -> None:
    spec.tracks[2].name = "Something else"


def twin(spec: Any) -> None:
    spec.tracks[1].name = "Bass"


@pytest.mark.parametrize(("change", "where"), [(None, 2), (swap, 0), (rename, 2), (twin, 2)])
async def test_a_pin_matches_its_object_by_name_and_content(
    change: Any, where: int, autojump_clock: Clock
) -> None:
    async with whole_path(demo_set()) as whole:
        await pinned(whole, "tracks/2")
        assert await verdict(whole, "tracks/2") == "pinned"
        await opened(whole, change)
        assert await verdict(whole, f"tracks/{where}") == "pinned"
        assert await verdict(whole, "tracks/1") == ""


async def test_a_pin_without_a_match_protects_all_of_its_kind_and_is_reported(
    autojump_clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    async with whole_path(demo_set()) as whole:
        pin = Pin("Track", "Vocals", "0" * 16)
        whole.engine.policy = Policy(PolicyFile(rule=(Rule("deny", pins=(pin,)),)))
        for target in ("tracks/0", "return_tracks/0", "tracks/0/clip_slots/0/clip"):
            assert "no match for the pinned Track 'Vocals': the rule applies to every Track" in await verdict(
                whole, target
            )
        assert await verdict(whole, "scenes/0") == ""
        assert [record.message for record in caplog.records if "pin" in record.message] != []


async def test_a_pin_hides_its_object_from_reading(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        pin = pin_of(whole.mirror.store, whole.mirror.resolve("tracks/2"))
        whole.engine.policy = Policy(PolicyFile(rule=(Rule("deny", operations=("read",), pins=(pin,)),)))
        await whole.by_hand(lambda song: song.delete_track(0))
        await trio.sleep(1.0)
        tracks = (await whole.call("get_set"))["set"]["tracks"]
        assert [each.get("hidden", False) for each in tracks] == [False, True, False, False, False]


def test_pins_are_saved_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "policy.toml"
    path.write_text('[[rule]]\ndecide = "deny"\npins = [{kind = "Track", name = "Bass", content = "00ff"}]\n')
    assert Policy.load(path).rules[0].pins == (Pin("Track", "Bass", "00ff"),)
