"""Reads a track's routings from a Set file, in the words of the newest Live's choosers.

A file has a `Target` ("AudioIn/Track.13/TrackOut") and the two texts that the choosers showed when the Set was
saved. The texts are used, since they name hardware and tracks; targets without hardware or track have fixed words,
even if the file has other texts for them ("None", "No Output" for an input, "Master").
"""

from __future__ import annotations

from typing import Optional, Tuple
from xml.etree.ElementTree import Element

from ..devices import INSTRUMENT
from ..sets.spec import TrackSpec
from . import fields

MAIN = "Main"
NO_INPUT, NO_OUTPUT = "No Input", "No Output"
_FIXED = {
    "AudioIn/None": NO_INPUT,
    "MidiIn/None": NO_INPUT,
    "MidiOut/None": NO_OUTPUT,
    "AudioOut/Master": MAIN,
    "AudioOut/Main": MAIN,
}
_EXTERNAL = "Ext: "
"""Prefix of a MIDI port in a file; choosers show the port's name alone."""


def load(chain: Element, spec: TrackSpec) -> None:
    """The input and output of a track whose devices are known."""
    audible = spec.kind != "midi" or any(device.type == INSTRUMENT for device in spec.devices)
    output = "AudioOutputRouting" if audible else "MidiOutputRouting"
    spec.output_routing_type, spec.output_routing_channel = routed(chain.find(output))
    if spec.kind in ("midi", "audio"):
        source = "MidiInputRouting" if spec.kind == "midi" else "AudioInputRouting"
        spec.input_routing_type, spec.input_routing_channel = routed(chain.find(source))


def routed(routing: Optional[Element]) -> Tuple[Optional[str], Optional[str]]:
    """Type and channel; None for a part that is not in the file.

    Guess: "Ext: All Ins" of the file reads "All Ins", and the missing channel of a MIDI input is "All Channels".
    """
    target = fields.text(routing, "Target")
    upper = fields.text(routing, "UpperDisplayString")
    lower = fields.text(routing, "LowerDisplayString")
    if target in _FIXED:
        return _FIXED[target], lower or None
    if upper.startswith(_EXTERNAL):
        upper = upper[len(_EXTERNAL) :]
    if target.startswith("MidiIn/") and target.endswith("/-1") and not lower:
        lower = "All Channels"
    return upper or None, lower or None
