"""Edits of pitch: transposing, scales, chords' voicings, arpeggios; `edits` defines what an edit is."""

from __future__ import annotations

import random
from typing import Annotated, ClassVar, Literal

from msgspec import UNSET, Meta, UnsetType
from msgspec.structs import replace

from mirror import errors

from . import voicing
from .context import Context, Scale
from .edits import Edit, Fraction01, Time, edit, scale_of
from .note import SLIVER, Note, chords
from .ticks import ratio, scaled
from .time_edits import TOGETHER


class PitchEdit(Edit):
    """The base of the edits of pitch."""

    pitched: ClassVar[bool] = True


@edit("transpose")
class Transpose(PitchEdit):
    """Moves pitches by `semitones` and `octaves`, by `degrees` of the scale, or to another key: `to` "F minor".

    `to` keeps each note's degree and takes the nearest way from the root of `key` (the Set's key if not given). A note
    between two degrees keeps its distance to the lower one.
    """

    needs = ("semitones", "octaves", "degrees", "to")

    semitones: int = 0
    octaves: int = 0
    degrees: int = 0
    key: str | UnsetType = UNSET
    to: str | UnsetType = UNSET

    def apply(self, notes: list[Note], context: Context) -> list[Note]:
        scale = scale_of(context, self.key)
        goal = scale if self.to is UNSET else Scale.of_text(self.to)
        if self.to is not UNSET and len(goal.intervals) != len(scale.intervals):
            raise errors.InvalidValue(
                f"{goal.name} has {len(goal.intervals)} degrees, {scale.name} has {len(scale.intervals)}: "
                "degrees cannot be kept",
                self.to,
                hint="transpose by semitones, then use fit_to_scale",
            )
        way = (goal.root - scale.root + 6) % 12 - 6
        moved = Scale(scale.root + way, goal.intervals)

        def new(pitch: int) -> int:
            degree, above = scale.degree_of(pitch)
            # The target's intervals may be narrower: a pitch between two degrees must stay between them.
            return moved.pitch(degree + self.degrees) + above + self.semitones + 12 * self.octaves

        return [replace(note, pitch=new(note.pitch)) for note in notes]


@edit("fit_to_scale")
class FitToScale(PitchEdit):
    """Moves each note outside the scale to its nearest pitch (the lower of two), or to the next pitch up or down."""

    direction: Literal["nearest", "up", "down"] = "nearest"
    key: str | UnsetType = UNSET

    def apply(self, notes: list[Note], context: Context) -> list[Note]:
        scale = scale_of(context, self.key)
        fitted = []
        for note in notes:
            pitch = scale.fitted(note.pitch, self.direction)
            if not 0 <= pitch <= 127:
                pitch = scale.fitted(note.pitch, "up" if pitch < 0 else "down")
            fitted.append(replace(note, pitch=pitch))
        return fitted


@edit("invert")
class Invert(PitchEdit):
    """Mirrors the melody around a pitch (the first note if not given), in semitones or in degrees of the scale."""

    around: int | str | UnsetType = UNSET
    in_scale: bool = False
    key: str | UnsetType = UNSET

    def apply(self, notes: list[Note], context: Context) -> list[Note]:
        axis = notes[0].pitch if self.around is UNSET else context.pitch(self.around)
        if not self.in_scale:
            return [replace(note, pitch=2 * axis - note.pitch) for note in notes]
        scale = scale_of(context, self.key)
        center = scale.degree_of(axis)[0]
        return [
            replace(
                note,
                pitch=scale.pitch(2 * center - scale.degree_of(note.pitch)[0])
                - scale.degree_of(note.pitch)[1],
            )
            for note in notes
        ]


@edit("invert_chords")
class InvertChords(PitchEdit):
    """Raises each chord's lowest note an octave, `inversion` times (negative: lowers the highest); or sets a `voicing`.

    Without both options the chord goes up one inversion. A separate bass does not move, only the chord above it: the
    lowest note is a bass if it lies a fourth or more below at least three others and one of these doubles it. Single
    notes do not move.
    """

    inversion: Annotated[int, Meta(ge=-12, le=12)] | UnsetType = UNSET
    voicing: Literal["close", "open", "drop2", "drop3", "drop2+4"] | UnsetType = UNSET

    def apply(self, notes: list[Note], context: Context) -> list[Note]:
        times = int(self.voicing is UNSET) if self.inversion is UNSET else self.inversion
        inverted = []
        for group in chords(notes, TOGETHER):
            if len(group) == 1:
                inverted += group
                continue
            bass = voicing.bass_of([note.pitch for note in group])
            inverted += [note for note in group if note.pitch == bass]
            group = [note for note in group if note.pitch != bass]
            pitches = voicing.inverted([note.pitch for note in group], times)
            if self.voicing is not UNSET:
                pitches = voicing.spread(pitches, self.voicing)
            inverted += [replace(note, pitch=pitch) for note, pitch in zip(group, pitches, strict=True)]
        return inverted


