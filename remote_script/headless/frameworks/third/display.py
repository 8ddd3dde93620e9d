"""Displays of the third generation: views compute content from a state, a protocol sends it to the controller.

    DisplaySpecification(create_root_view=..., protocol=..., notifications=...)

A view is a function of the state: `state.<component>` is a component under its name in lower case, with its
properties. Content is computed at each update of the display, and sent when it has changed (guess: in Live whenever
a property of a component notifies). A component's `notify` shows a text in the NotificationView for two seconds.
"""

from __future__ import annotations

from collections import UserString
from enum import Enum
from typing import Any, NamedTuple

from .. import facts
from ..engine.dependency import Injection
from ..engine.displays import adjust_string
from ..engine.lifetime import CompoundDisconnectable
from ..engine.surface import TIMER_DELAY
from .util import as_ascii

DEFAULT_NOTIFICATION_DURATION = 2.0
NOTIFICATION_EVENT_ID = "notification"


class Event(NamedTuple):
    """An event to which views react."""

    name: str
    origin: Any
    value: Any


INIT_EVENT = Event("init", None, None)
DISCONNECT_EVENT = Event("disconnect", None, None)


class Text(UserString):
    """A text with the facts that a display needs to fit it in."""

    class Justification(Enum):
        NONE, LEFT, RIGHT, CENTER = range(4)

    class ContentWidth:
        """The display has the width of its text."""

    def __init__(self, string="", justification=None, max_width=None):
        super().__init__(str(string))
        self.justification = Text.Justification.LEFT if justification is None else justification
        self.max_width = max_width

    def as_string(self, adjust_string_fn=adjust_string):
        width = self.max_width
        if width is None or width is Text.ContentWidth:
            return self.data
        text = adjust_string_fn(self.data, width).strip()
        kinds = Text.Justification
        fill = {kinds.RIGHT: text.rjust, kinds.CENTER: text.center, kinds.LEFT: text.ljust}
        return text if self.justification is kinds.NONE else fill[self.justification](width)

    def as_ascii(self, adjust_string_fn=adjust_string):
        return as_ascii(self.as_string(adjust_string_fn))


# Notifications


