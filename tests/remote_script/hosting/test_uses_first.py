"""Scripts of the first generation, one for each group of names: capabilities, banks, modes, lists, pads, tools."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from remote_script.headless import HeadlessLive
from remote_script.headless.frameworks import facts
from tests.remote_script.hosting.test_controllers_first import cc, press

Load = Callable[..., Any]

CAPABILITIES = """
    from {module} import (
        AUTO_LOAD_KEY, CONTROLLER_ID_KEY, HIDDEN, NOTES_CC, PORTS_KEY, REMOTE, SCRIPT, SYNC, TYPE_KEY,
        controller_id, inport, outport, {more}
    )

    def get_capabilities():
        return {{
            CONTROLLER_ID_KEY: controller_id(vendor_id=2536, product_ids=[45, 46], model_name=["Pad", "Pad Mini"]),
            PORTS_KEY: [
                inport(props=[NOTES_CC, SCRIPT, REMOTE]), inport(port_name="Keys", props=[NOTES_CC], mac_name="K"),
                outport(props=[SCRIPT, SYNC]), outport(props=[HIDDEN]),
            ],
            TYPE_KEY: "pads", AUTO_LOAD_KEY: True, {rows}
        }}

    class Nothing:
        def disconnect(self):
            pass

    def create_instance(c_instance):
        return Nothing()
