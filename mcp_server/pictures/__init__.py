"""Pictures of the Set, drawn from the mirror: one list of shapes, written as SVG for people or PNG for models.

gathered   what a target is, and its data from the mirror (start reading here)
rolls, session, arrangements, mixers, changes   data → shapes
shapes, theme   what a picture is made of; colours for light and dark
svg, png   the writers
"""

from .changes import Change, changes
from .gathered import VIEWS, View, draw
from .shapes import Picture
from .svg import svg
from .theme import THEMES, Theme

__all__ = ["THEMES", "VIEWS", "Change", "Picture", "Theme", "View", "changes", "draw", "svg"]
