"""A script of the first generation with a window of the session, pads, lists and panels."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from remote_script.headless import HeadlessLive
from tests.remote_script.hosting.test_controllers_first import cc, press

Load = Callable[..., Any]

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


def test_a_session_window_works_with_pads_lists_and_panels(live: HeadlessLive, load: Load) -> None:
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
    # The overview: while its button is held, the matrix shows windows of 2 x 2.
    hosted.receive_midi((0x90, 5, 127))
    assert (0x90, 6, 12) in hosted.midi_out
    press(hosted, 7)
    assert (made.session.track_offset(), made.session.scene_offset()) == (2, 0)
    press(hosted, 9)
    assert made.session.scene_offset() == 2
    hosted.receive_midi((0x80, 5, 0))
    assert made.session.is_enabled()
    # Pads that Live itself plays, the bottom row last.
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
