"""Functions of controllers: transport, mixer, session, device and more."""

from __future__ import annotations

from ..engine.background import BackgroundCore
from ..engine.clip_actions import ClipActionsCore, OverviewCore
from ..engine.controls import ButtonControl, ToggleButtonControl
from ..engine.dependency import Injection
from ..engine.device import DeviceCore
from ..engine.device_banks import create_device_bank
from ..engine.drums import AccentCore, DrumGroupCore, PlayableCore
from ..engine.events import SlotGroup
from ..engine.lists import DeviceListCore, ItemLister, ItemListerBase
from ..engine.live import liveobj_valid
from ..engine.modes_component import EnablingModesCore, ModesCore
from ..engine.parameters import DeviceParameterCore, DisplayingDeviceParameterCore, ParameterInfo
from ..engine.places import light
from ..engine.recording import SessionRecordingCore, UndoRedoCore, ViewControlCore
from ..engine.scrolling import ScrollCore
from ..engine.slide import SlideCore
from ..engine.switches import AutoArmCore, TargetTrackCore, ToggleCore
from ..engine.transport import TransportCore
from .component import Component


class TransportComponent(TransportCore, Component):
    """The transport: play, record, loop, tempo."""

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
        self._on_play_button_toggled(is_toggled, button)

    def _on_play_button_toggled(self, is_toggled, button):
        self.song.is_playing = self._play_transform(is_toggled)

    @stop_button.released
    def stop_button(self, button):
        self._on_stop_button_released(button)

    def _on_stop_button_released(self, button):
        self.song.is_playing = False

    @continue_playing_button.pressed
    def continue_playing_button(self, button):
        if self.song.is_playing:
            self.song.stop_playing()
        else:
            self.song.continue_playing()

    @tap_tempo_button.pressed
    def tap_tempo_button(self, button):
        self.song.tap_tempo()


class DeviceComponent(DeviceCore, Component):
    """The device of the device provider, decorated and in banks.

    A subclass creates the parameters for displays: `_create_parameter_info(parameter, name)`.
    """

    def __init__(
        self,
        device_decorator_factory=None,
        banking_info=None,
        device_bank_registry=None,
        device_provider=None,
        decoupled_parameter_list_change_notifications=False,
        *args,
        **kwargs,
    ):
        self._bank = None
        self._banking_info = banking_info
        self._decorator_factory = device_decorator_factory
        self._decorated_device = None
        if device_provider is None:
            device_provider = _provided("device_provider")
        if device_bank_registry is None:
            device_bank_registry = _provided("device_bank_registry")
        super().__init__(device_provider, device_bank_registry, *args, **kwargs)

    def device(self):
        return self._decorated_device if liveobj_valid(self._decorated_device) else None

    def _use(self, device):
        self._on_device_changed(device)

    def _on_device_changed(self, device):
        self._set_device(device)

    def _set_device(self, device):
        decorate = getattr(self._decorator_factory, "decorate", None)
        valid = liveobj_valid(device)
        self._decorated_device = decorate(device) if decorate is not None and valid else device
        self._setup_bank(self._decorated_device)
        if self._bank is not None:
            self._set_bank_index(self._bank_registry.get_device_bank(device))
        super()._use(device)

    def _setup_bank(self, device, bank_factory=create_device_bank):
        if self._bank is not None:
            self.disconnect_disconnectable(self._bank)
            self._bank = None
        if self._banking_info is not None and liveobj_valid(device):
            self._bank = self.register_disconnectable(bank_factory(device, self._banking_info))

    def _set_bank_index(self, bank):
        if self._bank is not None:
            self._bank.index = bank

    def _bank_changed(self, device, bank):
        if device == self._device:
            self._set_bank_index(bank)
        super()._bank_changed(device, bank)

    def _banks(self):
        if self._bank is None:
            return super()._banks()
        pages = [[None] * 8] * self._bank.bank_count()
        if pages:
            pages[self._bank.index] = [parameter for parameter, _ in self._bank.parameters]
        return pages

    def _current_bank_details(self):
        if self._bank is not None:
            return self._bank.name, self._bank.parameters
        return self.bank_name, [(parameter, parameter.name) for parameter in super().parameters]

    def _number_of_parameter_banks(self):
        return self.number_of_banks()

    def _get_provided_parameters(self):
        if self.device() is None:
            return []
        return [self._create_parameter_info(*details) for details in self._current_bank_details()[1]]

    def _create_parameter_info(self, parameter, name):
        return ParameterInfo(parameter=parameter, name=name)

    @property
    def parameters(self):
        return self._get_provided_parameters()

    def _shown_parameters(self):
        return [parameter for parameter, _ in self._current_bank_details()[1]]


