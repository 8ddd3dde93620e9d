"""A script of the second generation with a window of the session, scrollers, modes and lights."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from remote_script.headless import HeadlessLive
from tests.remote_script.hosting.test_controllers_first import press

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


def test_a_later_session_window_has_scrollers_modes_and_lights(live: HeadlessLive, load: Load) -> None:
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
