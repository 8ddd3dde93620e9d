"""A MIDI keyboard that a person plays: routing of its notes to tracks, recording, Capture MIDI.

A MIDI track receives the notes while it is armed or its input is monitored (documented). A recording track adds the
notes to the clip that is recorded; with Session Record on, to the clip that plays. All notes are stored for
`capture_midi` until its next call. Guesses: a note enters the clip when the key is released; Capture keeps the
tempo also in an empty Set, where Live would detect a tempo; the captured clip is whole bars long, begins with the
bar of the first note, and plays at once in the Session.
"""

from __future__ import annotations

import math
from typing import Any, Dict, Iterable, List, NamedTuple, Optional, Tuple

from ...SetMirror.contract.notes import Note, nearest_line
from ..history import Step
from ..music import transport_math
from ..music.clip_body import ClipBody
from . import arrangement, launching
from .recording import body_of_take
from .where import is_midi

OVERDUB = "Overdub"
SHORTEST = 1e-3
"""Beats; shortest length of a played note."""


class PlayedNote(NamedTuple):
    """One played note: `beat` is the elapsed time in beats, `song_time` the position in the song."""

    pitch: int
    velocity: float
    beat: float
    song_time: float
    duration: float
    running: bool


class Keyboard:
    """The pressed keys and the played notes of one song."""

    def __init__(self, doc: Any) -> None:
        self._doc = doc
        self._beat = 0.0
        self._down: Dict[int, Tuple[float, float, float, bool]] = {}
        self._played: Dict[Any, List[PlayedNote]] = {}
        self.takes: Dict[Any, List[PlayedNote]] = {}
        """The notes of the arrangement recording in progress, by track."""

    @property
    def _song(self) -> Any:
        return self._doc.song

    def tick(self, seconds: float) -> None:
        """Advance the time by `seconds`, whether the song plays or not."""
        self._beat += seconds * self._song.tempo / 60.0

    @property
    def pressed(self) -> Dict[int, float]:
        """The keys that are down, each with its velocity."""
        return {pitch: velocity for pitch, (velocity, _, _, _) in self._down.items()}

    def press(self, pitch: int, velocity: float) -> None:
        transport = self._doc.transport
        self._down[pitch] = (velocity, self._beat, transport.position, transport.playing)

    def release(self, pitch: int) -> None:
        """Release a key; a key that is not pressed is ignored."""
        if pitch not in self._down:
            return
        velocity, beat, song_time, running = self._down.pop(pitch)
        note = PlayedNote(pitch, velocity, beat, song_time, max(SHORTEST, self._beat - beat), running)
        listening = [track for track in self._song.tracks if hears(track)]
        for track in listening:
            self._played.setdefault(track, []).append(note)
            self._record(track, note)
        if listening:
            self._song.derive("can_capture_midi", True)

    def _record(self, track: Any, note: PlayedNote) -> None:
        song, playback = self._song, track.playback
        slot = playback.playing
        clip = None if slot is None else slot.clip
        # The clip's position at that time: the play head has moved since.
        played = playback.played(launching.song_clock_of(song).beat) - (self._beat - note.beat)
        if track.arm and song.record_mode and note.running:
            self.takes.setdefault(track, []).append(note)
        if clip is None or clip.body.audio is not None or not track.arm or played < -transport_math.NEAR:
            return
        if playback.recording:
            clip.derive("body", with_notes(clip.body, [self._note(note, max(0.0, played))]))
        elif song.session_record:
            position = clip.body.region.position_after(max(0.0, played), playback.entry)
            if position is not None:
                with self._doc.history.into(Step(OVERDUB)):
                    clip.put(with_notes(clip.body, [self._note(note, position)]))

    def _note(self, note: PlayedNote, start: float) -> Note:
        grid = self._song.midi_recording_quantization
        if grid:
            start = nearest_line(start, grid)
        return Note(0, note.pitch, start, note.duration, note.velocity)

    def notes_between(self, take: Iterable[PlayedNote], start: float, end: float) -> List[Note]:
        """The notes that were played from `start` to `end` of the song, in beats from `start`."""
        return [
            self._note(note, max(0.0, note.song_time - start))
            for note in take
            if start - transport_math.NEAR <= note.song_time < end
        ]

    # Capture

    def capture(self, to_arrangement: bool) -> None:
        """Make clips of the stored notes, one for each track, as one entry of the history."""
        song = self._song
        played_notes, self._played = self._played, {}
        song.derive("can_capture_midi", False)
        played_notes = {track: played for track, played in played_notes.items() if track in song.tracks}
        if not played_notes:
            return
        bar = transport_math.bar_length(song.signature_numerator, song.signature_denominator)
        first = min((played[0] for played in played_notes.values()), key=lambda note: note.beat)
        # Bars of the song if it played during the take, else bars from the first note.
        offset = first.song_time % bar if first.running else 0.0
        place = max(0.0, first.song_time - offset)
        last = max(note.beat + note.duration for played in played_notes.values() for note in played)
        length = max(1.0, math.ceil((last - first.beat + offset) / bar - transport_math.NEAR)) * bar
        made: List[Any] = []
        with self._doc.edit():
            for track, played in played_notes.items():
                notes = [self._note(note, note.beat - first.beat + offset) for note in played]
                body = with_notes(body_of_take(song, track, length, place if to_arrangement else None), notes)
                if to_arrangement:
                    arrangement.place(track, body)
                else:
                    made.append(_to_session(song, track, body))
        for slot in made:
            launching.fire(slot)


def hears(track: Any) -> bool:
    """True for a MIDI track that receives the played notes: armed, or with its input monitored (`In`)."""
    return is_midi(track) and not track.is_frozen and (track.arm or track.current_monitoring_state == 0)


def with_notes(body: ClipBody, notes: List[Note]) -> ClipBody:
    """The body with these notes added, as if a person played them."""
    return body._replace(notes=body.notes.add(notes)[0])


def _to_session(song: Any, track: Any, body: ClipBody) -> Any:
    """The first empty slot from the selected scene on; in a new scene if there is none."""
    from .clip import Clip

    selected = song.view.selected_scene
    first = song.scenes.index(selected) if selected in song.scenes else 0
    slot: Optional[Any] = next((slot for slot in track.clip_slots[first:] if slot.clip is None), None)
    if slot is None:
        song.add_scene(len(song.scenes))
        slot = track.clip_slots[-1]
    slot.change("clip", Clip.of_body(song.doc, body))
    return slot
