"""The piano roll: notes of clips overlaid, with keys or pad names, scale, loop, playhead and envelopes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from mirror import Note

from . import theme
from .shapes import Picture
from .theme import Theme

KEYS_WIDTH = 74
HEAD = 40
FOOT = 22
ENVELOPE_HEIGHT = 56
VELOCITY_HEIGHT = 44
LEAST_ROW, MOST_ROW = 6.0, 20.0
BLACK = {1, 3, 6, 8, 10}

Place = Callable[[float], float]
"""A time in beats → its x in pixels."""


@dataclass(frozen=True)
class Roll:
    """What a roll shows of one clip; times in beats."""

    name: str
    notes: Sequence[Note]
    color: str
    start: float
    end: float
    loop: tuple[float, float] | None = None
    playhead: float | None = None
    envelopes: Sequence[tuple[str, Sequence[tuple[float, float]]]] = field(default_factory=tuple)
    """Parameter's name and (time, value 0 to 1) points."""


@dataclass(frozen=True)
class Keys:
    """How rows are named and shaded: `pads` pitch → name, `scale` the pitch classes that belong, `names` of 12."""

    names: Sequence[str]
    scale: frozenset[int] = frozenset(range(12))
    pads: dict[int, str] = field(default_factory=dict)


def roll(
    clips: Sequence[Roll], keys: Keys, colors: Theme, *, width: int = 1200, beats_per_bar: float = 4.0
) -> Picture:
    """One picture of all `clips`, the first one's loop, playhead and envelopes shown.

    Muted notes are outlined, notes that may not play have their probability written in, softer notes are paler.
    """
    first = clips[0]
    start, end = min(clip.start for clip in clips), max(clip.end for clip in clips)
    end = max(end, start + 0.25)
    rows = _rows([note.pitch for clip in clips for note in clip.notes], keys)
    row = min(MOST_ROW, max(LEAST_ROW, 420 / len(rows)))
    grid_height = row * len(rows)
    lanes = first.envelopes[:3]
    height = round(HEAD + grid_height + VELOCITY_HEIGHT + FOOT + len(lanes) * ENVELOPE_HEIGHT)
    count = sum(len(clip.notes) for clip in clips)
    picture = Picture(width, height, colors.background, ", ".join(clip.name or "clip" for clip in clips))
    picture.description = f"Piano roll, {count} notes, beats {start:g} to {end:g}"
    scale_x = (width - KEYS_WIDTH - 8) / (end - start)

    def x(beat: float) -> float:
        return KEYS_WIDTH + (beat - start) * scale_x

    places = {pitch: HEAD + n * row for n, pitch in enumerate(rows)}
    _keys(picture, rows, row, keys, colors)
    _grid(picture, x, (start, end), (HEAD, HEAD + grid_height + VELOCITY_HEIGHT), beats_per_bar, colors)
    if first.loop is not None:
        low, high = first.loop
        picture.rect(x(low), HEAD - 7, (high - low) * scale_x, 5, colors.accent, radius=2)
    bottom = HEAD + grid_height + VELOCITY_HEIGHT
    for clip in clips:
        ink = theme.legible(clip.color, colors.panel)
        for note in clip.notes:
            if note.start_time >= end or note.start_time + note.duration <= start:
                continue
            left, right = (
                max(x(note.start_time), KEYS_WIDTH),
                min(x(note.start_time + note.duration), width - 8.0),
            )
            wide = max(2.0, right - left - 0.5)
            color = theme.loud(ink, int(note.velocity), colors.background)
            top = places[note.pitch]
            if note.mute:
                picture.rect(
                    left, top + 1, wide, row - 2, "", stroke=colors.muted_text, data=str(note.note_id)
                )
            else:
                edge = theme.mixed(ink, "#000000", 0.45) if row > 7 else ""
                picture.rect(left, top + 0.5, wide, row - 1, color, stroke=edge, data=str(note.note_id))
            if note.probability < 1 and row >= 9 and wide > 24:
                picture.text(
                    left + 3,
                    top + row - 2.5,
                    f"{note.probability:.0%}",
                    theme.on(color),
                    size=min(10, row - 1),
                )
            tall = (VELOCITY_HEIGHT - 8) * note.velocity / 127
            picture.line(left, bottom - tall, left, bottom, color, width=1.5)
    if first.playhead is not None and start <= first.playhead <= end:
        picture.line(x(first.playhead), HEAD - 8, x(first.playhead), bottom, colors.playing, width=2)
    for n, (name, points) in enumerate(lanes):
        top = bottom + 4 + n * ENVELOPE_HEIGHT
        _envelope(picture, name, points, x, (start, end), top, first.color, colors)
    names = "  +  ".join(clip.name or "unnamed clip" for clip in clips)
    picture.text(8, 18, names, colors.text, size=14, bold=True, width=width - 260)
    picture.text(width - 8, 18, f"{count} notes", colors.muted_text, size=12, anchor="end")
    return picture


