"""Scripts of the second and third generation, one for each group of names: sessions, controls, devices, displays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from remote_script.headless import HeadlessLive
from tests.remote_script.hosting.test_controllers_first import cc, press

Load = Callable[..., Any]

WINDOW = """
    from ableton.v2.base import SlotGroup, liveobj_changed, listens, move_current_song_time
    from ableton.v2.control_surface import (
        BackgroundLayer, ClipCreator, ControlElement, InputControlElement, Layer, MIDI_CC_TYPE, MIDI_INVALID_TYPE,
        MIDI_NOTE_TYPE, MIDI_PB_TYPE, NotifyingControlElement, SharedResource, SimpleControlSurface, get_element,
        merge_skins, Skin,
    )
    from ableton.v2.control_surface.component import Component
    from ableton.v2.control_surface.control_surface import (
        CS_LIST_KEY, ControlSurface, DeviceBankRegistry, get_control_surfaces, logger,
    )
    from ableton.v2.control_surface.components import (
        ArmedTargetTrackComponent, BasicSceneScroller, ChannelStripComponent, ClipSlotComponent, MixerComponent,
        ModifierBackgroundComponent, RightAlignTracksTrackAssigner, SceneComponent, ScrollComponent, Scrollable,
        SessionComponent, SessionRingComponent, SessionRingTrackPager, SlideComponent, Slideable, ToggleComponent,
        all_tracks, find_nearest_color, track_is_recording, track_playing_slot,
    )
    from ableton.v2.control_surface.components.clip_slot import is_button_pressed
    from ableton.v2.control_surface.components.mixer import TrackAssigner
    from ableton.v2.control_surface.components.session_ring import SessionRingComponent as Ring
    from ableton.v2.control_surface.components.view_control import TrackScroller, has_next_item, next_item
    from ableton.v2.control_surface.elements import (
        AnimatedColor, ButtonElement, ButtonMatrixElement, Color, DoublePressContext, DoublePressElement,
        SelectedClipColorFactory, SelectedTrackColorFactory, SysexRGBColor, adjust_string, adjust_string_crop,
        to_midi_value, SysexElement,
    )
    from ableton.v2.control_surface.elements.button_matrix import ButtonMatrixElement as Matrix
    from ableton.v2.control_surface.mode import (
        CompoundMode, EnablingModesComponent, LatchingBehaviour, LazyEnablingMode, Mode, ModeButtonBehaviour,
        ModesComponent, MomentaryBehaviour, NullModes, to_camel_case_name, tomode,
    )
    from ableton.v2.control_surface.profile import profile

    class Colors:
        class Session:
            ClipStarted, ClipStopped, ClipEmpty = Color(1), AnimatedColor(Color(2), 3), Color(4)

    class Slot(ClipSlotComponent):
        def __init__(self, *a, **k):
            super().__init__(*a, **k)
            self.launches = 0

        def _do_launch_clip(self, fire_state):
            self.launches += bool(fire_state)
            super()._do_launch_clip(fire_state)

    class Scene(SceneComponent):
        clip_slot_component_type = Slot

    class Session(SessionComponent):
        scene_component_type = Scene

    class Strip(ChannelStripComponent):
        pass

    class Backwards(TrackAssigner):
        def tracks(self, tracks_provider):
            return list(reversed(tracks_provider.tracks))

    class Held(Mode):
        inside = False

        def enter_mode(self):
            self.inside = True

        def leave_mode(self):
            self.inside = False

    class Silent(ModeButtonBehaviour):
        def press_immediate(self, component, mode):
            component.selected_mode = mode

        def update_button(self, component, mode, selected_mode):
            component.get_mode_button(mode).set_light(selected_mode == mode)

    class Tune(Scrollable):
        note = 60

        def can_scroll_up(self):
            return True

        def scroll_up(self):
            self.note += 1

    class Bend(InputControlElement):
        def __init__(self, channel):
            super().__init__(MIDI_PB_TYPE, channel, None)

    class Plain(NotifyingControlElement):
        pass

    class Rows(Slideable):
        position_count, page_length, page_offset, position = 8, 2, 0, 0

    class Made(ControlSurface):
        def __init__(self, c_instance):
            super().__init__(c_instance)
            self.log, self.presses = [], []
            with self.component_guard():
                self.skin = merge_skins(Skin(Colors))
                make = lambda n: ButtonElement(True, MIDI_NOTE_TYPE, 0, n, skin=self.skin)
                row = lambda first, count: ButtonMatrixElement(rows=[[make(first + n) for n in range(count)]])
                self.ring = SessionRingComponent(num_tracks=2, num_scenes=2, always_snap_track_offset=True)
                self.session = Session(session_ring=self.ring)
                self.buttons = Matrix(rows=[[make(n + 2 * scene) for n in range(2)] for scene in range(2)])
                self.session.set_clip_launch_buttons(self.buttons)
                self.returns = Ring(num_tracks=3, num_scenes=1, tracks_to_use=lambda: tuple(self.song.return_tracks))
                self.right = MixerComponent(
                    tracks_provider=Ring(num_tracks=4, num_scenes=0, tracks_to_use=self.two_and_returns),
                    track_assigner=RightAlignTracksTrackAssigner(song=self.song, include_master_track=True),
                    channel_strip_component_type=Strip,
                )
                self.mirrored = MixerComponent(tracks_provider=self.ring, track_assigner=Backwards())
                self.pages = ScrollComponent(SessionRingTrackPager(session_ring=self.ring), layer=Layer(
                    scroll_down_button=make(10), scroll_up_button=make(11),
                ))
                self.scenes = ScrollComponent(BasicSceneScroller(), layer=Layer(scroll_down_button=make(12)))
                self.tracks = ScrollComponent(TrackScroller(), layer=Layer(scroll_down_button=make(13)))
                self.tune = Tune()
                self.tuner = ScrollComponent(self.tune, layer=Layer(scroll_up_button=make(14)))
                self.slide = SlideComponent(Rows(), layer=Layer(scroll_page_up_button=make(15)))
                self.loop = ToggleComponent("loop", self.song, layer=Layer(toggle_button=make(16)))
                self.armed = ArmedTargetTrackComponent(name="Target")
                self.targets = []
                self._on_target.subject = self.armed
                self.modifiers = ModifierBackgroundComponent(layer=Layer(shift=make(17)))
                self.dark = make(18)
                self.dark.send_value(5)
                self.background = Component(layer=BackgroundLayer(self.dark, priority=-1))
                context = DoublePressContext()
                self.double = DoublePressElement(make(19), double_press_context=context)
                self.double.add_double_press_listener(lambda: self.presses.append("double"))
                self.double.add_single_press_listener(lambda: self.presses.append("single"))
                self.held, self.lazy = Held(), []
                self.modes = ModesComponent(enable_skinning=False)
                self.modes.add_mode("base", CompoundMode(tomode(lambda: self.log.append("base"))))
                self.modes.add_mode("shift_mode", self.held, behaviour=MomentaryBehaviour())
                self.modes.add_mode("latch", LazyEnablingMode(self.make_lazy), behaviour=LatchingBehaviour())
                self.modes.add_mode("quiet", [], behaviour=Silent())
                self.modes.layer = Layer(shift_mode_button=make(20), latch_button=make(21), quiet_button=make(22))
                self.modes.selected_mode = "base"
                self.none, self.switch = NullModes(), EnablingModesComponent(component=Component())
                self.bend = Bend(2)
                self.bend.add_value_listener(self.log.append)
                self.plain = Plain()
                self.plain.add_value_listener(self.log.append)
                self.red = SysexElement(lambda *rgb: (240, 1, *rgb, 247), sysex_identifier=(240, 1))
                SysexRGBColor((1, 2, 3)).draw(self.red)
                self.track_color = SelectedTrackColorFactory(lambda color: 42).instantiate(self.song)
                self.clip_color = SelectedClipColorFactory(lambda color: 43).instantiate(self.song)
                self.names = SlotGroup(lambda name: self.log.append(name), "name")
                self.names.add_subject(self.song.tracks[0], identifier="drums")
            self.found = (
                is_button_pressed(self.buttons[0]), find_nearest_color([(1, 0xFF0000), (2, 0x00FF00)], 0x11EE00),
                (has_next_item([1, 2], 2, 1), next_item([1, 2], 1, 1)), to_camel_case_name("shift_mode"),
                adjust_string("Frequency", 5), adjust_string_crop("Frequency", 5), to_midi_value(Color(7)),
                get_element(self.dark) is self.dark, isinstance(self.bend, ControlElement), MIDI_INVALID_TYPE,
                len(all_tracks(self.song)) - len(self.song.tracks), liveobj_changed(self.song.tracks[0], None),
                CS_LIST_KEY, self in get_control_surfaces(), DeviceBankRegistry().get_device_bank(None),
                issubclass(ControlSurface, SimpleControlSurface),
                self.buttons.get_button(1, 0) is self.buttons[2],
            )
            logger.info("built")

        def two_and_returns(self):
            return (*self.song.tracks[:1], *self.song.return_tracks, self.song.master_track)[:3]

        def make_lazy(self):
            self.lazy.append(Component(is_enabled=False))
            return self.lazy[-1]

        @listens("target_track")
        def _on_target(self):
            self.targets.append(self.armed.target_track)

        @profile
        def write(self, slot):
            ClipCreator().create(slot, 2.0)
            move_current_song_time(self.song, 8.0)
            return track_is_recording(slot.canonical_parent), track_playing_slot(slot.canonical_parent)

    def create_instance(c_instance):
        return Made(c_instance)
