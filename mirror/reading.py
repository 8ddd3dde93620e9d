"""Reading a Set from memory, by id, ref, name and search; the base of the mirror and of views of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from . import errors, queries, values
from .model import Match, Node, Note
from .queries import Target
from .store import Store


class Reader:
    """All reads over one store; between two awaits they see exactly one revision."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @property
    def store(self) -> Store:
        """The store that the reads use."""
        return self._store

    def hides(self, id_: int) -> bool:
        """True when an object is hidden: its existence may be known, but no property of it."""
        return False

    def node(self, id_: int) -> Node:
        """The present node with this id; StaleReference when there is none."""
        node = self.store.nodes.get(id_)
        if node is None:
            raise errors.StaleReference(f"There is no object with id {id_}", id_)
        return node

    def resolve(self, target: Target, *kinds: str | None) -> Node:
        """The one object that an id (19, "id:19"), a ref (`tracks/2[Bass]`), or a name stands for now.

        Raises:
          StaleReference: no object has this id, no object is at this ref, or the object has another name than
            expected.
          NotFound: no object has this name; `facts["candidates"]` are similar.
          Ambiguous: several objects have this name; `facts["candidates"]` has their refs.
          InvalidValue: the object is none of `kinds` (see `find`).
        """
        return queries.resolve(self.store, target, *kinds)

    def ref(self, id_: int) -> str:
        """The object's present path, as `tracks/2/devices/0`; StaleReference when there is none."""
        self.node(id_)
        return self.store.ref(id_)

    def shown(self, node: Node, name: str) -> Any:
        """A property in the form of all reads: a choice by its label, an object by its ref; None if absent."""
        return values.shown(self.store, node.type, name, node.props.get(name))

    def children(self, node: Node | Target, name: str) -> tuple[Node, ...]:
        """The present objects in a list of `node`, in order; empty when it has no such list."""
        children = self._now(node).children.get(name)
        ids = children if isinstance(children, tuple) else () if children is None else (children,)
        return tuple(self.store.nodes[id_] for id_ in ids if id_ in self.store.nodes)

    def child(self, node: Node | Target, name: str) -> Node | None:
        """The present single object `name` of `node`, or None."""
        id_ = self._now(node).children.get(name)
        return self.store.nodes.get(id_) if isinstance(id_, int) else None

    def _now(self, node: Node | Target) -> Node:
        return self.node(node.id) if isinstance(node, Node) else self.resolve(node)

    def walk(self, top: Node | Target | None = None) -> Iterable[Node]:
        """The song, or `top`, and all objects below, parents first, as of this moment."""
        return list(self.store.walk(None if top is None else self._now(top).id))

    def notes(self, clip: Node | Target) -> tuple[Note, ...]:
        """The notes of a clip, by start and pitch; NotAvailable for any object without notes."""
        node = self._now(clip)
        notes = node.props.get("notes")
        if not isinstance(notes, tuple):
            raise errors.NotAvailable(
                f"{self.store.ref(node.id)} ({node.type}) has no notes",
                node.id,
                hint="only MIDI clips have notes",
            )
        return notes

    def encoded(self, id_: int) -> bytes:
        """The node as JSON, encoded once per change."""
        self.node(id_)
        return self.store.encoded(id_)

    def find(
        self,
        *,
        name: str | None = None,
        kind: str | None = None,
        where: Mapping[str, Any] | Iterable[str] | str | None = None,
        under: Target | None = None,
        limit: int = 50,
        unclear: list[str] | None = None,
    ) -> list[Match]:
        """Objects that match every argument, the best names first; see `queries.find`."""
        return queries.find(
            self.store, name=name, kind=kind, where=where, under=under, limit=limit, unclear=unclear
        )
