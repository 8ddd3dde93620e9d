"""The whole path in one process and in virtual time: headless Live, the Remote Script, the mirror, MCP.

    async with whole_path(spec) as whole:      # with `clock` (trio's autojump) among the test's fixtures
        await whole.by_hand(lambda song: setattr(song, "tempo", 99.0))
        answer = await whole.call("set_song", tempo=98.0)
        assert await whole.differences() == []

Live's clock and trio's run together: 10 ms of Live's time for 10 ms of trio's. Only the line between the script and
the mirror is in memory; it can be cut at any byte.
"""

from __future__ import annotations

import math
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import anyio
import anyio.abc
import trio

from mcp_server.demo.agent import Agent
from mcp_server.front import build
from mcp_server.policy import Policy
from mcp_server.server import ToolServer, open_engine
from mcp_server.tool import FACTS
from mirror import Mirror, load_token, open_mirror
from remote_script.headless.api.facts import DEFAULT_VERSION
from remote_script.SetMirror.contract.auth import PERSON
from tests import oracle
from tests.remote_script.script.pipes import Pipe
from tests.remote_script.script.stage import Stage

TICK_S = 0.01
"""The interval of Live's timer."""
MOST_TICKS = 10
"""While Live stalls, its clients look at their lines all the same."""
PLENTY_S = 10.0
"""A budget large enough that events in virtual time do not depend on the load of this machine."""
QUIET_S = 0.5
LONG_S = 60.0


class Stream(anyio.abc.ByteStream):
    """A pipe of the script as a stream; the code that runs Live calls `look` between its ticks."""

    def __init__(self, pipe: Pipe) -> None:
        self.pipe = pipe
        self._readable = trio.Event()
        self.cut_after: int | None = None
        """Number of bytes that still arrive before the cut."""
        self.sent_before_cut: int | None = None
        """Number of bytes that are still sent before the cut."""
        self.gone = False
        """True when only the client's side is broken: the script still reads the data that the client sent."""
        self.finished = False
        """True once the client has read the end of the line, or closed it."""
        self.lost = 0
        """Number of next batches that do not arrive, although the line is not broken."""
        self.late: list[int] = []
        """For each of the next batches, the number of batches after which it arrives a second time."""
        self._again: list[list[Any]] = []
        self._line = b""

    @property
    def readable(self) -> bool:
        """True when bytes have arrived or the line has ended, until the client has read the end."""
        return not self.finished and (bool(self.pipe.to_client) or self._ended)

    def look(self) -> None:
        """Wake the reader if there is something to read."""
        if self.readable:
            self._readable.set()

    @property
    def _ended(self) -> bool:
        return self.pipe.closed_by_script or self.pipe.failing or self.gone

    async def receive(self, max_bytes: int = 65536) -> bytes:
        if self.cut_after == 0:
            self.pipe.failing = True
        while not self.pipe.to_client or self.pipe.failing or self.gone:
            if self._ended:
                self.finished = True
                raise anyio.EndOfStream
            self._readable = trio.Event()
            await self._readable.wait()
        if self.cut_after is not None:
            max_bytes = min(max_bytes, self.cut_after)
        data = bytes(self.pipe.to_client[:max_bytes])
        del self.pipe.to_client[:max_bytes]
        if self.cut_after is not None:
            self.cut_after -= len(data)
        if self.lost or self.late or self._again or self._line:
            data = self._faulty(data)
            if not data:
                return await self.receive(max_bytes)
        return data

    def _faulty(self, data: bytes) -> bytes:
        """Whole lines, without lost batches and with repeated ones."""
        *lines, self._line = (self._line + data).split(b"\n")
        delivered = []
        for line in lines:
            if b'"set.batch"' not in line:
                delivered.append(line)
                continue
            if self.lost > 0:
                self.lost -= 1
                continue
            delivered.append(line)
            for delayed in self._again:
                delayed[0] -= 1
            delivered += [old for left, old in self._again if left <= 0]
            self._again = [delayed for delayed in self._again if delayed[0] > 0]
            if self.late:
                self._again.append([self.late.pop(0), line])
        return b"".join(line + b"\n" for line in delivered)

    async def send(self, item: bytes) -> None:
        if self.pipe.closed_by_script or self.pipe.failing:
            raise anyio.BrokenResourceError
        data = bytes(item)
        if self.sent_before_cut is not None:
            data, self.sent_before_cut = data[: self.sent_before_cut], self.sent_before_cut - len(data)
        if data:
            self.pipe.to_script.append(data)
        await trio.lowlevel.checkpoint()
        if self.sent_before_cut is not None and self.sent_before_cut < 0:
            self.lose()
            raise anyio.BrokenResourceError

    def lose(self) -> None:
        """Break the client's side; the script reads the sent data, then the end."""
        self.gone = True
        self.pipe.closed_by_client = True

    async def aclose(self) -> None:
        self.pipe.closed_by_client = self.finished = True
        await trio.lowlevel.checkpoint()

    async def send_eof(self) -> None:
        await self.aclose()


