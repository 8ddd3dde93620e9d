"""Builds the nodes of a document from a `SetSpec`.

Building is not an edit: nodes set and own their fields directly, and get their pointers when the whole Set is
built. Parts that the spec leaves out have Live's defaults; a Set has at least one track and one scene, and always a
main track.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Dict, List, Optional, Tuple

from ..music import palette
from ..music.envelopes import Breakpoints
from ..session import Playback
from ..sets.spec import ClipSpec, SetSpec, TrackSpec
from .clip import Clip
from .clip_slot import ClipSlot
from .device import make_device
from .groove import Groove, GroovePool, TuningSystem
from .mixer import Mixer
from .scene import Scene
from .song import CuePoint, Song
from .song_view import SongView
from .track import TakeLane, Track, TrackView


def build_track(
    doc: Any, spec: TrackSpec, song: Any, scenes: int, grooves: Any = (), tempo: float = 120.0
) -> Track:
    """A track with all nodes below; the caller puts the track into the song."""
    made = Track(doc, kind=spec.kind, name=spec.name, user_name=spec.user_name)
    made.playback = Playback()
    if spec.user_name == "" and spec.name:
        made.base_name = _base_of(spec)
    if spec.color_index is not None:
        made.color_index = spec.color_index
    elif spec.color is not None:
        made.color_index = palette.nearest_index(spec.color)
    made.solo = spec.solo
    made.arm = spec.arm and made.is_regular
    made.current_monitoring_state = spec.monitoring
    made.is_frozen = spec.is_frozen
    made.fold_state = spec.is_folded and spec.kind == "group"
    for field in ("type", "channel"):
        for side in ("input", "output"):
            value = getattr(spec, "%s_routing_%s" % (side, field))
            if value:
                made.__dict__["%s_%s" % (side, field)] = value
    view = TrackView(doc)
    if spec.is_collapsed:
        view.is_collapsed = True
    made.own("view", view)
    returns = [track.name for track in song.return_tracks]
    if spec.kind == "return" and len(returns) < len(spec.mixer.sends):
        returns += [""] * (len(spec.mixer.sends) - len(returns))
    made.own("mixer_device", Mixer.of(doc, spec.mixer, spec.kind == "main", returns))
    made.own("devices", tuple(make_device(doc, device) for device in spec.devices))
    color = made.color_index
    if made.has_slots:
        slots: List[ClipSlot] = []
        for index in range(scenes):
            slot = ClipSlot(doc)
            clip = spec.clip_slots[index] if index < len(spec.clip_slots) else None
            if clip is not None and made.is_regular:
                slot.own("clip", _clip(doc, clip, color, grooves, tempo))
            if index < len(spec.stop_buttons) and not spec.stop_buttons[index]:
                slot.has_stop_button = False
            slots.append(slot)
        made.own("clip_slots", tuple(slots))
        _take_over(made.playback, slots, spec.playing_slot)
    if made.is_regular:
        made.own("arrangement_clips", _clips(doc, spec.arrangement_clips, color, grooves, tempo))
        lanes = []
        for lane in spec.take_lanes:
            node = TakeLane(doc, name=lane.name)
            node.own("arrangement_clips", _clips(doc, lane.arrangement_clips, color, grooves, tempo))
            lanes.append(node)
        made.own("take_lanes", tuple(lanes))
        _put_envelopes(made, spec)
    _mark_automated(made, spec)
    made.refresh_devices()
    for device in made.devices:
        device.refresh_active()
    return made


def _take_over(playback: Playback, slots: List[ClipSlot], index: int) -> None:
    """Choose the slot that played when the Set was saved; it plays when the song starts (Guess)."""
    playback.in_session = index != -1
    if 0 <= index < len(slots) and slots[index].clip is not None:
        playback.playing = slots[index]


def _base_of(spec: TrackSpec) -> str:
    """The name of an unnamed track without its number."""
    if spec.kind == "main":
        return spec.name
    _, dash, rest = spec.name.partition("-")
    return rest if dash else ""


def _clip(doc: Any, spec: ClipSpec, color: int, grooves: Any, tempo: float) -> Clip:
    return Clip.of_spec(doc, spec, color, grooves, tempo)


def _clips(doc: Any, specs: List[ClipSpec], color: int, grooves: Any, tempo: float) -> Any:
    made = [_clip(doc, clip, color, grooves, tempo) for clip in specs]
    return tuple(sorted(made, key=lambda clip: clip.body.start_time or 0.0))


def _put_envelopes(track: Track, spec: TrackSpec) -> None:
    pairs = []
    for index, clip in enumerate(spec.clip_slots):
        if clip is not None and index < len(track.clip_slots):
            pairs.append((track.clip_slots[index].clip, clip))
    for node, clip in pairs:
        envelopes = []
        for envelope in clip.envelopes:
            parameter = find_parameter(track, envelope.parameter)
            if parameter is not None:
                envelopes.append((parameter, envelope.events))
        if envelopes:
            node.put_envelopes(envelopes)


def _mark_automated(track: Track, spec: TrackSpec) -> None:
    for lane in spec.automation:
        parameter = find_parameter(track, lane.parameter)
        if parameter is not None:
            parameter.lane = Breakpoints.of(lane.events)
            parameter.automation_state = 1


def find_parameter(track: Track, path: Tuple[Any, ...]) -> Optional[Any]:
    """The parameter at the path of an `EnvelopeSpec`; None when the track does not have the parameter."""
    try:
        holder: Any = track
        while len(path) > 2 and path[0] != "mixer":
            holder = getattr(holder.devices[path[0]], path[1])[path[2]]
            path = path[3:]
        if path[0] == "mixer":
            mixed = getattr(holder.mixer_device, path[1])
            return mixed[path[2]] if path[1] == "sends" else mixed if hasattr(mixed, "value") else None
        return holder.devices[path[0]].parameter_at(path[1])
    except (IndexError, AttributeError, TypeError):
        return None


def _main_of(doc: Any, spec: SetSpec) -> TrackSpec:
    """The spec of the last track, named "Master" in a Live before 12 and "Main" from 12 on."""
    older = doc.surface.facts.version < (12,) and spec.main_track.name == "Main"
    return replace(spec.main_track, name="Master") if older else spec.main_track


def build_song(doc: Any, spec: SetSpec) -> Song:
    """The song of a document; all values are set, and no node has a pointer yet."""
    song = Song(doc, name=spec.name, file_path=spec.file_path, tempo=float(spec.tempo))
    doc.song = song
    for field in (
        "signature_numerator",
        "signature_denominator",
        "loop",
        "loop_start",
        "loop_length",
        "punch_in",
        "punch_out",
        "metronome",
        "start_time",
        "arrangement_overdub",
        "session_automation_record",
        "clip_trigger_quantization",
        "midi_recording_quantization",
        "groove_amount",
        "swing_amount",
        "root_note",
        "scale_name",
        "scale_mode",
    ):
        setattr(song, field, getattr(spec, field))
    view = SongView(doc, follow_song=spec.follow_song, draw_mode=spec.draw_mode)
    song.own("view", view)
    pool = GroovePool(doc)
    pool.own("grooves", tuple(Groove.of(doc, groove) for groove in spec.grooves))
    song.own("groove_pool", pool)
    if spec.tuning is not None:
        song.own("tuning_system", TuningSystem.of(doc, spec.tuning))
    count = max([1, len(spec.scenes)] + [len(track.clip_slots) for track in spec.tracks])
    from ..sets.spec import SceneSpec

    scene_specs = list(spec.scenes) + [SceneSpec()] * (count - len(spec.scenes))
    song.own("scenes", tuple(Scene.of(doc, scene) for scene in scene_specs))
    returns: List[Track] = []
    for return_spec in spec.return_tracks:
        returns.append(build_track(doc, return_spec, song, 0, pool.grooves, song.tempo))
    song.own("return_tracks", tuple(returns))
    # A return track has a send for every return track, also for the return tracks after it in the file.
    for track, return_spec in zip(returns, spec.return_tracks):
        _complete_sends(track, return_spec, len(returns))
    main = build_track(doc, _main_of(doc, spec), song, 0, pool.grooves, song.tempo)
    song.own("master_track", main)
    tracks: List[Track] = []
    for track_spec in spec.tracks or [TrackSpec("midi", user_name="")]:
        track = build_track(doc, track_spec, song, count, pool.grooves, song.tempo)
        if track_spec.group is not None and 0 <= track_spec.group < len(tracks):
            track.group_track = tracks[track_spec.group]
        tracks.append(track)
    song.own("tracks", tuple(tracks))
    cues = tuple(CuePoint(doc, name=cue.name, time=float(cue.time)) for cue in spec.cue_points)
    song.own("cue_points", cues)
    chosen = spec.selected_track
    everyone = song.tracks + song.return_tracks + (main,)
    view.selected_track = (
        everyone[chosen] if chosen is not None and 0 <= chosen < len(everyone) else tracks[0]
    )
    row = spec.selected_scene
    view.selected_scene = song.scenes[row] if row is not None and 0 <= row < count else song.scenes[0]
    return song


def _complete_sends(track: Track, spec: TrackSpec, count: int) -> None:
    from .mixer import send_parameter

    mixer = track.mixer_device
    values: Dict[int, float] = dict(enumerate(spec.mixer.sends))
    sends = list(mixer.sends)[:count]
    while len(sends) < count:
        sends.append(send_parameter(track.doc, "", values.get(len(sends), 0.0)))
    mixer.own("sends", tuple(sends))
