"""A line of `get_changes` is short and names its subject: notes as text, a parameter with its owner."""

from __future__ import annotations

import json
import re

import trio.testing

from remote_script.headless import demo_set
from tests.whole import whole_path

CLIP = "tracks/2/clip_slots/1"


async def test_changes_name_owners_clock_times_and_notes(autojump_clock: trio.testing.MockClock) -> None:
    async with whole_path(demo_set()) as whole:
        began = whole.mirror.revision
        await whole.call("set_track", track="Bass", volume="-9 dB")
        await whole.call("set_device", device="Reverb", parameters={"Decay Time": "2 s"})
        await whole.call("edit_notes", clip=CLIP, add="C3@0 E3@1")
        await whole.call("transform_notes", clips=[CLIP], edits=[{"edit": "transpose", "semitones": 1}])
        events = (await whole.call("get_changes", since=began))["events"]
        names = [event["object_name"] for event in events]
        assert names == ["Bass: Track Volume", "Reverb: Decay Time", "Bass Plain", "Bass Plain"]
        assert all(re.fullmatch(r"[0-9]{2}:[0-9]{2}:[0-9]{2}", event["at"]) for event in events)
        assert (events[2]["before"], events[2]["after"]) == ("", "C3@0 E3@1")
        assert "C3@0" in events[3]["before"]
        assert "C#3@0" in events[3]["after"]
        assert len(json.dumps(events)) < 1800


async def test_an_envelope_names_its_parameter(autojump_clock: trio.testing.MockClock) -> None:
    async with whole_path(demo_set()) as whole:
        ramp = {"time": 0, "length": 4, "from": "-20 dB", "to": "-3 dB"}
        volume = "tracks/2/mixer_device/volume"
        written = await whole.call("edit_envelope", clip=CLIP, parameter=volume, ramps=[ramp])
        read = await whole.call("get", target=f"{CLIP}/clip", fields=["automation_envelopes"])
        (change,) = (await whole.call("get_changes", match=[f"{CLIP}/clip"]))["events"][-1:]
        for envelopes in (
            written["results"][0]["after"]["automation_envelopes"],
            read["object"]["automation_envelopes"],
            change["after"],
        ):
            assert [(each["parameter"], each["name"]) for each in envelopes] == [
                (volume, "Bass: Track Volume")
            ]
        assert (await whole.call("revert", write=written["write"]))["outcome"] == "verified"
        cleared = await whole.call("get", target=f"{CLIP}/clip", fields=["automation_envelopes"])
        assert cleared["object"].get("automation_envelopes", []) == []
