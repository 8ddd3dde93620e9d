"""MIDI files: a written file is read back unchanged; other files are refused."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import mido
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mcp_server.music import BEAT, Note, from_beats
from mcp_server.music.midi_files import MidiSong, MidiTrack, load, read, whole_beats, written
from mcp_server.music.note import in_order
from mirror import errors


@st.composite
def songs(draw: st.DrawFn) -> MidiSong:
    """Songs with times on the file's grid and without overlapping notes of one pitch."""
    tracks = []
    for number in range(draw(st.integers(1, 3))):
        notes = {}
        for _ in range(draw(st.integers(1, 8))):
            pitch, step = draw(st.integers(0, 127)), draw(st.integers(0, 48))
            notes[pitch, step] = Note(
                pitch,
                from_beats(step / 12),
                from_beats(1 / 12),
                float(draw(st.integers(1, 127))),
                release_velocity=float(draw(st.integers(0, 127))),
            )
        tracks.append(MidiTrack(f"Track {number}", tuple(in_order(notes.values())), number + 1))
    markers = ((0, "Intro"), (4 * BEAT, "Vers"))
    return MidiSong(tuple(tracks), ((0, 98.5), (BEAT, 120.0)), ((0, (7, 8)),), markers)


@settings(max_examples=50, deadline=None)
@given(songs())
def test_a_written_song_is_read_back_completely(song: MidiSong) -> None:
    data, rounded = written(song)
    assert rounded == 0
    found = read(data)
    assert found.tracks == song.tracks
    assert found.signatures == song.signatures
    assert found.markers == song.markers
    assert [tempo for _, tempo in found.tempos] == pytest.approx([98.5, 120.0], abs=1e-3)
    assert found.left_out == {}


def test_times_between_the_ticks_of_a_file_are_rounded_and_counted() -> None:
    song = MidiSong((MidiTrack("a", (Note(60, from_beats(1 / 7), BEAT),)),))
    data, rounded = written(song)
    assert rounded == 2
    assert abs(read(data).tracks[0].notes[0].start - BEAT / 7) < BEAT / 960


def test_muted_notes_are_omitted_and_non_latin_names_replaced() -> None:
    song = MidiSong((MidiTrack("鼓 Ä", (Note(60, 0, BEAT, mute=True), Note(61, 0, BEAT))),))
    track = read(written(song)[0]).tracks[0]
    assert (track.name, len(track.notes)) == ("? Ä", 1)


def test_a_file_of_one_track_with_several_channels_becomes_a_track_each(tmp_path: Path) -> None:
    file = mido.MidiFile(type=0, ticks_per_beat=96)
    track = mido.MidiTrack()
    track += [
        mido.Message("note_on", note=36, velocity=90, channel=9, time=0),
        mido.Message("note_on", note=60, velocity=80, channel=0, time=0),
        mido.Message("control_change", control=1, value=3, time=0),
        mido.Message("note_on", note=60, velocity=0, channel=0, time=96),
        mido.Message("note_off", note=36, velocity=10, channel=9, time=0),
        mido.Message("note_on", note=62, velocity=70, channel=0, time=0),
    ]
    file.tracks.append(track)
    file.save(tmp_path / "one.mid")
    song = load(tmp_path / "one.mid")
    assert [(each.channel, [note.pitch for note in each.notes]) for each in song.tracks] == [
        (0, [60, 62]), (9, [36]),
    ]  # fmt: skip
    assert song.tracks[0].notes[0].duration == BEAT
    assert song.tracks[0].notes[0].release_velocity == 64.0
    assert song.tracks[1].notes[0].release_velocity == 10.0
    assert song.left_out == {"control_change": 1}
    assert whole_beats(song) == 4.0


@given(st.binary(max_size=200))
def test_invalid_midi_bytes_are_refused(data: bytes) -> None:
    for start in (b"", b"MThd\x00\x00\x00\x06\x00\x01\x00\x01\x00\x60MTrk"):
        try:
            read(start + data)
        except errors.InvalidValue:
            continue


def test_a_missing_file_is_refused_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(errors.InvalidValue) as caught:
        load(tmp_path / "none.mid")
    assert "none.mid" in str(caught.value.value)


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_names_are_read_in_the_encodings_that_programs_write(encoding: str) -> None:
    file = mido.MidiFile(charset=encoding)
    file.add_track().extend(
        [
            mido.MetaMessage("track_name", name="Piano ü"),
            mido.Message("note_on", note=60, velocity=90, time=0),
            mido.Message("note_off", note=60, time=480),
        ]
    )
    file.save(file=(data := BytesIO()))
    assert [track.name for track in read(data.getvalue()).tracks] == ["Piano ü"]
