"""One careful question to whatever listens on the bridge's port: is it the script, is it ours, how is it?

Blocking, standard library only and apart from the mirror's own link, so that `doctor` still says something
when that does not work. Sends no secret: a stranger on the port learns nothing.
"""

from __future__ import annotations

import json
import socket
from dataclasses import dataclass, field
from typing import Any

from remote_script.SetMirror import auth

ANSWER_S = 3.0
"""Live's main thread can be busy for a second or two in a menu or while loading."""
_LINE_LIMIT = 1 << 20
PROTOCOLS = [1]


@dataclass(frozen=True)
class Probe:
    """What was found. `outcome`: "nothing" listens, "silent", a "stranger", "refused" us, or "script"."""

    outcome: str
    detail: str = ""
    welcome: dict[str, Any] = field(default_factory=dict)
    """The bridge's answer to a proved client: epoch, ready, live, script, set."""
    status: dict[str, Any] = field(default_factory=dict)


class _Refused(Exception):
    pass


def probe(port: int, token: str, *, host: str = "127.0.0.1", answer_s: float = ANSWER_S) -> Probe:
    """Ask the bridge at `port`; returns within a few times `answer_s` whatever is there."""
    try:
        connection = socket.create_connection((host, port), timeout=answer_s)
    except OSError as problem:
        return Probe("nothing", str(problem.strerror or problem))
    with connection, connection.makefile("rb") as lines:

        def ask(number: int, method: str, params: dict[str, Any]) -> dict[str, Any]:
            request = {"jsonrpc": "2.0", "id": number, "method": method, "params": params}
            connection.sendall(json.dumps(request).encode() + b"\n")
            for _ in range(100):
                line = lines.readline(_LINE_LIMIT)
                if not line:
                    raise ConnectionError("it closed the connection")
                answer = json.loads(line)
                if not isinstance(answer, dict) or answer.get("id") not in (number, None):
                    continue
                if "error" in answer:
                    raise _Refused(str(answer["error"].get("message", answer["error"])))
                if answer.get("id") == number and isinstance(answer.get("result"), dict):
                    result: dict[str, Any] = answer["result"]
                    return result
            raise ValueError("no answer among 100 lines")

        nonce = auth.new_nonce()
        try:
            client = {"name": "setmirror doctor", "version": "0"}
            hello = ask(1, "bridge.hello", {"protocols": PROTOCOLS, "client": client, "nonce": nonce})
            theirs = str(hello.get("nonce", ""))
            if not auth.same(auth.script_proof(token, nonce, theirs), hello.get("proof")):
                return Probe("stranger", "it does not know the token in this user's folder")
            welcome = ask(2, "bridge.authenticate", {"proof": auth.client_proof(token, nonce, theirs)})
            return Probe("script", welcome=welcome, status=ask(3, "bridge.status", {}))
        except _Refused as problem:
            return Probe("refused", str(problem))
        except TimeoutError:
            return Probe("silent", f"no answer within {answer_s:g} s")
        except (OSError, ValueError, AttributeError) as problem:
            return Probe("stranger", str(problem))
