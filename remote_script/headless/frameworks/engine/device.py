"""The device under a controller's knobs: its parameters in banks, its switch, a lock.

Guess: banks are the parameters after "Device On", in their order, as many at a time as there are controls. (Live's
own scripts have better banks for Live's own devices, by name.)
"""

from __future__ import annotations

from typing import Any, List, Optional, Tuple

from .events import EventObject
from .live import liveobj_valid
from .places import PlacedComponent, elements_in, handles, takes

BANK_SIZE = 8


class BankRegistry(EventObject):
    """The bank that each device shows; event `device_bank` (device, bank)."""

    __events__ = ("device_bank",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._banks: List[Tuple[Any, int]] = []

    def set_device_bank(self, device: Any, bank: int) -> None:
        if bank != self.get_device_bank(device):
            self._banks = [entry for entry in self._banks if liveobj_valid(entry[0]) and entry[0] != device]
            self._banks.append((device, bank))
            self.notify_device_bank(device, bank)

    def get_device_bank(self, device: Any) -> int:
        return next((bank for known, bank in self._banks if known == device), 0)


class DeviceProviderCore(EventObject):
    """The device that the controllers follow: Live's appointed device, unless a script locks to another device."""

    __events__ = ("device", "is_locked_to_device")
    device_selection_follows_track_selection = False

    def __init__(self, song: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__()
        self._song, self._locked = song, None
        self._device = song.appointed_device
        self.register_slot(song, self._appointed, "appointed_device")

    @property
    def device(self) -> Any:
        return self._device if liveobj_valid(self._device) else None

    @device.setter
    def device(self, device: Any) -> None:
        if self._locked is None and device != self._song.appointed_device:
            self._song.appointed_device = device
        self._set(device)

    def _set(self, device: Any) -> None:
        if device != self._device:
            self._device = device
            self.notify_device()

    def _appointed(self) -> None:
        if not liveobj_valid(self._locked):
            self._locked = None
            self._set(self._song.appointed_device)

    @property
    def is_locked_to_device(self) -> bool:
        return liveobj_valid(self._locked)

    def lock_to_device(self, device: Any) -> None:
        self._locked = device
        self._set(device)
        self.notify_is_locked_to_device()

    def unlock_from_device(self, device: Any = None) -> None:
        self._locked = None
        self._set(self._song.appointed_device)
        self.notify_is_locked_to_device()

    def update_device_selection(self) -> None:
        """Appoint the selected device of the selected track, or the track's first device."""
        track = self._song.view.selected_track
        device = track.view.selected_device
        if device is None and len(track.devices):
            device = track.devices[0]
        self._set(device)


BANK_STEPS = {"prev_bank_button": -1, "next_bank_button": 1, "bank_prev_button": -1, "bank_next_button": 1}
"""Button → its step in banks."""


@takes(
    "on_off_button",
    "device_on_off_button",
    "lock_button",
    "device_lock_button",
    *BANK_STEPS,
    "device_name_data_source",
)
class DeviceCore(PlacedComponent):
    """Parameters of a device under controls; follows `set_device`, or a provider's `device`.

    Events: `device`, `parameters`, `bank`.
    """

    __events__ = ("device", "parameters", "bank", "device_lock")

    def __init__(
        self,
        device_provider: Any = None,
        device_bank_registry: Any = None,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        for ours in (
            "device_selection_follows_track_selection",
            "device_decorator_factory",
            "banking_info",
            "toggle_lock",
            "bank_size",
            "bank_definitions",
        ):
            kwargs.pop(ours, None)
        self._device: Any = None
        self._provider = device_provider
        self._bank_registry = device_bank_registry or BankRegistry()
        self._parameter_controls: Any = None
        self._mapped: List[Any] = []
        self._bank_buttons: List[Any] = []
        self._locked = False
        super().__init__(*args, **kwargs)
        self._on_slot = self.register_slot(None, self._show_switch, "value")
        self._parameters_slot = self.register_slot(None, self._parameters_changed, "parameters")
        self._bank_button_slots: List[Any] = []
        self.register_slot(self._bank_registry, self._bank_changed, "device_bank")
        if device_provider is not None:
            self.register_slot(device_provider, self._provided, "device")
            self._provided()

    # -- the device --------------------------------------------------------------------------------------

    def _provided(self) -> None:
        self._use(self._provider.device)

    def _use(self, device: Any) -> None:
        self._device = device if liveobj_valid(device) else None
        self._parameters_slot.subject = self._device
        switch = self._switch()
        self._on_slot.subject = switch
        self.notify_device()
        self._parameters_changed()
        self.update()

    def set_device(self, device: Any) -> None:
        if not self._locked or device is None:
            self._use(device)

    def _switch(self) -> Any:
        if self._device is None or not len(self._device.parameters):
            return None
        first = self._device.parameters[0]
        return first if first.name.endswith("Device On") or first.name == "Device On" else None

    def set_lock_to_device(self, lock: bool, device: Any) -> None:
        if lock:
            self._use(device)
        self._locked = bool(lock)
        self._show("lock_button")
        self._show("device_lock_button")
        self.notify_device_lock()

    # -- banks -------------------------------------------------------------------------------------------

    def _bank_size(self) -> int:
        return len(elements_in(self._parameter_controls)) or BANK_SIZE

    def _banks(self) -> List[List[Any]]:
        if self._device is None:
            return []
        parameters = list(self._device.parameters)[1:]
        size = self._bank_size()
        return [parameters[at : at + size] for at in range(0, len(parameters), size)]

    def number_of_banks(self) -> int:
        return len(self._banks())

    @property
    def bank_index(self) -> int:
        return int(self._bank_registry.get_device_bank(self._device))

    @property
    def bank_name(self) -> str:
        return "Bank %d" % (self.bank_index + 1)

    @property
    def parameters(self) -> List[Any]:
        """The parameters of the present bank."""
        banks = self._banks()
        return banks[self.bank_index] if self.bank_index < len(banks) else []

    def _shown_parameters(self) -> List[Any]:
        """The parameters that the controls move."""
        return self.parameters

    def set_bank(self, index: int) -> None:
        """Select a bank. IndexError for a bank that the device does not have."""
        if not 0 <= index < self.number_of_banks():
            raise IndexError("this device has %d banks, got %d" % (self.number_of_banks(), index))
        self._bank_registry.set_device_bank(self._device, index)

    def _bank_changed(self, device: Any, _bank: int) -> None:
        if device == self._device:
            self._parameters_changed()
            self.notify_bank()
            self.update()

    def _by(self, name: str, value: int) -> None:
        at = self.bank_index + BANK_STEPS[name]
        if self._pressed(name, value) and 0 <= at < self.number_of_banks():
            self.set_bank(at)

    def _show_step(self, name: str) -> None:
        self._light(name, 0 <= self.bank_index + BANK_STEPS[name] < self.number_of_banks())

    def set_bank_nav_buttons(self, down_button: Any, up_button: Any) -> None:
        self._put("prev_bank_button", down_button)
        self._put("next_bank_button", up_button)

    def set_bank_buttons(self, buttons: Any) -> None:
        """Set one button for each of the first banks."""
        for slot in self._bank_button_slots:
            self.disconnect_disconnectable(slot)
        for button in self._bank_buttons:
            if button is not None:
                button.reset()
        self._bank_buttons = elements_in(buttons)
        self._bank_button_slots = [
            self.register_slot(button, self._bank_pressed(index), "value")
            for index, button in enumerate(self._bank_buttons)
            if button is not None
        ]
        self.update()

    def _bank_pressed(self, index: int) -> Any:
        def pressed(value: int) -> None:
            if value and self.is_enabled() and index < self.number_of_banks():
                self.set_bank(index)

        return pressed

    # -- knobs and switches ------------------------------------------------------------------------------

    def set_parameter_controls(self, controls: Any) -> None:
        """Set one control for each parameter of a bank."""
        for control in self._mapped:
            control.release_parameter()
        self._parameter_controls = controls
        self._mapped = [control for control in elements_in(controls) if control is not None]
        self._parameters_changed()

    def _parameters_changed(self) -> None:
        parameters = self._shown_parameters() if self.is_enabled() else []
        for index, control in enumerate(elements_in(self._parameter_controls)):
            if control is None:
                continue
            if index < len(parameters) and liveobj_valid(parameters[index]):
                control.connect_to(parameters[index])
            else:
                control.release_parameter()
        self.notify_parameters()

    def update(self) -> None:
        super().update()
        self._parameters_changed()
        if self.is_enabled():
            for index, button in enumerate(self._bank_buttons):
                if button is not None:
                    button.set_light(index == self.bank_index and self._device is not None)

    def _show_switch(self) -> None:
        self._show("on_off_button")
        self._show("device_on_off_button")

    def _show_on_off(self) -> None:
        switch = self._switch()
        on: Optional[bool] = None if switch is None else bool(switch.value)
        for name in ("on_off_button", "device_on_off_button"):
            self._light(name, on)

    _show_device_on_off = _show_on_off

    def _flip(self, name: str, value: int) -> None:
        switch = self._switch()
        if switch is not None and self._pressed(name, value):
            switch.value = 0.0 if switch.value else 1.0

    def _on_off_value(self, value: int) -> None:
        self._flip("on_off_button", value)

    def _device_on_off_value(self, value: int) -> None:
        self._flip("device_on_off_button", value)

    def _lock_value(self, value: int) -> None:
        self._toggle_lock("lock_button", value)

    def _device_lock_value(self, value: int) -> None:
        self._toggle_lock("device_lock_button", value)

    def _toggle_lock(self, name: str, value: int) -> None:
        if not self._pressed(name, value):
            return
        if self._provider is None:
            self._surface.toggle_lock()
            self.set_lock_to_device(not self._locked, self._device)
        elif self._provider.is_locked_to_device:
            self._provider.unlock_from_device()
        elif self._device is not None:
            self._provider.lock_to_device(self._device)
        self._show(name)

    def _is_locked(self) -> bool:
        return self._locked or bool(self._provider is not None and self._provider.is_locked_to_device)

    def _show_lock(self) -> None:
        self._light("lock_button", self._is_locked())

    def _show_device_lock(self) -> None:
        self._light("device_lock_button", self._is_locked())


handles(DeviceCore, BANK_STEPS, DeviceCore._by, DeviceCore._show_step)

DIRECTIONS = {"prev_button": -1, "next_button": 1}


@takes(*DIRECTIONS, "device_select_buttons")
class DeviceNavigationCore(PlacedComponent):
    """Selects the previous or next device in its chain."""

    def __init__(self, device_component: Any = None, *args: Any, **kwargs: Any) -> None:
        kwargs.pop("device_provider", None)
        super().__init__(*args, **kwargs)

    def _prev_value(self, value: int) -> None:
        self._scroll("prev_button", value, lambda: self._go(-1))

    def _next_value(self, value: int) -> None:
        self._scroll("next_button", value, lambda: self._go(1))

    def _go(self, by: int) -> None:
        song = self._live_song
        track = song.view.selected_track
        devices = list(track.devices)
        selected = track.view.selected_device
        at = next((index for index, other in enumerate(devices) if other == selected), -1) + by
        if 0 <= at < len(devices):
            song.view.select_device(devices[at])
