"""The log: changes of the Set since a moment, and waiting for the next one.

Part of the toolset "read".
"""

from __future__ import annotations

from typing import Annotated, Any

import anyio
from msgspec import UNSET, Meta, UnsetType

from mirror import Mirror, errors
from mirror.driven import AUTOMATION
from mirror.subscriptions import Pattern

from .. import about, change_lines, readiness, resources
from ..desk import Desk
from ..fields import Target, kind
from ..history.changes import LoggedChange, changes
from ..history.selection import name_is
from ..history.when import moment
from ..plans import only
from ..tool import Arguments
from .reading import LIST, Limit, tools


class GetChanges(Arguments):
    since: (
        Annotated[
            int | str,
            kind(
                "moment",
                "a revision, '10 min', 'last' (you asked), 'visit' (before this one); default the newest",
            ),
        ]
        | UnsetType
    ) = UNSET
    seconds: Annotated[float, Meta(gt=0, description="only of the last so many")] | UnsetType = UNSET
    match: Annotated[
        list[str], Meta(max_length=50, description="refs, ids, names, with all below; * one step, ** any")
    ] = []
    who: Annotated[str, Meta(description="only by this author; 'live' is a person or Live, 'me' you")] = ""
    limit: Limit = 50


@tools.reads(
    GetChanges,
    "Get changes",
    "The changes after a revision and their authors, a line for every change.",
    {"events": LIST},
    lasts=False,
)
async def get_changes(desk: Desk, args: GetChanges) -> dict[str, Any]:
    log, notes = desk.mirror.log, list[str]()
    if isinstance(args.since, str) and args.since.strip().casefold() == "visit":
        only(args, "since 'visit'", "limit", of=("seconds", "match", "who", "limit"))
        await readiness.whole(desk.mirror)
        return _since_visit(desk, args.limit)
    since = _since(desk, args.since, notes)
    if since is None:
        filtered = args.seconds is not UNSET or args.who or args.match
        recorded = changes(log.last(resources.ALL_EVENTS if filtered else args.limit * EVENTS_A_LINE))
    else:
        recorded = changes(log.since(since))
    if args.seconds is not UNSET:
        begin = log.now() - args.seconds
        recorded = [change for change in recorded if change.event.time >= begin]
    if args.who:
        who = desk.caller.name if args.who.strip().casefold() == "me" else args.who
        _check_author(desk, who)
        recorded = [change for change in recorded if name_is(change.event.who, who)]
    if args.match:
        concerned = about.concerned(desk.mirror, args.match)
        # A resync has no object of its own: it may concern all objects.
        recorded = [change for change in recorded if not change.event.id or concerned(change.event)]
    # Without `since` the answer has the newest changes; with it, the first changes after it, in whole revisions.
    part = recorded[-args.limit :] if since is None else _whole_revisions(recorded, args.limit)
    answer: dict[str, Any] = {"events": [change_lines.line(desk.mirror, change) for change in part]}
    if since is not None and len(part) > args.limit:
        notes.append(f"more than {args.limit}: the changes of one revision are answered together")
    if len(part) < len(recorded):
        answer["more"] = len(recorded) - len(part)
        if since is not None:
            answer["more_since"] = part[-1].revision
    whole = since is None and args.seconds is UNSET and not args.who and not args.match
    desk.read_cursors.advance(desk.caller.who, desk.mirror, log.latest if whole else _read_up_to(desk, part))
    return {**answer, "notes": notes} if notes else answer


def _read_up_to(desk: Desk, shown: list[LoggedChange]) -> int:
    """The revision up to which the client has seen all changes, now or at earlier calls."""
    log, seen = desk.mirror.log, {change.event.seq for change in shown}
    events = log.since(desk.read_cursors.position(desk.caller.who, desk.mirror), limit=resources.ALL_EVENTS)
    missed = next((change for change in changes(events) if change.event.seq not in seen), None)
    if missed is None:
        return events[-1].revision if len(events) == resources.ALL_EVENTS else log.latest
    # A move of a control is one change of several revisions.
    return min(missed.revision - 1, log.revision_at(missed.began))


def _check_author(desk: Desk, who: str) -> None:
    """Refuse an author without a change in the log, since a mistyped name would look like an idle author."""
    known = dict.fromkeys(event.who for event in desk.mirror.log.last(resources.ALL_EVENTS))
    always = ("live", AUTOMATION, "audit", "resync", desk.caller.name)
    if not any(name_is(author, who) for author in (*known, *always)):
        raise errors.NotFound(
            f"The log has no change by {who[:60]!r}",
            who[:60],
            hint=f"authors are {', '.join((*known, *always[:4]))}",
        )


EVENTS_A_LINE = 20
"""The number of events to read for a line of the answer, since a change has consequences with further events."""


def _since(desk: Desk, since: int | str | UnsetType, notes: list[str]) -> int | None:
    """The revision that `since` means; None for the newest events."""
    if since is UNSET:
        return None
    if isinstance(since, str) and since.strip().casefold() in ("last", "last asked", "last time"):
        return desk.read_cursors.revision(desk.caller.who, desk.mirror, notes)
    at = moment(since, desk.mirror.log.now())
    notes += at.notes(desk.mirror.log.began)
    return at.revision if at.revision is not None else desk.mirror.log.revision_at(at.time or 0.0)


def _since_visit(desk: Desk, limit: int) -> dict[str, Any]:
    """The differences of the Set since the client's last visit, grouped by object."""
    comparison = desk.visits.changes_since_visit(desk.caller.lasting, desk.sight.compared, limit)
    return {"events": comparison.pop("groups"), **comparison}


def _whole_revisions(recorded: list[LoggedChange], limit: int) -> list[LoggedChange]:
    """At most `limit` changes, but whole revisions only: `more_since` cannot continue in the middle of a revision."""
    part = recorded[:limit]
    if not part or len(part) == len(recorded):
        return part
    end = recorded[len(part)].revision
    whole = [change for change in part if change.revision < end]
    return whole or [change for change in recorded if change.revision <= part[-1].revision]


def _concerns(mirror: Mirror, patterns: list[Pattern], id_: int, ref: str) -> bool:
    node = mirror.store.nodes.get(id_)
    return any(pattern.matches(mirror.store, id_, ref, node) for pattern in patterns)


class Wait(Arguments):
    match: Annotated[
        list[Target],
        Meta(max_length=50, description="refs, ids, names; * one step, ** any; default anything"),
    ] = []
    after: Annotated[int, Meta(ge=0, description="a revision: changes since count too")] | UnsetType = UNSET
    timeout_s: Annotated[float, Meta(gt=0, le=300, description="seconds")] = 30.0


@tools.reads(
    Wait,
    "Wait for a change",
    "Returns when an object of `match` changes in Live; for clients that cannot subscribe.",
    {"changed": {"type": "boolean"}, "refs": LIST},
    lasts=False,
    waits=True,
)
async def wait_for_change(desk: Desk, args: Wait) -> dict[str, Any]:
    mirror = desk.mirror
    wanted = about.patterns(desk.mirror, args.match) or ["song", "**"]
    async with mirror.subscribe(wanted, desk.caller.name, edits=True) as stream:
        if args.after is not UNSET:
            refs = {
                event["ref"]: None
                for event in resources.events(mirror, args.after, None)
                if "id" in event and _concerns(mirror, stream.patterns, event["id"], event["ref"])
            }
            if refs:
                return {"changed": True, "refs": list(refs)[:100]}
        with anyio.move_on_after(args.timeout_s):
            async for notice in stream:
                return {"changed": True, "refs": list(notice.refs[:100])}
    return {"changed": False, "refs": []}
