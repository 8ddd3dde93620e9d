"""Calls on clips that need several of Live's methods or arguments without JSON form: moves, warp markers, envelopes."""

from __future__ import annotations

import sys
from typing import Any

from .call import Adapters, PendingCall
from .contract.values import ABSENT, items, read
from .envelope_calls import need_envelope
from .overwrites import GAP_BEATS, arranged_length, meets_itself

# -- moving ---------------------------------------------------------------------------------------


def _move_clip_to(call: PendingCall) -> Any:
    call.obj.duplicate_clip_to(call.args["target_clip_slot"])
    return call.obj.delete_clip()


def _move_to_arrangement(call: PendingCall) -> Any:
    """Copy and delete; if the copy would overlap the clip itself, copy it to the end of the track first."""
    track, clip, time = call.obj, call.args["clip"], call.args["destination_time"]
    if not meets_itself(call):
        made = track.duplicate_clip_to_arrangement(clip, time)
        _delete(clip)
        return made
    length = arranged_length(clip, call.song)
    last = max(float(other.end_time) for other in items(track.arrangement_clips))
    aside = track.duplicate_clip_to_arrangement(clip, max(last, time + length) + GAP_BEATS)
    _delete(clip)
    made = track.duplicate_clip_to_arrangement(aside, time)
    track.delete_clip(aside)
    return made


def _delete(clip: Any) -> None:
    holder = clip.canonical_parent
    if read(holder, "has_clip") is True:
        holder.delete_clip()
        return
    # A take lane cannot delete its clips, but its track can.
    track = holder if read(holder, "take_lanes") is not ABSENT else holder.canonical_parent
    track.delete_clip(clip)


# -- warp markers -----------------------------------------------------------------------------------


def _add_warp_marker(call: PendingCall) -> Any:
    sample_time, beat_time = call.args["warp_marker"]
    return call.obj.add_warp_marker(call.live_module.Clip.WarpMarker(sample_time, beat_time))


# -- envelopes ------------------------------------------------------------------------------------


def _envelope_value(call: PendingCall) -> Any:
    return need_envelope(call).value_at_time(call.args["time"])


def _clear_envelope(call: PendingCall) -> Any:
    need_envelope(call)
    return call.obj.clear_envelope(call.args["device_parameter"])


def _fire_slot(call: PendingCall) -> Any:
    """Fire a slot; with a quantization Live also needs the length, whose default is the largest number."""
    args = [call.args.get("record_length", sys.float_info.max)] if call.args else []
    if "launch_quantization" in call.args:
        args.append(call.args["launch_quantization"])
    return call.obj.fire(*args)


ADAPTERS: Adapters = {
    ("ClipSlot", "fire"): _fire_slot,
    ("ClipSlot", "move_clip_to"): _move_clip_to,
    ("Track", "move_clip_to_arrangement"): _move_to_arrangement,
    ("Clip", "add_warp_marker"): _add_warp_marker,
    ("Clip", "envelope_value"): _envelope_value,
    ("Clip", "clear_envelope"): _clear_envelope,
}
