"""A few Live objects for tests of the script's parts: getters, setters, listeners, death and undo; no clock.

Only the behaviour that the parts rely on: handles equal by object, dead objects equal to None and raising, listeners
called inside the setter and referenced weakly, writing from a listener refused, one undo entry per step. Headless Live
is the place for behaviour; this module is the place for planted faults.
"""

from __future__ import annotations

import itertools
import types
import weakref
from collections.abc import Callable
from typing import Any

from remote_script.SetMirror.contract import schema

_pointers = itertools.count(1000)


class World:
    """State that all objects of one fake Live share."""

    def __init__(self) -> None:
        self.notifying = 0
        self.silent = False
        self.listeners = 0
        self.step: list[Callable[[], None]] | None = None
        self.undone: list[list[Callable[[], None]]] = []
        self.refused_listeners: set[str] = set()
        self.late: list[Callable[[], None]] = []
        self.loses_late = False
        self.drops_empty_steps = False
        self.taken: list[Any] = []
        self.redone = 0

    def record(self, inverse: Callable[[], None]) -> None:
        if self.step is not None:
            self.step.append(inverse)
        else:
            self.undone.append([inverse])


class Fake:
    """One Live object; `_values` has its properties, `_raises` the properties whose getter raises."""

    def __init__(self, world: World, **values: Any) -> None:
        self.__dict__.update(
            _world=world,
            _live_ptr=next(_pointers),
            _values=dict(values),
            _listeners={},
            _dead=False,
            _raises=set(),
            _refuses=set(),
            _late=set(),
            reads=0,
        )

    def __eq__(self, other: object) -> bool:
        if self._dead:
            return other is None or other is self
        return other is self

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash(self._live_ptr)

    def __getattribute__(self, name: str) -> Any:
        own = object.__getattribute__(self, "__dict__")
        if own.get("_dead") and not name.startswith("__") and name not in ("_dead", "_world"):
            raise TypeError("Python argument types did not match C++ signature")
        return object.__getattribute__(self, name)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("add_") and name.endswith("_listener"):
            return lambda callback: self._listen(name[4:-9], callback)
        if name.startswith("remove_") and name.endswith("_listener"):
            return lambda callback: self._unlisten(name[7:-9], callback)
        self.__dict__["reads"] += 1
        if name in self._raises:
            raise RuntimeError(f"no {name!r} here")
        try:
            return self._values[name]
        except KeyError:
            raise AttributeError(name) from None

    def _listen(self, name: str, callback: Any) -> None:
        prop = schema.properties(type(self).__name__).get(name)
        known = name in self._values or name in ("notes", "playing_status")
        if (
            name in self._world.refused_listeners
            or not known
            or (prop is not None and prop.kind not in ("observed", "content"))
        ):
            raise RuntimeError("no such listener")
        mine = self._listeners.setdefault(name, [])
        if callback in [reference() for reference in mine]:
            raise RuntimeError("Observer already connected")
        mine.append(weakref.WeakMethod(callback))
        self._world.listeners += 1

    def _unlisten(self, name: str, callback: Any) -> None:
        mine = self._listeners.get(name, [])
        for reference in mine:
            if reference() == callback:
                mine.remove(reference)
                self._world.listeners -= 1
                return
        raise RuntimeError("Observer not connected")

    def tell(self, name: str) -> None:
        """Notify listeners, as Live does inside the call that makes the change."""
        if self._world.silent:
            return
        self._world.notifying += 1
        try:
            for reference in list(self._listeners.get(name, ())):
                callback = reference()
                if callback is not None:
                    callback()
        finally:
            self._world.notifying -= 1

    def __setattr__(self, name: str, value: Any) -> None:
        if self._world.notifying:
            raise RuntimeError(
                "Changes cannot be triggered by notifications. You will need to defer your response."
            )
        if name in self._refuses:
            raise RuntimeError("Invalid value")
        if name not in self._values:
            raise AttributeError(f"can't set attribute {name}")
        old = self._values[name]
        if old == value:
            return
        if name in self._late:
            if not self._world.loses_late:
                self._world.late.append(lambda: self._put(name, value))
            return
        self._world.record(lambda: self._put(name, old))
        self._put(name, value)

    def _put(self, name: str, value: Any) -> None:
        self._values[name] = value
        self.tell(name)

    def put(self, name: str, value: Any) -> None:
        """Make a change by a person, or by Live itself."""
        self._put(name, value)

    def die(self) -> None:
        """Delete the object: its listeners are removed, and all objects below die too."""
        for value in list(self._values.values()):
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, Fake) and not child._dead and self._owns(child):
                    child.die()
        self._world.listeners -= sum(len(mine) for mine in self._listeners.values())
        self.__dict__["_dead"] = True

    def _owns(self, child: Fake) -> bool:
        for name, prop in schema.properties(type(self).__name__).items():
            value = self._values.get(name)
            if prop.is_tree and (value is child or (isinstance(value, list) and child in value)):
                return True
        return False


def kind(name: str) -> type[Fake]:
    """The fake class of that name in the schema."""
    return type(name, (Fake,), {})


Parameter, Device, Mixer = kind("DeviceParameter"), kind("Device"), kind("MixerDevice")
Scene, Slot = kind("Scene"), kind("ClipSlot")


class Clip(kind("Clip")):  # type: ignore[misc]
    """A MIDI clip with the note calls."""

    def get_all_notes_extended(self) -> list[Any]:
        return [types.SimpleNamespace(**vars(note)) for note in self._values["_notes"]]

    def edit(self, notes: list[Any]) -> None:
        self._values["_notes"] = notes
        self.tell("notes")

    def add_new_notes(self, specifications: tuple[Any, ...]) -> list[int]:
        assert isinstance(specifications, tuple)
        old = self._values["_notes"]
        new = [note(next(_pointers), **vars(specification)) for specification in specifications]
        self._world.record(lambda: self.edit(old))
        self.edit(old + new)
        return [created.note_id for created in new]


