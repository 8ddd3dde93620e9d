"""Things with an end."""

from __future__ import annotations

from remote_script.headless.frameworks.engine.lifetime import (
    CompoundDisconnectable,
    Disconnectable,
    disconnectable,
)

__all__ = ["CompoundDisconnectable", "Disconnectable", "disconnectable"]
