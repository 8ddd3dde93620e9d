"""Experiments, and the bench on which they run, which reverts all their changes.

An experiment changes only its own objects, or values that can be restored: changes in Live's undo history are undone
write by write, other values (selection, metronome, armed tracks, …) are set again, and a playing song is stopped.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from typing import Any

import anyio
import msgspec

from mcp_server.demo.contents import Picture, differences, picture
from mirror import Call, Mirror, Operation, Set, WriteResult, errors
from remote_script.SetMirror.contract import schema

AUTHOR = "setmirror probe"
OURS = (AUTHOR, "audit", "somebody")
"""Authors of the probe's own changes. Changes that the audit finds and undo entries of unknown origin count as own
changes, because Live notifies a person's edits at once.
"""
EDITS = 1000
SETTLE_S = 0.15
"""Seconds in which Live notifies all consequences of a change; longer than its slow tick of 100 ms."""
LOOKS = 20
"""The number of comparisons with the earlier Set; comparing a whole empty Set takes a second or two."""
EXTRA_UNDOS = 20
"""The most further undos, for a Live that makes too many entries; undos that do not restore the Set are redone."""


@dataclass(frozen=True)
class Outcome:
    """The outcome of one experiment; `agrees` is None if the fact does not apply to this Live."""

    name: str
    fact: str
    expected: Any
    seen: Any
    agrees: bool | None
    guess: bool = False
    """True for a fact that has not been checked on a real Live yet: a difference is new knowledge, not a fault."""
    note: str = ""


class Absent(Exception):
    """The fact does not apply to this Live, so it neither agrees nor differs."""


@dataclass(frozen=True)
class Within:
    """An expectation of a number: anything from `low` to `high`."""

    low: float
    high: float

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Within):
            return (self.low, self.high) == (other.low, other.high)
        return isinstance(other, int | float) and self.low <= other <= self.high

    def __hash__(self) -> int:
        return hash((self.low, self.high))

    def __str__(self) -> str:
        return f"{self.low:g} to {self.high:g}"


class Bench:
    """A mirror for experiments, and the changes that must be reverted."""

    def __init__(self, mirror: Mirror) -> None:
        self.mirror = mirror
        self.resources = ExitStack()
        """Files of the theme, removed when the theme ends."""
        self._began = mirror.revision
        self._undo: list[str] = []
        self._restore: list[tuple[int, str, Any]] = []

    # -- trying --------------------------------------------------------------------------------------

    async def write(self, *ops: Operation, label: str = "probe") -> WriteResult:
        # Experiments also check Live's behaviour when objects are in the way.
        ops = tuple(msgspec.structs.replace(op, overwrite=True) if isinstance(op, Call) else op for op in ops)
        result = await self.mirror.write(ops, author=AUTHOR, label=label)
        if result.undo_steps:
            self._undo.append(result.write)
        for op, operation_result in zip(ops, result.results, strict=True):
            if isinstance(op, Set) and not self._tracked(op) and not str(op.target).startswith("$"):
                self._restore.append((self.mirror.resolve(op.target).id, op.name, operation_result.before))
        return result

    async def refusal(self, *ops: Operation) -> str:
        """The text with which Live or the bridge refuses the operations; if it accepts them, the resulting value."""
        try:
            result = await self.write(*ops)
        except errors.LiveRefused as problem:
            return problem.rule.removeprefix("Live refused: ")
        except errors.MirrorError as problem:
            return f"{problem.error}: {problem.rule}"
        last = result.results[-1]
        return f"taken: {(last.after if isinstance(ops[-1], Set) else last.result)!r}"

    async def made(self, *ops: Operation) -> str:
        """The ref of the object that the last operation created."""
        result = await self.write(*ops)
        return str(result.results[-1].result["ref"])

    async def texts(self, parameter: str, *values: float) -> list[Any]:
        """The texts that Live shows for these values of a parameter."""
        written = await self.write(*(Call(parameter, "str_for_value", {"value": value}) for value in values))
        return [operation_result.result for operation_result in written.results]

    async def answer(self, target: str, method: str, **args: Any) -> Any:
        """Live's answer to a call."""
        result = await self.write(Call(target, method, args))
        return result.results[0].result

    async def in_the_same_turn(self, target: str, name: str, *ops: Operation) -> Any:
        """The value of a property directly after the operations, in the same turn of Live.

        The property is set again to the wanted value; the result of this operation has the value before it.
        """
        last = ops[-1]
        wanted = last.value if isinstance(last, Set) else True
        result = await self.write(*ops, Set(target, name, wanted))
        return result.results[-1].before

    async def undo(self) -> Any:
        """Undo the last `write` by Live's own undo, so that `put_back` does not undo it; returns Live's label."""
        if self._undo:
            self._undo.pop()
        result = await self.mirror.undo(author=AUTHOR)
        return result.results[0].result

    async def redo(self) -> Any:
        """Redo by Live's own redo; returns Live's label."""
        result = await self.mirror.redo(author=AUTHOR)
        self._undo.append("")
        return result.results[0].result

    async def settle(self) -> None:
        await anyio.sleep(SETTLE_S)

    # -- looking -------------------------------------------------------------------------------------

    def prop(self, target: str, name: str) -> Any:
        """A property's value in the mirror."""
        return self.mirror.resolve(target).props.get(name)

    async def now(self, *places: str) -> list[Any]:
        """The present values of properties, such as `tracks/0.mute`, read from Live; its error text if it refuses."""
        asked = [tuple(place.rsplit(".", 1)) for place in places]
        readings = await self.mirror.read_now([(target, name) for target, name in asked])
        return [
            (reading.facts.get("said") or reading.rule)
            if isinstance(reading, errors.MirrorError)
            else reading
            for reading in readings
        ]

    def names(self, target: str, listed: str) -> list[str]:
        return [node.name for node in self.mirror.children(target, listed)]

    def parameter(self, device: str, name: str) -> str:
        """The ref of a device's parameter; raises NotFound if no parameter has this name."""
        for node in self.mirror.children(device, "parameters"):
            if node.name == name:
                return self.mirror.ref(node.id)
        raise errors.NotFound(f"{device} has no parameter {name!r}")

    # -- putting back --------------------------------------------------------------------------------

    def savepoint(self) -> tuple[int, int]:
        """The state for `put_back`: it keeps everything that was done before."""
        return len(self._undo), len(self._restore)

    async def put_back(self, since: tuple[int, int] = (0, 0)) -> None:
        """Restore the values and undo the writes since a savepoint, newest first; edits of other authors are kept.

        Raises:
          PreconditionFailed: somebody else changed the Set; that person must undo the remaining changes.
        """
        undos, restores = since
        if self.prop("song", "is_playing"):
            await self.mirror.write([Call("song", "stop_playing")], author=AUTHOR)
            await self.settle()
        while len(self._restore) > restores:
            id_, name, before = self._restore.pop()
            if id_ in self.mirror.store.nodes:
                with suppress(errors.MirrorError):
                    # The former value may be impossible now; the states are compared afterwards.
                    await self.mirror.write([Set(id_, name, before)], author=AUTHOR)
        while len(self._undo) > undos:
            await self._undo_write(self._undo.pop())

    async def _undo_write(self, write: str) -> None:
        try:
            if write:
                await self.mirror.undo_mine(write, author=AUTHOR)
                return
        except errors.PreconditionFailed as problem:
            since = problem.facts.get("since")
            if since is None:
                # The write has no entry in Live's history, and the values that it set have changed since.
                return
            if any(entry.get("who") not in OURS for entry in since or [{}]):
                raise
        except errors.InvalidValue:
            # `back_to` undid and redid the write while it searched.
            pass
        await self.mirror.undo(author=AUTHOR)

    async def unlike(self, before: Picture) -> list[str]:
        """The differences from `before`, after enough time for the audit to find changes that Live does not notify."""
        for _ in range(LOOKS):
            left = differences(before, picture(self.mirror))
            if not left:
                break
            await self.settle()
        return left

    async def back_to(self, before: Picture) -> tuple[int, list[str]]:
        """The number of further undos that lead back to `before`; 0 and the differences if undos do not lead back."""
        left = await self.unlike(before)
        undone = 0
        while left and undone < EXTRA_UNDOS and not self._somebody_else() and self.prop("song", "can_undo"):
            await self.mirror.undo(author=AUTHOR)
            await self.settle()
            undone += 1
            if not differences(before, picture(self.mirror)):
                return undone, []
        for _ in range(undone):
            await self.mirror.redo(author=AUTHOR)
        return 0, left

    def _somebody_else(self) -> bool:
        """True when another author has edited the Set, so that an undo could revert this author's work."""
        edits = self.mirror.writes.history.last(EDITS)
        return any(edit["revision"] > self._began and edit["who"] not in OURS for edit in edits)

    def _tracked(self, op: Set) -> bool:
        try:
            prop = schema.properties(self.mirror.resolve(op.target).type).get(op.name)
        except errors.MirrorError:
            return True
        return prop is None or prop.undo


