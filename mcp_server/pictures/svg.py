"""A picture as SVG text, for people, pages and files. Names are escaped; the SVG can neither run nor load anything.

Colours are attributes (`fill=`), never styles, so the picture is shown under the strictest content security policy.
"""

from __future__ import annotations

import re
from html import escape

from .png import measured
from .shapes import Curve, Line, Picture, Rect, Shape, Text

_CONTROL = re.compile(
    r"[\x00-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
"""Characters that XML forbids, and characters that change the direction of the text."""


def clean(text: str) -> str:
    """A text without control characters."""
    return _CONTROL.sub("", text)


def plain(text: str) -> str:
    """A name for display: without control characters, at most 200 characters, escaped."""
    return escape(clean(text[:400])[:200], quote=True)


def _n(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _shape(shape: Shape) -> str:
    match shape:
        case Rect(x, y, width, height, fill, stroke, opacity, radius, data):
            more = f' stroke="{stroke}"' if stroke else ""
            more += f' opacity="{_n(opacity)}"' if opacity < 1 else ""
            more += f' rx="{_n(radius)}"' if radius else ""
            more += f' data-ref="{plain(data)}"' if data else ""
            return (
                f'<rect x="{_n(x)}" y="{_n(y)}" width="{_n(width)}" height="{_n(height)}" fill="{fill or "none"}"'
                f"{more}/>"
            )
        case Line(x1, y1, x2, y2, stroke, width, dashed):
            more = f' stroke-width="{_n(width)}"' if width != 1 else ""
            more += ' stroke-dasharray="4 3"' if dashed else ""
            return f'<line x1="{_n(x1)}" y1="{_n(y1)}" x2="{_n(x2)}" y2="{_n(y2)}" stroke="{stroke}"{more}/>'
        case Curve(points, stroke, width):
            path = " ".join(f"{_n(x)},{_n(y)}" for x, y in points)
            return f'<polyline points="{path}" fill="none" stroke="{stroke}" stroke-width="{_n(width)}"/>'
        case Text(x, y, text, fill, size, anchor, width, bold):
            shown = plain(fitted(text, size, width))
            more = f' text-anchor="{anchor}"' if anchor != "start" else ""
            more += ' font-weight="bold"' if bold else ""
            return f'<text x="{_n(x)}" y="{_n(y)}" font-size="{_n(size)}" fill="{fill}"{more}>{shown}</text>'


def fitted(text: str, size: float, width: float) -> str:
    """`text`, cut with an ellipsis if it is wider than `width` pixels (0: never cut)."""
    text = clean(text[:400])
    if not width or measured(text, size) <= width:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if measured(text[:middle] + "…", size) <= width:
            low = middle
        else:
            high = middle - 1
    return text[:low] + "…" if low else ""


def svg(picture: Picture) -> str:
    """The whole document."""
    body = "\n".join(map(_shape, picture.shapes))
    title = f"<title>{plain(picture.title)}</title>" if picture.title else ""
    words = f"<desc>{plain(picture.description)}</desc>" if picture.description else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {picture.width} {picture.height}" '
        f'width="{picture.width}" height="{picture.height}" role="img" '
        f'font-family="DejaVu Sans, Helvetica, Arial, sans-serif">{title}{words}'
        f'<rect width="100%" height="100%" fill="{picture.background}"/>\n{body}\n</svg>\n'
    )
