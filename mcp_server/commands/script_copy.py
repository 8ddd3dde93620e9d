"""A copy of the Remote Script in a `Remote Scripts` folder: written, compared, updated and removed.

The copy has a manifest with the hash of each written file. Only files with those hashes are removed: a file that a
person added or changed is left, and no file is written or removed through a symbolic link. Each file is replaced
atomically, the manifest last. The folder is not removed first, because indexers lock it and Live must never read half a
file.
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
class InstalledCopy:
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


def look(folder: Path, source: Path) -> InstalledCopy:
    """Compare a folder with what this program would write there, file by file."""
    files, written = wanted(source), manifest(folder)
    copy = InstalledCopy(folder, folders.version_of(folder), bool(written))
    for name, data in files.items():
        there = _content(folder / name)
        if there is None:
            copy.missing.append(name)
        elif there != data:
            copy.different.append(name)
    copy.old = [name for name, digest in written.items() if name not in files and _is(folder, name, digest)]
    return copy


def manifest(folder: Path) -> dict[str, str]:
    """Name → SHA-256 of the files that an install wrote; empty where there is no readable manifest."""
    try:
        with (folder / MANIFEST).open("rb") as file:
            files = json.loads(file.read(_MANIFEST_BYTES))["files"]
        return {name: digest for name, digest in files.items() if _inside(name) and isinstance(digest, str)}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}


def write(folder: Path, source: Path) -> tuple[int, int]:
    """Make `folder` a copy of `source`; returns (files written, files of an older version removed).

    Raises:
      NotOurs: `folder` is a link, contains a link to a folder, or files of another program.
      OSError: the folder or a file cannot be written; files that were written before it are left.
    """
    check(folder)
    files, before = wanted(source), manifest(folder)
    count = sum(_write(folder, name, data) for name, data in files.items())
    removed = sum(_remove(folder, name, digest) for name, digest in before.items() if name not in files)
    digests = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    text = json.dumps({"version": folders.version_of(source), "files": digests}, indent=1)
    _write(folder, MANIFEST, text.encode())
    return count, removed


def remove(folder: Path) -> tuple[int, list[str]]:
    """Remove the files that an install wrote; returns (number of removed files, names of the files that are left).

    Raises:
      NotOurs: there is no manifest, or `folder` is a link.
      OSError: a file cannot be removed.
    """
    check(folder)
    written = manifest(folder)
    if not written:
        raise NotOurs(f"{folder} has no list of what was installed")
    count = sum(_remove(folder, name, digest) for name, digest in written.items())
    (folder / MANIFEST).unlink()
    left = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir())
    for inner in sorted((path for path in folder.rglob("*") if path.is_dir()), reverse=True):
        _remove_empty(inner)
    _remove_empty(folder)
    return count, left


def check(folder: Path) -> None:
    """Raise NotOurs for a folder that must not be written to."""
    if folder.is_symlink():
        raise NotOurs(f"{folder} is a symbolic link to {os.path.realpath(folder)}; remove the link")
    if not folder.exists():
        return
    if not folder.is_dir():
        raise NotOurs(f"{folder} is no folder")
    for link in _links(folder):
        raise NotOurs(f"{link} is a symbolic link; remove it")
    known = folders.version_of(folder) is not None or (folder / MANIFEST).is_file()
    if not known and any(folder.rglob("*.py")):
        raise NotOurs(f"{folder} holds another program's files; move them away")


def _links(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_symlink() and path.is_dir())


def _inside(name: str) -> bool:
    """True for a relative name below the folder; a manifest may have been edited."""
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


def _is(folder: Path, name: str, digest: str) -> bool:
    data = _content(folder / name)
    return data is not None and hashlib.sha256(data).hexdigest() == digest


def _write(folder: Path, name: str, data: bytes) -> bool:
    path = folder / name
    if _content(path) == data:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    write_beside(path, data, mode=None)
    return True


def _remove(folder: Path, name: str, digest: str) -> bool:
    """Remove a file with this hash, and its compiled files."""
    path = folder / name
    if not _is(folder, name, digest):
        return False
    path.unlink()
    for compiled in (path.parent / "__pycache__").glob(f"{path.stem}.*.pyc"):
        compiled.unlink(missing_ok=True)
    _remove_empty(path.parent / "__pycache__")
    if path.parent != folder:
        _remove_empty(path.parent)
    return True


def _remove_empty(folder: Path) -> None:
    try:
        folder.rmdir()
    except OSError:
        # The folder is not empty, or does not exist.
        pass
