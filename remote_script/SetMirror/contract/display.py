"""Display texts of parameters such as "2.50 kHz": from a text to its quantity, and to the value that shows it.

Live only converts values to texts (`str_for_value`). The inverse is a search: the text is parsed as a quantity,
Live gives the texts of points across the parameter's range, and the interval around the quantity is bisected. If
several values show the text, the result is the roundest of them: 0.7 for "-6 dB", not 0.69983.

A comma is a decimal comma ("1,5 kHz"); "1,500 Hz" is refused, because it could also be 1500. A relative change is
written "+3 dB" or "by -3 dB". A minus alone is a change only if the parameter shows no negative amounts ("-10 %"). A
unit that the parameter does not show is refused; where it shows plain numbers from 0 on, such as a macro, "50 %" is the
half of its range.

A number without a unit can be Live's inner value, or a number that the parameter shows on another scale (`meant`).
"""

from __future__ import annotations

import math
import re
from typing import Any, Callable, List, NamedTuple, Optional, Tuple, Union

SAMPLES = 65
"""Points across the range; between two neighbouring points a parameter's curve must be monotonic."""
HALVINGS = 40
MOST_WORDS = 512
"""Largest number of whole numbers whose texts are searched for a word."""
LONGEST_TEXT = 60

_NUMBER = r"[+-]?(?:[0-9]+(?:[.,][0-9]*)?|[.,][0-9]+)(?:e[+-]?[0-9]{1,3})?"
_PLAIN = re.compile(_NUMBER, re.IGNORECASE)
_PAN = re.compile(r"([0-9]+(?:[.,][0-9]*)?)\s*([lr])", re.IGNORECASE)
_QUANTITY = re.compile(r"({}|[+-]?\s*inf)\s*([a-zµ%°]*)".format(_NUMBER), re.IGNORECASE)
_RATIO = re.compile(r"({0}|inf)\s*(?::|to)\s*({0})".format(_NUMBER), re.IGNORECASE)
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
    """A parsed display text: `amount` in `unit`; `unit` is "" when the text has none."""

    amount: float
    unit: str


class Refused(ValueError):
    """No value shows this text, or it can be read in two ways; the message is the rule, `hint` the way to write it."""

    def __init__(self, rule: str, hint: Optional[str] = None) -> None:
        super().__init__(rule)
        self.hint = hint


def _float(text: str) -> float:
    return float(text.replace(",", ".").replace(" ", ""))


def check_comma(text: str) -> None:
    """Refuse a comma that can be read in two ways: "1,500" is 1.5 or 1500."""
    match = _TWO_WAYS.search(text)
    if match is not None:
        rule = "'{0},{1}' can be read as {0}.{1} or as {0}{1}: write the one that you mean"
        raise Refused(rule.format(match.group(1), match.group(2)))


def number(text: str) -> Optional[float]:
    """The number that a text consists of, with a decimal point or comma; None for any other text.

    Raises:
      Refused: the comma can be read two ways.
    """
    text = text.strip().replace("−", "-")
    if _PLAIN.fullmatch(text) is None:
        return None
    check_comma(text)
    return _float(text)


def numbers(texts: List[str]) -> List[float]:
    """The texts as numbers, for example the texts of sync rates; empty when any of the texts is not a number."""
    try:
        parsed = [number(text) for text in texts]
    except Refused:
        return []
    return [value for value in parsed if value is not None] if None not in parsed else []


def text_of_number(texts: List[str], wanted: float) -> Any:
    """The text that a bare number selects in a stepped parameter whose `texts` are numbers.

    The number itself when the texts are not numbers; None when no text equals it.
    """
    shown = numbers(texts)
    if not shown:
        return wanted
    return texts[shown.index(wanted)] if wanted in shown else None


def change(text: str) -> Optional[str]:
    """The signed amount of a relative change, "+3 dB" or "by -3 dB"; None for a text that is a value."""
    text = text.strip().replace("−", "-")
    match = _BY.match(text)
    if match is None:
        return None
    return ("-" if "-" in match.group(1) else "") + text[match.end() :]


