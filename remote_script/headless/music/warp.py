"""An audio clip's warp markers: pins of sample time (seconds) to beat time, as an immutable value.

Documented and measured: markers keep both orders; a segment's tempo stays within 5..999 BPM, else "Segment
length out of range"; the sample time lies within the file, else "Warp marker sample time is out of range";
adding an existing marker does nothing, without an error; the last marker is hidden in Live's interface and sets the
tempo after the last visible marker (1/32 beat after it in a new clip). `beat_to_sample` returns frames.
"""

from __future__ import annotations

from typing import Any, Iterable, Iterator, List, NamedTuple, Optional, Sequence, Tuple

SEGMENT = "Segment length out of range"
SAMPLE_TIME = "Warp marker sample time is out of range"
NO_MARKER = "There is no warp marker at the given beat time"
"""Guess: the text; the failure to remove or move a missing marker is documented."""

HIDDEN_BEATS = 1.0 / 32
SLOWEST, FASTEST = 5.0, 999.0
NEAR = 1e-6
"""A marker is at a beat time if it is less than this many beats away."""


class Marker(NamedTuple):
    sample_time: float
    beat_time: float


class WarpMarkers:
    """One version of a clip's markers, at least two, the hidden one included."""

    __slots__ = ("markers", "seconds")

    def __init__(self, markers: Iterable[Marker], seconds: float) -> None:
        self.markers: Tuple[Marker, ...] = tuple(sorted(markers, key=lambda marker: marker.beat_time))
        self.seconds = seconds

    @classmethod
    def fresh(cls, seconds: float, tempo: float = 120.0) -> WarpMarkers:
        """The markers that Live sets for a file of `seconds` that plays at its own speed at `tempo`."""
        return cls([Marker(0.0, 0.0), Marker(HIDDEN_BEATS * 60.0 / tempo, HIDDEN_BEATS)], seconds)

    @classmethod
    def of(cls, specs: Sequence[Any], seconds: float, tempo: float = 120.0) -> WarpMarkers:
        """The markers of `WarpMarkerSpec`s; with fewer than two, the hidden marker is invented at `tempo`."""
        markers = [Marker(float(spec.sample_time), float(spec.beat_time)) for spec in specs]
        if not markers:
            return cls.fresh(seconds, tempo)
        if len(markers) == 1:
            only = markers[0]
            markers.append(
                Marker(only.sample_time + HIDDEN_BEATS * 60.0 / tempo, only.beat_time + HIDDEN_BEATS)
            )
        return cls(markers, seconds)

    def __iter__(self) -> Iterator[Marker]:
        return iter(self.markers)

    def __len__(self) -> int:
        return len(self.markers)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, WarpMarkers) and self.markers == other.markers

    def __ne__(self, other: object) -> bool:
        return not self == other

    def beat_to_seconds(self, beat: float) -> float:
        left, right = self._segment(beat, 1)
        slope = (right.sample_time - left.sample_time) / (right.beat_time - left.beat_time)
        return left.sample_time + (beat - left.beat_time) * slope

    def seconds_to_beat(self, seconds: float) -> float:
        left, right = self._segment(seconds, 0)
        slope = (right.beat_time - left.beat_time) / (right.sample_time - left.sample_time)
        return left.beat_time + (seconds - left.sample_time) * slope

    def _segment(self, position: float, axis: int) -> Tuple[Marker, Marker]:
        index = 1
        while index < len(self.markers) - 1 and self.markers[index][axis] <= position:
            index += 1
        return self.markers[index - 1], self.markers[index]

    def add(self, beat_time: Optional[float], sample_time: Optional[float]) -> WarpMarkers:
        """The markers with one more; without a sample time, the time that does not change the clip's playback."""
        if beat_time is None and sample_time is None:
            raise RuntimeError(SEGMENT)
        if beat_time is None:
            assert sample_time is not None
            beat_time = self.seconds_to_beat(sample_time)
        if sample_time is None:
            sample_time = self.beat_to_seconds(beat_time)
        if not 0.0 <= sample_time <= self.seconds:
            raise RuntimeError(SAMPLE_TIME)
        marker = Marker(sample_time, beat_time)
        if any(_same(marker, other) for other in self.markers):
            return self
        if any(abs(other.beat_time - beat_time) < NEAR for other in self.markers):
            raise RuntimeError(SEGMENT)
        markers = list(self.markers)
        if beat_time > markers[-1].beat_time - NEAR:
            # A marker after the hidden marker: the hidden marker moves along, and the tempo stays.
            hidden = markers.pop()
            left = markers[-1]
            slope = (hidden.sample_time - left.sample_time) / (hidden.beat_time - left.beat_time)
            markers += [marker, Marker(sample_time + HIDDEN_BEATS * slope, beat_time + HIDDEN_BEATS)]
        else:
            markers.append(marker)
        return self._checked(markers)

    def move(self, beat_time: float, distance: float) -> WarpMarkers:
        """The markers with the one at `beat_time` moved by `distance` beats; its sample time does not change."""
        index = self._index(beat_time)
        markers = list(self.markers)
        markers[index] = markers[index]._replace(beat_time=markers[index].beat_time + distance)
        if index == len(markers) - 2:
            # The hidden marker stays at its distance from the last visible marker.
            hidden = markers[-1]
            markers[-1] = hidden._replace(beat_time=hidden.beat_time + distance)
        if any(b.beat_time <= a.beat_time for a, b in zip(markers, markers[1:])):
            raise RuntimeError(SEGMENT)
        return self._checked(markers)

    def remove(self, beat_time: float) -> WarpMarkers:
        """The markers without the one at `beat_time`. Guess: the last two cannot be removed."""
        index = self._index(beat_time)
        if len(self.markers) <= 2:
            raise RuntimeError(NO_MARKER)
        return WarpMarkers(self.markers[:index] + self.markers[index + 1 :], self.seconds)

    def _index(self, beat_time: float) -> int:
        for index, marker in enumerate(self.markers):
            if abs(marker.beat_time - beat_time) < NEAR:
                return index
        raise RuntimeError(NO_MARKER)

    def _checked(self, markers: List[Marker]) -> WarpMarkers:
        new = WarpMarkers(markers, self.seconds)
        for left, right in zip(new.markers, new.markers[1:]):
            seconds = right.sample_time - left.sample_time
            if (
                seconds <= 0.0
                or not SLOWEST <= 60.0 * (right.beat_time - left.beat_time) / seconds <= FASTEST
            ):
                raise RuntimeError(SEGMENT)
        return new


def _same(one: Marker, other: Marker) -> bool:
    return abs(one.beat_time - other.beat_time) < NEAR and abs(one.sample_time - other.sample_time) < NEAR
