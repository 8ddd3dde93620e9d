"""Five invented controllers with scripts of the first generation: loading, lights, answers, end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from remote_script.headless import HeadlessLive

Load = Callable[..., Any]

BOX = """
    import Live
    from _Generic.GenericScript import GenericScript

    TRANSPORT = {"STOP": 46, "PLAY": 45, "REC": 44, "LOOP": 49, "METRO": 50, "NORELEASE": 1}
    VOLUMES = ((20, 0), (21, 0), (22, -1), (23, 2))
    BANKS = {"TOGGLELOCK": 60, "BANKDIAL": -1, "NEXTBANK": 61, "PREVBANK": 62}
    BANKS.update({"BANK%d" % (n + 1): 70 + n for n in range(8)})
    MIXER = {"NUMSENDS": 1, "SEND1": (30, 31, 32, 33), "MASTERVOLUME": 39, "NEXTBANK": 63, "PREVBANK": 64}
    DESCRIPTIONS = {"INPUTPORT": "Box", "OUTPUTPORT": "Box", "CHANNEL": 3, "PAD_TRANSLATION": ((0, 0, 36, 9),)}

    def create_instance(c_instance):
        mode = Live.MidiMap.MapMode.absolute
        return GenericScript(
            c_instance, mode, mode, tuple((n, 3) for n in range(1, 9)), TRANSPORT, VOLUMES, (24, 25, 26, 27),
            BANKS, DESCRIPTIONS, MIXER,
        )
"""


def cc(hosted: Any, channel: int, number: int, value: int = 127) -> None:
    hosted.receive_midi((0xB0 + channel, number, value))


def press(hosted: Any, number: int, channel: int = 0) -> None:
    hosted.receive_midi((0x90 + channel, number, 127))
    hosted.receive_midi((0x80 + channel, number, 0))


def test_a_controller_defined_only_by_tables_works(live: HeadlessLive, load: Load) -> None:
    hosted = load(BOX)
    live.run_for(0.5)
    tracks = live.song.tracks
    cc(hosted, 3, 45)
    live.run_for(0.2)
    assert live.song.is_playing
    cc(hosted, 0, 20, 0)
    cc(hosted, 3, 22, 0)
    cc(hosted, 2, 23, 0)
    assert [track.mixer_device.volume.value == 0.0 for track in tracks[:5]] == [
        True,
        False,
        True,
        True,
        False,
    ]
    cc(hosted, 3, 31, 127)
    assert tracks[1].mixer_device.sends[0].value == 1.0
    cc(hosted, 3, 25)
    assert tracks[1].arm
    cc(hosted, 3, 63)
    live.run_for(0.2)
    cc(hosted, 0, 20, 0)
    assert tracks[4].mixer_device.volume.value == 0.0
    # Its device knobs move the appointed device, bank by bank.
    live.song.view.selected_track = tracks[2]
    live.song.view.select_device(tracks[2].devices[0])
    live.run_for(0.3)
    moved: list[str] = []
    for parameter in tracks[2].devices[0].parameters:
        parameter.add_value_listener(lambda name=parameter.name: moved.append(name))
    cc(hosted, 3, 1, 3)
    cc(hosted, 3, 61)
    live.run_for(0.3)
    cc(hosted, 3, 1, 3)
    live.run_for(0.3)
    assert len(set(moved)) == 2
    assert hosted.instance.suggest_input_port() == "Box"
    assert hosted.translations["pads"] == ((0, 0, 36, 9),)


GRID = """
    import Live
    from _APC.APC import APC
    from _APC.DetailViewCntrlComponent import DetailViewCntrlComponent
    from _APC.MixerComponent import MixerComponent
    from _APC.RingedEncoderElement import RING_VOL_VALUE, RingedEncoderElement
    from _APC.SessionComponent import SessionComponent
    from _APC.SkinDefault import make_biled_skin, make_default_skin
    from _Framework.ButtonElement import ButtonElement
    from _Framework.ButtonMatrixElement import ButtonMatrixElement
    from _Framework.InputControlElement import MIDI_CC_TYPE, MIDI_NOTE_TYPE
    from _Framework.Layer import Layer
    from _Framework.TransportComponent import TransportComponent
    from _Framework.Util import recursive_map

    class Grid(APC):
        def __init__(self, c_instance):
            super(Grid, self).__init__(c_instance)
            skin = make_biled_skin()
            with self.component_guard():
                make = lambda n, channel=0: ButtonElement(True, MIDI_NOTE_TYPE, channel, n, skin=skin)
                rows = recursive_map(make, [[53, 54, 55, 56], [57, 58, 59, 60]])
                self._session = SessionComponent(
                    4, 2, name="Session", is_enabled=False, auto_name=True, enable_skinning=True,
                    layer=Layer(clip_launch_buttons=ButtonMatrixElement(rows=rows)),
                )
                self._mixer = MixerComponent(4, name="Mixer", is_enabled=False)
                for track in range(4):
                    knob = RingedEncoderElement(MIDI_CC_TYPE, 0, 48 + track, Live.MidiMap.MapMode.absolute)
                    knob.set_ring_mode_button(ButtonElement(False, MIDI_CC_TYPE, 0, 56 + track))
                    self._mixer.channel_strip(track).set_volume_control(knob)
                self._session.set_mixer(self._mixer)
                self._detail = DetailViewCntrlComponent(name="Detail", is_enabled=False)
                self._detail.set_device_clip_toggle_button(make(62))
                self.set_highlighting_session_component(self._session)
            self.ring = RING_VOL_VALUE

        def _product_model_id_byte(self):
            return 123

    def create_instance(c_instance):
        return Grid(c_instance)
