"""Form: sections in order become clips in the arrangement, exactly filled, with variations and locators.

A section sounds as its clips do from a launch: from the start marker, then round the loop. Whole passes are copies of
the clip, so that envelopes, groove and all other properties stay. The rest of a section is shorter than a copy: for a
MIDI clip it becomes a new clip with the notes of that part. Live's API cannot cut an audio clip, so the rest of an
audio clip is left out and reported.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from msgspec.structs import replace

from mirror import errors

from . import timing, writing
from .context import Context
from .note import SLIVER, Note, in_order, settled, strummed
from .ticks import BEAT, Ticks
from .time_edits import TOGETHER, SwingNotes

MOST_BARS = 2000


@dataclass(frozen=True)
class Source:
    """A Session clip: the `length` of its loop, and its notes, with tick 0 where the loop starts (None for audio).

    `begin` is where the clip begins to play, from the loop's start on: negative for a start marker before the loop.
    """

    clip: int
    track: int
    name: str
    length: Ticks
    notes: tuple[Note, ...] | None = None
    drums: bool = False
    groove: int | None = None
    begin: Ticks = 0
    origin: Ticks = 0
    """The loop's start in the clip's own time."""
    envelopes: bool = False

    @property
    def taken(self) -> Ticks:
        """The length of a copy in the arrangement: Live adds what plays before the loop."""
        return max(self.length, self.length - self.begin)

    def position(self, elapsed: Ticks) -> Ticks:
        """The position of the clip, from its loop's start on, so long after it began to play."""
        at = self.begin + elapsed
        return at if at < self.length or self.begin >= self.length else at % self.length


@dataclass(frozen=True)
class Section:
    """A part of the form with its `sources`; tracks in `without` are silent, those in `half` are thinned (`halved`).

    `fill`: the last bar of drum clips becomes a fill.
    """

    name: str
    bars: int
    sources: tuple[Source, ...]
    without: frozenset[int] = frozenset()
    half: frozenset[int] = frozenset()
    fill: bool = False


@dataclass(frozen=True)
class Copy:
    """A copy of a clip at another time of the arrangement; `marker`: its start marker, if that is not the clip's."""

    clip: int
    track: int
    start: Ticks
    marker: Ticks | None = None


@dataclass(frozen=True)
class NewClip:
    """A new MIDI clip in the arrangement; the times of its notes count from its start."""

    track: int
    start: Ticks
    length: Ticks
    name: str
    notes: tuple[Note, ...]
    groove: int | None = None


@dataclass
class Form:
    """The clips and locators of a form, in order of time; `left_out` reports what Live's API cannot do and why."""

    copies: list[Copy] = field(default_factory=list)
    clips: list[NewClip] = field(default_factory=list)
    locators: list[tuple[Ticks, str]] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    end: Ticks = 0


def lay_out(sections: Sequence[Section], context: Context, *, start: Ticks = 0, seed: int = 0) -> Form:
    """The layout of all sections one after the other, from `start` on.

    Raises:
      InvalidValue: no section, a length below one bar, or more than 2,000 bars.
    """
    if not sections:
        raise errors.InvalidValue("A form needs at least one section")
    bar = context.bar
    if not all(section.bars >= 1 for section in sections) or sum(s.bars for s in sections) > MOST_BARS:
        raise errors.InvalidValue(
            f"Sections are 1 bar or longer and at most {MOST_BARS} bars in all",
            [section.bars for section in sections],
        )
    layout, at = Form(), start
    for number, section in enumerate(sections):
        layout.locators.append((at, section.name))
        length = section.bars * bar
        playing = [source for source in section.sources if source.track not in section.without]
        for source in playing:
            _lay(layout, section, source, at, length, bar, seed + number)
        if section.fill and not any(source.drums and source.notes is not None for source in playing):
            layout.left_out.append(
                f"{section.name}: `fill` changes nothing, because no MIDI clip of it is known as drums "
                "(a track with a Drum Rack, or a track or clip with a name such as 'Drums')"
            )
        at += length
    layout.end = at
    return layout


