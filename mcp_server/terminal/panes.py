"""The panes of `setmirror top` as lines of text: pure functions of the mirror and the data of `Following`.

Each pane is a `rich.text.Text` of at most `width` cells by `height` lines. Names are plain text: cut by their cells,
without control characters, and never read as markup.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from rich.style import Style
from rich.text import Text

from mirror import Mirror, Node

from .. import readiness, units, views
from ..page.story import StoryEntry
from ..pictures import gathered, theme
from ..pictures.session import SIGNS
from ..pictures.text_art import Canvas

SIDE, LEAST_CELL, MOST_CELL = 16, 9, 20
HEADS = 3
"""Lines above the scenes: names, levels, meters."""
DIM, BOLD, WARNING = Style(dim=True), Style(bold=True), Style(bold=True, reverse=True)


def _canvas(width: int) -> Canvas:
    return Canvas(width, 8, "utf-8")


def _block(color: str) -> Style:
    return Style(color=theme.on(color), bgcolor=color)


def head(mirror: Mirror, width: int, paused: bool, waiting: int = 0) -> Text:
    """The first line: the Set, the link, and the song's position."""
    canvas, link = _canvas(width), mirror.status()
    line = Text(no_wrap=True, end="")
    if paused:
        line.append(f" PAUSED{f', {waiting} new' if waiting else ''} ", WARNING)
        line.append(" ")
    if not link.synced:
        line.append(f" {canvas.name(readiness.problem(mirror) or link.state.lower())} ", WARNING)
        line.append(" ")
    where = (
        f"{'headless ' if mirror.is_headless else ''}Live {canvas.name(link.live_version)}"
        if link.epoch
        else "no Live"
    )
    line.append(canvas.name(link.set_name) or "Set without a name", BOLD)
    line.append(f"  {where}, revision {link.revision}", DIM)
    if link.epoch:
        line.append(f"  {_transport(mirror)}")
    line.truncate(width, overflow="ellipsis")
    return line


def _transport(mirror: Mirror) -> str:
    playing = mirror.resolve("song").props.get("is_playing")
    position = mirror.song_position()
    bars = "" if position is None else f" {units.bars(max(0.0, position), *views.signature(mirror))}"
    return f"{gathered.tempo_of(mirror)}  {SIGNS['playing'] if playing else '■'}{bars}"


