"""A property's value in the turn that sets it: the old value for each entry of the table, the new one for others."""

from __future__ import annotations

from typing import Any

import pytest

from remote_script.headless.api import facts, turns
from tests.remote_script.headless.bench import Bench
from tests.remote_script.headless.test_audio_files import write_wave

LATE = sorted((lom, name) for lom, names in turns.LATE.items() for name in names)


@pytest.fixture
def bench(tmp_path: Any) -> Bench:
    """An armed MIDI track with a clip that plays, an audio track with a warped clip."""
    bench = Bench()
    bench.song.clip_trigger_quantization = 0
    bench.slot(0, 0).create_clip(4.0)
    write_wave(tmp_path / "loop.wav", 88200, 44100)
    bench.slot(2, 0).create_audio_clip(str(tmp_path / "loop.wav"))
    bench.song.tracks[1].arm = True
    bench.slot(0, 0).fire()
    bench.tick(2)
    bench.song.tracks[0].stop_all_clips(False)
    bench.tick(2)
    return bench


def owner(bench: Bench, lom: str, name: str) -> Any:
    if lom == "Song":
        return bench.song
    if lom == "Track":
        return bench.song.tracks[0]
    return bench.slot(2 if name == "warping" else 0, 0).clip


@pytest.mark.parametrize(("lom", "name"), LATE)
def test_a_late_property_shows_its_new_value_only_on_the_next_tick(bench: Bench, lom: str, name: str) -> None:
    target = owner(bench, lom, name)
    before = getattr(target, name)
    wanted = (not before) if isinstance(before, bool) else before + 2.0
    setattr(target, name, wanted)
    assert getattr(target, name) == before
    bench.tick(2)
    after = getattr(target, name)
    assert after == wanted if isinstance(wanted, bool) else after == pytest.approx(wanted, abs=0.1)


def test_every_entry_of_the_table_is_a_property_that_scripts_can_set() -> None:
    classes = facts.facts_for("12.4").classes
    assert {(lom, name) for lom, name in LATE if not classes[lom].properties[name].write} == set()
    assert set(LATE) >= turns.GUESSES


AT_ONCE: dict[tuple[str, str], Any] = {
    ("Song", "tempo"): 101.0,
    ("Song", "signature_numerator"): 7,
    ("Song", "metronome"): True,
    ("Song", "start_time"): 2.0,
    ("Song", "loop_start"): 2.0,
    ("Song", "loop_length"): 2.0,
    ("Song", "arrangement_overdub"): True,
    ("Song", "groove_amount"): 0.5,
    ("Song", "root_note"): 5,
    ("Track", "name"): "Other",
    ("Track", "color_index"): 5,
    ("Track", "mute"): True,
    ("Track", "solo"): True,
    ("Track", "arm"): True,
    ("Track", "current_monitoring_state"): 0,
    ("Clip", "loop_end"): 2.0,
    ("Clip", "start_marker"): 1.0,
    ("Clip", "name"): "Other",
}
"""Properties with the new value in the turn that sets them (measured)."""


@pytest.mark.parametrize(("place", "value"), AT_ONCE.items())
def test_values_measured_as_immediate_read_back_at_once(
    bench: Bench, place: tuple[str, str], value: Any
) -> None:
    lom, name = place
    target = owner(bench, lom, name)
    assert getattr(target, name) != value
    setattr(target, name, value)
    assert getattr(target, name) == value
