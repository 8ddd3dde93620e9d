"""Colours by name."""

from __future__ import annotations

from remote_script.headless.frameworks.engine.skin import Skin, SkinColorMissingError, merge_skins

__all__ = ["Skin", "SkinColorMissingError", "merge_skins"]
