"""What is done to Live's objects, as functions; each answers whether it could be done."""

from __future__ import annotations

from ..engine.live import Live, application, liveobj_valid


def _song():
    return application().get_document()


def _tried(call):
    try:
        call()
    except (RuntimeError, Live.Base.LimitationError):
        return False
    return True


def fire(obj, button_state=None):
    """Launch a clip, slot or scene; with a button's state as its launch mode says."""
    if not liveobj_valid(obj):
        return False
    return _tried(lambda: obj.fire() if button_state is None else obj.set_fire_button_state(button_state))


def select(obj):
    """Select a track, scene, slot, clip or device in Live."""
    view = _song().view
    if not liveobj_valid(obj):
        return False
    if isinstance(obj, Live.Track.Track):
        view.selected_track = obj
    elif isinstance(obj, Live.Scene.Scene):
        view.selected_scene = obj
    elif isinstance(obj, Live.ClipSlot.ClipSlot):
        view.highlighted_clip_slot = obj
    elif isinstance(obj, Live.Clip.Clip):
        view.detail_clip = obj
    elif isinstance(obj, Live.Device.Device):
        view.select_device(obj)
    else:
        return False
    return True


def delete(obj):
    """Delete a track, scene, clip or device; what Live refuses stays."""
    song = _song()
    if not liveobj_valid(obj):
        return False
    if isinstance(obj, Live.Track.Track):
        for tracks, call in (
            (song.tracks, song.delete_track),
            (song.return_tracks, song.delete_return_track),
        ):
            if obj in tuple(tracks):
                return _tried(lambda: call(list(tracks).index(obj)))  # noqa: B023 - called at once
        return False
    if isinstance(obj, Live.Scene.Scene):
        return _tried(lambda: song.delete_scene(list(song.scenes).index(obj)))
    if isinstance(obj, Live.ClipSlot.ClipSlot):
        return bool(obj.has_clip) and _tried(obj.delete_clip)
    if isinstance(obj, Live.Clip.Clip):
        return _tried(obj.canonical_parent.delete_clip)
    if isinstance(obj, Live.Device.Device):
        chain = obj.canonical_parent
        return _tried(lambda: chain.delete_device(list(chain.devices).index(obj)))
    return False


def duplicate(obj):
    """Duplicate a track, scene or clip."""
    song = _song()
    if not liveobj_valid(obj):
        return False
    if isinstance(obj, Live.Track.Track):
        return obj in tuple(song.tracks) and _tried(
            lambda: song.duplicate_track(list(song.tracks).index(obj))
        )
    if isinstance(obj, Live.Scene.Scene):
        return _tried(lambda: song.duplicate_scene(list(song.scenes).index(obj)))
    slot = obj.canonical_parent if isinstance(obj, Live.Clip.Clip) else obj
    if isinstance(slot, Live.ClipSlot.ClipSlot):
        track = slot.canonical_parent
        return _tried(lambda: track.duplicate_clip_slot(list(track.clip_slots).index(slot)))
    return False


def toggle_arm(track, exclusive=None):
    """Arm, or disarm, a track; the others with it as Live's preference says."""
    song = _song()
    if not (liveobj_valid(track) and track.can_be_armed):
        return False
    wanted = not track.arm
    if wanted and (song.exclusive_arm if exclusive is None else exclusive):
        for each in song.tracks:
            if each != track and each.can_be_armed and each.arm:
                each.arm = False
    track.arm = wanted
    return True


arm = toggle_arm


def toggle_or_cycle_parameter_value(parameter):
    """A switch to its other end, a list of values to the next one."""
    if not liveobj_valid(parameter):
        return False
    if parameter.is_quantized:
        after = parameter.value + 1
        parameter.value = parameter.min if after > parameter.max else after
    else:
        parameter.value = parameter.max if parameter.value == parameter.min else parameter.min
    return True
