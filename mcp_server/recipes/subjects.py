"""What expressions of recipes see of the Set, and the functions that they may call. Reads only.

`set` is the song: `set.tracks`, `set.return_tracks`, `set.scenes`, `set.tempo`. An object has `name`, `ref`, `index`,
`kind` (of a track: midi, audio, group, return, main), its properties as reads show them, and its lists and parts.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mirror import Node, errors

from .. import sample_files
from ..music import from_set, harmony
from ..plans import Scope

MOST_FILES = 128
"""Of a folder: as many as a drum rack has pads."""
MOST_ITEMS = 1000
_LIVES_NAME = re.compile(r"(?:\d+-(?:midi|audio))?", re.IGNORECASE)
_INSTRUMENT = 1
"""`Device.type` of instruments."""


class Subject:
    """An object of the Set in an expression."""

    def __init__(self, scope: Scope, node: Node) -> None:
        self.scope = scope
        self.node = node

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Subject) and other.node.id == self.node.id

    def __hash__(self) -> int:
        return hash(self.node.id)

    def __repr__(self) -> str:
        return self.scope.ref(self.node)

    def attribute(self, name: str) -> Any:
        """What an expression gets for `.name`.

        Raises:
          InvalidValue: an object of this class has no such thing.
        """
        node, mirror = self.node, self.scope.mirror
        match name:
            case "ref":
                return self.scope.ref(node)
            case "index":
                last = self.scope.ref(node).rpartition("/")[2]
                return int(last) if last.isdigit() else None
            case "kind" if node.type == "Track":
                return _kind(node)
        if name in node.children:
            held = node.children[name]
            if isinstance(held, list | tuple):
                return [Subject(self.scope, each) for each in mirror.children(node, name)]
            below = mirror.child(node, name)
            return None if below is None else Subject(self.scope, below)
        if name in node.props:
            return mirror.shown(node, name)
        raise errors.InvalidValue(f"{self.scope.ref(node)} ({node.type}) has no {name!r}", name)


def _kind(track: Node) -> str:
    if track.role == "tracks":
        return (
            "group"
            if track.props.get("is_foldable")
            else "midi"
            if track.props.get("has_midi_input")
            else "audio"
        )
    return "return" if track.role == "return_tracks" else "main"


def _subjects(held: Any) -> list[Subject]:
    if isinstance(held, Subject):
        return [held]
    if not isinstance(held, list) or not all(isinstance(each, Subject) for each in held):
        raise TypeError("an object, or a list of objects, is needed")
    return held


def named(held: Any, words: str) -> list[Any]:
    """Those objects or texts whose name has a word that begins with one of these, in any case: "kick|bd"."""
    parts = [re.escape(word) for word in split(words.casefold(), "|")]
    wanted = re.compile(rf"(?<![a-z])(?:{'|'.join(parts)})") if parts else None
    if wanted is None:
        return []
    if isinstance(held, list) and all(isinstance(each, str) for each in held):
        return [each for each in held if wanted.search(each.casefold())]
    return [each for each in _subjects(held) if wanted.search(each.node.name.casefold())]


def unnamed(held: Any) -> list[Subject]:
    """The tracks that have the name that Live gave them, "3-MIDI", and clips without one."""
    return [each for each in _subjects(held) if _LIVES_NAME.fullmatch(each.node.name.strip())]


def instrument(held: Any) -> str:
    """The name of the first instrument on a track, else of its first device; "" where it has none."""
    found = devices(held)
    makers = [each for each in found if each.node.props.get("type") == _INSTRUMENT]
    return next((each.node.name for each in (*makers, *found)), "")


_PARTS = {
    "drums": "drum|kick|snare|hat|clap|perc|beat|tom|cymbal|rim|shaker",
    "bass": "bass|sub|808",
    "voice": "voc|voice|vox|sing|choir|rap",
    "lead": "lead|melod|pluck|bell|arp|solo|hook",
    "chords": "chord|key|pad|piano|rhodes|organ|string|guitar|synth|bed",
    "effects": "fx|effect|noise|riser|sweep|vinyl|texture|atmos|impact|foley",
}
"""What names say of a track; the first that fits counts."""


def part(held: Any) -> str:
    """What a track is by its drum rack or name: drums, bass, voice, lead, chords, effects; "" if neither says it."""
    each = _subjects(held)[0]
    if pads(each):
        return "drums"
    return next((name for name, words in _PARTS.items() if named([each.node.name], words)), "")


def pick(value: Any, names: list[Any], values: list[Any], otherwise: Any = None) -> Any:
    """The value at the place of a name, as in pick(part(item), ['drums', 'bass'], ['-8 dB', '-10 dB'], '-14 dB')."""
    return dict(zip(names, values, strict=True)).get(value, otherwise)


def track_of(held: Subject) -> Subject | None:
    """The track that an object is on, or is."""
    found = from_set.track_of(held.scope.mirror, held.node)
    return None if found is None else Subject(held.scope, found)


def has(track: Any, name: str) -> bool:
    """True when a device of that class is on it: has(item, 'Limiter')."""
    return any(each.node.props.get("class_display_name") == name for each in devices(track))


def switched_on(device: Subject) -> bool:
    """True when a device is on, whatever its rack is."""
    switch = next(iter(device.scope.mirror.children(device.node, "parameters")), None)
    return switch is None or bool(switch.props.get("value"))


def last_end(song: Subject) -> float:
    """When the last clip of the Arrangement ends, in beats; 0 of an empty one."""
    held = [each.node.props for each in clips(song) if each.node.props.get("is_arrangement_clip")]
    return max((float(props.get("end_time") or 0.0) for props in held), default=0.0)


def notes_in(clip: Subject, start: float, end: float, lowest: int = 0, highest: int = 127) -> int:
    """How many notes of a clip start in a range of its time and lie in a range of pitches."""
    return sum(
        start <= note.start_time < end and lowest <= note.pitch <= highest
        for note in clip.scope.note_list(clip.node)
    )


def degrees(text: str) -> bool:
    """True when a progression has degrees ("ii7 | V7"), so that it needs a key; False of chord symbols alone."""
    names = text.replace("|", " ").replace(",", " ").split()
    return not all(harmony.is_symbol(name) for name in names if name != "%")


def words(held: list[str]) -> str:
    """Texts as one, apart by blanks; blanks within one become _."""
    return " ".join(str(each).strip().replace(" ", "_") for each in held)


def sections(scenes: Any, bars: float) -> list[dict[str, Any]]:
    """A section for `arrange` of each scene that holds a clip: {name, bars, scene}."""
    return [
        {"name": each.node.name or f"Scene {number + 1}", "bars": int(bars), "scene": each.attribute("ref")}
        for number, each in enumerate(_subjects(scenes))
        if clips(each)
    ]


def of_kind(held: Any, kind: str) -> list[Subject]:
    """Those tracks that are midi, audio, group, return or main."""
    return [each for each in _subjects(held) if each.attribute("kind") == kind]


def devices(held: Any) -> list[Subject]:
    """The devices of tracks, those in racks included."""
    return [
        Subject(each.scope, node)
        for each in _subjects(held)
        for node in from_set.devices_of(each.scope.mirror, each.node)
    ]


def clips(held: Any) -> list[Subject]:
    """The clips of the Set, of tracks, scenes or slots."""
    return [
        Subject(each.scope, node)
        for each in _subjects(held)
        for node in from_set.clips_below(each.scope.mirror, each.node)
    ]


def pads(held: Any) -> list[str]:
    """The names of the filled pads of a track's drum rack."""
    return [
        name for each in _subjects(held) for name in from_set.pads_of(each.scope.mirror, each.node).values()
    ]


