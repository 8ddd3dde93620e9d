"""Who may talk to the bridge: a token in a private file, proved by HMAC in both directions, never sent.

The file is made by whichever side comes first (`O_EXCL`), readable by its owner only. A process that squats
on the port learns nothing that it could use, and a client that cannot prove the token gets one error and a
closed line.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import stat
from typing import Optional

_TOKEN = re.compile(r"[0-9a-f]{64}\Z")
NONCE = re.compile(r"[0-9a-fA-F]{64}\Z")


class TokenUnusable(Exception):
    """The token file cannot be made or read, or is not a token."""


def home() -> str:
    """The folder of SetMirror's files: `SETMIRROR_HOME`, else `~/.setmirror`."""
    return os.environ.get("SETMIRROR_HOME") or os.path.join(os.path.expanduser("~"), ".setmirror")


def load_token(folder: Optional[str] = None) -> str:
    """The token, made now if there is none; TokenUnusable with the reason."""
    folder = folder or home()
    path = os.path.join(folder, "token")
    for _ in range(2):
        try:
            with open(path, "r") as file:
                text = file.read(200).strip()
        except FileNotFoundError:
            _create(folder, path)
            continue
        except OSError as problem:
            raise TokenUnusable("{} cannot be read: {}".format(path, problem))
        if not _TOKEN.match(text):
            raise TokenUnusable("{} must hold 64 hex digits; delete it and start again".format(path))
        if os.name == "posix" and stat.S_IMODE(os.stat(path).st_mode) & 0o077:
            os.chmod(path, 0o600)
        return text
    raise TokenUnusable("{} could not be made".format(path))


def _create(folder: str, path: str) -> None:
    # A half-written token must never be seen: write aside, then link, which fails if somebody was first.
    aside = "{}.{}".format(path, os.urandom(6).hex())
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            os.write(handle, os.urandom(32).hex().encode("ascii"))
        finally:
            os.close(handle)
        try:
            if hasattr(os, "link"):
                os.link(aside, path)
            else:
                os.rename(aside, path)
        except FileExistsError:
            pass
        except OSError:
            # A file system without hard links: rename would replace, so make it in place.
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with open(aside, "rb") as written:
                os.write(handle, written.read())
            os.close(handle)
    except FileExistsError:
        pass
    except OSError as problem:
        raise TokenUnusable("{} cannot be made: {}".format(path, problem))
    finally:
        try:
            os.unlink(aside)
        except OSError:
            pass


def new_nonce() -> str:
    """64 hex digits, never used before."""
    return os.urandom(32).hex()


def _proof(token: str, text: str) -> str:
    return hmac.new(token.encode("ascii"), text.encode("ascii"), hashlib.sha256).hexdigest()


def script_proof(token: str, client_nonce: str, script_nonce: str) -> str:
    """What the script shows to prove the token."""
    return _proof(token, "setmirror/script:{}:{}".format(client_nonce, script_nonce))


def client_proof(token: str, client_nonce: str, script_nonce: str) -> str:
    """What the client has to show."""
    return _proof(token, "setmirror/client:{}:{}".format(script_nonce, client_nonce))


def same(expected: str, shown: object) -> bool:
    """Whether `shown` is the proof; takes the same time wherever they differ."""
    return isinstance(shown, str) and hmac.compare_digest(
        expected.encode("ascii"), shown.encode("utf-8", "replace")
    )
