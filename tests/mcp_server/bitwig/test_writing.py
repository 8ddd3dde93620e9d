"""An agent's writes reach Bitwig and are read back; functions that the protocol lacks are refused with the reason."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any, NamedTuple

import pytest
import trio
import trio.testing

from mcp_server.bitwig.reasons import LACKS
from tests.whole import Refused

from .standin import METHODS, Clip, Note, Project, Refusal, Track, song
from .world import BitwigWhole, bitwig

Clock = trio.testing.MockClock
CLIP = "tracks/0/clip_slots/0/clip"


class Case(NamedTuple):
    """A call of a tool, and the expected values in Bitwig."""

    tool: str
    arguments: dict[str, Any]
    shows: Callable[[Project], Any]
    expected: Any
    before: Callable[[Project], Any] = lambda project: None
    """A person's edit before the call."""


def _notes(project: Project) -> dict[tuple[int, int], Note]:
    return project.tracks[0].clips[1].notes


def _change(**fields: Any) -> dict[str, Any]:
    """A change of the note at step 0 of Bass, found by its position."""
    return {"clip": CLIP, "change": [{"id": "first", **fields}]}


def _note(name: str) -> Callable[[Project], Any]:
    return lambda project: getattr(_notes(project)[0, 36], name)


def _add_two(project: Project) -> None:
    _notes(project).update({(0, 40): Note(), (1, 36): Note()})


