"""Faults at every point of a write: reports are true, no write is made twice, and no made write is lost.

Random histories of writes that can be counted in Live, each with a fault on its way, and with edits by a person in
between. Wrong executors on both sides of the link are all detected.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import Any

import pytest
import trio
import trio.testing

from mirror import Call, Operation, Set, WriteResult, errors
from mirror.outcomes import read_result
from mirror.recovery import Recovery
from remote_script.SetMirror.operations import Operation as LiveOperation
from remote_script.SetMirror.undo_step import UndoStep
from tests.lean import demo_set
from tests.whole import LONG_S, Whole, whole_path

POINTS = (
    "none", "before", "mid-line", "sent", "received", "executed", "answered", "answer cut", "reload", "swap", "stall",
)  # fmt: skip
KINDS = ("create", "rename", "color", "refused late", "five fail")
WRITES = 12
STEP_S = 0.001
"""Less than the time between two ticks of Live, so that a request is lost before Live has carried it out."""
REFUSED = Call("tracks/0", "insert_device", {"device_name": "No Such Device"})
"""A device that only Live knows to be missing: the write fails after its first operations were made."""


class Untrue(Exception):
    """A report about a write is not true."""


@dataclass
class World:
    """The writes so far, and their effects in Live."""

    whole: Whole
    draw: random.Random
    number: int = 0
    told: dict[str, str] = field(default_factory=dict)
    """The report to each write's caller, for messages."""
    counted: dict[str, int] = field(default_factory=dict)

    @property
    def song(self) -> Any:
        return self.whole.stage.live.song

    @property
    def script(self) -> Any:
        return self.whole.stage.script

    # -- writing -----------------------------------------------------------------------------------

    def operations(self, kind: str, mark: str) -> list[Operation]:
        create: list[Operation] = [Call("song", "create_scene", {"index": -1}), Set("$0", "name", mark)]
        match kind:
            case "create":
                return create
            case "rename":
                return [Set("tracks/0", "name", mark)]
            case "color":
                # Live uses the nearest colour of its palette.
                return [
                    Set("tracks/0", "name", mark),
                    Set("tracks/0", "color", self.draw.randrange(0xFFFFFF)),
                ]
            case "refused late":
                return [*create, REFUSED]
            case _:
                return [Set("tracks/1", "name", mark), REFUSED, REFUSED]

    def shown(self, mark: str) -> int:
        """The number of effects of the write with this mark in Live."""
        names = [scene.name for scene in self.song.scenes] + [track.name for track in self.song.tracks]
        return names.count(mark)

    async def write(self, kind: str, point: str) -> None:
        """Make one write with a fault at `point`; raises Untrue if its report is not true."""
        self.number += 1
        mark = f"mark {self.number}"
        entries = len(self.whole.history())
        outcome: WriteResult | errors.MirrorError | None = None

        async with trio.open_nursery() as nursery:
            nursery.start_soon(self.fault, point)
            try:
                with trio.fail_after(3 * LONG_S):
                    outcome = await self.whole.mirror.write(
                        self.operations(kind, mark), author=mark, write_id=mark, deadline_s=60.0
                    )
            except errors.MirrorError as problem:
                outcome = problem
            nursery.cancel_scope.cancel()
        self.told[mark] = repr(outcome)[:200]
        # A sent write may still be on its way; it must be made before the check.
        await trio.sleep(1.0)
        self.check(kind, mark, outcome, len(self.whole.history()) - entries, point)
        with trio.fail_after(3 * LONG_S):
            await self.whole.mirror.wait_synced(LONG_S)
        if self.draw.random() < 0.5:
            # Not after each write, since two writes in a row must also be two entries.
            await self.person()

    def check(self, kind: str, mark: str, outcome: Any, made: int, point: str) -> None:
        what = f"{kind} with {point}: {self.told[mark]}"
        shown = self.shown(mark)
        if shown > 1:
            raise Untrue(f"done {shown} times: {what}")
        self.counted[type(outcome).__name__] = self.counted.get(type(outcome).__name__, 0) + 1
        if point == "swap":
            # Another Set is open, so the effects are gone with the old Set.
            return
        if isinstance(outcome, WriteResult):
            if shown != 1:
                raise Untrue(f"said to be done, is not: {what}")
            if made != 1:
                raise Untrue(f"{made} entries in the history: {what}")
            for operation, result in zip(self.operations(kind, mark), outcome.results, strict=True):
                if (
                    isinstance(operation, Set)
                    and operation.name == "color"
                    and result.after != self.song.tracks[0].color
                ):
                    raise Untrue(
                        f"the colour is {self.song.tracks[0].color}, told was {result.after}: {what}"
                    )
        elif not isinstance(outcome, errors.UnknownOutcome):
            if shown:
                raise Untrue(f"said not to be done, is: {what}")
            if made:
                raise Untrue(f"refused, but {made} entries in the history: {what}")
            if isinstance(outcome, errors.LiveRefused) and outcome.facts.get("applied"):
                raise Untrue(f"something was left: {outcome.facts['applied']}: {what}")
        elif kind in ("refused late", "five fail") and shown:
            raise Untrue(f"half of it was left: {what}")

    async def person(self) -> None:
        """Make a person's edit, which must be a separate entry: no undo step of ours may be open."""
        entries = len(self.whole.history())
        name = f"by hand {self.number}"
        await self.whole.by_hand(lambda song: setattr(song.scenes[0], "name", name))
        await trio.sleep(0.1)
        if len(self.whole.history()) != entries + 1:
            raise Untrue(
                f"after {self.told} a person's edit made {len(self.whole.history()) - entries} entries"
            )
        await self.whole.by_hand(lambda song: song.undo())
        await trio.sleep(0.1)
        if self.song.scenes[0].name == name:
            raise Untrue("a person's edit could not be undone")

    # -- faults ------------------------------------------------------------------------------------

    async def fault(self, point: str) -> None:
        live, line = self.whole.stage.live, self.whole.lines[-1]
        executor = self.script.executor
        taken, done = len(executor.answers.results), executor.answers.counters["executed"]
        match point:
            case "before":
                line.pipe.failing = True
            case "mid-line":
                line.sent_before_cut = self.draw.randrange(1, 150)
            case "sent":
                line.sent_before_cut = 100_000
                while line.sent_before_cut == 100_000:  # noqa: ASYNC110 - nothing announces what is sent
                    await trio.sleep(STEP_S)
                line.lose()
            case "received":
                await self.whole.until(lambda: executor.busy or len(executor.answers.results) > taken)
                line.pipe.failing = True
            case "executed":
                await self.whole.until(lambda: executor.answers.counters["executed"] > done)
                line.pipe.failing = True
            case "answered" | "answer cut":
                await self.whole.until(lambda: executor.answers.counters["executed"] > done)
                line.cut_after = self.draw.randrange(0, 400) if point == "answer cut" else 0
            case "reload":
                await trio.sleep(self.draw.random() * 0.03)
                self.whole.stage.hosted.reload()
            case "swap":
                await trio.sleep(self.draw.random() * 0.03)
                live.open_set(demo_set())
            case "stall":
                await trio.sleep(self.draw.random() * 0.02)
                live.stall(30.0)


