"""A picture as lines of text, from the data of `gathered`, for terminals and clients without images.

Every line is at most `columns` terminal cells wide, for all names: wide characters count as two cells, combining marks
as none, and characters whose width differs between terminals are left out. For a stream that lacks one of our signs, an
ASCII sign is used.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence
from itertools import pairwise
from math import ceil, floor

from rich.cells import cell_len, set_cell_size

from . import arrangements, mixers, rolls, session
from .gathered import Grid, Mixer, Panel, PianoRoll, Subject, Timeline
from .svg import clean

COLUMNS, LINES = 100, 40
LEAST_COLUMNS = 40
_VARIANTS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
"""Variation selectors, after which the width differs between terminals."""
_SIGNS = {
    "loud": "█#", "strong": "▓X", "medium": "▒o", "soft": "░.", "hold": "─-", "muted": "×x", "bar": "│|", "beat": "·.",
    "playing": "▶>", "triggered": "»)", "recording": "●*", "stop": "■_", "more": "…~", "here": "▼v", "full": "█#",
    "empty": "░.", "changed": "*+",
}  # fmt: skip
"""Sign → its ASCII replacement."""
_LEVELS = "▁▂▃▄▅▆▇█", "01234567"


class Canvas:
    """Lines of a bounded width in the characters of a stream."""

    def __init__(self, columns: int, lines: int, encoding: str) -> None:
        self.columns, self.lines = max(LEAST_COLUMNS, columns), max(8, lines)
        try:
            self._encoding = codecs.lookup(encoding).name
        except LookupError:
            self._encoding = "ascii"
        self.signs = {name: self._first(both) for name, both in _SIGNS.items()}
        self.levels = _LEVELS[0] if self._has(_LEVELS[0]) else _LEVELS[1]
        self.rows: list[str] = []

    def _has(self, text: str) -> bool:
        try:
            text.encode(self._encoding)
        except UnicodeEncodeError:
            return False
        return True

    def _first(self, both: str) -> str:
        return both[0] if self._has(both[0]) else both[1]

    def name(self, text: str) -> str:
        """A name in the characters of the stream."""
        text = _VARIANTS.sub("", clean(text[:400])[:200])
        return text if self._has(text) else text.encode(self._encoding, "replace").decode(self._encoding)

    def fit(self, text: str, width: int) -> str:
        """`text` in exactly `width` cells, with a sign where it is cut."""
        if cell_len(text) > width > 0:
            text = set_cell_size(text, width - 1) + self.signs["more"]
        return set_cell_size(text, max(0, width))

    def add(self, text: str) -> None:
        """Add a line, with a sign where it is cut, and without blanks at its end."""
        text = text.rstrip()
        self.rows.append(self.fit(text, min(self.columns, cell_len(text))).rstrip())

    def text(self) -> str:
        """All lines."""
        return "\n".join(self.rows)


def text_art(subject: Subject, columns: int = COLUMNS, lines: int = LINES, encoding: str = "utf-8") -> str:
    """A picture as text.

    Args:
      columns: The widest line, in terminal cells; at least 40.
      lines: The most lines.
      encoding: The stream's encoding: missing signs are shown in ASCII, missing characters of names as "?".
    """
    canvas = Canvas(columns, lines, encoding)
    match subject:
        case Grid():
            _grid(canvas, subject)
        case Timeline():
            _timeline(canvas, subject)
        case PianoRoll():
            _notes(canvas, subject)
        case Mixer(strips):
            _strips(canvas, strips)
        case Panel():
            _panel(canvas, subject)
    return canvas.text()


def _left_out(canvas: Canvas, count: int, what: str, names: Sequence[str] = ()) -> None:
    """Add a line with the number of left-out rows or columns, whose names are the last of `names`."""
    if count > 0:
        named = f": {', '.join(map(canvas.name, names[-count:]))}" if names else ""
        canvas.add(f"{canvas.signs['more']} {count} more {what}{named}")


# -- the Session ---------------------------------------------------------------------------------------------


def _grid(canvas: Canvas, grid: Grid) -> None:
    side = min(18, canvas.columns // 5)
    most = (canvas.columns - side) // 9
    shown = grid.columns[:most]
    cell = min(20, (canvas.columns - side) // max(1, len(shown)) - 1)
    bar = canvas.signs["bar"]

    def line(first: str, texts: Sequence[str]) -> None:
        canvas.add(bar.join([canvas.fit(first, side), *(canvas.fit(text, cell) for text in texts)]))

    line("", [canvas.name(column.name) for column in shown])
    if any(column.flags for column in shown):
        line("", [" ".join(column.flags) for column in shown])
    rows = grid.rows[: canvas.lines - 5]
    for n, row in enumerate(rows):
        sign = canvas.signs.get(row.state, "")
        line(
            f"{n + 1} {sign}{canvas.name(row.name)} {canvas.name(row.note)}",
            [_cell(canvas, column.cells[n]) if n < len(column.cells) else "" for column in shown],
        )
    _left_out(canvas, len(grid.columns) - len(shown), "tracks", [column.name for column in grid.columns])
    _left_out(canvas, len(grid.rows) - len(rows), "scenes", [row.name for row in grid.rows])
    states = [
        *((canvas.signs[state], state) for state in session.SIGNS),
        (canvas.signs["stop"], "stop button"),
    ]
    canvas.add("  ".join(f"{sign} {state}" for sign, state in states))


def _cell(canvas: Canvas, cell: session.Cell) -> str:
    if cell.name is None:
        return canvas.signs["stop"] if cell.state == "stop" else ""
    return f"{canvas.signs.get(cell.state, '')}{canvas.name(cell.name) or '(no name)'}"


# -- time to the right ---------------------------------------------------------------------------------------


class _Ruler:
    """Beats as cells of a line: each cell is a power of two of a beat, so that notes on the grid stay on it."""

    def __init__(self, start: float, end: float, room: int) -> None:
        self.start, self.end = start, max(end, start + 0.25)
        per_beat = 16.0
        while (self.end - start) * per_beat > room:
            per_beat /= 2
        self.per_beat = per_beat
        self.cells = max(1, min(room, ceil((self.end - start) * per_beat)))

    def cell(self, beat: float) -> int:
        """The cell of a time, which may be outside the line."""
        return floor((beat - self.start) * self.per_beat + 1e-9)

    def span(self, start: float, end: float) -> range:
        """The cells from one time to another: at least one within the line, none outside it."""
        first, last = (
            self.cell(start),
            max(self.cell(start) + 1, ceil((end - self.start) * self.per_beat - 1e-9)),
        )
        return range(max(0, first), min(self.cells, last))

    def empty(self, canvas: Canvas, beats_per_bar: float) -> list[str]:
        """An empty line with marks for bars, and for beats if they fit."""
        cells = [" "] * self.cells
        if self.per_beat >= 2:
            self._mark(cells, 1.0, canvas.signs["beat"])
        if self.per_beat * beats_per_bar >= 4:
            self._mark(cells, beats_per_bar, canvas.signs["bar"])
        # The line starts after a bar sign anyway.
        cells[0] = " "
        return cells

    def _mark(self, cells: list[str], step: float, sign: str) -> None:
        number = ceil(self.start / step - 1e-9)
        while (at := self.cell(number * step)) < self.cells:
            cells[at] = sign
            number += 1

    def numbers(self, beats_per_bar: float) -> str:
        """The numbers of bars above their first cells."""
        per_bar = self.per_beat * beats_per_bar
        every = 1
        while every * per_bar < 6:
            every *= 2
        text, number = "", every * ceil(self.start / beats_per_bar / every - 1e-9)
        while (at := self.cell(number * beats_per_bar)) < self.cells - 3:
            text = text.ljust(at) + str(number + 1)
            number += every
        return text

    def marks(
        self, canvas: Canvas, loop: tuple[float, float] | None, playheads: Sequence[float | None]
    ) -> str:
        """The loop's brace and the playheads."""
        cells = [" "] * self.cells
        if loop is not None and (span := self.span(*loop)):
            for at in span:
                cells[at] = canvas.signs["hold"]
            cells[span[0]], cells[span[-1]] = "[", "]"
        for beat in playheads:
            if beat is not None and 0 <= self.cell(beat) < self.cells:
                cells[self.cell(beat)] = canvas.signs["here"]
        return "".join(cells)


