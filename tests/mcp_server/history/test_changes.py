"""The log as a person would describe it, and `get_changes`, which filters it and stores each client's position."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from types import SimpleNamespace
from typing import Any

import pytest
import trio
import trio.testing

from mcp_server.history.changes import changes
from mcp_server.read_cursors import ReadCursors
from mcp_server.tools import changes as changes_tools
from mcp_server.tools.changes import GetChanges, get_changes
from mirror import Set, errors
from tests.lean import demo_set
from tests.mcp_server.history.test_histories import AUTHORS, World, a_value
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
async def test_an_action_is_one_line(
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


async def test_an_action_is_not_hidden_by_its_consequences(autojump_clock: Clock) -> None:
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


async def test_changes_are_filtered_by_author_and_by_seconds(autojump_clock: Clock) -> None:
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


async def test_the_time_of_the_last_read_is_kept_for_each_client(autojump_clock: Clock) -> None:
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


async def test_a_long_list_continues_at_more_since_without_a_gap(autojump_clock: Clock) -> None:
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
        # A client that has read all changes gets none of them again, also after other requests.
        await whole.call("get_changes", since=began, limit=7)
        assert (await whole.call("get_changes", since="last"))["events"] == []


async def test_last_continues_after_a_page_and_shows_changes_that_a_filter_omitted(
    autojump_clock: Clock,
) -> None:
    async with whole_path(demo_set()) as whole:
        await whole.call("get_changes", since="last")
        for track in range(4):
            await whole.call("set_track", track=track, name=f"T{track}")
            await at_once(whole, lambda song, track=track: setattr(song.tracks[track], "mute", True))
        page = await whole.call("get_changes", since="last", limit=3)
        mine = await whole.call("get_changes", since="last", who="me")
        assert [each["name"] for each in mine["events"]] == ["name", "name"]
        rest = await whole.call("get_changes", since="last")
        assert [each["ref"] for each in page["events"] + rest["events"]] == [
            f"tracks/{track}" for track in range(4) for _ in range(2)
        ]
        assert (await whole.call("get_changes", since="last"))["events"] == []


class Reader:
    """A client of `get_changes` over a log, and the changes that it was shown."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)
        self.world = World()
        mirror = SimpleNamespace(log=self.world.log, store=self.world.store, epoch="e")
        self.desk: Any = SimpleNamespace(
            mirror=mirror, caller=SimpleNamespace(who="me", name="a"), read_cursors=ReadCursors()
        )
        self.shown: set[int] = set()
        """Revisions of changes that were shown, or that a request for the newest changes covered."""

    def edit(self) -> None:
        key = self.draw.choice(self.world.keys())
        self.world.edit(self.draw.choice(AUTHORS), {key: a_value(self.world, key, self.draw)})

    async def ask(self, **arguments: Any) -> list[dict[str, Any]]:
        answer = await get_changes(self.desk, GetChanges(**arguments))
        events: list[dict[str, Any]] = answer["events"]
        if not set(arguments) - {"limit"}:
            self.shown |= self.revisions()
        self.shown |= {each["revision"] for each in events}
        return events

    async def filtered(self) -> None:
        draw, arguments = self.draw, dict[str, Any]()
        if draw.random() < 0.7:
            arguments["since"] = draw.choice(("last", draw.randrange(self.world.store.revision + 1)))
        if draw.random() < 0.4:
            arguments["who"] = draw.choice(AUTHORS)
        if draw.random() < 0.3:
            arguments["match"] = [draw.choice(("tracks/0", "song", "tracks/*/mixer_device/*"))]
        if draw.random() < 0.6:
            arguments["limit"] = draw.randrange(1, 5)
        with suppress(errors.NotFound):
            await self.ask(**arguments)

    def revisions(self) -> set[int]:
        return {each.revision for each in changes(self.world.log.since(0))}

    async def run(self) -> None:
        place = 0
        for _ in range(self.draw.randrange(5, 25)):
            if self.draw.random() < 0.6:
                self.edit()
            else:
                await self.filtered()
            before, place = place, self.desk.read_cursors.position("me", self.desk.mirror)
            assert place >= before
            # No change before the cursor was left unshown.
            assert {each for each in self.revisions() if each <= place} <= self.shown
        pages = 0
        while await self.ask(since="last", limit=4):
            pages += 1
            assert pages < 40
        assert self.revisions() <= self.shown
        assert await self.ask(since="last") == []


async def test_a_cursor_skips_no_change_unseen_by_its_client(
    autojump_clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mcp_server.history.changes.DRAG_S", 0.0)
    for seed in range(150):
        await Reader(seed).run()


@pytest.mark.parametrize("wrong", ["goes back", "eats"])
async def test_a_wrong_cursor_is_detected(
    wrong: str, autojump_clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mcp_server.history.changes.DRAG_S", 0.0)
    place: dict[str, Callable[[Any, Any], int]] = {
        "goes back": lambda desk, shown: shown[-1].revision if shown else 0,
        "eats": lambda desk, shown: desk.mirror.log.latest,
    }
    monkeypatch.setattr(changes_tools, "_read_up_to", place[wrong])
    monkeypatch.setattr(
        ReadCursors, "advance", lambda self, who, mirror, at: self._read.update({who: (mirror.epoch, at)})
    )
    with pytest.raises(AssertionError):
        for seed in range(150):
            await Reader(seed).run()


async def test_an_invalid_moment_is_refused(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        for wrong in ("some day", -1, "1.5"):
            with pytest.raises(Refused, match="a revision"):
                await whole.call("get_changes", since=wrong)


async def test_an_author_without_changes_is_refused_with_the_known_authors(
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
