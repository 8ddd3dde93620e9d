"""The state of the Set at each client's last call, stored on disk, and the changes since a client's last visit.

A visit lasts from a client's first call until it has not called for `AWAY_S`. The open Set is compared with the state
at the last call of the visit before: from this server's memory, or from a file in the Set's folder. Files are written
every `SAVE_S` seconds and when the server stops; a crash loses the calls since the files were written.
"""

from __future__ import annotations

import logging
import time
import zlib
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import anyio
import anyio.to_thread
import msgspec

from mirror import Mirror, errors
from mirror.files import locked, write_beside
from mirror.store import Store

from .difference import SCREEN, Difference, difference, grouped
from .set_folder import about, folder_for

log = logging.getLogger("setmirror.history")

AWAY_S = 1800.0
"""A visit ends when the client has not called for so many seconds; its next call begins another visit."""
SAVE_S = 30.0
CLIENTS = 32
"""The most clients of one Set; beyond that, the client with the oldest last call is removed."""
VISITS = "visits.json"


class LastCall(msgspec.Struct, frozen=True):
    """The last call of a client: when (seconds since 1970), at which revision, and the file of the state."""

    time: float
    epoch: str
    revision: int
    state: str


class Here:
    """The state at a client's newest call. The nodes are immutable, so a copy of their index is a copy of the Set."""

    def __init__(self, now: float, store: Store) -> None:
        self.time = now
        self.epoch, self.revision, self.root = store.epoch, store.revision, store.root
        self.nodes = dict(store.nodes)
        self.saved = False

    def store(self) -> Store:
        return Store.of_nodes(self.nodes.values(), self.epoch, self.root)


class Visits:
    """The visits of all clients; `folder` contains the folders of Sets, None keeps visits in memory only."""

    def __init__(
        self, mirror: Mirror, folder: Path | None = None, wall: Callable[[], float] = time.time
    ) -> None:
        self._mirror = mirror
        self._folder = folder
        self._wall = wall
        self._here: OrderedDict[str, Here] = OrderedDict()
        self._before: dict[str, Here | None] = {}
        """For each client, the state that its present visit is compared with."""
        self._epoch = ""
        self._left: list[tuple[str, Here]] = []
        """States of past epochs that are still to be written."""

    def call(self, who: str) -> None:
        """Record a call of a client."""
        store, now = self._mirror.store, self._wall()
        if not store.epoch or not self._mirror.synced:
            # An incomplete Set cannot be compared with a later state.
            return
        if store.epoch != self._epoch:
            self._change_epoch(store.epoch)
        here = self._here.get(who)
        if here is not None and now - here.time > AWAY_S:
            self._before[who] = here
            here = None
        if here is None or here.revision != store.revision:
            self._here[who] = Here(now, store)
        else:
            here.time = now
        self._here.move_to_end(who)
        while len(self._here) > CLIENTS:
            self._before.pop(self._here.popitem(last=False)[0], None)

    def _change_epoch(self, epoch: str) -> None:
        """Start with another Set, or with the same Set after a restart of Live; the folder shows which."""
        self._left += [(who, here) for who, here in self._here.items() if not here.saved]
        self._here.clear()
        self._before.clear()
        self._epoch = epoch

    def since(self, who: str) -> tuple[float, Store] | None:
        """The time of the client's previous visit and the state of the Set at that time; None if it is not known."""
        before = self.before(who)
        return None if before is None else (before.time, before.store())

    def before(self, who: str) -> Here | None:
        """The state at the client's previous visit; None if it is not known."""
        if who not in self._before:
            self._before[who] = self._visit_before(who)
        return self._before[who]

    def _own_folder(self) -> Path:
        assert self._folder is not None
        return folder_for(about(self._mirror.store), self._folder)

    def changes_since_visit(
        self, who: str, compared: Callable[[Store], list[Difference]], limit: int = SCREEN
    ) -> dict[str, Any]:
        """The changes since a client's previous visit, as `grouped` returns them, and the time of that visit.

        Args:
          compared: Returns the changes from a state to the open Set that the client may see.
        """
        before = self.since(who)
        if before is None:
            note = (
                "this is your first visit to this Set, as far as is known: there is no state to compare with"
            )
            return {"groups": [], "notes": [note]}
        clock = time.strftime("%Y-%m-%d %H:%M", time.localtime(before[0]))
        return {"last_here": clock, **grouped(compared(before[1]), limit)}

    def _visit_before(self, who: str) -> Here | None:
        """The client's previous visit, from an earlier epoch or an earlier server process."""
        if self._folder is None:
            return next((here for name, here in reversed(self._left) if name == who), None)
        self._write(self._take_left())
        folder = self._own_folder()
        visit = read_visits(folder).get(who)
        if visit is None:
            return None
        try:
            here = Here(visit.time, read_state(folder / visit.state))
        except (OSError, ValueError, errors.MirrorError) as problem:
            log.warning("the state at the last visit of %s cannot be read: %s", who, problem)
            return None
        here.saved = True
        return here

    # -- on disk -----------------------------------------------------------------------------------

    async def run(self) -> None:
        """Write new states every `SAVE_S` until cancelled, and once more at the end."""
        try:
            while True:
                await anyio.sleep(SAVE_S)
                await anyio.to_thread.run_sync(self.save)
        finally:
            self.save()

    def save(self) -> None:
        """Write the states at the newest calls; a failure of the disk is logged, never raised."""
        if self._folder is None:
            return
        for who in list(self._here):
            # The file has the previous visit: it is read before this visit overwrites the file.
            if who not in self._before:
                self._before[who] = self._visit_before(who)
        self._write(
            [*self._take_left(), *((who, here) for who, here in self._here.items() if not here.saved)]
        )

    def _take_left(self) -> list[tuple[str, Here]]:
        left, self._left = self._left, []
        return left

    def _write(self, waiting: list[tuple[str, Here]]) -> None:
        assert self._folder is not None
        for who, here in waiting:
            try:
                folder = folder_for(about(here.store()), self._folder)
                with locked(folder):
                    save_visit(folder, who, here)
                here.saved = True
            except (OSError, errors.MirrorError) as problem:
                log.warning("the state for %s is not written: %s", who, problem)


