"""Taking one write back, as the person at the page asks: the tool `revert`'s plan, written in the person's name."""

from __future__ import annotations

from mirror import Mirror

from ..plans import Scope
from ..tools import time

AUTHOR, CLIENT = "person at the page", "page"


async def revert(mirror: Mirror, write: str) -> str:
    """Put back what `write` changed, as one new undo step; what others changed since stays and is named.

    Returns:
      What stayed as it is, and why; "" where nothing did.

    Raises:
      NotFound: the log has no such write.
      PreconditionFailed: there is nothing to put back, or it changed meanwhile.
      MirrorError: as the mirror refuses, for example while all writes are refused.
    """
    plan = time.revert(Scope(mirror), time.Revert(write=write))
    await mirror.write(
        plan.final(), author=AUTHOR, client=CLIENT, owner=CLIENT, label=plan.label, expect=plan.expect
    )
    return "; ".join(plan.notes)
