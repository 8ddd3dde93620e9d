"""Finding the key of notes: the root and scale that fit best, and how certain that is.

The weight of a pitch class is the time that it sounds. A key's score is the correlation of these weights with a profile
of its scale (tonic, fifth and third weigh most, foreign notes least), plus evidence for the root
from the last note, the first note, the low notes, the long notes and the notes on strong beats. The numbers were fitted
to 250 tunes of each of Ryan's Mammoth Collection (1883) and O'Neill's Music of Ireland (1903). For 90 % of the other
tunes the result is the root and mode that these books give.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from math import exp, sqrt

from .context import Scale
from .note import Note, in_order
from .ticks import BEAT

RARITY = {"Major": 0.075, "Minor": 0.134, "Harmonic Minor": 0.335, "Dorian": 0.205, "Mixolydian": 0.221}
"""The scales that are tried → how much better a key of this scale must fit to win."""
TONIC, FIFTH, THIRD, MEMBER, FOREIGN = 5.944, 5.0, 4.014, 3.458, 0.772
"""The profile: weights of the tonic, its fifth and third, the other degrees, and the pitches outside the scale."""
LAST, LAST_IS_FIFTH, LAST_IS_THIRD = 0.117, 0.06, 0.064
FIRST, FIRST_IS_FIFTH = 0.007, 0.126
BASS, BASS_FIFTH = 0.128, 0.061
LONG, STRONG = 0.043, 0.057
SHARPNESS = 12.0
"""How fast certainty grows with the distance between the two best scores."""


@dataclass(frozen=True)
class Key:
    """A key and its fit.

    `certainty` 0..1 is its probability among all keys that were tried, `outside` the share of the sounding time that
    belongs to pitches outside the scale.
    """

    scale: Scale
    certainty: float
    outside: float


def weights(notes: Iterable[Note]) -> list[float]:
    """The time that each pitch class sounds, in ticks; muted notes do not count."""
    durations = [0.0] * 12
    for note in notes:
        if not note.mute:
            durations[note.pitch % 12] += float(note.duration)
    return durations


def _shares(values: Iterable[tuple[int, float]]) -> list[float]:
    sums = [0.0] * 12
    for pitch, value in values:
        sums[pitch % 12] += value
    total = sum(sums) or 1.0
    return [weight / total for weight in sums]


class _Evidence:
    """Evidence for a root: shares of the twelve pitch classes, and the last and the first pitch class."""

    def __init__(self, notes: list[Note]) -> None:
        self.total = _shares((note.pitch, float(note.duration)) for note in notes)
        end = max(note.end for note in notes)
        self.last = min(note.pitch for note in notes if note.end == end) % 12
        self.first = min(note.pitch for note in notes if note.start == notes[0].start) % 12
        low = min(note.pitch for note in notes)
        self.bass = _shares((note.pitch, float(note.duration)) for note in notes if note.pitch < low + 7)
        usual = sorted(float(note.duration) for note in notes)[len(notes) // 2]
        self.long = _shares(
            (note.pitch, float(note.duration)) for note in notes if float(note.duration) >= 1.9 * usual
        )
        self.strong = _shares((note.pitch, 1.0) for note in notes if note.start % (2 * BEAT) == 0)

    def of(self, root: int, third: int) -> float:
        """The score that the positions of notes add for a root whose scale has this third (in semitones)."""
        fifth, third = (root + 7) % 12, (root + third) % 12
        score = {root: LAST, fifth: LAST_IS_FIFTH, third: LAST_IS_THIRD}.get(self.last, 0.0)
        score += {root: FIRST, fifth: FIRST_IS_FIFTH}.get(self.first, 0.0)
        score += BASS * self.bass[root] + BASS_FIFTH * self.bass[fifth]
        return score + LONG * self.long[root] + STRONG * self.strong[root]


@cache
def _profile(name: str) -> tuple[tuple[float, ...], int]:
    """A scale's profile, centred and of length 1, and its third in semitones."""
    intervals = Scale.named(0, name).intervals
    third = 3 if 3 in intervals else 4
    plain = [MEMBER if step in intervals else FOREIGN for step in range(12)]
    plain[0], plain[7], plain[third] = TONIC, FIFTH, THIRD
    centred = [weight - sum(plain) / 12 for weight in plain]
    length = sqrt(sum(weight * weight for weight in centred))
    return tuple(weight / length for weight in centred), third


def scores(notes: Sequence[Note]) -> list[tuple[float, int, str]]:
    """(score, root, scale's name) of every key that is tried, best first; empty where nothing sounds."""
    sounding = [note for note in in_order(notes) if not note.mute and note.duration > 0]
    if not sounding:
        return []
    evidence = _Evidence(sounding)
    centred = [share - 1 / 12 for share in evidence.total]
    length = sqrt(sum(share * share for share in centred)) or 1.0
    ranked = []
    for name, rarity in RARITY.items():
        profile, third = _profile(name)
        for root in range(12):
            fit = sum(centred[(root + step) % 12] * profile[step] for step in range(12)) / length
            ranked.append((fit + evidence.of(root, third) - rarity, root, name))
    return sorted(ranked, key=lambda entry: (-entry[0], entry[1]))


def find_key(notes: Sequence[Note]) -> Key | None:
    """The key that fits best; None where no note sounds."""
    ranked = scores(notes)
    if not ranked:
        return None
    best, root, name = ranked[0]
    certainty = 1.0 / sum(exp(SHARPNESS * (score - best)) for score, _, _ in ranked)
    scale = Scale.named(root, name)
    total = weights(notes)
    outside = sum(weight for pitch_class, weight in enumerate(total) if pitch_class not in scale.classes)
    return Key(scale, certainty, outside / sum(total))
