"""The mirror: reads from memory, writes through the queue, notices, and its own state of health.

`open_mirror` starts the tasks and stops them; between two awaits a reader sees exactly one revision. Reads work in
every state of the link: `stamp` says whether they equal Live.
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
            wall,
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

    # -- state of a read ---------------------------------------------------------------------------

    @property
    def synced(self) -> bool:
        """True while reads equal Live, as far as the mirror can know."""
        return self._sync.synced

    @property
    def revision(self) -> int:
        """The revision that reads show; 0 or more within an epoch."""
        return self.store.revision

    @property
    def epoch(self) -> str:
        """The Set and script run to which the revisions belong; "" before the first snapshot."""
        return self.store.epoch

    @property
    def coming(self) -> tuple[str, ...]:
        """The parts of the Set that are still being read and are missing here; all present contents are exact."""
        return self._sync.coming

    def stamp(self) -> Stamp:
        """Epoch, revision, `synced`, age and missing parts of a read at this moment."""
        sync = self._sync
        return Stamp(self.store.epoch, self.store.revision, sync.synced, self._age_ms(), sync.coming)

    def _age_ms(self) -> int | None:
        if self._sync.equal_at == -math.inf:
            return None
        return max(0, round((self._clock() - self._sync.equal_at) * 1000))

    def status(self) -> Status:
        """All counters of the mirror."""
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
        """The version of Live, as "12.4.1"; "" before the first hello."""
        welcome = self._sync.welcome
        return str(welcome.live.get("version", "")) if welcome is not None else ""

    @property
    def daw(self) -> str:
        """The program that has the Set open: "Live", or "Bitwig" over `setmirror bitwig`."""
        welcome = self._sync.welcome
        return str(welcome.live.get("daw") or "Live") if welcome is not None else "Live"

    @property
    def is_headless(self) -> bool:
        """True for a simulated Live, whose facts may be guesses."""
        welcome = self._sync.welcome
        return welcome is not None and welcome.live.get("build") == "headless"

    def _place(self) -> tuple[str, Any]:
        welcome = self._sync.welcome
        about = welcome.set if welcome is not None else {}
        return self.live_version, (about.get("name"), about.get("file_path"))

    # -- waiting -----------------------------------------------------------------------------------

    async def wait_synced(self, timeout_s: float = 10.0) -> None:
        """Wait until reads equal Live; returns at once if they do. A checkpoint in every case.

        Raises:
          TimeoutError: `timeout_s` passed; `status().last_problem` gives the reason.
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
          TimeoutError: no progress for `stalled_s`; `status().last_problem` gives the reason.
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
        """Wait until reads equal Live; end at once at the first refusal.

        Args:
          where: The name of the other side in errors.
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
        """Wake all tasks that wait for a change of state; they check again after this step."""
        changed, self._changed = self._changed, anyio.Event()
        changed.set()
        self._attention.look()

    # -- reading -----------------------------------------------------------------------------------

    async def read_now(self, items: Sequence[tuple[Target, str]]) -> list[Any]:
        """Read properties from Live now, gauges (positions, meters) included: one round trip.

        The values are in the requested order; a MirrorError stands in place of a value that cannot be read.

        Raises:
          Disconnected: there is no link now, or it was lost.
        """
        return await gauges.read_now(self.store, self._link.request, items)

    def gauges(self, items: Sequence[tuple[Target, str]], hz: float = 10.0) -> GaugeStream:
        """Gauges, `hz` times a second (0.1 to 50): `async with mirror.gauges(…) as stream: async for sample in stream`.

        All streams share one sampler; see `sampler`.

        Raises:
          InvalidValue: the rate is out of range, or the list of gauges is empty or too long.
        """
        return self._sampler.stream(items, hz)

    def song_position(self) -> float | None:
        """The song's position in beats, from the last sample and the tempo; None before the first sample."""
        return self._position.now()

    async def ask(self, method: str, params: dict[str, Any]) -> Any:
        """Send a request of the bridge that neither reads nor writes the Set: policy, questions, clients.

        Raises:
          Disconnected: there is no link now, or it was lost.
          MirrorError: the script's own refusal.
        """
        return await self._link.request(method, params)

    @property
    def notices_for_persons(self) -> tuple[int, int]:
        """Number of links to Live so far, and of notices about questions and the read-only switch."""
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
          NotReady: the mirror has no Set yet.
        """
        if self.store.root is None:
            raise errors.NotReady("the Set was not read yet", hint="await wait_synced() first")
        song: live_set.Song = live_set.view(self, self.store.root)
        return song

    # -- notices and events -----------------------------------------------------------------------

    def subscribe(
        self, patterns: Iterable[Target] | Target, name: str = "", *, edits: bool = False
    ) -> Stream:
        """Notices of changes of the objects that the patterns match; see `subscriptions` for their syntax.

        Use it as `async with mirror.subscribe(["tracks/*"]) as stream: async for notice in stream: …`.

        Args:
          edits: No notices of changes that only follow from others, such as menus that list a track's new name.
        """
        if isinstance(patterns, str | int):
            patterns = [patterns]
        return self.hub.subscribe(patterns, name, edits=edits)

    def events(self, *patterns: Target, after_revision: int | None = None) -> Events:
        """Typed events of the objects that the patterns match (without patterns: of all objects); see `typed_events`.

        Args:
          after_revision: Start after this revision of the epoch; None: with the next event.
        """
        return Events(self.log, self.store, patterns, after_revision)

    # -- writing -----------------------------------------------------------------------------------

    async def submit(self, request: WriteRequest, *, progress: Progressed | None = None) -> WriteResult:
        """Change the Set as `request` says, and wait until reads show the result.

        Args:
          progress: Awaited with the progress of a long write, some ten times a second.

        Raises:
          MirrorError: refused, nothing was changed; `facts["problems"]` lists all problems.
          UnknownOutcome: the link was lost after sending and the outcome cannot be found out; `facts["look_at"]`.
          Cancelled: the mirror was closed before the request was sent.
        """
        return await self.writes.submit(request, progress)

    def bind(
        self, request: WriteRequest, find: Resolve | None = None, lists: dict[str, list[int]] | None = None
    ) -> WriteRequest:
        """The request with ids for all refs, names and places in the present Set; see `identity.bind`."""
        return self.writes.bind(request, find, lists)

    async def write(
        self, ops: Sequence[Operation], *, progress: Progressed | None = None, **about: Any
    ) -> WriteResult:
        """`submit` of a request made of these operations; `about` are the other fields of `WriteRequest`."""
        return await self.submit(WriteRequest.of(ops, **about), progress=progress)

    async def undo(self, *, author: str = "", **about: Any) -> WriteResult:
        """Live's own undo: reverts the last edit of any author; `about` as for `write`."""
        return await self.writes.undo(author=author, **about)

    async def redo(self, *, author: str = "", **about: Any) -> WriteResult:
        """Live's own redo; `about` as for `write`."""
        return await self.writes.redo(author=author, **about)

    async def undo_last(
        self, *, author: str = "", client: str | None = None, policy: dict[str, Any] | None = None
    ) -> WriteResult:
        """Revert the last write of this client (else this author), if nothing was changed since; as `undo_mine`."""
        return await self.writes.undo_last(client or author, author=author, client=client, policy=policy)

    async def undo_mine(self, write_id: str, *, author: str = "", **about: Any) -> WriteResult:
        """Revert one write, if nothing was changed since.

        Values that Live's history does not record are restored one by one. The undo is judged by the log before,
        and by its effect afterwards: if it changed anything else, Live's redo follows at once.

        Raises:
          PreconditionFailed: somebody changed the Set during the write or after it: `facts["since"]` says who.
          NotFound, InvalidValue: there is no such write, or it has nothing to undo.
        """
        return await self.writes.undo_mine(write_id, author=author, **about)

    # -- carrying out the state machine's effects --------------------------------------------------

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
                # Properties read after the outline are not changes by anybody.
                self._record(batch, applied)
            self._publish(applied, False)
            _check(applied)
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
            self._tell("undo", lambda: self.writes.resynced(reason != "another epoch"))
            self._publish(applied, True)
            _check(applied)

    def _record(self, batch: wire.Batch, applied: Applied) -> None:
        who = batch.author or batch.cause
        self._tell(
            "log", lambda: self.log.record(applied, batch.time, batch.cause, batch.author, batch.write)
        )
        self._tell(
            "undo",
            lambda: self.writes.history.observe(
                self.store,
                applied,
                batch.revision,
                batch.write,
                who,
                shares=batch.shares,
                moved=batch.history,
            ),
        )

    def _publish(self, applied: Applied, resynced: bool) -> None:
        self._tell("position", lambda: self._position.observe(applied))
        self._tell("subscribers", lambda: self.hub.publish(applied, resynced))

    def _tell(self, receiver: str, notify: Callable[[], None]) -> None:
        """Notify the log, the history or subscribers; the store is already updated, so a failure affects only them."""
        try:
            notify()
        except Exception:
            self._internal += 1
            log.exception("notifying the %s failed", receiver)

    async def run(self) -> None:
        """Run all tasks, until cancelled; `open_mirror` does this."""
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
        """The role that the link proves: "agent" or "person"."""
        return self._sync.role

    @property
    def identity(self) -> str:
        """This client's identity on the bridge, proved by its key."""
        return self._sync.identity

    @property
    def state(self) -> State:
        """The state of the link; see `sync.State`."""
        return self._sync.state


