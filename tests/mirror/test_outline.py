"""A large Set can be read before it is complete: its outline first, each part exact from its arrival."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
import trio
import trio.testing

from mirror import Mirror, Set, errors, load_token, open_mirror
from remote_script.headless.sets.generate import large_set
from remote_script.SetMirror.coming import PARTS
from tests.whole import LONG_S, PLENTY_S, Whole, whole_path

Clock = trio.testing.MockClock
BUDGET_S = 0.0004
"""A budget so small that the Set takes many turns."""
TRACKS, CLIPS, PARAMETERS = 10, 30, 900
LOOK_S = 0.005


@pytest.fixture(autouse=True)
def _many_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the Set arrive in as many batches as a Set of a hundred times its size."""
    monkeypatch.setattr("remote_script.SetMirror.batches.PART_ROWS", 1)


def small() -> Any:
    return large_set(TRACKS, CLIPS, 100, PARAMETERS)


def path(**options: Any) -> Any:
    return whole_path(small(), budget_s=BUDGET_S, sync=False, **options)


async def outline_of(mirror: Mirror) -> None:
    with trio.fail_after(LONG_S):
        while not mirror.epoch:  # noqa: ASYNC110 - the moment itself is what is looked for
            await trio.sleep(LOOK_S)
    assert mirror.coming


async def until(condition: Callable[[], bool]) -> None:
    with trio.fail_after(LONG_S):
        while not condition():  # noqa: ASYNC110
            await trio.sleep(LOOK_S)


async def settled(whole: Whole) -> None:
    await whole.mirror.wait_synced(LONG_S)
    assert whole.mirror.coming == ()
    # Late menus and the audit need more time than `quiet`.
    whole.stage.script._budget_s = PLENTY_S
    assert await whole.differences() == []


async def test_the_outline_is_readable_and_names_pending_parts(autojump_clock: Clock) -> None:
    async with path() as whole:
        mirror = whole.mirror
        await outline_of(mirror)
        assert set(mirror.coming) <= set(PARTS)
        assert mirror.stamp().coming == mirror.coming == mirror.status().coming
        assert not mirror.synced
        song = whole.stage.live.song
        assert [track.name for track in mirror.children("song", "tracks")] == [t.name for t in song.tracks]
        clips = [node for node in mirror.walk("song") if node.type == "Clip"]
        assert len(clips) == CLIPS
        assert all("notes" not in clip.props for clip in clips)
        assert all(mirror.resolve(f"tracks/{n}/mixer_device/volume").props["value"] for n in range(TRACKS))
        selected = [n for n, track in enumerate(song.tracks) if track.view.selected_device is not None]
        assert selected
        # The answer must not claim that no object is selected.
        assert not [n for n in selected if "selected_device" in mirror.resolve(f"tracks/{n}/view").props]
        shown = await whole.call("get_set")
        assert shown["synced"] is False
        assert shown["coming"] == list(mirror.coming)
        assert "devices" in shown["problem"]
        # Unknown parts are left out, not reported as empty.
        assert "devices" not in shown["set"]["counts"]
        assert "devices" not in shown["set"]["tracks"][-1]
        await settled(whole)
        shown = await whole.call("get_set")
        assert "coming" not in shown
        assert shown["set"]["counts"]["devices"]
        assert mirror.status().counters["snapshots"] == 1


async def test_parts_read_after_the_outline_have_no_author(autojump_clock: Clock) -> None:
    async with path() as whole:
        await outline_of(whole.mirror)
        await settled(whole)
        log = whole.mirror.log
        assert {event.kind for event in log.since(log.oldest)} <= {"resynced"}
        assert whole.mirror.writes.history.last() == []
        assert whole.mirror.revision > 1


async def test_a_part_is_exact_from_its_arrival(autojump_clock: Clock) -> None:
    async with path() as whole:
        mirror, seen = whole.mirror, 0
        await outline_of(mirror)
        while mirror.coming:
            for track, live in zip(
                mirror.children("song", "tracks"), whole.stage.live.song.tracks, strict=True
            ):
                if "devices" in track.children:
                    seen += 1
                    devices = mirror.children(track, "devices")
                    assert [device.name for device in devices] == [device.name for device in live.devices]
                    for device, there in zip(devices, live.devices, strict=True):
                        values = [node.props["value"] for node in mirror.children(device, "parameters")]
                        assert values == [parameter.value for parameter in there.parameters]
            await trio.sleep(LOOK_S)
        assert seen > TRACKS


async def test_a_tool_that_needs_all_of_the_set_waits_for_it(autojump_clock: Clock) -> None:
    async with path() as whole:
        await outline_of(whole.mirror)
        answer = await whole.call("get_track", track=f"tracks/{TRACKS - 1}")
        assert not whole.mirror.coming
        assert answer["track"]["devices"]


