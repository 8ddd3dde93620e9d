"""Pictures of the Set, drawn from the mirror: one list of shapes, written as SVG for people or PNG for models.

gathered   the data of a target, from the mirror (start reading here)
sampled    values that are read from Live: meters and playheads
rolls, session, arrangements, mixers   data → shapes
text_art   data → lines of text, for terminals and clients without images
shapes, theme   the elements of a picture; colours for light and dark
svg, png   the writers
"""

from .gathered import VIEWS, Subject, View, draw, gather, paint
from .shapes import Picture
from .svg import svg
from .theme import THEMES, Theme

__all__ = [
    "THEMES",
    "VIEWS",
    "Picture",
    "Subject",
    "Theme",
    "View",
    "draw",
    "gather",
    "paint",
    "svg",
]
