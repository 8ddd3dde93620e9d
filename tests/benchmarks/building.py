"""The script in headless Live: reading a large Set in slices, and sending a whole snapshot.

Live's clock is virtual, the durations are real: a slice is one call of the pump on Live's main thread.
Headless Live is Python and Live is C++, so reading a property takes longer here (Live 12.4: 4 to 28 µs).
"""

from __future__ import annotations

import gc
import json
import math
import time
import tracemalloc
import types
from collections import deque
from collections.abc import Iterator
from typing import Any

from mirror.store import Store
from mirror.wire import decode
from remote_script.headless import HeadlessLive, VirtualClock
from remote_script.headless.hosting.memory import MemoryClient, MemoryListener
from remote_script.headless.sets.generate import large_set
from remote_script.SetMirror.contract import auth, schema
from remote_script.SetMirror.contract.limits import PROTOCOLS
from remote_script.SetMirror.contract.seal import Session, client_session
from remote_script.SetMirror.contract.values import as_note, as_routing
from remote_script.SetMirror.layouts import Layouts
from remote_script.SetMirror.script import SetMirror
from remote_script.SetMirror.settings import BUDGET_MS
from tests.benchmarks.measure import OURS, Distribution, Row

TRACKS, CLIPS, NOTES, PARAMETERS = 100, 1_000, 20_000, 20_000
TICK_S = 0.0103
"""The real interval of a timer of 10 ms in Live (measured on macOS)."""
SLOW_TICK_S = 0.034
"""The same interval on one Windows PC."""
MOST_TICKS = 20_000


class Timed(SetMirror):
    """The script with a record of each pump's duration."""

    slices: list[float]
    used: list[float]
    """Processor time, which does not depend on other work of the machine."""

    def pump(self) -> None:
        gc.disable()
        began, used = time.perf_counter(), time.thread_time()
        super().pump()
        if not hasattr(self, "slices"):
            self.forget()
        self.slices.append(time.perf_counter() - began)
        self.used.append(time.thread_time() - used)
        gc.enable()

    def forget(self) -> None:
        self.slices, self.used = [], []

    def longest(self) -> dict[str, float]:
        """Facts about the longest slice, and about Python's garbage collector, which runs between two slices.

        The collector walks headless Live and the mirror, too, which are not in a real Live's process.
        """
        return {
            "longest slice ms": max(self.slices) * 1000,
            "longest slice's processor ms": max(self.used) * 1000,
            "longest garbage collection so far ms": self.collections.longest * 1000,
        }


class Bench:
    """One headless Live with the script, driven tick by tick."""

    def __init__(
        self,
        budget_s: float | None,
        size: tuple[int, int, int, int] = (TRACKS, CLIPS, NOTES, PARAMETERS),
        tick_s: float = TICK_S,
    ) -> None:
        """`size`: tracks, clips, notes, parameters; `budget_s` None is the share of the timer's distance."""
        self.tick_s = tick_s
        self.live = HeadlessLive(large_set(*size), clock=VirtualClock(), threads="raise")
        self.listener = MemoryListener()
        module = types.ModuleType("timed_setmirror")
        module.create_instance = lambda c_instance: Timed(  # type: ignore[attr-defined]
            c_instance, listener=self.listener, clock=self.live.clock.now, budget_s=budget_s
        )
        hosted = self.live.load_script(module, "SetMirror")
        self.script: Timed = hosted.instance
        self.script.forget()
        if tick_s != TICK_S:
            self.script._timer.stop()

    def until_ready(self) -> None:
        for _ in range(MOST_TICKS):
            if self.script.welcome()["ready"]:
                return
            self.live.run_for(TICK_S)
        raise AssertionError(f"not ready after {MOST_TICKS} ticks")

    def tick(self) -> None:
        """Run Live until the timer has fired once."""
        self.live.run_for(self.tick_s)
        if self.tick_s != TICK_S:
            self.script.pump()

    def close(self) -> None:
        self.live.close()


def rows() -> Iterator[Row]:
    """All rows of this module."""
    question = f"read a Set of {TRACKS} tracks and {PARAMETERS:,} parameters into the shadow, slice by slice"
    sliced = Bench(BUDGET_MS / 1000)
    yield _built(sliced, question, f"{OURS}, {BUDGET_MS:.0f} ms a slice")
    yield alone(question)
    yield from from_the_start()
    yield from snapshot(sliced)
    yield from at_rest(sliced)
    yield audit(sliced)
    yield content(sliced)
    sliced.close()
    del sliced
    gc.collect()
    whole = Bench(math.inf)
    yield _built(whole, question, "all in one slice")
    whole.close()
    yield from memory()


