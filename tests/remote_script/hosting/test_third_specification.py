"""A script of the third generation with a specification, actions, lights and pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from remote_script.headless import HeadlessLive
from tests.remote_script.hosting.test_controllers_first import cc, press

Load = Callable[..., Any]

THIRD = """
    from ableton.v3.base import (
        PITCH_NAMES, CompoundDisconnectable, EventObject, MultiSlot, SlotGroup, clamp, find_if, flatten,
        get_default_ascii_translations, hex_to_rgb, index_if, lazy_attribute, listenable_property, listens, memoize,
        round_to_multiple, sign,
    )
    from ableton.v3.control_surface import (
        ACTIVE_PARAMETER_TIMEOUT, BANK_DEFINITIONS, BANK_MAIN_KEY, BANK_PARAMETERS_KEY, Component, ControlElement,
        ControlSurface, ControlSurfaceSpecification, CompoundElement, DescribedDeviceParameterBank, DeviceProvider,
        ElementsBase, HIGH_PRIORITY, InputControlElement, InstrumentFinderComponent, LOW_PRIORITY, MIDI_CC_TYPE,
        MIDI_NOTE_TYPE, MIDI_PB_TYPE, MOMENTARY_DELAY, NotifyingControlElement, NotifyingList, ParameterInfo,
        PrioritizedResource, RelativeInternalParameter, Skin, create_button, create_control_surface, create_encoder,
        create_skin, default_skin, find_instrument_devices, find_instrument_meeting_requirement, merge_skins,
    )
    from ableton.v3.control_surface.components import (
        ArmedTargetTrackComponent, ChannelStripComponent, ClipActionsComponent, DEFAULT_DRUM_TRANSLATION_CHANNEL,
        DeviceBankNavigationComponent, DeviceNavigationComponent, DeviceParametersComponent, DrumGroupComponent,
        PageComponent, Pageable, PitchProvider, PlayableComponent, RecordingComponent, SendIndexManager,
        SessionNavigationComponent, SessionRingComponent, TranslatingBackgroundComponent, TransportComponent,
        UndoRedoComponent, ViewBasedRecordingComponent,
    )
    from ableton.v3.control_surface.components.auto_arm import track_can_be_auto_armed
    from ableton.v3.control_surface.components.mixer import send_letter_to_index
    from ableton.v3.control_surface.controls import (
        ButtonControl, Connectable, Control, FixedRadioButtonGroup, InputControl, MappedSensitivitySettingControl,
        PlayableControl, SendValueControl, SendValueEncoderControl, SendValueInputControl, StepEncoderControl,
        ToggleButtonControl, TouchControl, is_internal_parameter,
    )
    from ableton.v3.control_surface.elements import (
        ButtonElement, ButtonMatrixElement, CachingSendMessageGenerator, Color, ColorPart, ComplexColor,
        DiscreteValuesElement, FallbackColor, LockableComboElement, SysexElement, adjust_string,
    )
    from ableton.v3.control_surface.midi import CC_STATUS, SYSEX_END, SYSEX_START
    from ableton.v3.control_surface.mode import (
        CallFunctionMode, CompoundMode, EnablingAddLayerMode, Mode, ModeButtonBehaviour, ModesComponent,
        MomentaryBehaviour, ShowDetailClipMode,
    )
    from ableton.v3.control_surface.layer import Layer
    from ableton.v3.live import (
        DetailViewController, is_arrangement_view_active, is_clip_new_recording, is_clip_playing, is_device_rack,
        is_instrument_rack, is_parameter_bipolar, is_parameter_quantized, is_song_recording, is_track_armed,
        display_name, liveobj_changed, move_current_song_time, normalized_parameter_value, parameter_owner,
        scene_index,
    )
    from ableton.v3.live.action import (
        delete, delete_notes_with_pitch, duplicate, duplicate_clip_special, duplicate_loop, select, set_loop_end,
        toggle_arm,
    )
    import Live

    class Colors:
        class Lamp:
            Rgb = FallbackColor(ComplexColor((ColorPart(5), ColorPart(6, channel=3))), ColorPart(1))

    class Elements(ElementsBase):
        def __init__(self, *a, **k):
            super().__init__(*a, **k)
            self.add_button(1, "Undo", msg_type=MIDI_NOTE_TYPE)
            self.add_button(2, "Shift", msg_type=MIDI_NOTE_TYPE)
            self.add_button(3, "Right", msg_type=MIDI_NOTE_TYPE)
            self.add_button(4, "Record", msg_type=MIDI_NOTE_TYPE)
            self.add_button_matrix([[10, 11, 12]], "Pads", msg_type=MIDI_NOTE_TYPE)

    def create_mappings(control_surface):
        return {
            "Undo_Redo": dict(undo_button="undo"),
            "Session_Navigation": dict(right_button="right"),
            "View_Based_Recording": dict(record_button="record"),
        }

    class Specification(ControlSurfaceSpecification):
        elements_type = Elements
        num_tracks, num_scenes = 2, 2
        include_master = True
        control_surface_skin = create_skin(colors=Colors)
        create_mappings_function = create_mappings

    class Panel(Component):
        toggle = ToggleButtonControl()
        pressed = TouchControl()
        steps = StepEncoderControl(num_steps=64)
        choice = FixedRadioButtonGroup(control_count=2)
        received = InputControl()
        both = SendValueInputControl()
        sent = SendValueControl()
        mapped = MappedSensitivitySettingControl()
        pad = PlayableControl()

        def __init__(self, *a, **k):
            self.log = []
            super().__init__(*a, **k)

        @toggle.toggled
        def toggle(self, is_toggled, button):
            self.log.append(("toggle", is_toggled))

        @pressed.pressed
        def pressed(self, button):
            self.log.append("touched")

        @steps.value
        def steps(self, value, encoder):
            self.log.append(("steps", value > 0))

        @choice.checked
        def choice(self, button):
            self.log.append(("choice", button.index))

    class Held(Mode):
        inside = False

        def enter_mode(self):
            self.inside = True

        def leave_mode(self):
            self.inside = False

    class Rows(Pageable):
        position_count, page_length, page_offset, position = 8, 2, 0, 0

    class Made(ControlSurface):
        def setup(self):
            super().setup()
            make = lambda n: create_button(n, "B%d" % n, msg_type=MIDI_NOTE_TYPE)
            knob = lambda n: create_encoder(n, "K%d" % n, map_mode=Live.MidiMap.MapMode.relative_two_compliment)
            self.lamp = ButtonElement(20, msg_type=MIDI_NOTE_TYPE, is_rgb=True)
            self.plain = ButtonElement(21, msg_type=MIDI_NOTE_TYPE)
            for lamp in (self.lamp, self.plain):
                lamp.set_light("Lamp.Rgb")
            self.panel = Panel(name="Panel", layer=Layer(
                toggle=make(30), pressed=make(31), steps=knob(32),
                choice=ButtonMatrixElement(rows=[[make(33), make(34)]]),
            ))
            self.values = DiscreteValuesElement(40, 0, MIDI_CC_TYPE, values=(0, 64, 127))
            self.heard = []
            self.values[1].add_value_listener(self.heard.append)
            self.sysex = SysexElement(sysex_identifier=(SYSEX_START, 7), use_first_byte_as_value=True)
            self.sysex.add_value_listener(self.heard.append)
            self.generator = CachingSendMessageGenerator(lambda value: (SYSEX_START, value, SYSEX_END))
            self.pages = PageComponent(name="Pages", pageable=Rows())
            self.held = Held()
            self.modes = ModesComponent(name="Modes")
            entered, left = (lambda: self.heard.append("in")), (lambda: self.heard.append("out"))
            self.modes.add_mode("plain", CallFunctionMode(entered, left))
            self.modes.add_mode("held", CompoundMode(self.held), behaviour=MomentaryBehaviour())
            self.late = Component(name="Late", is_enabled=False)
            layer = Layer(priority=HIGH_PRIORITY)
            self.modes.add_mode("layered", EnablingAddLayerMode(component=self.late, layer=layer))
            self.modes.add_mode("clip", ShowDetailClipMode(self.application))
            self.modes.layer = Layer(held_button=make(50))
            self.modes.selected_mode = "plain"
            self.sends = SendIndexManager()
            self.parameters = DeviceParametersComponent()
            self.actions = ClipActionsComponent()
            self.translating = TranslatingBackgroundComponent(
                translation_channel=4, layer=Layer(keys=make(60), priority=LOW_PRIORITY)
            )
            self.moved = self.translating.layer
            self.resource = PrioritizedResource(nop := (lambda client: None), nop)
            track = self.song.tracks[0]
            self.found = {
                "tools": (
                    clamp(9, 0, 5), find_if(lambda each: each > 1, [1, 2]), list(flatten([[1], [2]])),
                    hex_to_rgb(0x010203), index_if(lambda each: each > 1, [1, 2]), round_to_multiple(7, 4), sign(-2),
                    PITCH_NAMES[0], get_default_ascii_translations()["A"], memoize(abs)(-1),
                ),
                "midi": (SYSEX_START, SYSEX_END, CC_STATUS, MIDI_PB_TYPE), "delays": MOMENTARY_DELAY,
                "live": (
                    is_arrangement_view_active(), is_song_recording(), is_track_armed(track),
                    scene_index(self.song.scenes[0]),
                    is_device_rack(track.devices[0]), is_instrument_rack(track.devices[0]),
                    is_parameter_bipolar(track.mixer_device.panning),
                    is_parameter_quantized(track.devices[0].parameters[0], track.devices[0]),
                    parameter_owner(track.mixer_device.volume) == track,
                    parameter_owner(track.devices[1].parameters[1]) == track.devices[1],
                    display_name(track), liveobj_changed(track, self.song.tracks[1]),
                    round(normalized_parameter_value(track.mixer_device.panning), 2),
                    is_internal_parameter(track.mixer_device.volume),
                    is_internal_parameter(RelativeInternalParameter(name="X")),
                ),
                "arm": (track_can_be_auto_armed(track), track_can_be_auto_armed(self.song.tracks[3])),
                "sends": (send_letter_to_index("A"), send_letter_to_index("C")),
                "channel": DEFAULT_DRUM_TRANSLATION_CHANNEL,
                "text": adjust_string("Frequency", 5),
                "info": ParameterInfo(parameter=track.mixer_device.volume, name="Vol").name,
                "devices": next(iter(find_instrument_devices(track))) == track.devices[0],
                "rack": find_instrument_meeting_requirement(lambda each: each.can_have_drum_pads, track)
                == track.devices[0],
                "banks": BANK_DEFINITIONS["Operator"][BANK_MAIN_KEY][BANK_PARAMETERS_KEY][0],
                "default": "DefaultButton.On" in default_skin,
                "merged": "Lamp.Rgb" in merge_skins(default_skin, Skin(Colors)),
                "ring": len(self.session_ring.tracks_to_use()) - len(self.song.visible_tracks),
            }

        def act(self, pitch):
            song = self.song
            clip = song.tracks[0].clip_slots[0].clip
            return {
                "notes": delete_notes_with_pitch(clip, pitch), "end": set_loop_end(clip, clip.loop_end + 1.0),
                "arm": toggle_arm(song.tracks[1], exclusive=True), "select": select(song.scenes[3]),
                "special": duplicate_clip_special(clip), "duplicate": duplicate(song.scenes[0]),
                "loop": duplicate_loop(clip), "delete": delete(song.scenes[7]),
                "playing": (is_clip_playing(clip), is_clip_new_recording(clip)),
            }

        def detail(self):
            controller = DetailViewController(self.application)
            controller.show()
            shown = self.application.view.is_view_visible("Detail/Clip")
            controller.restore()
            return shown

    def create_instance(c_instance):
        return Made(Specification, c_instance=c_instance)
