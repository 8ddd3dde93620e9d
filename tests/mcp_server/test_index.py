"""Live's own library index, with its reported tables: searched by tags, kinds, words and sound, never written."""

from __future__ import annotations

import sqlite3
import struct
from pathlib import Path

import pytest
import trio.testing

from mcp_server.index import DIMENSIONS, FEATURES_VERSION, TAG, TAG_KEYS, VARIABLE
from tests.lean import demo_set
from tests.whole import Refused, whole_path

Clock = trio.testing.MockClock
WAV, ADG = (int.from_bytes(code, "big") for code in (b"wav-", b"adg-"))
FILES = [
    (1, None, "/", 0),
    (2, 1, "Users", 0),
    (3, 2, "User Library", 0),
    (4, 3, "Samples", 0),
    (5, 4, "Kick 100%.wav", WAV),
    (6, 4, "Kick Deep.wav", WAV),
    (7, 4, "Pad.wav", WAV),
    (8, 2, "Drum Essentials", 0),
    (9, 8, "808 Kit.adg", ADG),
    (20, None, "Drums|Kick", TAG),
    (21, None, "Kit", TAG),
]
TAGGED = [(5, 20), (6, 20), (9, 21), (9, 20)]


def sound(*first: float, version: int = FEATURES_VERSION) -> bytes:
    values = [*first, *[0.0] * (DIMENSIONS - len(first))]
    return struct.pack(f"<3i{DIMENSIONS}f", version, DIMENSIONS, 0, *values)


@pytest.fixture(params=["keywords", "metadata"])
def database(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A database in both forms of tags."""
    path = tmp_path / "Live-files-12300.db"
    with sqlite3.connect(path) as held:
        held.execute("CREATE TABLE files (file_id INTEGER, parent_id INTEGER, name TEXT, file_type INTEGER)")
        held.execute("CREATE TABLE places (file_id INTEGER, name TEXT)")
        held.execute("CREATE TABLE fe_values (file_id INTEGER, data BLOB, hash TEXT)")
        held.executemany("INSERT INTO places VALUES (?, ?)", [(3, "User Library"), (8, "Drum Essentials")])
        held.executemany(
            "INSERT INTO fe_values VALUES (?, ?, '')",
            [(5, sound(0.0)), (6, sound(0.1)), (7, sound(3.0, 4.0))],
        )
        if request.param == "keywords":
            held.execute("CREATE TABLE keywords (file_id INTEGER, keyw_id INTEGER)")
            held.executemany("INSERT INTO files VALUES (?, ?, ?, ?)", FILES)
            held.executemany("INSERT INTO keywords VALUES (?, ?)", TAGGED)
        else:
            names = {file_id: name for file_id, _, name, kind in FILES if kind == TAG}
            held.execute("CREATE TABLE metadata (file_id INTEGER, key INTEGER, value_id INTEGER)")
            held.execute("CREATE TABLE metadata_values (id INTEGER, value TEXT)")
            held.executemany(
                "INSERT INTO files VALUES (?, ?, ?, ?)", [each for each in FILES if each[3] != TAG]
            )
            held.executemany("INSERT INTO metadata_values VALUES (?, ?)", names.items())
            keyed = [(file_id, TAG_KEYS[n % 2], tag) for n, (file_id, tag) in enumerate(TAGGED)]
            held.executemany("INSERT INTO metadata VALUES (?, ?, ?)", keyed)
    held.close()
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    return path


def held_in(database: Path) -> bytes:
    return database.read_bytes()


def broken(database: Path, with_: bytes) -> None:
    database.write_bytes(with_)


async def test_tags_kinds_and_words_are_searched_without_a_request_to_live(
    database: Path, autojump_clock: Clock
) -> None:
    before = held_in(database)
    async with whole_path(demo_set()) as whole:

        async def found(**wish: object) -> list[str]:
            return [each["path"] for each in (await whole.call("browse", **wish))["items"]]

        kicks = ["user_library/Samples/Kick 100%.wav", "user_library/Samples/Kick Deep.wav"]
        kit = "packs/Drum Essentials/808 Kit.adg"
        assert await found(tags=["Drums|Kick"]) == [kit, *kicks]
        assert await found(tags=["kick"], path="samples") == kicks
        assert await found(tags=["Kick", "Kit"]) == [kit]
        assert await found(tags=["Kick"], match="100%") == kicks[:1]
        assert await found(tags=["Kick"], limit=1) == [kit]
        assert await found(tags=["Kic"]) == []
        (item,) = (await whole.call("browse", tags=["Kit"]))["items"]
        assert item == {
            "path": kit,
            "file": "/Users/Drum Essentials/808 Kit.adg",
            "tags": ["Drums|Kick", "Kit"],
        }
        assert whole.stage.script.executor.answers.counters["executed"] == 0
    assert held_in(database) == before


async def test_similar_sounds_are_sorted_by_similarity(database: Path, autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        near = (await whole.call("browse", similar_to="Kick 100%.wav"))["items"]
        assert [(each["path"].rsplit("/", 1)[-1], each["distance"]) for each in near] == [
            ("Kick Deep.wav", 0.1),
            ("Pad.wav", 5.0),
        ]
        with pytest.raises(Refused, match="analysed no sound"):
            await whole.call("browse", similar_to="Clap")
        with pytest.raises(Refused, match="stands alone"):
            await whole.call("browse", similar_to="Pad", tags=["Kick"])


async def test_an_unreadable_index_is_refused_with_the_next_step(
    database: Path, autojump_clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with whole_path(demo_set()) as whole:
        with pytest.raises(Refused, match="path` is a kind"):
            await whole.call("browse", tags=["Kick"], path="samples/Drums")
        with sqlite3.connect(database) as held:
            held.execute("UPDATE fe_values SET data = ? WHERE file_id = 7", [sound(1.0, version=19)])
        held.close()
        with pytest.raises(Refused, match="form 19"):
            await whole.call("browse", similar_to="Kick Deep")
        for text in (b"", b"not a database at all " * 100):
            broken(database, text)
            with pytest.raises(Refused, match="cannot be read"):
                await whole.call("browse", tags=["Kick"])
        monkeypatch.setenv(VARIABLE, str(database.parent / "nowhere"))
        with pytest.raises(Refused, match="was not found"):
            await whole.call("browse", tags=["Kick"])
