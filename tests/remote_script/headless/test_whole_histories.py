"""After random edits of all objects the Set is consistent, and every undo reverts exactly one step."""

from __future__ import annotations

import random

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from remote_script.headless import HeadlessLive, demo_set
from remote_script.headless.api.facts import all_properties

from .edits import MOVES, REFUSALS, VALUES, Edits
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
        # Late values and loads belong to the step.
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


def test_every_writable_property_notifies_on_write_and_undo() -> None:
    live = HeadlessLive(demo_set())
    song, edits, hearer = live.song, Edits(live), Hearer(live)
    draw, written = random.Random(1), 0
    for lom in sorted({node.lom for node in edits.nodes()}):
        handle = edits.pick(draw, lom)
        declared = all_properties(live.surface.facts, type(handle)._lom_name)
        for name, prop in declared.items():
            if not prop.write or name in MOVES:
                continue
            kind = prop.type.split(" | ")[0]
            for value in VALUES.get(kind, VALUES["int"]):
                try:
                    setattr(handle, name, value)
                    written += 1
                except REFUSALS:
                    pass
        song.sync_parameter_changes()
        song.end_undo_step()
        live.run_for(0.03)
        assert hearer.untold() == [], lom
    assert written > 300
    while song.undo():
        live.run_for(0.03)
        assert hearer.untold() == []
    live.close()


def test_adding_removing_and_restoring_variations_notifies() -> None:
    live = HeadlessLive(demo_set())
    song, hearer = live.song, Hearer(live)
    rack = next(live.surface.wrap(node) for node in live.document.song.walk() if node.lom == "RackDevice")
    counted = []
    rack.add_variation_count_listener(lambda: counted.append(rack.variation_count))
    for edit in (rack.store_variation, rack.store_variation, rack.delete_selected_variation):
        edit()
        song.end_undo_step()
    for _ in range(3):
        song.undo()
    assert counted == [1, 2, 1, 2, 1, 0]
    assert hearer.untold() == []
    live.close()


histories = st.lists(st.integers(0, 2**32), min_size=1, max_size=14)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(histories)
def test_the_set_stays_valid_and_each_undo_reverts_one_step(seeds: list[int]) -> None:
    one_history(seeds)


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(histories)
def test_every_change_notifies_its_listeners(seeds: list[int]) -> None:
    one_told_history(seeds)


@pytest.mark.slow
@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.integers(0, 2**32), min_size=8, max_size=40))
def test_every_change_notifies_its_listeners_in_long_histories(seeds: list[int]) -> None:
    one_told_history(seeds)


@pytest.mark.slow
@settings(
    max_examples=1500,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
)
@given(st.lists(st.integers(0, 2**32), min_size=8, max_size=40))
def test_the_set_stays_valid_in_many_long_histories(seeds: list[int]) -> None:
    one_history(seeds)
