"""The oldest kind of modes: numbers, with a button for each mode or one button that steps through them."""

from __future__ import annotations

from ..engine.tasks import wait
from .components import ControlSurfaceComponent

MOMENTARY_S = 0.3


class ModeSelectorComponent(ControlSurfaceComponent):
    """A subclass implements `number_of_modes()`, and `update()` for the mode `_mode_index`."""

    __subject_events__ = ("mode_index",)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._modes_buttons = []
        self._modes_heap = []
        self._mode_toggle = None
        self._mode_listeners = []
        self._mode_index = -1
        self._modes_observers = []

    def number_of_modes(self):
        raise NotImplementedError("number_of_modes: override it to return the number of modes")

    def mode_index(self):
        return self._mode_index

    @property
    def mode(self):
        return self._mode_index

    def on_enabled_changed(self):
        if self.is_enabled() and self._mode_index < 0:
            self.set_mode(0)
        else:
            self.update()

    def set_mode(self, mode):
        assert mode in range(self.number_of_modes()), "mode must be below %d, got %r" % (
            self.number_of_modes(),
            mode,
        )
        self._clean_heap()
        self._modes_heap = [(mode, None, None)]
        self._update_mode()

    def set_mode_toggle(self, button):
        if self._mode_toggle is not None:
            self._mode_toggle.remove_value_listener(self._toggle_value)
        self._mode_toggle = button
        if button is not None:
            button.add_value_listener(self._toggle_value)
        self.set_mode(0)

    def set_mode_buttons(self, buttons):
        for button in self._modes_buttons:
            button.remove_value_listener(self._mode_value)
        self._modes_buttons = list(buttons or ())
        for button in self._modes_buttons:
            button.add_value_listener(self._mode_value, identify_sender=True)
        if self._modes_buttons and self._mode_index < 0:
            self.set_mode(0)
        else:
            self.update()

    # A long press of a momentary button selects its mode until the release: the heap contains the pressed buttons.

    def _mode_value(self, value, sender):
        if not self.is_enabled():
            return
        mode = self._modes_buttons.index(sender)
        if not sender.is_momentary():
            self.set_mode(mode)
        elif value:
            self._modes_heap.append((mode, sender, self._tasks.add(wait(MOMENTARY_S))))
            self._update_mode()
        elif self._modes_heap[-1][1] == sender and not self._modes_heap[-1][2].is_killed:
            self.set_mode(mode)
        else:
            self._modes_heap = [entry for entry in self._modes_heap if entry[1] != sender]
            self._update_mode()

    def _update_mode(self):
        if self._modes_heap and self._modes_heap[-1][0] != self._mode_index:
            self._mode_index = self._modes_heap[-1][0]
            self.notify_mode_index(self._mode_index)
            self.update()

    def _clean_heap(self):
        self._modes_heap = []

    def _set_protected_mode_index(self, mode):
        self._mode_index = mode
        self.notify_mode_index(mode)

    def _on_timer(self):
        """Called as a timer callback if a subclass registers it; for subclasses."""

    def _toggle_value(self, value):
        if self.is_enabled() and (value or not self._mode_toggle.is_momentary()):
            self.set_mode((self._mode_index + 1) % self.number_of_modes())

    def disconnect(self):
        self.set_mode_buttons(None)
        if self._mode_toggle is not None:
            self._mode_toggle.remove_value_listener(self._toggle_value)
            self._mode_toggle = None
        super().disconnect()


class ChannelTranslationSelector(ModeSelectorComponent):
    """Mode n adds n to the controls' first channel."""

    def __init__(self, num_modes=0, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._controls_to_translate = None
        self._initial_num_modes = num_modes

    def set_controls_to_translate(self, controls):
        self._controls_to_translate = controls
        self.update()

    def number_of_modes(self):
        return max(1, self._initial_num_modes or len(self._modes_buttons))

    def update(self):
        super().update()
        for control in self._controls_to_translate or ():
            control.use_default_message()
            if self.is_enabled() and self._mode_index > 0:
                control.set_channel((control.message_channel() + self._mode_index) % 16)
        for index, button in enumerate(self._modes_buttons):
            button.set_light(index == self._mode_index)
