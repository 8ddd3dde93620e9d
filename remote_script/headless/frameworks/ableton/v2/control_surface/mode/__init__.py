"""Not there yet: the names can be imported, using one says so."""

from __future__ import annotations

from remote_script.headless.frameworks.engine.absent import absent

__getattr__ = absent(
    __name__,
    (
        "ModesComponent",
        "AddLayerMode",
        "LayerMode",
        "EnablingMode",
        "EnablingAddLayerMode",
        "CompoundMode",
        "DelayMode",
        "NullModes",
        "SetAttributeMode",
        "ToggleBehaviour",
        "LatchingBehaviour",
        "MomentaryBehaviour",
        "ImmediateBehaviour",
        "ReenterBehaviour",
        "CancellableBehaviour",
        "Mode",
        "ModeButtonControl",
        "pop_last_mode",
        "EnablingModesComponent",
        "CallFunctionMode",
        "EnablingReenterBehaviour",
        "ShowDetailClipMode",
        "ReenterBehaviourBase",
        "ModeButtonBehaviour",
        "make_reenter_behaviour",
    ),
)
