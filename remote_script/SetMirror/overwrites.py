"""Judges a call right before it runs: would it remove objects besides its target, or is its goal already reached?

A judge reads Live's own objects, on Live's main thread, in the turn of the call. It returns UNCHANGED when the call
would change nothing, and reports the objects that would be removed (`PendingCall.replaces`), which is refused unless
the write may overwrite. If only Live knows these objects, such as under an audio file of unknown length,
`PendingCall.check` compares afterwards.
"""

from __future__ import annotations

from typing import Any, Callable, Dict, Tuple

from .call import UNCHANGED, Adapters, PendingCall
from .contract import hazards
from .contract.errors import BridgeError
from .contract.values import ABSENT, items, live_ptr, read

# -- the Session ----------------------------------------------------------------------------------


def _replace_in_slot(call: PendingCall, slot: Any) -> None:
    clip = read(slot, "clip")
    if clip is not ABSENT and clip is not None:
        call.replaces([call.describe(clip)], "clips")


def _copy_to_slot(call: PendingCall) -> Any:
    target = call.args["target_clip_slot"]
    if target == call.obj:
        return UNCHANGED
    if read(call.obj, "has_clip"):
        _replace_in_slot(call, target)
    return None


def _export_to_slot(call: PendingCall) -> None:
    _replace_in_slot(call, call.args["clip_slot"])


def _copy_to_next_slot(call: PendingCall) -> None:
    slots, index = items(call.obj.clip_slots), call.args["index"]
    if 0 <= index < len(slots) - 1 and read(slots[index], "has_clip"):
        _replace_in_slot(call, slots[index + 1])


# -- the Arrangement ------------------------------------------------------------------------------

GAP_BEATS = 16.0
"""Beats between the last clip of a track and a temporary copy."""
Span = Tuple[float, float]


def _spans(lane: Any) -> Dict[int, Tuple[Any, Span]]:
    clips = items(read(lane, "arrangement_clips"))
    return {live_ptr(clip) or 0: (clip, (float(clip.start_time), float(clip.end_time))) for clip in clips}


def _described(call: PendingCall, clip: Any, span: Span) -> Dict[str, Any]:
    return dict(call.describe(clip), start_time=span[0], end_time=span[1])


def cover(call: PendingCall, start: float, length: float, moved: Any = None) -> None:
    """Report the clips under a new clip; after the call, also clips that Live cut or removed unexpectedly.

    `moved` is the clip that moves there, if any.
    """
    end = start + length
    before = {ptr: clip for ptr, clip in _spans(call.obj).items() if moved is None or clip[0] != moved}
    under = {ptr for ptr, (_, span) in before.items() if span[0] < end and start < span[1]}
    # Describe the clips now, while they exist.
    described = {ptr: _described(call, *clip) for ptr, clip in before.items()}
    call.replaces([described[ptr] for ptr in under], "clips")

    def check() -> None:
        now = _spans(call.obj)
        lost = [ptr for ptr, (_, span) in before.items() if ptr not in now or now[ptr][1] != span]
        call.replaces([described[ptr] for ptr in lost if ptr not in under], "clips")

    call.check = check


def _create_clip(start: str, length: str = "") -> Callable[[PendingCall], None]:
    def judge(call: PendingCall) -> None:
        cover(call, call.args[start], call.args[length] if length else 0.0)

    return judge


def arranged_length(clip: Any, song: Any) -> float:
    """Beats that a clip, or a copy of it, occupies in the Arrangement."""
    if read(clip, "is_arrangement_clip"):
        return float(clip.end_time) - float(clip.start_time)
    # An audio clip that is not warped counts in seconds.
    unwarped = read(clip, "is_audio_clip") and not read(clip, "warping")
    length = float(clip.length)
    if read(clip, "looping"):
        # A copy begins at the start marker and ends where the loop has ended once.
        length = max(length, float(clip.loop_end) - float(clip.start_marker))
    return length * (float(song.tempo) / 60.0 if unwarped else 1.0)


def meets_itself(call: PendingCall) -> bool:
    """True when the copy of an arrangement clip would overlap the clip itself."""
    clip, time = call.args["clip"], call.args["destination_time"]
    if not read(clip, "is_arrangement_clip") or clip.canonical_parent != call.obj:
        return False
    return bool(abs(time - float(clip.start_time)) < arranged_length(clip, call.song))


def _is_there(call: PendingCall) -> bool:
    return meets_itself(call) and call.args["destination_time"] == float(call.args["clip"].start_time)


def _copy_to_arrangement(call: PendingCall) -> Any:
    if _is_there(call):
        return UNCHANGED
    if meets_itself(call):
        _no_overlap_of_itself(call)
    clip = call.args["clip"]
    cover(call, call.args["destination_time"], arranged_length(clip, call.song))
    return None


