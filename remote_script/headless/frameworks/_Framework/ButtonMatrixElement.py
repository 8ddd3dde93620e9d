"""Rows of buttons."""

from __future__ import annotations

from remote_script.headless.frameworks.engine.elements import ButtonMatrixElement

__all__ = ["ButtonMatrixElement"]
