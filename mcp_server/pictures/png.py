"""A picture as PNG with a palette, for models and clients without SVG; drawn by pillow with a shipped font.

Drawing takes tens of milliseconds: call `png` in a thread (`anyio.to_thread.run_sync`); pillow releases the lock.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import as_file, files
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

from . import theme
from .shapes import Curve, Line, Picture, Rect, Text

COLORS = 128
COMPRESSION = 6
"""The PNG's compression level: a sixth larger than with 9, and in a fifth of the time."""
MOST_PIXELS = 4_000_000
"""The most pixels of a picture; clients scale down to 1.15 million pixels anyway."""
FONT = "DejaVuSans.ttf"


@lru_cache(4096)
def font(size: float) -> ImageFont.FreeTypeFont:
    """The shipped font: Latin, Greek, Cyrillic and signs of music; other scripts show as boxes."""
    with as_file(files(__package__) / FONT) as path:
        return ImageFont.truetype(str(path), size)


@lru_cache(4096)
def _advance(sign: str) -> float:
    return font(100.0).getlength(sign) / 100.0


def measured(text: str, size: float) -> float:
    """The width of a text in pixels."""
    return size * sum(map(_advance, text))


def png(picture: Picture, scale: float = 1.0) -> bytes:
    """The picture's bytes.

    Raises:
      ValueError: the picture has more than 4 million pixels.
    """
    width, height = round(picture.width * scale), round(picture.height * scale)
    if width * height > MOST_PIXELS:
        raise ValueError(f"a picture may have {MOST_PIXELS} pixels, not {width} x {height}")
    image = Image.new("RGB", (width, height), picture.background)
    draw = ImageDraw.Draw(image)
    for shape in picture.shapes:
        _draw(draw, shape, scale, picture.background)
    buffer = BytesIO()
    image.quantize(COLORS, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(
        buffer, "PNG", compress_level=COMPRESSION
    )
    return buffer.getvalue()


def _draw(
    draw: ImageDraw.ImageDraw, shape: Rect | Line | Curve | Text, scale: float, background: str
) -> None:
    match shape:
        case Rect(x, y, width, height, fill, stroke, opacity, radius, _):
            box = (x * scale, y * scale, (x + width) * scale - 1, (y + height) * scale - 1)
            box = (box[0], box[1], max(box[0], box[2]), max(box[1], box[3]))
            color = theme.mixed(fill, background, 1 - opacity) if fill and opacity < 1 else fill
            inside, edge = theme.rgb(color) if color else None, theme.rgb(stroke) if stroke else None
            rounded = min(radius * scale, (box[2] - box[0]) / 2, (box[3] - box[1]) / 2)
            if rounded >= 1:
                draw.rounded_rectangle(box, rounded, inside, edge)
            else:
                draw.rectangle(box, inside, edge)
        case Line(x1, y1, x2, y2, stroke, width, dashed):
            wide = max(1, round(width * scale))
            if dashed:
                _dashes(draw, (x1 * scale, y1 * scale, x2 * scale, y2 * scale), stroke, wide)
            else:
                draw.line((x1 * scale, y1 * scale, x2 * scale, y2 * scale), theme.rgb(stroke), wide)
        case Curve(points, stroke, width):
            draw.line(
                [(x * scale, y * scale) for x, y in points], stroke, max(1, round(width * scale)), "curve"
            )
        case Text(x, y, text, fill, size, anchor, width, bold):
            from .svg import fitted

            place = {"start": "ls", "middle": "ms", "end": "rs"}[anchor]
            shown = fitted(text, size, width)
            weight = 0.4 * scale if bold else 0
            draw.text(
                (x * scale, y * scale), shown, fill, font(round(size * scale, 1)), place, stroke_width=weight
            )


def _dashes(
    draw: ImageDraw.ImageDraw, ends: tuple[float, float, float, float], stroke: str, width: int
) -> None:
    x1, y1, x2, y2 = ends
    length = max(abs(x2 - x1), abs(y2 - y1)) or 1
    for n in range(0, int(length), 7):
        a, b = n / length, min(1.0, (n + 4) / length)
        draw.line(
            (x1 + (x2 - x1) * a, y1 + (y2 - y1) * a, x1 + (x2 - x1) * b, y1 + (y2 - y1) * b), stroke, width
        )