class _NotificationsMeta(type):
    def __getattr__(cls, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return None

    def __getattribute__(cls, name):
        member = type.__getattribute__(cls, name)
        if isinstance(member, _DefaultText):
            bases = (vars(base).get(name) for base in type.__getattribute__(cls, "__mro__"))
            member = next(
                (inherited for inherited in bases if not isinstance(inherited, (_DefaultText, type(None)))),
                None,
            )
            member = getattr(member, "__func__", member)
        return member


class _DefaultText:
    """`DefaultText()` in a subclass selects Live's own text."""


def _notifications(name, table):
    members = {}
    for key, text in table.items():
        if isinstance(text, dict):
            members[key] = _notifications(key, text)
        else:
            # A text with placeholders takes values; a text that Live computes shows its values.
            members[key] = staticmethod((text or "{}").format) if "{" in (text or "{}") else text
    return _NotificationsMeta(name, (), members)


Notifications = _notifications("Notifications", facts.NOTIFICATIONS)
Notifications.DefaultText = _DefaultText


class DefaultNotifications(Notifications):
    """Base of a script's texts; None is not shown. Guess: a text that a script does not define is Live's text."""


class Renderable(CompoundDisconnectable):
    """A component that can be shown, and that notifies."""

    include_in_top_level_state = True

    @property
    def notifications(self):
        provider = Injection.find("notifications")
        return (provider() if provider is not None else None) or Notifications

    def notify(self, notification, *args):
        if notification is None:
            return
        text = notification(*args) if callable(notification) else notification
        provider = Injection.find("display")
        if provider is not None and text is not None:
            provider().react(Event(NOTIFICATION_EVENT_ID, self, text))


# State and views


class State:
    """The state for views: components by name, `elements`, `connected`, and values that views store in it."""

    def __init__(self):
        self.connected = False
        self.notification = None
        self._timers = {}

    def set_delayed(self, attr_name, value, delay_time):
        self._timers[attr_name] = [delay_time, value]

    def advance(self, seconds):
        for name, timer in list(self._timers.items()):
            timer[0] -= seconds
            if timer[0] <= 1e-9:
                del self._timers[name]
                setattr(self, name, timer[1])


class _Followed:
    """A component in a state; missing attributes are None."""

    def __init__(self, component):
        self._component = component

    def __getattr__(self, name):
        return getattr(self._component, name, None)


class View:
    """`View(render)`, also as a decorator; shows nothing while a condition is false."""

    def __init__(
        self, render, render_condition=lambda _: True, content_condition=lambda content: content is not None
    ):
        self._render, self.render_condition, self.content_condition = (
            render,
            render_condition,
            content_condition,
        )

    def render(self, state):
        return self._render(state)

    def __call__(self, state):
        content = self.render(state) if self.render_condition(state) else None
        return content if content is not None and self.content_condition(content) else None

    def react(self, state, event):
        """Called for each event; for subclasses."""


class CompoundView(View):
    """The first of several views that has content."""

    def __init__(self, *views):
        self._views = views
        super().__init__(self.compound_render)

    def compound_render(self, state):
        return next(
            (content for content in (view(state) for view in self._views) if content is not None), None
        )

    def react(self, state, event):
        for view in self._views:
            view.react(state, event)


class DisconnectedView(View):
    """Shown until the controller is identified, and at the end."""

    def __init__(
        self,
        render=lambda state: None,
        render_condition=lambda state: not state.connected,
        content_condition=lambda _: True,
    ):
        super().__init__(render, render_condition, content_condition)


def on_notification():
    return lambda state, event: event.value if event.name == NOTIFICATION_EVENT_ID else None


class NotificationView(View):
    """Shows `render_fn(state, text)` during a notification."""

    def __init__(
        self,
        render_fn,
        render_condition=lambda *_: True,
        content_condition=lambda content: content is not None,
        notification_signal=on_notification(),  # noqa: B008
        name="notification",
        duration=None,
        exclusive=True,
        suppressing_signals=(),
        supports_new_line=False,
    ):
        super().__init__(
            lambda state: render_fn(state, getattr(state, name)),
            lambda state: (
                getattr(state, name, None) is not None and render_condition(state, getattr(state, name))
            ),
            content_condition,
        )
        self._signal, self._name, self._new_lines = notification_signal, name, supports_new_line
        self._duration = DEFAULT_NOTIFICATION_DURATION if duration is None else duration

    def react(self, state, event):
        message = self._signal(state, event)
        if message is not None:
            plain = isinstance(message, str) and not self._new_lines
            setattr(state, self._name, message.replace("\n", " ") if plain else message)
            state.set_delayed(self._name, None, self._duration)


class DisplaySpecification:
    """The type of a surface's `display_specification`."""

    def __init__(self, create_root_view=None, protocol=None, notifications=None):
        self.create_root_view, self.protocol, self.notifications = create_root_view, protocol, notifications


class Display(CompoundDisconnectable):
    """A running specification: `render_and_update_display` sends new content."""

    def __init__(self, specification, renderable_components=(), elements=None, display_state=None):
        super().__init__()
        self._state = display_state or State()
        self._state.elements = elements
        self.follow(renderable_components)
        self._view = specification.create_root_view()
        self._send = specification.protocol(elements)
        self.rendered_content = None
        self._known = False

    def follow(self, components):
        for component in components:
            setattr(self._state, component.name.lower().replace(" ", "_"), _Followed(component))

    @property
    def state(self):
        return self._state

    def react(self, event):
        self._view.react(self._state, event)
        self.render_and_update_display()

    def tick(self):
        self._state.advance(TIMER_DELAY)
        self.render_and_update_display()

    def render(self):
        return self._view(self._state)

    def render_and_update_display(self):
        content = self.render()
        if not self._known or content != self.rendered_content:
            self._known, self.rendered_content = True, content
            self.display(content)

    def display(self, content):
        self._send(content)

    def clear_content_cache(self):
        self._known = False