def is_change(text: Any, shown: str) -> bool:
    """True when the text that led to the value with the text `shown` was a change: "+3 dB", or "-10 %" for 40 %."""
    if not isinstance(text, str):
        return False
    wanted, result = quantity(text), quantity(shown)
    is_less = wanted is not None and result is not None and wanted.amount < 0 <= result.amount
    return change(text) is not None or is_less


def quantity(text: str) -> Optional[Quantity]:
    """The quantity of one of Live's display texts; None for words.

    "2.50 kHz" and "2500 Hz" are equal; so are "20L" and −20 in pan, and "4.00 : 1", "4 to 1" and 4 in ratio.
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


def says(shown: str, text: str) -> bool:
    """True when `text` means the value that Live shows as `shown`, such as "-3 dB" and "-3.0 dB".

    Units are converted ("2500 Hz" means "2.50 kHz"). A number without a unit has the unit of `shown`.
    """
    if _word(shown) == _word(text):
        return True
    meant, present = quantity(text), quantity(shown)
    if meant is None or present is None or meant.unit not in ("", present.unit):
        return False
    return math.isclose(present.amount, meant.amount, rel_tol=1e-9)


def value_of(
    text: str, show: Callable[[float], str], low: float, high: float, now: Optional[float] = None
) -> float:
    """The roundest value between `low` and `high` for which `show` returns `text`, or the nearest quantity to it.

    A text without a unit has the unit that the parameter shows.

    Args:
      now: The present value; a relative change ("+3 dB") is added to it. Without `now` a change is refused.

    Raises:
      Refused: no value shows the text (another unit, beyond the range, or words that are never shown), or the text
        can be read in two ways.
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
    # Words ("C#3", "Off") are the texts of whole numbers or of an end of the range.
    steps = range(math.ceil(low), math.floor(high) + 1) if wanted is None and high - low <= MOST_WORDS else ()
    for point in [float(step) for step in steps] + points:
        shown = str(show(point))
        if _word(shown) == _word(text) and quantity(shown) is None:
            return point
    if wanted is None:
        raise Refused(
            "{!r} is neither a quantity nor a text that the parameter shows: the range goes {}".format(
                text, _span(texts)
            )
        )
    wanted = _in_shown_unit(text, wanted, texts)
    amounts = [_in_unit(shown, wanted) for shown in texts]
    for i in range(SAMPLES - 1):
        amount, following = amounts[i], amounts[i + 1]
        if (
            amount is not None
            and following is not None
            and min(amount, following) <= wanted.amount <= max(amount, following)
        ):
            # The next points may show the same text.
            last = i + 1
            while last < SAMPLES - 1 and amounts[last] == wanted.amount and amounts[last + 1] is not None:
                last += 1
            point = _between(points[i], points[last], wanted, show)
            _check_end(wanted, _in_unit(str(show(point)), wanted), (amount, following), texts)
            return point
    raise Refused("{!r} is out of range: the range goes {}".format(text, _span(texts)))


def _in_shown_unit(text: str, wanted: Quantity, texts: List[str]) -> Quantity:
    """The quantity, with a share of the range as the number that a parameter without units shows for it.

    Raises:
      Refused: the parameter shows other units, or none.
    """
    shown = [parsed for parsed in map(quantity, texts) if parsed is not None]
    if not wanted.unit or any(parsed.unit == wanted.unit for parsed in shown):
        return wanted
    if wanted.unit == "%" and all(parsed.unit == "" for parsed in shown) and len(shown) == len(texts):
        first, last = shown[0].amount, shown[-1].amount
        if first == 0 < last and 0 <= wanted.amount <= 100:
            return Quantity(last * wanted.amount / 100, "")
    kind = (
        "has a unit that the parameter does not show"
        if all(not q.unit for q in shown)
        else "is in another unit"
    )
    raise Refused("{!r} {}: the range goes {}".format(text, kind, _span(texts)))


