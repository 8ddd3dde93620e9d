"""Seven invented controllers with scripts of the second and third generation: loading, lights, answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from remote_script.headless import HeadlessLive

Load = Callable[..., Any]


def cc(hosted: Any, channel: int, number: int, value: int = 127) -> None:
    hosted.receive_midi((0xB0 + channel, number, value))


def press(hosted: Any, number: int, channel: int = 0) -> None:
    hosted.receive_midi((0x90 + channel, number, 127))
    hosted.receive_midi((0x80 + channel, number, 0))


def lights(hosted: Any) -> dict[int, int]:
    """The last value of each note on channel 1."""
    return {message[1]: message[2] for message in hosted.midi_out if message[0] == 0x90}


DRUMS = """
    from ableton.v2.base import const, inject, listens, liveobj_valid, nop
    from ableton.v2.control_surface import Component, ControlSurface, Layer, PercussionInstrumentFinder, Skin
    from ableton.v2.control_surface.components import (
        AccentComponent, DrumGroupComponent, TargetTrackComponent, UndoRedoComponent,
    )
    from ableton.v2.control_surface.elements import ButtonElement, ButtonMatrixElement, Color
    from ableton.v2.control_surface import MIDI_NOTE_TYPE

    class Colors:
        class DefaultButton:
            On, Off, Disabled = Color(127), Color(0), Color(0)
        class DrumGroup:
            PadFilled, PadEmpty, PadSelected, PadSelectedNotSoloed = [Color(n) for n in (11, 12, 13, 14)]
            PadMuted, PadMutedSelected, PadSoloed, PadSoloedSelected = [Color(n) for n in (15, 16, 17, 18)]
            PadAction, Navigation = Color(19), Color(20)

    class Drums(ControlSurface):
        def __init__(self, c_instance):
            super().__init__(c_instance)
            self.found = []
            with self.component_guard():
                skin = Skin(Colors)
                make = lambda n: ButtonElement(True, MIDI_NOTE_TYPE, 0, n, skin=skin)
                pads = [[make(60 + 4 * row + column) for column in range(4)] for row in range(4)]
                self.matrix = ButtonMatrixElement(rows=pads)
                with inject(skin=const(skin), full_velocity=const(self._c_instance.full_velocity)).everywhere():
                    self.group = DrumGroupComponent(
                        name="Drums", set_pad_translations=self.set_pad_translations, translation_channel=9,
                    )
                    self.group.layer = Layer(matrix=self.matrix, select_button=make(1), mute_button=make(2))
                    self.undo = UndoRedoComponent(name="Undo", layer=Layer(undo_button=make(3)))
                self.finder = self.register_disconnectable(PercussionInstrumentFinder(self.song.view.selected_track))
                self._on_instrument.subject = self.finder
                self._on_instrument()
                self._on_track.subject = self.song.view

        @listens("selected_track")
        def _on_track(self):
            self.finder.device_parent = self.song.view.selected_track

        @listens("instrument")
        def _on_instrument(self):
            self.found.append(liveobj_valid(self.finder.drum_group))
            self.group.set_drum_group_device(self.finder.drum_group)

    def create_instance(c_instance):
        return Drums(c_instance)
