"""Skins: colours by name, or by name and Live's object."""

from __future__ import annotations

from typing import Any, NamedTuple

from ..engine import skin
from ..engine.skin import Color


class BasicColors:
    """Colours for buttons that are on or off."""

    ON = Color(127)
    OFF = Color(0)


class _Default:
    class DefaultButton:
        On = BasicColors.ON
        Off = BasicColors.OFF
        Pressed = BasicColors.ON
        Disabled = BasicColors.OFF


class LiveObjSkinEntry(NamedTuple):
    """Looks up a colour that is a function of Live's object."""

    name: str
    liveobj: Any


class OptionalSkinEntry(NamedTuple):
    """Looks up a colour, or its substitute if the skin does not have the colour."""

    name: str
    fallback_name: Any = None


ON_SUFFIXES = ("enabled", "on", "pressed", "selected")


class Skin(skin.Skin):
    """A skin; a missing colour is the default button's: "on" for a name with the ending of an "on" colour. Guess."""

    def __getitem__(self, key):
        if isinstance(key, LiveObjSkinEntry):
            color = self[key.name]
            return color if hasattr(color, "draw") or not callable(color) else color(key.liveobj)
        if isinstance(key, OptionalSkinEntry):
            key = key.name if key.name in self or not key.fallback_name else key.fallback_name
        if key not in self._colors and "DefaultButton.On" in self._colors:
            key = "DefaultButton." + ("On" if str(key).lower().endswith(ON_SUFFIXES) else "Off")
        return super().__getitem__(key)


def merge_skins(*skins):
    merged = Skin()
    merged._colors = skin.merge_skins(*skins)._colors
    return merged


default_skin = Skin(_Default)


def create_skin(skin=None, colors=None):
    """A skin of one or two classes of colours, over the default skin."""
    return merge_skins(default_skin, *[Skin(source) for source in (skin, colors) if source is not None])
