"""Skins: colours by name."""

from __future__ import annotations

from ..engine.skin import Color, Skin, merge_skins


class BasicColors:
    """For buttons that are on or off."""

    ON = Color(127)
    OFF = Color(0)


class _Default:
    class DefaultButton:
        On = BasicColors.ON
        Off = BasicColors.OFF
        Pressed = BasicColors.ON
        Disabled = BasicColors.OFF


default_skin = Skin(_Default)


def create_skin(skin=None, colors=None):
    """A skin of one or two classes of colours, over the default one."""
    return merge_skins(default_skin, *[Skin(each) for each in (skin, colors) if each is not None])
