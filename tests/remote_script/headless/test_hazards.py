"""Calls that crash a real Live end headless Live, and no script can catch that."""

from __future__ import annotations

import json
import subprocess
import sys
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from remote_script.headless import HeadlessLive, demo_set
from remote_script.headless.live import LiveEnded
from remote_script.SetMirror.contract.hazards import BROWSER_READS, HAZARDS, SLICING_S, ends


def live_with(version: str, act: Callable[[HeadlessLive], None]) -> HeadlessLive:
    """A Live whose script tries `act` on each of its ticks and catches every Exception."""
    live = HeadlessLive(demo_set(), version=version)

    class Script:
        def update_display(self) -> None:
            try:
                act(live)
            except Exception as problem:
                live.log(repr(problem))

        def disconnect(self) -> None:
            live.log("disconnected")

    live.load_script(types.SimpleNamespace(create_instance=lambda c_instance: Script()), "Reckless")
    return live


def read_much(live: HeadlessLive) -> None:
    for _ in range(BROWSER_READS // 2 + 1):
        item = live.application.browser.instruments
        assert item.uri
        assert item.source


def copy_onto_itself(live: HeadlessLive) -> None:
    track = next(t for t in live.song.tracks if t.has_midi_input and not t.is_foldable)
    clip = track.create_midi_clip(400.0, 8.0)
    track.duplicate_clip_to_arrangement(clip, 404.0)


def make_clip(live: HeadlessLive) -> None:
    """Copy a clip from a slot to the arrangement, then onto itself, since scripts cannot create one before 12.2."""
    track = next(t for t in live.song.tracks if any(s.has_clip for s in t.clip_slots))
    slot = next(s for s in track.clip_slots if s.has_clip)
    clip = track.duplicate_clip_to_arrangement(slot.clip, 400.0)
    track.duplicate_clip_to_arrangement(clip, 400.0)


def slice_at_once(live: HeadlessLive) -> None:
    simpler = sliceable(live)
    simpler.playback_mode = 2
    live.modules["Live"].Conversions.sliced_simpler_to_drum_rack(live.song, simpler)


def sliceable(live: HeadlessLive) -> Any:
    found: list[Any] = []

    def look(holder: Any) -> None:
        for device in holder.devices:
            if device.class_name == "OriginalSimpler" and device.sample is not None:
                found.append(device)
            for chain in device.chains if device.can_have_chains else ():
                look(chain)

    for track in live.song.tracks:
        look(track)
    return found[0]


CASES = {
    "browser_reads": ("12.3", "12.4", read_much),
    "clip_onto_itself": ("12.2", "12.3", copy_onto_itself),
    "slicing_at_once": ("12.4", "", slice_at_once),
}


@pytest.mark.parametrize("name", HAZARDS)
def test_each_hazard_crashes_exactly_its_known_versions_of_live(name: str) -> None:
    ended, safe, act = CASES[name]
    live = live_with(ended, act)
    with pytest.raises(LiveEnded, match=HAZARDS[name].rule):
        live.run_for(0.2)
    with pytest.raises(LiveEnded):
        live.run_for(1.0)
    live.close()
    assert "disconnected" not in live.log_lines
    assert ends(name, (11, 0))
    if safe:
        live = live_with(safe, act)
        live.run_for(0.2)
        assert not live.ended
        live.close()


def test_before_12_2_a_copy_from_a_slot_that_is_copied_onto_itself_ends_live_too() -> None:
    live = live_with("11.3", make_clip)
    with pytest.raises(LiveEnded):
        live.run_for(0.2)
    live.close()


def test_operations_spaced_over_turns_or_time_are_safe() -> None:
    live = live_with(
        "12.3", lambda live: [live.application.browser.drums.uri for _ in range(BROWSER_READS)] and None
    )
    live.run_for(0.5)
    simpler = sliceable(live)
    simpler.playback_mode = 2
    live.run_for(SLICING_S)
    live.modules["Live"].Conversions.sliced_simpler_to_drum_rack(live.song, simpler)
    assert not live.ended
    live.close()


def test_a_process_whose_script_crashes_live_has_the_status_of_a_crash(tmp_path: Path) -> None:
    folder = tmp_path / "Reckless"
    folder.mkdir()
    (folder / "__init__.py").write_text(
        "import Live\n"
        "class Script:\n"
        "    def update_display(self):\n"
        "        browser = Live.Application.get_application().browser\n"
        f"        [browser.drums.uri for _ in range({BROWSER_READS + 1})]\n"
        "def create_instance(c_instance):\n"
        "    return Script()\n"
    )
    command = [sys.executable, "-m", "remote_script.headless", "--no-setmirror", "--live-version", "12.3"]
    command += ["--virtual-seconds", "5", "--remote-script", str(folder)]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=180, check=False)
    assert json.loads(ran.stdout.splitlines()[0])["ready"] is True
    assert ran.returncode == 139, ran.stderr
    assert HAZARDS["browser_reads"].rule in ran.stderr
