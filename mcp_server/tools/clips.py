"""Clips of both views: create, every property, launching, envelopes."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf
from typing import Annotated, Any

from msgspec import UNSET, Meta, UnsetType

from mirror import Call, Node, Operation, errors
from remote_script.SetMirror.contract import schema

from .. import music, reading, spans, units
from ..fields import Clip, Color, Length, Overwrite, Target, Time, Track, arguments, assigned, settable
from ..late_nodes import LateNode, made, new, product, step_below
from ..plans import Plan, Scope, only
from ..tool import Arguments, Toolset
from .notes import Notes, plain_notes, say_beyond

tools = Toolset("clips")


class CreateClip(Arguments):
    track: Annotated[Track, Meta(description="index, ref or name; default the selected one")] | UnsetType = (
        UNSET
    )
    slot: (
        Annotated[int, Meta(ge=0, description="scene index; default the first free one, or a new scene")]
        | UnsetType
    ) = UNSET
    time: Annotated[Time, Meta(description="in the arrangement instead; MIDI: Live 12.2")] | UnsetType = UNSET
    take_lane: Annotated[int, Meta(ge=0, description="with time: index of the lane")] | UnsetType = UNSET
    length: Length | UnsetType = UNSET
    file_path: Annotated[str, Meta(description="audio: absolute path of the sample")] | UnsetType = UNSET
    name: Annotated[str, Meta(description="text")] | UnsetType = UNSET
    color: Color | UnsetType = UNSET
    notes: Notes = ""
    overwrite: Overwrite = False


DEFAULT_LENGTH = 4.0
"""The default length in beats."""


@tools.writes(
    CreateClip,
    "Create a clip",
    "A MIDI clip with notes, or an audio clip from a file, in a slot or in the arrangement.",
    idempotent=False,
)
def create_clip(scope: Scope, args: CreateClip) -> Plan:
    track = scope.meant(args.track, "Track")
    audio = args.file_path is not UNSET
    if audio:
        only(args, "`file_path`", of=("length", "notes"))
    if args.slot is not UNSET:
        only(args, "`slot`", of=("time", "take_lane"))
    if args.time is UNSET:
        only(args, "no `time`", of=("take_lane",))
    _check_kind(scope, track, audio)
    length = DEFAULT_LENGTH if args.length is UNSET else scope.length(args.length)
    ops: list[Operation] = []
    if args.time is not UNSET:
        where, at = _lane(scope, track, args.take_lane), scope.position(args.time)
        if audio:
            name = "position" if where.type == "Track" else "start_time"
            ops = [Call(where.id, "create_audio_clip", {"file_path": args.file_path, name: at})]
        else:
            ops = [Call(where.id, "create_midi_clip", {"start_time": at, "length": length})]
    else:
        if args.slot is UNSET:
            ops, slot = free_slot(scope, track)
        else:
            slot = _slot(scope, track, args.slot)
        if audio:
            ops.append(Call(slot, "create_audio_clip", {"file_path": args.file_path}))
        else:
            ops.append(Call(slot, "create_clip", {"pages": length}))
    clip = new(len(ops) - 1, "Clip")
    ops += scope.sets(clip, assigned(args, ("name", "color")))
    notes = plain_notes(args.notes)
    if notes:
        ops.append(Call(clip.id, "add_new_notes", {"notes": notes}))
        spans = [(note["start_time"], note["start_time"] + note["duration"]) for note in notes]
        say_beyond(scope, "the new clip", (0.0, length), spans, "notes")
        _say_overlaps(scope, notes)
    makes = product(int(str(clip.id)[1:]), tuple(ops))
    return Plan.of("create a clip", ops, makes=makes, overwrite=args.overwrite)


def _say_overlaps(scope: Scope, notes: list[dict[str, Any]]) -> None:
    """Let the answer say which of the new notes Live replaces or cuts, since notes of one pitch never overlap."""
    settled = music.settled(
        music.Note(
            note["pitch"], music.from_beats(note["start_time"]), music.from_beats(note["duration"]), 100.0
        )
        for note in notes
    )
    counts = {
        "replaced by a later one of the same pitch and start": len(settled.replaced),
        "cut where the next one of the same pitch starts": settled.cut,
        "left out, which would be cut to less than a 1/64 note": len(settled.slivers),
    }
    scope.notes += [f"{count} of the notes {words}" for words, count in counts.items() if count]


def _check_kind(scope: Scope, track: Node, audio: bool) -> None:
    """Raise NotAvailable for an audio clip on a MIDI track, or a MIDI clip on an audio track."""
    midi = track.props.get("has_midi_input")
    if not isinstance(track.id, int) or track.role != "tracks" or track.props.get("is_foldable"):
        return
    if midi is None or bool(midi) is not audio:
        return
    fitting = [
        f"{scope.ref(candidate)} {candidate.name!r}"
        for candidate in scope.children("song", "tracks")
        if candidate.props.get("has_midi_input") is not midi and not candidate.props.get("is_foldable")
    ]
    there = f", or take {', '.join(fitting[:5])}" if fitting else ""
    kind, other = ("a MIDI", "audio") if midi else ("an audio", "MIDI")
    raise errors.NotAvailable(
        f"{scope.ref(track)} {track.name!r} is {kind} track: it cannot have {other} clips",
        hint=("leave `file_path` out" if audio else "give `file_path` for an audio clip") + there,
    )


def _slot(scope: Scope, track: Node, index: int) -> Any:
    slots = scope.children(track, "clip_slots")
    if index >= len(slots):
        raise errors.InvalidValue(
            f"{scope.ref(track)} has {len(slots)} slots, counted from 0, so there is none at {index}",
            index,
            hint="leave `slot` out: the first free one is taken, or a scene is made",
        )
    slot = slots[index]
    if isinstance(slot.id, int) and scope.child(slot, "clip") is not None:
        free = first_free(scope, track)
        raise errors.NotAvailable(
            f"{scope.ref(slot)} has a clip already",
            index,
            hint=f"delete it first, or take {scope.ref(free)}" if free is not None else "delete it first",
        )
    scope.taken.add(slot.id)
    return slot.id


def first_free(scope: Scope, track: Node) -> Node | None:
    """The first slot without a clip that no other call of the batch fills."""
    for slot in scope.children(track, "clip_slots"):
        if scope.free(slot):
            return slot
    return None


def free_slot(scope: Scope, track: Node) -> tuple[list[Operation], Any]:
    """The operations that are needed for a free slot, and the slot."""
    free = first_free(scope, track)
    if free is not None:
        scope.taken.add(free.id)
        return [], free.id
    return _in_new_scene(scope, track)


def _in_new_scene(scope: Scope, track: Node) -> tuple[list[Operation], Any]:
    """A scene at the end, and the track's slot in it."""
    if isinstance(track, LateNode):
        count = len(scope.children(track, "clip_slots"))
        slot: Any = step_below(track, "clip_slots", str(count)).id
        scope.taken.add(slot)
        return [_one_more_scene(scope)], slot
    tracks = [candidate.id for candidate in scope.children("song", "tracks")]
    if track.id not in tracks:
        raise errors.NotAvailable(
            f"{scope.ref(track)} has no clip slots", hint="return and main tracks have no clips"
        )
    return [_one_more_scene(scope)], made(0, f"clip_slots/{tracks.index(track.id)}")


