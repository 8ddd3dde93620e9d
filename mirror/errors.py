"""The mirror's exceptions: one class per name in the bridge's error table.

`str(error)` is the rule, then the value; `hint` says what to do next; `facts` are the numbers behind it. The four
branches say which side has to act: the caller, the peer, Live, or the link.
"""

from __future__ import annotations

from typing import Any, ClassVar

from remote_script.SetMirror.contract.errors import NAMES, TABLE, BridgeError


class MirrorError(Exception):
    """A refusal; catch a subclass for one kind of refusal, this class for all.

    Attributes:
      rule: The broken rule, with the offending value.
      value: The value alone, or None.
      hint: What to do next.
      facts: All further facts, ready for JSON: candidates, problems, revisions.
    """

    error: ClassVar[str] = "INTERNAL"

    def __init__(self, rule: str, value: Any = None, *, hint: str | None = None, **facts: Any) -> None:
        super().__init__(rule)
        self.rule = rule
        self.value = value
        self.hint = hint if hint is not None else TABLE[self.error][1]
        self.facts = facts

    @property
    def code(self) -> int:
        """The JSON-RPC code of this error."""
        return TABLE[self.error][0]

    def to_json(self) -> dict[str, Any]:
        """The error in the form of `error.data` on the wire: error, rule, hint, value and the facts."""
        data: dict[str, Any] = {"error": self.error, "rule": self.rule, "hint": self.hint}
        if self.value is not None:
            data["value"] = self.value
        data.update(self.facts)
        return data


class AskerError(MirrorError):
    """The request is at fault; a different request can succeed."""


class PeerError(MirrorError):
    """The other side violated the protocol, or failed."""


class LiveError(MirrorError):
    """The Set or Live does not allow the request, or not now."""


class LinkError(MirrorError):
    """The link or a deadline is at fault; a sent request may have been executed."""


class ParseError(PeerError):
    error = "PARSE_ERROR"


class InvalidRequest(PeerError):
    error = "INVALID_REQUEST"


class MethodNotFound(PeerError):
    error = "METHOD_NOT_FOUND"


class Internal(PeerError):
    error = "INTERNAL"


class Unauthenticated(PeerError):
    error = "UNAUTHENTICATED"


class UnsupportedProtocol(PeerError):
    error = "UNSUPPORTED_PROTOCOL"


class InvalidParams(AskerError):
    error = "INVALID_PARAMS"


class StaleReference(AskerError):
    error = "STALE_REFERENCE"


class InvalidValue(AskerError):
    error = "INVALID_VALUE"


class NotWritable(AskerError):
    error = "NOT_WRITABLE"


class NotAvailable(AskerError):
    error = "NOT_AVAILABLE"


class NotFound(AskerError):
    error = "NOT_FOUND"


class Ambiguous(AskerError):
    error = "AMBIGUOUS"


class TooLarge(AskerError):
    error = "TOO_LARGE"


class Denied(AskerError):
    error = "DENIED"


class WouldOverwrite(AskerError):
    error = "WOULD_OVERWRITE"


class PreconditionFailed(LiveError):
    error = "PRECONDITION_FAILED"


class LiveRefused(LiveError):
    error = "LIVE_REFUSED"


class NotReady(LiveError):
    error = "NOT_READY"


class Busy(LiveError):
    error = "BUSY"


class RevisionTooOld(LinkError):
    error = "REVISION_TOO_OLD"


class EpochChanged(LinkError):
    error = "EPOCH_CHANGED"


class DeadlinePassed(LinkError):
    error = "DEADLINE"


class UnknownOutcome(LinkError):
    error = "UNKNOWN_OUTCOME"


class Disconnected(LinkError):
    error = "DISCONNECTED"


class Cancelled(LinkError):
    error = "CANCELLED"


def _tree(base: type[MirrorError]) -> dict[str, type[MirrorError]]:
    classes: dict[str, type[MirrorError]] = {}
    for subclass in base.__subclasses__():
        if "error" in vars(subclass):
            classes[subclass.error] = subclass
        classes.update(_tree(subclass))
    return classes


CLASSES: dict[str, type[MirrorError]] = _tree(MirrorError)
"""name in the bridge's table → exception"""


def make(error: str, rule: str, value: Any = None, **facts: Any) -> MirrorError:
    """The exception for `error`; Internal for a name that this version does not know."""
    if error not in CLASSES:
        return Internal(f"{error}: {rule}", value, **facts)
    return CLASSES[error](rule, value, **facts)


def from_bridge(problem: BridgeError) -> MirrorError:
    """The same refusal, raised by code that mirror and script share."""
    return make(problem.name, problem.rule, problem.value, hint=problem.hint, **problem.facts)


def from_wire(error: Any) -> MirrorError:
    """The exception for a JSON-RPC error object; accepts any malformed object."""
    if not isinstance(error, dict):
        return Internal(f"The peer answered with an error that is not an object: {str(error)[:100]}")
    payload = error.get("data")
    data = dict(payload) if isinstance(payload, dict) else {}
    code = error.get("code")
    name = data.pop("error", None)
    if not isinstance(name, str):
        name = NAMES.get(code, "INTERNAL") if isinstance(code, int) else "INTERNAL"
    rule = data.pop("rule", None)
    if not isinstance(rule, str):
        rule = str(error.get("message", "The peer gave no reason"))
    hint = data.pop("hint", None)
    value = data.pop("value", None)
    facts = {key: fact for key, fact in data.items() if isinstance(key, str) and key not in ("self", "error")}
    facts.pop("rule", None)
    return make(name, rule, value, hint=hint if isinstance(hint, str) else None, **facts)
