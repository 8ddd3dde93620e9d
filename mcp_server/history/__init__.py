"""States of a Set over time: reading one from a file, finding objects again, the difference of two in words.

matching    which objects of two states are the same
difference  what changed between them, and each change in words
files       the state of an .als file
"""

from .difference import Change, difference, words
from .files import read_set, state_of
from .matching import Matching, match

__all__ = ["Change", "Matching", "difference", "match", "read_set", "state_of", "words"]