def _built(bench: Bench, question: str, subject: str) -> Row:
    began = time.perf_counter()
    bench.until_ready()
    wall = time.perf_counter() - began
    slices = [seconds for seconds in bench.script.slices if seconds > 0.0005]
    status = bench.script.status()
    facts = {
        **bench.script.longest(),
        "on Live's main thread ms": sum(bench.script.slices) * 1000,
        "processor ms": sum(bench.script.used) * 1000,
        "in Live's time s": status["counters"]["build_s"],
        "here s": wall,
        "objects": status["objects"],
        "listeners": status["listeners"]["attached"],
    }
    return Row(question, subject, Distribution.of_seconds(slices), facts)


def from_the_start() -> Iterator[Row]:
    """Times until a client that is connected at the script's start has the outline, and the whole Set."""
    for tick_s in (TICK_S, SLOW_TICK_S):
        bench = Bench(None, tick_s=tick_s)
        peer = Follower(bench, auth.load_token())
        outline, whole = peer.take_from_the_start()
        facts = {
            "outline in Live's time s": outline,
            "all of it in Live's time s": whole,
            **bench.script.longest(),
            "on Live's main thread ms": sum(bench.script.slices) * 1000,
            "processor ms": sum(bench.script.used) * 1000,
            "objects": len(peer.store.nodes),
        }
        question = "from the start of the script to a readable overview, and to the whole Set, in a mirror"
        yield Row(question, f"{OURS}, a timer of {tick_s * 1000:.0f} ms", facts=facts)
        bench.close()
        del bench, peer
        gc.collect()


class _Hearer:
    """Listens to one object, as a row of the script does."""

    def heard(self) -> None:
        """Do nothing."""


def alone(question: str) -> Row:
    """Headless Live's own share of the time: the same listeners, properties and lists, without storing values."""
    live = HeadlessLive(large_set(TRACKS, CLIPS, NOTES, PARAMETERS), clock=VirtualClock(), threads="raise")
    layouts = Layouts((12, 4, 0), lambda row, bits: None)
    hearers: list[_Hearer] = []
    stack: list[tuple[Any, str]] = [(live.song, "Song")]
    took = 0.0
    while stack:
        obj, declared = stack.pop()
        layout = layouts.of(obj, declared)
        lacks = {
            name
            for name, prop in zip(layout.names, layout.properties, strict=True)
            if layout.type == "DeviceParameter" and prop.on and not obj.is_quantized
        }
        names = [
            prop.name
            for prop in layout.properties
            if not (prop.reads or prop.name in lacks or prop.name == "application")
        ]
        adders = [listener.adder for _, listener in layout.kind_of(obj).resting]
        hearers.append(_Hearer())
        used = time.thread_time()
        for adder in adders:
            getattr(obj, adder)(hearers[-1].heard)
        values: dict[str, Any] = {}
        for name in names:
            try:
                values[name] = getattr(obj, name)
            except Exception:
                values[name] = None
        if declared == "DeviceParameter":
            obj.str_for_value(values["value"])
        elif declared == "Clip" and obj.is_midi_clip:
            for note in obj.get_all_notes_extended():
                as_note(note)
        elif declared == "Track":
            for name in ("available_input_routing_types", "available_output_routing_types"):
                for routing in values[name] or ():
                    as_routing(routing)
        below = [
            (child, prop.of) for prop in layout.properties if prop.is_tree for child in _below(values, prop)
        ]
        took += time.thread_time() - used
        stack += below
    live.close()
    return Row(question, "headless Live's own part of it", facts={"processor ms": took * 1000})


def _below(values: dict[str, Any], prop: schema.Property) -> list[Any]:
    value = values.get(prop.name)
    if value is None:
        return []
    return [value] if prop.type == "child" else list(value)


def at_rest(bench: Bench) -> Iterator[Row]:
    """The script's cost while the Set does not change."""
    bench.script.forget()
    for _ in range(1000):
        bench.live.run_for(TICK_S)
    slices = bench.script.slices
    whole = 1000 * TICK_S
    facts = {
        "share of the main thread %": sum(slices) / whole * 100,
        "of the processor %": sum(bench.script.used) / whole * 100,
    }
    question = "one pump while nothing happens (the audit compares on)"
    yield Row(question, OURS, Distribution.of_seconds(slices), facts)


