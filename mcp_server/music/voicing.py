"""Voicings of chords: inversions, open and close positions, and voice leading to the next chord with least motion.

A chord is a list of pitches, low to high. Nothing here changes pitch classes.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from operator import sub


def inverted(pitches: Sequence[int], times: int) -> list[int]:
    """The chord with its lowest note raised an octave, `times` times; negative: with its highest note lowered.

    Each note keeps its index in the list: sort the list to get the chord from low to high.
    """
    turned = list(pitches)
    order = sorted(range(len(turned)), key=lambda n: turned[n])
    for n in range(abs(times)):
        if times > 0:
            turned[order[n % len(order)]] += 12
        else:
            turned[order[-1 - n % len(order)]] -= 12
    return turned


def close(pitches: Sequence[int]) -> list[int]:
    """The chord within one octave above its lowest note; doubled notes stay doubled, an octave higher."""
    low = min(pitches)
    voices: list[int] = []
    for pitch in pitches:
        pitch = low + (pitch - low) % 12
        while pitch in voices:
            pitch += 12
        voices.append(pitch)
    return voices


BASS_GAP = 5
"""The smallest distance in semitones between a bass and the voices above it; a smaller one sounds muddy."""


def above_bass(pitches: Sequence[int], bass: int) -> list[int]:
    """The voices, raised by octaves where they lie below the bass or less than a fourth above it."""
    voices: list[int] = []
    for pitch in sorted(pitches):
        raised = pitch + 12 * max(0, -(-(bass + BASS_GAP - pitch) // 12))
        while raised in voices:
            raised += 12
        voices.append(raised)
    return sorted(voices)


def bass_of(pitches: Sequence[int]) -> int | None:
    """The lowest pitch if it is a separate bass: a fourth or more below three other voices and doubled by one."""
    low, *voices = sorted(set(pitches))
    doubled = any(pitch % 12 == low % 12 for pitch in voices)
    return low if len(voices) >= 3 and doubled and voices[0] - low >= BASS_GAP else None


_DROPS = {"drop2": (2,), "drop3": (3,), "drop2+4": (2, 4)}


def spread(pitches: Sequence[int], kind: str) -> list[int]:
    """The chord in close position, then opened as `kind` says.

    "open" raises every second note an octave, "drop2" lowers the second note from above by an octave, "drop3" the
    third, "drop2+4" the second and the fourth. Each note keeps its index in the list.
    """
    voices = close(pitches)
    order = sorted(range(len(voices)), key=lambda n: voices[n])
    if kind == "open":
        for n in order[1::2]:
            voices[n] += 12
    for from_top in _DROPS.get(kind, ()):
        if from_top <= len(order):
            voices[order[-from_top]] -= 12
    return voices


def motion(before: Sequence[int], after: Sequence[int]) -> int:
    """The sum of all voices' moves in semitones, from each note of the larger chord to the nearest of the other."""
    larger, smaller = (before, after) if len(before) >= len(after) else (after, before)
    if len(smaller) == 1:
        return sum([abs(a - smaller[0]) for a in larger])
    return sum([min([abs(a - b) for b in smaller]) for a in larger])


SEPARATE_GAP = 3
"""The smallest distance in semitones between a separate bass and the voices above it; a second would be a cluster."""


