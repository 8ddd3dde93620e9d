"""The contents of clips: notes, envelopes, warp markers, and the calls that edit them.

Every edit makes one new body (see `clip_body`); the rules are in `notes`, `envelopes` and `warp`.
"""

from __future__ import annotations

from operator import attrgetter
from typing import Any, FrozenSet, Iterable, List, Optional, Tuple

from ...SetMirror.contract.notes import Note
from ..api.boost import Made, mismatch
from ..api.values import (
    EnvelopeEvent,
    EnvelopeEventControlCoefficients,
    MidiNote,
    MidiNoteSpecification,
    WarpMarker,
)
from ..music.clip_body import ClipBody
from ..music.display import internal_value
from ..music.envelopes import Breakpoint, Breakpoints
from ..music.notes import Notes, from_legacy, legacy_tuple
from ..node import Node, model
from .where import song_of, track_of

NO_ENVELOPE = "Could not create an envelope for the parameter"
"""Guess: the text; the error is documented."""
NOT_WARPED = "The clip is not warped"
WARPED = "The clip is warped"
"""Guess: the texts; the errors of the conversions are documented."""


_hidden_fields = attrgetter(*("_" + name for name in Note._fields[1:]))


def export_warp_markers(markers: Iterable[Any]) -> Tuple[Any, ...]:
    """Warp markers as scripts see them."""
    return tuple(WarpMarker(*marker) for marker in markers)


def _copies(notes: Iterable[Note]) -> Made:
    return Made(MidiNote.exactly, notes)


def _legacy(notes: Iterable[Note]) -> Tuple[Tuple[Any, ...], ...]:
    return tuple(legacy_tuple(note) for note in notes)


