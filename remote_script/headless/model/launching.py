"""Launching and recording in the Session: connects the nodes with `session`.

The song's engine calls `tick(song, beats, song_time, running)` on every engine tick: `beats` played since the last
tick, the present song time, whether the transport runs. Before, it calls `wants_transport(song)` and starts the
transport when a clip waits. It calls `halt(song)` and `resume(song)` when the transport stops and starts.
`stop_track`, `stop_all`, `fire_scene_slots` and `back_to_arranger` serve Track, Scene and Song. Values that scripts
read (`playing_slot_index`, `fired_slot_index`, `back_to_arranger`) are derived on the nodes here.
"""

from __future__ import annotations

import math
from typing import Any, Dict, Iterable, List, Optional, Tuple

from ..history import Step
from ..music import transport_math
from ..music.loops import Region
from ..node import Node
from ..session import STOP, Launch, LaunchEvent, Playback, slot_indices
from .recording import LABEL, ArrangementRecording, body_of_take, sized, write_audio
from .where import is_group, song_of, track_of

GATE, TOGGLE, REPEAT = 1, 2, 3


class SongClock:
    """The number of beats that one song has played, which does not change when the song jumps."""

    def __init__(self) -> None:
        self.beat = 0.0
        self.song_time = 0.0
        self.running = False
        self.arrangement = ArrangementRecording()


def song_clock_of(song: Any) -> SongClock:
    engine: Optional[SongClock] = song.__dict__.get("song_clock")
    if engine is None:
        engine = song.__dict__["song_clock"] = SongClock()
    return engine


def playback_of(node: Node) -> Optional[Playback]:
    """The playback of the node's track; None outside a song."""
    track = track_of(node)
    return None if track is None or track.parent is None else track.playback


def _players(song: Any) -> List[Tuple[Any, Playback]]:
    return [(track, track.playback) for track in song.tracks if not is_group(track)]


# Requests


def grid_of(song: Any, clip: Any = None, quantization: Optional[int] = None) -> float:
    """The launch grid in beats: an explicit Song.Quantization, else the clip's, else the song's."""
    if quantization is None:
        quantization = song.clip_trigger_quantization
        if clip is not None:
            quantization = transport_math.clip_quantization(clip.body.launch_quantization, quantization)
    return transport_math.quantization_beats(
        int(quantization), song.signature_numerator, song.signature_denominator
    )


def fire(
    slot: Any,
    record_beats: float = math.inf,
    quantization: Optional[int] = None,
    legato: bool = False,
    entry: Optional[float] = None,
    repeat: bool = False,
) -> None:
    """Fire a slot like a click on its button: it plays, stops or records from the next engine tick."""
    slot.doc.may_change()
    track, song = track_of(slot), song_of(slot)
    if is_group(track):
        for child_slot in slots_below(slot):
            fire(child_slot, record_beats, quantization, legato)
        return
    playback = track.playback
    clip = slot.clip
    grid = grid_of(song, clip, quantization)
    if clip is None:
        if track.arm and not track.is_frozen:
            length = None if math.isinf(record_beats) else record_beats
            _ask(track, Launch(slot, grid, record=True, record_beats=length))
        elif slot.has_stop_button:
            _ask(track, Launch(STOP, grid))
        return
    if clip.body.launch_mode == TOGGLE and playback.playing is slot and not playback.recording:
        _ask(track, Launch(STOP, grid))
        return
    if entry is None and (legato or clip.body.legato) and playback.playing is not None:
        entry = position_of(playback.playing.clip)
    _ask(track, Launch(slot, grid, entry=entry, repeat=repeat))


def _ask(track: Any, launch: Launch) -> None:
    """Queue a launch for the track's playback on the next engine tick, in the order of the calls.

    Starts and stops of the transport are in the same queue, so a stop of the transport cancels the launches before
    it and no launch after it. A launch is dropped when its slot has another clip by then.
    """
    slot: Any = launch.slot
    clip = None if slot == STOP else slot.clip

    def hand_over() -> None:
        if track.ptr is not None and (slot == STOP or (slot.ptr is not None and slot.clip is clip)):
            track.playback.ask(launch)

    track.doc.on_next_tick(hand_over)


def press(slot: Any, down: bool) -> None:
    """Press (`down`) or release the launch button, with the effect of the clip's launch mode."""
    mode = slot.clip.body.launch_mode if slot.clip is not None else 0
    if down:
        fire(slot, repeat=mode == REPEAT)
    elif mode == GATE:
        stop_track(track_of(slot), True)
    elif mode == REPEAT:
        playback = playback_of(slot)
        if playback is not None:
            _apply(song_of(slot), track_of(slot), playback, playback.release())


