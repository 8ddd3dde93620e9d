"""Files that several processes write: written whole or not at all, by one writer at a time."""

from __future__ import annotations

import glob
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from . import errors

WAIT_S = 2.0
"""Longest wait for another process's write, which takes milliseconds."""
STALE_S = 60.0
"""A temporary file older than this belongs to no running write."""


def write_beside(path: Path, data: bytes, mode: int | None = 0o600) -> None:
    """Write a file whole or not at all; a symbolic link at its path is replaced, not followed.

    The file is never readable by more users than `mode` allows, by default its owner; None uses the umask. OSError
    if the disk refuses the write.
    """
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    part.unlink(missing_ok=True)
    _drop_stale(path)
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666 if mode is None else 0o600)
    try:
        with open(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if mode is not None:
            part.chmod(mode)
        os.replace(part, path)
    except BaseException:
        with suppress(OSError):
            part.unlink()
        raise


def _drop_stale(path: Path) -> None:
    """Remove temporary files of processes that were killed while they wrote this file."""
    for left in path.parent.glob(f"{glob.escape(path.name)}.*.part"):
        with suppress(OSError):
            if time.time() - left.stat().st_mtime > STALE_S:
                left.unlink()


@contextmanager
def locked(folder: Path, wait_s: float = WAIT_S) -> Iterator[None]:
    """Lock a folder for one writer; the lock ends with the process.

    Raises:
      Busy: another process writes for longer than `wait_s`.
    """
    handle = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        end = time.monotonic() + wait_s
        while not _lock(handle):
            if time.monotonic() > end:
                raise errors.Busy(f"another process writes in {folder}", retry_after_s=1.0)
            time.sleep(0.02)
        yield
    finally:
        os.close(handle)


def _lock(handle: int) -> bool:
    """Take the lock of a file if it is free."""
    try:
        if os.name == "nt":
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
