"""Files on disk: the event log with its rotation, and recorded sessions that can be replayed."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
import trio

import mirror.journal
from mirror import Event, Set, errors, open_mirror
from mirror.files import locked
from mirror.journal import Journal, read, read_folder
from mirror.record import Recorder, Replay

from .conftest import Clock, Open
from .peer import TOKEN, Peer, note, plain, truth


def event(seq: int, time: float = 0.0) -> Event:
    return Event(seq, time, "e1", seq, "set", "live", "tracks/1", 3, "Track", "name", "Bass", "a", "b")


def test_events_are_lines_that_read_back(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "log", wall=lambda: 0.0)
    journal.write([event(1), event(2)])
    journal.write([event(3)])
    assert read(journal.path) == [event(1), event(2), event(3)]
    assert journal.path.stat().st_mode & 0o077 == 0
    assert json.loads(journal.path.read_text().splitlines()[0])["ref"] == "tracks/1"


def test_a_full_file_is_rotated_and_the_oldest_are_deleted(tmp_path: Path) -> None:
    journal = Journal(tmp_path, file_bytes=300, files_kept=3, wall=lambda: 0.0)
    for number in range(40):
        journal.write([event(number)])
    files = sorted(tmp_path.glob("events-*.jsonl"))
    assert len(files) == 3
    kept = [each.seq for path in [*files, journal.path] for each in read(path)]
    assert kept == list(range(kept[0], 40))
    assert all(path.stat().st_size < 600 for path in files)


def test_an_old_file_is_rotated(tmp_path: Path) -> None:
    now = [1000.0]
    journal = Journal(tmp_path, file_age_s=100, wall=lambda: now[0])
    journal.write([event(1, time=1000.0)])
    now[0] = 1099.0
    journal.write([event(2)])
    assert len(list(tmp_path.glob("*.jsonl"))) == 1
    now[0] = 1100.0
    journal.write([event(3)])
    assert len(list(tmp_path.glob("*.jsonl"))) == 2
    assert read(journal.path) == [event(3)]


def test_a_line_cut_by_a_crash_is_skipped(tmp_path: Path) -> None:
    journal = Journal(tmp_path, wall=lambda: 0.0)
    journal.write([event(1)])
    with open(journal.path, "ab") as file:
        file.write(b'{"seq":2,"ti\n')
    journal.write([event(3)])
    assert read(journal.path) == [event(1), event(3)]


def test_a_failing_disk_affects_only_the_file(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "taken").write_text("a file where the folder should be")
    journal = Journal(tmp_path / "taken")
    journal.write([event(1)])
    journal.write([event(2)])
    assert journal.failed == 2
    assert caplog.text.count("not written") == 1


async def test_the_journal_follows_the_log(peer_in_real_time: Peer, tmp_path: Path) -> None:
    peer = peer_in_real_time
    journal = Journal(tmp_path, wall=lambda: 1.0)
    async with open_mirror(peer.connect, TOKEN) as mirror:
        await mirror.wait_synced()
        async with trio.open_nursery() as nursery:
            nursery.start_soon(journal.run, mirror.log, 0)
            for number in range(20):
                peer.set(3, "name", f"Bass {number}")
            with trio.fail_after(60):
                while not journal.path.exists() or len(read(journal.path)) < 20:  # noqa: ASYNC110
                    await trio.sleep(0.01)
            nursery.cancel_scope.cancel()
        assert [each.after for each in read(journal.path)] == [f"Bass {number}" for number in range(20)]


async def test_a_journal_buffers_events_and_writes_all_before_its_end(
    peer_in_real_time: Peer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mirror.journal, "TOGETHER_S", math.inf)
    peer = peer_in_real_time
    journal = Journal(tmp_path, wall=lambda: 1.0)
    appends: list[int] = []
    journal.write = lambda events: appends.append(len(events)) or Journal.write(journal, events)  # type: ignore[method-assign]
    async with open_mirror(peer.connect, TOKEN) as opened:
        await opened.wait_synced()
        async with trio.open_nursery() as nursery:
            nursery.start_soon(journal.run, opened.log, 0)
            with trio.fail_after(60):
                for number in range(20):
                    peer.set(3, "name", f"Bass {number}")
                    await opened.wait_for(peer.revision)
                while not appends:  # noqa: ASYNC110
                    await trio.sleep(0.01)
            nursery.cancel_scope.cancel()
        assert [event.after for event in read(journal.path)] == [f"Bass {number}" for number in range(20)]
        assert len(appends) == 2


@pytest.fixture
def peer_in_real_time(nursery: trio.Nursery) -> Peer:
    return Peer(nursery)


# -- recording and replay --------------------------------------------------------------------------


async def recorded(peer: Peer, opened: Open, path: Path) -> tuple[Any, list[Event]]:
    """Record a session with changes, a write and a lost link; returns the mirror's final state and log."""
    with Recorder(path, clock=trio.current_time) as recorder:
        async with opened(recorder=recorder) as mirror:
            await trio.sleep(3)
            peer.set(3, "name", "Sub")
            peer.batch(["content", 40, "notes", [note(9, 50, 2.0)], [1]])
            await mirror.wait_for(peer.revision)
            await mirror.write([Set("song", "tempo", 99.0)], author="agent")
            peer.cut()
            peer.add_track("Keys")
            await trio.sleep(10)
            peer.remove_track(2)
            await trio.sleep(5)
            assert plain(mirror.store.nodes) == truth(peer.rows)
            return plain(mirror.store.nodes), mirror.log.last(1000)


