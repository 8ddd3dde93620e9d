"""Headless Live in virtual time, with helpers for the tests of the model."""

from remote_script.headless import HeadlessLive, VirtualClock
from remote_script.headless.api.facts import DEFAULT_VERSION

TICK_S = 0.010
"""Slightly longer than the engine's tick, so that a wait includes one."""


class Bench:
    def __init__(self, spec=None, version=DEFAULT_VERSION):
        self.live = HeadlessLive(spec, version=version, clock=VirtualClock())

    @property
    def song(self):
        return self.live.song

    @property
    def history(self):
        return list(self.live.history)

    def __getattr__(self, name):
        """Live's own classes and enums: `bench.MidiNoteSpecification`."""
        return self.live.surface.classes[name]

    def enum(self, name):
        return self.live.surface.enums[name]

    def tick(self, count=1):
        self.live.run_for(count * TICK_S + 0.0001)

    def play(self, beats):
        """Let the song play for this number of beats."""
        self.live.run_for(beats * 60.0 / self.song.tempo)

    def heard(self, thing, *events):
        """Attach listeners; returns the list that they append to."""
        notified = []
        for event in events:
            getattr(thing, f"add_{event}_listener")(lambda event=event: notified.append(event))
        return notified

    def undo(self):
        self.song.end_undo_step()
        return self.song.undo()

    def slot(self, track=0, scene=0):
        return self.song.tracks[track].clip_slots[scene]