"""
MORE_CAPABILITIES = {
    "_Framework.Capabilities": {"FIRMWARE_KEY": "firmware_version", "PLAIN_OLD_MIDI": "plain_old_midi"},
    "ableton.v2.control_surface.capabilities": {
        "FIRMWARE_KEY": "firmware_version",
        "GENERIC_SCRIPT_KEY": "generic_script",
        "SUGGESTED_PORT_NAMES_KEY": "suggested_port_names",
    },
    "ableton.v3.control_surface.capabilities": {},
}


@pytest.mark.parametrize("module", MORE_CAPABILITIES)
def test_what_a_script_says_of_its_controller(load: Load, module: str) -> None:
    more = MORE_CAPABILITIES[module]
    rows = " ".join(f"{name}: 1," for name in more)
    hosted = load(CAPABILITIES.format(module=module, more=", ".join(more), rows=rows))
    port = {"name": ""}
    assert hosted.module.get_capabilities() == {
        "controller_id": {"vendor_id": 2536, "product_ids": [45, 46], "model_names": ["Pad", "Pad Mini"]},
        "ports": [
            {**port, "direction": "in", "props": ["notes_cc", "script", "remote"]},
            {"direction": "in", "name": "Keys", "mac_name": "K", "props": ["notes_cc"]},
            {**port, "direction": "out", "props": ["script", "sync"]},
            {**port, "direction": "out", "props": ["hidden"]},
        ],
        "surface_type": "pads",
        "auto_load": True,
        **dict.fromkeys(more.values(), 1),
    }


BANKS = """
    from _Generic.Devices import *

    RACKS = ("AudioEffectGroupDevice", "MidiEffectGroupDevice", "InstrumentGroupDevice", "DrumGroupDevice")
    BANKS = dict.fromkeys(RACKS, RCK_BANKS)
    BANKS.update({
        "InstrumentImpulse": IMP_BANKS, "Operator": OPR_BANKS, "UltraAnalog": ALG_BANKS, "OriginalSimpler": SIM_BANKS,
        "MultiSampler": SAM_BANKS, "MidiArpeggiator": ARP_BANKS, "LoungeLizard": ELC_BANKS, "StringStudio": TNS_BANKS,
        "MidiChord": CRD_BANKS, "MidiNoteLength": NTL_BANKS, "MidiPitcher": PIT_BANKS, "MidiRandom": RND_BANKS,
        "MidiScale": SCL_BANKS, "MidiVelocity": VEL_BANKS, "AutoFilter": AFL_BANKS, "AutoPan": APN_BANKS,
        "BeatRepeat": BRP_BANKS, "Chorus": CHR_BANKS, "Compressor2": CP3_BANKS, "Eq8": EQ8_BANKS,
        "Erosion": ERO_BANKS, "FilterDelay": FLD_BANKS, "Flanger": FLG_BANKS, "GrainDelay": GRD_BANKS,
        "Phaser": PHS_BANKS, "Redux": RDX_BANKS, "Saturator": SAT_BANKS, "Resonator": RSN_BANKS,
        "StereoGain": UTL_BANKS, "Tube": DTB_BANKS, "Reverb": RVB_BANKS, "Vinyl": VDS_BANKS, "Gate": GTE_BANKS,
    })
    BEST = dict.fromkeys(RACKS, RCK_BOBS)
    BEST.update({
        "InstrumentImpulse": IMP_BOBS, "Operator": OPR_BOBS, "UltraAnalog": ALG_BOBS, "OriginalSimpler": SIM_BOBS,
        "MultiSampler": SAM_BOBS, "MidiArpeggiator": ARP_BOBS, "LoungeLizard": ELC_BOBS, "StringStudio": TNS_BOBS,
        "MidiChord": CRD_BOBS, "MidiNoteLength": NTL_BOBS, "MidiPitcher": PIT_BOBS, "MidiRandom": RND_BOBS,
        "MidiScale": SCL_BOBS, "MidiVelocity": VEL_BOBS, "AutoFilter": AFL_BOBS, "AutoPan": APN_BOBS,
        "BeatRepeat": BRP_BOBS, "Chorus": CHR_BOBS, "Compressor2": CP3_BOBS, "Eq8": EQ8_BOBS,
        "Erosion": ERO_BOBS, "FilterDelay": FLD_BOBS, "Flanger": FLG_BOBS, "GrainDelay": GRD_BOBS,
        "Phaser": PHS_BOBS, "Redux": RDX_BOBS, "Saturator": SAT_BOBS, "Resonator": RSN_BOBS,
        "StereoGain": UTL_BOBS, "Tube": DTB_BOBS, "Reverb": RVB_BOBS, "Vinyl": VDS_BOBS, "Gate": GTE_BOBS,
    })
    NO_DEVICE_OF_TODAY = (SMD_BANKS, SMD_BOBS, PPG_BANKS, PPG_BOBS)
    PAGES = {
        "InstrumentImpulse": (
            IMP_BANK1, IMP_BANK2, IMP_BANK3, IMP_BANK4, IMP_BANK5, IMP_BANK6, IMP_BANK7, IMP_BANK8,
        ),
        "Operator": (OPR_BANK1, OPR_BANK2, OPR_BANK3, OPR_BANK4, OPR_BANK5, OPR_BANK6, OPR_BANK7, OPR_BANK8),
        "UltraAnalog": (ALG_BANK1, ALG_BANK2, ALG_BANK3, ALG_BANK4, ALG_BANK5, ALG_BANK6, ALG_BANK7),
        "MultiSampler": (SAM_BANK1, SAM_BANK2, SAM_BANK3, SAM_BANK4, SAM_BANK5, SAM_BANK6, SAM_BANK7, SAM_BANK8),
        "StringStudio": (TNS_BANK3, TNS_BANK4, TNS_BANK5, TNS_BANK6, TNS_BANK7, TNS_BANK8),
        "Eq8": (EQ8_BANK1, EQ8_BANK2, EQ8_BANK3, EQ8_BANK4, EQ8_BANK5, EQ8_BANK6, EQ8_BANK7),
        "LoungeLizard": (ELC_BANK1,),
    }

    class Knobs:
        def __init__(self, c_instance):
            self.max, self.own = MAX_DEVICES, (DEVICE_DICT, DEVICE_BOB_DICT, BANK_NAME_DICT)
            self.pairs = [tuple(each) for each in group([1, 2, 3, 4], 2)]

        def look(self, device):
            name = lambda parameter: parameter and parameter.original_name
            return {
                "banks": [[name(each) for each in bank] for bank in parameter_banks(device, BANKS)],
                "count": number_of_parameter_banks(device, BANKS), "names": list(parameter_bank_names(device)),
                "best": [name(each) for each in best_of_parameter_bank(device, BEST)],
                "all": len(device_parameters_to_map(device)), "volume": name(get_parameter_by_name(device, "Volume")),
            }

        def disconnect(self):
            pass

    def create_instance(c_instance):
        return Knobs(c_instance)
