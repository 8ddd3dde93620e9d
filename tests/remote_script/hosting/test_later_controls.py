"""A script of the second generation with declared controls of all kinds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from remote_script.headless import HeadlessLive
from tests.remote_script.hosting.test_controllers_first import cc, press

Load = Callable[..., Any]

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


def test_declared_controls_of_all_kinds_and_helper_classes_work(live: HeadlessLive, load: Load) -> None:
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
