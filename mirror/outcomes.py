"""The outcomes of finished writes, kept by id, and the script's reply as an outcome.

An id stands for one request of one author. Whoever sends the same request again gets the outcome of the first one; a
request with other content must not get it as its own, so it is refused.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

import msgspec

from remote_script.SetMirror.contract.checks import other_write

from . import errors
from .model import WriteResult
from .request import WriteRequest

RESULTS_KEPT = 512


class Outcomes:
    """Write id → outcome; the oldest go first."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, tuple[WriteResult | errors.MirrorError, int]] = OrderedDict()

    def __contains__(self, id_: object) -> bool:
        return id_ in self._kept

    def __getitem__(self, id_: str) -> WriteResult | errors.MirrorError:
        return self._kept[id_][0]

    def of(self, id_: str, content: int) -> WriteResult | errors.MirrorError:
        """The outcome of the write with this id.

        Raises:
          InvalidValue: it was another request, see `content_of`.
        """
        outcome, kept = self._kept[id_]
        if kept != content:
            raise errors.from_bridge(other_write(id_))
        return outcome

    def add(self, id_: str, outcome: WriteResult | errors.MirrorError, content: int) -> None:
        """Keep an outcome as the newest."""
        self._kept[id_] = (outcome, content)
        while len(self._kept) > RESULTS_KEPT:
            self._kept.popitem(last=False)


def content_of(request: WriteRequest) -> int:
    """A hash of what a request asks for and in whose name, with refs as its client wrote them."""
    asks = (
        request.author,
        request.ops,
        request.dry_run,
        request.expect,
        request.if_revision,
        request.undoes,
        request.epoch,
    )
    try:
        return hash(msgspec.msgpack.encode(asks))
    except (TypeError, ValueError, OverflowError, RecursionError):
        # The checks refuse such a value later, with the rule that it breaks.
        return hash(repr(asks))


def result_or_raise(outcome: WriteResult | errors.MirrorError) -> WriteResult:
    """The result of a finished write; its refusal is raised again."""
    if isinstance(outcome, errors.MirrorError):
        # A new exception per waiter: a shared one would collect tracebacks.
        raise errors.make(outcome.error, outcome.rule, outcome.value, hint=outcome.hint, **outcome.facts)
    return outcome


def read_result(id_: str, request: WriteRequest, reply: Any) -> WriteResult:
    """Decode the script's reply; an unreadable one is an UnknownOutcome, since the write may have been done."""
    try:
        reply = dict(reply)
        reply.setdefault("write", id_)
        known = {name: reply[name] for name in WriteResult.__struct_fields__ if name in reply}
        known.update(author=request.author, label=request.label)
        known.pop("seen", None)
        known.pop("recovered", None)
        return msgspec.convert(known, WriteResult)
    except (ValueError, TypeError) as problem:
        raise errors.UnknownOutcome(
            f"The script's answer cannot be read: {problem}",
            hint="read the Set; update the older side",
            write=id_,
        ) from None
