"""SetMirror, the Remote Script: mirrors Live's Set to clients on this machine.

Live imports this package from its Remote Scripts folder and calls `create_instance`. Begin reading at
`script`.
"""

from __future__ import annotations

from typing import Any, Dict

__all__ = ["create_instance", "get_capabilities"]


def create_instance(c_instance: Any) -> Any:
    """What Live asks for, whenever a Set is opened or the script is chosen."""
    try:
        # Imported here: the table is also read by programs that are not Live.
        from .script import SetMirror

        return SetMirror(c_instance)
    except Exception as problem:
        # Live would show nothing of it; the log does.
        c_instance.log_message("SetMirror is off: {!r}".format(problem))
        return Inert()


class Inert:
    """Stands in Live's list when SetMirror could not begin; does nothing."""

    def disconnect(self) -> None:
        """Nothing was begun."""


def get_capabilities() -> Dict[str, Any]:
    """No hardware belongs to this script."""
    return {}