"""


def test_a_grid_is_used_only_after_its_handshake(live: HeadlessLive, load: Load) -> None:
    hosted = load(GRID)
    live.run_for(2.0)
    assert (0xF0, 0x7E, 0, 6, 1, 0xF7) in hosted.midi_out
    press(hosted, 53)
    live.run_for(0.5)
    assert not live.song.tracks[0].clip_slots[0].is_playing
    assert hosted.highlight in (None, (-1, -1, -1, -1, False))
    identity = (0xF0, 0x7E, 0, 6, 2, 71, 123, 0, 0, 0, 1, 0, 2, 5, *[0] * 8, 0xF7)
    hosted.receive_midi(identity)
    live.run_for(1.0)
    assert any(message[:5] == (0xF0, 71, 5, 123, 96) for message in hosted.midi_out)
    # A controller that cannot answer the challenge stays dark; this script knows the answer.
    assert not any(message[0] == 0x90 for message in hosted.midi_out)
    hosted.instance._on_handshake_successful()
    live.run_for(0.5)
    assert any(message[0] == 0x90 and message[2] for message in hosted.midi_out)
    assert (0xB0, 56, hosted.instance.ring) in hosted.midi_out
    assert hosted.highlight == (0, 0, 4, 2, False)
    hosted.midi_out.clear()
    press(hosted, 53)
    live.run_for(4.0)
    assert live.song.tracks[0].playing_slot_index == 0
    assert any(message[:2] == (0x90, 53) for message in hosted.midi_out)
    press(hosted, 62)
    live.run_for(0.3)
    assert live.application.view.is_view_visible("Detail")


PADS = """
    from _Framework.ControlSurface import *
    from _Framework.ButtonElement import ButtonElement
    from _Framework.MidiMap import MidiMap, make_button, make_encoder, make_slider
    from _Framework.InputControlElement import *
    from _Framework.ModeSelectorComponent import ModeSelectorComponent
    from _Framework.ChannelTranslationSelector import ChannelTranslationSelector
    from _Framework.ViewControlComponent import ViewControlComponent
    from _Framework.ClipCreator import ClipCreator
    from _Framework.TrackArmState import TrackArmState
    from _Framework.SubjectSlot import SubjectSlot, SubjectSlotGroup, subject_slot, subject_slot_group
    from _Framework import Task

    class Numbers(MidiMap):
        def __init__(self, *a, **k):
            super(Numbers, self).__init__(*a, **k)
            self.add_button("Play", 0, 10, MIDI_NOTE_TYPE)
            self.add_button("Next", 0, 11, MIDI_NOTE_TYPE)
            self.add_matrix("Modes", make_button, 0, [[20, 21, 22]], MIDI_NOTE_TYPE)
            self.add_matrix("Knobs", make_encoder, 0, [[30, 31]], MIDI_CC_TYPE)
            self.add_matrix("Channels", make_button, 0, [[24, 25]], MIDI_NOTE_TYPE)

    class Speed(ModeSelectorComponent):
        def __init__(self, target, *a, **k):
            super(Speed, self).__init__(*a, **k)
            self.target = target

        def number_of_modes(self):
            return 3

        def update(self):
            super(Speed, self).update()
            if self.is_enabled() and self._mode_index >= 0:
                self.target.append(self._mode_index)
                for index, button in enumerate(self._modes_buttons):
                    button.set_light(index == self._mode_index)

    class Made(ControlSurface):
        def __init__(self, c_instance):
            super(Made, self).__init__(c_instance)
            self.modes, self.heard, self.logged = [], [], logging.getLogger(__name__)
            with self.component_guard():
                self.numbers = Numbers()
                self.speed = Speed(self.modes)
                self.speed.set_mode_buttons(tuple(self.numbers["Modes"]))
                self.held = Speed([])
                self.held.set_mode_buttons([ButtonElement(True, MIDI_NOTE_TYPE, 0, n) for n in (26, 27, 28)])
                self.channels = ChannelTranslationSelector(2)
                self.channels.set_controls_to_translate(tuple(self.numbers["Knobs"]))
                self.channels.set_mode_buttons(tuple(self.numbers["Channels"]))
                self.view_control = ViewControlComponent()
                self.view_control.set_next_track_button(self.numbers["Next"])
                self.arm = self.register_disconnectable(TrackArmState(self.song().tracks[0]))
                self.arm_slot = self.register_slot(self.arm, self._on_arm, "arm")
                self.played = SubjectSlot(self.song(), self._on_playing, "is_playing")
                self.register_disconnectable(self.played)
                self._on_names.replace_subjects(self.song().tracks)
                self._on_knob.subject = self.numbers["Knobs"][0]
                self._tasks.add(Task.sequence(Task.delay(3), Task.run(self._later)))

        def _on_arm(self):
            self.heard.append(("arm", self.arm.arm))

        def _on_playing(self):
            self.heard.append(("playing", self.song().is_playing))

        @subject_slot_group("name")
        def _on_names(self, track):
            self.heard.append(("name", track.name))

        @subject_slot("value")
        def _on_knob(self, value):
            self.heard.append(("knob", value))

        def _later(self):
            slot = self.song().tracks[0].clip_slots[4]
            ClipCreator().create(slot, 4.0)

    def create_instance(c_instance):
        return Made(c_instance)
