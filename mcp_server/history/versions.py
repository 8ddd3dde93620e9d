"""Versions of a Set to compare the open Set with: listing them, and resolving a text to a version.

    saved               the state of the open Set's file
    1 week, 2026-11-19 14:00, …
                        the newest version in Live's `Backup` folder from before that time
    visit               the Set at the end of the client's last visit
    mix NAME            a saved mix
    PATH.als            a file, its path absolute or from the folder of the open Set

Files are read, never written: only `.als` files up to the limits of `FILE`, and only in the folder of the open Set, in
folders below it, and in the policy's `set_folders`. Links are followed before the folder is checked.
"""

from __future__ import annotations

import os
import re
import stat
import threading
import time
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from mirror import errors
from mirror.store import Store
from remote_script.headless.als import Limits

from ..policy import Policy
from .files import read_set
from .when import CHOICES, moment

FILE = Limits(compressed_bytes=1 << 26, bytes=1 << 29, elements=1_000_000, kept_bytes=1 << 27)
"""Limits of a file that an agent names: 64 MB, half a gigabyte unpacked."""
_MOMENTS = CHOICES.partition(", ")[2]
BACKUPS = 200
"""The most backups that are read, newest first; Live itself keeps ten."""
_BACKUP = re.compile(r"(.+) \[(\d{4}-\d\d-\d\d \d{6})\]")


class Backup(NamedTuple):
    """One file of Live's `Backup` folder and when it was written, in seconds since 1970."""

    time: float
    path: Path

    @property
    def shown(self) -> str:
        return f"Backup/{self.path.name}"


def backups(song: str) -> list[Backup]:
    """Live's backups of the Set in the file `song`, oldest first; empty where the Set was never saved."""
    if not song:
        return []
    own = Path(song)
    matches = []
    try:
        for path in (own.parent / "Backup").iterdir():
            name = _BACKUP.fullmatch(path.stem)
            if path.suffix.casefold() == ".als" and name is not None and name[1] == own.stem:
                matches.append(Backup(_written(name[2], path), path))
    except OSError:
        return []
    return sorted(matches)[-BACKUPS:]


def _written(stamp: str, path: Path) -> float:
    try:
        return time.mktime(time.strptime(stamp, "%Y-%m-%d %H%M%S"))
    except (ValueError, OverflowError):
        return path.stat().st_mtime


def file_meant(text: str, song: str, policy: Policy, now: float) -> Path:
    """The file that `text` means: "saved", a moment, or a path.

    Args:
      song: The path of the open Set; "" where it was never saved.
      now: Seconds since 1970.

    Raises:
      InvalidValue: the text has none of the forms, the file is not an .als file, or it cannot be read.
      NotFound: there is no backup from before the moment; the hint names the oldest.
      Denied: the file is in no folder that may be read.
    """
    folded = text.strip().casefold()
    if folded == "saved":
        if not song:
            raise errors.NotAvailable("The open Set was never saved", hint="save it in Live first")
        return _checked(Path(song), song, policy)
    if folded.endswith(".als"):
        path = Path(text.strip()).expanduser()
        if not path.is_absolute() and not song:
            raise errors.InvalidValue(
                "The open Set was never saved, so it has no folder", text[:200], hint="give an absolute path"
            )
        return _checked(path if path.is_absolute() else Path(song).parent / path, song, policy)
    try:
        at = moment(text, now)
    except errors.InvalidValue:
        at = None
    if at is None or at.time is None:
        raise errors.InvalidValue(
            f"{text[:60]!r} is no version of a Set",
            text[:60],
            hint=f"give a path that ends with .als, 'saved', 'visit', 'mix NAME', or a moment: {_MOMENTS}",
        )
    return _checked(_backup_before(at.time, song).path, song, policy)


def _backup_before(then: float, song: str) -> Backup:
    known = backups(song)
    matches = [backup for backup in known if backup.time <= then]
    if matches:
        return matches[-1]
    oldest = f"the oldest is {known[0].shown}" if known else "Live has made no backup of this Set"
    clock = time.strftime("%Y-%m-%d %H:%M", time.localtime(then))
    raise errors.NotFound(
        f"There is no backup from before {clock}", hint=f"{oldest}; 'saved' is the Set's file"
    )


def _checked(path: Path, song: str, policy: Policy) -> Path:
    """The path after following links, if it is a regular .als file in a folder that may be read."""
    real = policy.check_set_file(str(path), os.path.dirname(song) if song else "")
    try:
        regular = stat.S_ISREG(real.stat().st_mode)
    except OSError as problem:
        raise errors.InvalidValue(f"The Set cannot be read: {problem.strerror}", str(path)[:200]) from None
    if not regular:
        raise errors.InvalidValue("The path is no regular file", str(path)[:200], hint="give an .als file")
    return real


def state_in(path: Path) -> Store:
    """The state of a file, read once as long as the file stays the same; InvalidValue where it cannot be read."""
    status = path.stat()
    with _one_at_a_time:
        return _state_in(path, status.st_mtime_ns, status.st_size)


_one_at_a_time = threading.Lock()
"""A large Set takes seconds and some 100 MB while it is read."""


@lru_cache(2)
def _state_in(path: Path, modified_ns: int, size: int) -> Store:
    return read_set(path, FILE)
