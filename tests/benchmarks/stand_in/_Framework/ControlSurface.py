"""The base class of old Remote Scripts, as far as a script without controls uses it.

`schedule_message(n, f)` has the arithmetic of Live's own (decompiled): outside of a scheduled message n is
lowered by one; 0 runs on the next update, anything else after its delay and one update more. So 0 from a
socket's thread costs two updates of 100 ms.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class ControlSurface:
    def __init__(self, c_instance: Any) -> None:
        self._c_instance = c_instance
        self._waiting: list[list[Any]] = []
        self._running = False

    def song(self) -> Any:
        return self._c_instance.song()

    def application(self) -> Any:
        import Live

        return Live.Application.get_application()

    def log_message(self, *parts: Any) -> None:
        self._c_instance.log_message(*parts)

    def show_message(self, text: Any) -> None:
        self._c_instance.show_message(text)

    def schedule_message(
        self, delay_in_ticks: int, callback: Callable[..., Any], parameter: Any = None
    ) -> None:
        if not self._running:
            delay_in_ticks -= 1
        updates = 1 if delay_in_ticks == 0 else max(0, delay_in_ticks) + 2
        run = callback if parameter is None else lambda: callback(parameter)
        self._waiting.append([updates, run])

    def update_display(self) -> None:
        due = []
        for entry in list(self._waiting):
            entry[0] -= 1
            if entry[0] <= 0:
                self._waiting.remove(entry)
                due.append(entry[1])
        self._running = True
        try:
            for run in due:
                run()
        finally:
            self._running = False

    def disconnect(self) -> None:
        self._waiting = []
