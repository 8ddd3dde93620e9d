import pytest
from hypothesis import given
from hypothesis import strategies as st

from remote_script.headless.music.loops import Region


def test_in_a_looped_clip_brace_and_markers_are_independent():
    region = Region.of_length(8.0).with_loop_start(2.0).with_loop_end(4.0).with_start_marker(1.0)
    assert (region.loop_start, region.loop_end, region.start_marker, region.end_marker) == (2, 4, 1, 8)
    assert region.length == 2.0


def test_unlooped_the_loop_ends_are_the_markers():
    region = Region.of_length(8.0, looping=False).with_loop_start(2.0).with_loop_end(6.0)
    assert (region.start_marker, region.end_marker, region.length) == (2.0, 6.0, 4.0)


def test_unlooped_the_start_marker_is_not_moved_and_the_end_marker_only_seems_to():
    region = Region.of_length(8.0, looping=False)
    assert region.with_start_marker(3.0) == region
    seeming = region.with_end_marker(5.0)
    assert (seeming.end_marker, seeming.loop_end) == (5.0, 8.0)
    assert seeming.with_looping(True).end_marker == 8.0


def test_switching_the_loop_restores_the_former_brace():
    region = Region.of_length(8.0).with_loop_start(2.0).with_loop_end(4.0)
    off = region.with_looping(False)
    assert (off.loop_start, off.loop_end) == (0.0, 8.0)
    assert off.with_looping(True) == region


def test_the_end_of_a_loop_cannot_precede_its_start():
    region = Region.of_length(4.0)
    with pytest.raises(RuntimeError, match=r"^Cannot set LoopStart behind LoopEnd$"):
        region.with_loop_start(4.0)
    with pytest.raises(RuntimeError, match=r"^Cannot set LoopEnd before LoopStart$"):
        region.with_loop_end(0.0)


def test_moving_the_loop_keeps_its_length_and_pushes_the_markers():
    region = Region.of_length(8.0).with_loop_end(4.0).with_position(6.0)
    assert (region.loop_start, region.loop_end, region.start, region.end) == (6.0, 10.0, 0.0, 10.0)
    assert region.with_position(-1.0).start_marker == -1.0


def test_a_session_clips_end_time_is_the_length_of_its_first_pass():
    assert Region.of_length(8.0).with_loop_start(2.0).session_end_time == 8.0
    assert Region.of_length(8.0, looping=False).with_loop_end(6.0).session_end_time == 6.0


def test_a_play_head_enters_at_the_start_marker_and_circles_in_the_loop():
    region = Region.of_length(8.0).with_loop_start(2.0).with_loop_end(4.0)
    assert [region.position_after(t) for t in (0.0, 3.0, 4.0, 5.0, 6.5)] == [0.0, 3.0, 2.0, 3.0, 2.5]


def test_an_unlooped_clip_runs_out():
    region = Region.of_length(4.0, looping=False)
    assert [region.position_after(t) for t in (3.9, 4.0)] == [3.9, None]


@given(st.floats(0, 1e4), st.floats(0, 8), st.floats(0.25, 8))
def test_the_play_head_of_a_loop_stays_before_its_end(played, loop_start, length):
    region = Region(True, loop_start, loop_start + length, 0.0, 64.0)
    position = region.position_after(played)
    assert position < region.loop_end + 1e-6
