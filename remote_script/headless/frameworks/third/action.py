"""Actions on Live's objects, as functions; each returns False if Live refused the action."""

from __future__ import annotations

from ..engine.live import Live, application, duplicate_clip_loop, liveobj_valid


def _song():
    return application().get_document()


def _tried(call):
    try:
        call()
    except (RuntimeError, Live.Base.LimitationError):
        return False
    return True


def fire(fireable, button_state=None):
    """Launch a clip, slot or scene; with a button's state according to its launch mode."""
    if not liveobj_valid(fireable):
        return False
    return _tried(
        lambda: fireable.fire() if button_state is None else fireable.set_fire_button_state(button_state)
    )


def select(selectable):
    view = _song().view
    if not liveobj_valid(selectable):
        return False
    if isinstance(selectable, Live.Track.Track):
        view.selected_track = selectable
    elif isinstance(selectable, Live.Scene.Scene):
        view.selected_scene = selectable
    elif isinstance(selectable, Live.ClipSlot.ClipSlot):
        view.highlighted_clip_slot = selectable
    elif isinstance(selectable, Live.Clip.Clip):
        view.detail_clip = selectable
    elif isinstance(selectable, Live.Device.Device):
        view.select_device(selectable)
    else:
        return False
    return True


def delete(deletable):
    """Delete a track, scene, clip or device, unless Live refuses."""
    song = _song()
    if not liveobj_valid(deletable):
        return False
    if isinstance(deletable, Live.Track.Track):
        for tracks, call in (
            (song.tracks, song.delete_track),
            (song.return_tracks, song.delete_return_track),
        ):
            if deletable in tuple(tracks):
                return _tried(lambda: call(list(tracks).index(deletable)))  # noqa: B023 - called at once
        return False
    if isinstance(deletable, Live.Scene.Scene):
        return _tried(lambda: song.delete_scene(list(song.scenes).index(deletable)))
    if isinstance(deletable, Live.ClipSlot.ClipSlot):
        return bool(deletable.has_clip) and _tried(deletable.delete_clip)
    if isinstance(deletable, Live.Clip.Clip):
        return _tried(deletable.canonical_parent.delete_clip)
    if isinstance(deletable, Live.Device.Device):
        chain = deletable.canonical_parent
        return _tried(lambda: chain.delete_device(list(chain.devices).index(deletable)))
    return False


def duplicate(duplicatable):
    song = _song()
    if not liveobj_valid(duplicatable):
        return False
    if isinstance(duplicatable, Live.Track.Track):
        return duplicatable in tuple(song.tracks) and _tried(
            lambda: song.duplicate_track(list(song.tracks).index(duplicatable))
        )
    if isinstance(duplicatable, Live.Scene.Scene):
        return _tried(lambda: song.duplicate_scene(list(song.scenes).index(duplicatable)))
    slot = duplicatable.canonical_parent if isinstance(duplicatable, Live.Clip.Clip) else duplicatable
    if isinstance(slot, Live.ClipSlot.ClipSlot):
        track = slot.canonical_parent
        return _tried(lambda: track.duplicate_clip_slot(list(track.clip_slots).index(slot)))
    return False


def toggle_arm(track, exclusive=None):
    """Arm or disarm a track; with Live's preference for exclusive arming the other tracks are disarmed."""
    song = _song()
    if not (liveobj_valid(track) and track.can_be_armed):
        return False
    wanted = not track.arm
    if wanted and (song.exclusive_arm if exclusive is None else exclusive):
        for other in song.tracks:
            if other != track and other.can_be_armed and other.arm:
                other.arm = False
    track.arm = wanted
    return True


arm = toggle_arm


def duplicate_loop(clip):
    if not (liveobj_valid(clip) and clip.is_midi_clip):
        return False
    return _tried(lambda: duplicate_clip_loop(clip))


def duplicate_clip_special(clip):
    slot = clip.canonical_parent if liveobj_valid(clip) else None
    if not isinstance(slot, Live.ClipSlot.ClipSlot):
        return False
    track = slot.canonical_parent
    index = list(track.clip_slots).index(slot)
    copies = []
    if not _tried(lambda: copies.append(track.duplicate_clip_slot(index))):
        return False
    track.clip_slots[copies[0]].fire(force_legato=True, launch_quantization=Live.Song.Quantization.q_no_q)
    return True


def delete_notes_with_pitch(clip, pitch):
    return _notes(clip) and _tried(lambda: clip.remove_notes_extended(pitch, 1, clip.loop_start, clip.length))


def _notes(clip):
    return liveobj_valid(clip) and bool(clip.is_midi_clip)


def set_loop_start(clip, loop_start, show_loop=True):
    return _loop(clip, "loop_start", loop_start, show_loop)


def set_loop_end(clip, loop_end, show_loop=True):
    return _loop(clip, "loop_end", loop_end, show_loop)


def _loop(clip, attribute, value, show_loop):
    if not liveobj_valid(clip):
        return False

    def move():
        setattr(clip, attribute, value)
        if show_loop:
            clip.view.show_loop()

    return _tried(move)


def set_loop_position(clip, loop_start, loop_end):
    if not liveobj_valid(clip):
        return False
    ends = [("loop_start", loop_start), ("loop_end", loop_end)]
    if loop_start >= clip.loop_end:
        ends.reverse()
    return all(_tried(lambda: setattr(clip, *end)) for end in ends)  # noqa: B023 - called at once
