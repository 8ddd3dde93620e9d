"""Notices and their subscribers, and the event log, through resyncs and other Sets."""

from __future__ import annotations

import copy
from typing import Any

import pytest
import trio

from mirror import Event, Notice, Set, errors
from mirror.events import EventLog
from mirror.store import Store
from mirror.subscriptions import Hub, Pattern

from .conftest import Clock, Open
from .peer import Peer, obj, small_set
from .test_store import filled, refill, renumbered


def heard(store: Store, patterns: Any, changes: list[Any]) -> set[str]:
    """The refs in the notices to a subscriber of `patterns` after `changes`."""
    hub = Hub(store)
    stream = hub.subscribe(patterns)
    hub.publish(store.apply(store.revision + 1, changes))
    return set(stream._waiting)


NAME = ["set", 3, "name", "Sub"]
VOLUME = ["set", 33, "value", 0.1]
NOTES = ["content", 40, "notes", [], [1]]
HEARD: list[tuple[Any, Any, set[str]]] = [
    (["tracks/1"], NAME, {"tracks/1"}),
    (["tracks/0"], NAME, set()),
    (["tracks/1"], VOLUME, {"tracks/1"}),
    (["tracks/1/mixer_device"], VOLUME, {"tracks/1/mixer_device"}),
    (["tracks/*/mixer_device/volume"], VOLUME, {"tracks/1/mixer_device/volume"}),
    (["tracks/*"], VOLUME, {"tracks/1"}),
    (["song"], VOLUME, set()),
    (["song"], NAME, {"song"}),
    (["song"], ["set", 1, "tempo", 99.0], {"song"}),
    (["**"], VOLUME, {"tracks/1", "tracks/1/mixer_device", "tracks/1/mixer_device/volume"}),
    (["tracks/1/**"], VOLUME, {"tracks/1", "tracks/1/mixer_device", "tracks/1/mixer_device/volume"}),
    (["**/volume"], VOLUME, {"tracks/1/mixer_device/volume"}),
    ([33], VOLUME, {"tracks/1/mixer_device/volume"}),
    (["id:33"], VOLUME, {"tracks/1/mixer_device/volume"}),
    (["Bass"], VOLUME, {"tracks/1"}),
    (["tracks/1[Bass]"], VOLUME, {"tracks/1"}),
    (["tracks/1[Drums]"], VOLUME, set()),
    (["tracks/*[Bass]/mixer_device/volume"], VOLUME, {"tracks/1/mixer_device/volume"}),
    (["tracks/*[Drums]/mixer_device/volume"], VOLUME, set()),
    (["tracks/0/clip_slots/0"], NOTES, {"tracks/0/clip_slots/0"}),
    (["tracks/0/clip_slots/0/clip"], NOTES, {"tracks/0/clip_slots/0/clip"}),
    (["tracks/0"], NOTES, set()),
    (["tracks/0/**"], NOTES, {"tracks/0/clip_slots/0", "tracks/0/clip_slots/0/clip"}),
    (["scenes/0", "tracks/1"], NAME, {"tracks/1"}),
    (["tracks/1"], ["children", 1, "tracks", [3, 2]], {"tracks/1"}),
    (["song"], ["children", 1, "tracks", [3, 2]], {"song"}),
    (["tracks/*"], ["children", 1, "tracks", [3, 2]], {"tracks/0", "tracks/1"}),
    ([3], ["children", 1, "tracks", [3, 2]], {"tracks/0", "tracks/1"}),
]


@pytest.mark.parametrize(("patterns", "change", "refs"), HEARD, ids=[str(n) for n in range(len(HEARD))])
def test_a_pattern_matches_its_events_only(patterns: Any, change: list[Any], refs: set[str]) -> None:
    assert heard(filled(), patterns, [copy.deepcopy(change)]) == refs


def test_a_pattern_is_matched_again_in_the_batch_that_moves_an_object() -> None:
    store = filled()
    hub = Hub(store)
    stream = hub.subscribe(["tracks/0/**"])
    hub.publish(store.apply(6, [VOLUME]))
    assert stream._waiting == {}
    hub.publish(store.apply(7, [["children", 1, "tracks", [3, 2]], ["set", 33, "value", 0.2]]))
    assert "tracks/0/mixer_device/volume" in stream._waiting


def test_a_removed_object_is_in_the_notice_to_a_pattern_for_all_below_its_owner() -> None:
    removal = [["children", 20, "clip", None], ["remove", 40]]
    assert "tracks/0/clip_slots/0/clip" in heard(filled(), ["tracks/0/**"], removal)


