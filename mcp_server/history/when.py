"""Moments as people write them: a revision, "10 min" ago, "last week", a time of day, a date with or without a time."""

from __future__ import annotations

import re
import time
from typing import NamedTuple

from mirror import errors

_SPANS = {"s": 1.0, "sec": 1.0, "second": 1.0, "min": 60.0, "minute": 60.0, "h": 3600.0, "hour": 3600.0}
_SPANS |= {"day": 86400.0, "d": 86400.0, "week": 604800.0, "w": 604800.0}
_AGO = re.compile(r"(\d+(?:[.,]\d+)?)\s*([a-z]+?)s?(?:\s+ago)?")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_ONE = re.compile(r"(?:last|an?|one) +")
_CLOCK = re.compile(r"(?:(\d{4}-\d\d-\d\d)[ t])?(\d{1,2}):(\d\d)(?::(\d\d))?")
CHOICES = 'a revision such as 120, "10 min", "2 h", "14:05", or "2026-11-26 14:05"'


class Moment(NamedTuple):
    """A point in the log: a revision of the present epoch, or a time in seconds since 1970; one of them is None."""

    revision: int | None = None
    time: float | None = None
    yesterday: bool = False
    """True when the time of day has not come yet today, so that yesterday's is meant."""

    def notes(self, began: float) -> list[str]:
        """Notes about this moment for the client; `began` is the time of the first event, in seconds since 1970."""
        if self.time is None:
            return []
        said = []
        if self.yesterday:
            clock = time.strftime("%Y-%m-%d %H:%M", time.localtime(self.time))
            said.append(f"that time has not come today: yesterday's is meant, {clock}")
        if self.time < began:
            clock = time.strftime("%H:%M:%S", time.localtime(began))
            said.append(f"the log begins at {clock}: earlier changes are not known")
        return said


def moment(value: int | str, now: float) -> Moment:
    """The moment that `value` stands for; a time of day is the latest one that has passed.

    Args:
      now: Seconds since 1970.

    Raises:
      InvalidValue: the value has none of the forms, or is in the future.
    """
    text = str(value).strip().casefold()
    if text.isdecimal() and len(text) < 16:
        return Moment(revision=int(text))
    text = _ONE.sub("1 ", "1 day" if text == "yesterday" else text, count=1)
    if _DATE.fullmatch(text):
        text += " 00:00"
    ago = _AGO.fullmatch(text)
    if ago is not None and (ago[2] in _SPANS or ago[2] + "s" in _SPANS):
        return Moment(time=now - float(ago[1].replace(",", ".")) * _SPANS[ago[2]])
    clock = _CLOCK.fullmatch(text)
    if clock is not None:
        return _at(clock, now, value)
    raise _unknown(value)


def _at(clock: re.Match[str], now: float, value: int | str) -> Moment:
    date = clock[1] or time.strftime("%Y-%m-%d", time.localtime(now))
    try:
        then = time.mktime(
            time.strptime(f"{date} {clock[2]}:{clock[3]}:{clock[4] or '00'}", "%Y-%m-%d %H:%M:%S")
        )
    except (ValueError, OverflowError):
        raise _unknown(value) from None
    if then <= now:
        return Moment(time=then)
    if clock[1]:
        raise errors.InvalidValue(
            f"{str(value)[:40]!r} is in the future", str(value)[:40], hint=f"give {CHOICES}"
        )
    return Moment(time=then - 86400.0, yesterday=True)


def _unknown(value: int | str) -> errors.InvalidValue:
    text = str(value)[:40]
    return errors.InvalidValue(
        f"{text!r} is no moment: a revision, a time ago, or a time of day", text, hint=f"give {CHOICES}"
    )
