"""Creates, copies, moves and deletes a Song's tracks, returns, scenes and devices.

After every call the lists agree: each track has a slot for every scene, each mixer a send for every return.
"""

from __future__ import annotations

from typing import Any, List, Optional, Tuple

from ..node import Node
from ..sets.spec import MixerSpec, SceneSpec, TrackSpec
from .copying import copy_node
from .mixer import send_parameter
from .scene import Scene
from .track import Track

MAX_RETURNS = 12


class Structure(Node):
    """The Song's methods that change its lists."""

    tracks: Tuple[Track, ...] = ()
    return_tracks: Tuple[Track, ...] = ()
    scenes: Tuple[Scene, ...] = ()
    view: Any

    @property
    def transport(self) -> Any:
        return self.doc.transport

    def refresh_names(self) -> None:
        raise NotImplementedError

    # Tracks

    def _index(self, value: Any, count: int) -> int:
        if isinstance(value, bool) or not isinstance(value, (int, type(None))):
            from ..api.boost import ArgumentError

            raise ArgumentError("Python argument types did not match C++ signature")
        if value is None:
            selected = self.view.get_selected_track()
            return self.tracks.index(selected) + 1 if selected in self.tracks else count
        if value == -1:
            return count
        if not 0 <= value <= count:
            raise IndexError("Index out of range")
        return int(value)

    def call_create_midi_track(self, index: Any) -> Track:
        return self._create_track("midi", self._index(index, len(self.tracks)))

    def call_create_audio_track(self, index: Any) -> Track:
        return self._create_track("audio", self._index(index, len(self.tracks)))

    def _group_at(self, index: int) -> Optional[Track]:
        """The group of a track that is inserted at `index`."""
        if 0 < index < len(self.tracks):
            return self.tracks[index].group_track
        return None

    def _create_track(self, kind: str, index: int) -> Track:
        from .build import build_track

        spec = TrackSpec(kind, user_name="", color_index=self._next_color(), monitoring=1)
        made = build_track(self.doc, spec, self, len(self.scenes))
        made.group_track = self._group_at(index)
        made.routing_ready = False
        with self.doc.edit():
            self.insert("tracks", index, made)
            self.view.select_track(made)
        self.doc.on_next_tick(lambda: self._ready(made))
        return made

    def _ready(self, track: Track) -> None:
        track.routing_ready = True
        self.doc.routing.changed()

    def _next_color(self) -> int:
        """The colour of the next new track. Guess: Live uses the colours of the palette in order."""
        return (len(self.tracks) * 7 + 5) % 70

    def call_create_return_track(self) -> Track:
        from .build import build_track

        if len(self.return_tracks) >= MAX_RETURNS:
            raise RuntimeError("Maximum number of return tracks reached")
        spec = TrackSpec("return", user_name="", mixer=MixerSpec(), color_index=self._next_color())
        made = build_track(self.doc, spec, self, 0)
        with self.doc.edit():
            self.insert("return_tracks", len(self.return_tracks), made)
            for track in self.tracks + self.return_tracks:
                mixer = track.mixer_device
                mixer.insert("sends", len(mixer.sends), send_parameter(self.doc, "", 0.0))
            mixer = made.mixer_device
            missing = len(self.return_tracks) - len(mixer.sends)
            for _ in range(missing):
                mixer.insert("sends", len(mixer.sends), send_parameter(self.doc, "", 0.0))
            self.refresh_names()
        return made

    def call_delete_track(self, index: int) -> None:
        if not 0 <= index < len(self.tracks):
            raise IndexError("Index out of range")
        gone = self.with_members(self.tracks[index])
        if len(gone) == len(self.tracks):
            raise RuntimeError("The last track cannot be deleted")
        with self.doc.edit():
            for track in gone:
                self.transport.silence(track)
            self.change("tracks", tuple(track for track in self.tracks if track not in gone))

    def with_members(self, track: Track) -> List[Track]:
        """A track, and for a group all tracks in the group."""
        members = [track]
        for candidate in self.tracks:
            if candidate.group_track in members and candidate not in members:
                members.append(candidate)
        return members

    def call_delete_return_track(self, index: int) -> None:
        if not 0 <= index < len(self.return_tracks):
            raise IndexError("Index out of range")
        with self.doc.edit():
            self.change("return_tracks", self.return_tracks[:index] + self.return_tracks[index + 1 :])
            for track in self.tracks + self.return_tracks:
                sends = track.mixer_device.sends
                track.mixer_device.change("sends", sends[:index] + sends[index + 1 :])

    def call_duplicate_track(self, index: int) -> None:
        """Insert a copy right after the source and select the copy; a group is copied with its members."""
        if not 0 <= index < len(self.tracks):
            raise IndexError("Index out of range")
        sources = self.with_members(self.tracks[index])
        sources.sort(key=self.tracks.index)
        copies = [copy_node(source) for source in sources]
        by_source = dict(zip(sources, copies))
        for copy in copies[1:]:
            copy.group_track = by_source.get(copy.group_track, copy.group_track)
        place = self.tracks.index(sources[-1]) + 1
        with self.doc.edit():
            self.change("tracks", self.tracks[:place] + tuple(copies) + self.tracks[place:])
            self.view.select_track(copies[0])

    def find_place(self, device: Any, target: Any, position: int) -> int:
        if target is None or device is None or not hasattr(target, "devices"):
            raise RuntimeError("Couldn't move device.")
        others = [other for other in target.devices if other is not device]
        if not -1 <= position <= len(target.devices):
            raise RuntimeError("Couldn't move device. target_index out of range.")
        if position == -1:
            position = len(others)
        elif device in target.devices and target.devices.index(device) < position:
            position -= 1
        target.check_fits(device.type, device.name, ignoring=device)
        return int(target.place_for(device.type, position, ignoring=device))

    def call_find_device_position(self, device: Any, target: Any, position: int) -> int:
        return self.find_place(device, target, position)

    def call_move_device(self, device: Any, target: Any, position: int) -> int:
        place = self.find_place(device, target, position)
        holder: Any = target
        while holder is not None:
            if holder is device:
                raise RuntimeError("Couldn't move device. A device cannot be moved into itself.")
            holder = holder.parent
        source = device.parent
        with self.doc.edit():
            if source is target:
                others = tuple(other for other in target.devices if other is not device)
                target.change("devices", others[:place] + (device,) + others[place:])
            else:
                source.remove("devices", device)
                target.insert("devices", place, device)
        return place

    # Scenes

    def add_scene(self, index: int, spec: Optional[SceneSpec] = None) -> Scene:
        """A scene with an empty slot on every track."""
        from .clip_slot import ClipSlot

        made = Scene.of(self.doc, spec or SceneSpec())
        with self.doc.edit():
            self.insert("scenes", index, made)
            for track in self.tracks:
                track.insert("clip_slots", index, ClipSlot(self.doc))
        return made

    def call_create_scene(self, index: int) -> Scene:
        """Insert a scene, −1 appends; it is selected and gets tempo and signature of the scene above (measured)."""
        count = len(self.scenes)
        if index == -1:
            index = count
        if not 0 <= index <= count:
            raise IndexError("Index out of range")
        with self.doc.edit():
            made = self.add_scene(index)
            if index > 0:
                above = self.scenes[index - 1]
                for field in ("own_tempo", "tempo_enabled", "own_signature", "time_signature_enabled"):
                    made.change(field, getattr(above, field))
            self.view.change("selected_scene", made)
        return made

    def call_delete_scene(self, index: int) -> None:
        if not 0 <= index < len(self.scenes):
            raise IndexError("Index out of range")
        if len(self.scenes) == 1:
            raise RuntimeError("The last scene cannot be deleted")
        with self.doc.edit():
            for track in self.tracks:
                self.transport.forget(track.clip_slots[index])
                track.remove("clip_slots", track.clip_slots[index])
            self.remove("scenes", self.scenes[index])

    def call_duplicate_scene(self, index: int) -> None:
        if not 0 <= index < len(self.scenes):
            raise IndexError("Index out of range")
        with self.doc.edit():
            copy = copy_node(self.scenes[index])
            self.insert("scenes", index + 1, copy)
            for track in self.tracks:
                track.insert("clip_slots", index + 1, copy_node(track.clip_slots[index]))
            self.view.change("selected_scene", copy)

    def call_capture_and_insert_scene(self, mode: int) -> None:
        """Insert a scene below the selected one, with copies of the playing clips."""
        selected = self.view.get_selected_scene()
        index = self.scenes.index(selected) + 1 if selected in self.scenes else len(self.scenes)
        playing = [track.playback.playing for track in self.tracks]
        with self.doc.edit():
            made = self.add_scene(index)
            for track, slot in zip(self.tracks, playing):
                if slot is not None and slot.clip is not None:
                    if mode == 1 and track is self.view.get_selected_track():
                        continue
                    slot.call_duplicate_clip_to(track.clip_slots[index])
            self.view.change("selected_scene", made)