"""


def test_banks_of_live_s_own_devices_put_together_again(live: HeadlessLive, load: Load) -> None:
    hosted = load(BANKS)
    script, made = hosted.module, hosted.instance
    banks, best, names = made.own
    assert len(script.BANKS) == len(script.BEST) == 37
    assert {each: banks[each] for each in script.BANKS} == script.BANKS
    assert {each: best[each] for each in script.BEST} == script.BEST
    for device, pages in script.PAGES.items():
        first = banks[device].index(pages[0])
        assert banks[device][first : first + len(pages)] == pages
    for each in (*script.BANKS.values(), *script.BEST.values(), *script.NO_DEVICE_OF_TODAY):
        assert {len(page) for page in each} == {8}
    assert all(len(names[each]) == len(banks[each]) for each in names)
    assert set(banks) == set(facts.DEVICES)
    assert made.max == ("MxDeviceInstrument", "MxDeviceAudioEffect", "MxDeviceMidiEffect")
    assert made.pairs == [(1, 2), (3, 4)]
    operator = live.song.tracks[2].devices[0]
    looked = made.look(operator)
    assert looked["banks"] == [list(page) for page in banks["Operator"]]
    assert (looked["count"], looked["all"], looked["volume"]) == (8, len(operator.parameters) - 1, "Volume")
    assert looked["names"] == list(names["Operator"])
    assert looked["best"] == list(best["Operator"][0])
    # A device that the script's table lacks: pages of eight after its switch.
    buss = made.look(live.song.tracks[0].devices[1])
    assert (buss["count"], len(buss["banks"][0]), buss["names"]) == (2, 8, ["Drive", "Gain"])


APPOINTER = """
    from _Framework.ControlSurface import ControlSurface, get_control_surfaces
    from _Framework.ControlElement import ControlElement, ControlElementClient
    from _Framework.DeviceBankRegistry import DeviceBankRegistry
    from _Framework.DeviceComponent import DeviceComponent, select_and_appoint_device
    from _Framework.InputControlElement import *
    from _Framework.EncoderElement import EncoderElement
    from _Framework.ButtonElement import OFF_VALUE, ON_VALUE, ButtonElement, ButtonValue, DummyUndoStepHandler
    from _Framework.Profile import profile
    from _Framework.SessionRecordingComponent import track_is_recording, track_playing_slot
    from _Framework.ControlSurface import profile as surface_profile
    from _Generic.util import DeviceAppointer
    import Live

    class Holder(ControlElementClient):
        held = None

        def set_control_element(self, control_element, grabbed):
            self.held = control_element if grabbed else None

    class Fader(InputControlElement):
        def __init__(self, number):
            super(Fader, self).__init__(MIDI_PB_TYPE, number, None)

        def message_map_mode(self):
            return Live.MidiMap.MapMode.absolute_14_bit

    class Made(ControlSurface):
        def __init__(self, c_instance):
            super(Made, self).__init__(c_instance)
            self.appointed, self.bytes = [], []
            with self.component_guard():
                self.registry = DeviceBankRegistry()
                self.device = DeviceComponent(device_bank_registry=self.registry)
                self.set_device_component(self.device)
                make = lambda n: EncoderElement(MIDI_CC_TYPE, 0, n, Live.MidiMap.MapMode.absolute)
                self.device.set_parameter_controls(tuple(make(n) for n in range(20, 28)))
                self.bank_buttons = [
                    ButtonElement(True, MIDI_NOTE_TYPE, 0, n, undo_step_handler=DummyUndoStepHandler()) for n in (1, 2)
                ]
                self.device.set_bank_buttons(tuple(self.bank_buttons))
                self.fader, self.holder = Fader(3), Holder()
                self.fader.add_value_listener(self.bytes.append)
                self.fader.resource.grab(self.holder)
                self.appointer = self.register_disconnectable(
                    DeviceAppointer(song=self.song(), appointed_device_setter=self.appointed.append)
                )
            self.values = (ON_VALUE, OFF_VALUE, int(ButtonValue(64)), ButtonValue(3) == 3)
            self.statuses = (MIDI_NOTE_ON_STATUS, MIDI_NOTE_OFF_STATUS, MIDI_CC_STATUS, MIDI_PB_STATUS)
            self.invalid = InputControlElement(MIDI_INVALID_TYPE, 0, 0).has_message()
            self.surfaces = lambda: self in get_control_surfaces()
            self.is_control = isinstance(self.fader, ControlElement)

        @surface_profile
        def choose(self, device):
            select_and_appoint_device(self.song(), device)

        @profile
        def state(self, track):
            slot = track_playing_slot(track)
            return track_is_recording(track), None if slot is None else slot.clip.name

    def create_instance(c_instance):
        return Made(c_instance)
