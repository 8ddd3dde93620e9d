"""MIDI constants of the frameworks: message types, status bytes, and the values of encoders."""

from __future__ import annotations

from typing import Any, Callable, Dict, Tuple

MIDI_NOTE_TYPE = 0
MIDI_CC_TYPE = 1
MIDI_PB_TYPE = 2
MIDI_SYSEX_TYPE = 3
MIDI_INVALID_TYPE = 4
MIDI_MSG_TYPES = (MIDI_NOTE_TYPE, MIDI_CC_TYPE, MIDI_PB_TYPE, MIDI_SYSEX_TYPE, MIDI_INVALID_TYPE)

MIDI_NOTE_OFF_STATUS = NOTE_OFF_STATUS = 0x80
MIDI_NOTE_ON_STATUS = NOTE_ON_STATUS = 0x90
MIDI_CC_STATUS = CC_STATUS = 0xB0
MIDI_PB_STATUS = PB_STATUS = 0xE0
SYSEX_START = SYSEX_STATUS = 0xF0
SYSEX_END = 0xF7
SYSEX_IDENTITY_REQUEST_ID = 6
SYSEX_GENERAL_INFO = 6
SYSEX_NON_REALTIME = 0x7E
SYSEX_IDENTITY_REQUEST_MESSAGE = (0xF0, 0x7E, 0x7F, 0x06, 0x01, 0xF7)

STATUS = {MIDI_NOTE_TYPE: NOTE_ON_STATUS, MIDI_CC_TYPE: CC_STATUS, MIDI_PB_TYPE: PB_STATUS}


def is_sysex(midi_bytes: Any) -> bool:
    return len(midi_bytes) != 3


def is_pitchbend(midi_bytes: Any) -> bool:
    return midi_bytes[0] & 0xF0 == PB_STATUS


def extract_value(midi_bytes: Any) -> int:
    """The value in a short message: 7 bits, for pitch bend 14 bits."""
    if is_pitchbend(midi_bytes):
        return int(midi_bytes[1] + (midi_bytes[2] << 7))
    return int(midi_bytes[2])


def pretty_print_bytes(midi_bytes: Any) -> str:
    return " ".join("%02X" % byte for byte in midi_bytes)


class MapMode:
    """The meaning of a control's values; the numbers of Live.MidiMap.MapMode."""

    absolute = 0
    relative_signed_bit = 1
    relative_binary_offset = 2
    relative_two_compliment = 3
    relative_signed_bit2 = 4
    absolute_14_bit = 5
    relative_smooth_signed_bit = 6
    relative_smooth_binary_offset = 7
    relative_smooth_two_compliment = 8
    relative_smooth_signed_bit2 = 9


MODE_NAMES = {value: name for name, value in vars(MapMode).items() if not name.startswith("_")}
"""Number of a map mode -> its name in Live.MidiMap.MapMode."""


class NamedMapMode:
    """The map modes with the names of `ableton.v3`. Guess: Accel are plain relative modes, Linear smooth ones."""

    Absolute = MapMode.absolute
    Absolute14Bit = MapMode.absolute_14_bit
    AccelSignedBit = MapMode.relative_signed_bit
    AccelBinaryOffset = MapMode.relative_binary_offset
    AccelTwoCompliment = MapMode.relative_two_compliment
    AccelSignedBit2 = MapMode.relative_signed_bit2
    LinearSignedBit = MapMode.relative_smooth_signed_bit
    LinearBinaryOffset = MapMode.relative_smooth_binary_offset
    LinearTwoCompliment = MapMode.relative_smooth_two_compliment
    LinearSignedBit2 = MapMode.relative_smooth_signed_bit2


def _two_compliment(value: int) -> int:
    return value if value <= 64 else value - 128


def _signed_bit(value: int) -> int:
    return value if value <= 64 else 64 - value


def _signed_bit2(value: int) -> int:
    return value - 64 if value > 64 else -value


def _binary_offset(value: int) -> int:
    return value - 64


DELTAS: Dict[int, Callable[[int], int]] = {
    MapMode.relative_two_compliment: _two_compliment,
    MapMode.relative_smooth_two_compliment: _two_compliment,
    MapMode.relative_signed_bit: _signed_bit,
    MapMode.relative_smooth_signed_bit: _signed_bit,
    MapMode.relative_signed_bit2: _signed_bit2,
    MapMode.relative_smooth_signed_bit2: _signed_bit2,
    MapMode.relative_binary_offset: _binary_offset,
    MapMode.relative_smooth_binary_offset: _binary_offset,
}
"""Map mode → function from a received value to steps. Two-compliment, signed bit and binary offset are those of
Live's own scripts; Guess: signed bit 2 has the opposite sign."""

ABSOLUTE_MAP_MODES: Tuple[int, ...] = (MapMode.absolute, MapMode.absolute_14_bit)


def is_valid_channel(channel: int) -> bool:
    return 0 <= channel < 16


def is_valid_identifier(identifier: int) -> bool:
    return 0 <= identifier < 128
