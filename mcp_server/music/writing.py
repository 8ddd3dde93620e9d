"""New notes from short texts: chord progressions, bass lines, melodies by scale degree, drum styles.

Each function returns notes with exact times that begin at `start` (ticks). A function with random results takes a seed.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Literal, NamedTuple

from msgspec.structs import replace

from mirror import errors

from . import voicing
from .context import Context, Scale
from .drum_names import pad
from .harmony import Chord
from .note import Note
from .rhythm_edits import euclid, grid_line
from .ticks import BEAT, Ticks, exact, ratio, scaled, to_beats

EIGHTH = BEAT // 2
Voicing = Literal["close", "open", "drop2", "drop3", "drop2+4"]
BassStyle = Literal["roots", "fifths", "octaves", "walking", "pattern"]


def timed_chords(
    bars: list[list[Chord]], context: Context, start: Ticks = 0, grid: Ticks = EIGHTH
) -> Iterator[tuple[Chord, Ticks, Ticks]]:
    """Each chord with its start and length: the chords of a bar share it equally.

    Where equal shares leave the grid, the chords change on beats and the first ones are longer: 4 + 3 eighths in 7/8.
    """
    for number, chords in enumerate(bars):
        at = start + number * context.bar
        for chord, length in zip(chords, _shares(len(chords), context, grid), strict=True):
            yield chord, exact(at), length
            at += length


def _shares(count: int, context: Context, grid: Ticks) -> list[Ticks]:
    """The lengths of a bar's chords."""
    equal = scaled(context.bar, ratio(1) / count)
    if equal % grid == 0 or count > context.numerator:
        return [equal] * count
    beats, more = divmod(context.numerator, count)
    beat = context.bar // context.numerator
    return [(beats + (n < more)) * beat for n in range(count)]


Hit = tuple[Ticks, Ticks, float | None]
"""Start, length, and the velocity, None for the usual one."""


