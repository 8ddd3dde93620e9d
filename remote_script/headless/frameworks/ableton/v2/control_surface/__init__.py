"""Surfaces, components, controls."""

from __future__ import annotations

from _Framework.Capabilities import *
from _Framework.Skin import Skin, SkinColorMissingError, merge_skins

from remote_script.headless.frameworks.engine.absent import absent
from remote_script.headless.frameworks.engine.component import ComponentCore
from remote_script.headless.frameworks.engine.dependency import depends, inject
from remote_script.headless.frameworks.engine.elements import ControlElement, InputControlElement
from remote_script.headless.frameworks.engine.live import Live
from remote_script.headless.frameworks.engine.midi import (
    MIDI_CC_STATUS,
    MIDI_CC_TYPE,
    MIDI_INVALID_TYPE,
    MIDI_MSG_TYPES,
    MIDI_NOTE_OFF_STATUS,
    MIDI_NOTE_ON_STATUS,
    MIDI_NOTE_TYPE,
    MIDI_PB_STATUS,
    MIDI_PB_TYPE,
    MIDI_SYSEX_TYPE,
)
from remote_script.headless.frameworks.engine.resources import (
    BackgroundLayer,
    CompoundLayer,
    Layer,
    LayerBase,
    LayerError,
    PrioritizedResource,
    SimpleLayerOwner,
)
from remote_script.headless.frameworks.engine.surface import SurfaceCore, registered


class ControlSurface(SurfaceCore):
    """`song` and `application` are properties in this generation."""

    @property
    def song(self):
        """The current Set's Song."""
        return self._live_song

    @property
    def application(self):
        """Live's Application."""
        return self._live_application()


class Component(ComponentCore):
    """`song` and `application` are properties."""

    @property
    def song(self):
        """The current Set's Song."""
        return self._surface._live_song

    @property
    def application(self):
        """Live's Application."""
        return self._surface._live_application()


CompoundComponent = Component


def get_control_surfaces():
    """All surfaces that are there."""
    return registered()


__getattr__ = absent(
    __name__,
    (
        "IdentifiableControlSurface",
        "SimpleControlSurface",
        "OptimizedControlSurface",
        "DeviceBankRegistry",
        "DeviceProvider",
        "ClipCreator",
        "DecoratingFactory",
        "DeviceDecoratorFactory",
        "PercussionInstrumentFinder",
        "ParameterProvider",
        "ParameterInfo",
        "NotifyingControlElement",
        "BankingInfo",
        "DelayedMode",
        "DeviceParameterBank",
        "create_device_bank",
        "WrapperFactory",
    ),
)
