"""The token in `~/.setmirror/token`, shared by all of this user's programs on the bridge, and identities from it.

The first program creates the token, so the server may start before Live; see the script's own `auth`.
"""

from __future__ import annotations

import os
from pathlib import Path

from remote_script.SetMirror import settings
from remote_script.SetMirror.contract import auth
from remote_script.SetMirror.contract.auth import AGENT, PERSON, TokenUnusable, read_bearer

__all__ = [
    "AGENT",
    "PERSON",
    "PROCESS",
    "TokenUnusable",
    "bearer",
    "home",
    "load_token",
    "local_port",
    "process_identity",
    "read_bearer",
]


PROCESS = "process-"
"""Prefix of the identity of a client without a named token; no token may have a name with this prefix."""


def home() -> Path:
    """The folder of SetMirror's files: `SETMIRROR_HOME`, else `~/.setmirror`."""
    return Path(auth.home())


def load_token(folder: Path | str | None = None) -> str:
    """The token (64 hex digits); creates it with mode 0600 if there is none. TokenUnusable with the reason."""
    return auth.load_token(None if folder is None else str(folder))


def local_port() -> int:
    """The port of the script in this user's Live: `SETMIRROR_PORT`, else `port` in `script.json`, else 9860."""
    return settings.load(lambda text: None).port


def bearer(token: str, identity: str) -> str:
    """The named token of an agent, as `client-config` prints it; ValueError for an invalid name."""
    if identity.startswith(PROCESS):
        raise ValueError(f"A client's name cannot begin with {PROCESS!r}, got {identity!r}")
    return auth.bearer(token, identity)


def process_identity() -> str:
    """The identity of a client without a named token: its process."""
    return f"{PROCESS}{os.getpid()}"
