"""The groove pool, and tuning systems."""

from __future__ import annotations

from typing import Any, Optional, Tuple

from ..api.values import PitchClassAndOctave, ReferencePitch
from ..node import Node, model
from ..sets.spec import GrooveSpec, TuningSpec


@model
class Groove(Node):
    LOM = "Groove"
    name = ""
    base = 3
    quantization_amount = 0.0
    timing_amount = 100.0
    random_amount = 0.0
    velocity_amount = 0.0

    @classmethod
    def of(cls, doc: Any, spec: GrooveSpec) -> Groove:
        return cls(
            doc,
            name=spec.name,
            base=spec.base,
            quantization_amount=float(spec.quantization_amount),
            timing_amount=float(spec.timing_amount),
            random_amount=float(spec.random_amount),
            velocity_amount=float(spec.velocity_amount),
        )

    def check_base(self, value: int) -> int:
        if not 0 <= value <= 5:
            raise RuntimeError("Invalid groove base")
        return value

    def _amount(self, value: float) -> float:
        if not 0.0 <= value <= 131.0:
            raise RuntimeError("Amount out of range")
        return value

    check_quantization_amount = check_timing_amount = check_random_amount = _amount

    def check_velocity_amount(self, value: float) -> float:
        if not -131.0 <= value <= 131.0:
            raise RuntimeError("Amount out of range")
        return value


@model
class GroovePool(Node):
    LOM = "GroovePool"
    OWNS = ("grooves",)
    grooves: Tuple[Groove, ...] = ()


@model
class TuningSystem(Node):
    LOM = "TuningSystem.TuningSystem"
    OLD = ("TuningSystem",)
    GUESSES = frozenset(("lowest_note", "highest_note", "maximum_note", "minimum_note", "reference_pitch"))
    name = ""
    note_tunings: Any = ()
    pseudo_octave_in_cents = 1200.0
    frequency = 440.0
    lowest: Tuple[int, int] = (0, -2)
    highest: Tuple[int, int] = (7, 8)
    reference: Tuple[int, int] = (9, 3)

    @classmethod
    def of(cls, doc: Any, spec: TuningSpec) -> Optional[TuningSystem]:
        places = {"reference": spec.reference_note, "lowest": spec.lowest_note, "highest": spec.highest_note}
        return cls(
            doc,
            name=spec.name,
            note_tunings=tuple(spec.note_tunings),
            pseudo_octave_in_cents=float(spec.pseudo_octave_in_cents),
            frequency=float(spec.reference_pitch_frequency),
            **{name: place for name, place in places.items() if place is not None},
        )

    @property
    def number_of_notes_in_pseudo_octave(self) -> int:
        return len(self.note_tunings)

    def get_note_tunings(self) -> Any:
        return list(self.note_tunings)

    RAW = frozenset(("note_tunings",))

    def set_note_tunings(self, value: Any) -> None:
        values = tuple(float(cents) for cents in value)
        if len(values) != len(self.note_tunings):
            raise RuntimeError("The number of note tunings cannot be changed")
        self.change("note_tunings", values)

    def get_minimum_note(self) -> Tuple[int, int]:
        """Name of the lowest note in Live 12.0. Guess: (index in the octave, octave)."""
        return self.lowest

    def get_maximum_note(self) -> Tuple[int, int]:
        return self.highest

    def get_lowest_note(self) -> Any:
        return PitchClassAndOctave.of(*self.lowest)

    def set_lowest_note(self, value: Any) -> None:
        self.change("lowest", (value.index_in_octave, value.octave))

    def get_highest_note(self) -> Any:
        return PitchClassAndOctave.of(*self.highest)

    def set_highest_note(self, value: Any) -> None:
        self.change("highest", (value.index_in_octave, value.octave))

    def get_reference_pitch(self) -> Any:
        return ReferencePitch.of(self.reference[0], self.reference[1], self.frequency)

    def set_reference_pitch(self, value: Any) -> None:
        with self.doc.edit():
            self.change("reference", (value.index_in_octave, value.octave))
            self.change("frequency", value.frequency)

    def on_change(self, field: str, old: Any, value: Any) -> None:
        events = {"lowest": "lowest_note", "highest": "highest_note"}
        if field in events:
            self.notify(events[field])
        elif field in ("reference", "frequency"):
            self.notify("reference_pitch")
