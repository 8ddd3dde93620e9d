"""Where the song and clips play, as a picture needs it to move its playhead by itself."""

from __future__ import annotations

from typing import Any

from mirror import Mirror

from ..pictures import gathered


def transport(mirror: Mirror) -> dict[str, Any] | None:
    """Where the song is, and how fast it goes; None before the first sample."""
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
    """Where a playing clip is that was at `beats` so many seconds ago."""
    node, tempo = mirror.node(clip), mirror.resolve("song").props.get("tempo")
    loop = gathered.loop_of_clip(node) if node.props.get("looping") else None
    return {"playing": True, "beats": beats + age_s * float(tempo or 0) / 60, "tempo": tempo, "loop": loop}
