"""Elements that consist of elements: matrices, combinations with a modifier, several controls as one.

A client that grabs a compound grabs its parts with the same priority. While another client of a higher priority has
a part, the compound does not have this part (None in a matrix), and the compound's client is notified again.
"""

from __future__ import annotations

from typing import Any, Callable, Dict, Iterator, List, Tuple

from .elements import ControlElement, is_momentary
from .tools import nop

COMBO_PRIORITY = 0.5
"""A combination adds this to a layer's priority, so that it wins over the plain control of an equal layer."""


class CompoundElement(ControlElement):
    """Base of compounds: grabs its parts while a client has the compound.

    A subclass overrides `on_nested_control_element_received`, `…_lost` and `…_value`; values arrive while the
    compound has listeners, or after `request_listen_nested_control_elements`.
    """

    _is_resource_based = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._parts: List[Any] = []
        self._lent: List[Any] = []
        self._busy = False
        self._listen_requests = 0
        self._part_slots: Dict[int, Any] = {}
        super().__init__(*args, **kwargs)

    # -- parts ---------------------------------------------------------------------------------------

    def register_control_element(self, element: Any) -> Any:
        """Add an element as a part."""
        if not self.has_control_element(element):
            self._parts.append(element)
            if self.resource.owner is not None and element in self._grabbed():
                element.resource.grab(self, priority=self._priority_for(element))
            self._update_listening()
        return element

    def register_control_elements(self, *elements: Any) -> List[Any]:
        return [self.register_control_element(element) for element in elements]

    def unregister_control_element(self, element: Any) -> Any:
        if self.has_control_element(element):
            if element in self._lent:
                element.resource.release(self)
            self._parts = [part for part in self._parts if part is not element]
            self._update_listening()
        return element

    def has_control_element(self, control: Any) -> bool:
        return any(part is control for part in self._parts)

    def owned_control_elements(self) -> List[Any]:
        return [part for part in self._parts if self.owns_control_element(part)]

    def owns_control_element(self, control: Any) -> bool:
        """True for a usable part: this compound has the part, or no client has the compound."""
        return self.resource.owner is None or any(lent is control for lent in self._lent)

    # -- ownership -----------------------------------------------------------------------------------

    def get_control_element_priority(self, element: Any, priority: Any) -> Any:
        """The priority for grabbing a part; a subclass may change it."""
        return priority

    def _priority_for(self, element: Any) -> Any:
        return self.get_control_element_priority(element, self.resource.max_priority)

    def _received(self, client: Any, *args: Any, **kwargs: Any) -> None:
        self._busy = True
        for part in list(self._grabbed()):
            part.resource.grab(self, priority=self._priority_for(part))
        self._busy = False
        super()._received(client, *args, **kwargs)

    def _lost(self, client: Any) -> None:
        self._busy = True
        for part in list(self._parts):
            part.resource.release(self)
        self._busy = False
        super()._lost(client)

    def _grabbed(self) -> List[Any]:
        return self._parts

    def set_control_element(self, control: Any, grabbed: bool) -> None:
        """Called when the compound gets or loses a part."""
        is_lent = any(lent is control for lent in self._lent)
        if grabbed and not is_lent:
            self._lent.append(control)
        elif is_lent and not grabbed:
            self._lent = [lent for lent in self._lent if lent is not control]
        if grabbed:
            self.on_nested_control_element_received(control)
        else:
            self.on_nested_control_element_lost(control)
        self._update_listening()
        if not self._busy:
            for owner in list(self.resource.owners):
                owner.set_control_element(self, True)

    def on_nested_control_element_received(self, control: Any) -> None:
        """Called when a part becomes usable."""

    def on_nested_control_element_lost(self, control: Any) -> None:
        """Called when a part is no longer usable."""

    # -- values --------------------------------------------------------------------------------------

    def on_nested_control_element_value(self, value: Any, control: Any) -> None:
        """Called when a part sent a value."""

    def request_listen_nested_control_elements(self) -> None:
        """Receive the parts' values even without listeners to the compound."""
        self._listen_requests += 1
        self._update_listening()

    def add_value_listener(self, *args: Any, **kwargs: Any) -> None:
        super().add_value_listener(*args, **kwargs)
        self._update_listening()

    def remove_value_listener(self, *args: Any, **kwargs: Any) -> None:
        super().remove_value_listener(*args, **kwargs)
        self._update_listening()

    def _update_listening(self) -> None:
        wanted = {}
        if self._listen_requests > 0 or self.value_listener_count():
            wanted = {id(part): part for part in self._parts if self.owns_control_element(part)}
        for key in [key for key in self._part_slots if key not in wanted]:
            self.disconnect_disconnectable(self._part_slots.pop(key))
        for key, part in wanted.items():
            if key not in self._part_slots:
                self._part_slots[key] = self.register_slot(part, self._part_heard(part), "value")

    def _part_heard(self, part: Any) -> Callable[..., None]:
        return lambda value, *more: self.on_nested_control_element_value(value, part)

    def reset(self) -> None:
        for part in self._parts:
            if self.owns_control_element(part):
                part.reset()

    def reset_state(self) -> None:
        for part in self._parts:
            part.reset_state()


