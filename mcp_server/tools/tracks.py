"""Tracks, chains and scenes with their mixers; and deleting, duplicating and moving objects of all kinds."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from mirror import Call, Node, Operation, errors
from remote_script.SetMirror.contract import schema
from remote_script.SetMirror.contract.places import ID

from .. import units, views
from ..fields import (
    Color,
    Overwrite,
    Place,
    Target,
    Time,
    Track,
    Value,
    arguments,
    assigned,
    described,
    settable,
)
from ..late_nodes import new
from ..plans import Plan, Scope, only
from ..tool import Arguments, Toolset
from .clips import first_free, slot_after

tools = Toolset("tracks")


class Create(Arguments):
    kind: Annotated[
        Literal["midi", "audio", "return", "scene", "take_lane", "cue_point"],
        Meta(description="midi, audio, return: tracks"),
    ]
    name: Annotated[str, Meta(description="text")] | UnsetType = UNSET
    color: Color | UnsetType = UNSET
    index: Annotated[Place, Meta(description="from 0, or a ref to go before; -1 is the end")] = -1
    capture: Annotated[bool, Meta(description="scene: with the clips that play, after the selected one")] = (
        False
    )
    track: Annotated[Track, Meta(description="of a take lane")] | UnsetType = UNSET
    time: Annotated[Time, Meta(description="of a cue point; Live must be stopped")] | UnsetType = UNSET


_HAS = {
    "midi": ("name", "color", "index"),
    "audio": ("name", "color", "index"),
    "return": ("name", "color"),
    "scene": ("name", "color", "index", "capture"),
    "take_lane": ("name", "track"),
    "cue_point": ("name", "time"),
}


@tools.writes(Create, "Create", "A track, scene, take lane or cue point (locator).", idempotent=False)
def create(scope: Scope, args: Create) -> Plan:
    only(args, f"kind '{args.kind}'", *_HAS[args.kind], of=Create.__struct_fields__[1:])
    ops: list[Operation] = []
    match args.kind:
        case "cue_point":
            if args.time is UNSET:
                raise errors.InvalidParams("A cue point needs `time`")
            call_args: dict[str, Any] = {"time": scope.position(args.time)}
            if args.name:
                call_args["name"] = args.name
            return Plan.of("create a cue point", [Call("song", "create_cue_point", call_args)])
        case "take_lane":
            ops = [Call(scope.meant(args.track, "Track").id, "create_take_lane")]
            class_ = "TakeLane"
        case "scene" if args.capture:
            if args.index != -1:
                raise errors.InvalidParams(
                    "`index` has no effect with `capture`", hint="Live inserts after the selected scene"
                )
            ops, class_ = [Call("song", "capture_and_insert_scene")], "Scene"
        case "scene":
            scope.scenes += 1
            ops, class_ = [Call("song", "create_scene", {"index": scope.place(args.index)})], "Scene"
        case _:
            call_args = {} if args.kind == "return" else {"index": scope.place(args.index)}
            ops, class_ = [Call("song", f"create_{args.kind}_track", call_args)], "Track"
    return Plan.of(
        f"create a {args.kind}", [*ops, *scope.sets(new(0, class_), assigned(args, ("name", "color")))]
    )


class Send(Struct, forbid_unknown_fields=True):
    send: Annotated[int | str, Meta(extra={"kind": "child"}, description="index, or the return's name")]
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
    "back_to_arranger",
)
_PANNED = described(Value, "'20L', 'C', or Live's number")
_MIXER = {"volume": Value, "panning": _PANNED, "cue_volume": Value, "crossfader": _PANNED}
_SWITCHES = ("crossfade_assign",)
_CHAIN = ("in_note", "out_note", "choke_group")
SetTrack = arguments(
    "SetTrack",
    ("track", described(Track, "index; or a track, chain or pad by ref or name")),
    *settable("Track", *_TRACK),
    *[(name, value | UnsetType, UNSET) for name, value in _MIXER.items()],
    ("sends", Annotated[list[Send], Meta(description="send levels")], []),
    *settable("MixerDevice", *_SWITCHES),
    *settable("DrumChain", *_CHAIN),
)


@tools.writes(
    SetTrack,
    "Set a track",
    "Mixer (volume '-6 dB', panning '20L', sends), name, colour, mute, solo, arm, monitoring, routing.",
)
def set_track(scope: Scope, args: Any) -> Plan:
    node = scope.target(args.track, "Track", "Chain", "DrumPad", role="tracks")
    if args.arm is True:
        scope.armed.add(node.id)
    # The mirror refuses properties that this object does not have, with their names.
    ops = scope.sets(node, assigned(args, (*_TRACK, *_CHAIN)))
    levels, switches = assigned(args, _MIXER), assigned(args, _SWITCHES)
    if levels or switches or args.sends:
        mixer = scope.child(node, "mixer_device")
        if mixer is None:
            raise errors.NotAvailable(f"{scope.ref(node)} ({node.type}) has no mixer")
        for name, value in levels.items():
            fader = scope.child(mixer, name)
            if fader is None:
                raise errors.NotAvailable(f"{scope.ref(node)} has no {name}")
            ops.append(scope.set(fader, "value", value))
        ops += scope.sets(mixer, switches)
        ops += [scope.set(scope.send(mixer, level.send), "value", level.value) for level in args.sends]
    return Plan.of(f"set {scope.ref(node)}", ops)


# -- all objects -----------------------------------------------------------------------------------------------


class Delete(Arguments):
    targets: Annotated[
        list[Target],
        Meta(
            min_length=1,
            max_length=200,
            description="tracks, scenes, clips, devices, cue points, a pad's chains",
        ),
    ]


_DELETABLE = ("Track", "Scene", "Clip", "ClipSlot", "Device", "CuePoint", "DrumPad")


@tools.writes(Delete, "Delete", "Deletes objects, all in one step.", destructive=True, idempotent=False)
def delete(scope: Scope, args: Delete) -> Plan:
    matches = (scope.prefer(target, *_DELETABLE) for target in args.targets)
    nodes = {node.id: node for node in matches}.values()
    empty = [
        scope.ref(node) for node in nodes if node.type == "ClipSlot" and scope.child(node, "clip") is None
    ]
    if empty:
        raise errors.NotFound(
            f"There is no clip to delete in {', '.join(empty[:20])}"
            + (f" and {len(empty) - 20} more slots" if len(empty) > 20 else ""),
            hint="leave these slots out",
        )
    return Plan.of("delete", [deletion(scope, node) for node in nodes])


def _position(node: Node) -> dict[str, int] | str:
    """The argument that stands for an object in a list: its index or time at the moment of the call."""
    return {ID: node.id} if isinstance(node.id, int) else node.id


def deletion(scope: Scope, node: Node) -> Operation:
    """The operation that deletes an object; NotAvailable where Live's API has none."""
    parent, position = scope.parent(node), _position(node)
    match node.role:
        case "tracks":
            return Call("song", "delete_track", {"index": position})
        case "return_tracks":
            return Call("song", "delete_return_track", {"index": position})
        case "scenes":
            return Call("song", "delete_scene", {"index": position})
        case "devices":
            return Call(parent.id, "delete_device", {"device": position})
        case "cue_points":
            return Call("song", "delete_cue_point", {"time": position})
        case "clip":
            return Call(parent.id, "delete_clip")
        case "arrangement_clips":
            # A take lane has no such method, but its track has.
            track = parent if parent.type == "Track" else scope.parent(parent)
            return Call(track.id, "delete_clip", {"slot": node.id})
        case "drum_pads":
            return Call(node.id, "delete_all_chains")
    if node.type == "ClipSlot":
        return Call(node.id, "delete_clip")
    raise errors.NotAvailable(
        f"Live's API cannot delete {scope.ref(node)} ({node.type})",
        hint="tracks, scenes, clips, devices, cue points and a pad's chains can be deleted",
    )


