"""`python -m remote_script.headless.devices`: what is known of each native device, as a table.

Columns: class, the Live that its list is of, parameters of a fresh device, names that a source has, names that are
guessed, texts of defaults that a real Live showed, those that we show the same, parameters with a guess about
anything, and the older Lives whose lists are known.
"""

from __future__ import annotations

from typing import List, NamedTuple

from . import all_devices
from .facts import DeviceFacts

HEAD = ("class", "Live", "parameters", "sourced", "guessed", "texts", "equal", "with a guess", "older Lives")


class Row(NamedTuple):
    class_name: str
    live: str
    parameters: int
    sourced: int
    guessed: int
    texts: int
    equal: int
    with_guess: int
    older: str


def row(facts: DeviceFacts) -> Row:
    fresh = facts.fresh
    sourced = len(fresh) if facts.live > (0,) else 0
    texts = [fact for fact in fresh if fact.text]
    return Row(
        facts.class_name,
        ".".join(map(str, facts.live)),
        len(fresh),
        sourced,
        len(fresh) - sourced,
        len(texts),
        sum(fact.law.text(fact.default) == fact.text for fact in texts),
        sum(bool(set(fact.guesses) - {"path"}) for fact in fresh),
        " ".join(".".join(map(str, each.live)) for each in facts.older),
    )


def table() -> List[str]:
    """The table as lines: a head, a row for each device that Live offers, and the sums."""
    rows = [row(facts) for facts in all_devices()]
    form = "%-24s %-7s %11s %8s %8s %6s %6s %13s  %s"
    lines = [form % HEAD] + [form % each for each in rows]
    sums = tuple(sum(each[column] for each in rows) for column in range(2, 8))  # type: ignore[misc]
    return lines + [form % (("%d classes" % len(rows), "") + sums + ("",))]


if __name__ == "__main__":
    print("\n".join(table()))
