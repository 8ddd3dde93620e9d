"""Reverts: an agent's changes are reverted in one undo step; changes by others in between are left and listed."""

from __future__ import annotations

from typing import Any

import pytest
import trio
import trio.testing

from mcp_server.demo.contents import differences, picture
from mcp_server.history.selection import with_contents
from mirror import Node, Set
from mirror.store import Store
from remote_script.headless import default_set
from tests.lean import demo_set
from tests.whole import QUIET_S, Refused, Whole, whole_path

Clock = trio.testing.MockClock


async def by_hand(whole: Whole, edit: Any) -> None:
    await whole.by_hand(edit)
    await trio.sleep(QUIET_S)


def volume(song: Any, track: int) -> float:
    return float(song.tracks[track].mixer_device.volume.value)


async def test_two_minutes_of_an_agent_are_reverted_and_a_persons_edits_kept(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        song = whole.stage.live.song
        before = volume(song, 2), song.tracks[2].name, song.tempo
        since = whole.mirror.revision
        await whole.call("set_track", track="tracks/2", volume="-12 dB", name="Low")
        await by_hand(whole, lambda song: setattr(song.tracks[2].mixer_device.panning, "value", 0.5))
        await whole.call("set_track", track="tracks/2", volume="-20 dB", mute=True)
        await by_hand(whole, lambda song: setattr(song.tracks[2], "color", 0xFF3636))
        await whole.call("set_song", tempo=99)
        entries = len(whole.history())
        planned = await whole.call("revert", since=since, dry_run=True)
        assert any("Track Volume" in each for each in planned["notes"])
        assert song.tempo == 99.0
        answer = await whole.call("revert", since=since)
        assert answer["outcome"] == "verified"
        assert len(whole.history()) == entries + 1
        assert (volume(song, 2), song.tracks[2].name, song.tempo) == before
        assert not song.tracks[2].mute
        assert song.tracks[2].mixer_device.panning.value == pytest.approx(0.5)
        assert song.tracks[2].color == 0xFF3636
        assert await whole.differences() == []
        # The revert itself is a write that can be undone.
        await whole.call("undo")
        assert song.tempo == 99.0


async def test_a_fader_is_reverted_and_named_once(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        written = await whole.call("set_track", track="tracks/2", volume="-12 dB")
        planned = await whole.call("revert", write=written["write"], dry_run=True)
        assert sum("Track Volume" in note for note in planned["notes"]) == 1
        answer = await whole.call("revert", write=written["write"])
        assert len(answer["results"]) == 1


async def test_a_value_changed_later_by_another_author_is_kept_and_named(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        song = whole.stage.live.song
        since = whole.mirror.revision
        await whole.call("set_song", tempo=99)
        await whole.call("set_track", track="tracks/1", name="Piano")
        await by_hand(whole, lambda song: setattr(song, "tempo", 101.0))
        answer = await whole.call("revert", since=since)
        assert song.tempo == 101.0
        assert song.tracks[1].name == "Keys"
        (left,) = answer["notes"]
        assert answer["outcome"] == "partial"
        assert answer["summary"] == "partial: 1 thing stays as it is, see notes"
        assert list(answer).index("outcome") < list(answer).index("results")
        assert left.startswith("left: song 'Lo-Fi Demo': tempo")
        assert "a person or Live" in left


async def test_a_persons_value_between_two_reverted_changes_is_restored(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        since = whole.mirror.revision
        await whole.call("set_song", tempo=99)
        await by_hand(whole, lambda song: setattr(song, "tempo", 101.0))
        await whole.call("set_song", tempo=103)
        await whole.call("revert", since=since)
        assert whole.stage.live.song.tempo == 101.0


async def test_a_revert_selects_one_write_a_ref_or_one_property(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        song = whole.stage.live.song
        first = await whole.call("set_track", track="tracks/1", name="Piano", volume="-9 dB")
        await whole.call("set_track", track="tracks/2", name="Low")
        await whole.call("revert", write=first["write"])
        assert song.tracks[1].name == "Keys"
        assert song.tracks[2].name == "Low"
        since = whole.mirror.revision
        await whole.call("set_track", track="tracks/1", volume="-9 dB", name="P")
        await by_hand(whole, lambda song: setattr(song.tracks[1], "mute", True))
        await whole.call("set_track", track="tracks/2", volume="-9 dB")
        held = volume(song, 2)
        await whole.call("revert", under="tracks/1", property="name")
        assert song.tracks[1].name == "Keys"
        assert song.tracks[1].mute
        await whole.call("revert", under="tracks/1", since=since, who="anyone")
        assert not song.tracks[1].mute
        assert volume(song, 2) == held


async def test_a_write_is_reverted_after_a_later_one_of_the_same_author_was(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        song = whole.stage.live.song
        before = volume(song, 2)
        first = await whole.call("set_track", track="tracks/2", volume="-8 dB")
        second = await whole.call("set_track", track="tracks/2", volume="-9 dB")
        with pytest.raises(Refused, match="left as it is: changed since"):
            await whole.call("revert", write=first["write"])
        await whole.call("revert", write=second["write"])
        await whole.call("revert", write=first["write"])
        assert volume(song, 2) == before


async def test_a_write_is_kept_when_a_person_moved_the_value_there_and_back(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        fader = whole.stage.live.song.tracks[2].mixer_device.volume
        first = await whole.call("set_track", track="tracks/2", volume="-8 dB")
        written = fader.value
        for value in (0.2, written):
            await by_hand(whole, lambda song, value=value: setattr(fader, "value", value))
        with pytest.raises(Refused, match="a person or Live"):
            await whole.call("revert", write=first["write"])
        assert fader.value == written


async def test_without_since_only_the_last_change_of_a_property_is_reverted(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        song, panning = whole.stage.live.song, "tracks/2/mixer_device/panning"
        pan = song.tracks[2].mixer_device.panning
        at = [pan.value]
        for text in ("10R", "30R", "50R"):
            await whole.call("set_track", track="tracks/2", panning=text)
            at.append(pan.value)
            await whole.call("set_track", track="tracks/2", volume=f"-{text[0]} dB")
        await whole.call("revert", under=panning, property="value")
        assert pan.value == at[2]
        await whole.call("undo")
        await whole.call(
            "undo", write=(await whole.call("set_track", track="tracks/2", panning="5L"))["write"]
        )
        # An undone change does not count: the last change is still the one to 50R.
        await whole.call("revert", under=panning, property="value")
        assert pan.value == at[2]


async def test_a_drag_and_a_write_are_separate_changes_of_a_property(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        pan = whole.stage.live.song.tracks[2].mixer_device.panning
        await whole.call("set_track", track="tracks/2", panning="10R")
        written = pan.value
        for value in (0.3, 0.4, 0.5):
            await by_hand(whole, lambda song, value=value: setattr(pan, "value", value))
        await whole.call("revert", under="tracks/2/mixer_device/panning", property="value")
        assert pan.value == written


async def test_only_the_last_edit_of_a_clips_notes_is_reverted(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        clip = "tracks/2/clip_slots/1/clip"
        before = len((await whole.call("get_notes", clip=clip))["notes"])
        await whole.call("edit_notes", clip=clip, add="C6@0:1")
        await whole.call("edit_notes", clip=clip, add="D6@0:1 E6@1:1")
        await whole.call("revert", under=clip, property="notes")
        assert len((await whole.call("get_notes", clip=clip))["notes"]) == before + 1


async def test_notes_are_restored_and_notes_of_others_are_kept(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        clip = "tracks/2/clip_slots/1/clip"
        live_clip = whole.stage.live.song.tracks[2].clip_slots[1].clip

        def content() -> set[Any]:
            return {
                (n.pitch, n.start_time, n.duration, n.velocity) for n in live_clip.get_all_notes_extended()
            }

        before = content()
        notes = (await whole.call("get_notes", clip=clip))["notes"]
        since = whole.mirror.revision
        await whole.call(
            "edit_notes",
            clip=clip,
            remove=[notes[0]["note_id"]],
            change=[{"id": notes[1]["note_id"], "velocity": 11}],
            add=[{"pitch": 100, "start_time": 0, "duration": 0.25}],
        )
        await by_hand(
            whole,
            lambda song: live_clip.add_new_notes(
                (whole.stage.live.modules["Live"].Clip.MidiNoteSpecification(101, 1.0, 0.5, 90.0),)
            ),
        )
        answer = await whole.call("revert", since=since)
        assert answer["outcome"] == "verified"
        assert content() == before | {(101, 1.0, 0.5, 90.0)}


async def test_created_objects_are_deleted_unless_others_changed_them(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        song = whole.stage.live.song
        count, since = len(song.tracks), whole.mirror.revision
        await whole.call("create", kind="midi", name="Mine")
        await whole.call("create", kind="midi", name="Used")
        await by_hand(whole, lambda song: setattr(song.tracks[-1].mixer_device.volume, "value", 0.3))
        answer = await whole.call("revert", since=since)
        assert len(song.tracks) == count + 1
        assert song.tracks[-1].name == "Used"
        assert any("'Used' is new and stays" in each for each in answer["notes"])
        assert await whole.differences() == []


async def test_a_deleted_object_is_reported_with_lives_undo_where_possible(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        gone = await whole.call("delete", targets=["tracks/2"])
        with pytest.raises(Refused, match=r"track 'Bass' .* Live's undo can") as caught:
            await whole.call("revert", write=gone["write"])
        assert gone["write"] in caught.value.data["rule"]
        await by_hand(whole, lambda song: setattr(song, "tempo", 101.0))
        with pytest.raises(Refused, match="would take back later changes first"):
            await whole.call("revert", write=gone["write"])


async def test_an_undone_change_is_no_change_and_its_redo_has_the_same_author(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        song = whole.stage.live.song
        write = (await whole.call("set_song", tempo=99))["write"]
        await whole.call("undo")
        with pytest.raises(Refused, match="nothing to revert"):
            await whole.call("revert", write=write)
        await whole.call("undo", redo=True)
        assert song.tempo == 99.0
        await whole.call("revert", write=write)
        assert song.tempo == 82.0


async def test_changes_of_other_clients_are_reverted_by_name_and_wrong_arguments_refused(
    autojump_clock: Clock,
) -> None:
    async with whole_path(demo_set()) as whole:
        await whole.mirror.write([Set("song", "tempo", 90.0)], author="claude (Claude Code)")
        for arguments, told in (
            ({"who": "nobody", "since": 0}, "claude"),
            ({}, "revert needs"),
            ({"property": "name"}, "needs `under`"),
            ({"under": "tracks/1", "property": "colour"}, "no property 'colour'"),
            ({"since": "yesterday-ish"}, "is no moment"),
            ({"write": "w", "since": 1}, "no effect"),
            ({"write": "w"}, "no change by write 'w'"),
            ({"since": 10**9}, "is not reached; now"),
        ):
            with pytest.raises(Refused) as caught:
                await whole.call("revert", **arguments)
            assert told in f"{caught.value.data['rule']} {caught.value.data['hint']}", arguments
        await whole.call("revert", who="claude", since="1 h")
        assert whole.stage.live.song.tempo == 82.0


async def test_loop_times_are_restored_in_any_order(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        clip = whole.stage.live.song.tracks[2].clip_slots[1].clip
        names = ("loop_start", "loop_end", "looping", "start_marker", "end_marker")
        before = [getattr(clip, name) for name in names]
        since = whole.mirror.revision
        target = "tracks/2/clip_slots/1/clip"
        await whole.call("set_clip", clip=target, loop_start=8, loop_end=12)
        await whole.call("set_clip", clip=target, start_marker=16, end_marker=20, looping=False)
        await whole.call("revert", since=since)
        assert [getattr(clip, name) for name in names] == before


# -- places and envelopes ------------------------------------------------------------------------------------


async def test_envelopes_of_clips_are_restored_and_those_of_others_kept(autojump_clock: Clock) -> None:
    clip, volume_ref, pan = (
        "tracks/2/clip_slots/1/clip",
        "tracks/2/mixer_device/volume",
        "tracks/2/mixer_device/panning",
    )
    async with whole_path(demo_set()) as whole:
        live_clip = whole.stage.live.song.tracks[2].clip_slots[1].clip
        parameter = whole.stage.live.song.tracks[2].mixer_device.volume

        def line() -> list[float]:
            envelope = live_clip.automation_envelope(parameter)
            return [round(envelope.value_at_time(n / 2 + 0.01), 2) for n in range(8)] if envelope else []

        ramp = {"time": 0, "length": 4, "from": "-20 dB", "to": "-6 dB"}
        await whole.call("edit_envelope", clip=clip, parameter=volume_ref, ramps=[ramp])
        before, since = line(), whole.mirror.revision
        step = {"time": 1, "length": 1, "value": "-40 dB"}
        await whole.call("edit_envelope", clip=clip, parameter=volume_ref, steps=[step])
        await whole.call("edit_envelope", clip=clip, parameter=pan, steps=[{**step, "value": "20L"}])
        assert line() != before
        planned = await whole.call("revert", since=since, dry_run=True)
        assert [note.rpartition(" is ")[2] for note in planned["notes"]] == ["as before", "cleared"]
        await whole.call("revert", since=since)
        assert line() == before
        assert live_clip.automation_envelope(whole.stage.live.song.tracks[2].mixer_device.panning) is None
        cleared = await whole.call("edit_envelope", clip=clip, parameter=volume_ref, clear=True)
        assert line() == []
        await whole.call("revert", write=cleared["write"])
        assert line() == before
        drawn = await whole.call("edit_envelope", clip=clip, parameter=volume_ref, steps=[step])
        await by_hand(whole, lambda song: live_clip.clear_envelope(parameter))
        with pytest.raises(Refused, match="changed since by a person or Live"):
            await whole.call("revert", write=drawn["write"])


async def test_irreversible_changes_are_reported_with_the_reason_and_whether_undo_works(
    autojump_clock: Clock,
) -> None:
    async with whole_path(demo_set()) as whole:
        steps = [{"time": 64, "length": 1, "value": "-40 dB"}]
        stamped = await whole.call(
            "edit_envelope",
            track="tracks/2",
            parameter="tracks/2/mixer_device/volume",
            steps=steps,
            overwrite=True,
        )
        with pytest.raises(Refused) as caught:
            await whole.call("revert", write=stamped["write"])
        assert "cannot clear a lane; Live's undo can: undo with write" in caught.value.data["rule"]
        # The clip that was in the way has a new id, but is not new.
        assert "clip 'Bass Plain' in 'Bass' was made anew in its place" in caught.value.data["rule"]


@pytest.mark.parametrize("where", ["arrangement", "session"])
async def test_movements_by_playing_automation_have_no_author(where: str, autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        since = whole.mirror.revision
        await whole.call("create", kind="midi", name="Mine")
        await whole.call(
            "call_method", target="Mine", method="insert_device", args={"device_name": "Operator"}
        )
        track = whole.mirror.resolve("Mine")
        volume = f"{whole.mirror.ref(track.id)}/mixer_device/volume"
        await whole.call("set_track", track="Mine", volume="-20 dB")
        ramp = {"time": 0, "length": 16, "from": "-30 dB", "to": "0 dB"}
        if where == "arrangement":
            await whole.call("edit_envelope", track="Mine", parameter=volume, ramps=[ramp])
            await whole.call("transport", action="jump_to", time=0)
            await whole.call("transport", action="play")
        else:
            await whole.call("create_clip", track="Mine", slot=0, length=16)
            clip = f"{whole.mirror.ref(track.id)}/clip_slots/0/clip"
            await whole.call("edit_envelope", clip=clip, parameter=volume, ramps=[ramp])
            await whole.call("call_method", target=clip, method="fire")
        await trio.sleep(4)
        events = [event for event in whole.mirror.log.whole() if event.id == whole.mirror.resolve(volume).id]
        assert {event.who for event in events if event.name == "value"} >= {"automation"}
        assert not [event for event in events if event.name == "value" and event.who == "live"]
        await whole.call("transport", action="stop")
        await trio.sleep(1)
        answer = await whole.call("revert", since=since)
        assert "Mine" not in [track.name for track in whole.stage.live.song.tracks]
        assert not [note for note in answer.get("notes", ()) if "'Mine'" in note]


async def test_overriding_automation_is_a_change_by_the_person(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        since = whole.mirror.revision
        await whole.call("create", kind="midi", name="Mine")
        await whole.call(
            "call_method", target="Mine", method="insert_device", args={"device_name": "Operator"}
        )
        volume = f"{whole.mirror.ref(whole.mirror.resolve('Mine').id)}/mixer_device/volume"
        ramp = {"time": 0, "length": 16, "from": "-30 dB", "to": "0 dB"}
        await whole.call("edit_envelope", track="Mine", parameter=volume, ramps=[ramp])
        await whole.call("transport", action="jump_to", time=0)
        await whole.call("transport", action="play")
        await trio.sleep(2)
        await by_hand(whole, lambda song: setattr(song.tracks[-1].mixer_device.volume, "value", 0.3))
        await whole.call("transport", action="stop")
        with pytest.raises(
            Refused, match="'Mine' is new and stays: it was changed since by a person or Live"
        ):
            await whole.call("revert", since=since)


async def test_numbering_by_live_has_no_author(autojump_clock: Clock) -> None:
    async with whole_path(default_set()) as whole:
        song = whole.stage.live.song
        before = [track.name for track in song.tracks]
        since = whole.mirror.revision
        await whole.call("create", kind="midi", index=0)
        assert [track.name for track in song.tracks] != before
        shown = (await whole.call("get_changes", since=since))["events"]
        assert [(each["kind"], each["ref"]) for each in shown] == [("add", "tracks/0")]
        planned = await whole.call("revert", since=since, dry_run=True)
        assert len(planned["notes"]) == 1
        answer = await whole.call("revert", since=since)
        assert len(answer["results"]) == 1
        assert [track.name for track in song.tracks] == before
        # A name that somebody typed is restored, also beside a new track.
        since = whole.mirror.revision
        await whole.call("set_track", track="tracks/1", name="7-MIDI")
        await whole.call("create", kind="midi", index=0)
        await whole.call("revert", since=since)
        assert [track.name for track in song.tracks] == before


async def test_revert_takes_the_words_of_set_track_and_leaves_out_what_is_named(
    autojump_clock: Clock,
) -> None:
    async with whole_path(demo_set()) as whole:
        mixer = whole.stage.live.song.tracks[2].mixer_device
        before = (mixer.volume.value, mixer.panning.value, [send.value for send in mixer.sends])
        sends = [{"send": 0, "value": "-20 dB"}]
        await whole.call("set_track", track="Bass", volume="-9 dB", panning="10L", sends=sends)
        await whole.call("revert", under="Bass", property="volume")
        assert (mixer.volume.value, mixer.panning.value == before[1]) == (before[0], False)
        await whole.call("revert", under="Bass", property="panning")
        await whole.call("revert", under="Bass", property="sends")
        assert (mixer.volume.value, mixer.panning.value, [send.value for send in mixer.sends]) == before
        with pytest.raises(Refused, match="has no property 'loudness'"):
            await whole.call("revert", under="Bass", property="loudness")
        since = whole.mirror.revision
        await whole.call("set_track", track="Bass", volume="-9 dB")
        await whole.call("set_track", track="Keys", volume="-9 dB")
        answer = await whole.call("revert", since=since, but=["Bass"])
        assert len(answer["results"]) == 1
        assert mixer.volume.value != before[0]


async def test_what_a_refused_deletion_removed_for_a_moment_is_as_new_as_before(
    autojump_clock: Clock,
) -> None:
    async with whole_path(demo_set()) as whole:
        names = [track.name for track in whole.stage.live.song.tracks]
        since = whole.mirror.revision
        calls = [{"tool": "create", "args": {"kind": "midi"}} for _ in range(8)]
        await whole.call("batch", calls=calls)
        tracks = [f"tracks/{n}" for n in range(len(names) + 8)]
        for _ in range(2):
            with pytest.raises(Refused, match="last track"):
                await whole.call("delete", targets=tracks)
        assert len(whole.stage.live.song.tracks) == len(names) + 8
        answer = await whole.call("revert", since=since)
        assert answer["outcome"] == "verified"
        assert [track.name for track in whole.stage.live.song.tracks] == names


async def test_an_undo_that_is_offered_in_place_of_a_revert_works_also_after_it(
    autojump_clock: Clock,
) -> None:
    async with whole_path(demo_set()) as whole:
        count, before = len(whole.stage.live.song.scenes), picture(whole.mirror)
        calls = [
            {"tool": "delete", "args": {"targets": ["scenes/1"]}},
            {"tool": "set_song", "args": {"tempo": 99}},
        ]
        write = (await whole.call("batch", calls=calls))["write"]
        answer = await whole.call("revert", write=write)
        notes = "\n".join(answer["notes"])
        assert f"undo with write {write!r} instead of this revert" in notes
        assert f"undo this revert, then undo with write {write!r}" in notes
        await whole.call("undo")
        await whole.call("undo", write=write)
        assert len(whole.stage.live.song.scenes) == count
        assert differences(before, picture(whole.mirror)) == []


async def test_a_routing_that_follows_a_tracks_name_is_no_change_of_its_own(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        await whole.call("create", kind="audio", name="Print")
        await trio.sleep(QUIET_S)
        await whole.call("set_track", track="Print", input_routing_type="Keys")
        routing = whole.mirror.resolve("Print").props["input_routing_type"]
        since = whole.mirror.revision
        await whole.call("set_track", track="Keys", name="Piano")
        await trio.sleep(QUIET_S)
        assert whole.mirror.resolve("Print").props["input_routing_type"] != routing
        with pytest.raises(Refused) as caught:
            await whole.call("revert", since=since, under="Print")
        assert "left" not in caught.value.data["rule"]
        answer = await whole.call("revert", since=since)
        assert answer["outcome"] == "verified"
        assert not any("left" in note for note in answer.get("notes", ()))
        await trio.sleep(QUIET_S)
        assert whole.mirror.resolve("Print").props["input_routing_type"] == routing
        # A routing that was really changed is one.
        since = whole.mirror.revision
        await whole.call("set_track", track="Print", input_routing_type="Drums")
        await whole.call("set_track", track="Keys", name="Piano")
        dry = await whole.call("revert", since=since, dry_run=True)
        assert any("input routing type" in note for note in dry["notes"])


def in_scene(whole: Whole) -> list[str]:
    return [str(clip.name) for track in whole.stage.live.song.tracks for slot in track.clip_slots[:1]
            if (clip := slot.clip) is not None]  # fmt: skip


async def test_a_scenes_clips_a_pads_chains_and_a_groups_tracks_are_under_them(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        names, since = in_scene(whole), whole.mirror.revision
        assert names
        clips = [f"tracks/{n}/clip_slots/0" for n, track in enumerate(whole.stage.live.song.tracks)
                 if track.clip_slots[0].has_clip]  # fmt: skip
        for clip in clips:
            await whole.call("set_clip", clip=clip, name="Other")
        await whole.call("set_song", tempo=99)
        read = await whole.call("get_changes", since=since, match=["scenes/0"])
        assert len(read["events"]) == len(clips)
        with pytest.raises(Refused, match="`but` leaves out all"):
            await whole.call("revert", since=since, but=["scenes/0", "song"])
        with pytest.raises(Refused, match="The log has no such change"):
            await whole.call("revert", since=since, under="scenes/1", but=["song"])
        answer = await whole.call("revert", since=since, under="scenes/0")
        assert len(answer["results"]) == len(clips)
        assert in_scene(whole) == names
        assert whole.stage.live.song.tempo == 99
        pad = next(
            node for node in whole.mirror.walk() if node.type == "DrumPad" and node.props.get("chains")
        )
        (chain,) = pad.props["chains"]
        name, since = whole.mirror.node(chain).name, whole.mirror.revision
        await whole.call("set_track", track=f"id:{chain}", name="Other")
        await whole.call("revert", since=since, under=f"id:{pad.id}")
        assert whole.mirror.node(chain).name == name


def test_a_group_holds_its_tracks_and_those_of_inner_groups() -> None:
    def track(id_: int, group: int | None, *, foldable: bool = False) -> Node:
        props = {"group_track": group, "is_foldable": foldable}
        return Node(id_, "Track", 1, "tracks", props, {}, 0)

    tracks = [
        track(2, None, foldable=True),
        track(3, 2),
        track(4, 2, foldable=True),
        track(5, 4),
        track(6, None),
    ]
    song = Node(1, "Song", None, "", {}, {"tracks": tuple(node.id for node in tracks)}, 0)
    store = Store.of_nodes([song, *tracks], "epoch", 1)
    assert with_contents(store, 2) == [2, 3, 4, 5]
    assert with_contents(store, 4) == [4, 5]
    assert with_contents(store, 6) == [6]
