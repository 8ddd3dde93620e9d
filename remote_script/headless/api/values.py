"""Live's plain value classes: they are not part of the document, have no `_live_ptr` and no listeners."""

from __future__ import annotations

from typing import Any

from .boost import make_value


def _any(value: Any) -> Any:
    return value


MidiNote = make_value(
    "MidiNote",
    "Clip",
    [
        ("note_id", int, False),
        ("pitch", int, True),
        ("start_time", float, True),
        ("duration", float, True),
        ("velocity", float, True),
        ("mute", bool, True),
        ("probability", float, True),
        ("velocity_deviation", float, True),
        ("release_velocity", float, True),
    ],
)
"""A copy of a note; changes take effect when the copy is passed to `apply_note_modifications`."""

MidiNoteSpecification = make_value(
    "MidiNoteSpecification",
    "Clip",
    [
        ("pitch", int, False),
        ("start_time", float, False),
        ("duration", float, False),
        ("velocity", float, False),
        ("mute", bool, False),
        ("probability", float, False),
        ("velocity_deviation", float, False),
        ("release_velocity", float, False),
    ],
    defaults=(100.0, False, 1.0, 0.0, 64.0),
    constructible=True,
    hidden=True,
)

WarpMarker = make_value(
    "WarpMarker", "Clip", [("sample_time", float, False), ("beat_time", float, False)], constructible=True
)

BeatTime = make_value(
    "BeatTime",
    "Song",
    [("bars", int, True), ("beats", int, True), ("sub_division", int, True), ("ticks", int, True)],
    defaults=(1, 1, 1, 1),
    constructible=True,
)

SmptTime = make_value(
    "SmptTime",
    "Song",
    [("hours", int, True), ("minutes", int, True), ("seconds", int, True), ("frames", int, True)],
    defaults=(0, 0, 0, 0),
    constructible=True,
)

BeatTime.__str__ = lambda self: "%03d.%02d.%02d.%03d" % (self.bars, self.beats, self.sub_division, self.ticks)
SmptTime.__str__ = lambda self: "%03d:%02d:%02d:%03d" % (self.hours, self.minutes, self.seconds, self.frames)
"""Factory scripts split the text at "." and ":" into these parts, and show its ten digits. Guess: the widths."""

EnvelopeEventControlCoefficients = make_value(
    "EnvelopeEventControlCoefficients",
    "Envelope",
    [("x1", float, True), ("y1", float, True), ("x2", float, True), ("y2", float, True)],
    constructible=True,
)

EnvelopeEvent = make_value(
    "EnvelopeEvent",
    "Envelope",
    [("time", float, True), ("value", float, True), ("control_coefficients", _any, True)],
    constructible=True,
)

RoutingType = make_value(
    "RoutingType",
    "Track",
    [("display_name", str, False), ("category", _any, False), ("attached_object", _any, False)],
    defaults=(0, None),
)

RoutingChannel = make_value(
    "RoutingChannel", "Track", [("display_name", str, False), ("layout", _any, False)], defaults=(2,)
)


def _same_name(self: Any, other: Any) -> bool:
    return type(other) is type(self) and other.display_name == self.display_name


for _routing in (RoutingType, RoutingChannel):
    _routing.__eq__ = _same_name
    _routing.__ne__ = lambda self, other: not _same_name(self, other)
    _routing.__hash__ = lambda self: hash(self.display_name)

Text = make_value("Text", "Base", [("text", str, False)])

ReferencePitch = make_value(
    "ReferencePitch",
    "TuningSystem",
    [("index_in_octave", int, False), ("octave", int, False), ("frequency", float, False)],
    constructible=True,
)

PitchClassAndOctave = make_value(
    "PitchClassAndOctave",
    "TuningSystem",
    [("index_in_octave", int, False), ("octave", int, False)],
    constructible=True,
)

CCFeedbackRule = make_value(
    "CCFeedbackRule",
    "MidiMap",
    [
        ("channel", int, True),
        ("cc_no", int, True),
        ("cc_value_map", tuple, True),
        ("delay_in_ms", float, True),
        ("enabled", bool, True),
    ],
    defaults=(0, 0, (), 0.0, True),
    constructible=True,
)

NoteFeedbackRule = make_value(
    "NoteFeedbackRule",
    "MidiMap",
    [
        ("channel", int, True),
        ("note_no", int, True),
        ("vel_map", tuple, True),
        ("delay_in_ms", float, True),
        ("enabled", bool, True),
    ],
    defaults=(0, 0, (), 0.0, True),
    constructible=True,
)

PitchBendFeedbackRule = make_value(
    "PitchBendFeedbackRule",
    "MidiMap",
    [
        ("channel", int, True),
        ("value_pair_map", tuple, True),
        ("delay_in_ms", float, True),
        ("enabled", bool, True),
    ],
    defaults=(0, (), 0.0, True),
    constructible=True,
)

ControlDescription = make_value(
    "ControlDescription",
    "Application",
    [("id", int, False), ("name", str, False)],
    constructible=True,
)

UnlockStatus = make_value(
    "UnlockStatus",
    "Licensing",
    [
        ("unlocked", bool, False),
        ("authorization_deactivated", bool, False),
        ("authorization_expired", bool, False),
        ("has_max_unlock_products", bool, False),
        ("temp_demo_mode", bool, False),
        ("time_limited", bool, False),
        ("unlock_error", bool, False),
    ],
    defaults=(False,) * 7,
    constructible=True,
)
"""Guess: every field of a new UnlockStatus is False."""

VALUES = {
    "MidiNote": MidiNote,
    "MidiNoteSpecification": MidiNoteSpecification,
    "WarpMarker": WarpMarker,
    "BeatTime": BeatTime,
    "SmptTime": SmptTime,
    "EnvelopeEvent": EnvelopeEvent,
    "EnvelopeEventControlCoefficients": EnvelopeEventControlCoefficients,
    "RoutingType": RoutingType,
    "RoutingChannel": RoutingChannel,
    "Base.Text": Text,
    "TuningSystem.ReferencePitch": ReferencePitch,
    "TuningSystem.PitchClassAndOctave": PitchClassAndOctave,
    "MidiMap.CCFeedbackRule": CCFeedbackRule,
    "MidiMap.NoteFeedbackRule": NoteFeedbackRule,
    "MidiMap.PitchBendFeedbackRule": PitchBendFeedbackRule,
    "Application.ControlDescription": ControlDescription,
    "Licensing.UnlockStatus": UnlockStatus,
}
"""LOM name → value class."""

GUESSED = frozenset(("Licensing.UnlockStatus",))
"""LOM names of the value classes whose values are a guess."""
