"""Modes, and components that switch between them."""

from __future__ import annotations

from remote_script.headless.frameworks.engine.modes import (
    AddLayerMode,
    CancellableBehaviour,
    CompoundMode,
    DelayMode,
    DisableMode,
    ImmediateBehaviour,
    LatchingBehaviour,
    LayerMode,
    LayerModeBase,
    Mode,
    ModeButtonBehaviour,
    ModesCore,
    MultiEntryMode,
    ReenterBehaviour,
    SetAttributeMode,
    tomode,
)
from remote_script.headless.frameworks.engine.modes import EnablingMode as ComponentMode

from .CompoundComponent import CompoundComponent


class ModesComponent(ModesCore, CompoundComponent):
    """Nothing is selected until a script selects it."""


__all__ = [
    "AddLayerMode",
    "CancellableBehaviour",
    "ComponentMode",
    "CompoundMode",
    "DelayMode",
    "DisableMode",
    "ImmediateBehaviour",
    "LatchingBehaviour",
    "LayerMode",
    "LayerModeBase",
    "Mode",
    "ModeButtonBehaviour",
    "ModesComponent",
    "MultiEntryMode",
    "ReenterBehaviour",
    "SetAttributeMode",
    "tomode",
]
