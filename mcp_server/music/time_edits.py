"""Edits of the start and the length of notes; `edits` has their base class."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable
from fractions import Fraction
from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType
from msgspec.structs import replace

from mirror import errors
from remote_script.SetMirror.contract import schema
from remote_script.SetMirror.contract.notes import GRIDS, nearest_line

from .context import Context
from .edits import Curve, Edit, Fraction01, Time, clamped, curved, edit, whole_step
from .note import HAIR, Note, chords, in_order, strummed
from .ticks import BEAT, Ticks, exact, from_beats, nearest, ratio, scaled, to_beats

TOGETHER = BEAT // 16
"""Notes whose starts differ by at most a 1/64 note form one chord: humanized chords stay chords."""
SHORTEST = BEAT // 256
"""No edit makes a note shorter than a 1/1024 note."""

_LIVES_GRIDS = {
    label: value for value, label in schema.ENUMS["RecordingQuantization"].items() if value in GRIDS
}
Swing = Annotated[float, Meta(ge=50, le=75)]


def _swung(step: int, swing: float, start: Ticks) -> Ticks:
    """The point of a swung grid that is nearest to `start`; `swing` is the share of a pair's first step in percent."""
    pair = 2 * step
    late = scaled(pair, ratio(swing) / 100)
    base = start // pair * pair
    return min((base, base + late, base + pair), key=lambda point: (abs(point - start), -point))


def _length_or_0(context: Context, value: Time) -> Ticks:
    return 0 if value in (0, "0") else context.length(value)


@edit("quantize")
class Quantize(Edit):
    """Moves starts (or ends, or both) to the grid; `strength` 0..1; `swing` 50 (straight) to 75 percent.

    Without `swing` the Set's swing amount counts, as for Live's own quantize; "1/8 + 1/8T" and "1/16 + 1/16T" offer
    straight and triplet lines.
    """

    grid: Time = "1/16"
    strength: Fraction01 = 1.0
    swing: Swing | UnsetType = UNSET
    what: Literal["start", "end", "both"] = "start"

    def apply(self, notes: list[Note], context: Context) -> list[Note]:
        strength = ratio(self.strength)
        line = self._line(context)
        steps = [whole_step(context, part.strip()) for part in str(self.grid).split("+")]

        def moved(time: Ticks) -> Ticks:
            return time + scaled(exact(line(time) - time), strength)

        quantized = []
        for note in notes:
            start = moved(note.start) if self.what != "end" else note.start
            if self.what == "start":
                quantized.append(replace(note, start=start))
                continue
            end = moved(note.end)
            quantized.append(replace(note, start=start, duration=end - start if end > start else min(steps)))
        return quantized

    def _line(self, context: Context) -> Callable[[Ticks], Ticks]:
        """The grid line for a time."""
        own = _LIVES_GRIDS.get(str(self.grid).strip())
        if self.swing is UNSET and own is not None and (context.swing or "+" in str(self.grid)):
            return lambda time: from_beats(nearest_line(to_beats(time), own, context.swing))
        step, swing = whole_step(context, self.grid), self.swing
        if swing is UNSET or swing == 50:
            return lambda time: nearest(time, step)
        return lambda time: _swung(step, swing, time)


@edit("swing")
class SwingNotes(Edit):
    """Puts the notes on every second step of the grid late: `percent` of each pair of steps belong to the first.

    The position is measured from the grid, so notes that swing already get `percent` too; 50 makes them straight.
    """

    percent: Swing = 58.0
    grid: Time = "1/16"

    def apply(self, notes: list[Note], context: Context) -> list[Note]:
        step = whole_step(context, self.grid)
        late = scaled(2 * step, ratio(self.percent) / 100) - step
        now = _lateness([note.start % (2 * step) for note in notes], step, late)
        swung = []
        for note in notes:
            off = note.start % (2 * step) - step - now
            near = -step < 4 * off < step
            swung.append(replace(note, start=note.start + late - now) if near else note)
        return swung


