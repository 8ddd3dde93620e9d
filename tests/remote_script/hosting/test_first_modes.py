"""A script of the first generation with modes of all kinds and their buttons."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from remote_script.headless import HeadlessLive
from tests.remote_script.hosting.test_controllers_first import press

Load = Callable[..., Any]

MODES = """
    from _Framework.ControlSurface import ControlSurface
    from _Framework.ControlSurfaceComponent import ControlSurfaceComponent as Component
    from _Framework.ModesComponent import (
        AlternativeBehaviour, CompoundMode, DisableMode, DynamicBehaviourMixin, EnablingModesComponent,
        ExcludingBehaviourMixin, ImmediateBehaviour, LazyComponentMode, Mode, ModeButtonBehaviour, ModesComponent,
        MultiEntryMode, ReenterBehaviour, ComponentMode, tomode,
    )
    from _Framework.InputControlElement import MIDI_NOTE_TYPE
    from _Framework.ButtonElement import ButtonElement
    from _Framework.Skin import Skin, SkinColorMissingError, merge_skins
    from _Framework.Util import mixin

    class Counted(Mode):
        entered, left = 0, 0

        def enter_mode(self):
            self.entered += 1

        def leave_mode(self):
            self.left += 1

    class Quiet(ModeButtonBehaviour):
        def press_immediate(self, component, mode):
            component.push_mode(mode)

        def update_button(self, component, mode, selected_mode):
            component.get_mode_button(mode).set_light(False)

    class Colors:
        class DefaultButton:
            On, Off, Disabled = 1, 2, 3

    class MoreColors:
        class Mode:
            class One:
                On = 5

    class Made(ControlSurface):
        def __init__(self, c_instance):
            super(Made, self).__init__(c_instance)
            self.again, self.chosen = [], None
            with self.component_guard():
                skin = merge_skins(Skin(Colors), Skin(MoreColors))
                self.colors = (skin["Mode.One.On"], skin["DefaultButton.Off"])
                try:
                    skin["Mode.Two.On"]
                except SkinColorMissingError:
                    self.colors += ("missing",)
                self.part, self.other, self.late = Component(), Component(), []
                self.lazy = None
                self.counted = Counted()
                shared = MultiEntryMode(self.counted)
                self.modes = ModesComponent()
                self.modes.add_mode("one", CompoundMode(ComponentMode(self.part), DisableMode(self.other)))
                self.modes.add_mode("two", [shared, tomode(self.make_late)], behaviour=ReenterBehaviour(self.re))
                late = LazyComponentMode(self.make_lazy)
                self.modes.add_mode("three", [shared, late], groups={"a"}, behaviour=Quiet())
                self.modes.add_mode("extra", [], groups={"x"})
                self.modes.add_mode(
                    "four", [], groups={"x"}, behaviour=AlternativeBehaviour(alternative_mode="extra")
                )
                Excluding = mixin(ExcludingBehaviourMixin, ImmediateBehaviour)
                self.modes.add_mode("five", [], behaviour=Excluding(excluded_groups=("a",)))
                Dynamic = mixin(DynamicBehaviourMixin, ImmediateBehaviour)
                self.modes.add_mode("six", [], behaviour=Dynamic(mode_chooser=lambda: self.chosen))
                for index, name in enumerate(("one", "two", "three", "four", "five", "six")):
                    self.modes.set_mode_button(name, ButtonElement(True, MIDI_NOTE_TYPE, 0, index + 1, skin=skin))
                self.modes.selected_mode = "one"
                self.switch = EnablingModesComponent(component=Component(), enabled_color="a", disabled_color="b")

        def re(self):
            self.again.append(self.modes.selected_mode)

        def make_late(self):
            self.late.append("entered")

        def make_lazy(self):
            self.lazy = Component(is_enabled=False)
            return self.lazy

    def create_instance(c_instance):
        return Made(c_instance)
"""


def hold(live: HeadlessLive, hosted: Any, number: int) -> None:
    hosted.receive_midi((0x90, number, 127))
    live.run_for(0.6)


def test_mode_buttons_switch_modes(live: HeadlessLive, load: Load) -> None:
    hosted = load(MODES)
    made, modes = hosted.instance, hosted.instance.modes
    assert made.colors == (5, 2, "missing")
    live.run_for(0.2)
    assert (made.part.is_enabled(), made.other.is_enabled()) == (True, False)
    press(hosted, 2)
    assert (modes.selected_mode, made.part.is_enabled(), made.other.is_enabled()) == ("two", False, True)
    assert (made.late, made.again, made.counted.entered) == (["entered"], [], 1)
    press(hosted, 2)
    assert (made.again, made.lazy) == (["two"], None)
    press(hosted, 3)
    assert (modes.selected_mode, made.lazy.is_enabled()) == ("three", True)
    assert made.counted.entered - made.counted.left == 1
    assert {each[2] for each in hosted.midi_out if each[1] == 3} <= {0, 2}
    # "five" is disabled, with its light off, while a mode of its excluded group is selected.
    press(hosted, 5)
    assert modes.selected_mode == "three"
    assert [each for each in hosted.midi_out if each[:2] == (0x90, 5)][-1][2] == 3
    press(hosted, 1)
    press(hosted, 5)
    assert modes.selected_mode == "five"
    # "six" selects the mode that the script chooses at the press.
    made.chosen = "two"
    press(hosted, 6)
    assert modes.selected_mode == "two"
    made.chosen = None
    press(hosted, 6)
    assert modes.selected_mode == "six"
    # A short press toggles "four"; a long press selects its alternative while the button is held.
    press(hosted, 4)
    assert modes.selected_mode == "four"
    press(hosted, 4)
    assert modes.selected_mode == "six"
    hold(live, hosted, 4)
    assert modes.selected_mode == "extra"
    hosted.receive_midi((0x80, 4, 0))
    assert modes.selected_mode == "six"
    assert made.switch.selected_mode == "disabled"
    made.switch.selected_mode = "enabled"
    made.switch.cycle_mode(1)
    assert made.switch.selected_mode == "disabled"
