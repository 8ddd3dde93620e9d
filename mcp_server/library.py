"""What Live's browser holds, as far as it was looked into: folders kept in memory and on disk, searched by words.

Live tells a folder at a time and nothing of what changes in it, so a folder is read when it is first needed and again
when it has grown old, a few in each search; what is not read yet is said. The file is a cache: a broken one is begun
anew.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec

from mirror.files import write_beside

from .sample_files import is_sample

PAGE = 200
"""Items that the Remote Script tells at once."""
FOLDERS = 60
"""Read from Live in one search: a second or two."""
OLD_S = 24 * 3600.0
DEEPEST = 8
MOST_FOLDERS = 20_000

ROOTS = (
    "instruments", "audio_effects", "midi_effects", "max_for_live", "drums", "sounds", "clips", "samples", "packs",
    "plugins", "user_library", "current_project",
)  # fmt: skip


class Item(msgspec.Struct, array_like=True, frozen=True):
    """An item of the browser's."""

    name: str
    is_folder: bool
    is_loadable: bool
    uri: str = ""
    """Of samples, whose file it tells (see `sample_files`)."""


class Folder(msgspec.Struct):
    """A folder's items, and when they were read (seconds since 1970)."""

    read_at: float
    items: list[Item]


class Matches(msgspec.Struct):
    """What a search found: (path, item), best first; `left` folders below were not read yet.

    `more`: there are more items than the limit.
    """

    items: list[tuple[str, Item]]
    left: int
    more: bool = False


Page = Callable[[str, int, int], Awaitable[dict[str, object]]]
"""Asks Live: (path, offset, limit) → {items, total}."""
Report = Callable[[float, float, str], Awaitable[None]]


class Library:
    """The folders that are known; see the module.

    Args:
      path: Where they are kept between runs; None keeps them in memory only.
      wall: Seconds since 1970.
    """

    def __init__(self, path: Path | None = None, wall: Callable[[], float] = time.time) -> None:
        self._path = path
        self._wall = wall
        self.folders: dict[str, Folder] = {}
        if path is not None:
            try:
                self.folders = msgspec.json.decode(path.read_bytes(), type=dict[str, Folder])
            except (OSError, msgspec.DecodeError):
                # A cache: Live is asked again.
                self.folders = {}

    async def folder(self, path: str, page: Page) -> list[Item]:
        """The items of a folder as Live has them now."""
        items: list[Item] = []
        total = 1
        while len(items) < total:
            answer = await page(path, len(items), PAGE)
            total, part = answer["total"], answer["items"]  # type: ignore[assignment]
            assert isinstance(part, list)
            if not part:
                break
            items += [_item(entry) for entry in part]
        self.folders[path] = Folder(self._wall(), items)
        while len(self.folders) > MOST_FOLDERS:
            del self.folders[min(self.folders, key=lambda known: self.folders[known].read_at)]
        return items

    async def search(self, below: str, words: str, limit: int, page: Page, report: Report) -> Matches:
        """Items whose path has all the words, below a folder or everywhere ("").

        What is known is searched at once; up to `FOLDERS` folders that are not, or are old, are read from Live.
        """
        wanted = words.casefold().split()
        waiting = deque([(below, 0)] if below else [(root, 0) for root in ROOTS])
        matches: list[tuple[str, Item]] = []
        read = left = 0
        while waiting:
            path, depth = waiting.popleft()
            folder = self.folders.get(path)
            if folder is None or self._wall() - folder.read_at > OLD_S:
                if read < FOLDERS:
                    read += 1
                    await report(read, FOLDERS, path)
                    await self.folder(path, page)
                    folder = self.folders[path]
                elif folder is None:
                    left += 1
                    continue
            for item in folder.items:
                at = f"{path}/{item.name}"
                text = at.casefold()
                if all(word in text for word in wanted) and any(
                    word in item.name.casefold() for word in wanted
                ):
                    matches.append((at, item))
                if item.is_folder and depth < DEEPEST:
                    waiting.append((at, depth + 1))
        if read:
            self._keep()
        matches.sort(key=lambda match: _rank(match, wanted))
        return Matches(matches[:limit], left, len(matches) > limit)

    def _keep(self) -> None:
        if self._path is None:
            return
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            write_beside(self._path, msgspec.json.encode(self.folders))
        except OSError:
            # Then the next run asks Live again.
            return


def _item(entry: dict[str, Any]) -> Item:
    uri = str(entry.get("uri") or "") if is_sample(entry["name"]) else ""
    return Item(entry["name"], entry["is_folder"], entry["is_loadable"], uri)


def _rank(match: tuple[str, Item], wanted: list[str]) -> tuple[bool, bool, int, str]:
    """What can be loaded first, then exact names, then what is near the roots."""
    path, item = match
    stem = item.name.rsplit(".", 1)[0].casefold()
    return not item.is_loadable, stem != " ".join(wanted), path.count("/"), path