async def test_a_tool_names_parts_pending_at_its_timeout(
    autojump_clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with path() as whole:
        await outline_of(whole.mirror)
        monkeypatch.setattr("mcp_server.readiness.FIRST_WAIT_S", 0.0)
        assert await whole.refused("get_track", track=0) == "NOT_READY"
        await settled(whole)


async def test_a_write_waits_for_the_parts_that_it_can_name(autojump_clock: Clock) -> None:
    async with path() as whole:
        await outline_of(whole.mirror)
        target = f"tracks/{TRACKS - 1}/devices/0/parameters/1"
        result = await whole.mirror.write([Set(target, "value", 0.25)])
        assert result.outcome == "verified"
        assert whole.stage.live.song.tracks[TRACKS - 1].devices[0].parameters[1].value == 0.25
        await settled(whole)


async def test_a_write_is_refused_with_a_message_while_parts_are_missing(autojump_clock: Clock) -> None:
    async with path() as whole:
        await outline_of(whole.mirror)
        whole.stage.script._budget_s = 1e-9
        with pytest.raises(errors.NotReady, match="devices"):
            await whole.mirror.write([Set("song", "tempo", 99.0)], deadline_s=1.0)
        with pytest.raises(errors.NotReady):
            await whole.mirror.ask("write.execute", {"write": "w1", "ops": []})
        whole.stage.script._budget_s = BUDGET_S
        await settled(whole)


def edit(song: Any, chance: random.Random) -> None:
    """Make an edit that a person may make at any time."""
    track = chance.choice(list(song.tracks))
    kind = chance.randrange(8)
    if kind == 0:
        track.name = f"Renamed {chance.random()}"
    elif kind == 1 and len(song.tracks) > 4:
        song.delete_track(list(song.tracks).index(track))
    elif kind == 2:
        song.create_midi_track(chance.randrange(len(song.tracks)))
    elif kind == 3:
        song.duplicate_track(list(song.tracks).index(track))
    elif kind == 4 and len(track.devices):
        track.delete_device(0)
    elif kind == 5 and len(track.devices):
        track.devices[0].parameters[1].value = chance.random()
    elif kind == 6 and len(track.devices):
        other = chance.choice(list(song.tracks))
        song.move_device(track.devices[0], other, 0)
    elif len(track.devices):
        song.view.select_device(track.devices[0])


@pytest.mark.parametrize("seed", range(4))
async def test_edits_by_a_person_during_the_outline_are_not_lost(autojump_clock: Clock, seed: int) -> None:
    chance = random.Random(seed)
    async with path() as whole:
        await outline_of(whole.mirror)
        edits = 0
        # A limit, since the Set grows.
        while whole.mirror.coming and edits < 40:
            try:
                await whole.by_hand(lambda song: edit(song, chance))
            except (RuntimeError, ValueError):
                # Live refuses some of these edits.
                pass
            edits += 1
            assert whole.mirror.store.faults() == []
            await trio.sleep(0.02)
        assert edits > 3
        await settled(whole)


@pytest.mark.parametrize("number", [1, 3])
async def test_the_end_is_announced_also_when_the_last_pending_part_is_deleted(
    autojump_clock: Clock, number: int
) -> None:
    async with path() as whole:
        await outline_of(whole.mirror)
        # One object in each turn, so that a person's edits come in between.
        whole.stage.script._budget_s = 0.0
        rows, coming = whole.stage.script.batcher.shadow.rows, whole.stage.script.batcher.coming

        def rest() -> set[int]:
            return {id_ for marks in coming._marks.values() for id_ in marks}

        await until(lambda: len(rest()) <= number)
        tracks = [rows[id_].obj for id_ in rest()]
        assert len(tracks) == number

        def delete(song: Any) -> None:
            for track in tracks:
                song.delete_track(list(song.tracks).index(track))

        await whole.by_hand(delete)
        assert whole.mirror.coming
        await until(lambda: not coming)
        assert (await whole.mirror.write([Set("song", "tempo", 99.0)])).outcome == "verified"
        await settled(whole)


async def test_an_envelope_drawn_during_the_outline_names_its_parameter(autojump_clock: Clock) -> None:
    async with path() as whole:
        await outline_of(whole.mirror)

        def draw(song: Any) -> None:
            track = song.tracks[-1]
            clip = next(slot.clip for slot in track.clip_slots if slot.has_clip)
            clip.create_automation_envelope(track.devices[0].parameters[1]).insert_step(0.0, 1.0, 0.5)

        await whole.by_hand(draw)
        assert whole.mirror.coming
        # Before the next audit.
        await whole.mirror.wait_synced(LONG_S)
        clips = [node for node in whole.mirror.walk("song") if node.props.get("automation_envelopes")]
        assert len(clips) == 1


async def test_an_edit_during_the_outline_has_its_author_and_event(autojump_clock: Clock) -> None:
    async with path() as whole:
        await outline_of(whole.mirror)
        await whole.by_hand(lambda song: setattr(song.tracks[2], "name", "By hand"))
        await until(lambda: whole.mirror.resolve("tracks/2").name == "By hand")
        assert whole.mirror.coming
        (event,) = [event for event in whole.mirror.log.since(whole.mirror.log.oldest) if event.kind == "set"]
        assert (event.name, event.after, event.who) == ("name", "By hand", "live")
        await settled(whole)


async def test_continuous_edits_and_parts_do_not_delay_each_other(autojump_clock: Clock) -> None:
    async with path() as whole:
        await outline_of(whole.mirror)
        number = 0
        while whole.mirror.coming:
            number += 1
            await whole.by_hand(lambda song, n=number: setattr(song, "tempo", 60.0 + n / 10))
            await trio.sleep(LOOK_S)
            assert number < 2000
        assert abs(whole.mirror.resolve("song").props["tempo"] - (60.0 + number / 10)) < 2
        await settled(whole)


async def test_a_link_lost_during_the_outline_is_resumed(autojump_clock: Clock) -> None:
    async with path() as whole:
        await outline_of(whole.mirror)
        for _ in range(3):
            if whole.mirror.coming:
                whole.cut()
            await trio.sleep(0.3)
        await settled(whole)
        counters = whole.mirror.status().counters
        assert counters["snapshots"] == 1
        assert counters["resumes"] >= 1


async def test_lost_batches_of_parts_are_sent_again(autojump_clock: Clock) -> None:
    async with path() as whole:
        await outline_of(whole.mirror)
        whole.lines[-1].lost = 2
        whole.lines[-1].late = [1]
        await settled(whole)
        counters = whole.mirror.status().counters
        # The seal of the next line shows the loss, and the history has the batches.
        assert (counters["snapshots"], counters["resumes"], counters["bad"]) == (1, 1, 1)


async def test_a_too_short_history_leads_to_a_full_snapshot(autojump_clock: Clock) -> None:
    async with path() as whole:
        await outline_of(whole.mirror)
        whole.stage.script.batcher.history._most = 1
        whole.cut()
        whole.stage.script._budget_s *= 10
        await settled(whole)
        assert whole.mirror.status().counters["snapshots"] >= 2


async def test_a_new_epoch_during_the_outline_is_read_from_the_beginning(autojump_clock: Clock) -> None:
    async with path() as whole:
        await outline_of(whole.mirror)
        epoch = whole.mirror.epoch
        whole.stage.script._rebuild("a test")
        await until(lambda: whole.mirror.epoch != epoch)
        # The old state is kept until the new epoch is complete.
        await settled(whole)
        assert [track.children["devices"] for track in whole.mirror.children("song", "tracks")]


async def test_a_mirror_keeps_its_set_until_the_next_is_complete(
    autojump_clock: Clock,
) -> None:
    async with path() as whole:
        await settled(whole)
        mirror, epoch = whole.mirror, whole.mirror.epoch
        before = len(mirror.log.since(mirror.log.oldest))
        whole.stage.script._budget_s = BUDGET_S
        whole.stage.script._rebuild("a test")
        while mirror.epoch == epoch:
            assert mirror.children("tracks/0", "devices")
            assert not mirror.coming
            await trio.sleep(LOOK_S)
        await settled(whole)
        # The same Set: no object was added or removed.
        assert {event.kind for event in mirror.log.since(mirror.log.oldest)[before:]} <= {"resynced"}


async def test_a_second_mirror_that_connects_during_the_outline_gets_the_whole_set(
    autojump_clock: Clock,
) -> None:
    async with path() as whole:
        await outline_of(whole.mirror)
        await until(lambda: "devices" in whole.mirror.children("song", "tracks")[0].children)
        async with open_mirror(whole.connect, load_token(), "second", "1") as second:
            await outline_of(second)
            for mirror in (whole.mirror, second):
                await mirror.wait_synced(LONG_S)
            assert await whole.differences() == []
            assert whole.compared(second) == []
            assert second.revision == whole.mirror.revision


async def test_a_client_without_outline_support_gets_the_whole_set(autojump_clock: Clock) -> None:
    async with path() as whole:
        await outline_of(whole.mirror)
        with pytest.raises(errors.NotReady):
            await whole.mirror.ask("set.snapshot", {})
        await settled(whole)


async def test_no_batch_is_encoded_without_a_receiver() -> None:
    from tests.remote_script.script.stage import Stage

    stage = Stage(small(), "12.4")
    batcher = stage.script.batcher
    assert (batcher.revision, len(batcher.history)) == (0, 0)
    assert not batcher.coming
    stage.hosted.disconnect()
    stage.live.close()
