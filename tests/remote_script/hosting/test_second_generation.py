"""Controller scripts of the second generation: a ring, layers, modes, declared controls, colours by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from remote_script.headless import HeadlessLive

Load = Callable[..., Any]

PADS = """
    from functools import partial
    from ableton.v2.base import const, inject, listens
    from ableton.v2.control_surface import (
        MIDI_CC_TYPE, MIDI_NOTE_TYPE, Component, IdentifiableControlSurface, Layer, Skin,
    )
    from ableton.v2.control_surface.components import (
        BackgroundComponent, DeviceComponent, MixerComponent, SessionComponent, SessionNavigationComponent,
        SessionRecordingComponent, SessionRingComponent, SimpleTrackAssigner, TransportComponent, ViewControlComponent,
    )
    from ableton.v2.control_surface.control import (
        ButtonControl, EncoderControl, StepEncoderControl, ToggleButtonControl, control_list, control_matrix,
    )
    from ableton.v2.control_surface.elements import (
        ButtonElement, ButtonMatrixElement, Color, ComboElement, EncoderElement, MultiElement, SliderElement,
    )
    from ableton.v2.control_surface.mode import AddLayerMode, EnablingMode, ModesComponent
    import Live

    class Colors:
        class DefaultButton:
            On = Color(1)
            Off = Color(2)
        class Session:
            ClipStarted = Color(10)
            ClipStopped = Color(11)
            ClipEmpty = Color(12)
            ClipTriggeredPlay = Color(13)
            StopClip = Color(14)
            StopClipDisabled = Color(15)
        class Mixer:
            MuteOn = Color(20)
            MuteOff = Color(21)
        class Transport:
            PlayOn = Color(30)
            PlayOff = Color(31)

    skin = Skin(Colors)

    class Elements:
        def __init__(self):
            note = lambda number, name: ButtonElement(True, MIDI_NOTE_TYPE, 0, number, skin=skin, name=name)
            self.shift_button = note(0, "Shift")
            self.play_button = note(1, "Play")
            self.mute_mode_button = note(2, "Mute_Mode")
            self.launch_mode_button = note(3, "Launch_Mode")
            self.right_button = note(4, "Right")
            self.down_button = note(5, "Down")
            self.custom_button = note(6, "Custom")
            self.toggle_button = note(7, "Toggle")
            self.record_button = note(8, "Record")
            self.play_with_shift = ComboElement(self.play_button, modifier=self.shift_button, name="Play_Shifted")
            self.pads = ButtonMatrixElement(
                rows=[[note(40 + 4 * row + column, "Pad") for column in range(4)] for row in range(2)], name="Pads"
            )
            self.bottom_row = self.pads.submatrix[:, 1:2]
            knob = lambda number: EncoderElement(MIDI_CC_TYPE, 0, number, Live.MidiMap.MapMode.absolute)
            self.knobs = ButtonMatrixElement(rows=[[knob(10 + index) for index in range(4)]], name="Knobs")
            self.wheel = EncoderElement(
                MIDI_CC_TYPE, 0, 20, Live.MidiMap.MapMode.relative_two_compliment, name="Wheel"
            )

    class Custom(Component):
        custom_button = ButtonControl(color="DefaultButton.On", pressed_color="DefaultButton.Off")
        toggle_button = ToggleButtonControl(toggled_color="DefaultButton.On", untoggled_color="DefaultButton.Off")
        wheel = StepEncoderControl(num_steps=64)
        pads = control_matrix(ButtonControl, dimensions=(2, 4))

        def __init__(self, *a, **k):
            super().__init__(*a, **k)
            self.told = []

        @custom_button.pressed
        def custom_button(self, button):
            self.told.append("pressed")

        @custom_button.released_delayed
        def custom_button(self, button):
            self.told.append("held long")

        @toggle_button.toggled
        def toggle_button(self, toggled, button):
            self.told.append(toggled)

        @wheel.value
        def wheel(self, value, encoder):
            self.told.append(value)

        @pads.pressed
        def pads(self, button):
            self.told.append(button.coordinate)

    class Made(IdentifiableControlSurface):
        def __init__(self, *a, **k):
            super().__init__(*a, product_id_bytes=(0, 32, 41), **k)
            with self.component_guard():
                self._elements = Elements()
            with self.component_guard():
                self.session_ring = SessionRingComponent(num_tracks=4, num_scenes=2, name="Session_Ring")
                self.session = SessionComponent(session_ring=self.session_ring, name="Session")
                self.navigation = SessionNavigationComponent(
                    session_ring=self.session_ring, layer=Layer(right_button="right_button", down_button="down_button")
                )
                self.mixer = MixerComponent(
                    tracks_provider=self.session_ring, track_assigner=SimpleTrackAssigner(), name="Mixer",
                    layer=Layer(volume_controls="knobs"),
                )
                self.transport = TransportComponent(
                    name="Transport", layer=Layer(play_button="play_button", stop_button="play_with_shift")
                )
                self.recording = SessionRecordingComponent(layer=Layer(record_button="record_button"))
                self.custom = Custom(
                    layer=Layer(custom_button="custom_button", toggle_button="toggle_button", wheel="wheel")
                )
                self.device = DeviceComponent(name="Device", is_enabled=False, layer=Layer(parameter_controls="knobs"))
                self.modes = ModesComponent(name="Modes", is_enabled=False, layer=Layer(
                    mute_button="mute_mode_button", launch_button="launch_mode_button"
                ))
                self.modes.add_mode("launch", AddLayerMode(self.session, Layer(clip_launch_buttons="pads")))
                self.modes.add_mode("mute", [
                    AddLayerMode(self.mixer, Layer(mute_buttons="bottom_row")),
                    EnablingMode(self.device),
                ])
                self.modes.add_mode("pads", AddLayerMode(self.custom, Layer(pads="pads")))
                self.modes.selected_mode = "launch"
                self.modes.set_enabled(True)

        def on_identified(self, midi_bytes):
            self.identified = midi_bytes

    def create_instance(c_instance):
        return Made(c_instance=c_instance)