def _provided(name):
    provider = Injection.find(name)
    return None if provider is None else provider()


class SessionRecordingComponent(SessionRecordingCore, Component):
    """Session recording and automation."""

    def __init__(self, view_controller=None, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._view_controller = view_controller


class UndoRedoComponent(UndoRedoCore, Component):
    """Undo and redo buttons."""


class ViewControlComponent(ViewControlCore, Component):
    """Buttons that select tracks and scenes."""


class BackgroundComponent(BackgroundCore, Component):
    """Grabs the controls that no other component has, so that they are dark."""


class ToggleComponent(ToggleCore, Component):
    """A switch of an object under `toggle_button`."""


class ScrollComponent(ScrollCore, Component):
    """Two buttons that scroll an object."""


class AutoArmComponent(AutoArmCore, Component):
    """The selected track is armed implicitly while this component is on."""


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
    """`target_track` is the selected track."""


def all_tracks(song):
    return [*song.visible_tracks, *song.return_tracks, song.master_track]


class ModesComponent(ModesCore, Component):
    """Modes of which none is selected until the script selects one."""

    def add_mode(
        self,
        name,
        mode_or_component=None,
        cycle_mode_button_color=None,
        groups=None,
        behaviour=None,
        *args,
        **kwargs,
    ):
        kwargs["cycle_mode_button_color"] = cycle_mode_button_color
        super().add_mode(name, mode_or_component, *args, groups=groups, behaviour=behaviour, **kwargs)


class NullModes(ModesComponent):
    """A modes component without modes."""


class EnablingModesComponent(EnablingModesCore, ModesComponent):
    """`EnablingModesComponent(component)`."""


class ArmedTargetTrackComponent(TargetTrackComponent):
    """`target_track` is the first armed track, or the selected track without an armed one."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._arm_slots = self.register_disconnectable(SlotGroup(lambda track: self._update(), "arm"))
        self.on_track_list_changed()

    @property
    def tracks(self):
        return [track for track in self.song.tracks if track.can_be_armed]

    def on_track_list_changed(self):
        self._arm_slots.replace_subjects(self.tracks)
        self._update()

    def on_selected_track_changed(self):
        self._update()

    def _update(self):
        armed = next((track for track in self.tracks if track.arm), None)
        target = self.song.view.selected_track if armed is None else armed
        if target != self._target:
            self._target = target
            self.notify_target_track()


class ModifierBackgroundComponent(BackgroundComponent):
    """Grabs modifiers, which are lit while they are pressed."""

    def _clear_control(self, name, control):
        super()._clear_control(name, control)
        slots = self.__dict__.setdefault("_modifier_slots", {})
        if name not in slots:
            slots[name] = self.register_slot(None, lambda value: self._show_modifier(name, value), "value")
        slots[name].subject = control

    def _show_modifier(self, name, value):
        light(self._held_controls[name], "DefaultButton.On" if value else "DefaultButton.Off")


class ClipActionsComponent(ClipActionsCore, Component):
    """Buttons for actions on the highlighted clip."""


class SessionOverviewComponent(OverviewCore, Component):
    """Windows of the session on a matrix."""


class ItemListerComponentBase(ItemListerBase, Component):
    """A window over a list."""


class ItemListerComponent(ItemLister, ItemListerComponentBase):
    """A window over a list with select buttons."""


class DeviceNavigationComponent(DeviceListCore, ItemListerComponent):
    """The devices of the selected track under select buttons."""


class DeviceParameterComponent(DeviceParameterCore, Component):
    """The parameters of a provider under eight controls."""


class DisplayingDeviceParameterComponent(DisplayingDeviceParameterCore, DeviceParameterComponent):
    """`DeviceParameterComponent` with names and values on displays."""