def _lateness(places: list[Ticks], step: int, late: Ticks) -> Ticks:
    """The present lateness of second steps: 0 or `late` where a note is there, else the median, up to 75 %."""
    offs = sorted(place - step for place in places if -step < 4 * (place - step) <= 2 * step)
    on_line = step // 64
    lines: tuple[Ticks, Ticks] = (0, late)
    for line in lines:
        if any(line - on_line <= off <= line + on_line for off in offs):
            return line
    return offs[(len(offs) - 1) // 2] if offs else 0


@edit("humanize")
class Humanize(Edit):
    """Random deviations within bounds: `timing` in beats or a note value, `velocity` 0..127, `length` as a share 0..1.

    Notes of one chord move together, and each note by at most a quarter of the bound more. No note moves to before the
    clip's start. Without the three options timing is 0.02 and velocity 8.
    """

    timing: Time | UnsetType = UNSET
    velocity: Annotated[float, Meta(ge=0, le=127)] | UnsetType = UNSET
    length: Fraction01 | UnsetType = UNSET
    seed: int = 0

    def apply(self, notes: list[Note], context: Context) -> list[Note]:
        if self.timing is UNSET and self.velocity is UNSET and self.length is UNSET:
            return Humanize(timing=0.02, velocity=8.0, seed=self.seed).apply(notes, context)
        draw = random.Random(self.seed)
        bound = 0 if self.timing is UNSET else int(_length_or_0(context, self.timing))
        share = 0 if self.length is UNSET else int(self.length * 1000)
        spread = 0.0 if self.velocity is UNSET else self.velocity
        humanized = []
        for group in chords(notes, TOGETHER):
            together = draw.randint(-(bound * 3 // 4), bound * 3 // 4)
            for note in group:
                alone = draw.randint(-(bound // 4), bound // 4)
                earliest: Ticks = min(note.start, context.span[0])
                start: Ticks = max(note.start + together + alone, earliest)
                longer = _longer(note.duration, 1000 + draw.randint(-share, share))
                velocity = clamped(note.velocity + draw.uniform(-spread, spread))
                humanized.append(
                    replace(
                        note,
                        start=start,
                        duration=max(longer, min(note.duration, SHORTEST)),
                        velocity=velocity if spread else note.velocity,
                    )
                )
        return humanized


def _longer(duration: Ticks, thousandths: int) -> Ticks:
    """A random share of a length; the share of a whole number of ticks is a whole number of ticks."""
    if isinstance(duration, int):
        return duration * thousandths // 1000
    return scaled(duration, Fraction(thousandths, 1000))


@edit("shift")
class Shift(Edit):
    """Moves notes by a signed distance: beats, or a text such as "1/16", "-1/8", "+1 bar"."""

    by: Time

    def apply(self, notes: list[Note], context: Context) -> list[Note]:
        distance = context.distance(self.by)
        return [replace(note, start=note.start + distance) for note in notes]


@edit("stretch")
class Stretch(Edit):
    """Multiplies times and lengths by `factor`, from the start of the range (or of the clip's span)."""

    factor: Annotated[float, Meta(gt=0, le=64)]

    def apply(self, notes: list[Note], context: Context) -> list[Note]:
        origin = self.select.times(context)[0]
        return _stretched(notes, origin, ratio(self.factor))


def _stretched(notes: list[Note], origin: Ticks, factor: Fraction) -> list[Note]:
    lengths, times = _scaled_lengths(notes, factor), {note.start for note in notes}
    starts = {start: origin + scaled(start - origin, factor) for start in times}
    return [replace(note, start=starts[note.start], duration=lengths[note.duration]) for note in notes]


def _scaled_lengths(notes: list[Note], factor: Fraction) -> dict[Ticks, Ticks]:
    """Each length of the notes → the scaled length, computed once since many notes have the same length."""
    return {duration: scaled(duration, factor) for duration in {note.duration for note in notes}}


@edit("fit_length")
class FitLength(Edit):
    """Stretches the notes so that the time from the first start to the last end becomes `length`."""

    length: Time

    def apply(self, notes: list[Note], context: Context) -> list[Note]:
        first, last = notes[0].start, max(note.end for note in notes)
        factor = Fraction(context.length(self.length)) / Fraction(last - first)
        return _stretched(notes, first, factor)


@edit("reverse")
class Reverse(Edit):
    """Plays the range backwards: each note's end becomes its start, mirrored in the range.

    A note that lasts beyond the end of the range, where the clip does not play it, is cut there first.
    """

    def apply(self, notes: list[Note], context: Context) -> list[Note]:
        low, high = self.select.times(context)
        if self.select.time is UNSET and (notes[0].start < low or any(note.start >= high for note in notes)):
            low, high = self.span(notes, context)
        return [
            replace(note, start=low + high - end, duration=end - note.start)
            for note in notes
            for end in [min(note.end, high)]
        ]


@edit("rotate")
class Rotate(Edit):
    """Moves notes within the range by a signed distance; a note that leaves one end comes in at the other end."""

    by: Time

    def apply(self, notes: list[Note], context: Context) -> list[Note]:
        low, high = self.select.times(context)
        distance = context.distance(self.by)
        inside = [note for note in notes if low <= note.start < high]
        outside = [note for note in notes if not low <= note.start < high]
        return outside + [
            replace(note, start=low + exact((note.start - low + distance) % (high - low))) for note in inside
        ]


@edit("repeat")
class Repeat(Edit):
    """Repeats the notes every `length`, `times` in all or `until` a time."""

    needs = ("times", "until")

    times: Annotated[int, Meta(ge=1, le=1024)] | UnsetType = UNSET
    until: Time | UnsetType = UNSET
    length: Time | UnsetType = UNSET

    def apply(self, notes: list[Note], context: Context) -> list[Note]:
        if (self.times is UNSET) == (self.until is UNSET):
            raise errors.InvalidValue("repeat needs either `times` or `until`")
        low, high = self.select.times(context)
        step = high - low if self.length is UNSET else context.length(self.length)
        end = context.time(self.until) if self.until is not UNSET else low + step * (self.times or 1)
        repeated, offset = list(notes), step
        while low + offset < end:
            repeated += [
                replace(note, start=note.start + offset, note_id=None)
                for note in notes
                if note.start + offset < end
            ]
            if len(repeated) > 200_000:
                raise errors.TooLarge("repeat would make more than 200,000 notes")
            offset += step
        return repeated


@edit("legato")
class Legato(Edit):
    """Makes each note last until the next chosen note or chord starts; the last one lasts to the end of the range.

    `gap` is the silence before the next note.
    """

    gap: Time = 0.0

    def apply(self, notes: list[Note], context: Context) -> list[Note]:
        gap = _length_or_0(context, self.gap)
        groups = strummed(notes, TOGETHER)
        end = self.span(notes, context)[1]
        starts = [min(note.start for note in group) for group in groups]
        connected = []
        for group, following in zip(groups, [*starts[1:], end], strict=True):
            for note in group:
                length = following - gap - note.start
                connected.append(replace(note, duration=length) if length > 0 else note)
        return connected


@edit("staccato")
class Staccato(Edit):
    """Shortens notes to a share of their length."""

    share: Annotated[float, Meta(gt=0, le=1)] = 0.5

    def apply(self, notes: list[Note], context: Context) -> list[Note]:
        lengths = _scaled_lengths(notes, ratio(self.share))
        return [replace(note, duration=lengths[note.duration]) for note in notes]


@edit("gate")
class Gate(Edit):
    """Gives all notes one length."""

    length: Time

    def apply(self, notes: list[Note], context: Context) -> list[Note]:
        length = context.length(self.length)
        return [replace(note, duration=length) for note in notes]


@edit("strum")
class Strum(Edit):
    """Spreads each chord's starts over `time`: low to high ("up"), high to low, or alternately; ends stay."""

    time: Time = "1/32"
    direction: Literal["up", "down", "alternate"] = "up"
    curve: Curve = "linear"

    def apply(self, notes: list[Note], context: Context) -> list[Note]:
        spread = context.length(self.time)
        delays: dict[int, list[Ticks]] = {}
        strummed = []
        for number, group in enumerate(chords(notes, TOGETHER)):
            begin = min(note.start for note in group)
            down = self.direction == "down" or (self.direction == "alternate" and number % 2)
            order = group[::-1] if down else group
            if len(order) not in delays:
                delays[len(order)] = self._delays(len(order), spread)
            for delay, note in zip(delays[len(order)], order, strict=True):
                start = min(begin + delay, max(begin, note.end - SHORTEST))
                strummed.append(replace(note, start=start, duration=note.end - start))
        return strummed

    def _delays(self, count: int, spread: Ticks) -> list[Ticks]:
        """The delays of a chord's notes, in the order in which they are played."""
        return [
            scaled(spread, ratio(curved(place / max(1, count - 1), self.curve))) for place in range(count)
        ]


@edit("ratchet")
class Ratchet(Edit):
    """Splits each note into `times` equal notes; each has `decay` times the velocity of the note before it."""

    times: Annotated[int, Meta(ge=2, le=32)] = 2
    decay: Annotated[float, Meta(gt=0, le=2)] = 1.0

    def apply(self, notes: list[Note], context: Context) -> list[Note]:
        ratchets = []
        share = ratio(1) / self.times
        parts = _scaled_lengths(notes, share)
        for note in notes:
            part = parts[note.duration]
            for n in range(self.times):
                ratchets.append(
                    replace(
                        note,
                        start=note.start + part * n,
                        duration=part,
                        velocity=clamped(note.velocity * self.decay**n) if n else note.velocity,
                        note_id=note.note_id if n == 0 else None,
                    )
                )
        return ratchets


@edit("flam")
class Flam(Edit):
    """Adds a softer note shortly before each note, unless the added note would start before the clip."""

    time: Time = "1/64"
    velocity: Annotated[float, Meta(gt=0, le=1)] = 0.5

    def apply(self, notes: list[Note], context: Context) -> list[Note]:
        before = context.length(self.time)
        grace = [
            replace(
                note,
                start=note.start - before,
                duration=before,
                velocity=clamped(note.velocity * self.velocity),
                note_id=None,
            )
            for note in notes
            if note.start - before >= min(context.span[0], 0)
        ]
        return notes + grace


@edit("thin")
class Thin(Edit):
    """Removes notes at random (`keep` is the share that stays), or all but every nth (`every`)."""

    needs = ("keep", "every")

    keep: Fraction01 | UnsetType = UNSET
    every: Annotated[int, Meta(ge=2)] | UnsetType = UNSET
    seed: int = 0

    def apply(self, notes: list[Note], context: Context) -> list[Note]:
        if (self.keep is UNSET) == (self.every is UNSET):
            raise errors.InvalidValue("thin needs either `keep` (0..1) or `every` (2 or more)")
        if self.every is not UNSET:
            return notes[:: self.every]
        assert self.keep is not UNSET
        chosen = random.Random(self.seed).sample(range(len(notes)), round(len(notes) * self.keep))
        return [notes[n] for n in sorted(chosen)]

    def is_random(self) -> bool:
        return self.every is UNSET


@edit("split")
class Split(Edit):
    """Cuts notes at a time, or at every line of a grid that they cross."""

    needs = ("at", "grid")

    at: Time | UnsetType = UNSET
    grid: Time | UnsetType = UNSET

    def apply(self, notes: list[Note], context: Context) -> list[Note]:
        if (self.at is UNSET) == (self.grid is UNSET):
            raise errors.InvalidValue("split needs either `at` or `grid`")
        at = () if self.at is UNSET else (context.time(self.at),)
        step = 0 if self.grid is UNSET else whole_step(context, self.grid)
        pieces = []
        for note in notes:
            id_, start = note.note_id, note.start
            for cut in self._lines(note, step) if step else at:
                if start < cut < note.end - HAIR:
                    pieces.append(replace(note, duration=cut - start, start=start, note_id=id_))
                    id_, start = None, cut
            pieces.append(replace(note, start=start, duration=note.end - start, note_id=id_))
        return pieces

    @staticmethod
    def _lines(note: Note, step: int) -> range:
        """The grid's lines within a note, at most 4096 of them."""
        first = int(note.start // step + 1) * step
        return range(first, min(int(-(-note.end // 1)), first + 4096 * step), step)


@edit("join")
class Join(Edit):
    """Makes one note of notes of one pitch that touch, or that have at most `gap` between them."""

    gap: Time = 0.0

    def apply(self, notes: list[Note], context: Context) -> list[Note]:
        gap = _length_or_0(context, self.gap)
        lines: dict[int, list[Note]] = defaultdict(list)
        for note in in_order(notes):
            line = lines[note.pitch]
            if line and note.start - line[-1].end <= gap:
                line[-1] = replace(line[-1], duration=max(line[-1].end, note.end) - line[-1].start)
            else:
                line.append(note)
        return [note for line in lines.values() for note in line]
