"""Warnings about parts of a Set file that the loader replaces or leaves out: one for each kind, with count and places.

`collecting()` opens a collector for one file; `at(name)` sets the reader's present place in the Set; `add(kind,
detail)` counts one case. The loader drops no part of a file without one of the kinds in `KINDS`. Only the first
places of a kind are stored, so a damaged file cannot fill the memory.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import Dict, Iterator, List, Optional

from ..sets.spec import SetWarning

MOST_PLACES = 20

KINDS: Dict[str, str] = {
    "value": "value out of its range or unreadable, replaced by the nearest possible one or Live's default",
    "missing": "part missing, Live's default taken",
    "track kind": "track of unknown kind, left out",
    "group": "track in a group that does not stand before it, taken out of the group",
    "clip kind": "clip on a track of the other kind, left out",
    "loop": "clip loop that ends before it starts, turned round",
    "loop length": "loop without length, made one beat long",
    "marker": "end marker before the start marker, moved to the end of the loop",
    "clip length": "Arrangement clip without length, left out",
    "clip turned": "Arrangement clip that ends before it starts, given the length of its loop",
    "note length": "note without length, made as short as a note can be",
    "note turned": "note that ends before it starts, turned round",
    "note pitch": "note with an impossible pitch, left out",
    "groove": "groove that is not in the pool, taken off the clip",
    "warp marker": "warp marker that does not advance in beats and in time, left out",
    "order": "break points out of order, sorted",
    "break points": "break point beyond the number that is kept, left out",
    "envelope": "envelope of something that is not in the Set, left out",
    "sends": "send without a return track, left out",
    "playing slot": "playing slot without a clip, taken as stopped",
    "scenes": "clip slots beyond the last scene, scenes added",
    "locator": "second locator at the same time, left out",
    "scale": "unknown scale, replaced by Major",
    "device names": "parameter of a device that nobody has dumped, named after the file's tag (a guess)",
    "device values": "parameter whose place in the file is not known, Live's default shown (a guess)",
    "tuning": "tuning system beyond the first, left out",
}
"""Kind → the fault in the file and the loader's correction, for readers."""


class Collector:
    """The warnings of one file, and the reader's present place."""

    def __init__(self) -> None:
        self._warnings: Dict[str, SetWarning] = {}
        self.path: List[str] = []

    def add(self, kind: str, detail: str, count: int) -> None:
        warning = self._warnings.setdefault(kind, SetWarning(kind, KINDS[kind]))
        warning.count += count
        if len(warning.places) < MOST_PLACES:
            warning.places.append(", ".join(self.path + [detail] if detail else self.path))

    @property
    def warnings(self) -> List[SetWarning]:
        return list(self._warnings.values())


_current: ContextVar[Optional[Collector]] = ContextVar("collector", default=None)


@contextmanager
def collecting() -> Iterator[Collector]:
    """Collect the warnings that are added inside the block."""
    made = Collector()
    token = _current.set(made)
    try:
        yield made
    finally:
        _current.reset(token)


@contextmanager
def at(place: str) -> Iterator[None]:
    """Inside the block the reader is at this place, such as "clip 'Riff'"."""
    collector = _current.get()
    if collector is None:
        yield
        return
    collector.path.append(place)
    try:
        yield
    finally:
        collector.path.pop()


def add(kind: str, detail: str = "", count: int = 1) -> None:
    """Count `count` cases of a kind in `KINDS` at the present place; ignored outside `collecting`."""
    collector = _current.get()
    if collector is not None:
        collector.add(kind, detail, count)
