"""`setmirror probe --listeners`: the cost of listeners, measured in a Live whose Set is restored."""

from __future__ import annotations

import json
import os

import pytest
import trio
import trio.testing

from mcp_server import probe
from mcp_server.commands.processes import HeadlessProcess
from mcp_server.demo.contents import differences, picture
from mcp_server.probe import costs
from mirror import errors
from remote_script.headless.sets.generate import default_set
from tests.lean import demo_set
from tests.whole import whole_path

from .test_with_live import setmirror

Clock = trio.testing.MockClock


@pytest.mark.parametrize("version", ["11.3", "12.4"])
async def test_the_figures_are_complete_and_the_set_is_unchanged(version: str, autojump_clock: Clock) -> None:
    async with whole_path(default_set(), version) as whole, whole.person() as mirror:
        await whole.audited()
        before, entries = picture(mirror), len(whole.history())
        listeners = whole.stage.live.listener_count()

        async def memory(pid: int) -> int:
            """A memory reading as if each listener had 500 bytes."""
            assert pid == os.getpid()
            return 10_000_000 + 500 * whole.stage.live.listener_count()

        figures = await costs.measure(mirror, memory)
        assert whole.stage.live.listener_count() == listeners
        assert len(whole.history()) == entries
        await whole.audited()
        assert differences(before, picture(mirror)) == []
        assert figures["memory_kb_per_1000"] == 500
        for name in ("attach_ms_per_1000", "call_ms_per_1000", "remove_ms_per_1000", "read_us"):
            assert figures[name] > 0, name
        assert figures["timer_ms"] == pytest.approx(10, abs=1)
        large = figures["large_set"]
        assert large["memory_mb"] == pytest.approx(500 * large["listeners"] / 1e6)
        assert large["attach_s"] == pytest.approx(figures["attach_ms_per_1000"] * 0.059, abs=0.001)
        # Name, state and automation state of 20,000 parameters, every 2 s.
        assert large["rounds_percent"] == pytest.approx(figures["read_us"] * 3, abs=0.01)
        assert large["read_values_s"] == pytest.approx(figures["read_us"] * 0.02, abs=0.001)


async def test_unavailable_memory_figures_are_shown_as_unknown(autojump_clock: Clock) -> None:
    async def unknown(pid: int) -> None:
        return None

    async with whole_path(default_set()) as whole, whole.person() as mirror:
        figures = await costs.measure(mirror, unknown)
        assert figures["memory_kb_per_1000"] is None
        assert figures["large_set"]["memory_mb"] is None


async def test_a_live_that_is_read_only_is_not_written_to_and_keeps_no_listener(
    autojump_clock: Clock,
) -> None:
    async with whole_path(default_set()) as whole, whole.person() as mirror:
        await whole.audited()
        listeners, entries = whole.stage.live.listener_count(), len(whole.history())
        await mirror.ask("policy.read_only", {"on": True})
        with pytest.raises(errors.MirrorError) as refusal:
            await probe.costs_of_listeners(mirror)
        assert refusal.value.error == "DENIED"
        await mirror.ask("policy.read_only", {"on": False})
        assert whole.stage.live.listener_count() == listeners
        assert len(whole.history()) == entries


async def test_objects_that_cannot_be_restored_are_named(
    autojump_clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def left(bench: costs.Bench, before: object) -> tuple[int, list[str]]:
        await trio.lowlevel.checkpoint()
        return 0, ["tracks/0: value"]

    monkeypatch.setattr(costs.Bench, "back_to", left)
    async with whole_path(default_set()) as whole, whole.person() as mirror:
        with pytest.raises(errors.PreconditionFailed, match="tracks/0: value"):
            await costs.measure(mirror)


async def test_a_set_with_contents_is_not_changed(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole, whole.person() as mirror:
        entries = len(whole.history())
        with pytest.raises(errors.NotAvailable, match="not empty"):
            await probe.costs_of_listeners(mirror)
        assert len(whole.history()) == entries


async def test_the_memory_of_a_process_is_measured_and_absent_without_one() -> None:
    mine = await costs.memory_bytes(os.getpid())
    assert mine is not None
    assert mine > 10_000_000
    assert await costs.memory_bytes(2**30) is None


async def test_the_command_prints_figures_and_the_estimate_for_a_large_set() -> None:
    async with HeadlessProcess.started(more=["--default-set"]) as live:
        told = await setmirror("probe", "--listeners", "--json", "--port", str(live.port))
        assert told.returncode == 0, told.stderr
        figures = json.loads(told.stdout)
        assert figures["live"] == "12.4.0"
        assert figures["large_set"]["listeners"] == 59_000
        told = await setmirror("probe", "--listeners", "--port", str(live.port))
        lines = told.stdout.decode().splitlines()
        assert lines[0].startswith("attach 1,000 listeners")
        assert "20,000 parameters" in lines[-1]
