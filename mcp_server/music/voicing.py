"""How a chord's notes lie: inversions, open and close positions, and the way to the next chord with least motion.

A chord is a list of pitches, low to high. Nothing here changes pitch classes.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from operator import sub


def inverted(pitches: Sequence[int], times: int) -> list[int]:
    """The lowest note an octave up, `times` times; negative: the highest one an octave down.

    The order of the list stays that of the notes that moved: sort it to get the chord from low to high.
    """
    found = list(pitches)
    order = sorted(range(len(found)), key=lambda n: found[n])
    for n in range(abs(times)):
        if times > 0:
            found[order[n % len(order)]] += 12
        else:
            found[order[-1 - n % len(order)]] -= 12
    return found


def close(pitches: Sequence[int]) -> list[int]:
    """Within one octave above the lowest note (doubled notes stay doubled, an octave higher)."""
    low = min(pitches)
    found: list[int] = []
    for pitch in pitches:
        pitch = low + (pitch - low) % 12
        while pitch in found:
            pitch += 12
        found.append(pitch)
    return found


BASS_GAP = 5
"""Semitones that a chord's voices keep from a bass below them: closer sounds muddy."""


def above_bass(pitches: Sequence[int], bass: int) -> list[int]:
    """The voices with those that lie less than a fourth above the bass, or below it, raised by octaves."""
    found: list[int] = []
    for pitch in sorted(pitches):
        raised = pitch + 12 * max(0, -(-(bass + BASS_GAP - pitch) // 12))
        while raised in found:
            raised += 12
        found.append(raised)
    return sorted(found)


def bass_of(pitches: Sequence[int]) -> int | None:
    """The lowest pitch, where it is a bass of its own: a fourth or more below three voices that double it."""
    low, *voices = sorted(set(pitches))
    doubled = any(pitch % 12 == low % 12 for pitch in voices)
    return low if len(voices) >= 3 and doubled and voices[0] - low >= BASS_GAP else None


_DROPS = {"drop2": (2,), "drop3": (3,), "drop2+4": (2, 4)}


def spread(pitches: Sequence[int], kind: str) -> list[int]:
    """The chord in close position, then opened as `style` says.

    "open" raises every second note an octave, "drop2" lowers the second note from above an octave, "drop3" the third,
    "drop2+4" both. Each note keeps its place in the list.
    """
    found = close(pitches)
    order = sorted(range(len(found)), key=lambda n: found[n])
    if kind == "open":
        for n in order[1::2]:
            found[n] += 12
    for from_top in _DROPS.get(kind, ()):
        if from_top <= len(order):
            found[order[-from_top]] -= 12
    return found


def motion(before: Sequence[int], after: Sequence[int]) -> int:
    """Semitones that the voices move in all, each note of the larger chord to its nearest of the other."""
    larger, smaller = (before, after) if len(before) >= len(after) else (after, before)
    if len(smaller) == 1:
        return sum([abs(a - smaller[0]) for a in larger])
    return sum([min([abs(a - b) for b in smaller]) for a in larger])


def led(before: Sequence[int], chord: Sequence[int]) -> list[int]:
    """The chord's voicing, low to high, that moves least from `before`.

    Of several the one with least parallel motion, then the one nearest in register.

    Tried are all rotations of the chord in close position, in the octaves around `before`; with as many voices as
    before, voices go in order (low to low), so they do not cross.
    """
    if len(before) == len(chord) == 1:
        return [_nearest(before[0], chord[0])]
    voices, middle = sorted(before), sum(before) / len(before)
    least: tuple[int, int, float, list[int]] = (128 * (len(before) + len(chord)), 0, 0.0, sorted(chord))
    for line in _rotations(tuple(sorted([pitch % 12 for pitch in chord]))):
        paired = len(line) == len(voices)
        for octave in _octaves(line, voices):
            pitches = [pitch + 12 * octave for pitch in line]
            cost = sum(map(abs, map(sub, pitches, voices))) if paired else motion(voices, pitches)
            if cost <= least[0]:
                moves = [move for move in map(sub, pitches, voices) if move] if paired else []
                parallel = max(map(moves.count, moves), default=0)
                least = min(least, (cost, parallel, abs(sum(pitches) / len(pitches) - middle), pitches))
    return least[3]


def _nearest(before: int, pitch: int) -> int:
    """The pitch of this class that is nearest to `before` within 0 to 127; of two, the lower one."""
    up = (pitch - before) % 12
    pitch = before + (up if up < 6 else up - 12)
    return pitch + 12 * ((pitch < 0) - (pitch > 127))


@lru_cache(maxsize=4096)
def _rotations(classes: tuple[int, ...]) -> tuple[tuple[int, ...], ...]:
    """The chord of these pitch classes (ascending; doubled notes twice) from each of its notes up, low to high."""
    single = sorted(set(classes))
    lines = []
    for first in range(len(single)):
        turned = [pitch + 12 * (pitch < single[first]) for pitch in single[first:] + single[:first]]
        # A doubled note lies an octave above its first.
        doubled = [pitch + 12 * n for pitch in turned for n in range(classes.count(pitch % 12))]
        lines.append(tuple(sorted(doubled)))
    return tuple(lines)


def _octaves(line: Sequence[int], before: Sequence[int]) -> range:
    """The octaves within 0 to 127 in which a line is not wholly beyond `before`: farther away all voices move more."""
    lowest, highest = 0, (127 - line[-1]) // 12
    low, high = (before[0] - line[-1]) // 12, -((line[0] - before[-1]) // 12)
    return range(min(max(low, lowest), highest), max(min(high, highest), lowest) + 1)
