"""The folder of a Set's history, below `~/.setmirror/sets`; only one process at a time writes there.

A Set is identified by its path; an unsaved or moved Set is identified by its epoch or by the names of its tracks and
scenes. A file is written under a temporary name and renamed, so after a crash the old or the new file is there.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from pathlib import Path

import msgspec

from mirror import errors
from mirror.files import write_beside
from mirror.store import Store
from remote_script.SetMirror.contract import auth

ALIKE = 0.8
"""The least share of common names at which a Set counts as the Set of a folder, under another path."""
FEWEST_NAMES = 4
"""A Set with fewer names cannot be recognized by them."""
FOLDERS = 500
"""The most folders; beyond that, the least recently used folder is deleted."""
ABOUT = "set.json"


class About(msgspec.Struct, frozen=True):
    """The description of a Set in its folder."""

    name: str
    path: str
    names: tuple[str, ...]
    epoch: str = ""


def about(store: Store) -> About:
    """The identity of the Set in a store."""
    song = store.nodes[store.root] if store.root is not None else None
    path = str(song.props.get("file_path") or "") if song is not None else ""
    names = {node.name for node in store.nodes.values() if node.type in ("Track", "Scene") and node.name}
    return About(song.name if song is not None else "", path, tuple(sorted(names)), store.epoch)


def folder_of(store: Store, sets: Path | None = None) -> Path:
    """The folder of the Set in a store; see `folder_for`."""
    return folder_for(about(store), sets)


def folder_for(now: About, sets: Path | None = None) -> Path:
    """The folder of this Set, which is created, or renamed if it has a former path of the same Set.

    Raises:
      NotAvailable: the folder cannot be written.
    """
    sets = sets or Path(auth.home()) / "sets"
    key = now.path or now.epoch or "\0".join(now.names)
    own = sets / hashlib.sha256(key.encode()).hexdigest()[:16]
    try:
        sets.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not own.is_dir():
            former = _former(sets, now)
            if former is not None:
                former.rename(own)
            own.mkdir(mode=0o700, exist_ok=True)
            _drop_old(sets, own)
        if _read_about(own) != now:
            write_beside(own / ABOUT, msgspec.json.encode(now))
    except OSError as problem:
        raise errors.NotAvailable(
            f"{own} cannot be written: {problem.strerror}", hint="check the permissions of ~/.setmirror"
        ) from None
    return own


def _read_about(folder: Path) -> About | None:
    try:
        return msgspec.json.decode((folder / ABOUT).read_bytes(), type=About)
    except (OSError, msgspec.DecodeError):
        return None


def _former(sets: Path, now: About) -> Path | None:
    """The folder of the same Set under a path that no longer exists, or from before the Set was saved."""
    best: tuple[float, Path] | None = None
    for folder in sets.iterdir():
        then = _read_about(folder)
        if then is None or (then.path and (then.path == now.path or Path(then.path).exists())):
            continue
        same = bool(now.epoch) and then.epoch == now.epoch
        share = 1.0 if same else _alike(then.names, now.names)
        if share >= ALIKE and (best is None or share > best[0]):
            best = share, folder
    return best[1] if best is not None else None


def _alike(one: tuple[str, ...], other: tuple[str, ...]) -> float:
    first, second = set(one), set(other)
    if min(len(first), len(second)) < FEWEST_NAMES:
        return 0.0
    return len(first & second) / len(first | second)


def _drop_old(sets: Path, own: Path) -> None:
    """Delete the folders of the least recently used Sets, except those with mixes that people saved by name."""
    droppable = [folder for folder in sets.iterdir() if folder != own and not list(folder.glob("*.mix"))]
    droppable.sort(key=lambda folder: folder.stat().st_mtime)
    for folder in droppable[: max(0, len(droppable) - FOLDERS)]:
        with suppress(OSError):
            for file in folder.iterdir():
                file.unlink()
            folder.rmdir()
