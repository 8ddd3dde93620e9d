"""A picture as a list of shapes: the result of every drawing function, and the input of both writers (SVG, PNG).

Coordinates are pixels from the top left. Colours are "#rrggbb". Names from a Set are only in `Text.text`,
`Picture.title` and `Picture.description`, where the writers escape them, so a name can never be markup.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from msgspec import Struct

Anchor = Literal["start", "middle", "end"]


class Rect(Struct, frozen=True, gc=False):
    """A filled rectangle; `stroke` draws its edge 1 pixel wide; `data` has attributes of its object (in SVG only)."""

    x: float
    y: float
    width: float
    height: float
    fill: str = ""
    stroke: str = ""
    opacity: float = 1.0
    radius: float = 0.0
    data: str = ""


class Line(Struct, frozen=True, gc=False):
    """A straight line."""

    x1: float
    y1: float
    x2: float
    y2: float
    stroke: str
    width: float = 1.0
    dashed: bool = False


class Curve(Struct, frozen=True, gc=False):
    """A line through points, such as an envelope or an arc."""

    points: tuple[tuple[float, float], ...]
    stroke: str
    width: float = 1.5


class Text(Struct, frozen=True, gc=False):
    """One line of text; `y` is its baseline; a text wider than `width` is cut with an ellipsis."""

    x: float
    y: float
    text: str
    fill: str
    size: float = 12.0
    anchor: Anchor = "start"
    width: float = 0.0
    bold: bool = False


Shape = Rect | Line | Curve | Text


@dataclass(slots=True)
class Picture:
    """Shapes in the order of drawing; `description` has the content in words."""

    width: int
    height: int
    background: str
    title: str = ""
    description: str = ""
    shapes: list[Shape] = field(default_factory=list)

    def rect(self, x: float, y: float, width: float, height: float, fill: str = "", **more: object) -> None:
        """Add a rectangle, unless it has no area."""
        if width > 0 and height > 0:
            self.shapes.append(Rect(x, y, width, height, fill, **more))  # type: ignore[arg-type]

    def line(self, x1: float, y1: float, x2: float, y2: float, stroke: str, **more: object) -> None:
        """Add a line."""
        self.shapes.append(Line(x1, y1, x2, y2, stroke, **more))  # type: ignore[arg-type]

    def curve(self, points: list[tuple[float, float]], stroke: str, width: float = 1.5) -> None:
        """Add a line through points, unless there are fewer than two."""
        if len(points) > 1:
            self.shapes.append(Curve(tuple(points), stroke, width))

    def text(self, x: float, y: float, text: str, fill: str, **more: object) -> None:
        """Add a text, unless it is empty."""
        if text:
            self.shapes.append(Text(x, y, text, fill, **more))  # type: ignore[arg-type]