"""


def test_pads_can_be_defined_by_a_table_of_numbers(live: HeadlessLive, load: Load) -> None:
    before = live.listener_count()
    hosted = load(PADS)
    live.run_for(1.0)
    made = hosted.instance
    assert set(made.modes) == {0}
    press(hosted, 22)
    assert made.modes[-1] == 2
    assert hosted.midi_out[-3:] == [(0x90, 20, 0), (0x90, 21, 0), (0x90, 22, 127)] or (
        (0x90, 22, 127) in hosted.midi_out
    )
    # A momentary button that is held long selects its mode only while it is held.
    press(hosted, 27)
    hosted.receive_midi((0x90, 28, 127))
    live.run_for(0.6)
    assert made.held.mode_index() == 2
    hosted.receive_midi((0x80, 28, 0))
    assert made.held.mode_index() == 1
    hosted.receive_midi((0x90, 11, 127))
    live.run_for(0.2)
    assert live.song.view.selected_track == live.song.tracks[1]
    cc(hosted, 0, 30, 5)
    press(hosted, 25)
    live.run_for(0.2)
    # Live translates the controller's messages from the first channel to the second.
    assert hosted.translations["ccs", (30, 0)] == (30, 1)
    cc(hosted, 0, 30, 6)
    live.song.tracks[0].arm = True
    live.song.tracks[1].name = "New"
    live.run_for(0.2)
    # The new clip was launched.
    assert made.heard[0] == ("playing", True)
    assert made.heard[1:] == [("knob", 5), ("knob", 6), ("arm", True), ("name", "New")]
    assert live.song.tracks[0].clip_slots[4].clip.length == 4.0
    hosted.disconnect()
    assert live.listener_count() == before


CONSOLE = """
    from _Framework.ButtonElement import ButtonElement, Color
    from _Framework.ButtonSliderElement import ButtonSliderElement
    from _Framework.ChannelStripComponent import ChannelStripComponent
    from _Framework.ControlSurface import ControlSurface
    from _Framework.DisplayDataSource import DisplayDataSource
    from _Framework.EncoderElement import TouchEncoderElement
    from _Framework.InputControlElement import MIDI_CC_TYPE, MIDI_NOTE_TYPE
    from _Framework.LogicalDisplaySegment import LogicalDisplaySegment
    from _Framework.MixerComponent import MixerComponent
    from _Framework.PhysicalDisplayElement import PhysicalDisplayElement
    from _Framework.SysexValueControl import SysexValueControl
    from _Framework.Capabilities import controller_id, inport, outport, CONTROLLER_ID_KEY, PORTS_KEY
    import Live

    def get_capabilities():
        return {
            CONTROLLER_ID_KEY: controller_id(vendor_id=1, product_ids=[2], model_name="Console"),
            PORTS_KEY: [inport(props=[]), outport(props=[])],
        }

    class Console(ControlSurface):
        def __init__(self, c_instance):
            ControlSurface.__init__(self, c_instance)
            self.touched, self.asked = [], []
            with self.component_guard():
                self.display = PhysicalDisplayElement(20, 2)
                self.display.set_message_parts((0xF0, 0, 1, 2), (0xF7,))
                self.display.set_clear_all_message((0xF0, 0, 1, 9, 0xF7))
                self.mixer = MixerComponent(2)
                for index in range(2):
                    source = self.mixer.channel_strip(index).track_name_data_source()
                    self.display.segment(index).set_data_source(source)
                ladder = tuple(ButtonElement(False, MIDI_NOTE_TYPE, 0, 40 + n) for n in range(5))
                self.mixer.channel_strip(0).set_volume_control(ButtonSliderElement(ladder))
                touch = ButtonElement(True, MIDI_NOTE_TYPE, 0, 50)
                knob = TouchEncoderElement(0, 51, Live.MidiMap.MapMode.absolute, touch_element=touch)
                knob.add_touch_value_listener(self.touched.append)
                self.mixer.channel_strip(1).set_pan_control(knob)
                self.brightness = SysexValueControl((0xF0, 0, 1, 7), (0xF0, 0, 1, 8, 0xF7), (3,))
                self.brightness.add_value_listener(self.asked.append)
                self.brightness.enquire_value()

    def create_instance(c_instance):
        return Console(c_instance)
