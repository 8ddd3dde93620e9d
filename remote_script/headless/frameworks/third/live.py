"""Functions on Live's objects for scripts."""

from __future__ import annotations

from .. import facts
from ..engine import banks, parameters
from ..engine.live import Live, application, liveobj_valid
from ..engine.slots import find_nearest_color


def song():
    return application().get_document()


def all_visible_tracks():
    now = song()
    return [*now.visible_tracks, *now.return_tracks, now.master_track]


def parameter_value_to_midi_value(parameter, max_value=128):
    return min(int(normalized_parameter_value(parameter) * max_value), max_value - 1)


def is_song_recording():
    now = song()
    return bool(now.session_record or now.record_mode)


def get_bar_length(clip=None):
    signed = clip if liveobj_valid(clip) else song()
    return 4.0 * signed.signature_numerator / signed.signature_denominator


def scene_index(scene=None):
    now = song()
    return list(now.scenes).index(scene if liveobj_valid(scene) else now.view.selected_scene)


def is_device_rack(device):
    return liveobj_valid(device) and bool(device.can_have_chains)


def is_track_armed(track):
    return liveobj_valid(track) and bool(track.can_be_armed and (track.arm or track.implicit_arm))


def find_parent_track(liveobj):
    while liveobj_valid(liveobj) and not isinstance(liveobj, Live.Track.Track):
        liveobj = getattr(liveobj, "canonical_parent", None)
    return liveobj


def major_version():
    return application().get_major_version()


def normalized_parameter_value(parameter, value=None):
    """The position of a parameter, or of one of its values, in the range, 0 to 1."""
    if not liveobj_valid(parameter):
        return 0.0
    span = parameter.max - parameter.min
    return ((parameter.value if value is None else value) - parameter.min) / span if span else 0.0


def liveobj_name(obj, strip_space=True):
    name = obj.name if liveobj_valid(obj) else ""
    return name.strip() if strip_space else name


def display_name(obj, strip_space=True):
    """The name for displays; a scene or clip without a name gets its number (guess: `Scene 3`, `Clip 3`)."""
    if not liveobj_valid(obj):
        return ""
    name = liveobj_name(obj, strip_space)
    if name:
        return name
    if isinstance(obj, Live.Scene.Scene):
        return "Scene %d" % (scene_index(obj) + 1)
    slot = obj.canonical_parent if isinstance(obj, Live.Clip.Clip) else obj
    if isinstance(slot, Live.ClipSlot.ClipSlot):
        return "Clip %d" % (list(slot.canonical_parent.clip_slots).index(slot) + 1)
    return name


def simple_track_name(track):
    """The letter of a return track, "Main" (before Live 12 "Master") for the main track, else the number."""
    now = song()
    if track == now.master_track:
        return "Main" if major_version() >= 12 else "Master"
    returns = list(now.return_tracks)
    if track in returns:
        return chr(ord("A") + returns.index(track))
    return str(list(now.tracks).index(track) + 1)


def flatten_device_chain(track_or_chain):
    for device in getattr(track_or_chain, "devices", ()):
        yield device
        for chain in device.chains if device.can_have_chains else ():
            yield from flatten_device_chain(chain)


def get_parameter_by_name(name, device):
    return banks.get_parameter_by_name(device, name)


def any_track_armed():
    return any(is_track_armed(track) for track in song().tracks)


def is_arrangement_view_active():
    return application().view.focused_document_view == "Arranger"


def is_clip_playing(clip):
    return liveobj_valid(clip) and bool(clip.is_playing and not clip.is_recording)


def is_clip_new_recording(clip):
    return liveobj_valid(clip) and bool(clip.is_recording and not clip.is_overdubbing)


def is_instrument_rack(device):
    return liveobj_valid(device) and device.class_name == "InstrumentGroupDevice"


def selected_chain(device):
    return device.view.selected_chain if is_device_rack(device) else None


def track_index(track=None, track_list=None):
    tracks = list(song().tracks if track_list is None else track_list)
    wanted = track if liveobj_valid(track) else song().view.selected_track
    return tracks.index(wanted) if wanted in tracks else None


def prepare_new_clip_slot(track, stop=False):
    """Select the first empty slot from the selected scene on; without one, create a new scene."""
    now = song()
    slots = list(track.clip_slots)
    empty = [index for index in range(scene_index(), len(slots)) if not slots[index].has_clip]
    if not empty:
        now.create_scene(-1)
    index = empty[0] if empty else len(now.scenes) - 1
    now.view.selected_scene = now.scenes[index]
    if stop:
        track.stop_all_clips(False)
    return track.clip_slots[index]


def liveobj_color_to_midi_rgb_values(obj, default_values=(0, 0, 0)):
    color = getattr(obj, "color", None) if liveobj_valid(obj) else None
    if color is None:
        return default_values
    return ((color >> 16) & 0xFF) // 2, ((color >> 8) & 0xFF) // 2, (color & 0xFF) // 2


STANDARD_COLOR_PALETTE = facts.PALETTE
STANDARD_FALLBACK_COLOR_TABLE = tuple((value, color) for color, value in facts.PALETTE.items())
"""Guess: Live's table has all 128 values; this one has only those of the palette."""


def liveobj_color_to_value_from_palette(obj, palette=None, fallback_table=None, default_value=0):
    """The MIDI value for an object's colour; for a colour outside the palette the value of the nearest colour."""
    color = getattr(obj, "color", None) if liveobj_valid(obj) else None
    if color is None:
        return default_value
    palette = STANDARD_COLOR_PALETTE if palette is None else palette
    if color in palette:
        return palette[color]
    return find_nearest_color(fallback_table or STANDARD_FALLBACK_COLOR_TABLE, color)


class DetailViewController:
    """Shows the clip or the devices, and later restores the previous view."""

    def __init__(self, application, show_clip=True, *args, **kwargs):
        self._view = application.view
        self._name = "Detail/Clip" if show_clip else "Detail/DeviceChain"
        self._restore = None

    def show(self):
        if not self._view.is_view_visible(self._name):
            shown = self._view.is_view_visible("Detail")
            self._restore = "Detail/DeviceChain" if self._name == "Detail/Clip" else "Detail/Clip"
            self._restore = self._restore if shown else "Detail"
            self._view.show_view(self._name)

    def restore(self):
        if self._restore == "Detail":
            self._view.hide_view("Detail")
        elif self._restore:
            self._view.show_view(self._restore)
        self._restore = None


def is_parameter_quantized(parameter, device):
    return parameters.is_parameter_quantized(parameter, device)


def parameter_owner(parameter):
    owner = parameter.canonical_parent
    return owner if isinstance(owner, Live.Device.Device) else find_parent_track(owner)
