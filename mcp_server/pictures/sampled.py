"""The values of a picture that are read once from Live: meters, and positions of the song and clips.

These values change all the time, so the mirror does not have them (`gauge` in the schema). A picture needs one request.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from mirror import Mirror, Node, errors

from .gathered import MOST_OVERLAID, View, all_tracks, clips_of, suited
from .mixers import MOST_STRIPS

METERS = ("output_meter_left", "output_meter_right")
MOST_METERS = 48
"""The most tracks whose meters one sample reads."""


async def sample(mirror: Mirror, targets: Sequence[int | str], view: View | None = None) -> dict[str, Any]:
    """Values by ref and name, for `gathered.gather`; empty if Live does not answer.

    Raises:
      MirrorError: a target does not exist, or no view can show it.
    """
    items = [(node, name) for node, name in _wanted(mirror, targets, view) if not mirror.hides(node.id)]
    try:
        values = await mirror.read_now([(node.id, name) for node, name in items]) if items else []
    except errors.MirrorError:
        # A picture without meters and playhead is better than none.
        return {}
    return {
        f"{mirror.ref(node.id)}.{name}": value
        for (node, name), value in zip(items, values, strict=True)
        if isinstance(value, int | float) and node.id in mirror.store.nodes
    }


def _wanted(mirror: Mirror, targets: Sequence[int | str], view: View | None) -> list[tuple[Node, str]]:
    nodes = [mirror.resolve(target) for target in targets or ("song",)]
    match view or suited(nodes[0]):
        case "arrangement":
            return [(mirror.resolve("song"), "current_song_time")]
        case "mixer":
            tracks = [node for node in nodes if node.type == "Track"] or all_tracks(mirror)
            return meters_of(tracks[:MOST_STRIPS])
        case "notes":
            clips = [clip for node in nodes for clip in clips_of(mirror, node)][:MOST_OVERLAID]
            return [(clip, "playing_position") for clip in clips if clip.props.get("is_playing")]
        case _:
            return []


def plays(mirror: Mirror) -> bool:
    """True while the song plays, so that meters move."""
    return bool(mirror.epoch and mirror.resolve("song").props.get("is_playing"))


async def levels(mirror: Mirror, strips: Collection[int]) -> dict[str, tuple[float, float]]:
    """The meters of the mixer's strips with these numbers, by ref: left and right, from 0 to 1; {} at rest.

    Raises:
      MirrorError: Live does not answer.
    """
    if not plays(mirror):
        return {}
    tracks = [track for number, track in enumerate(all_tracks(mirror)) if number in strips]
    items = [(node.id, name) for node, name in meters_of(tracks[:MOST_METERS]) if not mirror.hides(node.id)]
    values = await mirror.read_now(items) if items else []
    if any(id_ not in mirror.store.nodes for id_, _ in items):
        return {}
    heights = [float(value) if isinstance(value, int | float) else 0.0 for value in values]
    refs = [mirror.ref(id_) for id_, _ in items[::2]]
    return {ref: (heights[2 * n], heights[2 * n + 1]) for n, ref in enumerate(refs)}


def meters_of(tracks: Sequence[Node]) -> list[tuple[Node, str]]:
    """The meters of tracks with an audio output; other tracks have none."""
    return [(track, name) for track in tracks if track.props.get("has_audio_output", True) for name in METERS]