TRACK = {
    "name": ("Sub", "name"),
    "volume": (0.25, "volume"),
    "panning": (-0.5, "pan"),
    "mute": (True, "mute"),
    "solo": (True, "solo"),
    "arm": (True, "arm"),
}
NOTE = {
    "v": (64.0, "velocity"),
    "d": (1.5, "duration"),
    "m": (True, "muted"),
    "pr": (0.5, "chance"),
    "gain": (0.25, "gain"),
    "pan": (-1.0, "pan"),
    "pressure": (0.5, "pressure"),
    "timbre": (-0.5, "timbre"),
    "transpose": (12.0, "transpose"),
}
PITCH_36 = {"from_pitch": 36, "pitch_span": 1, "from_time": 0, "time_span": 99}
NEW = {"p": 60, "t": 1, "d": 0.5, "v": 90, "gain": 0.5}
CASES: dict[str, Case] = {
    **{
        f"track {name}": Case(
            "set_track", {"track": 0, name: value}, lambda p, field=field: getattr(p.tracks[0], field), value
        )  # type: ignore[misc]
        for name, (value, field) in TRACK.items()
    },
    **{
        f"note {name}": Case("edit_notes", _change(**{name: value}), _note(field), pytest.approx(value))
        for name, (value, field) in NOTE.items()
    },
    "select a track": Case(
        "set_property",
        {"target": "view", "property": "selected_track", "value": "tracks/1"},
        lambda p: p.selected[0],
        2,
    ),
    "select a clip": Case(
        "set_property",
        {"target": "view", "property": "highlighted_clip_slot", "value": "tracks/1/clip_slots/2"},
        lambda p: p.selected,
        (2, 3),
    ),
    "play": Case("transport", {"action": "play"}, lambda p: p.playing, True),
    "stop": Case("transport", {"action": "stop"}, lambda p: p.playing, False, lambda p: setattr(p, "playing", True)),
    "record": Case("transport", {"action": "record"}, lambda p: p.recording, True),
    "position": Case("transport", {"action": "jump_to", "time": 6.0}, lambda p: p.position, 6.0),
    "create an instrument track": Case(
        "create",
        {"kind": "midi", "name": "Lead", "index": 1},
        lambda p: [(t.name, t.type) for t in p.tracks[:3]],
        [("Bass", "instrument"), ("Lead", "instrument"), ("Drums", "instrument")],
    ),
    "create an audio track": Case(
        "create", {"kind": "audio", "name": "Take"}, lambda p: (p.tracks[-1].name, p.tracks[-1].type), ("Take", "audio")
    ),
    "create an effect track": Case(
        "create",
        {"kind": "return", "name": "Echo"},
        lambda p: (p.tracks[-1].name, p.tracks[-1].type),
        ("Echo", "effect"),
    ),
    "delete a track": Case(
        "delete", {"targets": ["tracks/0"]}, lambda p: [t.name for t in p.tracks], ["Drums", "Vocals", "Reverb"]
    ),
    "delete an effect track": Case(
        "delete", {"targets": ["return_tracks/0"]}, lambda p: [t.name for t in p.tracks], ["Bass", "Drums", "Vocals"]
    ),
    "create a scene": Case("create", {"kind": "scene"}, lambda p: p.scenes, 9),
    "create a clip with notes": Case(
        "create_clip",
        {"track": 1, "slot": 1, "length": 8, "name": "Verse", "notes": [NEW]},
        lambda p: p.tracks[1].clips[2],
        Clip("Verse", 8.0, notes={(4, 60): Note(90.0, 0.5, gain=0.5)}),
    ),
    "clip name": Case("set_clip", {"clip": CLIP, "name": "B"}, lambda p: p.tracks[0].clips[1].name, "B"),
    "clip length": Case("set_clip", {"clip": CLIP, "loop_end": 8.0}, lambda p: p.tracks[0].clips[1].length, 8.0),
    "clip stop": Case(
        "fire",
        {"target": CLIP, "stop": True},
        lambda p: p.tracks[0].clips[1].isPlaying,
        False,
        lambda p: setattr(p.tracks[0].clips[1], "isPlaying", True),
    ),
    "stop all clips": Case(
        "transport",
        {"action": "stop_all_clips"},
        lambda p: p.tracks[1].clips[3].isPlaying,
        False,
        lambda p: setattr(p.tracks[1].clips[3], "isPlaying", True),
    ),
    "delete a clip": Case("delete", {"targets": [CLIP]}, lambda p: p.tracks[0].clips, {}),
    "add a note": Case(
        "edit_notes", {"clip": CLIP, "add": "C2@2:1"}, lambda p: sorted(_notes(p)), [(0, 36), (4, 38), (8, 48)]
    ),
    "replace all notes": Case(
        "edit_notes", {"clip": CLIP, "replace": "C2@2:1"}, lambda p: sorted(_notes(p)), [(8, 48)]
    ),
    "remove a note": Case(
        "edit_notes",
        {"clip": CLIP, "remove": ["first"]},
        lambda p: sorted(_notes(p)),
        [(0, 40), (1, 36), (4, 38)],
        _add_two,
    ),
    "remove all notes of a pitch": Case(
        "call_method",
        {"target": CLIP, "method": "remove_notes_extended", "args": PITCH_36},
        lambda p: sorted(_notes(p)),
        [(0, 40), (4, 38)],
        _add_two,
    ),
    "move a note": Case("edit_notes", _change(t=2.0, p=37), lambda p: sorted(_notes(p)), [(4, 38), (8, 37)]),
    "transpose all": Case(
        "transform_notes",
        {"clips": [CLIP], "edits": [{"edit": "transpose", "semitones": 5}]},
        lambda p: sorted(_notes(p)),
        [(0, 41), (4, 43)],
    ),
}  # fmt: skip


def _with_ids(whole: BitwigWhole, value: Any) -> Any:
    """The arguments with "first" replaced by the id of the first note of Bass."""
    if value == "first":
        return whole.mirror.notes(CLIP)[0].note_id
    if isinstance(value, dict):
        return {name: _with_ids(whole, each) for name, each in value.items()}
    return [_with_ids(whole, each) for each in value] if isinstance(value, list) else value


async def _done(whole: BitwigWhole, case: Case) -> None:
    case.before(whole.standin.project)
    await whole.settled()
    revision = whole.mirror.revision
    answer = await whole.call(case.tool, **_with_ids(whole, case.arguments))
    assert answer["outcome"] == "verified"
    assert answer["undo_steps"] == 0
    assert case.shows(whole.standin.project) == case.expected
    assert await whole.differences() == []
    # All changes belong to this write; the next cycle finds no further change.
    assert {event.who for event in whole.mirror.log.whole(revision)} <= {"tests"}