class Whole:
    """All parts of the path, and the actions of tests."""

    mirror: Mirror
    agent: Agent
    engine: ToolServer

    def __init__(self, stage: Stage, tick_s: float) -> None:
        self.stage = stage
        self.tick_s = tick_s
        self.lines: list[Stream] = []
        self.ticked = trio.Event()
        """Set after the next tick of Live."""

    # -- the line ----------------------------------------------------------------------------------

    async def connect(self) -> anyio.abc.ByteStream:
        """Connect to the script, for `open_mirror`."""
        await trio.lowlevel.checkpoint()
        line = Stream(self.stage.listener.connect())
        self.lines.append(line)
        return line

    def cut(self, after: int = 0) -> None:
        """Break all lines after `after` more bytes have arrived."""
        for line in self.lines:
            line.cut_after = after

    async def run(self) -> None:
        """Advance Live's time with trio's until cancelled, from one tick with something to do in Live to the next."""
        while True:
            wait_s, arrival_s = self._ticks() * self.tick_s, self.tick_s / 2
            if any(line.readable for line in self.lines):
                # Data of a tick arrives half a tick later, so that a fault can happen in between.
                await trio.sleep(arrival_s)
                for line in self.lines:
                    line.look()
                await trio.sleep(wait_s - arrival_s)
            else:
                await trio.sleep(wait_s)
            self.stage.live.run_for(wait_s)
            self.ticked.set()
            self.ticked = trio.Event()

    def _ticks(self) -> int:
        """Number of ticks until Live's next action is due, 1 to `MOST_TICKS`."""
        live = self.stage.live
        ticks = (live.next_due() - live.clock.now()) / self.tick_s
        return max(1, math.ceil(min(ticks, MOST_TICKS) - 1e-6))

    async def until(self, claim: Callable[[], bool]) -> None:
        """Wait until a tick of Live has made the claim true; what the tick sent has not arrived yet."""
        while not claim():
            await self.ticked.wait()

    # -- actions -----------------------------------------------------------------------------------

    async def by_hand(self, edit: Callable[[Any], Any]) -> Any:
        """Make an edit as a person in Live, between two of its ticks."""
        await trio.lowlevel.checkpoint()
        return self.stage.live.person.do(edit)

    async def call(self, tool: str, *, progress: Any = None, **arguments: Any) -> dict[str, Any]:
        """Call a tool over MCP and return its structured answer; `progress` is called with the call's progress.

        Raises:
          Refused: the tool refused; `data` is the refusal.
        """
        with trio.fail_after(LONG_S):
            result = await self.agent.client.call_tool(tool, arguments, progress_callback=progress)
        if result.is_error:
            # Some clients read only the text; the facts are for programs.
            assert result.structured_content is None
            raise Refused((result.meta or {})[FACTS])
        answer = result.structured_content
        assert isinstance(answer, dict)
        return answer

    async def refused(self, tool: str, **arguments: Any) -> str:
        """Call a tool that must refuse with a rule and a hint and change nothing; returns the refusal's code."""
        entries, revision = self.history(), self.mirror.revision
        try:
            answer = await self.call(tool, **arguments)
        except Refused as problem:
            refusal = problem.data
        else:
            raise AssertionError((tool, arguments, answer))
        assert self.history() == entries, arguments
        assert self.mirror.revision == revision, arguments
        assert refusal["rule"]
        assert refusal["hint"]
        return str(refusal["error"])

    @asynccontextmanager
    async def another(self, name: str, mode: str = "auto") -> AsyncIterator[Agent]:
        """Connect one more client to the same server."""
        async with Agent.over(build(self.engine), mode=mode, name=name) as agent:
            yield agent

    @asynccontextmanager
    async def person(self) -> AsyncIterator[Mirror]:
        """Connect a person's page or command line to the bridge, which may answer questions."""
        async with open_mirror(self.connect, load_token(), "page", "1", role=PERSON) as mirror:
            await mirror.wait_synced(LONG_S)
            yield mirror

    # -- the truth ---------------------------------------------------------------------------------

    async def audited(self) -> None:
        """Let the audit run one complete pass, and the mirror follow."""
        await trio.sleep(QUIET_S)
        await self.mirror.wait_synced(LONG_S)
        audit = self.stage.script.audit
        # The audit starts from its beginning, so that one round covers everything; the next pump sends the differences.
        audit._order, audit._row = [], None
        audit.step(lambda: True)
        await trio.sleep(QUIET_S)
        await self.mirror.wait_synced(LONG_S)

    async def differences(self) -> list[str]:
        """Differences between Live and the mirror after all work has ended."""
        await self.audited()
        assert self.mirror.store.faults() == []
        return self.compared(self.mirror)

    def compared(self, mirror: Mirror) -> list[str]:
        """Differences between Live and the mirror at this moment."""
        return oracle.differences(self.stage.live.song, self.stage.live.application, mirror)

    def history(self) -> list[Any]:
        """The entries of Live's undo history."""
        return list(self.stage.live.history)

    def listeners(self) -> tuple[int, int]:
        """Number of listeners that are attached in Live, and that the script counts as attached."""
        return self.stage.live.listener_count(), self.stage.script.batcher.observers.attached


