"""The first generation of Live's classes for control surfaces, as far as scripts use it."""

from __future__ import annotations

import sys
import types

from remote_script.headless.frameworks.engine.absent import absent

_NOT_THERE = {
    "ChannelStripComponent": ("ChannelStripComponent",),
    "MixerComponent": ("MixerComponent",),
    "SessionComponent": ("SessionComponent",),
    "SceneComponent": ("SceneComponent",),
    "ClipSlotComponent": ("ClipSlotComponent",),
    "TransportComponent": ("TransportComponent",),
    "DeviceComponent": ("DeviceComponent",),
    "DeviceBankRegistry": ("DeviceBankRegistry",),
    "ModeSelectorComponent": ("ModeSelectorComponent",),
    "ModesComponent": (
        "ModesComponent",
        "AddLayerMode",
        "LayerMode",
        "ComponentMode",
        "DisableMode",
        "CompoundMode",
        "MultiEntryMode",
        "ImmediateBehaviour",
        "LatchingBehaviour",
        "ReenterBehaviour",
        "CancellableBehaviour",
    ),
    "ChannelTranslationSelector": ("ChannelTranslationSelector",),
    "SessionZoomingComponent": ("SessionZoomingComponent", "DeprecatedSessionZoomingComponent"),
    "ScrollComponent": ("ScrollComponent",),
    "ViewControlComponent": ("ViewControlComponent",),
    "ToggleComponent": ("ToggleComponent",),
    "SessionRecordingComponent": ("SessionRecordingComponent",),
    "DrumRackComponent": ("DrumRackComponent",),
    "BackgroundComponent": ("BackgroundComponent", "ModifierBackgroundComponent"),
    "ClipCreator": ("ClipCreator",),
    "ComboElement": ("ComboElement", "MultiElement", "EventElement", "WrapperElement", "ToggleElement"),
    "PhysicalDisplayElement": ("PhysicalDisplayElement",),
    "DisplayDataSource": ("DisplayDataSource",),
    "LogicalDisplaySegment": ("LogicalDisplaySegment",),
    "OptionalElement": ("OptionalElement", "ChoosingElement"),
    "OptimizedControlSurface": ("OptimizedControlSurface",),
    "IdentifiableControlSurface": ("IdentifiableControlSurface",),
}

for _module, _names in _NOT_THERE.items():
    _made = types.ModuleType("_Framework." + _module)
    _made.__getattr__ = absent("_Framework." + _module, _names)  # type: ignore[method-assign]
    sys.modules["_Framework." + _module] = _made
