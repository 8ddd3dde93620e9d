"""Analysis of music: findings in notes that were written for each test."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from mcp_server.music import (
    BEAT,
    Context,
    Note,
    Scale,
    analysis,
    from_beats,
    harmony,
    read,
    report,
    run,
    timing,
    writing,
)
from mcp_server.music.keys import find_key

C = Scale.of_text("C major")


def part(ref: str, notes: list[Note], **more: object) -> analysis.Part:
    span = more.pop("span", (0, 4 * BEAT))
    return analysis.Part(ref, ref, more.pop("track", ref), tuple(notes), span, **more)  # type: ignore[arg-type]


def line(*pitches: int, length: float = 1.0) -> list[Note]:
    return [Note(pitch, from_beats(n * length), from_beats(length)) for n, pitch in enumerate(pitches)]


def test_chords_of_a_written_progression_are_recognized_with_their_times() -> None:
    text = "Dm9 | G7 Bb/C | Am7 | F#m7b5"
    context = Context(span=(0, 16 * BEAT))
    notes = writing.chord_notes(harmony.progression(text, C), context, lead=False)
    assert analysis.chords_over(notes, context) == [
        (0, "Dm9"), (4 * BEAT, "G7"), (6 * BEAT, "Bb/C"), (8 * BEAT, "Am7"), (12 * BEAT, "F#m7b5"),
    ]  # fmt: skip


def test_keys_are_recognized_from_cadences_in_major_minor_and_modes() -> None:
    for text, key in (
        ("C | F | G7 | C", "C Major"),
        ("Am | Dm | E7 | Am", "A"),
        ("Eb | Ab | Bb7 | Eb", "Eb Major"),
        ("F#m | Bm | C#7 | F#m", "F#"),
        ("G | C | D7 | G", "G Major"),
    ):
        notes = writing.chord_notes(harmony.progression(text, C), Context(span=(0, 16 * BEAT)), bass=True)
        found = find_key(notes)
        assert found is not None
        assert analysis.key_text(found).startswith(key), text
    assert find_key([]) is None


def test_measured_swing_equals_the_applied_swing() -> None:
    straight = [Note(42, n * BEAT // 4, BEAT // 8) for n in range(32)]
    context = Context(span=(0, 8 * BEAT))
    assert timing.swing(straight) == 50.0
    for percent in (54, 58, 62, 66, 75):
        swung = run([read({"edit": "swing", "percent": percent})], straight, context)
        assert timing.swing(swung) == percent
    assert timing.swing(straight[:3]) is None


def test_statistics_count_the_notes() -> None:
    notes = [
        *line(60, 64, 67, 60),
        Note(60, 0, BEAT, 40.0, mute=True),
        Note(61, BEAT // 3, BEAT, probability=0.5),
    ]
    found = analysis.statistics(notes, Context(C))
    assert found["notes"] == 6
    assert found["pitch"]["lowest_name"] == "C3"
    assert found["polyphony"] == 3
    assert found["duplicates"] == 1
    assert found["overlaps"] == 1
    assert (found["muted"], found["with_probability"]) == (1, 1)
    assert analysis.statistics([], Context(C))["empty"] is True


def test_names_are_spelled_in_the_key_and_keep_lives_octaves() -> None:
    assert analysis.name_of(70, Scale.of_text("F major")) == "Bb3"
    assert analysis.name_of(70, Scale.of_text("B major")) == "A#3"
    assert analysis.name_of(71, Scale.of_text("Gb major")) == "B3"
    assert analysis.name_of(59, Scale.of_text("Eb minor")) == "Cb3"
    assert analysis.name_of(65, Scale.of_text("F# major")) == "E#3"


def test_equal_contents_are_grouped_at_any_position() -> None:
    one, other = line(60, 62), line(60, 64)
    groups = analysis.same_contents([part("a", one), part("b", other), part("c", list(one)), part("d", [])])
    assert groups == [["a", "c"]]


def test_clashes_are_minor_seconds_between_tracks_that_sound_together() -> None:
    bass, keys = line(40, 45), line(53, 57)
    together = [part("bass", bass, scene=0), part("keys", keys, scene=0)]
    assert analysis.clashes(together, C) == [
        {"parts": ["bass", "keys"], "beats": 1.0, "notes": 1, "at": 0.0, "pitches": ["E1/F2"]}
    ]
    assert analysis.clashes([part("bass", bass, scene=0), part("keys", keys, scene=1)], C) == []
    assert analysis.clashes([together[0], part("drums", keys, scene=0, drums=True)], C) == []
    shifted = [part("bass", bass, start=0), part("keys", keys, start=BEAT)]
    assert analysis.clashes(shifted, C) == []
    assert analysis.crowded([part("a", line(30, 31), scene=1), part("b", line(40), scene=1)]) == [["a", "b"]]


def test_sections_and_gaps_follow_the_playing_clips() -> None:
    bar = 4 * BEAT
    parts = [
        part("d1", line(36), track="Drums", start=0),
        part("d2", line(36), track="Drums", start=bar),
        part("b1", line(40), track="Bass", start=bar),
        part("k1", line(60), track="Keys", start=4 * bar),
    ]
    assert analysis.sections(parts, Context()) == [
        {"bar": 1, "bars": 1, "tracks": ["Drums"]},
        {"bar": 2, "bars": 1, "tracks": ["Bass", "Drums"]},
        {"bar": 3, "bars": 2, "tracks": []},
        {"bar": 5, "bars": 1, "tracks": ["Keys"]},
    ]
    assert analysis.gaps(parts) == [(2 * bar, 4 * bar)]
    assert analysis.gaps(parts, end=6 * bar)[-1] == (5 * bar, 6 * bar)


def test_the_rhythm_is_that_of_most_bars() -> None:
    bars = [Note(36, n * BEAT, BEAT // 4) for n in range(8)] + [Note(38, BEAT // 4, BEAT // 4)]
    assert analysis.rhythm(bars, Context(span=(0, 8 * BEAT))) == "xx..x...x...x..."
    three = [Note(36, 4 * BEAT * n, BEAT) for n in range(3)] + [Note(36, 6 * BEAT, BEAT)]
    assert analysis.rhythm(three, Context(span=(0, 12 * BEAT))) == "x" + "." * 15


D_MINOR = Context(Scale.of_text("D Minor"))


def progression(text: str) -> list[Note]:
    notes = writing.chord_notes(harmony.progression(text, D_MINOR.scale), D_MINOR)
    return [replace(note, note_id=number) for number, note in enumerate(notes, 1)]


def proposals(*parts: analysis.Part) -> list[Any]:
    found = report.report(parts, [], D_MINOR)
    return [row["args"] for row in found.get("proposals", ()) if row["tool"] == "transform_notes"]


@pytest.mark.parametrize("symbol", ["A7b9/E", "A7", "A", "D7", "E7", "C#dim7", "Ebmaj7", "Bb7", "Gm6"])
def test_tones_of_a_recognized_chord_are_not_fitted_to_the_scale(symbol: str) -> None:
    chords = progression(f"Dm | {symbol} | Dm")
    keys = part("keys", chords, track="Keys", scene=0, span=(0, 12 * BEAT))
    assert proposals(keys) == []
    rows = report.report([keys], [], D_MINOR).get("outside_scale", [])
    assert all(row["in_chords"] == row["notes"] for row in rows)
    # The bass has the third of the chord, and with the melody the whole has no chord name.
    third = [Note(37 if symbol.startswith("A") else 38, 4 * BEAT, 4 * BEAT)]
    line = part("bass", third, track="Bass", scene=0, span=(0, 12 * BEAT))
    tune = part("lead", [Note(74, 4 * BEAT, 4 * BEAT)], track="Lead", scene=0, span=(0, 12 * BEAT))
    assert proposals(keys, line, tune) == []


def test_only_a_stray_note_beside_chord_tones_is_fitted() -> None:
    notes = [*progression("Dm | A7 | Dm"), Note(80, 0, 2 * BEAT, note_id=99)]
    (args,) = proposals(part("keys", notes, track="Keys", scene=0, span=(0, 12 * BEAT)))
    assert args["edits"] == [{"edit": "fit_to_scale", "select": {"ids": [99]}}]
    fitted = run([read(args["edits"][0])], notes, D_MINOR)
    assert {note.pitch for note in fitted} == {note.pitch for note in notes} - {80} | {79}


@pytest.mark.parametrize(
    ("key", "symbol", "names"),
    [
        ("D Minor", "A7", ["C#"]),
        ("G Minor", "D7", ["F#"]),
        ("C Minor", "G7", ["B"]),
        ("E Minor", "B7", ["D#"]),
        ("D Minor", "E7", ["G#", "B"]),
        ("D Minor", "Eb", ["Eb"]),
    ],
)
def test_raised_degrees_in_minor_are_spelled_as_the_thirds_of_dominants(
    key: str, symbol: str, names: list[str]
) -> None:
    scale = Scale.of_text(key)
    pitches = [pitch for pitch in harmony.symbol(symbol).pitches(60) if pitch not in scale]
    assert sorted(analysis.name_of(pitch, scale)[:-1] for pitch in pitches) == sorted(names)


@pytest.mark.parametrize(("times", "grid"), [
    ([0.06, 0.32, 0.55, 0.81, 1.07, 1.3], "1/16"), ([n / 3 + 0.06 for n in range(6)], "1/8T"),
])  # fmt: skip
def test_notes_off_the_grid_are_counted_with_the_grid_that_fits_best(times: list[float], grid: str) -> None:
    off = timing.off_grid([Note(60, from_beats(time), BEAT // 8, 100.0) for time in times])
    assert off is not None
    assert (off.notes, off.grid) == (6, grid)
    assert off.by == pytest.approx(0.06, abs=0.01)


@pytest.mark.parametrize(
    "times",
    [
        [n / 4 for n in range(16)], [n / 3 for n in range(12)],
        [n / 2 + late for n in range(8) for late in (0, 0.29)], [n + late for n in range(8) for late in (0, 0.66)],
        [n / 4 + (-1) ** n * 0.02 for n in range(1, 16)], [0.1, 0.4, 0.6],
    ],
)  # fmt: skip
def test_straight_swung_and_played_notes_are_not_off_the_grid(times: list[float]) -> None:
    assert timing.off_grid([Note(60, from_beats(time), BEAT // 8, 100.0) for time in times]) is None


def test_swung_notes_of_which_more_than_a_quarter_lie_elsewhere_are_off_the_grid() -> None:
    places = [beat + place for beat in range(4) for place in (0, 0.58)]
    for late, are_off in ((1, False), (3, True)):
        times = [*(place + 0.1 for place in places[: 2 * late : 2]), *places[1::2], *places[2 * late :: 2]]
        notes = [Note(60, from_beats(time), BEAT // 8, 100.0) for time in sorted(times)]
        assert len(notes) == 8
        assert timing.feel(notes) is not None
        assert (timing.off_grid(notes) is not None) == are_off


def test_the_report_proposes_to_quantize_what_is_off_and_the_call_mends_it() -> None:
    notes = [Note(36, from_beats(n / 2 + 0.07), BEAT // 4, 100.0, note_id=n) for n in range(8)]
    findings = report.report([part("beat", notes, drums=True)], [], Context())
    assert findings["off_grid"] == [{"ref": "beat", "notes": 8, "grid": "1/16", "by": 0.07}]
    call = next(each for each in findings["proposals"] if "grid" in each["why"])
    assert call["args"]["clips"] == ["beat"]
    mended = run([read(edit) for edit in call["args"]["edits"]], notes, Context())
    assert timing.off_grid(mended) is None