"""


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


DEVICES = """
    from ableton.v2.base import EventObject, listenable_property, listens, task
    from ableton.v2.control_surface import (
        BankingInfo, ControlSurface, DescribedDeviceParameterBank, Layer, ParameterInfo, ParameterProvider, Skin,
        create_device_bank,
    )
    from ableton.v2.control_surface.components import DeviceNavigationComponent, DeviceParameterComponent
    from ableton.v2.control_surface.default_bank_definitions import BANK_DEFINITIONS
    from ableton.v2.control_surface.elements import (
        ButtonElement, ButtonMatrixElement, Color, EncoderElement, MultiElement, ToggleElement, WrapperElement,
    )
    from ableton.v2.control_surface.internal_parameter import EnumWrappingParameter, InternalParameter
    from ableton.v2.control_surface import MIDI_CC_TYPE, MIDI_NOTE_TYPE
    import Live

    class Colors:
        class DefaultButton:
            On, Off, Disabled = Color(127), Color(1), Color(0)
        class ItemNavigation:
            ItemSelected, ItemNotSelected, NoItem = Color(5), Color(6), Color(0)

    class Bank(ParameterProvider):
        def __init__(self, surface, *a, **k):
            super().__init__(*a, **k)
            self._surface, self._parameters = surface, []
            self._on_device.subject = surface.song

        @listens("appointed_device")
        def _on_device(self):
            self.follow()

        def follow(self):
            device = self._surface.song.appointed_device
            bank = create_device_bank(device, BankingInfo(BANK_DEFINITIONS))
            self._parameters = [
                ParameterInfo(parameter=parameter, name=name, default_encoder_sensitivity=0.5)
                for parameter, name in bank.parameters
            ] if bank else []
            self.notify_parameters()

        @property
        def parameters(self):
            return self._parameters

    class Devices(ControlSurface):
        def __init__(self, c_instance):
            super().__init__(c_instance)
            with self.component_guard():
                make = lambda n: ButtonElement(True, MIDI_NOTE_TYPE, 0, n, skin=Skin(Colors))
                knobs = [EncoderElement(MIDI_CC_TYPE, 0, n, Live.MidiMap.MapMode.absolute) for n in range(20, 28)]
                self.bank = self.register_disconnectable(Bank(self))
                self.parameters = DeviceParameterComponent(parameter_provider=self.bank)
                self.parameters.layer = Layer(parameter_controls=ButtonMatrixElement(rows=[knobs]))
                self.devices = DeviceNavigationComponent(name="Devices")
                self.devices.layer = Layer(select_buttons=ButtonMatrixElement(rows=[[make(n) for n in range(1, 5)]]))
                self.bank.follow()

    def create_instance(c_instance):
        return Devices(c_instance)
"""


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


OVERVIEW = """
    from ableton.v2.base import const, inject, listens_group, nop
    from ableton.v2.control_surface import ControlSurface, Layer, SessionRingSelectionLinking, Skin
    from ableton.v2.control_surface.components import (
        AutoArmComponent, ClipActionsComponent, SessionComponent, SessionNavigationComponent,
        SessionOverviewComponent, SessionRingComponent, ViewControlComponent,
    )
    from ableton.v2.control_surface.elements import ButtonElement, ButtonMatrixElement, Color, ComboElement
    from ableton.v2.control_surface.mode import AddLayerMode, LatchingBehaviour, ModesComponent, ReenterBehaviour
    from ableton.v2.control_surface import MIDI_NOTE_TYPE

    class Colors:
        class DefaultButton:
            On, Off, Disabled = Color(127), Color(1), Color(0)
        class Session:
            ClipEmpty, ClipStopped, ClipStarted, ClipTriggeredPlay = [Color(n) for n in (20, 21, 22, 23)]
            Scene, SceneTriggered, NoScene, RecordButton, ClipRecording = [Color(n) for n in (24, 25, 26, 27, 28)]
            ClipTriggeredRecord, StopClip, StopClipTriggered, StopClipDisabled, NavigationButtonOn = [
                Color(n) for n in (29, 30, 31, 32, 33)]
        class Zooming:
            Selected, Stopped, Playing, Empty = [Color(n) for n in (40, 41, 42, 43)]
        class Mode:
            class Session:
                On, Off = Color(50), Color(51)
            class Overview:
                On, Off = Color(52), Color(53)

    class Overview(ControlSurface):
        def __init__(self, c_instance):
            super().__init__(c_instance)
            self.names, self.reentered = [], []
            skin = Skin(Colors)
            with self.component_guard():
                with inject(skin=const(skin)).everywhere():
                    make = lambda n: ButtonElement(True, MIDI_NOTE_TYPE, 0, n, skin=skin)
                    rows = [[make(10 * row + column) for column in range(2)] for row in range(1, 3)]
                    matrix = ButtonMatrixElement(rows=rows)
                    self.ring = SessionRingComponent(2, 2, set_session_highlight=self._c_instance.set_session_highlight)
                    self.session = SessionComponent(session_ring=self.ring, name="Session", is_enabled=False)
                    self.session.layer = Layer(clip_launch_buttons=matrix)
                    self.overview = SessionOverviewComponent(
                        session_ring=self.ring, enable_skinning=True, name="Overview", is_enabled=False,
                        layer=Layer(button_matrix=matrix))
                    self.clips = ClipActionsComponent(name="Clips", layer=Layer(duplicate_button=make(5)))
                    self.navigation = SessionNavigationComponent(
                        session_ring=self.ring, name="Navigation", layer=Layer(right_button=make(6)))
                    self.modes = ModesComponent(name="Modes", enable_skinning=True)
                    self.modes.add_mode(
                        "session", self.session,
                        behaviour=ReenterBehaviour(on_reenter=lambda: self.reentered.append(1)))
                    self.modes.add_mode("overview", self.overview, behaviour=LatchingBehaviour())
                    self.modes.layer = Layer(session_button=make(7), overview_button=make(8))
                    self.modes.selected_mode = "session"
                    self.view_control = ViewControlComponent(name="View", layer=Layer(next_track_button=make(9)))
                    self.linking = self.register_disconnectable(
                        SessionRingSelectionLinking(
                            session_ring=self.ring, selection_changed_notifier=self.view_control))
                self._on_names.replace_subjects(self.song.tracks)

        @listens_group("name")
        def _on_names(self, track):
            self.names.append(track.name)

    def create_instance(c_instance):
        return Overview(c_instance)
