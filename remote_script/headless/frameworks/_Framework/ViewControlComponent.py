"""Buttons that select tracks and scenes."""

from __future__ import annotations

from remote_script.headless.frameworks.engine.recording import ViewControlCore

from .CompoundComponent import CompoundComponent


class ViewControlComponent(ViewControlCore, CompoundComponent):
    """The next or previous track or scene."""
