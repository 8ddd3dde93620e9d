"""A load does not block other writes, can be cancelled at once, and owns the device that Live loads late."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import trio
import trio.testing

from mirror import Call, Set, errors
from remote_script.headless.model import browser as headless_browser
from tests.every_class import everything
from tests.whole import Refused, Whole, whole_path

Clock = trio.testing.MockClock

KEYS, EFFECTS = "tracks/1", "tracks/7"
PLUGIN = "plugins/VST3/Blue Door/Blue Comp"
OTHER = "plugins/VST3/North Audio/Space"
LOAD_S = 8.0
TICK_S = 0.1


@pytest.fixture(autouse=True)
def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(headless_browser, "SLOW_TICKS", int(LOAD_S / 0.01))


def devices(whole: Whole, track: int) -> list[str]:
    return [device.name for device in whole.stage.song.tracks[track].devices]


async def outcome(run: Callable[[], Awaitable[dict[str, Any]]], into: list[Any]) -> None:
    try:
        into.append(await run())
    except Refused as problem:
        into.append(problem.data)


def events(whole: Whole) -> list[Any]:
    return list(whole.mirror.log.last(1000))


def loading(whole: Whole, path: str = PLUGIN, to: str = EFFECTS) -> Call:
    return Call("application/browser", "load", {"path": path, "target": whole.mirror.resolve(to).id})


async def begun(whole: Whole) -> None:
    """Wait until a load has started."""
    for _ in range(200):
        if any(each.call is not None for each in whole.stage.script.executor._beside.parked):
            return
        await trio.sleep(0.01)
    raise AssertionError("no load began")


async def latencies(whole: Whole, count: int) -> list[float]:
    """The durations of another client's writes, in seconds."""
    found = []
    for number in range(count):
        before = trio.current_time()
        result = await whole.mirror.write([Set("tracks/3", "name", f"Renamed {number}")], author="other")
        assert result.outcome == "verified"
        found.append(trio.current_time() - before)
        await trio.sleep(0.03)
    return sorted(found)


