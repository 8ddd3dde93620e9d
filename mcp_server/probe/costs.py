"""The cost of SetMirror's listeners in the running Live, and an estimate for a large Set.

Listeners without effect are attached to the values of parameters, called and removed (the bridge's `probe.listeners`).
Live calls them when a write sets a track's volume, which is undone later: this needs a new, empty Set. The times are
those of Live's main thread, by the script's clock; the memory is that of Live's process, as the system reports it.
"""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import anyio
from anyio.lowlevel import checkpoint

from mcp_server.demo.contents import picture
from mcp_server.probe.bench import Bench
from mirror import Mirror, Set, errors
from remote_script.SetMirror.contract import schema
from remote_script.SetMirror.listener_probe import MOST, TARGETS
from remote_script.SetMirror.rounds import WITHIN_S

VOLUME = "tracks/0/mixer_device/volume"
CALLED = 200
"""The number of listeners on the parameter that is set."""
WRITES, WAITS = 10, 9
LARGE = {"parameters": 20_000, "listeners": 59_000}
"""Parameters and listeners at rest of a Set of 100 tracks and 1,000 clips (in headless Live)."""

_POLLED = [prop for prop in schema.properties("DeviceParameter").values() if prop.within_s]
"""Properties of a parameter that have no listener: the script's rounds read them."""

Memory = Callable[[int], Awaitable["int | None"]]


async def memory_bytes(pid: int) -> int | None:
    """The resident memory of a process of this computer; None if the system does not report it."""
    if sys.platform == "win32":
        command = ["tasklist", "/FI", f"PID eq {pid}", "/FO", "CSV", "/NH"]
    else:
        command = ["ps", "-o", "rss=", "-p", str(pid)]
    try:
        done = await anyio.run_process(command, check=False)
    except OSError:
        return None
    # `ps` prints only the number; `tasklist` prints it as the last field: "Live.exe","4711","Console","1","812,345 K".
    digits = "".join(filter(str.isdigit, done.stdout.decode(errors="replace").rpartition('","')[2]))
    return int(digits) * 1024 if digits else None


class _Slices:
    """Lets the script attach and remove listeners, a slice per request, and adds up its measurements."""

    def __init__(self, mirror: Mirror, targets: list[int]) -> None:
        self.pid = 0
        self.read_us: list[float] = []
        self._mirror = mirror
        self._targets = targets

    async def until(self, count: int, targets: list[int] | None = None) -> float:
        """Attach or remove listeners until there are `count`; returns microseconds per listener."""
        changed, took_us = 0, 0.0
        while True:
            measured = await self.ask(count, targets)
            changed, took_us = changed + measured["changed"], took_us + measured["change_us"]
            self.read_us.append(measured["read_us"] / measured["reads"])
            if measured["attached"] == count:
                return float(took_us / max(1, changed))

    async def ask(self, count: int, targets: list[int] | None = None, wait: bool = False) -> dict[str, Any]:
        params = {"targets": targets or self._targets, "count": count, "wait": wait}
        measured: dict[str, Any] = await self._mirror.ask("probe.listeners", params)
        self.pid = measured["pid"]
        return measured


async def measure(mirror: Mirror, memory: Memory = memory_bytes) -> dict[str, Any]:
    """The figures, named with their units; None for figures that this system or this Live does not have.

    Args:
      memory: Returns the bytes of the process with this number.

    Raises:
      PreconditionFailed: the Set could not be restored.
      MirrorError: the script refused; all listeners are removed.
    """
    bench, before = Bench(mirror), picture(mirror)
    nodes = (node.id for node in mirror.walk("song") if node.type == "DeviceParameter")
    slices = _Slices(mirror, [id_ for id_, _ in zip(nodes, range(TARGETS), strict=False)])
    with anyio.CancelScope(shield=True):
        try:
            figures = await _figures(bench, slices, memory)
        finally:
            # Without a link, the script removes the listeners itself.
            with suppress(errors.Disconnected):
                await slices.until(0)
            await bench.put_back()
            _, left = await bench.back_to(before)
    if left:
        raise errors.PreconditionFailed(
            f"The Set is not as it was: {'; '.join(left[:3])}",
            hint="please report this; undo in Live takes back what is left",
        )
    await checkpoint()
    return {**figures, "large_set": _large(figures)}


async def _figures(bench: Bench, slices: _Slices, memory: Memory) -> dict[str, Any]:
    await slices.until(0)
    at_first = await memory(slices.pid)
    attach_us = await slices.until(MOST)
    at_last = await memory(slices.pid)
    remove_us = await slices.until(0)
    waits_us = [(await slices.ask(0, wait=True))["wait_us"] for _ in range(WAITS)]
    before = await bench.mirror.script_status()
    for number in range(WRITES):
        await _set_volume(bench, number)
    status = await bench.mirror.script_status()
    set_ms = (status["timings"]["write"]["total_ms"] - before["timings"]["write"]["total_ms"]) / WRITES
    call_us = await _called(bench, slices)
    grown = None if at_first is None or at_last is None else at_last - at_first
    return {
        "attach_ms_per_1000": round(attach_us, 3),
        "call_ms_per_1000": round(call_us, 3),
        "remove_ms_per_1000": round(remove_us, 3),
        "memory_kb_per_1000": None if grown is None else round(grown / MOST, 1),
        "read_us": round(sorted(slices.read_us)[len(slices.read_us) // 2], 3),
        "set_ms": round(set_ms, 3),
        "timer_ms": status["distances"]["timer"]["p50_ms"],
        "wait_of_1_ms": None if None in waits_us else round(sorted(waits_us)[WAITS // 2] / 1000, 3),
    }


async def _set_volume(bench: Bench, number: int) -> None:
    await bench.write(Set(VOLUME, "value", 0.5 + 0.1 * (number % 2)))
    await bench.settle()


async def _called(bench: Bench, slices: _Slices) -> float:
    """Microseconds between the calls of two listeners when all are attached to the same changing volume."""
    volume = [bench.mirror.resolve(VOLUME).id]
    await slices.until(CALLED, volume)
    calls, took_us = 0, 0.0
    for number in range(WRITES):
        await _set_volume(bench, number)
        measured = await slices.ask(CALLED, volume)
        # n calls have n - 1 distances between them.
        calls, took_us = calls + max(0, measured["calls"] - 1), took_us + measured["calls_us"]
    await slices.until(0)
    return took_us / max(1, calls)


def _large(figures: dict[str, Any]) -> dict[str, Any]:
    """The cost of a Set of `LARGE`: seconds of Live's main thread in all, spread over many ticks, and memory."""
    thousands, kb = LARGE["listeners"] / 1000, figures["memory_kb_per_1000"]
    return {
        **LARGE,
        "attach_s": round(thousands * figures["attach_ms_per_1000"] / 1000, 3),
        "remove_s": round(thousands * figures["remove_ms_per_1000"] / 1000, 3),
        "read_values_s": round(LARGE["parameters"] * figures["read_us"] / 1e6, 3),
        "rounds_percent": round(
            100 * LARGE["parameters"] * len(_POLLED) * figures["read_us"] / 1e6 / WITHIN_S, 2
        ),
        "memory_mb": None if kb is None else round(thousands * kb / 1000, 1),
    }
