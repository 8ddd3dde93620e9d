"""Finds the track and the song of a node, and the kind of a track."""

from __future__ import annotations

from typing import Any, Optional

from ..node import Node


def above(node: Optional[Node], lom: str) -> Any:
    """The nearest node of this LOM class from `node` upwards, or None."""
    while node is not None and node.lom != lom:
        node = node.parent
    return node


def track_of(node: Node) -> Any:
    return above(node, "Track")


def song_of(node: Node) -> Any:
    return above(node, "Song")


def is_midi(track: Any) -> bool:
    return bool(track.kind == "midi")


def is_audio(track: Any) -> bool:
    return bool(track.kind == "audio")


def is_group(track: Any) -> bool:
    return bool(track.kind == "group")
