"""Undo reverts only its client's last write: the log is checked before, the effect after."""

from __future__ import annotations

from typing import Any

import pytest
import trio
import trio.testing

from mirror import Set
from mirror.errors import PreconditionFailed
from remote_script.headless.sets.generate import default_set
from tests.every_class import everything
from tests.lean import demo_set
from tests.whole import QUIET_S, Refused, Whole, whole_path

Clock = trio.testing.MockClock


async def refused(whole: Whole, **arguments: Any) -> dict[str, Any]:
    entries = whole.history()
    with pytest.raises(Refused) as caught:
        await whole.call("undo", **arguments)
    assert whole.history() == entries
    return caught.value.data


async def by_hand(whole: Whole, name: str, value: Any) -> None:
    await whole.by_hand(lambda song: setattr(song, name, value))
    await trio.sleep(QUIET_S)


async def test_undo_reverts_the_last_write_of_the_client_and_names_restored_values(
    autojump_clock: Clock,
) -> None:
    async with whole_path(default_set()) as whole:
        await whole.call("set_song", tempo=100)
        await whole.call("set_track", track="tracks/1", name="Bass")
        assert (await whole.call("undo"))["undone"] == ["name of tracks/1: 'Bass' → '2-MIDI'"]
        assert (await whole.call("undo"))["undone"][0] == "tempo of song 'Untitled': 100.0 → 120.0"
        assert whole.history() == []
        assert (await refused(whole))["error"] == "PRECONDITION_FAILED"


async def test_undo_of_a_persons_edit_is_refused_with_author_and_change_unless_forced(
    autojump_clock: Clock,
) -> None:
    async with whole_path(default_set()) as whole:
        await whole.call("set_track", track="tracks/1", name="Bass")
        await by_hand(whole, "tempo", 90.0)
        told = await refused(whole)
        assert "live: tempo of song 'Untitled': 120.0 → 90.0" in told["rule"]
        assert "anyone" in told["hint"]
        assert (await whole.call("undo", anyone=True))["undone"][
            0
        ] == "tempo of song 'Untitled': 90.0 → 120.0"
        assert (await whole.call("undo"))["undone"] == ["name of tracks/1: 'Bass' → '2-MIDI'"]


async def test_an_edit_of_another_client_is_not_undone(autojump_clock: Clock) -> None:
    async with whole_path(default_set()) as whole:
        await whole.call("set_track", track="tracks/1", name="Bass")
        await whole.mirror.write([Set("song", "tempo", 90.0)], author="somebody else")
        assert "somebody else: tempo" in (await refused(whole))["rule"]


async def test_an_undone_edit_without_a_listener_is_redone_at_once(autojump_clock: Clock) -> None:
    async with whole_path(default_set()) as whole:
        await whole.call("set_track", track="tracks/1", name="Bass")
        document = whole.stage.live.document
        # In Live's history without a notification.
        document.history.boundary()
        document.history.record(document.song, "swing_amount", 0.0, 0.5)
        document.history.end()
        document.song.swing_amount = 0.5
        told = await refused(whole)
        assert told["error"] == "PRECONDITION_FAILED"
        assert "an unknown change" in told["rule"]
        assert whole.stage.song.swing_amount == pytest.approx(0.5)
        assert whole.stage.song.tracks[1].name == "Bass"
        assert (await whole.call("undo", anyone=True))["outcome"] == "verified"
        assert (await whole.call("undo"))["undone"] == ["name of tracks/1: 'Bass' → '2-MIDI'"]


