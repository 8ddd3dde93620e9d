"""A clip envelope as an immutable list of breakpoints, with Live's odd edges.

Measured on Live 12.3.5 to 12.4.5: a step writes two breakpoints on each of its borders; the value exactly on
a border is the value before the border, so a step starts *after* its time; ranges are inclusive at both ends; beyond
±1,576,800 beats Live raises ValueError "Range out of bounds.". The four control coefficients (0.5 each is a
straight line) are stored but do not change the result of `value_at`. Times are beats from the clip's start, values
are in the parameter's range.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from typing import Iterable, Iterator, NamedTuple, Sequence, Tuple

LIMIT = 1576800.0
OUT_OF_BOUNDS = "Range out of bounds."
STRAIGHT = (0.5, 0.5, 0.5, 0.5)


class Breakpoint(NamedTuple):
    time: float
    value: float
    coefficients: Tuple[float, float, float, float] = STRAIGHT


def check_range(start: float, end: float) -> None:
    """Raise ValueError for an end outside Live's timeline."""
    if not (abs(start) <= LIMIT and abs(end) <= LIMIT):
        raise ValueError(OUT_OF_BOUNDS)


class Breakpoints:
    """One version of an envelope; events sorted by time, in order of arrival at equal times."""

    __slots__ = ("_times", "events")

    def __init__(self, events: Iterable[Breakpoint] = ()) -> None:
        self.events: Tuple[Breakpoint, ...] = tuple(sorted(events, key=lambda event: event.time))
        self._times = [event.time for event in self.events]

    @classmethod
    def of(cls, pairs: Iterable[Sequence[float]]) -> Breakpoints:
        return cls(Breakpoint(float(pair[0]), float(pair[1])) for pair in pairs)

    def __len__(self) -> int:
        return len(self.events)

    def __iter__(self) -> Iterator[Breakpoint]:
        return iter(self.events)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Breakpoints) and self.events == other.events

    def __ne__(self, other: object) -> bool:
        return not self == other

    def value_at(self, time: float, without: float = 0.0) -> float:
        """The value at `time`; on a border the value before the border.

        `without` is the value of an envelope with no events.
        """
        if not self.events:
            return without
        index = bisect_left(self._times, time)
        return self._between(index, time)

    def value_after(self, time: float, without: float = 0.0) -> float:
        """The value right after `time`: on a border the value after the border."""
        if not self.events:
            return without
        index = bisect_right(self._times, time)
        return (
            self.events[index - 1].value
            if index and self._times[index - 1] == time
            else self._between(index, time)
        )

    def _between(self, index: int, time: float) -> float:
        if index == 0:
            return self.events[0].value
        if index == len(self.events):
            return self.events[-1].value
        left, right = self.events[index - 1], self.events[index]
        if right.time == time:
            return right.value
        share = (time - left.time) / (right.time - left.time)
        return left.value + (right.value - left.value) * share

    def in_range(self, start: float, end: float) -> Tuple[Breakpoint, ...]:
        """The events from `start` to `end`, both included."""
        check_range(start, end)
        return self.events[bisect_left(self._times, start) : bisect_right(self._times, end)]

    def deleted(self, start: float, end: float) -> Breakpoints:
        """The breakpoints without the events from `start` to `end`, both included."""
        check_range(start, end)
        return Breakpoints(event for event in self.events if not start <= event.time <= end)

    def with_event(self, event: Breakpoint) -> Breakpoints:
        """The breakpoints with one more event; at an occupied time the new event comes last."""
        check_range(event.time, event.time)
        return Breakpoints(self.events + (event,))

    def with_step(self, start: float, length: float, value: float, without: float = 0.0) -> Breakpoints:
        """The breakpoints with `value` from `start` for `length` beats. Guess: a length up to 0 changes nothing."""
        if not (math.isfinite(start) and math.isfinite(length)):
            raise ValueError(OUT_OF_BOUNDS)
        end = start + length
        check_range(start, end)
        if length <= 0.0:
            return self
        before, after = self.value_at(start, without), self.value_after(end, without)
        kept = [event for event in self.events if event.time < start]
        kept += [
            Breakpoint(start, before),
            Breakpoint(start, value),
            Breakpoint(end, value),
            Breakpoint(end, after),
        ]
        kept += [event for event in self.events if event.time > end]
        return Breakpoints(kept)

    def shifted(self, beats: float) -> Breakpoints:
        return Breakpoints(event._replace(time=event.time + beats) for event in self.events)

    def loop_duplicated(self, start: float, end: float) -> Breakpoints:
        """The breakpoints with `start`..`end` repeated right after itself; later events move by its length."""
        if not self.events:
            return self
        length = end - start
        inside = [event for event in self.events if start <= event.time <= end]
        copies = [event._replace(time=event.time + length) for event in inside]
        later = [event._replace(time=event.time + length) for event in self.events if event.time > end]
        return Breakpoints([event for event in self.events if event.time <= end] + copies + later)

    def cropped(self, start: float, end: float) -> Breakpoints:
        """The breakpoints in `start`..`end`, with the values at both ends."""
        if not self.events:
            return self
        inside = [event for event in self.events if start <= event.time <= end]
        if not inside or inside[0].time > start:
            inside.insert(0, Breakpoint(start, self.value_after(start)))
        if inside[-1].time < end:
            inside.append(Breakpoint(end, self.value_at(end)))
        return Breakpoints(inside)