def read_visits(folder: Path) -> dict[str, LastCall]:
    """The last visits of all clients; empty where the file is missing or damaged."""
    try:
        return msgspec.json.decode((folder / VISITS).read_bytes(), type=dict[str, LastCall])
    except (OSError, msgspec.DecodeError):
        return {}


def save_visit(folder: Path, who: str, here: Here) -> None:
    """Write a client's state, then the list of visits; files that no visit uses are removed."""
    name = f"{zlib.crc32(here.epoch.encode()):08x}-{here.revision}.state"
    if not (folder / name).exists():
        write_beside(folder / name, state_bytes(here))
    visits = {**read_visits(folder), who: LastCall(here.time, here.epoch, here.revision, name)}
    newest = sorted(visits, key=lambda client: visits[client].time)[-CLIENTS:]
    visits = {client: visits[client] for client in newest}
    write_beside(folder / VISITS, msgspec.json.encode(visits))
    named = {visit.state for visit in visits.values()}
    for file in folder.glob("*.state"):
        if file.name not in named:
            with suppress(OSError):
                file.unlink()


def state_bytes(here: Here) -> bytes:
    """The content of a state's file: a line for the epoch and the root, then a line for each object, compressed."""
    head = msgspec.json.encode([here.epoch, here.root])
    lines = [
        msgspec.json.encode([node.id, node.type, node.parent, node.role, node.props, node.children])
        for node in here.nodes.values()
    ]
    return zlib.compress(b"\n".join([head, *lines]), 1)


def read_state(path: Path) -> Store:
    """The state of a file; ValueError or OSError where it cannot be read."""
    try:
        lines = zlib.decompress(path.read_bytes()).split(b"\n")
    except zlib.error as problem:
        raise ValueError(f"{path} is damaged: {problem}") from None
    epoch, root = msgspec.json.decode(lines[0])
    made = Store.of_objects([_plain(msgspec.json.decode(line)) for line in lines[1:]], str(epoch))
    made.root = root
    return made


def _plain(row: Any) -> Any:
    """A node's row with notes as lists, the form of a snapshot."""
    for name, value in row[4].items():
        if isinstance(value, list) and value and isinstance(value[0], dict) and "note_id" in value[0]:
            row[4][name] = [list(note.values()) for note in value]
    return row


# -- in words ------------------------------------------------------------------------------------------------


def differences(before: Store, now: Store, limit: int = SCREEN) -> dict[str, Any]:
    """The changes between two states, as `grouped` returns them."""
    return grouped(difference(before, now), limit)