"""


def test_a_specification_can_have_actions_lights_and_pages(live: HeadlessLive, load: Load) -> None:
    hosted = load(THIRD)
    made, song = hosted.instance, live.song
    live.run_for(0.3)
    assert made.found == {
        "tools": (5, 2, [1, 2], (1, 2, 3), 1, 4, -1.0, "C", 65, 1), "midi": (0xF0, 0xF7, 0xB0, 2), "delays": 0.3,
        "live": (
            False, False, song.tracks[0].arm, 0, True, False, True, True, True, True, "Drums", True, 0.5, False, True,
        ),
        "arm": (True, False), "sends": (0, 2), "channel": 15, "text": "Frqnc", "info": "Vol", "devices": True,
        "rack": True, "banks": made.found["banks"], "default": True, "merged": True, "ring": 1,
    }  # fmt: skip
    assert [message for message in hosted.midi_out if message[1] == 20] == [(0x90, 20, 5), (0x93, 20, 6)]
    assert (0x90, 21, 1) in hosted.midi_out
    for number in (30, 31, 34):
        press(hosted, number)
    for _ in range(8):
        cc(hosted, 0, 32, 1)
    assert made.panel.log[:3] == [("toggle", True), "touched", ("choice", 1)]
    assert ("steps", True) in made.panel.log
    assert made.heard == ["in"]
    for value in (0, 64, 127):
        cc(hosted, 0, 40, value)
    hosted.receive_midi((0xF0, 7, 9, 5, 0xF7))
    assert made.heard == ["in", 127, 9]
    assert (made.generator(3), made.generator(3), made.generator(4)) == ((240, 3, 247), None, (240, 4, 247))
    hosted.receive_midi((0x90, 50, 127))
    assert (made.modes.selected_mode, made.held.inside, made.heard[-1]) == ("held", True, "out")
    live.run_for(0.5)
    hosted.receive_midi((0x80, 50, 0))
    assert (made.modes.selected_mode, made.held.inside) == ("plain", False)
    made.modes.push_mode("layered", delay=0.3)
    assert not made.late.is_enabled()
    live.run_for(0.6)
    assert (made.modes.selected_mode, made.late.is_enabled()) == ("layered", True)
    made.modes.selected_mode = "clip"
    assert live.application.view.is_view_visible("Detail/Clip")
    assert made.detail()
    press(hosted, 3)
    assert made.session_ring.track_offset == 1
    song.tempo = 99.0
    live.run_for(0.1)
    press(hosted, 1)
    live.run_for(0.2)
    assert song.tempo != 99.0
    song.tracks[2].arm = True
    press(hosted, 4)
    live.run_for(0.2)
    assert song.session_record
    song.session_record = False
    clip = song.tracks[0].clip_slots[0].clip
    end, scenes = clip.loop_end, len(song.scenes)
    pitch = clip.get_notes_extended(0, 128, 0.0, clip.length)[0].pitch
    done = made.act(pitch)
    live.run_for(0.5)
    assert len(clip.get_notes_extended(pitch, 1, 0.0, end)) == 0
    assert done.pop("playing") == (False, False)
    assert done == dict.fromkeys(
        ("notes", "end", "arm", "select", "special", "duplicate", "loop", "delete"), True
    )
    assert song.tracks[1].arm
    assert len(song.scenes) == scenes
    assert song.view.selected_scene in tuple(song.scenes)
    assert made.sends.num_sends == len(song.return_tracks)