def slot_after(scope: Scope, slot: Node) -> tuple[list[Operation], Any]:
    """The operations that are needed for a slot below this slot, and that slot."""
    track = scope.parent(slot)
    slots = [clip_slot.id for clip_slot in scope.children(track, "clip_slots")]
    if slot.id not in slots:
        raise errors.NotAvailable(f"{scope.ref(slot)} has no slot below it", hint="give a slot by `to`")
    number = slots.index(slot.id) + 1
    if number == len(slots):
        return _in_new_scene(scope, track)
    scope.taken.add(slots[number])
    return [], slots[number]


def _one_more_scene(scope: Scope) -> Call:
    scope.scenes += 1
    scope.notes.append("no slot was free: a scene was added at the end")
    return Call("song", "create_scene", {"index": -1})


def _lane(scope: Scope, track: Node, index: int | UnsetType) -> Node:
    if index is UNSET:
        return track
    if isinstance(track, LateNode):
        return step_below(track, "take_lanes", str(index))
    lanes = scope.children(track, "take_lanes")
    if index >= len(lanes):
        raise errors.InvalidValue(
            f"{scope.ref(track)} has {len(lanes)} take lanes, counted from 0",
            index,
            hint="create {kind: 'take_lane'} makes one",
        )
    return lanes[index]


_LATER = ("is_playing", "color_index", "ram_mode", "signature_numerator", "signature_denominator")
_CLIP = [name for name, prop in schema.properties("Clip").items() if prop.write and name not in _LATER]
SetClip = arguments("SetClip", ("clip", Clip), *settable("Clip", *_CLIP))


@tools.writes(
    SetClip,
    "Set a clip",
    "Any property of a clip: loop and markers (in the clip's own time), launch, groove, gain, pitch, warp.",
)
def set_clip(scope: Scope, args: Any) -> Plan:
    clip = scope.clip(args.clip)
    values = assigned(args, _CLIP)
    for name, value in values.items():
        if schema.properties("Clip")[name].unit == "beats":
            values[name] = scope.position(value)
    if isinstance(values.get("gain"), str):
        scope.computed_from(clip)
        values["gain"] = units.gain(values["gain"], clip.props.get("gain"))
    # A new clip begins at 0: none of its starts is possible before its end.
    ends = clip.props if isinstance(clip.id, int) else dict.fromkeys(_CLIP, -1.0)
    ops = spans.in_order(
        [scope.set(clip, name, value) for name, value in values.items()],
        lambda _, end: float(ends.get(end, inf)),
    )
    return Plan.of(f"set {scope.ref(clip)}", ops)


