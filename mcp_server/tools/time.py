"""Time: reverting changes by author, time and object; saving and recalling mixes."""

from __future__ import annotations

import time
from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, UnsetType

from mirror import Event, Node, errors

from .. import reading
from ..desk import Desk
from ..fields import Target, kind
from ..history import mixes
from ..history.mixes import SCOPES, Mix
from ..history.persistent import is_persistent
from ..history.revert import revert as reverting
from ..history.selection import Selection
from ..history.shelf import Shelf
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
    under: Annotated[Target, Meta(description="only this object and all below it")] | UnsetType = UNSET
    property: Annotated[
        str,
        Meta(description="only this one of `under`, such as volume; without `since` only its last change"),
    ] = ""
    but: Annotated[list[Target], Meta(max_length=50, description="leave these and what is below them")] = []
    dry_run: Annotated[bool, Meta(description="only list what would change")] = False


@tools.writes(
    Revert,
    "Revert",
    "Reverts changes value by value, as one new undo step; values that others changed since are left and listed.",
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
        removals=mirror.log.removals(),
        was_rolled_back=mirror.writes.history.was_rolled_back,
    )
    notes += [f"left: {reason}" for reason in made.left] + made.as_before
    if not made.operations:
        why = "; ".join(notes) or "all values are as they were before"
        raise errors.PreconditionFailed(f"There is nothing to revert: {why[:1000]}", hint="see get_changes")
    if args.dry_run:
        notes = [*made.done, *notes]
    elif made.offers:
        write = made.offers[0]
        notes.append(f"to undo write {write!r} as a whole: undo this revert, then undo with write {write!r}")
    return Plan.of(
        "revert",
        made.operations,
        expect=tuple(made.expect),
        dry_run=args.dry_run,
        notes=tuple(notes),
        left=len(made.left),
        makes=None,
    )


def _selected(scope: Scope, args: Revert) -> tuple[Selection, list[Event], list[str]]:
    """The selection that the arguments describe, the events from its start on, and notes about them."""
    log = scope.mirror.log
    but = tuple(int(scope.target(target).id) for target in args.but)
    if args.write:
        only(args, "`write`", of=("who", "since", "under", "property"))
        first = log.first_of(args.write)
        return Selection(write=args.write, but=but), log.whole(0 if first is None else first - 1), []
    if args.under is UNSET and (args.property or args.since is UNSET):
        raise errors.InvalidParams(
            "revert needs `write`, `since` or `under`" if not args.property else "`property` needs `under`",
            hint="write: the id that a write answered; since: a moment; under: a ref, with `since` or `property`",
        )
    if args.property:
        only(args, "`property`", of=("but",))
    node = None if args.under is UNSET else scope.target(args.under)
    if node is not None and scope.mirror.hides(node.id):
        raise errors.Denied("The policy hides this object", scope.ref(node))
    under = None if node is None else int(node.id)
    chosen = _properties(scope, node, args.property) if args.property and node is not None else frozenset()
    who = args.who or ("" if under is not None else scope.caller)
    at = Moment() if args.since is UNSET else moment(args.since, time.time())
    if at.revision is not None:
        # Raises for a revision that the log no longer has.
        log.since(at.revision, limit=1)
    events = log.whole(at.revision or 0, at.time or 0.0)
    notes = at.notes(log.began)
    wanted = "" if who.casefold() == ANYONE else who
    last = bool(args.property) and args.since is UNSET
    return Selection("", wanted, at.revision or 0, at.time or 0.0, under, chosen, last, but), events, notes


def _properties(scope: Scope, node: Node, name: str) -> frozenset[tuple[int, str]]:
    """The property of the object; of a track or chain also its volume, panning, sends, of a device a parameter.

    Raises:
      InvalidValue: the object does not have it; names the properties that it has.
    """
    if name in node.props:
        return frozenset(((int(node.id), name),))
    mixer = scope.child(node, "mixer_device") if "mixer_device" in node.children else None
    if name == "sends" and mixer is not None:
        parameters = list(scope.children(mixer, "sends"))
    elif (parameter := scope.parameter_below(node, name)) is not None:
        parameters = [parameter]
    else:
        below = scope.children(node, "parameters") if "parameters" in node.children else ()
        parameters = [parameter for parameter in below if parameter.name.casefold() == name.casefold()]
    if not parameters:
        known = [prop for prop in node.props if is_persistent(node, prop)]
        raise errors.InvalidValue(
            f"{scope.ref(node)} ({node.type}) has no property {name[:60]!r}",
            name[:60],
            hint=reading.elsewhere(scope, node, name) or f"it has {', '.join(known)}",
        )
    return frozenset((int(parameter.id), "value") for parameter in parameters)


def _is_next(scope: Scope, write: str) -> bool:
    """True when Live's next undo would undo this write."""
    try:
        scope.mirror.writes.history.base_of(write)
    except errors.MirrorError:
        return False
    return True


# -- mixes ---------------------------------------------------------------------------------------------------