class Refused(Exception):
    """A tool's refusal."""

    def __init__(self, data: dict[str, Any]) -> None:
        super().__init__(f"{data.get('error')}: {data.get('rule')}")
        self.data = data


W = TypeVar("W", bound=Whole)


@asynccontextmanager
async def connected(
    whole: W,
    policy: Policy | None = None,
    *,
    mode: str = "auto",
    name: str = "tests",
    elicit: Any = None,
    sync: bool = True,
    **files: Any,
) -> AsyncIterator[W]:
    """Connect mirror, MCP server and client to the script of `whole`; see `whole_path`."""
    failed = None
    async with trio.open_nursery() as nursery:
        nursery.start_soon(whole.run)
        async with (
            open_mirror(whole.connect, load_token(), name, "1") as mirror,
            open_engine(mirror, policy, **files) as engine,
            Agent.over(build(engine), mode=mode, name=name, elicit=elicit) as agent,
        ):
            whole.mirror, whole.engine, whole.agent = mirror, engine, agent
            if sync:
                await mirror.wait_synced(LONG_S)
            try:
                yield whole
            except Exception as problem:
                failed = problem
        nursery.cancel_scope.cancel()
    if failed is not None:
        # Raised alone, not inside the exception groups of all nurseries.
        raise failed


@asynccontextmanager
async def whole_path(
    spec: Any = None,
    version: str = DEFAULT_VERSION,
    *,
    mode: str = "auto",
    name: str = "tests",
    sync: bool = True,
    tick_s: float = TICK_S,
    budget_s: float = PLENTY_S,
    policy: Policy | None = None,
    policy_file: Path | None = None,
    library_file: Path | None = None,
    sets_folder: Path | None = None,
    elicit: Any = None,
    **options: Any,
) -> AsyncIterator[Whole]:
    """Run all parts, synced unless `sync` is false; checks at the end that no script failed and no listener is left.

    Args:
      policy, policy_file, library_file, sets_folder: Options of the MCP server.
      elicit: Function with the client's answers to questions; without it the client cannot be asked.
      tick_s: Step in which Live's time follows trio's; longer steps are faster for tests that measure no latency.
      budget_s: Real seconds for one turn of the script; the default is enough for all tests.
      options: Options of the Remote Script, such as `audit_s`.
    """
    whole = Whole(Stage(spec, version, budget_s=budget_s, **options), tick_s)
    stage = whole.stage
    files = {"policy_file": policy_file, "library_file": library_file, "sets_folder": sets_folder}
    async with connected(whole, policy, mode=mode, name=name, elicit=elicit, sync=sync, **files):
        yield whole
    assert [script.counters["failures"] for script in stage.scripts] == [0] * len(stage.scripts), (
        stage.hosted.log
    )
    in_live, by_script = whole.listeners()
    assert in_live == by_script
    stage.hosted.disconnect()
    assert stage.live.listener_count() == 0
    stage.live.close()