def audit(bench: Bench) -> Row:
    """The duration of a complete audit, and the longest lifetime of a planted difference."""
    passes = bench.script.audit.counters["passes"]
    for wanted in (passes + 1, passes + 2):
        began = bench.live.clock.now()
        bench.script.forget()
        while bench.script.audit.counters["passes"] < wanted:
            bench.live.run_for(TICK_S)
    facts = {
        "in Live's time s": bench.live.clock.now() - began,
        **bench.script.longest(),
        "aim": "below 90 s",
    }
    return Row(f"compare all {PARAMETERS:,} parameters and the rest with Live once", OURS, facts=facts)


def content(bench: Bench) -> Row:
    """The cost of one change on the wire."""
    peer = Follower(bench, auth.load_token())
    peer.take_snapshot()
    peer.watch()
    clip = next(slot.clip for track in bench.live.song.tracks for slot in track.clip_slots if slot.has_clip)
    notes = bench.live.modules["Live.Clip"]
    facts: dict[str, Any] = {}
    bench.live.person.do(
        lambda song: clip.add_new_notes(
            tuple(notes.MidiNoteSpecification(n % 128, n / 100, 0.01) for n in range(5000))
        )
    )
    peer.settle()
    for name, edit in (
        ("a fader", lambda song: setattr(song.tracks[0].mixer_device.volume, "value", 0.3)),
        ("a name", lambda song: setattr(song.tracks[0], "name", "Drums 2")),
        (
            "a note more in a clip of 5,000",
            lambda song: clip.add_new_notes((notes.MidiNoteSpecification(60, 99.0, 1.0),)),
        ),
    ):
        before = peer.bytes
        bench.live.person.do(edit)
        peer.settle()
        facts[f"{name}: bytes"] = peer.bytes - before
    return Row("what one change is on the wire", OURS, facts=facts)


def memory() -> Iterator[Row]:
    """The memory for each object, on both sides."""
    tracemalloc.start()
    try:
        bench = Bench(BUDGET_MS / 1000)
        before = tracemalloc.take_snapshot()
        bench.until_ready()
        peer = Follower(bench, auth.load_token())
        after_build = tracemalloc.take_snapshot()
        peer.take_snapshot()
        after = tracemalloc.take_snapshot()
        objects = len(peer.store.nodes) / 1000
        shadow = _grown(before, after_build, "SetMirror")
        mirror = _grown(after_build, after, "mirror", "msgspec", "building")
        facts = {
            "the script's shadow KB": shadow / objects / 1024,
            "the mirror KB": mirror / objects / 1024,
        }
        yield Row("memory for 1,000 objects", OURS, facts=facts)
        bench.close()
    finally:
        tracemalloc.stop()


def _grown(before: Any, after: Any, *parts: str) -> float:
    """Bytes allocated in files whose path has one of `parts`, between two snapshots."""
    total = 0
    for statistic in after.compare_to(before, "filename"):
        if any(f"{part}" in statistic.traceback[0].filename for part in parts):
            total += statistic.size_diff
    return float(total)


def snapshot(bench: Bench) -> Iterator[Row]:
    """The time until a client has the whole Set; the alternative walks Live's objects without a shadow."""
    question = "give one client the whole Set"
    peer = Follower(bench, auth.load_token())
    bench.script.forget()
    began = time.perf_counter()
    ticks = peer.take_snapshot()
    taken = time.perf_counter() - began
    facts = {
        "in Live's time s": ticks * TICK_S,
        **bench.script.longest(),
        "on Live's main thread ms": sum(bench.script.slices) * 1000,
        "processor ms": sum(bench.script.used) * 1000,
        "here s": taken,
        "bytes": peer.bytes,
        "objects": len(peer.store.nodes),
    }
    yield Row(question, f"{OURS}: from the shadow", facts=facts, note="includes the mirror's decoding")
    began = time.perf_counter()
    values = _walk(bench.live.song, "Song")
    walked = time.perf_counter() - began
    yield Row(
        question,
        "walking Live's objects at once",
        facts={"longest slice ms": walked * 1000, "values": values},
        note="the UI stands still meanwhile",
    )


