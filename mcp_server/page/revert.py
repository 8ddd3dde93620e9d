"""Reverting one write for the person at the page: the plan of the tool `revert`, with the person as author."""

from __future__ import annotations

from mirror import Mirror

from ..plans import Scope
from ..tools import time

AUTHOR, CLIENT = "person at the page", "page"


async def revert(mirror: Mirror, write: str) -> str:
    """Revert the changes of `write`, as one new undo step; values that others changed since are left.

    Returns:
      The changes that were left with the reasons; "" if all were reverted.

    Raises:
      NotFound: the log has no such write.
      PreconditionFailed: there is nothing to revert, or the values changed in between.
      MirrorError: the mirror refused the write, for example while all writes are refused.
    """
    plan = time.revert(Scope(mirror), time.Revert(write=write))
    await mirror.write(
        plan.final(), author=AUTHOR, client=CLIENT, owner=CLIENT, label=plan.label, expect=plan.expect
    )
    return "; ".join(plan.notes)
