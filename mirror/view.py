"""The Set for a reader who may not see all of it: the same reads over a store in which objects are hidden.

A hidden object keeps its id, its class and its place, so that refs stay valid; it shows no properties, and the
objects below it are absent. Other objects show its name (routings, a send named after its return): there it is
masked, and `scrub` masks it in any other data that leaves. The set of hidden objects is computed again when a name
or a place changes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import msgspec

from remote_script.SetMirror.contract import schema

from . import errors
from .events import EventLog
from .mirror import Mirror
from .model import Event, Node, Note, Stamp, Status
from .queries import Target
from .reading import Reader
from .store import Store, encode
from .subscriptions import Stream
from .writes import Writes

Hidden = Callable[[Store], set[int]]
"""Returns the ids of all hidden objects of a store, including those below hidden ones."""
WasHidden = Callable[[str, str], bool]
"""Returns True for a deleted object that was hidden, as far as its ref and its name show."""

MASK = "hidden"
HIDDEN_CHANGE = "a change in what the policy hides"
NAMES_KEPT = 10_000
"""Limit of names of formerly hidden objects; events may still contain them."""
_BY_ANOTHER = ("sends", "drum_pads")
"""Roles of objects that Live names after another object: a return, a pad's chain."""
_ROUTED = frozenset(
    name
    for name in schema.CLASSES
    if any(prop.type in ("routing", "routings") for prop in schema.properties(name).values())
)


class MaskedStore(Store):
    """One revision of a store with `hidden` objects masked; see the module. No batch is applied to it."""

    def __init__(self, base: Store, masks: Masks) -> None:
        super().__init__()
        self._base = base
        self.epoch, self.revision = base.epoch, base.revision
        self.structure, self.naming = base.structure, base.naming
        self.root, self.bad = base.root, base.bad
        self.masked = masks.masked.keys()
        hidden = masks.hidden
        self.nodes = {id_: node for id_, node in base.nodes.items() if id_ not in hidden}
        self.nodes.update(masks.masked)
        for id_ in masks.telling:
            if id_ in self.nodes:
                self.nodes[id_] = masks.scrubbed(self.nodes[id_])

    def ref(self, id_: int) -> str:
        self.nodes[id_]
        return self._base.ref(id_)

    def at(self, ref: str) -> int | None:
        id_ = self._base.at(ref)
        return id_ if id_ in self.nodes else None

    def of_type(self, type_: str) -> Iterable[int]:
        return [id_ for id_ in self._base.of_type(type_) if id_ in self.nodes]

    def types(self) -> Iterable[str]:
        return self._base.types()

    def named(self, name: str) -> Iterable[int]:
        key = name.casefold()
        return [
            id_
            for id_ in self._base.named(name)
            if id_ in self.nodes and self.nodes[id_].name.casefold() == key
        ]

    def names(self) -> Iterable[str]:
        return [key for key in self._base.names() if any(True for _ in self.named(key))]

    def encoded(self, id_: int) -> bytes:
        node = self.nodes[id_]
        return self._base.encoded(id_) if node is self._base.nodes[id_] else encode(node)


class Masks:
    """The hidden objects and the nodes that show them; valid until a name or a place changes."""

    def __init__(self, base: Store, hidden: set[int], names: Names) -> None:
        self.hidden = hidden
        self.masked = _masked(base, hidden)
        """Masked nodes of hidden objects that are children of visible objects, or lead to visible ones."""
        names.hide(base, hidden)
        self._names = names
        self.telling = [id_ for type_ in base.types() if type_ in _ROUTED for id_ in base.of_type(type_)]
        """Visible objects that may show a hidden object's name."""
        for key in base.names():
            if names.within(key):
                self.telling += [id_ for id_ in base.named(key) if base.nodes[id_].role in _BY_ANOTHER]
        self._scrubbed: dict[int, tuple[Node, Node]] = {}

    def scrubbed(self, node: Node) -> Node:
        """The object without the names of hidden objects; cached per state of the object."""
        before, after = self._scrubbed.get(node.id, (None, node))
        if before is not node:
            props = {
                name: self._names.scrub(value) if isinstance(value, str | list) else value
                for name, value in node.props.items()
            }
            after = msgspec.structs.replace(node, props=props)
            self._scrubbed[node.id] = (node, after)
        return after


def _masked(base: Store, hidden: set[int]) -> dict[int, Node]:
    nodes = base.nodes
    leading: set[int] = set()
    for id_ in hidden:
        for value in nodes[id_].children.values():
            for child in value if isinstance(value, tuple) else (value,):
                above: int | None = (
                    id_ if isinstance(child, int) and child in nodes and child not in hidden else None
                )
                while above is not None and above in hidden and above not in leading:
                    leading.add(above)
                    above = nodes[above].parent
    masked = {}
    for id_ in hidden:
        node = nodes[id_]
        if id_ in leading or node.parent not in hidden or node.parent in leading:
            children = node.children if id_ in leading else {}
            masked[id_] = Node(id_, node.type, node.parent, node.role, {}, children, node.revision)
    return masked


