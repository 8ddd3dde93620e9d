"""Reads breakpoints of the Arrangement's lanes and of clip envelopes from a Set file.

An `Events` element has them in time order; the first event is at `NEVER` and has the value before all others.
Between two `FloatEvent`s the value changes linearly; a `BoolEvent` or `EnumEvent` is a step, i.e. two points at one
time.
"""

from __future__ import annotations

from typing import Callable, Iterable, List, Optional, Tuple
from xml.etree.ElementTree import Element

from . import fields, notices

NEVER = -63072000.0
"""Beats: the time at which Live keeps an envelope's value before its first breakpoint."""
Points = List[Tuple[float, float]]
"""(time in beats, value)"""


def _time(event: Element) -> float:
    return fields.to_number(event.get("Time", "0"), "an event's Time")


def has_breakpoints(events: Optional[Element]) -> bool:
    """True when there are breakpoints, not only the value before the first breakpoint."""
    if events is None:
        return False
    return any(_time(event) > NEVER for event in events if event.tag.endswith("Event"))


def breakpoints(elements: Optional[Iterable[Element]], value_of: Callable[[float], float]) -> Points:
    """The points in time order; the value before the first event counts only if there is no other event."""
    events: Points = []
    initial: Optional[float] = None
    before: Optional[float] = None
    for event in elements or ():
        if not event.tag.endswith("Event"):
            continue
        time = _time(event)
        written = event.get("Value", "0")
        if written in (fields.TRUE, fields.FALSE):
            value = float(written == fields.TRUE)
        else:
            value = value_of(fields.to_number(written, "an event's Value"))
        if time > NEVER:
            if event.tag != "FloatEvent" and before is not None and before != value:
                events.append((time, before))
            events.append((time, value))
        elif initial is None:
            initial = value
        before = value
    if any(later[0] < earlier[0] for earlier, later in zip(events, events[1:])):
        notices.add("order")
        events.sort(key=lambda event: event[0])
    if not events and initial is not None:
        events = [(0.0, initial)]
    return events
