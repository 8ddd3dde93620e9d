"""Subscriptions: patterns over refs, and notices that mean "read this object again".

A pattern names a place, not an object, so it stays valid over resyncs, deletions and other Sets:

    tracks/2            the object there, with all that its reads show: its mixer, its clip, the names in its lists
    tracks/2[Bass]      the same, while its name is Bass
    tracks/*/mixer_device/volume     `*` is one step, `**` any number: `tracks/2/**` is all below as well
    id:17               the object with this id, also when it moves
    Bass                every object of this name

Notices are level-triggered and deduplicated: between two reads of a stream an object is named once. The stream of a
reader so slow that more than `MOST_WAITING` objects wait ends with an error that names it; other streams do not
notice.
"""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from types import TracebackType

import anyio

from remote_script.SetMirror.contract import rules

from . import errors, refs, values
from .model import Change, Node, Notice
from .store import Applied, Store

log = logging.getLogger("setmirror.subscriptions")

MOST_WAITING = 20_000
"""Objects that may wait for one reader; a large Set has as many."""
MOST_STREAMS = 1_000
_ID = re.compile(r"id:\s*([0-9]{1,18})", re.IGNORECASE)
_SHOWN_IN_LISTS = frozenset(("name", "color", "color_index"))
"""Properties of a listed object that its parent's list shows."""


class Pattern:
    """One pattern, parsed; see the module for the language."""

    def __init__(self, text: str | int) -> None:
        self.text = str(text)
        self.id: int | None = None
        self.name: str | None = None
        self.steps: list[refs.PathStep] = []
        self.deep = False
        stripped = self.text.strip().strip("/")
        by_id = _ID.fullmatch(stripped)
        if isinstance(text, int) or by_id is not None:
            self.id = int(by_id[1] if by_id is not None else text)
        elif re.fullmatch("[0-9]+", stripped):
            raise errors.InvalidValue(
                f"{stripped[:20]} alone does not say which object is meant",
                stripped[:20],
                hint=f"write id:{stripped[:18]}, tracks/{stripped[:18]}, or a name as tracks/*[{stripped[:18]}]",
            )
        elif not stripped or "*" in stripped or refs.looks_like_ref(stripped):
            try:
                self.steps = [refs.PathStep(*step) for step in rules.parse(stripped)]
            except ValueError as problem:
                raise errors.InvalidValue(str(problem), self.text) from None
            self.deep = any(step.name == "**" for step in self.steps)
        else:
            self.name = stripped
        self.named = any(step.expected is not None for step in self.steps)
        self._regex = re.compile(self._expression()) if self.steps else None

    def _expression(self) -> str:
        parts = []
        for number, step in enumerate(self.steps):
            slash = "" if number == 0 else "/"
            if step.name == "**":
                parts.append(r"(?:" + slash + r"[^/]+)*" if number else r"(?:[^/]+(?:/[^/]+)*)?")
            else:
                parts.append(slash + (r"[^/]+" if step.name == "*" else re.escape(step.name)))
        expression = "".join(parts)
        if self.steps[0].name == "**" and len(self.steps) > 1:
            # "**/clip" matches "clip" as well.
            expression = r"(?:[^/]+/)*" + "".join(parts[1:])[1:]
        return expression + r"\Z"

    def matches(self, store: Store, id_: int, ref: str, node: Node | None) -> bool:
        """True when the pattern matches the object `id_`, which is or was at `ref`."""
        if self.id is not None:
            return self.id == id_
        if self.name is not None:
            return node is not None and node.name == self.name
        assert self._regex is not None
        if not self._regex.match(ref) and not (ref == "song" and self.text.strip("/") in ("**", "song/**")):
            return False
        return not self.named or node is None or self._names_fit(store, node)

    def _names_fit(self, store: Store, node: Node) -> bool:
        """True when the path from the song to `node` has the expected names, as far as the first `**`."""
        parts = store.ref(node.id).split("/")
        if self.deep:
            parts = parts[: next(n for n, step in enumerate(self.steps) if step.name == "**")]
        places = {
            len(store.ref(ancestor.id).split("/")) - 1: ancestor
            for ancestor in store.lineage(node.id)
            if ancestor.parent is not None
        }
        for number, step in enumerate(self.steps[: len(parts)]):
            if step.expected is not None:
                ancestor = places.get(number)
                if ancestor is None or ancestor.name != step.expected:
                    return False
        return True

    def expand(self, store: Store) -> dict[str, int]:
        """The objects that match now, as ref → id; empty for a pattern with `**`, which may match the whole Set."""
        if self.id is not None:
            return {store.ref(self.id): self.id} if self.id in store.nodes else {}
        if self.name is not None:
            return {
                store.ref(id_): id_ for id_ in store.named(self.name) if store.nodes[id_].name == self.name
            }
        if self.deep or store.root is None:
            return {}
        if [step.name for step in self.steps] == ["song"]:
            return {"song": store.root}
        matches: dict[str, int] = {}
        self._descend(store, store.nodes[store.root], 0, matches)
        return matches

    def meant(self, store: Store) -> Iterator[int]:
        """The ids of all objects that match now."""
        if not self.deep:
            yield from self.expand(store).values()
            return
        first = next(number for number, step in enumerate(self.steps) if step.name == "**")
        tops: dict[str, int] = {}
        if store.root is not None:
            self._descend(store, store.nodes[store.root], 0, tops, first)
        waiting = list(tops.values())
        while waiting:
            node = store.nodes[waiting.pop()]
            if self.matches(store, node.id, store.ref(node.id), node):
                yield node.id
            for children in node.children.values():
                waiting.extend(
                    children if isinstance(children, tuple) else () if children is None else (children,)
                )

    def _descend(
        self, store: Store, node: Node, position: int, matches: dict[str, int], end: int | None = None
    ) -> None:
        """Add to `matches` the objects to which the steps from `position` up to `end` (default: all) lead."""
        end = len(self.steps) if end is None else end
        if position == end:
            matches[store.ref(node.id)] = node.id
            return
        step = self.steps[position]
        for role, children in node.children.items():
            if step.name not in ("*", role) or children is None:
                continue
            if not isinstance(children, tuple):
                self._enter(store, children, position + 1, step, matches, end)
            elif position + 1 < end:
                place = self.steps[position + 1]
                for number, id_ in enumerate(children):
                    if place.name in ("*", str(number)):
                        self._enter(store, id_, position + 2, place, matches, end)
            elif end < len(self.steps):
                # "tracks/**": all objects in the list and below them.
                for id_ in children:
                    self._enter(store, id_, end, self.steps[end], matches, end)

    def _enter(
        self, store: Store, id_: int, position: int, step: refs.PathStep, matches: dict[str, int], end: int
    ) -> None:
        child = store.nodes.get(id_)
        if child is not None and (step.expected is None or child.name == step.expected):
            self._descend(store, child, position, matches, end)


