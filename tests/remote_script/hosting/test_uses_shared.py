"""Scripts with classes that the first and second generation share, under their names: tools, tasks, elements.

`{names}` in a script are filled from WHERE: one row of module paths for each generation.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from remote_script.headless import HeadlessLive
from tests.remote_script.hosting.test_controllers_first import press

Load = Callable[..., Any]

FIRST = {
    "surface": "_Framework.ControlSurface", "component": "_Framework.ControlSurfaceComponent",
    "Component": "ControlSurfaceComponent", "util": "_Framework.Util", "task": "_Framework.Task",
    "events": "_Framework.SubjectSlot", "lifetime": "_Framework.Disconnectable", "listens": "subject_slot",
    "dependency": "_Framework.Dependency", "layer": "_Framework.Layer",
    "resource": "_Framework.Resource", "skin": "_Framework.Skin", "compound": "_Framework.CompoundElement",
    "combo": "_Framework.ComboElement", "button": "_Framework.ButtonElement", "Event": "SubjectEvent",
    "Error": "SubjectSlotError", "Object": "Subject", "proxy": "_Framework.Proxy", "defaults": "_Framework.Defaults",
    "midi": "_Framework.InputControlElement", "optional": "_Framework.OptionalElement",
    "choosing": "_Framework.OptionalElement", "controls": "_Framework.Control", "song": "self.song()",
    "more_tools": "chain_from_iterable, print_message",
    "Manager": "SlotManager",
    "more_found": '"chained": list(chain_from_iterable([[1], [2]])), "printed": print_message("a", 1),',
}  # fmt: skip
SECOND = {
    "surface": "ableton.v2.control_surface", "component": "ableton.v2.control_surface", "Component": "Component",
    "util": "ableton.v2.base", "task": "ableton.v2.base.task", "events": "ableton.v2.base",
    "lifetime": "ableton.v2.base", "listens": "listens", "dependency": "ableton.v2.base.dependency",
    "layer": "ableton.v2.control_surface",
    "resource": "ableton.v2.control_surface.resource", "skin": "ableton.v2.control_surface.skin",
    "compound": "ableton.v2.control_surface.compound_element", "combo": "ableton.v2.control_surface.elements",
    "button": "ableton.v2.control_surface.elements", "Event": "Event", "Error": "EventError", "Object": "EventObject",
    "proxy": "ableton.v2.base", "defaults": "ableton.v2.control_surface.defaults",
    "midi": "ableton.v2.control_surface.input_control_element", "optional": "ableton.v2.control_surface.elements",
    "choosing": "ableton.v2.control_surface.elements", "controls": "ableton.v2.control_surface.control",
    "song": "self.song", "Manager": "EventObject",
    "more_tools": "PY2, PY3, chunks, compose, is_matrix, linear, old_hasattr, old_round, slicer, to_slice",
    "more_found": (
        '"python": (PY2, PY3), "chunks": list(chunks([1, 2, 3], 2)), "composed": compose(str, abs)(-3), '
        '"matrix": (is_matrix([[1], [2]]), is_matrix([[1], []])), "linear": linear(10, 20, 0.5), '
        '"has": (old_hasattr(1, "real"), old_hasattr(1, "nope")), "rounded": (old_round(2.5), old_round(-2.5)), '
        '"slices": (to_slice(2), to_slice(slice(1)), to_slice(-1)), "sliced": window()[1][2],'
    ),
}  # fmt: skip
WHERE = {"first": FIRST, "second": SECOND}

TOOLS = """
    from {util} import (
        BooleanContext, NamedTuple, index_if, is_iterable, lazy_attribute, maybe, second, {more_tools}
    )
    from {dependency} import dependency, inject
    from {util} import const
    from {lifetime} import Disconnectable, disconnectable
    from {events} import {Error} as EventError, {Event} as Event, {Object} as EventObject, {Manager} as Manager
    from {events} import {listens} as listens
    from {proxy} import Proxy
    from {defaults} import MOMENTARY_DELAY, TIMER_DELAY

    class Pad(NamedTuple):
        row = 0
        column = 0

    class Lamp(EventObject):
        __events__ = __subject_events__ = (Event(name="brightness", doc="How bright."), "color")
        made = []

        @lazy_attribute
        def filament(self):
            self.made.append("filament")
            return "wolfram"

    class Watcher(Manager):
        def __init__(self, lamp):
            super(Watcher, self).__init__()
            self.seen = []
            self.slot = self.register_slot(lamp, self.seen.append, "brightness")

    class Needy(object):
        level = dependency(level=const(1))

    class Ending(Disconnectable):
        ended = 0

        def disconnect(self):
            super(Ending, self).disconnect()
            self.ended += 1

    {window}

    class Made:
        def __init__(self):
            busy, lamp, ending = BooleanContext(), Lamp(), Ending()
            with busy():
                inside = bool(busy)
            watcher = Watcher(lamp)
            lamp.notify_brightness(3)
            watcher.disconnect()
            lamp.notify_brightness(4)
            try:
                Manager().register_slot(object(), print, "brightness")
                failed = False
            except EventError:
                failed = True
            needy = Needy()
            with inject(level=const(7)).everywhere():
                injected = needy.level
            with disconnectable(ending):
                open_once = ending.ended
            proxy = Proxy(proxied_object=lamp)
            pad = Pad(row=2)
            try:
                pad.row = 3
                changed = True
            except AttributeError:
                changed = False
            self.found = {{
                "busy": (inside, bool(busy)), "pad": (pad.row, pad.column, pad == Pad(Pad(row=1), row=2), changed),
                "index": index_if(lambda each: each > 1, [1, 2]), "iterable": (is_iterable([]), is_iterable(1)),
                "lazy": (lamp.filament, lamp.filament, lamp.made), "maybe": (maybe(str)(None), maybe(str)(1)),
                "second": second((1, 2)), "seen": watcher.seen, "failed": failed,
                "injected": (injected, needy.level), "ended": (open_once, ending.ended),
                "proxied": proxy.filament, "delays": (MOMENTARY_DELAY, TIMER_DELAY), {more_found}
            }}

        def disconnect(self):
            pass

    def create_instance(c_instance):
        return Made()