def meant(
    written: Union[float, str], show: Callable[[float], str], low: float, high: float
) -> Optional[float]:
    """The value that a bare number means for a parameter without items; None for a number beyond the inner range.

    It is Live's inner value. Where the parameter shows numbers without a unit on another scale (Glue Compressor's
    Ratio 0, 1, 2 shows 2, 4, 10), a number in a text is the shown one, and a plain number is refused if another
    value shows it.

    Args:
      written: A number, or the text of a number.

    Raises:
      Refused: the number is both an inner value and the text of another value.
    """
    amount = _float(written) if isinstance(written, str) else float(written)
    # Live stores 32-bit floats: a value that was read from Live may exceed the bound by a rounding error.
    slack = 1e-6 * max(1.0, abs(amount))
    inner = min(max(amount, low), high) if low - slack <= amount <= high + slack else None
    at_inner = "" if inner is None else str(show(inner))
    if inner is not None and not on_another_scale(at_inner, amount):
        return inner
    shown = _showing(amount, show, low, high)
    if inner is None:
        return shown if isinstance(written, str) else None
    if shown is None or str(show(shown)) == at_inner:
        return inner
    if isinstance(written, str):
        return shown
    rule = "{0:.10g} can be Live's inner value, which shows {1!r}, or the value that shows {2!r}"
    hint = 'write "{0:.10g}" (a text) for what Live shows, or {{"raw": {0:.10g}}} for the inner value'
    raise Refused(rule.format(amount, at_inner.strip(), str(show(shown)).strip()), hint.format(amount))


PLAIN_UNITS = ("", "fraction")
"""Units of the texts that are numbers alone: "10", "1/4"."""


def same_unit(one: Quantity, other: Quantity) -> bool:
    """True when two quantities can be compared."""
    return one.unit == other.unit or (one.unit in PLAIN_UNITS and other.unit in PLAIN_UNITS)


def on_another_scale(shown: str, value: float) -> bool:
    """True when the text of an inner value is another number without a unit, or a word."""
    parsed = quantity(shown)
    if parsed is None:
        return True
    # The text is the number itself if that was rounded or cut off at the last digit.
    is_itself = math.isclose(parsed.amount, value) or abs(parsed.amount - value) < 0.999 * _last_digit(shown)
    return parsed.unit in PLAIN_UNITS and not is_itself


def _showing(amount: float, show: Callable[[float], str], low: float, high: float) -> Optional[float]:
    """The value that shows this number without a unit; None without one."""
    try:
        value = value_of("{:.10g}".format(amount), show, low, high)
    except Refused:
        return None
    parsed = quantity(str(show(value)))
    return value if parsed is not None and parsed.unit in PLAIN_UNITS else None


def readings(number: float, show: Callable[[float], str], low: float, high: float) -> List[str]:
    """The meanings of a bare number in the parameter's units, as texts that `value_of` accepts.

    10 becomes "10 ms" if "10 s" is out of range.
    """
    readable: List[str] = []
    shown = [str(show(low + (high - low) * i / (SAMPLES - 1))).strip() for i in range(SAMPLES)]
    for form in dict.fromkeys(filter(None, map(_form, shown))):
        text = form.format("{:.10g}".format(number))
        if form == _PAN_FORM:
            text = "{:.10g}{}".format(abs(number), "L" if number < 0 else "R")
        try:
            value_of(text, show, low, high)
        except Refused:
            continue
        readable.append(text.strip())
    return readable


_PAN_FORM = "{}R"


def _form(shown: str) -> Optional[str]:
    """The text with its number left out, as a format: "{} ms"; None for words."""
    parsed = quantity(shown)
    if parsed is None or not math.isfinite(parsed.amount):
        return None
    match = _QUANTITY.fullmatch(shown.replace("−", "-"))
    special = {"pan": _PAN_FORM, "ratio": "{} : 1"}
    return special.get(parsed.unit) or ("{} " + match.group(2) if match else None)


