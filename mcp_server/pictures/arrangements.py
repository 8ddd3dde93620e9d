"""The Arrangement: tracks as lanes, clips with small notes, locators, loop, tempo, playhead, automation.

Live's API has neither the curves of arrangement automation nor changes of tempo and signature: the picture shows the
names of automated parameters, and tempo and signature at the playhead, and mentions these limits.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import inf
from typing import NamedTuple

from mirror import Note

from . import theme
from .shapes import Picture
from .theme import Theme

NAMES_WIDTH = 150
HEAD = 46
MOST_LANES = 60
MOST_NAMED = 12
"""The most locators and automated parameters in the description."""
FOOT, MOST_NAME = 16, 160.0
MOST_CONTENTS = 300
"""The most clips whose notes are drawn; in more clips notes would be too small to be seen."""
MOST_MARKS = 20_000
"""The most notes in one picture; clips beyond that limit are drawn without notes."""

AUTOMATED = "~"
"""The sign of automation."""
UNKNOWN = "Tempo and signature are those at the playhead; Live's API shows no changes elsewhere"
UNKNOWN_CURVES = f"{AUTOMATED} automated; Live's API does not show the curves"

TimeToX = Callable[[float], float]
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
    automated: Sequence[str] = ()
    """Names of parameters that have automation."""


class Timing(NamedTuple):
    """The content of an arrangement besides its lanes; times in beats, `tempo` as text, such as "98 BPM 4/4"."""

    end: float
    locators: Sequence[tuple[float, str]] = ()
    loop: tuple[float, float] | None = None
    playhead: float | None = None
    beats_per_bar: float = 4.0
    tempo: str = ""


def arrangement(lanes: Sequence[Lane], colors: Theme, timing: Timing, *, width: int = 1200) -> Picture:
    """The whole arrangement from beat 0 to its end."""
    shown = lanes[:MOST_LANES]
    lane = min(44.0, max(14.0, 640 / max(1, len(shown))))
    bottom = HEAD + lane * len(shown)
    notes = [UNKNOWN]
    if any(lane.automated for lane in lanes) or AUTOMATED in timing.tempo:
        notes.append(UNKNOWN_CURVES)
    if len(lanes) > len(shown):
        notes.append(f"Not shown: {len(lanes) - len(shown)} more tracks")
    picture = Picture(width, round(bottom + 10 + FOOT * len(notes)), colors.background, "Arrangement")
    picture.description = in_words(lanes, timing)
    end = max(timing.end, timing.beats_per_bar)
    scale = (width - NAMES_WIDTH - 10) / end

    def x(beat: float) -> float:
        return NAMES_WIDTH + beat * scale

    picture.text(8, 32, timing.tempo, colors.text, size=12, width=NAMES_WIDTH - 16)
    draw_lanes(picture, len(shown), (NAMES_WIDTH, HEAD), (width - NAMES_WIDTH - 10, lane), colors)
    draw_names(picture, shown, HEAD, lane, colors)
    draw_bars(picture, x, end, timing.beats_per_bar, (24, bottom), colors)
    contents = sum(len(track_lane.blocks) for track_lane in lanes) <= MOST_CONTENTS
    draw_blocks(picture, shown, x, HEAD, lane, contents, colors)
    if timing.loop is not None:
        draw_loop(picture, x, timing.loop, colors)
    draw_locators(picture, x, timing.locators, end, bottom, colors)
    if timing.playhead is not None and 0 <= timing.playhead <= end:
        draw_playhead(picture, x(timing.playhead), bottom, colors)
    for n, note in enumerate(notes):
        ink = colors.warning if note.startswith("Not shown") else colors.muted_text
        picture.text(8, bottom + 4 + FOOT * (n + 1), note, ink, size=11)
    return picture


def in_words(lanes: Sequence[Lane], timing: Timing) -> str:
    """A description of the picture, and the limits of Live's API."""
    clips = sum(len(lane.blocks) for lane in lanes)
    bars = max(timing.end, timing.beats_per_bar) / timing.beats_per_bar
    words = [
        f"Arrangement: {len(lanes)} tracks, {clips} clips, {round(bars, 1):g} bars",
        f"{timing.tempo} at the playhead" if timing.tempo else "",
    ]
    if timing.playhead is not None:
        words.append(f"playhead at beat {timing.playhead:.2f}")
    if timing.loop is not None:
        words.append(f"loop from beat {timing.loop[0]:g} to {timing.loop[1]:g}")
    if timing.locators:
        words.append(
            "locators " + ", ".join(f"{name} at {time:g}" for time, name in timing.locators[:MOST_NAMED])
        )
    automated = [f"{lane.name}: {', '.join(lane.automated[:MOST_NAMED])}" for lane in lanes if lane.automated]
    if automated:
        words.append("automated " + "; ".join(automated[:MOST_NAMED]))
    unknown = "Live's API shows neither curves of automation nor changes of tempo and signature."
    return f"{', '.join(filter(None, words))}. {unknown}"


def draw_lanes(
    picture: Picture, count: int, at: tuple[float, float], size: tuple[float, float], colors: Theme
) -> None:
    """The background of `count` lanes of a `size`, the first with its corner at `at`."""
    for n in range(count):
        fill = colors.lane if n % 2 else colors.panel
        picture.rect(at[0], at[1] + n * size[1], size[0], size[1] - 1, fill)


