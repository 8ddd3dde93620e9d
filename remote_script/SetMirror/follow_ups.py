"""Adds marks for properties without a listener of their own that another object's listener announces.

The list of visible tracks announces folding and grouping; the selected track announces the selection; a slot's clip
and the list of tracks announce whether a scene is empty; the return tracks announce the names of all sends; a clip
announces whether its slot plays; a stepped parameter announces which other parameters of its device are in use.
Some changes may change the automation or mapping of any parameter: these changes hurry the rounds.
"""

from __future__ import annotations

from typing import Any, Callable, Dict, Iterable, Set, Tuple

from .batches import Batch, Batcher
from .layouts import Row
from .pace import Steps

_HURRYING = {
    "Song": ("re_enable_automation_enabled", "back_to_arranger"),
    "Track": ("back_to_arranger",),
    "RackDevice": ("macros_mapped", "visible_macro_count"),
}
"""Class → properties whose change may have changed automation, mapping or name of parameters."""


_OF_TRACKS = ("fold_state", "is_visible", "is_grouped", "group_track", "is_foldable")


AT_ONCE = 64
"""Tracks or marked objects in one step."""


def flush(batcher: Batcher, batch: Batch) -> Steps:
    """The steps of the batcher's flush of a batch, after the marks that follow from the batch's marks were added."""
    yield from _add_follow_ups(batcher, batch.dirty)
    yield from batcher.flush(batch)


def _add_follow_ups(batcher: Batcher, marks: Dict[int, int]) -> Steps:
    """Add to `marks` (id → bits of properties) the properties that follow from the marked ones, in steps."""
    if batcher.shadow.root is None:
        return
    following = _FollowUps(batcher, batcher.shadow.root, marks)
    for number, (id_, bits) in enumerate(list(marks.items()), 1):
        row = batcher.shadow.rows.get(id_)
        if row is not None:
            following.add(row, bits)
        if number % AT_ONCE == 0:
            yield
    yield from following.of_many()


class _FollowUps:
    def __init__(self, batcher: Batcher, root: Row, marks: Dict[int, int]) -> None:
        self._batcher = batcher
        self._rows = batcher.shadow.rows
        self._root = root
        self._marks = marks
        self._of_tracks: Set[str] = set()
        """Properties to mark of every track."""
        self._scenes = self._sends = False
        """True when the follow-ups of all scenes, or of all sends, are to be marked."""

    def of_many(self) -> Steps:
        """Mark the follow-ups that concern every track, scene or send, each once for all marks."""
        if self._scenes:
            for number, scene in enumerate(self._root.value("scenes") or (), 1):
                self._mark(scene, ("is_empty",))
                if number % AT_ONCE == 0:
                    yield
        for number, id_ in enumerate(self._tracks() + (self._root.value("master_track"),), 1):
            if self._of_tracks:
                self._mark(id_, self._of_tracks)
            if self._sends:
                self._mark_sends(id_)
            if number % AT_ONCE == 0:
                yield

    def add(self, row: Row, bits: int) -> None:
        type_ = row.layout.type
        by_class = _BY_CLASS.get(type_)
        if by_class is not None:
            names, follow = by_class
            if bits & row.layout.bits_of(names):
                follow(self, row, bits)
        if type_ in _HURRYING and bits & row.layout.bits_of(_HURRYING[type_]):
            self._batcher.hurried = True

    def _of_song(self, row: Row, bits: int) -> None:
        self._of_tracks.update(_OF_TRACKS)
        self._scenes = self._scenes or bool(bits & row.layout.bits_of(("tracks",)))
        self._sends = self._sends or bool(bits & row.layout.bits_of(("return_tracks",)))

    def _of_track(self, row: Row, bits: int) -> None:
        self._sends = self._sends or row.role == "return_tracks"

    def _of_selection(self, row: Row, bits: int) -> None:
        self._of_tracks.add("is_part_of_selection")

    def _of_slot(self, row: Row, bits: int) -> None:
        """Mark whether the scene at the slot's place is empty."""
        track = self._rows.get(row.parent) if row.parent is not None else None
        slots = (track.value("clip_slots") if track is not None else None) or ()
        scenes = self._root.value("scenes") or ()
        place = slots.index(row.id) if row.id in slots else len(scenes)
        if place < len(scenes):
            self._mark(scenes[place], ("is_empty",))

    def _of_clip(self, row: Row, bits: int) -> None:
        slot = self._rows.get(row.parent) if row.parent is not None else None
        if slot is not None and slot.layout.type == "ClipSlot":
            self._mark(slot.id, ("is_playing", "is_recording"))

    def _of_parameter(self, row: Row, bits: int) -> None:
        """Mark which other parameters of its device are in use."""
        device = self._rows.get(row.parent) if row.parent is not None else None
        if row.value("is_quantized") and device is not None:
            for id_ in device.value("parameters") or ():
                self._mark(id_, ("state", "is_enabled"))

    def _mark_sends(self, track_id: Any) -> None:
        """Mark the names of a track's sends: a send has the name and the letter of its return track."""
        track = self._rows.get(track_id)
        mixer = self._rows.get(track.value("mixer_device")) if track is not None else None
        sends = mixer.value("sends") if mixer is not None else ()
        for send in sends if isinstance(sends, tuple) else ():
            self._mark(send, ("name", "original_name"))

    def _tracks(self) -> Tuple[int, ...]:
        tracks: Tuple[int, ...] = self._root.value("tracks") or ()
        return tracks + (self._root.value("return_tracks") or ())

    def _mark(self, id_: Any, names: Iterable[str]) -> None:
        row = self._rows.get(id_)
        if row is not None:
            self._marks[id_] = self._marks.get(id_, 0) | row.layout.bits_of(names)


_BY_CLASS: Dict[str, Tuple[Tuple[str, ...], Callable[[_FollowUps, Row, int], None]]] = {
    "Song": (("visible_tracks", "tracks", "return_tracks"), _FollowUps._of_song),
    "Track": (("name",), _FollowUps._of_track),
    "Song.View": (("selected_track",), _FollowUps._of_selection),
    "ClipSlot": (("has_clip",), _FollowUps._of_slot),
    "Clip": (("is_playing",), _FollowUps._of_clip),
    "DeviceParameter": (("value",), _FollowUps._of_parameter),
}
"""Class → its properties with follow-ups, and the method that marks the follow-ups."""
