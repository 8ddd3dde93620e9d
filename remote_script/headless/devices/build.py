"""Devices as Live inserts them: `build(find("Reverb"))` is the spec of a new Reverb with default values."""

from __future__ import annotations

from typing import Any, Dict, Optional

from ..sets.spec import DeviceSpec, ParameterSpec
from .facts import DeviceFacts, ParameterFact

RACKS = ("InstrumentGroupDevice", "DrumGroupDevice", "AudioEffectGroupDevice", "MidiEffectGroupDevice")
MACROS = 16


def parameter(fact: ParameterFact, value: Optional[float] = None) -> ParameterSpec:
    """A parameter with this value in Live; None selects its default."""
    law = fact.law
    return ParameterSpec(
        fact.name,
        fact.default if value is None else value,
        law.minimum,
        law.maximum,
        None if law.items else fact.default,
        law.items,
        law.unit,
        original_name=fact.original_name or fact.name,
        guesses=fact.guesses,
    )


def build(facts: DeviceFacts, name: str = "", values: Optional[Dict[str, float]] = None) -> DeviceSpec:
    """The device of these facts; `values` are Live's values (not a file's) by parameter name.

    Raises:
      KeyError: `values` names a parameter that the device does not have.
    """
    spec = DeviceSpec(
        class_name=facts.class_name,
        name=name or facts.display_name,
        class_display_name=facts.display_name,
        type=facts.type,
    )
    if facts.class_name in RACKS:
        spec.macros = [0.0] * MACROS
        spec.macro_names = ["Macro %d" % (index + 1) for index in range(MACROS)]
        spec.macros_mapped = [False] * MACROS
    else:
        spec.parameters = [parameter(fact) for fact in facts.fresh]
    wanted: Dict[str, Any] = dict(values or {})
    for one in spec.parameters:
        if one.name in wanted:
            one.value = min(max(float(wanted.pop(one.name)), one.minimum), one.maximum)
    if wanted:
        raise KeyError("%s has no parameter %s" % (facts.display_name, ", ".join(sorted(wanted))))
    return spec