"""


def test_a_window_with_scrollers_modes_and_lights(live: HeadlessLive, load: Load) -> None:
    hosted = load(WINDOW)
    made, song = hosted.instance, live.song
    live.run_for(0.3)
    assert made.found == (
        False, 2, (False, 2), "ShiftMode", "Frqnc", "Frequ", 7, True, True, made.found[9], 3, True,
        made.found[12], True, 0, True, True,
    )  # fmt: skip
    # An animated colour draws on two channels.
    stopped = [message for message in hosted.midi_out if message[1] == 0 and message[0] >> 4 == 9]
    assert (0x90, 0, 2) in stopped
    assert (0x97, 0, 3) in stopped
    press(hosted, 0)
    live.run_for(4.0)
    assert made.session.scene(0).clip_slot(0).launches == 1
    assert song.tracks[0].playing_slot_index == 0
    press(hosted, 10)
    assert (made.ring.track_offset, made.ring.tracks[0]) == (2, song.tracks[2])
    made.ring.set_offsets(3, 0)
    assert made.ring.track_offset == 2
    press(hosted, 11)
    assert made.ring.track_offset == 0
    strips = [made.right.channel_strip(index).track for index in range(4)]
    assert strips == [song.tracks[0], None, *song.return_tracks[:2]]
    assert made.mirrored.channel_strip(0).track == song.tracks[1]
    assert made.returns.controlled_tracks() == list(song.return_tracks)
    loop = song.loop
    for number in (12, 13, 14, 15, 16):
        press(hosted, number)
    live.run_for(0.2)
    assert (song.view.selected_scene, song.view.selected_track) == (song.scenes[1], song.tracks[1])
    assert (made.tune.note, made.slide._slideable.position, song.loop) == (61, 2, not loop)
    song.tracks[2].arm = True
    assert made.armed.target_track == song.tracks[2]
    assert made.targets[-1] == song.tracks[2]
    hosted.receive_midi((0x90, 17, 127))
    assert hosted.midi_out[-1] == (0x90, 17, 127)
    hosted.receive_midi((0x80, 17, 0))
    assert hosted.midi_out[-1] == (0x90, 17, 0)
    assert [each for each in hosted.midi_out if each[1] == 18] == [(0x90, 18, 5), (0x90, 18, 0)]
    press(hosted, 19)
    press(hosted, 19)
    press(hosted, 19)
    live.run_for(0.6)
    assert made.presses == ["double", "single"]
    hosted.receive_midi((0x90, 20, 127))
    assert (made.modes.selected_mode, made.held.inside) == ("shift_mode", True)
    live.run_for(0.5)
    hosted.receive_midi((0x80, 20, 0))
    assert (made.modes.selected_mode, made.held.inside) == ("base", False)
    press(hosted, 21)
    assert (made.modes.selected_mode, made.lazy[0].is_enabled()) == ("latch", True)
    press(hosted, 22)
    assert (made.modes.selected_mode, made.lazy[0].is_enabled()) == ("quiet", False)
    assert (made.none.selected_mode, made.switch.selected_mode) == (None, "disabled")
    made.log.clear()
    hosted.receive_midi((0xE2, 0, 64))
    made.plain.notify_value(3)
    song.tracks[0].name = "Kit"
    assert made.log == [8192, 3, "drums"]
    assert (0xF0, 1, 1, 2, 3, 0xF7) in hosted.midi_out
    assert (made.track_color.midi_value, made.clip_color.midi_value) == (42, 0)
    song.view.detail_clip = song.tracks[0].clip_slots[0].clip
    assert made.clip_color.midi_value == 43
    before = song.current_song_time
    assert made.write(song.tracks[1].clip_slots[1]) == (False, None)
    live.run_for(0.1)
    assert song.tracks[1].clip_slots[1].clip.length == 2.0
    assert song.current_song_time > before + 7.0


CONTROLS = """
    from ableton.v2.base import (
        CompoundDisconnectable, EventObject, MultiSlot, ObservablePropertyAlias, OutermostOnlyContext,
        SerializableListenableProperties, Signal, Slot, get_slice, has_event, isclose, listenable_property, listens,
    )
    from ableton.v2.base.collection import IndexedDict
    from ableton.v2.control_surface import Component, ControlSurface, Layer, MIDI_CC_TYPE, MIDI_NOTE_TYPE
    from ableton.v2.control_surface.control import (
        ButtonControl, ButtonControlBase, ColorSysexControl, Connectable, Control, ControlList, ControlManager,
        EncoderControl, InputControl, ListIndexEncoderControl, ListValueEncoderControl,
        MappedSensitivitySettingControl, MatrixControl, PlayableControl, RadioButtonControl, RadioButtonGroup,
        SendValueControl, SendValueEncoderControl, SendValueMixin, control_color, control_event,
        is_internal_parameter, TextDisplayControl, ConfigurableTextDisplayControl,
    )
    from ableton.v2.control_surface.control.control import InputControl as Received
    from ableton.v2.control_surface.control.sysex import ColorSysexControl as SysexColor
    from ableton.v2.control_surface.elements import (
        ButtonElement, ButtonElementMixin, ButtonMatrixElement, ColorSysexElement, EncoderElement,
        FineGrainWithModifierEncoderElement, FullVelocityElement, NullFullVelocity, NullPlayhead, NullVelocityLevels,
        PlayheadElement, VelocityLevelsElement, Color,
    )
    from ableton.v2.control_surface.elements.proxy_element import ProxyElement
    from ableton.v2.control_surface.input_control_element import MIDI_SYSEX_TYPE, ScriptForwarding
    from ableton.v2.control_surface.midi import (
        CC_STATUS, SYSEX_END, SYSEX_START, extract_value, is_sysex, pretty_print_bytes,
    )
    from ableton.v2.control_surface import Skin
    import Live

    class Colors:
        class Pads:
            Base, Pressed = Color(7), Color(8)

    class Model(SerializableListenableProperties):
        level = listenable_property.managed(3)
        names = listenable_property.managed(["a", "b", "c"])
        name = listenable_property.managed("b")

    class Shown(EventObject):
        __events__ = ("level",)

    class Panel(Component):
        base = ButtonControlBase(color="Pads.Base", pressed_color="Pads.Pressed")
        tint = ButtonControl(color="Pads.Base")
        raw = InputControl()
        sent = SendValueControl()
        knob = SendValueEncoderControl()
        index = ListIndexEncoderControl()
        choice = ListValueEncoderControl()
        mapped = MappedSensitivitySettingControl()
        pad = PlayableControl()
        one = RadioButtonControl()
        several = RadioButtonGroup(control_count=2)
        listed = ControlList(ButtonControl, control_count=2)
        matrix = MatrixControl(ButtonControl, dimensions=(1, 2))
        sysex = ColorSysexControl(color="Pads.Base")

        def __init__(self, model, *a, **k):
            self.log = []
            super().__init__(*a, **k)
            self.index.connect_property(model, "level")
            self.choice.connect_list_property(
                model, current_value_property_name="name", list_property_name="names",
            )

        @base.pressed
        def base(self, button):
            self.log.append("base")

        @raw.value
        def raw(self, value, control):
            self.log.append(("raw", value))

        @knob.value
        def knob(self, value, control):
            self.log.append(("knob", value > 0))

        @pad.pressed
        def pad(self, button):
            self.log.append("pad")

        @one.checked
        def one(self, button):
            self.log.append("one")

        @several.checked
        def several(self, button):
            self.log.append(("several", button.index))

        @listed.pressed
        def listed(self, button):
            self.log.append(("listed", button.index))

        @matrix.pressed
        def matrix(self, button):
            self.log.append(("matrix", button.coordinate))

    class Foot(ControlManager):
        pedal = ButtonControl(color="Pads.Base")

        def __init__(self, log):
            super().__init__()
            self.log = log

        @pedal.pressed
        def pedal(self, button):
            self.log.append("pedal")

    class Lamp(ButtonElementMixin):
        sent = ()

        def send_value(self, value):
            self.sent += (value,)

    class Made(ControlSurface):
        def __init__(self, c_instance):
            super().__init__(c_instance)
            self.model, self.heard = Model(), []
            with self.component_guard():
                skin = Skin(Colors)
                make = lambda n: ButtonElement(True, MIDI_NOTE_TYPE, 0, n, skin=skin)
                knob = lambda n: EncoderElement(MIDI_CC_TYPE, 0, n, Live.MidiMap.MapMode.relative_two_compliment)
                row = lambda first: ButtonMatrixElement(rows=[[make(first), make(first + 1)]])
                fine = make(30)
                self.fine = FineGrainWithModifierEncoderElement(knob(5), fine, 0.1, 1.0)
                self.color_element = ColorSysexElement(
                    skin=skin, send_message_generator=lambda value: (240, 9, int(value), 247),
                    sysex_identifier=(240, 9),
                )
                self.playhead = PlayheadElement(c_instance.playhead)
                self.levels = VelocityLevelsElement(c_instance.velocity_levels)
                self.full = FullVelocityElement(c_instance.full_velocity)
                self.null = ProxyElement(None, NullVelocityLevels())
                self.panel = Panel(self.model, layer=Layer(
                    base=make(1), tint=make(2), raw=knob(1), sent=make(3), knob=knob(2), index=knob(3),
                    choice=knob(4), mapped=self.fine, pad=make(4), one=make(5), several=row(6), listed=row(8),
                    matrix=row(10), sysex=self.color_element,
                ))
                self.panel.mapped.mapped_parameter = self.song.tracks[0].mixer_device.volume
                self.panel.sent.value = 77
                self.foot = self.register_disconnectable(Foot(self.panel.log))
                self.foot.pedal.set_control_element(make(31))
                self.shown = Shown()
                self.alias = self.register_disconnectable(
                    ObservablePropertyAlias(self.shown, property_host=self.model, property_name="level")
                )
                self.slot = self.register_disconnectable(
                    Slot(subject=self.model, listener=self.heard.append, event_name="level")
                )
                self.path = self.register_disconnectable(MultiSlot(
                    subject=self.song, listener=lambda: self.heard.append("mixer"),
                    event_name_list=("view", "selected_track"),
                ))
                told = Signal()
                told.connect(self.heard.append)
                told("signal")
            entered = []
            outer = OutermostOnlyContext(lambda: entered.append("in"), lambda: entered.append("out"))
            with outer:
                with outer:
                    pass
            lamp = Lamp()
            lamp.set_light(True)
            lamp.set_light(False)
            self.found = {
                "lamp": lamp.sent, "context": entered, "close": (isclose(0.1 + 0.2, 0.3), isclose(1, 2)),
                "event": (has_event(self.model, "level"), has_event(self.model, "nope")),
                "slice": get_slice[1:3], "indexed": IndexedDict([("a", 1), ("b", 2)]).key_by_index(1),
                "sysex": (is_sysex((240, 1, 2, 247)), is_sysex((144, 1, 2)), SYSEX_START, SYSEX_END, CC_STATUS),
                "value": extract_value((176, 1, 64)), "bytes": pretty_print_bytes((240, 10, 247)),
                "kinds": (
                    issubclass(InputControl, Control), Received is InputControl, issubclass(SysexColor, Control),
                    issubclass(SendValueControl, Control),
                ),
                "forwarding": (ScriptForwarding.none, ScriptForwarding.exclusive),
                "type": self.color_element.message_type() == MIDI_SYSEX_TYPE,
                "internal": is_internal_parameter(self.song.tracks[0].mixer_device.volume),
                "null": (NullFullVelocity.enabled, NullPlayhead.notes, self.null.enabled),
            }

    def create_instance(c_instance):
        return Made(c_instance)
