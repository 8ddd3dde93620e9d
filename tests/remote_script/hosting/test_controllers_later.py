"""Seven invented controllers with scripts of the second and third generation: loading, lights, answers.

Their scripts are in `later_scripts`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from remote_script.headless import HeadlessLive

from .later_scripts import ALL, COLORS, DEVICES, DRUMS, OVERVIEW, SCREEN, STEPS, VIEWS

Load = Callable[..., Any]


def cc(hosted: Any, channel: int, number: int, value: int = 127) -> None:
    hosted.receive_midi((0xB0 + channel, number, value))


def press(hosted: Any, number: int, channel: int = 0) -> None:
    hosted.receive_midi((0x90 + channel, number, 127))
    hosted.receive_midi((0x80 + channel, number, 0))


def lights(hosted: Any) -> dict[int, int]:
    """The last value of each note on channel 1."""
    return {message[1]: message[2] for message in hosted.midi_out if message[0] == 0x90}


def test_drum_pads_follow_the_rack_of_the_selected_track(live: HeadlessLive, load: Load) -> None:
    hosted = load(DRUMS)
    live.run_for(0.5)
    colors = {number: value for number, value in lights(hosted).items() if 60 <= number < 76}
    assert len(colors) == 16
    assert set(colors.values()) <= {11, 12, 13, 14}
    assert 11 in colors.values()
    filled = next(number for number, value in colors.items() if value == 11)
    rack = live.song.tracks[0].devices[0]
    hosted.receive_midi((0x90, 2, 127))
    press(hosted, filled)
    hosted.receive_midi((0x80, 2, 0))
    live.run_for(0.3)
    assert [pad.name for pad in rack.drum_pads if pad.mute]
    assert lights(hosted)[filled] in (15, 16)
    live.song.view.selected_track = live.song.tracks[1]
    live.run_for(0.3)
    assert hosted.instance.found == [True, False]
    live.song.tempo = 99.0
    press(hosted, 3)
    live.run_for(0.2)
    assert live.song.tempo != 99.0


def test_devices_are_chosen_by_buttons_and_moved_by_knobs(live: HeadlessLive, load: Load) -> None:
    hosted = load(DEVICES)
    track = live.song.tracks[2]
    live.song.view.selected_track = track
    live.run_for(0.3)
    names = [each.item.name for each in hosted.instance.devices.items]
    assert names[:3] == [device.name for device in track.devices]
    press(hosted, 2)
    live.run_for(0.5)
    assert live.song.appointed_device == track.devices[1]
    shown = [info.parameter for info in hosted.instance.bank.parameters if info.parameter is not None]
    before = shown[0].value
    cc(hosted, 0, 20, 127 if before < shown[0].max else 0)
    assert shown[0].value != before
    assert [lights(hosted)[number] for number in (1, 2, 3, 4)] == [6, 5, 6, 0]


def test_one_matrix_is_the_session_and_its_overview(live: HeadlessLive, load: Load) -> None:
    hosted = load(OVERVIEW)
    live.run_for(0.5)
    shown = lights(hosted)
    assert [shown[number] for number in (10, 11, 20, 21)] == [21, 21, 21, 20]
    assert (shown[7], shown[8]) == (50, 53)
    press(hosted, 10)
    live.run_for(4.0)
    assert live.song.tracks[0].playing_slot_index == 0
    assert lights(hosted)[10] == 22
    press(hosted, 7)
    assert hosted.instance.reentered == [1]
    press(hosted, 8)
    live.run_for(0.2)
    assert hosted.instance.modes.active_modes == ["overview"]
    shown = lights(hosted)
    assert (shown[10], shown[11]) == (40, 41)
    press(hosted, 11)
    live.run_for(0.2)
    assert hosted.highlight[:2] == (2, 0)
    press(hosted, 6)
    live.run_for(0.2)
    assert hosted.highlight[:2] == (3, 0)
    live.song.tracks[4].name = "Dust"
    live.run_for(0.2)
    assert hosted.instance.names == ["Dust"]


def test_a_screen_shows_the_parameter_of_its_knob(live: HeadlessLive, load: Load) -> None:
    hosted = load(SCREEN)
    live.run_for(0.3)

    def text() -> str:
        return [bytes(each[2:-1]).decode() for each in hosted.midi_out if each[:2] == (0xF0, 1)][-1]

    before = live.song.tempo
    assert text().split() == ["Tempo", f"{before:.1f}"]
    for _ in range(4):
        cc(hosted, 0, 5, 1)
    live.run_for(0.3)
    assert live.song.tempo > before
    assert text().split() == ["Tempo", f"{live.song.tempo:.1f}"]
    was = live.song.metronome
    press(hosted, 2)
    live.run_for(0.2)
    assert live.song.metronome is not was


def lines(hosted: Any) -> list[str]:
    return [bytes(each[2:-1]).decode() for each in hosted.midi_out if each[:2] == (0xF0, 7)]


def test_views_show_the_state_and_notifications_for_a_while(live: HeadlessLive, load: Load) -> None:
    hosted = load(VIEWS)
    live.run_for(0.3)
    assert lines(hosted)[-1] == "Drums None  "
    assert hosted.instance.rack == live.song.tracks[0].devices[0]
    live.song.view.selected_track = live.song.tracks[1]
    live.run_for(0.3)
    assert lines(hosted)[-1] == "Keys None   "
    assert hosted.instance.rack is None
    press(hosted, 1)
    assert lines(hosted)[-1] == "TRACK KEYS"
    live.run_for(1.5)
    press(hosted, 2)
    assert lines(hosted)[-1] == "BEAT DELETED"
    live.run_for(1.5)
    assert lines(hosted)[-1] == "BEAT DELETED"
    live.run_for(1.0)
    assert lines(hosted)[-1] == "Keys None   "
    hosted.disconnect()
    assert lines(hosted)[-1] == "bye"


def test_pads_have_the_colours_of_tracks(live: HeadlessLive, load: Load) -> None:
    live.song.tracks[0].color = 16725558
    live.song.tracks[1].color = 10208397
    hosted = load(COLORS)
    live.run_for(0.3)
    # Flipped: the first row of the matrix has the numbers 2 and 3.
    assert (lights(hosted)[2], lights(hosted)[3]) == (99, 88)
    color = live.song.tracks[0].color
    assert (
        0xF0,
        5,
        0,
        (color >> 16) // 2,
        (color >> 8 & 255) // 2,
        (color & 255) // 2,
        0xF7,
    ) in hosted.midi_out
    press(hosted, 0)
    live.run_for(0.2)
    assert live.song.view.selected_track == live.song.tracks[2]


def test_steps_loops_locks_and_modes_that_follow_live(live: HeadlessLive, load: Load) -> None:
    hosted = load(STEPS)
    live.run_for(0.3)
    made = hosted.instance
    grid = made.component_map["Grid_Resolution"]
    assert (grid.index, grid.step_length) == (3, 0.25)
    press(hosted, 45)
    assert (grid.index, grid.step_length, grid.is_triplet) == (5, 0.5, False)
    cc(hosted, 0, 8, 3)
    made.component_map["Transport"].set_position_encoders_use_bar_increments(True)
    live.run_for(0.2)
    assert live.song.current_song_time == 3.0
    cc(hosted, 0, 8, 2)
    live.run_for(0.2)
    assert live.song.current_song_time == 11.0
    heard = made.component_map["Loops"].heard
    live.song.view.detail_clip = live.song.tracks[2].clip_slots[1].clip
    length = live.song.view.detail_clip.length
    press(hosted, 2)
    press(hosted, 3)
    assert heard == [True, False]
    assert live.song.view.detail_clip.length == 2 * length
    press(hosted, 1)
    press(hosted, 1)
    assert heard[2:] == ["down", "up", "down"]
    press(hosted, 1)
    assert heard[5:] == ["up"]
    modes = made.component_map["Main_Modes"]
    assert modes.selected_mode == "session"
    live.application.view.focus_view("Arranger")
    live.run_for(0.3)
    assert modes.selected_mode == "arrangement"
    clicks = made.component_map["Click_Modes"]
    assert clicks.selected_mode == "default"
    live.song.metronome = not live.song.metronome
    live.run_for(0.3)
    assert clicks.selected_mode == "click"
    live.song.metronome = not live.song.metronome
    live.run_for(0.3)
    assert clicks.selected_mode == "default"
    assert made.lines == [tuple(b"Main  ")]


@pytest.mark.parametrize("name", ALL)
def test_switching_off_leaves_no_listeners_and_no_log_entries(
    live: HeadlessLive, load: Load, name: str
) -> None:
    before = live.listener_count()
    hosted = load(ALL[name])
    live.run_for(0.5)
    hosted.disconnect()
    live.run_for(0.3)
    assert live.listener_count() == before
    assert not [line for line in hosted.log if "Error" in line]
    assert hosted.left == []
