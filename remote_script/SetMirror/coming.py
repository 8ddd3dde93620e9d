"""What of a Set is read after its outline: lists and values, in parts that follow each other.

The outline (song, tracks, scenes, clips, mixers) can be given to clients long before the last parameter is read. What
it leaves out is absent, never said to be empty, until its part is read; then it is exact, as all the rest is.
"""

from __future__ import annotations

from typing import Dict, List, Tuple

from .layouts import Row

DEVICES = "devices"
CONTENTS = "contents of clips"
ROUTINGS = "routing menus"
ENVELOPES = "envelopes"
PARTS = (DEVICES, CONTENTS, ROUTINGS, ENVELOPES)
"""In the order of reading: envelopes name parameters by id, so they wait until all devices are read."""


class Coming:
    """The properties that are still to be read, by part: id of the object → bits."""

    def __init__(self) -> None:
        self._marks: Dict[str, Dict[int, int]] = {part: {} for part in PARTS}

    def __bool__(self) -> bool:
        return any(self._marks.values())

    @property
    def parts(self) -> List[str]:
        """The parts that are not read yet, in order."""
        return [part for part in PARTS if self._marks[part]]

    @property
    def has_devices(self) -> bool:
        """True while devices are unread: what is not in the shadow may then be there all the same."""
        return bool(self._marks[DEVICES])

    def leave(self, part: str, id_: int, bits: int) -> None:
        """Leave properties of an object to a part."""
        if bits:
            marks = self._marks[part]
            marks[id_] = marks.get(id_, 0) | bits

    def hold_back(self, row: Row, bits: int) -> int:
        """Those of `bits` that can be read now; the others are left to the parts that will read them."""
        if self.has_devices:
            self.leave(ENVELOPES, row.id, bits & row.layout.envelope_bits)
        for marks in self._marks.values():
            bits &= ~marks.get(row.id, 0)
        return bits

    def take(self) -> Tuple[int, int]:
        """The id of the next object of the first part, which may be gone, and its properties."""
        marks = next(marks for marks in self._marks.values() if marks)
        id_ = next(iter(marks))
        return id_, marks.pop(id_)

    def clear(self) -> None:
        for marks in self._marks.values():
            marks.clear()