class Duplicate(Arguments):
    target: Annotated[Target, Meta(description="a track, scene, clip, device, or a drum pad")]
    to: Annotated[list[Target], Meta(max_length=200, description="of a clip: slots; of a pad: pads")] = []
    time: Annotated[list[Time], Meta(max_length=200, description="of a clip: places in the arrangement")] = []
    until: Annotated[Time, Meta(description="with one time: repeat end to end up to here")] | UnsetType = (
        UNSET
    )
    overwrite: Overwrite = False


@tools.writes(
    Duplicate,
    "Duplicate",
    "Copies a track, scene, clip, device or drum pad: right after itself, or to many places.",
    idempotent=False,
)
def duplicate(scope: Scope, args: Duplicate) -> Plan:
    node = scope.prefer(args.target, "Track", "Scene", "Clip", "ClipSlot", "Device", "DrumPad")
    if node.type == "ClipSlot":
        node = scope.clip_in(node)
    if args.to and args.time:
        raise errors.InvalidParams("duplicate takes `to` or `time`, not both", hint="make two calls")
    if args.until is not UNSET and len(args.time) != 1:
        raise errors.InvalidParams("`until` needs one `time` to begin at")
    if args.to:
        ops = [_copy_to(scope, node, destination) for destination in args.to]
    else:
        ops = _copies_at(scope, node, args) if args.time else _copy(scope, node)
    return Plan.of("duplicate", ops, overwrite=args.overwrite)


