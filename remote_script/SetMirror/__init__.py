"""SetMirror, the Remote Script: mirrors Live's Set to clients on this machine.

Live imports this package from its Remote Scripts folder and calls `create_instance`. Start reading at `script`.
"""

from __future__ import annotations

from typing import Any, Dict

__all__ = ["create_instance", "get_capabilities"]


def create_instance(c_instance: Any) -> Any:
    """Called by Live whenever a Set is opened or the script is chosen; returns the control surface."""
    try:
        # Imported here, because programs outside of Live import this package for its table.
        from .script import SetMirror

        return SetMirror(c_instance)
    except Exception as problem:
        # Live itself would not show the error; its log does.
        c_instance.log_message("SetMirror is off: {!r}".format(problem))
        return Inert()


class Inert:
    """The control surface that Live gets when SetMirror could not start; does nothing."""

    def disconnect(self) -> None:
        """Nothing to release."""


def get_capabilities() -> Dict[str, Any]:
    """This script has no hardware."""
    return {}
