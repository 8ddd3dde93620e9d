"""Cue points, created and deleted at any time of the song: Live only has a toggle at its present position."""

from __future__ import annotations

from typing import Any, Callable

from .call import EARLY, LIVE, Adapters, PendingCall, Steps
from .contract import checks
from .contract.errors import BridgeError
from .contract.values import alive, items, live_ptr

_WAIT_PUMPS = 300
"""Pumps of 10 ms to wait until Live has moved to a position; Live needs one engine tick."""


def _cue_at(song: Any, time: float) -> Any:
    for cue in items(song.cue_points):
        # In some versions `time` is a wrapper.
        if abs(float(cue.time) - time) < 1e-6:
            return cue
    return None


def _check_stopped(call: PendingCall) -> None:
    if call.song.is_playing:
        raise BridgeError(
            "NOT_AVAILABLE",
            "Cue points can be made and deleted only while the song is stopped",
            hint="stop, then retry",
            **{EARLY: "stop_playing"},
        )


def _at_position(call: PendingCall, time: float, act: Callable[[], Any]) -> Steps:
    """Put the position at `time`, act, put the position back; cue points are created and deleted at the position only.

    Live moves the position one tick after the call, so this ends only when the position is back; otherwise a second
    call would put it back to `time`.
    """
    song = call.song
    _check_stopped(call)
    before = float(song.current_song_time)
    try:
        if not (yield from _moved(song, time)):
            raise RuntimeError("the song position did not reach {:g}".format(time))
        result = act()
    except BaseException:
        # Also when the script is being closed: only this generator knows the previous position.
        try:
            song.current_song_time = before
        except Exception:
            pass
        raise
    yield from _moved(song, before)
    return result


def _moved(song: Any, time: float) -> Steps:
    """Move the song position; False when Live did not go there."""
    song.current_song_time = time
    for _ in range(_WAIT_PUMPS):
        if abs(float(song.current_song_time) - time) < 1e-6:
            return True
        yield LIVE
    return False


def _check_free(call: PendingCall) -> None:
    time = call.args["time"]
    if time < 0:
        raise checks.refuse("time must be 0 or more beats", time)
    cue = _cue_at(call.song, time)
    if cue is not None and call.describe(cue).get("id") not in call.cleared:
        raise checks.refuse("there is a cue point at {:g} already".format(time), time)
    _check_stopped(call)


def _create_cue_point(call: PendingCall) -> Steps:
    song, time = call.song, call.args["time"]
    known = [live_ptr(cue) for cue in items(song.cue_points)]

    def made() -> Any:
        """The new cue point, named; None before Live shows it."""
        for cue in items(song.cue_points):
            if live_ptr(cue) not in known:
                if abs(float(cue.time) - time) < 1e-6 and call.args.get("name") is not None:
                    cue.name = call.args["name"]
                return cue
        return None

    def toggle() -> Any:
        song.set_or_delete_cue()
        return made()

    cue = yield from _at_position(call, time, toggle)
    for _ in range(_WAIT_PUMPS):
        cue = cue or made()
        if cue is not None and abs(float(cue.time) - time) < 1e-6:
            return cue
        if cue is not None or len(items(song.cue_points)) < len(known):
            # The position snapped to the grid: the toggle created a cue point elsewhere, or deleted another cue
            # point.
            yield from _at_position(call, time, song.set_or_delete_cue)
            break
        yield LIVE
    raise RuntimeError("Live made no cue point at {:g}: the position snaps to the grid".format(time))


def _delete_cue_point(call: PendingCall) -> Steps:
    song, wanted = call.song, call.args["time"]
    cue = _cue_at(song, wanted) if isinstance(wanted, (int, float)) else wanted
    if cue is None:
        times = [round(float(point.time), 6) for point in items(song.cue_points)]
        raise BridgeError(
            "NOT_FOUND", "There is no cue point at {:g}".format(wanted), wanted, times=times[:50]
        )
    time = float(cue.time)
    count = len(items(song.cue_points))

    def toggle() -> None:
        # Live deletes the cue point at the position: make sure that it is still the same cue point.
        if not alive(cue) or abs(float(cue.time) - time) >= 1e-6:
            raise BridgeError("STALE_REFERENCE", "The cue point at {:g} was deleted or moved".format(time))
        song.set_or_delete_cue()

    yield from _at_position(call, time, toggle)
    for _ in range(_WAIT_PUMPS):
        if not alive(cue) or len(items(song.cue_points)) < count:
            return None
        yield LIVE
    raise RuntimeError("Live kept the cue point at {:g}: the position snaps to the grid".format(time))


ADAPTERS: Adapters = {
    ("Song", "create_cue_point"): _create_cue_point,
    ("Song", "delete_cue_point"): _delete_cue_point,
}
JUDGES: Adapters = {
    ("Song", "create_cue_point"): _check_free,
    ("Song", "delete_cue_point"): _check_stopped,
}
"""(class, method) → judge that runs right before the call; a dry run only runs the judge."""
