"""Whatever is done to whatever object, the Set agrees with itself, and every undo leads exactly one step back."""

from __future__ import annotations

import random

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from remote_script.headless import HeadlessLive, demo_set

from .edits import REFUSALS, Edits
from .hearer import Hearer
from .world import check_set, state


def one_history(seeds: list[int]) -> None:
    live = HeadlessLive(demo_set())
    song, edits = live.song, Edits(live)
    states, done = [state(live)], []
    for seed in seeds:
        edit = edits.one(seed)
        done.append(edit.__name__)
        refused = False
        song.begin_undo_step()
        try:
            edit()
        except NotImplementedError:
            raise
        except REFUSALS:
            refused = True
        finally:
            song.sync_parameter_changes()
            song.end_undo_step()
        # What settles late belongs to the step; so does what loads.
        live.run_for(0.02)
        check_set(live)
        assert not refused or len(live.history) < len(states), done
        if len(live.history) == len(states):
            states.append(state(live))
        else:
            assert state(live) == states[-1], done
    for before in reversed(states[:-1]):
        assert song.undo()
        live.run_for(0.02)
        check_set(live)
        assert state(live) == before, done
    assert live.history == []
    for after in states[1:]:
        assert song.redo()
        live.run_for(0.02)
        check_set(live)
        assert state(live) == after, done
    assert not any("Traceback" in line for line in live.log_lines), live.log_lines
    live.close()


def one_told_history(seeds: list[int]) -> None:
    live = HeadlessLive(demo_set())
    song, edits, hearer = live.song, Edits(live), Hearer(live)
    done = []
    for seed in seeds:
        draw = random.Random(seed)
        edit = draw.choice([song.undo, song.redo]) if draw.random() < 0.25 else edits.one(seed)
        done.append(edit.__name__)
        try:
            edit()
        except REFUSALS:
            pass
        song.sync_parameter_changes()
        song.end_undo_step()
        live.run_for(0.03)
        assert hearer.untold() == [], done
        hearer.attend()
    live.close()


histories = st.lists(st.integers(0, 2**32), min_size=1, max_size=14)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(histories)
def test_the_set_stays_sound_and_every_undo_leads_one_step_back(seeds: list[int]) -> None:
    one_history(seeds)


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(histories)
def test_whatever_changes_is_told_to_its_listeners(seeds: list[int]) -> None:
    one_told_history(seeds)


@pytest.mark.slow
@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.integers(0, 2**32), min_size=8, max_size=40))
def test_whatever_changes_is_told_to_its_listeners_through_long_histories(seeds: list[int]) -> None:
    one_told_history(seeds)


@pytest.mark.slow
@settings(
    max_examples=1500,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
)
@given(st.lists(st.integers(0, 2**32), min_size=8, max_size=40))
def test_the_set_stays_sound_through_many_long_histories(seeds: list[int]) -> None:
    one_history(seeds)
