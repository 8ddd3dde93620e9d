"""The Set in expressions of recipes, and the functions that these may call. Expressions only read.

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
"""The most files of a folder, which is the number of a drum rack's pads."""
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
        """The value of `.name` in an expression.

        Raises:
          InvalidValue: objects of this class have neither a property nor a child of this name.
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
            children = node.children[name]
            if isinstance(children, list | tuple):
                return [Subject(self.scope, child) for child in mirror.children(node, name)]
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


def _subjects(operand: Any) -> list[Subject]:
    if isinstance(operand, Subject):
        return [operand]
    if not isinstance(operand, list) or not all(isinstance(subject, Subject) for subject in operand):
        raise TypeError("an object, or a list of objects, is needed")
    return operand


def named(operand: Any, words: str) -> list[Any]:
    """The objects or texts whose name has a word with one of these beginnings, in any case: "kick|bd"."""
    parts = [re.escape(word) for word in split(words.casefold(), "|")]
    wanted = re.compile(rf"(?<![a-z])(?:{'|'.join(parts)})") if parts else None
    if wanted is None:
        return []
    if isinstance(operand, list) and all(isinstance(text, str) for text in operand):
        return [text for text in operand if wanted.search(text.casefold())]
    return [subject for subject in _subjects(operand) if wanted.search(subject.node.name.casefold())]


def unnamed(tracks: Any) -> list[Subject]:
    """The tracks that still have Live's default name, such as "3-MIDI", and the clips without a name."""
    return [subject for subject in _subjects(tracks) if _LIVES_NAME.fullmatch(subject.node.name.strip())]


def instrument(track: Any) -> str:
    """The name of the first instrument on a track, else of its first device; "" for a track without devices."""
    all_devices = devices(track)
    makers = [device for device in all_devices if device.node.props.get("type") == _INSTRUMENT]
    return next((device.node.name for device in (*makers, *all_devices)), "")


_PARTS = {
    "drums": "drum|kick|snare|hat|clap|perc|beat|tom|cymbal|rim|shaker",
    "bass": "bass|sub|808",
    "voice": "voc|voice|vox|sing|choir|rap",
    "lead": "lead|melod|pluck|bell|arp|solo|hook",
    "chords": "chord|key|pad|piano|rhodes|organ|string|guitar|synth|bed",
    "effects": "fx|effect|noise|riser|sweep|vinyl|texture|atmos|impact|foley",
}
"""Part → words in the names of its tracks; the first part with a match counts."""


def part(track: Any) -> str:
    """A track's part by its drum rack or name: drums, bass, voice, lead, chords, effects; "" if it is unknown."""
    subject = _subjects(track)[0]
    if pads(subject):
        return "drums"
    return next((name for name, words in _PARTS.items() if named([subject.node.name], words)), "")


def pick(value: Any, names: list[Any], values: list[Any], otherwise: Any = None) -> Any:
    """The value at the index of a name: pick(part(item), ['drums', 'bass'], ['-8 dB', '-10 dB'], '-14 dB')."""
    return dict(zip(names, values, strict=True)).get(value, otherwise)


def track_of(subject: Subject) -> Subject | None:
    """The track of an object; a track for itself."""
    track = from_set.track_of(subject.scope.mirror, subject.node)
    return None if track is None else Subject(subject.scope, track)


def has(track: Any, name: str) -> bool:
    """True when the track has a device of this class: has(item, 'Limiter')."""
    return any(device.node.props.get("class_display_name") == name for device in devices(track))


def switched_on(device: Subject) -> bool:
    """True when a device is on, even when its rack is off."""
    switch = next(iter(device.scope.mirror.children(device.node, "parameters")), None)
    return switch is None or bool(switch.props.get("value"))


def last_end(song: Subject) -> float:
    """The end of the last clip in the Arrangement, in beats; 0 for an empty Arrangement."""
    in_arrangement = [clip.node.props for clip in clips(song) if clip.node.props.get("is_arrangement_clip")]
    return max((float(props.get("end_time") or 0.0) for props in in_arrangement), default=0.0)


def notes_in(clip: Subject, start: float, end: float, lowest: int = 0, highest: int = 127) -> int:
    """The number of a clip's notes that start in a range of its time and lie in a range of pitches."""
    return sum(
        start <= note.start_time < end and lowest <= note.pitch <= highest
        for note in clip.scope.note_list(clip.node)
    )


def degrees(text: str) -> bool:
    """True when a progression has degrees ("ii7 | V7") and so needs a key; False when it has only chord symbols."""
    names = text.replace("|", " ").replace(",", " ").split()
    return not all(harmony.is_symbol(name) for name in names if name != "%")


def words(parts: list[str]) -> str:
    """Texts joined with blanks; a blank inside a text becomes _."""
    return " ".join(str(text).strip().replace(" ", "_") for text in parts)


def sections(scenes: Any, bars: float) -> list[dict[str, Any]]:
    """For every scene that has a clip, a section for `arrange`: {name, bars, scene}."""
    return [
        {"name": scene.node.name or f"Scene {number + 1}", "bars": int(bars), "scene": scene.attribute("ref")}
        for number, scene in enumerate(_subjects(scenes))
        if clips(scene)
    ]


