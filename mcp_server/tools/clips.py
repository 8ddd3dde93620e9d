"""Clips of both views: create, every property, launching, envelopes and warp markers."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import UNSET, Meta, Struct, UnsetType

from mirror import Call, Node, Operation, Set, errors
from remote_script.SetMirror import schema

from ..desk import Desk
from ..fields import Color, Length, Overwrite, Target, Time, arguments, sets, settable
from ..tool import Arguments, Toolset
from .notes import Notes, plain_notes

tools = Toolset("clips")


class CreateClip(Arguments):
    track: Target
    slot: Annotated[int | UnsetType, Meta(description="a scene's number from 0; or give `time`")] = UNSET
    time: Annotated[Time | UnsetType, Meta(description="in the arrangement")] = UNSET
    take_lane: Annotated[int | UnsetType, Meta(description="with time: into this lane")] = UNSET
    length: Length = 4.0
    file_path: Annotated[str | UnsetType, Meta(description="absolute path of a sample")] = UNSET
    name: str | UnsetType = UNSET
    color: Color | UnsetType = UNSET
    notes: Notes = ""
    overwrite: Overwrite = False


@tools.writes(
    CreateClip,
    "Create a clip",
    "A MIDI clip with notes, or an audio clip from a file, in a slot or in the arrangement.",
    idempotent=False,
)
async def create_clip(desk: Desk, given: CreateClip) -> dict[str, Any]:
    track = desk.resolve(given.track, "Track")
    if (given.slot is UNSET) == (given.time is UNSET):
        raise errors.InvalidParams("create_clip needs either `slot` or `time`")
    audio = given.file_path is not UNSET
    if audio and given.notes:
        raise errors.InvalidParams("An audio clip has no notes: give `notes` or `file_path`")
    op: Operation
    if given.slot is not UNSET:
        slots = desk.mirror.children(track, "clip_slots")
        if not 0 <= given.slot < len(slots):
            raise errors.InvalidValue(f"{desk.ref(track)} has {len(slots)} slots, from 0", given.slot)
        slot = slots[given.slot]
        if desk.mirror.child(slot, "clip") is not None:
            raise errors.NotAvailable(
                f"{desk.ref(slot)} has a clip already",
                given.slot,
                hint="delete it first, or take another slot",
            )
        op = (
            Call(slot.id, "create_audio_clip", {"file_path": given.file_path})
            if audio
            else Call(slot.id, "create_clip", {"pages": desk.length(given.length)})
        )
    else:
        assert given.time is not UNSET
        where, at = _lane(desk, track, given.take_lane), desk.position(given.time)
        if audio:
            name = "position" if where.type == "Track" else "start_time"
            op = Call(where.id, "create_audio_clip", {"file_path": given.file_path, name: at})
        else:
            op = Call(where.id, "create_midi_clip", {"start_time": at, "length": desk.length(given.length)})
    ops: list[Operation] = [op, *sets("$0", "Clip", given)]
    notes = plain_notes(given.notes)
    if notes:
        ops.append(Call("$0", "add_new_notes", {"notes": notes}))
    return await desk.write(ops, "create a clip", given.overwrite)


def _lane(desk: Desk, track: Node, index: int | UnsetType) -> Node:
    if index is UNSET:
        return track
    lanes = desk.mirror.children(track, "take_lanes")
    if not 0 <= index < len(lanes):
        raise errors.InvalidValue(
            f"{desk.ref(track)} has {len(lanes)} take lanes", index, hint="create_take_lane makes one"
        )
    return lanes[index]


_TIMES = ("start_marker", "end_marker", "loop_start", "loop_end", "position")
_CLIP = [
    name
    for name, prop in schema.properties("Clip").items()
    if prop.write and name not in (*_TIMES, "is_playing", "color_index")
]
SetClip = arguments(
    "SetClip",
    ("clip", Target),
    *settable("Clip", *_CLIP),
    *[(name, float | UnsetType, UNSET) for name in _TIMES],
)


@tools.writes(
    SetClip,
    "Set a clip",
    "Any property of a clip: loop and markers (beats in the clip), launch, groove, gain, pitch, warp.",
)
async def set_clip(desk: Desk, given: Any) -> dict[str, Any]:
    clip = desk.clip(given.clip)
    ops = sets(clip.id, "Clip", given)
    for start, end in (("loop_start", "loop_end"), ("start_marker", "end_marker")):
        pair = {op.name: n for n, op in enumerate(ops) if isinstance(op, Set) and op.name in (start, end)}
        if len(pair) == 2 and getattr(given, start) >= clip.props.get(end, float("inf")):
            # Live refuses a start beyond the end: move the end first.
            ops[pair[start]], ops[pair[end]] = ops[pair[end]], ops[pair[start]]
            ops.sort(key=lambda op: isinstance(op, Set) and op.name == start)
    return await desk.write(ops, "set a clip")


class Fire(Arguments):
    target: Annotated[Target, Meta(description="a clip, slot or scene")]


@tools.writes(Fire, "Fire", "Launches a clip, slot or scene, quantized as Live is set.", idempotent=False)
async def fire(desk: Desk, given: Fire) -> dict[str, Any]:
    node = desk.resolve(given.target)
    if node.type not in ("Clip", "ClipSlot", "Scene"):
        raise errors.InvalidValue(
            f"A clip, slot or scene is needed, {desk.ref(node)} is a {node.type}", given.target
        )
    return await desk.write([Call(node.id, "fire")], "fire")


class Stop(Arguments):
    target: Annotated[Target, Meta(description="a clip, slot, track, or song for all")]


@tools.writes(Stop, "Stop clips", "Stops a clip, a slot, a track's clips, or all.")
async def stop(desk: Desk, given: Stop) -> dict[str, Any]:
    node = desk.resolve(given.target)
    method = "stop_all_clips" if node.type in ("Song", "Track") else "stop"
    return await desk.write([Call(node.id, method)], "stop")


Pair = Annotated[list[float], Meta(min_length=2, max_length=2)]


class Step(Struct, forbid_unknown_fields=True):
    time: float
    length: Annotated[float, Meta(ge=0)]
    value: float


class EditEnvelope(Arguments):
    clip: Target
    parameter: Target
    steps: Annotated[list[Step], Meta(max_length=500)] = []
    delete: Annotated[list[Pair], Meta(description="[from, to] in beats")] = []
    clear: Annotated[bool, Meta(description="the whole envelope, first")] = False


@tools.writes(
    EditEnvelope,
    "Edit an envelope",
    "Automation of a parameter within a session clip: steps in beats, deleting a range, clearing.",
    destructive=True,
    idempotent=False,
)
async def edit_envelope(desk: Desk, given: EditEnvelope) -> dict[str, Any]:
    clip, parameter = desk.resolve(given.clip, "Clip"), desk.resolve(given.parameter, "DeviceParameter")
    about = {"device_parameter": parameter.id}
    ops: list[Operation] = [Call(clip.id, "clear_envelope", about)] if given.clear else []
    for start, end in given.delete:
        ops.append(Call(clip.id, "delete_envelope_events", {**about, "from_time": start, "to_time": end}))
    for step in given.steps:
        told = {"time": step.time, "length": step.length, "value": step.value}
        ops.append(Call(clip.id, "insert_envelope_step", {**about, **told}))
    return await desk.write(ops, "edit an envelope")


class Moved(Struct, forbid_unknown_fields=True):
    beat_time: float
    by: Annotated[float, Meta(description="beats")]


class EditWarpMarkers(Arguments):
    clip: Target
    add: Annotated[list[Pair], Meta(description="[seconds in the sample, beat]")] = []
    move: list[Moved] = []
    remove: Annotated[list[float], Meta(description="beats")] = []


@tools.writes(
    EditWarpMarkers,
    "Edit warp markers",
    "Adds, moves, removes warp markers of an audio clip; get shows them.",
    destructive=True,
    idempotent=False,
)
async def edit_warp_markers(desk: Desk, given: EditWarpMarkers) -> dict[str, Any]:
    clip = desk.resolve(given.clip, "Clip").id
    ops: list[Operation] = [Call(clip, "remove_warp_marker", {"beat_time": beat}) for beat in given.remove]
    for marker in given.move:
        told = {"marker_beat_time": marker.beat_time, "beat_time_distance": marker.by}
        ops.append(Call(clip, "move_warp_marker", told))
    for pair in given.add:
        ops.append(Call(clip, "add_warp_marker", {"warp_marker": list(pair)}))
    return await desk.write(ops, "edit warp markers")
