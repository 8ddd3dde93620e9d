"""A surface's components by name, created at their first use from the specification's classes or Live's own."""

from __future__ import annotations

from functools import partial

from ..engine.absent import unsupported
from ..engine.device_banks import BANK_DEFINITIONS, BankingInfo
from . import components as ours
from .components import SessionNavigationComponent

KNOWN = {
    "Device_Parameters": ours.DeviceParametersComponent,
    "Grid_Resolution": ours.GridResolutionComponent,
    "Translating_Background": ours.TranslatingBackgroundComponent,
    "Background": ours.BackgroundComponent,
    "Drum_Group": ours.DrumGroupComponent,
    "Device": ours.DeviceComponent,
    "Accent": ours.AccentComponent,
    "Clip_Actions": ours.ClipActionsComponent,
    "Modifier_Background": ours.ModifierBackgroundComponent,
    "Playable": ours.PlayableComponent,
    "Session_Overview": ours.SessionOverviewComponent,
    "Device_Navigation": ours.DeviceNavigationComponent,
    "Mixer": ours.MixerComponent,
    "Recording": ours.RecordingComponent,
    "Session": ours.SessionComponent,
    "Session_Navigation": ours.SessionNavigationComponent,
    "Transport": ours.TransportComponent,
    "Undo_Redo": ours.UndoRedoComponent,
    "View_Based_Recording": ours.ViewBasedRecordingComponent,
    "View_Control": ours.ViewControlComponent,
}
MISSING = (
    "Active_Parameter", "Sliced_Simpler", "Step_Sequence", "View_Toggle",
)  # fmt: skip
"""Live's own components that headless Live does not have: using them raises an error."""


class ComponentMap(dict):
    """Factories that are replaced by their components at the first use."""

    def __init__(self, specification, session_ring=None, target_track=None):
        super().__init__()
        self._factories = {
            **KNOWN,
            **{name: unsupported("ableton.v3 component %s" % name) for name in MISSING},
        }
        self._factories["Session_Navigation"] = partial(SessionNavigationComponent, session_ring=session_ring)
        self._factories["Device_Bank_Navigation"] = partial(
            ours.DeviceBankNavigationComponent, banking_info=BankingInfo(BANK_DEFINITIONS)
        )
        self._factories.update(specification.component_map)
        dict.__setitem__(self, "Session_Ring", session_ring)
        dict.__setitem__(self, "Target_Track", target_track)

    def __missing__(self, name):
        if name not in self._factories:
            raise KeyError("there is no component %r" % name)
        factory = self._factories[name]
        is_session_part = isinstance(factory, type) and issubclass(factory, SessionNavigationComponent)
        words = {"session_ring": self["Session_Ring"]} if is_session_part else {}
        made = self[name] = factory(name=name, **words)
        return made

    def __contains__(self, name):
        return dict.__contains__(self, name) or name in self._factories
