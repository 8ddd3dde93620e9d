"""Controller scripts of the first generation: mixer, session, transport, device and modes with their buttons."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from remote_script.headless import HeadlessLive

Load = Callable[..., Any]

GRID = """
    from __future__ import with_statement
    from _Framework.ButtonElement import ButtonElement
    from _Framework.ButtonMatrixElement import ButtonMatrixElement
    from _Framework.ControlSurface import ControlSurface
    from _Framework.DeviceComponent import DeviceComponent
    from _Framework.EncoderElement import EncoderElement
    from _Framework.InputControlElement import *
    from _Framework.MixerComponent import MixerComponent
    from _Framework.SessionComponent import SessionComponent
    from _Framework.SessionZoomingComponent import SessionZoomingComponent
    from _Framework.SliderElement import SliderElement
    from _Framework.TransportComponent import TransportComponent
    import Live

    WIDTH, HEIGHT = 4, 2

    def button(number):
        return ButtonElement(True, MIDI_NOTE_TYPE, 0, number)

    class Made(ControlSurface):
        def __init__(self, c_instance):
            ControlSurface.__init__(self, c_instance)
            self.set_suppress_rebuild_requests(True)
            with self.component_guard():
                self.build_mixer()
                self.build_session()
                self.build_transport()
                self.build_device()
            self.set_suppress_rebuild_requests(False)

        def build_mixer(self):
            self.mixer = MixerComponent(WIDTH, 2)
            self.mixer.name = "Mixer"
            for index in range(WIDTH):
                strip = self.mixer.channel_strip(index)
                strip.set_volume_control(SliderElement(MIDI_CC_TYPE, index, 7))
                strip.set_pan_control(EncoderElement(MIDI_CC_TYPE, index, 10, Live.MidiMap.MapMode.absolute))
                strip.set_send_controls((EncoderElement(MIDI_CC_TYPE, index, 12, Live.MidiMap.MapMode.absolute),))
                strip.set_mute_button(button(20 + index))
                strip.set_solo_button(button(24 + index))
                strip.set_arm_button(button(28 + index))
                strip.set_select_button(button(32 + index))
                strip.set_invert_mute_feedback(True)
            self.mixer.master_strip().set_volume_control(SliderElement(MIDI_CC_TYPE, 0, 14))
            self.mixer.set_crossfader_control(SliderElement(MIDI_CC_TYPE, 0, 15))

        def build_session(self):
            self.session = SessionComponent(WIDTH, HEIGHT)
            self.matrix = ButtonMatrixElement()
            for row in range(HEIGHT):
                pads = [button(40 + 4 * row + column) for column in range(WIDTH)]
                self.matrix.add_row(tuple(pads))
                scene = self.session.scene(row)
                scene.set_launch_button(button(60 + row))
                scene.set_triggered_value(2)
                for column, pad in enumerate(pads):
                    slot = scene.clip_slot(column)
                    slot.set_stopped_value(5)
                    slot.set_started_value(1)
                    slot.set_triggered_to_play_value(2)
                    slot.set_launch_button(pad)
            self.session.set_stop_all_clips_button(button(70))
            self.session.set_stop_track_clip_buttons(tuple(button(71 + index) for index in range(WIDTH)))
            self.session.set_track_bank_buttons(button(80), button(81))
            self.session.set_scene_bank_buttons(button(82), button(83))
            self.session.set_mixer(self.mixer)
            self.set_highlighting_session_component(self.session)
            self.zoom = SessionZoomingComponent(self.session)
            self.zoom.set_button_matrix(self.matrix)
            self.zoom.set_zoom_button(button(84))

        def build_transport(self):
            self.transport = TransportComponent()
            self.transport.set_play_button(button(90))
            self.transport.set_stop_button(button(91))
            self.transport.set_loop_button(button(92))
            self.transport.set_metronome_button(button(93))
            self.transport.set_tap_tempo_button(button(94))
            self.transport.set_seek_buttons(button(95), button(96))
            self.transport.set_tempo_control(EncoderElement(MIDI_CC_TYPE, 0, 30, Live.MidiMap.MapMode.absolute))

        def build_device(self):
            self.knobs = tuple(
                EncoderElement(MIDI_CC_TYPE, 1, 40 + index, Live.MidiMap.MapMode.absolute) for index in range(8)
            )
            self.device = DeviceComponent()
            self.device.set_parameter_controls(self.knobs)
            self.device.set_bank_nav_buttons(button(100), button(101))
            self.device.set_on_off_button(button(102))
            self.set_device_component(self.device)

    def create_instance(c_instance):
        return Made(c_instance)
