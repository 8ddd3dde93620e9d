"""Reading: the Set, one object, notes, what changed, and waiting for a change. All from the mirror's memory."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import anyio
from msgspec import UNSET, Meta, UnsetType

from mirror import Mirror, errors
from mirror.subscriptions import Pattern
from remote_script.SetMirror import schema

from .. import notation, resources, views
from ..desk import Desk
from ..fields import Clip, Pitch, Target, Time, Track, kind
from ..plans import Scope
from ..tool import Arguments, Toolset
from .notes import in_range

tools = Toolset("read")

OBJECT: dict[str, Any] = {"type": "object"}
LIST: dict[str, Any] = {"type": "array"}
Limit = Annotated[int, Meta(ge=1, le=1000, description="at most so many")]
Cursor = Annotated[str, Meta(description="next_cursor of the answer before")]


class GetSet(Arguments):
    parts: Annotated[
        list[
            Literal["song", "tracks", "return_tracks", "main_track", "scenes", "cue_points", "view", "status"]
        ],
        Meta(description="default all but view and status (the bridge's health)"),
    ] = []


@tools.reads(
    GetSet,
    "Get the Set",
    "The whole Set, a line per track and scene. Begin here.",
    {"set": OBJECT},
    lasts=lambda given: "status" not in given.parts,
)
async def get_set(desk: Desk, given: GetSet) -> dict[str, Any]:
    mirror = desk.mirror
    shown: dict[str, Any] = {}
    if not {*given.parts} or {*given.parts} - {"view", "status"}:
        shown = views.overview(mirror)
    if "view" in given.parts:
        shown["view"] = views.whole(mirror, mirror.resolve("view"))
    if "status" in given.parts:
        shown["status"] = views.status(mirror)
    return {"set": {name: shown.get(name) for name in given.parts or shown}}


class GetTrack(Arguments):
    track: Annotated[Track, Meta(description="index, ref or name; default the selected one")] | UnsetType = (
        UNSET
    )


@tools.reads(
    GetTrack, "Get a track", "One track: mixer, routing, devices, clips with their refs.", {"track": OBJECT}
)
async def get_track(desk: Desk, given: GetTrack) -> dict[str, Any]:
    scope = desk.scope
    return noted(scope, {"track": views.track(desk.mirror, scope.meant(given.track, "Track"))})


def noted(scope: Scope, answer: dict[str, Any]) -> dict[str, Any]:
    """The answer with what reading its arguments left to say."""
    return {**answer, "notes": scope.notes} if scope.notes else answer


class GetDevice(Arguments):
    device: Target
    match: Annotated[str, Meta(description="only parameters whose name contains this")] = ""
    limit: Limit = 150
    cursor: Cursor = ""


@tools.reads(
    GetDevice,
    "Get a device",
    "One device: parameters with value, range and Live's text; chains, pads, macros.",
    {"device": OBJECT},
)
async def get_device(desk: Desk, given: GetDevice) -> dict[str, Any]:
    mirror = desk.mirror
    node = desk.scope.target(given.device, "Device")
    words = given.match.casefold()
    held = [each for each in mirror.children(node, "parameters") if words in each.name.casefold()]
    part, after = page(held, given.cursor, given.limit)
    shown = views.device_whole(mirror, node, part)
    return {"device": shown, **after}


class Get(Arguments):
    target: Target
    fields: Annotated[list[str], Meta(description="only these")] = []
    depth: Annotated[int, Meta(ge=0, le=4, description="levels of children to include")] = 0
    children: Annotated[str, Meta(description="page through this list, e.g. parameters")] = ""
    limit: Limit = 100
    cursor: Cursor = ""


@tools.reads(
    Get, "Get an object", "Any object by ref, id or name: all properties in Live's words.", {"object": OBJECT}
)
async def get(desk: Desk, given: Get) -> dict[str, Any]:
    mirror = desk.mirror
    node = desk.scope.target(given.target)
    fields = given.fields or None
    if not given.children:
        budget = views.Budget(given.limit)
        answer: dict[str, Any] = {"object": views.whole(mirror, node, fields, given.depth, budget)}
        if budget.cut:
            answer["cut"] = f"{budget.cut} objects left out: read them by ref, or raise limit"
        return answer
    if given.children not in node.children:
        raise errors.InvalidValue(
            f"{node.type} has no list `{given.children}`",
            given.children,
            hint=f"it has {', '.join(sorted(node.children)) or 'none'}",
        )
    part, after = page(list(mirror.children(node, given.children)), given.cursor, given.limit)
    return {
        "object": {"ref": mirror.ref(node.id), "type": node.type},
        "children": [views.whole(mirror, each, fields, given.depth) for each in part],
        **after,
    }


class Find(Arguments):
    name: Annotated[str, Meta(description="exact, partial or nearly")] | UnsetType = UNSET
    kind: Annotated[str, Meta(description="track, clip, device, parameter… or Live's class")] | UnsetType = (
        UNSET
    )
    where: Annotated[list[str], Meta(description="'arm = true', 'length > 32'")] = []
    under: Annotated[Target, Meta(description="only what is below it")] | UnsetType = UNSET
    limit: Limit = 20


@tools.reads(Find, "Find objects", "Objects by name, kind and conditions, best first.", {"found": LIST})
async def find(desk: Desk, given: Find) -> dict[str, Any]:
    found = desk.mirror.find(
        name=None if given.name is UNSET else given.name,
        kind=None if given.kind is UNSET else given.kind,
        where=given.where or None,
        under=None if given.under is UNSET else desk.scope.target(given.under).id,
        limit=given.limit,
    )
    return {"found": [views.match(desk.mirror, each) for each in found]}


class GetNotes(Arguments):
    clip: (
        Annotated[Clip, Meta(description="clip or its slot; default the one in the detail view")] | UnsetType
    ) = UNSET
    form: Annotated[
        Literal["objects", "compact"], Meta(description="compact: 'C1@0:.25v100#id …', see edit_notes")
    ] = "objects"
    from_time: Time | UnsetType = UNSET
    to_time: Annotated[Time, Meta(description="not included")] | UnsetType = UNSET
    from_pitch: Pitch = 0
    to_pitch: Pitch = 127
    limit: Annotated[int, Meta(ge=1, le=20000, description="at most so many")] = 500
    cursor: Cursor = ""


@tools.reads(
    GetNotes,
    "Get notes",
    "Notes of a MIDI clip by time and pitch, with the ids that edits need.",
    {"notes": {}, "count": {"type": "integer"}},
)
async def get_notes(desk: Desk, given: GetNotes) -> dict[str, Any]:
    mirror = desk.mirror
    scope = desk.scope
    node = scope.meant(given.clip, "Clip")
    held = in_range(scope, mirror.notes(node), given)
    part, after = page(held, given.cursor, given.limit)
    shown: Any = (
        notation.written(part, ids=True) if given.form == "compact" else [views.note(each) for each in part]
    )
    answer = {"ref": mirror.ref(node.id), "notes": shown, "count": len(held), **after}
    return answer if not scope.notes else {**answer, "said": scope.notes}


class GetChanges(Arguments):
    since: Annotated[int, Meta(ge=0, description="a revision; default: the newest events")] | UnsetType = (
        UNSET
    )
    match: Annotated[list[str], Meta(max_length=50, description="refs, ids, names; * one step, ** any")] = []
    limit: Limit = 50


@tools.reads(
    GetChanges, "Get changes", "What changed after a revision, and who did it.", {"events": LIST}, lasts=False
)
async def get_changes(desk: Desk, given: GetChanges) -> dict[str, Any]:
    mirror = desk.mirror
    since = None if given.since is UNSET else given.since
    found = resources.events(mirror, since, None if given.match else given.limit)
    if given.match:
        patterns = [Pattern(each) for each in given.match]
        # A resync has no object of its own: it may concern any.
        found = [
            each for each in found if "id" not in each or _concerns(mirror, patterns, each["id"], each["ref"])
        ]
    # Without `since` the newest are meant, with it the first ones after it.
    part = found[-given.limit :] if since is None else found[: given.limit]
    answer: dict[str, Any] = {"events": part}
    if part and len(part) < len(found) and since is not None:
        answer["more_since"] = part[-1]["revision"]
    return answer


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
    "Returns when something of `match` changes in Live; for clients that cannot subscribe.",
    {"changed": {"type": "boolean"}, "refs": LIST},
    lasts=False,
    waits=True,
)
async def wait_for_change(desk: Desk, given: Wait) -> dict[str, Any]:
    mirror = desk.mirror
    wanted = given.match or ["song", "**"]
    async with mirror.subscribe(wanted, desk.caller.name) as stream:
        if given.after is not UNSET:
            held = {
                each["ref"]: None
                for each in resources.events(mirror, given.after, None)
                if _concerns(mirror, stream.patterns, each["id"], each["ref"])
            }
            if held:
                return {"changed": True, "refs": list(held)[:100]}
        with anyio.move_on_after(given.timeout_s):
            async for notice in stream:
                return {"changed": True, "refs": list(notice.refs[:100])}
    return {"changed": False, "refs": []}


class Describe(Arguments):
    what: Annotated[int | str, kind("target", "a class such as Track, or a ref, id:… or name")]


@tools.reads(
    Describe,
    "Describe a class",
    "What objects of a class have: settable properties with ranges, methods with arguments; for `batch`.",
    {"class": {"type": "string"}, "properties": OBJECT, "methods": OBJECT},
)
async def describe(desk: Desk, given: Describe) -> dict[str, Any]:
    known = {name.casefold(): name for name in schema.CLASSES}
    name = known.get(str(given.what).casefold()) or desk.scope.target(given.what).type
    return views.description(name)


def page(held: list[Any], cursor: str, limit: int) -> tuple[list[Any], dict[str, Any]]:
    """The part of a list that a cursor stands for, and what the answer says about the rest."""
    if cursor and not cursor.isdecimal():
        raise errors.InvalidValue("A cursor is the next_cursor of the answer before", cursor)
    begin = int(cursor or 0)
    part = held[begin : begin + limit]
    rest = {"next_cursor": str(begin + limit), "total": len(held)} if begin + limit < len(held) else {}
    return part, rest