def _check_end(wanted: Quantity, shown: Optional[float], ends: Tuple[float, float], texts: List[str]) -> None:
    """Refuse an amount beyond the last finite one: next to an infinite end ("-inf dB") only a few numbers are shown."""
    if all(map(math.isfinite, ends)) or math.isinf(wanted.amount) or shown is None:
        return
    if abs(shown - wanted.amount) > 0.01 * max(1.0, abs(wanted.amount)):
        rule = "{:g} {} is out of range: next to {!r} the parameter shows {:g} {}; the range goes {}"
        end = texts[0] if math.isinf(ends[0]) else texts[-1]
        raise Refused(rule.format(wanted.amount, wanted.unit, end, shown, wanted.unit, _span(texts)))


def _change(text: str, texts: List[str]) -> Optional[Quantity]:
    """The relative change that `text` means for a parameter with these texts; None for a value."""
    amount_text = change(text)
    if amount_text is not None and text[0] == "+" and any(shown.startswith("+") for shown in texts):
        rule = "{!r} can be a value or a change: write {!r} or 'by {}'"
        raise Refused(rule.format(text, amount_text, amount_text))
    wanted = quantity(amount_text if amount_text is not None else text)
    if amount_text is not None or wanted is None or not -math.inf < wanted.amount < 0:
        return wanted if amount_text is not None else None
    amounts = [amount for amount in (_in_unit(shown, wanted) for shown in texts) if amount is not None]
    return wanted if amounts and min(amounts) >= 0 else None


def _changed(
    by: Quantity,
    show: Callable[[float], str],
    texts: List[str],
    low: float,
    high: float,
    now: Optional[float],
) -> float:
    """The value that shows the amount of `now` plus `by`; Refused beyond the range, as for a value."""
    shown_now = None if now is None else quantity(str(show(now)))
    if shown_now is None or (by.unit and shown_now.unit != by.unit):
        shown = "nothing" if now is None else repr(str(show(now)))
        raise Refused(
            "A change by {:g} {} needs a value in that unit; it shows {}".format(by.amount, by.unit, shown)
        )
    if not math.isfinite(shown_now.amount):
        raise Refused(
            "A change needs a finite value to count from; it shows {!r}".format(str(show(now or 0.0)))
        )
    # Texts are rounded: compute the amount of the new text first, then search for the value that shows it.
    amounts = [
        shown_at.amount
        for shown_at in map(quantity, texts)
        if shown_at is not None and math.isfinite(shown_at.amount)
    ]
    meant = shown_now.amount + by.amount
    # Texts are rounded: a change that ends at the end of the range may come out slightly beyond it.
    for end in (min(amounts), max(amounts)):
        meant = end if abs(end - meant) <= 1e-6 * max(1.0, abs(end)) else meant
    units = {"pan": "{:g}R" if meant >= 0 else "{:g}L", "ratio": "{:g} : 1", "fraction": "{:g}"}
    amount = abs(meant) if shown_now.unit == "pan" else meant
    value = value_of(
        units.get(shown_now.unit, "{:g} " + shown_now.unit).format(round(amount, 6)), show, low, high
    )
    if not by.unit and now is not None and low <= now + by.amount <= high:
        _check_one_scale(by.amount, str(show(value)).strip(), now + by.amount, show)
    return value


def _check_one_scale(by: float, shown: str, inner: float, show: Callable[[float], str]) -> None:
    """Refuse a change without a unit that leads elsewhere in inner values than in the numbers that are shown."""
    at_inner = str(show(inner)).strip()
    one, other = quantity(shown), quantity(at_inner)
    if one is None or other is None or one.unit != other.unit:
        return
    # Texts are rounded, so the same change may differ by the last digit.
    if abs(one.amount - other.amount) > 1.01 * max(map(_last_digit, (shown, at_inner))):
        rule = "A change by {:g} can lead to {!r}, in what is shown, or to {!r}, in Live's inner values"
        hint = 'write "{}" or {{"raw": {:.6g}}}'
        raise Refused(rule.format(by, shown, at_inner), hint.format(shown.lstrip("+"), inner))


