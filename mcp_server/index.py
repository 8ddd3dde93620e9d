"""Live's own index of the library (tags, kinds, similar sounds), which can also be read while Live is not running.

Live stores the index in SQLite (reported for 12.2 to 12.4, not documented): `files` is a tree with a FourCC as kind,
`places` are its roots, tags are in `keywords` or `metadata`, and `fe_values` has 64 floats for each analysed sound. The
database is opened read-only and immutable, so Live never waits for us; an unknown structure is refused, not guessed.
"""

from __future__ import annotations

import math
import os
import sqlite3
import struct
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

from mirror import errors

VARIABLE = "SETMIRROR_LIVE_DATABASE"
"""The environment variable with the folder of the databases, if it is not Live's usual folder."""
DEEPEST = 64
"""The most folders above a file; a deeper tree counts as damaged."""
FEATURES = struct.Struct("<3i")
FEATURES_VERSION, DIMENSIONS = 18, 64
"""Version and length of the data in `fe_values`, as reported; data of another version is refused."""


def _four(code: str) -> int:
    return int.from_bytes(code.encode("ascii"), "big")


TAG = _four("keyw")
TAG_KEYS = (_four("KEYW"), _four("CKEY"))
"""Keys of the tags of packs and users, and of the tags that Live finds by analysing sounds."""
KINDS = {
    "samples": ("wav-", "aif-", "flac", "mp3-", "rex-", "ogg-"),
    "sounds": ("adv-", "adg-"),
    "instruments": ("adv-", "adg-"),
    "drums": ("adg-",),
    "audio_effects": ("adg-", "adv-", "amp-"),
    "midi_effects": ("adg-", "adv-"),
    "max_for_live": ("amxd", "alc-"),
    "clips": ("alc-", "als-"),
    "plugins": ("plg-", "vstp", "vst3"),
}
"""The browser's roots → the kinds of files there."""


class Hit(NamedTuple):
    """A file: `path` in the browser, `file` on disk, `distance` of its sound (0: the same, about 1: different)."""

    path: str
    file: str
    tags: list[str]
    distance: float | None = None


def folder() -> Path:
    """The folder of Live's databases on this system."""
    named = os.environ.get(VARIABLE)
    if named:
        return Path(named)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", "")) / "Ableton" / "Live Database"
    return Path.home() / "Library" / "Application Support" / "Ableton" / "Live Database"


@contextmanager
def opened() -> Iterator[Index]:
    """Open the newest index; raises NotAvailable if no index exists or can be read."""
    where = folder()
    databases = sorted(where.glob("Live-files-*.db"), key=lambda path: path.stat().st_mtime)
    if not databases:
        raise errors.NotAvailable(
            f"Live's library index was not found in {where}",
            hint=f"start Live 12 once; {VARIABLE} names another folder",
        )
    try:
        with closing(
            sqlite3.connect(f"file:{quote(str(databases[-1]))}?mode=ro&immutable=1", uri=True)
        ) as database:
            yield Index(database)
    except sqlite3.Error as problem:
        raise errors.NotAvailable(
            f"Live's library index {databases[-1].name} cannot be read: {problem}",
            hint="its format is not documented; browse without tags and similar_to asks Live itself",
        ) from None