def _rows(pitches: list[int], keys: Keys) -> list[int]:
    """Pitches from high to low: all between lowest and highest, or only the used ones and pads of a drum track."""
    if keys.pads:
        used = set(pitches) | (set(keys.pads) if len(keys.pads) <= 24 else set())
        return sorted(used, reverse=True) or [36]
    if not pitches:
        return list(range(72, 59, -1))
    low, high = min(pitches), max(pitches)
    spare = max(0, 12 - (high - low))
    return list(range(min(127, high + 1 + spare // 2), max(-1, low - 2 - spare // 2), -1))


def _keys(picture: Picture, rows: list[int], row: float, keys: Keys, colors: Theme) -> None:
    bare = {*range(12)} == set(keys.scale)
    for n, pitch in enumerate(rows):
        top = HEAD + n * row
        dark = pitch % 12 in BLACK if bare else pitch % 12 not in keys.scale
        shade = colors.lane if (dark and not keys.pads) or (keys.pads and n % 2) else colors.panel
        picture.rect(KEYS_WIDTH, top, picture.width - KEYS_WIDTH - 8, row, shade)
        if keys.pads:
            name = keys.pads.get(pitch, "")
            picture.text(
                4, top + row - 3, name or _name(pitch, keys), colors.text, size=min(11, row), width=68
            )
            continue
        black = pitch % 12 in BLACK
        picture.rect(KEYS_WIDTH - 30, top, 18 if black else 29, row - 0.5, "#2b2b2b" if black else "#fafafa")
        if pitch % 12 == 0 or (row >= 11 and not black):
            picture.text(
                KEYS_WIDTH - 34, top + row - 2, _name(pitch, keys), colors.muted_text, size=min(11, row + 2),
                anchor="end",
            )  # fmt: skip
        if pitch % 12 == 0:
            picture.line(KEYS_WIDTH, top + row, picture.width - 8, top + row, colors.strong_line)


def _name(pitch: int, keys: Keys) -> str:
    return f"{keys.names[pitch % 12]}{pitch // 12 - 2}"


def _grid(
    picture: Picture,
    x: Place,
    span: tuple[float, float],
    edges: tuple[float, float],
    beats_per_bar: float,
    colors: Theme,
) -> None:
    start, end = span
    bars = (end - start) / beats_per_bar
    per_bar = (picture.width - KEYS_WIDTH) / max(bars, 0.01)
    every = max(1, round(34 / per_bar)) if per_bar < 34 else 1
    # Of a long clip only the bars that are drawn are counted: its length is anybody's choice.
    step = beats_per_bar * every if per_bar < 60 else 1.0 if per_bar < 240 else 0.25
    number = int(start // step)
    while number * step <= end:
        beat = number * step
        if beat >= start:
            bar = abs(beat / beats_per_bar - round(beat / beats_per_bar)) < 1e-6
            if bar and round(beat / beats_per_bar) % every == 0:
                picture.line(x(beat), edges[0] - 4, x(beat), edges[1], colors.strong_line)
                picture.text(
                    x(beat) + 3,
                    edges[0] - 10,
                    str(round(beat / beats_per_bar) + 1),
                    colors.muted_text,
                    size=11,
                )
            elif not bar:
                picture.line(x(beat), edges[0], x(beat), edges[1], colors.line)
        number += 1


def _envelope(
    picture: Picture,
    name: str,
    points: Sequence[tuple[float, float]],
    x: Place,
    span: tuple[float, float],
    top: float,
    color: str,
    colors: Theme,
) -> None:
    picture.rect(KEYS_WIDTH, top, picture.width - KEYS_WIDTH - 8, ENVELOPE_HEIGHT - 6, colors.lane)
    picture.text(4, top + 14, name, colors.text, size=11, width=KEYS_WIDTH - 8)
    shown = [(min(max(time, span[0]), span[1]), value) for time, value in points]
    if shown:
        shown = [(span[0], shown[0][1]), *shown, (span[1], shown[-1][1])]
    tall = ENVELOPE_HEIGHT - 12
    picture.curve([(x(time), top + 3 + tall * (1 - value)) for time, value in shown], color, 2)
