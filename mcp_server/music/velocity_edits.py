"""Edits of the velocity and the probability of notes; `edits` has their base class."""

from __future__ import annotations

import random
from typing import Annotated

from msgspec import UNSET, Meta, UnsetType
from msgspec.structs import replace

from mirror import errors

from .context import Context
from .edits import Curve, Edit, Fraction01, Time, Velocity, clamped, curved, edit, whole_step
from .note import Note
from .ticks import nearest


@edit("velocity")
class SetVelocity(Edit):
    """Sets, scales (`factor`) or offsets (`add`) velocities; results stay within 1 to 127."""

    needs = ("to", "factor", "add")

    to: Velocity | UnsetType = UNSET
    factor: Annotated[float, Meta(ge=0, le=10)] = 1.0
    add: Annotated[float, Meta(ge=-127, le=127)] = 0.0

    def apply(self, notes: list[Note], context: Context) -> list[Note]:
        return [
            replace(
                note,
                velocity=clamped((note.velocity if self.to is UNSET else self.to) * self.factor + self.add),
            )
            for note in notes
        ]


@edit("velocity_ramp")
class VelocityRamp(Edit):
    """Moves velocities from one value to another over the range, by time."""

    start: Velocity
    end: Velocity
    curve: Curve = "linear"

    def apply(self, notes: list[Note], context: Context) -> list[Note]:
        low, high = self.span(notes, context)
        width = float(high - low)
        return [
            replace(
                note,
                velocity=clamped(
                    self.start + (self.end - self.start) * curved(float(note.start - low) / width, self.curve)
                ),
            )
            for note in notes
        ]


@edit("compress")
class Compress(Edit):
    """Brings velocities nearer to `center` (their mean if not given): a `ratio` of 2 halves the distances."""

    ratio: Annotated[float, Meta(gt=0, le=100)] = 2.0
    center: Velocity | UnsetType = UNSET

    def apply(self, notes: list[Note], context: Context) -> list[Note]:
        center = sum(note.velocity for note in notes) / len(notes) if self.center is UNSET else self.center
        return [
            replace(note, velocity=clamped(center + (note.velocity - center) / self.ratio)) for note in notes
        ]


@edit("accent")
class Accent(Edit):
    """Adds `amount` to the notes on marked steps of a repeated pattern: "x..." marks one step of four."""

    pattern: Annotated[str, Meta(min_length=1, max_length=256)] = "x..."
    amount: Annotated[float, Meta(ge=-127, le=127)] = 20.0
    grid: Time = "1/16"

    def apply(self, notes: list[Note], context: Context) -> list[Note]:
        steps = self.pattern.replace(" ", "").replace("|", "")
        if set(steps) - set("xX.-"):
            raise errors.InvalidValue("A pattern has x for a marked step and . for others", self.pattern)
        step = whole_step(context, self.grid)
        accented = []
        for note in notes:
            sign = steps[nearest(note.start, step) // step % len(steps)]
            accented.append(
                replace(note, velocity=clamped(note.velocity + self.amount)) if sign in "xX" else note
            )
        return accented


@edit("ghost")
class Ghost(Edit):
    """Adds soft notes on free steps of the grid at the chosen notes' pitches; each free step with `probability`."""

    velocity: Velocity = 32.0
    probability: Fraction01 = 0.5
    grid: Time = "1/16"
    spread: Annotated[float, Meta(ge=0, le=64)] = 8.0
    """The most by which velocities differ from note to note at random."""
    seed: int = 0

    def apply(self, notes: list[Note], context: Context) -> list[Note]:
        draw = random.Random(self.seed)
        step = whole_step(context, self.grid)
        low, high = self.select.times(context)
        taken = {(note.pitch, nearest(note.start, step)) for note in notes}
        with_ghosts = list(notes)
        for pitch in sorted({note.pitch for note in notes}):
            at = nearest(low, step)
            while at < high:
                wanted = draw.random() < self.probability
                loud = clamped(self.velocity + draw.uniform(-self.spread, self.spread))
                if wanted and at >= low and (pitch, at) not in taken:
                    with_ghosts.append(Note(pitch, at, step, round(loud)))
                at += step
        return with_ghosts

    def is_random(self) -> bool:
        return self.probability < 1 or self.spread > 0


@edit("chance")
class Chance(Edit):
    """Sets the probability of notes (0..1) and the random deviation of their velocity (-127..127)."""

    needs = ("probability", "vary", "deviation")

    probability: Fraction01 | UnsetType = UNSET
    vary: Fraction01 = 0.0
    """The most by which probabilities differ from note to note at random."""
    deviation: Annotated[float, Meta(ge=-127, le=127)] | UnsetType = UNSET
    seed: int = 0

    def apply(self, notes: list[Note], context: Context) -> list[Note]:
        draw = random.Random(self.seed)
        changed = []
        for note in notes:
            chance = note.probability if self.probability is UNSET else self.probability
            chance += draw.uniform(-self.vary, self.vary) if self.vary else 0.0
            note = replace(note, probability=min(1.0, max(0.0, chance)))
            if self.deviation is not UNSET:
                note = replace(note, velocity_deviation=self.deviation)
            changed.append(note)
        return changed

    def is_random(self) -> bool:
        return self.vary > 0


@edit("mute")
class Mute(Edit):
    """Mutes notes, or unmutes them with `on: false`."""

    on: bool = True

    def apply(self, notes: list[Note], context: Context) -> list[Note]:
        return [replace(note, mute=self.on) for note in notes]


@edit("remove")
class Remove(Edit):
    """Removes the chosen notes."""

    def apply(self, notes: list[Note], context: Context) -> list[Note]:
        return []
