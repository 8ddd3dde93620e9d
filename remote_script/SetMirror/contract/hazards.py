"""The table of calls that are known to end a real Live, with the versions in which they do.

The script refuses such a call, or spaces it over several turns of Live's main thread; headless Live ends where a real
Live would, so that a test finds every script that makes one. Sources: the PhotonicVelocity/LiveAPI project on Live
12.3.5, the producer-pal project on Live 12.4.6.
"""

from __future__ import annotations

from typing import Dict, NamedTuple, Optional, Tuple

Version = Tuple[int, ...]

BROWSER_READS = 420
"""Properties of browser items, names apart, in one turn: seven of sixty items ended Live 12.3.5."""
BROWSER_ITEMS = 50
"""Items that the script reads in one turn."""
SLICING_S = 1.0
"""Guess: how long a Simpler needs after it was put into slicing mode; the report says only "wait"."""


class Hazard(NamedTuple):
    """One row; `fixed` is the first Live in which the call is safe, None where no safe one is known."""

    rule: str
    fixed: Optional[Version]
    remedy: str
    """What the script does about it: "spaced", "refused", or "not offered"."""


HAZARDS: Dict[str, Hazard] = {
    "browser_reads": Hazard(
        "properties of more than 60 browser items cannot be read in one turn", (12, 4), "spaced"
    ),
    "clip_onto_itself": Hazard(
        "an arrangement clip cannot be copied onto an overlap of itself", (12, 3), "refused"
    ),
    "slicing_at_once": Hazard(
        "a Simpler cannot be sliced right after it was put into slicing mode", None, "not offered"
    ),
}


def ends(name: str, live: Version) -> bool:
    """Whether this Live is ended by the call."""
    fixed = HAZARDS[name].fixed
    return fixed is None or live < fixed
