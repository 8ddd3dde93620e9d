"""A copy of the Remote Script in a `Remote Scripts` folder: written, compared, updated and removed.

The copy has a manifest with the hash of each written file. Only files with those hashes are removed: a file that a
person added or changed stays, and nothing is written or removed through a symbolic link. Each file is replaced whole,
the manifest last. The folder is not removed first, because indexers lock it, and Live must never read half a file.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from mcp_server.commands import folders
from mirror.files import write_beside

MANIFEST = ".setmirror.json"
_MANIFEST_BYTES = 1 << 20


class NotOurs(Exception):
    """The folder is not a copy of the script, or is reached by a link; the text names the folder and the reason."""


@dataclass
class Copy:
    """A folder compared with the files that this program would write there; names are relative, with `/`."""

    folder: Path
    version: str | None = None
    """The version of the script in the folder; None where there is no script."""
    complete: bool = False
    """True when the last install was completed: the manifest is written last."""
    missing: list[str] = field(default_factory=list)
    different: list[str] = field(default_factory=list)
    """Files of another version, or files that somebody changed."""
    old: list[str] = field(default_factory=list)
    """Files that an earlier install wrote and this version does not have."""

    @property
    def current(self) -> bool:
        """True when every file is as this program would write it."""
        return not (self.missing or self.different or self.old)


def wanted(source: Path) -> dict[str, bytes]:
    """The files of the script: name → content."""
    return {path.relative_to(source).as_posix(): path.read_bytes() for path in sorted(source.rglob("*.py"))}


def look(target: Path, source: Path) -> Copy:
    """Compare a folder with what this program would write there, file by file."""
    files, written = wanted(source), manifest(target)
    copy = Copy(target, folders.version_of(target), bool(written))
    for name, data in files.items():
        there = _content(target / name)
        if there is None:
            copy.missing.append(name)
        elif there != data:
            copy.different.append(name)
    copy.old = [name for name, digest in written.items() if name not in files and _is(target, name, digest)]
    return copy


def manifest(target: Path) -> dict[str, str]:
    """Name → SHA-256 of the files that an install wrote; empty where there is no readable manifest."""
    try:
        with (target / MANIFEST).open("rb") as file:
            files = json.loads(file.read(_MANIFEST_BYTES))["files"]
        return {name: digest for name, digest in files.items() if _inside(name) and isinstance(digest, str)}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}


def write(target: Path, source: Path) -> tuple[int, int]:
    """Make `target` a copy of `source`; (files written, files of an older version removed).

    Raises:
      NotOurs: `target` is a link, contains a link to a folder, or files of another program.
      OSError: the folder or a file cannot be written; files that were written before stay.
    """
    check(target)
    files, before = wanted(source), manifest(target)
    count = sum(_write(target, name, data) for name, data in files.items())
    removed = sum(_remove(target, name, digest) for name, digest in before.items() if name not in files)
    digests = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    text = json.dumps({"version": folders.version_of(source), "files": digests}, indent=1)
    _write(target, MANIFEST, text.encode())
    return count, removed


def remove(target: Path) -> tuple[int, list[str]]:
    """Remove the files that an install wrote; (number of removed files, names of the files that are left).

    Raises:
      NotOurs: there is no manifest, or `target` is a link.
      OSError: a file cannot be removed.
    """
    check(target)
    written = manifest(target)
    if not written:
        raise NotOurs(f"{target} has no list of what was installed")
    count = sum(_remove(target, name, digest) for name, digest in written.items())
    (target / MANIFEST).unlink()
    left = sorted(path.relative_to(target).as_posix() for path in target.rglob("*") if not path.is_dir())
    for folder in sorted((path for path in target.rglob("*") if path.is_dir()), reverse=True):
        _remove_empty(folder)
    _remove_empty(target)
    return count, left


def check(target: Path) -> None:
    """Raise NotOurs for a folder that must not be written to."""
    if target.is_symlink():
        raise NotOurs(f"{target} is a symbolic link to {os.path.realpath(target)}; remove the link")
    if not target.exists():
        return
    if not target.is_dir():
        raise NotOurs(f"{target} is no folder")
    for link in _links(target):
        raise NotOurs(f"{link} is a symbolic link; remove it")
    known = folders.version_of(target) is not None or (target / MANIFEST).is_file()
    if not known and any(target.rglob("*.py")):
        raise NotOurs(f"{target} holds another program's files; move them away")


def _links(target: Path) -> Iterator[Path]:
    return (path for path in target.rglob("*") if path.is_symlink() and path.is_dir())


def _inside(name: str) -> bool:
    """True for a relative name that stays below the folder: a manifest may have been edited."""
    parts = PurePosixPath(name).parts
    return (
        bool(parts)
        and not name.startswith("/")
        and ".." not in parts
        and ":" not in name
        and "\\" not in name
    )


def _content(path: Path) -> bytes | None:
    try:
        return None if path.is_symlink() else path.read_bytes()
    except OSError:
        return None


def _is(target: Path, name: str, digest: str) -> bool:
    data = _content(target / name)
    return data is not None and hashlib.sha256(data).hexdigest() == digest


def _write(target: Path, name: str, data: bytes) -> bool:
    path = target / name
    if _content(path) == data:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    write_beside(path, data, mode=None)
    return True


def _remove(target: Path, name: str, digest: str) -> bool:
    """Remove a file with this hash, and its compiled files."""
    path = target / name
    if not _is(target, name, digest):
        return False
    path.unlink()
    for compiled in (path.parent / "__pycache__").glob(f"{path.stem}.*.pyc"):
        compiled.unlink(missing_ok=True)
    _remove_empty(path.parent / "__pycache__")
    if path.parent != target:
        _remove_empty(path.parent)
    return True


def _remove_empty(folder: Path) -> None:
    try:
        folder.rmdir()
    except OSError:
        # Not empty, or not there.
        pass
