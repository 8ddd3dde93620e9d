"""Colours of the light and the dark theme; brightness has a meaning, hue has none.

Track and clip colours come from the Set. A sign or a text has the same information as each colour.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from .. import units

AUTHORS = ("#4e79a7", "#e0803a", "#8f6bb1", "#3d9a8b", "#b5527a", "#7a7a2e")
"""Colours that people with red-green blindness can distinguish; assigned in order of appearance."""


@dataclass(frozen=True)
class Theme:
    """The colours of one brightness."""

    background: str
    panel: str
    lane: str
    line: str
    strong_line: str
    text: str
    muted_text: str
    accent: str
    playing: str
    armed: str
    warning: str


LIGHT = Theme(
    "#f4f4f2", "#ffffff", "#e8e8e4", "#d3d3ce", "#8b8b84", "#1f1f1d", "#5c5c57", "#1f5fa8", "#1c7f3a", "#c4342d",
    "#855600",
)  # fmt: skip
DARK = Theme(
    "#1d1d1f", "#28282b", "#232326", "#3a3a3f", "#67676d", "#ececea", "#a5a5a0", "#7fb2ef", "#5fd07f", "#ff6b61",
    "#f0b13c",
)  # fmt: skip
THEMES = {"light": LIGHT, "dark": DARK}


@lru_cache(4096)
def rgb(color: str) -> tuple[int, int, int]:
    """ "#ff8000" → (255, 128, 0)."""
    value = int(color.lstrip("#"), 16)
    return value >> 16 & 255, value >> 8 & 255, value & 255


def of_live(value: object, default: str) -> str:
    """Live's colour (a number 0 to 0xFFFFFF) as text."""
    return units.color_text(value & 0xFFFFFF) if isinstance(value, int) else default


@lru_cache(4096)
def brightness(color: str) -> float:
    """The perceived brightness, 0 (black) to 1 (white)."""
    red, green, blue = (part / 255 for part in rgb(color))
    return 0.299 * red + 0.587 * green + 0.114 * blue


@lru_cache(4096)
def mixed(color: str, other: str, share: float) -> str:
    """The mixture of two colours; `share` is that of the other colour, 0 to 1."""
    parts = (round(a + (b - a) * share) for a, b in zip(rgb(color), rgb(other), strict=True))
    return "#" + "".join(f"{part:02x}" for part in parts)


@lru_cache(4096)
def luminance(color: str) -> float:
    """The relative luminance of WCAG, 0 to 1."""
    parts = (part / 255 for part in rgb(color))
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(color: str, other: str) -> float:
    """The contrast ratio of WCAG, 1 (the same) to 21 (black and white); text needs 4.5."""
    low, high = sorted((luminance(color), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@lru_cache(4096)
def on(color: str) -> str:
    """Black or white, whichever has more contrast on a colour."""
    return max(("#101010", "#ffffff"), key=lambda ink: contrast(ink, color))


@lru_cache(4096)
def legible(color: str, background: str) -> str:
    """A colour with enough contrast to a background: pale colours are darkened on white, dark ones lightened."""
    light = brightness(background) > 0.5
    while abs(brightness(color) - brightness(background)) < 0.3:
        color = mixed(color, "#000000" if light else "#ffffff", 0.15)
    return color


@lru_cache(4096)
def loud(color: str, velocity: int, background: str) -> str:
    """A note's colour: soft notes fade towards the background, in steps of 8 so that pictures stay small."""
    return mixed(color, background, 0.62 * (1 - min(127, velocity // 8 * 8 + 7) / 127))
