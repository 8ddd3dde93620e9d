"""Percussive parts have no harmony: edits of pitch over many clips and the analysis leave them out."""

from __future__ import annotations

from typing import Any

import pytest

from mcp_server.music import BEAT, Context, Note, Scale, report
from mcp_server.music.analysis import Part
from mcp_server.music.edits import EDITS
from tests.lean import demo_set
from tests.whole import Refused, whole_path

A_MINOR = Context(Scale.of_text("A Minor"))
PITCH_EDITS = {
    "transpose": {"semitones": 3},
    "fit_to_scale": {"key": "C# Major"},
    "invert": {"around": 50},
    "invert_chords": {},
    "voice_lead": {},
    "harmonize": {"semitones": 4},
    "octave_double": {"octaves": 1},
    "arpeggiate": {},
}


def test_every_edit_that_changes_pitches_is_tested() -> None:
    assert {name for name, class_ in EDITS.items() if class_.pitched} == PITCH_EDITS.keys()


@pytest.mark.parametrize("edit", PITCH_EDITS)
async def test_edits_of_pitch_over_a_scene_leave_drum_clips_as_they_are(
    autojump_clock: Any, edit: str
) -> None:
    async with whole_path(demo_set(), tick_s=0.02) as whole:
        before = drums(whole)
        args = {"edits": [{"edit": edit, **PITCH_EDITS[edit]}], "overwrite": True}
        answer = await whole.call("transform_notes", clips=["scenes/2"], **args)
        assert any(note.startswith("left_out: drums") for note in answer["notes"]), answer["notes"]
        assert drums(whole) == before


async def test_a_drum_clip_is_transposed_when_named_selected_or_allowed(autojump_clock: Any) -> None:
    lifted = {"edit": "transpose", "semitones": 1}
    for clips, edit, more in (
        (["tracks/0/clip_slots/2"], lifted, {}),
        (["scenes/2"], lifted, {"drums": True}),
        (["scenes/2"], {**lifted, "select": {"pitch_range": [0, 127]}}, {}),
    ):
        async with whole_path(demo_set(), tick_s=0.02) as whole:
            before = drums(whole)
            await whole.call("transform_notes", clips=clips, edits=[edit], overwrite=True, **more)
            assert drums(whole) == [pitch + 1 for pitch in before]


async def test_other_edits_of_the_same_call_apply_to_the_drums(autojump_clock: Any) -> None:
    edits = [{"edit": "transpose", "semitones": 2}, {"edit": "velocity", "to": 77}]
    async with whole_path(demo_set(), tick_s=0.02) as whole:
        before = drums(whole)
        await whole.call("transform_notes", clips=["scenes/2"], edits=edits)
        assert drums(whole) == before
        assert {note.velocity for note in whole.mirror.notes("tracks/0/clip_slots/2/clip")} == {77}


async def test_a_drum_track_is_refused_with_the_way_to_change_it(autojump_clock: Any) -> None:
    async with whole_path(demo_set(), tick_s=0.02) as whole:
        with pytest.raises(Refused, match="left_out: drums"):
            await whole.call(
                "transform_notes", clips=["tracks/0"], edits=[{"edit": "transpose", "semitones": 1}]
            )


def drums(whole: Any) -> list[int]:
    return sorted(note.pitch for note in whole.mirror.notes("tracks/0/clip_slots/2/clip"))


def part(ref: str, track: str, notes: list[Note], **more: Any) -> Part:
    return Part(f"tracks/{ref}/clip_slots/0/clip", "", track, tuple(notes), (0, 4 * BEAT), scene=0, **more)


def sixteenths(pitch: int) -> list[Note]:
    return [Note(pitch, n * BEAT // 4, BEAT // 4) for n in range(16)]


def test_a_shaker_of_one_pitch_is_ignored_in_harmony_findings() -> None:
    line = [Note(pitch, n * BEAT, BEAT) for n, pitch in enumerate((33, 40, 45, 36))]
    found = report.report([part("0", "Aux", sixteenths(34)), part("1", "Bass", line)], [], A_MINOR)
    assert not {"outside_scale", "clashes", "crowded_low"} & found.keys()
    assert "proposals" not in found


def test_a_bass_on_one_pitch_is_not_taken_for_percussion() -> None:
    assert not part("0", "Bass", sixteenths(34)).percussive
    assert part("0", "Anything", sixteenths(34)).percussive


def test_fitting_to_a_scale_names_only_clips_with_unresolved_wrong_notes() -> None:
    walk = [Note(33, 0, BEAT), Note(40, BEAT, BEAT), Note(44, 2 * BEAT, BEAT), Note(45, 3 * BEAT, BEAT)]
    wrong = [Note(61, n * BEAT, BEAT) for n in range(2)] + [Note(64, 3 * BEAT, BEAT)]
    right = [Note(pitch, n * BEAT, BEAT) for n, pitch in enumerate((57, 60, 64))]
    found = report.report(
        [part("0", "Bass", walk), part("1", "Lead", wrong), part("2", "Keys", right)], [], A_MINOR
    )
    fits = [each for each in found["proposals"] if each["tool"] == "transform_notes"]
    assert [each["args"]["clips"] for each in fits] == [["tracks/1/clip_slots/0/clip"]]


def test_a_key_of_the_same_pitches_is_not_proposed() -> None:
    line = [
        Note(60 + step, n * BEAT // 4, BEAT // 4)
        for n, step in enumerate((0, 2, 4, 5, 7, 9, 11, 12, 7, 4, 0))
    ]
    for text in ("A Minor", "C Major", "D Dorian"):
        found = report.report([part("0", "Lead", line)], [], Context(Scale.of_text(text)))
        assert not [each for each in found.get("proposals", ()) if each["tool"] == "set_song"], text


def test_silent_tracks_are_answered_with_calls_that_make_them_audible() -> None:
    facts = report.TrackFacts
    tracks = [
        facts("tracks/0", "Keys", "midi", 1, 0, False, instrument=False),
        facts("tracks/1", "Bounce", "audio", 1, 0, False, no_output="No Output"),
        facts("tracks/2", "Drums", "midi", 1, 0, False, instrument=False),
    ]
    calls = [
        (call["tool"], call["args"])
        for each in report.report([], tracks, A_MINOR)["proposals"]
        for call in each["args"]["calls"]
    ]
    assert calls == [
        ("set_track", {"track": "tracks/1", "output_routing_type": "Main"}),
        ("insert_device", {"to": "tracks/0", "name": "Drift"}),
    ]
