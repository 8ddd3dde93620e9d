"""Envelopes of Session clips, and automation in the arrangement, which a temporary clip writes there.

Live's API can write the arrangement's lanes in a single way: copying a Session clip there writes the clip's envelopes
into the lanes of its track over the span of the copy (measured on Live 11 and 12.4.6). So the tool makes a clip in a
free slot, gives it the envelope, copies it to the place and deletes both clips; the lane stays. This is one write.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from mirror import Call, Node, Operation, errors
from remote_script.SetMirror.contract import checks, display, naming
from remote_script.SetMirror.contract.errors import BridgeError
from remote_script.SetMirror.contract.limits import FOREVER_BEATS

from .. import reading, units, views
from ..fields import Clip, Length, Target, Time, Track, Value
from ..late_nodes import made
from ..music import from_set
from ..plans import Plan, Scope, only
from ..tool import Arguments
from .clips import free_slot, tools
from .notes import say_outside

Pair = Annotated[list[Time], Meta(min_length=2, max_length=2)]


class Step(Struct, forbid_unknown_fields=True):
    time: Annotated[Time, Meta(description="in the clip")]
    length: Annotated[Length, Meta(description="how long it holds")]
    value: Annotated[Value, Meta(description="as the parameter shows it, or Live's number")]


class Ramp(Struct, forbid_unknown_fields=True, rename={"begin": "from"}):
    time: Annotated[Time, Meta(description="in the clip")]
    length: Length
    to: Value
    begin: Annotated[Value, Meta(description="default the value there")] | UnsetType = UNSET
    curve: Annotated[Literal["linear", "exponential", "s-curve"], Meta(description="shape")] = "linear"


class EditEnvelope(Arguments):
    parameter: Annotated[Target, Meta(description="ref, such as tracks/0/mixer_device/volume")]
    clip: Clip | UnsetType = UNSET
    track: (
        Annotated[Track, Meta(description="instead of clip: its arrangement; times in the song")] | UnsetType
    ) = UNSET
    ramps: Annotated[list[Ramp], Meta(max_length=200, description="from one value to another in a time")] = []
    steps: Annotated[list[Step], Meta(max_length=500, description="values that hold for a time")] = []
    delete: Annotated[list[Pair], Meta(max_length=100, description="[from, to]")] = []
    clear: Annotated[bool, Meta(description="the whole envelope, first")] = False
    overwrite: Annotated[bool, Meta(description="with track: under clips, which get new ids")] = False


@tools.writes(
    EditEnvelope,
    "Edit an envelope",
    "Automation of a parameter in a session clip or a track's arrangement: ramps, curves, steps; deleting, clearing.",
    destructive=True,
    idempotent=False,
)
def edit_envelope(scope: Scope, args: EditEnvelope) -> Plan:
    if (args.clip is UNSET) == (args.track is UNSET):
        raise errors.InvalidParams("An envelope is in a `clip`, or in the arrangement of a `track`: give one")
    if args.clip is not UNSET:
        only(args, "`clip`, of which no other clip goes", of=("overwrite",))
    else:
        only(args, "`track`, whose lanes can only be written over", of=("delete", "clear"))
        return _stamped(scope, args)
    clip = scope.clip_in(scope.prefer(args.clip, "session clip", "ClipSlot"))
    parameter = _parameter(scope, args.parameter, clip)
    if clip.role == "arrangement_clips":
        raise errors.NotAvailable(
            f"{scope.ref(clip)} is in the arrangement: Live has no envelopes for it",
            hint="give `track` instead of `clip`: then it is written into the track's automation",
        )
    spans = _spans(scope, args)
    about = {"device_parameter": parameter.id}
    ops: list[Operation] = [Call(clip.id, "clear_envelope", about)] if args.clear else []
    for start, end in args.delete:
        bounds: dict[str, Any] = {"from_time": scope.position(start), "to_time": scope.position(end)}
        ops.append(Call(clip.id, "delete_envelope_events", {**about, **bounds}))
    ops += _drawn(scope, args, clip.id, parameter)
    say_outside(scope, clip, [(begin, end) for begin, end, _ in spans], "steps and ramps")
    where = f"{parameter.name or scope.ref(parameter)} in {scope.ref(clip)}"
    return Plan.of(f"envelope of {where}", ops, notes=tuple(_summary(where, args)))


def _spans(scope: Scope, args: EditEnvelope) -> list[tuple[float, float, str]]:
    """Start, end and name of each step and ramp; InvalidValue if two of them overlap."""
    pieces: list[tuple[str, Step | Ramp]] = [
        *((f"steps[{number}]", step) for number, step in enumerate(args.steps)),
        *((f"ramps[{number}]", ramp) for number, ramp in enumerate(args.ramps)),
    ]
    spans = [
        (begin := scope.position(piece.time), begin + scope.length(piece.length), name)
        for name, piece in pieces
    ]
    try:
        checks.check_apart(spans)
    except BridgeError as problem:
        raise errors.from_bridge(problem) from None
    return spans


def _parameter(scope: Scope, value: int | str, place: Node) -> Node:
    """The parameter of a target; a name means one on `place`'s track, or follows its device's: "EQ Eight Scale"."""
    text = str(value).strip()
    track = from_set.track_of(scope.mirror, place) if isinstance(place.id, int) else None
    if track is None or "/" in text or text.startswith(("$", "id:")) or text.isdecimal():
        return scope.target(value, "DeviceParameter")
    if (below := scope.parameter_below(track, text.casefold())) is not None:
        return below
    parameters = [node for node in scope.mirror.walk(track.id) if node.type == "DeviceParameter"]
    names = [_with_device(scope, node) for node in parameters]
    own = [node for node in parameters if node.name.casefold() == text.casefold()]
    if len(own) == 1:
        return own[0]
    try:
        return parameters[naming.chosen(names, text, scope.ref(track), "parameter")]
    except BridgeError as problem:
        if problem.name == "NOT_FOUND" and scope.named(text, "DeviceParameter"):
            return scope.target(value, "DeviceParameter")
        raise _with_refs(scope, problem, parameters, names) from None


def _with_device(scope: Scope, parameter: Node) -> str:
    """A parameter's name after the name of its device; for a mixer's parameter only its own name, "Track Volume"."""
    owner = scope.mirror.node(parameter.parent) if parameter.parent is not None else None
    return f"{owner.name} {parameter.name}" if owner is not None and owner.name else parameter.name


def _with_refs(
    scope: Scope, problem: BridgeError, parameters: list[Node], names: list[str]
) -> errors.MirrorError:
    """The refusal of a name, with the refs of the parameters in its hint."""
    refusal = errors.from_bridge(problem)
    said = problem.facts.get("candidates") or naming.near_names(str(problem.value), names, 5)
    refs = [
        f"{scope.ref(node)} ({name})" for node, name in zip(parameters, names, strict=True) if name in said
    ]
    if refs:
        refusal.hint = f"near it are {', '.join(refs[:10])}"
    return refusal


def _ramp(scope: Scope, parameter: Node, ramp: Ramp, begin: float = 0.0) -> dict[str, Any]:
    point: dict[str, Any] = {"time": scope.position(ramp.time) - begin, "length": scope.length(ramp.length)}
    point["curve"] = ramp.curve
    point["to"] = reading.parameter(parameter, ramp.to)
    if ramp.begin is not UNSET:
        point["from"] = reading.parameter(parameter, ramp.begin)
    return point


def _summary(where: str, args: EditEnvelope) -> Iterator[str]:
    """The edit in one line."""
    counts = [
        "cleared" if args.clear else "",
        f"{len(args.delete)} ranges deleted, each a straight line now" if args.delete else "",
        f"{len(args.steps)} steps" if args.steps else "",
        f"{len(args.ramps)} ramps" if args.ramps else "",
    ]
    if said := ", ".join(filter(None, counts)):
        yield f"envelope of {where}: {said}"


def _drawn(
    scope: Scope, args: EditEnvelope, clip: Any, parameter: Node, begin: float = 0.0
) -> list[Operation]:
    """The operations for steps and ramps in a clip; times count from `begin`."""
    about = {"device_parameter": parameter.id}
    ops: list[Operation] = []
    for step in args.steps:
        step_args: dict[str, Any] = {
            "time": scope.position(step.time) - begin,
            "length": scope.length(step.length),
        }
        step_args["value"] = reading.parameter(parameter, step.value)
        ops.append(Call(clip, "insert_envelope_step", {**about, **step_args}))
    if args.ramps:
        ramps = [_ramp(scope, parameter, ramp, begin) for ramp in args.ramps]
        ops.append(Call(clip, "draw_envelope", {**about, "ramps": ramps}))
    return ops


# -- the arrangement -------------------------------------------------------------------------------------------


def _stamped(scope: Scope, args: EditEnvelope) -> Plan:
    track = scope.target(args.track, "Track")
    parameter = _parameter(scope, args.parameter, track)
    _check_reach(scope, track, parameter)
    _check_changes(scope, args, parameter)
    begin, end = _span(scope, args)
    if not args.overwrite:
        _check_free(scope, track, begin, end)
    ops, slot = free_slot(scope, track)
    scenes = len(ops)
    scope.notes = [note for note in scope.notes if "scene was added" not in note]
    clip = made(len(ops))
    ops.append(Call(slot, "create_clip", {"pages": end - begin}))
    ops += _drawn(scope, args, clip, parameter, begin)
    where: dict[str, Any] = {"clip": clip, "device_parameter": parameter.id}
    where.update(destination_time=begin, length=end - begin)
    ops.append(Call(track.id, "stamp_automation", where, overwrite=args.overwrite))
    ops.append(Call(slot, "delete_clip"))
    if scenes:
        scope.scenes -= scenes
        ops.append(Call("song", "delete_scene", {"index": made(0)}))
    signature = views.signature(scope.mirror)
    about = f"{parameter.name or scope.ref(parameter)} in the arrangement of {scope.ref(track)}"
    about += f" from {units.bars(begin, *signature)} to {units.bars(end, *signature)}"
    notes = (*_summary(about, args), _outside(parameter))
    return Plan.of(f"envelope of {about}", ops, notes=notes, makes=None)


def _outside(parameter: Node) -> str:
    """A note about the lane before and after the written range (measured on Live 12.4.6)."""
    present = parameter.props.get("display")
    value = f", {present}" if present is not None else ""
    return (
        f"before and after it the lane stays as it was: without automation there, at the present value{value}"
    )


def _span(scope: Scope, args: EditEnvelope) -> tuple[float, float]:
    """The start and end of the steps and ramps; the write replaces everything in between."""
    pieces = sorted(_spans(scope, args))
    if not pieces:
        raise errors.InvalidParams("`track` needs `steps` or `ramps` to write")
    for (_, end, _), (begin, _, _) in pairwise(pieces):
        if abs(end - begin) > 1e-6:
            raise errors.InvalidParams(
                f"The steps and ramps of a call must have no gap: one ends at {end:g}, the next starts {begin:g}",
                hint="make a call for each stretch: the lane in the gap would be overwritten",
            )
    begin, end = pieces[0][0], pieces[-1][1]
    if begin < 0 or end > FOREVER_BEATS:
        raise errors.InvalidValue(
            f"The arrangement goes from 0 to {FOREVER_BEATS:.0f} beats, not from {begin:g} to {end:.10g}", end
        )
    return begin, end


def _check_reach(scope: Scope, track: Node, parameter: Node) -> None:
    """Raise NotAvailable, with the reason, for a parameter whose lane a copied clip cannot write."""
    ref = scope.ref(track)
    if track.role != "tracks" or track.props.get("is_foldable"):
        raise errors.NotAvailable(
            f"{ref} holds no clips, and automation gets into the arrangement with a clip only",
            hint="groups, returns and Main: record the automation in Live, or automate the tracks themselves",
        )
    if track.props.get("has_midi_input") is False:
        raise errors.NotAvailable(
            f"{ref} is an audio track: Live makes no empty clip there to write automation with",
            hint="put the envelope into a warped session clip of the track, then duplicate that to a `time`",
        )
    if track.props.get("has_audio_output") is False:
        raise errors.NotAvailable(
            f"{ref} has no instrument: there Live keeps the envelope in the clip, and the lane stays empty",
            hint="insert an instrument first",
        )
    above: Node | None = parameter
    while above is not None and above.id != track.id:
        if above.type == "ChainMixerDevice":
            raise errors.NotAvailable(
                f"{scope.ref(parameter)} belongs to a chain's mixer, which has no lane in the arrangement",
                hint="map it to a macro in Live, and automate the macro",
            )
        above = scope.parent(above) if above.parent is not None or not isinstance(above.id, int) else None
    if above is None:
        raise errors.InvalidValue(
            f"{scope.ref(parameter)} is not on {ref}", hint="automation is in the track of its parameter"
        )


def _check_changes(scope: Scope, args: EditEnvelope, parameter: Node) -> None:
    """Refuse a change such as "+3 dB" where the parameter has automation: Live's API cannot read the lane."""
    written: list[Any] = [step.value for step in args.steps]
    written += [value for ramp in args.ramps for value in (ramp.begin, ramp.to)]
    for text in written if parameter.props.get("automation_state") else ():
        if isinstance(text, str) and display.change(text) is not None:
            raise errors.InvalidValue(
                f"{text[:60]!r} can count from the automation there, which Live's API cannot read, or from the present "
                f"value of {scope.ref(parameter)}, {parameter.props.get('display')}",
                text[:60],
                hint="write the value itself",
            )


def _check_free(scope: Scope, track: Node, begin: float, end: float) -> None:
    clips = scope.children(track, "arrangement_clips") if isinstance(track.id, int) else ()
    covered = [
        clip
        for clip in clips
        if float(clip.props["start_time"]) < end - 1e-6 and float(clip.props["end_time"]) > begin + 1e-6
    ]
    if covered:
        names = ", ".join(f"{scope.ref(clip)} {clip.name!r}" for clip in covered[:5])
        raise errors.WouldOverwrite(
            f"Writing there would replace {len(covered)} clips of the arrangement ({names})",
            hint="say `overwrite: true`: they are put back as they are, with new ids (Live 12.3); or move them away "
            "with `move`, write the automation, and move them back: a lane stays where it is",
        )
