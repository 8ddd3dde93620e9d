import pytest
from hypothesis import given
from hypothesis import strategies as st

from remote_script.headless.music.warp import Marker, WarpMarkers


def test_a_fresh_clip_has_a_marker_at_its_start_and_a_hidden_one_a_thirty_second_later():
    markers = WarpMarkers.fresh(10.0, tempo=120.0)
    assert list(markers) == [Marker(0.0, 0.0), Marker(0.015625, 0.03125)]
    assert markers.beat_to_seconds(8.0) == pytest.approx(4.0)


def test_a_marker_added_by_beat_only_changes_no_timing():
    markers = WarpMarkers.fresh(10.0)
    added = markers.add(4.0, None)
    assert added.markers[1] == Marker(2.0, 4.0)
    assert added.beat_to_seconds(6.0) == pytest.approx(markers.beat_to_seconds(6.0))


def test_adding_the_same_marker_again_has_no_effect():
    markers = WarpMarkers.fresh(10.0).add(4.0, 2.0)
    assert markers.add(4.0, 2.0) is markers


def test_another_sample_time_at_an_occupied_beat_is_refused():
    with pytest.raises(RuntimeError, match=r"^Segment length out of range$"):
        WarpMarkers.fresh(10.0).add(4.0, 2.0).add(4.0, 1.0)


@pytest.mark.parametrize("sample_time", [0.1, 9.9])
def test_a_segment_slower_than_5_or_faster_than_999_bpm_is_refused(sample_time):
    with pytest.raises(RuntimeError, match=r"^Segment length out of range$"):
        WarpMarkers.fresh(10.0).add(0.5 if sample_time > 1 else 60.0, sample_time)


def test_a_sample_time_outside_the_file_is_refused():
    with pytest.raises(RuntimeError, match=r"^Warp marker sample time is out of range$"):
        WarpMarkers.fresh(10.0).add(30.0, 11.0)


def test_a_moved_marker_keeps_its_sample_time():
    moved = WarpMarkers.fresh(10.0).add(4.0, 2.0).move(4.0, 1.0)
    assert moved.markers[1] == Marker(2.0, 5.0)


def test_a_marker_that_is_not_there_cannot_be_moved_or_removed():
    for call in (lambda m: m.move(7.0, 1.0), lambda m: m.remove(7.0)):
        with pytest.raises(RuntimeError):
            call(WarpMarkers.fresh(10.0))


def test_a_marker_is_removed():
    markers = WarpMarkers.fresh(10.0)
    assert [m.beat_time for m in markers.add(4.0, 2.0).remove(4.0)] == [0.0, 4.03125]


@given(st.lists(st.tuples(st.floats(0.1, 60), st.floats(0.0, 30.0)), max_size=8))
def test_added_markers_keep_both_times_ascending(additions):
    markers = WarpMarkers.fresh(30.0)
    for beat, sample in additions:
        try:
            markers = markers.add(beat, sample)
        except RuntimeError:
            continue
    for left, right in zip(markers, list(markers)[1:], strict=False):
        assert left.beat_time < right.beat_time
        assert left.sample_time < right.sample_time
        middle = (left.beat_time + right.beat_time) / 2
        assert markers.seconds_to_beat(markers.beat_to_seconds(middle)) == pytest.approx(middle)
