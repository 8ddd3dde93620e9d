"""The table of calls that are known to crash a real Live, with the affected versions.

The script refuses such a call, or spreads it over several turns of Live's main thread. Headless Live ends at the
call as a real Live would, so that a test detects every script that makes it. Sources: the PhotonicVelocity/LiveAPI
project on Live 12.3.5, the producer-pal project on Live 12.4.6.
"""

from __future__ import annotations

from typing import Dict, NamedTuple, Optional, Tuple

Version = Tuple[int, ...]

BROWSER_READS = 420
"""Properties of browser items, not counting names, in one turn: reading seven of sixty items crashed Live 12.3.5."""
BROWSER_ITEMS = 50
"""Items that the script reads in one turn."""
SLICING_S = 1.0
"""Guess: seconds that a Simpler needs after it was put into slicing mode; the report says only "wait"."""


class Hazard(NamedTuple):
    """One row; `fixed` is the first Live in which the call is safe, None where no safe version is known."""

    rule: str
    fixed: Optional[Version]
    remedy: str
    """How the script avoids the crash: "spaced", "refused", or "not offered"."""


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
    """True when the call crashes this version of Live."""
    fixed = HAZARDS[name].fixed
    return fixed is None or live < fixed