def hits(pattern: str, step: Ticks, bar: Ticks, start: Ticks, length: Ticks) -> Iterator[Hit]:
    """The hits of a rhythm within a length; `-` after a hit makes the hit longer.

    A pattern has the signs of drum grids: "x--x--x-" is three long hits. The grid begins with each bar, so the last
    step of a bar of 15/16 is half an eighth; of steps longer than a bar, with the bars that a step touches.
    """
    cells = [sign for sign in pattern.replace(" ", "").replace("|", "")]
    loud = {n: grid_line(sign)[0] for n, sign in enumerate(cells) if sign not in "-_"}
    unit = bar * steps_of(step, bar)
    per_unit, end = steps_of(unit, step), start + length

    def place(n: int) -> Ticks:
        return min(end, start + n // per_unit * unit + n % per_unit * step)

    n = 0
    while place(n) < end:
        hit = loud.get(n % len(cells))
        steps = 1
        while hit is not None and place(n + steps) < end and cells[(n + steps) % len(cells)] in "-_":
            steps += 1
        if hit is not None:
            at = place(n)
            plain = cells[n % len(cells)] == "x"
            yield at, place(n + steps) - at, None if plain else hit[0]
        n += steps if hit is not None else 1


def steps_of(length: Ticks, step: Ticks) -> int:
    """The number of steps that begin in a length."""
    return int(-(-length // step))


def struck(
    bars: list[list[Chord]], context: Context, pattern: str, step: Ticks, start: Ticks = 0
) -> list[list[Hit]]:
    """The hits of each chord.

    The pattern continues through the chords of a bar. It starts again with each bar, or, if it is longer than a bar,
    after the number of whole bars that it covers. A hit ends where the next chord starts; if the pattern holds the hit
    beyond that point for a step or more, or until the next chord ends, the next chord is struck there.
    """
    bar = context.bar
    cells = len(pattern.replace(" ", "").replace("|", ""))
    unit = bar * steps_of(step, bar)
    period = unit * max(1, -(-cells // steps_of(unit, step)))
    end = start + len(bars) * bar
    rows = [
        hit
        for at in range(0, len(bars) * bar, period)
        for hit in hits(pattern, step, bar, start + at, min(period, end - start - at))
    ]
    chords = []
    timed = list(timed_chords(bars, context, start, step))
    for number, (_, at, length) in enumerate(timed):
        own = []
        next_length = timed[(number + 1) % len(timed)][2]
        while rows and rows[0][0] < at + length:
            begin, lasts, loud = rows.pop(0)
            over = begin + lasts - (at + length)
            own.append((begin, lasts - max(0, over), loud))
            if over >= min(step, next_length):
                rows.insert(0, (at + length, over, loud))
        chords.append(own)
    return chords


def chord_notes(
    bars: list[list[Chord]],
    context: Context,
    *,
    start: Ticks = 0,
    lowest: int = 48,
    kind: Voicing = "close",
    lead: bool = True,
    bass: bool = False,
    rhythm: str = "",
    grid: Ticks = EIGHTH,
    velocity: float = 90.0,
) -> list[Note]:
    """A progression as notes.

    Args:
      lowest: The first chord's lowest note is the first matching pitch from this pitch on, 0 to 115.
      kind: The voicing of each chord before voice leading.
      lead: Move each chord to the position in which the voices move least.
      bass: Add each chord's bass in the octave below `lowest` (a further octave down where a voicing without `lead`
        reaches to within a fourth of it); led voices stay a fourth or more above it.
      rhythm: Signs of a drum grid, one per `grid` step of the bar, such as "x--x--x-"; if empty, each chord is one
        long hit.

    Raises:
      InvalidValue: a note would leave 0 to 127.
    """
    notes: list[Note] = []
    before: list[int] = []
    bottom = _bass_bottom(bars, lowest, kind, lead)
    timed = list(timed_chords(bars, context, start, grid))
    long_hits: list[list[Hit]] = [[(at, length, None)] for _, at, length in timed]
    rhythms = struck(bars, context, rhythm, grid, start) if rhythm else long_hits
    for (chord, _, _), rows in zip(timed, rhythms, strict=True):
        pitches = _voiced(chord, lowest, kind)
        if before and lead:
            pitches = voicing.led(before, pitches, separate=chord.bass != chord.root and not bass)
        below = bottom + (chord.bass - bottom) % 12
        if bass and lead:
            pitches = voicing.above_bass(pitches, below)
        before = pitches
        sounding = [below, *pitches] if bass else list(pitches)
        beyond = [pitch for pitch in sounding if not 0 <= pitch <= 127]
        if beyond:
            raise errors.InvalidValue(
                f"{chord.name}: a note would leave 0 to 127", beyond[0], hint="choose another `lowest`"
            )
        for begin, lasts, loud in rows:
            notes += [
                Note(pitch, begin, lasts, velocity if loud is None else loud)
                for pitch in sorted(set(sounding))
            ]
    return notes


def _voiced(chord: Chord, lowest: int, kind: Voicing) -> list[int]:
    """A chord's voicing before voice leading; a bass that is not the root stays the lowest note."""
    pitches = chord.pitches(lowest)
    if kind == "close":
        return pitches
    if chord.bass == chord.root:
        return voicing.spread(pitches, kind)
    bass, *above = pitches
    voices = voicing.spread(above, kind)
    return [bass - 12 * max(0, -(-(bass + 1 - min(voices)) // 12)), *voices]


def _bass_bottom(bars: list[list[Chord]], lowest: int, kind: Voicing, lead: bool) -> int:
    """The lowest pitch of the octave that all basses share, so that a bass never leaps more than a seventh."""
    bottom = lowest - 12
    if lead or kind == "close":
        return bottom
    for chord in (chord for bar in bars for chord in bar):
        low = min(_voiced(chord, lowest, kind))
        while low - (bottom + (chord.bass - bottom) % 12) < voicing.BASS_GAP:
            bottom -= 12
    return bottom


def bass_notes(
    bars: list[list[Chord]],
    context: Context,
    *,
    style: BassStyle = "roots",
    start: Ticks = 0,
    lowest: int = 28,
    pattern: str = "",
    grid: Ticks = EIGHTH,
    velocity: float = 100.0,
    scale: Scale | None = None,
) -> list[Note]:
    """A bass line under a progression; all notes lie in the octave and a half from `lowest` on.

    "roots" holds each chord's bass; "fifths" and "octaves" alternate with the fifth or the octave on each beat;
    "walking" plays a note a beat: the bass, chord tones, and a step into the next chord; "pattern" plays the bass on
    the hits of `pattern`, one sign per `grid` step of the bar; by default on every fourth step of each bar.
    """
    timed = list(timed_chords(bars, context, start, grid))
    steps = steps_of(context.bar, grid)
    pattern = pattern or ("x---" * steps)[:steps]
    rhythms = struck(bars, context, pattern, grid, start) if style == "pattern" else []
    beat = 4 * BEAT // context.denominator
    notes: list[Note] = []
    for number, (chord, at, length) in enumerate(timed):
        root = lowest + (chord.bass - lowest) % 12
        following = timed[(number + 1) % len(timed)][0]
        next_root = lowest + (following.bass - lowest) % 12
        if style == "pattern":
            notes += [
                Note(root, begin, lasts, velocity if loud is None else loud)
                for begin, lasts, loud in rhythms[number]
            ]
            continue
        beats = max(1, int(length // beat))
        if style == "roots":
            notes.append(Note(root, at, length, velocity))
            continue
        for n, pitch in enumerate(
            _bass_pitches(style, chord, root, next_root, beats, scale or context.scale)
        ):
            lasts = beat if n < beats - 1 else length - n * beat
            notes.append(Note(pitch, exact(at + n * beat), lasts, velocity if n % 2 == 0 else velocity - 8))
    return notes


def _bass_pitches(
    style: BassStyle, chord: Chord, root: int, next_root: int, beats: int, scale: Scale
) -> list[int]:
    """The pitches of a bar's beats; `root` is the chord's bass, from which its tones are counted: C E of C/E."""
    tones_of_root = [step % 12 for step in chord.intervals if step % 12 in (0, 3, 4, 6, 7, 8, 9, 10, 11)]
    above = sorted({(chord.root + step - chord.bass) % 12 for step in tones_of_root} - {0})
    fifth = next((step for step in (7, 8, 6) if step in above), (chord.root - chord.bass) % 12 or 7)
    if style in ("fifths", "octaves"):
        other = root + (fifth if style == "fifths" else 12)
        return [root if n % 2 == 0 else other for n in range(beats)]
    # Walking: chord tones, and at the end a note one step from the next chord's bass.
    tones = [root + step for step in above] or [root + 7]
    line = [root, *(tones[n % len(tones)] for n in range(max(0, beats - 2)))]
    if beats > 1:
        below, over = next_root - 1, next_root + 1
        scale_step = scale.fitted(over, "up") if next_root >= line[-1] else scale.fitted(below, "down")
        line.append(below if abs(below - line[-1]) <= 7 and below != line[-1] else scale_step)
    return line[:beats]


class Melody(NamedTuple):
    """A melody's notes, and how long its words last together, rests included."""

    notes: list[Note]
    length: Ticks


def melody(
    text: str,
    scale: Scale,
    *,
    start: Ticks = 0,
    octave: int = 3,
    bar: Ticks = 4 * BEAT,
    grid: Ticks | None = None,
    velocity: float = 100.0,
) -> Melody:
    """A melody by scale degrees: "1 3 5 . 5 - 8 7b": each word lasts one `grid` step, by default an eighth.

    Bars between `|` last `bar`: without a grid the words of a bar share it equally, with one they fill it.

    Degrees count from 1 at the root in `octave` (3 is Live's middle C octave) and go on above (8 is the octave) and
    below (0 is the degree under 1, -6 the octave below); `#` or `b` behind alters; `.` rests, `-` holds the last note.

    Raises:
      InvalidValue: a word is none of these, a pitch is outside 0 to 127, or a bar's words do not fill it.
    """
    base = (octave + 2) * 12
    notes: list[Note] = []
    at = start
    for words, step in _measures(text, bar, grid):
        for word in words:
            if word in ("-", "_"):
                if notes and notes[-1].end == at:
                    notes[-1] = replace(notes[-1], duration=exact(notes[-1].duration + step))
            elif word != ".":
                pitch = base + _degree(word, scale)
                if not 0 <= pitch <= 127:
                    raise errors.InvalidValue(f"Degree {word} lies outside the pitches 0 to 127", word)
                notes.append(Note(pitch, at, step, velocity))
            at = exact(at + step)
    return Melody(notes, exact(at - start))


def _degree(word: str, scale: Scale) -> int:
    """The semitones above the C of an octave that a degree such as "3", "7b" or "-2" means."""
    plain, sign = (word[:-1], word[-1]) if word[-1] in "#b♯♭" else (word, "")
    if not (plain.lstrip("-").isascii() and plain.lstrip("-").isdigit()) or len(plain) > 3:
        raise errors.InvalidValue(
            f"{word!r} is no degree: numbers from 1, # or b behind, . rests, - holds", word
        )
    return scale.pitch(int(plain) - 1) + {"": 0, "#": 1, "♯": 1, "b": -1, "♭": -1}[sign]


def _measures(text: str, bar: Ticks, grid: Ticks | None) -> Iterator[tuple[list[str], Ticks]]:
    """The words of each bar, with the time that each word lasts; a text without `|` is one run of words."""
    if "|" not in text:
        yield text.split(), EIGHTH if grid is None else grid
        return
    measures = [measure.split() for measure in text.strip().removesuffix("|").removeprefix("|").split("|")]
    for number, words in enumerate(measures, 1):
        if not words:
            raise errors.InvalidValue(f"bar {number} is empty: write . for a rest", text[:60])
        step = scaled(bar, ratio(1) / len(words)) if grid is None else grid
        if step * len(words) != bar:
            raise errors.InvalidValue(
                f"bar {number} has {len(words)} words of {to_beats(step):g} beats; a bar has {to_beats(bar):g} beats",
                " ".join(words)[:60],
                hint="leave `grid` out, so that the words of each bar share it; or leave the | out",
            )
        yield words, step


STYLES: dict[str, dict[str, str]] = {
    "four on the floor": {
        "Kick": "x...x...x...x...",
        "Clap": "....x.......x...",
        "Closed Hat": "..x...x...x...x.",
        "Open Hat": "..............o.",
    },
    "boom bap": {
        "Kick": "x......x..x.....",
        "Snare": "....X.......X...",
        "Closed Hat": "x.x.x.x.x.x.x.xo",
    },
    "lo-fi": {
        "Kick": "x.....x...x.....",
        "Snare": "....x..o....x...",
        "Closed Hat": "x.o.x.o.x.o.x.oo",
    },
    "trap": {
        "Kick": "x.....x...x.....",
        "Snare": "........X.......",
        "Closed Hat": "x.x.x.xxx.x.x.x.",
    },
    "house": {
        "Kick": "X...X...X...X...",
        "Clap": "....x.......x...",
        "Closed Hat": "o.x.o.x.o.x.o.x.",
        "Open Hat": "..x...x...x...x.",
    },
    "techno": {
        "Kick": "X...X...X...X...",
        "Closed Hat": "..x...x...x...x.",
        "Rim": "...x..x....x..x.",
    },
    "drum and bass": {
        "Kick": "x.........x.....",
        "Snare": "....X.......X...",
        "Closed Hat": "x.x.x.x.x.x.x.x.",
    },
    "breakbeat": {"Kick": "x.x.......xx....", "Snare": "....X..o.o..X..o", "Closed Hat": "x.x.x.x.x.x.x.x."},
    "reggaeton": {"Kick": "x...x...x...x...", "Snare": "...x..x....x..x.", "Closed Hat": "x.x.x.x.x.x.x.x."},
    "bossa nova": {"Kick": "x..xx..xx..xx..x", "Rim": "x..x..x...x..x..", "Closed Hat": "x.x.x.x.x.x.x.x."},
    "rock": {"Kick": "x.......x.x.....", "Snare": "....X.......X...", "Closed Hat": "x.x.x.x.x.x.x.x."},
    "dembow": {"Kick": "x.......x.......", "Snare": "...x..x....x..x."},
}
"""Common patterns of one 4/4 bar in sixteenths."""


def style_notes(
    name: str, context: Context, length: Ticks, *, start: Ticks = 0
) -> tuple[list[Note], list[str]]:
    """A named drum style over a length, and the drums that the rack has no pad for, which are left out.

    Each bar begins the pattern again: one of 3/4 plays its first three beats.

    Raises:
      InvalidValue: there is no style of that name, or the rack has no pad for any of its drums.
    """
    lines = STYLES.get(name.strip().casefold())
    if lines is None:
        raise errors.InvalidValue(f"No drum style is called {name!r}", name, choices=sorted(STYLES))
    step = BEAT // 4
    bar = context.bar
    notes, missing = [], []
    for drum, text in lines.items():
        cells = grid_line(text)
        try:
            pitch = pad(drum, context.pads)
        except errors.InvalidValue:
            missing.append(drum)
            continue
        for n in range(int(-(-length // step))):
            cell = cells[int((start + n * step) % bar // step) % len(cells)]
            if cell is not None:
                lasts = min(step, length - n * step)
                notes.append(Note(pitch, start + n * step, lasts, cell[0]))
    if not notes and missing:
        raise errors.InvalidValue(
            f"This drum rack has no pad for {', '.join(missing)}", name, choices=sorted(context.pads)[:40]
        )
    return notes, missing


def fill(
    context: Context, pitches: list[int], length: Ticks, *, start: Ticks = 0, seed: int = 0
) -> list[Note]:
    """A drum fill: sixteenths over the pitches from first to last, denser and louder towards the end."""
    draw = random.Random(seed)
    step = BEAT // 4
    count = int(length // step)
    pattern = euclid(max(1, count * 5 // 8), max(1, count))
    notes = []
    for n in range(count):
        late = n / max(1, count - 1)
        if pattern[n] or draw.random() < late:
            pitch = pitches[min(len(pitches) - 1, int(late * len(pitches)))]
            notes.append(Note(pitch, start + n * step, step, round(70 + 50 * late + draw.uniform(-6, 6))))
    return [replace(note, velocity=min(127.0, note.velocity)) for note in notes]
