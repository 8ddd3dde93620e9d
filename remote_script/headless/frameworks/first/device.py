"""A device under eight knobs, in the first generation: Live's banks by name, "best of" without bank buttons."""

from __future__ import annotations

from ..engine import banks
from ..engine.device import BankRegistry
from ..engine.displays import DisplayDataSource
from ..engine.events import SlotGroup
from ..engine.live import device_to_appoint, liveobj_valid
from ..engine.places import PlacedComponent, elements_in, is_momentary, takes
from ..engine.tasks import run
from .components import ControlSurfaceComponent

NO_BANK = "<No Bank>"


@takes("bank_up_button", "bank_down_button", "on_off_button", "lock_button")
class DeviceComponent(PlacedComponent, ControlSurfaceComponent):
    """A device under eight knobs: Live's appointed device, or that of `set_device`; event `device`.

    With bank buttons a press selects one of Live's banks of the device; with one of the two navigation buttons the
    banks are selected cyclically; without any button the knobs have the "best of" bank.
    """

    __subject_events__ = ("device",)

    def __init__(
        self, device_bank_registry=None, device_selection_follows_track_selection=False, *args, **kwargs
    ):
        self._device_bank_registry = device_bank_registry or BankRegistry()
        self._device = None
        self._parameter_controls = None
        self._bank_buttons = None
        self._bank_index = 0
        self._bank_name = NO_BANK
        self._locked_to_device = False
        self._lock_callback = None
        self._name_source = None
        self.device_selection_follows_track_selection = device_selection_follows_track_selection
        super().__init__(*args, **kwargs)
        self._on_off_property_slot = self.register_slot(
            None, lambda: self._on_device_on_off_changed(), "value"
        )
        self._name_property_slot = self.register_slot(None, lambda: self._on_device_name_changed(), "name")
        self._parameters_property_slot = self.register_slot(
            None, lambda: self._on_parameters_changed(), "parameters"
        )
        self.register_slot(
            self._device_bank_registry,
            lambda *event_args: self._on_device_bank_changed(*event_args),
            "device_bank",
        )
        self._bank_button_slots = self.register_disconnectable(
            SlotGroup(lambda value, button: self._bank_value(value, button), "value")
        )
        song = self._live_song
        self.register_slot(song, self._on_appointed_device_changed, "appointed_device")
        self._selected_device_slot = self.register_slot(
            song.view.selected_track.view, self._on_selected_device_changed, "selected_device"
        )

    # -- the device ----------------------------------------------------------------------------------

    def device(self):
        return self._device

    def set_device(self, device):
        device = device if liveobj_valid(device) else None
        if self._locked_to_device or (device == self._device and type(device) is type(self._device)):
            return
        self._release_parameters(elements_in(self._parameter_controls))
        self._device = device
        self._name_property_slot.subject = device
        self._parameters_property_slot.subject = device
        self._on_off_property_slot.subject = self._on_off_parameter()
        self._bank_index = 0 if device is None else self._device_bank_registry.get_device_bank(device)
        self._bank_name = NO_BANK
        self._on_device_name_changed()
        self.update()
        self.notify_device()

    def _on_appointed_device_changed(self):
        self.set_device(device_to_appoint(self._live_song.appointed_device))

    def on_selected_track_changed(self):
        self._selected_device_slot.subject = self._live_song.view.selected_track.view
        if self.device_selection_follows_track_selection:
            self.update_device_selection()

    def _on_selected_device_changed(self):
        device = self._live_song.view.selected_track.view.selected_device
        if liveobj_valid(device):
            self._later(self._appoint, device_to_appoint(device))

    def _later(self, call, *args):
        # Live forbids changes during its notifications.
        self._tasks.add(run(call, *args))

    def _appoint(self, device):
        if self._live_song.appointed_device != device:
            self._live_song.appointed_device = device

    def update_device_selection(self):
        """Control the selected device of the selected track, or the track's first device."""
        track = self._live_song.view.selected_track
        device = track.view.selected_device
        if not liveobj_valid(device):
            device = track.devices[0] if len(track.devices) else None
        appointed = device_to_appoint(device)
        self.set_device(appointed)
        if liveobj_valid(device):
            self._later(self._live_song.view.select_device, device, False)
        self._later(self._appoint, appointed)

    def _on_off_parameter(self):
        if self._device is None:
            return None
        return next(
            (parameter for parameter in self._device.parameters if parameter.name.startswith("Device On")),
            None,
        )

    # -- lock ----------------------------------------------------------------------------------------

    def set_lock_to_device(self, lock, device):
        if lock:
            self.set_device(device)
        self._locked_to_device = bool(lock)
        self._update_lock_button()

    def set_lock_callback(self, callback):
        self._lock_callback = callback

    def _lock_value(self, value):
        if self._pressed("lock_button", value) and self._lock_callback is not None:
            self._lock_callback()

    def _update_lock_button(self):
        self._show("lock_button")

    def _show_lock(self):
        self._light("lock_button", self._locked_to_device)

    # -- banks ---------------------------------------------------------------------------------------

    def set_bank_next_button(self, button):
        """Set the button that selects the next bank; without a previous button the first bank follows the last."""
        self._put("bank_up_button", button)
        self.update()

    def set_bank_prev_button(self, button):
        self._put("bank_down_button", button)
        self.update()

    def set_bank_nav_buttons(self, down_button, up_button):
        self.set_bank_prev_button(down_button)
        self.set_bank_next_button(up_button)

    def set_bank_buttons(self, buttons):
        for button in elements_in(self._bank_buttons):
            if button is not None:
                button.reset()
        self._bank_buttons = buttons
        self._bank_button_slots.replace_subjects(
            [button for button in elements_in(buttons) if button is not None]
        )
        self.update()

    def restore_bank(self, bank_index):
        there = self._device is not None and bank_index < self._number_of_parameter_banks()
        if there and self._is_banking_enabled() and self._locked_to_device and bank_index != self._bank_index:
            self._select_bank(bank_index)

    def _select_bank(self, index):
        self._bank_name = ""
        self._bank_index = index
        self.update()

    def _bank_up_value(self, value):
        count = self._number_of_parameter_banks()
        if self._device is None or not count or not self._pressed("bank_up_button", value):
            return
        if self._bank_down_button is None:
            self._select_bank((self._bank_index + 1) % count)
        elif self._bank_index + 1 < count:
            self._select_bank(self._bank_index + 1)

    def _bank_down_value(self, value):
        if self._device is not None and self._pressed("bank_down_button", value) and self._bank_index > 0:
            self._select_bank(self._bank_index - 1)

    def _bank_value(self, value, button):
        if not self.is_enabled() or self._device is None or not (value or not is_momentary(button)):
            return
        bank = elements_in(self._bank_buttons).index(button)
        if bank == self._bank_index:
            self._show_bank()
        elif bank < self._number_of_parameter_banks():
            self._select_bank(bank)

    def _on_device_bank_changed(self, device, bank):
        if device == self._device and bank != self._bank_index:
            self._bank_index = bank
            self.update()

    def _is_banking_enabled(self):
        return self._bank_buttons is not None or self._bank_up_button is not None

    def _show_bank(self):
        self._surface.show_message("%s Bank: %s" % (self._device.name, self._bank_name))

    def _current_bank_details(self):
        if not self._is_banking_enabled():
            best_of = self._best_of_parameter_bank()
            if best_of:
                return "Best of Parameters", best_of
        pages = self._parameter_banks()
        if not pages:
            return self._bank_name, []
        index = min(self._bank_index, len(pages) - 1)
        names = self._parameter_bank_names()
        return (names[index] if index < len(names) else self._bank_name), pages[index]

    def _best_of_parameter_bank(self):
        return banks.best_of_parameter_bank(self._device)

    def _parameter_banks(self):
        return banks.parameter_banks(self._device)

    def _parameter_bank_names(self):
        return banks.parameter_bank_names(self._device)

    def _device_parameters_to_map(self):
        return banks.device_parameters_to_map(self._device)

    def _number_of_parameter_banks(self):
        return banks.number_of_parameter_banks(self._device)

    # -- knobs and lights ----------------------------------------------------------------------------

    def set_parameter_controls(self, controls):
        self._release_parameters(elements_in(self._parameter_controls))
        self._parameter_controls = controls
        self.update()

    def _assign_parameters(self):
        self._bank_name, bank = self._current_bank_details()
        controls = elements_in(self._parameter_controls)
        for control, parameter in zip(controls, bank):
            if control is None:
                continue
            if liveobj_valid(parameter):
                control.connect_to(parameter)
            else:
                control.release_parameter()
        self._release_parameters(controls[len(bank) :])

    def _release_parameters(self, controls):
        for control in controls:
            if control is not None:
                control.release_parameter()

    def _on_parameters_changed(self):
        self.update()

    def _on_device_on_off_changed(self):
        self._show("on_off_button")

    def _show_on_off(self):
        switch = self._on_off_parameter()
        self._light("on_off_button", switch is not None and switch.value > 0.0)

    def _on_off_value(self, value):
        switch = self._on_off_parameter()
        if switch is not None and switch.is_enabled and self._pressed("on_off_button", value):
            switch.value = float(not switch.value)

    def _update_device_bank_buttons(self):
        if self.is_enabled():
            for index, button in enumerate(elements_in(self._bank_buttons)):
                if button is not None:
                    button.set_light(index == self._bank_index and self._device is not None)

    def _show_bank_up(self):
        if self._bank_down_button is not None:
            more = self._bank_index + 1 < self._number_of_parameter_banks()
            self._light("bank_up_button", self._device is not None and more)

    def _show_bank_down(self):
        if self._bank_up_button is not None:
            self._light("bank_down_button", self._device is not None and self._bank_index > 0)

    def device_name_data_source(self):
        if self._name_source is None:
            self._name_source = DisplayDataSource()
            self._on_device_name_changed()
        return self._name_source

    def _on_device_name_changed(self):
        if self._name_source is not None:
            there = self.is_enabled() and liveobj_valid(self._device)
            self._name_source.set_display_string(self._device.name if there else "No Device")

    def update(self):
        super().update()
        if self.is_enabled() and self._device is not None:
            self._device_bank_registry.set_device_bank(self._device, self._bank_index)
            if self._parameter_controls is not None:
                before = self._bank_name
                self._assign_parameters()
                if self._bank_name != before:
                    self._show_bank()
        elif self._parameter_controls is not None:
            self._release_parameters(elements_in(self._parameter_controls))
        self._update_device_bank_buttons()
