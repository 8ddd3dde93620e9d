"""Finding the key of notes: which root and scale fit best, and how certain that is.

Each pitch class weighs as long as it sounds. A key's score is the correlation of these weights with a profile of its
scale (tonic, fifth and third heavy, the other degrees lighter, foreign notes least), plus what the last and the first
note and the lowest notes say of the root. The weights were set on half of the tunes of Ryan's Mammoth Collection (1883)
and hold on the other half.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from math import exp, sqrt

from .context import Scale
from .note import Note, in_order

CANDIDATES = ("Major", "Minor", "Dorian", "Mixolydian", "Lydian", "Phrygian", "Harmonic Minor")
"""Scales that are tried; rarer ones come last and must fit clearly better."""
RARITY = {
    "Major": 0.0, "Minor": 0.02, "Dorian": 0.06, "Mixolydian": 0.07, "Harmonic Minor": 0.06, "Lydian": 0.14,
    "Phrygian": 0.14,
}  # fmt: skip
LAST, FIRST, BASS = 0.30, 0.04, 0.20
"""What the last note, the first note and the share of the lowest notes add to their pitch class as a root."""
SHARPNESS = 12.0
"""How fast certainty grows with the distance between the two best scores."""


@dataclass(frozen=True)
class Key:
    """A found key; `certainty` 0..1 is its probability among the keys tried, `outside` the share of foreign time."""

    scale: Scale
    certainty: float
    outside: float


@cache
def _profile(name: str) -> tuple[float, ...]:
    scale = Scale.named(0, name)
    weights = [0.6] * 12
    for step in scale.intervals:
        weights[step] = 2.6
    third = next((step for step in (3, 4) if step in scale.intervals), 4)
    weights[0], weights[7], weights[third] = 5.2, 4.4, 3.8
    return tuple(weights)


def _correlation(a: Sequence[float], b: Sequence[float]) -> float:
    mean_a, mean_b = sum(a) / 12, sum(b) / 12
    above = sum((x - mean_a) * (y - mean_b) for x, y in zip(a, b, strict=True))
    below = sqrt(sum((x - mean_a) ** 2 for x in a) * sum((y - mean_b) ** 2 for y in b))
    return above / below if below else 0.0


def weights(notes: Iterable[Note]) -> list[float]:
    """How long each pitch class sounds, in ticks; notes that are muted do not count."""
    found = [0.0] * 12
    for note in notes:
        if not note.mute:
            found[note.pitch % 12] += float(note.duration)
    return found


def scores(notes: Sequence[Note]) -> list[tuple[float, int, str]]:
    """(score, root, scale's name) of every key that is tried, best first; empty without notes."""
    heard = [note for note in in_order(notes) if not note.mute]
    total = weights(heard)
    if not any(total):
        return []
    bonus = [0.0] * 12
    last_end = max(note.end for note in heard)
    final = min((note for note in heard if note.end == last_end), key=lambda note: note.pitch)
    bonus[final.pitch % 12] += LAST
    first = min((note for note in heard if note.start == heard[0].start), key=lambda note: note.pitch)
    bonus[first.pitch % 12] += FIRST
    low = min(note.pitch for note in heard)
    bass = weights(note for note in heard if note.pitch < low + 12)
    for pitch_class in range(12):
        bonus[pitch_class] += BASS * bass[pitch_class] / (sum(bass) or 1.0)
    found = []
    for name in CANDIDATES:
        profile = _profile(name)
        for root in range(12):
            turned = [profile[(pitch_class - root) % 12] for pitch_class in range(12)]
            score = _correlation(total, turned) + bonus[root] - RARITY[name]
            found.append((score, root, name))
    return sorted(found, key=lambda entry: (-entry[0], entry[1]))


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
