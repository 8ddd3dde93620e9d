"""`python -m remote_script.headless.devices`: a table of the known facts about each native device.

Columns: class, the Live of its list, parameters of a new device, names from a source, guessed names, texts of
defaults that a real Live showed, how many of these texts are the same here, parameters with any guess, and the older
Lives whose lists are known.
"""

from __future__ import annotations

from typing import List, NamedTuple

from . import all_devices
from .facts import DeviceFacts

HEAD = ("class", "Live", "parameters", "sourced", "guessed", "texts", "equal", "with a guess", "older Lives")


class DeviceRow(NamedTuple):
    class_name: str
    live: str
    parameters: int
    sourced: int
    guessed: int
    texts: int
    equal: int
    with_guess: int
    older: str


def row(facts: DeviceFacts) -> DeviceRow:
    fresh = facts.fresh
    sourced = len(fresh) if facts.live > (0,) else 0
    texts = [fact for fact in fresh if fact.text]
    return DeviceRow(
        facts.class_name,
        ".".join(map(str, facts.live)),
        len(fresh),
        sourced,
        len(fresh) - sourced,
        len(texts),
        sum(fact.law.text(fact.default) == fact.text for fact in texts),
        sum(bool(set(fact.guesses) - {"path"}) for fact in fresh),
        " ".join(".".join(map(str, older.live)) for older in facts.older),
    )


def table() -> List[str]:
    """The table as lines: a head, a row for each device that Live offers, and the sums."""
    rows = [row(facts) for facts in all_devices()]
    form = "%-24s %-7s %11s %8s %8s %6s %6s %13s  %s"
    lines = [form % HEAD] + [form % row for row in rows]
    sums = tuple(map(sum, zip(*(row[2:8] for row in rows))))
    return lines + [form % (("%d classes" % len(rows), "") + sums + ("",))]


if __name__ == "__main__":
    print("\n".join(table()))
