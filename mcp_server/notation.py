"""Notes as compact text, which is exact in both directions and has a tenth of the tokens of JSON objects.

    text     = [ note { space note } ]
    note     = [ pitch { "," pitch } ] "@" start [ ":" duration ] [ "v" velocity ] { extra }
    pitch    = name such as C3 (60), F#1, Bb-1, or 0 to 127; several make a chord
    start, duration = beats from the clip's start: 2, 1.5, 1,5, .25, or a fraction: 1/3 (a duration of 1/8 is refused,
               since elsewhere it is an eighth note)
    velocity = 0 to 127
    extra    = "m" muted | "p" probability 0 to 1 | "d" velocity deviation -127 to 127
             | "r" release velocity 0 to 127 | "#" note id

Omitted pitch, duration and velocity are those of the note before; for the first note they are C3, .25 and 100. Extras
apply to their own note only. `C1@0:.25v100 @1 @2v80 D1@1:.5 C3,E3,G3@4:4` is three kicks, a snare and a chord.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any, Protocol

from mirror import errors

from . import units

MOST_NOTES = 50_000
FIRST: tuple[tuple[int, ...], float, float] = ((60,), 0.25, 100.0)
"""Pitches, duration and velocity before the first note."""

_NUM = r"(?:\d+/\d+|(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:e[+-]?\d+)?)"
_TOKEN = re.compile(
    rf"(?P<pitches>[^@\s]+)?@(?P<start>-?{_NUM})(?::(?P<duration>{_NUM}))?(?:v(?P<velocity>{_NUM}))?"
    rf"(?P<extras>(?:m|p{_NUM}|d-?{_NUM}|r{_NUM}|\#\d+)*)"
)
_EXTRA = re.compile(rf"m|[pdr]-?{_NUM}|\#\d+")
_DENOMINATORS = (3, 6, 12, 24, 48, 96, 5, 7, 9, 10)
_LIMITS = {
    "velocity": (0.0, 127.0),
    "probability": (0.0, 1.0),
    "velocity_deviation": (-127.0, 127.0),
    "release_velocity": (0.0, 127.0),
}


class NoteLike(Protocol):
    """The attributes of a note that `written` needs; `mirror.Note` has them."""

    @property
    def note_id(self) -> int: ...
    @property
    def pitch(self) -> int: ...
    @property
    def start_time(self) -> float: ...
    @property
    def duration(self) -> float: ...
    @property
    def velocity(self) -> float: ...
    @property
    def mute(self) -> bool: ...
    @property
    def probability(self) -> float: ...
    @property
    def velocity_deviation(self) -> float: ...
    @property
    def release_velocity(self) -> float: ...


# -- reading -------------------------------------------------------------------------------------------------


def read(text: str) -> list[dict[str, Any]]:
    """The notes of a text, in its order, as objects with Live's field names.

    Raises:
      InvalidValue: a token is no note, or out of range; the rule names the note, counted from 1.
    """
    notes: list[dict[str, Any]] = []
    pitches, duration, velocity = FIRST
    for number, token in enumerate(text.split(), 1):
        match = _TOKEN.fullmatch(token)
        where = f"note {number} ({token[:40]!r})"
        if match is None:
            raise errors.InvalidValue(
                f"{where} is not of the form pitch@start:duration v velocity", token[:40], hint=HINT
            )
        if match["pitches"]:
            pitches = tuple(_pitch(part, where) for part in match["pitches"].split(","))
        start = _number(match["start"], where)
        duration = _duration(match["duration"], where) if match["duration"] else duration
        if duration <= 0:
            raise errors.InvalidValue(f"The duration of {where} must be above 0", token[:40])
        if match["velocity"]:
            velocity = _within("velocity", _number(match["velocity"], where), where)
        extras = _extras(match["extras"], where)
        if len(pitches) > 1 and "note_id" in extras:
            raise errors.InvalidValue(f"A chord has no single id: {where}", token[:40])
        for pitch in pitches:
            notes.append(
                {"pitch": pitch, "start_time": start, "duration": duration, "velocity": velocity, **extras}
            )
        if len(notes) > MOST_NOTES:
            raise errors.TooLarge(f"At most {MOST_NOTES} notes in one text")
    return notes


HINT = (
    "such as 'C1@0:.25v100 @1 @2v80 D1@1:.5'; starts and durations are beats; what is left out is as in the note "
    "before, at first C3, .25 and v100"
)


def _pitch(text: str, where: str) -> int:
    try:
        return units.pitch(text)
    except errors.InvalidValue as problem:
        raise errors.InvalidValue(f"{problem.rule}: {where}", text[:40]) from None


def _number(text: str, where: str) -> float:
    sign, text = (-1.0, text[1:]) if text.startswith("-") else (1.0, text)
    above, slash, below = text.partition("/")
    try:
        if "," in text:
            text = str(units.number(text))
    except errors.InvalidValue as problem:
        raise errors.InvalidValue(f"{problem.rule}: {where}", text[:40], hint=HINT) from None
    try:
        return sign * (int(above) / int(below) if slash else float(text))
    except (ZeroDivisionError, OverflowError):
        raise errors.InvalidValue(f"{text!r} is no number: {where}", text) from None


def _duration(text: str, where: str) -> float:
    """A duration in beats; a fraction that elsewhere is a note value is refused."""
    beats = _number(text, where)
    if text.partition("/")[2] in ("2", "4", "8", "16", "32", "64"):
        raise errors.InvalidValue(
            f"{text} can be a note value or a fraction of a beat: {where}",
            text,
            hint=f"write beats: {4 * beats:g} for the note value, {beats:g} for the fraction of a beat",
        )
    return beats


def _within(name: str, value: float, where: str) -> float:
    low, high = _LIMITS[name]
    if not low <= value <= high:
        raise errors.InvalidValue(f"{name} must be between {low:g} and {high:g}: {where}", value)
    return value


def _extras(text: str, where: str) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for part in _EXTRA.findall(text):
        sign, rest = part[0], part[1:]
        if sign == "m":
            fields["mute"] = True
        elif sign == "#":
            fields["note_id"] = int(rest)
        else:
            name = {"p": "probability", "d": "velocity_deviation", "r": "release_velocity"}[sign]
            fields[name] = _within(name, _number(rest, where), where)
    return fields


# -- writing -------------------------------------------------------------------------------------------------


def written(notes: Iterable[NoteLike], *, ids: bool = False) -> str:
    """The text of `notes`, by time or by pitch, whichever is shorter; equal starts make chords without `ids`."""
    sequence = list(notes)
    by_time = timeline(sequence, ids=ids)
    by_pitch = _line(sorted(sequence, key=lambda note: (note.pitch, note.start_time)), ids)
    return by_pitch if len(by_pitch) < len(by_time) else by_time


Name = Callable[[int], str]
"""A function that returns a pitch as text."""


def timeline(notes: Iterable[NoteLike], *, ids: bool = False, name: Name | None = None) -> str:
    """The text of `notes` by time; with `name` every note has its pitch, as `name` writes it."""
    return _line(sorted(notes, key=lambda note: (note.start_time, note.pitch)), ids, name)


def _line(notes: list[NoteLike], ids: bool, name: Name | None = None) -> str:
    parts: list[str] = []
    before = FIRST
    position = 0
    while position < len(notes):
        note = notes[position]
        chord = [note.pitch]
        while not ids and position + len(chord) < len(notes):
            other = notes[position + len(chord)]
            if _rest(other) != _rest(note):
                break
            chord.append(other.pitch)
        position += len(chord)
        now = (tuple(chord), note.duration, note.velocity)
        parts.append(_token(note, now, before, ids, name))
        before = now
    return " ".join(parts)


def _rest(note: NoteLike) -> tuple[Any, ...]:
    """The note's text without pitch and id."""
    return (
        note.start_time,
        note.duration,
        note.velocity,
        note.mute,
        note.probability,
        note.velocity_deviation,
        note.release_velocity,
    )