def of_kind(tracks: Any, kind: str) -> list[Subject]:
    """The tracks of a kind: midi, audio, group, return or main."""
    return [track for track in _subjects(tracks) if track.attribute("kind") == kind]


def devices(tracks: Any) -> list[Subject]:
    """The devices of tracks, those in racks included."""
    return [
        Subject(track.scope, node)
        for track in _subjects(tracks)
        for node in from_set.devices_of(track.scope.mirror, track.node)
    ]


def clips(owners: Any) -> list[Subject]:
    """The clips of the Set, of tracks, scenes or slots."""
    return [
        Subject(owner.scope, node)
        for owner in _subjects(owners)
        for node in from_set.clips_below(owner.scope.mirror, owner.node)
    ]


def pads(track: Any) -> list[str]:
    """The names of the filled pads of a track's drum rack."""
    return [
        name
        for subject in _subjects(track)
        for name in from_set.pads_of(subject.scope.mirror, subject.node).values()
    ]


def tap(track: Any, pad: str) -> str | None:
    """The channel on which a side-chain hears one pad of a track's drum rack before its effects; None without a pad."""
    if not pad:
        return None
    subject = _subjects(track)[0]
    names = pads(subject)
    racks = [device.node.name for device in devices(subject) if device.node.props.get("can_have_drum_pads")]
    matching = [name for name in names if name.casefold() == pad.casefold()] or named(names, pad)
    if len(set(matching)) != 1 or not racks:
        raise errors.InvalidValue(
            f"{subject.node.name!r} has no pad {pad[:60]!r} of its own"
            if names
            else f"{subject.node.name!r} has no pads",
            pad[:60],
            hint=f"its pads are {', '.join(names)}; '' is the whole track",
        )
    return f"{racks[0]} | {matching[0]} | Pre FX"


def samples(folder: str, words: str | None = None) -> list[dict[str, Any]]:
    """The audio files of a folder by name, with `path` and `name`; at most 128, the number of a drum rack's pads.

    Args:
      words: Only files whose name has one of these words: "kick|snare".

    Raises:
      InvalidValue: the path is not absolute, or no folder that can be read.
    """
    path = Path(folder).expanduser()
    if "\0" in folder or not path.is_absolute():
        raise errors.InvalidValue("A folder must be an absolute path", folder[:200])
    try:
        entries = sorted(os.scandir(path), key=lambda entry: entry.name.casefold())
        files = [
            entry
            for entry in entries
            if sample_files.is_sample(entry.name) and stat.S_ISREG(entry.stat().st_mode)
        ]
    except OSError as problem:
        raise errors.InvalidValue(f"The folder cannot be read: {problem.strerror}", folder[:200]) from None
    sample_rows = [{"path": str(path / entry.name), "name": Path(entry.name).stem} for entry in files]
    return [sample for sample in sample_rows if not words or named([sample["name"]], words)][:MOST_FILES]


def first(elements: list[Any]) -> Any:
    """The first element of a list; None for an empty list."""
    return elements[0] if elements else None


def counted(count: float) -> list[int]:
    """The whole numbers from 0 below `count`, which is at most 1000."""
    if not 0 <= count <= MOST_ITEMS:
        raise ValueError(f"range takes 0 to {MOST_ITEMS}")
    return list(range(int(count)))


def split(text: str, sign: str = ",") -> list[str]:
    """The parts of a text without blanks around them."""
    return [part.strip() for part in text.split(sign) if part.strip()]


def ramp(
    start: float, end: float, length: float, steps: int, curve: str = "linear", at: float = 0.0
) -> list[dict[str, Any]]:
    """Steps from a start value to an end value: {number, time, length, value}; the last step has the end value.

    `curve` "exponential" multiplies from step to step, as frequencies rise; both values must then be above 0. `at` is
    the time of the first step.
    """
    if not 1 <= steps <= 500 or length <= 0:
        raise ValueError("a ramp has 1 to 500 steps and a length above 0")
    ramp_steps = []
    for n in range(int(steps)):
        share = n / (steps - 1) if steps > 1 else 1.0
        value = start * (end / start) ** share if curve == "exponential" else start + (end - start) * share
        ramp_steps.append(
            {"number": n, "time": at + n * length / steps, "length": length / steps, "value": round(value, 4)}
        )
    return ramp_steps


def texts(steps: list[dict[str, Any]], unit: str) -> list[dict[str, Any]]:
    """A ramp as steps for edit_envelope; its values are texts with a unit: "440 Hz"."""
    return [
        {"time": step["time"], "length": step["length"], "value": f"{step['value']:g} {unit}".strip()}
        for step in steps
    ]


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "abs": abs,
    "clips": clips,
    "degrees": degrees,
    "devices": devices,
    "digits": lambda number, count: f"{int(number):0{min(int(count), 9)}d}",
    "first": first,
    "first_of": lambda elements, count: list(elements)[: max(0, int(count))],
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
    "reversed": lambda elements: list(reversed(elements)),
    "round": round,
    "samples": samples,
    "sections": sections,
    "split": split,
    "switched_on": switched_on,
    "tap": tap,
    "texts": texts,
    "track_of": track_of,
    "unnamed": unnamed,
    "words": words,
}
"""The functions, by their names in expressions."""
