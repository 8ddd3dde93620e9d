"""What controllers are for: transport, mixer, session, device and more."""

from __future__ import annotations

from ..engine.background import BackgroundCore
from ..engine.controls import ButtonControl, ToggleButtonControl
from ..engine.dependency import Injection
from ..engine.device import DeviceCore, DeviceNavigationCore
from ..engine.drums import AccentCore, DrumGroupCore, PlayableCore
from ..engine.live import liveobj_valid
from ..engine.modes_component import EnablingModesCore, ModesCore
from ..engine.recording import (
    SessionRecordingCore,
    UndoRedoCore,
    ViewControlCore,
)
from ..engine.scrolling import (
    ScrollCore,
)
from ..engine.slide import SlideCore
from ..engine.switches import AutoArmCore, TargetTrackCore, ToggleCore
from ..engine.transport import TransportCore
from .component import Component


class TransportComponent(TransportCore, Component):
    """Play, record, loop, tempo."""

    play_button = ToggleButtonControl(toggled_color="Transport.PlayOn", untoggled_color="Transport.PlayOff")
    stop_button = ButtonControl()
    continue_playing_button = ButtonControl()
    tap_tempo_button = ButtonControl(color="DefaultButton.On", pressed_color="DefaultButton.Off")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.register_slot(self.song, lambda: self._update_button_states(), "is_playing")
        self._update_button_states()

    def _update_button_states(self):
        self.play_button.is_toggled = self.song.is_playing
        self._update_stop_button_color()

    def _update_stop_button_color(self):
        play = self.play_button
        self.stop_button.color = play.toggled_color if play.is_toggled else play.untoggled_color

    @play_button.toggled
    def play_button(self, is_toggled, button):
        """Play or stop."""
        self._on_play_button_toggled(is_toggled, button)

    def _on_play_button_toggled(self, is_toggled, button):
        self.song.is_playing = self._play_transform(is_toggled)

    @stop_button.released
    def stop_button(self, button):
        """Stop."""
        self._on_stop_button_released(button)

    def _on_stop_button_released(self, button):
        self.song.is_playing = False

    @continue_playing_button.pressed
    def continue_playing_button(self, button):
        """Continue, or stop."""
        if self.song.is_playing:
            self.song.stop_playing()
        else:
            self.song.continue_playing()

    @tap_tempo_button.pressed
    def tap_tempo_button(self, button):
        """Tap."""
        self.song.tap_tempo()


class DeviceComponent(DeviceCore, Component):
    """The device under eight knobs."""

    def __init__(self, device_provider=None, device_bank_registry=None, *args, **kwargs):
        for name in ("device_provider", "device_bank_registry"):
            found = Injection.find(name)
            if name == "device_provider" and device_provider is None and found is not None:
                device_provider = found()
            elif name == "device_bank_registry" and device_bank_registry is None and found is not None:
                device_bank_registry = found()
        super().__init__(device_provider, device_bank_registry, *args, **kwargs)

    @property
    def device(self):
        """The one it stands for, or None."""
        return self._device if liveobj_valid(self._device) else None


class DeviceNavigationComponent(DeviceNavigationCore, Component):
    """Selects the device before or after."""


SimpleDeviceNavigationComponent = DeviceNavigationComponent


class SessionRecordingComponent(SessionRecordingCore, Component):
    """Session recording and automation."""

    def __init__(self, view_controller=None, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._view_controller = view_controller


class UndoRedoComponent(UndoRedoCore, Component):
    """Undo and redo."""


class ViewControlComponent(ViewControlCore, Component):
    """Selects tracks and scenes."""


class BackgroundComponent(BackgroundCore, Component):
    """Holds controls that nobody else has, so that they are dark."""


class ToggleComponent(ToggleCore, Component):
    """A switch of some object under `toggle_button`."""


class ScrollComponent(ScrollCore, Component):
    """Two buttons that scroll something."""


class AutoArmComponent(AutoArmCore, Component):
    """The selected track is armed implicitly while this is on."""


class AccentComponent(AccentCore, Component):
    """A button for full velocity."""


class PlayableComponent(PlayableCore, Component):
    """Pads that play notes."""

    accent_component_type = AccentComponent

    def __init__(self, *args, **kwargs):
        super().__init__(False, *args, **kwargs)


class SlideComponent(SlideCore, Component):
    """`SlideComponent(slideable)`."""


class DrumGroupComponent(DrumGroupCore, PlayableComponent, SlideComponent):
    """The pads of a drum rack."""


class TargetTrackComponent(TargetTrackCore, Component):
    """`target_track`: the selected one."""


def all_tracks(song):
    """Visible tracks, returns, main."""
    return [*song.visible_tracks, *song.return_tracks, song.master_track]


class ModesComponent(ModesCore, Component):
    """Nothing is selected until a script selects it."""


class NullModes(ModesComponent):
    """No modes."""


class EnablingModesComponent(EnablingModesCore, ModesComponent):
    """`EnablingModesComponent(component)`."""
