"""Controls with a MIDI message."""

from __future__ import annotations

from remote_script.headless.frameworks.engine.elements import InputControlElement
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

MESSAGE_TYPES = MIDI_MSG_TYPES


__all__ = [
    "MESSAGE_TYPES",
    "MIDI_CC_STATUS",
    "MIDI_CC_TYPE",
    "MIDI_INVALID_TYPE",
    "MIDI_MSG_TYPES",
    "MIDI_NOTE_OFF_STATUS",
    "MIDI_NOTE_ON_STATUS",
    "MIDI_NOTE_TYPE",
    "MIDI_PB_STATUS",
    "MIDI_PB_TYPE",
    "MIDI_SYSEX_TYPE",
    "InputControlElement",
]
