"""The mirror: reads from memory, writes through the queue, notices, and its own state of health.

`open_mirror` starts the tasks and stops them; between two awaits a reader sees exactly one revision. Reads
work in every state of the link: `stamp` says whether they equal Live.
"""

from __future__ import annotations

import logging
import math
import os
import random
import time
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import anyio

from . import errors, gauges, live_set, wire
from .attention import Attention
from .events import EventLog
from .identity import Resolve
from .link import Connect, Link, Recorder, tcp
from .model import Operation, Stamp, Status, WriteResult
from .queries import Target
from .reading import Reader
from .request import WriteRequest
from .sampler import GaugeStream, Sampler
from .stats import Latencies
from .store import Applied, Store
from .subscriptions import Hub, Stream
from .sync import Apply, Collect, Effect, Replace, State, Sync
from .token import AGENT, load_token, local_port, process_identity
from .typed_events import Events
from .writes import Progressed, Writes

log = logging.getLogger("setmirror.mirror")

NO_LINK = "start Live with SetMirror as control surface, or `setmirror live`; `setmirror doctor` lists what is wrong"


class Mirror(Reader):
    """A live copy of the Set in Live; made by `open_mirror`."""

    def __init__(
        self,
        connect: Connect,
        token: str,
        client_name: str,
        client_version: str,
        *,
        role: str = AGENT,
        identity: str = "",
        recorder: Recorder | None = None,
        clock: Callable[[], float] = anyio.current_time,
        wall: Callable[[], float] = time.time,
        chance: Callable[[], float] = random.random,
    ) -> None:
        super().__init__(Store())
        self.log = EventLog(self.store, wall)
        self.hub = Hub(self.store, lambda: self._attention.look())
        self.latencies = Latencies()
        self._clock = clock
        about = {"name": client_name, "version": client_version}
        self._sync = Sync(token, about, role=role, identity=identity or process_identity())
        self._link = Link(
            connect,
            self._sync,
            self._carry_out,
            self._wake,
            lambda progress: self.writes.progressed(progress),
            clock=clock,
            recorder=recorder,
            chance=chance,
        )
        self.writes = Writes(
            self.store,
            self._link.request,
            lambda timeout_s: self.wait_synced(timeout_s=timeout_s),
            lambda: self._sync.coming,
            lambda revision, timeout_s: self.wait_for(revision, timeout_s=timeout_s),
            self._place,
            clock,
            os.urandom(6).hex(),
            self.latencies,
        )
        self._sampler = Sampler(self.read_now, clock)
        self._position = gauges.Position(self.store, self._link.request, clock)
        self._attention = Attention(
            self.store,
            self.hub,
            self._link.request,
            lambda: self._link.counters["connects"] if self._sync.synced else 0,
        )
        self._changed = anyio.Event()
        self._replaced = 0
        self._applied = 0
        self._internal = 0

    # -- what a read is worth ----------------------------------------------------------------------

    @property
    def synced(self) -> bool:
        """True while reads equal Live, as far as can be known."""
        return self._sync.synced

    @property
    def revision(self) -> int:
        """The revision that reads show; 0 or more within an epoch."""
        return self.store.revision

    @property
    def epoch(self) -> str:
        """Which Set and script run the revisions belong to; "" before the first snapshot."""
        return self.store.epoch

    @property
    def coming(self) -> tuple[str, ...]:
        """The parts of the Set that are still being read and not held yet; all that is held is exact."""
        return self._sync.coming

    def stamp(self) -> Stamp:
        """Epoch, revision, `synced`, age and what is still to come of a read at this moment."""
        sync = self._sync
        return Stamp(self.store.epoch, self.store.revision, sync.synced, self._age_ms(), sync.coming)

    def _age_ms(self) -> int | None:
        if self._sync.equal_at == -math.inf:
            return None
        return max(0, round((self._clock() - self._sync.equal_at) * 1000))

    def status(self) -> Status:
        """Everything that the mirror counts about itself."""
        sync, welcome = self._sync, self._sync.welcome
        about = welcome.set if welcome is not None else {}
        counters = {
            "applied": self._applied,
            "replaced": self._replaced,
            "internal errors": self._internal,
            **dict(sorted(sync.counters.items())),
            **{f"link: {name}": count for name, count in sorted(self._link.counters.items())},
            **{f"bad {name}": count for name, count in sorted(self.store.bad.items())},
            **{f"writes {name}": count for name, count in sorted(self.writes.counters.items())},
            **{f"streams {name}": count for name, count in sorted(self.hub.counters.items())},
        }
        return Status(
            state=sync.state.value,
            synced=sync.synced,
            coming=sync.coming,
            age_ms=self._age_ms(),
            epoch=self.store.epoch,
            revision=self.store.revision,
            live_version=self.live_version,
            progress=sync.progress,
            objects=len(self.store.nodes),
            set_name=str(about.get("name") or ""),
            set_path=str(about.get("file_path") or ""),
            set_warnings=[str(warning) for warning in about.get("warnings") or ()],
            script=dict(sync.script),
            last_problem=self._link.last_problem,
            waiting_writes=self.writes.waiting,
            subscribers=len(self.hub.streams),
            counters=counters,
            latencies=self.latencies.report(),
        )

    @property
    def live_version(self) -> str:
        """As "12.4.1"; "" before the first hello."""
        welcome = self._sync.welcome
        return str(welcome.live.get("version", "")) if welcome is not None else ""

    @property
    def daw(self) -> str:
        """What the Set is open in: "Live", or "Bitwig" over `setmirror bitwig`."""
        welcome = self._sync.welcome
        return str(welcome.live.get("daw") or "Live") if welcome is not None else "Live"

    @property
    def is_headless(self) -> bool:
        """Whether the Live is a simulated one, whose facts may be guesses."""
        welcome = self._sync.welcome
        return welcome is not None and welcome.live.get("build") == "headless"

    def _place(self) -> tuple[str, Any]:
        welcome = self._sync.welcome
        about = welcome.set if welcome is not None else {}
        return self.live_version, (about.get("name"), about.get("file_path"))

    # -- waiting -----------------------------------------------------------------------------------

    async def wait_synced(self, timeout_s: float = 10.0) -> None:
        """Wait until reads equal Live. Returns at once if they do; a checkpoint in every case.

        Raises:
          TimeoutError: `timeout_s` passed; `status().last_problem` says why.
        """
        await anyio.lowlevel.checkpoint()
        if self._sync.synced:
            return
        with anyio.fail_after(timeout_s):
            while not self._sync.synced:
                await self._changed.wait()

    async def wait_read(
        self, *, stalled_s: float = 10.0, tell: Callable[[float], None] = lambda share: None
    ) -> None:
        """Wait until reads equal Live, for as long as the Set is still being read.

        Args:
          stalled_s: Give up after this many seconds without progress in reading or sending the Set, > 0.
          tell: Called after every progress with the share 0..1 that is read.

        Raises:
          TimeoutError: nothing moved for `stalled_s`; `status().last_problem` says why.
        """
        await anyio.lowlevel.checkpoint()
        seen = self._sync.reading_signs
        with anyio.fail_after(stalled_s) as limit:
            while not self._sync.synced:
                if self._sync.reading_signs != seen:
                    seen = self._sync.reading_signs
                    limit.deadline = anyio.current_time() + stalled_s
                    tell(self._sync.progress)
                await self._changed.wait()

    async def first_sync(self, where: str, stalled_s: float) -> None:
        """Wait until reads equal Live, but not a moment longer than the first refusal.

        Args:
          where: What the other side is called in errors.
          stalled_s: Seconds without progress, > 0.

        Raises:
          Disconnected: as `open_mirror`.
          NotReady: as `open_mirror`.
        """
        await anyio.lowlevel.checkpoint()
        seen = self._sync.reading_signs
        try:
            with anyio.fail_after(stalled_s) as limit:
                while not self._sync.synced:
                    if self._link.last_problem:
                        raise errors.Disconnected(
                            f"There is no link to {where}: {self._link.last_problem}",
                            sent=False,
                            hint=NO_LINK,
                        )
                    if self._sync.reading_signs != seen:
                        seen = self._sync.reading_signs
                        limit.deadline = anyio.current_time() + stalled_s
                    await self._changed.wait()
        except TimeoutError:
            raise errors.NotReady(f"{where} did not send the Set within {stalled_s:g} s") from None

    async def wait_for(self, revision: int, timeout_s: float = 5.0) -> None:
        """Wait until the mirror has applied `revision` of the current epoch.

        Returns at once if it already has. A checkpoint in every case.

        Args:
          revision: As returned by a write; 0 or more.
          timeout_s: Seconds to wait, > 0; `math.inf` waits for ever.

        Raises:
          EpochChanged: another Set was opened, or the script reloaded, while waiting.
          TimeoutError: `timeout_s` passed.
        """
        await anyio.lowlevel.checkpoint()
        if self.store.revision >= revision:
            return
        epoch = self.store.epoch
        with anyio.fail_after(timeout_s):
            while self.store.revision < revision:
                await self._changed.wait()
                if self.store.epoch != epoch:
                    raise errors.EpochChanged(
                        f"epoch {epoch} ended before revision {revision} came", revision
                    )

    def _wake(self) -> None:
        """Wake everybody who waits for a change of state; they look again after this step."""
        changed, self._changed = self._changed, anyio.Event()
        changed.set()
        self._attention.look()

    # -- reading -----------------------------------------------------------------------------------

    async def read_now(self, items: Sequence[tuple[Target, str]]) -> list[Any]:
        """Properties as Live has them this moment, gauges (positions, meters) included: a round trip.

        Each value stands in the order asked; what cannot be read is a MirrorError in its place.

        Raises:
          Disconnected: there is no link now, or it went away.
        """
        return await gauges.read_now(self.store, self._link.request, items)

    def gauges(self, items: Sequence[tuple[Target, str]], hz: float = 10.0) -> GaugeStream:
        """Gauges, `hz` times a second (0.1 to 50): `async with mirror.gauges(…) as stream: async for sample in stream`.

        All who ask share one sampler; see `sampler`.

        Raises:
          InvalidValue: the rate is out of range, or there is nothing or too much to read.
        """
        return self._sampler.stream(items, hz)

    def song_position(self) -> float | None:
        """The song's position in beats, from the last sample and the tempo; None before the first sample."""
        return self._position.now()

    async def ask(self, method: str, params: dict[str, Any]) -> Any:
        """A request of the bridge's that is no read and no write of the Set: policy, questions, clients.

        Raises:
          Disconnected: there is no link now, or it went away.
          MirrorError: as the script refuses.
        """
        return await self._link.request(method, params)

    @property
    def notices_for_persons(self) -> tuple[int, int]:
        """Counts links to Live, and notices about questions and the read-only switch."""
        return self._link.counters["connects"], self._sync.counters["notices for persons"]

    async def wait_notice_for_persons(self, seen: tuple[int, int] | None = None) -> tuple[int, int]:
        """Wait for a link and for a notice after `seen`; the caller then reads questions and the switch again.

        Returns `notices_for_persons`; a checkpoint in every case.
        """
        await anyio.lowlevel.checkpoint()
        while not self._link.served or self.notices_for_persons == seen:
            await self._changed.wait()
        return self.notices_for_persons

    async def script_status(self) -> dict[str, Any]:
        """The script's own counters: timings on Live's main thread, listeners, audit, clients."""
        status = await self._link.request("bridge.status", {})
        return status if isinstance(status, dict) else {}

    @property
    def song(self) -> live_set.Song:
        """The Set as objects with Live's names: `mirror.song.tracks[0].mixer_device.volume`; see `live_set`.

        Raises:
          NotReady: nothing was read yet.
        """
        if self.store.root is None:
            raise errors.NotReady("the Set was not read yet", hint="await wait_synced() first")
        song: live_set.Song = live_set.view(self, self.store.root)
        return song

    # -- hearing -----------------------------------------------------------------------------------

    def subscribe(self, patterns: Iterable[Target] | Target, name: str = "") -> Stream:
        """Notices of changes in what the patterns name; see `subscriptions` for their language.

        To be used as `async with mirror.subscribe(["tracks/*"]) as stream: async for notice in stream: …`.
        """
        if isinstance(patterns, str | int):
            patterns = [patterns]
        return self.hub.subscribe(patterns, name)

    def events(self, *patterns: Target, after_revision: int | None = None) -> Events:
        """What happens to what the patterns name (to anything without them), as types; see `typed_events`.

        Args:
          after_revision: Start with what happened after it in this epoch; None: from now on.
        """
        return Events(self.log, self.store, patterns, after_revision)

    # -- writing -----------------------------------------------------------------------------------

    async def submit(self, request: WriteRequest, *, progress: Progressed | None = None) -> WriteResult:
        """Change the Set as `request` says, and wait until reads show it.

        Args:
          progress: Awaited with how it gets on, some ten times a second, where it takes longer than that.

        Raises:
          MirrorError: refused, nothing was changed; `facts["problems"]` lists all that is wrong.
          UnknownOutcome: the link was lost after sending and nobody can tell; `facts["look_at"]`.
          Cancelled: the mirror was closed before it was sent.
        """
        return await self.writes.submit(request, progress)

    def bind(
        self, request: WriteRequest, find: Resolve | None = None, lists: dict[str, list[int]] | None = None
    ) -> WriteRequest:
        """The request with ids for all refs, names and places, as they are now; see `identity.bind`."""
        return self.writes.bind(request, find, lists)

    async def write(
        self, ops: Sequence[Operation], *, progress: Progressed | None = None, **about: Any
    ) -> WriteResult:
        """`submit` of a request made of these operations; `about` are the other fields of `WriteRequest`."""
        return await self.submit(WriteRequest.of(ops, **about), progress=progress)

    async def undo(
        self, *, author: str = "", client: str | None = None, policy: dict[str, Any] | None = None
    ) -> WriteResult:
        """Live's own undo: takes back the last edit, whoever made it."""
        return await self.writes.undo(author=author, client=client, policy=policy)

    async def redo(
        self, *, author: str = "", client: str | None = None, policy: dict[str, Any] | None = None
    ) -> WriteResult:
        """Live's own redo."""
        return await self.writes.redo(author=author, client=client, policy=policy)

    async def undo_last(
        self, *, author: str = "", client: str | None = None, policy: dict[str, Any] | None = None
    ) -> WriteResult:
        """Take back what this client (else this author) did last, only if nothing was changed since; as `undo_mine`."""
        return await self.writes.undo_last(client or author, author=author, client=client, policy=policy)

    async def undo_mine(
        self,
        write_id: str,
        *,
        author: str = "",
        client: str | None = None,
        policy: dict[str, Any] | None = None,
    ) -> WriteResult:
        """Take back one write, only if nothing was changed since.

        What Live's history does not hold is put back by value. It is judged before by the log and checked after by
        its effect: where something else moved, Live's redo follows at once.

        Raises:
          PreconditionFailed: somebody changed the Set while it was under way, or since: `facts["since"]` says who.
          NotFound, InvalidValue: no such write, or nothing of it to undo.
        """
        return await self.writes.undo_mine(write_id, author=author, client=client, policy=policy)

    # -- carrying out what the state machine decides -----------------------------------------------

    def _carry_out(self, effect: Effect) -> None:
        if isinstance(effect, Collect):
            self.store.collect(effect.objects, effect.first)
        elif isinstance(effect, Apply):
            batch = effect.batch
            began = time.perf_counter()
            applied = self.store.apply(batch.revision, batch.changes)
            self.latencies.add("apply", time.perf_counter() - began)
            self._applied += 1
            if batch.cause != "build":
                # What is read after the outline is nobody's change.
                self._record(batch, applied)
            self._publish(applied, False)
        elif isinstance(effect, Replace):
            first = not self.store.epoch
            reason = (
                "first snapshot"
                if first
                else "another epoch"
                if effect.epoch != self.store.epoch
                else "resync"
            )
            began = time.perf_counter()
            applied = self.store.replace(effect.epoch, effect.revision)
            self.latencies.add("replace", time.perf_counter() - began)
            self._replaced += 1
            self._tell("log", lambda: self.log.record_resync(applied, reason))
            self._tell("undo", lambda: self.writes.history.forget(self.store.revision))
            self._publish(applied, True)

    def _record(self, batch: wire.Batch, applied: Applied) -> None:
        who = batch.author or batch.cause
        self._tell(
            "log", lambda: self.log.record(applied, batch.time, batch.cause, batch.author, batch.write)
        )
        self._tell(
            "undo",
            lambda: self.writes.history.observe(self.store, applied, batch.revision, batch.write, who),
        )

    def _publish(self, applied: Applied, resynced: bool) -> None:
        self._tell("position", lambda: self._position.observe(applied))
        self._tell("subscribers", lambda: self.hub.publish(applied, resynced))

    def _tell(self, whom: str, tell: Callable[[], None]) -> None:
        """Notify the log, the history or subscribers: the store is already updated, so a failure stays with them."""
        try:
            tell()
        except Exception:
            self._internal += 1
            log.exception("telling the %s failed", whom)

    async def run(self) -> None:
        """All tasks, until cancelled; `open_mirror` does this."""
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._link.run)
            tasks.start_soon(self.writes.run)
            tasks.start_soon(self._position.run)
            tasks.start_soon(self._sampler.run)
            tasks.start_soon(self._attention.run)

    def close(self) -> None:
        """End all streams; `open_mirror` does this."""
        for stream in list(self.hub.streams):
            stream.close()

    @property
    def role(self) -> str:
        """What the link proves: "agent" or "person"."""
        return self._sync.role

    @property
    def identity(self) -> str:
        """Who this client is to the bridge, proved by its key."""
        return self._sync.identity

    @property
    def state(self) -> State:
        """Where the link is; see `sync.State`."""
        return self._sync.state