"""


@pytest.fixture
def pads(live: HeadlessLive, load: Load) -> Any:
    hosted = load(PADS)
    live.run_for(0.3)
    return hosted


def hold(hosted: Any, number: int) -> None:
    hosted.receive_midi((0x90, number, 127))


def release(hosted: Any, number: int) -> None:
    hosted.receive_midi((0x80, number, 0))


def press(hosted: Any, number: int) -> None:
    hold(hosted, number)
    release(hosted, number)


def shown(hosted: Any, number: int) -> int:
    return next(sent[2] for sent in reversed(hosted.midi_out) if sent[:2] == (0x90, number))


def test_the_session_ring_frames_the_window_and_moves_its_followers(live: HeadlessLive, pads: Any) -> None:
    assert pads.highlight == (0, 0, 4, 2, False)
    press(pads, 4)
    press(pads, 5)
    assert pads.highlight == (1, 1, 4, 2, False)
    pads.receive_midi((0xB0, 10, 0))
    assert live.song.tracks[1].mixer_device.volume.value == 0.0
    slot = pads.instance.session.scene(1).clip_slot(2).clip_slot
    assert slot == live.song.tracks[3].clip_slots[2]


def test_clips_show_their_state_in_the_skins_colours(live: HeadlessLive, pads: Any) -> None:
    live.song.clip_trigger_quantization = 0
    column, row = next(
        (column, row)
        for row in range(2)
        for column in range(4)
        if live.song.tracks[column].clip_slots[row].has_clip
    )
    number = 40 + 4 * row + column
    assert shown(pads, number) == 11
    press(pads, number)
    live.run_for(0.3)
    assert live.song.tracks[column].clip_slots[row].clip.is_playing
    assert shown(pads, number) == 10


def test_a_mode_takes_over_the_pads_and_releases_them(live: HeadlessLive, pads: Any) -> None:
    press(pads, 2)
    live.run_for(0.2)
    assert pads.instance.modes.selected_mode == "mute"
    press(pads, 45)
    live.run_for(0.2)
    assert live.song.tracks[1].mute
    assert shown(pads, 45) == 20
    # The session's buttons are free: the other row launches no clip.
    press(pads, 41)
    live.run_for(0.2)
    assert all(track.fired_slot_index < 0 for track in live.song.tracks)
    press(pads, 3)
    live.run_for(0.2)
    assert shown(pads, 45) in (10, 11, 12)


def test_knobs_control_the_enabled_device_and_afterwards_the_mixer(live: HeadlessLive, pads: Any) -> None:
    device = live.song.tracks[2].devices[0]
    live.person.do(lambda song: song.view.select_device(device))
    live.run_for(0.3)
    press(pads, 2)
    live.run_for(0.2)
    pads.receive_midi((0xB0, 10, 0))
    assert device.parameters[1].value == device.parameters[1].min
    press(pads, 3)
    live.run_for(0.2)
    pads.receive_midi((0xB0, 10, 0))
    assert live.song.tracks[0].mixer_device.volume.value == 0.0


def test_a_combination_has_the_button_while_its_modifier_is_held(live: HeadlessLive, pads: Any) -> None:
    press(pads, 1)
    live.run_for(0.2)
    assert live.song.is_playing
    assert shown(pads, 1) == 30
    hold(pads, 0)
    press(pads, 1)
    live.run_for(0.2)
    assert not live.song.is_playing
    release(pads, 0)
    press(pads, 1)
    live.run_for(0.2)
    assert live.song.is_playing


def test_declared_controls_send_events_and_show_their_colours(live: HeadlessLive, pads: Any) -> None:
    custom = pads.instance.custom
    assert shown(pads, 6) == 1
    hold(pads, 6)
    assert shown(pads, 6) == 2
    live.run_for(0.6)
    release(pads, 6)
    press(pads, 7)
    pads.receive_midi((0xB0, 20, 2))
    pads.receive_midi((0xB0, 20, 127))
    assert custom.told == ["pressed", "held long", True, 2, -1]
    assert (shown(pads, 6), shown(pads, 7)) == (1, 1)
    custom.toggle_button.is_toggled = False
    assert shown(pads, 7) == 2
    custom.set_enabled(False)
    press(pads, 6)
    assert len(custom.told) == 5


def test_controls_of_a_matrix_have_coordinates(live: HeadlessLive, pads: Any) -> None:
    pads.instance.modes.selected_mode = "pads"
    live.run_for(0.2)
    press(pads, 46)
    assert pads.instance.custom.told == [(1, 2)]


def test_a_controller_is_identified_by_its_product_bytes(live: HeadlessLive, pads: Any) -> None:
    reply = (0xF0, 0x7E, 0, 6, 2, 0, 32, 41, 1, 0, 0, 0, 0xF7)
    pads.receive_midi(reply)
    assert pads.instance.identified == reply


def test_a_handler_of_a_subclass_does_not_affect_the_base_class(live: HeadlessLive, load: Load) -> None:
    hosted = load(
        """
        from ableton.v2.control_surface import Component, ControlSurface, MIDI_NOTE_TYPE
        from ableton.v2.control_surface.control import ButtonControl
        from ableton.v2.control_surface.elements import ButtonElement

        class Parent(Component):
            button = ButtonControl()
            heard = ""
            @button.pressed
            def button(self, button):
                self.heard += "parent "

        class Child(Parent):
            @Parent.button.pressed
            def button(self, button):
                self.heard += "child "

        class Made(ControlSurface):
            def __init__(self, *a, **k):
                super().__init__(*a, **k)
                with self.component_guard():
                    self.parts = [Parent(), Child()]
                    for number, each in enumerate(self.parts):
                        each.button.set_control_element(ButtonElement(True, MIDI_NOTE_TYPE, 0, number))

        def create_instance(c_instance):
            return Made(c_instance=c_instance)
        """
    )
    press(hosted, 0)
    press(hosted, 1)
    assert [each.heard for each in hosted.instance.parts] == ["parent ", "child "]


def test_switching_off_the_script_leaves_no_listeners(live: HeadlessLive, load: Load) -> None:
    before = live.listener_count()
    hosted = load(PADS)
    assert live.listener_count() > before
    hosted.disconnect()
    assert live.listener_count() == before
    assert not [line for line in hosted.log if "Error" in line]