"""


def test_knobs_follow_the_device_that_the_script_appoints(live: HeadlessLive, load: Load) -> None:
    hosted = load(APPOINTER)
    made, song = hosted.instance, live.song
    live.run_for(0.2)
    song.view.selected_track = song.tracks[2]
    live.run_for(0.2)
    made.choose(song.tracks[2].devices[1])
    live.run_for(0.2)
    assert made.appointed[-1] == song.appointed_device == song.tracks[2].devices[1]
    before = [each.value for each in song.tracks[2].devices[1].parameters]
    cc(hosted, 0, 20, 3)
    live.run_for(0.2)
    assert before != [each.value for each in song.tracks[2].devices[1].parameters]
    press(hosted, 2)
    assert made.registry.get_device_bank(song.tracks[2].devices[1]) == 1
    assert hosted.midi_out[-2:] == [(0x90, 1, 0), (0x90, 2, 127)]
    song.view.selected_track = song.tracks[1]
    live.run_for(0.2)
    assert made.appointed[-1] == song.tracks[1].view.selected_device == song.appointed_device
    hosted.receive_midi((0xE3, 1, 64))
    assert (made.bytes, made.holder.held) == ([8193], made.fader)
    made.fader.resource.release(made.holder)
    assert made.holder.held is None
    made.fader.send_value(300)
    assert hosted.midi_out[-1] == (0xE3, 44, 2)
    assert made.values == (127, 0, 64, True)
    assert made.statuses == (0x90, 0x80, 0xB0, 0xE0)
    assert (made.invalid, made.surfaces(), made.is_control) == (False, True, True)
    assert made.state(song.tracks[0]) == (False, None)
    song.tracks[0].clip_slots[0].fire()
    live.run_for(4.0)
    assert made.state(song.tracks[0]) == (False, song.tracks[0].clip_slots[0].clip.name)


MODES = """
    from _Framework.ControlSurface import ControlSurface
    from _Framework.ControlSurfaceComponent import ControlSurfaceComponent as Component
    from _Framework.ModesComponent import (
        AlternativeBehaviour, CompoundMode, DisableMode, DynamicBehaviourMixin, EnablingModesComponent,
        ExcludingBehaviourMixin, ImmediateBehaviour, LazyComponentMode, Mode, ModeButtonBehaviour, ModesComponent,
        MultiEntryMode, ReenterBehaviour, ComponentMode, tomode,
    )
    from _Framework.InputControlElement import MIDI_NOTE_TYPE
    from _Framework.ButtonElement import ButtonElement
    from _Framework.Skin import Skin, SkinColorMissingError, merge_skins
    from _Framework.Util import mixin

    class Counted(Mode):
        entered, left = 0, 0

        def enter_mode(self):
            self.entered += 1

        def leave_mode(self):
            self.left += 1

    class Quiet(ModeButtonBehaviour):
        def press_immediate(self, component, mode):
            component.push_mode(mode)

        def update_button(self, component, mode, selected_mode):
            component.get_mode_button(mode).set_light(False)

    class Colors:
        class DefaultButton:
            On, Off, Disabled = 1, 2, 3

    class MoreColors:
        class Mode:
            class One:
                On = 5

    class Made(ControlSurface):
        def __init__(self, c_instance):
            super(Made, self).__init__(c_instance)
            self.again, self.chosen = [], None
            with self.component_guard():
                skin = merge_skins(Skin(Colors), Skin(MoreColors))
                self.colors = (skin["Mode.One.On"], skin["DefaultButton.Off"])
                try:
                    skin["Mode.Two.On"]
                except SkinColorMissingError:
                    self.colors += ("missing",)
                self.part, self.other, self.late = Component(), Component(), []
                self.lazy = None
                self.counted = Counted()
                shared = MultiEntryMode(self.counted)
                self.modes = ModesComponent()
                self.modes.add_mode("one", CompoundMode(ComponentMode(self.part), DisableMode(self.other)))
                self.modes.add_mode("two", [shared, tomode(self.make_late)], behaviour=ReenterBehaviour(self.re))
                late = LazyComponentMode(self.make_lazy)
                self.modes.add_mode("three", [shared, late], groups={"a"}, behaviour=Quiet())
                self.modes.add_mode("extra", [], groups={"x"})
                self.modes.add_mode(
                    "four", [], groups={"x"}, behaviour=AlternativeBehaviour(alternative_mode="extra")
                )
                Excluding = mixin(ExcludingBehaviourMixin, ImmediateBehaviour)
                self.modes.add_mode("five", [], behaviour=Excluding(excluded_groups=("a",)))
                Dynamic = mixin(DynamicBehaviourMixin, ImmediateBehaviour)
                self.modes.add_mode("six", [], behaviour=Dynamic(mode_chooser=lambda: self.chosen))
                for index, name in enumerate(("one", "two", "three", "four", "five", "six")):
                    self.modes.set_mode_button(name, ButtonElement(True, MIDI_NOTE_TYPE, 0, index + 1, skin=skin))
                self.modes.selected_mode = "one"
                self.switch = EnablingModesComponent(component=Component(), enabled_color="a", disabled_color="b")

        def re(self):
            self.again.append(self.modes.selected_mode)

        def make_late(self):
            self.late.append("entered")

        def make_lazy(self):
            self.lazy = Component(is_enabled=False)
            return self.lazy

    def create_instance(c_instance):
        return Made(c_instance)