def led(before: Sequence[int], chord: Sequence[int], *, separate: bool = False) -> list[int]:
    """The chord's voicing, low to high, that moves least from `before`.

    Of several such voicings the one with least parallel motion is taken, then the one nearest in register. A chord
    that repeats keeps its voicing.

    All rotations of the chord in close position are tried, in the octaves around `before`; of five notes or more also
    the dropped positions, and only those without a cluster if there are any. If the number of voices is the same,
    voices are paired in order (lowest with lowest), so they do not cross.

    Args:
      separate: True if the first pitch of `chord` is a separate bass ("Bb/C"), which stays the lowest note.
    """
    if len(before) == len(chord) == 1:
        return [_nearest(before[0], chord[0])]
    voices, middle = sorted(before), sum(before) / len(before)
    classes = _classes(tuple(chord))
    bass_stays = not separate or voices[0] % 12 == chord[0] % 12
    if bass_stays and classes == _classes(tuple(voices)):
        # The same chord keeps its voicing, also one that no rotation gives.
        return voices
    least: tuple[int, int, float, list[int]] = (128 * (len(before) + len(chord)), 0, 0.0, sorted(chord))
    for rotation in _over_bass(chord) if separate else _rotations(classes):
        paired = len(rotation) == len(voices)
        for octave in _octaves(rotation, voices):
            pitches = [pitch + 12 * octave for pitch in rotation]
            cost = sum(map(abs, map(sub, pitches, voices))) if paired else motion(voices, pitches)
            if cost <= least[0]:
                moves = [move for move in map(sub, pitches, voices) if move] if paired else []
                parallel = max(map(moves.count, moves), default=0)
                least = min(least, (cost, parallel, abs(sum(pitches) / len(pitches) - middle), pitches))
    return least[3]


@lru_cache(4096)
def _classes(pitches: tuple[int, ...]) -> tuple[int, ...]:
    """The pitch classes, in order."""
    return tuple(sorted([pitch % 12 for pitch in pitches]))


def _over_bass(chord: Sequence[int]) -> list[tuple[int, ...]]:
    """The rotations of the chord's upper voices, each with the bass (the first pitch) below it, low to high."""
    bass, *above = chord
    rotations = []
    for rotation in _rotations(_classes(tuple(above))):
        gap = (rotation[0] - bass) % 12
        low = rotation[0] - (gap if gap >= SEPARATE_GAP else gap + 12)
        up = 12 * max(0, -(low // 12))
        rotations.append((low + up, *(pitch + up for pitch in rotation)))
    return rotations


def _nearest(before: int, pitch: int) -> int:
    """The pitch of this class that is nearest to `before` within 0 to 127; the lower of two."""
    up = (pitch - before) % 12
    pitch = before + (up if up < 6 else up - 12)
    return pitch + 12 * ((pitch < 0) - (pitch > 127))


@lru_cache(maxsize=4096)
def _rotations(classes: tuple[int, ...]) -> tuple[tuple[int, ...], ...]:
    """The chord in close position above each of its notes; `classes` are ascending, doubled notes are in it twice."""
    single = sorted(set(classes))
    rotations = []
    for first in range(len(single)):
        turned = [pitch + 12 * (pitch < single[first]) for pitch in single[first:] + single[:first]]
        # A doubled note lies an octave above the note that it doubles.
        doubled = [pitch + 12 * n for pitch in turned for n in range(classes.count(pitch % 12))]
        rotations.append(tuple(sorted(doubled)))
    if len(single) >= _MANY:
        rotations += [tuple(sorted(_dropped(turned, kind))) for turned in rotations for kind in _DROPS]
        rotations = [turned for turned in rotations if not _clustered(turned)] or rotations
    return tuple(rotations)


_MANY = 5
"""From so many different notes on, every close position has seconds side by side."""


def _dropped(turned: tuple[int, ...], kind: str) -> list[int]:
    """The position with voices an octave lower, as `_DROPS` says, from 0 on."""
    voices = list(turned)
    for from_top in _DROPS[kind]:
        voices[-from_top] -= 12
    up = 12 * max(0, -(min(voices) // 12))
    return [pitch + up for pitch in voices]


def _clustered(pitches: Sequence[int]) -> bool:
    """True if three neighbours lie within two seconds of each other."""
    gaps = [upper - lower for lower, upper in pairwise(pitches)]
    return any(first <= 2 and second <= 2 for first, second in pairwise(gaps))


def _octaves(rotation: Sequence[int], before: Sequence[int]) -> range:
    """The octaves in which a rotation overlaps `before` within 0 to 127; in others, all voices would move more."""
    lowest, highest = 0, (127 - rotation[-1]) // 12
    low, high = (before[0] - rotation[-1]) // 12, -((rotation[0] - before[-1]) // 12)
    return range(min(max(low, lowest), highest), max(min(high, highest), lowest) + 1)
