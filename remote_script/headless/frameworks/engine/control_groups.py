"""Controls in rows and grids: `pads = control_matrix(ButtonControl, dimensions=(4, 4))`.

Each item has its place: `index`, and `coordinate` (row, column).
"""

from __future__ import annotations

from typing import Any, Iterator, List, Optional, Tuple

from .connected import Connectable
from .controls import Control, RadioButtonControl, State, control_event


class GroupState(State):
    """A row or grid of states; behaves like a list of them."""

    def __init__(
        self,
        control: Any = None,
        component: Any = None,
        control_count: Optional[int] = None,
        dimensions: Optional[Tuple[int, int]] = None,
        **kwargs: Any,
    ) -> None:
        self._items: List[Any] = []
        self._dynamic = control_count is None and dimensions is None
        self._shape = dimensions or (1, control_count or 0)
        super().__init__(control, component)
        self._make()

    # -- items ---------------------------------------------------------------------------------------

    def _make(self) -> None:
        rows, columns = self._shape
        while len(self._items) > rows * columns:
            gone = self._items.pop()
            gone.set_control_element(None)
            gone.disconnect()
        while len(self._items) < rows * columns:
            item = self._control.make_item(self._component)
            self._items.append(item)
        for index, item in enumerate(self._items):
            item.index = index
            item.coordinate = divmod(index, columns)
        self._give()

    @property
    def control_count(self) -> int:
        return len(self._items)

    @control_count.setter
    def control_count(self, count: int) -> None:
        self._dynamic = False
        self._shape = (1, count)
        self._make()

    @property
    def dimensions(self) -> Tuple[int, int]:
        """(number of rows, number of columns)."""
        return self._shape

    @dimensions.setter
    def dimensions(self, dimensions: Tuple[int, int]) -> None:
        self._dynamic = False
        self._shape = (int(dimensions[0]), int(dimensions[1]))
        self._make()

    @property
    def height(self) -> int:
        return self._shape[0]

    @property
    def width(self) -> int:
        return self._shape[1]

    def get_element(self, *where: int) -> Any:
        """The element at an index, or at (row, column)."""
        return self._items[where[0] if len(where) == 1 else where[0] * self._shape[1] + where[1]]

    def __getitem__(self, index: Any) -> Any:
        return self._items[index]

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._items)

    # -- elements ------------------------------------------------------------------------------------

    def set_control_element(self, control_element: Any) -> None:
        """Set the elements from a matrix or a list."""
        self._element = control_element
        if self._dynamic and control_element is not None:
            height = getattr(control_element, "height", None)
            rows = height() if callable(height) else 1
            self._shape = (rows, len(control_element) // max(1, rows))
            self._make()
        else:
            self._give()

    def _give(self) -> None:
        elements = [] if self._element is None else list(self._element)
        for index, item in enumerate(self._items):
            item.set_control_element(elements[index] if index < len(elements) else None)

    @property
    def enabled(self) -> bool:
        return self._enabled

    @enabled.setter
    def enabled(self, enabled: bool) -> None:
        self._enabled = bool(enabled)
        for item in self._items:
            item.enabled = enabled

    def update(self) -> None:
        for item in self._items:
            item.update()


class ControlList(Control):
    """A group of controls of one kind; events are those of the kind, with the item as last argument."""

    State: Any = GroupState

    def __init__(self, control_type: Any = None, *args: Any, **kwargs: Any) -> None:
        shape = {key: kwargs.pop(key) for key in ("control_count", "dimensions") if key in kwargs}
        kwargs.pop("unavailable_color", None)
        super().__init__(**shape)
        self._nested = control_type(*args, **kwargs)
        # One table: handlers that are declared on the group also belong to its items.
        self.handlers = self._nested.handlers

    def copy(self) -> Any:
        made = super().copy()
        made._nested = self._nested.copy()
        made._nested.handlers = made.handlers
        return made

    def make_item(self, component: Any) -> Any:
        return self._nested.make(component)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        event = getattr(type(self._nested), name, None)
        if not isinstance(event, type(control_event(""))):
            raise AttributeError("%r has no event %r" % (type(self._nested).__name__, name))
        return event.__get__(self)


def control_list(control_type: Any, *args: Any, **kwargs: Any) -> ControlList:
    """A row of `control_count` controls; without a count as many as the element has."""
    return ControlList(control_type, *args, **kwargs)


def control_matrix(control_type: Any, *args: Any, **kwargs: Any) -> ControlList:
    """A grid of controls with `dimensions` (rows, columns), by default the element's dimensions."""
    return ControlList(control_type, *args, **kwargs)


MatrixControl = ControlList


class _RadioGroupState(GroupState, Connectable):
    requires_listenable_connected_property = True

    @property
    def checked_index(self) -> int:
        """Index of the checked button; -1 without one."""
        return next((index for index, state in enumerate(self._items) if state.is_checked), -1)

    @checked_index.setter
    def checked_index(self, index: int) -> None:
        for at, item in enumerate(self._items):
            item.is_checked = at == index

    def _make(self) -> None:
        super()._make()
        for item in self._items:
            item.group = self

    def on_connected_property_changed(self, value: Any) -> None:
        self.checked_index = value


class RadioButtonGroup(ControlList):
    """A group of buttons with one checked button: `checked` is this button, `checked_index` its index."""

    State: Any = _RadioGroupState

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(RadioButtonControl, *args, **kwargs)


__all__ = [
    "ControlList",
    "MatrixControl",
    "RadioButtonGroup",
    "control_event",
    "control_list",
    "control_matrix",
]
