"""Display texts of parameters, both ways: what "2.50 kHz" says, and which value shows it.

Live converts one way only (`str_for_value`); the other way is a search: the text is read as a quantity, the
parameter is asked for its texts at points across its range, and the place between two of them is halved.
Of all values that show the text the roundest is taken: 0.7 for "-6 dB", not 0.69983.

A comma is a decimal comma ("1,5 kHz"); "1,500 Hz", which could also be 1500, is refused. A change instead of a value
is "+3 dB" or "by -3 dB"; a minus alone is a change only where the parameter shows no negative amounts ("-10 %").
"""

from __future__ import annotations

import math
import re
from typing import Any, Callable, List, NamedTuple, Optional, Tuple

SAMPLES = 65
"""Points across the range; a curve may turn between no two of them."""
HALVINGS = 40
MOST_WORDS = 512
"""Whole numbers that are asked for their words."""
LONGEST_TEXT = 60

_NUMBER = r"[+-]?(?:[0-9]+(?:[.,][0-9]*)?|[.,][0-9]+)(?:e[+-]?[0-9]{1,3})?"
_PLAIN = re.compile(_NUMBER, re.IGNORECASE)
_PAN = re.compile(r"([0-9]+(?:[.,][0-9]*)?)\s*([lr])", re.IGNORECASE)
_QUANTITY = re.compile(r"({}|[+-]?\s*inf)\s*([a-zµ%°]*)".format(_NUMBER), re.IGNORECASE)
_RATIO = re.compile(r"({0}|inf)\s*:\s*({0})".format(_NUMBER), re.IGNORECASE)
_FRACTION = re.compile(r"([0-9]{1,6})\s*/\s*([0-9]{1,6})")
_TWO_WAYS = re.compile(r"(?<![0-9.,])([1-9][0-9]{0,2}),([0-9]{3})(?![0-9.,])")
_BY = re.compile(r"(by\s+[+-]?|\+)\s*(?=[0-9.,])", re.IGNORECASE)
_UNITS = {
    "hz": ("Hz", 1.0),
    "khz": ("Hz", 1000.0),
    "us": ("s", 1e-6),
    "µs": ("s", 1e-6),
    "ms": ("s", 1e-3),
    "s": ("s", 1.0),
    "sec": ("s", 1.0),
    "min": ("s", 60.0),
    "db": ("dB", 1.0),
    "%": ("%", 1.0),
    "st": ("st", 1.0),
    "semitones": ("st", 1.0),
    "ct": ("st", 0.01),
    "cents": ("st", 0.01),
    "°": ("°", 1.0),
    "deg": ("°", 1.0),
    "bpm": ("bpm", 1.0),
    "x": ("x", 1.0),
    "oct": ("oct", 1.0),
    "": ("", 1.0),
}


class Quantity(NamedTuple):
    """What a display text says: `amount` in `unit`; unit "" when none is written."""

    amount: float
    unit: str


class Refused(ValueError):
    """No value shows this text; the message is the rule."""


def _float(text: str) -> float:
    return float(text.replace(",", ".").replace(" ", ""))


def check_comma(text: str) -> None:
    """Refuse a comma that can be read two ways: "1,500" is 1.5 or 1500."""
    found = _TWO_WAYS.search(text)
    if found is not None:
        rule = "'{0},{1}' can be read as {0}.{1} or as {0}{1}: write the one that is meant"
        raise Refused(rule.format(found.group(1), found.group(2)))


def number(text: str) -> Optional[float]:
    """The number that a text is, with a decimal point or comma; None for any other text.

    Raises:
      Refused: the comma can be read two ways.
    """
    text = text.strip().replace("−", "-")
    if _PLAIN.fullmatch(text) is None:
        return None
    check_comma(text)
    return _float(text)


def numbers(texts: List[str]) -> List[float]:
    """The numbers that all of these texts are: those of sync rates, say; empty when one is none."""
    try:
        found = [number(each) for each in texts]
    except Refused:
        return []
    return [each for each in found if each is not None] if None not in found else []


