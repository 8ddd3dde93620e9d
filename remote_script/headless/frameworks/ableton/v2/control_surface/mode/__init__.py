"""Modes, and components that switch between them."""

from __future__ import annotations

from remote_script.headless.frameworks.engine.absent import absent
from remote_script.headless.frameworks.engine.mode_buttons import (
    CancellableBehaviour,
    ImmediateBehaviour,
    LatchingBehaviour,
    ModeButtonBehaviour,
    MomentaryBehaviour,
    ReenterBehaviour,
    ReenterBehaviourBase,
    ToggleBehaviour,
    make_reenter_behaviour,
    pop_last_mode,
)
from remote_script.headless.frameworks.engine.modes import (
    AddLayerMode,
    CallFunctionMode,
    CompoundMode,
    DelayMode,
    DisableMode,
    EnablingAddLayerMode,
    EnablingMode,
    LayerMode,
    LayerModeBase,
    Mode,
    MultiEntryMode,
    SetAttributeMode,
    tomode,
)
from remote_script.headless.frameworks.engine.modes_component import ModesCore

from ..component import Component


class ModesComponent(ModesCore, Component):
    """Nothing is selected until a script selects it."""


class NullModes(ModesComponent):
    """No modes."""


EnablingModesComponent = ModesComponent

__getattr__ = absent(
    __name__, ("EnablingReenterBehaviour", "ModeButtonControl", "ShowDetailClipMode", "LazyEnablingMode")
)

__all__ = [
    "AddLayerMode",
    "CallFunctionMode",
    "CancellableBehaviour",
    "CompoundMode",
    "DelayMode",
    "DisableMode",
    "EnablingAddLayerMode",
    "EnablingMode",
    "EnablingModesComponent",
    "ImmediateBehaviour",
    "LatchingBehaviour",
    "LayerMode",
    "LayerModeBase",
    "Mode",
    "ModeButtonBehaviour",
    "ModesComponent",
    "MomentaryBehaviour",
    "MultiEntryMode",
    "NullModes",
    "ReenterBehaviour",
    "ReenterBehaviourBase",
    "SetAttributeMode",
    "ToggleBehaviour",
    "make_reenter_behaviour",
    "pop_last_mode",
    "tomode",
]
