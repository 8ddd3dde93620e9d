"""Live's native devices: their parameters' names, ranges, units and texts.

`find(class_name)` returns the facts of a device, with its parameters in Live's order. The facts are dumps of real
Lives, in `parameters.json` (`facts` describes its form; `take` replaces it by another dump). A parameter without a
dump gets its name and law from the Set file (see `guess`) and is marked: `Law.is_certain`, `ParameterFact.guesses`.
"""

from __future__ import annotations

from typing import List, Optional

from .build import build, parameter
from .facts import (
    AUDIO_EFFECT,
    INSTRUMENT,
    MIDI_EFFECT,
    UNDEFINED,
    DeviceFacts,
    ParameterFact,
    device_facts,
    raw,
)
from .guess import guess_law, guess_name
from .laws import Law

__all__ = [
    "AUDIO_EFFECT",
    "INSTRUMENT",
    "MIDI_EFFECT",
    "OLD_FORMS",
    "UNDEFINED",
    "DeviceFacts",
    "Law",
    "ParameterFact",
    "all_devices",
    "build",
    "by_display_name",
    "find",
    "guess_law",
    "guess_name",
    "insertable",
    "parameter",
]

OLD_FORMS = {"StereoGain": ("StereoSeparation", "StereoGain9")}
"""Devices with another form in older Lives: the path that shows the form, and the name of that form's facts."""

_OLD = frozenset(
    ("AutoFilter", "AutoPan", "Chorus", "Compressor", "Erosion", "Phaser", "Redux", "StereoGain9")
)
"""Internal names of old devices whose display name a newer device has now."""

_SAME = {"ExternalAudioEffect": "ProxyAudioEffectDevice", "ExternalInstrument": "ProxyInstrumentDevice"}
"""Names of devices in scripts' tables → internal names in Live and its files."""


def find(class_name: str) -> Optional[DeviceFacts]:
    """The facts of the device with this internal name ("Eq8"), or None."""
    return device_facts(_SAME.get(class_name, class_name))


def by_display_name(name: str) -> Optional[DeviceFacts]:
    """The facts of the device that Live shows as `name` ("EQ Eight"), or None."""
    for class_name, row in raw()["devices"].items():
        if row["display"] == name and class_name not in _OLD:
            return device_facts(class_name)
    return None


def insertable(name: str) -> Optional[DeviceFacts]:
    """The facts of the device that `insert_device` inserts by this name, or None."""
    if name in ("DrumSampler", "Drum Sampler"):
        return device_facts("DrumCell") if name == "DrumSampler" else None
    return by_display_name(name)


def all_devices() -> List[DeviceFacts]:
    """The devices that the browser offers; older forms only appear in older Sets."""
    offered = (device_facts(name) for name in raw()["devices"] if name not in _OLD)
    return [facts for facts in offered if facts is not None]