def _notes(canvas: Canvas, notes: PianoRoll) -> None:
    clips, keys = notes.rolls, notes.keys
    names = [canvas.name(clip.name) or "unnamed clip" for clip in clips]
    title = "  ".join(f"{n} {name}" for n, name in enumerate(names, 1)) if len(clips) > 1 else names[0]
    canvas.add(canvas.fit(f"{title}  {canvas.name(keys.scale_name)}".rstrip(), canvas.columns))
    side = 14 if keys.pads else 5
    ruler = _Ruler(
        min(clip.start for clip in clips), max(clip.end for clip in clips), canvas.columns - side - 1
    )
    canvas.add(" " * side + " " + ruler.numbers(notes.beats_per_bar))
    marks = ruler.marks(canvas, clips[0].loop, [clip.playhead for clip in clips])
    if marks.strip():
        canvas.add(" " * side + " " + marks)
    envelopes = clips[0].envelopes[:3]
    rows = _pitch_rows(rolls.pitches(clips, keys), clips, canvas.lines - len(envelopes) - 5)
    lines = [ruler.empty(canvas, notes.beats_per_bar) for _ in rows]
    at = {pitch: n for n, row in enumerate(rows) for pitch in row}
    for number, clip in enumerate(clips, 1):
        for note in clip.notes:
            span = ruler.span(note.start_time, note.start_time + note.duration)
            for n, cell in enumerate(span):
                sign = str(number) if len(clips) > 1 else _velocity(note.velocity)
                sign = "muted" if note.mute else "?" if note.probability < 1 else sign
                lines[at[note.pitch]][cell] = canvas.signs.get(sign, sign) if n == 0 else canvas.signs["hold"]
    for row, line in zip(rows, lines, strict=True):
        canvas.add(canvas.fit(canvas.name(keys.of(row[0])), side) + canvas.signs["bar"] + "".join(line))
    for name, points in envelopes:
        levels = "".join(_level(canvas, points, ruler.start + n / ruler.per_beat) for n in range(ruler.cells))
        canvas.add(canvas.fit(canvas.name(name), side) + canvas.signs["bar"] + levels)
    loud = "".join(canvas.signs[name] for name in ("loud", "strong", "medium", "soft"))
    canvas.add(f"starts: {loud} loud to soft, {canvas.signs['muted']} muted, ? with probability")


