"""Scripts of the first generation that control devices: banks, appointed devices, two controllers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from remote_script.headless import HeadlessLive
from remote_script.headless.frameworks import facts
from tests.remote_script.hosting.test_controllers_first import cc, press

Load = Callable[..., Any]

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


def test_banks_of_live_s_devices_are_rearranged(live: HeadlessLive, load: Load) -> None:
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
    # A device without a row in the script's table has pages of eight parameters after its switch.
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


def test_knobs_follow_the_device_appointed_by_the_script(live: HeadlessLive, load: Load) -> None:
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


def test_two_combined_controllers_have_adjacent_banks(live: HeadlessLive, load: Load) -> None:
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
    # The knobs show a bank on its channel; the empty banks have no parameters, so their rings are off.
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
