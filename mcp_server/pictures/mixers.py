"""The mixer and a device: faders in dB, pans, sends, meters and switches; parameters as dials with their texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import cos, pi, sin

from . import theme
from .shapes import Picture
from .theme import Theme

STRIP_WIDTH = 84
FADER_HEIGHT = 190
MOST_STRIPS = 40
METERS, METER_WIDTH = (54, 63), 7
"""The positions of the two meters in a strip, in pixels from its left."""
FULL_SCALE = 0.921
"""The position of 0 dBFS on Live's meter, which a line marks."""
TICKS = ((1.0, "6"), (0.85, "0"), (0.7, "-6"), (0.55, "-12"), (0.4, "-18"), (0.25, "-30"))
"""Positions of a volume fader (0 to 1) and their decibels, as Live's scale has them."""


@dataclass(frozen=True)
class Dial:
    """A parameter: `position` 0 to 1 in its range, `rest` the position of its default, `text` as Live shows it."""

    name: str
    text: str
    position: float
    rest: float | None = None
    ref: str = ""
    automated: bool = False


@dataclass(frozen=True)
class Strip:
    """A track's mixer; `meter` 0 to 1 for left and right, or None if it is not known."""

    ref: str
    name: str
    color: str
    volume: Dial
    panning: Dial | None = None
    sends: Sequence[Dial] = field(default_factory=tuple)
    flags: str = ""
    meter: tuple[float, float] | None = None


