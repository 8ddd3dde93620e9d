"""Reading of files that a client or a user names: small regular files only, never a folder, a pipe or a device."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from mirror import errors


def read(path: str | Path, most: int) -> bytes:
    """The bytes of a file.

    Args:
      most: The most bytes that the file may have.

    Raises:
      InvalidValue: the file cannot be read, is no regular file, or is larger.
    """
    text = str(path)
    if "\0" in text:
        raise errors.InvalidValue("A path has no NUL", text[:200])
    try:
        # Opening a pipe would wait for its writer.
        handle = os.open(
            Path(text).expanduser(), os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        )
    except OSError as problem:
        raise errors.InvalidValue(f"The file cannot be read: {problem.strerror}", text[:200]) from None
    try:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            what = "a folder" if stat.S_ISDIR(status.st_mode) else "no regular file"
            raise errors.InvalidValue(f"The path is {what}", text[:200], hint="give the path of a file")
        if status.st_size > most:
            raise errors.InvalidValue(
                f"A file here has at most {most} bytes, this one has {status.st_size}", text[:200]
            )
        return _whole(handle, most)
    finally:
        os.close(handle)


def _whole(handle: int, most: int) -> bytes:
    """The bytes of a file; its first `most` bytes if it grows in the meantime."""
    parts, left = [], most
    while left and (part := os.read(handle, left)):
        parts.append(part)
        left -= len(part)
    return b"".join(parts)