NEEDLESS = {"ping", "clip.findEmptySlots"}
"""Every question shows that the extension is alive, and the mirror knows the empty slots."""


async def test_every_write_reaches_bitwig_and_every_method_is_used(autojump_clock: Clock) -> None:
    async with bitwig() as whole:
        for name, case in CASES.items():
            # A person undoes everything.
            whole.standin.project = song()
            try:
                await _done(whole, case)
            except (AssertionError, Refused) as problem:
                raise AssertionError(name) from problem
        assert set(METHODS) - set(whole.standin.asked) == NEEDLESS


PARITY = {
    "Note velocity": "note v", "Note duration": "note d", "Note muted": "note m", "Note gain": "note gain",
    "Note pan": "note pan", "Note pressure": "note pressure", "Note chance": "note pr",
    "Note timbre": "note timbre", "Note transpose": "note transpose",
    "Track name": "track name", "Track volume": "track volume", "Track mute": "track mute",
    "Track solo": "track solo", "Track pan": "track panning", "Track arm": "track arm",
    "Track select": "select a track", "Track color": ("set_track", {"track": 0, "color": "#ff0000"}),
    "Play/Stop": "play", "Set position": "position", "Get tempo (BPM)": "tempo",
    "Set tempo (BPM)": ("set_song", {"tempo": 99}), "Time signature get": "signature_numerator",
    "Time signature set": ("set_song", {"signature_numerator": 3}), "Record toggle": "record",
    "Scene count": "scenes", "Create scene": "create a scene",
    "Delete scene": ("delete", {"targets": ["scenes/0"]}),
}  # fmt: skip
"""Row of the document's tables → the proof of its column "Bitwig MCP": a case above, a read value, or a refusal."""


async def test_the_rows_of_the_parity_tables_hold_for_bitwig(autojump_clock: Clock) -> None:
    async with bitwig() as whole:
        for row, shown in PARITY.items():
            if isinstance(shown, tuple):
                assert await whole.refused(shown[0], **shown[1]) == "NOT_AVAILABLE", row
            elif shown == "scenes":
                assert len(whole.mirror.children("song", "scenes")) == whole.standin.project.scenes
            elif shown not in CASES:
                assert whole.mirror.resolve("song").props[shown] in (120.0, 4)


LACKING: dict[str, tuple[str, dict[str, Any]]] = {
    "undo": ("undo", {}),
    "undo by anyone": ("undo", {"anyone": True}),
    "redo": ("undo", {"redo": True}),
    "tempo": ("set_song", {"tempo": 99.0}),
    "signature": ("set_song", {"signature_numerator": 3}),
    "loop": ("set_song", {"loop": True}),
    "launch a clip": ("fire", {"target": CLIP}),
    "launch a scene": ("fire", {"target": "scenes/0"}),
    "delete a scene": ("delete", {"targets": ["scenes/0"]}),
    "scene elsewhere": ("create", {"kind": "scene", "index": 0}),
    "color": ("set_track", {"track": 0, "color": "#00ff00"}),
    "arrangement": ("create_clip", {"track": 0, "time": 0}),
    "device": ("insert_device", {"to": "tracks/0", "name": "Reverb"}),
    "duplicate": ("call_method", {"target": "song", "method": "duplicate_track", "args": {"index": 0}}),
    "looping": ("set_clip", {"clip": CLIP, "looping": True}),
    "quantize": (
        "call_method", {"target": CLIP, "method": "quantize", "args": {"quantization_grid": 5, "amount": 1.0}},
    ),
    "release velocity": ("edit_notes", {"clip": CLIP, "add": [{"p": 60, "t": 0, "d": 1, "rv": 10}]}),
    "deviation": ("edit_notes", {"clip": CLIP, "change": [{"id": "first", "vd": 10}]}),
}  # fmt: skip


