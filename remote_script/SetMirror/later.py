"""Changes that Live makes one tick or many bars after a call (launch, transport, warping), by the table's `later`.

A late change belongs to the newest write that declared it with a fitting value, else to Live or a person. The
launch defines which values fit: a fired clip may blink, play, and end the clip that played. Once somebody fires
another slot of that track, or stops it, the remaining changes belong to that person.
"""

from __future__ import annotations

from typing import Any, Callable, Dict, FrozenSet, Iterator, Optional, Tuple

from .attribution import Cause, Claim
from .layouts import Row
from .shadow import Shadow

LONGEST_S = 120.0
"""Eight bars of a slow song; the claim of a launch is dropped after this time."""
AFTER_S = 0.25
"""Two of Live's ticks: side effects of a launch arrive within them."""

_LAUNCHED: Dict[str, FrozenSet[str]] = {
    "Song": frozenset(("is_playing", "back_to_arranger")),
    "Track": frozenset(("playing_slot_index", "fired_slot_index", "back_to_arranger")),
    "ClipSlot": frozenset(("is_playing", "is_triggered", "is_recording", "playing_status")),
    "Clip": frozenset(("is_playing", "is_triggered", "is_recording", "is_overdubbing")),
}
_RECORDED = {
    "Song": _LAUNCHED["Song"]
    | {"record_mode", "session_record", "overdub", "arrangement_overdub", "session_automation_record"}
    | {"is_counting_in", "session_record_status", "song_length"},
    "ClipSlot": _LAUNCHED["ClipSlot"] | {"has_clip", "clip", "will_record_on_start"},
}
_JUMPED = {"Song": frozenset(("can_jump_to_next_cue", "can_jump_to_prev_cue", "start_time"))}
_WARPED = {
    "Clip": frozenset(
        (
            "warping",
            "warp_markers",
            "warp_mode",
            "loop_start",
            "loop_end",
            "start_marker",
            "end_marker",
            "length",
            "position",
            "end_time",
            "looping",
        )
    )
}

PROPERTIES: Dict[str, Dict[str, FrozenSet[str]]] = {
    "own": {},
    "launch": _LAUNCHED,
    "stop": {type_: names for type_, names in _LAUNCHED.items() if type_ != "Song"},
    "transport": {**_LAUNCHED, "Song": _LAUNCHED["Song"] | _JUMPED["Song"]},
    "arranger": {**_LAUNCHED, "Song": frozenset(("back_to_arranger",))},
    "record": {**_LAUNCHED, **_RECORDED},
    "jump": _JUMPED,
    "warp": _WARPED,
}
"""A word of the table's `later` → the properties that it changes, by class; "own" is the property itself."""


_SHORT_S = {"own": 5.0, "warp": 1.0, "jump": 1.0, "record": 5.0}
"""Seconds for changes that wait for no grid: they come with Live's next ticks, with room for a busy Live."""
_KEYS = ("playing_slot_index", "fired_slot_index")


def claim_of(
    shadow: Shadow, clock: Callable[[], float], cause: Cause, word: str, target: Row, name: str, wanted: Any
) -> Claim:
    """The claim for later changes after calling method `name` or setting property `name` to `wanted`.

    Args:
      word: The table's `later`.
      wanted: None for a call.
    """
    if word in _SHORT_S:
        return _Soon(cause, word, shadow, target, name, wanted, clock)
    return _Launch(cause, word, shadow, target, name, wanted, clock)


class _Late(Claim):
    """A claim for a call of method `name`, or for setting property `name` to `wanted`."""

    def __init__(
        self,
        cause: Cause,
        word: str,
        shadow: Shadow,
        target: Row,
        name: str,
        wanted: Any,
        clock: Callable[[], float],
    ) -> None:
        super().__init__(cause, clock() + _SHORT_S.get(word, LONGEST_S))
        self._shadow = shadow
        self._clock = clock
        self._names = PROPERTIES[word]
        self._target, self._name, self._wanted = target.id, name, wanted
        self._begin(word, target)

    def _begin(self, word: str, target: Row) -> None:
        """Read what the claim needs from the state before the change."""


class _Soon(_Late):
    """Claims changes of the next ticks, of the object itself or of the song."""

    def claims(self, row: Row, index: int, value: Any) -> bool:
        name = row.layout.names[index]
        if row.id == self._target and name == self._name and self._wanted is not None:
            if value != self._wanted:
                return False
            self.until = min(self.until, self._clock() + AFTER_S)
            return True
        if name not in self._names.get(row.layout.type, ()):
            return False
        if name == "start_time":
            # A person's click in the time ruler comes at any other place.
            cues = map(self._shadow.rows.get, row.value("cue_points") or ())
            return any(cue is not None and cue.value("time") == value for cue in cues)
        # Only the target clip itself; recording creates clips in any armed slot.
        return row.id == self._target or row.layout.type != "Clip" or "ClipSlot" in self._names