class Names:
    """The names of present and former hidden objects that no visible object has."""

    def __init__(self) -> None:
        self._recorded: dict[str, None] = {}
        self._secret: frozenset[str] = frozenset()
        self._visible: set[str] = set()
        self._regex: re.Pattern[str] | None = None
        self.changes: tuple[str, ...] = ()
        """Changes of hidden objects in words, longest first."""

    def remember(self, names: Iterable[str]) -> None:
        """Add names that hidden objects had."""
        self._recorded.update((name, None) for name in names if name.strip())

    def hide(self, base: Store, hidden: set[int]) -> None:
        """Add the names of the objects that are hidden now."""
        self._visible = {
            node.name
            for id_, node in base.nodes.items()
            if id_ not in hidden and node.role not in _BY_ANOTHER
        }
        for id_ in hidden:
            name = base.nodes[id_].name
            if name.strip():
                self._recorded[name] = None
        while len(self._recorded) > NAMES_KEPT:
            del self._recorded[next(iter(self._recorded))]
        secret = frozenset(self._recorded.keys() - self._visible)
        if secret != self._secret:
            self._secret = secret
            words = "|".join(re.escape(name) for name in sorted(secret, key=len, reverse=True))
            self._regex = re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE) if words else None

    def within(self, text: str) -> bool:
        """True when a text contains such a name."""
        return self._regex is not None and text not in self._visible and self._regex.search(text) is not None

    def scrub(self, value: Any) -> Any:
        """Plain JSON with all such names masked."""
        if self._regex is None and not self.changes:
            return value
        if isinstance(value, str):
            for change in self.changes:
                value = value.replace(change, HIDDEN_CHANGE)
            return self._regex.sub(MASK, value) if self._regex is not None and self.within(value) else value
        if isinstance(value, dict):
            return {self.scrub(name): self.scrub(item) for name, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.scrub(item) for item in value]
        return value


class View(Reader):
    """The mirror's reads for one set of rules.

    Args:
      hidden: Called when a name or a place has changed.
      was_hidden: Judges deleted objects.
    """

    def __init__(self, mirror: Mirror, hidden: Hidden, was_hidden: WasHidden) -> None:
        super().__init__(mirror.store)
        self._mirror = mirror
        self._hidden = hidden
        self._was_hidden = was_hidden
        self._place: tuple[str, int] | None = None
        self._masked = mirror.store
        self._names = Names()
        self._masks: Masks | None = None
        self._named = ("", -1)
        self._worded: Any = None
        """The state, and the newest change in words, for which the names know the changes of hidden objects."""
        self._seen: set[int] = set()
        """Ids that were hidden at some time in this epoch."""
        self._logged = 0
        """The revision up to which the log's names of hidden objects are masked."""
        self.log = LogView(self)

    @property
    def store(self) -> Store:
        base = self._mirror.store
        if self._place != (base.epoch, base.revision):
            self._place = (base.epoch, base.revision)
            if self._masks is None or self._named != (base.epoch, base.naming):
                if self._named[0] != base.epoch:
                    self._seen, self._logged = set(), 0
                self._named = (base.epoch, base.naming)
                hidden = self._hidden(base) & base.nodes.keys()
                self._seen |= hidden
                self._names.remember(self._former_names(base))
                self._masks = Masks(base, hidden, self._names)
            self._masked = MaskedStore(base, self._masks)
        return self._masked

    def _former_names(self, base: Store) -> Iterator[str]:
        """The names that hidden objects had, from the log: other objects' events may still contain them."""
        log = self._mirror.log
        for id_, ref, name in log.names(self._logged):
            if id_ in self._seen or (id_ not in base.nodes and self._was_hidden(ref, name)):
                yield name
        self._logged = log.latest

    def hides(self, id_: int) -> bool:
        store = self.store
        return isinstance(store, MaskedStore) and (id_ in store.masked or id_ not in store.nodes)

    def scrub(self, value: Any) -> Any:
        """Plain JSON without the names of hidden objects, and without what the history says about them."""
        self.store  # noqa: B018 - the names as they are now
        about = self._mirror.writes.history.about
        place = (self._place, next(reversed(about), ""))
        if self._worded != place:
            self._worded = place
            texts = [text for text, (id_, ref, name) in about.items() if self.hid(id_, ref, name)]
            self._names.changes = tuple(sorted(texts, key=len, reverse=True))
        return self._names.scrub(value)

    def hid(self, id_: int, ref: str, name: str) -> bool:
        """True when the object of an event is or was hidden."""
        if id_ in self.store.nodes or id_ in self._mirror.store.nodes:
            return self.hides(id_)
        return id_ in self._seen or self._was_hidden(ref, name)

    def resolve(self, target: Target, *kinds: str | None) -> Node:
        try:
            return super().resolve(target, *kinds)
        except errors.StaleReference:
            self._refuse(target)
            raise

    def node(self, id_: int) -> Node:
        try:
            return super().node(id_)
        except errors.StaleReference:
            self._refuse(id_)
            raise

    def _refuse(self, target: Target) -> None:
        """Raise Denied for an id or a ref of a hidden object; its name finds no object anyway."""
        try:
            node = self._mirror.resolve(target)
        except errors.MirrorError:
            return
        if self.hides(node.id):
            raise errors.Denied("The policy hides this object", str(target)[:200])

    def notes(self, clip: Node | Target) -> tuple[Note, ...]:
        node = self._now(clip)
        if self.hides(node.id):
            raise errors.Denied("The policy hides this object", self.ref(node.id))
        return super().notes(node)

    # -- the mirror's own state ------------------------------------------------------------------------

    @property
    def synced(self) -> bool:
        return self._mirror.synced

    @property
    def coming(self) -> tuple[str, ...]:
        return self._mirror.coming

    @property
    def revision(self) -> int:
        return self._mirror.revision

    @property
    def epoch(self) -> str:
        return self._mirror.epoch

    @property
    def live_version(self) -> str:
        return self._mirror.live_version

    @property
    def daw(self) -> str:
        return self._mirror.daw

    @property
    def is_headless(self) -> bool:
        return self._mirror.is_headless

    @property
    def writes(self) -> Writes:
        """The queue of writes, for its history of edits and authors."""
        return self._mirror.writes

    def stamp(self) -> Stamp:
        return self._mirror.stamp()

    def status(self) -> Status:
        return self._mirror.status()

    def song_position(self) -> float | None:
        return self._mirror.song_position()

    async def script_status(self) -> dict[str, Any]:
        return await self._mirror.script_status()

    async def read_now(self, items: Iterable[tuple[Target, str]]) -> list[Any]:
        """As the mirror's `read_now`, for visible objects."""
        return await self._mirror.read_now([(self.resolve(target).id, name) for target, name in items])

    def subscribe(
        self, patterns: Iterable[Target] | Target, name: str = "", *, edits: bool = False
    ) -> Stream:
        """Notices of changes of visible objects."""
        if isinstance(patterns, str | int):
            patterns = [patterns]
        return self._mirror.hub.subscribe(patterns, name, lambda: self.store, edits)


