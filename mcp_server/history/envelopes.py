"""Reverting a Session clip's envelopes: new envelopes are cleared, changed and deleted ones are drawn again.

The log has each envelope's points, [time in beats, value], as Live's API returns them: in internal units, which are
linear gain, Hz and seconds where the parameter shows dB, Hz and seconds (measured on 12.4.6). They are written back in
the parameter's displayed units. From 12.4 on Live accepts lines between points, before 12.4 only steps of a sixteenth.
The log does not have curves.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from mirror import Call, Node, Operation

Points = list[list[float]]
"""A list of [time in beats, value]."""


def by_parameter(envelopes: Any) -> dict[int, Points]:
    """The points of a clip's envelopes, by the id of their parameter."""
    return {
        envelope["parameter"]: [list(point) for point in envelope.get("events") or ()]
        for envelope in envelopes or ()
        if envelope
    }


def drawn(clip: Node, parameter: Node, points: Points | None, now: Points | None) -> list[Operation] | None:
    """The operations that turn a parameter's envelope `now` into `points`; None where Live's API cannot draw them."""
    about = {"device_parameter": parameter.id}
    clear = Call(clip.id, "clear_envelope", about)
    if points is None:
        return [clear]
    if not points or any(len(point) != 2 for point in points):
        return None
    shown = [[time, _written(str(parameter.props.get("display") or ""), value)] for time, value in points]
    ramps = list(_ramps(clip, shown))
    draw = Call(clip.id, "draw_envelope", {**about, "ramps": ramps})
    return [draw] if now is None else [clear, draw]


def _written(display: str, value: float) -> float | str:
    """A point's value as an operation takes it; `display` is any text of the parameter."""
    if display.endswith("dB"):
        return f"{20 * math.log10(value):.2f} dB" if value > 0 else "-inf dB"
    if display.endswith("Hz"):
        return f"{value:.6g} Hz"
    return f"{value * 1000:.6g} ms" if display.endswith(("ms", " s")) else value


def _ramps(clip: Node, points: list[list[Any]]) -> Iterator[dict[str, Any]]:
    """Lines from point to point; outside the points the value is constant up to the clip's ends."""
    begin = min(points[0][0], *_times(clip, "loop_start", "start_marker"))
    end = max(points[-1][0], *_times(clip, "loop_end", "end_marker"))
    whole = [[begin, points[0][1]], *points, [end, points[-1][1]]]
    if begin == points[0][0]:
        del whole[0]
    if end == points[-1][0]:
        del whole[-1]
    for (time, value), (later, end_value) in pairwise(whole):
        if later > time:
            yield {"time": time, "length": later - time, "from": value, "to": end_value, "curve": "linear"}


def _times(clip: Node, *names: str) -> list[float]:
    return [float(clip.props[name]) for name in names if isinstance(clip.props.get(name), int | float)]
