"""Small files of the user, read on Live's main thread: at once, or refused with the reason.

Opening a FIFO waits for its writer, so files are opened without waiting, and only regular ones are read.
"""

from __future__ import annotations

import os
import stat


class Unreadable(Exception):
    """The file exists, but is not one that may be read; the text says why."""


def read_regular(path: str, most: int) -> bytes:
    """Up to `most` bytes of a regular file; never waits.

    Raises:
      Unreadable: it is a folder, a FIFO, a socket or a device.
      OSError: FileNotFoundError if there is none, or what the system says.
    """
    return _read(path, most, private=False)


def read_private(path: str, most: int) -> bytes:
    """The same for a secret: the file must be this user's own and no symbolic link; its mode becomes 0600.

    Raises:
      Unreadable: see `read_regular`; or it is a link, or somebody else's.
      OSError: FileNotFoundError if there is none, or what the system says.
    """
    if os.path.islink(path):
        raise Unreadable("it is a symbolic link; replace it by the file itself")
    return _read(path, most, private=True)


def _read(path: str, most: int, private: bool) -> bytes:
    flags = os.O_RDONLY
    # Not on Windows, where nothing of the kind exists; there text would be translated without O_BINARY.
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
