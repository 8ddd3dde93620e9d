"""The Arrangement: tracks as lanes, clips with their contents in small, locators, loop, signature, playhead."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from mirror import Note

from . import theme
from .shapes import Picture
from .theme import Theme

NAMES_WIDTH = 150
HEAD = 46
MOST_LANES = 60
MOST_CONTENTS = 300
"""Clips whose notes are drawn; with more clips the contents are left out, since they would not be seen."""

Place = Callable[[float], float]
"""A time in beats → its x in pixels."""


@dataclass(frozen=True)
class Block:
    """A clip; times in beats; `notes` count from `offset` on in the clip's own beats."""

    ref: str
    name: str
    color: str
    start: float
    end: float
    notes: Sequence[Note] = field(default_factory=tuple)
    offset: float = 0.0
    loop: float = 0.0
    """The loop's length in beats; 0 for a clip that does not loop."""
    muted: bool = False


@dataclass(frozen=True)
class Lane:
    """A track."""

    ref: str
    name: str
    color: str
    blocks: Sequence[Block]
    depth: int = 0
    flags: str = ""


def arrangement(
    lanes: Sequence[Lane],
    colors: Theme,
    *,
    end: float,
    locators: Sequence[tuple[float, str]] = (),
    loop: tuple[float, float] | None = None,
    playhead: float | None = None,
    beats_per_bar: float = 4.0,
    width: int = 1200,
) -> Picture:
    """The whole arrangement from beat 0 to `end`."""
    shown = lanes[:MOST_LANES]
    lane = min(44.0, max(14.0, 640 / max(1, len(shown))))
    height = round(HEAD + lane * len(shown) + (34 if len(lanes) > len(shown) else 14))
    picture = Picture(width, height, colors.background, "Arrangement")
    clips = sum(len(each.blocks) for each in lanes)
    end = max(end, beats_per_bar)
    picture.description = f"Arrangement: {len(lanes)} tracks, {clips} clips, {end / beats_per_bar:g} bars"
    scale = (width - NAMES_WIDTH - 10) / end

    def x(beat: float) -> float:
        return NAMES_WIDTH + beat * scale

    bottom = HEAD + lane * len(shown)
    draw_lanes(picture, len(shown), (NAMES_WIDTH, HEAD), (width - NAMES_WIDTH - 10, lane), colors)
    draw_names(picture, shown, HEAD, lane, colors)
    draw_bars(picture, x, end, beats_per_bar, (24, bottom), colors)
    draw_blocks(picture, shown, x, HEAD, lane, clips <= MOST_CONTENTS, colors)
    if loop is not None:
        draw_loop(picture, x, loop, colors)
    draw_locators(picture, x, locators, bottom, colors)
    if playhead is not None and 0 <= playhead <= end:
        picture.line(x(playhead), 18, x(playhead), HEAD + lane * len(shown), colors.playing, width=2)
    if len(lanes) > len(shown):
        rest = f"Not shown: {len(lanes) - len(shown)} more tracks"
        picture.text(8, height - 10, rest, colors.warning, size=12)
    return picture


def draw_lanes(
    picture: Picture, count: int, at: tuple[float, float], size: tuple[float, float], colors: Theme
) -> None:
    """The ground of `count` lanes, each of a `size` with the first one's corner `at`."""
    for n in range(count):
        fill = colors.lane if n % 2 else colors.panel
        picture.rect(at[0], at[1] + n * size[1], size[0], size[1] - 1, fill)


def draw_names(picture: Picture, lanes: Sequence[Lane], top: float, lane: float, colors: Theme) -> None:
    """The names of tracks, one below the other, indented by their groups."""
    for n, each in enumerate(lanes):
        y = top + n * lane
        indent = 10 * min(4, each.depth)
        picture.rect(4 + indent, y + 1, 5, lane - 3, each.color, data=each.ref)
        name = f"{each.name} {' '.join(each.flags)}".strip()
        size = min(12.0, lane - 3)
        room = NAMES_WIDTH - 22 - indent
        picture.text(14 + indent, y + lane / 2 + 4, name, colors.text, size=size, width=room)


def draw_bars(
    picture: Picture,
    x: Place,
    end: float,
    beats_per_bar: float,
    span: tuple[float, float],
    colors: Theme,
    *,
    numbers: bool = True,
) -> None:
    """Lines of bars up to `end` beats, from one y to another, with their numbers; those in the picture."""
    bars = end / beats_per_bar
    across = max(1.0, (x(end) - x(0)) / 38)
    every = 1
    while bars / every > across:
        every *= 2
    for bar in range(0, int(bars) + 1, every):
        at = x(bar * beats_per_bar)
        if not -40 <= at <= picture.width:
            continue
        picture.line(at, span[0], at, span[1], colors.line)
        if numbers:
            picture.text(at + 3, 32, str(bar + 1), colors.muted_text, size=11)


def draw_loop(picture: Picture, x: Place, loop: tuple[float, float], colors: Theme) -> None:
    """The loop's brace above the lanes."""
    picture.rect(x(loop[0]), 36, x(loop[1]) - x(loop[0]), 6, colors.accent, radius=2)


def draw_locators(
    picture: Picture, x: Place, locators: Sequence[tuple[float, str]], bottom: float, colors: Theme
) -> None:
    """The locators' names with lines down to `bottom`."""
    for time, name in locators:
        if -170 <= x(time) <= picture.width:
            picture.line(x(time), 4, x(time), bottom, colors.warning, dashed=True)
            picture.text(x(time) + 4, 14, name, colors.warning, size=11, width=160)


def draw_blocks(
    picture: Picture, lanes: Sequence[Lane], x: Place, top: float, lane: float, contents: bool, colors: Theme
) -> None:
    """The clips of lanes, with their notes if `contents`."""
    for n, each in enumerate(lanes):
        for block in each.blocks:
            _block(picture, block, x, top + n * lane, lane, contents, colors)


def _block(
    picture: Picture, block: Block, x: Place, y: float, lane: float, contents: bool, colors: Theme
) -> None:
    left, right = x(block.start), x(block.end)
    wide = max(2.0, right - left - 1)
    fill = theme.mixed(block.color, colors.background, 0.6) if block.muted else block.color
    picture.rect(left, y + 1, wide, lane - 3, fill, stroke=theme.mixed(fill, "#000000", 0.35), data=block.ref)
    named = lane >= 22
    if named:
        picture.text(left + 4, y + 11, block.name, theme.on(fill), size=10, width=wide - 6)
    if contents and block.notes and wide > 8 and lane >= 14:
        top = y + (14 if named else 2)
        _notes(picture, block, left, wide, top, y + lane - 4 - top, theme.mixed(theme.on(fill), fill, 0.25))


def _notes(
    picture: Picture, block: Block, left: float, wide: float, top: float, tall: float, ink: str
) -> None:
    low = min(note.pitch for note in block.notes)
    span = max(6, max(note.pitch for note in block.notes) - low + 1)
    length = block.end - block.start
    per_beat = wide / length
    turns = [0.0]
    if block.loop > 0:
        turns = [n * block.loop for n in range(min(64, int(length / block.loop) + 1))]
    for turn in turns:
        for note in block.notes:
            start = note.start_time - block.offset
            if block.loop > 0 and not 0 <= start < block.loop:
                continue
            start += turn
            if not 0 <= start < length:
                continue
            long = max(1.0, min(note.duration, length - start) * per_beat)
            height = max(1.0, tall / span)
            y = top + (tall - height) * (1 - (note.pitch - low) / max(1, span - 1))
            picture.rect(left + start * per_beat, y, long, height, ink)
