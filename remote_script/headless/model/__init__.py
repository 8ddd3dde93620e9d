"""The document of a Live Set as nodes; importing this package registers every class that has behaviour."""

from __future__ import annotations

from . import (
    application,
    browser,
    clip,
    clip_content,
    clip_slot,
    device,
    groove,
    licensing,
    mixer,
    parameter,
    rack,
    scene,
    simpler,
    song,
    song_view,
    special,
    surfaces,
    track,
)
from .live_set import LiveSet

__all__ = [
    "LiveSet",
    "application",
    "browser",
    "clip",
    "clip_content",
    "clip_slot",
    "device",
    "groove",
    "licensing",
    "mixer",
    "parameter",
    "rack",
    "scene",
    "simpler",
    "song",
    "song_view",
    "special",
    "surfaces",
    "track",
]
