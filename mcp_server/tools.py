"""The tools, each one declaration: its words, its arguments, and what it asks of the mirror.

Reads come from memory. Writes go through the mirror's queue: one call is one step in Live's undo history, and returns
when Live shows it. Targets are refs (`tracks/2`, `tracks/2[Bass]`), ids, or names.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Literal, TypeVar

import anyio
from msgspec import UNSET, Meta, Struct, UnsetType

from mirror import Call, Mirror, Node, Operation, Set, WriteResult, errors

from . import resources, views
from .tool import Arguments, Caller, Tool

Target = Annotated[int | str, Meta(description="ref such as tracks/2 or tracks/2[Bass], an id, or a name")]
Beats = Annotated[float, Meta(ge=0, description="beats; a 4/4 bar has 4")]
Limit = Annotated[int, Meta(ge=1, le=500)]
Volume = Annotated[float | str, Meta(description="0..1, or text: '-6 dB'")]
Panning = Annotated[float | str, Meta(description="-1..1, or text: '20L', 'C'")]

OBJECT: dict[str, Any] = {"type": "object"}
LIST: dict[str, Any] = {"type": "array", "items": {"type": "object"}}
WRITTEN: dict[str, Any] = {
    "write": {"type": "string", "description": "the id of this write, for undo_mine"},
    "outcome": {"enum": ["verified", "unchanged", "mismatch"]},
    "results": LIST,
    "undo_steps": {"type": "integer"},
}


class Note(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """A MIDI note; 60 is C3, times in beats from the clip's start."""

    pitch: Annotated[int, Meta(ge=0, le=127)]
    start_time: float
    duration: Annotated[float, Meta(gt=0)]
    velocity: Annotated[float, Meta(ge=0, le=127)] = 100.0
    mute: bool = False
    probability: Annotated[float, Meta(ge=0, le=1)] = 1.0
    velocity_deviation: Annotated[float, Meta(ge=-127, le=127)] = 0.0
    release_velocity: Annotated[float, Meta(ge=0, le=127)] = 64.0


