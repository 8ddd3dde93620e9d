"""`WriteRequest`: one frozen value from the tool to the wire.

A request is checked when it is made, so every queued request can be sent. It contains everything that a write
needs: a new precondition is one field here and one line of `to_wire`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from remote_script.SetMirror.contract import checks as rules
from remote_script.SetMirror.contract.errors import BridgeError
from remote_script.SetMirror.contract.limits import DEADLINE_S, MOST_DEADLINE_S

from . import errors
from .model import Call, Operation

_MOST_ID = 100


class WriteRequest(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A request to change the Set: all operations or none, one step in Live's undo history.

    Attributes:
      ops: 1 to 1,000 of Set and Call, executed in order.
      author: The author's name in the event log.
      label: The purpose, in a few words.
      client: The client in whose queue the write waits; `author` if empty. Clients take turns.
      if_revision: Refuse if an object that the write touches changed after this revision.
      expect: (target, property, value) that must hold.
      unchanged: (id, revision): refuse, with the fact `unchanged`, if that object was edited after that revision.
        The operations were computed from its contents.
      deadline_s: Seconds for the whole write, above 0 and at most 3,600.
      dry_run: Check all operations, change nothing, and report what would change.
      write_id: The client's name for this write, 1 to 100 characters: the same id is executed once; "" for a new
        id.
      policy: The rules by which it was allowed, in the form of `write.execute`: {client, version, tool, consent}.
      owner: The client whose undo reverts it without naming it; the queue's client if empty.
      undoes: For an undo of one write, that write's id; the script checks the undo by its effect.
      epoch: The epoch that its ids are of, and its refs and names are meant in: refused with EpochChanged in any other;
        "" for the epoch in which it is submitted.
      seen: By number of an operation, the object on which it acts without an argument: the clip in a slot.

    Raises:
      TooLarge: there are no operations, or too many.
      InvalidValue: a deadline or an id is out of range.
    """

    ops: tuple[Operation, ...]
    author: str = ""
    label: str = ""
    client: str = ""
    if_revision: int | None = None
    expect: tuple[tuple[Any, str, Any], ...] = ()
    unchanged: tuple[tuple[int, int], ...] = ()
    deadline_s: float = DEADLINE_S
    dry_run: bool = False
    write_id: str = ""
    policy: dict[str, Any] | None = None
    undoes: str = ""
    owner: str = ""
    epoch: str = ""
    seen: dict[int, int | None] = {}

    def __post_init__(self) -> None:
        try:
            rules.operation_count(len(self.ops))
        except BridgeError as problem:
            raise errors.from_bridge(problem) from None
        if not 0 < self.deadline_s <= MOST_DEADLINE_S:
            raise errors.InvalidValue(
                f"`deadline_s` must be above 0 and at most {MOST_DEADLINE_S:g}, got {self.deadline_s}",
                self.deadline_s,
            )
        if len(self.write_id) > _MOST_ID:
            raise errors.InvalidValue(f"A write id has 1 to {_MOST_ID} characters, got {len(self.write_id)}")

    @classmethod
    def of(cls, ops: Sequence[Operation], **about: Any) -> WriteRequest:
        """The request for these operations; None in `about` selects the default."""
        options = {name: value for name, value in about.items() if value is not None}
        if "expect" in options:
            options["expect"] = tuple(tuple(expectation) for expectation in options["expect"])
        if options.get("write_id") == "":
            raise errors.InvalidValue(f"A write id has 1 to {_MOST_ID} characters, got 0")
        return cls(ops=tuple(ops), **options)

    @property
    def queue(self) -> str:
        """The client in whose queue the write waits."""
        return self.client or self.author

    @property
    def loads(self) -> bool:
        """True when the write loads from Live's browser, which Live may finish much later."""
        return any(isinstance(op, Call) and op.method in ("load", "load_item") for op in self.ops)

    def to_wire(
        self,
        id_: str,
        epoch: str,
        ops: list[dict[str, Any]],
        expect: list[dict[str, Any]],
        deadline_s: float,
        sent: float,
    ) -> dict[str, Any]:
        """The parameters of `write.execute`.

        Args:
          id_: The write's id: `write_id`, or a generated one.
          epoch: The epoch that the ids belong to.
          ops, expect: The result of `checks.prepare`, with targets as ids.
          deadline_s: Seconds that are left until the deadline.
          sent: The time of sending, in seconds of the wall clock.
        """
        params: dict[str, Any] = {
            "write": id_,
            "author": self.author,
            "epoch": epoch,
            "label": self.label,
            "ops": ops,
            "deadline_s": max(0.001, deadline_s),
            "sent": sent,
        }
        if self.if_revision is not None:
            params["if_revision"] = self.if_revision
        if expect:
            params["expect"] = expect
        if self.undoes:
            params["undoes"] = self.undoes
        if self.dry_run:
            params["dry_run"] = True
        if self.policy is not None:
            params["policy"] = self.policy
        return params
