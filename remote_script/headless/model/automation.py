"""The Arrangement's automation lanes: written by stamping Session clips, followed by the parameters.

Measured on Live 12.4.6 and 11: `duplicate_clip_to_arrangement` of a Session clip writes its envelopes into the
lanes of its track over the span of the copy; at the end of the span a lane steps back to its old value. Other
parameters and other times keep their events; a copy of an Arrangement clip writes no lanes, deleting a copy clears
none. A parameter with a lane has `automation_state` 1 (2 while somebody overrides it, 0 while its track plays from
the Session) and the lane's value at the play head: at once while the song plays, on the next update of the display
while the song is stopped. Enabling automation again takes effect a tick later. Lanes enter the history like
parameter values: when Live syncs parameters. The song's tempo and signature follow their lanes in the main track as
well. Guess: a playing Session clip's envelopes move their parameters in the same way, and the parameters keep their
values when the clip stops; an opened Set keeps the values of its file until the play head moves.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import Any, Dict, List, Optional, Sequence, Tuple

from ..music.envelopes import Breakpoint, Breakpoints
from .parameter import Parameter
from .where import above, is_midi, track_of

NONE, ACTIVE, OVERRIDDEN = 0, 1, 2
DISPLAY_S = 0.1
"""Seconds between two updates of automated values while the song is stopped (measured)."""


class Automation:
    """The automation lanes of one Set's Arrangement."""

    def __init__(self, doc: Any, signatures: Sequence[Tuple[float, Tuple[int, int]]] = ()) -> None:
        self._doc = doc
        self._signatures = list(signatures)
        self._starts = [time for time, _ in self._signatures]
        self._opened_at: Optional[float] = None
        self._has_moved = False
        self._automated: Dict[int, Parameter] = {}
        self._opened: Dict[int, Optional[Breakpoints]] = {}
        """The lanes of the Set when it was opened, by the parameter's id."""
        self._waited = 0.0

    def find(self) -> None:
        """Follow the parameters that the opened Set automates."""
        for parameter in self._doc.parameters():
            if parameter.lane is not None or parameter.automation_state:
                self._opened[id(parameter)] = parameter.lane
                self.follow(parameter)

    def follow(self, parameter: Parameter) -> None:
        """Update the state and the value of a parameter from now on; the parameter has a lane, or had a lane before."""
        self._automated[id(parameter)] = parameter
        self._refresh_state(parameter)

    @property
    def is_overridden(self) -> bool:
        return any(
            parameter.automation_state == OVERRIDDEN
            for parameter in self._automated.values()
            if parameter.ptr is not None
        )

    def tick(self, seconds: float, position: float, playing: bool) -> None:
        """Update states and values for the play head and the envelopes of playing Session clips."""
        self._waited += seconds
        if playing:
            self._follow_clips()
        if self._opened_at is None:
            self._opened_at = position
        self._has_moved = self._has_moved or playing or position != self._opened_at
        if not (playing or self._waited >= DISPLAY_S - 1e-9):
            return
        self._waited = 0.0
        if self._starts and self._has_moved:
            self._follow_signature(position)
        for parameter in list(self._automated.values()):
            if parameter.ptr is None:
                continue
            self._refresh_state(parameter)
            if parameter.automation_state == ACTIVE and parameter.lane is not None and self._moves(parameter):
                parameter.automate(parameter.lane.value_after(position, parameter.value))

    def _moves(self, parameter: Parameter) -> bool:
        """False until the play head has moved, except for lanes that were stamped since the Set was opened."""
        return self._has_moved or parameter.lane is not self._opened.get(id(parameter))

    def _follow_signature(self, position: float) -> None:
        song = self._doc.song
        index = max(0, bisect_right(self._starts, position) - 1)
        numerator, denominator = self._signatures[index][1]
        song.derive("signature_numerator", numerator)
        song.derive("signature_denominator", denominator)

    def _refresh_state(self, parameter: Parameter) -> None:
        track = track_of(parameter)
        if track is None or track.parent is None:
            return
        if (parameter.lane is None and not parameter.marked) or track.playback.in_session:
            state = NONE
        elif parameter.overridden:
            state = OVERRIDDEN
        else:
            state = ACTIVE
        parameter.derive("automation_state", state)

    def _follow_clips(self) -> None:
        from .launching import position_of

        for track in self._doc.song.tracks:
            slot = track.playback.playing
            clip = None if slot is None else slot.clip
            if clip is None or not clip.body.envelopes:
                continue
            position = position_of(clip)
            for parameter, points in clip.body.envelopes:
                if parameter.ptr is not None and len(points):
                    parameter.automate(points.value_after(position, parameter.value))


# Stamping


def stamp(clip: Any, start: float, end: float) -> None:
    """Write the envelopes of a Session clip into its track's lanes over `start`..`end`."""
    region = clip.body.region
    first = min(region.start, region.brace_start) if region.looping else region.start
    for parameter, points in clip.body.envelopes:
        if _has_lane(parameter) and len(points):
            part = points.cropped(first, first + (end - start)).shifted(start - first)
            lane = parameter.lane if parameter.lane is not None else Breakpoints()
            parameter.change("lane", written(lane, part, start, end, parameter.value))


def written(lane: Breakpoints, part: Breakpoints, start: float, end: float, without: float) -> Breakpoints:
    """The lane with `part` in place of its events in `start`..`end`; other times do not change."""
    before, after = lane.value_at(start, without), lane.value_after(end, without)
    kept = [event for event in lane if event.time < start]
    later = [event for event in lane if event.time > end]
    events: List[Breakpoint] = []
    for event in kept + [Breakpoint(start, before)] + list(part) + [Breakpoint(end, after)] + later:
        if not events or events[-1] != event:
            events.append(event)
    return Breakpoints(events)


def _has_lane(parameter: Any) -> bool:
    """True for mixer and device parameters of a track, with racks; False for a chain's volume, pan and sends."""
    return parameter.ptr is not None and above(parameter, "ChainMixerDevice") is None


def keeps_envelopes(track: Any) -> bool:
    """True for a MIDI track without audio: it keeps a stamped clip's envelopes in the clip."""
    return is_midi(track) and not track.has_audio_output


def writes_lanes(clip: Any) -> bool:
    """True for Session clips, except unwarped audio, whose envelopes count in seconds."""
    body = clip.body
    return body.start_time is None and (body.audio is None or body.audio.warping)
