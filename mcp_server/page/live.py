"""The data that all visitors of the page share: the story, questions, the switch, clients, the transport.

Tasks read the mirror and the bridge and increase `turns`; visitors compare `turns` with the data that they have sent. A
page moves its playhead itself, from the tempo. Only values that the mirror does not have are read from Live, and only
while a page shows them:

* the arrangement: the song's position once a second, since Live does not notify jumps
* notes: the position of the visible clip, while it plays, once a second
* the mixer: the meters of the visible strips, while the song plays, ten times a second
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Sequence
from typing import Any, Protocol

import trio

from mirror import Event, Mirror, errors

from .. import readiness
from ..pictures.sampled import levels
from . import playheads
from .digest import Digest
from .parts import CONCERNS
from .story import Story

log = logging.getLogger("setmirror.page")

STATUS_S, CLIENTS_S, BEAT_S, SOON_S, METER_S, HERE_S = 0.3, 2.0, 1.0, 0.2, 0.1, 2.0
REFUSED_S = 1.0
"""Seconds until the bridge is asked again, after it refused."""


class Visitor(Protocol):
    """One open page."""

    @property
    def looks_at(self) -> str:
        """The visible view; "" while the page is hidden."""

    @property
    def clip(self) -> int | None:
        """The clip in the page's piano roll."""

    @property
    def strips(self) -> set[int]:
        """The numbers of the mixer's visible strips."""

    def wake(self) -> None: ...


