"""The information that an edit may need besides the notes: key, meter, the clip's span and the names of drum pads.

The caller of an edit reads all of it once from the mirror; this module does no I/O.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property

from mirror import errors
from remote_script.SetMirror.contract.scales import INTERVALS

from .. import units
from .drum_names import GENERAL_MIDI
from .ticks import BEAT, Ticks, from_beats


@dataclass(frozen=True)
class Scale:
    """A root (0 is C, 11 is B) and the semitones of its degrees above the root, ascending, from 0."""

    root: int
    intervals: tuple[int, ...]
    name: str = ""

    @classmethod
    def named(cls, root: int, name: str) -> Scale:
        """The scale that Live calls `name`; InvalidValue lists Live's scales when there is none."""
        if name not in INTERVALS:
            raise errors.InvalidValue(f"Live has no scale {name!r}", name, choices=sorted(INTERVALS))
        return cls(root % 12, INTERVALS[name], name)

    @classmethod
    def of_text(cls, text: str) -> Scale:
        """A key as people write it: "F# minor", "Bb", "D Dorian"."""
        return cls.named(*units.key(text))

    @cached_property
    def classes(self) -> frozenset[int]:
        """The pitch classes that belong to the scale."""
        return frozenset((self.root + step) % 12 for step in self.intervals)

    def __contains__(self, pitch: int) -> bool:
        return pitch % 12 in self.classes

    def degree_of(self, pitch: int) -> tuple[int, int]:
        """A pitch as (degree counted through all octaves, semitones above that degree)."""
        octave, above = divmod(pitch - self.root, 12)
        index = bisect_right(self.intervals, above) - 1
        return octave * len(self.intervals) + index, above - self.intervals[index]

    def pitch(self, degree: int) -> int:
        """The pitch of a degree counted through all octaves; inverse of `degree_of` for pitches of the scale."""
        octave, index = divmod(degree, len(self.intervals))
        return self.root + 12 * octave + self.intervals[index]

    def moved(self, pitch: int, degrees: int) -> int:
        """`pitch` moved up by `degrees`; a pitch between two degrees keeps its distance to the lower one."""
        degree, above = self.degree_of(pitch)
        return self.pitch(degree + degrees) + above

    def fitted(self, pitch: int, direction: str = "nearest") -> int:
        """The nearest pitch of the scale (the lower of two), at or above `pitch` ("up"), or at or below it ("down")."""
        for distance in range(12):
            if direction != "up" and pitch - distance in self:
                return pitch - distance
            if direction != "down" and pitch + distance in self:
                return pitch + distance
        return pitch


@dataclass(frozen=True)
class Context:
    """A clip's surroundings; `span` is the part of the clip that plays, in ticks."""

    scale: Scale = Scale(0, INTERVALS["Major"], "Major")
    numerator: int = 4
    denominator: int = 4
    span: tuple[Ticks, Ticks] = (0, 4 * BEAT)
    pads: dict[str, int] = field(default_factory=dict)
    """Drum pads' names, lower case → pitch."""
    swing: float = 0.0
    """The Set's swing amount 0..1, which Live's own quantize applies."""

    @property
    def bar(self) -> int:
        """The length of a bar."""
        return self.numerator * 4 * BEAT // self.denominator

    def length(self, value: float | str) -> Ticks:
        """A length above 0: in beats, or as text such as "1/16", "1/8T", "2 bars"."""
        return self._written(units.length(value, self.numerator, self.denominator))

    def time(self, value: float | str) -> Ticks:
        """A time: in beats, or as text in bars from 1 such as "2.1.1"."""
        return self._written(units.position(value, self.numerator, self.denominator))

    def distance(self, value: float | str) -> Ticks:
        """A signed distance: a length with an optional sign, or 0."""
        if isinstance(value, str) and value.strip()[:1] in ("-", "+"):
            sign = -1 if value.strip()[0] == "-" else 1
            return sign * self.length(value.strip()[1:])
        if not isinstance(value, str):
            return self._written(value)
        return self.length(value)

    def pitch(self, value: int | str) -> int:
        """The MIDI pitch of a number, of a note's, drum pad's or, without a drum rack, General MIDI drum's name."""
        plain = value.strip().casefold() if isinstance(value, str) else ""
        if plain in self.pads:
            return self.pads[plain]
        if not self.pads and plain in GENERAL_MIDI:
            return GENERAL_MIDI[plain]
        try:
            return units.pitch(value)
        except errors.InvalidValue as problem:
            if self.pads:
                rule = f"{value!r} is neither a note such as C3 nor a pad of this drum rack"
                raise errors.InvalidValue(rule, value, choices=sorted(self.pads)[:40]) from problem
            hint = f"without a drum rack drums are called {', '.join(GENERAL_MIDI)}"
            raise errors.InvalidValue(problem.rule, value, hint=hint) from problem

    @staticmethod
    def _written(beats: float) -> Ticks:
        return from_beats(beats)
