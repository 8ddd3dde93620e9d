"""Recording into the Arrangement: while the song runs with `record_mode` on, armed tracks record.

At the end of the recording, each armed track gets a clip, which has its own entry in the history; punch points
limit the recording (measured: with both on exactly the loop brace is recorded). MIDI clips contain the played notes
(see `keyboard`), audio clips a file (see `tape`). Guess: if the song jumps or loops, one clip ends and the next
begins.
"""

from __future__ import annotations

from typing import Any, Optional

from ..history import Step
from ..music.clip_body import Audio, ClipBody
from ..music.loops import Region
from ..music.transport_math import NEAR
from ..music.warp import WarpMarkers
from . import tape
from .where import is_audio, is_midi

LABEL = "Record"


def body_of_take(song: Any, track: Any, beats: float, start_time: Optional[float] = None) -> ClipBody:
    """The body of the clip that a recording of this length creates on this track."""
    body = ClipBody.midi(beats, start_time, track.color_index or 0)
    body = body._replace(signature=(song.signature_numerator, song.signature_denominator))
    if is_midi(track):
        return body
    audio = Audio(song.doc.tapes.path_for(track), 0, float(tape.RATE), WarpMarkers.fresh(1.0, song.tempo))
    return sized(song, body._replace(audio=audio), beats)


def write_audio(track: Any, body: ClipBody) -> None:
    """Write the file of a finished audio recording."""
    if body.audio is not None:
        track.doc.tapes.write(track, body.audio.file_path, body.audio.sample_length)


def sized(song: Any, body: ClipBody, beats: float) -> ClipBody:
    """The body of a recording whose length is now `beats`."""
    body = body._replace(region=Region.of_length(beats))
    if body.audio is None:
        return body
    seconds = beats * 60.0 / song.tempo
    audio = body.audio._replace(
        sample_length=int(seconds * body.audio.sample_rate), warp=WarpMarkers.fresh(seconds, song.tempo)
    )
    return body._replace(audio=audio)


class ArrangementRecording:
    """The Arrangement recording in progress in one song, from its start to the present beat."""

    __slots__ = ("end", "start")

    def __init__(self) -> None:
        self.start: Optional[float] = None
        self.end = 0.0

    def follow(self, song: Any, before: float, now: float, running: bool) -> None:
        """Record the time from `before` to `now`."""
        on = running and song.record_mode
        if self.start is not None and (not on or abs(before - self.end) > NEAR):
            self.finish(song)
        if on:
            if self.start is None:
                self.start = before
            self.end = now

    def finish(self, song: Any) -> None:
        """Make clips of the recorded span."""
        from . import arrangement

        start, self.start = self.start, None
        if start is None:
            return
        end = self.end
        if song.punch_in:
            start = max(start, song.loop_start)
        if song.punch_out:
            end = min(end, song.loop_start + song.loop_length)
        takes, song.doc.keyboard.takes = song.doc.keyboard.takes, {}
        if end - start <= NEAR:
            return
        with song.doc.history.into(Step(LABEL)):
            for track in song.tracks:
                if track.arm and not track.is_frozen and (is_midi(track) or is_audio(track)):
                    body = body_of_take(song, track, end - start, start)
                    heard = song.doc.keyboard.notes_between(takes.get(track, ()), start, end)
                    write_audio(track, body)
                    arrangement.place(track, body._replace(notes=body.notes.add(heard)[0]))
