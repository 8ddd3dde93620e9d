"""Components that displays can show."""

from __future__ import annotations

from ..second import component
from .display import Renderable


class Component(Renderable, component.Component):
    """`notify(self.notifications.Track.select, name)` shows Live's text, or the script's own."""

    any_clipboard_has_content = False

    def __init__(self, name="", *args, is_private=True, **kwargs):
        super().__init__(*args, name=name, **kwargs)
        self.is_private = is_private

    @property
    def is_root(self):
        return not isinstance(self.parent, component.Component)


def shown(cls):
    return type(cls.__name__, (Renderable, cls), {"__doc__": cls.__doc__, "__module__": cls.__module__})