async def test_changes_outside_of_lives_undo_history_are_reported_and_reverted_by_value(
    autojump_clock: Clock,
) -> None:
    async with whole_path(default_set()) as whole:
        track = whole.stage.song.tracks[1]
        answer = await whole.call("set_track", track="tracks/1", name="Bass", arm=True)
        assert answer["not_in_history"] == ["arm of tracks/1"]
        undone = (await whole.call("undo"))["undone"]
        assert undone == ["name of tracks/1: 'Bass' → '2-MIDI'", "arm of tracks/1 '2-MIDI': True → False"]
        assert (track.arm, whole.history()) == (False, [])
        answer = await whole.call("set_track", track="tracks/1", current_monitoring_state="in")
        assert (answer["undo_steps"], answer["not_in_history"]) == (
            0,
            ["current_monitoring_state of tracks/1"],
        )
        await whole.call("undo")
        assert track.current_monitoring_state == 1


async def test_a_value_changed_since_is_not_reverted(autojump_clock: Clock) -> None:
    async with whole_path(default_set()) as whole:
        track = whole.stage.song.tracks[1]
        await whole.call("set_track", track="tracks/1", current_monitoring_state="in")
        await whole.by_hand(lambda song: setattr(song.tracks[1], "current_monitoring_state", 2))
        await trio.sleep(QUIET_S)
        assert "were changed since" in (await refused(whole))["rule"]
        assert track.current_monitoring_state == 2


async def test_a_redone_write_can_be_undone_again(autojump_clock: Clock) -> None:
    async with whole_path(default_set()) as whole:
        await whole.call("set_track", track="tracks/1", name="Bass")
        for _ in range(3):
            await whole.call("undo")
            assert whole.history() == []
            await whole.call("undo", redo=True)
            assert whole.stage.song.tracks[1].name == "Bass"
        await whole.call("undo")


WAVETABLE = "tracks/6/devices/1"
MODULATE = {
    "target": WAVETABLE,
    "method": "set_modulation_value",
    "args": {"target_index": 0, "source": 1, "value": 0.5},
}
"""Edits that no property shows."""


async def test_a_write_invisible_to_the_mirror_is_undone_and_redone_in_order(
    autojump_clock: Clock,
) -> None:
    async with whole_path(everything()) as whole:
        device = whole.stage.song.tracks[6].devices[1]
        await whole.call("set_track", track="tracks/1", name="Bass")
        await whole.call("call_method", **MODULATE)
        for _ in range(2):
            await whole.call("undo")
            assert (len(whole.history()), device.get_modulation_value(0, 1)) == (1, 0.0)
            await whole.call("undo", redo=True)
            assert (len(whole.history()), device.get_modulation_value(0, 1)) == (2, 0.5)
        await whole.call("undo")
        assert (await whole.call("undo"))["undone"][0].startswith("name of tracks/1: 'Bass' →")
        assert whole.history() == []


async def test_a_persons_edit_after_an_invisible_write_is_not_undone(
    autojump_clock: Clock,
) -> None:
    async with whole_path(everything()) as whole:
        await whole.call("call_method", **MODULATE)
        await by_hand(whole, "tempo", 90.0)
        assert "live: tempo" in (await refused(whole))["rule"]


async def test_a_write_invisible_to_the_mirror_blocks_undo_of_an_older_one(autojump_clock: Clock) -> None:
    async with whole_path(everything()) as whole:
        older = await whole.call("set_track", track="tracks/1", name="Bass")
        await whole.call("call_method", **MODULATE)
        with pytest.raises(PreconditionFailed, match="no property shows the change"):
            await whole.mirror.undo_mine(older["write"])
        assert len(whole.history()) == 2