class ClipContent(Node):
    body: ClipBody
    envelope_nodes: Tuple[Node, ...] = ()
    UNTRACKED = frozenset(("selection",))
    selection: FrozenSet[int] = frozenset()
    """Ids of the selected notes."""

    def put(self, body: ClipBody) -> bool:
        raise NotImplementedError

    # Notes

    def notes_now(self) -> Notes:
        return self.body.midi_notes("Notes")

    def put_notes(self, notes: Notes) -> None:
        self.put(self.body._replace(notes=notes))

    def call_add_new_notes(self, notes: Any) -> Tuple[int, ...]:
        now = self.notes_now()
        try:
            specifications = list(notes)
        except TypeError:
            raise mismatch("Clip", "add_new_notes", (self, notes), "add_new_notes(TPyHandle<AClip>,object)")
        specs = []
        for specification in specifications:
            if not isinstance(specification, MidiNoteSpecification):
                raise mismatch(
                    "Clip", "add_new_notes", (self, specification), "add_new_notes(TPyHandle<AClip>,object)"
                )
            specs.append(Note(0, *_hidden_fields(specification)))
        changed, ids = now.add(specs)
        self.put_notes(changed)
        return tuple(ids)

    def call_apply_note_modifications(self, notes: Iterable[Any]) -> None:
        modified = [Note(*(getattr(note, name) for name in Note._fields)) for note in notes]
        self.put_notes(self.notes_now().modify(modified))

    def call_get_all_notes_extended(self) -> Made:
        return _copies(self.notes_now())

    def call_get_notes_extended(
        self, from_pitch: int, pitch_span: int, from_time: float, time_span: float
    ) -> Made:
        return _copies(self.notes_now().in_range(from_pitch, pitch_span, from_time, time_span))

    def call_get_notes_by_id(self, note_ids: Iterable[int]) -> Made:
        return _copies(self.notes_now().with_ids(note_ids))

    def call_get_selected_notes_extended(self) -> Made:
        return _copies(self._selected())

    def _selected(self) -> List[Note]:
        return [note for note in self.notes_now() if note.note_id in self.selection]

    def call_remove_notes_extended(
        self, from_pitch: int, pitch_span: int, from_time: float, time_span: float
    ) -> None:
        self.put_notes(self.notes_now().remove_range(from_pitch, pitch_span, from_time, time_span))

    def call_remove_notes_by_id(self, note_ids: Iterable[int]) -> None:
        self.put_notes(self.notes_now().remove_ids(note_ids))

    def call_duplicate_notes_by_id(
        self, note_ids: Iterable[int], destination_time: Optional[float] = None, transposition_amount: int = 0
    ) -> Tuple[int, ...]:
        notes, ids = self.notes_now().duplicate_ids(note_ids, destination_time, transposition_amount)
        self.put_notes(notes)
        return tuple(ids)

    def call_duplicate_region(
        self,
        region_start: float,
        region_length: float,
        destination_time: float,
        pitch: int = -1,
        transposition_amount: int = 0,
    ) -> None:
        now = self.notes_now()
        self.put_notes(
            now.duplicate_region(region_start, region_length, destination_time, pitch, transposition_amount)[
                0
            ]
        )

    def call_select_all_notes(self) -> None:
        self.selection = frozenset(note.note_id for note in self.notes_now())

    def call_deselect_all_notes(self) -> None:
        self.notes_now()
        self.selection = frozenset()

    def call_select_notes_by_id(self, note_ids: Iterable[int]) -> None:
        """Select the notes with these ids; unknown ids are ignored (documented)."""
        self.selection = frozenset(note_ids).intersection(self.notes_now().by_id)

    def call_get_notes(
        self, from_time: float, from_pitch: int, time_span: float, pitch_span: int
    ) -> Tuple[Tuple[Any, ...], ...]:
        return _legacy(self.notes_now().in_range(from_pitch, pitch_span, from_time, time_span))

    def call_get_selected_notes(self) -> Tuple[Tuple[Any, ...], ...]:
        return _legacy(self._selected())

    def call_set_notes(self, notes: Tuple[Any, ...]) -> None:
        self.put_notes(self.notes_now().add([from_legacy(note) for note in notes])[0])

    def call_replace_selected_notes(self, notes: Tuple[Any, ...]) -> None:
        kept = self.notes_now().remove_ids(note.note_id for note in self._selected())
        changed, ids = kept.add([from_legacy(note) for note in notes])
        self.put_notes(changed)
        self.selection = frozenset(ids)

    def call_remove_notes(self, from_time: float, from_pitch: int, time_span: float, pitch_span: int) -> None:
        self.call_remove_notes_extended(from_pitch, pitch_span, from_time, time_span)

    # The whole content

    def call_quantize(self, quantization_grid: int, amount: float) -> None:
        swing = getattr(song_of(self), "swing_amount", 0.0)
        self.put(self.body.quantized(quantization_grid, amount, swing))

    def call_quantize_pitch(self, note: int, source: int, amount: float) -> None:
        swing = getattr(song_of(self), "swing_amount", 0.0)
        self.put(self.body.quantized(source, amount, swing, note))

    def call_crop(self) -> None:
        self.put(self.body.cropped())

    def call_duplicate_loop(self) -> None:
        self.put(self.body.with_doubled_loop(self.limit()))

    def limit(self) -> float:
        raise NotImplementedError

    # Warp markers

    def get_warp_markers(self) -> Tuple[Any, ...]:
        return export_warp_markers(self.body.audio_value("warp_markers"))

    def call_add_warp_marker(self, warp_marker: Any) -> None:
        """Add a marker, given as a WarpMarker or as a dict with `beat_time` and optionally `sample_time`."""
        if isinstance(warp_marker, dict):
            beat, sample = warp_marker.get("beat_time"), warp_marker.get("sample_time")
        elif isinstance(warp_marker, WarpMarker):
            beat, sample = warp_marker.beat_time, warp_marker.sample_time
        else:
            arguments = (self, warp_marker)
            raise mismatch("Clip", "add_warp_marker", arguments, "add_warp_marker(TPyHandle<AClip>,object)")
        self._warped("add_warp_marker")
        self.put(self.body.with_warp(lambda markers: markers.add(beat, sample), "add_warp_marker"))

    def call_move_warp_marker(self, marker_beat_time: float, beat_time_distance: float) -> None:
        self._warped("move_warp_marker")
        self.put(
            self.body.with_warp(lambda m: m.move(marker_beat_time, beat_time_distance), "move_warp_marker")
        )

    def call_remove_warp_marker(self, beat_time: float) -> None:
        self._warped("remove_warp_marker")
        self.put(self.body.with_warp(lambda markers: markers.remove(beat_time), "remove_warp_marker"))

    def _warped(self, name: str) -> Any:
        audio = self.body.audio_part(name)
        if not audio.warping:
            raise RuntimeError(NOT_WARPED)
        return audio

    def call_beat_to_sample_time(self, beat_time: float) -> float:
        """Frames (measured)."""
        audio = self._warped("beat_to_sample_time")
        return float(audio.warp.beat_to_seconds(beat_time) * audio.sample_rate)

    def call_sample_to_beat_time(self, sample_time: float) -> float:
        audio = self._warped("sample_to_beat_time")
        return float(audio.warp.seconds_to_beat(sample_time / audio.sample_rate))

    def call_seconds_to_sample_time(self, seconds: float) -> float:
        audio = self.body.audio_part("seconds_to_sample_time")
        if audio.warping:
            raise RuntimeError(WARPED)
        return float(seconds * audio.sample_rate)

    # Envelopes

    def matching_envelopes(self) -> Tuple[Node, ...]:
        """One Envelope object for every envelope of the body; existing objects are kept."""
        known = {id(node.parameter): node for node in self.envelope_nodes}
        return tuple(
            known.get(id(parameter)) or Envelope(self.doc, parameter=parameter)
            for parameter, _ in self.body.envelopes
        )

    def match_envelopes(self) -> None:
        self.derive("envelope_nodes", self.matching_envelopes())

    def get_automation_envelopes(self) -> Tuple[Node, ...]:
        return tuple(n for n in self.envelope_nodes if n.parameter.ptr is not None)

    def get_has_envelopes(self) -> bool:
        """True for a clip with envelopes, also of MIDI controllers and modulation, which no call reads (reported)."""
        return bool(self.get_automation_envelopes() or self.body.unseen_envelopes)

    def _may_automate(self, parameter: Optional[Node]) -> bool:
        if self.body.start_time is not None or parameter is None:
            return False
        return track_of(parameter) is track_of(self)

    def call_automation_envelope(self, device_parameter: Node) -> Optional[Node]:
        if not self._may_automate(device_parameter):
            return None
        for node in self.get_automation_envelopes():
            if node.parameter is device_parameter:
                return node
        return None

    def call_create_automation_envelope(self, device_parameter: Node) -> Optional[Node]:
        if not self._may_automate(device_parameter):
            raise RuntimeError(NO_ENVELOPE)
        self.put(self.body.created_envelope(device_parameter))
        return self.call_automation_envelope(device_parameter)

    def call_clear_envelope(self, device_parameter: Node) -> None:
        self.put(self.body.without_envelope(device_parameter))

    def call_clear_all_envelopes(self) -> None:
        self.put(self.body._replace(envelopes=(), unseen_envelopes=()))


