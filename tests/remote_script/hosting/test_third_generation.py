"""Controller scripts of the third generation: a specification, named elements, mappings, modes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from remote_script.headless import HeadlessLive

Load = Callable[..., Any]

KNOBS = """
    from ableton.v3.base import depends, listens
    from ableton.v3.control_surface import (
        MIDI_CC_TYPE, MIDI_NOTE_TYPE, Component, ControlSurface, ControlSurfaceSpecification, ElementsBase, create_skin,
    )
    from ableton.v3.control_surface.capabilities import NOTES_CC, PORTS_KEY, SCRIPT, inport, outport
    from ableton.v3.control_surface.colors import BasicColors
    from ableton.v3.control_surface.components import (
        ClipSlotComponent as ClipSlotBase, SceneComponent as SceneBase, SessionComponent as SessionBase,
    )
    from ableton.v3.control_surface.controls import ButtonControl, MappedControl
    from ableton.v3.control_surface.elements import EncoderElement
    from ableton.v3.control_surface.mode import ImmediateBehaviour, ModesComponent, make_reenter_behaviour
    from ableton.v3.live import liveobj_valid, parameter_value_to_midi_value

    class TellingEncoder(EncoderElement):
        def _parameter_value_changed(self):
            if liveobj_valid(self.mapped_object):
                self.send_value(parameter_value_to_midi_value(self.mapped_object, max_value=self._max_value))

    class Elements(ElementsBase):
        def __init__(self, *a, **k):
            super().__init__(*a, **k)
            self.add_modifier_button(0, "Shift_Button", msg_type=MIDI_NOTE_TYPE)
            self.add_button(1, "Play_Button", msg_type=MIDI_NOTE_TYPE)
            self.add_button(2, "Pages_Button", msg_type=MIDI_NOTE_TYPE)
            self.add_button(3, "Up_Button", msg_type=MIDI_NOTE_TYPE)
            self.add_modified_control(control=self.play_button, modifier=self.shift_button)
            self.add_matrix(
                [[10, 11, 12, 13], [14, 15, 16, 17]], "Knobs", msg_type=MIDI_CC_TYPE,
                element_factory=lambda identifier, name, **k: TellingEncoder(identifier, name=name, **k),
            )
            self.add_button_matrix([[40, 41, 42, 43], [44, 45, 46, 47]], "Pads", channels=1, msg_type=MIDI_NOTE_TYPE)
            self.add_submatrix(self.pads, "Lower_Pads", columns=(0, 4), rows=(1, 2))

    class TargetControls(Component):
        volume_control = MappedControl()
        send_control = MappedControl()
        reset_button = ButtonControl()

        @depends(target_track=None)
        def __init__(self, *a, target_track=None, **k):
            super().__init__(*a, **k)
            self._provider = target_track
            self.__on_track.subject = target_track
            self.__on_track()

        @listens("target_track")
        def __on_track(self):
            mixer = self._provider.target_track.mixer_device
            self.volume_control.mapped_parameter = mixer.volume
            self.send_control.mapped_parameter = mixer.sends[0] if len(mixer.sends) else None

        @reset_button.pressed
        def reset_button(self, button):
            volume = self._provider.target_track.mixer_device.volume
            volume.value = volume.default_value

    class ClipSlot(ClipSlotBase):
        def _do_launch_slot(self):
            if self.has_clip() and self._clip_slot.clip.is_playing:
                self._clip_slot.stop()
            else:
                super()._do_launch_slot()

        def _on_launch_button_released(self):
            pass

    class Scene(SceneBase):
        clip_slot_component_type = ClipSlot

    class Session(SessionBase):
        scene_component_type = Scene

    class Colors:
        class Session:
            ClipPlaying = BasicColors.ON
            ClipStopped = BasicColors.OFF
            Slot = BasicColors.OFF

    reentered = []

    def create_mappings(control_surface):
        return {
            "Transport": dict(play_button="play_button", stop_button="play_button_with_shift"),
            "Session": dict(),
            "Mixer": dict(volume_controls="knobs_raw[0:4]"),
            "Target_Controls": dict(volume_control="knobs_raw[7]", send_control="knobs_raw[6]"),
            "View_Control": dict(next_track_button="up_button"),
            "Pages": dict(
                modes_component_type=ModesComponent,
                cycle_mode_button="pages_button",
                launching=dict(component="Session", clip_launch_buttons="pads"),
                muting=dict(
                    modes=[
                        dict(component="Mixer", mute_buttons="lower_pads"),
                        dict(component="Target_Controls", reset_button="pads_raw[0]"),
                    ],
                    behaviour=make_reenter_behaviour(ImmediateBehaviour, on_reenter=lambda: reentered.append(1)),
                ),
            ),
        }

    class Specification(ControlSurfaceSpecification):
        elements_type = Elements
        control_surface_skin = create_skin(colors=Colors)
        num_tracks = 4
        num_scenes = 2
        component_map = {"Session": Session, "Target_Controls": TargetControls}
        create_mappings_function = create_mappings
        identity_response_id_bytes = (1, 2, 3)
        hello_messages = ((0xF0, 1, 0xF7),)
        goodbye_messages = ((0xF0, 2, 0xF7),)

    def get_capabilities():
        return {PORTS_KEY: [inport(props=[NOTES_CC, SCRIPT]), outport(props=[NOTES_CC, SCRIPT])]}

    class Made(ControlSurface):
        def __init__(self, *a, **k):
            super().__init__(*a, specification=Specification, **k)

    def create_instance(c_instance):
        return Made(c_instance=c_instance)
