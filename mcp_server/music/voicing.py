"""How a chord's notes lie: inversions, open and close positions, and the way to the next chord with least motion.

A chord is a list of pitches, low to high. Nothing here changes pitch classes.
"""

from __future__ import annotations

from collections.abc import Sequence


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
    classes = sorted({pitch % 12 for pitch in chord})
    voices, middle = sorted(before), sum(before) / len(before)
    if len(chord) == 1:
        places = [classes[0] + 12 * octave for octave in _octaves(classes, voices)]
        return [min(places, key=lambda pitch: (motion(voices, [pitch]), abs(pitch - middle)))]
    best: tuple[int, int, float, list[int]] | None = None
    for first in range(len(classes)):
        turned = classes[first:] + classes[:first]
        line = [turned[0]]
        for pitch_class in turned[1:]:
            line.append(line[-1] + (pitch_class - line[-1]) % 12)
        extra = _doubled(line, chord)
        for octave in _octaves(extra, voices):
            pitches = [pitch + 12 * octave for pitch in extra]
            moves = [b - a for a, b in zip(voices, pitches, strict=False)]
            paired = len(pitches) == len(voices)
            cost = sum(map(abs, moves)) if paired else motion(voices, pitches)
            if best is not None and cost > best[0]:
                continue
            parallel = max((moves.count(move) for move in moves if move), default=0) if paired else 0
            entry = (cost, parallel, abs(sum(pitches) / len(pitches) - middle), pitches)
            if best is None or entry < best:
                best = entry
    return best[3] if best is not None else sorted(chord)


def _octaves(line: Sequence[int], before: Sequence[int]) -> range:
    """The octaves within 0 to 127 in which a line is not wholly beyond `before`: farther away all voices move more."""
    lowest, highest = 0, (127 - line[-1]) // 12
    low, high = (before[0] - line[-1]) // 12, -((line[0] - before[-1]) // 12)
    return range(min(max(low, lowest), highest), max(min(high, highest), lowest) + 1)


def _doubled(line: list[int], chord: Sequence[int]) -> list[int]:
    """`line` with exactly the chord's pitch classes, those that stand twice in it included, low to high."""
    wanted: dict[int, int] = {}
    for pitch in chord:
        wanted[pitch % 12] = wanted.get(pitch % 12, 0) + 1
    found: list[int] = []
    base = line[: len(wanted)]
    for pitch in base:
        found += [pitch + 12 * n for n in range(wanted[pitch % 12])]
    return sorted(found)
