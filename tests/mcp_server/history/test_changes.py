"""The log as a person would tell it, and `get_changes`, which filters it and remembers what each client was told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import trio
import trio.testing

from mcp_server.history.changes import changes
from mirror import Set
from remote_script.headless import demo_set
from tests.whole import Refused, Whole, whole_path

Clock = trio.testing.MockClock
Told = tuple[str, str, Any]


def lines(events: list[dict[str, Any]]) -> list[Told]:
    return [(each["kind"], each["ref"], each.get("name", each.get("type"))) for each in events]


async def at_once(whole: Whole, edit: Callable[[Any], Any]) -> None:
    await whole.by_hand(edit)
    await trio.sleep(1)


SLOT = "tracks/0/clip_slots/0"
CHOSEN = {"property": "selected_track", "value": "tracks/3"}
CASES: list[tuple[str, dict[str, Any], list[Told]]] = [
    ("create", {"kind": "midi", "name": "Lead", "color": "#ff0000"}, [("add", "tracks/6", "Track")]),
    ("create", {"kind": "scene"}, [("add", "scenes/8", "Scene")]),
    ("create", {"kind": "return", "name": "Echo"}, [("add", "return_tracks/2", "Track")]),
    ("insert_device", {"to": 0, "name": "Auto Filter"}, [("add", "tracks/0/devices/3", "Device")]),
    ("set_track", {"track": 0, "name": "Beats"}, [("set", "tracks/0", "name")]),
    ("set_track", {"track": 0, "volume": "-6 dB"}, [("set", "tracks/0/mixer_device/volume", "value")]),
    ("set_track", {"track": 0, "mute": True}, [("set", "tracks/0", "mute")]),
    ("set_track", {"track": 0, "solo": True}, [("set", "tracks/0", "solo")]),
    ("create_clip", {"track": 5, "slot": 0, "notes": "C3@0"}, [("add", "tracks/5/clip_slots/0/clip", "Clip")]),
    ("delete", {"targets": ["tracks/5"]}, [("remove", "tracks/5", "Track")]),
    ("delete", {"targets": ["scenes/2"]}, [("remove", "scenes/2", "Scene")]),
    ("edit_notes", {"clip": SLOT, "add": "C5@0"}, [("content", f"{SLOT}/clip", "notes")]),
    ("set_property", {"target": "view", **CHOSEN}, [("set", "view", "selected_track")]),
]  # fmt: skip


@pytest.mark.parametrize(("tool", "args", "expected"), CASES, ids=lambda each: str(each)[:40])
async def test_what_somebody_does_is_one_line(
    tool: str, args: dict[str, Any], expected: list[Told], autojump_clock: Clock
) -> None:
    async with whole_path(demo_set()) as whole:
        began = whole.mirror.revision
        await whole.call(tool, **args)
        await trio.sleep(3)
        assert lines((await whole.call("get_changes", since=began))["events"]) == expected


async def test_a_fader_that_is_dragged_is_one_move(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        began = whole.mirror.revision
        for value in (0.8, 0.5, 0.3, 0.7):
            await whole.by_hand(lambda song, v=value: setattr(song.tracks[0].mixer_device.volume, "value", v))
            await trio.sleep(0.3)
        (line,) = (await whole.call("get_changes", since=began))["events"]
        assert (line["times"], line["display"]) == (4, "0.0 dB → -6.0 dB")
        assert (round(line["before"], 2), round(line["after"], 2), line["who"]) == (0.85, 0.7, "live")


async def test_nothing_that_somebody_did_is_lost_among_the_consequences(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        began = whole.mirror.revision
        calls = [
            {"tool": "create", "args": {"kind": "midi", "name": "Lead"}},
            {"tool": "set_song", "args": {"tempo": 99}},
            {"tool": "set_track", "args": {"track": 0, "panning": "10L", "name": "Beats"}},
            {"tool": "delete", "args": {"targets": ["tracks/4"]}},
        ]
        await whole.call("batch", calls=calls)
        await trio.sleep(3)
        told = changes(whole.mirror.log.since(began))
        found = sorted((each.event.kind, each.event.name, each.event.object_name) for each in told)
        assert found == [
            ("add", "tracks", "Lead"),
            ("remove", "tracks", "Vinyl"),
            ("set", "name", "Beats"),
            ("set", "tempo", "Lo-Fi Demo"),
            ("set", "value", "Track Panning"),
        ]


async def test_changes_are_filtered_by_who_and_by_seconds(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        began = whole.mirror.revision
        await at_once(whole, lambda song: setattr(song.tracks[2], "name", "Sub"))
        await whole.call("set_track", track=0, name="Beats")
        mine = await whole.call("get_changes", since=began, who="me")
        assert lines(mine["events"]) == [("set", "tracks/0", "name")]
        live = await whole.call("get_changes", since=began, who="live")
        assert lines(live["events"]) == [("set", "tracks/2", "name")]
        recent = await whole.call("get_changes", seconds=3600, match=["tracks/*"])
        assert lines([each for each in recent["events"] if each["kind"] != "resynced"]) == [
            ("set", "tracks/2", "name"),
            ("set", "tracks/0", "name"),
        ]
        assert (await whole.call("get_changes", seconds=1e-9))["events"] == []


async def test_since_you_last_asked_is_kept_for_each_client(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole, whole.another("friend") as friend:
        first = await whole.call("get_changes", since="last")
        assert "first time" in first["notes"][0]
        await at_once(whole, lambda song: setattr(song, "tempo", 99.0))
        assert lines((await whole.call("get_changes", since="last"))["events"]) == [("set", "song", "tempo")]
        again = await whole.call("get_changes", since="last")
        assert again["events"] == []
        assert "notes" not in again
        theirs = await friend.client.call_tool("get_changes", {"since": "last"})
        assert theirs.structured_content is not None
        assert lines(theirs.structured_content["events"]) == [("set", "song", "tempo")]


async def test_a_long_list_goes_on_at_more_since_without_a_gap(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        since = began = whole.mirror.revision
        for number in range(3):
            calls = [
                {"tool": "set_track", "args": {"track": track, "name": f"T{number}{track}"}}
                for track in range(5)
            ]
            await whole.call("batch", calls=calls)
        found: list[dict[str, Any]] = []
        for _ in range(10):
            answer = await whole.call("get_changes", since=since, limit=7)
            found += answer["events"]
            assert answer.get("more", 0) == 15 - len(found)
            if "more_since" not in answer:
                break
            since = answer["more_since"]
        assert found == (await whole.call("get_changes", since=began, limit=100))["events"]
        # "last" goes on where the page ended, too.
        await whole.call("get_changes", since=began, limit=7)
        assert len((await whole.call("get_changes", since="last"))["events"]) == 10


async def test_what_is_no_moment_is_refused(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        for wrong in ("some day", -1, "1.5"):
            with pytest.raises(Refused, match="a revision"):
                await whole.call("get_changes", since=wrong)


async def test_an_author_of_whom_the_log_has_nothing_is_refused_with_those_it_has(
    autojump_clock: Clock,
) -> None:
    async with whole_path(demo_set()) as whole:
        assert (await whole.call("get_changes", who="me"))["events"] == []
        await whole.mirror.write([Set("song", "tempo", 90.0)], author="claude (Claude Code)")
        with pytest.raises(Refused, match="no change by 'cluade'") as caught:
            await whole.call("get_changes", who="cluade")
        assert "claude (Claude Code)" in caught.value.data["hint"]
        (told,) = (await whole.call("get_changes", who="claude"))["events"]
        assert told["name"] == "tempo"
