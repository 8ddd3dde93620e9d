"""The length and sample rate of an audio file from its header: WAV (also RF64), AIFF/AIFC and FLAC.

Other files that Live would take (MP3, Ogg, M4A) are known by their name only: the length is then guessed from
the size. Reads a few kilobytes; `peak` alone reads samples.
"""

from __future__ import annotations

import os
import struct
import wave
from array import array
from functools import lru_cache
from typing import BinaryIO, NamedTuple, Optional

GUESSED_BYTES_A_SECOND = 32000
"""Guess: 256 kbit/s for compressed files whose headers are not read."""

PEAK_FRAMES = 10 * 48000

_COMPRESSED = (".mp3", ".ogg", ".oga", ".m4a", ".mp4", ".aac", ".wv")


class AudioInfo(NamedTuple):
    frames: int
    sample_rate: float

    @property
    def seconds(self) -> float:
        return self.frames / self.sample_rate if self.sample_rate else 0.0


def read(path: str) -> Optional[AudioInfo]:
    """Length and rate by the header; None if the file is missing or not an audio file."""
    try:
        with open(path, "rb") as stream:
            magic = stream.read(12)
            if magic[:4] in (b"RIFF", b"RF64") and magic[8:] == b"WAVE":
                return _wave(stream)
            if magic[:4] == b"FORM" and magic[8:] in (b"AIFF", b"AIFC"):
                return _aiff(stream)
            if magic[:4] == b"fLaC":
                stream.seek(8)
                return _flac(stream.read(18))
        if os.path.splitext(path)[1].lower() in _COMPRESSED and os.path.getsize(path) > 0:
            return AudioInfo(int(os.path.getsize(path) / GUESSED_BYTES_A_SECOND * 44100), 44100.0)
    except (OSError, struct.error, ValueError):
        pass
    return None


@lru_cache(maxsize=512)
def _peak(path: str, changed: float) -> Optional[float]:
    try:
        with wave.open(path, "rb") as file:
            if file.getsampwidth() != 2:
                return None
            samples = array("h", file.readframes(PEAK_FRAMES))
    except (OSError, EOFError, wave.Error, ValueError):
        return None
    return max(max(samples), -min(samples)) / 32768.0 if samples else 0.0


def peak(path: str) -> Optional[float]:
    """The largest amplitude (0..1) in the first seconds of a 16-bit WAV file; None for any other file."""
    try:
        return _peak(path, os.path.getmtime(path)) if path else None
    except OSError:
        return None


def _wave(stream: BinaryIO) -> Optional[AudioInfo]:
    rate, frame_size = 0, 0
    long_size: Optional[int] = None
    while True:
        head = stream.read(8)
        if len(head) < 8:
            return None
        name, size = head[:4], struct.unpack("<I", head[4:])[0]
        if name == b"ds64":
            body = stream.read(size)
            long_size = struct.unpack("<Q", body[8:16])[0]
        elif name == b"fmt ":
            body = stream.read(size)
            rate, _, frame_size = struct.unpack("<IIH", body[4:14])
        elif name == b"data":
            if not rate or not frame_size:
                return None
            length = long_size if size == 0xFFFFFFFF and long_size is not None else size
            return AudioInfo(length // frame_size, float(rate))
        else:
            stream.seek(size, os.SEEK_CUR)
        if size % 2:
            stream.seek(1, os.SEEK_CUR)


def _aiff(stream: BinaryIO) -> Optional[AudioInfo]:
    while True:
        head = stream.read(8)
        if len(head) < 8:
            return None
        size = struct.unpack(">I", head[4:])[0]
        if head[:4] == b"COMM":
            _, frames, _ = struct.unpack(">hIh", stream.read(8))
            exponent, mantissa = struct.unpack(">HQ", stream.read(10))
            rate = mantissa * 2.0 ** ((exponent & 0x7FFF) - 16383 - 63)
            return AudioInfo(frames, rate) if rate > 0.0 else None
        stream.seek(size + size % 2, os.SEEK_CUR)


def _flac(info: bytes) -> Optional[AudioInfo]:
    bits = struct.unpack(">Q", info[10:18])[0]
    rate = bits >> 44
    return AudioInfo(bits & 0xFFFFFFFFF, float(rate)) if rate else None
