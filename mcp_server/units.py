"""Values as people say them, and back: notes' names, musical times, keys, colours.

A parameter's texts ("-6 dB", "20L", "2.5 kHz") are not here: only Live knows them, and the Remote Script searches for
the value that shows them (`remote_script.SetMirror.display`).
"""

from __future__ import annotations

import math
import re

from mirror import errors, values

_NOTE = re.compile(r"([A-Ga-g])([#b♯♭]?)(-?\d+)")
_STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
PITCH_CLASSES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
_BARS = re.compile(r"\|?\s*(\d+)(?:\.(\d+))?(?:\.(\d+(?:\.\d+)?))?")
_LENGTH = re.compile(
    r"(\d+(?:\.\d*)?|\.\d+|\d+\s*/\s*\d+)\s*(bars?|beats?|sixteenths?)?(t|\.)?", re.IGNORECASE
)


def _between(value: float, low: float, high: float, what: str, hint: str) -> float:
    if not math.isfinite(value) or not low <= value <= high:
        raise errors.InvalidValue(f"{what} must be between {low} and {high}, got {value}", value, hint=hint)
    return float(value)


# -- notes and times -----------------------------------------------------------------------------------------


def pitch(value: int | str) -> int:
    """A MIDI pitch from 0..127 or from its name; Live calls 60 C3."""
    if isinstance(value, str) and value.strip().lstrip("-").isdigit():
        value = int(value)
    if isinstance(value, str):
        match = _NOTE.fullmatch(value.strip())
        if match is None:
            raise errors.InvalidValue("A pitch is 0 to 127 or a name such as C3 (60), F#1, Bb-1", value)
        letter, sign, octave = match.groups()
        number = (int(octave) + 2) * 12 + _STEPS[letter.upper()]
        number += {"": 0, "#": 1, "♯": 1, "b": -1, "♭": -1}[sign]
    else:
        number = value
    if not 0 <= number <= 127:
        raise errors.InvalidValue(f"A pitch must be between 0 (C-2) and 127 (G8), got {value}", value)
    return number


def pitch_name(number: int) -> str:
    """60 → "C3", as Live names it."""
    return f"{PITCH_CLASSES[number % 12]}{number // 12 - 2}"


def bars(beats: float, numerator: int, denominator: int) -> str:
    """A song time as Live shows it, bars.beats.sixteenths, each from 1."""
    beat = 4.0 / denominator
    whole, rest = divmod(beats, numerator * beat)
    count, rest = divmod(rest, beat)
    return f"{int(whole) + 1}.{int(count) + 1}.{int(rest / 0.25) + 1}"


def position(value: float | str, numerator: int, denominator: int) -> float:
    """A song time in beats (quarters), from itself or from bars.beats.sixteenths: "5", "5.1", "|5.1.1".

    Text counts bars from 1 in the given signature.
    """
    if not isinstance(value, str):
        if not math.isfinite(value):
            raise errors.InvalidValue(f"A time must be a finite number of beats, got {value}", str(value))
        return float(value)
    match = _BARS.fullmatch(value.strip())
    if match is None:
        raise errors.InvalidValue(
            "A time is a number of beats, or bars.beats.sixteenths such as '5.1.1'", value
        )
    beat = 4.0 / denominator
    bar, count = int(match.group(1)), int(match.group(2) or 1)
    sixteenth = float(match.group(3) or 1)
    if bar < 1 or not 1 <= count <= numerator or not 1 <= sixteenth < 1 + beat / 0.25:
        raise errors.InvalidValue(
            f"In {numerator}/{denominator} beats go from 1 to {numerator}, "
            f"sixteenths from 1 to {max(1, int(beat / 0.25))}",
            value,
        )
    return (bar - 1) * numerator * beat + (count - 1) * beat + (sixteenth - 1) * 0.25


def length(value: float | str, numerator: int, denominator: int) -> float:
    """A duration in beats (quarters), above 0: a number, "2 bars", "3 beats", "1/8", "1/8t", "1/8."."""
    if isinstance(value, str):
        match = _LENGTH.fullmatch(value.strip())
        if match is None or (match.group(3) and "/" not in match.group(1)):
            raise errors.InvalidValue(
                "A length is a number of beats, or such as '2 bars', '1/8', '1/8t'", value
            )
        amount, unit = match.group(1), (match.group(2) or "").casefold()
        if "/" in amount:
            above, below = (int(part) for part in amount.split("/"))
            beats = 4.0 * above / below if below else 0.0
            beats *= {"t": 2 / 3, ".": 1.5}.get((match.group(3) or "").casefold(), 1.0)
        else:
            beats = float(amount)
        if unit.startswith("bar"):
            # "1/2 bar" is half a bar, not half a whole note's bars.
            beats = (beats / 4.0 if "/" in amount else beats) * numerator * 4.0 / denominator
        elif unit.startswith("beat"):
            beats = (beats / 4.0 if "/" in amount else beats) * 4.0 / denominator
        elif unit.startswith("six"):
            beats = (beats / 4.0 if "/" in amount else beats) * 0.25
    else:
        beats = float(value)
    if not math.isfinite(beats) or beats <= 0:
        raise errors.InvalidValue(f"A length must be above 0 beats, got {value}", str(value))
    return beats


_KEY = re.compile(r"([A-Ga-g])([#b♯♭]?)\s*(.*)", re.DOTALL)
_SCALES = {"": "Major", "maj": "Major", "m": "Minor", "min": "Minor"}


def key(text: str) -> tuple[int, str]:
    """A root note (0 is C) and the name of a scale: "Am", "F# minor", "Bb", "D Dorian"."""
    match = _KEY.fullmatch(text.strip())
    if match is None:
        raise errors.InvalidValue(
            "A key is a note and a scale, such as 'A minor', 'F#m', 'D Dorian'", text[:60]
        )
    letter, sign, scale = match.groups()
    root = (_STEPS[letter.upper()] + {"": 0, "#": 1, "♯": 1, "b": -1, "♭": -1}[sign]) % 12
    return root, _SCALES.get(scale.strip().casefold(), scale.strip().title())


# -- colours -------------------------------------------------------------------------------------------------


def color(value: int | str) -> int:
    """A colour as Live counts it, 0 to 0xFFFFFF; "#ff3636" is understood. Live takes the nearest it has."""
    if isinstance(value, str):
        found: int | None = values.color(value)
        if found is None:
            raise errors.InvalidValue("A color is 0 to 16777215, or a text such as '#ff3636'", value)
        return found
    return int(_between(value, 0, 0xFFFFFF, "A color", "as text it is '#rrggbb'"))


def color_text(value: int) -> str:
    """16711680 → "#ff0000"."""
    return f"#{value:06x}"
