"""Scripts in the styles of public ones: a polled socket, reloaded modules, a surface that builds itself in setup."""

from __future__ import annotations

import json
import logging
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from remote_script.headless import HeadlessLive

Load = Callable[..., Any]

POLLED = """
    import functools, importlib, json, logging, socket
    from ableton.v2.control_surface import ControlSurface
    from . import words

    logger = logging.getLogger("polled")

    class Made(ControlSurface):
        def __init__(self, c_instance):
            ControlSurface.__init__(self, c_instance)
            self.listening = {}
            self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            self.socket.setblocking(False)
            self.socket.bind(("127.0.0.1", 0))
            self.show_message("listening")
            self.schedule_message(0, self.tick)

        def tick(self):
            while True:
                try:
                    data, sender = self.socket.recvfrom(65536)
                except BlockingIOError:
                    break
                answer = self.handle(json.loads(data.decode()), sender)
                self.socket.sendto(json.dumps(answer).encode(), sender)
            self.schedule_message(1, self.tick)

        def handle(self, message, sender):
            what, *rest = message
            if what == "get":
                return getattr(self.song, rest[0])
            if what == "set":
                setattr(self.song, *rest)
                return "done"
            if what == "listen":
                name = rest[0]
                told = functools.partial(self.changed, name, sender)
                getattr(self.song, "add_%s_listener" % name)(told)
                self.listening[name] = told
                return "done"
            if what == "reload":
                importlib.reload(words)
                return words.GREETING

        def changed(self, name, sender):
            self.socket.sendto(json.dumps([name, getattr(self.song, name)]).encode(), sender)

        def disconnect(self):
            for name, told in self.listening.items():
                getattr(self.song, "remove_%s_listener" % name)(told)
            self.socket.close()
            super().disconnect()

    def create_instance(c_instance):
        return Made(c_instance)
"""


def test_a_socket_polled_in_ticks_answers_and_survives_reloads(
    live: HeadlessLive, load: Load, tmp_path: Path
) -> None:
    hosted = load(POLLED, words='GREETING = "hello"')
    client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    client.settimeout(5)
    where = hosted.instance.socket.getsockname()

    def ask(*message: Any) -> Any:
        client.sendto(json.dumps(message).encode(), where)
        live.run_for(0.3)
        return json.loads(client.recv(65536).decode())

    assert ask("get", "tempo") == 82.0
    assert ask("listen", "metronome") == "done"
    live.person.do(lambda song: setattr(song, "metronome", True))
    live.run_for(0.2)
    assert json.loads(client.recv(65536).decode()) == ["metronome", True]
    assert ask("set", "tempo", 99.0) == "done"
    assert live.song.tempo == 99.0
    (tmp_path / "Made" / "words.py").write_text('GREETING = "world"')
    assert ask("reload") == "world"
    hosted.reload()
    assert hosted.left == []
    client.close()
    hosted.disconnect()


