"""A surface's components by name: made when they are first asked for, of the specification's classes or Live's own."""

from __future__ import annotations

from functools import partial

from ..engine.absent import unsupported
from ..second.components import (
    AccentComponent,
    BackgroundComponent,
    DeviceComponent,
    ModifierBackgroundComponent,
    SessionRecordingComponent,
    TransportComponent,
    UndoRedoComponent,
    ViewControlComponent,
)
from ..second.session import SessionNavigationComponent
from .components import (
    ClipActionsComponent,
    DeviceNavigationComponent,
    DrumGroupComponent,
    MixerComponent,
    PlayableComponent,
    SessionComponent,
    SessionOverviewComponent,
    ViewBasedRecordingComponent,
)

KNOWN = {
    "Background": BackgroundComponent,
    "Drum_Group": DrumGroupComponent,
    "Device": DeviceComponent,
    "Accent": AccentComponent,
    "Clip_Actions": ClipActionsComponent,
    "Modifier_Background": ModifierBackgroundComponent,
    "Playable": PlayableComponent,
    "Session_Overview": SessionOverviewComponent,
    "Device_Navigation": DeviceNavigationComponent,
    "Mixer": MixerComponent,
    "Recording": SessionRecordingComponent,
    "Session": SessionComponent,
    "Session_Navigation": SessionNavigationComponent,
    "Transport": TransportComponent,
    "Undo_Redo": UndoRedoComponent,
    "View_Based_Recording": ViewBasedRecordingComponent,
    "View_Control": ViewControlComponent,
}
MISSING = (
    "Active_Parameter", "Grid_Resolution",
    "Sliced_Simpler", "Step_Sequence", "Translating_Background", "View_Toggle",
)  # fmt: skip
"""Live's own that are not here: asking for one says so."""


class ComponentMap(dict):
    """Factories become components at their first use."""

    def __init__(self, specification, session_ring, target_track):
        super().__init__()
        self._factories = {
            **KNOWN,
            **{name: unsupported("ableton.v3 component %s" % name) for name in MISSING},
        }
        self._factories["Session_Navigation"] = partial(SessionNavigationComponent, session_ring=session_ring)
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
