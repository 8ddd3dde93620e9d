"""Every button and knob that transport, mixer, recording and device components accept, in each generation.

A row has a component, a control, the property to read, and its expected value after a press (or a turn of a knob).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from remote_script.headless import HeadlessLive

Load = Callable[..., Any]
Look = Callable[[HeadlessLive], Any]

SCRIPT = """
    import Live
    {imports}

    class Made(ControlSurface):
        def __init__(self, c_instance):
            super(Made, self).__init__(c_instance)
            self.numbers = {{}}
            with self.component_guard():
                made = {{
                    "transport": {transport}, "mixer": {mixer}, "recording": {recording}, "device": {device},
                }}
                made["strip"] = made["mixer"].channel_strip(1)
                made["device"].set_device({song}.tracks[2].devices[0])
                for place in {places!r}:
                    where, _, name = place.partition(".")
                    setter = getattr(made[where], "set_" + name, None)
                    if setter is not None:
                        setter(self.element(place))
            self.made = made

        def element(self, place):
            number = self.numbers[place] = len(self.numbers) + 1
            knob = place.endswith(("control", "encoder"))
            mode = Live.MidiMap.MapMode
            if place.startswith("transport.") and knob:
                return EncoderElement(MIDI_CC_TYPE, 0, number, mode.relative_smooth_two_compliment)
            if knob:
                return EncoderElement(MIDI_CC_TYPE, 0, number, mode.absolute)
            return ButtonElement(True, MIDI_NOTE_TYPE, 0, number)

    def create_instance(c_instance):
        return Made(c_instance)
"""

FIRST = {
    "imports": """
    from _Framework.ButtonElement import ButtonElement
    from _Framework.ControlSurface import ControlSurface
    from _Framework.DeviceComponent import DeviceComponent
    from _Framework.EncoderElement import EncoderElement
    from _Framework.InputControlElement import MIDI_CC_TYPE, MIDI_NOTE_TYPE
    from _Framework.MixerComponent import MixerComponent
    from _Framework.SessionRecordingComponent import SessionRecordingComponent
    from _Framework.TransportComponent import TransportComponent
    from _Framework.ClipCreator import ClipCreator
    from _Framework.ViewControlComponent import ViewControlComponent
""".strip(),
    "transport": "TransportComponent()",
    "mixer": "MixerComponent(4, 2)",
    "recording": "SessionRecordingComponent(ClipCreator(), ViewControlComponent())",
    "device": "DeviceComponent()",
    "song": "self.song()",
}
SECOND = {
    "imports": """
    from ableton.v2.control_surface import ControlSurface, MIDI_CC_TYPE, MIDI_NOTE_TYPE
    from ableton.v2.control_surface.components import (
        DeviceComponent, MixerComponent, SessionRecordingComponent, SessionRingComponent, SimpleTrackAssigner,
        TransportComponent,
    )
    from ableton.v2.control_surface.elements import ButtonElement, EncoderElement
