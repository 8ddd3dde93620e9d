"""A change of the log as one line for people: time, revision, author, object and property, before → after."""

from __future__ import annotations

import time
from typing import Any

import msgspec

from mcp_server.commands.console import style
from mcp_server.commands.options import text_of
from mcp_server.history.changes import LoggedChange
from mirror.model import Event

_COLOURS = {"live": "cyan", "audit": "yellow", "resync": "magenta"}
"""Author → colour; an agent is green."""
_VALUE_WIDTH = 60


def line_of_change(change: LoggedChange) -> str:
    """A change as one line: a parameter's value as Live shows it, and the number of objects below an object."""
    event = change.event
    if change.display and event.name == "value":
        before, _, after = change.display.partition(" → ")
        event = msgspec.structs.replace(event, before=before, after=after)
    more = f" with {change.below} objects below it" if change.below else ""
    times = f" ({change.times} steps)" if change.times > 1 else ""
    return f"{line_of(event)}{more}{times}"


def line_of(event: Event) -> str:
    """The event as one line, in colour where colour is shown."""
    clock = time.strftime("%H:%M:%S", time.localtime(event.time)) + f".{int(event.time % 1 * 1000):03d}"
    who = style(f"{event.who:<12}", fg=_COLOURS.get(event.who, "green"))
    more = style(f"  (and {event.more} more)", dim=True) if event.more else ""
    return f"{style(clock, dim=True)} {f'r{event.revision}':>6} {who} {what(event)}{more}"


def what(event: Event) -> str:
    """The event without its time and author."""
    if event.kind == "resynced":
        facts = event.after if isinstance(event.after, dict) else {}
        names = ("objects", "added", "removed", "changed")
        counts = ", ".join(f"{facts[name]} {name}" for name in names if name in facts)
        return style(f"resynced: {counts or 'the Set as it is now'}", bold=True)
    if event.kind == "skipped":
        return style("events were left out, because this reader was too slow", bold=True)
    where = style(event.ref or f"#{event.id}", bold=True)
    if event.object_name:
        where += f" {text_of(event.object_name)}"
    if event.kind == "add":
        return f"{where} {style('is new', fg='green')} ({event.type} #{event.id})"
    if event.kind == "remove":
        return f"{where} {style('is gone', fg='red')} ({event.type} #{event.id})"
    if event.kind == "move":
        return f"{where} moved: {short(event.before)} → {short(event.after)}"
    if event.kind == "absent":
        return f"{where} {event.name}: {short(event.before)} → not readable"
    if event.kind == "children":
        return f"{where} {event.name}: {_children(event.before, event.after)}"
    if event.kind == "content":
        return f"{where} {event.name}: {_content(event.before, event.after)}"
    return f"{where} {event.name}: {short(event.before)} → {short(event.after)}"


def short(value: Any) -> str:
    """A value as text, cut to `_VALUE_WIDTH` characters."""
    text = text_of(value)
    return text if len(text) <= _VALUE_WIDTH else text[: _VALUE_WIDTH - 1] + "…"


def _children(before: Any, after: Any) -> str:
    if not isinstance(before, (list, tuple)) or not isinstance(after, (list, tuple)):
        return f"{short(before)} → {short(after)}"
    came = [f"+#{id_}" for id_ in after if id_ not in set(before)]
    went = [f"−#{id_}" for id_ in before if id_ not in set(after)]
    change = " ".join(came + went) or "another order"
    return f"{len(before)} → {len(after)} ({change[:_VALUE_WIDTH]})"


def _content(before: Any, after: Any) -> str:
    sizes = [len(side) if isinstance(side, (list, tuple)) else 0 for side in (before, after)]
    return f"{sizes[0]} items gone or changed, {sizes[1]} new or changed"