def stop_track(track: Any, quantized: bool = True) -> None:
    """Stop the Session clips of a track (or of the tracks of a group)."""
    track.doc.may_change()
    song = song_of(track)
    if is_group(track):
        for child in tracks_below(track):
            stop_track(child, quantized)
        return
    _ask(track, Launch(STOP, grid_of(song) if quantized else 0.0))


def stop_all(song: Any, quantized: bool = True) -> None:
    for track in song.tracks:
        if not is_group(track):
            stop_track(track, quantized)


def fire_scene_slots(song: Any, index: int, legato: bool = False) -> None:
    """Fire the slots of a scene.

    Empty slots of armed tracks record (the preference that prevents this is off by default).
    """
    for track in song.tracks:
        if is_group(track) or index >= len(track.clip_slots):
            continue
        slot = track.clip_slots[index]
        if slot.clip is not None:
            fire(slot, legato=legato)
        elif slot.has_stop_button:
            _ask(track, Launch(STOP, grid_of(song)))


def shift(clip: Any, beats: float) -> None:
    playback = playback_of(clip)
    if playback is not None:
        playback.shift(beats)


def forget(slot: Any) -> None:
    """Stop and unqueue a slot whose clip was removed or replaced."""
    playback, song = playback_of(slot), song_of(slot)
    if playback is not None and song is not None:
        _apply(song, track_of(slot), playback, playback.forget(slot))


def back_to_arranger(song: Any, tracks: Optional[Iterable[Any]] = None) -> None:
    """Let tracks (by default all) play the Arrangement again."""
    for track in list(song.tracks if tracks is None else tracks):
        for member in tracks_below(track) if is_group(track) else [track]:
            _apply(song, member, member.playback, member.playback.back_to_arrangement())
            _show(song, member, member.playback)


# Time


def wants_transport(song: Any) -> bool:
    """True when a fired clip waits for the transport to start."""
    return any(playback.wants_transport for _, playback in _players(song))


def halt(song: Any) -> None:
    """End launches and recording: the transport has stopped."""
    engine = song_clock_of(song)
    engine.running = False
    engine.arrangement.finish(song)
    for track, playback in _players(song):
        _apply(song, track, playback, playback.halt())


def resume(song: Any, song_time: float) -> None:
    """Restart the chosen clips: the transport has started."""
    engine = song_clock_of(song)
    for _, playback in _players(song):
        slot: Any = playback.playing
        if slot is not None:
            playback.resume(engine.beat, song_time)
            if slot.clip is not None:
                slot.clip.notify("start_time")


def tick(song: Any, beats: float, song_time: float, running: bool) -> None:
    """One engine tick: process fires, start and stop due clips, move play heads."""
    engine = song_clock_of(song)
    before = engine.beat
    engine.beat += beats
    engine.song_time, engine.running = song_time, running
    engine.arrangement.follow(song, song_time - beats, song_time, running)
    for track, playback in _players(song):
        if playback.idle:
            continue
        # Requests since the last tick count from the time of that tick.
        _apply(song, track, playback, playback.tick(before, song_time - beats, running))
        _apply(song, track, playback, playback.tick(engine.beat, song_time, running))
        if running and playback.playing is not None:
            _move(song, track, playback, before, engine.beat)


def position_of(clip: Any) -> float:
    """Position of a playing clip's play head, in the clip's own unit."""
    playback, song = playback_of(clip), song_of(clip)
    if playback is None or playback.playing is not clip.parent:
        return 0.0
    played = playback.played(song_clock_of(song).beat) / clip.beats_per_unit()
    position: Optional[float] = clip.body.region.position_after(played, playback.entry)
    return clip.body.region.loop_end if position is None else position


def _move(song: Any, track: Any, playback: Playback, before: float, now: float) -> None:
    slot: Any = playback.playing
    clip = slot.clip
    if clip is None:
        return
    if playback.recording:
        _grow(song, clip, playback.played(now))
        clip.notify("playing_position")
        return
    region: Region = clip.body.region
    unit = clip.beats_per_unit()
    played = playback.played(now) / unit
    if region.position_after(played, playback.entry) is None:
        _apply(song, track, playback, playback.ran_out())
        return
    clip.notify("playing_position")
    if region.looping:
        entry = region.start if playback.entry is None else playback.entry
        head, earlier = entry + played, entry + max(0.0, playback.played(before)) / unit
        if transport_math.passes(head, earlier, region.loop_start, region.loop_end) or (
            (head - region.loop_start) // region.length > (earlier - region.loop_start) // region.length
            and head >= region.loop_end
        ):
            clip.notify("loop_jump")


