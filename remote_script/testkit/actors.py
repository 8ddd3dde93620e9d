"""The actors of a test: a person at Live's mouse, and a controller that sends and receives MIDI.

Every action runs at once on the test's thread, which is Live's main thread; `live.run_for(seconds)` lets time pass.
"""

from __future__ import annotations

from typing import Any, Callable, Dict, List, Optional, Tuple

from ..headless import HeadlessLive, HostedScript, SetSpec, load_als
from ..headless.live import LOAD_S
from ..headless.person import Actions

TURN_S = 0.1
"""Seconds of virtual time after a controller's message, in which a script updates its lights."""
NOTE_OFF, NOTE_ON, CC, PITCH_BEND = 0x80, 0x90, 0xB0, 0xE0
_KINDS = {NOTE_OFF: "note", NOTE_ON: "note", CC: "cc"}
Light = Tuple[str, int, int]
"""("note" or "cc", number, channel from 0)."""


class Person:
    """A person who works in Live. Each edit is an undo step of its own, outside any script's turn.

    A ref is a path from the Song, such as "tracks/0/mixer_device/volume" or "song".
    """

    def __init__(self, live: HeadlessLive) -> None:
        self._live = live
        self._actions = Actions(live, load_als)

    def do(self, action: Callable[[Any], Any], label: str = "Edit") -> Any:
        """Run `action(song)` as one edit; returns its result."""
        return self._live.person.do(action, label)

    def set(self, ref: str, name: str, value: Any) -> None:
        """Set a property. Raises Live's errors, and LookupError when there is no object at `ref`."""
        self._actions.carry_out({"do": "set", "ref": ref, "name": name, "value": value})

    def call(self, ref: str, method: str, *args: Any) -> Any:
        """Call a method of an object; the result as JSON types."""
        action = {"do": "call", "ref": ref, "method": method, "args": list(args)}
        return self._actions.carry_out(action)["result"]

    def get(self, ref: str, name: str) -> Any:
        """Read a property, as JSON types."""
        return self._actions.carry_out({"do": "get", "ref": ref, "name": name})["result"]

    def undo(self) -> None:
        """Edit → Undo."""
        self._live.song.undo()

    def redo(self) -> None:
        """Edit → Redo."""
        self._live.song.redo()

    def play(self, pitch: int, seconds: float = 0.25, velocity: float = 100.0) -> None:
        """Hold a key of a MIDI keyboard for `seconds`."""
        self._live.person.play(pitch, seconds, velocity)

    def open_menu(self, seconds: float) -> None:
        """Hold a menu open for `seconds`: Live's main thread runs nothing, then everything that was due."""
        self._live.stall(seconds)

    def open_set(self, source: Any = None, seconds: Optional[float] = None) -> None:
        """File → Open: a SetSpec, the path of an .als file, or None for Live's default Set.

        Scripts are disconnected at once and created again when the Set has loaded; `open_set` returns after that.
        """
        self._live.open_set(set_of(source), seconds)
        self._live.run_for((LOAD_S if seconds is None else seconds) + TURN_S)


class Controller:
    """The hardware of a script: sends MIDI to the script, and records the script's messages.

    Args:
      live: The Live that runs the script.
      script: The script that uses the controller; None means the script that was loaded last.
    """

    def __init__(self, live: HeadlessLive, script: Optional[HostedScript] = None) -> None:
        self._live, self._script = live, script
        self._seen = 0

    def of(self, script: HostedScript) -> Controller:
        """The controller of another script."""
        return Controller(self._live, script)

    @property
    def script(self) -> HostedScript:
        """The script that this controller belongs to."""
        if self._script is not None:
            return self._script
        if not self._live.scripts:
            raise LookupError("no script is loaded; call load_script first")
        return self._live.scripts[-1]

    def send(self, *message: int, wait_s: float = TURN_S) -> None:
        """Send one MIDI message, as bytes, then let `wait_s` seconds pass."""
        wrong = [byte for byte in message if not 0 <= byte <= 255]
        if wrong or not message:
            raise ValueError("a MIDI message is bytes from 0 to 255, got %r" % (message,))
        self.script.receive_midi(message)
        self._live.run_for(wait_s)

    def press(self, note: int, velocity: int = 127, channel: int = 0) -> None:
        """Note on: press a pad or button."""
        self.send(
            NOTE_ON | _in(channel, 15, "channel"), _in(note, 127, "note"), _in(velocity, 127, "velocity")
        )

    def release(self, note: int, channel: int = 0) -> None:
        """Note off: release a pad or button."""
        self.send(NOTE_OFF | _in(channel, 15, "channel"), _in(note, 127, "note"), 0)

    def tap(self, note: int, velocity: int = 127, channel: int = 0) -> None:
        """Press and release a pad or button."""
        self.press(note, velocity, channel)
        self.release(note, channel)

    def turn(self, cc: int, value: int, channel: int = 0) -> None:
        """Control change: turn a knob or move a fader to 0…127, or press a button that sends a CC."""
        self.send(CC | _in(channel, 15, "channel"), _in(cc, 127, "cc"), _in(value, 127, "value"))

    def bend(self, value: int, channel: int = 0) -> None:
        """Pitch bend, 0…16383; 8192 is the middle."""
        _in(value, 16383, "value")
        self.send(PITCH_BEND | _in(channel, 15, "channel"), value & 0x7F, value >> 7)

    # Messages from the script

    @property
    def received(self) -> List[Tuple[int, ...]]:
        """Every MIDI message that the script sent to the controller since `clear`, in order."""
        return [tuple(message) for message in self.script.midi_out[self._seen :]]

    def clear(self) -> None:
        """Discard all received messages, and with them the lights."""
        self._seen = len(self.script.midi_out)

    @property
    def lit(self) -> Dict[Light, int]:
        """The lights that are on: ("note" or "cc", number, channel) → the last value sent there, never 0."""
        lights: Dict[Light, int] = {}
        for message in self.received:
            kind = _KINDS.get(message[0] & 0xF0)
            if kind is not None and len(message) == 3:
                off = message[0] & 0xF0 == NOTE_OFF
                lights[kind, message[1], message[0] & 0x0F] = 0 if off else message[2]
        return {light: value for light, value in lights.items() if value}

    def note_light(self, note: int, channel: int = 0) -> int:
        """The value that lights a pad, 0 when it is dark."""
        return self.lit.get(("note", note, channel), 0)

    def cc_light(self, cc: int, channel: int = 0) -> int:
        """The value that lights a button or ring with a CC, 0 when it is dark."""
        return self.lit.get(("cc", cc, channel), 0)

    @property
    def sysex(self) -> List[Tuple[int, ...]]:
        """The System Exclusive messages among `received`."""
        return [message for message in self.received if message[0] == 0xF0]

    @property
    def messages(self) -> List[str]:
        """The texts that the script showed in Live's status bar, oldest first."""
        return list(self.script.messages)


def _in(value: int, highest: int, label: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= highest:
        raise ValueError("%s must be a whole number from 0 to %d, got %r" % (label, highest, value))
    return value


def set_of(source: Any) -> Optional[SetSpec]:
    """A Set from a SetSpec, the path of an .als file, or None (Live's default Set)."""
    if source is None or isinstance(source, SetSpec):
        return source
    return load_als(str(source))
