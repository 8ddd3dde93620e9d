"""`setmirror get`: prints one object from the mirror's memory, without asking Live."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from mcp_server.commands import options
from mcp_server.commands.console import Failure, run_async, say, say_json, style
from mcp_server.commands.options import text_of

if TYPE_CHECKING:
    from mirror import Mirror, Node

_LIST_ROWS = 40
"""The most children of one list that are shown; a drum rack has 128 pads."""


@click.command("get", short_help="Read one object from the mirror.")
@click.argument("ref")
@options.port
@options.as_json
def command(ref: str, port: int, as_json: bool) -> None:
    """Read one object from the mirror.

    REF is a path (song, tracks/2, tracks/2/devices/1/parameters/6), an id (id:19), or a name ("Bass").
    """

    async def main() -> None:
        from mcp_server.commands.link import linked
        from mirror.errors import MirrorError

        async with linked(port) as mirror:
            try:
                node = mirror.resolve(ref)
            except MirrorError as problem:
                raise Failure(str(problem), str(problem.hint)) from None
            if as_json:
                say_json(as_data(mirror, node))
            else:
                for line in as_lines(mirror, node):
                    say(line)

    run_async(main)


def as_data(mirror: Mirror, node: Node) -> dict[str, Any]:
    """The object with its refs, as JSON."""
    stamp = mirror.stamp()
    return {
        "epoch": stamp.epoch,
        "revision": stamp.revision,
        "synced": stamp.synced,
        "age_ms": stamp.age_ms,
        "ref": mirror.ref(node.id),
        "id": node.id,
        "type": node.type,
        "changed_at": node.revision,
        "props": {name: mirror.shown(node, name) for name in node.props},
        "children": {
            name: [_child(mirror, id_) for id_ in ids]
            if isinstance(ids, (list, tuple))
            else ids and _child(mirror, ids)
            for name, ids in node.children.items()
        },
    }


def _child(mirror: Mirror, id_: int) -> dict[str, Any]:
    node = mirror.node(id_)
    return {"ref": mirror.ref(id_), "id": id_, "type": node.type, "name": node.name}


def as_lines(mirror: Mirror, node: Node) -> Iterator[str]:
    """The object as lines for people: its class and name, its properties in Live's order, its children."""
    stamp = mirror.stamp()
    title = f"{style(mirror.ref(node.id), bold=True)}  {node.type} #{node.id}"
    yield title + (f"  {text_of(node.name)}" if node.name else "")
    yield style(f"revision {stamp.revision}, changed at {node.revision}, age {stamp.age_ms} ms", dim=True)
    width = max((len(name) for name in (*node.props, *node.children)), default=0)
    for name, value in node.props.items():
        if name == "notes":
            yield f"  {name:<{width}}  {len(value)}"
            for note in value:
                yield f"  {'':<{width}}  {note_line(note)}"
        else:
            yield f"  {name:<{width}}  {text_of(mirror.shown(node, name))}"
    for name, ids in node.children.items():
        yield from _children(mirror, name, ids, width)


def note_line(note: Any) -> str:
    """A note as one line: time, duration, pitch as name and number, velocity."""
    names = ["C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B"]
    # Live calls MIDI note 60 "C3".
    pitch = f"{names[note.pitch % 12]}{note.pitch // 12 - 2}"
    return f"{note.start_time:8.3f} +{note.duration:<7.3f} {pitch:<4} ({note.pitch}) v{note.velocity:.0f}"


def _children(mirror: Mirror, name: str, ids: Any, width: int) -> Iterator[str]:
    listed = ids if isinstance(ids, (list, tuple)) else [ids]
    if not listed or listed == [None]:
        yield f"  {name:<{width}}  —"
        return
    for row, id_ in enumerate(listed[:_LIST_ROWS]):
        child = mirror.node(id_)
        label = f"  {text_of(child.name)}" if child.name else ""
        yield f"  {name if row == 0 else '':<{width}}  {mirror.ref(id_)}  {child.type} #{id_}{label}"
    if len(listed) > _LIST_ROWS:
        yield f"  {'':<{width}}  and {len(listed) - _LIST_ROWS} more"
