"""Reading music: what is found in notes that were written for it."""

from __future__ import annotations

from mcp_server.music import BEAT, Context, Note, Scale, analysis, from_beats, harmony, read, run, writing
from mcp_server.music.keys import find_key

C = Scale.of_text("C major")


def part(ref: str, notes: list[Note], **more: object) -> analysis.Part:
    return analysis.Part(ref, ref, more.pop("track", ref), tuple(notes), (0, 4 * BEAT), **more)  # type: ignore[arg-type]


def line(*pitches: int, length: float = 1.0) -> list[Note]:
    return [Note(pitch, from_beats(n * length), from_beats(length)) for n, pitch in enumerate(pitches)]


def test_the_chords_of_a_written_progression_are_found_again_with_their_times() -> None:
    text = "Dm9 | G7 Bb/C | Am7 | F#m7b5"
    context = Context(span=(0, 16 * BEAT))
    notes = writing.chord_notes(harmony.progression(text, C), context, lead=False)
    assert analysis.chords_over(notes, context) == [
        (0, "Dm9"), (4 * BEAT, "G7"), (6 * BEAT, "Bb/C"), (8 * BEAT, "Am7"), (12 * BEAT, "F#m7b5"),
    ]  # fmt: skip


def test_keys_are_found_from_cadences_in_major_minor_and_modes() -> None:
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


def test_measured_swing_is_what_was_put_in() -> None:
    straight = [Note(42, n * BEAT // 4, BEAT // 8) for n in range(32)]
    context = Context(span=(0, 8 * BEAT))
    assert analysis.swing(straight) == 50.0
    for percent in (54, 58, 62, 66):
        swung = run([read({"edit": "swing", "percent": percent})], straight, context)
        assert analysis.swing(swung) == percent
    assert analysis.swing(straight[:3]) is None


def test_statistics_count_what_is_there() -> None:
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


def test_equal_contents_are_grouped_wherever_they_lie() -> None:
    one, other = line(60, 62), line(60, 64)
    groups = analysis.same_contents([part("a", one), part("b", other), part("c", list(one)), part("d", [])])
    assert groups == [["a", "c"]]


def test_clashes_are_minor_seconds_between_tracks_that_sound_together() -> None:
    bass, keys = line(40, 45), line(53, 57)
    together = [part("bass", bass, scene=0), part("keys", keys, scene=0)]
    assert analysis.clashes(together) == [{"parts": ["bass", "keys"], "beats": 1.0, "notes": 1}]
    assert analysis.clashes([part("bass", bass, scene=0), part("keys", keys, scene=1)]) == []
    assert analysis.clashes([together[0], part("drums", keys, scene=0, drums=True)]) == []
    shifted = [part("bass", bass, start=0), part("keys", keys, start=BEAT)]
    assert analysis.clashes(shifted) == []
    assert analysis.crowded([part("a", line(30, 31), scene=1), part("b", line(40), scene=1)]) == [["a", "b"]]


def test_sections_and_gaps_follow_what_plays() -> None:
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


def test_the_rhythm_of_a_bar_is_what_most_bars_have() -> None:
    bars = [Note(36, n * BEAT, BEAT // 4) for n in range(8)] + [Note(38, BEAT // 4, BEAT // 4)]
    assert analysis.rhythm(bars, Context(span=(0, 8 * BEAT))) == "xx..x...x...x..."
    three = [Note(36, 4 * BEAT * n, BEAT) for n in range(3)] + [Note(36, 6 * BEAT, BEAT)]
    assert analysis.rhythm(three, Context(span=(0, 12 * BEAT))) == "x" + "." * 15