"""


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


SCREEN = """
    from ableton.v2.base import listens
    from ableton.v2.control_surface import Component, ControlSurface, Layer
    from ableton.v2.control_surface.control import (
        ButtonControl, EncoderControl, StepEncoderControl, TextDisplayControl, ToggleButtonControl,
    )
    from ableton.v2.control_surface.elements import (
        ButtonElement, DisplayDataSource, EncoderElement, PhysicalDisplayElement, SysexElement, TouchEncoderElement,
    )
    from ableton.v2.control_surface import MIDI_CC_TYPE, MIDI_NOTE_TYPE
    import Live

    class Scroller(Component):
        texts = TextDisplayControl(segments=("Tempo", ""))
        turn = StepEncoderControl(num_steps=64)
        fine = ButtonControl()
        click = ToggleButtonControl()

        def __init__(self, *a, **k):
            super().__init__(*a, **k)
            self._on_tempo.subject = self.song
            self._on_tempo()
            self.click.connect_property(self.song, "metronome")

        @listens("tempo")
        def _on_tempo(self):
            self.texts[1] = "%.1f" % self.song.tempo

        @turn.value
        def turn(self, value, encoder):
            self.song.tempo += value * (0.1 if self.fine.is_pressed else 1.0)

    class Screen(ControlSurface):
        def __init__(self, c_instance):
            super().__init__(c_instance)
            with self.component_guard():
                display = PhysicalDisplayElement(16, 2)
                display.set_message_parts((0xF0, 1), (0xF7,))
                knob = EncoderElement(MIDI_CC_TYPE, 0, 5, Live.MidiMap.MapMode.relative_smooth_two_compliment)
                make = lambda n: ButtonElement(True, MIDI_NOTE_TYPE, 0, n)
                self.scroller = Scroller(
                    name="Scroller", layer=Layer(texts=display, turn=knob, fine=make(1), click=make(2)))

    def create_instance(c_instance):
        return Screen(c_instance)
