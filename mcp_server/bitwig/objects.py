"""A Bitwig project's objects in the shape of Live's Object Model, for SetMirror's script to read, observe and change.

Values are those of the last answer; `Project` sets them with `_show`, which notifies listeners as Live does. A setter
or method asks the extension, reads the changed value back, and only then returns. All other members raise NOT_AVAILABLE
with the reason. A removed object equals None, as in Live.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from remote_script.SetMirror.call import UNCHANGED
from remote_script.SetMirror.contract.errors import BridgeError
from remote_script.SetMirror.contract.values import EXPRESSIONS

from . import notes
from .notes import BitwigNote
from .reasons import lacking

if TYPE_CHECKING:
    from .answers import NoteRow, TrackRow
    from .project import Project

_POINTERS = itertools.count(1)
_NOTE_IDS = itertools.count(1)


class BitwigObject:
    """One object: its values and its listeners by name."""

    _class: ClassVar[str] = ""
    """The class's name in the schema, if the Python type has another name."""
    _signals: ClassVar[dict[str, str]] = {}
    """Property → the property whose listeners Live calls instead."""
    _live_ptr: int

    def __init__(self, project: Project, parent: BitwigObject | None, **values: Any) -> None:
        self._project = project
        self._parent = parent
        self._values = values
        self._listeners: dict[str, list[Callable[[], None]]] = {}
        self._alive = True
        self._live_ptr = next(_POINTERS)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        if name in self._values:
            return self._values[name]
        verb, _, rest = name.partition("_")
        if rest.endswith("_listener") and verb in ("add", "remove"):
            return partial(self._listen, verb, rest[: -len("_listener")])
        raise lacking(self._class or type(self).__name__, name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name.startswith("_"):
            object.__setattr__(self, name, value)
            return
        setter = getattr(type(self), f"_set_{name}", None)
        if setter is None:
            raise lacking(self._class or type(self).__name__, name)
        setter(self, value)

    def __eq__(self, other: object) -> bool:
        return not self._alive if other is None else self is other

    def __hash__(self) -> int:
        return self._live_ptr

    @property
    def canonical_parent(self) -> Any:
        """The object that owns this one."""
        return self._parent

    def _listen(self, verb: str, name: str, callback: Callable[[], None]) -> None:
        listeners = self._listeners.setdefault(name, [])
        if verb == "add":
            listeners.append(callback)
        else:
            listeners.remove(callback)

    def _show(self, **values: Any) -> None:
        """Store values that were read, and call the listeners of those that changed."""
        for name, value in values.items():
            known = self._values.get(name, self)
            if known is value or (type(known) is type(value) and known == value):
                continue
            self._values[name] = value
            self._notify(self._signals.get(name, name))

    def _notify(self, name: str) -> None:
        for callback in list(self._listeners.get(name, ())):
            callback()

    def _below(self) -> Iterable[BitwigObject]:
        """The objects below this one."""
        return ()

    def _die(self) -> None:
        self._alive = False
        for child in self._below():
            child._die()


class DeviceParameter(BitwigObject):
    """A track's volume or pan. The protocol has no display text; the text here is SetMirror's own."""

    def __init__(self, mixer: MixerDevice, name: str, low: float, method: str, field: str) -> None:
        super().__init__(
            mixer._project, mixer, name=name, min=low, max=1.0, is_quantized=False, is_enabled=True
        )
        self._method = method
        self._field = field

    def str_for_value(self, value: float) -> str:
        """Volume as percent of the fader's range, pan as Live shows it."""
        if self._values["min"] == 0.0:
            return f"{value * 100:.1f} %"
        side = round(value * 50)
        return "C" if not side else f"{abs(side)}{'L' if side < 0 else 'R'}"

    def _set_value(self, value: float) -> None:
        mixer = self._parent
        assert isinstance(mixer, MixerDevice)
        self._project.set_track(mixer.track, self._method, self._field, value, self, "value")


class MixerDevice(BitwigObject):
    """A track's mixer: volume 0 to 1 on Bitwig's own fader, pan −1 to 1."""

    def __init__(self, track: Track) -> None:
        super().__init__(track._project, track)
        self._values["volume"] = DeviceParameter(self, "Track Volume", 0.0, "track.setVolume", "volume")
        self._values["panning"] = DeviceParameter(self, "Track Panning", -1.0, "track.setPan", "pan")

    @property
    def track(self) -> Track:
        """The track of this mixer."""
        assert isinstance(self._parent, Track)
        return self._parent

    def _below(self) -> Iterable[BitwigObject]:
        return (self._values["volume"], self._values["panning"])


class Track(BitwigObject):
    """A track; `_index` is its index in the protocol, which changes with the tracks before it."""

    def __init__(self, project: Project, song: Song, row: TrackRow) -> None:
        kind = kind_of(row)
        super().__init__(
            project,
            song,
            has_midi_input=kind in ("instrument", "hybrid"),
            has_audio_input=kind in ("audio", "hybrid"),
            has_audio_output=True,
            is_foldable=kind == "group",
            playing_slot_index=-1,
            clip_slots=(),
            arm=None,
        )
        self._kind = kind
        self._index = row.index
        self._values["mixer_device"] = MixerDevice(self)
        self._take(row)

    def _take(self, row: TrackRow) -> None:
        """Store the values of a row of `track.list`; a row without `arm` keeps the value that was set last."""
        self._index = row.index
        self._show(name=row.name, mute=row.mute, solo=row.solo)
        if row.arm is not None:
            self._show(arm=row.arm)
        mixer = self._values["mixer_device"]
        mixer.volume._show(value=row.volume)
        mixer.panning._show(value=row.pan)

    def _fit(self, scenes: int) -> None:
        """Add or remove slots until each scene has a slot."""
        slots: tuple[ClipSlot, ...] = self._values["clip_slots"]
        for slot in slots[scenes:]:
            slot._die()
        more = tuple(ClipSlot(self, place) for place in range(len(slots), scenes))
        self._show(clip_slots=slots[:scenes] + more)

    def _below(self) -> Iterable[BitwigObject]:
        return (*self._values["clip_slots"], self._values["mixer_device"])

    def _set_name(self, value: str) -> None:
        self._project.set_track(self, "track.setName", "name", value, self, "name")

    def _set_mute(self, value: bool) -> None:
        self._project.set_track(self, "track.setMute", "mute", value, self, "mute")

    def _set_solo(self, value: bool) -> None:
        self._project.set_track(self, "track.setSolo", "solo", value, self, "solo")

    def _set_arm(self, value: bool) -> None:
        self._project.set_track(self, "track.setArm", "arm", value, self, "arm")

    def stop_all_clips(self, quantized: bool = True) -> Any:
        """Stop the playing clip."""
        playing = [slot for slot in self._values["clip_slots"] if slot.has_clip and slot.clip.is_playing]
        for slot in playing:
            slot.stop()
        return None if playing else UNCHANGED

    def roll_back(self) -> None:
        """Remove it, if the write that made it failed."""
        self._project.delete_track(self)


def kind_of(row: TrackRow) -> str:
    """The kind of a track: instrument, audio, effect, or another word of Bitwig (hybrid, group, master)."""
    return row.type.lower()


class ClipSlot(BitwigObject):
    """A slot of a track; `_place` counts from 0."""

    _signals: ClassVar[dict[str, str]] = {"is_playing": "is_triggered", "is_recording": "is_triggered"}

    def __init__(self, track: Track, place: int) -> None:
        super().__init__(
            track._project, track, clip=None, has_clip=False, is_playing=False, is_recording=False,
            is_group_slot=False,
        )  # fmt: skip
        self._place = place

    @property
    def track(self) -> Track:
        """The track of this slot."""
        assert isinstance(self._parent, Track)
        return self._parent

    def _hold(self, clip: Clip | None) -> None:
        """Replace the slot's clip with `clip`."""
        was: Clip | None = self._values["clip"]
        if clip is was:
            return
        if was is not None:
            was._die()
        self._values["clip"] = clip
        self._values["has_clip"] = clip is not None
        self._notify("has_clip")

    def _below(self) -> Iterable[BitwigObject]:
        clip = self._values["clip"]
        return () if clip is None else (clip,)

    def create_clip(self, length: float) -> Clip:
        """Create an empty clip of `length` beats."""
        self._project.create_clip(self, length)
        clip: Clip | None = self._values["clip"]
        if clip is None:
            raise BridgeError("LIVE_REFUSED", "Bitwig shows no new clip", hint="read the Set again")
        return clip

    def delete_clip(self) -> None:
        """Remove the clip."""
        self._project.delete_clip(self)

    def stop(self) -> Any:
        """Stop the clip; the protocol can only stop a playing clip."""
        clip = self._values["clip"]
        return UNCHANGED if clip is None else clip.stop()


class Clip(BitwigObject):
    """A clip in a slot; `loop_end` is its length, counted from 0."""

    _signals: ClassVar[dict[str, str]] = {"is_playing": "playing_status", "length": "loop_end"}
    note_expressions = EXPRESSIONS
    """Properties of its notes that Live's notes do not have."""

    def __init__(self, slot: ClipSlot, name: str, length: float) -> None:
        midi = slot.track.has_midi_input
        super().__init__(
            slot._project, slot, name=name, length=length, loop_start=0.0, loop_end=length, is_playing=False,
            is_recording=False, is_midi_clip=midi, is_audio_clip=not midi, is_arrangement_clip=False,
            is_session_clip=True, is_take_lane_clip=False,
        )  # fmt: skip
        self._notes: dict[notes.Cell, BitwigNote] | None = None
        """None while the notes cannot be read."""
        self._missed = 0

    @property
    def slot(self) -> ClipSlot:
        """The slot of this clip."""
        assert isinstance(self._parent, ClipSlot)
        return self._parent

    def _set_name(self, value: str) -> None:
        self._project.set_clip(self, "clip.setName", "name", value)

    def _set_loop_end(self, value: float) -> None:
        if value <= 0:
            raise BridgeError("INVALID_VALUE", "A clip's length must be above 0 beats", value)
        self._project.set_clip(self, "clip.setLength", "lengthInBeats", value)

    def _set_is_playing(self, value: bool) -> None:
        if value:
            raise lacking("Clip", "fire")
        self.stop()

    def stop(self) -> Any:
        """Stop the clip if it plays or records."""
        if not (self._values["is_playing"] or self._values["is_recording"]):
            return UNCHANGED
        self._project.stop_clip(self)
        return None

    def roll_back(self) -> None:
        """Remove it, if the write that made it failed."""
        self.slot.delete_clip()

    # -- notes -------------------------------------------------------------------------------------

    def _know(self, rows: Sequence[NoteRow], ids: dict[notes.Cell, int] | None = None) -> None:
        """Store the rows of `clip.getNotes`; a note in the cell of a known note keeps that note's id.

        Args:
          ids: Cell → id, after SetMirror itself moved notes.
        """
        known = self._notes or {}
        self._missed = 0
        if ids is None:
            ids = {cell: note.note_id for cell, note in known.items()}
        present: dict[notes.Cell, BitwigNote] = {}
        for row in rows:
            cell = (row.x, row.y)
            present[cell] = BitwigNote(ids.get(cell) or next(_NOTE_IDS), row)
        same = {cell: vars(note) for cell, note in present.items()}
        if self._notes is None or same != {cell: vars(note) for cell, note in known.items()}:
            self._notes = present
            self._notify("notes")

    def _miss(self, most: int) -> None:
        """Count a refusal to read the notes; after `most` refusals in a row the notes are absent."""
        self._missed += 1
        if self._missed >= most and self._notes is not None:
            self._notes = None
            self._notify("notes")

    def _is_as(self, rows: Iterable[NoteRow]) -> bool:
        """True when the rows are equal to the known notes of the clip."""
        known = {cell: _values_of(note) for cell, note in (self._notes or {}).items()}
        return known == {(row.x, row.y): _values_of(BitwigNote(0, row)) for row in rows}

    @property
    def _present(self) -> list[BitwigNote]:
        if self._notes is None:
            raise BridgeError(
                "NOT_AVAILABLE",
                "Its notes were not read yet"
                if self._values["is_midi_clip"]
                else "Only MIDI clips have notes",
            )
        return [self._notes[cell] for cell in sorted(self._notes, key=lambda cell: (cell[1], cell[0]))]

    def get_all_notes_extended(self) -> list[BitwigNote]:
        """Copies of all notes, by pitch, then start."""
        return [note.copy() for note in self._present]

    def get_notes_by_id(self, ids: Iterable[int]) -> list[BitwigNote]:
        """Copies of the notes with these ids."""
        wanted = set(ids)
        return [note.copy() for note in self._present if note.note_id in wanted]

    def get_notes_extended(
        self, from_pitch: int, pitch_span: int, from_time: float, time_span: float
    ) -> list[BitwigNote]:
        """Copies of the notes that start in a range."""
        return [note.copy() for note in self._within(from_pitch, pitch_span, from_time, time_span)]

    def _within(self, from_pitch: int, pitch_span: int, from_time: float, span: float) -> list[BitwigNote]:
        return [
            note
            for note in self._present
            if from_pitch <= note.pitch < from_pitch + pitch_span
            and from_time <= note.start_time < from_time + span
        ]

    def add_new_notes(self, specifications: Iterable[dict[str, Any]]) -> list[int]:
        """Add notes; returns their ids."""
        wanted = list(specifications)
        self._edit(notes.added(self._project.slot_params(self), wanted), None)
        assert self._notes is not None
        cells = [
            notes.cell_of(specification["start_time"], specification["pitch"]) for specification in wanted
        ]
        return [self._notes[cell].note_id for cell in cells if cell in self._notes]

    def apply_note_modifications(self, changed: Iterable[BitwigNote]) -> None:
        """Set the notes' values to those of these copies."""
        self._edit(*notes.changed(self._project.slot_params(self), self._present, list(changed)))

    def remove_notes_by_id(self, ids: Iterable[int]) -> None:
        """Remove notes."""
        wanted = set(ids)
        self._remove([note for note in self._present if note.note_id in wanted])

    def remove_notes_extended(
        self, from_pitch: int, pitch_span: int, from_time: float, time_span: float
    ) -> None:
        """Remove the notes that start in a range."""
        self._remove(self._within(from_pitch, pitch_span, from_time, time_span))

    def _remove(self, gone: list[BitwigNote]) -> None:
        self._edit(notes.removed(self._project.slot_params(self), self._present, gone), None)

    def _edit(self, questions: list[Any], ids: dict[notes.Cell, int] | None) -> None:
        if questions:
            self._project.edit_notes(self, questions, ids)


def _values_of(note: BitwigNote) -> dict[str, Any]:
    return {**vars(note), "note_id": 0}


class Scene(BitwigObject):
    """A scene; the protocol has only the number of scenes."""

    def __init__(self, song: Song, place: int) -> None:
        super().__init__(song._project, song)
        self._place = place

    @property
    def clip_slots(self) -> tuple[ClipSlot, ...]:
        """The slots of the scene, track by track."""
        tracks = self._project.song.tracks
        return tuple(track.clip_slots[self._place] for track in tracks if self._place < len(track.clip_slots))

    @property
    def is_empty(self) -> bool:
        """True when no slot has a clip."""
        return not any(slot.has_clip for slot in self.clip_slots)


class SongView(BitwigObject):
    """The selection in Bitwig."""

    _class = "Song.View"

    def _set_selected_track(self, track: Track | None) -> None:
        if track is None:
            raise BridgeError("INVALID_VALUE", "A track is selected, never none")
        self._project.select(track)

    def _set_highlighted_clip_slot(self, slot: ClipSlot | None) -> None:
        if slot is None:
            raise BridgeError("INVALID_VALUE", "A slot is selected, never none")
        self._project.select(slot.track, slot)


class Song(BitwigObject):
    """The project."""

    def __init__(self, project: Project) -> None:
        super().__init__(project, None, tracks=(), return_tracks=(), scenes=(), master_track=None)
        self._values["view"] = SongView(project, self, selected_track=None, highlighted_clip_slot=None)

    def _set_is_playing(self, value: bool) -> None:
        self._project.toggle("transport.togglePlay", "isPlaying", "is_playing", value)

    def _set_record_mode(self, value: bool) -> None:
        self._project.toggle("transport.toggleRecord", "isRecording", "record_mode", value)

    def _set_current_song_time(self, value: float) -> None:
        self._project.jump(value)

    def start_playing(self) -> Any:
        """Play from Bitwig's own start position."""
        return self._project.toggle("transport.togglePlay", "isPlaying", "is_playing", True)

    def stop_playing(self) -> Any:
        """Stop."""
        return self._project.toggle("transport.togglePlay", "isPlaying", "is_playing", False)

    def stop_all_clips(self, quantized: bool = True) -> Any:
        """Stop all playing clips."""
        tracks = [*self._values["tracks"], *self._values["return_tracks"]]
        done = [track.stop_all_clips() for track in tracks]
        return UNCHANGED if all(outcome is UNCHANGED for outcome in done) else None

    def create_midi_track(self, index: int | None = None) -> Track:
        """Create an instrument track before the track at `index`; −1 and None mean the end."""
        return self._project.create_track("instrument", self._before("tracks", index))

    def create_audio_track(self, index: int | None = None) -> Track:
        """Create an audio track before the track at `index`; −1 and None mean the end."""
        return self._project.create_track("audio", self._before("tracks", index))

    def create_return_track(self) -> Track:
        """Create an effect track at the end."""
        return self._project.create_track("effect", -1)

    def _before(self, name: str, index: int | None) -> int:
        tracks: tuple[Track, ...] = self._values[name]
        if index is None or index in (-1, len(tracks)):
            return -1
        return _at(tracks, index, name)._index

    def create_scene(self, index: int) -> Scene:
        """Create a scene at the end, the only position that the protocol offers."""
        if index not in (-1, len(self._values["scenes"])):
            raise BridgeError(
                "NOT_AVAILABLE",
                "The protocol of Bitwig's extension makes scenes at the end only",
                index,
                hint="leave the index out",
            )
        return self._project.create_scene()

    def delete_track(self, index: int) -> None:
        """Remove a track."""
        self._project.delete_track(_at(self._values["tracks"], index, "tracks"))

    def delete_return_track(self, index: int) -> None:
        """Remove an effect track."""
        self._project.delete_track(_at(self._values["return_tracks"], index, "return_tracks"))


def _at(tracks: tuple[Track, ...], index: int, name: str) -> Track:
    if not 0 <= index < len(tracks):
        raise BridgeError("INVALID_VALUE", f"{name} has {len(tracks)} tracks, counted from 0", index)
    return tracks[index]


class Application(BitwigObject):
    """Bitwig itself. Its version, 99.0.0, is above every version of Live, so that version checks pass."""

    def get_major_version(self) -> int:
        """99."""
        return 99

    def get_minor_version(self) -> int:
        """0."""
        return 0

    def get_bugfix_version(self) -> int:
        """0."""
        return 0
