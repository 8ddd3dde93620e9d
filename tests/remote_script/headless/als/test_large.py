"""A large Set from a file has all objects of the file; benchmarks measure the time."""

from __future__ import annotations

from pathlib import Path

from remote_script.headless import HeadlessLive, load_als
from tests.benchmarks.large import counts, write_als


def test_a_large_set_is_loaded_completely(tmp_path: Path) -> None:
    path = tmp_path / "Large.als"
    write_als(path, 100, 1_000, 20_000, 20_000)
    live = HeadlessLive(load_als(str(path)))
    found = counts(live)
    assert found.pop("objects") > 20_000
    assert found == {"tracks": 100, "clips": 1_000, "notes": 20_000, "parameters": 20_000}
    assert {len(track.clip_slots) for track in live.song.tracks} == {len(live.song.scenes)}
    live.close()
