"""The piano roll: notes of clips overlaid, with keys or pad names, scale, loop, playhead and envelopes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from mirror import Note

from . import theme
from .shapes import Line, Picture, Rect
from .theme import Theme

KEYS_WIDTH = 74
HEAD = 40
FOOT = 22
ENVELOPE_HEIGHT = 56
VELOCITY_HEIGHT = 44
LEAST_ROW, MOST_ROW = 6.0, 20.0
MOST_NOTES = 10_000
"""The most notes that are drawn, so that a picture of every clip is small; further notes are only counted."""
BLACK = {1, 3, 6, 8, 10}

TimeToX = Callable[[float], float]
"""A time in beats → its x in pixels."""


@dataclass(frozen=True)
class Roll:
    """The content of a roll for one clip; times in beats."""

    name: str
    notes: Sequence[Note]
    color: str
    start: float
    end: float
    loop: tuple[float, float] | None = None
    playhead: float | None = None
    envelopes: Sequence[tuple[str, Sequence[tuple[float, float]]]] = field(default_factory=tuple)
    """A parameter's name and its (time, value 0 to 1) points."""


@dataclass(frozen=True)
class Keys:
    """The names and shading of rows: `pads` pitch → name, `scale` pitch classes, `names` of all pitch classes."""

    names: Sequence[str]
    scale: frozenset[int] = frozenset(range(12))
    pads: dict[int, str] = field(default_factory=dict)
    scale_name: str = ""
    """The name of the shaded scale, such as "D Minor"; "" if rows are shaded like a piano's keys."""

    def of(self, pitch: int) -> str:
        """A row's name."""
        return self.pads.get(pitch) or f"{self.names[pitch % 12]}{pitch // 12 - 2}"


def roll(
    clips: Sequence[Roll], keys: Keys, colors: Theme, *, width: int = 1200, beats_per_bar: float = 4.0
) -> Picture:
    """One picture of all `clips`, with the first one's loop and envelopes, and playheads.

    Muted notes are outlined; softer notes are paler and have a shorter line below the grid; notes with a probability
    below 1 have the missing share cut out. Several clips are numbered, and their notes have the number.
    """
    first = clips[0]
    start, end = min(clip.start for clip in clips), max(clip.end for clip in clips)
    end = max(end, start + 0.25)
    rows = pitches(clips, keys)
    row = min(MOST_ROW, max(LEAST_ROW, 420 / len(rows)))
    grid_height = row * len(rows)
    lanes = first.envelopes[:3]
    height = round(HEAD + grid_height + VELOCITY_HEIGHT + FOOT + len(lanes) * ENVELOPE_HEIGHT)
    count = sum(len(clip.notes) for clip in clips)
    picture = Picture(width, height, colors.background, ", ".join(clip.name or "clip" for clip in clips))
    picture.description = in_words(clips, keys, start, end)
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
    room, ground = MOST_NOTES, colors.background
    for number, clip in enumerate(clips, 1):
        ink = theme.legible(clip.color, colors.panel)
        edge = theme.mixed(ink, "#000000", 0.45) if row > 7 else ""
        mark = str(number) if len(clips) > 1 else ""
        for note in clip.notes[:room]:
            note_end = note.start_time + note.duration
            if note.start_time >= end or note_end <= start:
                continue
            left = max(x(note.start_time), KEYS_WIDTH)
            wide = max(2.0, min(x(note_end), width - 8.0) - left - 0.5)
            color = theme.loud(ink, int(note.velocity), ground)
            _note(picture, note, (left, places[note.pitch], wide, row), color, edge, mark, colors)
            tall = (VELOCITY_HEIGHT - 8) * note.velocity / 127
            picture.shapes.append(Line(left, bottom - tall, left, bottom, color, 1.5))
        room = max(0, room - len(clip.notes))
        if clip.playhead is not None and start <= clip.playhead <= end:
            at = x(clip.playhead)
            picture.line(at, HEAD - 8, at, bottom, colors.playing, width=2)
            picture.rect(at - 4, HEAD - 10, 8, 6, colors.playing)
    for n, (name, points) in enumerate(lanes):
        top = bottom + 4 + n * ENVELOPE_HEIGHT
        _envelope(picture, name, points, x, (start, end), top, first.color, colors)
    _names(picture, clips, keys, count, colors)
    return picture


def in_words(clips: Sequence[Roll], keys: Keys, start: float, end: float) -> str:
    """A description of the roll."""
    notes = [note for clip in clips for note in clip.notes]
    names = ", ".join(f"{n} {clip.name or 'unnamed clip'}" for n, clip in enumerate(clips, 1))
    words = [f"Piano roll, {len(notes)} notes, beats {start:g} to {end:g}"]
    words += [names] if len(clips) > 1 else []
    words += [f"scale {keys.scale_name}"] if keys.scale_name else []
    words += [f"loop {clip.loop[0]:g} to {clip.loop[1]:g}" for clip in clips[:1] if clip.loop is not None]
    words += [f"playing at {clip.playhead:.2f}" for clip in clips if clip.playhead is not None]
    muted, unlikely = sum(note.mute for note in notes), sum(note.probability < 1 for note in notes)
    words += [f"{muted} muted"] if muted else []
    words += [f"{unlikely} with probability"] if unlikely else []
    words += [f"envelopes: {', '.join(name for name, _ in clips[0].envelopes)}"] if clips[0].envelopes else []
    return ", ".join(words)