def mixer(strips: Sequence[Strip], colors: Theme, *, width: int = 1200) -> Picture:
    """All strips side by side, in rows that fit into `width`; strips beyond 40 are only counted."""
    shown = strips[:MOST_STRIPS]
    sends, across = most_sends(shown), max(1, (width - 16) // STRIP_WIDTH)
    rows = [shown[n : n + across] for n in range(0, len(shown), across)] or [[]]
    tall = mixer_height(sends)
    left_out = len(strips) - len(shown)
    size = max(200, 16 + STRIP_WIDTH * len(rows[0])), tall * len(rows) + (20 if left_out else 0)
    picture = Picture(*size, colors.background, "Mixer")
    picture.description = "; ".join(map(in_words, shown))
    for n, row in enumerate(rows):
        draw_strips(picture, row, (8, n * tall), sends, colors)
    if left_out:
        picture.text(8, picture.height - 8, f"Not shown: {left_out} more tracks", colors.warning)
        picture.description += f"; and {left_out} more"
    return picture


def in_words(strip: Strip) -> str:
    """A strip's name, level and switches."""
    words = [strip.volume.text]
    if strip.panning is not None and strip.panning.text not in ("", "C"):
        words.append(f"pan {strip.panning.text}")
    words += [f"{send.name} {send.text}" for send in strip.sends if send.position > 0]
    if strip.meter is not None:
        words.append(f"meter {max(strip.meter):.0%}")
    if strip.flags:
        words.append(" ".join(strip.flags))
    return f"{strip.name}: {', '.join(words)}"


def most_sends(strips: Sequence[Strip]) -> int:
    """The largest number of sends of a strip."""
    return max((len(strip.sends) for strip in strips), default=0)


def fader_top(sends: int) -> int:
    """The y of a fader's upper end, below the sends and the pan."""
    return 34 + sends * 34 + 62


def mixer_height(sends: int) -> int:
    """The height of a mixer's picture, in pixels."""
    return fader_top(sends) + FADER_HEIGHT + 58


def draw_strips(
    picture: Picture, strips: Sequence[Strip], at: tuple[float, float], sends: int, colors: Theme
) -> None:
    """Draw strips side by side, the first with its corner `at`, with room for `sends` sends."""
    for n, strip in enumerate(strips):
        _strip(picture, strip, at[0] + n * STRIP_WIDTH, at[1], sends, colors)


def _strip(picture: Picture, strip: Strip, x: float, up: float, sends: int, colors: Theme) -> None:
    wide, middle, top = STRIP_WIDTH - 4, x + (STRIP_WIDTH - 4) / 2, up + fader_top(sends)
    picture.rect(x, up + 6, wide, mixer_height(sends) - 12, colors.panel, data=strip.ref)
    picture.rect(x, up + 6, wide, 22, strip.color)
    picture.text(x + 4, up + 21, strip.name, theme.on(strip.color), size=11, width=wide - 8, bold=True)
    for n, send in enumerate(strip.sends):
        y = up + 34 + n * 34
        dial(picture, send, x + 14, y + 16, 10, colors)
        picture.text(x + 28, y + 12, send.name, colors.muted_text, size=10, width=wide - 29)
        picture.text(x + 28, y + 24, send.text, colors.text, size=10, width=wide - 29)
    y = up + 34 + sends * 34
    if strip.panning is not None:
        dial(picture, strip.panning, middle, y + 18, 14, colors)
        picture.text(middle, y + 46, strip.panning.text, colors.text, size=11, anchor="middle")
    rail = x + 30
    for position, label in TICKS:
        at = top + FADER_HEIGHT * (1 - position)
        picture.line(rail - 6, at, rail + 6, at, colors.line)
        picture.text(rail - 9, at + 3, label, colors.muted_text, size=9, anchor="end")
    picture.line(rail, top, rail, top + FADER_HEIGHT, colors.strong_line, width=3)
    at = top + FADER_HEIGHT * (1 - min(1.0, max(0.0, strip.volume.position)))
    picture.rect(rail - 13, at - 6, 26, 12, colors.text, radius=2)
    picture.line(rail - 11, at, rail + 11, at, colors.background)
    if strip.meter is not None:
        for n, level in enumerate(strip.meter):
            left = x + METERS[n]
            picture.rect(left, top, METER_WIDTH, FADER_HEIGHT, colors.lane)
            tall = FADER_HEIGHT * min(1.0, max(0.0, level))
            ink = colors.armed if level > FULL_SCALE else colors.playing
            picture.rect(left, top + FADER_HEIGHT - tall, METER_WIDTH, tall, ink)
        at = top + FADER_HEIGHT * (1 - FULL_SCALE)
        picture.line(x + METERS[0] - 2, at, x + METERS[1] + METER_WIDTH + 2, at, colors.text)
    bottom = top + FADER_HEIGHT + 18
    picture.text(middle, bottom, strip.volume.text, colors.text, size=12, anchor="middle", bold=True)
    for n, (letter, fill) in enumerate((("M", colors.warning), ("S", colors.accent), ("R", colors.armed))):
        on = letter in strip.flags
        left = x + 8 + n * 23
        # Filled means on, an outline means off, so that colours are not needed.
        picture.rect(left, bottom + 6, 20, 15, fill if on else "", stroke="" if on else colors.line, radius=2)
        ink = theme.on(fill) if on else colors.muted_text
        picture.text(left + 10, bottom + 17, letter, ink, size=10, anchor="middle", bold=on)


def dial(picture: Picture, knob: Dial, x: float, y: float, radius: float, colors: Theme) -> None:
    """A knob: the arc from the default (or the left) to the value, and a pointer."""

    def point(position: float, far: float) -> tuple[float, float]:
        angle = pi * (0.75 + 1.5 * min(1.0, max(0.0, position)))
        return x + far * cos(angle), y + far * sin(angle)

    def arc(low: float, high: float) -> list[tuple[float, float]]:
        steps = max(2, int(abs(high - low) * 24))
        return [point(low + (high - low) * n / steps, radius) for n in range(steps + 1)]

    picture.curve(arc(0, 1), colors.line, 3)
    start = knob.rest if knob.rest is not None else 0.0
    picture.curve(arc(start, knob.position), colors.accent, 3)
    picture.line(*point(knob.position, radius * 0.3), *point(knob.position, radius), colors.text, width=2)
    if knob.automated:
        picture.rect(x + radius - 2, y - radius - 2, 5, 5, colors.armed, radius=2)


def device(
    name: str, dials: Sequence[Dial], colors: Theme, *, on: bool = True, hidden: int = 0, width: int = 1200
) -> Picture:
    """A device's parameters; a parameter that differs from its default has its name in bold and a mark."""
    across = max(1, (width - 16) // 116)
    rows = -(-len(dials) // across) if dials else 0
    height = 44 + rows * 78 + 22
    picture = Picture(width, max(height, 70), colors.background, name)
    changed = [knob for knob in dials if differs(knob)]
    picture.description = f"{name}: " + "; ".join(
        f"{knob.name} {knob.text}" for knob in changed or dials[:12]
    )
    picture.rect(8, 8, 14, 14, colors.playing if on else "", stroke="" if on else colors.line, radius=7)
    picture.text(30, 21, name + ("" if on else " (off)"), colors.text, size=15, bold=True, width=width - 300)
    note = f"{len(changed)} of {len(dials)} differ from default"
    picture.text(width - 10, 20, note, colors.muted_text, size=11, anchor="end")
    for n, knob in enumerate(dials):
        x, y = 8 + n % across * 116, 40 + n // across * 78
        is_changed = differs(knob)
        picture.rect(x, y, 110, 72, colors.panel, stroke=colors.accent if is_changed else "", data=knob.ref)
        dial(picture, knob, x + 55, y + 26, 15, colors)
        picture.text(
            x + 55, y + 56, knob.name, colors.text, size=10, anchor="middle", width=104, bold=is_changed
        )
        picture.text(x + 55, y + 68, knob.text, colors.muted_text, size=10, anchor="middle", width=104)
    if hidden:
        picture.text(8, picture.height - 7, f"Not shown: {hidden} more parameters", colors.warning, size=11)
    return picture


def differs(knob: Dial) -> bool:
    """True for a parameter that is not at its default."""
    return knob.rest is not None and abs(knob.position - knob.rest) > 1e-4