def columns(mirror: Mirror, width: int, first: int) -> tuple[list[Node], int]:
    """The visible tracks from `first` on, and the cells per track."""
    tracks = gathered.all_tracks(mirror) if mirror.epoch else []
    first = max(0, min(first, len(tracks) - 1))
    most = max(1, (width - SIDE) // (LEAST_CELL + 1))
    shown = tracks[first : first + most]
    return shown, min(MOST_CELL, (width - SIDE) // max(1, len(shown)) - 1)


def grid(mirror: Mirror, meters: dict[str, float], width: int, height: int, origin: tuple[int, int]) -> Text:
    """The Session with levels and meters below the tracks' names; `origin` is the first track and scene."""
    canvas = _canvas(width)
    tracks, cell = columns(mirror, width, origin[0])
    text = Text(no_wrap=True, end="")
    heads: list[list[tuple[str, Style | None]]] = [[], [], []]
    for track in tracks:
        color, strip = gathered.color_of(track), gathered.strip_of(mirror, track, {})
        level = " ".join((strip.volume.text, *strip.flags))
        heads[0].append((canvas.name(track.name), _block(color)))
        heads[1].append((level, BOLD if strip.flags else None))
        heads[2].append((_meter(meters.get(mirror.ref(track.id)), cell), None))
    hidden = len(gathered.all_tracks(mirror)) - len(tracks) if mirror.epoch else 0
    sides = (f"{hidden} more tracks" if hidden else "", "", "")
    for side, cells in zip(sides, heads, strict=True):
        _line(text, canvas, (side, DIM), cells, cell)
    scenes = mirror.children("song", "scenes") if mirror.epoch else ()
    first = max(0, min(origin[1], len(scenes) - 1))
    rows = max(0, height - HEADS - 1)
    slots = [gathered.cells_of(mirror, track, first, first + rows) for track in tracks]
    for n, scene in enumerate(scenes[first : first + rows]):
        row = gathered.row_of(mirror, scene)
        name = f"{first + n + 1} {SIGNS.get(row.state, '')}{canvas.name(row.name)} {canvas.name(row.note)}"
        row_cells = [_slot(canvas, cells[n]) if n < len(cells) else ("", None) for cells in slots]
        _line(text, canvas, (name, _block(row.color) if row.color else None), row_cells, cell)
    left = len(scenes) - first - rows
    text.append(f"{left} more scenes" if left > 0 else "", DIM)
    return text


def _slot(canvas: Canvas, cell: Any) -> tuple[str, Style | None]:
    if cell.name is None:
        return (canvas.signs["stop"] if cell.state == "stop" else ""), DIM
    return f"{SIGNS.get(cell.state, '')}{canvas.name(cell.name) or '(no name)'}", _block(cell.color)


def _meter(level: float | None, width: int) -> str:
    if level is None:
        return ""
    full = round(min(1.0, max(0.0, level)) * width)
    return "█" * full + "░" * (width - full)


def _line(
    text: Text,
    canvas: Canvas,
    side: tuple[str, Style | None],
    cells: Sequence[tuple[str, Style | None]],
    width: int,
) -> None:
    text.append(canvas.fit(side[0], SIDE - 1), side[1])
    for content, style in cells:
        text.append(" ")
        text.append(canvas.fit(content, width), style)
    text.append("\n")


def log(entries: Sequence[StoryEntry], words: str, width: int, height: int, back: int) -> tuple[Text, int]:
    """The entries with all `words`, newest last, without the newest `back` lines; and the number of entries."""
    canvas = _canvas(width)
    wanted = words.casefold().split()
    lines = [line for entry in entries for line in _entry(canvas, entry)]
    fitting = [line for line in lines if all(word in line.plain.casefold() for word in wanted)]
    end = max(0, len(fitting) - max(0, back))
    text = Text(no_wrap=True, end="")
    for line in fitting[max(0, end - height) : end]:
        line.truncate(width, overflow="ellipsis")
        text.append_text(line)
        text.append("\n")
    if not fitting:
        text.append("No line has these words." if words else "Nothing has changed yet.", DIM)
    text.rstrip()
    return text, len(fitting)


def _entry(canvas: Canvas, entry: StoryEntry) -> list[Text]:
    lines = []
    who = canvas.name(entry.who)
    for n, change in enumerate(entry.changes):
        line = Text(no_wrap=True, end="")
        clock = time.strftime("%H:%M:%S", time.localtime(entry.time))
        line.append(f"{clock if n == 0 else '':<8} ", DIM)
        line.append(canvas.fit(who if n == 0 else "", 12), None if entry.write is None else BOLD)
        line.append(f" {canvas.name(' '.join(filter(None, (change.where, change.what))))}")
        if change.before or change.after:
            line.append(
                f"  {canvas.name(change.before)} → {canvas.name(change.after)}".replace("   →", "  →"), BOLD
            )
        if n == len(entry.changes) - 1 and entry.more:
            line.append(f"  and {entry.more} more", DIM)
        lines.append(line)
    return lines


def bridge(mirror: Mirror, status: dict[str, Any], width: int) -> Text:
    """The last line: the write queue, and the clients that are connected to the bridge."""
    canvas, link = _canvas(width), mirror.status()
    writes = status.get("writes") or {}
    line = Text(no_wrap=True, end="")
    if not link.synced or not writes:
        line.append(f"{link.state.lower()}; {canvas.name(link.last_problem)}".rstrip("; "), WARNING)
    else:
        waiting = writes.get("waiting", 0)
        line.append(f"queue: {waiting} waiting", BOLD if waiting else None)
        names = ("executed", "verified", "unchanged", "mismatch", "refused")
        line.append(
            ", " + ", ".join(f"{writes[name]} {name}" for name in names if writes.get(name))
            if any(writes.get(name) for name in names)
            else "",
            DIM,
        )
        clients = [client for client in status.get("clients") or () if isinstance(client, dict)]
        shown = (
            f"{canvas.name(str(client.get('identity') or client.get('name')))} ({client.get('role')}"
            f"{', {} lines behind'.format(client['outbox']) if client.get('outbox') else ''})"
            for client in clients
        )
        line.append(f"  clients: {', '.join(shown)}")
    line.truncate(width, overflow="ellipsis")
    return line