"""


@pytest.fixture
def grid(live: HeadlessLive, load: Load) -> Any:
    hosted = load(GRID)
    live.run_for(0.3)
    return hosted


def press(hosted: Any, number: int) -> None:
    hosted.receive_midi((0x90, number, 127))
    hosted.receive_midi((0x80, number, 0))


def shown(hosted: Any, number: int) -> int:
    """The last value that was sent to the light of a note."""
    return next(
        value for status, note, value in reversed(hosted.midi_out) if (status, note) == (0x90, number)
    )


def test_faders_and_knobs_move_their_tracks(live: HeadlessLive, grid: Any) -> None:
    grid.receive_midi((0xB1, 7, 0))
    grid.receive_midi((0xB2, 10, 127))
    grid.receive_midi((0xB0, 12, 127))
    grid.receive_midi((0xB0, 14, 0))
    tracks = live.song.tracks
    assert tracks[1].mixer_device.volume.value == 0.0
    assert tracks[2].mixer_device.panning.value == 1.0
    assert tracks[0].mixer_device.sends[0].value == tracks[0].mixer_device.sends[0].max
    assert live.song.master_track.mixer_device.volume.value == 0.0


def test_buttons_of_a_strip_toggle_and_show_their_state(live: HeadlessLive, grid: Any) -> None:
    track = live.song.tracks[1]
    assert shown(grid, 21) == 127
    press(grid, 21)
    live.run_for(0.1)
    assert track.mute
    assert shown(grid, 21) == 0
    press(grid, 25)
    live.run_for(0.1)
    assert track.solo
    assert shown(grid, 25) == 127
    press(grid, 29)
    press(grid, 28)
    live.run_for(0.1)
    # Exclusive, by Live's preference.
    assert [each.arm for each in live.song.tracks[:2]] == [True, False]
    press(grid, 33)
    live.run_for(0.2)
    assert live.song.view.selected_track == track
    assert (shown(grid, 32), shown(grid, 33)) == (0, 127)


def test_changes_by_mouse_are_shown_on_the_controller(live: HeadlessLive, grid: Any) -> None:
    live.person.do(lambda song: setattr(song.tracks[0], "mute", True))
    live.person.do(lambda song: song.create_audio_track(0))
    live.run_for(0.3)
    # The strips show tracks by position: the muted track is the second now.
    assert (shown(grid, 20), shown(grid, 21)) == (127, 0)
    grid.receive_midi((0xB0, 7, 0))
    assert live.song.tracks[0].mixer_device.volume.value == 0.0


def test_the_grid_launches_clips_and_shows_their_state(live: HeadlessLive, grid: Any) -> None:
    slots = [list(track.clip_slots)[:2] for track in live.song.tracks[:4]]
    column, row = next(
        (column, row) for row in range(2) for column in range(4) if slots[column][row].has_clip
    )
    pad = 40 + 4 * row + column
    live.song.clip_trigger_quantization = 0
    assert shown(grid, pad) == 5
    press(grid, pad)
    live.run_for(0.3)
    assert slots[column][row].clip.is_playing
    assert shown(grid, pad) == 1
    assert shown(grid, 71 + column) == 127
    press(grid, 71 + column)
    live.run_for(0.3)
    assert not slots[column][row].clip.is_playing
    assert shown(grid, pad) == 5
    press(grid, 61)
    live.run_for(0.3)
    assert [
        list(track.clip_slots)[1].is_playing for track in live.song.tracks[:4] if track.clip_slots[1].has_clip
    ]
    press(grid, 70)
    live.run_for(0.3)
    assert all(track.playing_slot_index < 0 for track in live.song.tracks)


def test_with_a_held_modifier_a_pad_selects_duplicates_or_deletes(live: HeadlessLive, load: Load) -> None:
    hosted = load(
        GRID.replace(
            "self.session.set_mixer(self.mixer)",
            "self.session.set_select_button(button(110)); self.session.set_delete_button(button(111)); "
            "self.session.set_mixer(self.mixer)",
        )
    )
    live.run_for(0.3)
    row, column = next(
        (row, column)
        for row in range(2)
        for column in range(4)
        if live.song.tracks[column].clip_slots[row].has_clip
    )
    slot = live.song.tracks[column].clip_slots[row]
    for modifier in (110, 111):
        hosted.receive_midi((0x90, modifier, 127))
        press(hosted, 40 + 4 * row + column)
        hosted.receive_midi((0x80, modifier, 0))
        live.run_for(0.2)
        if modifier == 110:
            assert live.song.view.highlighted_clip_slot == slot
            assert slot.has_clip
    assert not slot.has_clip
    assert all(track.fired_slot_index < 0 for track in live.song.tracks)


def test_the_window_moves_with_its_frame_and_its_mixer(live: HeadlessLive, grid: Any) -> None:
    assert grid.highlight == (0, 0, 4, 2, False)
    press(grid, 80)
    assert grid.highlight == (1, 0, 4, 2, False)
    press(grid, 82)
    assert grid.highlight == (1, 1, 4, 2, False)
    session = grid.instance.session
    assert (session.track_offset(), session.scene_offset()) == (1, 1)
    grid.receive_midi((0xB0, 7, 0))
    assert live.song.tracks[1].mixer_device.volume.value == 0.0
    assert session.scene(0).clip_slot(0)._clip_slot == live.song.tracks[1].clip_slots[1]
    press(grid, 83)
    press(grid, 83)
    press(grid, 81)
    press(grid, 81)
    assert grid.highlight == (0, 0, 4, 2, False)


def test_a_held_bank_button_repeats_scrolling(live: HeadlessLive, grid: Any) -> None:
    grid.receive_midi((0x90, 82, 127))
    live.run_for(0.2)
    assert grid.instance.session.scene_offset() == 1
    live.run_for(0.5)
    reached = grid.instance.session.scene_offset()
    assert reached > 1
    grid.receive_midi((0x80, 82, 0))
    live.run_for(0.5)
    assert grid.instance.session.scene_offset() == reached


def test_a_zoomed_matrix_jumps_by_windows_and_launches_no_clip(live: HeadlessLive, grid: Any) -> None:
    grid.receive_midi((0x90, 84, 127))
    press(grid, 45)
    live.run_for(0.2)
    assert grid.highlight == (4, 2, 4, 2, False)
    assert all(track.fired_slot_index < 0 for track in live.song.tracks)
    grid.receive_midi((0x80, 84, 0))
    assert grid.instance.session.is_enabled()


def test_transport_buttons_work_and_show_the_state(live: HeadlessLive, grid: Any) -> None:
    press(grid, 90)
    live.run_for(0.3)
    assert live.song.is_playing
    assert shown(grid, 90) == 127
    press(grid, 91)
    live.run_for(0.3)
    assert not live.song.is_playing
    before = live.song.loop
    press(grid, 92)
    press(grid, 93)
    live.run_for(0.1)
    assert live.song.loop != before
    assert live.song.metronome
    grid.receive_midi((0xB0, 30, 127))
    assert live.song.tempo == 200.0
    live.song.current_song_time = 8.0
    live.run_for(0.1)
    press(grid, 95)
    live.run_for(0.1)
    assert live.song.current_song_time == 9.0


def test_knobs_follow_the_appointed_device_and_its_banks(live: HeadlessLive, grid: Any) -> None:
    device = live.song.tracks[2].devices[0]
    live.person.do(lambda song: song.view.select_device(device))
    live.run_for(0.3)
    assert grid.instance.device.device() == device
    knobs = grid.instance.knobs
    # Live's own banks for its own devices.
    shown = ",".join(knob.mapped_parameter().name for knob in knobs)
    assert shown == "Ae Attack,Ae Decay,Ae Sustain,Ae Release,A Coarse,A Fine,Osc-A Lev < Vel,Osc-A Level"
    press(grid, 101)
    shown = ",".join(knob.mapped_parameter().name for knob in knobs)
    assert shown == "Be Attack,Be Decay,Be Sustain,Be Release,B Coarse,B Fine,Osc-B Lev < Vel,Osc-B Level"
    grid.receive_midi((0xB1, 40, 0))
    attack = knobs[0].mapped_parameter()
    assert attack.value == attack.min
    press(grid, 102)
    assert device.parameters[0].value == 0.0
    live.person.do(lambda song: song.tracks[2].delete_device(0))
    live.run_for(0.3)
    # A reference to a deleted object equals None.
    assert grid.instance.device.device() == live.song.appointed_device
    mapped = [knob.mapped_parameter() for knob in knobs]
    assert [each for each in mapped if each is not None and each == None] == []  # noqa: E711
    assert not [line for line in grid.log if "Error" in line]


def test_a_device_component_can_follow_the_selected_track(live: HeadlessLive, load: Load) -> None:
    hosted = load(
        GRID.replace("DeviceComponent()", "DeviceComponent(device_selection_follows_track_selection=True)")
    )
    live.run_for(0.3)
    live.person.do(lambda song: setattr(song.view, "selected_track", song.tracks[3]))
    live.run_for(0.3)
    device = live.song.tracks[3].devices[0]
    assert hosted.instance.device.device() == device
    assert live.song.appointed_device == device
    assert not [line for line in live.log_lines if "Error" in line]


def test_a_disabled_session_releases_its_controls_and_regains_them(live: HeadlessLive, grid: Any) -> None:
    session = grid.instance.session
    session.set_enabled(False)
    press(grid, 82)
    assert session.scene_offset() == 0
    session.set_enabled(True)
    press(grid, 82)
    assert session.scene_offset() == 1


def test_switching_off_the_script_leaves_no_listeners(live: HeadlessLive, load: Load) -> None:
    before = live.listener_count()
    hosted = load(GRID)
    assert live.listener_count() > before
    hosted.disconnect()
    assert live.listener_count() == before


MODES = """
    from _Framework.ButtonElement import ButtonElement
    from _Framework.ButtonMatrixElement import ButtonMatrixElement
    from _Framework.ControlSurface import ControlSurface
    from _Framework.EncoderElement import EncoderElement
    from _Framework.InputControlElement import MIDI_CC_TYPE, MIDI_NOTE_TYPE
    from _Framework.Layer import Layer
    from _Framework.MixerComponent import MixerComponent
    from _Framework.ModesComponent import AddLayerMode, LatchingBehaviour, ModesComponent
    from _Framework.ModeSelectorComponent import ModeSelectorComponent

    class Selector(ModeSelectorComponent):
        def __init__(self, mixer, knobs):
            super().__init__()
            self.mixer, self.knobs = mixer, knobs
        def number_of_modes(self):
            return 2
        def update(self):
            for index in range(2):
                self.mixer.channel_strip(index).set_volume_control(None)
                self.mixer.channel_strip(index).set_pan_control(None)
                if self.is_enabled() and self._mode_index == 0:
                    self.mixer.channel_strip(index).set_volume_control(self.knobs[index])
                elif self.is_enabled():
                    self.mixer.channel_strip(index).set_pan_control(self.knobs[index])

    class Made(ControlSurface):
        def __init__(self, c_instance):
            super().__init__(c_instance)
            with self.component_guard():
                buttons = [ButtonElement(True, MIDI_NOTE_TYPE, 0, 10 + each) for each in range(4)]
                rows = ButtonMatrixElement(rows=[[ButtonElement(True, MIDI_NOTE_TYPE, 0, each) for each in range(2)]])
                mixer = MixerComponent(2)
                self.modes = ModesComponent(name="Modes")
                self.modes.add_mode("mute", AddLayerMode(mixer, Layer(mute_buttons=rows)))
                self.modes.add_mode("solo", AddLayerMode(mixer, Layer(solo_buttons=rows)))
                self.modes.layer = Layer(mute_button=buttons[0], solo_button=buttons[1])
                self.modes.selected_mode = "mute"
                knobs = [EncoderElement(MIDI_CC_TYPE, 0, each, 0) for each in range(2)]
                self.selector = Selector(mixer, knobs)
                self.selector.set_mode_buttons(tuple(buttons[2:]))
                self.selector.set_mode(0)
    def create_instance(c_instance):
        return Made(c_instance)
