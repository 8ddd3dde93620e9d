"""Elements made of elements."""

from __future__ import annotations

from remote_script.headless.frameworks.engine.compounds import (
    ComboElement,
    CompoundElement,
    MultiElement,
    ToggleElement,
    WrapperElement,
)

__all__ = ["ComboElement", "CompoundElement", "MultiElement", "ToggleElement", "WrapperElement"]
