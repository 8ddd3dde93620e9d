"""A library for headless Live's browser: packs and a user library of real files, and Live's own index of them.

The table below has every file with its place, its tags and its sound. `Library(folder)` writes the files: audio as
short WAV files, presets as small stubs, and beside them `Live-files-12400.db`, an SQLite index in the form of Live
12's (`files`, `places`, `keywords`, `fe_values`), so tags and similar sounds can be searched as on a user's
machine. The browser's uris contain the ids of the index. All files are invented; none is Ableton's.
"""

from __future__ import annotations

import gzip
import math
import os
import random
import shutil
import sqlite3
import struct
import tempfile
import wave
import weakref
from array import array
from typing import Dict, Iterator, List, NamedTuple, Optional, Sequence, Tuple

RATE = 44100
CORE, DUSTY, NIGHT, USER = "Core Library", "Dusty Drums", "Night Keys", "User Library"
PACKS = (CORE, DUSTY, NIGHT)
PLACES = PACKS + (USER,)
INDEX = "Live-files-12400.db"
_KINDS = {"wav": b"wav-", "adv": b"adv-", "adg": b"adg-", "alc": b"alc-", "": b"fold"}
_TAG = b"keyw"
_FEATURES = struct.Struct("<3i64f")
_FEATURES_VERSION, _DIMENSIONS = 18, 64


class Sound(NamedTuple):
    """The sound of a sample: a decaying tone mixed with noise."""

    hz: float = 220.0
    seconds: float = 0.5
    noise: float = 0.0
    """0: only the tone, 1: only noise."""


class LibraryFile(NamedTuple):
    """One file of the library; `folder` uses "/" and is "" at the place's top."""

    place: str
    folder: str
    name: str
    tags: Tuple[str, ...] = ()
    sound: Optional[Sound] = None
    device: str = ""
    """Display name of a preset's device."""

    @property
    def kind(self) -> str:
        return self.name.rsplit(".", 1)[-1]

    @property
    def stem(self) -> str:
        return self.name.rsplit(".", 1)[0]


def _sample(place: str, folder: str, name: str, tags: str, *sound: float) -> LibraryFile:
    return LibraryFile(place, folder, name + ".wav", tuple(tags.split(", ")), Sound(*sound))


def _presets(place: str, device: str, tags: str, *names: str) -> List[LibraryFile]:
    return [
        LibraryFile(place, "Presets/" + device, name + ".adv", tuple(tags.split(", ")), None, device)
        for name in names
    ]


def _kits(place: str, *names: str) -> List[LibraryFile]:
    return [LibraryFile(place, "Drums", name + ".adg", ("Drums|Kit",), None, "Drum Rack") for name in names]