@pytest.mark.parametrize("what", ["a groove", "an envelope"])
async def test_an_undone_edit_by_a_person_without_a_listener_is_redone_at_once(
    what: str, autojump_clock: Clock
) -> None:
    async with whole_path(everything()) as whole:
        clip, volume = "tracks/6/clip_slots/0/clip", "tracks/6/mixer_device/volume"
        groove = next(f"id:{node.id}" for node in whole.mirror.walk() if node.type == "Groove")
        step = {"device_parameter": volume, "time": 0.0, "length": 1.0, "value": 0.5}

        def edit(song: Any) -> None:
            track = song.tracks[6]
            if what == "a groove":
                song.groove_pool.grooves[0].base = 1
            else:
                envelope = track.clip_slots[0].clip.automation_envelope(track.mixer_device.volume)
                envelope.insert_step(2.0, 1.0, 0.25)

        if what == "a groove":
            await whole.call("set_property", target=groove, property="base", value=4)
        else:
            for time in (0.0, 1.0):
                args = {**step, "time": time}
                await whole.call("call_method", target=clip, method="insert_envelope_step", args=args)
        await whole.by_hand(edit)
        assert "an unknown change" in (await refused(whole))["rule"]
        await whole.call("undo", anyone=True)
        await whole.call("undo")


def automate_volume(song: Any) -> None:
    """Create a lane of the first track's volume, as scripts do: it falls for four beats from beat 0."""
    track = song.tracks[0]
    track.insert_device("Drift", 0)
    track.clip_slots[0].create_clip(4.0)
    clip = track.clip_slots[0].clip
    envelope = clip.create_automation_envelope(track.mixer_device.volume)
    for beat in range(4):
        envelope.insert_step(float(beat), 1.0, 0.8 - 0.1 * beat)
    track.duplicate_clip_to_arrangement(clip, 0.0)


async def test_playing_automation_is_no_edit_and_does_not_block_undo(autojump_clock: Clock) -> None:
    volume = "tracks/0/mixer_device/volume"
    async with whole_path(default_set()) as whole:
        await whole.by_hand(automate_volume)
        await trio.sleep(QUIET_S)
        await whole.call("set_track", track="tracks/1", name="Bass")
        await whole.by_hand(lambda song: song.start_playing())
        await trio.sleep(1.2)
        seen = {whole.mirror.resolve(volume).props["value"]}
        assert whole.mirror.resolve(volume).props["automation_state"] == 1
        await trio.sleep(0.5)
        seen.add(whole.mirror.resolve(volume).props["value"])
        assert len(seen) == 2
        assert (await whole.call("undo"))["undone"] == ["name of tracks/1: 'Bass' → '2-MIDI'"]


async def session_clip_drives_volume(whole: Whole) -> None:
    """A Session clip with an envelope of the first track's volume plays."""

    def edit(song: Any) -> None:
        song.tracks[0].clip_slots[0].create_clip(16.0)
        clip = song.tracks[0].clip_slots[0].clip
        envelope = clip.create_automation_envelope(song.tracks[0].mixer_device.volume)
        for step in range(64):
            envelope.insert_step(step / 4, 0.25, 0.8 - 0.01 * step)
        clip.fire()

    await whole.by_hand(edit)
    await trio.sleep(QUIET_S)


async def test_the_envelope_of_a_playing_session_clip_is_no_edit(autojump_clock: Clock) -> None:
    async with whole_path(default_set()) as whole:
        await session_clip_drives_volume(whole)
        await whole.call("set_track", track="tracks/1", name="Bass")
        edits = whole.stage.script.batcher.last_edit, whole.stage.script.batcher.last_foreign
        values = {whole.mirror.resolve("tracks/0/mixer_device/volume").props["value"]}
        await trio.sleep(1.2)
        values.add(whole.mirror.resolve("tracks/0/mixer_device/volume").props["value"])
        assert len(values) == 2
        assert (whole.stage.script.batcher.last_edit, whole.stage.script.batcher.last_foreign) == edits
        # Arming waits for Live's next tick, so the envelope moves the volume during the write.
        both = await whole.call("set_track", track="tracks/1", name="Sub", arm=True)
        assert both["undo_steps"] == 1
        assert "name of tracks/1: 'Sub' → 'Bass'" in (await whole.call("undo"))["undone"]
        assert (await whole.call("undo"))["undone"] == ["name of tracks/1: 'Bass' → '2-MIDI'"]