Try = Callable[[Bench], Awaitable[tuple[Any, Any]]]
"""A function that returns (expected, seen)."""
Stage = Callable[[Bench], Awaitable[None]]
"""A function that creates the objects for a theme's experiments."""
MIDI = "tracks/0"
AUDIO = "tracks/1"
SLOT = MIDI + "/clip_slots/0"
CLIP = SLOT + "/clip"
"""The refs of the objects that the stages create."""


async def two_tracks(bench: Bench) -> None:
    """Create a MIDI track and an audio track before the first track."""
    await bench.write(
        Call("song", "create_midi_track", {"index": 0}), Call("song", "create_audio_track", {"index": 0})
    )


async def a_clip(bench: Bench) -> None:
    """Create the two tracks, and a clip of four beats in the first slot of the MIDI track."""
    await two_tracks(bench)
    await bench.write(Call(SLOT, "create_clip", {"pages": 4.0}))


@dataclass(frozen=True)
class Experiment:
    """One fact and the function that checks it; `since` is the first version of Live with this fact."""

    name: str
    fact: str
    work: Try
    guess: bool = False
    since: tuple[int, ...] = ()


class Theme:
    """Experiments on one stage; the methods add experiments of common kinds."""

    def __init__(self, name: str, stage: Stage | None = None, since: tuple[int, ...] = ()) -> None:
        self.name = name
        self.stage = stage
        self.since = since
        self.experiments: list[Experiment] = []

    def add(
        self, name: str, fact: str, work: Try, *, guess: bool = False, since: tuple[int, ...] = ()
    ) -> None:
        self.experiments.append(Experiment(name, fact, work, guess, max(since, self.since)))

    def tries(self, fact: str, *, guess: bool = False, since: tuple[int, ...] = ()) -> Callable[[Try], Try]:
        """A decorator that adds a function as an experiment of the same name; it returns (expected, seen)."""

        def keep(work: Try) -> Try:
            self.add(getattr(work, "__name__", fact), fact, work, guess=guess, since=since)
            return work

        return keep

    def texts(self, name: str, fact: str, parameter: str, texts: dict[float, str], **how: Any) -> None:
        """Add an experiment about the texts that a parameter shows for some values."""

        async def work(bench: Bench) -> tuple[Any, Any]:
            return list(texts.values()), await bench.texts(parameter, *texts)

        self.add(name, fact, work, **how)

    def reads(self, name: str, fact: str, expected: dict[str, Any], **how: Any) -> None:
        """Add an experiment about values, or Live's refusals, by place, such as `tracks/0.mute`."""

        async def work(bench: Bench) -> tuple[Any, Any]:
            return expected, dict(zip(expected, await bench.now(*expected), strict=True))

        self.add(name, fact, work, **how)

    def takes(self, name: str, fact: str, place: str, values: dict[Any, Any], **how: Any) -> None:
        """Add an experiment about the values that Live stores when a property is set to others."""

        async def work(bench: Bench) -> tuple[Any, Any]:
            target, prop = place.rsplit(".", 1)
            seen = {}
            for asked in values:
                result = await bench.write(Set(target, prop, asked))
                seen[asked] = result.results[0].after
            return list(values.items()), list(seen.items())

        self.add(name, fact, work, **how)

    def refuses(self, name: str, fact: str, said: str, ops: Sequence[Operation], **how: Any) -> None:
        """Add an experiment about Live's refusal of the last of some operations; `said` is its text or a part of it."""

        async def work(bench: Bench) -> tuple[Any, Any]:
            text = await bench.refusal(*ops)
            return said, said if said in text else text

        self.add(name, fact, work, **how)