class ButtonMatrixElement(CompoundElement):
    """Rows of elements; `value` notifies (value, column, row, is_momentary). `get_button` takes (column, row)."""

    def __init__(self, rows: Any = (), *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._rows: List[List[Any]] = []
        self._places: Dict[int, Tuple[int, int]] = {}
        for row in rows:
            self.add_row(row)

    def add_row(self, buttons: Any) -> None:
        row = len(self._rows)
        self._rows.append(list(buttons))
        for column, button in enumerate(self._rows[-1]):
            if button is not None:
                self._places[id(button)] = (column, row)
                self.register_control_element(button)

    def on_nested_control_element_value(self, value: Any, sender: Any) -> None:
        column, row = self._places[id(sender)]
        self.notify_value(value, column, row, is_momentary(sender))

    # -- buttons -------------------------------------------------------------------------------------

    def _there(self, button: Any) -> Any:
        return button if button is not None and self.owns_control_element(button) else None

    @property
    def rows(self) -> List[List[Any]]:
        return [[self._there(button) for button in row] for row in self._rows]

    def get_button(self, column: int, row: int) -> Any:
        return self._there(self._rows[row][column])

    @property
    def submatrix(self) -> _Slices:
        """`matrix.submatrix[columns, rows]`, slices or numbers: a matrix of these buttons."""
        return _Slices(self)

    def send_value(self, column: int, row: int, value: Any, force: bool = False) -> None:
        button = self._there(self._rows[row][column])
        if button is not None:
            button.send_value(value, force)

    def set_light(self, column: int, row: int, value: Any) -> None:
        button = self._there(self._rows[row][column])
        if button is not None:
            button.set_light(value)

    def width(self) -> int:
        return max((len(row) for row in self._rows), default=0)

    def height(self) -> int:
        return len(self._rows)

    def iterbuttons(self) -> Iterator[Tuple[Any, Tuple[int, int]]]:
        for row, buttons in enumerate(self._rows):
            for column, button in enumerate(buttons):
                yield self._there(button), (column, row)

    def __iter__(self) -> Iterator[Any]:
        return (button for button, _ in self.iterbuttons())

    def __len__(self) -> int:
        return sum(len(row) for row in self._rows)

    def __getitem__(self, index: Any) -> Any:
        return list(self)[index]


class RowFirstMatrix(ButtonMatrixElement):
    """The matrix of the later generations: `get_button(row, column)`."""

    def get_button(self, row: int, column: int) -> Any:  # type: ignore[override]
        return self._there(self._rows[row][column])


class _Slices:
    def __init__(self, matrix: ButtonMatrixElement) -> None:
        self._matrix = matrix

    def __getitem__(self, key: Any) -> Any:
        columns, rows = key if isinstance(key, tuple) else (key, slice(None))
        rows = rows if isinstance(rows, slice) else slice(rows, rows + 1 or None)
        columns = columns if isinstance(columns, slice) else slice(columns, columns + 1 or None)
        picked = [row[columns] for row in self._matrix._rows[rows]]
        return type(self._matrix)(rows=picked)


_PASSED_ON = (
    "send_value", "set_light", "turn_on", "turn_off", "connect_to", "release_parameter", "force_next_send",
    "set_on_off_values", "set_identifier", "set_channel",
)  # fmt: skip


class WrapperElement(CompoundElement):
    """Wraps another element: forwards calls while it has that element, and that element's values."""

    def __init__(self, wrapped_control: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._wrapped_control = wrapped_control
        if wrapped_control is not None:
            self.register_wrapped()

    @property
    def wrapped_control(self) -> Any:
        return self._wrapped_control

    def register_wrapped(self) -> None:
        self.register_control_element(self._wrapped_control)

    def unregister_wrapped(self) -> None:
        self.unregister_control_element(self._wrapped_control)

    def on_nested_control_element_value(self, value: Any, control: Any) -> None:
        if control is self._wrapped_control:
            self.notify_value(value)

    def __bool__(self) -> bool:
        return self.owns_control_element(self._wrapped_control)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or self.__dict__.get("_wrapped_control") is None:
            raise AttributeError("%r has no attribute %r" % (type(self).__name__, name))
        if name in _PASSED_ON and not self.owns_control_element(self._wrapped_control):
            return nop
        return getattr(self._wrapped_control, name)


class ComboElement(WrapperElement):
    """A control while its modifiers are pressed; its client then gets the control from the client of the plain control.

    `negative_modifiers` must not be pressed.
    """

    priority_increment = COMBO_PRIORITY

    def __init__(
        self,
        control: Any = None,
        modifiers: Any = (),
        negative_modifiers: Any = (),
        *args: Any,
        modifier: Any = None,
        **kwargs: Any,
    ) -> None:
        kwargs.pop("wrapped_control", None)
        super().__init__(control, *args, **kwargs)
        required = modifiers if modifier is None else modifier
        modifier_lists = [*_several(required)], [*_several(negative_modifiers)]
        self._combo_modifiers = [(button, True) for button in modifier_lists[0]] + [
            (button, False) for button in modifier_lists[1]
        ]
        self._modifier_slots = [
            self.register_slot(button, self._modifier_heard, "value") for button, _ in self._combo_modifiers
        ]

    def _combo_is_on(self) -> bool:
        return all(_is_pressed(button) == wanted for button, wanted in self._combo_modifiers)

    def get_control_element_priority(self, element: Any, priority: Any) -> Any:
        return (priority or 0) + self.priority_increment

    def owns_control_element(self, control: Any) -> bool:
        return any(lent is control for lent in self._lent)

    def _grabbed(self) -> List[Any]:
        return []

    def _received(self, client: Any, *args: Any, **kwargs: Any) -> None:
        self._modifier_heard(None)
        super()._received(client, *args, **kwargs)

    def _modifier_heard(self, _value: Any) -> None:
        wrapped = self._wrapped_control
        if self.resource.owner is None:
            return
        is_on = self._combo_is_on()
        if is_on and not self.owns_control_element(wrapped):
            wrapped.resource.grab(self, priority=self._priority_for(wrapped))
        elif not is_on and self.owns_control_element(wrapped):
            wrapped.resource.release(self)


class MultiElement(CompoundElement):
    """Several controls that act as one control."""

    def __init__(self, *controls: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.register_control_elements(*controls)

    def on_nested_control_element_value(self, value: Any, control: Any) -> None:
        # The control is released when all of its parts are released.
        if value or not self.is_pressed():
            self.notify_value(value)

    def send_value(self, value: Any, *args: Any) -> None:
        for element in self.owned_control_elements():
            element.send_value(value, *args)

    def set_light(self, value: Any) -> None:
        for element in self.owned_control_elements():
            element.set_light(value)

    def is_pressed(self) -> bool:
        return any(_is_pressed(element) for element in self.owned_control_elements())

    def is_momentary(self) -> bool:
        return any(is_momentary(part) for part in self._parts)


class ToggleElement(WrapperElement):
    """An element that is one of two controls."""

    def __init__(self, on_control: Any = None, off_control: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(off_control, *args, **kwargs)
        self._on_control, self._off_control = on_control, off_control
        self._toggled = False

    def set_toggled(self, value: bool) -> None:
        if bool(value) == self._toggled:
            return
        if self._wrapped_control is not None:
            self.unregister_wrapped()
        self._toggled = bool(value)
        self._wrapped_control = self._on_control if value else self._off_control
        if self._wrapped_control is not None:
            self.register_wrapped()


class ChoosingElement(ToggleElement):
    """The first control while a flag's `value` is true, else the second."""

    def __init__(self, flag: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.register_slot(flag, self._flag_changed, "value")
        self._flag_changed(flag.value)

    def _flag_changed(self, value: Any) -> None:
        self.set_toggled(bool(value))


class OptionalElement(ChoosingElement):
    """A control that exists only while a flag's `value` equals the wanted value."""

    def __init__(
        self, control: Any = None, flag: Any = None, value: Any = None, *args: Any, **kwargs: Any
    ) -> None:
        self._wanted = value
        super().__init__(flag, control, None, *args, **kwargs)

    def _flag_changed(self, value: Any) -> None:
        self.set_toggled(value == self._wanted)


def _several(controls: Any) -> List[Any]:
    if controls is None:
        return []
    return list(controls) if isinstance(controls, (list, tuple, set)) else [controls]


def _is_pressed(control: Any) -> bool:
    pressed = getattr(control, "is_pressed", False)
    return bool(pressed() if callable(pressed) else pressed)