async def test_another_clients_writes_take_no_longer_during_a_load_of_20_s(
    autojump_clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(headless_browser, "SLOW_TICKS", 2000)
    async with whole_path(everything()) as whole:
        quiet = await latencies(whole, 40)
        results: list[Any] = []

        async def load() -> None:
            results.append(await whole.mirror.write([loading(whole)], author="loader", deadline_s=60.0))

        async with trio.open_nursery() as nursery:
            nursery.start_soon(load)
            await begun(whole)
            began = trio.current_time()
            loud = await latencies(whole, 40)
            assert not results
        assert 19 < trio.current_time() - began < 21
        assert (results[0].outcome, results[0].undo_steps) == ("verified", 1)
        assert devices(whole, 7)[-1] == "Blue Comp"
        p95 = int(0.95 * 40)
        assert loud[p95] <= 2 * quiet[p95], (loud[p95], quiet[p95])
        assert await whole.differences() == []


async def test_a_cancelled_load_returns_within_one_tick_and_keeps_its_late_device(
    autojump_clock: Clock,
) -> None:
    async with whole_path(everything()) as whole:
        ended: list[float] = []

        async def load() -> None:
            try:
                with scope:
                    await whole.mirror.write([loading(whole)], author="loader", deadline_s=60.0)
            finally:
                ended.append(trio.current_time())

        scope = trio.CancelScope()
        async with trio.open_nursery() as nursery:
            nursery.start_soon(load)
            await begun(whole)
            cancelled = trio.current_time()
            scope.cancel()
            await trio.sleep(TICK_S)
            assert ended[0] - cancelled <= TICK_S
            assert whole.stage.script.executor._beside.parked == []
        await whole.by_hand(lambda song: setattr(song, "tempo", 91.0))
        await whole.by_hand(lambda song: setattr(song.tracks[7], "name", "By hand"))
        after = whole.mirror.revision
        await trio.sleep(LOAD_S + 1)
        assert devices(whole, 7)[-1] == "Blue Comp"
        told = [each for each in events(whole) if each.revision > after and each.name == "devices"]
        assert {each.who for each in told} == {"loader"}
        assert EFFECTS in {each.ref for each in told}
        assert await whole.differences() == []


async def test_while_a_load_waits_its_target_is_kept(autojump_clock: Clock) -> None:
    async with whole_path(everything(), tick_s=0.02) as whole:
        await whole.call("set_song", tempo=99)
        await whole.call("undo")
        answers: list[Any] = []
        async with trio.open_nursery() as nursery:
            nursery.start_soon(
                outcome, lambda: whole.call("load", path=PLUGIN, to=f"{EFFECTS}/devices/0"), answers
            )
            await begun(whole)
            for tool, arguments in (
                ("undo", {"anyone": True}),
                ("undo", {"redo": True}),
                ("delete", {"targets": [EFFECTS]}),
                ("delete", {"targets": [f"{EFFECTS}/devices/0"]}),
                ("set_property", {"target": "view", "property": "selected_track", "value": KEYS}),
                (
                    "set_property",
                    {"target": "application/browser", "property": "hotswap_target", "value": None},
                ),
                (
                    "call_method",
                    {"target": "view", "method": "select_device", "args": {"device": f"{KEYS}/devices/0"}},
                ),
                ("duplicate", {"target": KEYS}),
            ):
                with pytest.raises(Refused) as caught:
                    await whole.call(tool, **arguments)
                data = caught.value.data
                assert data["error"] == "BUSY", (tool, data)
                assert "load" in data["rule"]
                assert data["load"]
            # Other writes continue.
            assert (await whole.call("delete", targets=[f"{KEYS}/devices/1"]))["outcome"] == "verified"
            assert not answers
        assert answers[0]["outcome"] == "verified"
        assert devices(whole, 7)[1] == "Blue Comp"


async def test_loads_wait_for_each_other_and_each_is_inserted_in_its_place(autojump_clock: Clock) -> None:
    async with whole_path(everything(), tick_s=0.02) as whole:
        answers: list[Any] = []
        async with trio.open_nursery() as nursery:
            for path, to in ((PLUGIN, EFFECTS), (OTHER, KEYS)):
                nursery.start_soon(
                    outcome, lambda path=path, to=to: whole.call("load", path=path, to=to), answers
                )
                await trio.sleep(0.1)
        assert [each["outcome"] for each in answers] == ["verified", "verified"]
        assert (devices(whole, 7)[-1], devices(whole, 1)[-1]) == ("Blue Comp", "Space")
        assert await whole.differences() == []


async def test_a_load_past_its_deadline_returns_at_once_and_frees_the_next(autojump_clock: Clock) -> None:
    async with whole_path(everything(), tick_s=0.02) as whole:
        before = trio.current_time()
        with pytest.raises(Refused) as caught:
            await whole.call("load", path=PLUGIN, to=EFFECTS, timeout_s=5)
        assert 4.9 < trio.current_time() - before < 5.5
        assert caught.value.data["error"] == "DEADLINE"
        assert "the track shows" in caught.value.data["rule"]
        assert caught.value.data["begun"] is True
        assert (await whole.call("load", path="audio_effects/Reverb", to=KEYS))["outcome"] == "verified"


async def test_a_person_edits_the_target_during_a_load_and_keeps_the_edit(autojump_clock: Clock) -> None:
    async with whole_path(everything(), tick_s=0.02) as whole:
        answers: list[Any] = []
        async with trio.open_nursery() as nursery:
            nursery.start_soon(outcome, lambda: whole.call("load", path=PLUGIN, to=EFFECTS), answers)
            await begun(whole)
            after = whole.mirror.revision
            await whole.by_hand(lambda song: song.tracks[7].insert_device("Reverb"))
            await whole.by_hand(lambda song: setattr(song.tracks[7], "name", "Mine"))
            await trio.sleep(1.0)
            told = [each for each in events(whole) if each.revision > after and each.ref == EFFECTS]
            who = [(each.who, each.name) for each in told if each.name in ("devices", "name")]
            assert who == [("live", "devices"), ("live", "name")]
            await whole.by_hand(lambda song: song.tracks[7].delete_device(0))
        assert answers[0]["outcome"] == "verified"
        assert "replaced" not in answers[0]["results"][0]
        assert devices(whole, 7)[-2:] == ["Reverb", "Blue Comp"]
        assert answers[0]["results"][0]["result"]["ref"].endswith(f"devices/{len(devices(whole, 7)) - 1}")


async def test_a_track_that_a_person_deletes_during_a_load_ends_it(autojump_clock: Clock) -> None:
    async with whole_path(everything(), tick_s=0.02) as whole:
        answers: list[Any] = []
        async with trio.open_nursery() as nursery:
            nursery.start_soon(outcome, lambda: whole.call("load", path=PLUGIN, to=EFFECTS), answers)
            await begun(whole)
            await whole.by_hand(lambda song: song.delete_track(7))
        assert answers[0]["error"] == "STALE_REFERENCE"


async def test_a_set_that_is_opened_during_a_load_ends_it(autojump_clock: Clock) -> None:
    async with whole_path(everything(), tick_s=0.02) as whole:
        ended: list[Exception] = []

        async def load() -> None:
            with pytest.raises((errors.UnknownOutcome, errors.EpochChanged)) as caught:
                await whole.mirror.write([loading(whole)], deadline_s=30.0)
            ended.append(caught.value)

        async with trio.open_nursery() as nursery:
            nursery.start_soon(load)
            await begun(whole)
            whole.stage.live.open_set(everything())
        assert len(ended) == 1
        await whole.mirror.wait_synced(30.0)
        assert await whole.differences() == []


async def test_a_write_of_several_loads_is_undone_as_its_refusal_says(autojump_clock: Clock) -> None:
    async with whole_path(everything()) as whole:
        before = devices(whole, 7), devices(whole, 1)
        answer = await whole.call("load", path=[PLUGIN, OTHER], to=[EFFECTS, EFFECTS])
        assert answer["undo_steps"] == 2
        with pytest.raises(Refused) as caught:
            await whole.call("undo")
        refused = caught.value.data
        assert "somebody" not in refused["rule"]
        assert "each load has its own" in refused["rule"]
        assert "undo with `anyone`, 2 times" in refused["hint"]
        for _ in range(2):
            await whole.call("undo", anyone=True)
        assert (devices(whole, 7), devices(whole, 1)) == before
