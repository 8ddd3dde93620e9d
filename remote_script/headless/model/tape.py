"""Recordings of audio tracks: a real WAV file with a tone of the input's level.

The source is the track's input routing: another track (before or after its mixer) or the main track ("Resampling");
external inputs are silent. Live writes into Samples/Recorded of the Set, or of its temporary project while the Set
is not saved (measured on 12.4.6); headless Live always uses a temporary project, removed with the Set, so no file
remains in other people's folders. Guess: the number in front of the file's name.
"""

from __future__ import annotations

import math
import os
import shutil
import tempfile
import wave
import weakref
from array import array
from functools import lru_cache
from typing import Any, Callable, Dict, List, Optional

from .where import is_audio

RATE = 44100
BLOCK_S = 0.1
TONE_HZ = 440.0
"""A block contains a whole number of waves, so blocks join without a click."""
UNWRITABLE = '/\\:*?"<>|'


class Tapes:
    """The recordings of one Set."""

    def __init__(self, doc: Any) -> None:
        self._doc = doc
        self._folder: Optional[str] = None
        self._remove: Optional[Callable[[], Any]] = None
        self._count = 0
        self._levels: Dict[int, List[float]] = {}
        self._waited = 0.0

    def path_for(self, track: Any) -> str:
        """An absolute path that no other recording uses."""
        if self._folder is None:
            self._folder = tempfile.mkdtemp(prefix="Live Project ")
            self._remove = weakref.finalize(self, shutil.rmtree, self._folder, True)
        self._count += 1
        name = "".join("_" if letter in UNWRITABLE else letter for letter in track.name)
        return os.path.join(self._folder, "Samples", "Recorded", "%04d %s.wav" % (self._count, name))

    def tick(self, seconds: float, running: bool) -> None:
        """Record the level at the inputs of armed audio tracks."""
        if not running:
            self._levels = {}
            return
        self._waited += seconds
        if self._waited < BLOCK_S - 1e-9:
            return
        self._waited = 0.0
        for track in self._doc.song.tracks:
            if track.arm and is_audio(track):
                self._levels.setdefault(id(track), []).append(self.level(track))

    def level(self, track: Any) -> float:
        """The amplitude at an audio track's input."""
        source, is_before_mixer = self._doc.routing.input_track(track)
        if source is None:
            return 0.0
        levels = self._doc.levels
        signal = levels.before_fader(source) if is_before_mixer else levels.output(source)
        return math.sqrt(max(signal.left[-1], signal.right[-1]))

    def write(self, track: Any, path: str, frames: int) -> None:
        """Write the file of a finished recording, with as many frames as the clip has."""
        recorded = self._levels.get(id(track), [])
        blocks = -(-frames // int(RATE * BLOCK_S))
        levels = recorded[-blocks:] if blocks else []
        levels = levels + (levels[-1:] or [0.0]) * (blocks - len(levels))
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with wave.open(path, "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE)
            data = b"".join(_block(round(min(1.0, level), 4)) for level in levels)
            file.writeframes(data[: 2 * frames])

    def close(self) -> None:
        """Remove the temporary project."""
        if self._remove is not None:
            self._remove()


@lru_cache(maxsize=256)
def _block(amplitude: float) -> bytes:
    step = 2.0 * math.pi * TONE_HZ / RATE
    samples = array(
        "h", (round(32767.0 * amplitude * math.sin(step * n)) for n in range(int(RATE * BLOCK_S)))
    )
    return samples.tobytes()