class Stream:
    """The notices of one subscriber; an async iterator and an async context manager that ends it."""

    def __init__(
        self,
        hub: Hub,
        patterns: Iterable[str | int],
        name: str,
        view: Callable[[], Store] | None = None,
        edits: bool = False,
    ) -> None:
        self.name = name
        self.edits = edits
        """True if changes that only follow from others, such as menus that list a new name, make no notice."""
        self._view = view
        self.patterns = [Pattern(text) for text in patterns]
        self.read = 0
        self._hub = hub
        self._waiting: dict[str, int] = {}
        self._resynced = False
        self._arrived = anyio.Event()
        self._ended: errors.MirrorError | None = None
        self._closed = False
        self._bound: dict[str, int] = {}
        self._memo: dict[int, bool] = {}
        self._memo_of = -1
        self._bind()

    # -- for the subscriber ------------------------------------------------------------------------

    async def __aenter__(self) -> Stream:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the subscription; a reader that waits gets StopAsyncIteration."""
        self._closed = True
        self._hub.leave(self)
        self._arrived.set()

    def __aiter__(self) -> Stream:
        return self

    async def __anext__(self) -> Notice:
        """The next notice: all changes since the previous notice.

        Raises:
          Busy: more than `MOST_WAITING` objects waited; subscribe again and read the Set.
        """
        await anyio.lowlevel.checkpoint()
        while not self._waiting and not self._closed and self._ended is None:
            self._arrived = anyio.Event()
            await self._arrived.wait()
        if self._ended is not None:
            raise self._ended
        if self._closed:
            raise StopAsyncIteration
        store = self._hub.store
        waiting, self._waiting = self._waiting, {}
        resynced, self._resynced = self._resynced, False
        self.read += 1
        return Notice(
            tuple(waiting), tuple(dict.fromkeys(waiting.values())), store.revision, store.epoch, resynced
        )

    def add(self, pattern: str | int) -> None:
        """Subscribe to one more pattern."""
        self.patterns.append(Pattern(pattern))
        self._bind()
        self._hub.moved()

    def remove(self, pattern: str | int) -> None:
        """Unsubscribe from the pattern with exactly this text."""
        self.patterns = [subscribed for subscribed in self.patterns if subscribed.text != str(pattern)]
        self._bind()
        self._hub.moved()

    # -- for the hub -------------------------------------------------------------------------------

    @property
    def _store(self) -> Store:
        """The store as the subscriber may see it."""
        return self._hub.store if self._view is None else self._view()

    def _bind(self) -> None:
        self._bound = {}
        store = self._store
        for pattern in self.patterns:
            self._bound.update(pattern.expand(store))
        self._memo = {}

    def offer(
        self,
        candidates: dict[int, str],
        gone: dict[int, str],
        structural: bool,
        rebound: dict[int, int] | None,
        resynced: bool,
    ) -> None:
        """Queue the objects of a step that match a pattern for the subscriber."""
        store = self._store
        if self._view is not None:
            self._memo = {}
            candidates = {id_: ref for id_, ref in candidates.items() if id_ in store.nodes}
        if self._memo_of != store.structure or rebound is not None:
            self._memo, self._memo_of = {}, store.structure
        if rebound is not None:
            self._follow_ids(rebound)
        concerned: dict[str, int] = {}
        memo = self._memo
        for id_, ref in candidates.items():
            fits = memo.get(id_)
            if fits is None:
                node = store.nodes.get(id_)
                fits = any(pattern.matches(store, id_, ref, node) for pattern in self.patterns)
                if not any(pattern.named or pattern.name for pattern in self.patterns):
                    memo[id_] = fits
            if fits:
                concerned[ref] = id_
        for id_, ref in gone.items():
            if any(pattern.matches(store, id_, ref, None) for pattern in self.patterns):
                concerned[ref] = id_
        if structural:
            before = self._bound
            self._bind()
            for ref, id_ in self._bound.items():
                was = before.get(ref)
                if was != id_ and (rebound is None or was is None or rebound.get(was) != id_):
                    concerned[ref] = id_
            for ref, id_ in before.items():
                if ref not in self._bound:
                    concerned[ref] = id_
        if not concerned:
            return
        self._waiting.update(concerned)
        self._resynced = self._resynced or resynced
        if len(self._waiting) > MOST_WAITING:
            self._waiting = {}
            self._ended = errors.Busy(
                f"Subscriber {self.name!r} left more than {MOST_WAITING} changed objects unread",
                hint="subscribe again, then read the Set",
            )
            log.warning("%s; its stream is ended", self._ended)
            self._hub.leave(self)
        self._arrived.set()

    def _follow_ids(self, rebound: dict[int, int]) -> None:
        """Make id patterns follow into a new epoch, which has new ids: to the object at the old object's place."""
        for pattern in self.patterns:
            if pattern.id is not None:
                pattern.id = rebound.get(pattern.id, -abs(pattern.id))