@pytest.mark.parametrize("touched", ["tracks/0", "tracks/1"])
async def test_a_persons_edit_beside_a_session_clips_envelope_is_not_undone(
    touched: str, autojump_clock: Clock
) -> None:
    async with whole_path(default_set()) as whole:
        await session_clip_drives_volume(whole)
        await whole.call("set_track", track="tracks/1", name="Bass")
        place = int(touched[-1])
        await whole.by_hand(lambda song: setattr(song.tracks[place].mixer_device.volume, "value", 0.11))
        await trio.sleep(QUIET_S)
        entries = whole.history()
        assert "volume" in (await refused(whole))["rule"]
        assert whole.history() == entries
        assert whole.stage.song.tracks[1].name == "Bass"


async def test_overriding_automation_counts_as_an_edit_by_the_person(autojump_clock: Clock) -> None:
    async with whole_path(default_set()) as whole:
        await whole.by_hand(automate_volume)
        await trio.sleep(QUIET_S)
        await whole.call("set_track", track="tracks/1", name="Bass")
        await whole.by_hand(lambda song: setattr(song.tracks[0].mixer_device.volume, "value", 0.33))
        await trio.sleep(QUIET_S)
        assert whole.mirror.resolve("tracks/0/mixer_device/volume").props["automation_state"] == 2
        told = await refused(whole)
        assert "volume" in told["rule"]


async def test_changes_that_only_live_starts_do_not_block_undo(autojump_clock: Clock) -> None:
    async with whole_path(default_set()) as whole:
        await whole.call("create_clip", track="tracks/0", slot=0)
        await whole.call("fire", target="tracks/0/clip_slots/0")
        await trio.sleep(QUIET_S)
        await whole.call("transport", action="stop")
        assert (await whole.call("transport", action="back_to_arranger"))["outcome"] == "verified"
        assert (await whole.call("undo"))["undone"]
        assert whole.mirror.child("tracks/0/clip_slots/0", "clip") is None


@pytest.mark.parametrize("version", ["12.4", "12.2", "11.3"])
async def test_a_copy_that_writes_automation_is_one_entry_and_one_undo(
    version: str, autojump_clock: Clock
) -> None:
    async with whole_path(demo_set(), version) as whole:
        track = whole.stage.live.song.tracks[1]
        clips = len(track.arrangement_clips)
        answer = await whole.call("duplicate", target="tracks/1/clip_slots/0/clip", time=[160])
        assert answer["undo_steps"] == 1
        await whole.call("undo")
        assert len(track.arrangement_clips) == clips
        await trio.sleep(1)
        assert whole.history() == []
        assert await whole.differences() == []