"""


def test_declared_controls_of_all_kinds_and_what_stands_before_live_s_own(
    live: HeadlessLive, load: Load
) -> None:
    hosted = load(CONTROLS)
    made, song, panel = hosted.instance, live.song, hosted.instance.panel
    live.run_for(0.2)
    assert made.found == {
        "lamp": (127, 0), "context": ["in", "out"], "close": (True, False), "event": (True, False),
        "slice": made.found["slice"], "indexed": "b", "sysex": (True, False, 0xF0, 0xF7, 0xB0), "value": 64,
        "bytes": made.found["bytes"], "kinds": (True, True, True, True), "forwarding": (0, 2), "type": True,
        "internal": False, "null": (False, [], False),
    }  # fmt: skip
    assert (0xF0, 9, 7, 0xF7) in hosted.midi_out
    assert (0x90, 3, 77) in hosted.midi_out
    hosted.receive_midi((0x90, 1, 127))
    assert hosted.midi_out[-1] == (0x90, 1, 8)
    hosted.receive_midi((0x80, 1, 0))
    assert hosted.midi_out[-1] == (0x90, 1, 7)
    panel.tint.color = "Pads.Pressed"
    assert hosted.midi_out[-1] == (0x90, 2, 8)
    cc(hosted, 0, 1, 5)
    cc(hosted, 0, 2, 1)
    for number in (5, 7, 9, 11, 31):
        press(hosted, number)
    assert panel.log == [
        "base", ("raw", 5), ("knob", True), "one", ("several", 1), ("listed", 1), ("matrix", (0, 1)), "pedal",
    ]  # fmt: skip
    for _ in range(40):
        cc(hosted, 0, 4, 1)
    assert made.model.name == "c"
    made.heard.clear()
    made.model.level = 9
    assert (made.heard, made.shown.level) == ([9], 9)
    song.view.selected_track = song.tracks[2]
    assert made.heard == [9, "mixer"]
    volume = song.tracks[0].mixer_device.volume
    start = volume.value
    cc(hosted, 0, 5, 127)
    coarse, start = start - volume.value, volume.value
    hosted.receive_midi((0x90, 30, 127))
    live.run_for(0.2)
    cc(hosted, 0, 5, 127)
    assert abs(start - volume.value - coarse / 10.0) < 1e-6 < coarse
    made.playhead.notes = [1, 2]
    made.levels.notes = [3]
    made.full.enabled = True
    instance = made._c_instance
    assert (instance.playhead.notes, instance.velocity_levels.notes) == ([1, 2], [3])
    assert instance.full_velocity.enabled


DEVICES = """
    from ableton.v2.control_surface import (
        BANK_MAIN_KEY, BANK_PARAMETERS_KEY, DecoratorFactory, DeviceDecoratorFactory, DeviceProvider, IntegerParameter,
        InternalParameterBase, LiveObjectDecorator, NotifyingList, RelativeInternalParameter, WrappingParameter,
        device_to_appoint, find_instrument_devices, find_instrument_meeting_requirement, get_parameter_by_name,
        is_parameter_quantized, select_and_appoint_device, to_percentage_display,
        ControlSurface, BankingInfo, DescribedDeviceParameterBank,
    )
    from ableton.v2.base import EventObject, duplicate_clip_loop, is_parameter_bipolar, listenable_property
    from ableton.v2.control_surface.components import (
        DisplayingDeviceParameterComponent, FlattenedDeviceChain, ItemListerComponent, ItemProvider, ItemSlot,
        SimpleItemSlot, is_empty_rack, nested_device_parent,
    )
    from ableton.v2.control_surface.device_decorator_factory import DeviceDecoratorFactory as Factory
    from ableton.v2.control_surface.device_parameter_bank import DeviceParameterBank, MaxDeviceParameterBank
    from ableton.v2.control_surface.elements import DisplayDataSource, DisplayElement
    from ableton.v2.control_surface.percussion_instrument_finder import find_drum_group_device, find_sliced_simpler
    from ableton.v2.control_surface.parameter_slot_description import (
        AND, CONDITION_NAME_KEY, CONDITIONS_LIST_NAME_KEY, DISPLAY_NAME_TRANSFORMER_KEY, OPERAND_NAME_KEY,
        PREDICATE_KEY, RESULTING_NAME_KEY,
    )

    class Model(EventObject):
        level = listenable_property.managed(0.5)
        steps = listenable_property.managed(3)

    class Doubled(LiveObjectDecorator):
        @property
        def twice(self):
            return 2 * len(self.parameters)

    class Operators(Factory):
        DECORATOR_CLASSES = {"Operator": Doubled}

    class Names(ItemProvider):
        def __init__(self, items):
            super().__init__()
            self._items, self._selected = items, items[1][0]

        @property
        def items(self):
            return self._items

        @property
        def selected_item(self):
            return self._selected

    class Own(InternalParameterBase):
        value, min, max, display_value = 1, 0, 2, "one"

    class Made(ControlSurface):
        def __init__(self, c_instance):
            super().__init__(c_instance)
            tracks = self.song.tracks
            operator, rack = tracks[2].devices[0], tracks[1].devices[0]
            self.model, parent = Model(), operator
            self.wrapped = WrappingParameter(
                name="Level", parent=parent, property_host=self.model, source_property="level",
                from_property_value=lambda value, _: value, to_property_value=lambda value, _: value,
                display_value_conversion=to_percentage_display,
            )
            self.steps = IntegerParameter(
                name="Steps", integer_value_host=self.model, integer_value_property_name="steps", min_value=1,
                max_value=9,
            )
            self.relative = RelativeInternalParameter(name="Shift", parent=parent)
            decorated = Operators().decorate(operator)
            values = NotifyingList(("a", "b"), default_value=1)
            own, plain = Own(name="Own"), DecoratorFactory().decorate(operator)
            with self.component_guard():
                self.provider = DeviceProvider(song=self.song)
                self.chain = FlattenedDeviceChain()
                self.chain.set_device_parent(tracks[1])
                names = Names([(each, 0) for each in tracks[:3]])
                self.lister = ItemListerComponent(item_provider=names, num_visible_items=2)
                self.shown = DisplayingDeviceParameterComponent()
            bank = DescribedDeviceParameterBank(
                operator, BankingInfo({"Operator": {BANK_MAIN_KEY: {BANK_PARAMETERS_KEY: ("Volume", "Tone")}}}),
            )
            pages = DeviceParameterBank(device=operator, size=8)
            self.found = {
                "decorated": (decorated.twice == 2 * len(operator.parameters), decorated == operator),
                "plain": plain == operator, "kinds": (DeviceDecoratorFactory is Factory,),
                "values": (values.index, values.available_values), "own": (own.name, str(own), own.default_value),
                "bank": [name for _, name in bank.parameters][:2],
                "banks": (issubclass(MaxDeviceParameterBank, DeviceParameterBank), pages.bank_count()),
                "instruments": [each.name for each in find_instrument_devices(tracks[1])][0] == rack.name,
                "found": find_instrument_meeting_requirement(lambda each: each.can_have_chains, tracks[1]) == rack,
                "drums": (find_drum_group_device(tracks[0]) == tracks[0].devices[0], find_sliced_simpler(tracks[0])),
                "volume": get_parameter_by_name(decorated, "Volume").name,
                "quantized": is_parameter_quantized(operator.parameters[0], operator),
                "bipolar": is_parameter_bipolar(tracks[0].mixer_device.panning),
                "nested": nested_device_parent(operator), "empty": is_empty_rack(rack),
                "appoint": device_to_appoint(operator) == operator,
                "chain": [each[0].name for each in self.chain.items][:1],
                "lister": [item.name for item in self.lister.items],
                "slots": (ItemSlot(item=operator, nesting_level=1).name, SimpleItemSlot(name="x").name),
                "words": (
                    AND, CONDITION_NAME_KEY, CONDITIONS_LIST_NAME_KEY, DISPLAY_NAME_TRANSFORMER_KEY, OPERAND_NAME_KEY,
                    PREDICATE_KEY, RESULTING_NAME_KEY,
                ),
            }

        def go(self, device):
            select_and_appoint_device(self.song, device)

        def double(self, clip):
            duplicate_clip_loop(clip)

    def create_instance(c_instance):
        return Made(c_instance)
