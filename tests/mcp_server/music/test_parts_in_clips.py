"""Answers about new parts and edits report silent and overlapped notes; arguments that agree are accepted."""

from __future__ import annotations

from typing import Any

import pytest

from remote_script.headless import demo_set
from tests.whole import Refused, Whole, whole_path

CLIP = "tracks/1/clip_slots/1"


async def empty_clip(whole: Whole, bars: int) -> None:
    await whole.call("create_clip", track=1, slot=1, length=f"{bars} bars")


async def test_a_part_longer_than_its_clip_is_reported(autojump_clock: Any) -> None:
    async with whole_path(demo_set(), tick_s=0.02) as whole:
        await empty_clip(whole, 1)
        answer = await whole.call("compose", part="bass", into=CLIP, text="Dm | Gm", octave=1)
        assert any("starts outside of what" in note and "0 to 4" in note for note in answer["notes"])
        answer = await whole.call("edit_notes", clip=CLIP, change="G1@5:2#2")
        assert any("starts outside of what" in note for note in answer["notes"])
        shift = {"edit": "shift", "by": "1 bar"}
        answer = await whole.call("transform_notes", clips=[CLIP], edits=[shift])
        assert any("2 notes start outside" in note for note in answer["notes"])


async def test_notes_beyond_the_end_of_a_new_clip_are_reported(autojump_clock: Any) -> None:
    async with whole_path(demo_set(), tick_s=0.02) as whole:
        answer = await whole.call("create_clip", track=1, slot=1, notes="C3@0:1 E3@3.5:1 G3@4:1")
        assert answer["notes"][:2] == [
            "1 of the notes starts outside of what the new clip plays, beats 0 to 4",
            "1 of the notes ends beyond beat 4, where the new clip ends",
        ]
        answer = await whole.call("create_clip", track=1, slot=6, length="2 bars", notes="C3@0:1 G3@4:1")
        assert not any("outside" in note for note in answer.get("notes", ()))


async def test_an_edit_within_a_clip_reports_no_notes_outside(autojump_clock: Any) -> None:
    async with whole_path(demo_set(), tick_s=0.02) as whole:
        await empty_clip(whole, 2)
        answer = await whole.call("compose", part="chords", into=CLIP, text="Dm9 Gm7 | A7")
        assert answer["notes"] == ["13 notes, 8 beats: 3 chords in 2 bars"]
        edits = [{"edit": "humanize", "timing": 0.02}, {"edit": "legato"}]
        answer = await whole.call("transform_notes", clips=[CLIP], edits=edits)
        assert not any("outside" in note for note in answer["notes"])


async def test_a_part_over_another_is_answered_with_a_note_that_both_play(autojump_clock: Any) -> None:
    async with whole_path(demo_set(), tick_s=0.02) as whole:
        await empty_clip(whole, 4)
        await whole.call("compose", part="chords", into=CLIP, text="C | F | G | C")
        answer = await whole.call("compose", part="chords", into=CLIP, text="Dm9 | Bb", octave=4, at="3.1.1")
        assert "6 notes that were there play with the new ones" in answer["notes"]


async def test_a_length_equal_to_that_of_the_text_is_accepted(autojump_clock: Any) -> None:
    async with whole_path(demo_set(), tick_s=0.02) as whole:
        for number, (part, text, length) in enumerate(
            (("chords", "Dm9 | G7", "2 bars"), ("bass", "Dm9 G7", 4), ("melody", "1 3 5 8", "1 bar"))
        ):
            await whole.call(
                "compose", part=part, into="tracks/1", text=text, length=length, name=f"New {number}"
            )
            with pytest.raises(Refused, match=r"as long as its `text`.*`length` says 3 bars"):
                await whole.call("compose", part=part, into="tracks/1", text=text, length="3 bars")


async def test_drum_names_are_accepted_in_a_drum_clip_and_refused_elsewhere(autojump_clock: Any) -> None:
    async with whole_path(demo_set(), tick_s=0.02) as whole:
        for edit in ({"edit": "swing", "percent": 60}, {"edit": "transpose", "semitones": 1}):
            await whole.call(
                "transform_notes", clips=["tracks/0/clip_slots/2"], edits=[edit], drums=True, overwrite=True
            )
        calls = [
            {"tool": "set_song", "args": {"tempo": 99}},
            {
                "tool": "transform_notes",
                "args": {"clips": ["tracks/1/clip_slots/2"], "edits": ["legato"], "drums": True},
            },
        ]
        with pytest.raises(Refused, match=r"call 1 \(transform_notes\).*`drums` has no effect") as caught:
            await whole.call("batch", calls=calls)
        assert "leave `drums` out" in caught.value.data["hint"]


async def test_drums_in_an_instrument_without_pads_are_reported_as_notes(autojump_clock: Any) -> None:
    async with whole_path(demo_set(), tick_s=0.02) as whole:
        await empty_clip(whole, 1)
        answer = await whole.call("compose", part="drums", into=CLIP, style="house")
        assert any("no drum rack" in note for note in answer["notes"])
        answer = await whole.call("compose", part="drums", into="tracks/0", style="house")
        assert not any("no drum rack" in note for note in answer["notes"])


