"""Elements for objects that Live gives to a script (the playhead, velocities), and colours that follow parameters."""

from __future__ import annotations

from typing import Any, List

from .elements import ControlElement, SysexElement
from .events import EventObject
from .live import liveobj_valid
from .skin import Color
from .tools import nop


class ButtonElementMixin:
    """Lights of an element with `send_value`."""

    def set_light(self, value: Any) -> None:
        (self.turn_on if value else self.turn_off)()

    def turn_on(self) -> None:
        self.send_value(127)

    def turn_off(self) -> None:
        self.send_value(0)


class DummyUndoStepHandler:
    """An undo step handler without effect."""

    def begin_undo_step(self) -> None:
        """Do nothing."""

    def end_undo_step(self) -> None:
        """Do nothing."""


class ProxyElement(ControlElement):
    """Forwards calls to an object while a component has the element, else to a null object."""

    def __init__(
        self, proxied_object: Any = None, proxied_interface: Any = None, *args: Any, **kwargs: Any
    ) -> None:
        self.__dict__["_behind"] = (proxied_object, proxied_interface)
        super().__init__(*args, **kwargs)

    @property
    def proxied_object(self) -> Any:
        return self._behind[0]

    def __getattr__(self, name: str) -> Any:
        behind = self.__dict__.get("_behind")
        if behind is None or name.startswith("_"):
            raise AttributeError("%r has no attribute %r" % (type(self).__name__, name))
        target = behind[0] if behind[0] is not None else behind[1]
        return getattr(target, name)

    def __setattr__(self, name: str, value: Any) -> None:
        target = self.__dict__.get("_behind", (None,))[0]
        if (
            not name.startswith("_")
            and target is not None
            and hasattr(type(target), name) | (name in getattr(target, "__dict__", ()))
        ):
            setattr(target, name, value)
        else:
            super().__setattr__(name, value)

    def reset(self) -> None:
        """Do nothing: the object belongs to Live."""


class NullPlayhead:
    """A playhead without effect."""

    notes: List[int] = []
    start_time, step_length, velocity = 0.0, 1.0, 0.0
    track: Any = None
    clip: Any = None
    wrap_around = False
    set_feedback_channels = nop