class LogView:
    """The event log; an event of a hidden object only shows that it happened."""

    def __init__(self, view: View) -> None:
        self._view = view

    @property
    def _log(self) -> EventLog:
        return self._view._mirror.log

    def now(self) -> float:
        return self._log.now()

    @property
    def oldest(self) -> int:
        return self._log.oldest

    @property
    def latest(self) -> int:
        return self._log.latest

    def since(self, revision: int, *, epoch: str | None = None, limit: int | None = None) -> list[Event]:
        return [self._seen(event) for event in self._log.since(revision, epoch=epoch, limit=limit)]

    def whole(self, revision: int = 0, time: float = 0.0) -> list[Event]:
        return [self._seen(event) for event in self._log.whole(revision, time)]

    def removals(self) -> list[Event]:
        return [self._seen(event) for event in self._log.removals()]

    def revision_at(self, time: float) -> int:
        return self._log.revision_at(time)

    def first_of(self, write: str) -> int | None:
        return self._log.first_of(write)

    @property
    def began(self) -> float:
        return self._log.began

    def last(self, count: int) -> list[Event]:
        return [self._seen(event) for event in self._log.last(count)]

    def _seen(self, event: Event) -> Event:
        if event.kind in ("resynced", "skipped") or not self._view.hid(
            event.id, event.ref, event.object_name
        ):
            return event
        top, ref = self._top(event)
        kind = event.kind if top == event.id else "set"
        return msgspec.structs.replace(
            event, id=top, ref=ref, kind=kind, name="", object_name="", before=None, after=None, hidden=True
        )

    def _top(self, event: Event) -> tuple[int, str]:
        """The id and ref of the topmost hidden object that contains an event's object: more is not visible."""
        store = self._view._mirror.store
        node = store.nodes.get(event.id)
        if node is None:
            steps = event.ref.split("/")
            above = (store.at("/".join(steps[:count])) for count in range(1, len(steps)))
            top = next((id_ for id_ in above if id_ is not None and self._view.hides(id_)), None)
            return (event.id, event.ref) if top is None else (top, store.ref(top))
        while node.parent is not None and self._view.hides(node.parent):
            node = store.nodes[node.parent]
        return node.id, store.ref(node.id)
