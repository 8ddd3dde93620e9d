"""Skins: colours by name."""

from __future__ import annotations

from remote_script.headless.frameworks.engine.absent import absent
from remote_script.headless.frameworks.engine.skin import Skin, SkinColorMissingError, merge_skins

from .colors import BasicColors


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


__getattr__ = absent(__name__, ("LiveObjSkinEntry", "OptionalSkinEntry"))

__all__ = ["Skin", "SkinColorMissingError", "create_skin", "default_skin", "merge_skins"]