"""


def test_a_screen_shows_what_its_knob_turns(live: HeadlessLive, load: Load) -> None:
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


VIEWS = """
    from ableton.v3.base import as_ascii, listens
    from ableton.v3.control_surface import (
        MIDI_NOTE_TYPE, Component, ControlSurface, ControlSurfaceSpecification, ElementsBase, create_skin,
    )
    from ableton.v3.control_surface.components import ClipActionsComponent, ViewControlComponent
    from ableton.v3.control_surface.controls import ButtonControl
    from ableton.v3.control_surface.display import DefaultNotifications, DisplaySpecification, Text
    from ableton.v3.control_surface.display.view import CompoundView, DisconnectedView, NotificationView, View
    from ableton.v3.live import display_name, liveobj_name

    class Notes(DefaultNotifications):
        identify = DefaultNotifications.DefaultText()
        generic = "{}!".format

        class Track(DefaultNotifications.Track):
            select = lambda name: "Track %s" % name

        class Clip(DefaultNotifications.Clip):
            delete = DefaultNotifications.DefaultText()

    class Elements(ElementsBase):
        def __init__(self, *a, **k):
            super().__init__(*a, **k)
            self.add_button(1, "Say_Button", msg_type=MIDI_NOTE_TYPE)
            self.add_button(2, "Clip_Button", msg_type=MIDI_NOTE_TYPE)
            self.add_sysex_element((0xF0, 7), "Line", lambda text: (0xF0, 7) + as_ascii(text) + (0xF7,))

    class Teller(Component):
        say_button = ButtonControl()
        clip_button = ButtonControl()

        @property
        def word(self):
            return liveobj_name(self.song.view.selected_track)

        @say_button.pressed
        def say_button(self, _):
            self.notify(self.notifications.Track.select, self.word)

        @clip_button.pressed
        def clip_button(self, _):
            self.notify(self.notifications.Clip.delete, "Beat")

    def root():
        @View
        def main(state):
            return Text("%s %s" % (state.teller.word, state.teller.nothing), max_width=12).as_string()

        return CompoundView(
            DisconnectedView(lambda state: "bye"),
            NotificationView(lambda state, text: text.upper()),
            main,
        )

    def protocol(elements):
        return lambda content: elements.line.send_value(content)

    class Specification(ControlSurfaceSpecification):
        elements_type = Elements
        component_map = {"Teller": Teller}
        create_mappings_function = lambda surface: {
            "Teller": {"say_button": "say_button", "clip_button": "clip_button"}}
        display_specification = DisplaySpecification(
            create_root_view=root, protocol=protocol, notifications=Notes)

    class Made(ControlSurface):
        def __init__(self, c_instance):
            super().__init__(Specification, c_instance=c_instance)
            self.racks = []

        def drum_group_changed(self, drum_group):
            self.rack = drum_group

    def create_instance(c_instance):
        return Made(c_instance)
"""


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


COLORS = """
    from ableton.v3.control_surface import (
        MIDI_NOTE_TYPE, STANDARD_COLOR_PALETTE, STANDARD_FALLBACK_COLOR_TABLE, Component, ControlSurface,
        ControlSurfaceSpecification, ElementsBase, LiveObjSkinEntry, OptionalSkinEntry, create_matrix_identifiers,
        create_skin, create_sysex_sending_button,
    )
    from ableton.v3.control_surface.controls import ButtonControl, control_list
    from ableton.v3.control_surface.elements import RgbColor, SimpleColor, create_rgb_color
    from ableton.v3.live import (
        liveobj_color_to_midi_rgb_values, liveobj_color_to_value_from_palette, liveobj_valid,
    )

    class Elements(ElementsBase):
        def __init__(self, *a, **k):
            super().__init__(*a, **k)
            self.add_button_matrix(
                create_matrix_identifiers(0, 4, width=2, flip_rows=True), "Pads", msg_type=MIDI_NOTE_TYPE)
            for n in range(2):
                self.add_element(
                    "Lamp_%d" % n, create_sysex_sending_button_named, 30 + n, sysex_identifier=(0xF0, 5, n),
                    msg_type=MIDI_NOTE_TYPE)

    def create_sysex_sending_button_named(identifier, name, **k):
        return create_sysex_sending_button(identifier, name, k.pop("sysex_identifier"), **k)

    PALETTE = dict(STANDARD_COLOR_PALETTE)
    PALETTE[16725558] = 99

    class Colors:
        class Tracks:
            Here = lambda track: SimpleColor(liveobj_color_to_value_from_palette(
                track, palette=PALETTE, fallback_table=STANDARD_FALLBACK_COLOR_TABLE))
            Lamp = lambda track: create_rgb_color(liveobj_color_to_midi_rgb_values(track))

    class Painter(Component):
        pads = control_list(ButtonControl, control_count=4)
        lamp = ButtonControl()

        def update(self):
            super().update()
            for pad, track in zip(self.pads, self.song.tracks):
                pad.color = LiveObjSkinEntry("Tracks.Here", track)
            self.lamp.color = LiveObjSkinEntry("Tracks.Lamp", self.song.tracks[0])

        @pads.pressed
        def pads(self, pad):
            self.song.view.selected_track = self.song.tracks[pad.index]

    class Specification(ControlSurfaceSpecification):
        elements_type = Elements
        control_surface_skin = create_skin(colors=Colors)
        component_map = {"Painter": Painter}
        create_mappings_function = lambda surface: {"Painter": {"pads": "pads", "lamp": "lamp_0"}}

    def create_instance(c_instance):
        return ControlSurface(Specification, c_instance=c_instance)