def _word(text: str) -> str:
    return text.strip().lower().replace("♯", "#").replace("♭", "b")


def _span(texts: List[str]) -> str:
    return "from {!r} to {!r}".format(texts[0], texts[-1])


def _in_unit(shown: str, wanted: Quantity) -> Optional[float]:
    parsed = quantity(shown)
    if parsed is None or (wanted.unit and parsed.unit and parsed.unit != wanted.unit):
        return None
    return parsed.amount


def _between(left: float, right: float, wanted: Quantity, show: Callable[[float], str]) -> float:
    """The roundest of the values that show `wanted`; bisects for the first and the last of them."""

    def amount(value: float) -> float:
        parsed = _in_unit(str(show(value)), wanted)
        return math.nan if parsed is None else parsed

    rising = amount(right) >= amount(left)
    # Live's texts are rounded, so accept small differences from the number that a person wrote.
    slack = 1e-9 * max(1.0, abs(wanted.amount)) if math.isfinite(wanted.amount) else 0.0

    def border(inside: Callable[[float], bool], low: float, high: float) -> Tuple[float, float]:
        """The neighbours at the border of `inside`: the last value where it is true, the first where it is false."""
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

    under, first = border(below, left, right) if below(left) else (left, left)
    last, over = border(reached, left, right)
    if last >= first:
        return roundest(first, last)
    # No value shows the exact amount: use the nearer one of the two neighbours.
    near = min((under, over), key=lambda value: abs(amount(value) - wanted.amount))
    _check_steps(wanted, str(show(near)), str(show(over if near == under else under)))
    return near


def _check_steps(wanted: Quantity, near: str, next_to_it: str) -> None:
    """Refuse an amount between the texts of a parameter that moves in steps: it is not the rounded form of either."""
    amounts = [_in_unit(shown, wanted) for shown in (near, next_to_it)]
    if None in amounts or not all(map(math.isfinite, amounts)):  # type: ignore[arg-type]
        return
    digit = min(map(_last_digit, (near, next_to_it)))
    apart, off = abs(amounts[0] - amounts[1]), abs(amounts[0] - wanted.amount)  # type: ignore[operator]
    if apart > 1.5 * digit and off > 0.51 * digit:
        rule = "No value shows {:.10g}{}: next to it are {!r} and {!r}"
        unit = " " + wanted.unit if wanted.unit not in ("", "fraction", "pan", "ratio") else ""
        raise Refused(rule.format(wanted.amount, unit, near.strip(), next_to_it.strip()))


def _last_digit(shown: str) -> float:
    """What the last digit of a text counts, in the unit of its quantity: 10 Hz for "2.50 kHz", 0 for "1/4"."""
    parsed = quantity(shown)
    match = re.match(r"[^0-9.]*[0-9]*(?:\.([0-9]*))?", shown)
    if parsed is None or parsed.unit == "fraction" or match is None:
        return 0.0
    suffix = _QUANTITY.fullmatch(shown.strip().replace("−", "-"))
    factor = _UNITS.get(suffix.group(2).lower(), ("", 1.0))[1] if suffix is not None else 1.0
    return float(factor * 10.0 ** -len(match.group(1) or ""))


def roundest(low: float, high: float) -> float:
    """The number with the fewest decimals in [low, high]; among several, the nearest to the middle."""
    middle = (low + high) / 2
    for digits in range(16):
        number = round(middle, digits)
        if low <= number <= high:
            return number
    return middle


def texts(obj: Any) -> Callable[[float], str]:
    """A function that gives the text which a Live parameter shows for a value."""

    def show(value: float) -> str:
        return str(obj.str_for_value(value))

    return show
