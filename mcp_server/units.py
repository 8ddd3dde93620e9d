"""Parses and formats values as people write them: numbers, note names, musical times, keys, colours.

A bare number means the same as JSON and as text; a unit or the bar form ("5.1.1", "5|1", "bar 5") changes the meaning.
An ambiguous text is refused with both meanings. Parameter texts ("-6 dB", "20L", "2.5 kHz") are not parsed here: only
Live knows them, and the Remote Script searches for the value that shows them (`SetMirror.contract.display`).
"""

from __future__ import annotations

import difflib
import math
import re

from mirror import errors, values
from mirror.values import neat as neat
from remote_script.SetMirror.contract import display, scales
from remote_script.SetMirror.contract.limits import FOREVER_BEATS

_NOTE = re.compile(r"([A-Ga-g])([#b♯♭]?)(-?[0-9]{1,2})")
_STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_SIGNS = {"": 0, "#": 1, "♯": 1, "b": -1, "♭": -1}
PITCH_CLASSES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
_DIGITS, _SIX_DIGITS = re.compile("[0-9]{1,8}"), re.compile("[0-9]{6}")
_PART = r"([0-9]{1,7})"
_BARS = re.compile(
    rf"(?:bar\s+|\|)?{_PART}(?:[.|]{_PART})?(?:[.|]({_PART}(?:\.[0-9]{{1,6}})?))?", re.IGNORECASE
)
_DOTTED = re.compile(r"([0-9]{1,7})\.([0-9]{1,7})")
_AFTER_BARS = re.compile(r"([0-9.,]{1,15})\s+bars?", re.IGNORECASE)
_BEATS = re.compile(r"(\S+)\s+beats?", re.IGNORECASE)
_LENGTH = re.compile(
    r"([0-9.,]{1,15}|[0-9]{1,6}\s*/\s*[0-9]{1,6})\s*(bars?|beats?|sixteenths?)?(t|\.)?", re.IGNORECASE
)


def number(value: float | str) -> float | None:
    """A number, or a text with a number, as float; None for other texts.

    Raises:
      InvalidValue: the number is not finite, or its comma can be read two ways.
    """
    try:
        parsed = display.number(value) if isinstance(value, str) else float(value)
    except (display.Refused, OverflowError) as problem:
        raise errors.InvalidValue(f"{problem}", str(value)[:60]) from None
    if parsed is not None and not math.isfinite(parsed):
        raise errors.InvalidValue(f"A number must be finite, got {str(value)[:60]}", str(value)[:60])
    return parsed


_FRACTIONS = (3, 6, 12, 24, 5, 7, 9)
SHOWN_DIGITS = 5
"""Decimals of times in notes; the sixth decimal of a beat is shorter than an audio sample."""


def neat_beats(value: float) -> float:
    """A time in beats, rounded to `SHOWN_DIGITS` decimals; a third stays one."""
    for below in _FRACTIONS:
        exact = round(value * below) / below
        if abs(exact - value) < 10.0 ** -(SHOWN_DIGITS + 1):
            return exact
    return round(value, SHOWN_DIGITS)


def whole(value: float | str) -> int | None:
    """A whole number, or a text with a whole number, as int; None for other values."""
    parsed = number(value)
    return int(parsed) if parsed is not None and parsed.is_integer() and abs(parsed) < 2**53 else None


# -- notes and times -----------------------------------------------------------------------------------------


def pitch(value: int | str) -> int:
    """A MIDI pitch from 0..127 or from its name; Live calls 60 C3."""
    midi_key = whole(value)
    if midi_key is None:
        match = _NOTE.fullmatch(str(value).strip())
        if match is None:
            raise errors.InvalidValue("A pitch is 0 to 127 or a name such as C3 (60), F#1, Bb-1", value)
        letter, sign, octave = match.groups()
        midi_key = (int(octave) + 2) * 12 + _STEPS[letter.upper()] + _SIGNS[sign]
    if not 0 <= midi_key <= 127:
        raise errors.InvalidValue(f"A pitch must be between 0 (C-2) and 127 (G8), got {value}", value)
    return midi_key


