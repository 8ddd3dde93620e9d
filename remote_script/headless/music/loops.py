"""Start, end and loop of a clip: Live's two braces and two markers as an immutable value.

Measured on Live 12.3.5 and 12.4.5: with looping on, `loop_start`/`loop_end` are the loop brace, independent of the
markers. With looping off they are the start and end marker; writing `start_marker` is ignored, and writing
`end_marker` changes only the value that is read until looping is switched on. Switching restores the other pair.
`length` is always loop_end − loop_start. Positions are beats, or seconds for audio that is not warped.
"""

from __future__ import annotations

from typing import NamedTuple, Optional

LOOP_START = "Cannot set LoopStart behind LoopEnd"
LOOP_END = "Cannot set LoopEnd before LoopStart"
START_MARKER = "Cannot set StartMarker behind EndMarker"
END_MARKER = "Cannot set EndMarker before StartMarker"
"""Guess: the texts about markers; the enforced order is documented."""


class Region(NamedTuple):
    looping: bool
    brace_start: float
    brace_end: float
    start: float
    end: float
    phantom_end: Optional[float] = None

    @classmethod
    def of_length(cls, length: float, looping: bool = True) -> Region:
        return cls(looping, 0.0, length, 0.0, length)

    @property
    def loop_start(self) -> float:
        return self.brace_start if self.looping else self.start

    @property
    def loop_end(self) -> float:
        return self.brace_end if self.looping else self.end

    @property
    def start_marker(self) -> float:
        return self.start

    @property
    def end_marker(self) -> float:
        return self.end if self.looping or self.phantom_end is None else self.phantom_end

    @property
    def length(self) -> float:
        return self.loop_end - self.loop_start

    @property
    def session_end_time(self) -> float:
        """`end_time` of a Session clip (measured; of little use)."""
        if self.looping:
            return max(self.brace_end - self.start, self.brace_end - self.brace_start)
        return self.end - self.start

    def with_loop_start(self, value: float) -> Region:
        if value >= self.loop_end:
            raise RuntimeError(LOOP_START)
        return self._replace(brace_start=value) if self.looping else self._replace(start=value)

    def with_loop_end(self, value: float) -> Region:
        if value <= self.loop_start:
            raise RuntimeError(LOOP_END)
        return self._replace(brace_end=value) if self.looping else self._replace(end=value, phantom_end=None)

    def with_start_marker(self, value: float) -> Region:
        if not self.looping:
            return self
        if value >= self.end:
            raise RuntimeError(START_MARKER)
        return self._replace(start=value)

    def with_end_marker(self, value: float) -> Region:
        if value <= self.start:
            raise RuntimeError(END_MARKER)
        return self._replace(end=value) if self.looping else self._replace(phantom_end=value)

    def with_position(self, value: float) -> Region:
        """The loop moved to `value` with its length; a marker that would be passed moves to the loop's border."""
        end = value + self.length
        if not self.looping:
            return self._replace(start=value, end=end, phantom_end=None)
        return self._replace(
            brace_start=value, brace_end=end, start=min(self.start, value), end=max(self.end, end)
        )

    def with_looping(self, looping: bool) -> Region:
        return self._replace(looping=looping, phantom_end=None)

    def doubled(self) -> Region:
        """The region after `duplicate_loop`: the loop (or the played region) is twice as long."""
        end = self.loop_end + self.length
        if self.looping:
            return self._replace(brace_end=end, end=max(self.end, end))
        return self._replace(end=end, phantom_end=None)

    @property
    def cropped_start(self) -> float:
        return min(self.start, self.brace_start) if self.looping else self.start

    @property
    def cropped_end(self) -> float:
        return self.loop_end

    def cropped(self) -> Region:
        """The region after `crop`: it ends with the loop (or with the played region)."""
        return self._replace(
            brace_start=max(self.brace_start, self.cropped_start),
            brace_end=min(self.brace_end, self.cropped_end)
            if self.brace_start < self.cropped_end
            else self.cropped_end,
            end=self.cropped_end if self.start < self.cropped_end else self.end,
            phantom_end=None,
        )

    def position_after(self, played: float, entry: Optional[float] = None) -> Optional[float]:
        """Position of the play head after `played` from `entry` (default: the start); None when the clip has ended."""
        position = (self.start if entry is None else entry) + played
        if not self.looping:
            return position if position < self.end else None
        length = self.brace_end - self.brace_start
        if position < self.brace_end or length <= 0.0:
            return position
        if (self.start if entry is None else entry) >= self.brace_end:
            # Playback started behind the loop and never reaches it.
            return position
        return self.brace_start + (position - self.brace_start) % length
