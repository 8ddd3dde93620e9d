"""Written properties that Live shows only on a later tick: the one table for headless Live and the probes.

Live's main thread works in turns. A property in `LATE` still reads its old value in the turn that set it, and the
new value from the next engine tick (about 10 ms) on; every other property reads back at once. `GUESSES` are the
entries that no source has measured.
"""

from __future__ import annotations

from typing import Dict, FrozenSet

LATE: Dict[str, FrozenSet[str]] = {
    # Measured on 12.3.5, 12.4.5 and 12.4.6; `overdub` and `session_record` follow `record_mode`.
    "Song": frozenset(
        (
            "back_to_arranger",
            "current_song_time",
            "is_playing",
            "loop",
            "overdub",
            "punch_in",
            "punch_out",
            "record_mode",
            "session_automation_record",
            "session_record",
        )
    ),
    # Measured on 12.4.5.
    "Track": frozenset(("back_to_arranger",)),
    # Measured on 12.4.5 and 12.4.6; no source saw `warping` at once.
    "Clip": frozenset(("is_playing", "warping")),
}
GUESSES = frozenset((("Song", "overdub"), ("Song", "session_record")))


def is_late(lom: str, name: str) -> bool:
    """True when the property of this LOM class reads its old value in the turn that sets it."""
    return name in LATE.get(lom, ())
