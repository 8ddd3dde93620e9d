"""The textual application of `setmirror top`: keys, sizes, and the times of drawing.

The mirror runs on textual's own loop (asyncio). A change is drawn at once, but at most every 50 ms; the panes are not
drawn while paused or without changes. q, Ctrl-C and SIGTERM end the application and restore the terminal.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import ClassVar

from rich.text import Text
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.events import Resize
from textual.widgets import Footer, Input, Static

from mirror import Mirror

from . import panes
from .following import Following

LEAST_S = 0.05
"""The least seconds between two drawings."""
INTERRUPTED = 130

Open = Callable[[], AbstractAsyncContextManager[Mirror]]


class Top(App[int]):
    """The application; the module's first lines describe it."""

    TITLE = "setmirror top"
    ENABLE_COMMAND_PALETTE = False
    AUTO_FOCUS = ""
    CSS = """
    #head { height: 1; }
    #grid { margin-top: 1; }
    #log { height: 1fr; border-top: solid $primary; }
    #bridge { height: 1; }
    #filter { display: none; height: 1; border: none; padding: 0; }
    #filter.open { display: block; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q", "quit", "Quit"),
        Binding("ctrl+c", "interrupt", "Quit", show=False, priority=True),
        Binding("p,space", "pause", "Pause"),
        Binding("slash", "filter", "Filter", key_display="/"),
        Binding("escape", "clear", "Clear", show=False),
        Binding("left", "shift(-1, 0)", "Tracks", key_display="←→"),
        Binding("right", "shift(1, 0)", "Tracks", show=False),
        Binding("up", "shift(0, -1)", "Scenes", key_display="↑↓"),
        Binding("down", "shift(0, 1)", "Scenes", show=False),
        Binding("pageup", "scroll(1)", "Log", key_display="PgUp/PgDn"),
        Binding("pagedown", "scroll(-1)", "Log", show=False),
    ]

    def __init__(self, open_it: Open) -> None:
        super().__init__()
        self._open = open_it
        self._following: Following | None = None
        self._due = asyncio.Event()
        self._origin = [0, 0]
        self._back = 0
        self._entries_at_pause = 0

    @property
    def paused(self) -> bool:
        """True while the screen is paused."""
        return self._following is not None and self._following.paused

    def compose(self) -> ComposeResult:
        """The panes from top to bottom."""
        for name in ("head", "grid", "log", "bridge"):
            yield Static(Text("connecting to Live" if name == "head" else ""), id=name)
        words = "words that a line of the log must have"
        yield Input(placeholder=words, id="filter", compact=True, disabled=True)
        yield Footer()

    def on_mount(self) -> None:
        """Start following the mirror and Live; signals end the application as keys do."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            try:
                loop.add_signal_handler(number, self.exit, INTERRUPTED)
            except (NotImplementedError, RuntimeError, ValueError):
                # Signals cannot be handled on Windows or outside the main thread.
                pass
        self.run_worker(self._follow())

    async def _follow(self) -> None:
        async with self._open() as mirror:
            self._following = Following(mirror, self._due.set)
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._following.run())
                tasks.create_task(self._draw_when_due())

    async def _draw_when_due(self) -> None:
        while True:
            await self._due.wait()
            self._due.clear()
            self.draw()
            await asyncio.sleep(LEAST_S)

    def draw(self) -> None:
        """Draw all panes; only the first line while paused."""
        following = self._following
        if following is None:
            return
        mirror, width = following.mirror, self.size.width
        waiting = max(0, following.story.turn - self._entries_at_pause) if self.paused else 0
        self._show("head", panes.head(mirror, width, self.paused, waiting))
        if self.paused:
            return
        scenes = len(mirror.children("song", "scenes")) if mirror.epoch else 0
        grid, tall = self.query_one("#grid", Static), min(scenes + panes.HEADS + 1, self.size.height // 2 + 1)
        grid.styles.height = tall
        tracks, _ = panes.columns(mirror, width, self._origin[0])
        following.tracks = [track.id for track in tracks]
        origin = self._origin[0], self._origin[1]
        self._show("grid", panes.grid(mirror, following.meters, width, tall, origin))
        self._draw_log(following)
        self._show("bridge", panes.bridge(mirror, following.status, width))

    def _draw_log(self, following: Following) -> None:
        pane, words = self.query_one("#log", Static).size, self.query_one("#filter", Input).value
        entries = following.story.since(0)
        text, lines = panes.log(entries, words, pane.width, pane.height, self._back)
        self._back = min(self._back, max(0, lines - pane.height))
        self._show("log", text)

    def _show(self, name: str, text: Text) -> None:
        self.query_one(f"#{name}", Static).update(text)

    # -- actions of the person -------------------------------------------------------------------------

    def on_resize(self, _: Resize) -> None:
        """Draw again after the layout, when the panes have their new sizes."""
        self.call_after_refresh(self.draw)

    async def action_quit(self) -> None:
        """End the application."""
        self.exit(0)

    def action_interrupt(self) -> None:
        """End with the exit code of Ctrl-C."""
        self.exit(INTERRUPTED)

    def action_pause(self) -> None:
        """Pause or resume."""
        if self._following is not None:
            self._following.paused = not self._following.paused
            self._entries_at_pause = self._following.story.turn
            self.draw()

    def action_filter(self) -> None:
        """Open the input for words that lines of the log must have."""
        box = self.query_one("#filter", Input)
        box.disabled = False
        box.add_class("open")
        box.focus()

    def action_clear(self) -> None:
        """Show all lines of the log again."""
        box = self.query_one("#filter", Input)
        box.value = ""
        box.remove_class("open")
        box.disabled = True
        self.set_focus(None)
        self._back = 0

    def on_input_changed(self, _: Input.Changed) -> None:
        """Apply the filter while the person types, also while paused."""
        self._back = 0
        if self._following is not None:
            self._draw_log(self._following)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Return the keys to the screen; an empty filter is removed."""
        self.set_focus(None)
        if not event.value.strip():
            self.action_clear()

    def action_shift(self, tracks: int, scenes: int) -> None:
        """Move the visible part of the Session."""
        if self._following is None or not self._following.mirror.epoch:
            return
        mirror = self._following.mirror
        most = len(mirror.children("song", "tracks")), len(mirror.children("song", "scenes"))
        for n, step in enumerate((tracks, scenes)):
            self._origin[n] = max(0, min(self._origin[n] + step, most[n] - 1))
        self.draw()

    def action_scroll(self, pages: int) -> None:
        """Move the visible part of the log towards older lines."""
        self._back = max(0, self._back + pages * max(1, self.query_one("#log", Static).size.height - 1))
        if self._following is not None:
            self._draw_log(self._following)