@asynccontextmanager
async def open_mirror(
    connect: Connect | None = None,
    token: str | None = None,
    client_name: str = "setmirror",
    client_version: str = "0",
    *,
    wait_s: float | None = None,
    role: str = AGENT,
    identity: str = "",
    recorder: Recorder | None = None,
    chance: Callable[[], float] = random.random,
) -> AsyncIterator[Mirror]:
    """A mirror that follows Live until the block ends. Runs under asyncio and trio.

    Without `connect` it finds Live by itself, and the block starts once reads equal Live; with `connect` it starts at
    once, unsynced (see `Mirror.wait_synced`), unless `wait_s` is given. In the block a lost link is connected again,
    for ever, with pauses of 0.1 s to 5 s.

    Args:
      connect: Opens the byte stream to the script, as `tcp()` makes it; None: the port of this user's settings.
      token: 64 hex digits; None: those that `load_token()` reads.
      wait_s: Seconds without progress after which to give up before the block starts, > 0; 10 without `connect`.
      role: "agent", or "person" for a program that a person works with.
      identity: Who the client is to the bridge: 1 to 64 letters, digits, - and _; by default this process.
      recorder: Called with every line and its direction, "<" from Live and ">" to it.

    Raises:
      Disconnected: nothing answers, or the other side refused; at once, with the reason. Only where it waits.
      NotReady: the Set was not read within `wait_s`. Only where it waits.
      TokenUnusable: the token's file cannot be used.
    """
    where = "Live"
    if connect is None:
        port = local_port()
        connect, where = tcp("127.0.0.1", port), f"Live on 127.0.0.1:{port}"
        wait_s = 10.0 if wait_s is None else wait_s
    problem: Exception | None = None
    mirror = Mirror(
        connect,
        load_token() if token is None else token,
        client_name,
        client_version,
        role=role,
        identity=identity,
        recorder=recorder,
        chance=chance,
    )
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(mirror.run)
        try:
            if wait_s is not None:
                await mirror.first_sync(where, wait_s)
            yield mirror
        except Exception as raised:
            # Raised outside of the group, so that it comes out as it is, not as a group of one.
            problem = raised
        finally:
            mirror.close()
            tasks.cancel_scope.cancel()
    if problem is not None:
        raise problem
