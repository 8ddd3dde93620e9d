"""Problems of a Set: missing samples, empty clips, hot levels, unused returns, duplicate names, silent tracks.

Each rule is a function from a state to findings; `RULES` has all of them. The Set is not changed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from mirror import Node
from mirror.reading import Reader
from mirror.store import Store

from ..music.from_set import UNITY, track_facts
from ..music.report import silent


class Finding(NamedTuple):
    """One problem: the rule that found it, the object's ref, and a description."""

    rule: str
    ref: str
    text: str


Rule = Callable[[Reader], Iterable[Finding]]


def lint(store: Store) -> list[Finding]:
    """All findings, rule by rule."""
    reader = Reader(store)
    return [finding for rule in RULES for finding in rule(reader)]


def _of(reader: Reader, type_: str) -> Iterator[Node]:
    return (reader.node(id_) for id_ in reader.store.of_type(type_))


def _tracks(reader: Reader, role: str = "tracks") -> list[Node]:
    return [node for node in _of(reader, "Track") if node.role == role]


def missing_samples(reader: Reader) -> Iterator[Finding]:
    """Audio clips and samples whose file is not on this machine."""
    for type_ in ("Clip", "Sample"):
        for node in _of(reader, type_):
            path = node.props.get("file_path")
            if isinstance(path, str) and path and not Path(path).exists():
                yield Finding(
                    "missing-sample", reader.ref(node.id), f"{node.name or type_}: {path} is not there"
                )


def empty_clips(reader: Reader) -> Iterator[Finding]:
    """MIDI clips without notes."""
    for clip in _of(reader, "Clip"):
        if clip.props.get("is_midi_clip") and not clip.props.get("notes"):
            yield Finding("empty-clip", reader.ref(clip.id), f"{clip.name or 'a clip'} has no notes")


def hot_levels(reader: Reader) -> Iterator[Finding]:
    """Faders above 0 dB."""
    for mixer in _of(reader, "MixerDevice"):
        volume = reader.child(mixer, "volume")
        track = reader.node(mixer.parent) if mixer.parent is not None else None
        if volume is None or track is None or track.type != "Track":
            continue
        if float(volume.props.get("value") or 0.0) > UNITY + 1e-6:
            shown = volume.props.get("display") or volume.props.get("value")
            yield Finding("hot-level", reader.ref(track.id), f"{track.name} is at {shown}")


def unused_returns(reader: Reader) -> Iterator[Finding]:
    """Returns that no track sends to."""
    returns = _tracks(reader, "return_tracks")
    used: set[int] = set()
    for mixer in _of(reader, "MixerDevice"):
        for n, send in enumerate(reader.children(mixer, "sends")):
            if float(send.props.get("value") or 0.0) > float(send.props.get("min") or 0.0) or send.props.get(
                "automation_state"
            ):
                used.add(n)
    for n, track in enumerate(returns):
        if n not in used:
            yield Finding("unused-return", reader.ref(track.id), f"nothing sends to {track.name}")


def duplicate_names(reader: Reader) -> Iterator[Finding]:
    """Tracks with the same name."""
    groups: dict[str, list[Node]] = defaultdict(list)
    for track in (*_tracks(reader), *_tracks(reader, "return_tracks")):
        groups[track.name.casefold()].append(track)
    for tracks in groups.values():
        if len(tracks) > 1:
            refs = ", ".join(reader.ref(track.id) for track in tracks)
            yield Finding(
                "duplicate-name", reader.ref(tracks[0].id), f"{tracks[0].name!r} is the name of {refs}"
            )


def silent_tracks(reader: Reader) -> Iterator[Finding]:
    """Tracks that have clips but are not heard: MIDI without an instrument, no output, muted."""
    for track in track_facts(reader):
        if not track.clips:
            continue
        if silent(track):
            yield Finding("no-instrument", track.ref, f"{track.name} has clips and no instrument")
        elif track.no_output:
            yield Finding(
                "no-output", track.ref, f"{track.name} has clips and its output is {track.no_output}"
            )
        elif track.muted:
            yield Finding("muted-track", track.ref, f"{track.name} has clips and is muted")


def plug_ins_without_parameters(reader: Reader) -> Iterator[Finding]:
    """Plug-ins that have only the on/off parameter; most often they are not installed or not configured."""
    for type_ in ("PluginDevice", "AuPluginDevice"):
        for node in _of(reader, type_):
            if len(reader.children(node, "parameters")) <= 1:
                rule = "the plug-in is not found, or no parameter was added with Configure"
                yield Finding("plug-in", reader.ref(node.id), f"{node.name}: {rule}")


RULES: tuple[Rule, ...] = (
    missing_samples,
    empty_clips,
    hot_levels,
    unused_returns,
    duplicate_names,
    silent_tracks,
    plug_ins_without_parameters,
)
"""All rules, in the order of their findings."""
