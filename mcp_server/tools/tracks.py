"""Tracks, chains and scenes with their mixers; and what is the same for all objects: delete, duplicate, move."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from mirror import Call, Node, Operation, Set, errors
from remote_script.SetMirror import schema
from remote_script.SetMirror.places import ID

from .. import units
from ..desk import Desk
from ..fields import Color, Overwrite, Target, Time, Value, arguments, sets, settable
from ..tool import Arguments, Toolset

tools = Toolset("tracks")


class CreateTrack(Arguments):
    kind: Literal["midi", "audio", "return"]
    name: str | UnsetType = UNSET
    index: Annotated[int, Meta(ge=-1, description="-1 appends; not for returns")] = -1
    color: Color | UnsetType = UNSET


@tools.writes(CreateTrack, "Create a track", "A MIDI, audio or return track.", idempotent=False)
async def create_track(desk: Desk, given: CreateTrack) -> dict[str, Any]:
    args = {} if given.kind == "return" else {"index": given.index}
    ops: list[Operation] = [Call("song", f"create_{given.kind}_track", args)]
    return await desk.write([*ops, *sets("$0", "Track", given)], "create a track")


class Send(Struct, forbid_unknown_fields=True):
    send: Annotated[int | str, Meta(description="number from 0, or the return's name")]
    value: Value


_TRACK = (
    "name",
    "color",
    "mute",
    "solo",
    "arm",
    "current_monitoring_state",
    "input_routing_type",
    "input_routing_channel",
    "output_routing_type",
    "output_routing_channel",
    "fold_state",
    "is_showing_chains",
    "back_to_arranger",
)
_MIXER = ("volume", "panning", "cue_volume", "crossfader", "left_split_stereo", "right_split_stereo")
_CHAIN = ("in_note", "out_note", "choke_group")
SetTrack = arguments(
    "SetTrack",
    ("track", Annotated[Target, Meta(description="a track, chain or drum pad")]),
    *settable("Track", *_TRACK),
    *[(name, Value | UnsetType, UNSET) for name in _MIXER],
    ("sends", list[Send], []),
    *settable("MixerDevice", "crossfade_assign", "panning_mode"),
    *settable("DrumChain", *_CHAIN),
)


@tools.writes(
    SetTrack,
    "Set a track",
    "Mixer (volume '-6 dB', panning '20L', sends), name, colour, mute, solo, arm, monitoring, routing by name.",
)
async def set_track(desk: Desk, given: Any) -> dict[str, Any]:
    node = desk.resolve(given.track)
    if node.type not in ("Track", "Chain", "DrumChain", "DrumPad"):
        raise errors.InvalidValue(
            f"A track, chain or drum pad is needed, {desk.ref(node)} is a {node.type}", given.track
        )
    # What this object does not have the mirror refuses by name.
    ops: list[Operation] = [
        Set(node.id, name, units.color(value) if name == "color" else value)
        for name in (*_TRACK, *_CHAIN)
        if (value := getattr(given, name)) is not UNSET
    ]
    wanted = [
        name for name in (*_MIXER, "crossfade_assign", "panning_mode") if getattr(given, name) is not UNSET
    ]
    if wanted or given.sends:
        mixer = desk.mirror.child(node, "mixer_device")
        if mixer is None:
            raise errors.NotAvailable(f"{desk.ref(node)} ({node.type}) has no mixer")
        for name in wanted:
            value = getattr(given, name)
            if name not in _MIXER:
                ops.append(Set(mixer.id, name, value))
                continue
            fader = desk.mirror.child(mixer, name)
            if fader is None:
                raise errors.NotAvailable(f"{desk.ref(node)} has no {name}")
            ops.append(Set(fader.id, "value", value))
        ops += [Set(_send(desk, node, mixer, each.send).id, "value", each.value) for each in given.sends]
    return await desk.write(ops, "set a track")


def _send(desk: Desk, owner: Node, mixer: Node, which: int | str) -> Node:
    sends = desk.mirror.children(mixer, "sends")
    returns = (
        desk.mirror.children("song", "return_tracks")
        if owner.type == "Track"
        else desk.mirror.children(_parent(desk, owner), "return_chains")
    )
    names = [each.name for each in returns]
    if isinstance(which, str):
        fold = which.casefold()
        found = [
            n for n, name in enumerate(names) if fold in (name.casefold(), name.casefold().partition("-")[2])
        ]
        which = found[0] if found else -1
    if not 0 <= which < len(sends):
        raise errors.InvalidValue(
            f"{desk.ref(mixer)} has {len(sends)} sends, from 0",
            which,
            hint=f"they are {', '.join(names) or 'none'}",
        )
    return sends[which]


_SCENE = tuple(
    name for name, prop in schema.properties("Scene").items() if prop.write and name != "color_index"
)
CreateScene = arguments(
    "CreateScene",
    ("index", Annotated[int, Meta(ge=-1, description="-1 appends")], -1),
    (
        "capture",
        Annotated[bool, Meta(description="the clips that play, after the selected scene")],
        False,
    ),
    *settable("Scene", *_SCENE),
)


@tools.writes(CreateScene, "Create a scene", "A scene, empty or captured from what plays.", idempotent=False)
async def create_scene(desk: Desk, given: Any) -> dict[str, Any]:
    first = (
        Call("song", "capture_and_insert_scene")
        if given.capture
        else Call("song", "create_scene", {"index": given.index})
    )
    return await desk.write([first, *sets("$0", "Scene", given)], "create a scene")


SetScene = arguments("SetScene", ("scene", Target), *settable("Scene", *_SCENE))


@tools.writes(SetScene, "Set a scene", "Name, colour, tempo and signature of a scene.")
async def set_scene(desk: Desk, given: Any) -> dict[str, Any]:
    return await desk.write(sets(desk.resolve(given.scene, "Scene").id, "Scene", given), "set a scene")


# -- all objects -------------------------------------------------------------------------------------------------


class Delete(Arguments):
    targets: Annotated[
        list[Target],
        Meta(
            min_length=1,
            max_length=200,
            description="tracks, scenes, clips, devices, cue points, a pad's chains",
        ),
    ]


@tools.writes(Delete, "Delete", "Deletes objects, all in one step.", destructive=True, idempotent=False)
async def delete(desk: Desk, given: Delete) -> dict[str, Any]:
    nodes = {node.id: node for node in map(desk.resolve, given.targets)}.values()
    return await desk.write([_deletion(desk, node) for node in nodes], "delete")


def _place(node: Node) -> dict[str, int]:
    """Wherever it stands when Live does it."""
    return {ID: node.id}


def _parent(desk: Desk, node: Node) -> Node:
    if node.parent is None:
        raise errors.InvalidParams("The song itself cannot be deleted, duplicated or moved")
    return desk.mirror.node(node.parent)


def _deletion(desk: Desk, node: Node) -> Operation:
    parent, place = _parent(desk, node), _place(node)
    match node.role:
        case "tracks":
            return Call("song", "delete_track", {"index": place})
        case "return_tracks":
            return Call("song", "delete_return_track", {"index": place})
        case "scenes":
            return Call("song", "delete_scene", {"index": place})
        case "devices":
            return Call(parent.id, "delete_device", {"device": place})
        case "cue_points":
            return Call("song", "delete_cue_point", {"time": place})
        case "clip":
            return Call(parent.id, "delete_clip")
        case "arrangement_clips":
            # A take lane has no such method; its track has.
            track = parent if parent.type == "Track" else _parent(desk, parent)
            return Call(track.id, "delete_clip", {"slot": node.id})
        case "drum_pads":
            return Call(node.id, "delete_all_chains")
    if node.type == "ClipSlot":
        return Call(node.id, "delete_clip")
    raise errors.NotAvailable(
        f"Live lets nobody delete {desk.ref(node)} ({node.type})",
        hint="tracks, scenes, clips, devices, cue points and a pad's chains can be deleted",
    )


class Duplicate(Arguments):
    target: Annotated[Target, Meta(description="a track, scene, clip, device, or a drum pad")]
    to: Annotated[
        Target | UnsetType, Meta(description="of a clip: a slot; of a pad: a pad; else right after itself")
    ] = UNSET
    time: Annotated[Time | UnsetType, Meta(description="of a clip: in the arrangement")] = UNSET
    overwrite: Overwrite = False


@tools.writes(Duplicate, "Duplicate", "Copies a track, scene, clip, device or drum pad.", idempotent=False)
async def duplicate(desk: Desk, given: Duplicate) -> dict[str, Any]:
    op = _copy(desk, desk.resolve(given.target), given.to, given.time)
    return await desk.write([op], "duplicate", given.overwrite)


def _copy(desk: Desk, node: Node, to: Target | UnsetType, time: Time | UnsetType) -> Operation:
    parent, place = _parent(desk, node), _place(node)
    if node.type == "ClipSlot":
        held = desk.mirror.child(node, "clip")
        if held is None:
            raise errors.NotAvailable(f"{desk.ref(node)} has no clip to copy")
        node, parent = held, node
    if node.type == "Clip" and time is not UNSET:
        track = parent if parent.type == "Track" else _parent(desk, parent)
        return Call(
            track.id,
            "duplicate_clip_to_arrangement",
            {"clip": node.id, "destination_time": desk.position(time)},
        )
    if node.type == "DrumPad" and to is not UNSET:
        args = {"source_index": place, "destination_index": _place(desk.resolve(to, "DrumPad"))}
        return Call(parent.id, "copy_pad", args)
    if node.role == "clip" and to is not UNSET:
        return Call(parent.id, "duplicate_clip_to", {"target_clip_slot": desk.resolve(to, "ClipSlot").id})
    if to is not UNSET or time is not UNSET:
        raise errors.InvalidParams(
            f"{desk.ref(node)} ({node.type}) can be copied only to right after itself",
            hint="leave `to` and `time` out; a device can be moved then",
        )
    match node.role:
        case "tracks":
            return Call("song", "duplicate_track", {"index": place})
        case "scenes":
            return Call("song", "duplicate_scene", {"index": place})
        case "devices":
            return Call(parent.id, "duplicate_device", {"index": place})
        case "clip":
            return Call(_parent(desk, parent).id, "duplicate_clip_slot", {"index": _place(parent)})
    raise errors.NotAvailable(
        f"Live lets nobody duplicate {desk.ref(node)} ({node.type})",
        hint="arrangement clips need `time`; drum pads need `to`",
    )


class Move(Arguments):
    target: Annotated[Target, Meta(description="a device, or a clip")]
    to: Annotated[Target | UnsetType, Meta(description="a track or chain; of a clip: a slot")] = UNSET
    position: Annotated[int, Meta(ge=0, description="of a device: in the chain it goes to")] = 0
    time: Annotated[Time | UnsetType, Meta(description="of a clip: in the arrangement")] = UNSET
    overwrite: Overwrite = False


@tools.writes(
    Move,
    "Move",
    "Moves a device to a track or chain, or a clip to a slot or time. Live cannot reorder or group tracks.",
    destructive=True,
    idempotent=False,
)
async def move(desk: Desk, given: Move) -> dict[str, Any]:
    node = desk.resolve(given.target)
    if schema.is_a(node.type, "Device"):
        to = desk.resolve(given.to) if given.to is not UNSET else _parent(desk, node)
        args = {"device": node.id, "target": to.id, "target_position": given.position}
        return await desk.write([Call("song", "move_device", args)], "move")
    if node.type != "Clip" and node.type != "ClipSlot":
        raise errors.NotAvailable(
            f"Live lets nobody move {desk.ref(node)} ({node.type})", hint="devices and clips can be moved"
        )
    if given.to is UNSET and given.time is UNSET:
        raise errors.InvalidParams("move needs `to` or `time`")
    clip = node if node.type == "Clip" else desk.mirror.child(node, "clip")
    if clip is None:
        raise errors.NotAvailable(f"{desk.ref(node)} has no clip to move")
    return await desk.write([_move(desk, clip, given.to, given.time)], "move", given.overwrite)


def _move(desk: Desk, clip: Node, to: Target | UnsetType, time: Time | UnsetType) -> Operation:
    """One call, so that the script copies and deletes, or sees that the clip is there already."""
    copy = _copy(desk, clip, to, time)
    assert isinstance(copy, Call)
    moves = {"duplicate_clip_to": "move_clip_to", "duplicate_clip_to_arrangement": "move_clip_to_arrangement"}
    if copy.method not in moves:
        raise errors.InvalidParams("An arrangement clip can be moved to a `time` only")
    return Call(copy.target, moves[copy.method], copy.args)