async def test_notes_of_one_pitch_that_overlap_are_counted_in_the_answer(autojump_clock: Any) -> None:
    async with whole_path(demo_set(), tick_s=0.02) as whole:
        answer = await whole.call("create_clip", track=1, slot=1, notes="C3@0:4 C3@2:1 C3@2:2 E3@0")
        assert "1 of the notes replaced by a later one of the same pitch and start" in answer["notes"]
        assert "1 of the notes cut where the next one of the same pitch starts" in answer["notes"]


@pytest.mark.parametrize(("part", "text"), [("drums", "lo-fi"), ("fill", "")])
@pytest.mark.parametrize(("length", "beats"), [("2 beats", 2), ("6", 6), ("1 bar", 4), (None, 4)])
async def test_a_new_clip_is_as_long_as_its_drums(
    autojump_clock: Any, part: str, text: str, length: Any, beats: float
) -> None:
    async with whole_path(demo_set(), tick_s=0.02) as whole:
        more = {} if length is None else {"length": length}
        answer = await whole.call("compose", part=part, into="tracks/0/clip_slots/6", text=text, **more)
        assert any(f"notes, {beats} beats" in note for note in answer["notes"])
        assert whole.mirror.resolve("tracks/0/clip_slots/6/clip").props["length"] == beats


@pytest.mark.parametrize(("meter", "begin"), [((3, 4), 9.0), ((6, 8), 9.0), ((7, 8), 10.5), ((4, 4), 12.0)])
async def test_a_fill_is_the_last_bar_of_its_clip(
    autojump_clock: Any, meter: tuple[int, int], begin: float
) -> None:
    async with whole_path(demo_set(), tick_s=0.02) as whole:
        await whole.call("set_song", signature_numerator=meter[0], signature_denominator=meter[1])
        await whole.call("create_clip", track=0, slot=6, length="4 bars")
        await whole.call("compose", part="fill", into="tracks/0/clip_slots/6")
        notes = whole.mirror.notes(whole.mirror.resolve("tracks/0/clip_slots/6/clip"))
        assert min(note.start_time for note in notes) == begin


async def test_a_progression_whose_last_bar_rests_keeps_its_bars(autojump_clock: Any) -> None:
    async with whole_path(demo_set(), tick_s=0.02) as whole:
        answer = await whole.call(
            "compose", part="chords", into="tracks/1/clip_slots/6", text="C | F", rhythm="x.", grid="1 bar"
        )
        assert answer["notes"][0] == "3 notes, 8 beats: 2 chords in 2 bars"
        assert whole.mirror.resolve("tracks/1/clip_slots/6/clip").props["length"] == 8


async def test_a_chord_that_the_rhythm_never_plays_is_named(autojump_clock: Any) -> None:
    async with whole_path(demo_set(), tick_s=0.02) as whole:
        answer = await whole.call(
            "compose",
            part="chords",
            into="tracks/1/clip_slots/6",
            text="Am F C G",
            rhythm="x..x..x.",
            grid="1/8",
        )
        assert "the rhythm has no hit for C" in answer["notes"]
        answer = await whole.call(
            "compose", part="chords", into="tracks/1/clip_slots/6", text="C11 | G13", overwrite=True
        )
        assert "voiced as players do: C11 without third, G13 without fifth and eleventh" in answer["notes"]


async def test_new_chords_replace_the_chords_before_and_no_single_note(autojump_clock: Any) -> None:
    into = "tracks/1/clip_slots/6"
    async with whole_path(demo_set(), tick_s=0.02) as whole:
        chords = {"part": "chords", "into": into}
        await whole.call("compose", **chords, text="Am7 | Fmaj9", octave=2)
        # A melody's note high above, and a bass note below.
        await whole.call("edit_notes", clip=into, add="D5@1:1 E0@0:4")
        clip = whole.mirror.resolve(f"{into}/clip").id
        before = whole.mirror.notes(clip)
        await whole.call("compose", **chords, text="C | Dm", octave=2, overwrite=True)
        after = whole.mirror.notes(clip)
        single = {28, 86}
        assert {note.pitch for note in after if note.pitch in single} == single
        assert {note.pitch % 12 for note in after if note.pitch not in single} == {0, 4, 7, 2, 5, 9}
        assert len(after) == 3 + 3 + 2
        # The new range alone would have left some of the chords before.
        new = [note.pitch for note in after if note.pitch not in single]
        assert any(
            note.pitch not in range(min(new), max(new) + 1) for note in before if note.pitch not in single
        )
        answer = await whole.call("compose", part="melody", into=into, text="5 - - -", overwrite=True)
        ids = next(note for note in answer["notes"] if note.startswith("edit_notes with `remove` takes out"))
        low, high = map(int, ids.rpartition("ids ")[2].split("-"))
        assert after[0].note_id in range(low, high + 1)
