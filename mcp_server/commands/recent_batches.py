"""Events from before the start of a command, from the batches that the script in Live keeps.

A batch has ids of objects and new values only. So an event's ref and name are the present ones, and its former value is
known only if an earlier batch has that value.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from mcp_server.commands.port_check import Session
from mirror.model import Event

if TYPE_CHECKING:
    from mirror import Mirror


def batches(bridge: Session, since: int, until: int) -> Iterator[dict[str, Any]]:
    """The script's batches after revision `since` up to `until` of the present epoch.

    Raises:
      Refused: the script does not keep these batches any more.
    """
    if since >= until:
        return
    bridge.ask("set.watch", epoch=bridge.welcome["epoch"], after_revision=since)
    while True:
        notice = bridge.listen()
        if notice.get("method") != "set.batch":
            continue
        batch = notice["params"]
        if batch["revision"] > until:
            return
        yield batch
        if batch["revision"] == until:
            return


class BatchReader:
    """Converts batches into events; stores values, so that a later change has the former value."""

    def __init__(self, mirror: Mirror) -> None:
        self._mirror = mirror
        self._values: dict[tuple[int, str], Any] = {}
        self._gone: dict[int, tuple[str, str]] = {}

    def events(self, batch: dict[str, Any]) -> Iterator[Event]:
        """The events of one batch, in its order."""
        for change in batch["changes"]:
            kind, subject = change[0], change[1]
            if kind == "add":
                id_, type_, _, role, props, _ = subject
                self._gone[id_] = (type_, str(props.get("name", "")))
                yield self._event(batch, kind, id_, role)
            elif kind == "remove":
                yield self._event(batch, kind, subject, "")
            elif kind == "content":
                _, id_, name, upserted, removed = change
                yield self._event(batch, kind, id_, name, tuple(removed), tuple(upserted))
            elif kind in ("set", "children"):
                _, id_, name, value = change
                before = self._values.get((id_, name))
                self._values[id_, name] = value
                yield self._event(batch, kind, id_, name, before, value)
            elif kind == "absent":
                yield self._event(batch, kind, subject, change[2])

    def _event(
        self, batch: dict[str, Any], kind: str, id_: int, name: str, before: Any = None, after: Any = None
    ) -> Event:
        from mirror.errors import MirrorError

        try:
            node = self._mirror.node(id_)
            ref, type_, object_name = self._mirror.ref(id_), node.type, node.name
        except (KeyError, MirrorError):
            type_, object_name = self._gone.get(id_, ("", ""))
            ref = f"#{id_}"
        cause = batch.get("cause", "live")
        return Event(
            0,
            batch["time"],
            batch["epoch"],
            batch["revision"],
            kind,
            batch.get("author") or cause if cause == "write" else cause,
            ref,
            id_,
            type_,
            name,
            object_name,
            before,
            after,
            cause,
            batch.get("write"),
        )