async def test_undo_and_redo_show_restored_values_in_lives_texts(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        ref = "tracks/2/mixer_device/volume"
        before = whole.mirror.resolve(ref).props["display"]
        await whole.call("set_property", target=ref, property="value", value="-14 dB")
        undone = await whole.call("undo")
        assert len(undone["undone"]) == 1
        assert undone["undone"][0].endswith(f"-14.0 dB → {before}")
        redone = await whole.call("undo", redo=True)
        assert redone["redone"][0].endswith(f"{before} → -14.0 dB")
        # After the redo the change is the client's last one again.
        assert (await whole.call("undo"))["undone"] == undone["undone"]


async def test_an_unknown_write_id_is_refused_with_the_form_of_a_write_id(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        written = await whole.call("set_song", tempo=99)
        with pytest.raises(Refused, match="No write 'banana'") as caught:
            await whole.call("undo", write="banana")
        assert written["write"] in caught.value.data["hint"]


async def test_a_redo_of_another_clients_change_or_of_none_is_refused_with_the_reason(
    autojump_clock: Clock,
) -> None:
    async with whole_path(default_set()) as whole, whole.another("second") as second:
        song = whole.stage.live.song
        count = len(song.tracks)
        assert "nothing to redo" in (await refused(whole, redo=True))["rule"]
        await whole.call("delete", targets=["tracks/0"])
        await whole.call("undo")
        answer = await second.client.call_tool("undo", {"redo": True})
        assert answer.is_error
        assert "not yours to redo" in str(answer)
        assert "anyone" in str(answer)
        assert len(song.tracks) == count
        answer = await second.client.call_tool("undo", {"redo": True, "anyone": True})
        assert not answer.is_error
        assert len(song.tracks) == count - 1
        await trio.sleep(QUIET_S)
        assert "nothing to redo" in (await refused(whole, redo=True, anyone=True))["rule"]


async def test_a_redo_right_after_a_new_edit_redoes_nothing_and_says_so(autojump_clock: Clock) -> None:
    async with whole_path(default_set()) as whole:
        await whole.call("set_track", track=0, volume="-9 dB")
        await whole.call("undo")
        await whole.call("set_track", track=1, volume="-3 dB")
        assert "nothing to redo" in (await refused(whole, redo=True, anyone=True))["rule"]
        assert "nothing to redo" in (await refused(whole, redo=True, anyone=True))["rule"]
        assert (await whole.call("undo"))["undone"]


async def test_a_persons_undo_is_redone_only_when_forced(autojump_clock: Clock) -> None:
    async with whole_path(default_set()) as whole:
        await by_hand(whole, "tempo", 90.0)
        await whole.by_hand(lambda song: song.undo())
        await trio.sleep(QUIET_S)
        assert "not yours to redo" in (await refused(whole, redo=True))["rule"]
        assert (await whole.call("undo", redo=True, anyone=True))["redone"]
        assert whole.stage.live.song.tempo == 90.0


async def failing(whole: Whole) -> str:
    """A write of which Live does one half and refuses the other; its id."""
    calls = [
        {"tool": "create", "args": {"kind": "midi", "name": "Half"}},
        {"tool": "insert_device", "args": {"to": "$0", "name": "No Such"}},
    ]
    with pytest.raises(Refused) as caught:
        await whole.call("batch", calls=calls)
    return str(caught.value.data["write"])


def names(whole: Whole) -> list[str]:
    return [track.name for track in whole.stage.live.song.tracks]


@pytest.mark.parametrize("anyone", [False, True])
@pytest.mark.parametrize("undone_before", [False, True])
async def test_no_redo_brings_back_a_write_that_failed(
    undone_before: bool, anyone: bool, autojump_clock: Clock
) -> None:
    async with whole_path(default_set()) as whole:
        before = names(whole)
        if undone_before:
            await whole.call("set_track", track="tracks/1", name="Bass")
            await whole.call("undo")
        failed = await failing(whole)
        problem = await refused(whole, redo=True, anyone=anyone)
        assert failed in problem["rule"]
        assert "failed and was undone" in problem["rule"]
        assert names(whole) == before
        assert "failed and was undone" in (await refused(whole, write=failed))["rule"]
        # Another edit ends it.
        await whole.call("set_track", track="tracks/1", name="Bass")
        await whole.call("undo")
        assert (await whole.call("undo", redo=True, anyone=anyone))["redone"] == [
            "name of tracks/1: '2-MIDI' → 'Bass'"
        ]
        assert await whole.differences() == []


async def test_an_undo_after_a_failed_write_is_redone_but_not_the_failed_write_after_it(
    autojump_clock: Clock,
) -> None:
    async with whole_path(default_set()) as whole:
        await whole.call("set_track", track="tracks/1", name="Bass")
        await failing(whole)
        assert (await whole.call("undo"))["undone"] == ["name of tracks/1: 'Bass' → '2-MIDI'"]
        assert (await whole.call("undo", redo=True))["redone"]
        after = names(whole)
        assert "failed and was undone" in (await refused(whole, redo=True))["rule"]
        assert "failed and was undone" in (await refused(whole, redo=True, anyone=True))["rule"]
        assert names(whole) == after


async def test_a_server_that_did_not_see_the_write_fail_cannot_redo_it_either(autojump_clock: Clock) -> None:
    async with whole_path(default_set()) as whole:
        before = names(whole)
        await failing(whole)
        async with whole.person() as mirror:
            with pytest.raises(PreconditionFailed, match="failed and was undone"):
                await mirror.redo()
        assert names(whole) == before


async def test_after_a_persons_undo_nobody_redoes_what_may_be_a_write_that_failed(
    autojump_clock: Clock,
) -> None:
    async with whole_path(default_set()) as whole:
        await by_hand(whole, "tempo", 90.0)
        before = names(whole)
        await failing(whole)
        await trio.sleep(QUIET_S)
        await whole.by_hand(lambda song: song.undo())
        await trio.sleep(QUIET_S)
        assert "may bring back" in (await refused(whole, redo=True, anyone=True))["rule"]
        await by_hand(whole, "tempo", 91.0)
        assert "nothing to redo" in (await refused(whole, redo=True, anyone=True))["rule"]
        assert names(whole) == before


async def test_a_failed_write_that_a_person_redid_is_the_persons_edit(autojump_clock: Clock) -> None:
    async with whole_path(default_set()) as whole:
        await whole.call("set_track", track="tracks/1", name="Bass")
        failed, count = await failing(whole), len(names(whole))
        await whole.by_hand(lambda song: song.redo())
        await trio.sleep(QUIET_S)
        assert len(names(whole)) == count + 1
        assert "changed after write" in (await refused(whole))["rule"]
        assert "failed and was undone" in (await refused(whole, write=failed))["rule"]
        assert await whole.differences() == []


async def test_an_undo_names_some_restored_objects_and_counts_the_rest(
    autojump_clock: Clock,
) -> None:
    async with whole_path(demo_set()) as whole:
        await whole.call("delete", targets=["tracks/0", "tracks/1"])
        assert (await whole.call("undo"))["undone"] == [
            "tracks/0 'Drums' was added",
            "tracks/1 'Keys' was added",
        ]
        assert (await whole.call("undo", redo=True))["redone"] == [
            "Track 'Drums' was removed",
            "Track 'Keys' was removed",
        ]
        await whole.call("undo")
        calls = [{"tool": "create", "args": {"kind": "midi", "name": f"N{n}"}} for n in range(25)]
        await whole.call("batch", calls=calls)
        undone = await whole.call("undo")
        assert len(undone["undone"]) == 20
        assert undone["more"] == 5


async def test_what_was_written_in_another_set_is_not_undone_in_the_open_one(autojump_clock: Clock) -> None:
    async with whole_path(default_set()) as whole:
        # Arming is not in Live's history: its undo sets the value of the object with that id.
        armed = await whole.call("set_track", track=0, arm=True, name="Before")
        id_ = whole.mirror.resolve("tracks/0").id
        whole.stage.live.open_set(default_set())
        await trio.sleep(2)
        await whole.mirror.wait_synced()
        await whole.by_hand(lambda song: setattr(song.tracks[0], "arm", True))
        await trio.sleep(QUIET_S)
        assert whole.mirror.resolve("tracks/0").id == id_
        assert "You made no change that can be undone" in (await refused(whole))["rule"]
        assert "No write" in (await refused(whole, write=armed["write"]))["rule"]
        assert whole.stage.live.song.tracks[0].arm


async def test_an_undo_where_live_has_nothing_to_undo_is_refused(autojump_clock: Clock) -> None:
    async with whole_path(default_set()) as whole:
        assert "There is nothing to undo" in (await refused(whole, anyone=True))["rule"]
        await by_hand(whole, "tempo", 99.0)
        assert (await whole.call("undo", anyone=True))["undone"]
        assert "There is nothing to undo" in (await refused(whole, anyone=True))["rule"]
        assert (await whole.call("undo", redo=True, anyone=True))["redone"]
