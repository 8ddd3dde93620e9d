"""Scenes. While a scene's tempo or signature is off, its parts read −1 (measured)."""

from __future__ import annotations

from typing import Any, Optional, Tuple

from ..music import palette
from ..node import Node, model
from ..sets.spec import SceneSpec


@model
class Scene(Node):
    LOM = "Scene"
    RAW = frozenset(("color_index",))
    name = ""
    color_index: Optional[int] = None
    own_tempo = 120.0
    tempo_enabled = False
    own_signature: Tuple[int, int] = (4, 4)
    time_signature_enabled = False
    is_triggered = False
    clip_slots: Tuple[Any, ...] = ()

    @classmethod
    def of(cls, doc: Any, spec: SceneSpec) -> Scene:
        made = cls(doc, name=spec.name)
        if spec.color_index is not None:
            made.color_index = spec.color_index
        elif spec.color is not None:
            made.color_index = palette.nearest_index(spec.color)
        if spec.tempo is not None:
            made.own_tempo, made.tempo_enabled = float(spec.tempo), True
        if spec.signature is not None:
            numerator, denominator = spec.signature
            made.own_signature, made.time_signature_enabled = (numerator, denominator), True
        return made

    @property
    def song(self) -> Any:
        return self.parent

    @property
    def index(self) -> int:
        return int(self.song.scenes.index(self))

    @property
    def is_empty(self) -> bool:
        return all(slot.clip is None for slot in self.clip_slots)

    def get_color(self) -> Optional[int]:
        return None if self.color_index is None else palette.color_of(self.color_index)

    def set_color(self, value: int) -> None:
        self.change("color_index", palette.nearest_index(value))

    def set_color_index(self, value: Any) -> None:
        """Set the colour; None removes it (measured on 12.3.5)."""
        if value is not None and not isinstance(value, int):
            from ..api.boost import ArgumentError

            raise ArgumentError("Python argument types did not match C++ signature")
        self.change("color_index", None if value is None else min(max(int(value), 0), 69))

    def get_tempo(self) -> float:
        return self.own_tempo if self.tempo_enabled else -1.0

    def set_tempo(self, value: float) -> None:
        if not 20.0 <= value <= 999.0:
            raise RuntimeError("Tempo out of range")
        with self.doc.edit():
            self.change("own_tempo", value)
            self.change("tempo_enabled", True)

    def get_time_signature_numerator(self) -> int:
        return self.own_signature[0] if self.time_signature_enabled else -1

    def get_time_signature_denominator(self) -> int:
        return self.own_signature[1] if self.time_signature_enabled else -1

    def set_time_signature_numerator(self, value: int) -> None:
        if not 1 <= value <= 99:
            raise RuntimeError("Signature Numerator out of range")
        self._sign((value, self.own_signature[1]))

    def set_time_signature_denominator(self, value: int) -> None:
        if value not in (1, 2, 4, 8, 16):
            raise RuntimeError("Signature Denominator out of range")
        self._sign((self.own_signature[0], value))

    def _sign(self, signature: Tuple[int, int]) -> None:
        with self.doc.edit():
            self.change("own_signature", signature)
            self.change("time_signature_enabled", True)

    def on_change(self, field: str, old: Any, value: Any) -> None:
        if field == "color_index":
            self.notify("color")
        elif field in ("own_tempo", "tempo_enabled"):
            self.notify("tempo")
        elif field in ("own_signature", "time_signature_enabled"):
            self.notify("time_signature_numerator")
            self.notify("time_signature_denominator")

    # Launching

    def call_fire(self, force_legato: bool, can_select: bool) -> None:
        self.doc.transport.fire_scene(self, force_legato)
        song = self.song
        if can_select and song.select_on_launch:
            song.view.change("selected_scene", self)

    def call_fire_as_selected(self, force_legato: bool) -> None:
        """Fire the selected scene, not the scene of the call, then select the next scene (measured)."""
        song = self.song
        scene = song.view.selected_scene
        self.doc.transport.fire_scene(scene, force_legato)
        following = song.scenes.index(scene) + 1
        if following < len(song.scenes):
            song.view.change("selected_scene", song.scenes[following])

    def call_set_fire_button_state(self, state: bool) -> None:
        if state:
            self.call_fire(False, True)