def test_an_object_that_gets_the_name_of_a_pattern_is_in_the_notice() -> None:
    store = filled()
    hub = Hub(store)
    stream = hub.subscribe(["Sub"])
    hub.publish(store.apply(6, [["set", 3, "mute", True]]))
    assert stream._waiting == {}
    hub.publish(store.apply(7, [NAME]))
    assert stream._waiting == {"tracks/1": 3}


def test_an_id_of_a_former_epoch_matches_no_other_object() -> None:
    store = filled()
    hub = Hub(store)
    stream = hub.subscribe([3])
    shifted = renumbered(small_set(), 1)
    shifted[4][4]["name"] = "Another"
    hub.publish(refill(store, shifted, epoch="e2", revision=0))
    stream._waiting.clear()
    hub.publish(store.apply(1, [["set", 3, "name", "Kit"]]))
    assert stream._waiting == {}


async def test_only_the_notice_with_changes_of_a_resync_is_marked() -> None:
    store = filled()
    hub = Hub(store)
    stream = hub.subscribe([3])
    rows = small_set()
    rows[3][4]["name"] = "Sub"
    hub.publish(refill(store, rows), resynced=True)
    first = await anext(stream)
    hub.publish(store.apply(7, [["set", 3, "name", "Low"]]))
    assert (first.resynced, (await anext(stream)).resynced) == (True, False)


@pytest.mark.parametrize("text", ["", "  ", "17", "tracks/[", "tracks/***", "a b/*"])
def test_an_invalid_pattern_is_refused(text: str) -> None:
    with pytest.raises(errors.InvalidValue):
        Pattern(text)


async def next_of(stream: Any) -> Notice:
    with trio.fail_after(10):
        notice: Notice = await anext(stream)
        return notice


async def test_many_changes_are_one_notice(clock: Clock, peer: Peer, opened: Open) -> None:
    async with opened() as mirror, mirror.subscribe(["tracks/1", "scenes/*"]) as stream:
        for number in range(50):
            peer.set(3, "name", f"Bass {number}")
        peer.set(4, "name", "Intro")
        peer.set(2, "name", "Kit")
        await mirror.wait_for(peer.revision)
        notice = await next_of(stream)
        assert notice == Notice(("tracks/1", "scenes/0"), (3, 4), peer.revision, "e1")
        with trio.move_on_after(5) as scope:
            await anext(stream)
        assert scope.cancelled_caught


async def test_a_removal_event_has_the_former_ref(clock: Clock, peer: Peer, opened: Open) -> None:
    async with opened() as mirror, mirror.subscribe(["tracks/0/clip_slots/0/clip", 40]) as stream:
        peer.remove_track(2)
        assert "tracks/0/clip_slots/0/clip" in (await next_of(stream)).refs


async def test_subscriptions_survive_a_lost_link_and_get_changes_made_meanwhile(
    clock: Clock, peer: Peer, opened: Open
) -> None:
    async with opened() as mirror, mirror.subscribe(["tracks/1", "tracks/0"]) as stream:
        peer.cut()
        peer.set(3, "name", "Sub")
        peer.forget_history()
        notice = await next_of(stream)
        assert notice.refs == ("tracks/1",)
        assert notice.resynced
        assert mirror.status().counters["replaced"] == 2


async def test_a_resync_without_a_difference_gives_no_event(clock: Clock, peer: Peer, opened: Open) -> None:
    async with opened() as mirror, mirror.subscribe(["**"]) as stream:
        peer.line.notify("bridge.resync", epoch="e1", reason="outbox overflow", revision=0)
        with trio.move_on_after(20) as scope:
            await anext(stream)
        assert scope.cancelled_caught
        assert mirror.status().counters["replaced"] == 2


async def test_another_set_gives_events_for_its_differences(clock: Clock, peer: Peer, opened: Open) -> None:
    async with opened() as mirror, mirror.subscribe(["tracks/*", "scenes/*", 3, 2]) as stream:
        rows = renumbered(small_set(), 500)
        rows[503][4]["mute"] = True
        peer.open_set(rows, "e2")
        notice = await next_of(stream)
        assert notice.refs == ("tracks/1",)
        assert notice.ids == (503,)
        peer.set(502, "mute", True)
        assert (await next_of(stream)).refs == ("tracks/0",)
        assert mirror.epoch == "e2"


def test_an_id_of_another_epoch_is_mapped_to_the_object_at_the_same_place() -> None:
    store = filled()
    hub = Hub(store)
    stream = hub.subscribe([3])
    hub.publish(refill(store, renumbered(small_set(), 500), epoch="e2", revision=0), True)
    assert stream._waiting == {}
    hub.publish(store.apply(1, [["set", 503, "name", "Sub"]]))
    assert set(stream._waiting) == {"tracks/1"}
    hub.publish(store.apply(2, [["set", 3, "name", "x"]]))
    assert set(stream._waiting) == {"tracks/1"}


