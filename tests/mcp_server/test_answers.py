"""Answers of reads: a whole Set in a few calls, a note for every empty answer, and values that writes accept."""

from __future__ import annotations

import msgspec
import pytest
import trio
import trio.testing

from tests import jobs
from tests.every_class import everything
from tests.lean import demo_set
from tests.whole import Refused, whole_path

Clock = trio.testing.MockClock
MOST_CALLS, MOST_BYTES = 4, 12_000
DRUMS, KEYS = "tracks/0/clip_slots/3/clip", "tracks/1/clip_slots/2/clip"


async def test_a_set_is_understood_in_a_few_calls(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        me = jobs.Model(whole.call)
        overview, notes, devices = await jobs.understand(me)
        assert me.calls <= MOST_CALLS
        assert me.bytes <= MOST_BYTES
        shown = overview["set"]
        # The devices in a rack are shown with the rack.
        text = msgspec.json.encode(devices).decode()
        assert all(f'"{found.ref}"' in text for found in whole.mirror.find(kind="device", limit=200))
        midi = [
            clip
            for clip in whole.mirror.find(kind="session clip", limit=500)
            if whole.mirror.resolve(clip.ref).props["is_midi_clip"]
        ]
        assert len(midi) == 19
        assert notes["count"] == sum(len(whole.mirror.notes(clip.ref)) for clip in midi)
        assert all(("notes" in each) != ("same_notes_as" in each) for each in notes["notes"])
        assert shown["counts"]["clips"] == sum(len(row) for row in shown["grid"].values())
        lines = [*shown["tracks"], *shown["return_tracks"], shown["main_track"]]
        assert [bool(each["devices"]) for each in lines[-3:]] == [True] * 3
        assert shown["counts"]["devices"] == sum(len(each["devices"]) for each in lines)


@pytest.mark.parametrize("form", ["objects", "short", "compact"])
async def test_notes_of_each_form_are_accepted_again(form: str, autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        before = whole.mirror.notes(DRUMS)
        read = await whole.call("get_notes", clip=DRUMS, form=form)
        await whole.call("edit_notes", clip=DRUMS, change=read["notes"])
        assert whole.mirror.notes(DRUMS) == before
        await whole.call("edit_notes", clip=DRUMS, replace=read["notes"], overwrite=True)
        now = [msgspec.structs.replace(each, note_id=0) for each in whole.mirror.notes(DRUMS)]
        assert now == [msgspec.structs.replace(each, note_id=0) for each in before]


async def test_notes_outside_the_scale_are_named_and_drums_have_none(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        await whole.call("edit_notes", clip=KEYS, replace="D3@0 F#3@1 A3@2", overwrite=True)
        assert (await whole.call("get_notes", clip=KEYS))["outside_scale"] == ["Gb3"]
        assert "outside_scale" not in await whole.call("get_notes", clip=DRUMS)


async def test_a_device_shows_changed_parameters_and_all_on_request(autojump_clock: Clock) -> None:
    async with whole_path(everything(), tick_s=0.02) as whole:
        made = (await whole.call("insert_device", to=1, name="Reverb"))["results"][0]["result"]["ref"]
        assert (await whole.call("get_device", device=made))["device"]["parameters"] == []
        await whole.call("set_device", device=made, parameters={"Dry/Wet": "33 %"})
        shown = (await whole.call("get_device", device=made))["device"]
        assert [each["name"] for each in shown["parameters"]] == ["Dry/Wet"]
        assert shown["at_default"]
        both = (await whole.call("get_device", device=[made, "tracks/1/devices/0"]))["device"]
        assert both[0]["set"] == {"Dry/Wet": "33 %"}
        full = (await whole.call("get_device", device=made, all=True))["device"]["parameters"]
        assert len(full) == len(whole.mirror.children(made, "parameters"))


async def test_no_answer_is_empty_without_an_explanation(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        for tool, arguments, near in (
            ("find", {"where": ["tempoo > 3"]}, "tempo"),
            ("find", {"kind": "scene", "where": ["arm = true"]}, "name"),
            ("get", {"target": "song", "fields": ["tempoo"]}, "tempo"),
            ("wait_for_change", {"match": ["Drms"]}, "Drums"),
            ("get_changes", {"match": ["Drms"]}, "Drums"),
            ("get_changes", {"match": [3]}, "id:3"),
        ):
            with pytest.raises(Refused) as caught:
                await whole.call(tool, **arguments)
            assert near in caught.value.data["hint"], (tool, caught.value.data)
        answer = await whole.call("get", target="return_tracks/0", fields=["name", "arm"])
        assert answer["missing"] == {"arm": "exists on midi, audio only"}


async def test_values_kept_only_by_live_are_read_on_request(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        await whole.call("transport", action="jump_to", time="bar 5")
        await trio.sleep(1)
        shown = (await whole.call("get", target="song", fields=["current_song_time"]))["object"]
        assert (shown["current_song_time"], shown["bars"]) == (16.0, "5.1.1")
        meters = await whole.call("get", target="tracks/0", fields=["output_meter_level"])
        assert meters["object"]["output_meter_level"] == 0.0
        assert meters["sampled"]


async def test_a_change_is_one_line_and_filtered_by_its_author(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        began = whole.mirror.revision
        await whole.call("set_track", track=1, volume="-9 dB")
        await whole.by_hand(lambda song: setattr(song.tracks[2], "name", "Sub"))
        await trio.sleep(1)
        events = (await whole.call("get_changes", since=began))["events"]
        fader = [each for each in events if each["ref"] == "tracks/1/mixer_device/volume"]
        assert [each["name"] for each in fader] == ["value"]
        assert not [each for each in events if each["name"].startswith("available_")]
        mine = (await whole.call("get_changes", since=began, who="tests"))["events"]
        assert {each["ref"] for each in mine} == {"tracks/1/mixer_device/volume"}
        person = (await whole.call("get_changes", since=began, who="Live"))["events"]
        assert ("tracks/2", "Bass", "Sub") in [(e["ref"], e.get("before"), e.get("after")) for e in person]
