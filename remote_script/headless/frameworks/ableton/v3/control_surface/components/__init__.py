"""Not there yet: the names can be imported, using one says so."""

from __future__ import annotations

from remote_script.headless.frameworks.engine.absent import absent

__getattr__ = absent(
    __name__,
    (
        "TransportComponent",
        "MixerComponent",
        "ChannelStripComponent",
        "SessionComponent",
        "SessionRingComponent",
        "SessionRecordingComponent",
        "SessionNavigationComponent",
        "SessionOverviewComponent",
        "SceneComponent",
        "ClipSlotComponent",
        "DeviceComponent",
        "DrumGroupComponent",
        "ViewControlComponent",
        "UndoRedoComponent",
        "BackgroundComponent",
        "ToggleComponent",
        "ScrollComponent",
        "SlideComponent",
        "AutoArmComponent",
        "AccentComponent",
        "ItemListerComponent",
        "RightAlignTracksTrackAssigner",
        "SimpleTrackAssigner",
        "DeviceNavigationComponent",
        "DeviceParameterComponent",
        "PlayableComponent",
        "TargetTrackComponent",
        "ViewToggleComponent",
        "GridResolutionComponent",
        "StepSequenceComponent",
        "ClipActionsComponent",
    ),
)