SETUP = """
    from ableton.v3.control_surface import (
        MIDI_CC_TYPE, MIDI_NOTE_TYPE, Component, ControlSurface, ControlSurfaceSpecification, ElementsBase,
        Layer, MapMode,
    )
    from ableton.v2.control_surface.components import BasicTrackScroller
    from ableton.v3.control_surface.components import (
        AutoArmComponent, DeviceComponent, MixerComponent, ScrollComponent, SessionComponent,
    )
    from ableton.v3.control_surface.display import Renderable
    from ableton.v3.live import action, find_parent_track, get_bar_length, liveobj_valid

    class Elements(ElementsBase):
        def __init__(self, *a, **k):
            super().__init__(global_channel=14, *a, **k)
            self.add_encoder_matrix([[1, 2, 3, 4]], "all_pots", msg_type=MIDI_CC_TYPE)
            for layer in (1, 2):
                self.add_button(10 * layer, "layer_%d_button" % layer, msg_type=MIDI_NOTE_TYPE, is_momentary=True)
                base = 20 * layer
                pads = [[base + 1, base + 2], [base + 3, base + 4]]
                self.add_button_matrix(pads, "pads_%d" % layer, msg_type=MIDI_NOTE_TYPE)
                self.add_encoder_matrix([[base + 11, base + 12]], "sends_%d" % layer)
                self.add_encoder_matrix([[base + 15, base + 16]], "faders_%d" % layer)
            self.add_encoder(100, "tempo_encoder", msg_type=MIDI_CC_TYPE, map_mode=MapMode.LinearTwoCompliment)
            self.add_button(110, "up_button", msg_type=MIDI_NOTE_TYPE)
            self.add_button(111, "down_button", msg_type=MIDI_NOTE_TYPE)

    class Specification(ControlSurfaceSpecification):
        elements_type = Elements
        num_tracks = 2
        num_scenes = 2

    class Shown(Component, Renderable):
        pass

    class Made(ControlSurface):
        def __init__(self, c_instance=None):
            super().__init__(Specification(), c_instance=c_instance)

        def setup(self):
            super().setup()
            with self.component_guard():
                self.shown = Shown()
                self.session = SessionComponent(name="Session", is_enabled=False)
                self.mixer = MixerComponent(name="Mixer", is_enabled=False)
                self.device = DeviceComponent(
                    name="Device", is_enabled=False, layer=Layer(parameter_controls="all_pots")
                )
                self.scroller = ScrollComponent(
                    scrollable=BasicTrackScroller(song=self.song),
                    layer=Layer(scroll_up_button="up_button", scroll_down_button="down_button"),
                )
                self.auto_arm = AutoArmComponent(is_enabled=False)
            self.use(1)
            for each in (self.session, self.mixer):
                each.set_enabled(True)
            self.elements.layer_1_button.add_value_listener(lambda value: value and self.use(1))
            self.elements.layer_2_button.add_value_listener(lambda value: value and self.use(2))
            self.elements.tempo_encoder.add_value_listener(self.on_tempo)
            self.application.view.add_focused_document_view_listener(self.on_view)
            self.on_view()

        def use(self, layer):
            self._session_ring.set_offsets(2 * (layer - 1), 0)
            self.session.layer = Layer(clip_launch_buttons="pads_%d" % layer)
            self.mixer.layer = Layer(volume_controls="faders_%d" % layer)
            for index, control in enumerate(getattr(self.elements, "sends_%d_raw" % layer)):
                self.mixer.channel_strip(index).set_indexed_send_control(control, 1)

        def on_tempo(self, value):
            self.song.tempo += self.elements.tempo_encoder.relative_value_to_delta(value) * 0.5

        def on_view(self):
            arranger = self.application.view.focused_document_view == "Arranger"
            self.session.set_enabled(not arranger)
            self.device.set_enabled(arranger)

        def disconnect(self):
            self.application.view.remove_focused_document_view_listener(self.on_view)
            super().disconnect()

    def create_instance(c_instance):
        return Made(c_instance=c_instance)
"""


def press(hosted: Any, number: int) -> None:
    hosted.receive_midi((0x9E, number, 127))
    hosted.receive_midi((0x8E, number, 0))


def test_a_surface_can_build_itself_and_swap_layers(live: HeadlessLive, load: Load) -> None:
    before = live.listener_count()
    hosted = load(SETUP)
    live.run_for(0.3)
    tracks = live.song.tracks
    hosted.receive_midi((0xBE, 35, 0))
    hosted.receive_midi((0xBE, 31, 127))
    assert tracks[0].mixer_device.volume.value == 0.0
    # The second send has the requested value, the first one did not change.
    sends = tracks[0].mixer_device.sends
    assert sends[1].value == sends[1].max
    press(hosted, 20)
    live.run_for(0.2)
    assert hosted.highlight == (2, 0, 2, 2, False)
    hosted.receive_midi((0xBE, 55, 0))
    assert tracks[2].mixer_device.volume.value == 0.0
    # Controls of the other layer no longer have an effect.
    hosted.receive_midi((0xBE, 36, 0))
    assert tracks[1].mixer_device.volume.value > 0.0
    hosted.receive_midi((0xBE, 100, 2))
    hosted.receive_midi((0xBE, 100, 127))
    assert live.song.tempo == 82.5
    live.person.do(lambda song: live.application.view.focus_view("Arranger"))
    live.run_for(0.3)
    assert (hosted.instance.session.is_enabled(), hosted.instance.device.is_enabled()) == (False, True)
    hosted.disconnect()
    assert hosted.left == []
    assert live.listener_count() == before
    assert not [line for line in hosted.log if "Error" in line]


def test_tracks_are_scrolled_and_the_selected_one_is_armed_automatically(
    live: HeadlessLive, load: Load
) -> None:
    hosted = load(SETUP)
    live.run_for(0.3)
    tracks = live.song.tracks
    assert live.song.view.selected_track == tracks[0]
    press(hosted, 111)
    assert live.song.view.selected_track == tracks[1]
    hosted.instance.auto_arm.set_enabled(True)
    live.run_for(0.2)
    assert tracks[1].implicit_arm
    press(hosted, 110)
    live.run_for(0.2)
    assert (tracks[0].implicit_arm, tracks[1].implicit_arm) == (True, False)
    live.person.do(lambda song: setattr(song.tracks[2], "arm", True))
    live.run_for(0.2)
    assert not tracks[0].implicit_arm


