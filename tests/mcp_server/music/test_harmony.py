"""Chords as text, voicings, and new parts, with the answers of theory books."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mcp_server.music import BEAT, Context, Scale, drum_names, harmony, to_beats, voicing, writing
from mirror import errors
from remote_script.SetMirror.contract.scales import SCALES

C = Scale.of_text("C major")

SYMBOLS = {
    "C": "0 4 7", "Cm": "0 3 7", "C-": "0 3 7", "Cmin": "0 3 7", "Cdim": "0 3 6", "C°": "0 3 6", "Caug": "0 4 8",
    "C+": "0 4 8", "Csus2": "0 2 7", "Csus4": "0 5 7", "Csus": "0 5 7", "C5": "0 7", "C6": "0 4 7 9",
    "Cm6": "0 3 7 9", "C69": "0 4 7 9 14", "C6/9": "0 4 7 9 14", "C7": "0 4 7 10", "Cmaj7": "0 4 7 11",
    "CM7": "0 4 7 11", "CΔ": "0 4 7 11", "CΔ7": "0 4 7 11", "Cm7": "0 3 7 10", "C-7": "0 3 7 10",
    "CmMaj7": "0 3 7 11", "CmM7": "0 3 7 11", "Cm(maj7)": "0 3 7 11", "Cdim7": "0 3 6 9", "C°7": "0 3 6 9",
    "Co7": "0 3 6 9", "Cm7b5": "0 3 6 10", "Cø": "0 3 6 10", "Cø7": "0 3 6 10", "C7b5": "0 4 6 10",
    "C7#5": "0 4 8 10", "C+7": "0 4 8 10", "Caug7": "0 4 8 10", "C7sus4": "0 5 7 10", "C7sus": "0 5 7 10",
    "Cmaj7#5": "0 4 8 11", "Cadd9": "0 4 7 14", "C(add9)": "0 4 7 14", "Cmadd9": "0 3 7 14", "Cadd11": "0 4 7 17",
    "C9": "0 4 7 10 14", "Cm9": "0 3 7 10 14", "Cmaj9": "0 4 7 11 14", "C7b9": "0 4 7 10 13", "C7(b9)": "0 4 7 10 13",
    "C7#9": "0 4 7 10 15", "C9sus4": "0 5 7 10 14", "C7b9sus4": "0 5 7 10 13", "C11": "0 4 7 10 14 17",
    "Cm11": "0 3 7 10 14 17", "C7#11": "0 4 7 10 18", "Cmaj7#11": "0 4 7 11 18", "C9#11": "0 4 7 10 14 18",
    "Cm7(11)": "0 3 7 10 17", "C13": "0 4 7 10 14 17 21", "Cm13": "0 3 7 10 14 17 21", "Cmaj13": "0 4 7 11 14 17 21",
    "C13b9": "0 4 7 10 13 17 21", "C7b13": "0 4 7 10 20", "C7b9b13": "0 4 7 10 13 17 20", "C7alt": "0 4 8 10 13 15",
    "C7#5#9": "0 4 8 10 15", "C7b5b9": "0 4 6 10 13", "C7b9#11": "0 4 7 10 13 18", "C7no5": "0 4 10",
    "Cm9b5": "0 3 6 10 14", "Cmaj9#11": "0 4 7 11 14 18",
}  # fmt: skip


def test_led_voices_do_not_cross() -> None:
    assert voicing.led([59, 62, 67], [57, 61, 64]) == [57, 61, 64]
    assert voicing.led([57, 60, 64], [52, 55, 58]) == [55, 58, 64]


def test_voices_lie_a_fourth_or_more_above_a_bass() -> None:
    assert voicing.above_bass([47, 50, 52, 53], 48) == [53, 59, 62, 64]


@pytest.mark.parametrize(("symbol", "intervals"), SYMBOLS.items())
def test_a_chord_symbol_has_the_notes_of_the_books(symbol: str, intervals: str) -> None:
    expected = tuple(int(each) for each in intervals.split())
    assert harmony.symbol(symbol).intervals == expected
    moved = harmony.symbol("F#" + symbol[1:])
    assert (moved.root, moved.intervals) == (6, expected)


@pytest.mark.parametrize(
    ("symbol", "bass", "pitches"),
    [
        ("C/E", 4, [52, 55, 60]),
        ("Bb/C", 0, [48, 58, 62, 65]),
        ("F#m7b5/A", 9, [57, 60, 64, 66]),
        ("C6/9/E", 4, None),
    ],
)
def test_a_slash_chord_has_its_bass_below_everything(
    symbol: str, bass: int, pitches: list[int] | None
) -> None:
    chord = harmony.symbol(symbol)
    assert chord.bass == bass
    found = chord.pitches(48)
    assert found[0] % 12 == bass
    assert min(found) == found[0]
    assert {pitch % 12 for pitch in found} == set(chord.classes)
    if pitches is not None:
        assert sorted(found) == pitches


DEGREES = {
    ("Imaj7", "C major"): ("C", "0 4 7 11"),
    ("ii9", "C major"): ("D", "0 3 7 10 14"),
    ("V7", "C major"): ("G", "0 4 7 10"),
    ("V7/ii", "C major"): ("A", "0 4 7 10"),
    ("V7/V", "A minor"): ("B", "0 4 7 10"),
    ("vii°", "C major"): ("B", "0 3 6"),
    ("viiø7", "C major"): ("B", "0 3 6 10"),
    ("bVII", "C major"): ("A#", "0 4 7"),
    ("iv", "C major"): ("F", "0 3 7"),
    ("VI", "A minor"): ("F", "0 4 7"),
    ("i", "F# minor"): ("F#", "0 3 7"),
    ("V7", "F# minor"): ("C#", "0 4 7 10"),
    ("#ivø7", "C major"): ("F#", "0 3 6 10"),
    ("bIII+", "C major"): ("D#", "0 4 8"),
    ("Vsus4", "D Dorian"): ("A", "0 5 7"),
}


@pytest.mark.parametrize(("asked", "expected"), DEGREES.items(), ids=lambda pair: " in ".join(pair))
def test_a_degree_is_read_in_its_key(asked: tuple[str, str], expected: tuple[str, str]) -> None:
    chord = harmony.degree(asked[0], Scale.of_text(asked[1]))
    assert harmony.SHARPS[chord.root] == expected[0]
    assert chord.intervals == tuple(int(each) for each in expected[1].split())


def test_a_degree_can_have_another_degree_in_the_bass() -> None:
    chord = harmony.degree("I/3", C)
    assert (chord.root, chord.bass) == (0, 4)


@pytest.mark.parametrize("text", ["", "H7", "Cquark", "dm9", "C7b99", "C/", "C//E", "Dm9 |", "💿", "C" * 500])
def test_an_invalid_chord_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(errors.InvalidValue) as caught:
        harmony.chord(text, C)
    assert caught.value.hint


def test_a_progression_has_bars_with_shares_and_repeats() -> None:
    bars = harmony.progression("Dm9 | Gm7 Bb/C | % | A7b9 |", C)
    assert [[chord.name for chord in bar] for bar in bars] == [
        ["Dm9"], ["Gm7", "Bb/C"], ["Gm7", "Bb/C"], ["A7b9"],
    ]  # fmt: skip
    with pytest.raises(errors.InvalidValue, match="bar 2"):
        harmony.progression("C | Hm", C)
    with pytest.raises(errors.InvalidValue, match="first bar"):
        harmony.progression("| % | C", C)


@pytest.mark.parametrize("symbol", ["C", "Am7", "F#m7b5", "Bb9", "Ebmaj7", "G7sus4", "Dm6", "Adim7", "E+"])
def test_the_name_of_a_chord_symbols_notes_has_the_same_notes(symbol: str) -> None:
    chord = harmony.symbol(symbol)
    name = harmony.named(chord.pitches(48))
    assert name is not None
    assert harmony.symbol(name).classes == chord.classes
    assert harmony.symbol(name).bass == chord.bass


def test_notes_without_a_chord_name_get_none() -> None:
    assert harmony.named([60, 61, 62]) is None
    assert harmony.named([]) is None


@pytest.mark.parametrize(
    ("key", "names"),
    [
        ("F major", "F G A Bb C D E"),
        ("F# major", "F# G# A# B C# D# E#"),
        ("Eb minor", "Eb F Gb Ab Bb Cb Db"),
        ("C# minor", "C# D# E F# G# A B"),
        ("Bb minor", "Bb C Db Eb F Gb Ab"),
        ("G major", "G A B C D E F#"),
        ("D Dorian", "D E F G A B C"),
        ("C minor", "C D Eb F G Ab Bb"),
        ("E Phrygian", "E F G A B C D"),
    ],
)
def test_a_key_spells_each_degree_with_a_different_letter(key: str, names: str) -> None:
    scale = Scale.of_text(key)
    spelled = harmony.spelled(scale)
    assert " ".join(spelled[(scale.root + step) % 12] for step in scale.intervals) == names


@pytest.mark.parametrize(("name", "intervals"), SCALES)
def test_every_scale_of_live_counts_its_degrees_through_all_octaves(
    name: str, intervals: tuple[int, ...]
) -> None:
    scale = Scale.named(5, name)
    for pitch in range(128):
        degree, above = scale.degree_of(pitch)
        assert scale.pitch(degree) + above == pitch
        assert (above == 0) == (pitch in scale)
        assert scale.fitted(pitch) in scale
        assert abs(scale.fitted(pitch) - pitch) <= 3
        assert scale.fitted(pitch, "up") >= pitch >= scale.fitted(pitch, "down")
    assert len(harmony.spelled(scale)) == 12


def test_leading_voices_moves_no_further_than_any_single_inversion_would() -> None:
    before = [60, 64, 67]
    for symbol in ("F", "G7", "Am", "Bdim", "Dm7", "Ebmaj7"):
        chord = harmony.symbol(symbol).pitches(48)
        led = voicing.led(before, chord)
        assert sorted(pitch % 12 for pitch in led) == sorted(pitch % 12 for pitch in chord)
        inversions = [voicing.inverted(chord, n) for n in range(-4, 8)]
        assert voicing.motion(before, led) <= min(voicing.motion(before, each) for each in inversions)


def bars(text: str) -> list[list[harmony.Chord]]:
    return harmony.progression(text, C)


def test_chords_are_on_their_bars_and_divide_them() -> None:
    notes = writing.chord_notes(bars("C | F G"), Context(), lead=False)
    assert sorted({(to_beats(n.start), to_beats(n.duration)) for n in notes}) == [
        (0.0, 4.0),
        (4.0, 2.0),
        (6.0, 2.0),
    ]
    waltz = writing.chord_notes(bars("C | F"), Context(numerator=3), lead=False)
    assert {to_beats(n.start) for n in waltz} == {0.0, 3.0}


def test_a_rhythm_repeats_in_each_chord_and_holds_over_dashes() -> None:
    notes = writing.chord_notes(bars("C"), Context(), rhythm="x-.x", grid=BEAT // 2)
    assert sorted({(to_beats(n.start), to_beats(n.duration)) for n in notes}) == [
        (0.0, 1.0), (1.5, 0.5), (2.0, 1.0), (3.5, 0.5),
    ]  # fmt: skip


def test_a_walking_bass_plays_chord_tones_and_steps_into_the_next_root() -> None:
    line = writing.bass_notes(bars("Dm7 | G7 | Cmaj7 | Cmaj7"), Context(), style="walking")
    assert [to_beats(note.start) for note in line] == [float(n) for n in range(16)]
    roots = [line[n].pitch % 12 for n in (0, 4, 8, 12)]
    assert roots == [2, 7, 0, 0]
    for bar in range(3):
        assert abs(line[4 * bar + 3].pitch - line[4 * bar + 4].pitch) in (1, 2)
    assert all(28 <= note.pitch <= 52 for note in line)


@pytest.mark.parametrize(
    ("style", "pitches"), [("roots", [36]), ("fifths", [36, 43, 36, 43]), ("octaves", [36, 48, 36, 48])]
)
def test_a_bass_follows_its_style(style: Any, pitches: list[int]) -> None:
    assert [note.pitch for note in writing.bass_notes(bars("C"), Context(), style=style)] == pitches


def test_a_melody_reads_degrees_rests_holds_and_signs() -> None:
    found = writing.melody("1 3 5 . 8 - 0 7b", C).notes
    assert [(note.pitch, to_beats(note.start), to_beats(note.duration)) for note in found] == [
        (60, 0.0, 0.5), (64, 0.5, 0.5), (67, 1.0, 0.5), (72, 2.0, 1.0), (59, 3.0, 0.5), (70, 3.5, 0.5),
    ]  # fmt: skip
    with pytest.raises(errors.InvalidValue):
        writing.melody("1 x 3", C)
    with pytest.raises(errors.InvalidValue):
        writing.melody("99", C)


@pytest.mark.parametrize("style", sorted(writing.STYLES))
def test_a_drum_style_fills_its_length_on_the_pads_of_the_rack(style: str) -> None:
    pads = {"kick 808": 40, "snare tight": 41, "clap": 42, "hihat closed": 43, "hihat open": 44, "rim": 45}
    found, missing = writing.style_notes(style, Context(pads=pads), 8 * BEAT)
    assert not missing
    assert {note.pitch for note in found} <= set(pads.values())
    assert min(note.start for note in found) == 0
    assert max(note.end for note in found) <= 8 * BEAT
    first = [note for note in found if note.start < 4 * BEAT]
    assert len(found) == 2 * len(first)


def test_a_fill_gets_denser_and_louder_and_uses_several_drums() -> None:
    found = writing.fill(Context(), [38, 45, 41], 4 * BEAT, seed=3)
    assert found == writing.fill(Context(), [38, 45, 41], 4 * BEAT, seed=3)
    assert [found[0].pitch, found[-1].pitch] == [38, 41]
    half = (
        [note.velocity for note in found if note.start < 2 * BEAT],
        [note.velocity for note in found if note.start >= 2 * BEAT],
    )
    assert sum(half[0]) / len(half[0]) < sum(half[1]) / len(half[1])
    assert len(half[0]) <= len(half[1])


@pytest.mark.parametrize("symbol", ["Dm9", "C", "G7", "Bb/C", "C/E", "Fmaj9", "A7b9", "Am11", "C13"])
@pytest.mark.parametrize("with_bass", [False, True])
def test_a_led_chord_that_repeats_does_not_move(symbol: str, with_bass: bool) -> None:
    for text in (f"{symbol} | % | {symbol}", f"Am7 | {symbol} | {symbol}"):
        notes = writing.chord_notes(bars(text), Context(), bass=with_bass)
        voicings = [sorted(n.pitch for n in notes if n.start == bar * 4 * BEAT) for bar in range(3)]
        assert voicings[1] == voicings[2]
        assert text.startswith("Am7") or voicings[0] == voicings[1]


@pytest.mark.parametrize("kind", ["led", "close", "open", "drop2", "drop3", "drop2+4"])
@settings(max_examples=40, deadline=None)
@given(before=st.sampled_from(["Dm9", "C", "G7", "Ebmaj7", "F#m"]), upper=st.sampled_from(["Bb", "Dm7", "F", "Gm9"]),
       bass=st.sampled_from(harmony.SHARPS), lowest=st.integers(36, 60))  # fmt: skip
def test_the_bass_of_a_slash_chord_is_the_lowest_note(
    kind: Any, before: str, upper: str, bass: str, lowest: int
) -> None:
    lead = kind == "led"
    chords = bars(f"{before} | {upper}/{bass}")
    notes = writing.chord_notes(chords, Context(), lowest=lowest, kind="close" if lead else kind, lead=lead)
    chord = chords[1][0]
    sounding = [note.pitch for note in notes if note.start == 4 * BEAT]
    if chord.bass != chord.root:
        assert min(sounding) % 12 == chord.bass
    assert {pitch % 12 for pitch in sounding} == chord.classes


@settings(max_examples=60, deadline=None)
@given(
    pattern=st.integers(1, 40).flatmap(lambda n: st.text("xXo.--", min_size=n, max_size=n)),
    shares=st.lists(st.sampled_from([1, 2, 4]), min_size=1, max_size=4),
)
def test_a_rhythm_continues_over_the_chords_of_a_bar(pattern: str, shares: list[int]) -> None:
    """Each hit of the pattern has its time in the bar and its full length, independent of the chords."""
    text = " | ".join(" ".join(["C", "F", "G", "Am"][:count]) for count in shares)
    notes = writing.bass_notes(bars(text), Context(), style="pattern", pattern=pattern, grid=BEAT // 4)
    length = -(-len(pattern) // 16) * 16
    steps = [pattern[n % length % len(pattern)] for n in range(16 * len(shares))]
    holding: set[int] = set()
    for n, sign in enumerate(steps):
        if sign in "xXo" or (sign == "-" and n % length and n - 1 in holding):
            holding.add(n)
    sounding = {int(n.start // (BEAT // 4)) + k for n in notes for k in range(int(n.duration // (BEAT // 4)))}
    hits = {n for n, sign in enumerate(steps) if sign in "xXo"}
    assert hits <= {int(note.start // (BEAT // 4)) for note in notes}
    assert sounding == holding
    for chord, at, share in writing.timed_chords(bars(text), Context()):
        assert all(n.pitch % 12 == chord.bass for n in notes if at <= n.start < at + share)


def test_a_bar_of_two_chords_plays_the_whole_pattern() -> None:
    text = "Dm9 Gm7 | Bb/C A7b9"
    rhythm = "x--x--x-x-.xx-x-"
    notes = writing.bass_notes(bars(text), Context(), style="pattern", pattern=rhythm, grid=BEAT // 4)
    assert [to_beats(n.start) for n in notes if n.start < 4 * BEAT] == [0, 0.75, 1.5, 2, 2.75, 3, 3.5]


@pytest.mark.parametrize("pattern", ["x", "x-", "x--", "x."])
@pytest.mark.parametrize("bars_a_step", [1, 2, 4])
def test_a_coarse_grid_strikes_every_chord_that_its_hits_hold(pattern: str, bars_a_step: int) -> None:
    chords = bars("C | Am | Dm F | G7")
    notes = writing.chord_notes(chords, Context(), rhythm=pattern, grid=bars_a_step * 4 * BEAT)
    held = [pattern[n // bars_a_step % len(pattern)] != "." for n in range(4)]
    starts = {to_beats(note.start) for note in notes}
    assert starts == {
        to_beats(at) for _, at, _ in writing.timed_chords(chords, Context()) if held[int(to_beats(at)) // 4]
    }


def test_a_thirteenth_sounds_without_cluster_and_keeps_its_name() -> None:
    assert harmony.symbol("G13").voiced == (0, 4, 10, 14, 21)
    for text in ("C13 | Am7 | Dm9 | G13", "Cmaj9 | Fmaj9 | Dm11 | G13", "Gm9 | C13 | Fmaj13 | Bbmaj9"):
        notes = writing.chord_notes(bars(text), Context())
        for bar, name in enumerate(text.split(" | ")):
            pitches = sorted(note.pitch for note in notes if note.start == bar * 4 * BEAT)
            gaps = [upper - lower for lower, upper in pairwise(pitches)]
            clusters = [n for n, gap in enumerate(gaps[1:]) if gap <= 2 and gaps[n] <= 2]
            assert bar == 0 or not clusters, (name, pitches)
            if "13" in name:
                root = [pitch - 24 for pitch in pitches if pitch % 12 == harmony.symbol(name).root]
                assert harmony.named([*root, *pitches]) == name


@pytest.mark.parametrize(
    ("meter", "words"), [((4, 4), 4), ((3, 4), 3), ((6, 8), 6), ((7, 8), 7), ((4, 4), 16)]
)
def test_the_words_of_a_melodys_bar_share_it(meter: tuple[int, int], words: int) -> None:
    bar = Context(numerator=meter[0], denominator=meter[1]).bar
    text = " | ".join([" ".join(["1"] * words)] * 2) + " | 5 - | ."
    notes, length = writing.melody(text, C, bar=bar)
    assert [note.start for note in notes] == [n * bar / words for n in range(2 * words)] + [2 * bar]
    assert notes[-1].duration == bar
    assert length == 4 * bar
    assert writing.melody(text.replace(" | ", " "), C, grid=bar // words).notes[words].start == bar


@pytest.mark.parametrize("text", ["1 3 5 | 1 3 5 6", "1 2 3 4 |  | 1 2 3 4", "1 2 3 4 | 1 2 3 4 5"])
def test_a_bar_that_its_words_do_not_fill_is_refused_by_its_number(text: str) -> None:
    with pytest.raises(errors.InvalidValue, match=r"bar \d "):
        writing.melody(text, C, grid=BEAT)


@pytest.mark.parametrize("style", sorted(writing.STYLES))
@pytest.mark.parametrize("meter", [(3, 4), (6, 8), (7, 8), (5, 4), (4, 4)])
def test_each_bar_of_a_drum_style_begins_the_pattern_again(style: str, meter: tuple[int, int]) -> None:
    context = Context(numerator=meter[0], denominator=meter[1])
    notes, _ = writing.style_notes(style, context, 3 * context.bar, start=context.bar)
    first = {(note.pitch, note.start, note.velocity) for note in notes if note.start < 2 * context.bar}
    for bar in (1, 2):
        later = {
            (note.pitch, note.start - bar * context.bar, note.velocity)
            for note in notes
            if bar * context.bar <= note.start - context.bar < (bar + 1) * context.bar
        }
        assert later == first


@pytest.mark.parametrize("style", sorted(writing.STYLES))
def test_drums_without_a_pad_are_left_out_and_named(style: str) -> None:
    pads = {"kick 909": 36, "snare 909": 38, "hat closed": 42}
    notes, missing = writing.style_notes(style, Context(pads=pads), 4 * BEAT)
    assert {note.pitch for note in notes} <= set(pads.values())
    assert set(missing) == set(writing.STYLES[style]) - {"Kick", "Snare", "Closed Hat"}


def test_a_fill_plays_what_the_rack_has() -> None:
    assert drum_names.of_a_fill({}) == [38, 45, 41]
    assert drum_names.of_a_fill({"kick 909": 36, "snare 909": 38, "hat closed": 42}) == [38]
    assert drum_names.of_a_fill({"kick": 36, "clap": 39, "low tom": 41, "ride": 51}) == [39, 41]
    assert drum_names.of_a_fill({"bd 1": 36, "shaker": 70, "vox": 60}) == [70, 60]
    assert drum_names.of_a_fill({"kick": 36}) == [36]
    with pytest.raises(errors.InvalidValue, match="has no pad for 'mid tom'"):
        drum_names.pad("mid tom", {"kick": 36})
    assert drum_names.pad("mid tom", {"perc a": 45}) == 45


@pytest.mark.parametrize("style", ["fifths", "walking"])
@pytest.mark.parametrize(
    "symbol", ["F/C", "G7/B", "Dm7/C", "Am/G", "C/E", "C", "Dm9", "Bdim", "Caug", "Csus4"]
)
def test_a_bass_under_a_slash_chord_plays_tones_of_the_chord(style: Any, symbol: str) -> None:
    chord = harmony.symbol(symbol)
    line = writing.bass_notes(bars(f"{symbol} | {symbol}"), Context(), style=style)
    assert line[0].pitch % 12 == chord.bass
    steady = [note.pitch % 12 for note in line if style == "fifths" or note.start % (4 * BEAT) < 3 * BEAT]
    assert set(steady) <= chord.classes | {(chord.root + 7) % 12}
    assert len(set(steady)) > 1


@pytest.mark.parametrize(
    ("text", "key", "roots"),
    [
        ("bVII | bVI | VII | bIII", "A minor", [7, 5, 7, 0]),
        ("bVII | bVI | bII", "A major", [7, 5, 10]),
        ("bII | #vii° | bVII", "A minor", [10, 8, 7]),
        ("bVII", "D dorian", [0]),
    ],
)
def test_a_flat_degree_of_a_minor_key_is_the_keys_own(text: str, key: str, roots: list[int]) -> None:
    chords = harmony.progression(text, Scale.of_text(key))
    assert [bar[0].root for bar in chords] == roots


def test_a_double_bar_line_adds_no_bar() -> None:
    assert [[chord.name for chord in bar] for bar in bars("|| Am || F ||")] == [["Am"], ["F"]]


METERS = [(4, 4), (3, 4), (5, 4), (7, 8), (5, 8), (6, 8), (11, 8), (15, 16), (7, 16)]


@pytest.mark.parametrize("meter", METERS)
@pytest.mark.parametrize("text", ["C | Am", "C Am | F", "C Am F | G7"])
@pytest.mark.parametrize("style", ["roots", "fifths", "octaves", "walking", "pattern"])
def test_a_bass_stays_on_the_grid_and_within_its_bar_in_every_meter(
    meter: tuple[int, int], text: str, style: Any
) -> None:
    context = Context(numerator=meter[0], denominator=meter[1])
    beat = 4 * BEAT // meter[1]
    for grid in (BEAT // 2, BEAT // 4):
        chords = bars(text)
        notes = writing.bass_notes(chords, context, style=style, grid=grid)
        assert {note.start // context.bar for note in notes} == {0, 1}
        for note in notes:
            inside = note.start % context.bar
            assert inside % grid == 0 or inside % beat == 0, (note, grid)
            assert note.duration > 0
            assert inside + note.duration <= context.bar
        changes = [at for _, at, _ in writing.timed_chords(chords, context, 0, grid)]
        assert all(at % context.bar % grid == 0 or at % context.bar % beat == 0 for at in changes)


@pytest.mark.parametrize(
    ("meter", "lengths"), [((4, 4), [2, 2]), ((3, 4), [1.5, 1.5]), ((7, 8), [2, 1.5]), ((5, 8), [1.5, 1])]
)
def test_chords_that_cannot_share_a_bar_equally_change_on_its_beats(
    meter: tuple[int, int], lengths: list[float]
) -> None:
    context = Context(numerator=meter[0], denominator=meter[1])
    assert [to_beats(length) for _, _, length in writing.timed_chords(bars("C Am"), context)] == lengths


@pytest.mark.parametrize("meter", [(7, 8), (5, 8), (15, 16)])
def test_a_rhythm_begins_again_with_each_bar(meter: tuple[int, int]) -> None:
    context = Context(numerator=meter[0], denominator=meter[1])
    notes = writing.bass_notes(bars("C | C | C"), context, style="pattern", pattern="x.")
    first = [note.start for note in notes if note.start < context.bar]
    assert first[:2] == [0, BEAT]
    assert [note.start for note in notes] == [at + n * context.bar for n in range(3) for at in first]