def _token(
    note: NoteLike,
    now: tuple[tuple[int, ...], float, float],
    before: tuple[tuple[int, ...], float, float],
    ids: bool,
    name: Name | None,
) -> str:
    stated = name is not None or now[0] != before[0]
    text = ",".join((name or units.pitch_name)(pitch) for pitch in now[0]) if stated else ""
    text += "@" + _said(note.start_time)
    text += ":" + _said(note.duration) if now[1] != before[1] else ""
    text += "v" + _said(note.velocity) if now[2] != before[2] else ""
    text += "m" if note.mute else ""
    text += "p" + _said(note.probability) if note.probability != 1.0 else ""
    text += "d" + _said(note.velocity_deviation) if note.velocity_deviation else ""
    text += "r" + _said(note.release_velocity) if note.release_velocity != 64.0 else ""
    return text + (f"#{note.note_id}" if ids else "")


def _said(value: float) -> str:
    """The shortest text that is read as exactly this number."""
    text = repr(float(value))
    sign, text = ("-", text[1:]) if text.startswith("-") else ("", text)
    if text.endswith(".0"):
        return sign + text[:-2]
    if text.startswith("0."):
        text = text[1:]
    if len(text) > 5:
        for below in _DENOMINATORS:
            above = round(abs(value) * below)
            if above / below == abs(value) and len(f"{above}/{below}") < len(text):
                return f"{sign}{above}/{below}"
    return sign + text
