"""The contents of Live's browser, as far as they have been read: folders in memory and on disk, searched by words.

Live returns one folder at a time and does not notify changes, so a folder is read when it is first needed and again
when it is old, a few in each search; the result counts the folders that have not been read yet. The file is a cache: a
damaged file is replaced.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Awaitable, Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec

from mirror.files import write_beside

from .sample_files import is_sample

PAGE = 200
"""The most items in one answer of the Remote Script."""
FOLDERS = 60
"""The most folders that one search reads from Live, which takes a second or two."""
OLD_S = 24 * 3600.0
DEEPEST = 8
MOST_FOLDERS = 20_000

ROOTS = (
    "instruments", "audio_effects", "midi_effects", "max_for_live", "drums", "sounds", "clips", "samples", "packs",
    "plugins", "user_library", "current_project",
)  # fmt: skip


class Item(msgspec.Struct, array_like=True, frozen=True):
    """An item of the browser."""

    name: str
    is_folder: bool
    is_loadable: bool
    uri: str = ""
    """Identifies the file of a sample (see `sample_files`); empty for other items."""


class Folder(msgspec.Struct):
    """A folder's items, and when they were read (seconds since 1970)."""

    read_at: float
    items: list[Item]


class Matches(msgspec.Struct):
    """The result of a search: (path, item), best first; `left` folders have not been read yet.

    `more`: True when there are more items than the limit.
    """

    items: list[tuple[str, Item]]
    left: int
    more: bool = False


Page = Callable[[str, int, int], Awaitable[dict[str, object]]]
"""A function that asks Live: (path, offset, limit) → {items, total}."""
Report = Callable[[float, float, str], Awaitable[None]]


class Library:
    """The folders that have been read.

    Args:
      path: The file that stores the folders between runs; None keeps them in memory only.
      wall: Returns the seconds since 1970.
    """

    def __init__(self, path: Path | None = None, wall: Callable[[], float] = time.time) -> None:
        self._path = path
        self._wall = wall
        self.folders: dict[str, Folder] = {}
        if path is not None:
            try:
                self.folders = msgspec.json.decode(path.read_bytes(), type=dict[str, Folder])
            except (OSError, msgspec.DecodeError):
                # The file is only a cache, so Live is asked again.
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

        Known folders are searched in memory; up to `FOLDERS` unknown or old folders are read from Live.
        """
        wanted = [letters(word) for word in words.split()]
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
                name, text = letters(item.name), letters(at)
                if all(word in text for word in wanted) and any(word in name for word in wanted):
                    matches.append((at, item))
                if item.is_folder and depth < DEEPEST:
                    waiting.append((at, depth + 1))
        if read:
            self._keep()
        matches.sort(key=lambda match: _rank(match, letters(words)))
        return Matches(matches[:limit], left, len(matches) > limit)

    def _keep(self) -> None:
        if self._path is None:
            return
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            write_beside(self._path, msgspec.json.encode(self.folders))
        except OSError:
            # Without this file the next run asks Live again.
            return


@lru_cache(maxsize=1 << 16)
def letters(text: str) -> str:
    """A name without case, spaces and signs: "Lo-Fi Kit" is "lofikit"; a name that has only signs is not changed."""
    return "".join(filter(str.isalnum, text.casefold())) or text.casefold()


def says(name: str, words: str) -> bool:
    """True when a name contains the words; case, spaces and signs do not matter."""
    return not words.strip() or letters(words) in letters(name)


def _item(entry: dict[str, Any]) -> Item:
    uri = str(entry.get("uri") or "") if is_sample(entry["name"]) else ""
    return Item(entry["name"], entry["is_folder"], entry["is_loadable"], uri)


def _rank(match: tuple[str, Item], wanted: str) -> tuple[bool, bool, int, str]:
    """The sort key of a match: loadable items first, then exact names, then items near the roots."""
    path, item = match
    stem = letters(item.name.rsplit(".", 1)[0])
    return not item.is_loadable, stem != wanted, path.count("/"), path