FILES: Tuple[LibraryFile, ...] = (
    _sample(CORE, "Samples/Drums", "Kick Dusty", "Drums|Kick, Character|Lo-Fi", 55.0, 0.4, 0.1),
    _sample(CORE, "Samples/Drums", "Snare Brush", "Drums|Snare, Character|Soft", 190.0, 0.3, 0.7),
    _sample(CORE, "Samples/Drums", "Hat Closed", "Drums|Hihat", 6000.0, 0.1, 0.9),
    _sample(CORE, "Samples/Loops", "Break 90 bpm", "Type|Loop, Drums|Kit", 110.0, 2.6667, 0.5),
    _sample(CORE, "Samples/Loops", "Shaker 120 bpm", "Type|Loop, Drums|Percussion", 5000.0, 2.0, 0.9),
    _sample(CORE, "Samples/Textures", "Vinyl Crackle", "Type|Loop, Character|Lo-Fi", 900.0, 3.0, 1.0),
    _sample(DUSTY, "Samples/Kicks", "Kick Low", "Drums|Kick, Character|Dark", 48.0, 0.5, 0.05),
    _sample(DUSTY, "Samples/Kicks", "Kick Punch", "Drums|Kick, Character|Punchy", 62.0, 0.3, 0.2),
    _sample(DUSTY, "Samples/Snares", "Snare Tape", "Drums|Snare, Character|Lo-Fi", 180.0, 0.35, 0.6),
    _sample(DUSTY, "Samples/Hats", "Hat Open", "Drums|Hihat", 6500.0, 0.6, 0.9),
    _sample(NIGHT, "Samples/Keys", "Felt C3", "Sounds|Piano & Keys, Character|Soft", 261.63, 1.5, 0.02),
    _sample(NIGHT, "Samples/Keys", "Glass C3", "Sounds|Mallets, Character|Bright", 523.25, 1.2, 0.05),
    _sample(USER, "Samples", "My Door Slam", "Drums|Percussion, Mine", 90.0, 0.7, 0.8),
    *_presets(CORE, "Drift", "Sounds|Bass", "Analog Bass"),
    *_presets(CORE, "Drift", "Sounds|Piano & Keys", "Soft Keys"),
    *_presets(CORE, "Drift", "Sounds|Pad", "Wide Pad", "Warm Strings"),
    *_presets(CORE, "Drift", "Sounds|Lead", "Saw Lead", "Square Lead"),
    *_presets(CORE, "Operator", "Sounds|Mallets", "FM Bell"),
    *_presets(CORE, "Operator", "Sounds|Bass", "Sub Bass"),
    *_presets(CORE, "Operator", "Sounds|Piano & Keys", "E-Piano Basic"),
    *_presets(CORE, "Wavetable", "Sounds|Piano & Keys", "Glass Keys"),
    *_presets(CORE, "Wavetable", "Sounds|Bass", "Growl Bass"),
    *_presets(CORE, "Simpler", "Sounds|Pad, Character|Lo-Fi", "Vinyl Choir"),
    *_presets(CORE, "Reverb", "Effects|Reverb", "Large Hall", "Small Room", "Vocal Plate"),
    *_presets(CORE, "Delay", "Effects|Delay", "Ping Pong", "Tape Echo"),
    *_presets(CORE, "EQ Eight", "Effects|EQ", "Low Cut 80 Hz", "Air Boost"),
    *_presets(CORE, "Compressor", "Effects|Dynamics", "Drum Glue", "Gentle Squeeze"),
    *_presets(CORE, "Arpeggiator", "Effects|MIDI", "Up Sixteenths", "Up-Down Octaves"),
    *_kits(CORE, "606 Core Kit", "808 Core Kit", "909 Core Kit"),
    *_kits(DUSTY, "Dusty Lo-Fi Kit"),
    *_presets(NIGHT, "Wavetable", "Sounds|Pad, Character|Dark", "Night Pad"),
    *_presets(USER, "Drift", "Sounds|Lead, Mine", "My Lead"),
    LibraryFile(CORE, "Clips", "Chord Walk.alc", ("Type|MIDI",)),
    LibraryFile(CORE, "Clips", "Bass Steps.alc", ("Type|MIDI",)),
)  # fmt: skip


class FileRow(NamedTuple):
    """A line of the index's `files`."""

    id: int
    parent: Optional[int]
    name: str
    kind: str
    file: Optional[LibraryFile] = None


def rows() -> List[FileRow]:
    """The tree of the index below the library's folder, which has id 1: places, their folders, the files."""
    index_rows: List[FileRow] = []
    ids: Dict[Tuple[str, ...], int] = {}

    def place(path: Tuple[str, ...], file: Optional[LibraryFile] = None) -> int:
        if path in ids:
            return ids[path]
        parent = place(path[:-1]) if len(path) > 1 else 1
        ids[path] = len(ids) + 2
        index_rows.append(FileRow(ids[path], parent, path[-1], file.kind if file else "", file))
        return ids[path]

    for packed in FILES:
        place((packed.place, *filter(None, packed.folder.split("/")), packed.name), packed)
    return index_rows


IDS: Dict[LibraryFile, int] = {row.file: row.id for row in rows() if row.file is not None}


def by_tag(tag: str) -> List[LibraryFile]:
    """The presets with this tag or a tag below it ("Sounds" finds "Sounds|Bass")."""
    return [
        file for file in FILES if file.device and any(t == tag or t.startswith(tag + "|") for t in file.tags)
    ]


