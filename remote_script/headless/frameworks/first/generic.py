"""`_Generic`: a whole script from tables of controller numbers, with its components."""

from __future__ import annotations

from typing import Any, Callable, Dict, List, Optional, Tuple

from ..engine.compounds import ButtonMatrixElement
from ..engine.elements import EncoderElement
from ..engine.events import SlotManager
from ..engine.live import liveobj_valid
from ..engine.midi import MIDI_CC_TYPE, is_valid_channel, is_valid_identifier
from ..engine.resources import Layer
from ..engine.tools import NamedTuple, nop
from .components import TransportComponent
from .device import DeviceComponent
from .elements import ButtonElement
from .mixer import ChannelStripComponent, MixerComponent
from .surface import ControlSurface


class TransportButton(NamedTuple):
    """The control and the layer name of a key of the transport's table."""

    control_name = ""
    layer_name = ""


TRANSPORT_BUTTON_SPECIFICATIONS = {
    key: TransportButton(control_name=control, layer_name=layer)
    for key, control, layer in (
        ("STOP", "Stop", "stop"),
        ("PLAY", "Play", "play"),
        ("REC", "Record", "record"),
        ("SESSIONREC", "Session_Record", "overdub"),
        ("OVER", "Arrangement_Overdub", "arrangement_overdub"),
        ("METRO", "Metronome", "metronome"),
        ("LOOP", "Loop", "loop"),
        ("RWD", "Rwd", "seek_backward"),
        ("FFWD", "FFwd", "seek_forward"),
        ("PUNCHIN", "Punch_In", "punch_in"),
        ("PUNCHOUT", "Punch_Out", "punch_out"),
        ("NUDGEUP", "Nudge_Up", "nudge_up"),
        ("NUDGEDOWN", "Nudge_Down", "nudge_down"),
        ("TAPTEMPO", "Tap_Tempo", "tap_tempo"),
    )
}


def is_valid_midi_channel(integer):
    return is_valid_channel(integer)


def is_valid_midi_identifier(integer):
    return is_valid_identifier(integer)


def has_specification_for(control: str, specifications: Dict[str, Any]) -> bool:
    """True if a table has a controller number for this control; -1 means no number."""
    return is_valid_midi_identifier(specifications.get(control, -1))


class SelectChanStripComponent(ChannelStripComponent):
    """A strip that arms a track, and selects the track if it has an instrument."""

    def _arm_value(self, value: Any) -> None:
        armed = self._can_arm() and self._track.arm
        super()._arm_value(value)
        if self._can_arm() and self._track.arm and not armed and self._track.view.select_instrument():
            self._live_song.view.selected_track = self._track


class SpecialMixerComponent(MixerComponent):
    """A mixer whose strips select the tracks that they arm; each bank button may be set alone."""

    def _create_strip(self) -> Any:
        return SelectChanStripComponent()

    def set_bank_up_button(self, button: Any) -> None:
        self.set_bank_buttons(button, self._bank_down_button)

    def set_bank_down_button(self, button: Any) -> None:
        self.set_bank_buttons(self._bank_up_button, button)


