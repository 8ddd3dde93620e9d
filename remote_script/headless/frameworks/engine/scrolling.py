"""Scrolling: an object that can scroll up and down, and two buttons for it."""

from __future__ import annotations

from typing import Any, Optional

from .dependency import depends
from .events import EventObject
from .places import PlacedComponent, takes


class Scrollable:
    """Base of objects that can be scrolled."""

    scroll_by = 0

    def can_scroll_up(self) -> bool:
        return False

    def can_scroll_down(self) -> bool:
        return False

    def scroll_up(self) -> None:
        """Scroll one step up."""

    def scroll_down(self) -> None:
        """Scroll one step down."""


class _Scroller(EventObject, Scrollable):
    """Selects the previous or next item in one of Live's lists; event `scrolled`."""

    __events__ = ("scrolled",)

    @depends(song=None)
    def __init__(self, song: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__()
        # `song` is a method in the first generation.
        self._song = song() if callable(song) else song

    def _items(self) -> Any:
        raise NotImplementedError("_items")

    _attribute = ""

    def _at(self, by: int) -> Optional[Any]:
        items = self._items()
        at = items.index(getattr(self._song.view, self._attribute)) + by
        return items[at] if 0 <= at < len(items) else None

    def _go(self, by: int) -> None:
        item = self._at(by)
        if item is not None:
            setattr(self._song.view, self._attribute, item)
            self.notify_scrolled()

    def can_scroll_up(self) -> bool:
        return self._at(-1) is not None

    def can_scroll_down(self) -> bool:
        return self._at(1) is not None

    def scroll_up(self) -> None:
        self._go(-1)

    def scroll_down(self) -> None:
        self._go(1)


class BasicTrackScroller(_Scroller):
    """Scrolls the tracks: visible ones, returns, main."""

    _attribute = "selected_track"

    def _items(self) -> Any:
        song = self._song
        return (*song.visible_tracks, *song.return_tracks, song.master_track)


class BasicSceneScroller(_Scroller):
    """Scrolls the scenes."""

    _attribute = "selected_scene"

    def _items(self) -> Any:
        return tuple(self._song.scenes)


class TrackScroller(BasicTrackScroller):
    """Scrolls the tracks, in Live's session view."""


class SceneScroller(BasicSceneScroller):
    """Scrolls the scenes, in Live's session view."""


SceneListScroller = SceneScroller


def next_item(seq: Any, item: Any, delta: int) -> Any:
    """The item at distance `delta` from an item."""
    return seq[list(seq).index(item) + delta]


def has_next_item(seq: Any, item: Any, delta: int) -> bool:
    """True if there is an item at distance `delta`."""
    items = list(seq)
    return item in items and 0 <= items.index(item) + delta < len(items)


@takes("scroll_up_button", "scroll_down_button", "scroll_encoder:encoder")
class ScrollCore(PlacedComponent, Scrollable):
    """Scrolls `scrollable`, or itself if a subclass implements scrolling. Events: `scroll`."""

    __events__ = ("scroll",)

    def __init__(self, scrollable: Any = None, *args: Any, **kwargs: Any) -> None:
        self._scrollable = self if scrollable is None else scrollable
        super().__init__(*args, **kwargs)

    @property
    def scrollable(self) -> Any:
        return self._scrollable

    @scrollable.setter
    def scrollable(self, scrollable: Any) -> None:
        self._scrollable = scrollable
        self.update()

    def _step(self, down: bool) -> None:
        scrollable = self._scrollable
        if scrollable.can_scroll_down() if down else scrollable.can_scroll_up():
            (self._do_scroll_down if down else self._do_scroll_up)()
            self.notify_scroll()
            self._update_scroll_buttons()

    def _do_scroll_up(self) -> None:
        self._scrollable.scroll_up()

    def _do_scroll_down(self) -> None:
        self._scrollable.scroll_down()

    def _update_scroll_buttons(self) -> None:
        self._show("scroll_up_button")
        self._show("scroll_down_button")

    def _scroll_up_value(self, value: int) -> None:
        self._scroll("scroll_up_button", value, lambda: self._step(False))

    def _scroll_down_value(self, value: int) -> None:
        self._scroll("scroll_down_button", value, lambda: self._step(True))

    def _scroll_encoder_value(self, value: int) -> None:
        steps = self._placed["scroll_encoder"].relative_value_to_delta(value)
        for _ in range(abs(int(steps))):
            self._step(steps > 0)

    def _show_scroll_up(self) -> None:
        self._light("scroll_up_button", bool(self._scrollable.can_scroll_up()))

    def _show_scroll_down(self) -> None:
        self._light("scroll_down_button", bool(self._scrollable.can_scroll_down()))
