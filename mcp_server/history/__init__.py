"""States of a Set over time: reading one from a file, finding objects again, the difference of two in words.

matching    which objects of two states are the same
difference  what changed between them, and each change in words
files       the state of an .als file
revert      the changes of a log that are taken back, as operations
returning   what a log has as added, and nobody created
mixes       saved mixes as text; shelf keeps their files, set_folder says where
visits      what is different from when a client was last here
when        moments as people write them
kept        which properties are values that a Set keeps
"""

from .difference import Change, difference, words
from .files import read_set, state_of
from .matching import Matching, match

__all__ = ["Change", "Matching", "difference", "match", "read_set", "state_of", "words"]