def samples(folder: str, words: str | None = None) -> list[dict[str, Any]]:
    """The audio files of a folder by name, with `path` and `name`; at most 128, as a drum rack has pads.

    Args:
      words: Only those whose name has one of these words: "kick|snare".

    Raises:
      InvalidValue: the path is not absolute, or no folder that can be read.
    """
    path = Path(folder).expanduser()
    if "\0" in folder or not path.is_absolute():
        raise errors.InvalidValue("A folder is given by its absolute path", folder[:200])
    try:
        held = sorted(os.scandir(path), key=lambda each: each.name.casefold())
        files = [
            each for each in held if sample_files.is_sample(each.name) and stat.S_ISREG(each.stat().st_mode)
        ]
    except OSError as problem:
        raise errors.InvalidValue(f"The folder cannot be read: {problem.strerror}", folder[:200]) from None
    found = [{"path": str(path / each.name), "name": Path(each.name).stem} for each in files]
    return [each for each in found if not words or named([each["name"]], words)][:MOST_FILES]


def first(held: list[Any]) -> Any:
    """The first of a list, None of an empty one."""
    return held[0] if held else None


def counted(count: float) -> list[int]:
    """0, 1, 2 … below a number, at most 1000."""
    if not 0 <= count <= MOST_ITEMS:
        raise ValueError(f"range takes 0 to {MOST_ITEMS}")
    return list(range(int(count)))


def split(text: str, sign: str = ",") -> list[str]:
    """The parts of a text without blanks around them."""
    return [part.strip() for part in text.split(sign) if part.strip()]


def ramp(
    start: float, end: float, length: float, steps: int, curve: str = "linear", at: float = 0.0
) -> list[dict[str, Any]]:
    """Steps from one value to another: {number, time, length, value}, the last one at the end value.

    `curve` "exponential" multiplies from step to step, as frequencies rise; both values are above 0 then. It begins
    `at` a time.
    """
    if not 1 <= steps <= 500 or length <= 0:
        raise ValueError("a ramp has 1 to 500 steps and a length above 0")
    found = []
    for n in range(int(steps)):
        share = n / (steps - 1) if steps > 1 else 1.0
        value = start * (end / start) ** share if curve == "exponential" else start + (end - start) * share
        found.append(
            {"number": n, "time": at + n * length / steps, "length": length / steps, "value": round(value, 4)}
        )
    return found


def texts(held: list[dict[str, Any]], unit: str) -> list[dict[str, Any]]:
    """A ramp as steps for edit_envelope, each value with a unit behind it: "440 Hz"."""
    return [
        {"time": each["time"], "length": each["length"], "value": f"{each['value']:g} {unit}".strip()}
        for each in held
    ]


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "abs": abs,
    "clips": clips,
    "degrees": degrees,
    "devices": devices,
    "digits": lambda number, count: f"{int(number):0{min(int(count), 9)}d}",
    "first": first,
    "first_of": lambda held, count: list(held)[: max(0, int(count))],
    "has": has,
    "instrument": instrument,
    "int": int,
    "last_end": last_end,
    "len": len,
    "lower": lambda text: str(text).casefold(),
    "max": max,
    "min": min,
    "named": named,
    "notes_in": notes_in,
    "of_kind": of_kind,
    "pads": pads,
    "part": part,
    "pick": pick,
    "ramp": ramp,
    "range": counted,
    "reversed": lambda held: list(reversed(held)),
    "round": round,
    "samples": samples,
    "sections": sections,
    "split": split,
    "switched_on": switched_on,
    "texts": texts,
    "track_of": track_of,
    "unnamed": unnamed,
    "words": words,
}
"""By the names that expressions call them."""