def text_of_number(texts: List[str], wanted: float) -> Any:
    """What a bare number means for a stepped parameter that shows `texts`: one of them, if these are all numbers.

    Else the number itself; None where it is none of the numbers.
    """
    shown = numbers(texts)
    if not shown:
        return wanted
    return texts[shown.index(wanted)] if wanted in shown else None


def change(text: str) -> Optional[str]:
    """The signed amount of a text that is meant as a change: "+3 dB" or "by -3 dB"; None for a value."""
    text = text.strip().replace("−", "-")
    found = _BY.match(text)
    if found is None:
        return None
    return ("-" if "-" in found.group(1) else "") + text[found.end() :]


def quantity(text: str) -> Optional[Quantity]:
    """What a display text of Live's says; None when it is words.

    "2.50 kHz" and "2500 Hz" are the same, as are "20L" and −20 in pan, "4.00 : 1" and 4 in ratio.
    """
    text = text.strip().replace("−", "-")
    if text.lower() in ("c", "center", "centre"):
        return Quantity(0.0, "pan")
    pan = _PAN.fullmatch(text)
    if pan is not None:
        return Quantity(_float(pan.group(1)) * (-1 if pan.group(2).lower() == "l" else 1), "pan")
    ratio = _RATIO.fullmatch(text)
    if ratio is not None and _float(ratio.group(2)):
        return Quantity(_float(ratio.group(1)) / _float(ratio.group(2)), "ratio")
    fraction = _FRACTION.fullmatch(text)
    if fraction is not None and int(fraction.group(2)):
        return Quantity(int(fraction.group(1)) / int(fraction.group(2)), "fraction")
    match = _QUANTITY.fullmatch(text)
    if match is None or match.group(2).lower() not in _UNITS:
        return None
    unit, factor = _UNITS[match.group(2).lower()]
    return Quantity(_float(match.group(1)) * factor, unit)


def value_of(
    text: str, show: Callable[[float], str], low: float, high: float, now: Optional[float] = None
) -> float:
    """The roundest value between `low` and `high` of which `show` says `text`, or comes nearest to it.

    A text without a unit is meant in the unit that the parameter shows.

    Args:
      now: The present value, from which a change ("+3 dB") counts; without it a change is refused.

    Raises:
      Refused: no value shows it: another unit, beyond the range, or words that it never shows; or it can be read
        two ways.
    """
    text = text.strip()
    check_comma(text)
    points = [low + (high - low) * i / (SAMPLES - 1) for i in range(SAMPLES)]
    points[-1] = high
    texts = [str(show(point)).strip() for point in points]
    by = _change(text, texts)
    if by is not None:
        return _changed(by, show, texts, low, high, now)
    wanted = quantity(text)
    # Words ("C#3", "Off") stand at whole numbers or at an end.
    steps = range(math.ceil(low), math.floor(high) + 1) if wanted is None and high - low <= MOST_WORDS else ()
    for point in points + [float(step) for step in steps]:
        shown = str(show(point))
        if _word(shown) == _word(text) and quantity(shown) is None:
            return point
    if wanted is None:
        raise Refused("{!r} is no quantity, and no text that it shows: it goes {}".format(text, _span(texts)))
    found = [_in_unit(shown, wanted) for shown in texts]
    for i in range(SAMPLES - 1):
        one, other = found[i], found[i + 1]
        if one is not None and other is not None and min(one, other) <= wanted.amount <= max(one, other):
            # What shows the text may go on beyond the next point.
            last = i + 1
            while last < SAMPLES - 1 and found[last] == wanted.amount and found[last + 1] is not None:
                last += 1
            return _between(points[i], points[last], wanted, show)
    if all(each is None for each in found):
        raise Refused("{!r} is in another unit: it goes {}".format(text, _span(texts)))
    raise Refused("{!r} is out of range: it goes {}".format(text, _span(texts)))