def note(note_id: int, **fields: Any) -> Any:
    base: dict[str, Any] = dict(
        pitch=60, start_time=float(note_id), duration=1.0, velocity=100.0, mute=False, probability=1.0
    )
    base.update(velocity_deviation=0.0, release_velocity=64.0)
    base.update(fields, note_id=note_id)
    return types.SimpleNamespace(**base)


class Track(kind("Track")):  # type: ignore[misc]
    """A track with a method that has no effect."""


class Song(kind("Song")):  # type: ignore[misc]
    """The calls of the song that the executor makes."""

    def begin_undo_step(self) -> None:
        self._world.step = []

    def end_undo_step(self) -> None:
        if self._world.step and not (self._world.drops_empty_steps and len(self._world.step) == 2):
            self._world.undone.append(self._world.step)
        self._world.step = None

    def sync_parameter_changes(self) -> None:
        pass

    def undo(self) -> str:
        self._world.taken = self.values_now()
        for inverse in reversed(self._world.undone.pop()):
            inverse()
        return "Undo Custom Action"

    def redo(self) -> str:
        """Restore the plain values that the last undo changed."""
        self._world.redone += 1
        for owner, name, value in self._world.taken:
            if owner._values[name] != value:
                owner._put(name, value)
        return "Redo Custom Action"

    def values_now(self) -> list[Any]:
        owners = [self, *self.tracks]
        return [
            (owner, name, owner._values[name])
            for owner in owners
            for name in ("name", "tempo")
            if name in owner._values
        ]

    def create_midi_track(self, index: int | None = None) -> Any:
        made = track(self._world, f"{len(self.tracks) + 1}-MIDI", len(self.scenes))
        tracks = list(self.tracks)
        tracks.insert(len(tracks) if index in (None, -1) else int(index or 0), made)
        self._world.record(lambda: self.drop(made))
        self.put("tracks", tracks)
        return made

    def delete_track(self, index: int) -> None:
        self.drop(self.tracks[index])

    def drop(self, gone: Any) -> None:
        self._values["tracks"] = [track for track in self.tracks if track != gone]
        gone.die()
        self.tell("tracks")


def parameter(world: World, name: str, value: float = 0.5) -> Any:
    made = Parameter(
        world,
        name=name,
        value=value,
        min=0.0,
        max=1.0,
        is_enabled=True,
        is_quantized=False,
        state=0,
        automation_state=0,
    )
    made._values["str_for_value"] = lambda number: f"{number:.2f}"
    return made


def track(world: World, name: str, slots: int = 2, parameters: int = 3) -> Any:
    device = Device(
        world,
        name="Rack",
        class_name="Rack",
        parameters=[parameter(world, f"P{n}") for n in range(parameters)],
    )
    mixer = Mixer(world, volume=parameter(world, "Volume"), sends=[])
    return Track(
        world,
        name=name,
        mute=False,
        arm=False,
        color=0,
        devices=[device],
        mixer_device=mixer,
        group_track=None,
        clip_slots=[Slot(world, has_clip=False, clip=None) for _ in range(slots)],
    )


def fill(slot: Any, *notes: Any) -> Any:
    """Put a MIDI clip into a slot."""
    clip = Clip(slot._world, name="Clip", length=4.0, looping=True, is_midi_clip=True, _notes=list(notes))
    slot._values["clip"] = clip
    slot.put("has_clip", True)
    return clip


def song(tracks: int = 2, scenes: int = 2, parameters: int = 3) -> Any:
    """A small Set; its World is `song._world`."""
    world = World()
    made = [track(world, f"{n + 1}-MIDI", scenes, parameters) for n in range(tracks)]
    view = kind("Song.View")(world, selected_track=made[0], highlighted_clip_slot=None)
    rows = [
        Scene(world, name=str(n), clip_slots=[track.clip_slots[n] for track in made]) for n in range(scenes)
    ]
    return Song(
        world,
        tempo=120.0,
        is_playing=False,
        tracks=made,
        scenes=rows,
        view=view,
        return_tracks=[],
        can_undo=False,
        can_redo=False,
        visible_tracks=made,
        name="Fake",
        file_path="",
    )


class _Timer:
    """A timer that only the test fires."""

    def __init__(self, callback: Callable[[], None], interval: int, repeat: bool, start: bool) -> None:
        self.callback, self.running = callback, start

    def start(self) -> None:
        self.running = True

    def stop(self) -> None:
        self.running = False


class Instance:
    """The c_instance that Live passes to a script."""

    def __init__(self, song: Any) -> None:
        self._song = song
        self.lines: list[str] = []

    def song(self) -> Any:
        return self._song

    def log_message(self, text: str) -> None:
        self.lines.append(text)


def live_module(major: int = 12, minor: int = 4) -> Any:
    """The parts of the module `Live` that the script uses."""
    world = World()
    application = kind("Application")(world, open_dialog_count=0)
    for name, number in (("major", major), ("minor", minor), ("bugfix", 0)):
        application._values[f"get_{name}_version"] = lambda number=number: number
    live = types.ModuleType("Live")
    live.Base = types.SimpleNamespace(Timer=_Timer)  # type: ignore[attr-defined]
    live.Application = types.SimpleNamespace(get_application=lambda: application)  # type: ignore[attr-defined]
    live.Clip = types.SimpleNamespace(MidiNoteSpecification=types.SimpleNamespace)  # type: ignore[attr-defined]
    return live
