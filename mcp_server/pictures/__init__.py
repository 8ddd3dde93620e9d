"""Pictures of the Set, drawn from the mirror: one list of shapes, written as SVG for people or PNG for models.

gathered   what a target is, and its data from the mirror (start reading here)
sampled    what Live is asked for besides: meters and playheads
rolls, session, arrangements, mixers   data → shapes
text_art   data → lines of text, for terminals and clients without images
shapes, theme   what a picture is made of; colours for light and dark
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
