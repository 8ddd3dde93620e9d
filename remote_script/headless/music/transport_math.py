"""Song time without a song: launch grids, bars and beats, SMPTE, loops.

Times are in beats (quarter notes) unless noted otherwise.

The beat of the display is the denominator's note, a bar is numerator × 4 / denominator quarter notes. The
display is 1-based: bars, beats, sixteenths, and 60 ticks a sixteenth (measured on Live 12.3.5).
"""

from __future__ import annotations

import math
from typing import NamedTuple

TICKS_PER_SIXTEENTH = 60

# Song.Quantization 1..13: in bars, or in beats.
_BARS = {1: 8.0, 2: 4.0, 3: 2.0, 4: 1.0}
_BEATS = {
    5: 2.0,
    6: 4.0 / 3,
    7: 1.0,
    8: 2.0 / 3,
    9: 1.0 / 2,
    10: 1.0 / 3,
    11: 1.0 / 4,
    12: 1.0 / 6,
    13: 1.0 / 8,
}

NEAR = 1e-9


class BeatTime(NamedTuple):
    """A position as the display shows it, each part from 1; a length counts each part from 0."""

    bars: int
    beats: int
    sub_division: int
    ticks: int


class Smpte(NamedTuple):
    hours: int
    minutes: int
    seconds: int
    frames: int


def bar_length(numerator: int, denominator: int) -> float:
    """Quarter notes in a bar."""
    return numerator * 4.0 / denominator


def quantization_beats(quantization: int, numerator: int = 4, denominator: int = 4) -> float:
    """The step of a `Song.Quantization` in beats; 0.0 for none."""
    if quantization in _BARS:
        return _BARS[quantization] * bar_length(numerator, denominator)
    return _BEATS.get(quantization, 0.0)


def clip_quantization(launch_quantization: int, song_quantization: int) -> int:
    """The `Song.Quantization` for a clip's `ClipLaunchQuantization` (0 is the song's)."""
    return song_quantization if launch_quantization == 0 else launch_quantization - 1


def next_grid_time(now: float, step: float) -> float:
    """The first line of the grid at or after `now`; `now` itself without a grid."""
    if step <= 0.0:
        return now
    return math.ceil(now / step - NEAR) * step


def to_beat_time(beats: float, numerator: int = 4, denominator: int = 4, length: bool = False) -> BeatTime:
    """A position (or with `length` a duration) in bars, beats, sixteenths and ticks."""
    base = 0 if length else 1
    ticks = math.floor(beats * 4 * TICKS_PER_SIXTEENTH + 1e-6)
    ticks_per_beat = 16 * TICKS_PER_SIXTEENTH // denominator
    ticks_per_bar = numerator * ticks_per_beat
    bars, rest = divmod(ticks, ticks_per_bar)
    whole_beats, rest = divmod(rest, ticks_per_beat)
    sixteenths, rest = divmod(rest, TICKS_PER_SIXTEENTH)
    return BeatTime(bars + base, whole_beats + base, sixteenths + base, rest + base)


# Song.TimeFormat: frames a second (0 is milliseconds; 4 and 5 are counted at 30 and 29.97).
_FRAMES = {0: 1000.0, 1: 24.0, 2: 25.0, 3: 30.0, 4: 30000.0 / 1001, 5: 30000.0 / 1001}


def to_smpte(seconds: float, time_format: int) -> Smpte:
    """A position in one of Live's time formats; in format 0 the frames are milliseconds.

    Drop-frame (4) skips the frame numbers 0 and 1 of every minute but each tenth. Guess: 29 (5) counts
    without dropping. Negative positions count as 0.
    """
    rate = _FRAMES[time_format]
    total = math.floor(max(0.0, seconds) * rate + 1e-6)
    nominal = round(rate)
    if time_format == 4:
        tens, rest = divmod(total, 17982)
        total += 18 * tens + (2 * ((rest - 2) // 1798) if rest >= 2 else 0)
    whole, frames = divmod(total, nominal)
    minutes, secs = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return Smpte(hours, minutes, secs, frames)


def wrapped(position: float, loop_start: float, loop_end: float) -> float:
    """Position of a play head that ran to `position`, if `loop_end` leads back to `loop_start`."""
    length = loop_end - loop_start
    if length <= 0.0 or position < loop_end:
        return position
    return loop_start + math.fmod(position - loop_start, length)


def passes(position: float, before: float, loop_start: float, loop_end: float) -> int:
    """Number of times that a run from `before` to the unwrapped `position` crosses the loop's end."""
    length = loop_end - loop_start
    if length <= 0.0 or before >= loop_end or position < loop_end:
        return 0
    return int((position - loop_end) // length) + 1
