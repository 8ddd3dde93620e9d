"""Values as people write them, and refusals and notes that name the next step."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import trio.testing

from remote_script.headless import default_set
from tests.lean import demo_set
from tests.whole import Refused, whole_path

Clock = trio.testing.MockClock
NEXT_STEPS = [
    ("set_device", {"device": "tracks/0/devices/0", "parameters": {"Macro 1": "70 Hz"}}, "does not show"),
    ("insert_device", {"to": 1, "name": "EQ Eigth"}, "EQ Eight"),
    ("create", {"kind": "cue_point", "time": 9000, "name": "Far"}, "song_length"),
    ("transport", {"action": "jump_to", "time": 9000}, "song_length"),
    ("batch", {"calls": [{"tool": "get_set", "args": {}}] * 1001}, "1 to 1000"),
    ("create_clip", {"track": 1, "slot": 1, "notes": "[" * 3000}, "pitch"),
    ("describe", {"what": "consolidate"}, "crop"),
    ("describe", {"what": "slice to midi"}, "Simpler"),
    ("describe", {"what": "comping"}, "a person"),
    ("describe", {"what": "tempo automation"}, "set_song"),
    ("set_track", {"track": 0, "color": "reddish"}, "turquoise"),
]


@pytest.mark.parametrize(("tool", "args", "words"), NEXT_STEPS)
async def test_a_refusal_names_what_to_do_next(
    autojump_clock: Clock, tool: str, args: dict[str, Any], words: str
) -> None:
    async with whole_path(demo_set()) as whole:
        with pytest.raises(Refused) as refused:
            await whole.call(tool, **args)
        assert words in f"{refused.value} {refused.value.data['hint']}"


async def test_a_section_without_a_scene_of_its_name_is_answered_with_what_to_write(
    autojump_clock: Clock,
) -> None:
    async with whole_path(default_set()) as whole:
        with pytest.raises(Refused, match="Nothing is named 'Verse'") as refused:
            await whole.call("arrange", sections=[{"name": "Verse", "bars": 4}])
        assert "index" in refused.value.data["hint"]


async def test_the_clips_of_a_name_are_told_apart_by_session_and_time(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        await whole.call("set_clip", clip="tracks/1/clip_slots/0/clip", name="Only one")
        await whole.call("duplicate", target="tracks/1/clip_slots/0/clip", time=[400])
        with pytest.raises(Refused) as refused:
            await whole.call("set_clip", clip="Only one", color="blue")
        assert "tracks/1/clip_slots/0/clip (Only one, session), " in refused.value.data["hint"]
        assert "(Only one, arrangement at 400 beats)" in refused.value.data["hint"]


@pytest.mark.parametrize("color", ["blue", "#00f", "#0000ff", 0xFF])
async def test_colors_are_taken_and_answered_as_people_write_them(autojump_clock: Clock, color: Any) -> None:
    async with whole_path(demo_set()) as whole:
        (result,) = (await whole.call("set_track", track=0, color=color))["results"]
        assert re.fullmatch("#[0-9a-f]{6}", result["after"])
        assert "asked for '#0000ff', Live made it '#" in result["note"]
        shown = (await whole.call("get", target="tracks/0", fields=["color"]))["object"]["color"]
        assert shown == result["after"]
        events = (await whole.call("get_changes", match=["tracks/0"], who="me"))["events"]
        assert [event["after"] for event in events] == [result["after"]]
        await whole.call("set_track", track=0, color=shown)


async def test_what_the_transport_and_a_slot_do_besides_is_in_the_answer(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        answer = await whole.call("transport", action="jump_to", time="3.1.1")
        assert "starts at 1.1.1" in answer["notes"][0]
        answer = await whole.call("transport", action="play")
        assert answer["notes"] == ["plays from 1.1.1, the song's start_time"]
        await whole.call("transport", action="stop")
        await whole.call("set_song", start_time="3.1.1")
        assert "plays from 3.1.1" in (await whole.call("transport", action="play"))["notes"][0]
        song = whole.mirror.resolve("song")
        empty = next(
            slot
            for track in whole.mirror.children(song, "tracks")
            for slot in whole.mirror.children(track, "clip_slots")
            if not slot.props["has_clip"] and not track.props["is_foldable"]
        )
        answer = await whole.call("fire", target=whole.mirror.ref(empty.id))
        assert "nothing is launched" in answer["notes"][0]


async def test_lengths_and_fractions_are_taken_where_times_are(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        await whole.call("set_clip", clip="tracks/1/clip_slots/0/clip", loop_end="2 bars")
        assert whole.stage.live.song.tracks[1].clip_slots[0].clip.loop_end == 8.0
        await whole.call("get_notes", clip="tracks/1/clip_slots/0/clip", to_time="3.5")


async def test_long_lists_and_names_are_cut_in_answers(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        (result,) = (await whole.call("set_track", track=0, name="n" * 5000))["results"]
        assert len(result["after"]) < 500
        since = whole.mirror.revision
        await whole.call("set_track", track=0, name="m")
        await whole.call("create", kind="midi", name="Another")
        events = (await whole.agent.client.read_resource(f"live://events?since={since}")).contents[0].text
        for event in json.loads(events)["events"]:
            if event["kind"] == "set":
                assert len(str(event)) < 1500, event
