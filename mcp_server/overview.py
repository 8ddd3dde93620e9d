"""The view of the whole Set: a line for each track and scene, and the grid of clips, in pages of bounded size.

Each object is described in short; `views` has the longer views of one object.
"""

from __future__ import annotations

from typing import Any

import msgspec

from mirror import Mirror, Node

from . import units
from .views import mixer, name_of, signature, track_kind, unless_hidden

SONG_FIELDS = (
    "tempo",
    "signature_numerator",
    "signature_denominator",
    "is_playing",
    "record_mode",
    "session_record",
    "loop",
    "loop_start",
    "loop_length",
    "metronome",
    "song_length",
    "root_note",
    "scale_name",
    "groove_amount",
    "can_undo",
    "can_redo",
)
_USUAL_INPUTS = ("All Ins", "Ext. In", "No Input", "")
"""The usual inputs, which a track's short view leaves out."""
_SILENT = "-inf dB"
GRID_BYTES = 48_000
"""The most bytes of the grid of clips in one answer; `cursor` reads the next part."""
_MARKS = (
    ("is_playing", "playing"),
    ("is_triggered", "triggered"),
    ("muted", "muted"),
    ("has_envelopes", "envelopes"),
)


def overview(mirror: Mirror) -> dict[str, Any]:
    """The whole Set with one line for each track and scene; `grid` is scene index → track index → clip."""
    root = mirror.resolve("song")
    main = mirror.child(root, "master_track")
    rows, rest = grid(mirror)
    shown = {
        "name": root.props.get("name"),
        "counts": counts(mirror),
        "song": song(mirror),
        "tracks": [_line(mirror, track) for track in mirror.children(root, "tracks")],
        "return_tracks": [_line(mirror, track) for track in mirror.children(root, "return_tracks")],
        "main_track": None if main is None else _line(mirror, main),
        "scenes": [_scene(mirror, scene) for scene in mirror.children(root, "scenes")],
        "cue_points": [_cue_point(mirror, cue) for cue in mirror.children(root, "cue_points")],
        "grid": rows,
    }
    if rest is not None:
        shown["grid_next"] = str(rest)
    if mirror.daw != "Live":
        shown["daw"] = mirror.daw
    return shown


def song(mirror: Mirror) -> dict[str, Any]:
    """The transport, tempo, signature and scale of the Set."""
    node = mirror.resolve("song")
    shown = {name: node.props[name] for name in SONG_FIELDS if name in node.props}
    if isinstance(shown.get("root_note"), int):
        shown["root"] = units.PITCH_CLASSES[shown["root_note"]]
    return shown


def counts(mirror: Mirror) -> dict[str, int]:
    """Numbers of objects in the Set; devices are counted once all are read, also those of return tracks and Main."""
    tracks = mirror.children("song", "tracks")
    returns, main = mirror.children("song", "return_tracks"), mirror.children("song", "master_track")
    devices = sum(len(mirror.children(track, "devices")) for track in (*tracks, *returns, *main))
    return {
        "tracks": len(tracks),
        "return_tracks": len(returns),
        "scenes": len(mirror.children("song", "scenes")),
        "clips": sum(
            mirror.child(slot, "clip") is not None
            for track in tracks
            for slot in mirror.children(track, "clip_slots")
        ),
        "arrangement_clips": sum(len(mirror.children(track, "arrangement_clips")) for track in tracks),
        **({} if "devices" in mirror.coming else {"devices": devices}),
    }


@unless_hidden
def _line(mirror: Mirror, node: Node) -> dict[str, Any]:
    levels = mixer(mirror, node)
    volume, panning = (levels.get(name) or {} for name in ("volume", "panning"))
    shown: dict[str, Any] = {
        "ref": mirror.ref(node.id),
        "name": node.name,
        "kind": track_kind(node),
        "volume": volume.get("display"),
        **({"panning": panning["display"]} if panning.get("display", "C") != "C" else {}),
        **_lines_sends(levels),
        **_lines_routing(mirror, node),
        **_devices(mirror, node),
        "clips": sum(mirror.child(s, "clip") is not None for s in mirror.children(node, "clip_slots")),
        "arrangement_clips": len(mirror.children(node, "arrangement_clips")),
    }
    for name in ("mute", "solo", "arm"):
        if node.props.get(name):
            shown[name] = True
    return shown


def _devices(mirror: Mirror, node: Node) -> dict[str, Any]:
    """The names of a track's devices; an empty dict while the devices are not read yet."""
    if mirror.coming and "devices" not in node.children:
        return {}
    return {"devices": [name_of(mirror, device) for device in mirror.children(node, "devices")]}


def _lines_sends(levels: dict[str, Any]) -> dict[str, Any]:
    """The sends above zero, by index."""
    up = {
        str(number): send["display"]
        for number, send in enumerate(levels.get("sends", ()))
        if isinstance(send, dict) and send.get("display") not in (None, _SILENT)
    }
    return {"sends": up} if up else {}


def _lines_routing(mirror: Mirror, node: Node) -> dict[str, Any]:
    """Input and output routing, without the usual values."""
    shown: dict[str, Any] = {}
    group = node.props.get("group_track")
    usual_out = ("Main", "Master", "Ext. Out", mirror.node(group).name if isinstance(group, int) else "Main")
    if (out := node.props.get("output_routing_type")) and out not in usual_out:
        shown["output"] = out
    if (source := node.props.get("input_routing_type")) and source not in _USUAL_INPUTS:
        shown["input"] = source
    monitoring = mirror.shown(node, "current_monitoring_state")
    if monitoring not in (None, "auto"):
        shown["monitoring"] = monitoring
    if isinstance(group, int):
        shown["group"] = mirror.ref(group)
    return shown


@unless_hidden
def _cell(mirror: Mirror, node: Node) -> Any:
    """A clip of the grid: its name and unusual properties."""
    marks = [word for name, word in _MARKS if node.props.get(name)]
    groove = node.props.get("groove")
    if isinstance(groove, int) and groove in mirror.store.nodes:
        marks.append(f"groove {mirror.node(groove).name}")
    return [node.name, *marks] if marks else node.name


def grid(mirror: Mirror, first: int = 0) -> tuple[dict[str, Any], int | None]:
    """Scene index → track index → clip, from scene `first`; and the first scene beyond the limit, or None."""
    tracks = mirror.children("song", "tracks")
    slots = [mirror.children(track, "clip_slots") for track in tracks]
    rows: dict[str, Any] = {}
    size = 0
    for scene in range(first, max(map(len, slots), default=0)):
        cells = {}
        for number, column in enumerate(slots):
            node = mirror.child(column[scene], "clip") if scene < len(column) else None
            if node is not None:
                cells[str(number)] = _cell(mirror, node)
        if cells:
            size += len(msgspec.json.encode(cells)) + 8
            if size > GRID_BYTES and rows:
                return rows, scene
            rows[str(scene)] = cells
    return rows, None


@unless_hidden
def _scene(mirror: Mirror, node: Node) -> dict[str, Any]:
    shown: dict[str, Any] = {"ref": mirror.ref(node.id), "name": node.name}
    if node.props.get("is_triggered"):
        shown["is_triggered"] = True
    if node.props.get("tempo_enabled"):
        shown["tempo"] = node.props.get("tempo")
    return shown


@unless_hidden
def _cue_point(mirror: Mirror, node: Node) -> dict[str, Any]:
    time = float(node.props.get("time") or 0.0)
    bars = units.bars(time, *signature(mirror))
    return {"ref": mirror.ref(node.id), "name": node.name, "time": node.props.get("time"), "bars": bars}
