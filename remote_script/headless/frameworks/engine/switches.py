"""Small components: a switch under a button, and the track for other components."""

from __future__ import annotations

from typing import Any

from .events import SlotGroup
from .live import liveobj_valid
from .places import PlacedComponent, takes
from .tasks import run


@takes("toggle_button")
class ToggleCore(PlacedComponent):
    """Toggles `property_name` of `subject`, or sets it until the release (`is_momentary`)."""

    def __init__(
        self,
        property_name: str = "",
        subject: Any = None,
        is_momentary: bool = False,
        model_transform: Any = bool,
        view_transform: Any = bool,
        read_only: bool = False,
        *args: Any,
        toggled_on_color: Any = True,
        toggled_off_color: Any = False,
        **kwargs: Any,
    ) -> None:
        self._property, self._subject, self._momentary = property_name, subject, bool(is_momentary)
        self._colors = (toggled_off_color, toggled_on_color)
        self._to_model, self._to_view = model_transform, view_transform
        super().__init__(*args, **kwargs)
        self._subject_slot = self.register_slot(subject, self._changed, property_name)

    @property
    def subject(self) -> Any:
        return self._subject

    @subject.setter
    def subject(self, subject: Any) -> None:
        self._subject = self._subject_slot.subject = subject
        self.update()

    @property
    def is_on(self) -> bool:
        return self._subject is not None and bool(self._to_view(getattr(self._subject, self._property)))

    def _changed(self, *_event_args: Any) -> None:
        self._show("toggle_button")

    def _show_toggle(self) -> None:
        self._light("toggle_button", self._colors[self.is_on])

    def _toggle_value(self, value: int) -> None:
        if self._subject is None:
            return
        if self._momentary:
            setattr(self._subject, self._property, self._to_model(value != 0))
        elif self._pressed("toggle_button", value):
            setattr(self._subject, self._property, self._to_model(not self.is_on))


class TargetTrackCore(PlacedComponent):
    """The selected track, for components that need a track; event `target_track`."""

    __events__ = ("target_track", "target_clip")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        view = self._live_song.view
        self._target = view.selected_track
        self.register_slot(view, self.notify_target_clip, "detail_clip")

    @property
    def target_track(self) -> Any:
        return self._target

    @property
    def target_clip(self) -> Any:
        return self._live_song.view.detail_clip

    def on_selected_track_changed(self) -> None:
        selected = self._live_song.view.selected_track
        if selected != self._target:
            self._target = selected
            self.notify_target_track()


class AutoArmCore(PlacedComponent):
    """The selected track is armed implicitly while the component is on and no track is armed by hand."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._armed: Any = None
        self._arm_slots = self.register_disconnectable(
            SlotGroup(listener=self._arms_changed, event_name="arm")
        )
        self.on_track_list_changed()

    def can_auto_arm_track(self, track: Any) -> bool:
        """True for tracks that may be armed implicitly; for subclasses."""
        return self.track_can_be_armed(track)

    def on_track_list_changed(self) -> None:
        self._arm_slots.replace_subjects([track for track in self._live_song.tracks if track.can_be_armed])
        self.update()

    def _arms_changed(self, _track: Any) -> None:
        self.update()

    def on_selected_track_changed(self) -> None:
        self.update()

    def update(self) -> None:
        super().update()
        # This often runs in a notification of Live's, in which no change is allowed.
        self._tasks.add(run(self._update_implicit_arm))

    def track_can_be_armed(self, track: Any) -> bool:
        return bool(track.can_be_armed and track.has_midi_input)

    def can_auto_arm(self) -> bool:
        """True while no track is armed by hand."""
        song = self._live_song
        return self.is_enabled() and not any(track.can_be_armed and track.arm for track in song.tracks)

    @property
    def needs_restore_auto_arm(self) -> bool:
        """True if the selected track may be armed automatically: no track is armed by hand."""
        selected = self._live_song.view.selected_track
        own = selected in tuple(self._live_song.tracks)
        return self.is_enabled() and own and self.can_auto_arm_track(selected) and not self.can_auto_arm()

    def _update_implicit_arm(self) -> None:
        song = self._live_song
        selected = song.view.selected_track
        own = selected in tuple(song.tracks)
        wanted = self.can_auto_arm() and own and self.can_auto_arm_track(selected)
        target = selected if wanted else None
        if target != self._armed:
            if liveobj_valid(self._armed):
                self._armed.implicit_arm = False
            self._armed = target
            if target is not None:
                target.implicit_arm = True

    def disconnect(self) -> None:
        if liveobj_valid(self._armed):
            self._armed.implicit_arm = False
        self._armed = None
        super().disconnect()
