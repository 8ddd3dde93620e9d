"""Who may use the bridge: a token in a private file, keys derived from it, proofs by HMAC in both directions.

The token itself never crosses the wire. Each client has its own key, derived from the token, the client's role and
its identity, so the key of one client proves nothing about another client. The side that starts first creates the
file (`O_EXCL`). Reading the file never waits: a FIFO, a link or another user's file is refused.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
from typing import Mapping, Optional, Tuple

from .files import Unreadable, read_private

AGENT = "agent"
PERSON = "person"
ROLES = (AGENT, PERSON)
"""A person uses the command line or the page; everything that speaks MCP is an agent."""
IDENTITY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}\Z")
"""The name that a client proves with its key; the name and version in its hello are only for display."""
NONCE = re.compile(r"[0-9a-fA-F]{64}\Z")
_TOKEN = re.compile(rb"[0-9a-f]{64}\Z")


class TokenUnusable(Exception):
    """The token file cannot be created or read, or contains no token; the text is one line that names the file."""


def home() -> str:
    """The folder of SetMirror's files: `SETMIRROR_HOME` if set, else `.setmirror` in the user's folder."""
    return os.environ.get("SETMIRROR_HOME") or os.path.join(
        user_folder(os.environ, os.name == "nt"), ".setmirror"
    )


def user_folder(environ: Mapping[str, str], windows: bool) -> str:
    """The user's folder, the same in every Python: inside Live (3.7 or 3.11) and outside.

    Python 3.7 expands `~` on Windows by HOME before USERPROFILE; later versions never read HOME. With HOME set, as
    in Git Bash and Cygwin, the two sides would then look for the token in different folders.
    """
    if windows:
        drive, path = environ.get("HOMEDRIVE", ""), environ.get("HOMEPATH", "")
        profile = environ.get("USERPROFILE") or (drive + path if path else "")
        if profile:
            return profile
    return os.path.expanduser("~")


def load_token(folder: Optional[str] = None) -> str:
    """The token (64 hex digits); creates it if there is none, and never waits.

    Raises:
      TokenUnusable: with the file and the reason.
    """
    folder = folder or home()
    path = os.path.join(folder, "token")
    for _ in range(2):
        try:
            content = read_private(path, 200)
        except FileNotFoundError:
            _create(folder, path)
            continue
        except (Unreadable, OSError) as problem:
            raise TokenUnusable("{} cannot be used: {}".format(path, _reason(problem)))
        if not _TOKEN.match(content.strip()):
            raise TokenUnusable("{} must hold 64 hex digits; delete it and start again".format(path))
        return content.strip().decode("ascii")
    raise TokenUnusable("{} could not be created".format(path))


def _reason(problem: Exception) -> str:
    return getattr(problem, "strerror", None) or str(problem)


def _create(folder: str, path: str) -> None:
    # No other process may see a half-written token: write a temporary file, then link, which fails if the token
    # exists.
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
            # This file system has no hard links, and a rename would replace an existing token: write the token in
            # place.
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with open(aside, "rb") as written:
                os.write(handle, written.read())
            os.close(handle)
    except FileExistsError:
        pass
    except OSError as problem:
        raise TokenUnusable("{} cannot be created: {}".format(path, _reason(problem)))
    finally:
        try:
            os.unlink(aside)
        except OSError:
            pass


# -- keys and proofs -------------------------------------------------------------------------------------------------


def new_nonce() -> str:
    """A new random nonce of 64 hex digits."""
    return os.urandom(32).hex()


def _hmac(key: str, text: str) -> str:
    return hmac.new(key.encode("ascii"), text.encode("ascii"), hashlib.sha256).hexdigest()


def client_key(token: str, role: str, identity: str) -> str:
    """The key (64 hex digits) of one client, derived from the token; ValueError for an invalid role or name."""
    if role not in ROLES:
        raise ValueError("Expected one of {}, not {!r}".format(ROLES, role))
    if not IDENTITY.match(identity):
        rule = "A client's name has 1 to 64 letters, digits, - and _, got {!r}"
        raise ValueError(rule.format(identity[:80]))
    return _hmac(token, "setmirror/key/{}:{}".format(role, identity))


def bearer(token: str, identity: str, role: str = AGENT) -> str:
    """A client's bearer token for HTTP: `name.key`."""
    return "{}.{}".format(identity, client_key(token, role, identity))


def read_bearer(token: str, shown: str) -> Optional[Tuple[str, str]]:
    """Role and identity that a bearer token proves; None if the token is not valid."""
    identity, _, key = shown.rpartition(".")
    if not IDENTITY.match(identity):
        return None
    for role in ROLES:
        if same(client_key(token, role, identity), key):
            return role, identity
    return None


def script_proof(key: str, client_nonce: str, script_nonce: str) -> str:
    """The script's proof that it knows the client's key."""
    return _hmac(key, "setmirror/2/script:{}:{}".format(client_nonce, script_nonce))


def client_proof(key: str, client_nonce: str, script_nonce: str) -> str:
    """The client's proof that it knows its key."""
    return _hmac(key, "setmirror/2/client:{}:{}".format(script_nonce, client_nonce))


def session_keys(key: str, client_nonce: str, script_nonce: str) -> Tuple[bytes, bytes]:
    """The keys of one connection's lines: (from the client, from the script); see `seal`."""
    nonces = "{}:{}".format(client_nonce, script_nonce)
    return (
        bytes.fromhex(_hmac(key, "setmirror/2/lines from client:" + nonces)),
        bytes.fromhex(_hmac(key, "setmirror/2/lines from script:" + nonces)),
    )


def same(expected: str, shown: object) -> bool:
    """True when `shown` equals the expected proof; the comparison always takes the same time."""
    return isinstance(shown, str) and hmac.compare_digest(
        expected.encode("ascii"), shown.encode("utf-8", "replace")
    )