class _Launch(_Late):
    """Claims the changes of a launch, stop or transport on its tracks, until every track is done or taken over."""

    def _begin(self, word: str, target: Row) -> None:
        shadow, name, wanted = self._shadow, self._name, self._wanted
        self._stops_until = self._clock() + AFTER_S if name == "stop_playing" else 0.0
        self._slots = set(_slots(shadow, target)) if word == "launch" and wanted is not False else set()
        self._plays = word == "launch" and wanted is not False
        self._song_plays = name not in ("stop_playing", "stop", "stop_all_clips") and wanted is not False
        self._all = word == "transport"
        # Objects that the same write created are not in the shadow yet, and none of them sounds.
        tracks = [id_ for id_ in _tracks(shadow, target) if id_ in shadow.rows]
        if word == "stop":
            tracks = [id_ for id_ in tracks if _sounds(shadow.rows[id_])]
        self._done: Dict[int, float] = dict.fromkeys(tracks, self.until)
        """Track → time until which its changes are claimed; a track that somebody else took over is removed."""

    def claims(self, row: Row, index: int, value: Any) -> bool:
        type_, name = row.layout.type, row.layout.names[index]
        if row.id == self._target and name == self._name and self._wanted is not None:
            return bool(value == self._wanted)
        if name not in self._names.get(type_, ()):
            return False
        if type_ == "Song":
            return self._claims_song(name, value)
        track = _track_of(self._shadow, row)
        if track is None or self._clock() > self._done.get(track.id, -1.0):
            return False
        if name in _KEYS:
            return self._claims_track(track, name, value)
        if name in ("is_playing", "is_triggered") and value and not self._all:
            return self._plays and _slot_of(self._shadow, row) in self._slots
        return True

    def _claims_song(self, name: str, value: Any) -> bool:
        if name == "start_time":
            # A second stop returns to the start of the song (measured).
            return value == 0.0 and self._clock() <= self._stops_until
        if name != "is_playing":
            return True
        if bool(value) is not self._song_plays:
            self.until = 0.0
            return False
        if self._all:
            self.until = min(self.until, self._clock() + AFTER_S)
        return True

    def _claims_track(self, track: Row, name: str, value: Any) -> bool:
        slots = track.value("clip_slots")
        if isinstance(value, int) and value >= 0 and isinstance(slots, tuple) and value < len(slots):
            fits = slots[value] in self._slots or self._all
        else:
            fits = True
        if not fits:
            # Somebody fired another slot of this track.
            del self._done[track.id]
        elif value == -1 or name == "playing_slot_index":
            self._done[track.id] = min(self._done[track.id], self._clock() + AFTER_S)
        # Once all tracks are done or taken over, no more changes can follow.
        self.until = min(self.until, max(self._done.values(), default=0.0))
        return fits


def _slots(shadow: Shadow, target: Row) -> Tuple[int, ...]:
    """The slots that firing the target launches."""
    if target.layout.type == "Scene":
        return tuple(target.value("clip_slots") or ())
    slot = _slot_of(shadow, target)
    return () if slot is None else (slot,)


def _sounds(track: Row) -> bool:
    """True when a clip of the track plays or is about to play."""
    return any(isinstance(track.value(name), int) and track.value(name) >= 0 for name in _KEYS)


def _tracks(shadow: Shadow, target: Row) -> Iterator[int]:
    """The tracks on which a launch plays: the target's track, a group's members, or all tracks."""
    track = _track_of(shadow, target)
    if track is not None and not track.value("is_foldable"):
        yield track.id
    elif shadow.root is not None:
        yield from shadow.root.value("tracks") or ()


def _up_to(shadow: Shadow, row: Row, type_: str) -> Optional[Row]:
    ancestor: Optional[Row] = row
    while ancestor is not None and ancestor.layout.type != type_:
        ancestor = shadow.rows.get(ancestor.parent) if ancestor.parent is not None else None
    return ancestor


def _track_of(shadow: Shadow, row: Row) -> Optional[Row]:
    return _up_to(shadow, row, "Track")


def _slot_of(shadow: Shadow, row: Row) -> Optional[int]:
    slot = _up_to(shadow, row, "ClipSlot")
    return None if slot is None else slot.id
