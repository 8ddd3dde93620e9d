import pytest
from hypothesis import given
from hypothesis import strategies as st

from remote_script.headless.music.envelopes import LIMIT, Breakpoint, Breakpoints


def pairs(envelope):
    return [(e.time, e.value) for e in envelope]


def test_an_empty_envelope_has_the_value_of_its_parameter():
    assert Breakpoints().value_at(3.0, without=0.85) == 0.85


def test_a_step_writes_two_events_on_each_border():
    assert pairs(Breakpoints().with_step(1.0, 2.0, 0.5, without=0.85)) == [
        (1.0, 0.85),
        (1.0, 0.5),
        (3.0, 0.5),
        (3.0, 0.85),
    ]


def test_a_step_starts_after_its_time_and_holds_up_to_its_end():
    envelope = Breakpoints().with_step(1.0, 2.0, 0.5, without=0.85)
    assert [envelope.value_at(t) for t in (1.0, 1.001, 3.0, 3.001)] == [0.85, 0.5, 0.5, 0.85]


def test_a_step_replaces_former_events_in_its_span():
    envelope = Breakpoints.of([(0, 0.0), (2, 1.0), (4, 0.0)]).with_step(1.0, 2.0, 0.2)
    assert pairs(envelope) == [(0, 0.0), (1, 0.5), (1, 0.2), (3, 0.2), (3, 0.5), (4, 0.0)]


def test_adjacent_steps_have_no_gap():
    envelope = Breakpoints().with_step(0, 1, 0.1, without=0.5).with_step(1, 1, 0.9, without=0.5)
    assert [envelope.value_at(t) for t in (0.5, 1.0, 1.5, 2.0, 2.5)] == [0.1, 0.1, 0.9, 0.9, 0.5]


def test_values_between_events_are_interpolated_linearly():
    assert Breakpoints.of([(0, 0.0), (4, 1.0)]).value_at(1.0) == 0.25


def test_a_new_event_at_an_occupied_time_is_placed_second():
    envelope = Breakpoints.of([(1, 0.2)]).with_event(Breakpoint(1.0, 0.8))
    assert pairs(envelope) == [(1.0, 0.2), (1.0, 0.8)]
    assert (envelope.value_at(1.0), envelope.value_after(1.0)) == (0.2, 0.8)


def test_ranges_include_both_ends():
    envelope = Breakpoints.of([(0, 0.0), (1, 0.1), (2, 0.2), (3, 0.3)])
    assert [e.time for e in envelope.in_range(1, 2)] == [1, 2]
    assert [e.time for e in envelope.deleted(1, 2)] == [0, 3]


@pytest.mark.parametrize("call", ["in_range", "deleted"])
def test_beyond_the_timeline_the_range_is_out_of_bounds(call):
    with pytest.raises(ValueError, match=r"^Range out of bounds.$"):
        getattr(Breakpoints(), call)(0.0, LIMIT + 1)


def test_events_are_connected_by_straight_lines_by_default():
    assert Breakpoint(0.0, 1.0).coefficients == (0.5, 0.5, 0.5, 0.5)


def test_duplicating_the_loop_repeats_its_events():
    envelope = Breakpoints.of([(0, 0.0), (2, 1.0), (6, 0.5)]).loop_duplicated(0, 4)
    assert [e.time for e in envelope] == [0, 2, 4, 6, 10]


def test_cropping_keeps_the_values_at_the_borders():
    assert pairs(Breakpoints.of([(0, 0.0), (4, 1.0)]).cropped(1, 2)) == [(1, 0.25), (2, 0.5)]


@given(st.lists(st.tuples(st.floats(0, 16), st.floats(0.1, 8), st.floats(0, 1)), max_size=8))
def test_the_latest_step_takes_precedence_and_events_stay_sorted(steps):
    envelope = Breakpoints()
    for start, length, value in steps:
        envelope = envelope.with_step(start, length, value)
        assert envelope.value_at(start + length / 2) == pytest.approx(value)
    times = [e.time for e in envelope]
    assert times == sorted(times)