def _lay(
    layout: Form, section: Section, source: Source, start: Ticks, length: Ticks, bar: int, seed: int
) -> None:
    changed = source.track in section.half or (section.fill and source.drums)
    # A clip that begins after its loop plays on without it: no copy of another length can continue that.
    if source.notes is not None and (changed or source.begin >= source.length):
        notes = played(source.notes, source.length, source.begin, length)
        if source.track in section.half:
            thinned = halved(notes, bar, each_pitch=source.drums)
            if len(thinned) == len(notes):
                layout.left_out.append(
                    f"{section.name}: {source.name} has no second note in a bar, so `half` keeps all"
                )
            notes = thinned
        if section.fill and source.drums:
            notes = _with_fill(notes, length, bar, seed)
        layout.clips.append(NewClip(source.track, start, length, source.name, tuple(notes), source.groove))
        return
    if changed:
        layout.left_out.append(f"{section.name}: {source.name} is audio and plays without the variation")
    taken = source.taken
    passes = int(length // taken)
    for n in range(passes):
        position = source.position(n * taken)
        marker = source.origin + position if n and position != source.begin else None
        layout.copies.append(Copy(source.clip, source.track, start + n * taken, marker))
    if passes > 1 and source.envelopes and source.begin < 0:
        layout.left_out.append(
            f"{section.name}: each copy of {source.name} begins its automation at the start marker again"
        )
    rest = length - passes * taken
    if rest <= 0:
        return
    if source.notes is None:
        layout.left_out.append(
            f"{section.name}: the last {float(rest) / BEAT:g} beats of {source.name} get no copy: "
            "Live's API cannot cut an audio clip in the arrangement"
        )
        return
    notes = played(source.notes, source.length, source.position(passes * taken), rest)
    layout.clips.append(
        NewClip(source.track, start + passes * taken, rest, source.name, tuple(notes), source.groove)
    )


def in_words(sections: Sequence[Section], layout: Form) -> list[str]:
    """One line for each section: its bars, the copied clips with their counts, and the clips that are written."""
    names = {source.clip: source.name for section in sections for source in section.sources}
    lines = []
    for number, (section, (start, _)) in enumerate(zip(sections, layout.locators, strict=True)):
        end = layout.locators[number + 1][0] if number + 1 < len(sections) else layout.end
        copies = Counter(names[copy.clip] for copy in layout.copies if start <= copy.start < end)
        parts = [f"{name} {count}x" for name, count in copies.items()]
        written = [clip for clip in layout.clips if start <= clip.start < end]
        parts += [f"{clip.name} written with {len(clip.notes)} notes" for clip in written]
        said = ", ".join(parts) or "nothing"
        first = int(start * section.bars // (end - start)) + 1
        lines.append(f"{section.name} (bars {first} to {first + section.bars - 1}): {said}")
    return lines


def halved(notes: Iterable[Note], bar: int, *, each_pitch: bool) -> list[Note]:
    """Every second note of each bar, from its first on; the notes of a chord count as one.

    Args:
      each_pitch: Count each pitch by itself, so that every drum of a pattern stays.
    """
    lines: dict[int, list[list[Note]]] = {}
    for group in strummed(notes, TOGETHER):
        for part in [[note] for note in group] if each_pitch else [group]:
            lines.setdefault(part[0].pitch if each_pitch else 0, []).append(part)
    staying: list[Note] = []
    for line in lines.values():
        counts: Counter[int] = Counter()
        for part in line:
            # A note that is played a little early belongs to the bar that it begins.
            number = int((min(note.start for note in part) + TOGETHER) // bar)
            if counts[number] % 2 == 0:
                staying += part
            counts[number] += 1
    return in_order(staying)


def played(notes: Sequence[Note], loop: Ticks, begin: Ticks, length: Ticks) -> list[Note]:
    """The notes of a loop that starts at tick 0, played from `begin` on for a length; without ids.

    What lies between `begin` and the loop's end plays first; from a `begin` after the loop the clip never loops. A note
    that passes the end is cut there. What would be cut to less than a 1/64 note is left out, at the end and where a
    pass begins.
    """
    first = min(loop - begin, length) if begin < loop else length
    copies = [
        replace(note, start=note.start - begin) for note in notes if begin <= note.start < begin + first
    ]
    pattern, offset = [note for note in notes if 0 <= note.start < loop], first
    while offset < length:
        copies += [replace(note, start=note.start + offset) for note in pattern]
        offset += loop
    return settled(_within(copies, length)).notes


def _within(notes: Iterable[Note], length: Ticks) -> Iterator[Note]:
    """Notes without ids, cut at `length` or left out."""
    for note in notes:
        duration = min(note.duration, length - note.start)
        if duration > 0 and duration >= min(SLIVER, note.duration):
            yield replace(note, duration=duration, note_id=None)


def _with_fill(notes: list[Note], length: Ticks, bar: int, seed: int) -> list[Note]:
    """The notes with a fill as the last bar, over the drums of the pattern from high to low; the lowest drum stays.

    The fill swings as the pattern does.
    """
    begin = length - bar
    pitches = sorted({note.pitch for note in notes}, reverse=True) or [38]
    lowest = pitches[-1]
    staying = [note for note in notes if note.start < begin or note.pitch == lowest]
    made = writing.fill(Context(), pitches[:-1] or pitches, bar, start=begin, seed=seed)
    if (feel := timing.feel(notes)) is not None:
        made = SwingNotes(percent=feel[0], grid=feel[1]).apply(made, Context())
    made = [replace(note, duration=min(note.duration, length - note.start)) for note in made]
    taken = {(note.pitch, note.start) for note in staying}
    return settled([*staying, *(note for note in made if (note.pitch, note.start) not in taken)]).notes
