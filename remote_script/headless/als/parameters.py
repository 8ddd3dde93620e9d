"""Reads a device's parameters from its XML, and maps file ids to parameters.

A parameter is any element with a `Manual` value. Envelopes point to the id of its `AutomationTarget`; a
`KeyMidi` on channel 16 means that the enclosing rack's macro with that number moves the parameter.
"""

from __future__ import annotations

import math
from typing import Any, Callable, Dict, Iterator, List, NamedTuple, Optional, Set, Tuple
from xml.etree.ElementTree import Element

from .. import devices as facts_of
from ..devices import Law
from ..sets.spec import EnvelopeSpec, ParameterSpec
from . import automation, fields, notices

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


CONTROLLERS = "ControllerTargets."
_FIRST_CC = 2


def controller_name(index: int) -> str:
    """The name of the track's controller target. Guess: 0 is pitch bend, 1 pressure, then the 128 controllers."""
    return ("Pitch Bend", "Channel Pressure")[index] if index < _FIRST_CC else "CC %d" % (index - _FIRST_CC)


class Targets:
    """The parameters of one track by the id to which envelopes point."""

    def __init__(self, track: Element) -> None:
        self._track = track
        self._unseen: Optional[Dict[str, str]] = None
        self.by_id: Dict[str, Target] = {}
        self._lanes: Dict[str, Element] = {}
        for envelope in fields.children(track, "AutomationEnvelopes/Envelopes"):
            pointee = fields.attribute(envelope, "EnvelopeTarget/PointeeId")
            self._keep_lane(pointee, envelope.find("Automation/Events"))

    def _keep_lane(self, pointee: Optional[str], events: Optional[Element]) -> None:
        if pointee and events is not None and automation.has_breakpoints(events):
            self._lanes[pointee] = events

    def add(self, parameter: Optional[Element], path: Path, law: Law) -> None:
        pointee = fields.attribute(parameter, "AutomationTarget", "Id")
        if pointee:
            self.by_id[pointee] = Target(path, law)
            self._keep_lane(pointee, _own_lane(parameter))

    def lanes(self) -> List[EnvelopeSpec]:
        """The Arrangement's lanes; call this after the last parameter is added."""
        envelopes = []
        for pointee, events in self._lanes.items():
            target = self.by_id.get(pointee)
            if target is not None:
                envelopes.append(EnvelopeSpec(target.path, automation.breakpoints(events, target.law.value)))
            elif self.unseen(pointee) is None:
                notices.add("envelope", "target %r" % pointee[:40])
        return envelopes

    def lane(self, parameter: Optional[Element], value_of: Callable[[float], float]) -> automation.Points:
        """The lane of one parameter, with values by this law; empty for a parameter without automation."""
        pointee = fields.attribute(parameter, "AutomationTarget", "Id")
        events = self._lanes.get(pointee or "")
        if events is None:
            events = _own_lane(parameter)
        return automation.breakpoints(events, value_of) if automation.has_breakpoints(events) else []

    def unseen(self, pointee: str) -> Optional[str]:
        """The name of a target that Live's API does not show as a parameter; None when the track has no such id."""
        if self._unseen is None:
            self._unseen = {}
            for parent in self._track.iter():
                for child in parent:
                    if "Target" in child.tag and child.get("Id"):
                        self._unseen[child.get("Id", "")] = _target_name(parent, child)
        return self._unseen.get(pointee)

    def is_automated(self, parameter: Element) -> bool:
        """True when the Arrangement automates the parameter. Live 9 has the breakpoints inside the parameter."""
        pointee = fields.attribute(parameter, "AutomationTarget", "Id")
        return pointee in self._lanes or automation.has_breakpoints(_own_lane(parameter))


def _own_lane(parameter: Optional[Element]) -> Optional[Element]:
    """Live 9 keeps the breakpoints inside the parameter."""
    return None if parameter is None else parameter.find("ArrangerAutomation/Events")


def _target_name(parent: Element, target: Element) -> str:
    if target.tag.startswith(CONTROLLERS):
        number = target.tag[len(CONTROLLERS) :]
        return controller_name(int(number)) if number.isdigit() else target.tag
    if target.tag in ("ModulationTarget", "AutomationTarget"):
        return "%s %s" % (parent.tag, target.tag[: -len("Target")].lower())
    return target.tag[: -len("ModulationTarget")] if target.tag.endswith("ModulationTarget") else target.tag


class Found(NamedTuple):
    path: str
    element: Element


