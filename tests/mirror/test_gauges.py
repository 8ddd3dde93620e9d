"""Gauges from headless Live over the whole path: each at its own rate, from one sampler, with computed positions."""

from __future__ import annotations

import pytest
import trio
import trio.testing

from mirror import errors
from remote_script.SetMirror.requests import READS
from tests.lean import demo_set
from tests.whole import whole_path

from .conftest import Open
from .peer import Peer

Clock = trio.testing.MockClock


async def test_each_reader_gets_its_rate_and_live_is_polled_once_for_all(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole, trio.open_nursery() as nursery:
        counts = {4.0: 0, 20.0: 0}

        async def listen(hz: float) -> None:
            items = [("song", "current_song_time"), ("tracks/0", "output_meter_level")]
            async with whole.mirror.gauges(items, hz) as stream:
                async for sample in stream:
                    assert len(sample.values) == 2
                    assert isinstance(sample.values[0], float)
                    counts[hz] += 1

        for hz in counts:
            nursery.start_soon(listen, hz)
        await trio.sleep(10)
        nursery.cancel_scope.cancel()
        assert counts[4.0] == pytest.approx(40, abs=2)
        # The way to Live and back takes two ticks.
        assert counts[20.0] == pytest.approx(200, abs=10)
        assert whole.mirror._sampler.questions < counts[4.0] + counts[20.0]


async def test_the_position_between_samples_is_right_to_ten_milliseconds(autojump_clock: Clock) -> None:
    # Live's time advances in steps of a millisecond, so that the error is only the mirror's.
    async with whole_path(demo_set(), tick_s=0.001) as whole:
        mirror = whole.mirror
        await whole.call("transport", action="play")
        mirror.song_position()
        await trio.sleep(2)
        tempo = mirror.resolve("song").props["tempo"]
        worst = 0.0
        for _ in range(400):
            await trio.sleep(0.0137)
            told = mirror.song_position()
            assert told is not None
            worst = max(worst, abs(told - whole.stage.live.song.current_song_time) * 60 / tempo)
        assert worst < 0.010, f"{worst * 1000:.1f} ms"


async def test_many_gauges_are_read_in_parts(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        nodes = [node for node in whole.mirror.walk() if node.type == "DeviceParameter"][: 2 * READS + 9]
        assert len(nodes) > 2 * READS
        values = await whole.mirror.read_now([(node.id, "value") for node in nodes])
        assert values == [node.props["value"] for node in nodes]


async def test_long_values_are_not_read_in_one_turn(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        clip = whole.mirror.find(kind="Clip", where={"is_midi_clip": True})[0].node
        notes, name = await whole.mirror.read_now([(clip.id, "notes"), (clip.id, "name")])
        assert isinstance(notes, errors.NotAvailable)
        assert "the mirror holds it" in str(notes.hint)
        assert name == whole.mirror.node(clip.id).name


async def test_gauges_pause_without_a_link_and_continue_afterwards(autojump_clock: Clock) -> None:
    async with (
        whole_path(demo_set()) as whole,
        whole.mirror.gauges([("song", "current_song_time")]) as stream,
    ):
        await anext(stream)
        whole.cut()
        await trio.sleep(1)
        await whole.mirror.wait_synced(60)
        with trio.fail_after(10):
            for _ in range(5):
                assert isinstance((await anext(stream)).values[0], float)


async def test_unreadable_gauges_are_reported_in_place_and_invalid_requests_refused(
    autojump_clock: Clock,
) -> None:
    async with whole_path(demo_set()) as whole:
        async with whole.mirror.gauges([("tracks/99", "name"), ("song", "current_song_time")]) as stream:
            missing, there = (await anext(stream)).values
            assert isinstance(missing, errors.MirrorError)
            assert isinstance(there, float)
        for hz in (0.0, 1000.0, float("nan")):
            with pytest.raises(errors.InvalidValue, match="hz"):
                whole.mirror.gauges([("song", "current_song_time")], hz)
        with pytest.raises(errors.InvalidValue, match="gauges"):
            whole.mirror.gauges([])


async def test_a_slow_reader_gets_the_newest_values(autojump_clock: Clock) -> None:
    async with (
        whole_path(demo_set()) as whole,
        whole.mirror.gauges([("song", "current_song_time")], 20) as stream,
    ):
        await anext(stream)
        await trio.sleep(5)
        sample = await anext(stream)
        assert stream.missed > 50
        assert sample.time > stream.due - 0.5


# -- with a peer instead of Live ------------------------------------------------------------------


async def test_gauges_are_read_at_once_and_unreadable_ones_reported_in_place(
    clock: Clock, peer: Peer, opened: Open
) -> None:
    async with opened() as mirror:
        values = await mirror.read_now(
            [("song", "current_song_time"), ("tracks/1", "weight"), ("tracks/9", "name"), (3, "name")]
        )
        assert values[0] == 8.0
        assert isinstance(values[1], errors.NotAvailable)
        assert isinstance(values[2], errors.StaleReference)
        assert values[3] == "Bass"


async def test_the_songs_position_moves_on_with_the_tempo_between_samples(
    clock: Clock, peer: Peer, opened: Open
) -> None:
    async with opened() as mirror:
        await trio.sleep(0.5)
        assert mirror.song_position() == 8.0
        started = trio.current_time()
        peer.nursery.start_soon(_play, peer, started)
        peer.set(1, "is_playing", True)
        await trio.sleep(10.25)
        position = mirror.song_position()
        assert position is not None
        assert abs(position - (8.0 + (trio.current_time() - started) * 2)) < 0.02


async def _play(peer: Peer, started: float) -> None:
    while True:
        peer.gauges["current_song_time"] = 8.0 + (trio.current_time() - started) * 2.0
        await trio.sleep(0.01)


async def test_the_songs_position_stays_within_the_loop(clock: Clock, peer: Peer, opened: Open) -> None:
    peer.rows[1][4].update(loop=True, loop_start=6.0, loop_length=4.0)
    async with opened() as mirror:
        await trio.sleep(0.2)
        peer.hooks["set.read"] = lambda client, id_, params: True
        peer.set(1, "is_playing", True)
        await trio.sleep(1.5)
        position = mirror.song_position()
        assert position is not None
        assert position == pytest.approx(7.0, abs=0.2)
