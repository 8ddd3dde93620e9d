"""Texts that Live shows for the numbers of native devices in a file, collected by hand: name, path, kind of number.

No entry comes from the loader's tables. A parameter's text is read as a person reads it: "1.50 kHz" is 1500.
"""

from __future__ import annotations

import math
import re
from xml.etree.ElementTree import Element

SAME, SHOWN, FACTOR, SHARE, SWITCH = "same", "shown", "factor", "share", "switch"
"""The value itself; the number in the text; a linear factor shown in decibels; a share in percent; true or false."""

Row = tuple[str, str, str]


def _bands() -> list[Row]:
    rows = []
    for number in range(8):
        for side in "AB":
            path, name = f"Bands.{number}/Parameter{side}", f"{number + 1} %s {side}"
            rows += [
                (name % "Filter On", path + "/IsOn", SWITCH),
                (name % "Filter Type", path + "/Mode", SAME),
                (name % "Frequency", path + "/Freq", SHOWN),
                (name % "Gain", path + "/Gain", SHOWN),
                (name % "Resonance", path + "/Q", SHOWN),
            ]
    return rows


SHOWN_BY: dict[str, list[Row]] = {
    "Eq8": [("Output Gain", "GlobalGain", SHOWN), *_bands()],
    "Compressor2": [
        ("Threshold", "Threshold", FACTOR),
        ("Attack", "Attack", SHOWN),
        ("Output Gain", "Gain", SHOWN),
        ("Makeup", "GainCompensation", SWITCH),
        ("Dry/Wet", "DryWet", SHARE),
        ("Model", "Model", SAME),
        ("Knee", "Knee", SHOWN),
        ("LookAhead", "LookAhead", SAME),
        ("Auto Release On/Off", "AutoReleaseControlOnOff", SWITCH),
        ("S/C Listen", "SideListen", SWITCH),
        ("S/C On", "SideChain/OnOff", SWITCH),
        ("S/C EQ On", "SideChainEq/On", SWITCH),
        ("S/C EQ Freq", "SideChainEq/Freq", SHOWN),
    ],
    "StereoGain": [
        ("Left Inv", "PhaseInvertL", SWITCH),
        ("Right Inv", "PhaseInvertR", SWITCH),
        ("Channel Mode", "ChannelMode", SAME),
        ("Mono", "Mono", SWITCH),
        ("Bass Mono", "BassMono", SWITCH),
        ("Bass Freq", "BassMonoFrequency", SHOWN),
        ("Mute", "Mute", SWITCH),
        ("DC Filter", "DcFilter", SWITCH),
    ],
    "ChannelEq": [
        ("Highpass On", "HighpassOn", SWITCH),
        ("Low Gain", "LowShelfGain", FACTOR),
        ("Mid Gain", "MidGain", FACTOR),
        ("Mid Freq", "MidFrequency", SHOWN),
        ("High Gain", "HighShelfGain", FACTOR),
        ("Output", "Gain", FACTOR),
    ],
    "Reverb": [
        ("Predelay", "PreDelay", SHOWN),
        ("In Filter Freq", "BandFreq", SHOWN),
        ("ER Spin On", "SpinOn", SWITCH),
        ("ER Spin Amount", "EarlyReflectModDepth", SHOWN),
        ("HiFilter Freq", "ShelfHiFreq", SHOWN),
        ("LowShelf On", "ShelfLowOn", SWITCH),
        ("LowShelf Freq", "ShelfLoFreq", SHOWN),
        ("Chorus On", "ChorusOn", SWITCH),
        ("Decay Time", "DecayTime", SHOWN),
        ("Freeze On", "FreezeOn", SWITCH),
        ("Flat On", "FlatOn", SWITCH),
        ("Cut On", "CutOn", SWITCH),
        ("Room Size", "RoomSize", SHOWN),
        ("Stereo Image", "StereoSeparation", SHOWN),
        ("Dry/Wet", "MixDirect", SHARE),
    ],
    "OriginalSimpler": [
        ("Snap", "Player/Snap", SWITCH),
        ("S Start", "Player/LoopModulators/SampleStart", SHARE),
        ("S Length", "Player/LoopModulators/SampleLength", SHARE),
        ("S Loop On", "Player/LoopModulators/LoopOn", SWITCH),
        ("Transpose", "Pitch/TransposeKey", SAME),
        ("Volume", "VolumeAndPan/Volume", SHOWN),
        ("Ve Attack", "VolumeAndPan/Envelope/AttackTime", SHOWN),
        ("Ve Decay", "VolumeAndPan/Envelope/DecayTime", SHOWN),
        ("Ve Release", "VolumeAndPan/Envelope/ReleaseTime", SHOWN),
        ("F On", "Filter/IsOn", SWITCH),
        ("Pe On", "Pitch/Envelope/IsOn", SWITCH),
    ],
    "Delay": [
        ("Link", "DelayLine_Link", SWITCH),
        ("Ping Pong", "DelayLine_PingPong", SWITCH),
        ("L Sync", "DelayLine_SyncL", SWITCH),
        ("R Sync", "DelayLine_SyncR", SWITCH),
        ("L 16th", "DelayLine_SyncedSixteenthL", SAME),
        ("R 16th", "DelayLine_SyncedSixteenthR", SAME),
        ("Freeze", "Freeze", SWITCH),
        ("Filter On", "Filter_On", SWITCH),
        ("Filter Freq", "Filter_Frequency", SHOWN),
        ("Dry/Wet", "DryWet", SHARE),
    ],
    "AutoFilter": [
        ("Filter Type", "FilterType", SAME),
        ("Env. Attack", "Attack", SHOWN),
        ("Env. Release", "Release", SHOWN),
        ("LFO Waveform", "Lfo/Type", SAME),
        ("LFO Sync", "Lfo/RateType", SAME),
        ("LFO Frequency", "Lfo/Frequency", SHOWN),
        ("S/C On", "SideChain/OnOff", SWITCH),
    ],
}
"""Tag of the device → (name in Live, path of the parameter, kind of its number)."""

_NUMBER = re.compile(r"(-?(?:\d+(?:\.\d*)?|inf))\s*(kHz|Hz|ms|s|dB|%|st|°)?")


def filed(device: Element, path: str) -> str | None:
    """The number in the file, None where this version of the device has no such parameter."""
    element = device.find(path + "/Manual")
    return None if element is None else element.get("Value", "")


def number_of(text: str) -> tuple[float, float]:
    """The number in a parameter's text, and the value of one unit of its last digit."""
    match = _NUMBER.match(text)
    assert match is not None, text
    digits, unit = match.group(1), match.group(2) or ""
    factor = 1000.0 if unit in ("kHz", "s") else 1.0
    places = len(digits.partition(".")[2])
    return float(digits) * factor, factor * 10.0**-places


def same(kind: str, written: str, value: float, text: str) -> bool:
    """True when a parameter's value and text match the number in the file."""
    if kind == SWITCH:
        return value == (1.0 if written == "true" else 0.0)
    number = float(written)
    if kind == SAME:
        return math.isclose(value, number, abs_tol=1e-5)
    if kind == FACTOR:
        number = 20.0 * math.log10(number) if number > 0.0004 else -math.inf
    elif kind == SHARE:
        number *= 100.0
    seen, digit = number_of(text)
    if math.isinf(number) or math.isinf(seen):
        return seen <= -69.0 and number <= -69.0
    return abs(seen - number) <= max(digit, abs(number) * 1e-4)
