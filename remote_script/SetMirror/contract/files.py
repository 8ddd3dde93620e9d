"""Reads small files of the user on Live's main thread: at once, or refused with the reason.

Opening a FIFO waits for its writer; so files are opened without waiting, and only regular files are read.
"""

from __future__ import annotations

import os
import stat


class Unreadable(Exception):
    """The file exists, but may not be read; the text gives the reason."""


def read_regular(path: str, most: int) -> bytes:
    """Read up to `most` bytes of a regular file; never waits.

    Raises:
      Unreadable: the path is a folder, a FIFO, a socket or a device.
      OSError: the system's error, for example FileNotFoundError.
    """
    return _read(path, most, private=False)


def read_private(path: str, most: int) -> bytes:
    """Read a secret file: as `read_regular`, but the file must be this user's own and no link; its mode becomes 0600.

    Raises:
      Unreadable: see `read_regular`; or the path is a symbolic link, or another user's file.
      OSError: the system's error, for example FileNotFoundError.
    """
    if os.path.islink(path):
        raise Unreadable("it is a symbolic link; replace it by the file itself")
    return _read(path, most, private=True)


def _read(path: str, most: int, private: bool) -> bytes:
    flags = os.O_RDONLY
    # Windows lacks these flags apart from O_BINARY, without which it would translate line ends.
    for name in ("O_NONBLOCK", "O_CLOEXEC", "O_BINARY") + (("O_NOFOLLOW",) if private else ()):
        flags |= getattr(os, name, 0)
    handle = os.open(path, flags)
    try:
        about = os.fstat(handle)
        if not stat.S_ISREG(about.st_mode):
            raise Unreadable("it is not a regular file")
        if private and os.name == "posix":
            if about.st_uid != os.geteuid():
                raise Unreadable("it belongs to another user (uid {})".format(about.st_uid))
            if stat.S_IMODE(about.st_mode) & 0o077:
                os.fchmod(handle, 0o600)
        return os.read(handle, most)
    finally:
        os.close(handle)