class Index:
    """One database of the index."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        self._columns = {
            table: {row[1] for row in database.execute(f"PRAGMA table_info({table})")}
            for table in ("files", "places", "keywords", "metadata", "fe_values")
        }
        if not {"file_id", "parent_id", "name", "file_type"} <= self._columns["files"]:
            raise sqlite3.DatabaseError("the index has no known table of files")

    def search(self, words: str, tags: list[str], kind: str, limit: int) -> list[Hit]:
        """Files that have all the tags and whose names have all the words; `kind` is a root of the browser or "".

        A tag matches by its whole name or by a part of it: "Kick" matches "Drums|Kick".
        """
        where: list[str] = ["f.file_type != ?"]
        values: list[Any] = [TAG]
        for word in words.split():
            where.append("f.name LIKE ? ESCAPE '\\'")
            values.append("%" + _literal(word) + "%")
        if kind:
            codes = [_four(code) for code in KINDS[kind]]
            where.append(f"f.file_type IN ({','.join('?' * len(codes))})")
            values += codes
        for tag in tags:
            tagged, named = self._tagged(tag)
            where.append(f"f.file_id IN ({tagged})")
            values += named
        rows = self._database.execute(
            f"SELECT f.file_id FROM files f WHERE {' AND '.join(where)} ORDER BY f.name LIMIT ?",
            [*values, limit],
        )
        return [self._hit(row[0]) for row in rows.fetchall()]

    def similar(self, name: str, limit: int) -> list[Hit]:
        """The most similar sounds to the file with this name, by Live's analysis of their first seconds.

        Raises:
          NotFound: no analysed sound has that name.
          NotAvailable: the analysis has an unknown form.
        """
        like = "%" + _literal(name.replace("\\", "/").rsplit("/", 1)[-1]) + "%"
        chosen = self._database.execute(
            "SELECT v.file_id, v.data FROM fe_values v JOIN files f ON f.file_id = v.file_id"
            " WHERE f.name LIKE ? ESCAPE '\\' ORDER BY length(f.name), f.name LIMIT 1",
            [like],
        ).fetchone()
        if chosen is None:
            raise errors.NotFound(
                f"Live has analysed no sound named {name[:100]!r}",
                name[:100],
                hint="browse with match finds samples; Live analyses the folders of its browser",
            )
        base = _features(chosen[1])
        distances = [
            (math.dist(base, _features(data)), file_id)
            for file_id, data in self._database.execute("SELECT file_id, data FROM fe_values")
            if file_id != chosen[0]
        ]
        distances.sort()
        return [
            self._hit(file_id)._replace(distance=round(distance, 4))
            for distance, file_id in distances[:limit]
        ]

    def file(self, file_id: int) -> str | None:
        """The absolute path of a file by its number."""
        hit = self._hit(file_id)
        return hit.file if hit.file != "/" else None

    def place(self, name: str) -> str | None:
        """The absolute path of one of the browser's places, such as "User Library"."""
        row = self._database.execute(
            "SELECT p.file_id FROM places p JOIN files f ON f.file_id = p.file_id WHERE f.name = ?", [name]
        ).fetchone()
        return None if row is None else self._hit(row[0]).file

    def _tagged(self, tag: str) -> tuple[str, list[Any]]:
        """An SQL query for the files with a tag, in either form of tags, and the query's values."""
        like = _literal(tag)
        forms = [like, f"{like}|%", f"%|{like}", f"%|{like}|%"]
        queries: list[str] = []
        values: list[Any] = []
        if {"file_id", "keyw_id"} <= self._columns["keywords"]:
            named = " OR ".join(["t.name LIKE ? ESCAPE '\\'"] * len(forms))
            queries.append(
                "SELECT k.file_id FROM keywords k JOIN files t ON t.file_id = k.keyw_id"
                f" WHERE t.file_type = ? AND ({named})"
            )
            values += [TAG, *forms]
        if {"file_id", "key", "value_id"} <= self._columns["metadata"]:
            named = " OR ".join(["v.value LIKE ? ESCAPE '\\'"] * len(forms))
            queries.append(
                "SELECT m.file_id FROM metadata m JOIN metadata_values v ON v.id = m.value_id"
                f" WHERE m.key IN (?, ?) AND ({named})"
            )
            values += [*TAG_KEYS, *forms]
        return " UNION ".join(queries) or "SELECT NULL WHERE 0", values

    def _hit(self, file_id: int) -> Hit:
        names: list[str] = []
        place, place_at = "", 0
        current: int | None = file_id
        for _ in range(DEEPEST):
            row = self._database.execute(
                "SELECT f.name, f.parent_id, p.file_id FROM files f LEFT JOIN places p ON p.file_id = f.file_id"
                " WHERE f.file_id = ?",
                [current],
            ).fetchone()
            if row is None:
                break
            if row[2] is not None and not place:
                place, place_at = row[0], len(names)
            names.append(row[0])
            current = row[1]
        inside = names[:place_at] if place else names[:1]
        root = "user_library" if place == "User Library" else f"packs/{place}" if place else ""
        path = "/".join(part for part in [root, *reversed(inside)] if part)
        return Hit(path, "/".join(part.rstrip("/\\") for part in reversed(names)) or "/", self._tags(file_id))

    def _tags(self, file_id: int) -> list[str]:
        tags: set[str] = set()
        if {"file_id", "keyw_id"} <= self._columns["keywords"]:
            tags |= {
                row[0]
                for row in self._database.execute(
                    "SELECT t.name FROM keywords k JOIN files t ON t.file_id = k.keyw_id WHERE k.file_id = ?",
                    [file_id],
                )
            }
        if {"file_id", "key", "value_id"} <= self._columns["metadata"]:
            tags |= {
                row[0]
                for row in self._database.execute(
                    "SELECT v.value FROM metadata m JOIN metadata_values v ON v.id = m.value_id"
                    " WHERE m.file_id = ? AND m.key IN (?, ?)",
                    [file_id, *TAG_KEYS],
                )
            }
        return sorted(tags)


def _literal(text: str) -> str:
    """A text as a literal for LIKE, with % and _ escaped."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _features(data: bytes) -> tuple[float, ...]:
    version, dimensions, _ = FEATURES.unpack_from(data) if len(data) >= FEATURES.size else (0, 0, 0)
    if (version, dimensions) != (FEATURES_VERSION, DIMENSIONS) or len(data) < FEATURES.size + 4 * DIMENSIONS:
        raise errors.NotAvailable(
            f"Live's analysis of sounds has form {version} with {dimensions} numbers; known is"
            f" {FEATURES_VERSION} with {DIMENSIONS}",
            hint="search by tags or words instead; a newer SetMirror may know it",
        )
    return struct.unpack_from(f"<{DIMENSIONS}f", data, FEATURES.size)
