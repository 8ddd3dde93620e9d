"""A device's parameters as an older Live lists them: its names, its order, its ranges.

Names changed in Lives 12.2 to 12.4. Guess: all of them in 12.2, so that an older list is valid up to 12.1; and the
ranges of removed parameters without a dump of that Live.
"""

from __future__ import annotations

from dataclasses import replace
from typing import List, NamedTuple, Optional, Sequence, Tuple

from ..sets.spec import ParameterSpec
from .facts import DeviceFacts, OlderList, Version

RENAMED: Version = (12, 2)


class Listed(NamedTuple):
    parameters: List[ParameterSpec]
    places: Tuple[int, ...]
    """Index in this list of each parameter of the spec (0 is "Device On"); −1 if absent. Empty: the same order."""


def list_of(facts: Optional[DeviceFacts], version: Version) -> Optional[OlderList]:
    """The list that this Live shows; None if it shows the newest list."""
    if facts is None or not facts.older or version >= RENAMED:
        return None
    for older in facts.older:
        if older.live <= version[: len(older.live)]:
            return older
    return facts.older[-1]


def as_of(facts: Optional[DeviceFacts], version: Version, specs: Sequence[ParameterSpec]) -> Listed:
    """These parameters (all of a device, under today's names) in the list that the Live of `version` shows."""
    older = list_of(facts, version)
    if older is None or facts is None:
        return Listed(list(specs), ())
    were = {fact.name: fact.was for fact in facts.parameters}
    by_name = {spec.name: index for index, spec in reversed(list(enumerate(specs)))}
    by_old = {
        old: index for index, spec in reversed(list(enumerate(specs))) for old in were.get(spec.name, ())
    }
    places = [-1] * len(specs)
    made: List[ParameterSpec] = []
    listed = set(older.names)
    for name in older.names:
        index = by_name.get(name, by_old.get(name))
        if index is not None and places[index] < 0:
            places[index] = len(made) + 1
            made.append(_ranged(replace(specs[index], name=name, original_name=name), older))
        elif name not in facts.sections:
            made.append(_ranged(_gone(name), older))
    for index, spec in enumerate(specs):
        # Sections in the file, and parameters that have another name in the older list.
        if places[index] < 0 and spec.name in facts.sections and spec.name not in listed:
            places[index] = len(made) + 1
            made.append(spec)
    return Listed(made, tuple(places))


def _gone(name: str) -> ParameterSpec:
    if name.endswith((" On", " Scale")) or name.startswith("Use "):
        return ParameterSpec(name, items=("Off", "On"), guesses=("law", "default", "items"))
    return ParameterSpec(name, default=0.0, unit="percent", guesses=("law", "default"))


def _ranged(spec: ParameterSpec, older: OlderList) -> ParameterSpec:
    """The parameter with the range of this Live, if it differs; the value keeps its share of the range."""
    if spec.name not in older.ranges or spec.items:
        return spec
    low, high = older.ranges[spec.name]
    if (low, high) == (spec.minimum, spec.maximum) or high <= low:
        return spec

    def moved(value: float) -> float:
        return low + (high - low) * (value - spec.minimum) / (spec.maximum - spec.minimum)

    default = None if spec.default is None else moved(spec.default)
    return replace(
        spec,
        value=moved(spec.value),
        minimum=low,
        maximum=high,
        default=default,
        guesses=spec.guesses + ("law",),
    )
