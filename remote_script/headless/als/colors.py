"""Colours in Set files: an index into the palette of 70.

Live 11 and later write `Color`. Live 9 and 10 write `ColorIndex`, the same index for clips and an index higher by
140 for tracks and chains (seen in files: a clip has its track's index less 140). Guess: Live 9's palette has
today's colours in the same order.
"""

from __future__ import annotations

from typing import Optional
from xml.etree.ElementTree import Element

from ..music.palette import COLORS
from . import fields


def index(element: Element) -> Optional[int]:
    """The colour's index 0..69, or None if the element has no colour of its own."""
    written = fields.attribute(element, "Color")
    if written is not None:
        code = fields.to_whole(written, "Color", -1, 2**31)
        return None if code < 0 else code % len(COLORS)
    code = fields.whole(element, "ColorIndex", -1, -1, 2**31)
    if code < 0:
        return None
    return code % len(COLORS)
