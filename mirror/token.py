"""The token in `~/.setmirror/token`, shared by everything of this user that uses the bridge, and identities from it.

Whoever comes first creates it, so the server may start before Live does; see the script's own `auth`.
"""

from __future__ import annotations

import os
from pathlib import Path

from remote_script.SetMirror import auth
from remote_script.SetMirror.auth import AGENT, PERSON, TokenUnusable, bearer, read_bearer

__all__ = [
    "AGENT",
    "PERSON",
    "TokenUnusable",
    "bearer",
    "home",
    "load_token",
    "process_identity",
    "read_bearer",
]


def home() -> Path:
    """The folder of SetMirror's files: `SETMIRROR_HOME`, else `~/.setmirror`."""
    return Path(auth.home())


def load_token(folder: Path | str | None = None) -> str:
    """The token (64 hex digits), created now with mode 0600 if there is none; TokenUnusable with the reason."""
    return auth.load_token(None if folder is None else str(folder))


def process_identity() -> str:
    """Who a client is that has no named token: its process."""
    return f"process-{os.getpid()}"
