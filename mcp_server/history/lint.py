"""What is odd in a Set: missing samples, empty clips, hot levels, unused returns, names given twice, silent tracks.

Each rule is a function from a state to findings; `RULES` holds them all. Nothing is changed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from mirror import Node
from mirror.store import Store

HOT_DB = 0.0
"""A track's fader above this is said: it leaves no headroom."""
UNITY = 0.85
"""A volume parameter's value at 0 dB."""


class Finding(NamedTuple):
    """One oddity: the rule that found it, where, and in words."""

    rule: str
    ref: str
    text: str


Rule = Callable[[Store], Iterable[Finding]]


def lint(store: Store) -> list[Finding]:
    """All findings, rule by rule."""
    return [finding for rule in RULES for finding in rule(store)]


def _of(store: Store, type_: str) -> Iterator[Node]:
    return (store.nodes[id_] for id_ in store.of_type(type_))


def _tracks(store: Store, role: str = "tracks") -> list[Node]:
    return [node for node in _of(store, "Track") if node.role == role]


def _child(store: Store, node: Node, role: str) -> Node | None:
    held = node.children.get(role)
    return store.nodes.get(held) if isinstance(held, int) else None


def _children(store: Store, node: Node, role: str) -> list[Node]:
    held = node.children.get(role)
    return [store.nodes[id_] for id_ in held] if isinstance(held, tuple) else []


def missing_samples(store: Store) -> Iterator[Finding]:
    """Audio clips and samples whose file is not on this machine."""
    for type_ in ("Clip", "Sample"):
        for node in _of(store, type_):
            path = node.props.get("file_path")
            if isinstance(path, str) and path and not Path(path).exists():
                yield Finding(
                    "missing-sample", store.ref(node.id), f"{node.name or type_}: {path} is not there"
                )


def empty_clips(store: Store) -> Iterator[Finding]:
    """MIDI clips without notes."""
    for clip in _of(store, "Clip"):
        if clip.props.get("is_midi_clip") and not clip.props.get("notes"):
            yield Finding("empty-clip", store.ref(clip.id), f"{clip.name or 'a clip'} has no notes")


def hot_levels(store: Store) -> Iterator[Finding]:
    """Faders above 0 dB."""
    for mixer in _of(store, "MixerDevice"):
        volume = _child(store, mixer, "volume")
        track = store.nodes.get(mixer.parent) if mixer.parent is not None else None
        if volume is None or track is None or track.type != "Track":
            continue
        if float(volume.props.get("value") or 0.0) > UNITY + 1e-6:
            shown = volume.props.get("display") or volume.props.get("value")
            yield Finding("hot-level", store.ref(track.id), f"{track.name} is at {shown}")


def unused_returns(store: Store) -> Iterator[Finding]:
    """Returns that no track sends to."""
    returns = _tracks(store, "return_tracks")
    used: set[int] = set()
    for mixer in _of(store, "MixerDevice"):
        for n, send in enumerate(_children(store, mixer, "sends")):
            if float(send.props.get("value") or 0.0) > float(send.props.get("min") or 0.0) or send.props.get(
                "automation_state"
            ):
                used.add(n)
    for n, track in enumerate(returns):
        if n not in used:
            yield Finding("unused-return", store.ref(track.id), f"nothing sends to {track.name}")


def duplicate_names(store: Store) -> Iterator[Finding]:
    """Tracks with the same name."""
    groups: dict[str, list[Node]] = defaultdict(list)
    for track in (*_tracks(store), *_tracks(store, "return_tracks")):
        groups[track.name.casefold()].append(track)
    for tracks in groups.values():
        if len(tracks) > 1:
            refs = ", ".join(store.ref(track.id) for track in tracks)
            yield Finding(
                "duplicate-name", store.ref(tracks[0].id), f"{tracks[0].name!r} is the name of {refs}"
            )


def silent_tracks(store: Store) -> Iterator[Finding]:
    """MIDI tracks with clips and no device and no MIDI output, and tracks that are muted although they have clips."""
    for track in _tracks(store):
        clips = [_child(store, slot, "clip") for slot in _children(store, track, "clip_slots")]
        if not any(clips) and not _children(store, track, "arrangement_clips"):
            continue
        midi = bool(track.props.get("has_midi_input"))
        goes = str(track.props.get("output_routing_type") or "")
        if (
            midi
            and not _children(store, track, "devices")
            and goes in ("", "None", "No Output", "Main", "Master")
        ):
            yield Finding("no-instrument", store.ref(track.id), f"{track.name} has clips and no instrument")
        elif track.props.get("mute"):
            yield Finding("muted-track", store.ref(track.id), f"{track.name} has clips and is muted")


def plug_ins_without_parameters(store: Store) -> Iterator[Finding]:
    """Plug-ins of which only the switch can be reached; most often these are not installed or not configured."""
    for type_ in ("PluginDevice", "AuPluginDevice"):
        for node in _of(store, type_):
            if len(_children(store, node, "parameters")) <= 1:
                rule = "the plug-in is not found, or no parameter was added with Configure"
                yield Finding("plug-in", store.ref(node.id), f"{node.name}: {rule}")


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
