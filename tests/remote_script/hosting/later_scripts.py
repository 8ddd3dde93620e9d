"""The source of seven invented Remote Scripts of the second and third generation, one for each controller."""

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

ALL = {
    "drums": DRUMS, "devices": DEVICES, "overview": OVERVIEW, "screen": SCREEN, "views": VIEWS, "colors": COLORS,
    "steps": STEPS,
}  # fmt: skip