"""


def hold(live: HeadlessLive, hosted: Any, number: int) -> None:
    hosted.receive_midi((0x90, number, 127))
    live.run_for(0.6)


def test_modes_and_what_their_buttons_do(live: HeadlessLive, load: Load) -> None:
    hosted = load(MODES)
    made, modes = hosted.instance, hosted.instance.modes
    assert made.colors == (5, 2, "missing")
    live.run_for(0.2)
    assert (made.part.is_enabled(), made.other.is_enabled()) == (True, False)
    press(hosted, 2)
    assert (modes.selected_mode, made.part.is_enabled(), made.other.is_enabled()) == ("two", False, True)
    assert (made.late, made.again, made.counted.entered) == (["entered"], [], 1)
    press(hosted, 2)
    assert (made.again, made.lazy) == (["two"], None)
    press(hosted, 3)
    assert (modes.selected_mode, made.lazy.is_enabled()) == ("three", True)
    assert made.counted.entered - made.counted.left == 1
    assert {each[2] for each in hosted.midi_out if each[1] == 3} <= {0, 2}
    # "five" is out while a mode of its excluded group is selected, and shows it.
    press(hosted, 5)
    assert modes.selected_mode == "three"
    assert [each for each in hosted.midi_out if each[:2] == (0x90, 5)][-1][2] == 3
    press(hosted, 1)
    press(hosted, 5)
    assert modes.selected_mode == "five"
    # "six" leads where the script says at the press.
    made.chosen = "two"
    press(hosted, 6)
    assert modes.selected_mode == "two"
    made.chosen = None
    press(hosted, 6)
    assert modes.selected_mode == "six"
    # A short press toggles "four", a long one shows its alternative meanwhile.
    press(hosted, 4)
    assert modes.selected_mode == "four"
    press(hosted, 4)
    assert modes.selected_mode == "six"
    hold(live, hosted, 4)
    assert modes.selected_mode == "extra"
    hosted.receive_midi((0x80, 4, 0))
    assert modes.selected_mode == "six"
    assert made.switch.selected_mode == "disabled"
    made.switch.selected_mode = "enabled"
    made.switch.cycle_mode(1)
    assert made.switch.selected_mode == "disabled"


WINDOW = """
    from _Framework.ControlSurface import ControlSurface
    from _Framework.BackgroundComponent import BackgroundComponent
    from _Framework.ButtonElement import ButtonElement
    from _Framework.ButtonMatrixElement import ButtonMatrixElement
    from _Framework.ClipSlotComponent import ClipSlotComponent
    from _Framework.Control import (
        ButtonControl, ControlList, EncoderControl, PlayableControl, RadioButtonControl, RadioButtonGroup,
        control_list, control_matrix,
    )
    from _Framework.ControlSurfaceComponent import ControlSurfaceComponent
    from _Framework.DisplayDataSource import DisplayDataSource, adjust_string_crop
    from _Framework.DrumGroupComponent import DrumGroupComponent
    from _Framework.DrumRackComponent import DrumRackComponent
    from _Framework.EncoderElement import EncoderElement
    from _Framework.InputControlElement import MIDI_CC_TYPE, MIDI_NOTE_TYPE, logger
    from _Framework.Layer import Layer
    from _Framework.MidiMap import MidiMap, make_slider
    from _Framework.ModesComponent import DisplayingModesComponent
    from _Framework.NotifyingControlElement import NotifyingControlElement
    from _Framework.SceneComponent import SceneComponent
    from _Framework.ScrollComponent import Scrollable, ScrollComponent
    from _Framework.SessionComponent import SessionComponent
    from _Framework.SessionZoomingComponent import DeprecatedSessionZoomingComponent
    from _Framework.Signal import Signal
    from _Framework.SlideComponent import Slideable, SlideComponent
    from _Framework.SubjectSlot import CallableSlotMixin
    from _Framework.ToggleComponent import ToggleComponent
    from _Framework.ViewControlComponent import BasicSceneScroller, TrackScroller, ViewControlComponent
    import Live

    class Slot(ClipSlotComponent):
        launched = 0

        def _do_launch_clip(self, value):
            super(Slot, self)._do_launch_clip(value)
            Slot.launched += bool(value)

        def _feedback_value(self):
            return 99 if self.has_clip() else super(Slot, self)._feedback_value()

    class Scene(SceneComponent):
        clip_slot_component_type = Slot

        def _do_launch_scene(self, value):
            super(Scene, self)._do_launch_scene(value)

    class Session(SessionComponent):
        scene_component_type = Scene

    class Tune(Scrollable):
        note = 60

        def can_scroll_up(self):
            return self.note < 62

        def can_scroll_down(self):
            return self.note > 58

        def scroll_up(self):
            self.note += 1

        def scroll_down(self):
            self.note -= 1

    class Rows(Slideable):
        position_count, page_length, page_offset, _position = 32, 4, 0, 0

        @property
        def position(self):
            return self._position

        @position.setter
        def position(self, position):
            self._position = position
            self.notify_position()

    class Called(CallableSlotMixin):
        pass

    class Panel(ControlSurfaceComponent):
        knobs = control_list(EncoderControl, control_count=2)
        grid = control_matrix(PlayableControl, dimensions=(1, 2))
        choices = RadioButtonGroup(control_count=2)
        single = RadioButtonControl()
        plain = ControlList(ButtonControl, control_count=2)

        def __init__(self, *a, **k):
            self.log = []
            super(Panel, self).__init__(*a, **k)

        @knobs.value
        def knobs(self, value, knob):
            self.log.append((knob.index, value > 0))

        @grid.pressed
        def grid(self, pad):
            self.log.append(pad.coordinate)

        @choices.checked
        def choices(self, button):
            self.log.append("choice %d" % button.index)

        @single.checked
        def single(self, button):
            self.log.append("single")

        @plain.pressed
        def plain(self, button):
            self.log.append("plain %d" % button.index)

    class Fader(NotifyingControlElement):
        pass

    class Map(MidiMap):
        def __init__(self, *a, **k):
            super(Map, self).__init__(*a, **k)
            self.add_matrix("Faders", make_slider, 0, [[90, 91]], MIDI_CC_TYPE)

    class Made(ControlSurface):
        def __init__(self, c_instance):
            super(Made, self).__init__(c_instance)
            self.told = []
            with self.component_guard():
                make = lambda n: ButtonElement(True, MIDI_NOTE_TYPE, 0, n)
                matrix = lambda first, columns, rows=1: ButtonMatrixElement(
                    rows=[[make(first + columns * row + n) for n in range(columns)] for row in range(rows)]
                )
                self.session = Session(2, 2)
                self.session.set_clip_launch_buttons(matrix(0, 2, 2))
                self.session.scene(0).set_launch_button(make(4))
                self.zoom = DeprecatedSessionZoomingComponent(self.session)
                self.zoom.set_zoom_button(make(5))
                self.zoom.set_button_matrix(matrix(6, 2))
                self.zoom.set_stopped_value(11)
                self.zoom.set_selected_value(12)
                self.zoom.set_scene_bank_buttons((make(8), make(9)))
                self.group = DrumGroupComponent(translation_channel=9)
                self.group.set_drum_matrix(matrix(40, 4, 4))
                self.group.set_drum_group_device(self.song().tracks[0].devices[0])
                self.drums = DrumRackComponent()
                self.pads = ButtonMatrixElement(rows=[[make(n) for n in (36, 37)], [make(n) for n in (38, 39)]])
                self.drums.set_pads(self.pads)
                self.tune, self.rows = Tune(), Rows()
                self.scroll = ScrollComponent(self.tune, layer=Layer(
                    scroll_up_button=make(60), scroll_down_button=make(61),
                ))
                self.slide = SlideComponent(self.rows, layer=Layer(
                    scroll_page_up_button=make(62), scroll_page_down_button=make(63), scroll_up_button=make(64),
                ))
                self.metronome = ToggleComponent("metronome", self.song(), layer=Layer(toggle_button=make(65)))
                self.scenes = ScrollComponent(BasicSceneScroller(), layer=Layer(scroll_down_button=make(66)))
                self.tracks = ViewControlComponent()
                self.tracks._scroll_tracks = ScrollComponent(TrackScroller(), layer=Layer(scroll_down_button=make(67)))
                self.panel = Panel(layer=Layer(
                    knobs=ButtonMatrixElement(rows=[[
                        EncoderElement(MIDI_CC_TYPE, 0, n, Live.MidiMap.MapMode.relative_two_compliment) for n in (1, 2)
                    ]]),
                    grid=matrix(70, 2), choices=matrix(72, 2), single=make(74), plain=matrix(75, 2),
                ))
                for pad in self.panel.grid:
                    pad.set_playable(False)
                self.background = BackgroundComponent(layer=Layer(anything=make(77), priority=-1))
                self.names = DisplayingModesComponent()
                self.sources = [DisplayDataSource("Mix"), DisplayDataSource("Send")]
                self.names.add_mode("mix", [], self.sources[0])
                self.names.add_mode("send", [], self.sources[1])
                self.names.selected_mode = "send"
                self.faders = Map()["Faders"]
                self.faders[0].connect_to(self.song().tracks[0].mixer_device.volume)
            signal = Signal(sender=self)
            signal.connect(self.told.append)
            signal("one")
            signal.disconnect(self.told.append)
            signal("two")
            self.called = Called(function=lambda value: value + 1)(1)
            self.text = adjust_string_crop("Delay Time", 5)
            fader = Fader()
            fader.add_value_listener(self.told.append)
            fader.notify_value(5)
            logger.info("built")

    def create_instance(c_instance):
        return Made(c_instance)
