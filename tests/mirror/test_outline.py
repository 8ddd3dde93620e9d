"""A large Set can be read before all of it is there: its outline first, each part exact from the moment it is told."""

from __future__ import annotations

from typing import Any

import trio
import trio.testing

from mirror import Mirror, load_token, open_mirror
from remote_script.headless.sets.generate import large_set
from tests.whole import LONG_S, whole_path

Clock = trio.testing.MockClock
BUDGET_S = 0.0005
"""So little that the Set takes many turns."""
TRACKS, CLIPS, PARAMETERS = 12, 40, 1500


async def outline_of(mirror: Mirror) -> None:
    with trio.fail_after(LONG_S):
        while not mirror.epoch:  # noqa: ASYNC110 - the moment itself is what is looked for
            await trio.sleep(0.005)


def devices(mirror: Mirror) -> int:
    return sum(
        len(node.children.get("devices") or ()) for node in mirror.walk("song") if node.type == "Track"
    )


async def test_the_outline_is_readable_before_devices_and_says_what_is_coming(autojump_clock: Clock) -> None:
    async with whole_path(large_set(TRACKS, CLIPS, 100, PARAMETERS), budget_s=BUDGET_S, sync=False) as whole:
        mirror = whole.mirror
        await outline_of(mirror)
        assert not mirror.complete
        assert not mirror.synced
        tracks = mirror.children("song", "tracks")
        assert [track.name for track in tracks] == [track.name for track in whole.stage.song.tracks]
        clips = sum(node.type == "Clip" for node in mirror.walk("song"))
        assert clips == CLIPS
        assert all(mirror.resolve(f"tracks/{n}/mixer_device/volume").props["value"] for n in range(TRACKS))
        known = devices(mirror)
        assert known < sum(len(track.devices) for track in whole.stage.song.tracks)
        # What is not known is left out, not said to be empty.
        unread = [track for track in tracks if "devices" not in track.children]
        assert unread
        shown = await whole.call("get_set")
        assert shown["synced"] is False
        assert "devices" in shown["coming"]
        await mirror.wait_synced(LONG_S)
        assert mirror.complete
        assert "coming" not in await whole.call("get_set")
        assert await whole.differences() == []
        counters = mirror.status().counters
        assert counters["snapshots"] == 1
        # Nobody did this: nothing is in the log but the snapshot, and an undo has nothing to take back.
        assert {event.cause for event in mirror.log.since(mirror.log.oldest)} <= {"resync"}
        assert mirror.writes.history.last() == []


async def test_what_a_person_changes_meanwhile_is_told_at_its_revision(autojump_clock: Clock) -> None:
    async with whole_path(large_set(TRACKS, CLIPS, 100, PARAMETERS), budget_s=BUDGET_S, sync=False) as whole:
        await outline_of(whole.mirror)
        number = 0
        while not whole.mirror.complete:
            number += 1
            await whole.by_hand(lambda song, n=number: change(song, n))
            await trio.sleep(0.03)
        assert number > 2
        await whole.mirror.wait_synced(LONG_S)
        assert whole.mirror.revision > 0
        assert await whole.differences() == []


def change(song: Any, number: int) -> None:
    track = song.tracks[number % len(song.tracks)]
    track.name = f"Renamed {number}"
    if number % 3 == 0 and len(song.tracks) > TRACKS // 2:
        song.delete_track(1 + number % 3)
    elif number % 3 == 1 and len(track.devices):
        track.delete_device(0)
    elif len(track.devices):
        track.devices[0].parameters[1].value = 0.25


async def test_a_second_mirror_that_comes_in_between_has_all_in_the_end(autojump_clock: Clock) -> None:
    async with whole_path(large_set(TRACKS, CLIPS, 100, PARAMETERS), budget_s=BUDGET_S, sync=False) as whole:
        await outline_of(whole.mirror)
        await trio.sleep(0.1)
        assert not whole.mirror.complete
        async with open_mirror(whole.connect, load_token(), "second", "1") as second:
            await outline_of(second)
            for mirror in (whole.mirror, second):
                await mirror.wait_synced(LONG_S)
            assert await whole.differences() == []
            assert whole.compared(second) == []
            assert second.revision == whole.mirror.revision