def _note(
    picture: Picture,
    note: Note,
    box: tuple[float, float, float, float],
    color: str,
    edge: str,
    mark: str,
    colors: Theme,
) -> None:
    left, top, wide, row = box
    data = str(note.note_id)
    if note.mute:
        picture.rect(left, top + 1, wide, row - 2, "", stroke=colors.muted_text, data=data)
    else:
        picture.shapes.append(Rect(left, top + 0.5, wide, row - 1, color, edge, 1.0, 0.0, data))
    if note.probability >= 1 and not mark:
        return
    if note.probability < 1:
        missing = (wide - 2) * (1 - note.probability)
        picture.rect(left + wide - 1 - missing, top + 1.5, missing, (row - 3) / 2, colors.background)
    ink = colors.text if note.mute else theme.on(color)
    text = " ".join(filter(None, (mark, f"{note.probability:.0%}" if note.probability < 1 else "")))
    if text and row >= 9 and wide > 5 + 7 * len(text):
        picture.text(left + 3, top + row - 2.5, text, ink, size=min(10, row - 1))


def _names(picture: Picture, clips: Sequence[Roll], keys: Keys, count: int, colors: Theme) -> None:
    """Draw the line above the grid: the clip's name or a legend of several clips, the scale, the number of notes."""
    right = f"{f'{keys.scale_name}, ' if keys.scale_name else ''}{count} notes"
    ink = colors.muted_text
    if count > MOST_NOTES:
        right, ink = f"{right}; not shown: {count - MOST_NOTES}", colors.warning
    picture.text(picture.width - 8, 18, right, ink, size=12, anchor="end")
    room = picture.width - 260
    if len(clips) == 1:
        picture.text(8, 18, clips[0].name or "unnamed clip", colors.text, size=14, bold=True, width=room)
        return
    share = room / len(clips)
    for n, clip in enumerate(clips):
        left, fill = 8 + n * share, theme.legible(clip.color, colors.panel)
        picture.rect(left, 6, 16, 15, fill, radius=3)
        picture.text(left + 8, 17, str(n + 1), theme.on(fill), size=11, anchor="middle", bold=True)
        picture.text(left + 21, 18, clip.name or "unnamed clip", colors.text, width=share - 26)


def pitches(clips: Sequence[Roll], keys: Keys) -> list[int]:
    """The rows of a roll, from high to low."""
    return _rows([note.pitch for clip in clips for note in clip.notes], keys)


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
            picture.text(4, top + row - 3, keys.of(pitch), colors.text, size=min(11, row), width=68)
            continue
        black = pitch % 12 in BLACK
        fill, edge = ("#2b2b2b", "") if black else ("#fafafa", colors.strong_line)
        picture.rect(KEYS_WIDTH - 30, top, 18 if black else 29, row, fill, stroke=edge)
        if pitch % 12 == 0 or (row >= 11 and not black):
            picture.text(
                KEYS_WIDTH - 34, top + row - 2, keys.of(pitch), colors.muted_text, size=min(11, row + 2),
                anchor="end",
            )  # fmt: skip
        if pitch % 12 == 0:
            picture.line(KEYS_WIDTH, top + row, picture.width - 8, top + row, colors.strong_line)


def _grid(
    picture: Picture,
    x: TimeToX,
    span: tuple[float, float],
    edges: tuple[float, float],
    beats_per_bar: float,
    colors: Theme,
) -> None:
    start, end = span
    bars = (end - start) / beats_per_bar
    per_bar = (picture.width - KEYS_WIDTH) / max(bars, 0.01)
    every = max(1, round(34 / per_bar)) if per_bar < 34 else 1
    # Only the drawn bars are counted, since a clip may have any length.
    step = beats_per_bar * every if per_bar < 60 else 1.0 if per_bar < 240 else 0.25
    number = int(start // step)
    while number * step <= end:
        beat = number * step
        if beat >= start:
            bar = abs(beat / beats_per_bar - round(beat / beats_per_bar)) < 1e-6
            if bar and round(beat / beats_per_bar) % every == 0:
                picture.line(x(beat), edges[0] - 4, x(beat), edges[1], colors.strong_line)
                if x(beat) < picture.width - 24:
                    number_of_bar = str(round(beat / beats_per_bar) + 1)
                    picture.text(x(beat) + 3, edges[0] - 10, number_of_bar, colors.muted_text, size=11)
            elif not bar:
                picture.line(x(beat), edges[0], x(beat), edges[1], colors.line)
        number += 1


def _envelope(
    picture: Picture,
    name: str,
    points: Sequence[tuple[float, float]],
    x: TimeToX,
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