"""


def test_a_window_of_the_session_with_pads_lists_and_panels(live: HeadlessLive, load: Load) -> None:
    hosted = load(WINDOW)
    made, song = hosted.instance, live.song
    live.run_for(0.3)
    slots = [each.clip_slots[scene] for scene in (0, 1) for each in song.tracks[:2]]
    shown = [each for each in hosted.midi_out if each[0] == 0x90 and each[1] < 4]
    assert [(0x90, index, 99) in shown for index in range(4)] == [bool(slot.has_clip) for slot in slots]
    press(hosted, 0)
    live.run_for(4.0)
    assert (song.tracks[0].playing_slot_index, made.session.scene(0).clip_slot(0).launched) == (0, 1)
    press(hosted, 4)
    live.run_for(4.0)
    assert song.tracks[1].playing_slot_index == 0
    # The overview: the matrix stands for windows of 2 x 2 while its button is held.
    hosted.receive_midi((0x90, 5, 127))
    assert (0x90, 6, 12) in hosted.midi_out
    press(hosted, 7)
    assert (made.session.track_offset(), made.session.scene_offset()) == (2, 0)
    press(hosted, 9)
    assert made.session.scene_offset() == 2
    hosted.receive_midi((0x80, 5, 0))
    assert made.session.is_enabled()
    # Pads that Live plays itself, bottom row last.
    assert hosted.translations["pads"] == ((0, 2, 36, 0), (1, 2, 37, 0), (0, 3, 38, 0), (1, 3, 39, 0))
    assert all(each.suppress_script_forwarding for each in made.pads)
    assert [pad.note for pad in made.group.visible_drum_pads[:2]] == [36, 37]
    assert len(made.group.drum_matrix) == 16
    for number in (60, 60, 60, 61):
        press(hosted, number)
    assert made.tune.note == 61
    for number, position in ((62, 4), (64, 5), (62, 8), (63, 4)):
        press(hosted, number)
        assert made.rows.position == position
    press(hosted, 65)
    press(hosted, 66)
    assert (song.metronome, song.view.selected_scene) == (True, song.scenes[1])
    press(hosted, 67)
    assert song.view.selected_track == song.tracks[1]
    cc(hosted, 0, 2, 1)
    for number in (71, 73, 74, 76):
        press(hosted, number)
    assert made.panel.log == [(1, True), (0, 1), "choice 1", "single", "plain 1"]
    assert [each.display_string() for each in made.sources] == ["Mix", "*Send"]
    made.names.selected_mode = "mix"
    assert [each.display_string() for each in made.sources] == ["*Mix", "Send"]
    cc(hosted, 0, 90, 0)
    assert song.tracks[0].mixer_device.volume.value == 0.0
    assert (made.told, made.called, made.text) == (["one", 5], 2, "Delay")


APCS = """
    import Live
    from _APC.APC import APC, MANUFACTURER_ID
    from _APC.DeviceBankButtonElement import DeviceBankButtonElement
    from _APC.DeviceComponent import DeviceComponent
    from _APC.MixerComponent import ChanStripComponent, MixerComponent
    from _APC.RingedEncoderElement import RING_OFF_VALUE, RING_SIN_VALUE, RingedEncoderElement
    from _APC.SessionComponent import SessionComponent
    from _Framework.ButtonElement import ButtonElement
    from _Framework.ButtonMatrixElement import ButtonMatrixElement
    from _Framework.InputControlElement import MIDI_CC_TYPE, MIDI_NOTE_TYPE
    from _Framework.Layer import Layer

    class Strip(ChanStripComponent):
        def _arm_value(self, value):
            super(Strip, self)._arm_value(value)

    class Mixer(MixerComponent):
        def _create_strip(self):
            return Strip()

    class Made(APC):
        def __init__(self, c_instance):
            super(Made, self).__init__(c_instance)
            with self.component_guard():
                make = lambda n: ButtonElement(True, MIDI_NOTE_TYPE, 0, n)
                self.session = SessionComponent(2, 1)
                self.mixer = Mixer(2)
                self.session.set_mixer(self.mixer)
                for track in range(2):
                    self.mixer.channel_strip(track).set_select_button(make(10 + track))
                    self.mixer.channel_strip(track).set_arm_button(make(12 + track))
                self.set_highlighting_session_component(self.session)
                self.device = DeviceComponent(use_fake_banks=True)
                self.knobs = [RingedEncoderElement(MIDI_CC_TYPE, 0, n, Live.MidiMap.MapMode.absolute) for n in (16, 17)]
                self.rings = [ButtonElement(False, MIDI_CC_TYPE, 0, n) for n in (24, 25)]
                for knob, ring in zip(self.knobs, self.rings):
                    knob.set_ring_mode_button(ring)
                self.device.set_parameter_controls(tuple(self.knobs))
                shift = make(98)
                self.banks = [DeviceBankButtonElement(make(n), modifiers=[shift]) for n in (1, 2, 3)]
                self.device.layer = Layer(bank_buttons=ButtonMatrixElement(rows=[self.banks]))
                self.set_device_component(self.device)
            self.rings_shown = (RING_OFF_VALUE, RING_SIN_VALUE)

        def _should_combine(self):
            return True

        def _product_model_id_byte(self):
            return 115

        def greeted(self):
            return (0xF0, 0x7E, 0, 6, 2, MANUFACTURER_ID, 115)

    def create_instance(c_instance):
        return Made(c_instance)
