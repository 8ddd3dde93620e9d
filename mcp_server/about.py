"""The meaning of a client's `match`: objects, each with all below it, or patterns of refs."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from mirror import Event, Mirror, Node, errors
from mirror.queries import named, resolve
from mirror.store import Store
from mirror.subscriptions import Pattern

from .history.selection import inside, with_contents


def patterns(mirror: Mirror, match: Sequence[int | str]) -> list[str]:
    """The patterns as texts; refuses a name that no object has, with similar names."""
    texts: list[str] = []
    for text in map(str, match):
        base = _object_part(text)
        nodes = _objects(mirror.store, base)
        if nodes and base != text:
            texts += [
                f"{mirror.ref(top)}/**" for node in nodes for top in with_contents(mirror.store, node.id)
            ]
        else:
            texts.append(text)
    return texts


def _object_part(text: str) -> str:
    """A target without the "/**" behind it, which stands for all that is below."""
    base = text.strip().removesuffix("/**")
    return text if "*" in base else base


def _objects(store: Store, text: str) -> list[Node]:
    """The objects of a target, of a name all that have it; none for a pattern, and for a ref that leads nowhere.

    Raises:
      NotFound: a name that no object has.
    """
    pattern = Pattern(text)
    if pattern.name is not None:
        return named(store, pattern.name) or [resolve(store, text)]
    try:
        return [] if "*" in text else [resolve(store, text)]
    except errors.MirrorError:
        return []


def concerned(mirror: Mirror, match: Sequence[int | str]) -> Callable[[Event], bool]:
    """Whether an event is about these objects: each with all below it, wherever it was when the event was recorded.

    A pattern with * is compared with the present refs of objects, and with the last refs of those that are gone.
    """
    store, removals = mirror.store, mirror.log.removals()
    conditions: list[Callable[[Event], bool]] = []
    for text in map(str, match):
        base = _object_part(text)
        nodes = _objects(mirror.store, base)
        if nodes and (base != text or nodes[0].type != "Song"):
            conditions += [inside(store, node.id, removals) for node in nodes]
        else:
            # The song alone is the song's own properties.
            pattern = Pattern(base)
            conditions.append(_matches(store, pattern if pattern.id is not None else Pattern(text)))
    return lambda event: any(condition(event) for condition in conditions)


def _matches(store: Store, pattern: Pattern) -> Callable[[Event], bool]:
    def matches(event: Event) -> bool:
        node = store.nodes.get(event.id)
        ref = event.ref if node is None else store.ref(event.id)
        return pattern.matches(store, event.id, ref, node)

    return matches
