"""Standard MIDI files, both ways: notes with exact times, tempo, signature, markers, track names.

mido reads and writes them. A file that is written has 960 ticks per beat; times between its ticks are rounded to the
nearest tick, and `written` returns how many. Only notes, tempo, signature, markers and names are converted;
`MidiSong.left_out` counts other events by kind.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

import mido

from mirror import errors

from .. import regular_files
from .note import Note, in_order
from .ticks import BEAT, Ticks, exact, ratio, scaled, to_beats

TICKS = 960
"""Ticks per beat in files that are written: triplets and 1/256 notes are whole numbers of ticks."""
MOST_BYTES = 4 * 1024 * 1024
"""The largest file that is read; a song has some hundred kilobytes, and reading takes a second per million events."""


@dataclass(frozen=True)
class MidiTrack:
    """One track's notes; `channel` 0 to 15 (9 is drums by convention), times from the start of the file."""

    name: str
    notes: tuple[Note, ...]
    channel: int = 0


@dataclass(frozen=True)
class MidiSong:
    """A file's contents; tempos and signatures as (time, value), markers as (time, text)."""

    tracks: tuple[MidiTrack, ...]
    tempos: tuple[tuple[Ticks, float], ...] = ((0, 120.0),)
    signatures: tuple[tuple[Ticks, tuple[int, int]], ...] = ((0, (4, 4)),)
    markers: tuple[tuple[Ticks, str], ...] = ()
    left_out: dict[str, int] = field(default_factory=dict)

    @property
    def end(self) -> Ticks:
        """The time at which the last note ends."""
        return max((note.end for track in self.tracks for note in track.notes), default=0)


def load(path: str | Path) -> MidiSong:
    """Read a file.

    Raises:
      InvalidValue: the file is not a MIDI file, is larger than 4 MiB, is not a regular file, or cannot be read.
    """
    return read(regular_files.read(path, MOST_BYTES), str(path))


def read(data: bytes, name: str = "") -> MidiSong:
    """The contents of a file's bytes; the tracks of a format 0 file are its channels.

    Raises:
      InvalidValue: the bytes are not a MIDI file, or the file is larger than 4 MiB.
    """
    if len(data) > MOST_BYTES:
        raise errors.InvalidValue(f"A MIDI file may have {MOST_BYTES} bytes, this one has {len(data)}", name)
    try:
        file = mido.MidiFile(file=BytesIO(data), clip=True)
        tracks = [list(track) for track in file.tracks]
    except Exception as problem:
        # mido does not wrap the errors of its parser: EOFError, KeyError, ValueError, IndexError.
        raise errors.InvalidValue(f"This is no MIDI file that can be read: {problem}", name) from None
    if file.ticks_per_beat <= 0:
        raise errors.InvalidValue("MIDI files that count in frames (SMPTE) are not supported", name)
    return _Reader(file.ticks_per_beat).read(tracks)


class _Reader:
    def __init__(self, ticks_per_beat: int) -> None:
        self._scale = ratio(BEAT) / ticks_per_beat
        self._tempos: list[tuple[Ticks, float]] = []
        self._signatures: list[tuple[Ticks, tuple[int, int]]] = []
        self._markers: list[tuple[Ticks, str]] = []
        self._left_out: Counter[str] = Counter()

    def read(self, tracks: list[list[mido.Message]]) -> MidiSong:
        midi_tracks: list[MidiTrack] = []
        for number, messages in enumerate(tracks):
            midi_tracks += self._track(messages, number)
        return MidiSong(
            tuple(midi_tracks),
            tuple(sorted(self._tempos)) or ((0, 120.0),),
            tuple(sorted(self._signatures)) or ((0, (4, 4)),),
            tuple(sorted(self._markers)),
            dict(self._left_out),
        )

    def _track(self, messages: list[mido.Message], number: int) -> list[MidiTrack]:
        name, at = "", 0
        open_: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
        notes: dict[int, list[Note]] = defaultdict(list)

        def close(channel: int, pitch: int, release: int) -> None:
            if open_[channel, pitch]:
                start, velocity = open_[channel, pitch].pop(0)
                begin, end = self._time(start), self._time(max(at, start + 1))
                notes[channel].append(
                    Note(pitch, begin, exact(end - begin), float(velocity), release_velocity=float(release))
                )

        for message in messages:
            at += message.time
            match message.type:
                case "note_on" if message.velocity > 0:
                    open_[message.channel, message.note].append((at, message.velocity))
                case "note_on" | "note_off":
                    # A note_on of velocity 0 says nothing about the release: Live's default is 64.
                    release = message.velocity if message.type == "note_off" else 64
                    close(message.channel, message.note, release)
                case "track_name":
                    name = name or _text(message.name)
                case "set_tempo":
                    self._tempos.append((self._time(at), round(mido.tempo2bpm(message.tempo), 4)))
                case "time_signature":
                    self._signatures.append((self._time(at), (message.numerator, message.denominator)))
                case "marker" | "cue_marker":
                    self._markers.append((self._time(at), _text(message.text)))
                case "end_of_track":
                    pass
                case kind:
                    self._left_out[kind] += 1
        for channel, pitch in list(open_):
            while open_[channel, pitch]:
                close(channel, pitch, 64)
        return [
            MidiTrack(
                name if len(notes) == 1 else f"{name or 'Track ' + str(number + 1)} ch {channel + 1}",
                tuple(in_order(channel_notes)),
                channel,
            )
            for channel, channel_notes in sorted(notes.items())
        ]

    def _time(self, ticks: int) -> Ticks:
        return scaled(ticks, self._scale)