class Fire(Arguments):
    target: Annotated[Target, Meta(description="a clip, slot or scene")]
    record_length: Annotated[Length, Meta(description="of an empty slot of an armed track")] | UnsetType = (
        UNSET
    )
    quantization: (
        Annotated[str, Meta(description="'None', '1 Bar', '1/4'…; default as Live is set")] | UnsetType
    ) = UNSET
    stop: Annotated[bool, Meta(description="stop it instead; also of a track, or 'song' for all clips")] = (
        False
    )


@tools.writes(
    Fire, "Fire", "Launches a clip, slot or scene, quantized as Live is set; or stops.", idempotent=False
)
def fire(scope: Scope, args: Fire) -> Plan:
    if args.stop:
        only(args, "`stop`", of=("record_length", "quantization"))
        node = scope.prefer(args.target, "Clip", "ClipSlot", "Track", "Song")
        if node.type not in ("Song", "Track", "ClipSlot", "Clip"):
            raise errors.InvalidValue(
                f"A clip, slot, track or song is stopped; {scope.ref(node)} is a {node.type}", args.target
            )
        method = "stop_all_clips" if node.type in ("Song", "Track") else "stop"
        return Plan.of("stop", [Call(node.id, method)])
    node = scope.prefer(args.target, "session clip", "ClipSlot", "Scene")
    if node.type not in ("Clip", "ClipSlot", "Scene"):
        raise errors.InvalidValue(
            f"A clip, slot or scene is launched; {scope.ref(node)} is a {node.type}", args.target
        )
    options: dict[str, Any] = {}
    if args.record_length is not UNSET:
        options["record_length"] = scope.length(args.record_length)
    if args.quantization is not UNSET:
        options["launch_quantization"] = _quantization(args.quantization)
    if options and node.type == "Scene":
        raise errors.InvalidParams(
            "A scene takes no `record_length` and no `quantization`", hint="fire its slots"
        )
    if options and node.type == "Clip":
        if node.role != "clip" or "record_length" in options:
            raise errors.InvalidParams(
                "`record_length` is for an empty slot, `quantization` for a slot's clip",
                hint="leave them out",
            )
        node = scope.parent(node)
    sets = scene_sets(scope, node) if node.type == "Scene" else ""
    notes = [f"{scope.ref(node)} changes the Set's {sets}"] if sets else [*_of_empty_slot(scope, node)]
    return Plan.of("fire", [Call(node.id, "fire", options)], notes=tuple(notes))


def scene_sets(scope: Scope, scene: Node) -> str:
    """The tempo and signature that a scene gives the Set when it is launched, as far as the Set has others now."""
    song, props = scope.mirror.resolve("song").props, scene.props
    changes = []
    tempo, present = props.get("tempo"), song.get("tempo")
    # Before Live 11.1 a scene has no switch; a scene without a tempo has -1.
    if props.get("tempo_enabled", True) and isinstance(tempo, float | int) and 0 < tempo != present:
        changes.append(f"tempo from {present:g} to {tempo:g}")
    parts = ("numerator", "denominator")
    signature = [props.get(f"time_signature_{part}") for part in parts]
    now = [song.get(f"signature_{part}") for part in parts]
    if (
        props.get("time_signature_enabled", True)
        and signature != now
        and all((part or 0) > 0 for part in signature)
    ):
        changes.append("signature from {}/{} to {}/{}".format(*now, *signature))
    return " and ".join(changes)


def _of_empty_slot(scope: Scope, node: Node) -> Iterator[str]:
    """What Live does instead of launching: an empty slot is a stop button, unless its track is armed."""
    if node.type != "ClipSlot" or scope.child(node, "clip") is not None or node.props.get("is_group_slot"):
        return
    track = scope.parent(node)
    armed = track.props.get("arm") or track.props.get("implicit_arm") or track.id in scope.armed
    if not armed:
        stops = "it stops the clips of its track" if node.props.get("has_stop_button") else "nothing happens"
        yield f"nothing is launched: {scope.ref(node)} is empty and its track is not armed, so {stops}"


def _quantization(text: str) -> int:
    names = schema.ENUMS["Quantization"]
    for number, label in names.items():
        if reading.folded_label(label) == reading.folded_label(text):
            return int(number)
    raise errors.InvalidValue(
        f"`quantization` is one of {', '.join(names.values())}, not {text[:40]!r}", text[:40]
    )
