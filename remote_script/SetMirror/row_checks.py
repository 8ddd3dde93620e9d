"""Applies the rules of `contract.checks` to Live's objects."""

from __future__ import annotations

from typing import Any, Callable, Optional, Tuple

from .contract import checks, display, schema
from .contract.errors import BridgeError
from .contract.late import change_by, written
from .contract.values import ABSENT, items, read
from .layouts import Row


def reading(obj: Any) -> checks.Read:
    """A function that reads a Live object's property by name, as the shared rules expect it."""

    def read_property(name: str) -> Any:
        value = read(obj, name)
        return list(items(value)) if name == "value_items" and value is not ABSENT else value

    return read_property


def object_label(row: Row) -> str:
    return checks.object_label(row.layout.type, row.value("name"))


def writable(row: Row, name: Any, live: Tuple[int, ...], now: Callable[[str], Any]) -> schema.Property:
    """The property, if it applies to this object in this Live and can be set; `now` reads a property's wire value."""

    def reads(other: str) -> Any:
        return now(other) if other == name else row.value(other)

    return checks.writable(row.layout.type, name, live, reads)


def property_value(row: Row, prop: schema.Property, value: Any, now: Callable[[], Any]) -> Any:
    """The plain value to set; refuses values that the table or the parameter's own range forbids.

    Args:
      now: Reads the value from which a relative change counts; ABSENT when it cannot be read.
    """
    if row.layout.type == "DeviceParameter" and prop.name == "value":
        search = _search(row.obj, repr(read(row.obj, "name")), now)
        return checks.parameter_value(reading(row.obj), value, search)
    by = change_by(value) if prop.type in ("int", "float") else None
    if by is not None:
        base = now()
        if not isinstance(base, (int, float)):
            raise checks.refuse("`{}` has no number to count from".format(prop.name), value)
        value = base + by
    return checks.plain_value(prop, value)


def parameter_number(obj: Any, label: str, value: Any, now: Optional[Callable[[], Any]] = None) -> float:
    """The internal value of a parameter, from a number or a text that Live shows for it, within its range.

    Args:
      now: Reads the value from which a change counts; default the parameter's present value.
    """
    search = _search(obj, label, now or (lambda: read(obj, "value")))
    number: float = checks.parameter_number(reading(obj), label, value, search)
    return number


def _search(obj: Any, label: str, now: Callable[[], Any]) -> Callable[[Any], float]:
    """A function that finds the value for which Live shows a text, or that a bare number as written means.

    It refuses a number beyond the range, and names the text to write.

    Args:
      now: Reads the internal value from which a relative change counts; ABSENT when it cannot be read.
    """

    def search(text: Any) -> float:
        low, high = read(obj, "min"), read(obj, "max")
        bare = written(text)
        if low is ABSENT or high is ABSENT:
            raise checks.refuse("{} takes a number".format(label), text)
        if isinstance(text, str) and len(text) > display.LONGEST_TEXT:
            raise checks.refuse("a display text has up to {} characters".format(display.LONGEST_TEXT), text)
        show = display.texts(obj)
        try:
            if bare is not None:
                meant = display.meant(bare, show, float(low), float(high))
                if meant is not None:
                    return meant
                text = bare
            if not isinstance(text, str):
                raise checks.out_of_range(label, text, low, high, hint=_way_to_write(obj, text, low, high))
            value = now()
            present = None if value is ABSENT else float(value)
            return display.value_of(text, show, float(low), float(high), now=present)
        except display.Refused as problem:
            facts = {} if problem.hint is None else {"hint": problem.hint}
            raise checks.refuse("{}: {}".format(label, problem), text, minimum=low, maximum=high, **facts)

    return search


def _way_to_write(obj: Any, number: float, low: float, high: float) -> str:
    """A hint how to write a number beyond the internal range: as a text that Live shows, or as an internal value."""
    show = display.texts(obj)
    forms = [repr(text) for text in display.readings(number, show, float(low), float(high))]
    ends = "the range goes from {!r} to {!r}".format(show(low), show(high))
    ways = "write {} for the shown value; ".format(" or ".join(forms)) if forms else ""
    return "a bare number is Live's inner value; {}{}".format(ways, ends)


def is_property(row: Row, name: str) -> bool:
    """True when the table has the property for this class of object."""
    return name in schema.properties(row.layout.type)


def not_long(row: Row, name: str) -> None:
    """BridgeError NOT_AVAILABLE for a long property, which cannot be read within one turn."""
    index = row.layout.index.get(name)
    if index is not None and row.layout.long_bits & 1 << index:
        rule = "{} of a {} is too long to be read in one turn".format(name, row.layout.type)
        raise BridgeError("NOT_AVAILABLE", rule, name, hint="the mirror holds it")


def channel_of(prop: schema.Property) -> str:
    """The name of the channel that Live chooses again after this routing type was set; "" for other properties."""
    return prop.name.replace("_type", "_channel") if prop.type == "routing" and "_type" in prop.name else ""