async def test_features_missing_in_the_protocol_are_refused_with_the_reason(autojump_clock: Clock) -> None:
    async with bitwig() as whole:
        before = deepcopy(whole.standin.project)
        for what, (tool, arguments) in LACKING.items():
            with pytest.raises(Refused) as refusal:
                await whole.call(tool, **_with_ids(whole, arguments))
            assert refusal.value.data["error"] == "NOT_AVAILABLE", what
            assert "Bitwig" in refusal.value.data["rule"], what
            assert refusal.value.data["hint"], what
            assert whole.standin.project == before, what


def test_every_reason_names_a_member_of_the_table() -> None:
    from remote_script.SetMirror.contract import schema

    for name in LACKS:
        class_, _, member = name.partition(".")
        assert member in schema.properties(class_) or member in schema.methods(class_), name


async def test_a_note_between_sixteenths_is_refused_and_leaves_no_clip_behind(autojump_clock: Clock) -> None:
    async with bitwig() as whole:
        before = deepcopy(whole.standin.project)
        arguments = {"track": 0, "name": "Bad", "notes": "C2@0.1:1"}
        with pytest.raises(Refused, match="sixteenths"):
            await whole.call("create_clip", **arguments)
        assert whole.standin.project == before
        assert await whole.differences() == []


async def test_a_write_that_fails_halfway_is_reverted_value_by_value(autojump_clock: Clock) -> None:
    async with bitwig() as whole:
        before = deepcopy(whole.standin.project)
        whole.standin.refuse["track.setSolo"] = Refusal("no solo today")
        with pytest.raises(Refused, match="no solo today") as refusal:
            calls = [
                {"tool": "create", "args": {"kind": "midi"}},
                {"tool": "set_track", "args": {"track": 0, "volume": 0.1, "name": "X"}},
                {"tool": "edit_notes", "args": {"clip": CLIP, "add": "C5@0:1"}},
                {"tool": "set_track", "args": {"track": 1, "solo": True}},
            ]
            await whole.call("batch", calls=calls)
        assert refusal.value.data["error"] == "LIVE_REFUSED"
        assert whole.standin.project == before
        assert await whole.differences() == []


async def test_a_feature_the_extension_refuses_is_reported_with_its_message(autojump_clock: Clock) -> None:
    async with bitwig() as whole:
        whole.standin.refuse["track.setPan"] = Refusal("Feature not supported: track.pan", -32001)
        with pytest.raises(Refused) as refusal:
            await whole.call("set_track", track=0, panning=0.5)
        assert refusal.value.data["error"] == "NOT_AVAILABLE"
        assert "Feature not supported: track.pan" in refusal.value.data["rule"]


async def test_revert_works_without_an_undo(autojump_clock: Clock) -> None:
    async with bitwig() as whole:
        before = deepcopy(whole.standin.project)
        made = await whole.call("set_track", track=0, volume=0.1, name="X", mute=True)
        edited = await whole.call(
            "edit_notes", clip=CLIP, change=_with_ids(whole, _change(v=1, gain=0.1))["change"]
        )
        for each in (edited, made):
            assert (await whole.call("revert", write=each["write"]))["outcome"] == "verified"
        assert whole.standin.project == before


# -- a person is faster ----------------------------------------------------------------------------

RACES: dict[str, tuple[Callable[[Project], Any], str, dict[str, Any], str]] = {
    "a track comes before": (
        lambda p: p.tracks.insert(0, Track("New")), "set_track", {"track": 0, "volume": 0.1}, "STALE_REFERENCE",
    ),
    "the track is deleted": (lambda p: p.tracks.pop(0), "set_track", {"track": 0, "mute": True}, "STALE_REFERENCE"),
    "tracks change before a delete": (
        lambda p: p.tracks.insert(0, Track("New")), "delete", {"targets": ["tracks/0"]}, "STALE_REFERENCE",
    ),
    "another clip is in the slot": (
        lambda p: p.tracks[0].clips.update({1: Clip("Other")}), "delete", {"targets": [CLIP]}, "STALE_REFERENCE",
    ),
    "the clip is gone": (
        lambda p: p.tracks[0].clips.clear(), "set_clip", {"clip": CLIP, "name": "X"}, "STALE_REFERENCE",
    ),
    "the slot is filled": (
        lambda p: p.tracks[0].clips.update({2: Clip("Mine")}), "create_clip", {"track": 0, "slot": 1}, "LIVE_REFUSED",
    ),
    "the notes are others": (
        lambda p: _notes(p).update({(1, 1): Note()}),
        "edit_notes", {"clip": CLIP, "replace": "C2@0:1"}, "PRECONDITION_FAILED",
    ),
}  # fmt: skip


