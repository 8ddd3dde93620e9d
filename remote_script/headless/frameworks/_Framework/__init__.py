"""The first generation of Live's classes for control surfaces, as far as scripts use it."""

from __future__ import annotations

import sys
import types

from remote_script.headless.frameworks.engine.absent import absent

_NOT_THERE = {
    "DrumRackComponent": ("DrumRackComponent",),
    "ClipCreator": ("ClipCreator",),
    "PhysicalDisplayElement": ("PhysicalDisplayElement",),
    "DisplayDataSource": ("DisplayDataSource",),
    "LogicalDisplaySegment": ("LogicalDisplaySegment",),
    "TrackEQComponent": ("TrackEQComponent",),
    "TrackFilterComponent": ("TrackFilterComponent",),
    "TrackArmState": ("TrackArmState",),
    "TransportComponentBase": ("TransportComponentBase",),
}

for _module, _names in _NOT_THERE.items():
    _made = types.ModuleType("_Framework." + _module)
    _made.__getattr__ = absent("_Framework." + _module, _names)  # type: ignore[method-assign]
    sys.modules["_Framework." + _module] = _made
