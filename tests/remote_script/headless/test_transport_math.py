import pytest
from hypothesis import given
from hypothesis import strategies as st

from remote_script.headless.music import transport_math as tm
from remote_script.headless.music.transport_math import BeatTime, Smpte


def test_the_beginning_is_one_one_one_one():
    assert tm.to_beat_time(0.0) == BeatTime(1, 1, 1, 1)


@pytest.mark.parametrize(
    ("beats", "signature", "shown"),
    [
        (4.0, (4, 4), (2, 1, 1, 1)),
        (5.25, (4, 4), (2, 2, 2, 1)),
        (0.125, (4, 4), (1, 1, 1, 31)),
        (3.0, (6, 8), (2, 1, 1, 1)),
        (0.5, (6, 8), (1, 2, 1, 1)),
        (12.0, (3, 4), (5, 1, 1, 1)),
    ],
)
def test_a_display_beat_is_the_note_of_the_denominator(beats, signature, shown):
    assert tm.to_beat_time(beats, *signature) == BeatTime(*shown)


def test_a_length_counts_from_zero():
    assert tm.to_beat_time(16.0, length=True) == BeatTime(4, 0, 0, 0)


@given(st.integers(0, 10**6), st.integers(1, 12), st.sampled_from([1, 2, 4, 8, 16]))
def test_a_display_time_converts_back_to_beats(ticks, numerator, denominator):
    beats = ticks / 240
    shown = tm.to_beat_time(beats, numerator, denominator)
    display_beats = (shown.bars - 1) * numerator + shown.beats - 1
    leads_to = display_beats * 4 / denominator + (shown.sub_division - 1) / 4 + (shown.ticks - 1) / 240
    assert leads_to == pytest.approx(beats)


def test_a_bar_of_quantization_follows_the_signature():
    assert tm.quantization_beats(4, 3, 4) == 3.0
    assert tm.quantization_beats(1, 6, 8) == 24.0
    assert tm.quantization_beats(7) == 1.0
    assert tm.quantization_beats(0) == 0.0


def test_a_clip_launches_on_the_next_line_or_at_once():
    def launch_time(now: float, clip: int, song: int) -> float:
        return tm.next_grid_time(now, tm.quantization_beats(tm.clip_quantization(clip, song)))

    assert launch_time(0.5, 0, 4) == 4.0
    assert launch_time(4.0, 0, 4) == 4.0
    assert launch_time(0.5, 1, 4) == 0.5
    assert launch_time(0.6, 8, 4) == 1.0
    assert launch_time(0.5, 0, 0) == 0.5


def test_a_play_head_wraps_into_its_loop_after_any_distance():
    assert tm.wrapped(3.0, 1.0, 4.0) == 3.0
    assert tm.wrapped(4.5, 1.0, 4.0) == 1.5
    assert tm.wrapped(10.5, 1.0, 4.0) == pytest.approx(1.5)
    assert tm.wrapped(-1.0, 1.0, 4.0) == -1.0
    assert tm.passes(10.5, 3.0, 1.0, 4.0) == 3
    assert tm.passes(3.9, 3.0, 1.0, 4.0) == 0


def test_smpte_counts_frames_of_its_format():
    assert tm.to_smpte(3661.5, 2) == Smpte(1, 1, 1, 12)
    assert tm.to_smpte(1.25, 0) == Smpte(0, 0, 1, 250)


def test_drop_frame_keeps_up_with_the_clock():
    assert tm.to_smpte(3600.0, 4) == Smpte(1, 0, 0, 0)
    assert tm.to_smpte(60.06, 4) == Smpte(0, 1, 0, 2)
