"""The playing positions of the song and of clips, with which a picture can move its playhead itself."""

from __future__ import annotations

from typing import Any

from mirror import Mirror

from ..pictures import gathered


def transport(mirror: Mirror) -> dict[str, Any] | None:
    """The song's position and tempo; None before the first sample."""
    beats = mirror.song_position()
    if beats is None or not mirror.epoch:
        return None
    props = mirror.resolve("song").props
    return {
        "playing": bool(props.get("is_playing")),
        "beats": beats,
        "tempo": props.get("tempo"),
        "loop": gathered.loop_of(mirror),
    }


def clip_position(mirror: Mirror, clip: int, beats: float, age_s: float) -> dict[str, Any]:
    """The present position of a playing clip that was at `beats` some seconds ago."""
    node, tempo = mirror.node(clip), mirror.resolve("song").props.get("tempo")
    loop = gathered.loop_of_clip(node) if node.props.get("looping") else None
    return {"playing": True, "beats": beats + age_s * float(tempo or 0) / 60, "tempo": tempo, "loop": loop}