"""
WINDOW = """
    @slicer(2)
    def window(row, column):
        return (row, column)
"""


@pytest.mark.parametrize("generation", WHERE)
def test_shared_tools_events_and_dependencies_work(load: Load, generation: str) -> None:
    window = WINDOW if generation == "second" else ""
    found = load(TOOLS.format(**WHERE[generation], window=window)).instance.found
    more: dict[str, Any] = {
        "first": {"chained": [1, 2], "printed": None},
        "second": {
            "python": (False, True), "chunks": [[1, 2], [3]], "composed": "3", "matrix": (True, False),
            "linear": 15.0, "has": (True, False), "rounded": (3.0, -3.0),
            "slices": (slice(2, 3), slice(None, 1), slice(-1, None)), "sliced": (1, 2),
        },
    }[generation]  # fmt: skip
    assert found == {
        "busy": (True, False), "pad": (2, 0, True, False), "index": 1, "iterable": (True, False),
        "lazy": ("wolfram", "wolfram", ["filament"]), "maybe": (None, "1"), "second": 2, "seen": [3], "failed": True,
        "injected": (7, 1), "ended": (0, 1), "proxied": "wolfram", "delays": (0.3, 0.1), **more,
    }  # fmt: skip


TASKS = """
    from {surface} import ControlSurface
    from {task} import (
        KILLED, RUNNING, FuncTask, Task, TaskGroup, TimerTask, delay, fade, loop, run, sequence, totask, wait,
    )

    class Countdown(TimerTask):
        duration = 0.35

        def __init__(self, log):
            super(Countdown, self).__init__()
            self.log = log

        def on_tick(self):
            self.log.append("tick")

        def on_finish(self):
            self.log.append("done")

    class Blink(Task):
        steps = 0

        def do_update(self, timer):
            super(Blink, self).do_update(timer)
            self.steps += 1
            if self.steps == 3:
                self.kill()

    class Made(ControlSurface):
        def __init__(self, c_instance):
            super(Made, self).__init__(c_instance)
            self.log, self.levels, self.rounds = [], [], []
            tasks = self._task_group
            tasks.add(sequence(run(self.log.append, "first"), wait(0.2), delay(2), run(self.log.append, "last")))
            self.ticks = []
            tasks.add(Countdown(self.ticks))
            tasks.add(fade(self.levels.append, 0.3))
            self.blink = tasks.add(Blink())
            self.loop = tasks.add(loop(sequence(run(self.rounds.append, 1), wait(0.2))))
            self.alone = TaskGroup(auto_kill=False)
            tasks.add(self.alone)
            self.answers = [KILLED, RUNNING]
            self.function = self.alone.add(totask(lambda timer: self.answers.pop()))
            self.kinds = (isinstance(self.function, FuncTask), self.alone.count)

    def create_instance(c_instance):
        return Made(c_instance)
