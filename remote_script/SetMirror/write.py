"""A write request from a client, checked for its shape; its operations are checked when its turn comes.

A `Write` stores the state of the request until its reply: the clients that wait, and the objects that the write
names, creates and deletes.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import Any, Dict, Iterable, Iterator, List, Optional, Set, Tuple

from .attribution import Cause
from .contract import checks
from .contract.errors import BridgeError
from .contract.limits import DEADLINE_S
from .contract.values import alive
from .layouts import Row
from .wire import encode

EXPECTATIONS = 1000
"""Expectations of one write; all are compared in one turn."""
FLUSH = "flush"
PUMP = "pump"
"""Reasons of a running write to wait: sending of its changes, the next pump."""
SEEN = "seen"
"""Key in an operation: the id of the object that the call acts on without an argument, see `places.content_of`; its
server saw that object, and a repeated request may see another one."""
PROGRESS_S = 0.1
"""Minimum time between two progress notices of a long write."""


class Judged:
    """The rules by which a server allowed a write, and the effects to which a person consented."""

    def __init__(self, params: Dict[str, Any]) -> None:
        self.client: str = params["client"]
        self.version: int = params["version"]
        self.tool: str = params.get("tool") or ""
        self.batched_tools: Tuple[str, ...] = tuple(params.get("held") or ())
        """Tools whose calls are combined in this write (wire key "held"): rules about them apply as well."""
        self._consent: Dict[str, Set[int]] = {}
        for kind, ids in params.get("consent") or ():
            self._consent.setdefault(kind, set()).update(ids)

    def consented(self, kind: str, ids: Iterable[int]) -> bool:
        """True when the person consented to this kind of effect on all these objects."""
        return kind in self._consent and self._consent[kind].issuperset(ids)


class Write:
    """One write: the request, the clients that wait for it, and its state."""

    def __init__(self, params: Dict[str, Any], now: float) -> None:
        self.id: str = params["write"]
        self.author: str = params.get("author") or "?"
        self.label: str = params.get("label") or ""
        self.operations: List[Any] = params["ops"]
        self.if_revision: Optional[int] = params.get("if_revision")
        self.expect: List[Any] = params.get("expect") or []
        self.dry_run: bool = bool(params.get("dry_run"))
        self.apart = bool(params.get("apart"))
        """True when each operation has its own undo step, within one turn of Live: for the probes, by a person only."""
        self.content = _content(params)
        """Hash of the request, before its targets become ids: the same id with another content is another write."""
        self.deadline = now + float(params.get("deadline_s") or DEADLINE_S)
        self.sent: Optional[float] = params.get("sent")
        """When the client sent it, in seconds of the wall clock."""
        self.waiters: List[Tuple[Any, Any]] = []
        self.cause = Cause("write", self.id, self.author)
        self.has_calls = any(op.get("op") == "call" for op in self.operations)
        self.answered = False
        self.is_long = False
        """True once the write has paused within long work."""
        self.only_settles = False
        """True once its operations are done and its undo step has ended."""
        self.touched: Set[int] = set()
        self.undoes: str = params.get("undoes") or ""
        """Id of the write that this undo is meant for; "" for the newest edit by any author."""
        self.named: Dict[int, Row] = {}
        """Existing objects that its operations name."""
        self.deleted: Set[int] = set()
        """Ids of the objects that its own calls deleted."""
        self.unbound: Dict[int, BridgeError] = {}
        """Refusals of targets that did not exist when the write was read, by operation number; -1 for expectations."""
        self.next_notice = now + PROGRESS_S
        policy = params.get("policy")
        self.policy = None if policy is None else Judged(policy)
        self.oldest_own = 0
        """Objects made by this write have higher ids."""
        self.counted: Set[str] = set()
        """Keys of the rate limits that have counted this write."""

    def forget_dead(self) -> None:
        """Drop named objects that were deleted by others than this write's calls."""
        self.named = {id_: row for id_, row in self.named.items() if alive(row.obj)}

    @contextmanager
    def deleting(self) -> Iterator[None]:
        """Objects that are deleted within this block were deleted by the write's own call."""
        try:
            yield
        finally:
            if len(self.operations) > 1:
                self.deleted.update(id_ for id_, row in self.named.items() if not alive(row.obj))


def parse_write(params: Dict[str, Any], now: float) -> Write:
    """The write in a request; BridgeError INVALID_PARAMS for a wrong shape."""

    def need(claim: bool, rule: str) -> None:
        if not claim:
            raise BridgeError("INVALID_PARAMS", rule)

    id_ = params.get("write")
    need(
        isinstance(id_, str) and 0 < len(id_) <= 100,
        "`write` is a text of 1 to 100 characters, unique per write",
    )
    ops = params.get("ops")
    need(isinstance(ops, list) and all(isinstance(op, dict) for op in ops), "`ops` is a list of operations")
    assert isinstance(ops, list)
    checks.operation_count(len(ops))
    for name in ("author", "label", "undoes"):
        need(isinstance(params.get(name, ""), (str, type(None))), "`{}` is a text".format(name))
    revision = params.get("if_revision")
    need(
        revision is None or _is_revision(revision),
        "`if_revision` is a number",
    )
    expect = params.get("expect")
    need(
        expect is None
        or (
            isinstance(expect, list)
            and all(
                isinstance(e, dict) and "target" in e and ("name" in e or _is_revision(e.get("since")))
                for e in expect
            )
        ),
        "`expect` is a list of {target, name, value} and {target, since}",
    )
    if len(expect or ()) > EXPECTATIONS:
        rule = "A write has at most {} expectations, got {}"
        raise BridgeError("TOO_LARGE", rule.format(EXPECTATIONS, len(expect or ())))
    deadline = params.get("deadline_s")
    need(
        deadline is None
        or (isinstance(deadline, (int, float)) and not isinstance(deadline, bool) and deadline > 0),
        "`deadline_s` is a number above 0",
    )
    sent = params.get("sent")
    need(
        sent is None or (isinstance(sent, (int, float)) and not isinstance(sent, bool)),
        "`sent` is a number of seconds of the wall clock",
    )
    policy = params.get("policy")
    need(
        policy is None or _is_judged(policy),
        "`policy` is {client, version, tool, held: [tool, …], consent: [[kind, [id, …]], …]}",
    )
    return Write(params, now)


_CONTENT = ("apart", "author", "dry_run", "expect", "if_revision", "undoes")


def _content(params: Dict[str, Any]) -> int:
    ops = [{name: value for name, value in op.items() if name != SEEN} for op in params["ops"]]
    return hash(encode([ops, [params.get(name) for name in _CONTENT]]))


def _is_revision(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_judged(policy: Any) -> bool:
    consent = policy.get("consent") if isinstance(policy, dict) else None
    tools = policy.get("held") if isinstance(policy, dict) else None
    return (
        isinstance(policy, dict)
        and isinstance(policy.get("client"), str)
        and type(policy.get("version")) is int
        and isinstance(policy.get("tool", ""), str)
        and isinstance(tools, (list, type(None)))
        and all(isinstance(tool, str) for tool in tools or ())
        and isinstance(consent, (list, type(None)))
        and all(isinstance(e, list) and len(e) == 2 and isinstance(e[1], list) for e in consent or ())
    )