"""


def test_modes_change_the_function_of_buttons(live: HeadlessLive, load: Load) -> None:
    hosted = load(MODES)
    live.run_for(0.2)
    track = live.song.tracks[0]
    press(hosted, 0)
    assert (track.mute, track.solo) == (True, False)
    press(hosted, 11)
    press(hosted, 0)
    assert (track.mute, track.solo) == (True, True)
    assert hosted.instance.modes.selected_mode == "solo"
    # A held button selects its mode only while it is held.
    hosted.receive_midi((0x90, 10, 127))
    live.run_for(0.6)
    assert hosted.instance.modes.active_modes == ["solo", "mute"]
    hosted.receive_midi((0x80, 10, 0))
    assert hosted.instance.modes.selected_mode == "solo"


def test_a_numbered_mode_selector_assigns_other_parameters_to_knobs(live: HeadlessLive, load: Load) -> None:
    hosted = load(MODES)
    live.run_for(0.2)
    mixer = live.song.tracks[0].mixer_device
    hosted.receive_midi((0xB0, 0, 0))
    assert mixer.volume.value == 0.0
    press(hosted, 13)
    hosted.receive_midi((0xB0, 0, 127))
    assert (mixer.volume.value, mixer.panning.value) == (0.0, 1.0)


def test_a_surface_starts_after_the_identity_reply_of_its_controller(live: HeadlessLive, load: Load) -> None:
    hosted = load(
        """
        from _Framework.IdentifiableControlSurface import IdentifiableControlSurface
        class Made(IdentifiableControlSurface):
            _model_id_bytes = (0x00, 0x20, 0x29)
            begun = 0
            def on_identified(self):
                self.begun += 1
        def create_instance(c_instance):
            return Made(c_instance)
        """
    )
    live.run_for(0.3)
    assert hosted.midi_out == [(0xF0, 0x7E, 0x7F, 0x06, 0x01, 0xF7)]
    hosted.receive_midi((0xF0, 0x7E, 0, 6, 2, 0, 1, 2, 0, 0, 0, 0, 0xF7))
    assert hosted.instance.begun == 0
    live.run_for(2.5)
    assert len(hosted.midi_out) == 2
    hosted.receive_midi((0xF0, 0x7E, 0, 6, 2, 0x00, 0x20, 0x29, 0, 0, 0, 0, 0xF7))
    live.run_for(5)
    assert hosted.instance.begun == 1
    assert len(hosted.midi_out) == 2