class DeviceAppointer(SlotManager):
    """Appoints the selected device of the selected track in Live, and calls `appointed_device_setter`."""

    def __init__(
        self, song: Any = None, appointed_device_setter: Any = nop, *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._song, self._set_appointed_device = song, appointed_device_setter
        self._appointed_device: Any = None
        self.register_slot(song, self._on_appointed_device_changed, "appointed_device")
        self.register_slot(song.view, self._on_selected_track_changed, "selected_track")
        self._device_slot = self.register_slot(None, self._on_selected_device_changed, "selected_device")
        self._on_selected_track_changed()

    def _on_appointed_device_changed(self) -> None:
        if self._appointed_device != self._song.appointed_device:
            self._update_appointed_device(self._song.appointed_device)

    def _on_selected_track_changed(self) -> None:
        self._device_slot.subject = self._song.view.selected_track.view
        self._on_selected_device_changed()

    def _on_selected_device_changed(self) -> None:
        self._update_appointed_device(self._song.view.selected_track.view.selected_device)

    def _update_appointed_device(self, device: Any) -> None:
        if liveobj_valid(device) and device != self._appointed_device:
            self._appointed_device = device
            self._set_appointed_device(device)
            appoint(self._song, device)


def appoint(song: Any, device: Any) -> None:
    """Make a device Live's appointed device, unless it is already."""
    if song.appointed_device != device:
        song.appointed_device = device


class GenericScript(ControlSurface):
    """A script from tables: a number is a controller number on the global channel, a pair (number, channel)."""

    def __init__(
        self,
        c_instance: Any,
        macro_map_mode: Any,
        volume_map_mode: Any,
        device_controls: Any,
        transport_controls: Any,
        volume_controls: Any,
        trackarm_controls: Any,
        bank_controls: Any,
        descriptions: Optional[Dict[str, Any]] = None,
        mixer_options: Optional[Dict[str, Any]] = None,
        device_component_class: Any = DeviceComponent,
    ) -> None:
        super().__init__(c_instance)
        with self.component_guard():
            settings = descriptions or {}
            self._suggested_input_port = settings.get("INPUTPORT", "")
            self._suggested_output_port = settings.get("OUTPUTPORT", "")
            channel = settings.get("CHANNEL", 0)
            self._channel = channel if is_valid_midi_channel(channel) else 0
            if "PAD_TRANSLATION" in settings:
                self.set_pad_translations(settings["PAD_TRANSLATION"])
            if volume_controls is not None and trackarm_controls is not None:
                self._make_mixer(volume_controls, trackarm_controls, mixer_options or {}, volume_map_mode)
            if device_controls:
                self._make_device(
                    device_controls, bank_controls or {}, macro_map_mode, device_component_class
                )
            if transport_controls:
                self._make_transport(transport_controls)

    def handle_sysex(self, midi_bytes: Any) -> None:
        """Ignore sysex: such a controller sends no messages that the script needs."""

    # -- controls ------------------------------------------------------------------------------------

    def _where(self, specification: Any) -> Optional[Tuple[int, int]]:
        number, channel = (
            specification if isinstance(specification, (tuple, list)) else (specification, self._channel)
        )
        if not is_valid_midi_channel(channel):
            channel = self._channel
        return (channel, number) if is_valid_midi_identifier(number) else None

    def _encoder(self, specification: Any, map_mode: Any, name: str) -> Any:
        where = self._where(specification)
        return None if where is None else EncoderElement(MIDI_CC_TYPE, *where, map_mode, name=name)

    def _button(self, specification: Any, name: str, is_momentary: bool = True) -> Any:
        where = self._where(specification)
        return None if where is None else ButtonElement(is_momentary, MIDI_CC_TYPE, *where, name=name)

    @staticmethod
    def _layer(**controls: Any) -> Layer:
        return Layer(**{name: control for name, control in controls.items() if control is not None})

    # -- components ----------------------------------------------------------------------------------

    def _make_mixer(self, volumes: Any, arms: Any, options: Dict[str, Any], map_mode: Any) -> None:
        mixer = SpecialMixerComponent(max(len(volumes), len(arms)), name="Mixer")
        momentary = "NOTOGGLE" in options

        def button(key: str, name: str) -> Any:
            return self._button(options.get(key, -1), name, momentary)

        mixer.master_strip().layer = self._layer(
            volume_control=self._encoder(options.get("MASTERVOLUME", -1), map_mode, "Master_Volume_Control")
        )
        mixer.layer = self._layer(
            bank_up_button=button("NEXTBANK", "Mixer_Next_Bank_Button"),
            bank_down_button=button("PREVBANK", "Mixer_Previous_Bank_Button"),
        )
        sends = [options["SEND%d" % (send + 1)] for send in range(options.get("NUMSENDS", 0))]
        for track, strip in enumerate(mixer._channel_strips):
            encoders = [
                self._encoder(send[track], map_mode, "%d_Send_%d_Control" % (track, index))
                for index, send in enumerate(sends)
                if track < len(send)
            ]
            volume, arm = _at(volumes, track), _at(arms, track)
            strip.layer = self._layer(
                volume_control=self._encoder(volume, map_mode, "%d_Volume_Control" % track),
                arm_button=self._button(arm, "%d_Arm_Button" % track, momentary),
                send_controls=ButtonMatrixElement(rows=[encoders]) if any(encoders) else None,
            )

    def _make_device(
        self, controls: Any, banks: Dict[str, Any], map_mode: Any, kind: Callable[..., Any]
    ) -> None:
        device = kind(device_selection_follows_track_selection=True, name="Device_Component")
        keys = ["BANK%d" % (index + 1) for index in range(8)]
        buttons = [
            self._button(banks[key], "Device_Bank_%d_Button" % index)
            for index, key in enumerate(keys)
            if key in banks
        ]
        encoders: List[Any] = [
            self._encoder(specification, map_mode, "Device_Parameter_%d_Control" % index)
            for index, specification in enumerate(controls)
        ]
        device.layer = self._layer(
            bank_next_button=self._button(banks.get("NEXTBANK", -1), "Device_Next_Bank_Button"),
            bank_prev_button=self._button(banks.get("PREVBANK", -1), "Device_Previous_Bank_Button"),
            lock_button=self._button(banks.get("TOGGLELOCK", -1), "Device_Lock_Button"),
            bank_buttons=ButtonMatrixElement(rows=[buttons]) if any(buttons) else None,
            parameter_controls=ButtonMatrixElement(rows=[encoders]) if any(encoders) else None,
        )
        self.set_device_component(device)

    def _make_transport(self, controls: Dict[str, Any]) -> None:
        by_key = {str(key).upper(): value for key, value in controls.items()}
        seeks_while_held = "NORELEASE" not in by_key
        layer = {}
        for key, wanted in TRANSPORT_BUTTON_SPECIFICATIONS.items():
            if has_specification_for(key, by_key):
                is_momentary = seeks_while_held or key not in ("FFWD", "RWD")
                layer[wanted.layer_name + "_button"] = self._button(
                    by_key[key], wanted.control_name + "_Button", is_momentary
                )
        TransportComponent(name="Transport").layer = Layer(**layer)


def _at(numbers: Any, index: int) -> Any:
    return numbers[index] if index < len(numbers) else -1
