"""Controls that are there while a setting says so."""

from __future__ import annotations

from remote_script.headless.frameworks.engine.absent import absent
from remote_script.headless.frameworks.engine.compounds import OptionalElement

__getattr__ = absent(__name__, ("ChoosingElement",))

__all__ = ["OptionalElement"]