def pitch_class(text: str) -> int:
    """A note without octave, 0 to 11, from its name: "F#" is 6, "Bb" 10."""
    letter, sign = text.strip()[:1].upper(), text.strip()[1:]
    if letter not in _STEPS or sign not in _SIGNS:
        raise errors.InvalidValue("A root note is 0 (C) to 11 (B) or a name such as F# or Bb", text[:60])
    return (_STEPS[letter] + _SIGNS[sign]) % 12


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
    """A time in beats (quarters): a number, "16 beats", or bars from 1 in the given signature: "5.1.1", "5|1", "bar 5".

    "4 bars" is the time after four bars. A text with one dot is a number of beats where the bar has no such beat.

    Raises:
      InvalidValue: it is no time, or a text with one dot ("5.1"), which may mean beats or a bar and a beat.
    """
    if isinstance(value, str):
        text = value.strip().replace("−", "-")
        named = _BEATS.fullmatch(text)
        beats = number(named[1] if named is not None else text)
        dotted = _DOTTED.fullmatch(text) if named is None else None
        if (
            beats is not None
            and dotted is not None
            and 1 <= int(dotted[2]) <= numerator
            and dotted[2][0] != "0"
        ):
            raise errors.InvalidValue(
                f"{text!r} can be {beats:g} beats or bar {dotted[1]} beat {dotted[2]}",
                text[:60],
                hint=f"write '{beats:g} beats' or '{dotted[1]}|{dotted[2]}'",
            )
    else:
        beats = number(value)
    if beats is None:
        beats = _bar_position(str(value), numerator, denominator)
    if abs(beats) > FOREVER_BEATS:
        rule = f"A time may be at most {FOREVER_BEATS:.0f} beats, the end of Live's time, got {beats:.10g}"
        raise errors.InvalidValue(rule, str(value)[:60])
    return beats


def _bar_position(text: str, numerator: int, denominator: int) -> float:
    if (after := _AFTER_BARS.fullmatch(text.strip())) is not None and (count := number(after[1])) is not None:
        return count * numerator * 4.0 / denominator
    match = _BARS.fullmatch(text.strip())
    if match is None:
        raise errors.InvalidValue(
            "A time is a number of beats, or bars such as '5.1.1', '5|1', 'bar 5'", text[:60]
        )
    beat = 4.0 / denominator
    bar, count = int(match[1]), int(match[2] or 1)
    sixteenth = float(match[3] or 1)
    if bar < 1 or not 1 <= count <= numerator or not 1 <= sixteenth < 1 + beat / 0.25:
        raise errors.InvalidValue(
            f"In {numerator}/{denominator} bars count from 1, beats from 1 to {numerator}, "
            f"sixteenths from 1 to {max(1, int(beat / 0.25))}; got {text[:60]!r}",
            text[:60],
        )
    return (bar - 1) * numerator * beat + (count - 1) * beat + (sixteenth - 1) * 0.25


def length(value: float | str, numerator: int, denominator: int) -> float:
    """A duration in beats (quarters), above 0: a number, "2 bars", "3 beats", "1/8", "1/8t", "1/8."."""
    beats = number(value)
    if beats is None:
        beats = _note_length(str(value), numerator, denominator)
    if beats <= 0:
        raise errors.InvalidValue(f"A length must be above 0 beats, got {value}", str(value)[:60])
    if beats > FOREVER_BEATS:
        rule = f"A length may be {FOREVER_BEATS:.0f} beats, the longest time that Live has"
        raise errors.InvalidValue(rule, str(value)[:60])
    return beats


def _note_length(text: str, numerator: int, denominator: int) -> float:
    match = _LENGTH.fullmatch(text.strip())
    fraction = match is not None and "/" in match[1]
    amount = number(match[1]) if match is not None and not fraction else None
    if match is None or (match[3] and not fraction) or (amount is None and not fraction):
        raise errors.InvalidValue(
            f"A length is a number of beats, or such as '2 bars', '1/8', '1/8t', not {text[:60]!r}", text[:60]
        )
    unit = (match[2] or "").casefold()[:3]
    unit_beats = {"bar": numerator * 4.0 / denominator, "bea": 4.0 / denominator, "six": 0.25}.get(unit, 1.0)
    if not fraction:
        return (amount or 0.0) * unit_beats
    above, below = (int(part) for part in match[1].split("/"))
    # "1/2 bar" is half a bar, "1/8" an eighth of a whole note's four beats.
    share = above / below * (1.0 if unit else 4.0) if below else 0.0
    return share * {"t": 2 / 3, ".": 1.5}.get((match[3] or "").casefold(), 1.0) * unit_beats


