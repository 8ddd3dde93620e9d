"""The event log as types: `async for event in mirror.events("tracks/*"): match event: case Changed("name"): …`.

Each is an entry of the log (see `model.Event`) with the fields that its kind has. `patterns` are those of
`subscriptions`. A reader too slow for the log gets `Missed` and goes on with what is kept.
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
    """What all have in common; see `model.Event` for `who`. `ref` is where the object is, or was."""

    time: float
    epoch: str
    revision: int
    who: str
    ref: str
    id: int
    type: str
    object_name: str


class Changed(Happening, frozen=True):
    """A property has another value; None where it does not apply."""

    __match_args__ = ("name", "before", "after")
    name: str
    before: Any
    after: Any


class ContentChanged(Changed, frozen=True):
    """Notes, envelopes or warp markers: `before` are those replaced or removed, `after` those that came."""


class ListChanged(Changed, frozen=True):
    """Other objects, or in another order, live in this one: ids before and after."""


class Added(Happening, frozen=True):
    """The object is new."""


class Removed(Happening, frozen=True):
    """The object is gone."""


class Moved(Happening, frozen=True):
    """The object is in another place."""


class Resynced(Happening, frozen=True):
    """The mirror fetched the whole Set; with another `epoch` another Set was opened or the script restarted."""

    __match_args__ = ("reason",)
    reason: str


class Missed(Happening, frozen=True):
    """The reader was too slow; so many entries are not kept any more."""

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
    """An endless async iterator over what happens to what the patterns name; all of it without patterns."""

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
