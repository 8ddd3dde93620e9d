"""The token in `~/.setmirror/token`, shared by everything of this user that speaks to the bridge.

Whoever comes first makes it, so the server may start before Live does; see the script's own `auth`.
"""

from __future__ import annotations

from pathlib import Path

from remote_script.SetMirror import auth
from remote_script.SetMirror.auth import TokenUnusable

__all__ = ["TokenUnusable", "home", "load_token"]


def home() -> Path:
    """The folder of SetMirror's files: `SETMIRROR_HOME`, else `~/.setmirror`."""
    return Path(auth.home())


def load_token(folder: Path | str | None = None) -> str:
    """The token (64 hex digits), made now with mode 0600 if there is none; TokenUnusable with the reason."""
    return auth.load_token(None if folder is None else str(folder))
