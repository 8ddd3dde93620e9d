"""Reading: the Set, its objects and notes, what a client can find and ask about them. All from the mirror's memory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from mirror import Mirror, Node, Note, errors, values
from remote_script.SetMirror.contract import schema
from remote_script.SetMirror.contract.naming import near_names, suggestion

from .. import knowledge, notation, recipes, unavailable, units, views
from ..desk import Desk
from ..fields import Clip, Pitch, Target, Time, Track, kind
from ..knowledge import device_knowledge
from ..music import EDITS, from_set
from ..music.edits import edit_line, edit_options, select_options
from ..overview import grid, overview
from ..plans import Scope, only
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
            Literal[
                "counts",
                "song",
                "tracks",
                "return_tracks",
                "main_track",
                "scenes",
                "cue_points",
                "grid",
                "view",
                "status",
            ]
        ],
        Meta(description="default all but view and status (the bridge's health)"),
    ] = []
    cursor: Annotated[str, Meta(description="grid_next of the answer before: only the grid, further on")] = ""


@tools.reads(
    GetSet,
    "Get the Set",
    "The whole Set: a line per track and scene, the grid of clips (scene → track). Start here.",
    {"set": OBJECT},
    lasts=lambda args: "status" not in args.parts,
    outline=True,
)
async def get_set(desk: Desk, args: GetSet) -> dict[str, Any]:
    mirror = desk.mirror
    shown: dict[str, Any] = {}
    if args.cursor:
        if args.parts not in ([], ["grid"]) or not args.cursor.isdecimal():
            raise errors.InvalidParams("`cursor` is grid_next of the answer before, with no `parts` but grid")
        rows, rest = grid(mirror, int(args.cursor[:9]))
        return {"set": {"grid": rows, **({} if rest is None else {"grid_next": str(rest)})}}
    if not {*args.parts} or {*args.parts} - {"view", "status"}:
        shown = overview(mirror)
    if "view" in args.parts:
        shown["view"] = views.whole(mirror, mirror.resolve("view"))
    if "status" in args.parts:
        shown["status"] = views.status(mirror)
    if "grid" in args.parts and "grid_next" in shown:
        return {"set": {name: shown[name] for name in (*args.parts, "grid_next")}}
    return {"set": {name: shown[name] for name in args.parts or shown}}


class GetTrack(Arguments):
    track: Annotated[Track, Meta(description="index, ref or name; default the selected one")] | UnsetType = (
        UNSET
    )


@tools.reads(
    GetTrack, "Get a track", "One track: mixer, routing, devices, clips with their refs.", {"track": OBJECT}
)
async def get_track(desk: Desk, args: GetTrack) -> dict[str, Any]:
    scope = desk.scope
    return noted(scope, {"track": views.track(desk.mirror, scope.meant(args.track, "Track"))})


def noted(scope: Scope, answer: dict[str, Any]) -> dict[str, Any]:
    """The answer with the notes from reading its arguments."""
    return {**answer, "notes": scope.notes} if scope.notes else answer


class GetDevice(Arguments):
    device: Annotated[list[Target], Meta(min_length=1, max_length=64, description="one or many")]
    match: Annotated[str, Meta(description="only parameters whose name contains this")] = ""
    all: Annotated[bool, Meta(description="parameters at their default and unmapped macros, too")] = False
    limit: Limit = 150
    cursor: Cursor = ""


@tools.reads(
    GetDevice,
    "Get a device",
    "Devices: parameters that are not at their default, with Live's text; chains, pads, macros.",
    {"device": {}},
)
async def get_device(desk: Desk, args: GetDevice) -> dict[str, Any]:
    scope = desk.scope
    nodes = [scope.target(target, "Device") for target in args.device]
    if len(nodes) > 1:
        only(args, "many devices", "all", of=("match", "all", "limit", "cursor"))
        return {"device": [views.device_settings(desk.mirror, node, all_of_it=args.all) for node in nodes]}
    mirror, node = desk.mirror, nodes[0]
    words = args.match.casefold()
    parameters = [
        parameter for parameter in mirror.children(node, "parameters") if words in parameter.name.casefold()
    ]
    shown_parameters = (
        parameters
        if words or args.all
        else [parameter for parameter in parameters if views.is_telling(mirror, node, parameter)]
    )
    part, after = page(shown_parameters, args.cursor, args.limit)
    shown = views.device_whole(mirror, node, part)
    if len(shown_parameters) < len(parameters):
        shown["at_default"] = (
            f"{len(parameters) - len(shown_parameters)} parameters left out; all: true shows them"
        )
    if words and not parameters:
        names = [parameter.name for parameter in mirror.children(node, "parameters")]
        none = f"none of the {len(names)} parameters has {args.match[:60]!r} in its name"
        after["notes"] = [suggestion(args.match, names, none)]
    return {"device": shown, **after}


class Get(Arguments):
    target: Target
    fields: Annotated[list[str], Meta(description="only these")] = []
    depth: Annotated[int, Meta(ge=0, le=4, description="levels of children to include")] = 0
    children: Annotated[str, Meta(description="page through this list, e.g. parameters")] = ""
    limit: Limit = 100
    cursor: Cursor = ""


def _no_gauge(args: Get) -> bool:
    return not any(row.kind == "gauge" for name in args.fields for row in values.rows(name))


@tools.reads(
    Get,
    "Get an object",
    "Any object: all properties in Live's words; meters and positions where `fields` names them.",
    {"object": OBJECT},
    lasts=_no_gauge,
)
async def get(desk: Desk, args: Get) -> dict[str, Any]:
    mirror = desk.mirror
    node = desk.scope.target(args.target)
    fields = args.fields or None
    if not args.children:
        budget = views.Budget(args.limit)
        answer: dict[str, Any] = {"object": views.whole(mirror, node, fields, args.depth, budget)}
        if fields:
            answer = await _completed(desk, node, fields, answer)
        if budget.cut:
            answer["cut"] = f"{budget.cut} objects left out: read them by ref, or raise limit"
        return answer
    if args.children not in node.children:
        raise errors.InvalidValue(
            f"{node.type} has no list `{args.children}`",
            args.children,
            hint=f"it has {', '.join(sorted(node.children)) or 'none'}",
        )
    part, after = page(list(mirror.children(node, args.children)), args.cursor, args.limit)
    return {
        "object": {"ref": mirror.ref(node.id), "type": node.type},
        "children": [views.whole(mirror, child, fields, args.depth) for child in part],
        **after,
    }


async def _completed(desk: Desk, node: Node, fields: list[str], answer: dict[str, Any]) -> dict[str, Any]:
    """The answer with requested gauges, read from Live now, and reasons for missing properties."""
    shown = answer["object"]
    known = schema.properties(node.type) if node.type in schema.CLASSES else {}
    wanted = [name for name in fields if name not in shown and name in known]
    gauges = [name for name in wanted if known[name].kind == "gauge"]
    missing = {
        name: f"exists on {', '.join(known[name].on)} only" if known[name].on else "this object has none now"
        for name in wanted
        if name not in gauges
    }
    if gauges:
        read = await desk.mirror.read_now([(node.id, name) for name in gauges])
        for name, value in zip(gauges, read, strict=True):
            if isinstance(value, errors.MirrorError):
                missing[name] = value.rule
            else:
                shown[name] = value
                if name == "current_song_time":
                    shown["bars"] = units.bars(float(value), *views.signature(desk.mirror))
        answer["sampled"] = "read from Live now"
    return {**answer, "missing": missing} if missing else answer


class Find(Arguments):
    name: Annotated[str, Meta(description="exact, partial or nearly")] | UnsetType = UNSET
    kind: Annotated[str, Meta(description="track, clip, device, parameter… or Live's class")] | UnsetType = (
        UNSET
    )
    where: Annotated[list[str], Meta(description="'arm = true', 'length > 32'")] = []
    under: Annotated[Target, Meta(description="only objects below it")] | UnsetType = UNSET
    limit: Limit = 20


@tools.reads(Find, "Find objects", "Objects by name, kind and conditions, best first.", {"found": LIST})
async def find(desk: Desk, args: Find) -> dict[str, Any]:
    unclear: list[str] = []
    nodes = desk.mirror.find(
        name=None if args.name is UNSET else args.name,
        kind=None if args.kind is UNSET else args.kind,
        where=args.where or None,
        under=None if args.under is UNSET else desk.scope.target(args.under).id,
        limit=args.limit + 1,
        unclear=unclear,
    )
    more = {"more": True} if len(nodes) > args.limit else {}
    answer = {"found": [views.match(desk.mirror, node) for node in nodes[: args.limit]], **more}
    if unclear:
        few, others = unclear[:MOST_UNCLEAR], len(unclear) - MOST_UNCLEAR
        rest = [f"{others} more are left out"] if others > 0 else []
        return {**answer, "notes": [*(f"left out: {reason}" for reason in few), *rest]}
    return answer if nodes else {**answer, "notes": _no_match(desk, args)}


MOST_UNCLEAR = 5
"""The most parameters that are left out of a search by their names."""


MOST_COUNTED = 1000
"""The most objects that are counted to explain a search without results."""


def _no_match(desk: Desk, args: Find) -> list[str]:
    """The note for a search without results: the number of objects for each single condition, and similar names."""
    within: dict[str, Any] = {
        "kind": None if args.kind is UNSET else args.kind,
        "under": None if args.under is UNSET else desk.scope.target(args.under).id,
        "limit": MOST_COUNTED,
    }
    what = "objects" if args.kind is UNSET else f"objects of kind {args.kind}"
    below = "" if args.under is UNSET else f" below {args.under}"
    pool = desk.mirror.find(**within)
    counts = [f"{_count(pool)} {what}{below}"]
    for condition in args.where:
        matching = desk.mirror.find(**within, where=[condition])
        counts.append(f"{_count(matching)} of them: {condition}")
    if args.name is UNSET:
        return ["; ".join(counts)]
    matching = desk.mirror.find(**within, name=args.name)
    near = near_names(args.name, dict.fromkeys(match.node.name for match in pool if match.node.name))
    counts.append(f"{_count(matching)} of them named like {args.name[:60]!r}")
    return ["; ".join(counts), *([f"near it are {', '.join(near)}"] if near and not matching else [])]


def _count(matches: Sequence[Any]) -> str:
    return f"{len(matches)}{' or more' if len(matches) == MOST_COUNTED else ''}"


class GetNotes(Arguments):
    clip: (
        Annotated[
            list[Clip],
            Meta(
                min_length=1, max_length=200, description="clips or slots; default the one in the detail view"
            ),
        ]
        | UnsetType
    ) = UNSET
    form: Annotated[
        Literal["objects", "short", "compact"],
        Meta(
            description="short: {id, p, t, d, v…}; compact: 'C1@0:.25v100#id …' is pitch@start:duration v velocity"
        ),
    ] = "objects"
    ids: Annotated[bool, Meta(description="of compact: false is shorter")] = True
    from_time: Time | UnsetType = UNSET
    to_time: Annotated[Time, Meta(description="not included")] | UnsetType = UNSET
    from_pitch: Pitch = 0
    to_pitch: Pitch = 127
    limit: Annotated[int, Meta(ge=1, le=20000, description="at most so many")] = 500
    cursor: Cursor = ""


@tools.reads(
    GetNotes,
    "Get notes",
    "Notes of MIDI clips by time, with the ids that edits need.",
    {"notes": {}, "count": {"type": "integer"}},
)
async def get_notes(desk: Desk, args: GetNotes) -> dict[str, Any]:
    mirror, scope = desk.mirror, desk.scope
    if not args.ids:
        only(args, f"form '{args.form}'", *(["ids"] if args.form == "compact" else []), of=("ids",))
    nodes = [scope.meant(UNSET, "Clip")] if args.clip is UNSET else [scope.clip(clip) for clip in args.clip]
    if len(nodes) > 1:
        return _notes_of_many(scope, nodes, args)
    node = nodes[0]
    notes = in_range(scope, mirror.notes(node), args)
    part, after = page(notes, args.cursor, args.limit)
    answer = {"ref": mirror.ref(node.id), "notes": _in_form(mirror, part, args), "count": len(notes), **after}
    outside = from_set.foreign(mirror, node, notes)
    if outside:
        answer["outside_scale"] = outside
    answer |= _legend(args)
    return answer if not scope.notes else {**answer, "remarks": scope.notes}


def _legend(args: GetNotes) -> dict[str, Any]:
    return {"form": LEGENDS[args.form]} if args.form in LEGENDS else {}


LEGENDS = {
    "compact": "pitch@start:duration v velocity #id, in beats; duration and velocity left out: as the note before, at "
    "first .25 and 100; "
    "m muted, p probability, d velocity deviation, r release velocity",
    "short": "id, p pitch, t start and d duration in beats, v velocity, m muted, pr probability, rv release velocity,"
    " vd velocity deviation",
}
"""Form of notes → its explanation in the answer."""


def _in_form(mirror: Mirror, notes: list[Note], args: GetNotes) -> Any:
    if args.form == "compact":
        rounded = [
            msgspec.structs.replace(
                note,
                start_time=units.neat_beats(note.start_time),
                duration=units.neat_beats(note.duration),
                velocity=round(note.velocity, views.SHOWN_VELOCITY),
                probability=units.neat(note.probability),
            )
            for note in notes
        ]
        return notation.timeline(rounded, ids=args.ids, name=views.pitch_namer(mirror))
    return [views.note(note) if args.form == "objects" else views.short_note(note) for note in notes]


def _notes_of_many(scope: Scope, nodes: list[Node], args: GetNotes) -> dict[str, Any]:
    """The notes of several clips; a clip with the same notes as an earlier clip refers to that clip instead."""
    if args.cursor:
        raise errors.InvalidParams("`cursor` goes with one clip", hint="leave it out, or read one clip")
    seen: dict[Any, str] = {}
    clips: list[dict[str, Any]] = []
    left, count = args.limit, 0
    for node in nodes:
        notes = in_range(scope, scope.note_list(node), args)
        ref = scope.ref(node)
        shown: dict[str, Any] = {"ref": ref, "name": node.name}
        same = seen.setdefault(tuple(msgspec.structs.replace(note, note_id=0) for note in notes), ref)
        count += len(notes)
        if same != ref:
            shown["same_notes_as"] = same
        else:
            shown["notes"] = _in_form(scope.mirror, notes[:left], args)
            if len(notes) > left:
                shown["cut"] = f"{len(notes) - left} notes left out: raise limit, or read this clip alone"
            left -= min(left, len(notes))
            if outside := from_set.foreign(scope.mirror, node, notes):
                shown["outside_scale"] = outside
        clips.append(shown)
    return {"notes": clips, "count": count, **_legend(args)}


class Describe(Arguments):
    what: Annotated[
        int | str,
        kind(
            "target",
            "a class such as Track, a ref or name, a native device, 'edits', 'recipes', or the name of one",
        ),
    ]


@tools.reads(
    Describe,
    "Describe",
    "A class: settable properties with ranges, methods with arguments. A native device: what it is for, how to use "
    "it, parameters. 'edits': what transform_notes can do, with options.",
    {},
)
async def describe(desk: Desk, args: Describe) -> dict[str, Any]:
    text = str(args.what)
    folded = text.strip().casefold()
    if folded == "edits":
        return {"edits": {name: edit_line(name) for name in EDITS}, "select": select_options()}
    known = {name.casefold(): name for name in schema.CLASSES}
    devices = {name.casefold(): name for name in knowledge.all_names()}
    if folded in EDITS and (folded not in devices or text.strip() == folded):
        edit = {"edit": folded, "options": edit_options(folded), "select": select_options()}
        return {**edit, "notes": _also(devices[folded], "a device")} if folded in devices else edit
    if folded in known and folded not in devices:
        return views.description(known[folded])
    if folded in devices:
        device = device_knowledge(devices[folded])
        return {**device, "notes": _also(folded, "an edit of notes")} if folded in EDITS else device
    shelf = recipes.shelf()
    if folded == "recipes":
        return {"recipes": shelf.purposes()}
    if folded in shelf.recipes:
        return recipes.summary(folded, shelf.recipes[folded])
    if desk.mirror.store.at(text) is None and all(
        node.type == "DeviceParameter" for node in desk.scope.named(text)
    ):
        unavailable.refuse(text)
    try:
        return views.description(desk.scope.target(args.what).type)
    except errors.NotFound as problem:
        names = [*schema.CLASSES, *knowledge.all_names(), *EDITS, *shelf.recipes]
        problem.hint = suggestion(
            text, names, f"it is a class, a native device, 'edits', 'recipes'; or {problem.hint}"
        )
        raise


def _also(name: str, what: str) -> list[str]:
    return [f"{name!r}, so written, is {what}"]


def page(rows: list[Any], cursor: str, limit: int) -> tuple[list[Any], dict[str, Any]]:
    """The page of a list at a cursor, and the answer's fields about the remaining elements."""
    if cursor and not cursor.isdecimal():
        raise errors.InvalidValue("A cursor is the next_cursor of the answer before", cursor)
    begin = int(cursor or 0)
    if begin > len(rows):
        raise errors.StaleReference(
            f"The list has {len(rows)} elements, none at {begin}",
            cursor,
            hint="leave `cursor` out to start again",
        )
    part = rows[begin : begin + limit]
    rest = {"next_cursor": str(begin + limit), "total": len(rows)} if begin + limit < len(rows) else {}
    return part, rest