def _copy_to(scope: Scope, node: Node, to: Any) -> Operation:
    if node.type == "DrumPad":
        pad = scope.target(to, "DrumPad", within=scope.parent(node), role="drum_pads")
        pads = {"source_index": _position(node), "destination_index": _position(pad)}
        return Call(scope.parent(node).id, "copy_pad", pads)
    if node.type == "Clip" and node.role == "clip":
        slot = _slot(scope, to)
        slot = scope.parent(slot) if slot.type == "Clip" else slot
        return Call(scope.parent(node).id, "duplicate_clip_to", {"target_clip_slot": slot.id})
    raise errors.InvalidParams(
        f"{scope.ref(node)} ({node.type}) cannot be copied `to` somewhere",
        hint="leave `to` out: the copy comes right after it"
        if node.role in ("tracks", "scenes", "devices")
        else "an arrangement clip is copied to a `time`",
    )


def _slot(scope: Scope, to: Any) -> Node:
    """The slot of a target; for a track its first slot without a clip, and the answer then says so."""
    try:
        return scope.target(to, "ClipSlot", "Clip")
    except (errors.NotFound, errors.InvalidValue) as problem:
        try:
            track = scope.target(to, "Track")
        except errors.MirrorError:
            raise problem from None
    slot = first_free(scope, track) if track.role == "tracks" else None
    if slot is None:
        raise errors.InvalidValue(
            f"A clip goes to a slot; {scope.ref(track)} is a track without a free one",
            to,
            hint="create {kind: 'scene'} makes one more in each track",
        )
    scope.taken.add(slot.id)
    scope.notes.append(f"{scope.ref(slot)} is meant: the first free slot of {scope.ref(track)}")
    return slot


MOST_COPIES = 200


def _copies_at(scope: Scope, node: Node, args: Duplicate) -> list[Operation]:
    if node.type != "Clip":
        raise errors.InvalidParams(
            f"Only a clip has a `time`; {scope.ref(node)} is a {node.type}", hint="leave `time` out"
        )
    times = [scope.position(time) for time in args.time]
    if args.until is not UNSET:
        end, step = scope.position(args.until), float(node.props.get("length") or 0.0)
        if not step:
            raise errors.NotAvailable(
                f"The length of {scope.ref(node)} is known only after Live has made it",
                hint="give each `time`, or duplicate it after this batch",
            )
        count = int((end - times[0]) / step + 1e-9) if step > 0 else 0
        if not 0 < count <= MOST_COPIES:
            raise errors.InvalidValue(
                f"From {times[0]:g} until {end:g} fit {max(0, count)} clips of {step:g} beats;"
                f" 1 to {MOST_COPIES} can be made",
                args.until,
            )
        times = [times[0] + step * number for number in range(count)]
        if (gap := end - times[-1] - step) > 1e-6:
            signature = views.signature(scope.mirror)
            scope.notes.append(
                f"the {count} whole copies of {step:g} beats end at {units.bars(end - gap, *signature)}:"
                f" {gap:g} beats up to {units.bars(end, *signature)} are left as they were"
            )
    track = _track_of(scope, node)
    source = {"clip": node.id}
    return [
        Call(track.id, "duplicate_clip_to_arrangement", {**source, "destination_time": time})
        for time in times
    ]


