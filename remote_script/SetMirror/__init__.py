"""SetMirror, the guest inside Ableton Live: a Remote Script that mirrors the Set to clients on this
machine.

Live imports this package from its Remote Scripts folder and calls `create_instance`. Begin reading at
`script`.
"""

from __future__ import annotations

from typing import Any, Dict

__all__ = ["create_instance", "get_capabilities"]


def create_instance(c_instance: Any) -> Any:
    """What Live asks for, whenever a Set is opened or the script is chosen."""
    # Imported here: the table is also read by programs that are not Live.
    from .script import SetMirror

    return SetMirror(c_instance)


def get_capabilities() -> Dict[str, Any]:
    """No hardware belongs to this script."""
    return {}
