"""Time: taking changes back by who made them, when and where."""

from __future__ import annotations

import time
from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from mirror import Event, errors

from ..fields import Target, kind
from ..history.kept import is_kept
from ..history.revert import Selection
from ..history.revert import revert as reverting
from ..history.when import Moment, moment
from ..plans import Plan, Scope, only
from ..tool import Arguments, Toolset
from .tracks import deletion

tools = Toolset("time")

ANYONE = "anyone"
Since = Annotated[int | str, kind("moment", "a revision, '10 min' ago, or '14:05'")]


class Revert(Arguments):
    write: Annotated[str, Meta(description="all of this write")] = ""
    who: Annotated[str, Meta(description="only by this author; default you, with `under` anyone")] = ""
    since: Since | UnsetType = UNSET
    under: Annotated[Target, Meta(description="only this object and what is below it")] | UnsetType = UNSET
    property: Annotated[str, Meta(description="only this one of `under`; without since its last change")] = ""
    dry_run: Annotated[bool, Meta(description="only say what would change")] = False


@tools.writes(
    Revert,
    "Revert",
    "Takes changes back value by value, as one new undo step; what others changed since stays and is named.",
    destructive=True,
    idempotent=False,
)
def revert(scope: Scope, args: Revert) -> Plan:
    selection, events, notes = _selected(scope, args)
    mirror = scope.mirror
    made = reverting(
        events,
        mirror,
        selection,
        lambda node: deletion(scope, node),
        live=mirror.live_version,
        is_next=lambda write: _is_next(scope, write),
    )
    notes += [f"left: {each}" for each in made.left]
    if not made.operations:
        why = "; ".join(notes) or "all of it is as it was before"
        raise errors.PreconditionFailed(f"There is nothing to put back: {why[:1000]}", hint="see get_changes")
    if args.dry_run:
        notes = [*made.done, *notes]
    return Plan.of(
        "revert",
        made.operations,
        expect=tuple(made.expect),
        dry_run=args.dry_run,
        notes=tuple(notes),
        makes=None,
    )


def _selected(scope: Scope, args: Revert) -> tuple[Selection, list[Event], list[str]]:
    """What the arguments select, the events from there on, and what to say about them."""
    log = scope.mirror.log
    if args.write:
        only(args, "`write`", of=("who", "since", "under", "property"))
        first = log.first_of(args.write)
        return Selection(write=args.write), log.whole(0 if first is None else first - 1), []
    if args.under is UNSET and (args.property or args.since is UNSET):
        raise errors.InvalidParams(
            "revert needs `write`, `since` or `under`" if not args.property else "`property` needs `under`",
            hint="write: the id that a write answered; since: a moment; under: a ref, with `since` or `property`",
        )
    under = None if args.under is UNSET else scope.target(args.under).id
    if args.property and under is not None:
        _check_property(scope, under, args.property)
    who = args.who or ("" if under is not None else scope.caller)
    at = Moment() if args.since is UNSET else moment(args.since, time.time())
    if at.revision is not None:
        # Refuses a revision that is not kept any more.
        log.since(at.revision, limit=1)
    events = log.whole(at.revision or 0, at.time or 0.0)
    notes = []
    if at.time is not None and at.time < log.began:
        clock = time.strftime("%H:%M:%S", time.localtime(log.began))
        notes = [f"the log begins at {clock}: what happened before is not known"]
    if args.property and args.since is UNSET and not who:
        of_it = [each for each in events if each.id == under and each.name == args.property]
        who = of_it[-1].who if of_it else ""
    wanted = "" if who.casefold() == ANYONE else who
    return Selection("", wanted, at.revision or 0, at.time or 0.0, under, args.property), events, notes


def _check_property(scope: Scope, id_: int, name: str) -> None:
    """Refuse a property that the object has not, with those that it has."""
    node = scope.mirror.node(id_)
    if name not in node.props:
        known = [each for each in node.props if is_kept(node, each)]
        raise errors.InvalidValue(
            f"{scope.ref(node)} ({node.type}) has no property {name[:60]!r}",
            name[:60],
            hint=f"it has {', '.join(known)}",
        )


def _is_next(scope: Scope, write: str) -> bool:
    """Whether Live's undo would take back this write."""
    try:
        scope.mirror.writes.history.base_of(write)
    except errors.MirrorError:
        return False
    return True
