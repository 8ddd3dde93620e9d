"""The facts about native devices in `parameters.json`; `take` writes that file from a dump of a real Live.

A device has the list of the newest Live that somebody dumped (`live`) and the lists of older Lives (`older`: names
in that Live's order, and the ranges that differed). Fields of a parameter:

    name, original_name   as Live's API has them; `was`: names that older Lives had
    min, max, items       0 and 1 unless given; `items` make it quantized
    default, text         the value in a new device and the text that Live shows for the value
    texts                 further values and their texts, as a Live showed them
    unit                  the display law (see `display`)
    path, file            the element in a Set file and the form of its number: shown unit, "factor", "value" or share
    section               listed only after its section was switched on
    guess                 the fields that no source has from a real Live: "law", "default", "items", "path" …
"""

from __future__ import annotations

import json
import os
from functools import lru_cache
from typing import Any, Dict, FrozenSet, List, NamedTuple, Optional, Tuple

from .laws import Law

PATH = os.path.join(os.path.dirname(os.path.abspath(__file__)), "parameters.json")
UNDEFINED, INSTRUMENT, AUDIO_EFFECT, MIDI_EFFECT = 0, 1, 2, 4
Version = Tuple[int, ...]
OLDEST: Version = (11, 0)
"""The oldest Live whose lists are stored: headless Live has no older version."""


class ParameterFact(NamedTuple):
    name: str
    law: Law
    default: float = 0.0
    """Live's value in a fresh device."""
    path: str = ""
    """Path of the parameter's element below the device's element in a Set file; "" if unknown."""
    original_name: str = ""
    text: str = ""
    """The text that Live shows for the default; empty if it is unknown."""
    texts: Tuple[Tuple[float, str], ...] = ()
    was: Tuple[str, ...] = ()
    in_section: bool = False
    guesses: Tuple[str, ...] = ()

    @property
    def pairs(self) -> Tuple[Tuple[float, str], ...]:
        """Every value whose text a real Live showed."""
        shown = ((self.default, self.text),) if self.text and "default" not in self.guesses else ()
        return shown + self.texts


class OlderList(NamedTuple):
    live: Version
    names: Tuple[str, ...]
    ranges: Dict[str, Tuple[float, float]]


class DeviceFacts(NamedTuple):
    class_name: str
    display_name: str
    type: int
    live: Version
    """The Live in which the list was dumped; (0,) for a class without a dump."""
    source: str
    parameters: Tuple[ParameterFact, ...]
    """The parameters in Live's order, without "Device On"; empty for a class without a dump."""
    older: Tuple[OlderList, ...]
    """The lists of older Lives, newest first."""

    @property
    def sections(self) -> FrozenSet[str]:
        """Names of the parameters that are listed only once their section was on."""
        return frozenset(fact.name for fact in self.parameters if fact.in_section)

    def opened_by(self, switch: str) -> Tuple[ParameterFact, ...]:
        """The parameters of a section, which a Sampler lists after the switch ("L 1 On", "Osc On") was on."""
        if not switch.endswith(" On") or any(
            fact.name == switch and fact.default for fact in self.parameters
        ):
            return ()
        section = switch[: -len(" On")]
        prefixes = (section + " ",) if section != "Osc" else ("O ", "Oe ")
        return tuple(fact for fact in self.parameters if fact.in_section and fact.name.startswith(prefixes))

    @property
    def fresh(self) -> Tuple[ParameterFact, ...]:
        """The parameters that a newly inserted device lists."""
        return tuple(fact for fact in self.parameters if not fact.in_section)


def number_of(live: str) -> Version:
    """(12, 4, 6) for "12.4.6"; (12, 1) for "12.x", as the sources call the Lives before 12.2."""
    if live == "12.x":
        return (12, 1)
    return tuple(int(part) for part in live.split(".")) if live else (0,)


@lru_cache(maxsize=None)
def raw() -> Dict[str, Any]:
    """The contents of `parameters.json`."""
    with open(PATH, encoding="utf-8") as file:
        data: Dict[str, Any] = json.load(file)
    return data


@lru_cache(maxsize=None)
def device_facts(class_name: str) -> Optional[DeviceFacts]:
    """The facts of one class, or None."""
    data = raw()
    row = data["devices"].get(class_name)
    return None if row is None else read_device(class_name, row, data["lists"])


def read_device(class_name: str, row: Dict[str, Any], lists: Dict[str, List[str]]) -> DeviceFacts:
    facts = tuple(_fact(parameter, lists) for parameter in row.get("parameters", ()))
    older = []
    for listing in row.get("older", ()):
        names = listing.get("names") or [fact.name for fact in facts]
        ranges = {name: (float(low), float(high)) for name, (low, high) in listing.get("ranges", {}).items()}
        older.append(OlderList(number_of(listing["live"]), tuple(names), ranges))
    return DeviceFacts(
        class_name,
        row["display"],
        row["type"],
        number_of(row.get("live", "")),
        row.get("source", ""),
        facts,
        tuple(sorted(older, key=lambda listing: listing.live, reverse=True)),
    )


def _fact(row: Dict[str, Any], lists: Dict[str, List[str]]) -> ParameterFact:
    guesses = tuple(row.get("guess", ()))
    items = row.get("items", ())
    file = row.get("file", 1.0)
    law = Law(
        row.get("unit", ""),
        float(row.get("min", 0.0)),
        float(row.get("max", 1.0)),
        tuple(lists[items] if isinstance(items, str) else items),
        file == "factor",
        "law" not in guesses,
        1.0 if isinstance(file, str) else float(file),
        file == "value",
    )
    return ParameterFact(
        row["name"],
        law,
        float(row.get("default", law.minimum)),
        row.get("path", ""),
        row.get("original_name", ""),
        row.get("text", ""),
        tuple((float(value), text) for value, text in row.get("texts", ())),
        tuple(row.get("was", ())),
        bool(row.get("section")),
        guesses,
    )
