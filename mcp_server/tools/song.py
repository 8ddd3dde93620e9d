"""The song as a whole: transport, tempo, scale, cue points, the view, dialogs, undo."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from mirror import Call, Operation, Set, errors
from remote_script.SetMirror import schema
from remote_script.SetMirror.places import ID

from .. import units
from ..desk import Desk
from ..fields import Length, Target, Time, arguments, sets, settable
from ..tool import Arguments, Nothing, Toolset

tools = Toolset("song")

_SONG = [
    name
    for name, prop in schema.properties("Song").items()
    if prop.write
    and prop.type in ("bool", "int", "float", "str")
    and prop.unit != "beats"
    # What these do is the transport's.
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
async def set_song(desk: Desk, given: Any) -> dict[str, Any]:
    ops: list[Operation] = []
    if given.key is not UNSET:
        root, scale = units.key(given.key)
        ops += [Set("song", "root_note", root), Set("song", "scale_name", scale)]
    for op in sets("song", "Song", given):
        assert isinstance(op, Set)
        if op.name in _TIMES:
            op = Set("song", op.name, desk.position(op.value))
        elif op.name == "loop_length":
            op = Set("song", op.name, desk.length(op.value))
        ops.append(op)
    return await desk.write(ops, "set the song")


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
    "jump_by": "jump_by",
    "scrub_by": "scrub_by",
}
_HELD = {"nudge_up": "nudge_up", "nudge_down": "nudge_down", "back_to_arranger": "back_to_arranger"}


class Transport(Arguments):
    action: Literal[tuple([*_CALLS, "jump_to", *_HELD])]  # type: ignore[valid-type]
    time: Annotated[Time | UnsetType, Meta(description="for jump_to; beats for jump_by, scrub_by")] = UNSET
    on: Annotated[bool, Meta(description="for nudge_up and nudge_down: held or released")] = True


@tools.writes(Transport, "Transport", "Play, stop, record, jump, tap, capture.", idempotent=False)
async def transport(desk: Desk, given: Transport) -> dict[str, Any]:
    op: Operation
    if given.action in ("jump_to", "jump_by", "scrub_by"):
        if given.time is UNSET:
            raise errors.InvalidParams(f"{given.action} needs `time`")
        if given.action == "jump_to":
            op = Set("song", "current_song_time", desk.position(given.time))
        elif isinstance(given.time, str):
            raise errors.InvalidValue(f"{given.action} takes beats as a number", given.time)
        else:
            op = Call("song", given.action, {"beats": given.time})
    elif given.action in _HELD:
        # Back to the arrangement is Live's button: it is lit while something overrides, and pressing puts it out.
        op = Set("song", given.action, given.on if given.action != "back_to_arranger" else False)
    else:
        op = Call("song", _CALLS[given.action])
    return await desk.write([op], given.action)


class NewCue(Struct, forbid_unknown_fields=True):
    time: Time
    name: str = ""


class CueName(Struct, forbid_unknown_fields=True):
    cue: Target
    name: str


class EditCuePoints(Arguments):
    create: list[NewCue] = []
    rename: list[CueName] = []
    delete: list[Target] = []
    jump: Target | UnsetType = UNSET


@tools.writes(
    EditCuePoints,
    "Edit cue points",
    "Create, rename, delete cue points (locators); jump to one. The song must be stopped to create or delete.",
    destructive=True,
    idempotent=False,
)
async def edit_cue_points(desk: Desk, given: EditCuePoints) -> dict[str, Any]:
    ops: list[Operation] = []
    for cue in given.rename:
        ops.append(Set(desk.resolve(cue.cue, "CuePoint").id, "name", cue.name))
    for target in given.delete:
        node = desk.resolve(target, "CuePoint")
        ops.append(Call("song", "delete_cue_point", {"time": {ID: node.id}}))
    for new in given.create:
        args: dict[str, Any] = {"time": desk.position(new.time)}
        if new.name:
            args["name"] = new.name
        ops.append(Call("song", "create_cue_point", args))
    if given.jump is not UNSET:
        ops.append(Call(desk.resolve(given.jump, "CuePoint").id, "jump"))
    return await desk.write(ops, "edit cue points")


_VIEWS = ("Session", "Arranger", "Detail", "Detail/Clip", "Detail/DeviceChain", "Browser")
SetView = arguments(
    "SetView",
    *settable(
        "Song.View",
        "selected_track",
        "selected_scene",
        "selected_chain",
        "detail_clip",
        "highlighted_clip_slot",
        "follow_song",
        "draw_mode",
    ),
    ("selected_device", Target | UnsetType, UNSET),
    ("show", Literal[_VIEWS] | UnsetType, UNSET),
    ("hide", Literal[_VIEWS] | UnsetType, UNSET),
    ("focus", Literal[_VIEWS] | UnsetType, UNSET),
)


@tools.writes(SetView, "Set the view", "What is selected and shown in Live's window.")
async def set_view(desk: Desk, given: Any) -> dict[str, Any]:
    ops = sets("view", "Song.View", given)
    if given.selected_device is not UNSET:
        device = desk.resolve(given.selected_device, "Device")
        ops.append(Call("view", "select_device", {"device": device.id}))
    if given.show is not UNSET:
        ops.append(Call("application/view", "show_view", {"view": given.show}))
    if given.hide is not UNSET:
        ops.append(Call("application/view", "hide_view", {"view_name": given.hide}))
    if given.focus is not UNSET:
        ops.append(Call("application/view", "focus_view", {"view": given.focus}))
    return await desk.write(ops, "set the view")


class PressButton(Arguments):
    index: Annotated[int, Meta(ge=0, le=9)] = 0


@tools.writes(
    PressButton,
    "Press a dialog's button",
    "Answers the dialog that is open in Live; get application shows its message and buttons.",
    destructive=True,
    idempotent=False,
)
async def press_dialog_button(desk: Desk, given: PressButton) -> dict[str, Any]:
    node = desk.resolve("application")
    buttons = node.props.get("current_dialog_button_count", 0)
    if not node.props.get("open_dialog_count"):
        raise errors.NotAvailable("No dialog is open in Live")
    if given.index >= buttons:
        raise errors.InvalidValue(
            f"The dialog has {buttons} buttons, from 0",
            given.index,
            message=node.props.get("current_dialog_message"),
        )
    op = Call("application", "press_current_dialog_button", {"index": given.index})
    return await desk.write([op], "press a dialog's button")


class Undo(Arguments):
    write: str = ""
    anyone: bool = False


@tools.writes(
    Undo,
    "Undo",
    "Takes back your last write, or `write`; with `anyone` whoever's was last.",
    destructive=True,
    idempotent=False,
)
async def undo(desk: Desk, given: Undo) -> dict[str, Any]:
    return await desk.undo(given.write or None, anyone=given.anyone)


@tools.writes(Nothing, "Redo", "Does again what was undone last.", idempotent=False)
async def redo(desk: Desk, given: Nothing) -> dict[str, Any]:
    return await desk.redo()
