"""Small functions of the third generation."""

from __future__ import annotations

from ..engine.displays import TRANSLATIONS

PITCH_NAMES = ("C", "C♯/D♭", "D", "D♯/E♭", "E", "F", "F♯/G♭", "G", "G♯/A♭", "A", "A♯/B♭", "B")


def get_default_ascii_translations():
    return dict(TRANSLATIONS)


def as_ascii(string, ascii_translations=TRANSLATIONS):
    return tuple(ascii_translations.get(letter, ascii_translations["?"]) for letter in str(string))


def hex_to_rgb(hex_value):
    return (hex_value >> 16 & 255, hex_value >> 8 & 255, hex_value & 255)


def round_to_multiple(value, base):
    return value - value % base


def pitch_index_to_string(index, pitch_names=PITCH_NAMES):
    return "%s%d" % (pitch_names[index % 12], index // 12 - 2)
