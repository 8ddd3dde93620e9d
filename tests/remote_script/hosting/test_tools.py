"""The small classes that scripts of all generations use: tools, colours, factories of controls, modes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from remote_script.headless import HeadlessLive

Load = Callable[..., Any]

TOOLS = """
    from {module} import (
        clamp, const, find_if, first, flatten, forward_property, group, in_range, index_if, memoize, mixin, nop,
        product, recursive_map, sign,
    )

    class Inner(object):
        level = 3

    class Outer(object):
        level = forward_property("inner")("level")

        def __init__(self):
            self.inner = Inner()

    class Loud(object):
        loud = True

    def create_instance(c_instance):
        calls = []

        @memoize
        def once(value):
            calls.append(value)
            return value * 2

        outer = Outer()
        outer.level = 5
        made = type("Made", (), {{"disconnect": lambda self: None}})()
        made.found = dict(
            nop=nop(1, b=2), clamp=(clamp(9, 0, 5), clamp(-1, 0, 5), clamp(3, 0, 5)), const=const(7)(),
            find=(find_if(lambda x: x > 1, [1, 2, 3]), find_if(lambda x: x > 9, [1])),
            first=first((4, 5)), flatten=list(flatten([[1], [2, 3]])), inner=outer.inner.level,
            group=[tuple(each) for each in group([1, 2, 3, 4], 2)],
            ranges=(in_range(0, 0, 4), in_range(4, 0, 4)),
            index=(index_if(lambda x: x == "b", "abc"), index_if(lambda x: x == "z", "abc")),
            once=(once(2), once(2), len(calls)), mixed=mixin(Loud, Inner)().loud, product=list(product([1, 2], [3])),
            mapped=recursive_map(lambda x: x + 1, [[1], [2]]), sign=(sign(-3), sign(2)),
        )
        return made
"""


@pytest.mark.parametrize("module", ["_Framework.Util", "ableton.v2.base"])
def test_tools_of_scripts_work(load: Load, module: str) -> None:
    found = load(TOOLS.format(module=module)).instance.found
    assert found == {
        "nop": 1, "clamp": (5, 0, 3), "const": 7, "find": (2, None), "first": 4, "flatten": [1, 2, 3], "inner": 5,
        "group": [(1, 2), (3, 4)], "ranges": (True, False), "index": (1, 3), "once": (4, 4, 1), "mixed": True,
        "product": [(1, 3), (2, 3)], "mapped": [[2], [3]], "sign": (-1, 1),
    }  # fmt: skip


APC = """
    from _APC.ControlElementUtils import (
        make_button, make_encoder, make_knob, make_pedal_button, make_ring_encoder, make_slider,
    )
    from _APC.SkinDefault import (
        make_biled_skin, make_crossfade_button_skin, make_default_skin, make_rgb_skin, make_stop_button_skin,
    )
    from _Framework.ControlSurface import ControlSurface

    class Made(ControlSurface):
        def __init__(self, c_instance):
            super(Made, self).__init__(c_instance)
            with self.component_guard():
                made = [
                    make_button(1, 2, name="B"), make_pedal_button(64), make_slider(3, 4), make_knob(5, 6),
                    make_encoder(7, 8), make_ring_encoder(48, 56),
                ]
                self.found = [tuple(each.identifier_bytes()) for each in made]
                self.skins = [
                    "Session.ClipStarted" in make_biled_skin(), "DefaultButton.On" in make_default_skin(),
                    "Session.ClipStarted" in make_rgb_skin(), "Session.StopClip" in make_stop_button_skin(),
                    "Mixer.Crossfade.A" in make_crossfade_button_skin(),
                ]

    def create_instance(c_instance):
        return Made(c_instance)
"""


def test_factories_of_controls_and_skins_work(load: Load) -> None:
    made = load(APC).instance
    assert made.found == [(0x91, 2), (0xB0, 64), (0xB3, 4), (0xB5, 6), (0xB7, 8), (0xB0, 48)]
    assert made.skins == [True] * 5


MODES = """
    from {base} import ControlSurface
    from {midi} import MIDI_NOTE_TYPE
    from {component} import {Component} as Component
    from {background} import BackgroundComponent
    from {modes} import (
        DelayMode, LayerMode, ModesComponent, SetAttributeMode, {momentary},
    )
    from {layer} import Layer
    from {elements} import ButtonElement
    from {multi} import MultiElement, ToggleElement

    class Lamp(Component):
        button, now, later = None, 0, 0

        def set_button(self, button):
            self.button = button

    class Made(ControlSurface):
        def __init__(self, c_instance):
            super(Made, self).__init__(c_instance)
            with self.component_guard():
                make = lambda n: ButtonElement(True, MIDI_NOTE_TYPE, 0, n)
                one, two, three, four, five = [make(n) for n in range(1, 6)]
                self.lamp, self.heard = Lamp(), []
                self.both = MultiElement(one, two)
                self.toggled = ToggleElement(three, four)
                self.both.add_value_listener(self.heard.append)
                self.modes = ModesComponent()
                entry = SetAttributeMode(self.lamp, "now", 1)
                self.modes.add_mode("plain", [])
                self.modes.add_mode("lit", [
                    LayerMode(self.lamp, Layer(button=five)), entry,
                    DelayMode(SetAttributeMode(self.lamp, "later", 1), 0.5, self._task_group),
                ])
                self.modes.selected_mode = "plain"
                self.background = BackgroundComponent()
                self.background.layer = Layer(anything=make(9), priority=-5)

    def create_instance(c_instance):
        return Made(c_instance)
"""
WHERE = {
    "first": {
        "base": "_Framework.ControlSurface", "component": "_Framework.ControlSurfaceComponent",
        "Component": "ControlSurfaceComponent", "background": "_Framework.BackgroundComponent",
        "modes": "_Framework.ModesComponent", "momentary": "ImmediateBehaviour", "layer": "_Framework.Layer",
        "elements": "_Framework.ButtonElement", "multi": "_Framework.ComboElement",
        "midi": "_Framework.InputControlElement",
    },
    "second": {
        "base": "ableton.v2.control_surface", "component": "ableton.v2.control_surface", "Component": "Component",
        "background": "ableton.v2.control_surface.components", "modes": "ableton.v2.control_surface.mode",
        "momentary": "MomentaryBehaviour", "layer": "ableton.v2.control_surface",
        "elements": "ableton.v2.control_surface.elements",
        "multi": "ableton.v2.control_surface.elements", "midi": "ableton.v2.control_surface",
    },
}  # fmt: skip


@pytest.mark.parametrize("generation", WHERE)
def test_modes_lend_layers_and_set_attributes_now_and_later(
    live: HeadlessLive, load: Load, generation: str
) -> None:
    source = MODES.format(**WHERE[generation])
    made = (hosted := load(source)).instance
    live.run_for(0.2)
    assert made.lamp.button is None
    made.modes.selected_mode = "lit"
    assert (made.lamp.button is not None, made.lamp.now, made.lamp.later) == (True, 1, 0)
    live.run_for(0.8)
    assert made.lamp.later == 1
    made.modes.selected_mode = "plain"
    assert (made.lamp.button, made.lamp.now, made.lamp.later) == (None, 0, 0)
    hosted.receive_midi((0x90, 1, 127))
    hosted.receive_midi((0x90, 2, 126))
    assert made.heard == [127, 126]