class NoteChange(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """What shall be different about the note with this id."""

    note_id: int
    pitch: Annotated[int, Meta(ge=0, le=127)] | UnsetType = UNSET
    start_time: float | UnsetType = UNSET
    duration: Annotated[float, Meta(gt=0)] | UnsetType = UNSET
    velocity: Annotated[float, Meta(ge=0, le=127)] | UnsetType = UNSET
    mute: bool | UnsetType = UNSET
    probability: Annotated[float, Meta(ge=0, le=1)] | UnsetType = UNSET
    velocity_deviation: Annotated[float, Meta(ge=-127, le=127)] | UnsetType = UNSET
    release_velocity: Annotated[float, Meta(ge=0, le=127)] | UnsetType = UNSET


TOOLS: dict[str, Tool] = {}

F = TypeVar("F", bound=Callable[..., Awaitable[dict[str, Any]]])


def _tool(
    arguments: type[Arguments],
    title: str,
    description: str,
    output: dict[str, Any],
    *,
    writes: bool = False,
    destructive: bool = False,
    idempotent: bool = True,
) -> Callable[[F], F]:
    def declare(run: F) -> F:
        name = run.__name__
        TOOLS[name] = Tool(
            name, title, description, arguments, run, output, not writes, destructive, idempotent
        )
        return run

    return declare


# -- reading ---------------------------------------------------------------------------------------------------


class Nothing(Arguments):
    """No arguments."""


@_tool(Nothing, "Get the Set", "The whole Set in a line a track and scene. Begin here.", {"set": OBJECT})
async def get_set(mirror: Mirror, given: Nothing, caller: Caller) -> dict[str, Any]:
    return {"set": views.overview(mirror)}


class Get(Arguments):
    target: Target
    fields: Annotated[list[str], Meta(description="only these properties; default all")] | None = None
    children: Annotated[
        str | None, Meta(description="also the objects of this list, e.g. parameters, clip_slots")
    ] = None
    offset: Annotated[int, Meta(ge=0)] = 0
    limit: Limit = 100


@_tool(
    Get,
    "Get an object",
    "Every property of one object by ref, id or name, in Live's words.",
    {"object": OBJECT},
)
async def get(mirror: Mirror, given: Get, caller: Caller) -> dict[str, Any]:
    node = mirror.resolve(given.target)
    answer: dict[str, Any] = {"object": views.whole(mirror, node, given.fields)}
    if given.children is not None:
        if given.children not in node.children:
            raise errors.InvalidValue(
                f"{node.type} has no list `{given.children}`",
                given.children,
                hint=f"it has {', '.join(sorted(node.children))}",
            )
        held = mirror.children(node, given.children)
        part = held[given.offset : given.offset + given.limit]
        answer["children"] = [views.whole(mirror, each, given.fields) for each in part]
        if given.offset + given.limit < len(held):
            answer["next_offset"] = given.offset + given.limit
    return answer


class Track(Arguments):
    track: Target


@_tool(Track, "Get a track", "One track with mixer, devices and clips.", {"track": OBJECT})
async def get_track(mirror: Mirror, given: Track, caller: Caller) -> dict[str, Any]:
    return {"track": views.track(mirror, mirror.resolve(given.track, "Track"))}


class Device(Arguments):
    device: Target


@_tool(
    Device,
    "Get a device",
    "One device with its parameters: value, range, and the text that Live shows.",
    {"device": OBJECT},
)
async def get_device(mirror: Mirror, given: Device, caller: Caller) -> dict[str, Any]:
    return {"device": views.device_whole(mirror, mirror.resolve(given.device, "Device"))}


class Find(Arguments):
    name: Annotated[str, Meta(description="exact, partial or nearly so")] | None = None
    kind: Annotated[
        str | None, Meta(description="track, clip, device, parameter, scene … or Live's class")
    ] = None
    where: Annotated[list[str], Meta(description="e.g. 'arm = true', 'length > 32'")] = []
    under: Target | None = None
    limit: Limit = 20


@_tool(Find, "Find objects", "Objects by name, kind and conditions, best first.", {"found": LIST})
async def find(mirror: Mirror, given: Find, caller: Caller) -> dict[str, Any]:
    found = mirror.find(
        name=given.name, kind=given.kind, where=given.where or None, under=given.under, limit=given.limit
    )
    return {
        "found": [
            {
                "ref": each.ref,
                "id": each.node.id,
                "type": each.node.type,
                "name": each.node.name,
                "score": each.score,
            }
            for each in found
        ]
    }


class Clip(Arguments):
    clip: Target


class GetNotes(Clip):
    from_time: float | None = None
    to_time: float | None = None
    from_pitch: Annotated[int, Meta(ge=0, le=127)] = 0
    to_pitch: Annotated[int, Meta(ge=0, le=127)] = 127
    offset: Annotated[int, Meta(ge=0)] = 0
    limit: Annotated[int, Meta(ge=1, le=5000)] = 500


@_tool(
    GetNotes,
    "Get notes",
    "The notes of a MIDI clip, by time and pitch, with the ids that edits need.",
    {"notes": LIST, "count": {"type": "integer"}},
)
async def get_notes(mirror: Mirror, given: GetNotes, caller: Caller) -> dict[str, Any]:
    node = mirror.resolve(given.clip)
    low = given.from_time if given.from_time is not None else float("-inf")
    high = given.to_time if given.to_time is not None else float("inf")
    held = [
        each
        for each in mirror.notes(node)
        if low <= each.start_time < high and given.from_pitch <= each.pitch <= given.to_pitch
    ]
    part = held[given.offset : given.offset + given.limit]
    answer: dict[str, Any] = {
        "ref": mirror.ref(node.id),
        "notes": [views.note(each) for each in part],
        "count": len(held),
    }
    if given.offset + given.limit < len(held):
        answer["next_offset"] = given.offset + given.limit
    return answer


class Since(Arguments):
    since: Annotated[int, Meta(ge=0, description="a revision; default the newest events")] | None = None
    limit: Limit = 50


@_tool(Since, "Get changes", "What changed after a revision, and who did it.", {"events": LIST})
async def get_changes(mirror: Mirror, given: Since, caller: Caller) -> dict[str, Any]:
    return {"events": resources.events(mirror, given.since, given.limit)}


class Wait(Arguments):
    patterns: Annotated[
        list[Target],
        Meta(max_length=50, description="refs, ids or names; * and ** stand for steps; default: anything"),
    ] = []
    timeout_s: Annotated[float, Meta(gt=0, le=300)] = 30.0


@_tool(
    Wait,
    "Wait for a change",
    "Waits until something of the patterns changes in Live; for clients that cannot subscribe.",
    {"changed": {"type": "boolean"}, "refs": {"type": "array", "items": {"type": "string"}}},
)
async def wait_for_change(mirror: Mirror, given: Wait, caller: Caller) -> dict[str, Any]:
    async with mirror.subscribe(given.patterns or ["song", "**"]) as stream:
        with anyio.move_on_after(given.timeout_s):
            async for notice in stream:
                return {"changed": True, "refs": list(notice.refs[:100])}
    return {"changed": False, "refs": []}


@_tool(Nothing, "Get status", "The bridge's state of health: link, revision, counters.", {"status": OBJECT})
async def get_status(mirror: Mirror, given: Nothing, caller: Caller) -> dict[str, Any]:
    return {"status": views.plain(mirror.status())}


# -- writing ---------------------------------------------------------------------------------------------------


def _written(result: WriteResult) -> dict[str, Any]:
    return {
        "write": result.write,
        "outcome": result.outcome,
        "results": [views.plain(each) for each in result.results],
        "undo_steps": result.undo_steps,
        "revision": result.revision,
    }


async def _write(
    mirror: Mirror, ops: list[Operation], caller: Caller, label: str, **more: Any
) -> dict[str, Any]:
    if not ops:
        raise errors.InvalidParams(
            f"{label}: nothing to do was given", hint="give at least one thing to change"
        )
    result = await mirror.write(ops, author=caller.name, client=caller.name, label=label, **more)
    return _written(result)


def _sets(target: int | str, given: Arguments, *names: str) -> list[Operation]:
    return [Set(target, name, getattr(given, name)) for name in names if getattr(given, name) is not None]


class SetSong(Arguments):
    tempo: Annotated[float, Meta(ge=20, le=999, description="BPM")] | None = None
    signature_numerator: Annotated[int, Meta(ge=1, le=99)] | None = None
    signature_denominator: Literal[1, 2, 4, 8, 16] | None = None
    loop: bool | None = None
    loop_start: Beats | None = None
    loop_length: Beats | None = None
    metronome: bool | None = None
    record_mode: bool | None = None
    groove_amount: Annotated[float, Meta(ge=0, le=1.3125)] | None = None
    root_note: Annotated[int, Meta(ge=0, le=11, description="0 is C")] | None = None
    scale_name: str | None = None


@_tool(SetSong, "Set the song", "Tempo, signature, loop, metronome, scale.", WRITTEN, writes=True)
async def set_song(mirror: Mirror, given: SetSong, caller: Caller) -> dict[str, Any]:
    return await _write(mirror, _sets("song", given, *given.__struct_fields__), caller, "set the song")


_TRANSPORT = {
    "play": "start_playing",
    "continue": "continue_playing",
    "stop": "stop_playing",
    "stop_all_clips": "stop_all_clips",
    "tap_tempo": "tap_tempo",
    "capture_midi": "capture_midi",
}


class Transport(Arguments):
    action: Literal[
        "play", "continue", "stop", "stop_all_clips", "tap_tempo", "capture_midi", "jump_by", "jump_to"
    ]
    beats: Annotated[float, Meta(description="for jump_by and jump_to")] | None = None


@_tool(Transport, "Transport", "Play, continue, stop, jump.", WRITTEN, writes=True, idempotent=False)
async def transport(mirror: Mirror, given: Transport, caller: Caller) -> dict[str, Any]:
    op: Operation
    if given.action in _TRANSPORT:
        op = Call("song", _TRANSPORT[given.action])
    elif given.beats is None:
        raise errors.InvalidParams(f"{given.action} needs `beats`")
    elif given.action == "jump_by":
        op = Call("song", "jump_by", {"beats": given.beats})
    else:
        op = Set("song", "current_song_time", given.beats)
    return await _write(mirror, [op], caller, given.action)


class Send(Struct, forbid_unknown_fields=True):
    index: Annotated[int, Meta(ge=0)]
    value: Volume


class SetMixer(Arguments):
    track: Target
    volume: Volume | None = None
    panning: Panning | None = None
    sends: list[Send] = []
    mute: bool | None = None
    solo: bool | None = None
    arm: bool | None = None


def _mixer_ops(mirror: Mirror, given: SetMixer) -> list[Operation]:
    track = mirror.resolve(given.track, "Track")
    mixer = f"{mirror.ref(track.id)}/mixer_device"
    ops: list[Operation] = []
    if given.volume is not None:
        ops.append(Set(f"{mixer}/volume", "value", given.volume))
    if given.panning is not None:
        ops.append(Set(f"{mixer}/panning", "value", given.panning))
    for send in given.sends:
        ops.append(Set(f"{mixer}/sends/{send.index}", "value", send.value))
    return [*ops, *_sets(track.id, given, "mute", "solo", "arm")]


@_tool(
    SetMixer,
    "Set the mixer",
    "Volume, panning and sends of a track, as values or as Live shows them; mute, solo, arm.",
    WRITTEN,
    writes=True,
)
async def set_mixer(mirror: Mirror, given: SetMixer, caller: Caller) -> dict[str, Any]:
    return await _write(mirror, _mixer_ops(mirror, given), caller, "set the mixer")


class CreateTrack(Arguments):
    kind: Literal["midi", "audio", "return"]
    name: str | None = None
    index: Annotated[int, Meta(ge=-1, description="-1 appends; not for returns")] = -1
    color_index: Annotated[int, Meta(ge=0, le=69)] | None = None


@_tool(
    CreateTrack, "Create a track", "A MIDI, audio or return track.", WRITTEN, writes=True, idempotent=False
)
async def create_track(mirror: Mirror, given: CreateTrack, caller: Caller) -> dict[str, Any]:
    args = {} if given.kind == "return" else {"index": given.index}
    ops: list[Operation] = [Call("song", f"create_{given.kind}_track", args)]
    return await _write(mirror, [*ops, *_sets("$0", given, "name", "color_index")], caller, "create a track")


class CreateClip(Arguments):
    track: Target
    slot: Annotated[int, Meta(ge=0, description="the scene's index")]
    length_beats: Annotated[float, Meta(gt=0)] = 4.0
    name: str | None = None
    notes: Annotated[list[Note], Meta(max_length=5000)] = []


def _plain_notes(notes: list[Any]) -> list[dict[str, Any]]:
    return [views.plain(each) for each in notes]


@_tool(
    CreateClip,
    "Create a MIDI clip",
    "A MIDI clip with notes in an empty slot of a MIDI track.",
    WRITTEN,
    writes=True,
    idempotent=False,
)
async def create_midi_clip(mirror: Mirror, given: CreateClip, caller: Caller) -> dict[str, Any]:
    track = mirror.resolve(given.track, "Track")
    slot = f"{mirror.ref(track.id)}/clip_slots/{given.slot}"
    ops: list[Operation] = [Call(slot, "create_clip", {"pages": given.length_beats})]
    ops += _sets("$0", given, "name")
    if given.notes:
        ops.append(Call("$0", "add_new_notes", {"notes": _plain_notes(given.notes)}))
    return await _write(mirror, ops, caller, "create a clip")


class EditNotes(Clip):
    add: Annotated[list[Note], Meta(max_length=5000)] = []
    change: Annotated[list[NoteChange], Meta(max_length=5000)] = []
    remove: Annotated[list[int], Meta(description="note ids")] = []
    replace: Annotated[list[Note], Meta(description="instead of all the clip has")] | None = None


@_tool(
    EditNotes,
    "Edit notes",
    "Add, change by id, remove by id, or replace the notes of a MIDI clip, in one step.",
    WRITTEN,
    writes=True,
    destructive=True,
    idempotent=False,
)
async def edit_notes(mirror: Mirror, given: EditNotes, caller: Caller) -> dict[str, Any]:
    clip = mirror.resolve(given.clip).id
    ops: list[Operation] = []
    if given.replace is not None:
        ops.append(Call(clip, "replace_notes", {"notes": _plain_notes(given.replace)}))
    if given.remove:
        ops.append(Call(clip, "remove_notes_by_id", {"note_ids": given.remove}))
    if given.change:
        ops.append(Call(clip, "apply_note_modifications", {"notes": _plain_notes(given.change)}))
    if given.add:
        ops.append(Call(clip, "add_new_notes", {"notes": _plain_notes(given.add)}))
    return await _write(mirror, ops, caller, "edit notes")


class Fire(Arguments):
    target: Annotated[int | str, Meta(description="a clip, clip slot or scene")]


@_tool(Fire, "Fire", "Launch a clip, a slot or a scene.", WRITTEN, writes=True, idempotent=False)
async def fire(mirror: Mirror, given: Fire, caller: Caller) -> dict[str, Any]:
    return await _write(mirror, [Call(mirror.resolve(given.target).id, "fire")], caller, "fire")


class Stop(Arguments):
    target: Annotated[int | str, Meta(description="a clip, clip slot, track, or song")]


@_tool(Stop, "Stop clips", "Stop a clip, a slot, a track's clips, or all.", WRITTEN, writes=True)
async def stop(mirror: Mirror, given: Stop, caller: Caller) -> dict[str, Any]:
    node: Node = mirror.resolve(given.target)
    method = "stop_all_clips" if node.type in ("Song", "Track") else "stop"
    return await _write(mirror, [Call(node.id, method)], caller, "stop")


class SetValue(Arguments):
    target: Target
    property: str
    value: Any


@_tool(
    SetValue,
    "Set a property",
    "Any writable property of any object, in Live's words and ranges; for a device's parameter it is `value`.",
    WRITTEN,
    writes=True,
)
async def set_property(mirror: Mirror, given: SetValue, caller: Caller) -> dict[str, Any]:
    target = mirror.resolve(given.target).id
    return await _write(mirror, [Set(target, given.property, given.value)], caller, f"set {given.property}")


class CallMethod(Arguments):
    target: Target
    method: str
    args: dict[str, Any] = {}


@_tool(
    CallMethod,
    "Call a method",
    "Any method of any object, in Live's words: delete_track, duplicate_scene, insert_device, quantize …",
    WRITTEN,
    writes=True,
    destructive=True,
    idempotent=False,
)
async def call_method(mirror: Mirror, given: CallMethod, caller: Caller) -> dict[str, Any]:
    return await _write(
        mirror, [Call(mirror.resolve(given.target).id, given.method, given.args)], caller, given.method
    )


class Batch(Arguments):
    operations: Annotated[
        list[Set | Call],
        Meta(min_length=1, max_length=1000, description="$0 stands for what operation 0 made"),
    ]
    if_revision: Annotated[int, Meta(ge=0, description="refuse if its objects changed since")] | None = None
    dry_run: bool = False


@_tool(
    Batch,
    "Write in one step",
    "Many operations, all or none, as one step in Live's undo history.",
    WRITTEN,
    writes=True,
    destructive=True,
    idempotent=False,
)
async def batch(mirror: Mirror, given: Batch, caller: Caller) -> dict[str, Any]:
    ops: list[Operation] = list(given.operations)
    return await _write(mirror, ops, caller, "batch", if_revision=given.if_revision, dry_run=given.dry_run)


@_tool(
    Nothing,
    "Undo",
    "Live's own undo: takes back the last edit, whoever made it.",
    WRITTEN,
    writes=True,
    destructive=True,
    idempotent=False,
)
async def undo(mirror: Mirror, given: Nothing, caller: Caller) -> dict[str, Any]:
    return _written(await mirror.undo(author=caller.name, client=caller.name))


@_tool(Nothing, "Redo", "Live's own redo.", WRITTEN, writes=True, idempotent=False)
async def redo(mirror: Mirror, given: Nothing, caller: Caller) -> dict[str, Any]:
    return _written(await mirror.redo(author=caller.name, client=caller.name))


class UndoMine(Arguments):
    write: Annotated[str, Meta(description="as the write's answer named it")]


@_tool(
    UndoMine,
    "Undo my write",
    "Takes back one write; refused when somebody changed the Set since.",
    WRITTEN,
    writes=True,
    idempotent=False,
)
async def undo_mine(mirror: Mirror, given: UndoMine, caller: Caller) -> dict[str, Any]:
    return _written(await mirror.undo_mine(given.write, author=caller.name, client=caller.name))
