"""Writes automation into the Arrangement: copies a Session clip with the envelopes there, and deletes the copy again.

Live's API has no other way into the lanes of a track (measured on Live 11 and 12.4.6, see `contract.tables.tracks`):
the copy writes its envelopes over its span, and the lanes keep them when the copy is deleted. A clip at that place is
first copied behind the track's last clip and put back afterwards; copies of Arrangement clips write no lanes. The
clip comes back as a new object, so the call reports the old and the new object; if the copy is not equal to the
clip, the call and its write fail.
"""

from __future__ import annotations

from typing import Any, Dict, List, Tuple

from .call import LIVE, MORE, Adapters, Became, Described, PendingCall, Steps
from .content import all_notes
from .contract import checks, schema
from .contract.errors import BridgeError
from .contract.values import ABSENT, as_note, as_warp_marker, items, live_ptr, read, same
from .overwrites import GAP_BEATS, arranged_length, cover

FIRST_UNDER_CLIPS = (12, 3)
"""First Live in which copies of Arrangement clips are safe; older versions can crash (see `hazards`)."""
_WAIT_PUMPS = 20
"""Live shows the state of an automation one tick late; 200 ms at the pump's pace."""
_PLACES = ("end_time", "is_playing", "position", "start_time")
"""Properties in which a copy differs: its place, and its present playback."""
_COMPARED = tuple(
    prop.name
    for prop in schema.properties("Clip").values()
    if ((prop.write and prop.undo) or prop.name == "length") and prop.name not in _PLACES
)


def _judge(call: PendingCall) -> None:
    _, start, length = _asked(call)
    under = _under(call.obj, start, start + length)
    cover(call, start, length)
    if under and call.live < FIRST_UNDER_CLIPS:
        raise BridgeError(
            "NOT_AVAILABLE",
            "Automation under clips of the Arrangement can be written from Live 12.3 on",
            hint="move the clips away, write the automation, move them back: a lane stays where it is",
        )
    for clip in under:
        if read(clip, "has_envelopes") is True:
            raise BridgeError(
                "NOT_AVAILABLE",
                "{!r} has envelopes of its own, which Live does not show of a clip in the arrangement, so "
                "SetMirror cannot check whether the clip would be restored exactly".format(str(clip.name)),
                hint="write before and after this clip, or draw the automation there in Live",
            )


def _asked(call: PendingCall) -> Tuple[Any, float, float]:
    clip, length = call.args["clip"], call.args["length"]
    if read(clip, "is_arrangement_clip") is True:
        raise checks.refuse("only a Session clip writes automation into the arrangement", str(clip.name))
    if abs(arranged_length(clip, call.song) - length) > 1e-6:
        raise checks.refuse(
            "length must be the clip's own, {:g}".format(arranged_length(clip, call.song)), length
        )
    return clip, call.args["destination_time"], length


def _under(track: Any, start: float, end: float) -> List[Any]:
    return [
        clip
        for clip in items(track.arrangement_clips)
        if float(clip.start_time) < end and start < float(clip.end_time)
    ]


def _stamp(call: PendingCall) -> Steps:
    track = call.obj
    clip, start, length = _asked(call)
    aside: List[Tuple[Described, int, float, Dict[str, Any], Any]] = []
    for covered in _under(track, start, start + length):
        place, content = float(covered.start_time), _content(covered)
        last = max(float(other.end_time) for other in items(track.arrangement_clips))
        copy = track.duplicate_clip_to_arrangement(covered, max(last, start + length) + GAP_BEATS)
        aside.append((_entry(call, covered), live_ptr(covered) or 0, place, content, copy))
        track.delete_clip(covered)
        yield MORE
    track.delete_clip(track.duplicate_clip_to_arrangement(clip, start))
    for entry, old, place, content, copy in aside:
        back = track.duplicate_clip_to_arrangement(copy, place)
        _check_equal(content, back)
        track.delete_clip(copy)
        call.became.append(Became(entry, old, live_ptr(back) or 0, back))
        yield MORE
    yield from _read_back(call)


def _entry(call: PendingCall, clip: Any) -> Described:
    """The clip's description among the objects that the call replaces."""
    id_ = call.describe(clip).get("id")
    return next(replaced for replaced in call.replaced if replaced.get("id") == id_)


def _content(clip: Any) -> Dict[str, Any]:
    """All properties of a clip that can be read and that its copy has too."""
    content = {name: read(clip, name) for name in _COMPARED}
    content["beats"] = float(clip.end_time) - float(clip.start_time)
    if read(clip, "is_midi_clip") is True:
        content["notes"] = sorted(as_note(element)[1:] for element in all_notes(clip))
    else:
        markers = read(clip, "warp_markers")
        content["warp_markers"] = (
            [] if markers is ABSENT else [as_warp_marker(element) for element in items(markers)]
        )
    return content


def _check_equal(content: Dict[str, Any], copy: Any) -> None:
    now = _content(copy)
    other = [name for name, value in content.items() if not same(now[name], value)]
    if other:
        raise BridgeError(
            "LIVE_REFUSED",
            "Live's copy of {!r} differs from it in {}, so the clip cannot be restored exactly".format(
                str(content["name"]), ", ".join(other)
            ),
            hint="write before and after this clip, or draw the automation there in Live",
        )


def _read_back(call: PendingCall) -> Steps:
    """Check that the parameter's state shows automation; it does not while its track plays from the Session."""
    parameter = call.args["device_parameter"]
    if read(call.obj, "playing_slot_index") not in (-1, ABSENT):
        call.unread = True
        call.note = (
            "not read back: Live shows no automation while the track plays its session clips, or has stopped them; "
            "transport with action back_to_arranger ends that"
        )
        return
    for _ in range(_WAIT_PUMPS):
        if int(parameter.automation_state):
            return
        yield LIVE
    raise BridgeError(
        "LIVE_REFUSED",
        "Live shows no automation of {!r} afterwards".format(str(parameter.name)),
        hint="draw it in Live: scripts cannot write a lane for this parameter",
    )


ADAPTERS: Adapters = {("Track", "stamp_automation"): _stamp}
JUDGES: Adapters = {("Track", "stamp_automation"): _judge}
