"""Levels and headroom from meter readings. Pure; the caller samples Live's meters while it plays.

dBFS = 76 · raw − 70, within 0.01 dB from −69.5 to +6 (measured on 12.4.6 with sine sweeps); meters stand behind the
fader and hold their peak for about a second.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

FLOOR_DB = -69.5
"""A meter that shows less is taken as silent."""
HOLD_S = 1.0
"""For so long a meter holds a peak: readings at half of it miss none."""
MOST_ROWS = 24
TARGET_DB = -6.0
"""Headroom that a mix leaves on Main before mastering."""


class Heard(NamedTuple):
    """A track and its meter's raw readings, 0 to 1."""

    ref: str
    name: str
    readings: Sequence[float]
    is_main: bool = False

    @property
    def peak_db(self) -> float:
        """The highest reading in dBFS; minus infinity where it never showed anything."""
        peak = max(self.readings, default=0.0)
        shown = 76.0 * peak - 70.0
        return shown if shown > FLOOR_DB else float("-inf")


def levels(heard: Iterable[Heard]) -> dict[str, Any]:
    """Peaks in dBFS, loudest first, with the headroom below 0 dBFS; who clips, who is silent, and what would help."""
    held = sorted(heard, key=lambda each: -each.peak_db)
    sounding = [each for each in held if each.peak_db != float("-inf")]
    if not sounding:
        return {
            "levels": [],
            "why": "nothing sounded: meters show only what plays now; start Live, then ask again",
        }
    rows = [
        {
            "ref": each.ref,
            "name": each.name,
            "peak_db": round(each.peak_db, 1),
            "headroom_db": round(-each.peak_db, 1),
        }
        for each in sounding[:MOST_ROWS]
    ]
    found: dict[str, Any] = {"levels": rows}
    if len(sounding) > MOST_ROWS:
        found["more"] = len(sounding) - MOST_ROWS
    clipping = [each for each in sounding if each.peak_db > 0]
    if clipping:
        found["over_0_dbfs"] = [each.ref for each in clipping][:MOST_ROWS]
    silent = [each.ref for each in held if each.peak_db == float("-inf")]
    if silent:
        found["silent"] = silent[:MOST_ROWS]
    proposals = [_lower(each) for each in sounding if each.peak_db > (TARGET_DB if each.is_main else 0.0)]
    if proposals:
        found["proposals"] = proposals[:MOST_ROWS]
    return found


def _lower(each: Heard) -> dict[str, Any]:
    """The call that brings a track below its limit: 0 dBFS, of Main the target."""
    limit = TARGET_DB if each.is_main else 0.0
    change = -(int((each.peak_db - limit) * 10) + 1) / 10
    return {
        "why": f"{each.name} peaks at {each.peak_db:.1f} dBFS",
        "tool": "set_track",
        "args": {"track": each.ref, "volume": f"{change:+.1f} dB"},
    }