@model
class Envelope(Node):
    """One parameter's automation in a Session clip. Times are beats from the clip's start."""

    LOM = "Envelope"
    # The name up to 12.1; the new name exists from 12.2.
    OLD = ("AutomationEnvelope",)
    GUESSES = frozenset(("events_in_range",))

    parent: Any
    parameter: Any = None

    @property
    def points(self) -> Breakpoints:
        points: Optional[Breakpoints] = self.parent.body.envelope(self.parameter)
        return Breakpoints() if points is None else points

    def put(self, points: Breakpoints) -> None:
        self.parent.put(self.parent.body.with_envelope(self.parameter, points))

    def get_parameter(self) -> Any:
        return self.parameter

    def call_insert_step(self, start_time: float, length: float, value: float) -> None:
        self.put(self.points.with_step(start_time, length, value, self.parameter.value))

    def call_value_at_time(self, time: float) -> float:
        return self.points.value_at(time, self.parameter.value)

    def call_events_in_range(self, start_time: float, end_time: float) -> Tuple[Any, ...]:
        parameter = self.parameter
        unit = getattr(parameter, "unit", "")
        return tuple(
            EnvelopeEvent(
                event.time,
                internal_value(unit, event.value, parameter.min, parameter.max),
                EnvelopeEventControlCoefficients(*event.coefficients),
            )
            for event in self.points.in_range(start_time, end_time)
        )

    def call_delete_events_in_range(self, start_time: float, end_time: float) -> None:
        self.put(self.points.deleted(start_time, end_time))

    def call_create_event(self, event: Any) -> None:
        c = event.control_coefficients
        event = (
            Breakpoint(event.time, event.value)
            if c is None
            else Breakpoint(event.time, event.value, (c.x1, c.y1, c.x2, c.y2))
        )
        self.put(self.points.with_event(event))