def find_all(element: Element, path: str = "") -> Iterator[Found]:
    """The parameters below `element` in the file's order, without those of chains and plug-ins."""
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
    """The range of a mapped controller, if the file has it."""
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
    """The number of the macro (0..15) that moves the parameter, or None."""
    key = None if parameter is None else parameter.find("KeyMidi")
    if key is None or fields.whole(key, "Channel", -1) != MACRO_CHANNEL:
        return None
    number = fields.whole(key, "NoteOrController", -1)
    return number if 0 <= number < MACROS else None


def native(
    device: Element, class_name: str, path: Path, targets: Targets, macros: Set[int]
) -> List[ParameterSpec]:
    """The parameters of a native device in Live's order, without "Device On".

    For a class with a dump the list is Live's: a parameter that the file does not show has its default; a parameter
    of a section counts only if the file has that section. For other classes the file's own elements are listed,
    under guessed names. Adds the macros that move the parameters to `macros`, and the ids that point to them to
    `targets`.
    """
    elements: Dict[str, Element] = {}
    for one in find_all(device):
        elements.setdefault(one.path, one.element)
    facts = facts_of.find(class_name)
    old_form = facts_of.OLD_FORMS.get(class_name)
    if old_form is not None and old_form[0] in elements:
        facts = facts_of.find(old_form[1])
    specs: List[ParameterSpec] = []

    def add(element: Element, spec: ParameterSpec, law: Law) -> None:
        specs.append(attached(element, spec, targets, macros))
        targets.add(element, path + (len(specs),), law)

    if facts is not None and facts.parameters:
        placed = _placed(facts, elements)
        unknown = [
            fact.name
            for index, fact in enumerate(facts.parameters)
            if not (fact.path or fact.in_section or index in placed)
        ]
        if unknown and elements:
            notices.add("device values", "%s: %s" % (class_name, unknown[0]), len(unknown))
        for index, fact in enumerate(facts.parameters):
            element = placed.get(index)
            if element is not None:
                filed = filed_number(element, fact.path or fact.name)
                add(element, facts_of.parameter(fact, fact.law.value(filed)), fact.law)
            elif not fact.in_section:
                specs.append(facts_of.parameter(fact))
        return specs
    used: Set[str] = set()
    if elements:
        notices.add("device names", class_name, len(elements))
    for where, element in elements.items():
        filed = filed_number(element, where)
        written = fields.text(element, "Manual", "0")
        if written not in (fields.TRUE, fields.FALSE):
            written = repr(filed)
        continuous = element.find("ModulationTarget") is not None
        law = facts_of.guess_law(where, written, limits(element, where), continuous)
        name = facts_of.guess_name(where, used)
        used.add(name)
        spec = ParameterSpec(
            name,
            law.value(filed),
            law.minimum,
            law.maximum,
            items=law.items,
            unit=law.unit,
            guesses=("name", "law"),
        )
        add(element, spec, law)
    return specs


def _placed(facts: facts_of.DeviceFacts, elements: Dict[str, Element]) -> Dict[int, Element]:
    """Index of each parameter → its element.

    Guess: when the numbers of remaining elements and parameters are equal, both have the same order.
    """
    # Lives up to 12.4 write a part of a device as a separate element or as the first word of a tag.
    left = {_flat(where): element for where, element in elements.items()}
    placed: Dict[int, Element] = {}
    open_places: List[int] = []
    for index, fact in enumerate(facts.parameters):
        if _flat(fact.path) in left:
            placed[index] = left.pop(_flat(fact.path))
        elif not fact.in_section:
            open_places.append(index)
    if len(left) == len(open_places):
        placed.update(zip(open_places, left.values()))
    return placed


def _flat(path: str) -> str:
    return path.replace("/", "_")


def attached(element: Element, spec: ParameterSpec, targets: Targets, macros: Set[int]) -> ParameterSpec:
    """The spec with further facts of the element: the macro that moves the parameter, automation."""
    macro = macro_of(element)
    if macro is not None:
        macros.add(macro)
        spec.is_enabled = False
    spec.automated = targets.is_automated(element)
    return spec


def spec_of(
    element: Element, name: str, law: Law, filed: float, targets: Targets, macros: Set[int]
) -> ParameterSpec:
    """A parameter of a plug-in or Max device: the file has all of its facts."""
    spec = ParameterSpec(
        name, law.value(filed), law.minimum, law.maximum, items=law.items, unit=law.unit, original_name=name
    )
    return attached(element, spec, targets, macros)