_KEY = re.compile(
    r"([A-Ga-g])\s*(#|b(?=m(?:in|aj|inor|ajor)?\b|\W|\Z)|♯|♭|sharp\b|flat\b)?\s*(.*)", re.DOTALL
)
_SCALES = {"": "Major", "maj": "Major", "m": "Minor", "min": "Minor", "aeolian": "Minor", "ionian": "Major"}
SCALES = tuple(name for name, _ in scales.SCALES)


def key(text: str) -> tuple[int, str]:
    """A root note (0 is C) and the name of a scale: "Am", "F# minor", "B flat minor", "D Dorian"."""
    match = _KEY.fullmatch(text.strip())
    if match is None:
        raise errors.InvalidValue(
            f"A key is a note and a scale, such as 'A minor', 'F#m', 'D Dorian', not {text[:60]!r}", text[:60]
        )
    letter, sign, scale = match.groups()
    signs = {**_SIGNS, "sharp": 1, "flat": -1}
    root = (_STEPS[letter.upper()] + signs[(sign or "").casefold()]) % 12
    return root, scale_name(scale)


def scale_name(text: str) -> str:
    """Live's name of a scale, from any case; InvalidValue with the near ones."""
    fold = text.strip().casefold()
    known: dict[str, str] = {**{name.casefold(): name for name in SCALES}, **_SCALES}
    if fold in known:
        return known[fold]
    near = [known[match] for match in difflib.get_close_matches(fold, known, 4, 0.4)]
    raise errors.InvalidValue(
        f"Live has no scale {text.strip()[:60]!r}",
        text[:60],
        hint=f"near it are {', '.join(dict.fromkeys(near))}" if near else f"Live has {', '.join(SCALES)}",
    )


# -- gain and colours -------------------------------------------------------------------------------------------------


def gain(text: str, now: float | None) -> float | str:
    """A clip's gain, 0 to 1, from decibels: "-6 dB", or "+3 dB" from the present gain; a bare number unchanged.

    0.4 is 0 dB and 1.0 is 24 dB; below 0.4 the curve is a guess. `gain_display_string` is Live's text of the gain.

    Raises:
      InvalidValue: a bare number outside of 0 to 1, a gain outside of Live's range, or no gain.
    """
    bare = number(text)
    if bare is not None and not text.strip().startswith("+"):
        if not 0.0 <= bare <= 1.0:
            rule = f"`gain` must be between 0 and 1, got {text.strip()[:60]}"
            hint = f"a bare number is Live's inner value; write '{bare:g} dB' for decibels"
            raise errors.InvalidValue(rule, text[:60], hint=hint)
        return text
    # Imported here: the curve is defined only in headless Live.
    from remote_script.headless.music.display import gain_to_db

    try:
        return display.value_of(text, lambda value: f"{gain_to_db(value):.3f} dB", 0.0, 1.0, now)
    except display.Refused as problem:
        raise errors.InvalidValue(f"`gain`: {problem}", text[:60]) from None


def color(value: int | str) -> int:
    """A colour as Live's number, 0 to 0xFFFFFF, also from "#ff3636" or "red". Live uses the nearest of its palette.

    Raises:
      InvalidValue: it is no colour, or it has six digits, which could be either form.
    """
    text = value.strip() if isinstance(value, str) else ""
    if _SIX_DIGITS.fullmatch(text):
        rule = f"A color {text!r} can be read as '#{text}' or as the number {text}"
        raise errors.InvalidValue(rule, text, hint=f"write '#{text}', or '#{int(text):06x}' for the number")
    if _DIGITS.fullmatch(text):
        value = int(text)
    color: int | None = values.color(value) if isinstance(value, str) else value
    if isinstance(color, bool) or color is None or not 0 <= color <= 0xFFFFFF:
        raise errors.InvalidValue(
            f"A color is a text such as '#ff3636', a name, or 0 to 16777215, got {str(value)[:60]}",
            str(value)[:60],
            hint=f"names are {', '.join(values.COLORS)}",
        )
    return color


def color_text(value: int) -> str:
    """16711680 → "#ff0000"."""
    return f"#{value:06x}"
