"""The browser: roots, items, loading. Items are short-lived views without a `_live_ptr` (measured)."""

from __future__ import annotations

from typing import Any, Optional

from ..node import Node, model


@model
class Browser(Node):
    LOM = "Browser"
    UNTRACKED = frozenset(("filter_type", "hotswap_target"))
    filter_type = 0
    hotswap_target: Optional[Node] = None

    def check_filter_type(self, value: int) -> int:
        if not -1 <= value <= 7:
            raise RuntimeError("Invalid filter type")
        return value

    def get_hotswap_target(self) -> Any:
        target = self.hotswap_target
        return target if target is not None and target.ptr is not None else None

    def check_hotswap_target(self, value: Any) -> Any:
        if value is not None and value is self.get_hotswap_target():
            raise RuntimeError("Couldn't set hotswap target")
        return value

    def call_stop_preview(self) -> None:
        """Nothing sounds here."""
