"""Form: sections fill their bars exactly for all lengths of loops; variations change only the named tracks."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mcp_server.music import BEAT, Context, Note, read, run, writing
from mcp_server.music.form import Copy, Form, Section, Source, halved, in_words, lay_out, played
from mcp_server.music.note import settled
from mirror import errors

BAR = 4 * BEAT
KICKS = tuple(Note(36, n * BEAT, BEAT // 4, note_id=n) for n in range(4))
DRUMS = Source(
    1, 10, "Beat", BAR, (*KICKS, Note(38, BEAT, BEAT // 4), Note(42, 2 * BEAT, BEAT // 4)), drums=True
)
BASS = Source(2, 11, "Bass", 3 * BEAT, (Note(40, 0, 2 * BEAT),))
VINYL = Source(3, 12, "Vinyl", 3 * BAR)


def covered(layout: Form, track: int, lengths: dict[int, int]) -> list[tuple[int, int]]:
    spans = [
        (int(each.start), int(each.start) + lengths[each.clip])
        for each in layout.copies
        if each.track == track
    ]
    spans += [
        (int(each.start), int(each.start + each.length)) for each in layout.clips if each.track == track
    ]
    return sorted(spans)


@settings(max_examples=60, deadline=None)
@given(
    bars=st.lists(st.integers(1, 9), min_size=1, max_size=5),
    loop=st.sampled_from((BEAT, 3 * BEAT, BAR, 5 * BEAT, 3 * BAR, 7 * BEAT // 2)),
)
def test_midi_sections_are_covered_without_gap_or_overlap(bars: list[int], loop: int) -> None:
    source = Source(7, 20, "Riff", loop, (Note(60, 0, BEAT),))
    layout = lay_out([Section(f"S{n}", count, (source,)) for n, count in enumerate(bars)], Context())
    spans = covered(layout, 20, {7: loop})
    assert spans[0][0] == 0
    assert all(end == start for (_, end), (start, _) in pairwise(spans))
    assert spans[-1][1] == layout.end == sum(bars) * BAR
    assert [name for _, name in layout.locators] == [f"S{n}" for n in range(len(bars))]


def test_locators_are_at_the_sections_in_any_meter() -> None:
    layout = lay_out([Section("Intro", 4, ()), Section("Verse", 8, ())], Context(numerator=3))
    assert layout.locators == [(0, "Intro"), (12 * BEAT, "Verse")]
    assert layout.end == 36 * BEAT


def test_audio_shorter_than_its_section_is_named() -> None:
    layout = lay_out([Section("Intro", 4, (VINYL,))], Context())
    assert layout.copies == [Copy(3, 12, 0)]
    assert layout.clips == []
    assert "Vinyl" in layout.left_out[0]


def test_a_muted_track_is_silent_only_in_its_section() -> None:
    sections = [Section("A", 1, (DRUMS, BASS), without=frozenset({10})), Section("B", 1, (DRUMS, BASS))]
    layout = lay_out(sections, Context())
    assert [each.start for each in layout.copies if each.track == 10] == [BAR]
    assert {each.track for each in layout.copies} == {10, 11}


def test_sections_with_half_the_drums_or_a_fill_have_separate_notes() -> None:
    half = lay_out([Section("A", 2, (DRUMS,), half=frozenset({10}))], Context())
    assert half.copies == []
    assert [(note.pitch, int(note.start) // BEAT) for note in half.clips[0].notes] == [
        (36, 0), (38, 1), (36, 2), (42, 2), (36, 4), (38, 5), (36, 6), (42, 6),
    ]  # fmt: skip
    filled = lay_out([Section("A", 2, (DRUMS,), fill=True)], Context())
    before = [note for note in filled.clips[0].notes if note.start < BAR]
    assert before == played(DRUMS.notes or (), BAR, 0, BAR)
    last = [note for note in filled.clips[0].notes if note.start >= BAR]
    assert len(last) > len(before)
    assert {note.pitch for note in last} <= {36, 38, 42}
    assert all(note.end <= 2 * BAR for note in filled.clips[0].notes)


@pytest.mark.parametrize("percent", [50, 54, 58, 62, 66])
@pytest.mark.parametrize("grid", ["1/16", "1/8"])
def test_a_fill_swings_as_its_pattern_does(percent: int, grid: str) -> None:
    step = BEAT // 4 if grid == "1/16" else BEAT // 2
    straight = [*KICKS, *(Note(42, n * step, step) for n in range(BAR // step)), Note(38, BEAT, step)]
    swung = run([read({"edit": "swing", "percent": percent, "grid": grid})], straight, Context())
    source = Source(1, 10, "Beat", BAR, tuple(swung), drums=True, groove=7)
    (clip,) = lay_out([Section("A", 4, (source,), fill=True)], Context(), seed=3).clips
    late = Fraction(step * (2 * percent - 100), 100)
    places = {note.start % (2 * step) for note in clip.notes if note.start >= 3 * BAR}
    assert step + late in places
    assert percent == 50 or step not in places
    assert all(note.end <= 4 * BAR for note in clip.notes)
    assert clip.groove == 7, "a clip that is written keeps the groove of the one that it stands for"


def test_a_dry_run_of_a_form_lists_planned_clips_by_section() -> None:
    sections = [
        Section("Intro", 2, (DRUMS, BASS)),
        Section("Hook", 3, (DRUMS, BASS), fill=True),
        Section("End", 1, ()),
    ]
    layout = lay_out(sections, Context(), start=8 * BAR)
    first, second, third = in_words(sections, layout)
    assert first == "Intro (bars 9 to 10): Beat 2x, Bass 2x, Bass written with 1 notes"
    assert second.startswith("Hook (bars 11 to 13): Bass 4x, Beat written with ")
    assert third == "End (bars 14 to 14): nothing"


def test_played_notes_are_cut_at_their_end_and_at_repeated_notes() -> None:
    found = played([Note(60, BEAT, 3 * BEAT, note_id=5)], 2 * BEAT, 0, 3 * BEAT + BEAT // 2)
    assert [(note.start, note.end, note.note_id) for note in found] == [
        (BEAT, 3 * BEAT, None), (3 * BEAT, 3 * BEAT + BEAT // 2, None),
    ]  # fmt: skip


@pytest.mark.parametrize("bars", [[], [0], [-1], [2001], [1000, 1001]])
def test_impossible_lengths_are_refused(bars: list[int]) -> None:
    with pytest.raises(errors.InvalidValue):
        lay_out([Section("S", count, ()) for count in bars], Context())


STYLE_BARS = 2


@pytest.mark.parametrize("style", sorted(writing.STYLES))
@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 99))
def test_half_of_a_drum_pattern_keeps_every_drum_and_the_first_hit_of_each_bar(style: str, seed: int) -> None:
    straight, _ = writing.style_notes(style, Context(), STYLE_BARS * BAR)
    # On the grid or later, so that no hit leaves its bar.
    played = run([read({"edit": "humanize", "timing": 0.02, "seed": seed})], straight, Context())
    half = halved(played, BAR, each_pitch=True)
    for bar in range(STYLE_BARS):
        for pitch in {note.pitch for note in straight}:
            hits, left = (
                [n for n in notes if n.pitch == pitch and int(n.start + BEAT // 16) // BAR == bar]
                for notes in (played, half)
            )
            assert left == hits[::2]


def test_half_of_chords_keeps_whole_chords_and_reports_when_none_can_be_omitted() -> None:
    chords = tuple(Note(pitch, n * 2 * BEAT, 2 * BEAT) for n in range(4) for pitch in (60, 64, 67))
    source = Source(4, 13, "Keys", 2 * BAR, chords)
    layout = lay_out([Section("A", 2, (source,), half=frozenset({13}))], Context())
    assert [(n.pitch, int(n.start)) for n in layout.clips[0].notes] == [
        (pitch, bar * BAR) for bar in range(2) for pitch in (60, 64, 67)
    ]
    strum = run([read({"edit": "strum", "time": "1/32"})], chords, Context(span=(0, 2 * BAR)))
    layout = lay_out(
        [Section("A", 2, (replace(source, notes=tuple(strum)),), half=frozenset({13}))], Context()
    )
    assert [n.pitch for n in layout.clips[0].notes] == [60, 64, 67, 60, 64, 67]
    slow = Source(4, 13, "Keys", BAR, chords[:3])
    assert (
        "no second note" in lay_out([Section("A", 2, (slow,), half=frozenset({13}))], Context()).left_out[0]
    )


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 999), timing=st.sampled_from((0.008, 0.02, 0.05)), bars=st.integers(1, 3))
def test_no_note_of_a_written_clip_is_shortened_to_a_stub(seed: int, timing: float, bars: int) -> None:
    hats = [Note(42, n * BEAT // 4, BEAT // 4, note_id=n) for n in range(16)]
    loop = [*KICKS, *hats, Note(38, BEAT, BEAT // 4), Note(38, 3 * BEAT, BEAT // 4)]
    played = run([read({"edit": "humanize", "timing": timing, "seed": seed})], loop, Context())
    source = Source(1, 10, "Beat", BAR, tuple(played), drums=True)
    sections = [Section("A", bars, (source,), fill=True), Section("B", bars, (source,), half=frozenset({10}))]
    for clip in lay_out(sections, Context(), seed=seed).clips:
        assert all(note.duration >= BEAT // 16 for note in clip.notes)
        assert settled(clip.notes).notes == list(clip.notes)


@pytest.mark.parametrize("begin", [-2, -1, 0, 1, 2, 4])
@pytest.mark.parametrize("beats", [2, 3, 7, 8])
def test_a_section_plays_as_its_clip_does_from_a_launch(begin: int, beats: int) -> None:
    """The pitch of each beat: from the start marker on, then round the loop of three beats."""
    loop, clip = 3, tuple(Note(62 + n, n * BEAT, BEAT) for n in range(-2, 12))
    source = Source(1, 10, "Line", loop * BEAT, clip, begin=begin * BEAT, origin=2 * BEAT)
    layout = lay_out([Section("A", beats, (source,))], Context(numerator=1))
    played_at: dict[int, int] = {}
    for copy in layout.copies:
        marker = begin if copy.marker is None else int(copy.marker) // BEAT - 2
        at = int(copy.start) // BEAT
        for n in range(int(source.taken) // BEAT):
            position = marker + n
            played_at[at + n] = 62 + (position if position < loop else position % loop)
    for new in layout.clips:
        played_at |= {int(new.start + note.start) // BEAT: note.pitch for note in new.notes}
    expected, position = [], begin
    for _ in range(beats):
        expected.append(62 + position)
        position = 0 if position + 1 == loop else position + 1
    assert [played_at[n] for n in range(beats)] == expected


def test_a_fill_without_drums_says_that_it_changes_nothing() -> None:
    for sources in ((BASS,), (VINYL,), ()):
        layout = lay_out([Section("A", 4, sources, fill=True)], Context())
        assert any("`fill` changes nothing" in line for line in layout.left_out)
    layout = lay_out([Section("A", 4, (BASS, DRUMS), fill=True)], Context())
    assert not any("`fill`" in line for line in layout.left_out)
