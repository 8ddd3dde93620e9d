"""Live's scales in the order of `Live.Song.get_all_scales_ordered`, and note names (60 is C3)."""

from __future__ import annotations

from typing import Dict, Tuple

SCALES: Tuple[Tuple[str, Tuple[int, ...]], ...] = (
    ("Major", (0, 2, 4, 5, 7, 9, 11)),
    ("Minor", (0, 2, 3, 5, 7, 8, 10)),
    ("Dorian", (0, 2, 3, 5, 7, 9, 10)),
    ("Mixolydian", (0, 2, 4, 5, 7, 9, 10)),
    ("Lydian", (0, 2, 4, 6, 7, 9, 11)),
    ("Phrygian", (0, 1, 3, 5, 7, 8, 10)),
    ("Locrian", (0, 1, 3, 5, 6, 8, 10)),
    ("Whole Tone", (0, 2, 4, 6, 8, 10)),
    ("Half-whole Dim.", (0, 1, 3, 4, 6, 7, 9, 10)),
    ("Whole-half Dim.", (0, 2, 3, 5, 6, 8, 9, 11)),
    ("Minor Blues", (0, 3, 5, 6, 7, 10)),
    ("Minor Pentatonic", (0, 3, 5, 7, 10)),
    ("Major Pentatonic", (0, 2, 4, 7, 9)),
    ("Harmonic Minor", (0, 2, 3, 5, 7, 8, 11)),
    ("Harmonic Major", (0, 2, 4, 5, 7, 8, 11)),
    ("Dorian #4", (0, 2, 3, 6, 7, 9, 10)),
    ("Phrygian Dominant", (0, 1, 4, 5, 7, 8, 10)),
    ("Melodic Minor", (0, 2, 3, 5, 7, 9, 11)),
    ("Lydian Augmented", (0, 2, 4, 6, 8, 9, 11)),
    ("Lydian Dominant", (0, 2, 4, 6, 7, 9, 10)),
    ("Super Locrian", (0, 1, 3, 4, 6, 8, 10)),
    ("8-Tone Spanish", (0, 1, 3, 4, 5, 6, 8, 10)),
    ("Bhairav", (0, 1, 4, 5, 7, 8, 11)),
    ("Hungarian Minor", (0, 2, 3, 6, 7, 8, 11)),
    ("Hirajoshi", (0, 2, 3, 7, 8)),
    ("In-Sen", (0, 1, 5, 7, 10)),
    ("Iwato", (0, 1, 5, 6, 10)),
    ("Kumoi", (0, 2, 3, 7, 9)),
    ("Pelog Selisir", (0, 1, 3, 7, 8)),
    ("Pelog Tembung", (0, 1, 5, 7, 8)),
    ("Messiaen 3", (0, 2, 3, 4, 6, 7, 8, 10, 11)),
    ("Messiaen 4", (0, 1, 2, 5, 6, 7, 8, 11)),
    ("Messiaen 5", (0, 1, 5, 6, 7, 11)),
    ("Messiaen 6", (0, 2, 4, 5, 6, 8, 10, 11)),
    ("Messiaen 7", (0, 1, 2, 3, 5, 6, 7, 8, 9, 11)),
)

INTERVALS: Dict[str, Tuple[int, ...]] = dict(SCALES)

SHARP = ("C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B")
FLAT = ("C", "D♭", "D", "E♭", "E", "F", "G♭", "G", "A♭", "A", "B♭", "B")

_FLAT_MAJOR_ROOTS = frozenset((1, 3, 5, 8, 10))
"""Roots whose major scale is written with flats: D♭, E♭, F, A♭, B♭."""


def note_name(pitch: int, names: Tuple[str, ...] = SHARP) -> str:
    """The name of a MIDI note: 60 is "C3", 0 is "C-2"."""
    return "%s%d" % (names[pitch % 12], pitch // 12 - 2)


def note_name_in_scale(pitch: int, root: int, scale_name: str) -> str:
    """The note's name as spelled in a scale.

    Guess: flats if the scale's relative major key is written with flats.
    """
    intervals = INTERVALS.get(scale_name, ())
    major_root = (root + 3) % 12 if 3 in intervals and 4 not in intervals else root % 12
    return note_name(pitch, FLAT if major_root in _FLAT_MAJOR_ROOTS else SHARP)


def pitch_of(name: str) -> int:
    """The MIDI note with this name, sharps and flats as ♯/♭ or #/b. ValueError for any other text."""
    text = name.strip().replace("#", "♯")
    letter, rest = text[:1].upper(), text[1:]
    if letter not in SHARP:
        raise ValueError("not a note name: %r" % name)
    pitch = SHARP.index(letter)
    while rest[:1] in ("♯", "♭", "b"):
        pitch += 1 if rest[0] == "♯" else -1
        rest = rest[1:]
    pitch += (int(rest) + 2) * 12
    if not 0 <= pitch <= 127:
        raise ValueError("not a MIDI note: %r" % name)
    return pitch
