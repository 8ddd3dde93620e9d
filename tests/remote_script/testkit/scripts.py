"""Remote Scripts for the test kit: one without a fault, and one for each kind of fault."""

from __future__ import annotations

import textwrap
from pathlib import Path

GOOD = """
    import Live
    from _Framework.ControlSurface import ControlSurface


    class Script(ControlSurface):
        def __init__(self, c_instance):
            super().__init__(c_instance)
            self.song().add_metronome_listener(self.show)
            self.show()

        def build_midi_map(self, handle):
            Live.MidiMap.forward_midi_note(self._c_instance.handle(), handle, 0, 36)
            Live.MidiMap.forward_midi_cc(self._c_instance.handle(), handle, 0, 7)

        def receive_midi(self, message):
            if message[0] == 0x90 and message[2]:
                self.song().metronome = not self.song().metronome
            elif message[0] == 0xB0:
                self.song().tracks[0].mixer_device.volume.value = message[2] / 127.0

        def show(self):
            self._c_instance.send_midi((0x90, 36, 127 if self.song().metronome else 0))

        def disconnect(self):
            self.song().remove_metronome_listener(self.show)
            super().disconnect()


    def create_instance(c_instance):
        return Script(c_instance)
"""
"""A button that shows and switches the metronome, and a fader."""

_BARE = """
    import threading
    import Live
    {more}


    class Script:
        def __init__(self, c_instance):
            self.c_instance = c_instance
            {init}

        def build_midi_map(self, handle):
            Live.MidiMap.forward_midi_note(self.c_instance.handle(), handle, 0, 36)

        def receive_midi(self, message):
            {midi}

        def update_display(self):
            {tick}

        def disconnect(self):
            {disconnect}


    def create_instance(c_instance):
        return Script(c_instance)
"""


def bare(more: str = "", **parts: str) -> str:
    """The source of a script without a framework, with these statements (one line each) in its methods."""
    lines = {part: parts.pop(part, "pass") for part in ("init", "midi", "tick", "disconnect")}
    assert not parts
    return _BARE.format(more=more, **lines)


BROKEN = {
    "load": bare(init="self.c_instance.song().tempoo"),
    "ticks": bare(tick="self.c_instance.song().tempoo"),
    "controller": bare(midi="self.c_instance.song().tempoo"),
    "edits": bare(
        init="self.track = c_instance.song().tracks[-1]",
        tick="self.track.name",
    ),
    "undo": bare(
        init="self.tempo = c_instance.song().tempo",
        tick="self.c_instance.song().tempo = self.tempo",
    ),
    "stall": bare(
        init="self.last = 0.0",
        tick="now = c_instance_of(self).song().current_song_time; late = now - self.last > 3.0; self.last = now; "
        "assert not late, 'too late'",
        more="c_instance_of = lambda script: script.c_instance",
    ),
    "reload": bare(
        more="import builtins",
        init="assert not hasattr(builtins, 'only_once'); builtins.only_once = True",
    ),
    "set-change": bare(
        more="SONGS = []",
        init="SONGS.append(c_instance.song())",
        tick="SONGS[0].tempo",
    ),
    "off-thread": bare(
        init="self.thread = threading.Thread(target=lambda: c_instance.song().tempo, daemon=True); "
        "self.thread.start(); self.thread.join()",
    ),
    "leaks": bare(init="c_instance.song().add_tempo_listener(self.update_display)"),
    "python": bare(more="from . import later", midi="pass"),
}
"""Check → a script that this check must fail."""
EXTRA = {"python": {"unused": "if True:\n    return = 1\n", "later": ""}}


def write(folder: Path, source: str, modules: dict[str, str] | None = None) -> Path:
    """A Remote Script's folder."""
    folder.mkdir(parents=True)
    for name, text in {"__init__": source, **(modules or {})}.items():
        (folder / f"{name}.py").write_text(textwrap.dedent(text), encoding="utf-8")
    return folder


CAUGHT = bare(
    more="import logging",
    tick="\n            ".join(
        [
            "",
            "try:",
            "    self.c_instance.song().tempoo",
            "except Exception:",
            "    logging.getLogger(__name__).exception('sorry')",
        ]
    ),
)
"""A script that catches its own exception and logs it."""
LIMITED = bare(init="c_instance.real_time_data()")
"""A script that uses a part of Live that headless Live does not have."""
HANGS = bare(tick="exec('while True: pass')")
QUITS = bare(tick="import os; os._exit(7)")