class Hub:
    """All streams; an error in one does not affect the others."""

    def __init__(self, store: Store, changed: Callable[[], None] = lambda: None) -> None:
        self.store = store
        self.streams: list[Stream] = []
        self.counters: Counter[str] = Counter()
        self.version = 0
        """Incremented when a subscription starts, ends or changes its patterns; `changed` is called afterwards."""
        self._changed = changed

    def moved(self) -> None:
        """Count a change of subscriptions or their patterns, and call `changed`."""
        self.version += 1
        self._changed()

    def subscribe(
        self,
        patterns: Iterable[str | int],
        name: str = "",
        view: Callable[[], Store] | None = None,
        edits: bool = False,
    ) -> Stream:
        """A stream of notices; InvalidValue for a bad pattern, Busy when there are too many streams.

        Args:
          view: Returns the store as the subscriber may see it; by default the whole store.
          edits: No notices of changes that only follow from others; see `values.follows`.
        """
        if len(self.streams) >= MOST_STREAMS:
            raise errors.Busy(f"There are {MOST_STREAMS} subscriptions already")
        self.counters["subscribed"] += 1
        stream = Stream(self, patterns, name or f"subscriber {self.counters['subscribed']}", view, edits)
        self.streams.append(stream)
        self.moved()
        return stream

    def leave(self, stream: Stream) -> None:
        if stream in self.streams:
            self.streams.remove(stream)
            self.moved()

    def publish(self, applied: Applied, resynced: bool = False) -> None:
        """Offer an applied step to all streams; never raises."""
        if not self.streams or not (applied.changes or applied.structural):
            return
        candidates = self._candidates(applied.changes)
        edited = candidates
        if any(stream.edits for stream in self.streams):
            edited = self._candidates([change for change in applied.changes if not values.follows(change[2])])
        for stream in list(self.streams):
            try:
                changed = edited if stream.edits else candidates
                stream.offer(changed, applied.gone, applied.structural, applied.rebound, resynced)
            except Exception:
                self.counters["failed"] += 1
                log.exception("subscriber %r failed and is ended", stream.name)
                stream.close()

    def _candidates(self, changes: list[Change]) -> dict[int, str]:
        """Changed objects and their ancestors, whose reads show them: id → ref."""
        nodes, ref = self.store.nodes, self.store.ref
        candidates: dict[int, str] = {}
        walked: set[int] = set()
        for kind, id_, name, _, _ in changes:
            node = nodes.get(id_)
            if node is None:
                continue
            if kind == "set" and name in _SHOWN_IN_LISTS and node.parent is not None and node.parent in nodes:
                candidates[node.parent] = ref(node.parent)
            while node.id not in walked:
                walked.add(node.id)
                candidates[node.id] = ref(node.id)
                parent = nodes.get(node.parent) if node.parent is not None else None
                if parent is None or isinstance(parent.children.get(node.role), tuple):
                    break
                node = parent
        return candidates