@pytest.mark.parametrize("race", RACES)
async def test_a_write_after_a_persons_edit_of_the_same_changes_nothing(
    race: str, autojump_clock: Clock
) -> None:
    edit, tool, arguments, error = RACES[race]
    async with bitwig() as whole:
        await whole.settled()
        edit(whole.standin.project)
        after = deepcopy(whole.standin.project)
        with pytest.raises(Refused) as refusal:
            await whole.call(tool, **arguments)
        assert refusal.value.data["error"] == error
        assert whole.standin.project == after
        assert await whole.differences() == []


async def test_a_write_does_not_undo_a_persons_start_of_playback(autojump_clock: Clock) -> None:
    async with bitwig() as whole:
        whole.standin.project.playing = True
        await whole.call("transport", action="play")
        assert whole.standin.project.playing is True


# -- notes -----------------------------------------------------------------------------------------


async def test_notes_that_change_places_keep_their_ids_and_properties(autojump_clock: Clock) -> None:
    async with bitwig() as whole:
        first, second = whole.mirror.notes(CLIP)
        change = [
            {"id": first.note_id, "t": second.start_time, "p": second.pitch},
            {"id": second.note_id, "t": first.start_time, "p": first.pitch},
        ]
        await whole.call("edit_notes", clip=CLIP, change=change)
        assert _notes(whole.standin.project)[4, 38] == Note()
        assert _notes(whole.standin.project)[0, 36] == Note(80.0, 0.5, gain=0.7)
        after = {n.note_id: (n.start_time, n.pitch) for n in whole.mirror.notes(CLIP)}
        assert after == {first.note_id: (1.0, 38), second.note_id: (0.0, 36)}


async def test_shifting_notes_onto_each_other_loses_none(autojump_clock: Clock) -> None:
    async with bitwig() as whole:
        _notes(whole.standin.project).clear()
        _notes(whole.standin.project).update({(n, 60): Note(float(n + 1)) for n in range(8)})
        await whole.settled()
        notes = whole.mirror.notes(CLIP)
        for by in (0.25, -0.25):
            change = [{"id": n.note_id, "t": n.start_time + max(by, 0.0)} for n in notes]
            await whole.call("edit_notes", clip=CLIP, change=change, overwrite=True)
            found = {x: note.velocity for (x, _), note in _notes(whole.standin.project).items()}
            assert found == {n + (by > 0): float(n + 1) for n in range(8)}


async def test_many_notes_are_written_in_one_write(autojump_clock: Clock) -> None:
    async with bitwig() as whole:
        notes = [{"p": 40 + n % 48, "t": (n // 48) * 0.25, "d": 0.25, "v": 1 + n % 127} for n in range(1000)]
        answer = await whole.call("create_clip", track=0, length=8, notes=notes)
        assert answer["outcome"] == "verified"
        assert len(whole.standin.project.tracks[0].clips[2].notes) == 1000
        assert await whole.differences() == []


async def test_arm_is_the_last_written_value_unless_the_extension_reports_it(autojump_clock: Clock) -> None:
    async with bitwig() as whole:
        assert whole.mirror.resolve("tracks/0").props["arm"] is None
        await whole.call("set_track", track=0, arm=True)
        assert whole.mirror.resolve("tracks/0").props["arm"] is True
        whole.standin.shows_arm = True
        whole.standin.project.tracks[0].arm = False
        await whole.settled()
        assert whole.mirror.resolve("tracks/0").props["arm"] is False
