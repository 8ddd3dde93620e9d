"""Sends routing menus once: a menu that is nearly equal to a recent one refers to the object that has it.

Each of N tracks offers all other tracks, so whole menus would grow with the square of N. There are only a few kinds of
menus (of MIDI tracks, of audio tracks, of returns …), and two of one kind differ in a few labels. So each menu is
compared with the latest of each kind, in a time that depends only on its length.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, Iterable, List, Mapping, Optional, Tuple

from .contract.menus import difference, reference

if TYPE_CHECKING:
    from .layouts import Row

KINDS = 8
"""Menus of one property that a new one is compared with."""
SHORT = 3
"""A list of so few labels is no longer than a reference."""
GOOD = 2
"""Different labels of a menu that is surely of the same kind: each track's menu lacks only the track itself."""

Menu = Tuple[str, ...]


class MenuReferences:
    """The latest menus that the receiver of a snapshot, or of all batches, has; memory is bounded by `KINDS`."""

    def __init__(self) -> None:
        self._recent: Dict[str, List[Tuple[int, Menu]]] = {}

    def value(self, id_: int, name: str, menu: Any) -> Any:
        """The wire's form of the menu `name` of object `id_`; later menus may refer to it."""
        if not isinstance(menu, tuple) or len(menu) <= SHORT:
            return menu
        recent = self._recent.setdefault(name, [])
        place, pieces = _nearest(recent, menu)
        value: Any = menu
        if pieces is not None:
            value = reference(recent.pop(place)[0], pieces)
        recent.insert(0, (id_, menu))
        del recent[KINDS:]
        return value

    def add(self, id_: int, name: str, menu: Any) -> None:
        """Let menus refer to a menu that the receiver has already; of menus with one first label only to the latest."""
        if isinstance(menu, tuple) and len(menu) > SHORT:
            others = [entry for entry in self._recent.get(name, ()) if entry[1][:1] != menu[:1]]
            self._recent[name] = [(id_, menu), *others][:KINDS]

    def refresh(
        self, rows: Mapping[int, Row], added: Mapping[int, Any], changed: Iterable[Tuple[int, int]]
    ) -> None:
        """Take the menus from the shadow's rows before a batch is encoded.

        Args:
          added: Ids of the objects that the batch sends as a whole.
          changed: (id, index) of the values that the batch sends. The receiver has the menus of both only after them.
        """
        late = {
            (id_, index) for id_, index in changed if id_ in rows and rows[id_].layout.late_bits & 1 << index
        }
        if not late and not added:
            return
        for name, recent in self._recent.items():
            present = [
                (id_, rows[id_].value(name))
                for id_, _ in recent
                if id_ in rows and id_ not in added and (id_, rows[id_].layout.index[name]) not in late
            ]
            recent[:] = [
                (id_, menu) for id_, menu in present if isinstance(menu, tuple) and len(menu) > SHORT
            ]


def _nearest(recent: List[Tuple[int, Menu]], menu: Menu) -> Tuple[int, Optional[List[List[Any]]]]:
    """The place of the menu with the fewest differences, and these; None without a short edit."""
    nearest: Tuple[int, Optional[List[List[Any]]]] = (0, None)
    least = len(menu)
    # Mostly menus with the same first label are of the same kind.
    for place, (_, known) in sorted(enumerate(recent), key=lambda entry: entry[1][1][:1] != menu[:1]):
        pieces = difference(known, menu)
        if pieces is None:
            continue
        labels = sum(stop - start + len(inserted) for start, stop, inserted in pieces)
        if labels < least:
            least, nearest = labels, (place, pieces)
            if labels <= GOOD:
                break
    return nearest