# Recording


def _record_into(song: Any, track: Any, slot: Any) -> None:
    """Start recording a clip, which has its own entry in the history."""
    from .clip import Clip

    length = transport_math.bar_length(song.signature_numerator, song.signature_denominator)
    with slot.doc.history.into(Step(LABEL)):
        slot.change("clip", Clip.of_body(slot.doc, body_of_take(song, track, length)))


def _grow(song: Any, clip: Any, beats: float) -> None:
    """Lengthen a clip that is being recorded. Guess: Live shows it in whole bars."""
    bar = transport_math.bar_length(song.signature_numerator, song.signature_denominator)
    length = max(1.0, math.ceil(beats / bar - transport_math.NEAR)) * bar
    if clip.body.region.length != length:
        clip.derive("body", sized(song, clip.body, length))


def _finish(song: Any, clip: Any, beats: float) -> None:
    if clip is not None and beats > 0.0:
        clip.derive("body", sized(song, clip.body, beats))
        write_audio(track_of(clip), clip.body)


# Notifying


def _apply(song: Any, track: Any, playback: Playback, events: List[LaunchEvent]) -> None:
    """Update the nodes after these events and notify their listeners."""
    if not events:
        return
    doc = song.doc
    doc.begin()
    try:
        for kind, key in events:
            slot: Any = None if key == STOP else key
            if kind == "started" and playback.recording and slot.clip is None:
                _record_into(song, track, slot)
            clip = None if slot is None else slot.clip
            if kind == "recorded":
                _finish(song, clip, playback.recorded_beats)
            if slot is not None:
                if kind in ("fired", "unfired"):
                    slot.notify("is_triggered")
                refresh_group_slots(slot)
            if clip is not None and clip.ptr is not None:
                clip.notify("playing_status")
                if kind == "recorded" or (kind == "started" and playback.recording):
                    clip.notify("is_recording")
                if kind in ("started", "stopped"):
                    clip.notify("start_time")
                if kind == "stopped":
                    clip.notify("playing_position")
        _show(song, track, playback)
    finally:
        doc.end()


def refresh_indices(track: Any) -> None:
    """Recompute the slot indices after the list of slots has changed."""
    song = song_of(track)
    if song is not None and track in song.tracks and not is_group(track):
        _show(song, track, track.playback)


def _show(song: Any, track: Any, playback: Playback) -> None:
    """Derive the track's and the song's properties from the playback."""
    slots = track.clip_slots
    playing, fired = slot_indices(playback, lambda slot: slots.index(slot) if slot in slots else -2)
    track.derive("playing_slot_index", playing)
    track.derive("fired_slot_index", fired)
    track.derive("back_to_arranger", playback.in_session)
    refresh_back_to_arranger(song)


def refresh_back_to_arranger(song: Any) -> None:
    """Derive `back_to_arranger`: True when a track plays the Session."""
    song.derive("back_to_arranger", any(p.in_session for _, p in _players(song)))


# Groups


def tracks_below(group: Any) -> List[Any]:
    """The tracks in a group, at any depth, without the group tracks."""
    doc, present = group.doc, song_of(group).tracks
    tracks, members = doc.group_members
    if tracks is not present:
        # A track gets its group before it enters the song, so that another list of tracks is the only change.
        members = _members_of_groups(present)
        doc.group_members = (present, members)
    return list(members.get(group, ()))


def _members_of_groups(tracks: Tuple[Any, ...]) -> Dict[Any, List[Any]]:
    members: Dict[Any, List[Any]] = {}
    for track in tracks:
        above = None if is_group(track) else track.group_track
        while above is not None:
            members.setdefault(above, []).append(track)
            above = above.group_track
    return members


def slots_below(slot: Any) -> List[Any]:
    """The slots that a group slot represents."""
    track = track_of(slot)
    index = track.clip_slots.index(slot)
    return [child.clip_slots[index] for child in tracks_below(track) if index < len(child.clip_slots)]


def refresh_group_slots(node: Node) -> None:
    """Refresh the group slots above a slot that has changed, before listeners are notified."""
    slot: Any = node.parent if node.lom == "Clip" else node
    if slot is None or slot.lom != "ClipSlot":
        return
    track = track_of(slot)
    if track is None or track.group_track is None or slot not in track.clip_slots:
        return
    index = track.clip_slots.index(slot)
    above = track.group_track
    while above is not None:
        if index < len(above.clip_slots):
            group_slot = above.clip_slots[index]
            slot.doc.refresh(("group slot", id(group_slot)), group_slot.look_again)
        above = above.group_track
