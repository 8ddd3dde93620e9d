"""Elements made of elements: matrices, combinations with a modifier, several as one.

Who holds a compound holds what it is made of, with the same priority; what somebody else of a higher priority
holds is not there for the time being (None in a matrix), and its holder is told again.
"""

from __future__ import annotations

from typing import Any, Callable, Iterator, List, Tuple

from .elements import ControlElement
from .tools import nop

COMBO_PRIORITY = 0.5
"""What a combination adds to its layer's priority, so that it wins over the bare control of an equal layer."""


class CompoundElement(ControlElement):
    """Holds its parts while somebody holds it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._parts: List[Any] = []
        self._lent: List[Any] = []
        self._busy = False
        super().__init__(*args, **kwargs)

    def register_control_element(self, element: Any) -> Any:
        """Make an element a part."""
        if element not in self._parts:
            self._parts.append(element)
        return element

    def nested_control_elements(self) -> List[Any]:
        return list(self._parts)

    def owned_control_elements(self) -> List[Any]:
        return list(self._lent)

    def owns_control_element(self, element: Any) -> bool:
        """Whether it may be used: held by this, or this is held by nobody."""
        return self.resource.owner is None or element in self._lent

    def _received(self, client: Any, *args: Any, **kwargs: Any) -> None:
        self._busy = True
        for part in self._grabbed():
            part.resource.grab(self, priority=self.resource.max_priority)
        self._busy = False
        super()._received(client, *args, **kwargs)

    def _lost(self, client: Any) -> None:
        self._busy = True
        for part in self._parts:
            part.resource.release(self)
        self._busy = False
        super()._lost(client)

    def _grabbed(self) -> List[Any]:
        return self._parts

    def set_control_element(self, control_element: Any, grabbed: bool) -> None:
        """A part came or went."""
        if grabbed and control_element not in self._lent:
            self._lent.append(control_element)
        elif not grabbed and control_element in self._lent:
            self._lent.remove(control_element)
        self._part_changed(control_element, grabbed)
        if not self._busy:
            for owner in list(self.resource.owners):
                owner.set_control_element(self, True)

    def _part_changed(self, element: Any, grabbed: bool) -> None:
        """For a subclass."""

    def reset(self) -> None:
        for part in self._parts:
            if self.owns_control_element(part):
                part.reset()

    def reset_state(self) -> None:
        for part in self._parts:
            part.reset_state()


class ButtonMatrixElement(CompoundElement):
    """Rows of elements; `value` tells (value, column, row, is_momentary). `get_button` takes (column, row)."""

    def __init__(self, rows: Any = (), *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._rows: List[List[Any]] = []
        self._heard_slots: List[Any] = []
        for row in rows:
            self.add_row(row)

    def add_row(self, row: Any) -> None:
        self._rows.append(list(row))
        for button in self._rows[-1]:
            if button is not None:
                self.register_control_element(button)
        if self.value_listener_count():
            self._listen()

    # -- messages, while somebody listens ------------------------------------------------------------

    def add_value_listener(self, *args: Any, **kwargs: Any) -> None:
        super().add_value_listener(*args, **kwargs)  # type: ignore[misc]
        self._listen()

    def remove_value_listener(self, *args: Any, **kwargs: Any) -> None:
        super().remove_value_listener(*args, **kwargs)  # type: ignore[misc]
        self._listen()

    def _listen(self) -> None:
        for slot in self._heard_slots:
            self.disconnect_disconnectable(slot)
        self._heard_slots = []
        if self.value_listener_count():
            for row, buttons in enumerate(self._rows):
                for column, button in enumerate(buttons):
                    if button is not None:
                        heard = self._heard(button, column, row)
                        self._heard_slots.append(self.register_slot(button, heard, "value"))

    def _heard(self, button: Any, column: int, row: int) -> Callable[..., None]:
        def heard(value: Any) -> None:
            if self.owns_control_element(button):
                momentary = getattr(button, "is_momentary", None)
                self.notify_value(value, column, row, bool(momentary()) if callable(momentary) else True)

        return heard

    # -- its buttons ---------------------------------------------------------------------------------

    def _there(self, button: Any) -> Any:
        return button if button is not None and self.owns_control_element(button) else None

    @property
    def rows(self) -> List[List[Any]]:
        return [[self._there(button) for button in row] for row in self._rows]

    def get_button(self, *where: int) -> Any:
        column, row = where
        return self._there(self._rows[row][column])

    @property
    def submatrix(self) -> _Slices:
        """`matrix.submatrix[columns, rows]`, slices or numbers: a matrix of a part."""
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
    """As the later generations have it: `get_button(row, column)`."""

    def get_button(self, *where: int) -> Any:
        row, column = where
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
    """One element in another's place: passes on what is asked while it holds it, and what is heard."""

    def __init__(self, wrapped_control: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._wrapped = wrapped_control
        self._heard_slot = self.register_slot(None, self._heard, "value")
        if wrapped_control is not None:
            self.register_control_element(wrapped_control)

    @property
    def wrapped_control(self) -> Any:
        return self._wrapped

    def _part_changed(self, element: Any, grabbed: bool) -> None:
        self._update_hearing()

    def add_value_listener(self, *args: Any, **kwargs: Any) -> None:
        super().add_value_listener(*args, **kwargs)  # type: ignore[misc]
        self._update_hearing()

    def remove_value_listener(self, *args: Any, **kwargs: Any) -> None:
        super().remove_value_listener(*args, **kwargs)  # type: ignore[misc]
        self._update_hearing()

    def _update_hearing(self) -> None:
        heard = self.value_listener_count() and self.owns_control_element(self._wrapped)
        self._heard_slot.subject = self._wrapped if heard else None

    def _heard(self, *value: Any) -> None:
        self.notify_value(*value)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or self.__dict__.get("_wrapped") is None:
            raise AttributeError("%r has no attribute %r" % (type(self).__name__, name))
        if name in _PASSED_ON and not self.owns_control_element(self._wrapped):
            return nop
        return getattr(self._wrapped, name)


class ComboElement(WrapperElement):
    """A control while its modifiers are held: with it, their holder has the control from whoever has it bare."""

    def __init__(
        self, control: Any = None, modifier: Any = None, modifiers: Any = (), *args: Any, **kwargs: Any
    ) -> None:
        # `_Framework` names the first ones the other way round.
        kwargs.pop("wrapped_control", None)
        super().__init__(control, *args, **kwargs)
        self._modifiers = [each for each in (modifier, *modifiers) if each is not None]
        self._modifier_slots = [
            self.register_slot(each, self._modifier_heard, "value") for each in self._modifiers
        ]

    def _all_held(self) -> bool:
        return all(
            (each.is_pressed() if callable(each.is_pressed) else each.is_pressed) for each in self._modifiers
        )

    def owns_control_element(self, element: Any) -> bool:
        return element in self._lent

    def _grabbed(self) -> List[Any]:
        return []

    def _received(self, client: Any, *args: Any, **kwargs: Any) -> None:
        self._modifier_heard(None)
        super()._received(client, *args, **kwargs)

    def _modifier_heard(self, _value: Any) -> None:
        if self.resource.owner is None:
            return
        held = self._all_held()
        if held and self._wrapped not in self._lent:
            self._wrapped.resource.grab(self, priority=(self.resource.max_priority or 0) + COMBO_PRIORITY)
        elif not held and self._wrapped in self._lent:
            self._wrapped.resource.release(self)


class MultiElement(CompoundElement):
    """Several controls as one."""

    def __init__(self, *controls: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for each in controls:
            self.register_control_element(each)
            self.register_slot(each, self._heard, "value")

    def _heard(self, *value: Any) -> None:
        self.notify_value(*value)

    def send_value(self, value: Any, *args: Any) -> None:
        for each in self._parts:
            if self.owns_control_element(each):
                each.send_value(value, *args)

    def set_light(self, value: Any) -> None:
        for each in self._parts:
            if self.owns_control_element(each):
                each.set_light(value)

    def is_pressed(self) -> bool:
        return any(each.is_pressed() for each in self._parts)

    def is_momentary(self) -> bool:
        return any(each.is_momentary() for each in self._parts)


class ToggleElement(WrapperElement):
    """One of two controls."""

    def __init__(self, on_control: Any = None, off_control: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(off_control, *args, **kwargs)
        self._on_control, self._off_control = on_control, off_control
        self._toggled = False

    def set_toggled(self, value: bool) -> None:
        if bool(value) == self._toggled:
            return
        owners = list(self.resource.owners)
        self._heard_slot.subject = None
        if self._wrapped is not None:
            self._wrapped.resource.release(self)
        self._toggled = bool(value)
        self._wrapped = self._on_control if value else self._off_control
        self._parts = [] if self._wrapped is None else [self._wrapped]
        if owners and self._wrapped is not None:
            self._wrapped.resource.grab(self, priority=self.resource.max_priority)


class OptionalElement(ToggleElement):
    """A control that is there while a setting's `value` is the one that is wanted."""

    def __init__(
        self, control: Any = None, setting: Any = None, value: Any = None, *args: Any, **kwargs: Any
    ) -> None:
        self._setting, self._wanted = setting, value
        super().__init__(control, None, *args, **kwargs)
        self.register_slot(setting, lambda value: self.set_toggled(value == self._wanted), "value")
        self.set_toggled(setting.value == value)
