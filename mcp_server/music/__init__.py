"""Music as pure functions from notes and their context to notes or findings; no I/O anywhere.

    ticks, note       exact times; notes, and the difference between two lists of notes
    context, harmony  scales, meter, pads; chords as symbols, degrees and names
    edits             the base of all edits, and running a list of them; `*_edits` define the edits
    voicing, writing  chords, bass lines, melodies, drums as new notes

Start reading at `edits`.
"""

from . import pitch_edits, rhythm_edits, time_edits, velocity_edits
from .context import Context, Scale
from .edits import EDITS, Edit, Selection, Transformed, read, run, transform
from .note import Note, NoteDifference, cut_short, difference, settled
from .ticks import BEAT, Ticks, from_beats, to_beats

__all__ = [
    "BEAT",
    "EDITS",
    "Context",
    "Edit",
    "Note",
    "NoteDifference",
    "Scale",
    "Selection",
    "Ticks",
    "Transformed",
    "cut_short",
    "difference",
    "from_beats",
    "pitch_edits",
    "read",
    "rhythm_edits",
    "run",
    "settled",
    "time_edits",
    "to_beats",
    "transform",
    "velocity_edits",
]
