"""The Session view as a grid: tracks across, scenes down, clips with names, colours and states."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from . import theme
from .png import measured
from .shapes import Picture
from .theme import Theme

CELL_HEIGHT = 24
NAMES = 40
GAP = 10
SCENES_WIDTH = 130
MOST_CELL, GOOD_CELL, LEAST_CELL = 190, 80, 44
"""Widths of a cell in pixels: the largest, the least legible, and the least that is drawn."""
MOST_TRACKS, MOST_SCENES, MOST_HEIGHT = 40, 60, 1600
"""The most tracks and scenes; further ones are only counted."""


@dataclass(frozen=True)
class Cell:
    """A slot, empty without a name; `state` is "", "playing", "triggered", "recording" or "stop" (a stop button)."""

    ref: str
    name: str | None = None
    color: str = ""
    state: str = ""


@dataclass(frozen=True)
class Column:
    """A track of the grid."""

    ref: str
    name: str
    color: str
    cells: Sequence[Cell]
    flags: str = ""
    """Letters: M muted, S solo, R armed."""


@dataclass(frozen=True)
class SceneRow:
    """A scene of the grid."""

    ref: str
    name: str
    color: str
    state: str = ""
    note: str = ""
    """Tempo and signature that the scene sets, such as "98 BPM 3/4"."""


SIGNS = {"playing": "▶", "triggered": "»", "recording": "●"}
MOST_NAMED = 12
LEGEND = "▶ playing   » launched   ● recording   ■ stop button   M muted   S solo   R armed"


def session(
    columns: Sequence[Column], rows: Sequence[SceneRow], colors: Theme, *, width: int = 1200
) -> Picture:
    """The grid; many tracks are drawn in bands one below the other, so that cells stay legible.

    In the SVG every cell has its ref.
    """
    scenes, room = rows[:MOST_SCENES], width - SCENES_WIDTH - 16
    tall = NAMES + CELL_HEIGHT * len(scenes)
    wanted = -(-min(len(columns), MOST_TRACKS) // max(1, room // GOOD_CELL))
    bands = max(1, min(wanted, MOST_HEIGHT // (tall + GAP)))
    shown = columns[: min(MOST_TRACKS, bands * max(1, room // LEAST_CELL))]
    across = max(1, -(-len(shown) // bands))
    cell = min(float(MOST_CELL), room / across)
    height = (tall + GAP) * bands + 30 - GAP
    picture = Picture(width, height, colors.background, "Session")
    picture.description = in_words(columns, rows)
    for band in range(bands):
        tracks, top = shown[band * across : (band + 1) * across], band * (tall + GAP)
        draw_heads(picture, tracks, (8, top), cell, colors)
        cells = [column.cells[:MOST_SCENES] for column in tracks]
        draw_cells(picture, cells, (8, top + NAMES), cell, colors)
        left = 8 + len(tracks) * cell + 6
        picture.text(left, top + 22, "Scenes", colors.muted_text, size=11)
        draw_scenes(picture, scenes, (left, top + NAMES), 0, colors)
    missing = []
    if len(columns) > len(shown):
        missing.append(f"{len(columns) - len(shown)} more tracks")
    if len(rows) > len(scenes):
        missing.append(f"{len(rows) - len(scenes)} more scenes")
    if missing:
        picture.text(width - 8, height - 9, "Not shown: " + ", ".join(missing), colors.warning, anchor="end")
    picture.text(
        8, height - 9, LEGEND, colors.muted_text, size=11, width=width * (0.6 if missing else 1) - 16
    )
    return picture


def in_words(columns: Sequence[Column], rows: Sequence[SceneRow]) -> str:
    """A description: numbers of objects, playing clips, and muted, soloed and armed tracks."""
    clips = [(column, cell) for column in columns for cell in column.cells if cell.name is not None]
    words = [f"Session: {len(columns)} tracks, {len(rows)} scenes, {len(clips)} clips"]
    for state in SIGNS:
        names = [
            f"{cell.name or '(no name)'} ({column.name})" for column, cell in clips if cell.state == state
        ]
        if names:
            more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
            words.append(f"{state} {', '.join(names[:MOST_NAMED])}{more}")
    for sign, state in (("M", "muted"), ("S", "solo"), ("R", "armed")):
        names = [column.name for column in columns if sign in column.flags]
        if names:
            words.append(f"{state}: {', '.join(names[:MOST_NAMED])}")
    return "; ".join(words)


def draw_heads(
    picture: Picture, columns: Sequence[Column], at: tuple[float, float], cell: float, colors: Theme
) -> None:
    """The names of tracks, side by side, each `cell` pixels wide, with the first one's corner `at`."""
    for n, column in enumerate(columns):
        _head(picture, column, (at[0] + n * cell, at[1]), cell, colors)


