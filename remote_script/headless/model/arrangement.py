"""Clips on the Arrangement's lanes: create, copy and delete clips, and make room for new clips.

A lane is a Track or a TakeLane with `arrangement_clips`, a tuple in order of time. Clips below a new clip are
deleted, cut or split (Guess: as by a person's paste).
"""

from __future__ import annotations

from typing import Any, List

from ..music.clip_body import LATEST, ClipBody
from . import automation
from .clip import Clip, body_of_file
from .clip_slot import FROZEN, INCOMPATIBLE, NO_LENGTH, NOT_AUDIO, NOT_MIDI
from .where import is_audio, is_midi, song_of, track_of

OUT_OF_RANGE = "The time must be within [0., 1576800.]"
RECORDING = "The track is currently being recorded into"
NOT_HERE = "The clip does not belong to this track"
"""Guess: the texts; the failures themselves are documented."""


def create_midi_clip(lane: Any, start_time: float, length: float) -> Clip:
    _may_create(lane, is_midi(track_of(lane)), NOT_MIDI, start_time)
    if not 0.0 < length <= LATEST:
        raise RuntimeError(NO_LENGTH)
    song = song_of(lane)
    body = ClipBody.midi(length, start_time, track_of(lane).color_index or 0)
    return place(lane, body._replace(signature=(song.signature_numerator, song.signature_denominator)))


def create_audio_clip(lane: Any, path: str, start_time: float) -> Clip:
    _may_create(lane, is_audio(track_of(lane)), NOT_AUDIO, start_time)
    return place(lane, body_of_file(lane, path, start_time))


def duplicate_to_arrangement(track: Any, clip: Clip, start_time: float) -> Clip:
    """A copy at `start_time`; a Session clip's envelopes go into the track's automation lanes (see `automation`)."""
    if is_midi(track) != clip.is_midi_clip or not (is_midi(track) or is_audio(track)):
        raise RuntimeError(INCOMPATIBLE)
    _may_create(track, True, "", start_time)
    body = clip.body.copied(start_time, clip.beats_per_unit())
    if clip in track.arrangement_clips and _overlap(clip.body, body):
        track.doc.hazard("clip_onto_itself")
    is_own, keeps = track_of(clip) is track, automation.keeps_envelopes(track)
    if not (is_own and keeps):
        body = body._replace(envelopes=())
    with track.doc.edit():
        if is_own and not keeps and automation.writes_lanes(clip):
            assert body.end_time is not None
            automation.stamp(clip, start_time, body.end_time)
        return place(track, body)


def delete_clip(track: Any, clip: Clip) -> None:
    """Delete a clip of this track, in a slot or on a lane."""
    if track_of(clip) is not track:
        raise RuntimeError(NOT_HERE)
    owner: Any = clip.parent
    if owner.lom == "ClipSlot":
        owner.change("clip", None)
    else:
        owner.remove("arrangement_clips", clip)


def _may_create(lane: Any, fits: bool, otherwise: str, start_time: float) -> None:
    track = track_of(lane)
    if not fits:
        raise RuntimeError(otherwise)
    if track.is_frozen:
        raise RuntimeError(FROZEN)
    if not 0.0 <= start_time <= LATEST:
        raise RuntimeError(OUT_OF_RANGE)


def _overlap(one: ClipBody, other: ClipBody) -> bool:
    assert one.start_time is not None
    assert one.end_time is not None
    assert other.start_time is not None
    assert other.end_time is not None
    return one.start_time < other.end_time and other.start_time < one.end_time


def place(lane: Any, body: ClipBody) -> Clip:
    """Put a new clip with this body on the lane and make room for it."""
    clip = Clip.of_body(lane.doc, body)
    clip.own("envelope_nodes", clip.matching_envelopes())
    start, end = body.start_time, body.end_time
    assert start is not None
    assert end is not None
    with lane.doc.edit():
        kept: List[Clip] = []
        for other in lane.arrangement_clips:
            kept += _beside(lane, other, start, end)
        kept.append(clip)
        lane.change("arrangement_clips", tuple(sorted(kept, key=lambda clip: clip.body.start_time or 0.0)))
    return clip


def _beside(lane: Any, clip: Clip, start: float, end: float) -> List[Clip]:
    """The parts of a clip that remain when `start`..`end` is cut out."""
    body, unit = clip.body, clip.beats_per_unit()
    old_start, old_end = body.start_time, body.end_time
    assert old_start is not None
    assert old_end is not None
    if old_end <= start or end <= old_start:
        return [clip]
    left, right = old_start < start, end < old_end
    if left:
        clip.put(body.trimmed(old_start, start, unit))
        if right:
            rest = body.copied(old_start).trimmed(end, old_end, unit)
            return [clip, Clip.of_body(lane.doc, rest)]
        return [clip]
    if right:
        clip.put(body.trimmed(end, old_end, unit))
        return [clip]
    return []
