"""Time: timers, ticks, the display, stalls, late values."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from remote_script.headless import HeadlessLive
from remote_script.headless.hosting.runtime import RealClock

from .world import script_module, small_set


@pytest.fixture
def live() -> Any:
    live = HeadlessLive(small_set())
    yield live
    live.close()


def timer(*args: Any, **kwargs: Any) -> Any:
    import Live

    return Live.Base.Timer(*args, **kwargs)


def test_a_timer_of_ten_milliseconds_or_less_takes_a_little_more_than_ten(live: Any) -> None:
    for asked in (1, 10):
        times: list[float] = []
        made = timer(callback=lambda times=times: times.append(live.clock.now()), interval=asked, repeat=True)
        assert not made.running
        made.start()
        live.run_for(1.0)
        made.stop()
        gaps = {round(b - a, 6) for a, b in itertools.pairwise(times)}
        assert gaps == {0.0103}
        assert len(times) == 97


def test_a_timer_that_does_not_repeat_fires_once(live: Any) -> None:
    fired: list[int] = []
    made = timer(lambda: fired.append(1), 50, start=True)
    assert made.running
    live.run_for(0.2)
    assert fired == [1]
    assert not made.running
    made.restart()
    live.run_for(0.2)
    assert fired == [1, 1]


def test_an_error_stops_a_timer_for_good(live: Any) -> None:
    fired: list[int] = []

    def fail() -> None:
        fired.append(1)
        raise ValueError("a mistake")

    made = timer(callback=fail, interval=10, repeat=True, start=True)
    live.run_for(0.1)
    made.start()
    live.run_for(0.1)
    assert fired == [1]
    assert any("a mistake" in line for line in live.log_lines)


def test_a_timer_accepts_the_same_intervals_as_live(live: Any) -> None:
    for args in ((), (print,), (print, "10")):
        with pytest.raises(TypeError, match="did not match C"):
            timer(*args)


class Displayed:
    def __init__(self, live: Any) -> None:
        self.live = live
        self.times: list[float] = []

    def update_display(self) -> None:
        self.times.append(self.live.clock.now())


def test_update_display_is_called_every_tenth_of_a_second(live: Any) -> None:
    guest = Displayed(live)
    start = live.clock.now()
    live.load_script(script_module(guest))
    live.run_for(1.05)
    assert [round(each - start, 3) for each in guest.times] == [round(0.1 * n, 3) for n in range(1, 11)]


def test_a_stalled_ui_runs_no_timers_and_then_a_burst(live: Any) -> None:
    guest = Displayed(live)
    fired: list[float] = []
    live.load_script(script_module(guest))
    timer(callback=lambda: fired.append(live.clock.now()), interval=10, repeat=True, start=True)
    live.run_for(0.05)
    before, start = len(fired), live.clock.now()
    live.stall(2.0)
    live.run_for(1.9)
    assert len(fired) == before
    assert guest.times == []
    live.run_for(0.2)
    burst = [each for each in fired[before:] if each <= start + 2.0 + 1e-6]
    assert len(burst) > 5
    assert len(guest.times) > 5


def test_no_timer_blocks_the_others(live: Any) -> None:
    guest = Displayed(live)
    live.load_script(script_module(guest))
    counts = [0, 0]

    def busy(index: int) -> None:
        counts[index] += 1
        # Longer than the timer's interval.
        live.clock.advance_to(live.clock.now() + 0.05)

    timer(callback=lambda: busy(0), interval=10, repeat=True, start=True)
    timer(callback=lambda: busy(1), interval=10, repeat=True, start=True)
    end = live.clock.now() + 5.0
    while live.clock.now() < end:
        live.clock.advance_to(live.next_due())
        live.run_due()
    assert abs(counts[0] - counts[1]) <= 1
    assert len(guest.times) > 10


def test_late_values_are_stale_in_the_same_turn(live: Any) -> None:
    song = live.song
    for name in ("loop", "punch_in", "punch_out", "is_playing"):
        setattr(song, name, True)
        assert getattr(song, name) is False, name
    live.run_for(0.011)
    for name in ("loop", "punch_in", "punch_out", "is_playing"):
        assert getattr(song, name) is True, name
    song.stop_playing()
    song.current_song_time = 8.0
    assert song.current_song_time < 1.0
    assert not song.can_redo
    live.run_for(0.011)
    assert song.current_song_time == 8.0


def test_can_undo_is_late_by_a_tick(live: Any) -> None:
    live.song.tempo = 90.0
    assert live.song.can_undo is False
    live.run_for(0.011)
    assert live.song.can_undo is True


def test_the_position_advances_with_the_tempo_and_loops(live: Any) -> None:
    song = live.song
    song.loop_start, song.loop_length, song.loop = 4.0, 4.0, True
    song.start_time = 4.0
    song.start_playing()
    live.run_for(0.01)
    start = live.clock.now()
    live.run_for(1.5)
    assert song.current_song_time == pytest.approx(4.0 + (live.clock.now() - start) * 2.0, abs=0.05)
    live.run_for(1.0)
    assert song.current_song_time == pytest.approx(5.0, abs=0.05)


def test_a_clip_fired_while_stopped_starts_the_transport(live: Any) -> None:
    song = live.song
    slot = song.tracks[0].clip_slots[1]
    clip = slot.create_clip(4.0)
    slot.fire()
    assert not song.is_playing
    live.run_for(0.02)
    assert song.is_playing
    assert clip.is_playing
    assert song.tracks[0].playing_slot_index == 1
    song.tracks[0].stop_all_clips(False)
    live.run_for(0.02)
    assert song.tracks[0].playing_slot_index == -2
    assert song.back_to_arranger
    song.back_to_arranger = False
    live.run_for(0.02)
    assert not song.back_to_arranger
    assert song.tracks[0].playing_slot_index == -1


def test_a_scene_applies_its_tempo_when_fired(live: Any) -> None:
    scene = live.song.scenes[1]
    scene.tempo = 77.0
    assert scene.tempo_enabled
    scene.fire()
    assert live.song.tempo == 120.0
    live.run_for(0.02)
    assert live.song.tempo == 77.0
    assert not live.song.is_playing


def test_stopping_twice_returns_to_the_start(live: Any) -> None:
    song = live.song
    song.start_time = 8.0
    song.start_playing()
    live.run_for(0.5)
    song.stop_playing()
    live.run_for(0.02)
    assert song.current_song_time > 8.0
    song.stop_playing()
    live.run_for(0.02)
    assert (song.current_song_time, song.start_time) == (0.0, 0.0)


class Guest:
    made: list[str] = []

    def __init__(self, calls: list[str]) -> None:
        self.calls = calls

    def disconnect(self) -> None:
        self.calls.append("disconnect")

    def update_display(self) -> None:
        if self.calls[-1] != "display":
            self.calls.append("display")


def test_opening_a_set_disconnects_is_silent_and_creates_again(live: Any) -> None:
    import types

    calls: list[str] = []

    def create_instance(c_instance: Any) -> Guest:
        calls.append(f"create {c_instance.song().name}")
        return Guest(calls)

    script = live.load_script(types.SimpleNamespace(create_instance=create_instance))
    live.run_for(0.2)
    other = small_set()
    other.name = "Other"
    live.open_set(other)
    live.run_for(2.9)
    assert calls == ["create Small", "display", "disconnect"]
    live.run_for(0.3)
    assert calls == ["create Small", "display", "disconnect", "create Other", "display"]
    script.reload()
    assert calls[-2:] == ["disconnect", "create Other"]


def test_a_script_that_fails_is_logged_and_the_others_run(live: Any) -> None:
    class Failing:
        def update_display(self) -> None:
            raise KeyError("missing")

    failing = live.load_script(script_module(Failing(), "Failing"))
    guest = Displayed(live)
    live.load_script(script_module(guest))
    live.run_for(0.35)
    assert len(guest.times) == 3
    assert sum(line.startswith("KeyError") for line in failing.log) == 3


def test_a_live_that_is_stopped_before_it_runs_does_not_run() -> None:
    live = HeadlessLive(clock=RealClock())
    live.stop()
    # An interrupt can come before the first turn; without this the test would not end.
    live.run()
    live.close()