async def history(seed: int) -> World:
    draw = random.Random(seed)
    async with whole_path(demo_set()) as whole:
        world = World(whole, draw)
        for _ in range(WRITES):
            await world.write(draw.choice(KINDS), draw.choice(POINTS))
        await trio.sleep(10)
        await whole.mirror.wait_synced(LONG_S)
        if await whole.differences():
            raise Untrue("the mirror differs from Live")
        return world


def run(seed: int) -> World:
    return trio.run(history, seed, clock=trio.testing.MockClock(autojump_threshold=0))


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("kind", KINDS)
async def test_after_a_fault_at_each_point_the_reported_outcome_is_true(
    kind: str, point: str, autojump_clock: trio.testing.MockClock
) -> None:
    async with whole_path(demo_set()) as whole:
        world = World(whole, random.Random(f"{kind} {point}"))
        for _ in range(3):
            await world.write(kind, point)


@pytest.mark.parametrize("seed", range(6))
def test_reported_outcomes_are_true_in_random_histories(seed: int) -> None:
    run(seed)


@pytest.mark.slow
def test_reported_outcomes_are_true_in_many_random_histories() -> None:
    counted: dict[str, int] = {}
    for seed in range(100, 400):
        for name, count in run(seed).counted.items():
            counted[name] = counted.get(name, 0) + count
    assert counted["WriteResult"] > 1000
    assert counted["LiveRefused"] > 100
    assert counted["Disconnected"] > 10


# -- wrong variants ----------------------------------------------------------------------------------------------


async def _sends_again(self: Any, sent: Any) -> WriteResult:
    """Wrong: after a reconnect, a write with a lost answer is made again."""
    await self._wait_synced(LONG_S)
    again = sent.params["write"] + "'"
    params = {**sent.params, "write": again, "epoch": self._store.epoch}
    return read_result(again, sent.request, await self._request("write.execute", params))


async def _says_not_done(self: Any, sent: Any) -> WriteResult:
    """Wrong: a lost link counts as "nothing was done"."""
    raise errors.Disconnected("lost")


def _trusts(self: Any, engine: Any) -> bool:
    """Wrong: the requested value is reported as Live's value."""
    self.verified, self.after = True, self.value
    return True


def _leaves_open(self: Any, parameters: bool = False) -> None:
    """Wrong: the undo step stays open after the write."""


def _keeps_half(self: Any, done: Any, failed: Any) -> Generator[str, None, dict[str, Any]]:
    """Wrong: operations before the failure are not undone."""
    self.end()
    yield "flush"
    return {}


WRONG: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "replay on reconnect": lambda patch: patch.setattr(Recovery, "outcome", _sends_again),
    "lost means not done": lambda patch: patch.setattr(Recovery, "outcome", _says_not_done),
    "reply trusted without read-back": lambda patch: patch.setattr(LiveOperation, "observe", _trusts),
    "undo step left open": lambda patch: patch.setattr(UndoStep, "end", _leaves_open),
    "partial batch": lambda patch: patch.setattr(UndoStep, "roll_back", _keeps_half),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_executor_is_detected(wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    WRONG[wrong](monkeypatch)
    for seed in range(30):
        try:
            run(seed)
        except Untrue:
            return
        except AssertionError:
            # The checks at the end of the whole path detected it: a failure in the script, or a remaining listener.
            return
    pytest.fail(f"{wrong}: not found in 30 histories")
