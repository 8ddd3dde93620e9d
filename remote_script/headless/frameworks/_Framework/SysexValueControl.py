"""Controls of system-exclusive messages."""

from __future__ import annotations

from remote_script.headless.frameworks.engine.elements import SysexElement as SysexValueControl

__all__ = ["SysexValueControl"]
