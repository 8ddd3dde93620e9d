"""Scripts in the style of each generation of Live's classes, in headless Live and in virtual time."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from remote_script.headless import HeadlessLive

TICK_S = 0.1


Load = Callable[..., Any]

PLAIN = """
    from {module} import ControlSurface
    class Made(ControlSurface):
        def __init__(self, c_instance):
            super().__init__({how})
    def create_instance(c_instance):
        return Made(c_instance)
"""
GENERATIONS = pytest.mark.parametrize(
    ("module", "how"),
    [
        ("_Framework.ControlSurface", "c_instance"),
        ("ableton.v2.control_surface", "c_instance"),
        ("ableton.v3.control_surface", "c_instance=c_instance"),
    ],
    ids=["_Framework", "v2", "v3"],
)


@GENERATIONS
@pytest.mark.parametrize(("delay", "ticks"), [(0, 2), (1, 1), (2, 2), (5, 5)])
def test_outside_a_tick_delay_zero_takes_two_ticks_and_delay_one_takes_one(
    live: HeadlessLive, load: Load, module: str, how: str, delay: int, ticks: int
) -> None:
    surface = load(PLAIN.format(module=module, how=how)).instance
    live.run_for(1.05)
    called: list[float] = []
    began = live.clock.now()
    surface.schedule_message(delay, lambda: called.append(live.clock.now() - began))
    live.run_for((ticks - 1) * TICK_S)
    assert called == []
    live.run_for(TICK_S)
    assert len(called) == 1


@GENERATIONS
def test_inside_a_tick_delay_zero_is_the_same_tick_and_n_is_n_ticks_later(
    live: HeadlessLive, load: Load, module: str, how: str
) -> None:
    surface = load(PLAIN.format(module=module, how=how)).instance
    told: list[tuple[str, float]] = []

    def inside() -> None:
        began = live.clock.now()
        for name, delay in (("zero", 0), ("one", 1), ("two", 2)):
            surface.schedule_message(delay, lambda name=name: told.append((name, live.clock.now() - began)))

    surface.schedule_message(1, inside)
    live.run_for(1)
    assert [(name, round(after, 3)) for name, after in told] == [("zero", 0.0), ("one", 0.1), ("two", 0.2)]


@GENERATIONS
def test_an_error_in_a_scheduled_message_is_logged_and_others_run(
    live: HeadlessLive, load: Load, module: str, how: str
) -> None:
    hosted = load(PLAIN.format(module=module, how=how))
    told: list[int] = []
    hosted.instance.schedule_message(1, lambda: 1 // 0)
    hosted.instance.schedule_message(1, told.append, 7)
    live.run_for(0.5)
    assert told == [7]
    assert any("ZeroDivisionError" in line for line in hosted.log)


def test_the_first_generation_maps_knobs_handles_buttons_and_follows_the_set(
    live: HeadlessLive, load: Load
) -> None:
    hosted = load(
        """
        from _Framework.ButtonElement import ButtonElement
        from _Framework.ControlSurface import ControlSurface
        from _Framework.EncoderElement import EncoderElement
        from _Framework.InputControlElement import MIDI_CC_TYPE, MIDI_NOTE_TYPE
        from _Framework.SubjectSlot import subject_slot
        import Live

        class Made(ControlSurface):
            def __init__(self, c_instance):
                super().__init__(c_instance)
                self.heard, self.tempi = [], []
                with self.component_guard():
                    self.knob = EncoderElement(MIDI_CC_TYPE, 0, 20, Live.MidiMap.MapMode.absolute)
                    self.knob.connect_to(self.song().tracks[0].mixer_device.volume)
                    self.button = ButtonElement(True, MIDI_NOTE_TYPE, 0, 60)
                    self.button.add_value_listener(self.heard.append)
                self._on_tempo.subject = self.song()

            @subject_slot("tempo")
            def _on_tempo(self):
                self.tempi.append(self.song().tempo)

        def create_instance(c_instance):
            return Made(c_instance)
        """
    )
    live.run_for(0.3)
    assert sorted(name for name, _ in hosted.midi_map) == ["forward_midi_note", "map_midi_cc"]
    hosted.receive_midi((0xB0, 20, 0))
    assert live.song.tracks[0].mixer_device.volume.value == 0.0
    # This message was not requested.
    hosted.receive_midi((0xB0, 21, 127))
    hosted.receive_midi((0x90, 60, 100))
    hosted.receive_midi((0x80, 60, 0))
    assert hosted.instance.heard == [100, 0]
    live.person.do(lambda song: setattr(song, "tempo", 99.0))
    live.run_for(0.2)
    assert hosted.instance.tempi == [99.0]
    hosted.instance.button.turn_on()
    assert hosted.midi_out[-1] == (0x90, 60, 127)
    before = live.listener_count()
    hosted.disconnect()
    assert live.listener_count() < before
    live.person.do(lambda song: setattr(song, "tempo", 98.0))
    live.run_for(0.2)
    assert not [line for line in hosted.log if "Error" in line]


def test_the_second_generation_has_layers_components_and_listens(live: HeadlessLive, load: Load) -> None:
    hosted = load(
        """
        from ableton.v2.base import listens, liveobj_valid, task
        from ableton.v2.control_surface import Component, ControlSurface, Layer, MIDI_CC_TYPE
        from ableton.v2.control_surface.elements import ButtonElement

        class Player(Component):
            def __init__(self, *a, **k):
                super().__init__(*a, **k)
                self.names, self.presses = [], 0
                self._on_track.subject = self.song.view

            @listens("selected_track")
            def _on_track(self):
                assert liveobj_valid(self.song.view.selected_track)
                self.names.append(self.song.view.selected_track.name)

            def set_play_button(self, button):
                self._on_press.subject = button

            @listens("value")
            def _on_press(self, value):
                self.presses += bool(value)

        class Made(ControlSurface):
            def __init__(self, *a, **k):
                super().__init__(*a, **k)
                self.waited = []
                with self.component_guard():
                    button = ButtonElement(True, MIDI_CC_TYPE, 3, 11)
                    self.player = Player(name="Player", layer=Layer(play_button=button))
                    self._task_group.add(task.sequence(task.wait(0.25), task.run(lambda: self.waited.append(1))))

        def create_instance(c_instance):
            return Made(c_instance=c_instance)
        """
    )
    surface = hosted.instance
    live.run_for(0.2)
    assert surface.waited == []
    live.run_for(0.3)
    assert surface.waited == [1]
    hosted.receive_midi((0xB3, 11, 127))
    assert surface.player.presses == 1
    surface.player.set_enabled(False)
    hosted.receive_midi((0xB3, 11, 127))
    assert surface.player.presses == 1
    live.person.do(lambda song: setattr(song.view, "selected_track", song.tracks[2]))
    live.run_for(0.2)
    assert surface.player.names == ["Bass"]


def test_the_third_generation_is_built_from_a_specification(live: HeadlessLive, load: Load) -> None:
    hosted = load(
        """
        from ableton.v3.base import listens
        from ableton.v3.control_surface import (
            Component, ControlSurface, ControlSurfaceSpecification, ElementsBase, MIDI_NOTE_TYPE,
        )

        class Elements(ElementsBase):
            def __init__(self, *a, **k):
                super().__init__(*a, **k)
                self.add_button(36, "Go Button", msg_type=MIDI_NOTE_TYPE)

        class Goer(Component):
            went = 0

            def set_go(self, button):
                self._go.subject = button

            @listens("value")
            def _go(self, value):
                self.went += 1
                self.song.tempo = 100.0 + self.went

        class Specification(ControlSurfaceSpecification):
            elements_type = Elements
            component_map = {"Goer": Goer}
            create_mappings_function = lambda surface: {"Goer": {"go": "go_button"}}

        class Made(ControlSurface):
            pass

        def create_instance(c_instance):
            return Made(Specification, c_instance=c_instance)
        """
    )
    hosted.receive_midi((0x90, 36, 1))
    assert hosted.instance.component_map["Goer"].went == 1
    assert live.song.tempo == 101.0


def test_a_missing_class_is_importable_and_fails_when_instantiated(load: Load) -> None:
    hosted = load(
        """
        from ableton.v2.control_surface import WavetableDeviceDecorator
        from ableton.v3.control_surface.components import SlicedSimplerComponent, StepSequenceComponent
        def create_instance(c_instance):
            c_instance.classes = (WavetableDeviceDecorator, SlicedSimplerComponent, StepSequenceComponent)
            return c_instance
        """
    )
    for each in hosted.instance.classes:
        with pytest.raises(NotImplementedError, match=each.__name__):
            each()


def test_scripts_do_not_see_each_others_modules(load: Load) -> None:
    source = """
        from .helper import NAME
        from _Framework.ControlSurface import ControlSurface
        class Made(ControlSurface):
            name = NAME
        def create_instance(c_instance):
            return Made(c_instance)
    """
    one = load(source, "One", helper='NAME = "one"')
    two = load(source, "Two", helper='NAME = "two"')
    assert (one.instance.name, two.instance.name) == ("one", "two")


def test_switching_off_and_on_imports_the_code_again(live: HeadlessLive, load: Load, tmp_path: Path) -> None:
    source = (
        "VALUE = {}\nclass Made:\n    value = VALUE\ndef create_instance(c_instance):\n    return Made()\n"
    )
    hosted = load(source.format(1))
    assert hosted.instance.value == 1
    (tmp_path / "Made" / "__init__.py").write_text(source.format(22))
    hosted.reload()
    assert hosted.instance.value == 22


def test_access_to_live_on_a_socket_thread_is_refused_with_file_and_line(
    live: HeadlessLive, load: Load
) -> None:
    hosted = load(
        """
        import threading
        from _Framework.ControlSurface import ControlSurface
        class Made(ControlSurface):
            def begin(self):
                self.problem = None
                self.thread = threading.Thread(target=self.serve, name="socket")
                self.thread.start()
            def serve(self):
                song = self._c_instance.song
                try:
                    song().tempo = 99.0  # here
                except Exception as problem:
                    self.problem = problem
        def create_instance(c_instance):
            return Made(c_instance)
        """
    )
    hosted.instance.begin()
    hosted.instance.thread.join()
    told = str(hosted.instance.problem)
    line = (Path(hosted.folder) / "__init__.py").read_text().split("# here")[0].count("\n") + 1
    assert "main thread" in told
    assert f"Made{'/'}__init__.py:{line}" in told.replace("\\", "/")
    assert threading.current_thread() is threading.main_thread()
    assert live.song.tempo == 82.0


def test_map_modes_have_lives_numbers_and_an_endless_knob_counts_both_ways(
    live: HeadlessLive, load: Load
) -> None:
    hosted = load(
        """
        import Live
        from _Framework.ControlSurface import ControlSurface
        from _Framework.EncoderElement import EncoderElement
        class Made(ControlSurface):
            def __init__(self, c_instance):
                super().__init__(c_instance)
                self.heard = []
                names = ("relative_two_compliment", "relative_binary_offset", "relative_signed_bit")
                with self.component_guard():
                    for number, name in enumerate(names):
                        knob = EncoderElement(1, 0, number, getattr(Live.MidiMap.MapMode, name))
                        knob.add_value_listener(lambda value, knob=knob: self.heard.append(
                            knob.relative_value_to_delta(value)))
                    self.turning = EncoderElement(1, 0, 9, Live.MidiMap.MapMode.relative_two_compliment)
                    self.turning.connect_to(self.song().tracks[0].mixer_device.panning)
        def create_instance(c_instance):
            return Made(c_instance)
        """
    )
    for number, (up, down) in enumerate(((1, 127), (65, 63), (1, 65))):
        hosted.receive_midi((0xB0, number, up))
        hosted.receive_midi((0xB0, number, down))
    assert hosted.instance.heard == [1, -1, 1, -1, 1, -1]
    hosted.receive_midi((0xB0, 9, 127))
    assert live.song.tracks[0].mixer_device.panning.value < 0


def test_an_unsupported_package_is_refused_in_one_sentence(live: HeadlessLive, tmp_path: Path) -> None:
    folder = tmp_path / "Made"
    folder.mkdir()
    (folder / "__init__.py").write_text("from pushbase.push_base import PushBase\n")
    hosted = live.load_script(str(folder))
    assert hosted.instance is None
    assert hosted.log[-1] == (
        "ModuleNotFoundError: headless Live does not have Live's package pushbase: "
        "it has _Framework, _Generic, _APC, ableton.v2, ableton.v3"
    )


def test_a_script_with_its_own_package_of_that_name_uses_its_own(load: Load) -> None:
    hosted = load(
        """
        import sys, os, types
        sys.modules["novation"] = types.ModuleType("novation")
        sys.modules["novation"].BRAND = "ours"
        from novation import BRAND
        def create_instance(c_instance):
            return type("Made", (), {"brand": BRAND, "disconnect": lambda self: None})()
        """
    )
    assert hosted.instance.brand == "ours"
    sys.modules.pop("novation", None)


def test_c_instance_has_the_methods_used_by_scripts(live: HeadlessLive, load: Load) -> None:
    hosted = load(
        """
        class Made:
            def __init__(self, c_instance):
                self.c = c_instance
                repeat, levels = c_instance.note_repeat, c_instance.velocity_levels
                repeat.enabled, repeat.repeat_rate = True, 0.5
                levels.enabled = True
                levels.set_notes((36, 37))
                levels.set_target_note(36)
                c_instance.full_velocity.enabled = True
                c_instance.send_model_update("display", 1)
                self.connected = c_instance.process_connected()
                self.launched = c_instance.launch_external_process("a display")
            def disconnect(self):
                pass
        def create_instance(c_instance):
            return Made(c_instance)
        """
    )
    made = hosted.instance
    assert (made.c.note_repeat.enabled, made.c.note_repeat.repeat_rate) == (True, 0.5)
    assert (made.c.velocity_levels.notes, made.c.velocity_levels.target_note) == ((36, 37), 36)
    assert (made.connected, made.launched) == (False, False)
    assert hosted.model_updates == [("display", 1)]
    assert made.c.application() == live.application
    with pytest.raises(NotImplementedError, match="real_time_mapper"):
        made.c.real_time_mapper  # noqa: B018


def test_a_component_without_a_base_call_fails_alone(live: HeadlessLive, load: Load) -> None:
    hosted = load(
        """
        from _Framework.ButtonElement import ButtonElement
        from _Framework.ControlSurface import ControlSurface
        from _Framework.ControlSurfaceComponent import ControlSurfaceComponent
        from _Framework.InputControlElement import MIDI_NOTE_TYPE

        class Careless(ControlSurfaceComponent):
            def __init__(self, parent):
                self.parent = parent
                self.update()

            def update(self):
                self.parent.updates += 1

        class Made(ControlSurface):
            updates = 0

            def __init__(self, c_instance):
                super(Made, self).__init__(c_instance)
                with self.component_guard():
                    self.careless = Careless(self)
                    self.button = ButtonElement(True, MIDI_NOTE_TYPE, 0, 1)
                    self.button.add_value_listener(self.on_button)

            def on_button(self, value):
                self.updates += 10

        def create_instance(c_instance):
            return Made(c_instance)
        """
    )
    live.run_for(0.3)
    hosted.receive_midi((0x90, 1, 127))
    assert hosted.instance.updates == 11