def draw_names(picture: Picture, lanes: Sequence[Lane], top: float, lane: float, colors: Theme) -> None:
    """The names of tracks, one below the other, indented by their groups."""
    for n, track_lane in enumerate(lanes):
        y = top + n * lane
        indent = 10 * min(4, track_lane.depth)
        picture.rect(4 + indent, y + 1, 5, lane - 3, track_lane.color, data=track_lane.ref)
        roomy = lane >= 30
        sign = AUTOMATED if track_lane.automated and not roomy else ""
        name = f"{track_lane.name} {' '.join(track_lane.flags)} {sign}".strip()
        size = min(12.0, lane - 3)
        room = NAMES_WIDTH - 22 - indent
        middle = y + lane / 2 + (4 if not (roomy and track_lane.automated) else -1)
        picture.text(14 + indent, middle, name, colors.text, size=size, width=room)
        if roomy and track_lane.automated:
            automated = f"{AUTOMATED} {', '.join(track_lane.automated)}"
            picture.text(14 + indent, middle + 14, automated, colors.muted_text, size=10, width=room)


def draw_bars(
    picture: Picture,
    x: TimeToX,
    end: float,
    beats_per_bar: float,
    span: tuple[float, float],
    colors: Theme,
    *,
    numbers: bool = True,
) -> None:
    """Draw the picture's lines of bars up to `end` beats, from one y to another, with their numbers."""
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
        if numbers and at < x(end) - 14:
            picture.text(at + 3, 32, str(bar + 1), colors.muted_text, size=11)


def draw_loop(picture: Picture, x: TimeToX, loop: tuple[float, float], colors: Theme) -> None:
    """The loop's brace above the lanes."""
    picture.rect(x(loop[0]), 36, x(loop[1]) - x(loop[0]), 6, colors.accent, radius=2)


def draw_locators(
    picture: Picture,
    x: TimeToX,
    locators: Sequence[tuple[float, str]],
    end: float,
    bottom: float,
    colors: Theme,
) -> None:
    """The locators' names with lines down to `bottom`.

    A name is cut before the next locator; near the arrangement's `end`, in beats, it is at the left of its line.
    """
    places = [x(time) for time, _ in locators]
    rooms = [*(after - before - 8 for before, after in pairwise(places)), MOST_NAME]
    for at, room, (_, name) in zip(places, rooms, locators, strict=False):
        if not -MOST_NAME <= at <= picture.width + MOST_NAME:
            continue
        picture.line(at, 4, at, bottom, colors.warning, dashed=True)
        left, anchor = (at - 4, "end") if at > x(end) - 60 else (at + 4, "start")
        room = max(1.0, min(MOST_NAME, room))
        picture.text(left, 14, name, colors.warning, size=11, anchor=anchor, width=room)


def draw_playhead(picture: Picture, at: float, bottom: float, colors: Theme) -> None:
    """A line from the timing down to `bottom`, with a head."""
    picture.line(at, 18, at, bottom, colors.playing, width=2)
    picture.rect(at - 4, 17, 8, 6, colors.playing)


def draw_blocks(
    picture: Picture,
    lanes: Sequence[Lane],
    x: TimeToX,
    top: float,
    lane: float,
    contents: bool,
    colors: Theme,
) -> None:
    """The clips of lanes, with their notes if `contents`; of clips that share a pixel only the first is drawn."""
    room = MOST_MARKS if contents else 0
    for n, track_lane in enumerate(lanes):
        reached = -inf
        for block in track_lane.blocks:
            if x(block.end) < reached + 1:
                continue
            reached = max(reached, x(block.start))
            room -= _block(picture, block, x, top + n * lane, lane, room, colors)


def _block(
    picture: Picture, block: Block, x: TimeToX, y: float, lane: float, room: int, colors: Theme
) -> int:
    """Draw a clip, with its notes if they are at most `room`; returns the number of drawn notes."""
    left, right = x(block.start), x(block.end)
    wide = max(2.0, right - left - 1)
    fill = theme.mixed(block.color, colors.background, 0.6) if block.muted else block.color
    picture.rect(left, y + 1, wide, lane - 3, fill, stroke=theme.mixed(fill, "#000000", 0.35), data=block.ref)
    named = lane >= 22
    if named and wide > 12:
        picture.text(left + 4, y + 11, block.name, theme.on(fill), size=10, width=wide - 6)
    if block.muted:
        picture.line(left, y + lane - 3, left + wide, y + 1, theme.on(fill))
    if not block.notes or wide <= 8 or lane < 14 or len(block.notes) * len(_turns(block)) > room:
        return 0
    top = y + (14 if named else 2)
    _notes(picture, block, left, wide, top, y + lane - 4 - top, theme.mixed(theme.on(fill), fill, 0.25))
    return len(block.notes) * len(_turns(block))


def _turns(block: Block) -> list[float]:
    """The beats of a clip at which its loop begins."""
    if block.loop <= 0:
        return [0.0]
    return [n * block.loop for n in range(min(64, int((block.end - block.start) / block.loop) + 1))]


def _notes(
    picture: Picture, block: Block, left: float, wide: float, top: float, tall: float, ink: str
) -> None:
    low = min(note.pitch for note in block.notes)
    span = max(6, max(note.pitch for note in block.notes) - low + 1)
    length = block.end - block.start
    per_beat = wide / length
    for turn in _turns(block):
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