@edit("voice_lead")
class VoiceLead(PitchEdit):
    """Moves each chord's notes by octaves so that the voices move least from the chord before; the first one stays.

    Single notes between the chords stay.
    """

    def apply(self, notes: list[Note], context: Context) -> list[Note]:
        groups = chords(notes, TOGETHER)
        led = [note for group in groups if len(group) == 1 for note in group]
        groups = [group for group in groups if len(group) > 1]
        before: list[int] = []
        for group in groups:
            if not before:
                before = [note.pitch for note in group]
                led += group
                continue
            pitches = [note.pitch for note in group]
            before = voicing.led(before, pitches)
            if pitches == before:
                led += group
                continue
            # Each note keeps its pitch class, so its velocity and id stay with its part of the chord.
            parts = zip(
                sorted(group, key=lambda note: note.pitch % 12),
                sorted(before, key=lambda pitch: pitch % 12),
                strict=True,
            )
            led += [replace(note, pitch=pitch) for note, pitch in parts]
        return led


@edit("harmonize")
class Harmonize(PitchEdit):
    """Adds a note to each: `degrees` of the scale away (2 is a third up, -3 a fourth down), or `semitones`."""

    needs = ("degrees", "semitones")

    degrees: Annotated[int, Meta(ge=-28, le=28)] | UnsetType = UNSET
    semitones: Annotated[int, Meta(ge=-48, le=48)] | UnsetType = UNSET
    key: str | UnsetType = UNSET

    def apply(self, notes: list[Note], context: Context) -> list[Note]:
        if (self.degrees is UNSET) == (self.semitones is UNSET):
            raise errors.InvalidValue("harmonize needs either `degrees` or `semitones`")
        scale = scale_of(context, self.key)
        taken = {(note.pitch, note.start) for note in notes}
        added = []
        for note in notes:
            pitch = (
                note.pitch + self.semitones
                if self.semitones is not UNSET
                else scale.moved(note.pitch, self.degrees)  # type: ignore[arg-type]
            )
            if (pitch, note.start) not in taken:
                taken.add((pitch, note.start))
                added.append(replace(note, pitch=pitch, note_id=None))
        return notes + added


@edit("octave_double")
class OctaveDouble(PitchEdit):
    """Doubles each note at a distance of `octaves` octaves."""

    octaves: Annotated[int, Meta(ge=-4, le=4)] = -1

    def apply(self, notes: list[Note], context: Context) -> list[Note]:
        return Harmonize(semitones=12 * self.octaves).apply(notes, context)


Order = Literal["up", "down", "up-down", "down-up", "random", "as played"]


@edit("arpeggiate")
class Arpeggiate(PitchEdit):
    """Plays each chord's notes one after the other for the length of the chord.

    `rate` from note to note, `octaves` the pattern climbs, `gate` the share of the rate that sounds; `pattern` names
    the steps to take ("0 2 1 2"), `.` is a rest. The first notes of the arpeggio keep the chord's ids.
    """

    order: Order = "up"
    rate: Time = "1/16"
    octaves: Annotated[int, Meta(ge=1, le=6)] = 1
    gate: Annotated[float, Meta(gt=0, le=1)] = 1.0
    pattern: str = ""
    velocity_spread: Fraction01 = 0.0
    seed: int = 0

    def apply(self, notes: list[Note], context: Context) -> list[Note]:
        rate = context.length(self.rate)
        sound = scaled(rate, ratio(self.gate))
        draw = random.Random(self.seed)
        played: list[Note] = []
        groups = chords(notes, TOGETHER)
        for group in groups:
            steps = self._steps(group, draw)
            start, end = group[0].start, max(note.end for note in group)
            ids = [note.note_id for note in group]
            made = number = 0
            while start < end:
                step = steps[number % len(steps)]
                if self.order == "random" and not self.pattern:
                    step = draw.choice([tone for tone in steps if tone is not None])
                number += 1
                # The notes of a humanized chord end at different times: after the last step a few ticks may remain.
                if step is not None and (end - start >= min(sound, SLIVER) or not made):
                    louder = 1 + draw.uniform(-self.velocity_spread, self.velocity_spread) / 2
                    played.append(
                        replace(
                            step,
                            start=start,
                            duration=min(sound, end - start),
                            velocity=min(127.0, max(1.0, step.velocity * louder)),
                            note_id=ids[made] if made < len(ids) else None,
                        )
                    )
                    made += 1
                start += rate
                if made > 50_000:
                    raise errors.TooLarge("arpeggiate would make more than 50,000 notes of one chord")
        return played

    def is_random(self) -> bool:
        return bool(self.velocity_spread) or (self.order == "random" and not self.pattern)

    def _steps(self, group: list[Note], draw: random.Random) -> list[Note | None]:
        ordered = sorted(group, key=lambda note: note.start) if self.order == "as played" else list(group)
        rising = [
            replace(note, pitch=note.pitch + 12 * octave)
            for octave in range(self.octaves)
            for note in ordered
            if note.pitch + 12 * octave <= 127
        ]
        match self.order:
            case "down":
                tones = rising[::-1]
            case "up-down":
                tones = rising + rising[-2:0:-1]
            case "down-up":
                tones = rising[::-1] + rising[1:-1]
            case _:
                tones = rising
        if not self.pattern:
            return list(tones)
        steps: list[Note | None] = []
        for word in self.pattern.split():
            if word == ".":
                steps.append(None)
            elif word.lstrip("-").isascii() and word.lstrip("-").isdigit():
                steps.append(tones[int(word) % len(tones)])
            else:
                raise errors.InvalidValue(
                    "A pattern has steps from 0 and . for rests, such as '0 2 1 .'", self.pattern
                )
        if not any(steps):
            raise errors.InvalidValue("A pattern needs at least one step that is no rest", self.pattern)
        return steps
