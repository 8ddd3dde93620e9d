"""Slots of the Session; the slot of a group track represents the slots of the group's members.

The colours of a slot are None except on group slots with clips (measured on Live 12.3.5); `playing_status` is not 0
on group slots only; `will_record_on_start` never becomes true.
"""

from __future__ import annotations

import math
from typing import Any, Callable, Dict, List, Optional

from ..node import Node, model
from . import launching
from .clip import Clip
from .where import is_audio, is_group, is_midi, song_of, track_of

NOT_MIDI = "MIDI clips can only be created on MIDI tracks"
NOT_AUDIO = "Audio clips can only be created on audio tracks"
OCCUPIED = "The clip slot already contains a clip"
FROZEN = "Clips cannot be created on frozen tracks"
NO_LENGTH = "The clip length must be greater than zero"
EMPTY = "The clip slot is empty"
GROUP = "Group slots cannot hold clips"
INCOMPATIBLE = "Incompatible track types for clip duplication"
LEGATO = "Can only pass force_legato to non-empty slots."
RECORD_LENGTH = "Can only pass record_length to empty slots."
"""The texts about audio tracks, duplication and force_legato are measured; the others are guesses."""


def _first_clip(below: List[Any], name: str) -> Any:
    return next((getattr(slot.clip.body, name) for slot in below if slot.clip is not None), None)


def _group_status(below: List[Any]) -> int:
    playing = [slot for slot in below if slot.get_is_playing()]
    recording = any(slot.get_is_recording() for slot in playing)
    return 2 if recording else 1 if playing else 0


_OF_GROUP: Dict[str, Callable[[List[Any]], Any]] = {
    "controls_other_clips": lambda below: any(
        slot.clip is not None and not slot.clip.body.muted for slot in below
    ),
    "color": lambda below: _first_clip(below, "color"),
    "color_index": lambda below: _first_clip(below, "color_index"),
    "is_triggered": lambda below: any(slot.get_is_triggered() for slot in below),
    "playing_status": _group_status,
}
"""Property of a group slot → how it follows from the slots below."""