class Live:
    """The shared data; `run` keeps it up to date. The module's first lines describe it."""

    def __init__(self, mirror: Mirror, digest: Digest) -> None:
        self.mirror = mirror
        self.digest = digest
        self.story = Story(mirror)
        self.turns: Counter[str] = Counter()
        """View, or "beat" → the number of its changes."""
        self.status: dict[str, Any] = {}
        self.questions: list[dict[str, Any]] = []
        self.read_only: bool | None = None
        self.clients: list[dict[str, Any]] = []
        self.meters: dict[str, tuple[float, float]] = {}
        self.positions: dict[int, tuple[float, float]] = {}
        """For playing clips that a page shows: the position in beats, and the time at which it was read."""
        self.visitors: set[Visitor] = set()
        self._transport = trio.Event()
        self._visited = trio.Event()
        self._came_or_went = trio.Event()

    async def run(self) -> None:
        """Follow the mirror and Live until cancelled."""
        async with trio.open_nursery() as nursery:
            for task in (self._follow_set, self._follow_policy):
                nursery.start_soon(task)
            nursery.start_soon(self.story.follow, self._logged)
            for look, pause in (
                (self._status, STATUS_S),
                (self._list, CLIENTS_S),
                (self._meter, METER_S),
                (self._here, HERE_S),
            ):
                nursery.start_soon(self._again, look, pause)
            nursery.start_soon(self.digest.run)
            nursery.start_soon(self._beats)

    def visit(self, visitor: Visitor) -> None:
        """Add an opened page."""
        self.visitors.add(visitor)
        self._visited.set()
        self._came_or_went.set()
        self.digest.opened()
        self.moved()

    def leave(self, visitor: Visitor) -> None:
        """Remove a closed page."""
        self.visitors.discard(visitor)
        self._came_or_went.set()
        if not self.visitors:
            self._visited = trio.Event()

    def moved(self) -> None:
        """Note that a page shows another view or clip."""
        self._transport.set()

    def wake(self) -> None:
        """Let all pages compare."""
        for visitor in list(self.visitors):
            visitor.wake()

    # -- from the mirror ---------------------------------------------------------------------------

    async def _follow_set(self) -> None:
        while True:
            try:
                async with self.mirror.subscribe(["**"], "page") as stream:
                    self._touch(None)
                    async for notice in stream:
                        self._touch(None if notice.resynced else notice.refs)
                return
            except errors.Busy as problem:
                log.info("the page reads everything again: %s", problem)

    def _touch(self, refs: tuple[str, ...] | None) -> None:
        """Mark the views that show one of these refs for comparison; None means all views."""
        for view, concerns in CONCERNS.items():
            if refs is None or any(concerns.fullmatch(ref) for ref in refs):
                self.turns[view] += 1
        if refs is None or "song" in refs or any("clip" in ref for ref in refs):
            self._transport.set()
        self.wake()

    def _logged(self, events: Sequence[Event]) -> None:
        if any(event.name == "automation_state" for event in events):
            # Of parameters, the arrangement shows only which ones are automated.
            self.turns["arrangement"] += 1
        self.wake()

    async def _again(self, look: Any, pause_s: float) -> None:
        """Call `look` repeatedly, with pauses, while there are visitors."""
        while True:
            await self._visited.wait()
            try:
                await look()
            except errors.MirrorError:
                # There is no link, which the status shows.
                pass
            await trio.sleep(pause_s)

    async def _status(self) -> None:
        await trio.lowlevel.checkpoint()
        notice = self.mirror.status()
        status = {
            "synced": notice.synced,
            "state": notice.state,
            "set": notice.set_name,
            "live": notice.live_version,
            "headless": self.mirror.is_headless,
            "revision": notice.revision,
            "objects": notice.objects,
            "problem": readiness.problem(self.mirror),
        }
        if status != self.status:
            self.status = status
            self.wake()

    async def _here(self) -> None:
        if any(visitor.looks_at for visitor in self.visitors) and await self.digest.here():
            self.wake()

    # -- from the bridge ---------------------------------------------------------------------------

    async def _follow_policy(self) -> None:
        seen: tuple[int, int] | None = None
        attends: int | None = None
        while True:
            notice = await self.mirror.wait_notice_for_persons()
            there = bool(self.visitors)
            if notice == seen and there == (attends == notice[0]):
                await self._policy_moves(seen)
                continue
            try:
                # Without an open page nobody can answer a question; the bridge then refuses it at once.
                if there != (attends == notice[0]):
                    await self.mirror.ask("question.follow", {"on": there})
                    attends = notice[0] if there else None
                state = await self.mirror.ask("policy.state", {})
            except errors.MirrorError as problem:
                log.info("the bridge does not send its questions: %s", problem)
                await trio.sleep(REFUSED_S)
                continue
            seen = notice
            now = trio.current_time()
            self.questions = [
                {**question, "until": now + float(question["left_s"])} for question in state["questions"]
            ]
            self.read_only = state["read_only"]
            self.wake()

    async def _policy_moves(self, seen: tuple[int, int]) -> None:
        """Wait for a notice, another link, a first page or the end of the last one."""
        async with trio.open_nursery() as nursery:

            async def notice() -> None:
                await self.mirror.wait_notice_for_persons(seen)
                nursery.cancel_scope.cancel()

            nursery.start_soon(notice)
            await self._came_or_went.wait()
            nursery.cancel_scope.cancel()
        self._came_or_went = trio.Event()

    async def _list(self) -> None:
        if not any(visitor.looks_at for visitor in self.visitors):
            await trio.lowlevel.checkpoint()
            return
        clients = (await self.mirror.ask("client.list", {}))["clients"]
        if clients != self.clients:
            self.clients = clients
            self.wake()

    # -- playing positions -------------------------------------------------------------------------

    async def _beats(self) -> None:
        soon = False
        while True:
            self._transport = trio.Event()
            if seen := {visitor.looks_at for visitor in self.visitors} & {"arrangement", "notes"}:
                if "arrangement" in seen:
                    self.mirror.song_position()
                await self._read_positions()
                self.turns["beat"] += 1
                self.wake()
            # After a change of the transport the mirror reads a new sample.
            with trio.move_on_after(SOON_S if soon else BEAT_S) as pause:
                await self._transport.wait()
            soon = not pause.cancelled_caught

    async def _read_positions(self) -> None:
        nodes = self.mirror.store.nodes
        clips = {visitor.clip for visitor in self.visitors if visitor.looks_at == "notes"}
        playing = [
            id_ for id_ in clips if id_ is not None and id_ in nodes and nodes[id_].props.get("is_playing")
        ]
        self.positions = {id_: position for id_, position in self.positions.items() if id_ in playing}
        if playing:
            try:
                values = await self.mirror.read_now([(id_, "playing_position") for id_ in playing])
            except errors.MirrorError:
                return
            now = trio.current_time()
            for id_, value in zip(playing, values, strict=True):
                if isinstance(value, int | float):
                    self.positions[id_] = float(value), now

    def transport(self) -> dict[str, Any] | None:
        """The song's position and tempo; None before the first sample."""
        return playheads.transport(self.mirror)

    def clip_position(self, clip: int | None) -> dict[str, Any] | None:
        """The position of a playing clip; None for other clips."""
        position = self.positions.get(clip or 0)
        if position is None or clip not in self.mirror.store.nodes:
            return None
        return playheads.clip_position(self.mirror, clip, position[0], trio.current_time() - position[1])

    async def _meter(self) -> None:
        strips = {n for visitor in self.visitors if visitor.looks_at == "mixer" for n in visitor.strips}
        await trio.lowlevel.checkpoint()
        meters = await levels(self.mirror, strips) if strips else {}
        if meters != self.meters:
            self.meters = meters
            self.wake()