def _change(text: str, texts: List[str]) -> Optional[Quantity]:
    """The change that `text` means for a parameter with these texts; None for a value."""
    said = change(text)
    if said is not None and text[0] == "+" and any(each.startswith("+") for each in texts):
        rule = "{!r} is a value that it shows, or a change: write {!r} or 'by {}'"
        raise Refused(rule.format(text, said, said))
    wanted = quantity(said if said is not None else text)
    if said is not None or wanted is None or not -math.inf < wanted.amount < 0:
        return wanted if said is not None else None
    amounts = [each for each in (_in_unit(shown, wanted) for shown in texts) if each is not None]
    return wanted if amounts and min(amounts) >= 0 else None


def _changed(
    by: Quantity,
    show: Callable[[float], str],
    texts: List[str],
    low: float,
    high: float,
    now: Optional[float],
) -> float:
    """The value that shows `by` more than `now` does, at most the end of the range."""
    held = None if now is None else quantity(str(show(now)))
    if held is None or (by.unit and held.unit != by.unit):
        shown = "nothing" if now is None else repr(str(show(now)))
        raise Refused(
            "A change by {:g} {} needs a value in that unit; it shows {}".format(by.amount, by.unit, shown)
        )
    if not math.isfinite(held.amount):
        raise Refused(
            "A change needs a finite value to count from; it shows {!r}".format(str(show(now or 0.0)))
        )
    # Texts are rounded: the value itself is moved by what the text of it would be.
    amounts = [
        each.amount for each in map(quantity, texts) if each is not None and math.isfinite(each.amount)
    ]
    meant = min(max(held.amount + by.amount, min(amounts)), max(amounts))
    units = {"pan": "{:g}R" if meant >= 0 else "{:g}L", "ratio": "{:g} : 1", "fraction": "{:g}"}
    amount = abs(meant) if held.unit == "pan" else meant
    return value_of(units.get(held.unit, "{:g} " + held.unit).format(round(amount, 6)), show, low, high)


def _word(text: str) -> str:
    return text.strip().lower().replace("♯", "#").replace("♭", "b")


def _span(texts: List[str]) -> str:
    return "from {!r} to {!r}".format(texts[0], texts[-1])


def _in_unit(shown: str, wanted: Quantity) -> Optional[float]:
    held = quantity(shown)
    if held is None or (wanted.unit and held.unit and held.unit != wanted.unit):
        return None
    return held.amount


def _between(one: float, other: float, wanted: Quantity, show: Callable[[float], str]) -> float:
    """Both borders of the values that show `wanted`, then the roundest value within."""

    def amount(value: float) -> float:
        held = _in_unit(str(show(value)), wanted)
        return math.nan if held is None else held

    rising = amount(other) >= amount(one)
    # A text says its number shortened; what a person writes is as exact as that.
    slack = 1e-9 * max(1.0, abs(wanted.amount)) if math.isfinite(wanted.amount) else 0.0

    def border(inside: Callable[[float], bool], low: float, high: float) -> Tuple[float, float]:
        """The last value for which it holds, coming from `low` where it does, and the first for which not."""
        if inside(high):
            return high, high
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            low, high = (middle, high) if inside(middle) else (low, middle)
        return low, high

    def below(value: float) -> bool:
        return amount(value) < wanted.amount - slack if rising else amount(value) > wanted.amount + slack

    def reached(value: float) -> bool:
        return amount(value) <= wanted.amount + slack if rising else amount(value) >= wanted.amount - slack

    under, first = border(below, one, other) if below(one) else (one, one)
    last, over = border(reached, one, other)
    if last >= first:
        return roundest(first, last)
    # No value shows it exactly: the nearer of its neighbours.
    near = min((under, over), key=lambda value: abs(amount(value) - wanted.amount))
    return near


def roundest(low: float, high: float) -> float:
    """The number with the fewest decimals in [low, high], of those the nearest to the middle."""
    middle = (low + high) / 2
    for digits in range(16):
        number = round(middle, digits)
        if low <= number <= high:
            return number
    return middle


def texts(obj: Any) -> Callable[[float], str]:
    """How a parameter of Live's shows a value."""

    def show(value: float) -> str:
        return str(obj.str_for_value(value))

    return show
