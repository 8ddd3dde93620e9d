"""The mixer of the second generation."""

from __future__ import annotations

from ..engine.mixing import ChannelStripCore, MixerCore
from .component import Component


class TrackAssigner:
    """Assigns tracks to a mixer's strips."""

    def tracks(self, tracks_provider):
        raise NotImplementedError("tracks")


class SimpleTrackAssigner(TrackAssigner):
    """Assigns each of the provider's tracks to a strip, in order."""

    def tracks(self, tracks_provider):
        return list(tracks_provider.tracks)


class RightAlignTracksTrackAssigner(SimpleTrackAssigner):
    """Assigns returns (and main) to the right end; free strips are between."""

    def __init__(self, song=None, include_master_track=False):
        self._song, self._include_master_track = song, include_master_track

    def tracks(self, tracks_provider):
        present = [track for track in tracks_provider.tracks if track is not None]
        right = tuple(self._song.return_tracks)
        if self._include_master_track:
            right += (self._song.master_track,)
        ends = [track for track in present if track in right]
        starts = [track for track in present if track not in right]
        free = len(tracks_provider.tracks) - len(present)
        return starts + [None] * free + ends


class ChannelStripComponent(ChannelStripCore, Component):
    """One track under a strip of controls."""


class MixerComponent(MixerCore, Component):
    """`MixerComponent(tracks_provider=session_ring)`."""

    channel_strip_component_type = ChannelStripComponent

    def __init__(
        self,
        tracks_provider=None,
        track_assigner=None,
        auto_name=False,
        invert_mute_feedback=False,
        channel_strip_component_type=None,
        *args,
        **kwargs,
    ):
        if channel_strip_component_type is not None:
            self.channel_strip_component_type = channel_strip_component_type
        super().__init__(*args, **kwargs)
        self._provider = tracks_provider
        self._track_assigner = track_assigner or SimpleTrackAssigner()
        count = tracks_provider.num_tracks
        self._channel_strips = [self._strip("Channel_Strip_%d" % index) for index in range(count)]
        for strip in self._channel_strips:
            strip.set_invert_mute_feedback(invert_mute_feedback)
        self.register_slot(tracks_provider, self._reassign_tracks, "tracks")
        self._reassign_tracks()

    def _create_master_strip(self):
        return self._create_channel_strip()

    def _assigned(self):
        return self._track_assigner.tracks(self._provider) if self._channel_strips else []

    @property
    def num_tracks(self):
        return len(self._channel_strips)