def _move_to_arrangement(call: PendingCall) -> Any:
    if _is_there(call):
        return UNCHANGED
    clip, time = call.args["clip"], call.args["destination_time"]
    cover(call, time, arranged_length(clip, call.song), clip)
    if read(clip, "is_arrangement_clip"):
        call.before, call.after = {"start_time": float(clip.start_time)}, {"start_time": time}
    return None


def _no_overlap_of_itself(call: PendingCall) -> None:
    hazard = hazards.HAZARDS["clip_onto_itself"]
    if hazards.ends("clip_onto_itself", call.live):
        raise BridgeError(
            "NOT_AVAILABLE",
            "This version of Live crashes at this call: {}".format(hazard.rule),
            call.args["destination_time"],
            hint="choose a time outside of the clip, or move it, which copies it aside first",
        )


# -- devices --------------------------------------------------------------------------------------


def _copy_pad(call: PendingCall) -> Any:
    source, target = call.args["source_index"], call.args["destination_index"]
    if source == target:
        return UNCHANGED
    pads = items(call.obj.drum_pads)
    if 0 <= source < len(pads) and 0 <= target < len(pads):
        call.replaces([call.describe(chain) for chain in items(pads[target].chains)], "chains")
    return None


def _move_device(call: PendingCall) -> Any:
    device, place = call.args["device"], call.args["target_position"]
    devices = items(read(call.args["target"], "devices"))
    # A device that moves right before or right behind itself stays at its place.
    return UNCHANGED if device in devices[max(0, place - 1) : place + 1] else None


# -- goals ----------------------------------------------------------------------------------------


def _reached(is_so: Callable[[Any], Any]) -> Callable[[PendingCall], Any]:
    """A judge that skips the call when its goal is already reached."""

    def judge(call: PendingCall) -> Any:
        try:
            return UNCHANGED if is_so(call.obj) else None
        except Exception:
            # Without that property Live decides.
            return None

    return judge


def _is_idle(track: Any) -> bool:
    return bool(track.playing_slot_index < 0 and track.fired_slot_index == -1)


def _is_stopped(song: Any) -> bool:
    """True when the song is stopped at its start: a second stop moves the position there."""
    return not song.is_playing and float(song.current_song_time) == 0.0 and float(song.start_time) == 0.0


def _clip_is_idle(clip: Any) -> bool:
    return not (clip.is_playing or clip.is_triggered or clip.is_recording)


def _slot_is_idle(slot: Any) -> bool:
    return not slot.is_group_slot and _is_idle(slot.canonical_parent)


JUDGES: Adapters = {
    ("ClipSlot", "duplicate_clip_to"): _copy_to_slot,
    ("LooperDevice", "export_to_clip_slot"): _export_to_slot,
    ("Track", "duplicate_clip_slot"): _copy_to_next_slot,
    ("Track", "duplicate_clip_to_arrangement"): _copy_to_arrangement,
    ("ClipSlot", "move_clip_to"): _copy_to_slot,
    ("Track", "move_clip_to_arrangement"): _move_to_arrangement,
    ("Track", "create_midi_clip"): _create_clip("start_time", "length"),
    ("TakeLane", "create_midi_clip"): _create_clip("start_time", "length"),
    ("Track", "create_audio_clip"): _create_clip("position"),
    ("TakeLane", "create_audio_clip"): _create_clip("start_time"),
    ("RackDevice", "copy_pad"): _copy_pad,
    ("Song", "move_device"): _move_device,
    ("Song", "start_playing"): _reached(lambda song: song.is_playing),
    ("Song", "continue_playing"): _reached(lambda song: song.is_playing),
    ("Song", "stop_playing"): _reached(_is_stopped),
    ("Song", "stop_all_clips"): _reached(lambda song: all(map(_is_idle, items(song.tracks)))),
    ("Song", "re_enable_automation"): _reached(lambda song: not song.re_enable_automation_enabled),
    ("Song", "jump_to_next_cue"): _reached(lambda song: not song.can_jump_to_next_cue),
    ("Song", "jump_to_prev_cue"): _reached(lambda song: not song.can_jump_to_prev_cue),
    ("Track", "stop_all_clips"): _reached(_is_idle),
    ("Clip", "stop"): _reached(_clip_is_idle),
    ("ClipSlot", "stop"): _reached(_slot_is_idle),
    ("DeviceParameter", "re_enable_automation"): _reached(lambda parameter: parameter.automation_state != 2),
}
"""(class, method) → judge that runs right before the call."""
