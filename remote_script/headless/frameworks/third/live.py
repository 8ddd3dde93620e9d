"""What scripts need of Live's objects."""

from __future__ import annotations

from ..engine.live import (
    Live,
    application,
    liveobj_valid,
)


def song():
    """The current Set's Song."""
    return application().get_document()


def all_visible_tracks():
    """Visible tracks, returns, main."""
    now = song()
    return [*now.visible_tracks, *now.return_tracks, now.master_track]


def parameter_value_to_midi_value(parameter, max_value=127):
    """Where in its range a parameter stands, 0 to `max_value`."""
    span = parameter.max - parameter.min
    return int((parameter.value - parameter.min) / span * max_value) if span else 0


def is_song_recording():
    """Whether session or arrangement records."""
    now = song()
    return bool(now.session_record or now.record_mode)


def get_bar_length(clip=None):
    """Beats in a bar of the clip, or of the Song."""
    held = clip if liveobj_valid(clip) else song()
    return 4.0 * held.signature_numerator / held.signature_denominator


def scene_index(scene=None):
    """Index of a scene, of the selected one without."""
    now = song()
    return list(now.scenes).index(scene if liveobj_valid(scene) else now.view.selected_scene)


def is_device_rack(device):
    """Whether it can have chains."""
    return liveobj_valid(device) and bool(device.can_have_chains)


def is_track_armed(track):
    """Whether it is armed, by hand or implicitly."""
    return liveobj_valid(track) and bool(track.can_be_armed and (track.arm or track.implicit_arm))


def find_parent_track(live_object):
    """The track in which an object lies."""
    while liveobj_valid(live_object) and not isinstance(live_object, Live.Track.Track):
        live_object = getattr(live_object, "canonical_parent", None)
    return live_object


def major_version():
    """Of Live: 11, 12."""
    return application().get_major_version()


def normalized_parameter_value(parameter):
    """Where in its range a parameter stands, 0 to 1."""
    span = parameter.max - parameter.min
    return (parameter.value - parameter.min) / span if span else 0.0


def liveobj_name(obj):
    """Its name, "" of what is not there."""
    return obj.name if liveobj_valid(obj) else ""


def parameter_owner(parameter):
    """The device, or the track of a mixer's parameter."""
    owner = parameter.canonical_parent
    return owner if isinstance(owner, Live.Device.Device) else find_parent_track(owner)