def _track_of(scope: Scope, node: Node) -> Node:
    while node.type != "Track":
        node = scope.parent(node)
    return node


def _copy(scope: Scope, node: Node) -> list[Operation]:
    parent, position = scope.parent(node), _position(node)
    match node.role:
        case "tracks":
            return [Call("song", "duplicate_track", {"index": position})]
        case "scenes":
            return [Call("song", "duplicate_scene", {"index": position})]
        case "devices":
            return [Call(parent.id, "duplicate_device", {"index": position})]
        case "clip":
            ops, slot = slot_after(scope, parent)
            return [*ops, Call(parent.id, "duplicate_clip_to", {"target_clip_slot": slot})]
    raise errors.NotAvailable(
        f"Live's API cannot duplicate {scope.ref(node)} ({node.type})",
        hint="arrangement clips need `time`; drum pads need `to`",
    )


class Move(Arguments):
    target: Annotated[Target, Meta(description="a device, or a clip")]
    to: Annotated[Target, Meta(description="a track or chain; of a clip: a slot")] | UnsetType = UNSET
    position: (
        Annotated[Place, Meta(description="of a device: index or ref to go before; default the end")]
        | UnsetType
    ) = UNSET
    time: Annotated[Time, Meta(description="of a clip: its new place in the arrangement")] | UnsetType = UNSET
    overwrite: Overwrite = False


@tools.writes(
    Move,
    "Move",
    "Moves a device to a track or chain, or a clip to a slot or time.",
    destructive=True,
    idempotent=False,
)
def move(scope: Scope, args: Move) -> Plan:
    node = scope.prefer(args.target, "Device", "Clip", "ClipSlot")
    if node.type in schema.CLASSES and schema.is_a(node.type, "Device"):
        only(args, "a device", "to", "position", of=("to", "position", "time"))
        return Plan.of("move", [_moved_device(scope, node, args)], overwrite=args.overwrite)
    if node.type not in ("Clip", "ClipSlot"):
        raise errors.NotAvailable(
            f"Live's API cannot move {scope.ref(node)} ({node.type})",
            hint="devices and clips can be moved; a track or scene: duplicate its clips into a new one",
        )
    only(args, "a clip", "to", "time", of=("to", "position", "time"))
    if (args.to is UNSET) == (args.time is UNSET):
        raise errors.InvalidParams("A clip is moved `to` a slot or to a `time`: give one of them")
    clip = scope.clip_in(node)
    # One call, so that the script copies and deletes the clip, or finds it at its target already.
    if args.to is not UNSET:
        copy = _copy_to(scope, clip, args.to)
        assert isinstance(copy, Call)
        op = Call(copy.target, "move_clip_to", copy.args)
    else:
        assert args.time is not UNSET
        call_args = {"clip": clip.id, "destination_time": scope.position(args.time)}
        op = Call(_track_of(scope, clip).id, "move_clip_to_arrangement", call_args)
    return Plan.of("move", [op], overwrite=args.overwrite)


def _moved_device(scope: Scope, node: Node, args: Move) -> Operation:
    owner = scope.parent(node)
    if args.to is UNSET and args.position is UNSET:
        raise errors.InvalidParams(
            "A device is moved `to` a track or chain, or to a `position`: give one of them"
        )
    to = owner if args.to is UNSET else scope.target(args.to, "Track", "Chain", role="tracks")
    position = {ID: None} if args.position is UNSET else scope.place(args.position)
    call_args = {"device": node.id, "target": to.id, "target_position": position}
    return Call("song", "move_device", call_args)