def _walk(thing: Any, declared: str) -> int:
    """Read all properties of the schema in the simplest way."""
    name = type(thing).__name__
    if name not in schema.CLASSES or not schema.is_a(name, declared):
        name = declared
    count = 0
    for prop in schema.properties(name).values():
        if prop.kind == "gauge" or prop.name == "application" or prop.reads:
            continue
        try:
            value = getattr(thing, prop.name)
        except (RuntimeError, AttributeError):
            continue
        count += 1
        if prop.type == "child" and value is not None:
            count += _walk(value, prop.of)
        elif prop.type == "children":
            for child in value:
                count += _walk(child, prop.of)
    return count


class Follower:
    """A client in memory with its own store."""

    def __init__(self, bench: Bench, token: str) -> None:
        self.bench = bench
        self.store = Store()
        self.coming: list[str] = []
        self.bytes = 0
        self._client: MemoryClient = bench.listener.connect()
        self._number = 0
        self._rest = b""
        self._received: deque[bytes] = deque()
        self._seals: Session | None = None
        nonce, who = auth.new_nonce(), {"role": auth.AGENT, "identity": "benchmark"}
        hello = self._ask("bridge.hello", {"protocols": list(PROTOCOLS), **who, "nonce": nonce})
        key = auth.client_key(token, **who)
        number = self._send("bridge.authenticate", {"proof": auth.client_proof(key, nonce, hello["nonce"])})
        self._seals = client_session(key, nonce, hello["nonce"])
        self._answer(number)

    def _send(self, method: str, params: dict[str, Any]) -> int:
        self._number += 1
        request = {"jsonrpc": "2.0", "id": self._number, "method": method, "params": params}
        line = json.dumps(request).encode() + b"\n"
        self._client.send(line if self._seals is None else self._seals.outgoing.seal(line))
        return self._number

    def _lines(self) -> Iterator[bytes]:
        while data := self._client.receive():
            self.bytes += len(data)
            *lines, self._rest = (self._rest + data).split(b"\n")
            self._received.extend(lines)
        while self._received:
            line = self._received.popleft()
            yield line if self._seals is None else self._seals.incoming.open(line)

    def _ask(self, method: str, params: dict[str, Any]) -> Any:
        return self._answer(self._send(method, params))

    def _answer(self, number: int) -> Any:
        for _ in range(1000):
            self.bench.tick()
            for line in self._lines():
                message = decode(line)
                if message.id == number:
                    return message.result
        raise AssertionError(f"request {number} was not answered")

    def take_from_the_start(self) -> tuple[float, float]:
        """Seconds of Live's time until the outline and until the whole Set have arrived."""
        clock = self.bench.live.clock
        began = clock.now() - len(self.bench.script.slices) * self.bench.tick_s
        while not self._ask("bridge.status", {})["outline"]:
            pass
        self.take_snapshot(outline=True)
        self.watch()
        outline = clock.now() - began
        while self.coming:
            self.bench.tick()
            for line in self._lines():
                self._apply(line)
        return outline, clock.now() - began

    def _apply(self, line: bytes) -> None:
        message = decode(line)
        if message.method == "set.batch":
            self.store.apply(message.params.revision, message.params.changes)
            self.coming = self.coming if message.params.coming is None else message.params.coming

    def take_snapshot(self, outline: bool = False) -> int:
        """Ticks until the whole Set, or its outline, has arrived."""
        number = self._send("set.snapshot", {"outline": outline})
        self.bytes = 0
        self.store.collect([], True)
        for tick in range(1, MOST_TICKS):
            self.bench.tick()
            for line in self._lines():
                message = decode(line)
                if message.method == "set.objects" and message.params is not None:
                    self.store.collect(message.params.objects, False)
                elif message.id == number:
                    self.store.replace(message.result["epoch"], message.result["revision"])
                    self.coming = message.result["coming"]
                    return tick
        raise AssertionError("no snapshot")

    def watch(self) -> None:
        """Ask for every batch from now on."""
        self._ask("set.watch", {"epoch": self.store.epoch, "after_revision": self.store.revision})

    def settle(self) -> None:
        """Receive the messages of half a second, except heartbeats."""
        for _ in range(50):
            self.bench.live.run_for(TICK_S)
            for line in self._lines():
                if b"bridge.heartbeat" in line:
                    self.bytes -= len(line) + 1