"""


@pytest.mark.parametrize("generation", WHERE)
def test_tasks_can_wait_tick_fade_and_loop(live: HeadlessLive, load: Load, generation: str) -> None:
    made = load(TASKS.format(**WHERE[generation])).instance
    live.run_for(0.15)
    assert made.log == ["first"]
    live.run_for(1.0)
    assert made.log == ["first", "last"]
    assert made.ticks == ["tick"] * 3 + ["done"]
    assert made.levels[0] == 0.0
    assert made.levels[-1] == 1.0
    assert made.levels == sorted(made.levels)
    assert (made.blink.steps, made.blink.is_killed) == (3, True)
    assert len(made.rounds) > 2
    assert made.loop.is_running
    assert (made.answers, made.function.is_killed, made.kinds, made.alone.count) == ([], True, (True, 1), 0)


PARTS = """
    from {surface} import ControlSurface
    from {component} import {Component} as Component
    from {layer} import Layer, SimpleLayerOwner
    from {resource} import DEFAULT_PRIORITY, PrioritizedResource, SharedResource
    from {compound} import CompoundElement
    from {combo} import ComboElement, EventElement, MultiElement, ToggleElement, WrapperElement
    from {optional} import OptionalElement
    from {choosing} import ChoosingElement
    from {midi} import MIDI_NOTE_TYPE, ParameterSlot
    from {button} import ButtonElement
    from {events} import {Object} as EventObject

    class Flag(EventObject):
        __events__ = __subject_events__ = ("value",)
        value = False

        def set(self, value):
            self.value = value
            self.notify_value(value)

    class Reader(Component):
        def __init__(self, *a, **k):
            self.held = {{}}
            super(Reader, self).__init__(*a, **k)

    def _set(name):
        def set_control(self, control):
            self.held[name] = control
        setattr(Reader, "set_" + name, set_control)

    for _name in ("pair", "wrapped", "toggled", "maybe", "either", "event", "combo"):
        _set(_name)

    class Pair(CompoundElement):
        def __init__(self, *controls):
            super(Pair, self).__init__()
            self.log = []
            self.register_control_elements(*controls)

        def on_nested_control_element_received(self, control):
            self.log.append(("came", control.message_identifier()))

        def on_nested_control_element_lost(self, control):
            self.log.append(("went", control.message_identifier()))

        def on_nested_control_element_value(self, value, control):
            self.notify_value((control.message_identifier(), value))

    class Made(ControlSurface):
        def __init__(self, c_instance):
            super(Made, self).__init__(c_instance)
            self.heard, self.flag, self.got, self.lost = [], Flag(), [], []
            with self.component_guard():
                buttons = [ButtonElement(True, MIDI_NOTE_TYPE, 0, n) for n in range(20)]
                self.pair = Pair(buttons[0], buttons[1])
                self.pair.add_value_listener(self.heard.append)
                self.both = MultiElement(buttons[2], buttons[3])
                self.toggled = ToggleElement(buttons[4], buttons[5])
                self.maybe = OptionalElement(buttons[6], self.flag, True)
                self.either = ChoosingElement(self.flag, buttons[7], buttons[8])
                self.event = EventElement(self.flag, "value")
                self.combo = ComboElement(buttons[9], modifiers=[buttons[10]])
                self.wrapped = WrapperElement(buttons[11])
                self.wrapped.register_wrapped()
                for element in (self.both, self.toggled, self.maybe, self.either, self.event, self.combo, self.wrapped):
                    element.add_value_listener(self.heard.append)
                self.reader = Reader()
                self.layer = Layer(
                    priority=DEFAULT_PRIORITY + 1, pair=self.pair, wrapped=self.wrapped, toggled=self.toggled,
                    maybe=self.maybe, either=self.either, event=self.event, combo=self.combo,
                )
                self.reader.layer = self.layer
                self.rival = Layer(_button=buttons[1], priority=5)
                self.shared = SharedResource(self.got.append, self.lost.append)
                self.stacked = PrioritizedResource(self.got.append, self.lost.append)
                knob = self.buttons = buttons
                volume = {song}.tracks[0].mixer_device.volume
                self.slot = self.register_disconnectable(ParameterSlot())
                self.slot.control = buttons[12]
                self.slot.parameter = volume
                self.mapped = buttons[12].mapped_parameter() == volume

        def intrude(self):
            self.owner = SimpleLayerOwner(self.rival)

    def create_instance(c_instance):
        return Made(c_instance)