@model
class ClipSlot(Node):
    LOM = "ClipSlot"
    OWNS = ("clip",)
    GUESSES = frozenset(("set_fire_button_state",))

    clip: Optional[Clip] = None
    has_stop_button = True
    will_record_on_start = False
    _seen: Optional[Dict[str, Any]] = None

    def on_change(self, field: str, old: Any, value: Any) -> None:
        if field != "clip":
            return
        # Also when a clip replaces another clip (Guess): the slot has no other listener that would be called.
        self.notify("has_clip")
        if old is not None:
            launching.forget(self)
        self.tell_groups()
        song = song_of(self)
        if song is not None:
            song.view.notify("detail_clip")

    def tell_groups(self) -> None:
        """Make the slots of enclosing groups compare their state again."""
        launching.refresh_group_slots(self)

    @property
    def track(self) -> Any:
        return self.parent

    @property
    def index(self) -> int:
        return int(self.track.clip_slots.index(self))

    def below(self) -> List[Any]:
        """The slots of a group's members in this slot's scene."""
        return launching.slots_below(self) if self.is_group_slot else []

    @property
    def is_group_slot(self) -> bool:
        track: Any = self.parent
        return bool(track.kind == "group")

    def get_has_clip(self) -> bool:
        return self.clip is not None

    # Group slots

    def group_state(self) -> Dict[str, Any]:
        """The state of a group slot, derived from the slots below it."""
        below = launching.slots_below(self)
        return {name: of_group(below) for name, of_group in _OF_GROUP.items()}

    def look_again(self) -> None:
        """Notify the properties of a group slot that changed since the last call."""
        if self.ptr is None:
            return
        now, before = self.group_state(), self._seen
        self._seen = now
        for name, value in now.items():
            if before is None or before[name] != value:
                self.notify(name)

    def _of_group(self, name: str, otherwise: Any) -> Any:
        track: Any = self.parent
        if track.kind != "group":
            return otherwise
        if self._seen is None:
            self._seen = self.group_state()
            return self._seen[name]
        return _OF_GROUP[name](launching.slots_below(self))

    def get_controls_other_clips(self) -> bool:
        return bool(self._of_group("controls_other_clips", False))

    def get_color(self) -> Optional[int]:
        color: Optional[int] = self._of_group("color", None)
        return color

    def get_color_index(self) -> Optional[int]:
        index: Optional[int] = self._of_group("color_index", None)
        return index

    def get_playing_status(self) -> int:
        return int(self._of_group("playing_status", 0))

    # Playing

    @property
    def _playback(self) -> Any:
        """The playback of the track; None outside a song."""
        track: Any = self.parent
        return None if track.parent is None else track.playback

    def get_is_playing(self) -> bool:
        if self.is_group_slot:
            return self.get_playing_status() != 0
        playback = self._playback
        return playback is not None and playback.playing is self

    def get_is_recording(self) -> bool:
        if self.is_group_slot:
            return self.get_playing_status() == 2
        playback = self._playback
        return playback is not None and playback.playing is self and playback.recording

    def get_is_triggered(self) -> bool:
        if self.is_group_slot:
            return bool(self._of_group("is_triggered", False))
        playback = self._playback
        return playback is not None and playback.fired is self

    def call_fire(
        self,
        record_length: float = math.inf,
        launch_quantization: Optional[int] = None,
        force_legato: Optional[bool] = None,
    ) -> None:
        finite = record_length < 1.0e300
        if self.clip is not None and finite:
            raise RuntimeError(RECORD_LENGTH)
        if self.clip is None and force_legato:
            raise RuntimeError(LEGATO)
        if launch_quantization is not None and not 0 <= launch_quantization <= 13:
            launch_quantization = None
        launching.fire(self, record_length if finite else math.inf, launch_quantization, bool(force_legato))

    def call_stop(self) -> None:
        launching.stop_track(track_of(self), True)

    def call_set_fire_button_state(self, state: bool) -> None:
        launching.press(self, state)

    # Clips

    def _may_hold(self, fits: bool, otherwise: str) -> None:
        track = track_of(self)
        if is_group(track):
            raise RuntimeError(GROUP)
        if not fits:
            raise RuntimeError(otherwise)
        if track.is_frozen:
            raise RuntimeError(FROZEN)
        if self.clip is not None:
            raise RuntimeError(OCCUPIED)

    def call_create_clip(self, length: float) -> Clip:
        self._may_hold(is_midi(track_of(self)), NOT_MIDI)
        if not 0.0 < length < math.inf:
            raise RuntimeError(NO_LENGTH)
        clip = Clip.create_midi(self, length)
        self.change("clip", clip)
        return clip

    def call_create_audio_clip(self, path: str) -> Clip:
        self._may_hold(is_audio(track_of(self)), NOT_AUDIO)
        clip = Clip.create_audio(self, path)
        self.change("clip", clip)
        return clip

    def call_delete_clip(self) -> None:
        if self.clip is None:
            raise RuntimeError(EMPTY)
        self.change("clip", None)

    def call_duplicate_clip_to(self, target_clip_slot: ClipSlot) -> None:
        """Copy the clip to a slot. Guess: a copy onto the slot itself changes nothing."""
        if self.is_group_slot or target_clip_slot.is_group_slot:
            raise RuntimeError(GROUP)
        if self.clip is None:
            raise RuntimeError(EMPTY)
        if is_midi(track_of(self)) != is_midi(track_of(target_clip_slot)):
            raise RuntimeError(INCOMPATIBLE)
        if track_of(target_clip_slot).is_frozen:
            raise RuntimeError(FROZEN)
        if target_clip_slot is not self:
            target_clip_slot.change("clip", Clip.copy_of(self.clip, target_clip_slot))