"""


def test_two_controllers_side_by_side_and_their_banks(live: HeadlessLive, load: Load) -> None:
    left, right = load(APCS, "Left"), load(APCS, "Right")
    song = live.song
    live.run_for(2.0)
    for hosted in (left, right):
        hosted.receive_midi((*hosted.instance.greeted(), 0, 0, 0, 1, 0, 2, 5, *[0] * 8, 0xF7))
        live.run_for(0.5)
        hosted.instance._on_handshake_successful()
    live.run_for(0.5)
    offsets = [each.instance.session.track_offset() for each in (left, right)]
    assert sorted(offsets) == [0, 2]
    first, second = (left, right) if offsets[0] == 0 else (right, left)
    assert (first.highlight, second.highlight) == ((0, 0, 2, 1, False), (2, 0, 2, 1, False))
    press(second, 12)
    assert song.tracks[2].arm
    # The knobs show a bank on its channel; the fake banks have no parameters, the ring is off there.
    made = first.instance
    device = song.tracks[1].devices[2]
    song.view.selected_track = song.tracks[1]
    song.view.select_device(device)
    live.run_for(0.3)
    assert [knob.mapped_parameter() for knob in made.knobs] != [None, None]
    press(first, 3)
    assert {knob.message_channel() for knob in made.knobs} == {0}
    first.receive_midi((0x90, 98, 127))
    assert [each.wrapped_control.message_channel() for each in made.banks] == [1, 1, 1]
    first.receive_midi((0x91, 3, 127))
    first.receive_midi((0x81, 3, 0))
    live.run_for(0.3)
    assert {knob.message_channel() for knob in made.knobs} == {2}
    assert [knob.mapped_parameter() for knob in made.knobs] == [None, None]
    first.receive_midi((0x80, 98, 0))
    assert [each.wrapped_control.message_channel() for each in made.banks] == [0, 0, 0]
    assert made.rings_shown == (0, 1)
    first.instance.disconnect()
    assert second.instance.session.track_offset() == 2
