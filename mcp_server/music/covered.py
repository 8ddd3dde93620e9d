"""The clips of the arrangement that a plan would overwrite, by track, found before an operation runs.

The script checks each operation just before it runs and stops at the first overwritten clip. This module follows all
operations of a plan, so a clip that the plan moves or deletes before does not count.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from mirror import Call, Mirror, Node, Operation

_NEAR = 1e-6
"""Beats: ends and starts that are closer than this are the same time."""


class _Span(NamedTuple):
    clip: Node
    start: float
    end: float


def covered(mirror: Mirror, ops: Iterable[Operation]) -> dict[str, list[Node]]:
    """The clips that the operations overwrite, by the names of their tracks, in order of time."""
    lanes: dict[int, dict[int, _Span]] = {}
    under: dict[int, dict[int, _Span]] = {}
    for op in ops:
        if not isinstance(op, Call) or not isinstance(op.target, int):
            continue
        lane = lanes.setdefault(op.target, _clips(mirror, op.target))
        gone = {"delete_clip": "slot", "move_clip_to_arrangement": "clip"}.get(op.method)
        if gone is not None:
            lane.pop(op.args[gone], None)
        written = _written(mirror, op.method, op.args)
        for id_, span in lane.items():
            if written is not None and span.start < written[1] - _NEAR and written[0] < span.end - _NEAR:
                under.setdefault(op.target, {})[id_] = span
    return {
        _name(mirror, track): [span.clip for span in sorted(spans.values(), key=lambda span: span.start)]
        for track, spans in sorted(under.items())
    }


def uncovered(mirror: Mirror, ops: Iterable[Operation], low: float, high: float) -> dict[str, list[Node]]:
    """The clips that still play between `low` and `high` beats after the operations, by the names of their tracks."""
    written: dict[Any, list[tuple[float, float]]] = {}
    for op in ops:
        if isinstance(op, Call) and (span := _written(mirror, op.method, op.args)) is not None:
            written.setdefault(op.target, []).append(span)
    playing: dict[str, list[Node]] = {}
    for track in mirror.children("song", "tracks"):
        spans = sorted(written.get(track.id, ()))
        for clip, start, end in _clips(mirror, int(track.id)).values():
            at, stop = max(low, start), min(high, end)
            for first, last in spans:
                # The first gap between the written spans is where the clip still plays.
                if first > at + _NEAR:
                    break
                at = max(at, last)
            if at < stop - _NEAR:
                playing.setdefault(_name(mirror, int(track.id)), []).append(clip)
    return playing


def in_words(clips: Mapping[str, list[Node]]) -> str:
    """As in "3 clips: 2 in 'Keys' ('A', 'B'), 1 in 'Bass' ('C')"."""
    count = sum(map(len, clips.values()))
    parts = [f"{len(nodes)} in {track!r} ({_names(nodes)})" for track, nodes in clips.items()]
    return f"{count} clip{'s' if count > 1 else ''}: {', '.join(parts)}"


def _names(nodes: list[Node]) -> str:
    """Names in order of time; a name of several clips is listed once, with the number of clips."""
    counts: dict[str, int] = {}
    for node in nodes:
        counts[node.name] = counts.get(node.name, 0) + 1
    return ", ".join(f"{name!r}{f' ×{count}' if count > 1 else ''}" for name, count in counts.items())


def _name(mirror: Mirror, track: int) -> str:
    return mirror.node(track).name or mirror.ref(track)


def _clips(mirror: Mirror, track: int) -> dict[int, _Span]:
    node = mirror.node(track)
    if "arrangement_clips" not in node.children:
        return {}
    return {
        int(clip.id): _Span(clip, float(clip.props["start_time"]), float(clip.props["end_time"]))
        for clip in mirror.children(node, "arrangement_clips")
    }


def _written(mirror: Mirror, method: str, args: Mapping[str, Any]) -> tuple[float, float] | None:
    """The start and end of what a call writes into the arrangement; None for other calls."""
    if method == "create_midi_clip":
        return float(args["start_time"]), float(args["start_time"]) + float(args["length"])
    if method in ("duplicate_clip_to_arrangement", "move_clip_to_arrangement") and isinstance(
        args["clip"], int
    ):
        start = float(args["destination_time"])
        return start, start + _beats(mirror, mirror.node(args["clip"]))
    return None


def _beats(mirror: Mirror, clip: Node) -> float:
    """The beats that a copy of a clip takes."""
    props = clip.props
    if clip.role == "arrangement_clips":
        return float(props["end_time"]) - float(props["start_time"])
    # An audio clip that is not warped counts in seconds.
    unwarped = not props.get("is_midi_clip") and props.get("warping") is False
    tempo = float(mirror.resolve("song").props["tempo"])
    length = float(props["length"])
    if props.get("looping"):
        # A copy begins at the start marker and ends where the loop has ended once.
        length = max(length, float(props["loop_end"]) - float(props["start_marker"]))
    return length * (tempo / 60.0 if unwarped else 1.0)