"""


def texts(hosted: Any) -> list[str]:
    return [bytes(each[4:-1]).decode("ascii") for each in hosted.midi_out if each[:4] == (0xF0, 0, 1, 2)]


def test_a_console_writes_the_names_of_its_tracks(live: HeadlessLive, load: Load) -> None:
    hosted = load(CONSOLE)
    live.run_for(0.5)
    assert [each.split() for each in texts(hosted)][-1] == ["Drums", "Keys"]
    assert len(texts(hosted)[-1]) == 20
    live.song.tracks[1].name = "Grand"
    live.run_for(0.5)
    assert texts(hosted)[-1].split() == ["Drums", "Grand"]
    hosted.receive_midi((0x90, 44, 127))
    volume = live.song.tracks[0].mixer_device.volume
    assert volume.value == volume.max
    live.run_for(0.2)
    assert (0x90, 44, 127) in hosted.midi_out
    press(hosted, 50)
    assert hosted.instance.touched == [127, 0]
    assert (0xF0, 0, 1, 8, 0xF7) in hosted.midi_out
    hosted.receive_midi((0xF0, 0, 1, 7, 99, 0xF7))
    assert hosted.instance.asked == [(99,)]
    assert hosted.module.get_capabilities()["controller_id"]["model_names"] == ["Console"]


FEET = """
    from _Framework.ButtonElement import ButtonElement
    from _Framework.ButtonMatrixElement import ButtonMatrixElement
    from _Framework.ComboElement import ComboElement, DoublePressContext, DoublePressElement
    from _Framework.CompoundComponent import CompoundComponent
    from _Framework.ControlSurface import OptimizedControlSurface
    from _Framework.ControlSurfaceComponent import ControlSurfaceComponent
    from _Framework.Control import ButtonControl, ToggleButtonControl, control_list
    from _Framework.Dependency import depends, inject
    from _Framework.InputControlElement import MIDI_NOTE_TYPE
    from _Framework.Layer import Layer
    from _Framework.ModesComponent import (
        AddLayerMode, CancellableBehaviour, ImmediateBehaviour, LayerMode, ModesComponent, SetAttributeMode,
    )
    from _Framework.Resource import PrioritizedResource
    from _Framework.SessionRecordingComponent import SessionRecordingComponent
    from _Framework.Skin import Skin
    from _Framework.Util import const, clamp, find_if, first, nop

    class Colors:
        class Feet:
            Down = 9
            Up = 3

    class Careless(ControlSurfaceComponent):
        def __init__(self):
            self.never = True

    class Feet(CompoundComponent):
        stomp_button = ButtonControl(color="Feet.Up", pressed_color="Feet.Down")
        hold_toggle = ToggleButtonControl()

        @depends(told=None)
        def __init__(self, told=None, *a, **k):
            super(Feet, self).__init__(*a, **k)
            self.told, self.level = told, 1

        @stomp_button.pressed
        def stomp_button(self, button):
            self.told("stomp %d" % self.level)

        @hold_toggle.toggled
        def hold_toggle(self, toggled, button):
            self.told("hold %s" % toggled)

    class Made(OptimizedControlSurface):
        def __init__(self, c_instance):
            super(Made, self).__init__(c_instance)
            self.told = []
            with self.component_guard():
                with inject(skin=const(Skin(Colors)), told=const(self.told.append)).everywhere():
                    make = lambda n: ButtonElement(True, MIDI_NOTE_TYPE, 0, n, skin=Skin(Colors))
                    self.left, self.right, self.up = [make(n) for n in (1, 2, 3)]
                    self.double = DoublePressElement(self.left)
                    self.feet = Feet(name="Feet", layer=Layer(stomp_button=self.right))
                    self.modes = ModesComponent(name="Modes")
                    self.modes.add_mode("soft", [SetAttributeMode(self.feet, "level", 1)])
                    self.modes.add_mode(
                        "loud", [SetAttributeMode(self.feet, "level", 5)], behaviour=CancellableBehaviour()
                    )
                    self.modes.layer = Layer(loud_button=self.up)
                    self.modes.selected_mode = "soft"
                    self.left.resource_type = PrioritizedResource
                    self.double.double_press.add_value_listener(lambda value: self.told.append("double"))
                    self.double.single_press.add_value_listener(lambda value: self.told.append("single"))
            try:
                with self.component_guard():
                    Careless()
            except Exception as problem:
                self.told.append(type(problem).__name__)

    def create_instance(c_instance):
        return Made(c_instance)
