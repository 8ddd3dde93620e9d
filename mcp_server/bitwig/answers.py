"""The types of the extension's answers by method, from the protocol's document; every answer is checked before use.

An answer of another shape is counted and ignored: the values that were known before stay.
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

MOST_SCENES = 2000
MOST_TRACKS = 1000

Index = Annotated[int, Meta(ge=1, le=100_000)]
Pitch = Annotated[int, Meta(ge=0, le=127)]
Midi = Annotated[float, Meta(ge=0, le=127)]
Share = Annotated[float, Meta(ge=0, le=1)]
Signed = Annotated[float, Meta(ge=-1, le=1)]
Beats = Annotated[float, Meta(ge=0, le=1e7)]


class Done(Struct):
    """The answer of a method that changes something; `trackIndex` and `slotIndex` are those of a new object."""

    success: bool = True
    trackIndex: int | None = None
    slotIndex: int | None = None


class Info(Struct):
    """The answer of `project.getInfo`."""

    bpm: Annotated[float, Meta(gt=0, le=1000)]
    timeSignatureNumerator: Annotated[int, Meta(ge=1, le=999)]
    timeSignatureDenominator: Annotated[int, Meta(ge=1, le=999)]
    isPlaying: bool
    isRecording: bool


class Status(Struct):
    """The answer of `transport.getStatus`; `position` in beats."""

    isPlaying: bool
    isRecording: bool
    position: float


class TrackRow(Struct):
    """A track; `arm` is not in the document, but is used if an extension sends it."""

    index: Annotated[int, Meta(ge=0, le=MOST_TRACKS)]
    name: str
    type: str
    volume: Share
    pan: Signed
    mute: bool
    solo: bool
    arm: bool | None = None


class Tracks(Struct):
    """The answer of `track.list`."""

    tracks: Annotated[list[TrackRow], Meta(max_length=MOST_TRACKS)]


class ClipRow(Struct):
    """A clip of a track."""

    slotIndex: Index
    name: str
    length: Beats
    isPlaying: bool = False
    isRecording: bool = False


class Content(Struct):
    """The answer of `clip.hasContent`."""

    hasContent: bool


class Clips(Struct):
    """The answer of `clip.list`."""

    clips: list[ClipRow]


class Selection(Struct):
    """The answer of `clip.getSelection`; an index below 1 means no selection."""

    trackIndex: int
    slotIndex: int
    hasClip: bool = False


class Scenes(Struct):
    """The answer of `clip.getSceneCount` and `clip.createScene`."""

    sceneCount: Annotated[int, Meta(ge=0, le=MOST_SCENES)]


class NoteRow(Struct):
    """A note of a verbose read: `x` in steps, `velocity` 0 to 127, `duration` in beats."""

    x: Annotated[int, Meta(ge=0)]
    y: Pitch
    velocity: Midi
    duration: Annotated[float, Meta(gt=0, le=1e7)]
    gain: float = 1.0
    pan: float = 0.0
    pressure: float = 0.0
    timbre: float = 0.0
    transpose: float = 0.0
    chance: Share = 1.0
    muted: bool = False


class Notes(Struct):
    """The answer of `clip.getNotes`."""

    notes: list[NoteRow]


SHAPES: dict[str, Any] = {
    "project.getInfo": Info,
    "transport.getStatus": Status,
    "track.list": Tracks,
    "track.get": TrackRow,
    "clip.list": Clips,
    "clip.getSelection": Selection,
    "clip.hasContent": Content,
    "clip.getSceneCount": Scenes,
    "clip.createScene": Scenes,
    "clip.getNotes": Notes,
}
"""Method → the shape of its result; all others answer `Done`."""
READS = frozenset(SHAPES) - {"clip.createScene"}
"""Methods that change nothing."""


def read(method: str, result: Any) -> Any:
    """The result of a method.

    Raises:
      ValueError: the result does not have the shape that the document describes.
    """
    return msgspec.convert(result, SHAPES.get(method, Done))
