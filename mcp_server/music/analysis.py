"""Analysis of music: statistics of one clip's notes, and findings about several parts of a Set together.

A `Part` is one clip's notes with the times at which they sound. All functions are pure; the caller reads parts from the
mirror. Findings have refs, so that the next call can name the clips and tracks that they are about.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any, NamedTuple

from msgspec.structs import replace

from remote_script.SetMirror.contract import scales

from . import harmony
from .context import Context, Scale
from .keys import Key, find_key
from .note import Note, in_order, strummed
from .ticks import BEAT, Ticks, from_beats, nearest, to_beats
from .time_edits import TOGETHER

OVERLAP = BEAT // 32
"""Notes that sound together for less than a 1/128 note do not make a chord or a clash."""


_DRUM_NAMES = re.compile(
    r"(?<![a-z])(drum|kick|snare|clap|hats?(?![a-z])|hi-?hat|perc|shaker|tambourine|cowbell|cymbal|rim|toms?(?![a-z]))"
)
_BASS_NAMES = re.compile(r"(?<![a-z])(bass(?! drum)|sub|808)")
PERCUSSIVE_NOTES, PERCUSSIVE_PITCHES, PERCUSSIVE_LENGTH = 4, 2, BEAT // 2
"""The fewest notes and the most pitches of a percussive part, such as a shaker's; none is longer than a 1/8 note."""


def names_drums(name: str) -> bool:
    """True for a name of drums: "Drums", "Hats", "Shaker 2"."""
    return bool(_DRUM_NAMES.search(name.casefold()))


@dataclass(frozen=True)
class Part:
    """The notes of one clip: `span` is the part that plays, `start` its time in the arrangement or None; in ticks."""

    ref: str
    name: str
    track: str
    notes: tuple[Note, ...]
    span: tuple[Ticks, Ticks]
    start: Ticks | None = None
    scene: int | None = None
    drums: bool = False
    muted: bool = False
    sounds: frozenset[int] | None = None
    """The pitches that a drum rack plays; None if every pitch may sound."""
    unreached: int = 0
    """The number of notes before or after what the clip plays."""

    @cached_property
    def sounding(self) -> list[Note]:
        """Notes that start within the span and are not muted, in order of time."""
        low, high = self.span
        return in_order(note for note in self.notes if low <= note.start < high and not note.mute)

    @cached_property
    def percussive(self) -> bool:
        """True for drums, and for repeated short notes of one or two pitches on a track that is not called a bass."""
        if self.drums or names_drums(self.name):
            return True
        return (
            len(self.notes) >= PERCUSSIVE_NOTES
            and len({note.pitch for note in self.notes}) <= PERCUSSIVE_PITCHES
            and all(note.duration <= PERCUSSIVE_LENGTH for note in self.notes)
            and not _BASS_NAMES.search(f"{self.track} {self.name}".casefold())
        )

    @cached_property
    def placed(self) -> list[tuple[Ticks, Ticks, int]]:
        """(start, end, pitch) of the notes that sound, in the arrangement's time or from the start of the span."""
        offset = (self.start or 0) - self.span[0]
        return [(note.start + offset, note.end + offset, note.pitch) for note in self.sounding]


