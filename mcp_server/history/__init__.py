"""States of a Set over time: reading a state from a file, matching objects, differences in words, reverting changes.

matching    which object of one state is which object of another state
difference  what changed between them, and each change in words
files       the state of an .als file
revert      operations that revert changes of a log
selection   the changes of a log that a revert selects
locators    deleted and moved locators, created again
returning   objects that came back by an undo, or that a write deleted and created again
mixes       saved mixes as text; `shelf` has their files, `set_folder` finds the folder
visits      the changes since a client's last visit
when        moments in the forms that people write
persistent  the properties whose values are part of a Set
"""

from .difference import Difference, difference, words
from .files import read_set, state_of
from .matching import Matching, match

__all__ = ["Difference", "Matching", "difference", "match", "read_set", "state_of", "words"]
