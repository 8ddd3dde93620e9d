"""States of a Set over time: reading one from a file, finding objects again, the difference of two in words.

matching    which object of one state is which object of another state
difference  what changed between them, and each change in words
files       the state of an .als file
revert      operations that revert changes of a log
selection   which changes of a log a revert is about
locators    deleted and moved locators, set again
returning   objects that a log has as added although nobody created them
mixes       saved mixes as text; shelf keeps their files, set_folder says where
visits      the changes since a client's last visit
when        moments as people write them
persistent  the properties whose values are part of a Set
"""

from .difference import Difference, difference, words
from .files import read_set, state_of
from .matching import Matching, match

__all__ = ["Difference", "Matching", "difference", "match", "read_set", "state_of", "words"]