def _check(applied: Applied) -> None:
    """BadLine when the step lacks a menu that the peer sent; the link is closed, and the next one brings a snapshot."""
    if applied.problem:
        raise wire.BadLine(applied.problem)


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

    Without `connect` it finds Live itself, and the block starts once reads equal Live; with `connect` it starts at
    once, unsynced (see `Mirror.wait_synced`), unless `wait_s` is given. In the block a lost link is connected
    again, without end, with pauses of 0.1 s to 5 s.

    Args:
      connect: Opens the byte stream to the script, such as `tcp()`; None: the port of this user's settings.
      token: 64 hex digits; None: the token that `load_token()` reads.
      wait_s: Seconds without progress after which to give up before the block starts, > 0; 10 without `connect`.
      role: "agent", or "person" for a program that a person works with.
      identity: Name of the client on the bridge: 1 to 64 letters, digits, - and _; by default this process.
      recorder: Called with every line and its direction, "<" from Live and ">" to Live.

    Raises:
      Disconnected: no answer, or the other side refused; at once, with the reason. Only if it waits.
      NotReady: the Set was not read within `wait_s`. Only if it waits.
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
            # Raised outside of the task group, so that callers get the exception itself, not an exception group.
            problem = raised
        finally:
            mirror.close()
            tasks.cancel_scope.cancel()
    if problem is not None:
        raise problem
