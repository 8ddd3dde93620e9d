"""Modes, and components that switch between them."""

from __future__ import annotations

from remote_script.headless.frameworks.engine.mode_buttons import (
    CancellableBehaviour,
    ImmediateBehaviour,
    LatchingBehaviour,
    ModeButtonBehaviour,
    ReenterBehaviour,
)
from remote_script.headless.frameworks.engine.modes import (
    AddLayerMode,
    CompoundMode,
    DelayMode,
    DisableMode,
    LayerMode,
    LayerModeBase,
    Mode,
    MultiEntryMode,
    SetAttributeMode,
    tomode,
)
from remote_script.headless.frameworks.engine.modes import EnablingMode as ComponentMode
from remote_script.headless.frameworks.engine.modes_component import ModesCore

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