"""


def test_a_foot_controller_handles_single_and_double_presses(live: HeadlessLive, load: Load) -> None:
    hosted = load(FEET)
    live.run_for(0.5)
    told = hosted.instance.told
    # A component that did not call its base class does not affect others.
    del told[:]
    assert (0x90, 2, 3) in hosted.midi_out
    hosted.receive_midi((0x90, 2, 127))
    assert told == ["stomp 1"]
    assert hosted.midi_out[-1] == (0x90, 2, 9)
    hosted.receive_midi((0x80, 2, 0))
    press(hosted, 3)
    press(hosted, 2)
    press(hosted, 3)
    press(hosted, 2)
    assert told == ["stomp 1", "stomp 5", "stomp 1"]
    press(hosted, 1)
    live.run_for(1.0)
    press(hosted, 1)
    live.run_for(0.2)
    press(hosted, 1)
    live.run_for(1.0)
    assert told[3:] == ["single", "double"]


@pytest.mark.parametrize("source", [BOX, PADS, CONSOLE, FEET], ids=["box", "pads", "console", "feet"])
def test_switching_off_leaves_no_listeners_and_no_log_entries(
    live: HeadlessLive, load: Load, source: str
) -> None:
    before = live.listener_count()
    hosted = load(source)
    live.run_for(0.5)
    hosted.disconnect()
    live.run_for(0.3)
    assert live.listener_count() == before
    assert not [line for line in hosted.log if "Error" in line]
    assert hosted.left == []