def written(song: MidiSong) -> tuple[bytes, int]:
    """A format 1 file, and the number of times that were rounded to its 960 ticks per beat.

    A MIDI file cannot contain probability and velocity deviation; muted notes are left out.
    """
    file = mido.MidiFile(type=1, ticks_per_beat=TICKS)
    rounded = 0

    def file_ticks(time: Ticks) -> int:
        nonlocal rounded
        ticks = scaled(time, ratio(TICKS) / BEAT)
        rounded += not isinstance(ticks, int)
        return max(0, round(ticks))

    head: list[tuple[int, int, mido.MetaMessage]] = []
    for time, tempo in song.tempos:
        head.append((file_ticks(time), 0, mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(tempo))))
    for time, (above, below) in song.signatures:
        head.append(
            (file_ticks(time), 0, mido.MetaMessage("time_signature", numerator=above, denominator=below))
        )
    for time, text in song.markers:
        head.append((file_ticks(time), 1, mido.MetaMessage("marker", text=_latin(text))))
    file.tracks.append(_delta(head))
    for number, track in enumerate(song.tracks):
        messages: list[tuple[int, int, mido.Message | mido.MetaMessage]] = [
            (0, -1, mido.MetaMessage("track_name", name=_latin(track.name)))
        ]
        for note in track.notes:
            if note.mute:
                continue
            start, end = file_ticks(note.start), file_ticks(note.end)
            velocity, channel = max(1, round(note.velocity)), track.channel or number % 16
            messages.append(
                (start, 2, mido.Message("note_on", note=note.pitch, velocity=velocity, channel=channel))
            )
            release = min(127, max(0, round(note.release_velocity)))
            off = mido.Message("note_off", note=note.pitch, velocity=release, channel=channel)
            messages.append((max(end, start + 1), 1, off))
        file.tracks.append(_delta(messages))
    buffer = BytesIO()
    file.save(file=buffer)
    return buffer.getvalue(), rounded


def _delta(messages: Sequence[tuple[int, int, mido.Message | mido.MetaMessage]]) -> mido.MidiTrack:
    """Messages with absolute times as a track; at the same time, names come first, then ends of notes, then starts."""
    track, before = mido.MidiTrack(), 0
    for at, _, message in sorted(messages, key=lambda entry: entry[:2]):
        track.append(message.copy(time=at - before))
        before = at
    return track


def _latin(text: str) -> str:
    """The text in Latin-1, as MIDI texts are; other characters become question marks."""
    return text.encode("latin-1", "replace").decode("latin-1")


def _text(text: str) -> str:
    """A text of a file, which mido reads as Latin-1; many programs write UTF-8."""
    try:
        return text.encode("latin-1").decode("utf-8").strip()
    except UnicodeError:
        return text.strip()


def whole_beats(song: MidiSong) -> float:
    """The length in beats, up to the end of the last bar in the first signature."""
    above, below = song.signatures[0][1]
    bar = above * 4 * BEAT // below
    return to_beats(-(-int(song.end) // bar) * bar)