def statistics(notes: Sequence[Note], context: Context) -> dict[str, Any]:
    """Counts, ranges and density of a clip's notes; times in beats, pitches named as Live names them."""
    low, high = context.span
    length = to_beats(high - low)
    if not notes:
        return {"notes": 0, "length_beats": length, "empty": True}
    pitches = [note.pitch for note in notes]
    velocities = [note.velocity for note in notes]
    lengths = [to_beats(note.duration) for note in notes]
    mean = sum(velocities) / len(notes)
    spread = (sum((velocity - mean) ** 2 for velocity in velocities) / len(notes)) ** 0.5
    return {
        "notes": len(notes),
        "length_beats": length,
        "notes_per_beat": round(len(notes) / length, 3) if length else None,
        "pitch": {
            "lowest": min(pitches),
            "highest": max(pitches),
            "lowest_name": name_of(min(pitches), context.scale),
            "highest_name": name_of(max(pitches), context.scale),
            "different": len(set(pitches)),
            "most_common": Counter(pitches).most_common(1)[0][0],
        },
        "velocity": {
            "lowest": min(velocities),
            "highest": max(velocities),
            "mean": round(mean, 1),
            "deviation": round(spread, 1),
        },
        "duration": {
            "shortest": min(lengths),
            "longest": max(lengths),
            "mean": round(sum(lengths) / len(lengths), 4),
        },
        "polyphony": polyphony(notes),
        "muted": sum(note.mute for note in notes),
        "with_probability": sum(note.probability < 1 for note in notes),
        "duplicates": len(notes) - len({(note.pitch, note.start) for note in notes}),
        "overlaps": overlaps(notes),
        "on_grid_1_16": round(sum(nearest(n.start, BEAT // 4) == n.start for n in notes) / len(notes), 3),
    }


def name_of(pitch: int, scale: Scale) -> str:
    """A pitch's name as the key spells it, in Live's octaves (60 is C3): B# and Cb count to their letter's octave."""
    spelled = harmony.spelled(scale)[pitch % 12]
    octave = pitch // 12 - 2
    octave += {"B#": -1, "B##": -1, "Cb": 1, "Cbb": 1}.get(spelled, 0)
    return f"{spelled}{octave}"


def polyphony(notes: Iterable[Note]) -> int:
    """The most notes that sound at one time."""
    edges = sorted(
        (float(time), change) for note in notes for time, change in ((note.start, 1), (note.end, -1))
    )
    most = now = 0
    for _, change in edges:
        now += change
        most = max(most, now)
    return most


def overlaps(notes: Iterable[Note]) -> int:
    """The number of notes that start while another note of the same pitch sounds."""
    ends: dict[int, Ticks] = {}
    count = 0
    for note in in_order(notes):
        count += note.pitch in ends and note.start < ends[note.pitch]
        ends[note.pitch] = max(note.end, ends.get(note.pitch, note.end))
    return count


def foreign(pitches: Iterable[int], scale: Scale) -> list[str]:
    """The names of the different pitches that do not belong to the scale, low to high, as Live shows them."""
    plain = str.maketrans("♯♭", "#b")
    return [
        scales.note_name_in_scale(pitch, scale.root, scale.name).translate(plain)
        for pitch in sorted(set(pitches))
        if pitch not in scale
    ]


class Outside(NamedTuple):
    """A part's notes outside the scale, by their function in the music."""

    chord_tones: list[Note]
    """Tones of chords that this part or those that sound with it form: C# in A7 in D minor."""
    approaches: list[Note]
    """Notes of at most a beat that lead by a semitone to a note of the scale."""
    strays: list[Note]


def outside(parts: Sequence[Part], context: Context) -> dict[str, Outside]:
    """The notes of each part that do not belong to the scale of the context; parts without such notes are left out."""
    chords = _chord_classes(parts, context)
    step = 4 * BEAT // context.denominator
    rows: dict[str, Outside] = {}
    for part in parts:
        notes = [note for note in part.notes if note.pitch not in context.scale]
        if not notes:
            continue
        classes, offset = chords[_together_as(part)], (part.start or 0) - part.span[0]
        starts: dict[Ticks, list[int]] = defaultdict(list)
        for note in part.notes:
            starts[note.start].append(note.pitch)
        times = sorted(starts)
        row = rows[part.ref] = Outside([], [], [])
        for note in notes:
            first, last = int((note.start + offset) // step), int((note.end + offset - 1) // step)
            after = bisect_right(times, note.start)
            following = starts[times[after]] if after < len(times) else []
            if any(note.pitch % 12 in classes.get(n, ()) for n in range(first, last + 1)):
                row.chord_tones.append(note)
            elif note.duration <= BEAT and any(
                abs(p - note.pitch) == 1 and p in context.scale for p in following
            ):
                row.approaches.append(note)
            else:
                row.strays.append(note)
    return rows


def _together_as(part: Part) -> Any:
    """An equal key for parts that can sound together: in the arrangement, or in one scene; a muted part is alone."""
    if part.muted or (part.start is None and part.scene is None):
        return part.ref
    return "arrangement" if part.start is not None else part.scene


def _chord_classes(parts: Sequence[Part], context: Context) -> dict[Any, dict[int, set[int]]]:
    """For parts that sound together: the pitch classes of the chords on each beat, of one part or of all together."""
    groups: dict[Any, list[Part]] = defaultdict(list)
    for part in parts:
        groups[_together_as(part)].append(part)
    step = 4 * BEAT // context.denominator
    chords: dict[Any, dict[int, set[int]]] = {}
    for group, members in groups.items():
        lines = [[Note(p, start, end - start) for start, end, p in part.placed] for part in members]
        together = [note for line in lines for note in line]
        classes = chords[group] = defaultdict(set)
        for line in lines:
            for struck in strummed(line, TOGETHER):
                tones = harmony.chord_tones([note.pitch for note in struck])
                end = max(note.end for note in struck)
                for n in (
                    range(int(min(note.start for note in struck) // step), int((end - 1) // step) + 1)
                    if tones
                    else ()
                ):
                    classes[n] |= tones
        for notes in (*lines, together) if len(lines) > 1 else lines:
            end = max((note.end for note in notes), default=0)
            for at, pitches, _ in _chord_windows(notes, Context(context.scale, span=(0, end)), step):
                classes[int(at // step)] |= {pitch % 12 for pitch in pitches}
    return chords


def rhythm(notes: Iterable[Note], context: Context) -> str:
    """A bar's onsets in sixteenths as text, `x` where at least half of the bars have one, `.` elsewhere."""
    step = BEAT // 4
    bar = context.bar
    low, high = context.span
    bars = max(1, int((high - low) // bar))
    hits: dict[int, set[int]] = defaultdict(set)
    for note in notes:
        at = nearest(note.start - low, step)
        hits[at % bar // step].add(at // bar)
    return "".join("x" if 2 * len(hits[n]) >= bars else "." for n in range(bar // step))


def chords_over(
    notes: Sequence[Note], context: Context, *, every: Ticks | None = None
) -> list[tuple[Ticks, str]]:
    """(time, symbol) of each change of the harmony, which is read once per beat (or `every`).

    The pitches that sound for at least half of a window name its chord; windows without a nameable chord of three or
    more pitch classes are left out.
    """
    step = every if every is not None else 4 * BEAT // context.denominator
    symbols: list[tuple[Ticks, str]] = []
    for at, _, symbol in _chord_windows(notes, context, step):
        if not symbols or symbols[-1][1] != symbol:
            symbols.append((at, symbol))
    return symbols


def _chord_windows(
    notes: Iterable[Note], context: Context, step: Ticks
) -> Iterator[tuple[Ticks, list[int], str]]:
    """(time, pitches, symbol) of each window of `step` whose pitches form a chord of three or more pitch classes."""
    low, high = context.span
    spelling = harmony.spelled(context.scale)
    windows: dict[int, dict[int, float]] = defaultdict(lambda: defaultdict(float))
    for note in notes:
        first = int((max(note.start, low) - low) // step)
        last = int((min(note.end, high) - low - 1) // step) if note.end > low else -1
        for n in range(first, last + 1):
            begin = low + n * step
            windows[n][note.pitch] += float(min(note.end, begin + step) - max(note.start, begin))
    for n in sorted(windows):
        sounding = [pitch for pitch, time in windows[n].items() if 2 * time >= step]
        if len({pitch % 12 for pitch in sounding}) < 3:
            continue
        symbol = harmony.named(sounding, spelling)
        if symbol is not None:
            yield low + n * step, sounding, symbol


def same_contents(parts: Iterable[Part]) -> list[list[str]]:
    """Groups of refs whose parts have the same notes at the same times of their spans; groups of one are left out."""
    groups: dict[Any, list[str]] = defaultdict(list)
    for part in parts:
        if part.notes:
            low, high = part.span
            content = tuple(
                sorted((note.pitch, note.start - low, note.duration, note.velocity) for note in part.notes)
            )
            groups[high - low, content].append(part.ref)
    return [refs for refs in groups.values() if len(refs) > 1]


_MOST_PITCHES = 3
"""Pairs of pitches that one clash names."""


def clashes(parts: Sequence[Part], scale: Scale, *, most: int = 20) -> list[dict[str, Any]]:
    """Pairs of pitched parts whose notes sound a minor second or a minor ninth apart, longest first.

    Only parts of one scene, or parts that overlap in the arrangement, are compared. A row has the beats of clashes in
    all, the time of the first clash (of the arrangement, or from the loops' start), and the pitches that clash most.
    """
    ranked: list[tuple[float, dict[str, Any]]] = []
    pitched = [part for part in parts if not part.percussive and not part.muted and part.notes]
    for number, one in enumerate(pitched):
        for other in pitched[number + 1 :]:
            if one.track == other.track:
                continue
            if not _together(one, other):
                continue
            pairs = _semitones(one.placed, other.placed)
            if pairs:
                time = sum(lasts for _, lasts, _ in pairs)
                lengths: Counter[tuple[int, int]] = Counter()
                for _, lasts, pitches in pairs:
                    lengths[pitches] += int(lasts)
                row = {
                    "parts": [one.ref, other.ref],
                    "beats": round(time / BEAT, 3),
                    "notes": len(pairs),
                    "at": round(min(at for at, _, _ in pairs) / BEAT, 3),
                    "pitches": [
                        "/".join(name_of(pitch, scale) for pitch in pitches)
                        for pitches, _ in lengths.most_common(_MOST_PITCHES)
                    ],
                }
                ranked.append((-time, row))
    return [row for _, row in sorted(ranked, key=lambda entry: entry[0])[:most]]


def crowded(parts: Sequence[Part], below: int = 48) -> list[list[str]]:
    """Pairs of pitched parts that play together with most of their notes below a pitch (C2 if not given)."""
    low = [
        part
        for part in parts
        if part.sounding
        and not part.percussive
        and not part.muted
        and sum(note.pitch < below for note in part.sounding) * 2 > len(part.sounding)
    ]
    return [
        [one.ref, other.ref]
        for number, one in enumerate(low)
        for other in low[number + 1 :]
        if one.track != other.track and _together(one, other)
    ]


def _together(one: Part, other: Part) -> bool:
    """True when two parts sound at the same time: in the arrangement, or in one scene."""
    if one.start is not None and other.start is not None:
        return one.start < _stop(other) and other.start < _stop(one)
    return one.scene is not None and one.scene == other.scene


def _semitones(
    one: list[tuple[Ticks, Ticks, int]], other: list[tuple[Ticks, Ticks, int]]
) -> list[tuple[float, float, tuple[int, int]]]:
    """(start, ticks, pitches) of the pairs of notes of two parts that are a semitone apart; both in order of time."""
    pairs: list[tuple[float, float, tuple[int, int]]] = []
    begun = 0
    sounding: list[tuple[Ticks, Ticks, int]] = []
    for start, end, pitch in one:
        while begun < len(other) and other[begun][0] < end:
            sounding.append(other[begun])
            begun += 1
        sounding = [note for note in sounding if note[1] > start]
        for begin, stop, against in sounding:
            if abs(pitch - against) % 12 == 1:
                first = max(start, begin)
                together = min(end, stop) - first
                if together > OVERLAP:
                    pairs.append((float(first), float(together), (pitch, against)))
    return pairs


def gaps(parts: Iterable[Part], end: Ticks | None = None) -> list[tuple[Ticks, Ticks]]:
    """Time ranges of the arrangement before its end in which no track has a clip."""
    spans = sorted(
        (part.start, part.start + part.span[1] - part.span[0]) for part in parts if part.start is not None
    )
    stretches: list[tuple[Ticks, Ticks]] = []
    covered: Ticks = 0
    for start, stop in spans:
        if start > covered:
            stretches.append((covered, start))
        covered = max(covered, stop)
    if end is not None and end > covered:
        stretches.append((covered, end))
    return stretches


def sections(parts: Sequence[Part], context: Context) -> list[dict[str, Any]]:
    """The arrangement cut where the set of playing tracks changes on a bar line: start bar, bars, tracks."""
    bar = context.bar
    placed = [part for part in parts if part.start is not None]
    if not placed:
        return []
    end = max(int(-(-_stop(part) // bar)) for part in placed)
    playing: list[frozenset[str]] = []
    for n in range(end):
        playing.append(
            frozenset(
                part.track
                for part in placed
                if part.start is not None and part.start < (n + 1) * bar and _stop(part) > n * bar
            )
        )
    edges = [0, *(n for n, (a, b) in enumerate(pairwise(playing), 1) if a != b), end]
    return [
        {"bar": start + 1, "bars": stop - start, "tracks": sorted(playing[start])}
        for start, stop in pairwise(edges)
    ]


def _stop(part: Part) -> Ticks:
    return (part.start or 0) + part.span[1] - part.span[0]


def key_of(parts: Iterable[Part]) -> Key | None:
    """The key of several parts together, without percussive and muted parts."""
    notes: list[Note] = []
    offset: Ticks = 0
    for part in parts:
        if not part.percussive and not part.muted:
            notes += [replace(note, start=note.start + offset) for note in part.sounding]
            offset += part.span[1] - part.span[0]
    return find_key(notes)


def key_text(key: Key) -> str:
    """ "F# Minor", spelled as the key is written."""
    return f"{harmony.spelled(key.scale)[key.scale.root]} {key.scale.name}"


__all__ = [
    "Part",
    "chords_over",
    "clashes",
    "foreign",
    "from_beats",
    "gaps",
    "key_of",
    "key_text",
    "name_of",
    "outside",
    "overlaps",
    "polyphony",
    "rhythm",
    "same_contents",
    "sections",
    "statistics",
]  # fmt: skip