"""


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


STEPS = """
    from ableton.v3.control_surface import (
        MIDI_CC_TYPE, MIDI_NOTE_TYPE, Component, ControlSurface, ControlSurfaceSpecification, ElementsBase, MapMode,
    )
    from ableton.v3.control_surface.components import GridResolutionComponent, ScrollComponent
    from ableton.v3.control_surface.controls import ButtonControl
    from ableton.v3.control_surface.elements import DisplayLineElement, LockableButtonElement, TouchElement
    from ableton.v3.control_surface.display import Text
    from ableton.v3.control_surface.mode import (
        EventDescription, select_mode_for_main_view, toggle_mode_on_property_change,
    )
    from ableton.v3.live import action, get_bar_length, prepare_new_clip_slot, simple_track_name, song

    class Elements(ElementsBase):
        def __init__(self, *a, **k):
            super().__init__(*a, **k)
            self.add_button_matrix([range(40, 48)], "Grid_Buttons", msg_type=MIDI_NOTE_TYPE)
            self.add_element("Lock_Button", LockableButtonElement, 1, msg_type=MIDI_NOTE_TYPE)
            self.add_button(2, "Loop_Button", msg_type=MIDI_NOTE_TYPE)
            self.add_button(3, "New_Button", msg_type=MIDI_NOTE_TYPE)
            self.add_encoder(9, "Knob")
            self.add_encoder(8, "Jog", map_mode=MapMode.LinearTwoCompliment)
            self.add_element("Touch", TouchElement, 10, msg_type=MIDI_NOTE_TYPE, encoder=self.knob)

    class Loops(Component):
        loop_button = ButtonControl()
        new_button = ButtonControl()
        lock_button = ButtonControl()
        heard = []

        @loop_button.pressed
        def loop_button(self, _):
            clip = self.song.view.detail_clip
            self.heard.append(action.duplicate_loop(clip))

        @new_button.pressed
        def new_button(self, _):
            self.heard.append(prepare_new_clip_slot(self.song.view.selected_track).has_clip)

        @lock_button.pressed
        def lock_button(self, _):
            self.heard.append("down")

        @lock_button.released
        def lock_button(self, _):
            self.heard.append("up")

    def mappings(surface):
        return {
            "Loops": {"loop_button": "loop_button", "new_button": "new_button", "lock_button": "lock_button"},
            "Transport": {"arrangement_position_encoder": "jog"},
            "Grid_Resolution": {"resolution_buttons": "grid_buttons"},
            "Main_Modes": {
                "session": {"modes": [], "selector": select_mode_for_main_view("Session")},
                "arrangement": {"modes": [], "selector": select_mode_for_main_view("Arranger")},
            },
            "Click_Modes": {
                "default": {"modes": []},
                "click": {
                    "modes": [],
                    "selector": toggle_mode_on_property_change(EventDescription(song(), "metronome")),
                },
            },
        }

    class Specification(ControlSurfaceSpecification):
        elements_type = Elements
        component_map = {"Loops": Loops}
        create_mappings_function = mappings

    def create_instance(c_instance):
        surface = ControlSurface(Specification, c_instance=c_instance)
        surface.lines = []
        surface.line = DisplayLineElement(surface.lines.append, default_formatting=Text(max_width=6))
        surface.line.display_message(simple_track_name(song().master_track))
        surface.line.display_message(simple_track_name(song().master_track))
        return surface
"""


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


ALL = {
    "drums": DRUMS, "devices": DEVICES, "overview": OVERVIEW, "screen": SCREEN, "views": VIEWS, "colors": COLORS,
    "steps": STEPS,
}  # fmt: skip


@pytest.mark.parametrize("name", ALL)
def test_nothing_is_left_and_nothing_is_logged_when_it_is_switched_off(
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
