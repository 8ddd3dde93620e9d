"""The selection and the view of a Set; the history does not record them."""

from __future__ import annotations

from typing import Any, Optional

from ..node import Node, model


@model
class SongView(Node):
    LOM = "Song.View"
    UNTRACKED = frozenset(
        (
            "selected_track",
            "selected_scene",
            "selected_chain",
            "selected_parameter",
            "detail_clip",
            "draw_mode",
            "follow_song",
            "highlighted_clip_slot",
        )
    )
    selected_track: Optional[Node] = None
    selected_scene: Optional[Node] = None
    selected_chain: Optional[Node] = None
    selected_parameter: Optional[Node] = None
    detail_clip: Optional[Node] = None
    draw_mode = False
    follow_song = True
    track_index = 0
    scene_index = 0

    @property
    def song(self) -> Any:
        return self.parent

    def _alive(self, node: Optional[Node]) -> Optional[Node]:
        return node if node is not None and node.ptr is not None else None

    def get_selected_track(self) -> Any:
        return self.selected_track

    def set_selected_track(self, track: Any) -> None:
        if track is None or track.parent is not self.song:
            raise RuntimeError("The track does not belong to this song")
        self.select_track(track)

    def select_track(self, track: Any) -> None:
        with self.doc.edit():
            if self.change("selected_track", track):
                self.change("selected_chain", None)

    def get_selected_scene(self) -> Any:
        return self.selected_scene

    def check_selected_scene(self, scene: Any) -> Any:
        if scene is None:
            raise RuntimeError("A scene must be selected")
        return scene

    def get_selected_chain(self) -> Any:
        return self._alive(self.selected_chain)

    def get_selected_parameter(self) -> Any:
        return self._alive(self.selected_parameter)

    def get_detail_clip(self) -> Any:
        clip = self._alive(self.detail_clip)
        if clip is not None:
            return clip
        slot = self.get_highlighted_clip_slot()
        return slot.clip if slot is not None else None

    def get_highlighted_clip_slot(self) -> Any:
        track: Any = self.selected_track
        scene: Any = self.selected_scene
        if track is None or scene is None or not track.has_slots:
            return None
        scenes = self.song.scenes
        index = scenes.index(scene) if scene in scenes else 0
        return track.clip_slots[index] if index < len(track.clip_slots) else None

    def set_highlighted_clip_slot(self, slot: Any) -> None:
        if slot is None:
            raise RuntimeError("A clip slot must be highlighted")
        with self.doc.edit():
            self.select_track(slot.track)
            self.change("selected_scene", self.song.scenes[slot.index])

    def select_device(self, device: Any, appoint: bool = True) -> None:
        """Select the device and its track; `appoint` also makes the device the controllers' device."""
        with self.doc.edit():
            track = device.track
            self.change("selected_track", track)
            device.container_view_select()
            if appoint:
                self.song.change("appointed_device", device)

    def call_select_device(self, device: Any, appoint: bool) -> None:
        if device is None:
            raise RuntimeError("No device given")
        self.select_device(device, appoint)

    def repair(self) -> None:
        """Select the neighbour of a deleted object."""
        song = self.song
        everyone = song.everyone()
        track: Any = self.selected_track
        if track not in everyone:
            self.derive("selected_track", song.tracks[min(self.track_index, len(song.tracks) - 1)])
        if self.selected_track in song.tracks:
            self.track_index = song.tracks.index(self.selected_track)
        scene: Any = self.selected_scene
        if scene not in song.scenes and song.scenes:
            self.derive("selected_scene", song.scenes[min(self.scene_index, len(song.scenes) - 1)])
        if self.selected_scene in song.scenes:
            self.scene_index = song.scenes.index(self.selected_scene)

    def on_change(self, field: str, old: Any, value: Any) -> None:
        song = self.song
        if song is None:
            return
        if field == "selected_track" and value in song.tracks:
            self.track_index = song.tracks.index(value)
        elif field == "selected_scene" and value in song.scenes:
            self.scene_index = song.scenes.index(value)
        if field in ("selected_track", "selected_scene"):
            self.notify("detail_clip")
