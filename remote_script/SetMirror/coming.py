"""The parts of a Set that are read after its outline: lists and values, one part after the other.

Clients can get the outline (song, tracks, scenes, clips, mixers) long before the last parameter is read. A property
that is not read yet is absent, never reported as empty; once its part is read, the property is as exact as all
others.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Dict, List, Tuple

from .layouts import Row

DEVICES = "devices"
CONTENTS = "contents of clips"
ROUTINGS = "routing menus"
ENVELOPES = "envelopes"
PARTS = (DEVICES, CONTENTS, ROUTINGS, ENVELOPES)
"""In the order of reading: envelopes name parameters by id, so they wait until all devices are read."""
OUTLINE = 0.2
"""Share of the time for the outline in the time for all, in a Set of 100 tracks with 20,000 parameters."""
_SHARES = {DEVICES: 0.7, CONTENTS: 0.15, ROUTINGS: 0.1, ENVELOPES: 0.05}
"""Shares of the time after the outline, in the same Set."""


class Coming:
    """The properties that are still to be read, by part: id of the object → bits."""

    def __init__(self) -> None:
        # A plain dict would search its beginning for the first that is left.
        self._marks: Dict[str, OrderedDict[int, int]] = {part: OrderedDict() for part in PARTS}

        self._postponed = dict.fromkeys(PARTS, 0)
        """Objects that were postponed to a part so far."""

    def __bool__(self) -> bool:
        return any(self._marks.values())

    @property
    def parts(self) -> List[str]:
        """The parts that are not read yet, in order."""
        return [part for part in PARTS if self._marks[part]]

    @property
    def progress(self) -> float:
        """Share 0..1 of the parts that is read."""
        return sum(
            share * (1 - len(self._marks[part]) / max(1, self._postponed[part]))
            for part, share in _SHARES.items()
        )

    @property
    def has_devices(self) -> bool:
        """True while some devices are not read: an object that the shadow does not contain may exist in Live."""
        return bool(self._marks[DEVICES])

    def leave(self, part: str, id_: int, bits: int) -> None:
        """Postpone the reading of an object's properties to a part."""
        if bits:
            marks = self._marks[part]
            self._postponed[part] += id_ not in marks
            marks[id_] = marks.get(id_, 0) | bits

    def hold_back(self, row: Row, bits: int) -> int:
        """Return those of `bits` that can be read now; postpone the others to their parts."""
        if self.has_devices:
            self.leave(ENVELOPES, row.id, bits & row.layout.envelope_bits)
        for marks in self._marks.values():
            bits &= ~marks.get(row.id, 0)
        return bits

    def take(self) -> Tuple[int, int]:
        """Remove and return the next object of the first part, as id and properties; the object may be deleted."""
        marks = next(marks for marks in self._marks.values() if marks)
        return marks.popitem(last=False)

    def clear(self) -> None:
        for marks in self._marks.values():
            marks.clear()
        self._postponed = dict.fromkeys(PARTS, 0)