""".strip(),
    "transport": "TransportComponent()",
    "mixer": "MixerComponent(tracks_provider=SessionRingComponent(4, 1), track_assigner=SimpleTrackAssigner())",
    "recording": "SessionRecordingComponent()",
    "device": "DeviceComponent(device_provider=self._device_provider)",
    "song": "self.song",
}


def song(name: str) -> Look:
    return lambda live: getattr(live.song, name)


def track(index: int, name: str) -> Look:
    return lambda live: getattr(live.song.tracks[index], name)


def mixer(index: int, name: str) -> Look:
    return lambda live: getattr(live.song.tracks[index].mixer_device, name).value


def selected(live: HeadlessLive) -> Any:
    return list(live.song.tracks).index(live.song.view.selected_track)


def other(before: Any) -> Any:
    return not before


BOTH = [
    ("transport.play_button", song("is_playing"), other),
    ("transport.record_button", song("record_mode"), other),
    ("transport.loop_button", song("loop"), other),
    ("transport.metronome_button", song("metronome"), other),
    ("transport.punch_in_button", song("punch_in"), other),
    ("transport.punch_out_button", song("punch_out"), other),
    ("transport.seek_forward_button", song("current_song_time"), lambda before: before + 1.0),
    ("transport.tempo_control", song("tempo"), lambda before: before + 1.0),
    ("strip.mute_button", track(1, "mute"), other),
    ("strip.solo_button", track(1, "solo"), other),
    ("strip.arm_button", track(1, "arm"), other),
    ("strip.select_button", selected, lambda before: 1),
    ("strip.volume_control", mixer(1, "volume"), lambda before: 1.0),
    ("strip.pan_control", mixer(1, "panning"), lambda before: 1.0),
    (
        "strip.crossfade_toggle",
        lambda live: live.song.tracks[1].mixer_device.crossfade_assign,
        lambda before: before - 1,
    ),
    (
        "mixer.crossfader_control",
        lambda live: live.song.master_track.mixer_device.crossfader.value,
        lambda _: 1.0,
    ),
    (
        "mixer.prehear_volume_control",
        lambda live: live.song.master_track.mixer_device.cue_volume.value,
        lambda before: 1.0,
    ),
    ("recording.record_button", song("session_record"), other),
    (
        "device.on_off_button",
        lambda live: live.song.tracks[2].devices[0].parameters[0].value,
        lambda before: 0.0,
    ),
]
ONLY_FIRST = [
    ("transport.overdub_button", song("arrangement_overdub"), other),
    ("recording.automation_button", song("session_automation_record"), other),
    (
        "recording.new_button",
        lambda live: live.song.view.highlighted_clip_slot.has_clip,
        lambda before: False,
    ),
    ("recording.new_scene_button", lambda live: len(live.song.scenes), lambda before: before + 1),
]
ONLY_SECOND = [
    ("transport.arrangement_overdub_button", song("arrangement_overdub"), other),
    ("transport.automation_arm_button", song("session_automation_record"), other),
    ("transport.continue_playing_button", song("is_playing"), other),
    ("transport.set_cue_button", lambda live: len(live.song.cue_points), lambda before: before - 1),
]
ROWS = [(FIRST, *row) for row in BOTH + ONLY_FIRST] + [(SECOND, *row) for row in BOTH + ONLY_SECOND]


def named(row: Any) -> str:
    """A row's name, which is the same in every process."""
    return f"{'first' if row[0] is FIRST else 'second'}-{row[1]}"


IDS = [named(row) for row in ROWS]


@pytest.mark.parametrize(("generation", "place", "look", "expected"), ROWS, ids=IDS)
def test_a_control_mapped_to_each_place_works(
    live: HeadlessLive,
    load: Load,
    generation: dict[str, str],
    place: str,
    look: Look,
    expected: Callable[[Any], Any],
) -> None:
    live.song.tracks[0].arm = True
    hosted = load(SCRIPT.format(places=[place], **generation))
    live.run_for(0.3)
    number = hosted.instance.numbers[place]
    before = look(live)
    if place.endswith(("control", "encoder")):
        hosted.receive_midi((0xB0, number, 1 if place.startswith("transport.") else 127))
    else:
        hosted.receive_midi((0x90, number, 127))
        hosted.receive_midi((0x80, number, 0))
    live.run_for(0.2)
    assert look(live) == pytest.approx(expected(before))
    assert not [line for line in hosted.log if "Error" in line]


LIT = [row for row in ROWS if row[1].endswith("_button") and row[3] is other and "continue" not in row[1]]


@pytest.mark.parametrize(("generation", "place", "look", "expected"), LIT, ids=map(named, LIT))
def test_a_switch_shows_its_state(
    live: HeadlessLive, load: Load, generation: dict[str, str], place: str, look: Look, expected: Any
) -> None:
    live.song.tracks[0].arm = True
    hosted = load(SCRIPT.format(places=[place], **generation))
    live.run_for(0.3)
    number = hosted.instance.numbers[place]
    hosted.receive_midi((0x90, number, 127))
    hosted.receive_midi((0x80, number, 0))
    live.run_for(0.2)
    first = [message[2] for message in hosted.midi_out if message[:2] == (0x90, number)][-1]
    hosted.receive_midi((0x90, number, 127))
    hosted.receive_midi((0x80, number, 0))
    live.run_for(0.2)
    second = [message[2] for message in hosted.midi_out if message[:2] == (0x90, number)][-1]
    assert {first, second} == {0, 127}