class RunMix(Arguments):
    action: Annotated[
        Literal["list", "save", "compare", "recall", "toggle", "delete"],
        Meta(description="toggle: recall whichever of `name` and `other` is not on"),
    ] = "list"
    name: Annotated[str, Meta(description="of the mix")] = ""
    other: Annotated[str, Meta(description="compare, toggle: a second mix; compare: default now")] = ""
    scope: Annotated[
        list[str], Meta(description="of save: mixer, sends, devices, tracks, or refs; default mixer, sends")
    ] = []
    overwrite: Annotated[bool, Meta(description="of save: replace the mix of that name")] = False
    dry_run: Annotated[bool, Meta(description="of recall, toggle: only list what would change")] = False


_OF = {
    "list": (),
    "save": ("name", "scope", "overwrite"),
    "compare": ("name", "other"),
    "recall": ("name", "dry_run"),
    "toggle": ("name", "other", "dry_run"),
    "delete": ("name",),
}


@tools.acts(
    RunMix,
    "Saved mixes",
    "Saves the values of a mix under a name, kept with the Set; compares; recalls as one undo step.",
    destructive=True,
    output={},
)
async def mix(desk: Desk, args: RunMix) -> dict[str, Any]:
    takes = _OF[args.action]
    only(args, f"action '{args.action}'", *takes, of=RunMix.__struct_fields__[1:])
    for name in ("name", *(("other",) if args.action == "toggle" else ())):
        if name in takes and not getattr(args, name):
            raise errors.InvalidParams(
                f"{args.action} needs `{name}`", hint="mix without arguments lists the names"
            )
    shelf = Shelf(desk.set_folder)
    match args.action:
        case "list":
            return {"mixes": [_listed(shelf, name) for name in shelf.names()]}
        case "save":
            return _saved(desk, shelf, args)
        case "compare":
            return _compared(desk, shelf, args)
        case "delete":
            shelf.delete(args.name)
            return {"deleted": args.name}
    saved_mix = shelf.read(args.name)
    if args.action == "toggle":
        saved_mix = _not_on(desk, saved_mix, shelf.read(args.other))
    return await _recalled(desk, saved_mix, args.dry_run)


def _listed(shelf: Shelf, name: str) -> dict[str, Any]:
    try:
        saved_mix = shelf.read(name)
    except errors.MirrorError as problem:
        return {"name": name, "problem": problem.rule}
    return {
        "name": saved_mix.name,
        "saved": saved_mix.saved,
        "scope": list(saved_mix.scope),
        "values": mixes.count(saved_mix.store),
    }


def _saved(desk: Desk, shelf: Shelf, args: RunMix) -> dict[str, Any]:
    scope, store = args.scope or ["mixer", "sends"], desk.mirror.store
    covered = [part for part in scope if part in SCOPES]
    kinds = ("Track", "Chain", "Device")
    under = [desk.scope.prefer(part, *kinds).id for part in scope if part not in SCOPES]
    saved_values = mixes.take(store, covered, under)
    if not mixes.count(saved_values):
        raise errors.InvalidValue(
            f"{', '.join(scope)} has no values to save", scope, hint="choose another scope"
        )
    song = desk.mirror.resolve("song")
    saved = f"{time.strftime('%Y-%m-%d %H:%M:%S')} by {desk.caller.name}"
    made = Mix(args.name, saved, song.name, tuple(scope), saved_values, tuple(under))
    path = shelf.save(made, overwrite=args.overwrite)
    return {"saved": args.name, "values": mixes.count(saved_values), "file": str(path)}


def _compared(desk: Desk, shelf: Shelf, args: RunMix) -> dict[str, Any]:
    other = shelf.read(args.other) if args.other else desk.mirror.store
    compared = mixes.compare(shelf.read(args.name), other)
    answer = {"different": compared.different[:MOST_LINES], "count": len(compared.different)}
    return {**answer, **compared.objects(MOST_LINES)}


MOST_LINES = 200
"""The most differences in one answer; `count` has the number of all."""


def _not_on(desk: Desk, one: Mix, other: Mix) -> Mix:
    """The mix, of two, from which the Set differs more."""
    first, second = (len(mixes.compare(candidate, desk.mirror.store).different) for candidate in (one, other))
    return one if first > second else other


async def _recalled(desk: Desk, saved_mix: Mix, dry_run: bool) -> dict[str, Any]:
    scope = desk.scope
    made = mixes.recall(saved_mix, scope.mirror.store, scope.mirror.live_version)
    notes = [f"left: {reason}" for reason in made.left]
    if saved_mix.torn:
        notes.append("a crash cut off the file's last line, which is left out")
    if not made.operations:
        return {"recalled": saved_mix.name, "outcome": "unchanged", **({"notes": notes} if notes else {})}
    if dry_run:
        notes = [*made.done[:MOST_LINES], *notes]
    plan = Plan.of(
        f"recall mix {saved_mix.name}",
        made.operations,
        expect=tuple(made.expect),
        dry_run=dry_run,
        notes=tuple(notes),
        left=len(made.left),
        makes=None,
    )
    answer, _, _ = await desk.carry_out(lambda scope: plan)
    return {"recalled": saved_mix.name, **answer}
