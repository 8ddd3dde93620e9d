"""What Live's native devices are and what their parameters are called, measure and show.

`find(class_name)` answers the facts of a device, `fact.parameters` its parameters by the path of the XML
elements that a Set file keeps them in. The tables carry facts only, one line a parameter:

    path in the file | name in Live | law

A law is a unit of `display`, then what its values are. Units used: "volume" (track fader), "send", "pan",
"db", "hz", "ms", "s", "percent", "st", "ct", "int", "note", "ratio", "deg", "x" and none.
  "hz:log:10:22000"   the parameter runs 0..1 over these Hz (`lin` for a straight scale); the file has Hz
  "volume", "send"    a fader 0..1; the file has a linear factor
  "db:lin:-70:24 amp" 0..1 over these dB; the file has a linear factor
  "db -15..15"        the file's number is the value, in this range
  "[Peak|RMS]"        quantized, these items
  "#4"                quantized, four items whose names nobody has told: "0" to "3"
  "… = 440"           the default, as a file would keep it
A line "complete" says that Live shows these parameters and no others; "normal" that every continuous one runs
0..1 whatever the file has. A law that is left out is guessed from the file (see `guess`), and so are the
parameters of devices without a table.
"""

from __future__ import annotations

from typing import Dict, List, Optional

from .build import build, parameter
from .facts import AUDIO_EFFECT, INSTRUMENT, MIDI_EFFECT, UNDEFINED, DeviceFacts, ParameterFact, read_table
from .guess import guess_law, guess_name
from .laws import Law, parse_law
from .list import LIST

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
    "parameter",
    "parse_law",
]

OLD_FORMS = {"StereoGain": ("StereoSeparation", "StereoGain9")}
"""Devices that older Lives keep in another form: the path that tells, and the name of that form's table."""

_OLD = frozenset(("AutoFilter", "AutoPan", "Chorus", "Erosion", "Phaser", "Redux", "StereoGain9"))
"""Internal names of which a newer device took the display name."""

_FACTS: Dict[str, DeviceFacts] = {}


def _load() -> Dict[str, DeviceFacts]:
    if not _FACTS:
        from . import tables

        known = LIST + "StereoGain9 | Utility | 2\n"
        for facts in read_table(known, tables.ALL):
            _FACTS[facts.class_name] = facts
    return _FACTS


def find(class_name: str) -> Optional[DeviceFacts]:
    """The facts of the device with this internal name ("Eq8"), or None."""
    return _load().get(class_name)


def by_display_name(name: str) -> Optional[DeviceFacts]:
    """The facts of the device that Live shows as `name` ("EQ Eight"), or None."""
    for facts in _load().values():
        if facts.display_name == name and facts.class_name not in _OLD:
            return facts
    return None


def all_devices() -> List[DeviceFacts]:
    """Those that the browser offers; older forms only come with older Sets."""
    return [facts for facts in _load().values() if facts.class_name not in _OLD]
