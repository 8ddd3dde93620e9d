"""The Session playback of one track: quantized launches, stops and recording, without objects and without a clock.

Fires and stops are requests for the next engine tick (measured: a read-back in the same call is stale). Then the
slot blinks, and starts on the next line of its grid, or at once without a grid or while the transport is stopped.
`beat` is the engine's own count of beats played, which does not change when the song jumps; grids refer to
`song_time`. Slots are opaque keys. Guess: a clip that reaches its end leaves its track stopped.
"""

from __future__ import annotations

from typing import Any, Hashable, List, NamedTuple, Optional, Tuple

from .music.transport_math import next_grid_time

STOP = "stop"
"""The key fired for the stop button."""

LATE = 1e-9


class Launch(NamedTuple):
    """A request to launch.

    `grid` is in beats (0 starts at once); `entry` is the start position (None: the start marker).
    """

    slot: Hashable
    grid: float = 0.0
    record: bool = False
    record_beats: Optional[float] = None
    entry: Optional[float] = None
    repeat: bool = False


class LaunchEvent(NamedTuple):
    """`what`: "fired", "unfired", "started", "stopped" or "recorded" (recording ended, the clip continues to play)."""

    what: str
    slot: Hashable


class Playback:
    """The Session side of one track."""

    __slots__ = (
        "_beat",
        "_due",
        "_launch",
        "_requests",
        "entry",
        "in_session",
        "playing",
        "record_until",
        "recorded_beats",
        "recording",
        "start_beat",
        "start_song_time",
    )

    def __init__(self) -> None:
        self.playing: Any = None
        self.in_session = False
        """True when the track plays the Session instead of the Arrangement."""
        self.recording = False
        self.record_until: Optional[float] = None
        self.recorded_beats = 0.0
        """Length of the last recording."""
        self.start_beat = 0.0
        self.start_song_time = 0.0
        self.entry: Optional[float] = None
        self._launch: Optional[Launch] = None
        self._due = 0.0
        self._beat = 0.0
        self._requests: List[Launch] = []

    @property
    def fired(self) -> Optional[Hashable]:
        """The slot whose button blinks, STOP, or None."""
        return self._launch.slot if self._launch is not None else None

    @property
    def idle(self) -> bool:
        """True when a tick has nothing to do."""
        return not self._requests and self._launch is None and self.playing is None

    @property
    def wants_transport(self) -> bool:
        """True when a queued clip starts the transport."""
        launches = self._requests + ([self._launch] if self._launch is not None else [])
        return any(launch.slot != STOP for launch in launches)

    def ask(self, launch: Launch) -> None:
        """Queue this launch for the next `tick`."""
        self._requests.append(launch)

    def played(self, beat: float) -> float:
        """Beats since the playing clip started."""
        return beat - self.start_beat

    def shift(self, beats: float) -> None:
        """Move the play head of the playing clip by `beats`."""
        self.start_beat -= beats

    def forget(self, slot: Hashable) -> List[LaunchEvent]:
        """Stop and unqueue a slot whose clip was removed."""
        events: List[LaunchEvent] = []
        self._requests = [launch for launch in self._requests if launch.slot != slot]
        if self._launch is not None and self._launch.slot == slot:
            self._launch = None
            events.append(LaunchEvent("unfired", slot))
        if self.playing == slot:
            events += self._end()
        return events

    def back_to_arrangement(self) -> List[LaunchEvent]:
        """Stop the Session on this track: the track plays the Arrangement again."""
        self._requests = []
        events = [LaunchEvent("unfired", self._launch.slot)] if self._launch is not None else []
        self._launch = None
        events += self._end()
        self.in_session = False
        return events

    def release(self) -> List[LaunchEvent]:
        """The button of a repeating launch is released: the playing clip continues."""
        if self._launch is None or not self._launch.repeat:
            return []
        slot, self._launch = self._launch.slot, None
        return [LaunchEvent("unfired", slot)]

    def halt(self) -> List[LaunchEvent]:
        """The transport stops: launches and recording end; a requested stop happens now.

        Guess: without a requested stop the clip stays chosen and starts again with the transport.
        """
        last = self._requests[-1] if self._requests else self._launch
        self._requests = []
        events = [LaunchEvent("unfired", self._launch.slot)] if self._launch is not None else []
        self._launch = None
        events += self.end_recording()
        if last is not None and last.slot == STOP:
            self.in_session = True
            events += self._end()
        return events

    def resume(self, beat: float, song_time: float) -> None:
        """The transport starts again: the clip that was playing starts from its beginning."""
        self.start_beat, self.start_song_time = beat, song_time

    def tick(self, beat: float, song_time: float, running: bool) -> List[LaunchEvent]:
        """Process the queued launches, then all events that are due at `beat`."""
        events: List[LaunchEvent] = []
        requests, self._requests = self._requests, []
        for launch in requests:
            if self._launch is not None and self._launch.slot != launch.slot:
                events.append(LaunchEvent("unfired", self._launch.slot))
            self._launch = launch
            wait = next_grid_time(song_time, launch.grid) - song_time if running else 0.0
            self._due = beat + wait
            events.append(LaunchEvent("fired", launch.slot))
        if self._launch is not None and self._due <= beat + LATE and (running or self._launch.slot == STOP):
            events += self._begin(self._launch, self._due, song_time - (beat - self._due))
        if self.recording and self.record_until is not None and self.record_until <= beat + LATE:
            events += self._recorded(self.record_until)
        self._beat = beat
        return events

    def end_recording(self) -> List[LaunchEvent]:
        """Stop recording; the clip continues to play."""
        return self._recorded(self._beat) if self.recording else []

    def ran_out(self) -> List[LaunchEvent]:
        """The playing clip has reached its end."""
        return self._end()

    def _recorded(self, beat: float) -> List[LaunchEvent]:
        self.recorded_beats = max(0.0, beat - self.start_beat)
        self.recording, self.record_until = False, None
        return [LaunchEvent("recorded", self.playing)]

    def _begin(self, launch: Launch, beat: float, song_time: float) -> List[LaunchEvent]:
        self._launch = None
        self.in_session = True
        if launch.slot == STOP:
            return [LaunchEvent("unfired", STOP), *self._end(beat)]
        if launch.slot == self.playing and self.recording:
            # Firing a clip that records ends the recording on the grid.
            return [LaunchEvent("unfired", launch.slot), *self._recorded(beat)]
        events = [LaunchEvent("unfired", launch.slot)]
        if launch.slot != self.playing:
            events += self._end(beat)
        self.playing, self.start_beat, self.start_song_time = launch.slot, beat, song_time
        self.entry, self.recording = launch.entry, launch.record
        self.record_until = beat + launch.record_beats if launch.record and launch.record_beats else None
        events.append(LaunchEvent("started", launch.slot))
        if launch.repeat and launch.grid > 0.0:
            self._launch, self._due = launch, beat + launch.grid
            events.append(LaunchEvent("fired", launch.slot))
        return events

    def _end(self, beat: Optional[float] = None) -> List[LaunchEvent]:
        if self.playing is None:
            return []
        events = self._recorded(self._beat if beat is None else beat) if self.recording else []
        slot, self.playing, self.entry = self.playing, None, None
        return [*events, LaunchEvent("stopped", slot)]


def slot_indices(playback: Playback, index_of: Any) -> Tuple[int, int]:
    """`playing_slot_index`, `fired_slot_index`: −1 for no slot, −2 for stopped in the Session or the stop button."""
    playing = (
        index_of(playback.playing) if playback.playing is not None else (-2 if playback.in_session else -1)
    )
    fired = playback.fired
    return playing, (-1 if fired is None else -2 if fired == STOP else index_of(fired))
