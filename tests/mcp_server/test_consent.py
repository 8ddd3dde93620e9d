"""A person's consent is about an object, independent of its position when the answer arrives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mcp_types as types
import pytest
import trio
import trio.testing

from mcp_server.policy import Policy, PolicyFile, Rule
from remote_script.headless.sets.generate import default_set
from tests.whole import QUIET_S, Refused, Whole, whole_path

Clock = trio.testing.MockClock
ERAS = pytest.mark.parametrize("mode", ["auto", "legacy"])
ASK = Policy(PolicyFile(rule=(Rule("ask", operations=("delete", "create")),)))
CALLS: list[tuple[str, dict[str, Any]]] = [
    ("delete", {"targets": ["tracks/1"]}),
    ("delete", {"targets": ["Bass"]}),
    ("call_method", {"target": "song", "method": "delete_track", "args": {"index": 1}}),
    ("batch", {"calls": [{"tool": "delete", "args": {"targets": ["Bass"]}}]}),
]
WAYS = pytest.mark.parametrize(("tool", "arguments"), CALLS, ids=["ref", "name", "place", "batch"])


class Person:
    """A person who edits the Set before answering yes."""

    def __init__(self, edit: Callable[[Any], Any]) -> None:
        self.whole: Whole
        self.asked: list[str] = []
        self._edit = edit

    async def __call__(self, context: Any, params: Any) -> types.ElicitResult:
        self.asked.append(params.message)
        await self.whole.by_hand(self._edit)
        await trio.sleep(QUIET_S)
        return types.ElicitResult(action="accept", content={"allow": True})


async def consented(
    mode: str, tool: str, arguments: dict[str, Any], edit: Callable[[Any], Any]
) -> tuple[list[str], str, list[str]]:
    """(Questions, "" or the code of the refusal, names of the tracks afterwards)."""
    person = Person(edit)
    async with whole_path(default_set(), mode=mode, elicit=person, policy=ASK) as whole:
        person.whole = whole
        for place, name in enumerate(("Drums", "Bass", "Keys", "Vox")):
            await whole.by_hand(
                lambda song, place=place, name=name: setattr(song.tracks[place], "name", name)
            )
        await trio.sleep(QUIET_S)
        try:
            await whole.call(tool, **arguments)
        except Refused as problem:
            code = str(problem.data["error"])
        else:
            code = ""
        return person.asked, code, [track.name for track in whole.stage.song.tracks]


@ERAS
@WAYS
async def test_an_object_moved_while_the_person_was_asked_is_still_the_agreed_one(
    mode: str, tool: str, arguments: dict[str, Any], autojump_clock: Clock
) -> None:
    asked, code, names = await consented(mode, tool, arguments, lambda song: song.delete_track(0))
    assert (code, names) == ("", ["Keys", "Vox"])
    assert len(asked) == 1


@ERAS
@WAYS
async def test_an_object_deleted_or_renamed_while_the_person_was_asked_is_refused(
    mode: str, tool: str, arguments: dict[str, Any], autojump_clock: Clock
) -> None:
    asked, code, names = await consented(mode, tool, arguments, lambda song: song.delete_track(1))
    assert (code, names) == ("STALE_REFERENCE", ["Drums", "Keys", "Vox"])
    edit: Callable[[Any], Any] = lambda song: setattr(song.tracks[1], "name", "Sub")  # noqa: E731
    asked, code, names = await consented(mode, tool, arguments, edit)
    assert (code, names) == ("STALE_REFERENCE", ["Drums", "Sub", "Keys", "Vox"])
    assert len(asked) == 1


@ERAS
async def test_a_track_is_inserted_before_the_track_shown_in_the_question(
    mode: str, autojump_clock: Clock
) -> None:
    arguments = {"kind": "audio", "name": "New", "index": 1}
    asked, code, names = await consented(mode, "create", arguments, lambda song: song.create_midi_track(0))
    assert code == ""
    assert names[1:] == ["Drums", "New", "Bass", "Keys", "Vox"]
    assert len(asked) == 1