class Library:
    """The library's files in a folder, all of them with their index.

    Without a folder each file is written at its first use, to a temporary folder that is deleted with this object.
    """

    def __init__(self, folder: Optional[str] = None) -> None:
        self._folder = None if folder is None else os.path.abspath(folder)
        self._temporary: Optional[str] = None

    def write(self) -> str:
        """Write the missing files and return the folder. The index comes last: a folder with an index is complete."""
        assert self._folder is not None
        index = os.path.join(self._folder, INDEX)
        if not os.path.exists(index):
            for file in FILES:
                _write(file, _place(self._folder, file))
            part = index + ".part"
            if os.path.exists(part):
                os.remove(part)
            _write_index(part, self._folder)
            os.replace(part, index)
        return self._folder

    def path(self, file: LibraryFile) -> str:
        """The absolute path of a file; writes the file if it is missing."""
        if self._folder is not None:
            return _place(self.write(), file)
        if self._temporary is None:
            self._temporary = tempfile.mkdtemp(prefix="Live Library ")
            weakref.finalize(self, shutil.rmtree, self._temporary, True)
        path = _place(self._temporary, file)
        if not os.path.exists(path):
            _write(file, path)
        return path


def _place(folder: str, file: LibraryFile) -> str:
    return os.path.join(folder, file.place, *file.folder.split("/"), file.name)


def _write(file: LibraryFile, path: str) -> None:
    os.makedirs(os.path.dirname(path), exist_ok=True)
    if file.sound is not None:
        _write_wave(path, file.sound)
        return
    with gzip.open(path, "wb") as out:
        out.write(('<?xml version="1.0"?><Preset Device="%s"/>' % file.device).encode())


def frames(sound: Sound) -> int:
    """The length of a sample."""
    return round(sound.seconds * RATE)


def _wave(sound: Sound) -> Iterator[float]:
    noise = random.Random(sound.hz).uniform
    for frame in range(frames(sound)):
        decay = math.exp(-4.0 * frame / RATE / sound.seconds)
        tone = math.sin(2.0 * math.pi * sound.hz * frame / RATE)
        yield decay * ((1.0 - sound.noise) * tone + sound.noise * noise(-1.0, 1.0))


def _write_wave(path: str, sound: Sound) -> None:
    with wave.open(path, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(array("h", (round(20000 * sample) for sample in _wave(sound))).tobytes())


def features(sound: Sound) -> Sequence[float]:
    """64 numbers, near each other for similar sounds: pitch in octaves, noise, length. Guess: their meaning in Live."""
    first = (math.log2(sound.hz / 55.0) / 4.0, sound.noise, min(1.0, sound.seconds / 2.0))
    return first + (0.0,) * (_DIMENSIONS - len(first))


def _four(code: bytes) -> int:
    return int.from_bytes(code, "big")


def _write_index(path: str, folder: str) -> None:
    tree = rows()
    tags = sorted({tag for file in FILES for tag in file.tags})
    first_tag = len(tree) + 2
    tag_ids = {tag: first_tag + number for number, tag in enumerate(tags)}
    database = sqlite3.connect(path)
    with database:
        for table in (
            "files (file_id INTEGER PRIMARY KEY, parent_id INTEGER, name TEXT, file_type INTEGER)",
            "places (file_id INTEGER, name TEXT, folder_kind INTEGER)",
            "keywords (file_id INTEGER, keyw_id INTEGER)",
            "fe_values (file_id INTEGER, data BLOB, hash TEXT)",
        ):
            database.execute("CREATE TABLE " + table)
        file_rows: List[Tuple[int, Optional[int], str, int]] = [(1, None, folder, _four(_KINDS[""]))]
        file_rows += [(row.id, row.parent, row.name, _four(_KINDS[row.kind])) for row in tree]
        file_rows += [(number, None, tag, _four(_TAG)) for tag, number in tag_ids.items()]
        database.executemany("INSERT INTO files VALUES (?, ?, ?, ?)", file_rows)
        database.executemany(
            "INSERT INTO places VALUES (?, ?, ?)",
            [(row.id, row.name, int(row.name == USER)) for row in tree if row.parent == 1],
        )
        database.executemany(
            "INSERT INTO keywords VALUES (?, ?)",
            [(IDS[file], tag_ids[tag]) for file in FILES for tag in file.tags],
        )
        database.executemany(
            "INSERT INTO fe_values VALUES (?, ?, '')",
            [
                (IDS[file], _FEATURES.pack(_FEATURES_VERSION, _DIMENSIONS, 0, *features(file.sound)))
                for file in FILES
                if file.sound is not None
            ],
        )
    database.close()
