"""The song as a whole: transport, tempo, scale, undo."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, UnsetType

from mirror import Call, Operation, Set, errors
from remote_script.SetMirror.contract import schema

from .. import units, views
from ..desk import Desk
from ..fields import Length, Target, Time, arguments, assigned, settable
from ..plans import Plan, Scope, only
from ..tool import Arguments, Toolset

tools = Toolset("song")

_SONG = [
    name
    for name, prop in schema.properties("Song").items()
    if prop.write
    and prop.type in ("bool", "int", "float", "str")
    and prop.unit != "beats"
    # The tool `transport` offers these properties as actions.
    and name not in ("is_playing", "nudge_up", "nudge_down", "current_song_time")
]
_TIMES = ("loop_start", "start_time")
SetSong = arguments(
    "SetSong",
    *settable("Song", *_SONG),
    ("loop_start", Time | UnsetType, UNSET),
    ("loop_length", Length | UnsetType, UNSET),
    ("start_time", Time | UnsetType, UNSET),
    ("key", Annotated[str, Meta(description="'A minor', 'F#m': root and scale")] | UnsetType, UNSET),
)


@tools.writes(
    SetSong,
    "Set the song",
    "Tempo, signature, loop, punch, metronome, scale, quantization, record modes, Link.",
)
def set_song(scope: Scope, args: Any) -> Plan:
    song = scope.resolve("song")
    values = assigned(args, (*_SONG, *_TIMES, "loop_length"))
    if args.key is not UNSET:
        if values.keys() & {"root_note", "scale_name"}:
            raise errors.InvalidParams("`key` sets root_note and scale_name", hint="give `key` or these two")
        root, scale = units.key(args.key)
        values = {"root_note": root, "scale_name": scale, **values}
    if "scale_name" in values:
        values["scale_name"] = units.scale_name(values["scale_name"])
    for name in _TIMES:
        if name in values:
            values[name] = scope.position(values[name])
    if "loop_length" in values:
        values["loop_length"] = scope.length(values["loop_length"])
    scope.starts_at = values.get("start_time", scope.starts_at)
    return Plan.of("set the song", scope.sets(song, values))


_CALLS = {
    "play": "start_playing",
    "continue": "continue_playing",
    "stop": "stop_playing",
    "play_selection": "play_selection",
    "stop_all_clips": "stop_all_clips",
    "tap_tempo": "tap_tempo",
    "capture_midi": "capture_midi",
    "session_record": "trigger_session_record",
    "re_enable_automation": "re_enable_automation",
    "next_cue": "jump_to_next_cue",
    "previous_cue": "jump_to_prev_cue",
}
_JUMPS = ("jump_by", "scrub_by")
_HELD = ("nudge_up", "nudge_down")
_ACTIONS = (*_CALLS, "jump_to", "jump_to_cue", *_JUMPS, *_HELD, "back_to_arranger", "record")
Action: Any = Annotated[Literal[_ACTIONS], Meta(description="what to do")]


class Transport(Arguments):
    action: Action
    time: Annotated[Time, Meta(description="of jump_to; beats of jump_by, scrub_by")] | UnsetType = UNSET
    cue: Annotated[Target, Meta(description="of jump_to_cue: index, ref or name")] | UnsetType = UNSET
    length: Annotated[Length, Meta(description="of session_record; default until stopped")] | UnsetType = (
        UNSET
    )
    on: Annotated[bool, Meta(description="of nudge_up, nudge_down: held; of record: armed")] = True


_TAKES = {
    "jump_to": ("time",),
    "jump_to_cue": ("cue",),
    "session_record": ("length",),
    "record": ("on",),
    **dict.fromkeys(_JUMPS, ("time",)),
    **dict.fromkeys(_HELD, ("on",)),
}


@tools.writes(Transport, "Transport", "Play, stop, record, jump, tap, capture.", idempotent=False)
def transport(scope: Scope, args: Transport) -> Plan:
    action = args.action
    takes = _TAKES.get(action, ())
    only(args, f"action '{action}'", *takes, of=("time", "cue", "length", "on"))
    scope.plays = scope.plays or action in ("play", "continue", "play_selection")
    for name in ("time", "cue"):
        if name in takes and getattr(args, name) is UNSET:
            raise errors.InvalidParams(f"{action} needs `{name}`")
    notes = tuple(_why_not_recorded(scope, action == "session_record")) if _records(args) else ()
    notes += tuple(_start(scope, args))
    return Plan.of(action, [_operation(scope, args)], notes=notes)


def _start(scope: Scope, args: Transport) -> Iterator[str]:
    """Where `play` starts: not at the song position, but at the insert marker (measured)."""
    song = scope.resolve("song").props
    start = song.get("start_time") if scope.starts_at is None else scope.starts_at
    if song.get("is_playing") or not isinstance(start, int | float):
        return
    at = units.bars(float(start), *views.signature(scope.mirror))
    if args.action == "play":
        yield f"plays from {at}, the song's start_time"
    elif args.action == "jump_to" and args.time is not UNSET and scope.position(args.time) != start:
        yield f"`play` starts at {at}, the song's start_time: set_song with start_time makes it start elsewhere"


def _records(args: Transport) -> bool:
    return args.action == "session_record" or (args.action == "record" and args.on)


def _why_not_recorded(scope: Scope, session: bool) -> Iterator[str]:
    """The reasons why Live would record nothing, each with a call that helps."""
    song = scope.resolve("song").props
    if session and song.get("session_record"):
        # The same method ends the recording.
        return
    armed = [
        track
        for track in scope.children("song", "tracks")
        if track.props.get("arm") or track.props.get("implicit_arm") or track.id in scope.armed
    ]
    if not armed and not any(isinstance(id_, str) for id_ in scope.armed):
        yield "nothing is recorded: no track is armed; set_track with arm: true"
    deaf = [track for track in armed if track.props.get("input_routing_type") == "No Input"]
    if armed and len(deaf) == len(armed):
        names = ", ".join(track.name for track in deaf)
        yield f"nothing is recorded: the armed tracks have no input ({names}); set_track with input_routing_type"
    if session:
        return
    if not song.get("is_playing") and not scope.plays:
        yield "nothing is recorded before the song plays: transport play"
    if song.get("punch_in"):
        at = units.bars(float(song.get("loop_start") or 0.0), *views.signature(scope.mirror))
        yield f"punch-in is on: nothing is recorded before {at}"


def _operation(scope: Scope, args: Transport) -> Operation:
    action = args.action
    if action == "jump_to_cue":
        assert args.cue is not UNSET
        return Call(scope.target(args.cue, "CuePoint").id, "jump")
    if action in ("jump_to", *_JUMPS):
        assert args.time is not UNSET
        at = scope.position(args.time)
        if action == "jump_to":
            return Set("song", "current_song_time", at)
        return Call("song", action, {"beats": at})
    if action == "record":
        return Set("song", "record_mode", args.on)
    if action in _HELD:
        return Set("song", action, args.on)
    if action == "back_to_arranger":
        # As Live's button: true while clips override the arrangement; setting it to false ends that.
        return Set("song", action, False)
    if action == "session_record" and args.length is not UNSET:
        return Call("song", _CALLS[action], {"record_length": scope.length(args.length)})
    return Call("song", _CALLS[action])


class Undo(Arguments):
    write: Annotated[str, Meta(description="this write, if it is Live's next undo")] = ""
    anyone: Annotated[bool, Meta(description="the newest edit of any author")] = False
    redo: Annotated[bool, Meta(description="redo the last undone edit instead")] = False


@tools.acts(
    Undo,
    "Undo",
    "Undoes your last write, or `write`; with `anyone` the newest edit.",
    destructive=True,
    idempotent=False,
)
async def undo(desk: Desk, args: Undo) -> dict[str, Any]:
    if args.redo:
        only(args, "`redo`", of=("write",))
        return await desk.redo(anyone=args.anyone)
    return await desk.undo(args.write or None, anyone=args.anyone)
