"""Every error of the bridge: its name, its code on the wire, and a hint about the next step.

`TABLE` is the only list: the script raises `BridgeError`, and the server side builds its exception tree from the
same table. The text of an error is the rule, then the value; the hint says what to do next.
"""

from __future__ import annotations

from typing import Any, Dict, Tuple

PARSE = -32700
INVALID_REQUEST = -32600
METHOD_NOT_FOUND = -32601
INVALID_PARAMS = -32602
INTERNAL = -32603

TABLE: Dict[str, Tuple[int, str]] = {
    "PARSE_ERROR": (PARSE, "send one JSON object per line, in UTF-8, without NaN or Infinity"),
    "INVALID_REQUEST": (INVALID_REQUEST, 'send {"jsonrpc": "2.0", "id": …, "method": …, "params": {…}}'),
    "METHOD_NOT_FOUND": (METHOD_NOT_FOUND, "update the older side, or use a method of this protocol version"),
    "INVALID_PARAMS": (INVALID_PARAMS, "correct the parameters and send again"),
    "INTERNAL": (INTERNAL, "see Live's Log.txt for details"),
    "NOT_READY": (-32001, "the Set is still being read; ask again after `retry_after_s`"),
    "STALE_REFERENCE": (-32002, "the object was deleted or moved; look it up again"),
    "INVALID_VALUE": (-32003, "send a value that the rule allows"),
    "NOT_WRITABLE": (-32004, "this cannot be set here; read the property's description"),
    "NOT_AVAILABLE": (-32005, "this object or this version of Live does not have it"),
    "PRECONDITION_FAILED": (-32006, "the Set changed; read it again, then decide"),
    "LIVE_REFUSED": (-32007, "Live refused for the reason given; change the Set or the request"),
    "REVISION_TOO_OLD": (-32008, "fetch a snapshot"),
    "EPOCH_CHANGED": (-32009, "another Set or script run; fetch a snapshot"),
    "BUSY": (-32010, "too much is waiting; try again later"),
    "DEADLINE": (-32011, "the request was not done in time; read the Set, then decide"),
    "UNAUTHENTICATED": (-32012, "use the token in ~/.setmirror/token of the user that runs Live"),
    "UNSUPPORTED_PROTOCOL": (-32013, "update the side that the error names"),
    "NOT_FOUND": (-32014, "check the spelling, or list the choices"),
    "AMBIGUOUS": (-32015, "several match; use an id"),
    "UNKNOWN_OUTCOME": (-32016, "the write may have been executed; read the Set before trying again"),
    "TOO_LARGE": (-32017, "send less at once"),
    "DENIED": (-32018, "the policy forbids it"),
    "DISCONNECTED": (-32019, "the link to Live is down; SetMirror reconnects by itself"),
    "WOULD_OVERWRITE": (-32021, "say `overwrite: true` to allow it, or choose another place"),
    "CANCELLED": (-32020, "the request was cancelled before it was sent"),
}
"""name → (code, hint)"""

NAMES: Dict[int, str] = {code: name for name, (code, _) in TABLE.items()}
"""code → name"""


class BridgeError(Exception):
    """A refused request; `error` is a key of `TABLE`, `facts` go into the error's data unchanged."""

    def __init__(self, error: str, rule: str, value: Any = None, **facts: Any) -> None:
        self.name = error
        self.code, self.hint = TABLE[error]
        self.hint = facts.pop("hint", self.hint)
        self.rule = rule
        self.value = value
        self.facts = facts
        super().__init__(rule)

    def to_json(self) -> Dict[str, Any]:
        """The JSON-RPC error object."""
        data: Dict[str, Any] = {"error": self.name, "rule": self.rule, "hint": self.hint}
        if self.value is not None:
            data["value"] = self.value
        data.update(self.facts)
        return {"code": self.code, "message": self.rule, "data": data}