"""


def test_parameters_decorators_and_lists_of_devices(live: HeadlessLive, load: Load) -> None:
    made = load(DEVICES).instance
    song, found = live.song, made.found
    words = found.pop("words")
    assert len({*map(str, words)}) == 7
    assert found == {
        "decorated": (True, True), "plain": True, "kinds": (True,), "values": (1, ("a", "b")),
        "own": ("Own", "one", 0), "bank": ["Volume", "Tone"], "banks": (True, 9), "instruments": True,
        "found": True, "drums": (True, None), "volume": "Volume", "quantized": True, "bipolar": True,
        "nested": None, "empty": False, "appoint": True, "chain": ["Worn Rhodes"], "lister": ["Drums", "Keys"],
        "slots": ("Round Sub", "x"),
    }  # fmt: skip
    made.wrapped.value = 0.25
    assert (made.model.level, made.wrapped.display_value) == (0.25, "25.0 %")
    made.steps.value = 5
    assert (made.model.steps, made.steps.max, made.steps.display_value) == (5, 9, "5")
    assert made.relative.default_value == 0.5
    made.go(song.tracks[2].devices[1])
    live.run_for(0.2)
    assert made.provider.device == song.tracks[2].devices[1]
    made.provider.lock_to_device(song.tracks[1].devices[0])
    made.go(song.tracks[2].devices[0])
    live.run_for(0.2)
    assert (made.provider.is_locked_to_device, made.provider.device) == (True, song.tracks[1].devices[0])
    made.provider.unlock_from_device()
    assert made.provider.device == song.tracks[2].devices[0]
    clip = song.tracks[0].clip_slots[0].clip
    length = clip.loop_end - clip.loop_start
    made.double(clip)
    live.run_for(0.2)
    assert clip.loop_end - clip.loop_start == 2 * length


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


def test_a_specification_with_actions_lights_and_pages(live: HeadlessLive, load: Load) -> None:
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