def _velocity(velocity: float) -> str:
    return (
        "loud" if velocity >= 96 else "strong" if velocity >= 64 else "medium" if velocity >= 32 else "soft"
    )


def _pitch_rows(pitches: list[int], clips: Sequence[rolls.Roll], most: int) -> list[list[int]]:
    """The pitches of each line, from high to low: all pitches, or those with notes, or several per line."""
    if len(pitches) > most:
        used = {note.pitch for clip in clips for note in clip.notes}
        pitches = [pitch for pitch in pitches if pitch in used]
    per_line = max(1, ceil(len(pitches) / max(1, most)))
    return [pitches[n : n + per_line] for n in range(0, len(pitches), per_line)]


def _level(canvas: Canvas, points: Sequence[tuple[float, float]], time: float) -> str:
    """An envelope's value at a time, between its points."""
    if not points:
        return " "
    value = points[0][1] if time <= points[0][0] else points[-1][1]
    for (before, low), (after, high) in pairwise(points):
        if before <= time < after:
            value = low + (high - low) * (time - before) / (after - before)
    return canvas.levels[min(7, max(0, int(value * 8)))]


def _timeline(canvas: Canvas, timeline: Timeline) -> None:
    timing = timeline.timing
    side = min(18, canvas.columns // 5)
    ruler = _Ruler(0.0, max(timing.end, timing.beats_per_bar), canvas.columns - side - 1)
    locators = ""
    for time, name in timing.locators:
        at = ruler.cell(time)
        if at <= cell_len(locators) and locators:
            locators = set_cell_size(locators, max(0, at - 1)) + " "
        locators = set_cell_size(locators, at) + canvas.name(name)
    canvas.add(" " * side + " " + locators)
    canvas.add(canvas.fit(canvas.name(timing.tempo), side) + " " + ruler.numbers(timing.beats_per_bar))
    marks = ruler.marks(canvas, timing.loop, [timing.playhead])
    if marks.strip():
        canvas.add(" " * side + " " + marks)
    lanes = timeline.lanes[: canvas.lines - 6]
    for lane in lanes:
        sign = arrangements.AUTOMATED if lane.automated else ""
        name = f"{' ' * min(4, lane.depth)}{canvas.name(lane.name)} {' '.join(lane.flags)} {sign}".rstrip()
        canvas.add(
            canvas.fit(name, side) + canvas.signs["bar"] + _blocks(canvas, lane, ruler, timing.beats_per_bar)
        )
    _left_out(canvas, len(timeline.lanes) - len(lanes), "tracks", [lane.name for lane in timeline.lanes])
    automated = any(lane.automated for lane in timeline.lanes)
    canvas.add(arrangements.UNKNOWN_CURVES if automated else arrangements.UNKNOWN)


def _blocks(canvas: Canvas, lane: arrangements.Lane, ruler: _Ruler, beats_per_bar: float) -> str:
    text, reached = "", 0
    empty = ruler.empty(canvas, beats_per_bar)
    for block in sorted(lane.blocks, key=lambda block: block.start):
        span = ruler.span(block.start, block.end)
        first, last = max(reached, span.start), span.stop
        if first >= last:
            continue
        text += "".join(empty[reached:first])
        sign = canvas.signs["muted"] if block.muted else "["
        inside = canvas.fit(canvas.name(block.name), min(cell_len(canvas.name(block.name)), last - first - 2))
        text += sign if last - first < 2 else f"{sign}{inside}"
        if last - first >= 2:
            text += canvas.signs["hold"] * (last - first - 2 - cell_len(inside)) + "]"
        reached = last
    return text + "".join(empty[reached:])


# -- levels --------------------------------------------------------------------------------------------------


def _bar(canvas: Canvas, position: float, width: int) -> str:
    full = round(min(1.0, max(0.0, position)) * width)
    return canvas.signs["full"] * full + canvas.signs["empty"] * (width - full)


def _strips(canvas: Canvas, strips: Sequence[mixers.Strip]) -> None:
    shown = strips[: canvas.lines - 1]
    for strip in shown:
        words = canvas.name(mixers.in_words(strip).removeprefix(f"{strip.name}: "))
        canvas.add(
            f"{canvas.fit(canvas.name(strip.name), 16)} {_bar(canvas, strip.volume.position, 20)} {words}"
        )
    _left_out(canvas, len(strips) - len(shown), "tracks", [strip.name for strip in strips])


def _panel(canvas: Canvas, panel: Panel) -> None:
    canvas.add(
        f"{canvas.name(panel.name)}{'' if panel.on else ' (off)'}; {canvas.signs['changed']} differs from default"
    )
    dials = sorted(panel.dials, key=lambda dial: not mixers.differs(dial))
    shown = dials[: canvas.lines - 2]
    for dial in shown:
        mark = canvas.signs["changed"] if mixers.differs(dial) else " "
        sign = arrangements.AUTOMATED if dial.automated else ""
        name, level = canvas.fit(canvas.name(dial.name), 24), _bar(canvas, dial.position, 16)
        canvas.add(f"{mark} {name} {level} {canvas.name(dial.text)} {sign}")
    _left_out(canvas, len(dials) - len(shown) + panel.hidden, "parameters")
