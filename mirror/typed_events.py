"""The event log as types: `async for event in mirror.events("tracks/*"): match event: case Changed("name"): …`.

Each is an entry of the log (see `model.Event`) with the fields of its kind. `patterns` are those of
`subscriptions`. A reader too slow for the log gets `Missed` and continues with the entries that are kept.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any

import msgspec

from .events import EventLog
from .model import Event
from .store import Store
from .subscriptions import Pattern


class Happening(msgspec.Struct, frozen=True, kw_only=True):
    """Fields of all types; see `model.Event` for `who`. `ref` is the object's present or last path."""

    time: float
    epoch: str
    revision: int
    who: str
    ref: str
    id: int
    type: str
    object_name: str


class Changed(Happening, frozen=True):
    """A property has another value; None if it does not apply."""

    __match_args__ = ("name", "before", "after")
    name: str
    before: Any
    after: Any


class ContentChanged(Changed, frozen=True):
    """Notes, envelopes or warp markers: `before` are the replaced or removed elements, `after` the new ones."""


class ListChanged(Changed, frozen=True):
    """The object has other children, or in another order: ids before and after."""


class Added(Happening, frozen=True):
    """The object was added."""


class Removed(Happening, frozen=True):
    """The object was deleted."""


class Moved(Happening, frozen=True):
    """The object was moved to another place."""


class Resynced(Happening, frozen=True):
    """The mirror fetched the whole Set; with another `epoch` another Set was opened or the script restarted."""

    __match_args__ = ("reason",)
    reason: str


class Missed(Happening, frozen=True):
    """The reader was too slow; so many entries are no longer kept."""

    __match_args__ = ("count",)
    count: int


_CHANGES = {"set": Changed, "absent": Changed, "content": ContentChanged, "children": ListChanged}
_PLAIN = {"add": Added, "remove": Removed, "move": Moved}


def typed(event: Event) -> Happening:
    """An entry of the log as its type."""
    common = {name: getattr(event, name) for name in Happening.__struct_fields__}
    if event.kind in _CHANGES:
        return _CHANGES[event.kind](name=event.name, before=event.before, after=event.after, **common)
    if event.kind in _PLAIN:
        return _PLAIN[event.kind](**common)
    if event.kind == "resynced":
        about = event.after if isinstance(event.after, dict) else {}
        return Resynced(reason=str(about.get("reason", "")), **common)
    return Missed(count=event.more, **common)


class Events:
    """An endless async iterator over the events of the objects that the patterns match; without patterns, all."""

    def __init__(
        self,
        log: EventLog,
        store: Store,
        patterns: Sequence[str | int] = (),
        after_revision: int | None = None,
    ) -> None:
        self._store = store
        self._patterns = [Pattern(text) for text in patterns]
        self._follower = log.follow(after_revision)

    def __aiter__(self) -> AsyncIterator[Happening]:
        return self

    async def __anext__(self) -> Happening:
        while True:
            event = await self._follower.__anext__()
            if event.kind in ("resynced", "skipped") or not self._patterns or self._fits(event):
                return typed(event)

    def _fits(self, event: Event) -> bool:
        node = self._store.nodes.get(event.id)
        return any(pattern.matches(self._store, event.id, event.ref, node) for pattern in self._patterns)