@pytest.mark.parametrize("speed", [1.0, 10.0, math.inf])
async def test_a_mirror_can_follow_a_recorded_session(
    clock: Clock, peer: Peer, opened: Open, tmp_path: Path, speed: float
) -> None:
    held, events = await recorded(peer, opened, tmp_path / "session.ndjson")
    replay = Replay(tmp_path / "session.ndjson", TOKEN, speed=speed)
    async with open_mirror(replay.connect, TOKEN) as mirror:
        with trio.fail_after(60):
            while not replay.finished:  # noqa: ASYNC110
                await trio.sleep(0.1)
            await trio.sleep(5)
        assert mirror.synced
        assert plain(mirror.store.nodes) == held
        changed = [(e.kind, e.ref, e.name, e.after, e.who) for e in events if e.kind != "resynced"]
        assert [
            (e.kind, e.ref, e.name, e.after, e.who) for e in mirror.log.last(1000) if e.kind != "resynced"
        ] == changed
        with pytest.raises(errors.Denied):
            await mirror.write([Set("song", "tempo", 77.0)])


async def test_a_recording_holds_no_proofs(clock: Clock, peer: Peer, opened: Open, tmp_path: Path) -> None:
    await recorded(peer, opened, tmp_path / "session.ndjson")
    text = (tmp_path / "session.ndjson").read_text()
    assert "bridge.authenticate" in text
    assert "proof" not in text
    assert "nonce" not in text
    assert TOKEN not in text


async def test_a_replay_requires_the_token(clock: Clock, peer: Peer, opened: Open, tmp_path: Path) -> None:
    await recorded(peer, opened, tmp_path / "session.ndjson")
    replay = Replay(tmp_path / "session.ndjson", "cd" * 32)
    async with open_mirror(replay.connect, TOKEN) as mirror:
        await trio.sleep(5)
        assert not mirror.synced
        assert mirror.epoch == ""


def test_a_file_that_is_not_a_recording_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("hello\n")
    with pytest.raises(errors.InvalidValue, match="no recording"):
        Replay(tmp_path / "x", TOKEN)
    (tmp_path / "y").write_text("")
    with pytest.raises(errors.InvalidValue, match="no session"):
        Replay(tmp_path / "y", TOKEN)


def test_a_recording_ends_at_its_bound(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with Recorder(tmp_path / "r", most_bytes=1000) as recorder:
        for _ in range(100):
            recorder(
                "<", b'{"jsonrpc":"2.0","method":"bridge.heartbeat","params":{"epoch":"e","revision":1}}'
            )
    assert (tmp_path / "r").stat().st_size <= 1000
    assert caplog.text.count("full") == 1


def test_a_journal_that_is_cut_at_any_byte_loses_at_most_the_line_being_written(tmp_path: Path) -> None:
    journal = Journal(tmp_path, wall=lambda: 0.0)
    journal.write([event(1), event(2)])
    whole = journal.path.read_bytes()
    first = whole.index(b"\n") + 1
    for length in range(first, len(whole)):
        journal.path.write_bytes(whole[:length])
        journal.write([event(3)])
        past = read_folder(tmp_path)
        assert [each.seq for each in past.events if each.seq != 2] == [1, 3], length
        assert past.damaged == (length not in (first, len(whole) - 1)), length


def test_records_of_two_servers_are_read_once(tmp_path: Path) -> None:
    for _ in range(2):
        Journal(tmp_path, wall=lambda: 0.0).write([event(1), event(2)])
    past = read_folder(tmp_path)
    assert past.events == [event(1), event(2)]


def test_a_journal_that_another_process_holds_costs_events_and_no_error(tmp_path: Path) -> None:
    journal = Journal(tmp_path, wall=lambda: 0.0)
    with locked(tmp_path):
        journal.write([event(1)])
    assert journal.failed == 1
    journal.write([event(2)])
    assert [each.seq for each in read(journal.path)] == [2]