def draw_cells(
    picture: Picture, cells: Sequence[Sequence[Cell]], at: tuple[float, float], cell: float, colors: Theme
) -> None:
    """Slots, a list for each track, with the first one's corner `at`."""
    for n, column in enumerate(cells):
        for m, slot in enumerate(column):
            _cell(picture, slot, at[0] + n * cell, at[1] + m * CELL_HEIGHT, cell, colors)


def draw_scenes(
    picture: Picture, rows: Sequence[SceneRow], at: tuple[float, float], first: int, colors: Theme
) -> None:
    """The names of scenes, one below the other; without a name its number, counted from `first`."""
    left, top = at
    for m, scene in enumerate(rows):
        y = top + m * CELL_HEIGHT
        fill = scene.color or colors.panel
        picture.rect(left, y + 1, SCENES_WIDTH, CELL_HEIGHT - 2, fill, data=scene.ref)
        sign = SIGNS.get(scene.state, "")
        name = f"{sign} {scene.name or first + m + 1}".strip()
        ink = theme.on(fill) if scene.color else colors.text
        room = SCENES_WIDTH - 10 - (measured(scene.note, 10) + 6 if scene.note else 0)
        picture.text(left + 6, y + 16, name, ink, width=max(24.0, room))
        picture.text(left + SCENES_WIDTH - 4, y + 16, scene.note, ink, size=10, anchor="end")


def _head(picture: Picture, column: Column, at: tuple[float, float], cell: float, colors: Theme) -> None:
    x, y = at
    picture.rect(x, y + 6, cell - 2, NAMES - 10, column.color, data=column.ref)
    ink = theme.on(column.color)
    flags = " ".join(column.flags)
    room = cell - 12 - (len(flags) * 7 + 4 if flags else 0)
    picture.text(x + 5, y + 25, column.name, ink, size=12, width=max(1.0, room), bold=True)
    if flags:
        fill = colors.armed if "R" in column.flags else colors.panel
        picture.rect(x + cell - 11 - len(flags) * 7, y + 11, len(flags) * 7 + 7, 18, fill, radius=3)
        picture.text(x + cell - 7, y + 24, flags, theme.on(fill), size=10, anchor="end", bold=True)


def _cell(picture: Picture, slot: Cell, x: float, y: float, cell: float, colors: Theme) -> None:
    if slot.name is None:
        picture.rect(x, y + 1, cell - 2, CELL_HEIGHT - 2, colors.panel, data=slot.ref)
        if slot.state == "stop":
            picture.rect(x + 6, y + CELL_HEIGHT / 2 - 3, 6, 6, colors.strong_line)
        return
    picture.rect(x, y + 1, cell - 2, CELL_HEIGHT - 2, slot.color, data=slot.ref)
    ink = theme.on(slot.color)
    sign = SIGNS.get(slot.state, "")
    if slot.state in ("playing", "recording"):
        edge = colors.playing if slot.state == "playing" else colors.armed
        picture.rect(x, y + 1, 4, CELL_HEIGHT - 2, edge)
        picture.rect(x, y + 1, cell - 2, CELL_HEIGHT - 2, "", stroke=edge)
    picture.text(x + 8, y + 16, f"{sign} {slot.name}".strip() or "(no name)", ink, size=11, width=cell - 14)