"""


@pytest.fixture
def knobs(live: HeadlessLive, load: Load) -> Any:
    hosted = load(KNOBS)
    live.run_for(0.3)
    return hosted


def press(hosted: Any, number: int, channel: int = 0) -> None:
    hosted.receive_midi((0x90 + channel, number, 127))
    hosted.receive_midi((0x80 + channel, number, 0))


def test_elements_are_found_by_name_index_and_slice(live: HeadlessLive, knobs: Any) -> None:
    knobs.receive_midi((0xB0, 11, 0))
    assert live.song.tracks[1].mixer_device.volume.value == 0.0
    selected = live.song.view.selected_track
    knobs.receive_midi((0xB0, 17, 127))
    knobs.receive_midi((0xB0, 16, 127))
    assert selected.mixer_device.volume.value == selected.mixer_device.volume.max
    assert selected.mixer_device.sends[0].value == selected.mixer_device.sends[0].max


def test_components_of_the_target_track_follow_the_selection(live: HeadlessLive, knobs: Any) -> None:
    live.person.do(lambda song: setattr(song.view, "selected_track", song.tracks[3]))
    live.run_for(0.3)
    knobs.receive_midi((0xB0, 17, 0))
    assert live.song.tracks[3].mixer_device.volume.value == 0.0
    live.run_for(0.1)
    # Its encoders report their functions.
    assert (0xB0, 17, 0) in knobs.midi_out
    press(knobs, 3)
    live.run_for(0.3)
    assert live.song.view.selected_track == live.song.tracks[4]


def test_a_subclassed_clip_slot_launches_and_stops(live: HeadlessLive, knobs: Any) -> None:
    live.song.clip_trigger_quantization = 0
    row, column = next(
        (row, column)
        for row in range(2)
        for column in range(4)
        if live.song.tracks[column].clip_slots[row].has_clip
    )
    number, clip = 40 + 4 * row + column, live.song.tracks[column].clip_slots[row].clip
    press(knobs, number, channel=1)
    live.run_for(0.3)
    assert clip.is_playing
    assert [sent[2] for sent in knobs.midi_out if sent[:2] == (0x91, number)][-1] == 127
    press(knobs, number, channel=1)
    live.run_for(0.3)
    assert not clip.is_playing


def test_modes_are_defined_by_mappings(live: HeadlessLive, knobs: Any) -> None:
    modes = knobs.instance.component_map["Pages"]
    assert modes.selected_mode == "launching"
    press(knobs, 2)
    assert modes.selected_mode == "muting"
    live.run_for(0.2)
    press(knobs, 46, channel=1)
    assert live.song.tracks[2].mute
    live.song.view.selected_track.mixer_device.volume.value = 0.1
    press(knobs, 40, channel=1)
    volume = live.song.view.selected_track.mixer_device.volume
    assert volume.value == volume.default_value
    press(knobs, 2)
    assert modes.selected_mode == "launching"


def test_a_control_with_a_modifier_is_a_separate_control(live: HeadlessLive, knobs: Any) -> None:
    press(knobs, 1)
    live.run_for(0.2)
    assert live.song.is_playing
    knobs.receive_midi((0x90, 0, 127))
    press(knobs, 1)
    live.run_for(0.2)
    assert not live.song.is_playing


def test_hello_is_sent_on_identification_and_goodbye_at_the_end(live: HeadlessLive, knobs: Any) -> None:
    hello, goodbye = (0xF0, 1, 0xF7), (0xF0, 2, 0xF7)
    assert hello not in knobs.midi_out
    knobs.receive_midi((0xF0, 0x7E, 0, 6, 2, 1, 2, 3, 0, 0xF7))
    assert hello in knobs.midi_out
    knobs.disconnect()
    assert goodbye in knobs.midi_out


def test_switching_off_the_script_leaves_no_listeners(live: HeadlessLive, load: Load) -> None:
    before = live.listener_count()
    hosted = load(KNOBS)
    assert live.listener_count() > before
    hosted.disconnect()
    assert live.listener_count() == before
    assert not [line for line in hosted.log if "Error" in line]


def test_a_missing_component_is_named(live: HeadlessLive, tmp_path: Any) -> None:
    folder = tmp_path / "Drums"
    folder.mkdir()
    (folder / "__init__.py").write_text(
        "from ableton.v3.control_surface import ControlSurface, ControlSurfaceSpecification\n"
        "class Specification(ControlSurfaceSpecification):\n"
        "    create_mappings_function = lambda surface: {'Step_Sequence': {}}\n"
        "def create_instance(c_instance):\n"
        "    return ControlSurface(Specification, c_instance=c_instance)\n"
    )
    hosted = live.load_script(str(folder))
    assert hosted.instance is None
    assert any("NotImplementedError" in line and "Step_Sequence" in line for line in hosted.log)