class PlayheadElement(ProxyElement):
    """`PlayheadElement(c_instance.playhead)`; the playhead is off while no component has the element."""

    def __init__(self, playhead: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(playhead, NullPlayhead(), *args, **kwargs)

    def reset(self) -> None:
        self.track = None


class NullFullVelocity:
    """A switch without effect."""

    enabled = False


class FullVelocityElement(ProxyElement):
    """`FullVelocityElement(c_instance.full_velocity)`."""

    def __init__(self, full_velocity: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(full_velocity, NullFullVelocity(), *args, **kwargs)


class NullVelocityLevels(EventObject):
    """Velocity levels without effect."""

    enabled = False
    target_note = target_channel = source_channel = -1
    notes: List[int] = []

    @property
    def levels(self) -> List[int]:
        return []


class VelocityLevelsElement(ProxyElement):
    """`VelocityLevelsElement(c_instance.velocity_levels)`."""

    def __init__(self, velocity_levels: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(velocity_levels, NullVelocityLevels(), *args, **kwargs)

    def reset(self) -> None:
        self.notes: List[int] = []


class ColorSysexElement(SysexElement):
    """A light whose colours are sent as sysex."""

    def __init__(self, skin: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._skin = skin

    @property
    def skin(self) -> Any:
        return self._skin

    def set_light(self, value: Any) -> None:
        color = self._skin[value] if isinstance(value, str) else value
        if hasattr(color, "draw"):
            color.draw(self)
        else:
            self.send_value(color)


class AnimatedColor(Color):
    """Two colours, the second one animated; drawn on channels 0 and 7, one after the other."""

    channel1, channel2 = 0, 7

    def __init__(self, color1: Any = None, color2: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.color1, self.color2 = color1, color2

    @property
    def midi_value(self) -> int:  # type: ignore[override]
        return self.convert_to_midi_value()

    def convert_to_midi_value(self) -> int:
        """The number of the pair, for controllers that show a pair as one number; for subclasses."""
        raise NotImplementedError("convert_to_midi_value: animations as one number are not supported")

    def draw(self, interface: Any) -> None:
        interface.send_value(to_midi_value(self.color1), channel=self.channel1)
        interface.send_value(to_midi_value(self.color2), channel=self.channel2)


class SysexRGBColor(Color):
    """Red, green and blue, sent with a sysex element."""

    def __init__(self, midi_value: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(midi_value, *args, **kwargs)

    def draw(self, interface: Any) -> None:
        rgb: Any = self.midi_value
        interface.send_value(*rgb)


def to_midi_value(int_or_color: Any) -> int:
    """The number of a colour, or the number itself."""
    return int(int_or_color if isinstance(int_or_color, int) else int_or_color.midi_value)


class DynamicColorBase(Color, EventObject):
    """A colour that follows another value; event `midi_value`."""

    __events__ = ("midi_value",)

    def __init__(self, transformation: Any = None, *args: Any, **kwargs: Any) -> None:
        EventObject.__init__(self)
        Color.__init__(self, 0)
        self._transformation = transformation or (lambda color: color)

    def _update_midi_value(self, color_object: Any) -> None:
        color = getattr(color_object, "color", None) if liveobj_valid(color_object) else None
        value = 0 if color is None else to_midi_value(self._transformation(color))
        if value != self.midi_value:
            self.midi_value = value
            self.notify_midi_value(value)


class SelectedTrackColor(DynamicColorBase):
    """The colour of the selected track."""

    def __init__(self, song_view: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._view = song_view
        self.register_slot(song_view, self._followed_changed, "selected_track")
        self._color_slot = self.register_slot(None, self._color_changed, "color")
        self._followed_changed()

    def _followed(self) -> Any:
        return self._view.selected_track

    def _followed_changed(self) -> None:
        self._color_slot.subject = self._followed()
        self._color_changed()

    def _color_changed(self) -> None:
        self._update_midi_value(self._followed())


class SelectedClipColor(SelectedTrackColor):
    """The colour of the clip in the detail view."""

    def __init__(self, song_view: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(song_view, *args, **kwargs)
        self.register_slot(song_view, self._followed_changed, "detail_clip")

    def _followed(self) -> Any:
        return self._view.detail_clip


class DynamicColorFactory:
    """In a skin: creates a dynamic colour for a song."""

    kind: Any = DynamicColorBase

    def __init__(self, transformation: Any = None, *args: Any, **kwargs: Any) -> None:
        self._transform = transformation

    def instantiate(self, song: Any) -> Any:
        """Create a colour for this song."""
        return self.kind(song_view=song.view, transformation=self._transform)


class SelectedTrackColorFactory(DynamicColorFactory):
    kind = SelectedTrackColor


class SelectedClipColorFactory(DynamicColorFactory):
    kind = SelectedClipColor


class ParameterSlot(EventObject):
    """Connects a control to a parameter while both exist."""

    def __init__(self, parameter: Any = None, control: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._parameter, self._control = parameter, control
        self.connect()

    @property
    def parameter(self) -> Any:
        return self._parameter

    @parameter.setter
    def parameter(self, parameter: Any) -> None:
        self._change(parameter, self._control)

    @property
    def control(self) -> Any:
        return self._control

    @control.setter
    def control(self, control: Any) -> None:
        self._change(self._parameter, control)

    def _change(self, parameter: Any, control: Any) -> None:
        if (parameter, control) != (self._parameter, self._control):
            self.soft_disconnect()
            self._parameter, self._control = parameter, control
            self.connect()

    def connect(self) -> None:
        if self._control is not None and liveobj_valid(self._parameter):
            self._control.connect_to(self._parameter)

    def soft_disconnect(self) -> None:
        if self._control is not None and liveobj_valid(self._parameter):
            self._control.release_parameter()

    def disconnect(self) -> None:
        self._change(None, None)
        super().disconnect()


class ScriptForwarding(int):
    """How a control's messages reach the script: never, together with a mapping, or exclusively."""

    none: int = 0
    non_consuming: int = 1
    exclusive: int = 2
