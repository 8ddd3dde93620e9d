"""The data of `setmirror top` besides the mirror: the log as a story, meters, the bridge's clients and write queue.

Runs under asyncio, as textual does, and under trio. Two values are read from Live, and only while the screen is not
paused: the bridge's status once a second, and the meters of the visible tracks ten times a second while the song plays.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import anyio

from mirror import Mirror, errors

from ..page.story import Story
from ..pictures.sampled import METERS, meters_of

STATUS_S, METER_S, LINK_S = 1.0, 0.1, 0.25


class Following:
    """Calls `changed` when the screen may need another drawing; `run` follows the mirror and Live."""

    def __init__(self, mirror: Mirror, changed: Callable[[], None]) -> None:
        self.mirror = mirror
        self.story = Story(mirror)
        self.status: dict[str, Any] = {}
        """The bridge's status; see `bridge.status` in `mirror/PROTOCOL.md`."""
        self.meters: dict[str, float] = {}
        """Ref of a track → its level, 0 to 1, the higher one of both channels."""
        self.tracks: Sequence[int] = ()
        """The ids of the visible tracks."""
        self.paused = False
        self._changed = changed
        self._state: tuple[Any, ...] = ()

    async def run(self) -> None:
        """Follow the mirror and Live until cancelled."""
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._follow_set)
            tasks.start_soon(self.story.follow, lambda _: self._changed())
            for look, pause_s in ((self._ask, STATUS_S), (self._meter, METER_S), (self._link, LINK_S)):
                tasks.start_soon(self._repeat, look, pause_s)

    async def _follow_set(self) -> None:
        while True:
            try:
                async with self.mirror.subscribe(["**"], "top") as stream:
                    async for _ in stream:
                        self._changed()
                return
            except errors.Busy:
                # Too many changes at once; the drawing reads the mirror anyway.
                self._changed()

    async def _repeat(self, look: Callable[[], Any], pause_s: float) -> None:
        while True:
            if not self.paused:
                try:
                    await look()
                except errors.MirrorError:
                    # There is no link, which the screen's first line shows.
                    pass
            await anyio.sleep(pause_s)

    async def _ask(self) -> None:
        status = await self.mirror.script_status()
        if status != self.status:
            self.status = status
            self._changed()

    async def _meter(self) -> None:
        mirror = self.mirror
        levels: dict[str, float] = {}
        if mirror.synced and mirror.resolve("song").props.get("is_playing"):
            items = meters_of([mirror.node(id_) for id_ in self.tracks if id_ in mirror.store.nodes])
            values = await mirror.read_now([(node.id, name) for node, name in items])
            numbers = [float(value) if isinstance(value, int | float) else 0.0 for value in values]
            for n in range(0, len(items), len(METERS)):
                node = items[n][0]
                if node.id in mirror.store.nodes:
                    levels[mirror.ref(node.id)] = max(numbers[n : n + len(METERS)])
        if levels != self.meters:
            self.meters = levels
            self._changed()

    async def _link(self) -> None:
        """Report changes of the link's state and of the song's position, which have no events."""
        await anyio.lowlevel.checkpoint()
        status = self.mirror.status()
        playing = status.epoch and self.mirror.resolve("song").props.get("is_playing")
        state = status.state, status.synced, status.progress, status.last_problem
        if state != self._state or playing:
            self._state = state
            self._changed()
