"""Chords as text, both ways: symbols ("Dm9", "Bb/C", "A7b9"), degrees of a key ("ii9 V7/V bVII"), names for pitches.

A `Chord` is a root, a bass and the intervals above the root in semitones (a ninth is 14). pychord reads the symbols;
a quality that pychord does not know is read as a quality that it knows, followed by alterations.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache

from pychord import QualityManager

from mirror import errors

from .context import Scale

_ROOT = re.compile(r"([A-Ga-g])([#b♯♭]{0,2})")
_LETTERS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_SIGNS = {"#": 1, "♯": 1, "b": -1, "♭": -1}
_WORDS = (
    ("♯", "#"), ("♭", "b"), ("Maj", "maj"), ("MAJ", "maj"), ("major", "maj"), ("minor", "m"), ("min", "m"),
    ("Δ", "maj7"), ("△", "maj7"), ("maj77", "maj7"), ("ø7", "m7b5"), ("ø", "m7b5"), ("h7", "m7b5"), ("°7", "dim7"),
    ("°", "dim"), ("o7", "dim7"), ("+7", "7#5"), ("aug7", "7#5"), ("alt", "7#5b9#9"), ("77", "7"), ("M", "maj"),
    ("6/9", "69"),
)  # fmt: skip
"""Spellings of a quality → the spelling that pychord knows; replaced in this order."""
_PARENTHESES = re.compile(r"\(([^()]*)\)")
_ALTERATION = re.compile(r"(?:add|sus|no|omit|[#b+-])?\d+\Z|sus\Z")
_DEGREES = {1: 0, 2: 2, 3: 4, 4: 5, 5: 7, 6: 9, 7: 11, 8: 12, 9: 14, 10: 16, 11: 17, 12: 19, 13: 21}


@dataclass(frozen=True)
class Chord:
    """`root` and `bass` are pitch classes (0 is C), `intervals` ascending semitones above the root, from 0."""

    root: int
    intervals: tuple[int, ...]
    bass: int
    name: str = ""

    @property
    def classes(self) -> frozenset[int]:
        """All pitch classes that sound, the bass included."""
        return frozenset((self.root + step) % 12 for step in self.intervals) | {self.bass}

    @property
    def voiced(self) -> tuple[int, ...]:
        """The intervals that players use: at most five if the fifth can be omitted.

        Beside a major third a thirteenth goes without its eleventh, and an eleventh without the third; then a chord of
        more than five notes goes without its perfect fifth.
        """
        steps = set(self.intervals)
        if {4, 17} <= steps and steps & {10, 11}:
            steps.discard(17 if steps & {20, 21} else 4)
        if len(steps) > 5:
            steps.discard(7)
        return tuple(sorted(steps))

    def pitches(self, lowest: int = 48) -> list[int]:
        """The chord in close position: the bass is the first pitch at or above `lowest`, the `voiced` ones above it."""
        bass = lowest + (self.bass - lowest) % 12
        root = lowest + (self.root - lowest) % 12
        above = [root + step for step in self.voiced]
        if self.bass == self.root:
            return above
        return [bass, *(pitch if pitch > bass else pitch + 12 for pitch in above if pitch % 12 != self.bass)]

    def moved(self, semitones: int) -> Chord:
        """The same chord on another root, without a name."""
        return Chord((self.root + semitones) % 12, self.intervals, (self.bass + semitones) % 12)


# -- symbols -------------------------------------------------------------------------------------------------


def pitch_class(text: str) -> int:
    """0 to 11 of "C", "F#", "Bb", "Cb", "E##"."""
    match = _ROOT.fullmatch(text.strip())
    if match is None:
        raise errors.InvalidValue("A root is a letter A to G with # or b", text)
    return (_LETTERS[match[1].upper()] + sum(_SIGNS[sign] for sign in match[2])) % 12


def symbol(text: str) -> Chord:
    """The chord of a symbol.

    Raises:
      InvalidValue: the text is not a root, a quality and a bass.
    """
    plain = text.strip()
    match = _ROOT.match(plain)
    if match is None or plain[:1].islower():
        raise errors.InvalidValue(
            f"{text!r} is no chord symbol: a root A to G, a quality, and /bass", text, hint=EXAMPLES
        )
    root, rest = pitch_class(match[0]), plain[match.end() :]
    bass = root
    quality, slash, below = rest.rpartition("/")
    if slash and _ROOT.fullmatch(below):
        bass, rest = pitch_class(below), quality
    return Chord(root, quality_intervals(rest, text), bass, plain)


EXAMPLES = "such as Dm9, G7sus4, Bb/C, A7b9, Cmaj7#11, F#m7b5"


@cache
def quality_intervals(quality: str, text: str = "") -> tuple[int, ...]:
    """Semitones above the root of a quality: "m7" is (0, 3, 7, 10), "9" (0, 4, 7, 10, 14).

    Raises:
      InvalidValue: the quality is unknown.
    """
    plain = _PARENTHESES.sub(_opened, re.sub(r"\s", "", quality)).replace("/m", "m").replace("/M", "M")
    for other, ours in _WORDS:
        plain = plain.replace(other, ours)
    plain = {"+": "aug", "-": "m", "o": "dim", "maj": "", "t": "maj7", "^": "maj7"}.get(plain, plain)
    if plain.startswith("-") and plain[1:2].isdigit():
        plain = "m" + plain[1:]
    if plain.startswith("+"):
        plain = plain[1:] + "#5"
    plain = re.sub(r"(?<=\d)\+\Z", "#5", plain)
    alterations: list[str] = []
    rest = plain
    while True:
        known = _known(rest)
        if known is not None:
            return _altered(known, reversed(alterations))
        match = _ALTERATION.search(rest)
        if match is None or not match.group():
            raise errors.InvalidValue(
                f"{text or quality!r}: the quality {quality!r} is unknown", text or quality, hint=EXAMPLES
            )
        alterations.append(match.group())
        rest = rest[: match.start()]


def _opened(match: re.Match[str]) -> str:
    """The content of parentheses without them: (9,13) is add9add13; (maj7), (b9) and (add9) do not change."""
    return "".join("add" + part if part.isdigit() else part for part in match[1].split(","))


def _known(quality: str) -> tuple[int, ...] | None:
    for name in (quality, quality.replace("mmaj", "mM"), quality.replace("maj", "M")):
        try:
            known = QualityManager().get_quality(name)
        except ValueError:
            continue
        return tuple(sorted(known.components))
    return None


def _altered(intervals: tuple[int, ...], alterations: Iterable[str]) -> tuple[int, ...]:
    steps = set(intervals)
    for alteration in alterations:
        match = re.fullmatch(r"(add|sus|no|omit|[#b+-])?(\d*)", alteration)
        assert match is not None
        kind, number = match[1] or "add", int(match[2] or 4)
        if number not in _DEGREES:
            raise errors.InvalidValue(f"A chord has no degree {number}", alteration, hint=EXAMPLES)
        plain = _DEGREES[number]
        if kind == "sus":
            steps -= {3, 4}
            steps.add(plain)
        elif kind in ("no", "omit"):
            steps -= {plain - 1, plain} if number in (3, 7, 10) else {plain}
        elif not match[1] and number in (9, 11, 13) and not steps & {9, 10, 11}:
            # "m13" without "add" means the whole stack of thirds.
            steps |= {10} | {_DEGREES[third] for third in range(9, number + 1, 2)}
        else:
            if kind in "#+b-" and number == 5:
                steps.discard(7)
            elif kind in "#+b-" and number in (9, 11, 13):
                steps.discard(plain)
            steps.add(plain + (1 if kind in "#+" else -1 if kind in "b-" else 0))
            if number == 7 and kind == "add":
                steps.discard(plain)
                steps.add(10)
    return tuple(sorted(steps))


# -- degrees -------------------------------------------------------------------------------------------------

_ROMAN = {"I": 0, "II": 1, "III": 2, "IV": 3, "V": 4, "VI": 5, "VII": 6}
_DEGREE = re.compile(r"([#b♯♭]*)(VII|VI|IV|V|III|II|I|vii|vi|iv|v|iii|ii|i)(.*)", re.DOTALL)
_MAJOR = (0, 2, 4, 5, 7, 9, 11)


def degree(text: str, key: Scale) -> Chord:
    """The chord of a degree in a key: "ii9", "V7", "bVII", "vii°", "V7/ii", "I/3".

    Upper case is major, lower case minor; a sign moves the root from the key's own degree. In minor both VII and bVII
    are the key's own, since people write either. "/ii" at the end is a secondary chord of that degree; "/3" puts that
    degree in the bass.

    Raises:
      InvalidValue: the text is not a degree, or the key does not have seven notes.
    """
    if len(key.intervals) != 7:
        raise errors.InvalidValue(
            f"Degrees need a scale of seven notes; {key.name or 'this one'} has {len(key.intervals)}", text
        )
    main, slash, goal_text = text.strip().rpartition("/")
    if slash and _DEGREE.fullmatch(goal_text):
        goal = degree(goal_text, key)
        minor = 3 in goal.intervals and 4 not in goal.intervals
        inner = Scale.named(goal.root, "Minor" if minor else "Major")
        return _named(degree(main, Scale(inner.root, _MAJOR)), text)
    bass_degree = int(goal_text) if slash and goal_text.isdigit() else 0
    match = _DEGREE.fullmatch(main if bass_degree else text.strip())
    if match is None:
        raise errors.InvalidValue(f"{text!r} is no degree", text, hint="such as ii9, V7, Imaj7, bVII, V7/ii")
    signs, roman, rest = match.groups()
    step = _ROMAN[roman.upper()]
    offset = key.intervals[step] + sum(_SIGNS[sign] for sign in signs)
    if signs and key.intervals[step] < _MAJOR[step] and _SIGNS[signs[0]] < 0:
        # Written against the major scale: bVII of a minor key is its own seventh degree.
        offset += 1
    root = (key.root + offset) % 12
    intervals = quality_intervals(_degree_quality(roman, rest), text)
    bass = root if not bass_degree else (key.root + key.intervals[(bass_degree - 1) % 7]) % 12
    return Chord(root, intervals, bass, text.strip())


def _degree_quality(roman: str, rest: str) -> str:
    """The quality of a degree: ii9 is a minor ninth; "maj7", "°", "ø" and "+" already are qualities."""
    if rest[:1] in ("°", "ø", "o", "+") or rest.startswith(("dim", "aug", "m", "sus", "h")):
        return ("m" if roman.islower() and rest.startswith("maj") else "") + rest
    return ("m" if roman.islower() else "") + rest


def _named(chord: Chord, name: str) -> Chord:
    return Chord(chord.root, chord.intervals, chord.bass, name.strip())


def chord(text: str, key: Scale) -> Chord:
    """A chord from a symbol or from a degree of the key."""
    plain = text.strip()
    return degree(plain, key) if _DEGREE.fullmatch(plain) else symbol(plain)


def is_symbol(text: str) -> bool:
    """True for a chord symbol, which means the same in every key; False for a degree."""
    return _DEGREE.fullmatch(text.strip()) is None


def progression(text: str, key: Scale) -> list[list[Chord]]:
    """Bars between `|`, each with one chord or several that divide it; `%` or an empty bar repeats the previous bar.

    Raises:
      InvalidValue: there is no chord, or a chord cannot be read; the rule names its bar.
    """
    bars: list[list[Chord]] = []
    for number, bar in enumerate(
        text.replace("||", "|").strip().removesuffix("|").removeprefix("|").split("|"), 1
    ):
        words = bar.replace(",", " ").split()
        if not words or words == ["%"]:
            if not bars:
                raise errors.InvalidValue("The first bar of a progression needs a chord", text[:60])
            bars.append(bars[-1])
            continue
        try:
            bars.append([chord(word, key) for word in words])
        except errors.InvalidValue as problem:
            raise errors.InvalidValue(f"bar {number}: {problem.rule}", problem.value, hint=EXAMPLES) from None
    return bars


# -- names of sounding chords --------------------------------------------------------------------------------

_QUALITIES = (
    "", "m", "7", "maj7", "m7", "6", "m6", "sus4", "sus2", "dim", "dim7", "m7b5", "aug", "7sus4", "add9", "madd9", "9",
    "maj9", "m9", "69", "mM7", "7#5", "7b5", "7b9", "7#9", "maj7#11", "m11", "11", "13", "maj13", "9sus4", "5",
)  # fmt: skip


@cache
def _table() -> dict[frozenset[int], list[tuple[int, str]]]:
    """Pitch classes above a root → (rank, quality)."""
    qualities: dict[frozenset[int], list[tuple[int, str]]] = {}
    for rank, quality in enumerate(_QUALITIES):
        whole = Chord(0, quality_intervals(quality), 0)
        for intervals in dict.fromkeys((whole.intervals, whole.voiced)):
            qualities.setdefault(frozenset(step % 12 for step in intervals), []).append((rank, quality))
    return qualities


def named(pitches: Collection[int], spelling: Iterable[str] | None = None) -> str | None:
    """The symbol of sounding pitches, or None: the simplest quality, with the bass as root where possible.

    A bass that does not form a known chord with the other pitches is named after a slash: C under Bb D F is "Bb/C".
    """
    if not pitches:
        return None
    names = list(spelling) if spelling is not None else list(SHARPS)
    classes, bass = {pitch % 12 for pitch in pitches}, min(pitches) % 12
    ranked: list[tuple[int, int, str]] = []
    for upper, cost in ((classes, 0), (classes - {bass}, 12)):
        for root in upper:
            above = frozenset((pitch - root) % 12 for pitch in upper)
            for rank, quality in _table().get(above, ()):
                if root == bass:
                    ranked.append((rank, root, f"{names[root]}{quality}"))
                else:
                    ranked.append((rank + 8 + cost, root, f"{names[root]}{quality}/{names[bass]}"))
    return min(ranked)[2] if ranked else None


def chord_tones(pitches: Collection[int]) -> set[int]:
    """The pitch classes of the chord that sounding pitches form; empty if they form no chord.

    All pitch classes count if the chord has a name. Otherwise root, third, fifth and seventh of a seventh chord on the
    bass count, without other pitches: G, B and F of G F A B E.
    """
    classes = {pitch % 12 for pitch in pitches}
    if len(classes) >= 3 and named(pitches) is not None:
        return classes
    bass = min(pitches) % 12
    above = {(pitch - bass) % 12 for pitch in classes}
    if len(above & {3, 4}) == len(above & {10, 11}) == 1:
        return {(bass + step) % 12 for step in above & {0, 3, 4, 7, 10, 11}}
    return set()


SHARPS = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
FLATS = ("C", "Db", "D", "Eb", "E", "F", "Gb", "G", "Ab", "A", "Bb", "B")


@cache
def spelled(key: Scale) -> tuple[str, ...]:
    """Names of the twelve pitch classes as a key writes them.

    A scale of seven notes uses each letter once, from its root's usual name; other notes and scales take the signs
    (sharps or flats) of the key.
    """
    flat_roots = {1, 3, 5, 8, 10}
    relative = key.root if 4 in key.intervals or 3 not in key.intervals else (key.root + 3) % 12
    names = list(FLATS if relative in flat_roots or (relative == 6 and 3 in key.intervals) else SHARPS)
    if relative == 0:
        # Without signs of its own a key borrows Eb, Bb and, in major, Ab.
        names[3], names[10], names[8] = "Eb", "Bb", "Ab" if relative == key.root else "G#"
    if len(key.intervals) != 7:
        return tuple(names)
    letters = "CDEFGAB"
    start = letters.index(names[key.root][0])
    for n, step in enumerate(key.intervals):
        letter, value = letters[(start + n) % 7], (key.root + step) % 12
        distance = (value - _LETTERS[letter] + 6) % 12 - 6
        if abs(distance) > 1:
            continue
        names[value] = letter + ("#" if distance > 0 else "b") * abs(distance)
    if 3 in key.intervals and 4 not in key.intervals:
        # The thirds of dominants in minor are raised degrees: of V (C# in D minor), of V of iv, of V of V.
        for degree, step in ((6, 11), (2, 4), (3, 6)):
            letter, value = letters[(start + degree) % 7], (key.root + step) % 12
            distance = (value - _LETTERS[letter] + 6) % 12 - 6
            if value not in key and abs(distance) <= 1:
                names[value] = letter + ("#" if distance > 0 else "b") * abs(distance)
    return tuple(names)
