"""Scrolling a window over positions, by one and by pages, for example the first generation's ruler of a Push."""

from __future__ import annotations

from typing import Any, List

from .events import EventObject
from .places import PlacedComponent, takes
from .scrolling import Scrollable
from .tools import clamp


class Slideable(EventObject):
    """An object with positions to slide over: `position`, `position_count`, `page_length` and `page_offset`."""

    __events__ = ("page_offset", "page_length", "position", "position_count", "contents")

    def contents_range(self, pmin: float, pmax: float) -> List[int]:
        """The positions from `pmin` to before `pmax`."""
        return list(range(max(int(pmin), 0), min(int(pmax), self.position_count)))

    def contents(self, position: int) -> bool:
        """True if a position has contents."""
        return False

    @property
    def position_count(self) -> int:
        raise NotImplementedError("position_count")

    @property
    def position(self) -> int:
        raise NotImplementedError("position")

    @property
    def page_offset(self) -> int:
        raise NotImplementedError("page_offset")

    @property
    def page_length(self) -> int:
        raise NotImplementedError("page_length")


@takes("scroll_up_button", "scroll_down_button", "scroll_page_up_button", "scroll_page_down_button")
class SlideCore(PlacedComponent, Scrollable):
    """Buttons that move a slideable (None: the component itself); up moves to higher positions."""

    def __init__(self, slideable: Any = None, *args: Any, **kwargs: Any) -> None:
        self._slideable: Any = self if slideable is None else slideable
        super().__init__(*args, **kwargs)
        self.register_slot(self._slideable, self._position_changed, "position")

    def _position_changed(self, *_event_args: Any) -> None:
        for name in SlideCore.PLACES:
            self._show(name)

    def can_scroll_page_up(self) -> bool:
        model = self._slideable
        return bool(model.position < model.position_count - model.page_length)

    def can_scroll_page_down(self) -> bool:
        return bool(self._slideable.position > 0)

    def can_scroll_up(self) -> bool:
        return self.can_scroll_page_up()

    def can_scroll_down(self) -> bool:
        return self.can_scroll_page_down()

    def scroll_up(self) -> None:
        self._scroll_position(1)

    def scroll_down(self) -> None:
        self._scroll_position(-1)

    def scroll_page_up(self) -> None:
        model = self._slideable
        self._scroll_position(model.page_length - self._remainder())

    def scroll_page_down(self) -> None:
        self._scroll_position(-(self._remainder() or self._slideable.page_length))

    def _remainder(self) -> int:
        model = self._slideable
        return int((model.position - model.page_offset) % model.page_length)

    def _scroll_position(self, delta: int) -> None:
        if self.is_enabled():
            model = self._slideable
            model.position = clamp(model.position + delta, 0, model.position_count - model.page_length)


def _make_scroll(direction: str) -> None:
    place = "scroll_%s_button" % direction

    def value(self: Any, value: int) -> None:
        def step() -> None:
            if getattr(self, "can_scroll_" + direction)():
                getattr(self, "scroll_" + direction)()

        self._scroll(place, value, step)

    def show(self: Any) -> None:
        self._light(place, getattr(self, "can_scroll_" + direction)())

    setattr(SlideCore, "_scroll_%s_value" % direction, value)
    setattr(SlideCore, "_show_scroll_" + direction, show)


for _direction in ("up", "down", "page_up", "page_down"):
    _make_scroll(_direction)
