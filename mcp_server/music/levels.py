"""Levels and headroom from meter readings. Pure functions; the caller samples Live's meters while Live plays.

dBFS = 76 · raw − 70, within 0.01 dB from −69.5 to +6 (measured on 12.4.6 with sine sweeps); meters measure after the
fader and show their peak for about a second.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

FLOOR_DB = -69.5
"""A track whose meter never shows more counts as silent; in dBFS."""
HOLD_S = 1.0
"""Seconds for which a meter shows a peak; readings at half of this interval miss no peak."""
MOST_ROWS = 24
TARGET_DB = -6.0
"""The highest peak on Main, in dBFS, that leaves headroom for mastering."""


class MeteredTrack(NamedTuple):
    """A track and its meter's raw readings, 0 to 1."""

    ref: str
    name: str
    readings: Sequence[float]
    is_main: bool = False

    @property
    def peak_db(self) -> float:
        """The highest reading in dBFS; minus infinity where the meter never showed a level."""
        peak = max(self.readings, default=0.0)
        shown = 76.0 * peak - 70.0
        return shown if shown > FLOOR_DB else float("-inf")


def levels(tracks: Iterable[MeteredTrack]) -> dict[str, Any]:
    """Peaks in dBFS, loudest first, with the headroom below 0 dBFS; tracks that clip or are silent, and proposals."""
    loudest_first = sorted(tracks, key=lambda track: -track.peak_db)
    sounding = [track for track in loudest_first if track.peak_db != float("-inf")]
    if not sounding:
        return {
            "levels": [],
            "why": "nothing sounded: meters show only what plays now; start playback with transport, then ask again",
        }
    rows = [
        {
            "ref": track.ref,
            "name": track.name,
            "peak_db": round(track.peak_db, 1),
            "headroom_db": round(-track.peak_db, 1),
        }
        for track in sounding[:MOST_ROWS]
    ]
    answer: dict[str, Any] = {"levels": rows}
    if len(sounding) > MOST_ROWS:
        answer["more"] = len(sounding) - MOST_ROWS
    clipping = [track for track in sounding if track.peak_db > 0]
    if clipping:
        answer["over_0_dbfs"] = [track.ref for track in clipping][:MOST_ROWS]
    silent = [track.ref for track in loudest_first if track.peak_db == float("-inf")]
    if silent:
        answer["silent"] = silent[:MOST_ROWS]
    proposals = [_lower(track) for track in sounding if track.peak_db > (TARGET_DB if track.is_main else 0.0)]
    if proposals:
        answer["proposals"] = proposals[:MOST_ROWS]
    return answer


def _lower(track: MeteredTrack) -> dict[str, Any]:
    """The call that lowers a track below its limit: 0 dBFS, for Main `TARGET_DB`."""
    limit = TARGET_DB if track.is_main else 0.0
    change = -(int((track.peak_db - limit) * 10) + 1) / 10
    return {
        "why": f"{track.name} peaks at {track.peak_db:.1f} dBFS",
        "tool": "set_track",
        "args": {"track": track.ref, "volume": f"{change:+.1f} dB"},
    }
