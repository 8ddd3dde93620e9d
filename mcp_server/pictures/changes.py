"""Changes as rows: when, who (a colour and a sign per author), what, and before → after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from . import theme
from .shapes import Picture
from .theme import Theme

ROW = 24
MOST_ROWS = 60


@dataclass(frozen=True)
class Change:
    """One change that a person would name."""

    time: str
    author: str
    what: str
    before: str = ""
    after: str = ""
    ref: str = ""


def changes(rows: Sequence[Change], colors: Theme, *, width: int = 1000) -> Picture:
    """A picture of changes, the newest last; beyond 60 the older changes are counted, not drawn."""
    shown = rows[-MOST_ROWS:]
    authors = list(dict.fromkeys(change.author for change in rows))
    height = 44 + ROW * max(1, len(shown)) + 10
    picture = Picture(width, height, colors.background, "Changes")
    picture.description = f"{len(rows)} changes by {', '.join(authors) or 'nobody'}"
    left = 8.0
    for n, author in enumerate(authors[:8]):
        picture.rect(left, 10, 14, 14, theme.AUTHORS[n % len(theme.AUTHORS)], radius=3)
        picture.text(left + 7, 21, str(n + 1), "#ffffff", size=10, anchor="middle", bold=True)
        picture.text(left + 18, 21, author, colors.text, width=110)
        left += 136
    if len(rows) > len(shown):
        picture.text(width - 8, 21, f"{len(rows) - len(shown)} older ones", colors.warning, anchor="end")
    for n, change in enumerate(shown):
        y = 40 + n * ROW
        number = authors.index(change.author)
        color = theme.AUTHORS[number % len(theme.AUTHORS)]
        picture.rect(8, y, width - 16, ROW - 2, colors.panel if n % 2 else colors.lane, data=change.ref)
        picture.rect(8, y, 22, ROW - 2, color)
        picture.text(19, y + 15, str(number + 1), "#ffffff", size=11, anchor="middle", bold=True)
        picture.text(36, y + 15, change.time, colors.muted_text, size=11, width=76)
        picture.text(116, y + 15, change.what, colors.text, size=12, width=width * 0.46)
        if change.before or change.after:
            arrow = f"{change.before} → {change.after}" if change.before else f"→ {change.after}"
            picture.text(width - 14, y + 15, arrow, colors.text, size=12, anchor="end", width=width * 0.36)
    if not shown:
        picture.text(12, 56, "Nothing has changed.", colors.muted_text)
    return picture
