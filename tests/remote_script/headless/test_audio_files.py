import struct
import wave

import pytest

from remote_script.headless.sets import audio_files
from remote_script.headless.sets.audio_files import AudioInfo


def write_wave(path, frames, rate, channels=2):
    with wave.open(str(path), "wb") as out:
        out.setnchannels(channels)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes(b"\0" * frames * channels * 2)


def test_frames_and_rate_of_a_wave_file_are_read(tmp_path):
    write_wave(tmp_path / "kick.wav", 441, 44100)
    assert audio_files.read(str(tmp_path / "kick.wav")) == AudioInfo(441, 44100.0)


def test_frames_and_rate_of_an_aiff_file_are_read(tmp_path):
    rate = struct.pack(">HQ", 16383 + 15, 48000 << 48)
    comm = struct.pack(">hIh", 2, 4800, 16) + rate
    body = b"AIFF" + b"COMM" + struct.pack(">I", len(comm)) + comm
    (tmp_path / "a.aif").write_bytes(b"FORM" + struct.pack(">I", len(body)) + body)
    assert audio_files.read(str(tmp_path / "a.aif")) == AudioInfo(4800, 48000.0)


def test_frames_and_rate_of_a_flac_file_are_read(tmp_path):
    info = b"\0" * 10 + struct.pack(">Q", (96000 << 44) | 12345) + b"\0" * 16
    (tmp_path / "a.flac").write_bytes(b"fLaC" + b"\0\0\0\x22" + info)
    assert audio_files.read(str(tmp_path / "a.flac")) == AudioInfo(12345, 96000.0)


@pytest.mark.parametrize(
    "content", [b"", b"hello", b"RIFF\0\0\0\0WAVE", b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\0", b"fLaC\0"]
)
def test_a_file_that_is_not_audio_gives_none(tmp_path, content):
    (tmp_path / "a.wav").write_bytes(content)
    assert audio_files.read(str(tmp_path / "a.wav")) is None


def test_a_missing_file_is_none(tmp_path):
    assert audio_files.read(str(tmp_path / "missing.wav")) is None