def test_actions_apply_and_return_false_for_invalid_targets(live: HeadlessLive, load: Load) -> None:
    hosted = load(SETUP)
    action = hosted.module.action
    song = live.song
    slot = next(slot for slot in song.tracks[0].clip_slots if slot.has_clip)
    with hosted.instance.component_guard():
        assert action.select(song.tracks[3])
        assert action.duplicate(slot.clip)
        assert action.delete(slot)
        assert action.toggle_arm(song.tracks[0])
        assert action.fire(song.scenes[1])
        assert not action.delete(song.master_track)
        assert not action.delete(None)
    assert song.view.selected_track == song.tracks[3]
    assert not slot.has_clip
    assert song.tracks[0].arm
    assert hosted.module.find_parent_track(song.tracks[1].devices[0]) == song.tracks[1]
    assert hosted.module.get_bar_length() == 4.0


def test_python_log_messages_of_a_script_are_in_lives_log(
    live: HeadlessLive, load: Load, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        load(
            """
            import logging
            logger = logging.getLogger("mine")
            def create_instance(c_instance):
                logger.info("made with %d tracks", len(c_instance.song().tracks))
                try:
                    1 // 0
                except ZeroDivisionError:
                    logger.exception("went wrong")
                return object()
            """
        )
        logging.getLogger("theirs").info("not of a script")
    told = "\n".join(live.log_lines)
    assert "Python: INFO:mine:5 - made with 6 tracks" in told
    assert "Python: ERROR:mine:9 - went wrong" in told
    assert "ZeroDivisionError" in told
    assert "not of a script" not in told


DRUMS = """
    from ableton.v3.control_surface import (
        MIDI_NOTE_TYPE, ControlSurface, ControlSurfaceSpecification, ElementsBase, create_skin,
    )
    from ableton.v3.control_surface.colors import SimpleColor

    class Elements(ElementsBase):
        def __init__(self, *a, **k):
            super().__init__(*a, **k)
            self.add_button_matrix([[each + 4 * row for each in range(4)] for row in range(4)], "Pads",
                                   msg_type=MIDI_NOTE_TYPE)
            for number, name in enumerate(("Mute", "Solo", "Select", "Up")):
                self.add_button(20 + number, name + "_Button", msg_type=MIDI_NOTE_TYPE)

    class Colors:
        class DrumGroup:
            PadEmpty = SimpleColor(1)
            PadFilled = SimpleColor(2)
            PadMuted = SimpleColor(3)
            PadSoloed = SimpleColor(4)
            PadSelected = SimpleColor(5)
            PadMutedSelected = SimpleColor(6)

    class Specification(ControlSurfaceSpecification):
        elements_type = Elements
        control_surface_skin = create_skin(colors=Colors)
        create_mappings_function = lambda surface: {"Drum_Group": dict(
            matrix="pads", mute_button="mute_button", select_button="select_button", scroll_up_button="up_button"
        )}

    def create_instance(c_instance):
        return ControlSurface(Specification, c_instance=c_instance)
"""


def test_pads_of_the_selected_tracks_drum_rack_are_muted_selected_and_shown(
    live: HeadlessLive, load: Load
) -> None:
    rack = live.song.tracks[0].devices[0]
    live.person.do(lambda song: setattr(rack.view, "selected_drum_pad", rack.drum_pads[36]))
    hosted = load(DRUMS)
    live.run_for(0.3)
    filled = next(note for note in range(37, 52) if len(rack.drum_pads[note].chains))
    row, column = 3 - (filled - 36) // 4, (filled - 36) % 4
    number = 4 * row + column

    def shown() -> int:
        return int(next(sent[2] for sent in reversed(hosted.midi_out) if sent[:2] == (0x90, number)))

    assert shown() == 2
    hosted.receive_midi((0x90, 20, 127))
    hosted.receive_midi((0x90, number, 127))
    hosted.receive_midi((0x80, number, 0))
    hosted.receive_midi((0x80, 20, 0))
    assert rack.drum_pads[filled].mute
    hosted.receive_midi((0x90, 22, 127))
    hosted.receive_midi((0x90, number, 127))
    hosted.receive_midi((0x80, number, 0))
    live.run_for(0.2)
    assert rack.view.selected_drum_pad == rack.drum_pads[filled]
    assert shown() == 6
    # Without a modifier a pad plays and changes nothing.
    hosted.receive_midi((0x80, 22, 0))
    hosted.receive_midi((0x90, 3, 127))
    assert rack.view.selected_drum_pad == rack.drum_pads[filled]
    live.person.do(lambda song: setattr(song.view, "selected_track", song.tracks[3]))
    live.run_for(0.2)
    assert shown() == 0