"""


@pytest.mark.parametrize("generation", WHERE)
def test_nested_elements_and_their_owners(live: HeadlessLive, load: Load, generation: str) -> None:
    hosted = load(PARTS.format(**WHERE[generation]))
    made = hosted.instance
    live.run_for(0.2)
    assert made.mapped
    assert made.pair.log == [("came", 0), ("came", 1)]
    press(hosted, 1)
    assert made.heard == [(1, 127), (1, 0)]
    made.intrude()
    assert made.pair.log[2:] == [("went", 1)]
    press(hosted, 1)
    assert len(made.heard) == 2
    made.owner.disconnect()
    assert made.pair.log[3:] == [("came", 1)]
    made.heard.clear()
    # One of two options, by a call and by a flag; a button that is enabled while the flag is on.
    for number in (5, 4, 8, 7, 6):
        press(hosted, number)
    assert made.heard == [127, 0, 127, 0]
    made.heard.clear()
    made.toggled.set_toggled(True)
    made.flag.set(True)
    assert made.heard == [1]
    for number in (5, 4, 8, 7, 6):
        press(hosted, number)
    assert made.heard == [1, 127, 0, 127, 0, 127, 0]
    made.heard.clear()
    press(hosted, 9)
    hosted.receive_midi((0x90, 10, 127))
    press(hosted, 9)
    hosted.receive_midi((0x80, 10, 0))
    press(hosted, 11)
    assert made.heard == [127, 0, 127, 0]
    assert made.wrapped.message_identifier() == 11
    # All clients have a shared resource; clients with the highest priority share a prioritized one.
    for client in ("a", "b"):
        made.shared.grab(client)
    assert made.got == ["a", "b"]
    made.shared.release("b")
    assert (made.got, made.lost) == (["a", "b", "a"], ["b"])
    made.got.clear()
    made.stacked.grab("low", priority=1)
    made.stacked.grab("one", priority=2)
    made.stacked.grab("two", priority=2)
    assert made.stacked.owners == ["one", "two"]
    made.stacked.release("one")
    made.stacked.release("two")
    assert made.stacked.owner == "low"
    assert made.lost[:2] == ["b", "low"]
