"""A component that accepts controls under any name and switches their lights off."""

from __future__ import annotations

from functools import partial
from typing import Any, Dict

from .component import ComponentCore


class BackgroundCore(ComponentCore):
    """A component with the lowest priority, so it gets the controls that no other component has."""

    def __init__(self, *args: Any, add_nop_listeners: bool = False, **kwargs: Any) -> None:
        self._held_controls: Dict[str, Any] = {}
        self._nop_listeners = bool(add_nop_listeners)
        super().__init__(*args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("set_"):
            return partial(self._clear_control, name[len("set_") :])
        raise AttributeError("%r has no attribute %r" % (type(self).__name__, name))

    def _clear_control(self, name: str, control: Any) -> None:
        before = self._held_controls.get(name)
        if before is not None and self._nop_listeners and before.value_has_listener(_nothing):
            before.remove_value_listener(_nothing)
        self._held_controls[name] = control
        if control is not None:
            control.reset()
            if self._nop_listeners:
                control.add_value_listener(_nothing)

    def update(self) -> None:
        super().update()
        if self.is_enabled():
            for control in self._held_controls.values():
                if control is not None:
                    control.reset()


def _nothing(*_value: Any) -> None:
    """Ignore a value; this listener prevents that the control's messages reach a track."""
