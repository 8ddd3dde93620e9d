"""A day of 2,000 changes a second, scaled down: log, journal and stored states stay within their bounds."""

from __future__ import annotations

from pathlib import Path

from mcp_server.history import visits
from mcp_server.history.changes import changes
from mcp_server.history.visits import Here, save_visit
from mirror.events import EventLog
from mirror.files import locked
from mirror.journal import Journal, read_folder
from tests.mcp_server.history.test_histories import TRACKS, World

RATE = 2000
SCALE = 1000
"""The scale by which the day and all bounds are smaller."""
CHANGES = RATE * 86_400 // SCALE
EVENTS, FILE_BYTES, FILES = 100_000 // SCALE, 16 * 1024 * 1024 // SCALE, 20
SLICE = 500


def test_a_day_of_changes_stays_within_the_bounds(tmp_path: Path) -> None:
    world = World()
    log = EventLog(world.store, lambda: 0.0, kept=EVENTS, kept_bytes=EVENTS * 700)
    wall = [0.0]
    journal = Journal(
        tmp_path / "journal",
        file_bytes=FILE_BYTES,
        files_kept=FILES,
        wall=lambda: wall[0],
        lines=lambda events: [each.to_line() for each in changes(events)],
    )
    follower_at = 0
    keys = [(track + 2, "value") for track in TRACKS] + [(track, "mute") for track in TRACKS]
    for number in range(CHANGES):
        key = keys[number // 40 % len(keys)]
        value = number % 2 == 0 if key[1] == "mute" else number % 1000 / 1000
        applied = world.store.apply(world.store.revision + 1, [["set", *key, value]])
        wall[0] = number * SCALE / RATE
        log.record(applied, wall[0], "live", None, None)
        assert len(log) <= EVENTS
        if number % SLICE == SLICE - 1:
            journal.write(log.since(max(follower_at, log.oldest)))
            follower_at = log.latest
    assert log.dropped == CHANGES - len(log)
    sizes = [path.stat().st_size for path in (tmp_path / "journal").glob("*.jsonl")]
    assert FILES // 2 < len(sizes) <= FILES + 1
    # A file is rotated at the first write after it is full.
    assert max(sizes) < FILE_BYTES + SLICE * 400
    past = read_folder(tmp_path / "journal")
    assert past.damaged == 0
    assert past.events[-1].revision == follower_at
    assert journal.failed == 0


def test_states_are_kept_for_a_bounded_number_of_clients(tmp_path: Path) -> None:
    world = World()
    for number in range(visits.CLIENTS * 2):
        world.edit("live", {(1, "tempo"): 60.0 + number})
        with locked(tmp_path):
            save_visit(tmp_path, f"client {number}", Here(float(number), world.store))
    files = [path.name for path in tmp_path.iterdir()]
    assert len([name for name in files if name.endswith(".state")]) == visits.CLIENTS
    assert sorted(name for name in files if not name.endswith(".state")) == ["lock", visits.VISITS]