async def test_a_slow_reader_affects_no_other(
    clock: Clock, peer: Peer, opened: Open, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("mirror.subscriptions.MOST_WAITING", 5)
    async with opened() as mirror:
        slow = mirror.subscribe(["**"], "the slow one")
        async with mirror.subscribe(["tracks/1"]) as quick:
            for number in range(3):
                peer.set(3, "mute", number % 2 == 0)
                peer.set(40, "looping", number % 2 == 1)
                peer.set(26, "value", number / 10)
                peer.set(81, "value", number / 10)
                await mirror.wait_for(peer.revision)
            assert (await next_of(quick)).refs == ("tracks/1",)
        with pytest.raises(errors.Busy, match="the slow one"):
            await anext(slow)
        assert "the slow one" in caplog.text
        assert mirror.status().subscribers == 0
        assert mirror.synced


async def test_a_failing_stream_is_ended_and_others_still_get_events(
    clock: Clock, peer: Peer, opened: Open, caplog: pytest.LogCaptureFixture
) -> None:
    async with opened() as mirror:
        broken = mirror.subscribe(["tracks/1"], "broken")
        broken.patterns = [None]  # type: ignore[list-item]
        async with mirror.subscribe(["tracks/1"]) as stream:
            peer.set(3, "mute", True)
            assert (await next_of(stream)).refs == ("tracks/1",)
        with pytest.raises(StopAsyncIteration):
            await anext(broken)
        assert "broken" in caplog.text


async def test_closing_a_stream_ends_its_reader(clock: Clock, peer: Peer, opened: Open) -> None:
    async with opened() as mirror:
        stream = mirror.subscribe(["**"])
        told: list[Notice] = []

        async def read() -> None:
            async for notice in stream:
                told.append(notice)

        async with trio.open_nursery() as nursery:
            nursery.start_soon(read)
            await trio.sleep(1)
            stream.close()
        assert told == []
        assert mirror.status().subscribers == 0


# -- the event log ---------------------------------------------------------------------------------


async def test_an_event_has_author_change_and_place(clock: Clock, peer: Peer, opened: Open) -> None:
    async with opened() as mirror:
        start = mirror.revision
        peer.set(3, "name", "Sub")
        await mirror.wait_for(peer.revision)
        result = await mirror.write([Set("tracks/1", "mute", True)], author="agent")
        peer.set(26, "value", 0.9, cause="audit")
        await mirror.wait_for(peer.revision)
        one, two, three = mirror.log.since(start)
        assert one == Event(
            one.seq, 1.0, "e1", 1, "set", "live", "tracks/1", 3, "Track", "name", "Sub", "Bass", "Sub"
        )
        assert (two.who, two.write, two.before, two.after) == ("agent", result.write, False, True)
        assert (three.who, three.ref) == ("audit", "tracks/0/devices/0/parameters/1")
        assert mirror.log.since(result.revision) == [three]


async def test_events_of_structure_have_names_and_the_refs_at_that_time(
    clock: Clock, peer: Peer, opened: Open
) -> None:
    async with opened() as mirror:
        start = mirror.revision
        peer.remove_track(2)
        await mirror.wait_for(peer.revision)
        gone = [event for event in mirror.log.since(start) if event.kind == "remove"]
        assert ("tracks/0", "Track", "Drums") in [
            (event.ref, event.type, event.object_name) for event in gone
        ]
        assert mirror.log.since(start)[0].kind == "children"


async def test_the_first_snapshot_gives_no_events(clock: Clock, peer: Peer, opened: Open) -> None:
    async with opened() as mirror:
        assert [event.kind for event in mirror.log.last(10)] == ["resynced"]
        assert mirror.log.since(mirror.revision) == []


async def test_a_resync_is_one_event_followed_by_the_differences(
    clock: Clock, peer: Peer, opened: Open
) -> None:
    async with opened() as mirror:
        start = mirror.revision
        peer.set(3, "name", "Sub", tell=False)
        peer.forget_history()
        await trio.sleep(5)
        assert [(event.kind, event.ref, event.after) for event in mirror.log.since(start)][1:] == [
            ("set", "tracks/1", "Sub")
        ]
        assert mirror.log.since(start)[0].kind == "resynced"


async def test_a_follower_continues_over_lost_links_and_other_sets(
    clock: Clock, peer: Peer, opened: Open
) -> None:
    told: list[Event] = []

    async def follow(mirror: Any) -> None:
        async for event in mirror.log.follow(0):
            told.append(event)

    async with opened() as mirror, trio.open_nursery() as nursery:
        peer.set(3, "name", "One")
        await mirror.wait_for(1)
        nursery.start_soon(follow, mirror)
        await trio.sleep(1)
        peer.set(3, "name", "Two")
        peer.cut()
        await trio.sleep(1)
        rows = renumbered(peer.rows, 500)
        rows[503][4]["name"] = "Three"
        peer.open_set(rows, "e2")
        await trio.sleep(5)
        nursery.cancel_scope.cancel()
    assert [(event.kind, event.after) for event in told if event.kind != "resynced"] == [
        ("set", "One"), ("set", "Two"), ("set", "Three"),
    ]  # fmt: skip
    assert [event.kind for event in told].count("resynced") == 1
    assert [event.seq for event in told] == sorted(event.seq for event in told)


def test_the_revision_at_a_time_is_the_one_before_the_events_of_that_time() -> None:
    store = filled(revision=0)
    log = EventLog(store, lambda: 1.0)
    for number in range(1, 4):
        applied = store.apply(number, [["set", 3, "name", str(number)]])
        log.record(applied, float(number), "live", None, None)
    assert log.revision_at(2.0) == 1
    assert [event.revision for event in log.since(log.revision_at(2.0))] == [2, 3]
    assert [event.revision for event in log.whole(time=2.0)] == [2, 3]


def test_a_journals_events_up_to_the_first_snapshot_come_before_it() -> None:
    store = filled(revision=5)
    log = EventLog(store, lambda: 2.0)
    log.record_resync(refill(store, small_set(), revision=5), "new link")
    journal = [
        Event(
            seq, 1.0, epoch, revision, "set", "live", "tracks/1", 3, "Track", "name", "Bass", "x", "y", "live"
        )
        for seq, (epoch, revision) in enumerate([("e0", 5), ("e1", 4), ("e1", 5), ("e1", 6)], 1)
    ]
    assert log.seed(journal) == 2
    assert [(event.kind, event.revision) for event in log.since(3)] == [
        ("set", 4),
        ("set", 5),
        ("resynced", 5),
    ]


def test_the_ring_is_bounded_and_reports_dropped_events() -> None:
    store = filled(revision=0)
    log = EventLog(store, lambda: 1.0, kept=10)
    for number in range(1, 31):
        log.record(store.apply(number, [["set", 3, "name", str(number)]]), 1.0, "live", None, None)
    assert len(log) == 10
    assert (log.oldest, log.latest) == (20, 30)
    assert [event.after for event in log.since(20)] == [str(number) for number in range(21, 31)]
    assert [event.after for event in log.since(20, limit=2)] == ["21", "22"]
    with pytest.raises(errors.RevisionTooOld) as caught:
        log.since(19)
    assert caught.value.facts["oldest"] == 20
    with pytest.raises(errors.EpochChanged):
        log.since(20, epoch="e0")


def test_the_ring_is_bounded_by_the_size_of_its_values_too() -> None:
    store = filled(revision=0)
    log = EventLog(store, lambda: 1.0, kept=1000, kept_bytes=50_000)
    for number in range(1, 101):
        text = str(number) * 1000
        log.record(store.apply(number, [["set", 3, "name", text]]), 1.0, "live", None, None)
    assert 5 < len(log) < 50
    assert log.latest == 100
    assert len(log.since(log.oldest)) == len(log)
    log.record(store.apply(101, [["set", 3, "name", "x" * 100_000]]), 1.0, "live", None, None)
    # The newest event stays, independent of its size.
    assert len(log) == 1


async def test_a_slow_follower_gets_the_number_of_missed_events() -> None:
    store = filled(revision=0)
    log = EventLog(store, lambda: 1.0, kept=10)
    log.record(store.apply(1, [["set", 3, "name", "1"]]), 1.0, "live", None, None)
    follower = log.follow(0)
    assert (await anext(follower)).after == "1"
    for number in range(2, 31):
        log.record(store.apply(number, [["set", 3, "name", str(number)]]), 1.0, "live", None, None)
    skipped = await anext(follower)
    assert (skipped.kind, skipped.more) == ("skipped", 19)
    assert (await anext(follower)).after == "21"


def test_events_of_another_set_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mirror.events.STEP_EVENTS", 3)
    store = filled()
    log = EventLog(store, lambda: 1.0)
    rows = {1: obj(1, "Song", None, "song", {"tempo": 99.0}, tracks=[])}
    log.record_resync(refill(store, rows, epoch="e2", revision=0), "another epoch")
    told = log.last(100)
    assert len(told) == 4
    assert told[0].more > 10
    assert told[0].after["removed"] > 10
