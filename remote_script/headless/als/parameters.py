"""A device's parameters out of its XML, and which file ids mean which parameter.

A parameter is any element with a `Manual` value. Its `AutomationTarget` id is what envelopes point at; a
`KeyMidi` on channel 16 means that the enclosing rack's macro with that number moves it.
"""

from __future__ import annotations

import math
from typing import Any, Dict, Iterator, List, NamedTuple, Optional, Set, Tuple
from xml.etree.ElementTree import Element

from .. import devices as facts_of
from ..devices import Law
from ..spec import ParameterSpec
from . import fields

NEVER = -63072000.0
"""Beats: the time at which Live keeps an envelope's value before its first breakpoint."""
MACRO_CHANNEL = 16
MACROS = 16
Path = Tuple[Any, ...]

_NOT_OURS = frozenset(
    (
        "SpectrumAnalyzer",
        "Branches",
        "ReturnBranches",
        "ParameterList",
        "MultiSampleMap",
        "PluginDesc",
        "MacroVariations",
        "SourceContext",
        "LastPresetRef",
        "KeyMidi",
    )
)


class Target(NamedTuple):
    path: Path
    law: Law


class Targets:
    """The parameters of one track by the id that envelopes point at."""

    def __init__(self, track: Element) -> None:
        self.by_id: Dict[str, Target] = {}
        self.automated: Set[str] = set()
        for envelope in fields.children(track, "AutomationEnvelopes/Envelopes"):
            pointee = fields.attribute(envelope, "EnvelopeTarget/PointeeId")
            if pointee and _has_breakpoints(envelope.find("Automation/Events")):
                self.automated.add(pointee)

    def add(self, parameter: Optional[Element], path: Path, law: Law) -> None:
        pointee = fields.attribute(parameter, "AutomationTarget", "Id")
        if pointee:
            self.by_id[pointee] = Target(path, law)

    def is_automated(self, parameter: Element) -> bool:
        """Whether the Arrangement automates it. Live 9 keeps the breakpoints inside the parameter."""
        pointee = fields.attribute(parameter, "AutomationTarget", "Id")
        return pointee in self.automated or _has_breakpoints(parameter.find("ArrangerAutomation/Events"))


def _has_breakpoints(events: Optional[Element]) -> bool:
    if events is None:
        return False
    return any(_time(event) > NEVER for event in events if event.tag.endswith("Event"))


def _time(event: Element) -> float:
    return fields.to_number(event.get("Time", "0"), "an event's Time")


class Found(NamedTuple):
    path: str
    element: Element


def find_all(element: Element, path: str = "") -> Iterator[Found]:
    """The parameters below `element` in the file's order, those of chains and plug-ins left out."""
    for child in element:
        if (
            child.tag in _NOT_OURS
            or child.tag.startswith("MacroControls")
            or (not path and child.tag == "On")
        ):
            continue
        if child.find("Manual") is not None:
            yield Found(path + child.tag, child)
        elif len(child):
            yield from find_all(child, path + child.tag + "/")


def filed_number(parameter: Element, name: str) -> float:
    """The number in the file; switches count 0 and 1."""
    written = fields.attribute(parameter, "Manual") or "0"
    if written in (fields.TRUE, fields.FALSE):
        return float(written == fields.TRUE)
    return fields.to_number(written, name)


def limits(parameter: Element, name: str) -> Optional[Tuple[float, float]]:
    """What a controller moves it over, as far as the file tells."""
    span = parameter.find("MidiControllerRange")
    if span is None:
        return None
    low = fields.text(span, "Min", "0")
    high = fields.text(span, "Max", "1")
    try:
        ends = float(low), float(high)
    except ValueError:
        return None
    return ends if math.isfinite(ends[0]) and math.isfinite(ends[1]) else None


def macro_of(parameter: Optional[Element]) -> Optional[int]:
    """The number of the macro (0..15) that moves it, or None."""
    key = None if parameter is None else parameter.find("KeyMidi")
    if key is None or fields.whole(key, "Channel", -1) != MACRO_CHANNEL:
        return None
    number = fields.whole(key, "NoteOrController", -1)
    return number if 0 <= number < MACROS else None


def native(
    device: Element, class_name: str, path: Path, targets: Targets, macros: Set[int]
) -> List[ParameterSpec]:
    """The parameters of a native device in Live's order, "Device On" left out.

    Adds the macros that move them to `macros`, and the ids that point at them to `targets`.
    """
    found: Dict[str, Element] = {}
    for one in find_all(device):
        found.setdefault(one.path, one.element)
    facts = facts_of.find(class_name)
    old_form = facts_of.OLD_FORMS.get(class_name)
    if old_form is not None and old_form[0] in found:
        facts = facts_of.find(old_form[1])
    specs: List[ParameterSpec] = []
    used: Set[str] = set()

    def add(where: str, element: Element, name: str, law: Optional[Law]) -> None:
        filed = filed_number(element, where)
        if law is None:
            written = fields.text(element, "Manual", "0")
            continuous = element.find("ModulationTarget") is not None
            law = facts_of.guess_law(where, written, limits(element, where), continuous)
        used.add(name)
        specs.append(spec_of(element, name, law, filed, targets, macros))
        targets.add(element, path + (len(specs),), law)

    complete = False
    if facts is not None:
        complete = facts.is_complete
        for fact in facts.parameters:
            element = found.pop(fact.path, None) if fact.path else None
            if element is not None:
                add(fact.path, element, fact.name, fact.law)
            elif complete and fact.law is not None:
                used.add(fact.name)
                specs.append(facts_of.parameter(fact))
    if not complete:
        for where, element in found.items():
            add(where, element, facts_of.guess_name(where, used), None)
    return specs


def spec_of(
    element: Element, name: str, law: Law, filed: float, targets: Targets, macros: Set[int]
) -> ParameterSpec:
    macro = macro_of(element)
    if macro is not None:
        macros.add(macro)
    return ParameterSpec(
        name=name,
        value=law.value(filed),
        minimum=law.minimum,
        maximum=law.maximum,
        items=law.items,
        unit=law.unit,
        is_enabled=macro is None,
        original_name=name,
        automated=targets.is_automated(element),
    )
