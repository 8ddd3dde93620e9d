"""Access to the page: a link that works once, then a cookie. Pure functions without I/O.

The link has a secret; the first browser that opens it gets a session's cookie, HttpOnly and SameSite=Lax (with Strict a
link that is clicked on another site would be refused), and a new link replaces it. A browser sends a cookie to every
port of 127.0.0.1: ours is bound to a secret path, so that other servers do not get it. Actions need the session's proof
too, which only our own page can read.

Requests must have our host and port, and our origin if they have an origin.
"""

from __future__ import annotations

import hmac
import secrets
from typing import NamedTuple

Headers = list[tuple[bytes, bytes]]

COOKIE = "setmirror"
SESSIONS = 16
"""The most admitted browsers; beyond that, the oldest session ends."""
HOSTS = ("127.0.0.1", "localhost")


class Refused(Exception):
    """The request is not served: its status and the reason."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


class Session(NamedTuple):
    """An admitted browser: the value of its cookie, and the proof that its page sends with every action."""

    cookie: str
    proof: str


class Gate:
    """Links, sessions and checks of one page on `port`."""

    def __init__(self, port: int) -> None:
        self.root = f"/{secrets.token_urlsafe(12)}/"
        """The path of the page."""
        self._hosts = {f"{host}:{port}" for host in HOSTS}
        self._link = secrets.token_urlsafe(24)
        self._sessions: dict[str, Session] = {}

    @property
    def link(self) -> str:
        """The path that lets the next browser in, once."""
        return f"/open/{self._link}"

    def check(self, headers: Headers, *, origin_needed: bool = False) -> None:
        """Refuse other hosts and origins; with `origin_needed` also a request without an origin.

        Raises:
          Refused: 421 for a wrong host, 403 for a wrong origin.
        """
        hosts = _all(headers, b"host")
        if len(hosts) != 1 or hosts[0].lower() not in self._hosts:
            raise Refused(421, "this page is served at 127.0.0.1 only")
        origins = _all(headers, b"origin")
        if not origins and not origin_needed:
            return
        if origins != [f"http://{hosts[0].lower()}"]:
            raise Refused(403, "the request comes from another page")

    def open(self, path: str) -> Session:
        """Admit a browser by the link; the next browser needs a new link.

        Raises:
          Refused: the link was used already, or is wrong.
        """
        if not hmac.compare_digest(path.encode(), self.link.encode()):
            raise Refused(401, "this link was used already, or is wrong; the terminal shows a new one")
        self._link = secrets.token_urlsafe(24)
        session = Session(secrets.token_urlsafe(24), secrets.token_urlsafe(24))
        self._sessions[session.cookie] = session
        while len(self._sessions) > SESSIONS:
            del self._sessions[next(iter(self._sessions))]
        return session

    def cookie(self, session: Session) -> str:
        """The header that gives a browser its session."""
        return f"{COOKIE}={session.cookie}; Path={self.root}; HttpOnly; SameSite=Lax"

    def session(self, headers: Headers) -> Session:
        """The session of a request.

        Raises:
          Refused: the request has no session cookie.
        """
        for cookie in _cookies(headers):
            for known, session in self._sessions.items():
                if hmac.compare_digest(known.encode(), cookie.encode()):
                    return session
        raise Refused(401, "open the link that `setmirror view` prints")


def proves(session: Session, shown: object) -> bool:
    """True for the session's proof."""
    return isinstance(shown, str) and hmac.compare_digest(shown.encode(), session.proof.encode())


def _all(headers: Headers, name: bytes) -> list[str]:
    return [value.decode("latin-1") for key, value in headers if key == name]


def _cookies(headers: Headers) -> list[str]:
    """The values of cookies with our name; other servers' cookies may be anything."""
    parts = [part.strip() for text in _all(headers, b"cookie") for part in text.split(";")]
    return [part.partition("=")[2] for part in parts if part.startswith(f"{COOKIE}=")]
