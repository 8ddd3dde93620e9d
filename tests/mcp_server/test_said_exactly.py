"""Answers name all that a call concerns: names with two meanings, what follows a renamed track, solos and mutes."""

from __future__ import annotations

import re

import pytest
import trio
import trio.testing

from mcp_server import knowledge, prompts
from mcp_server.music import EDITS
from mcp_server.tools import knowledge as recipe_tools
from remote_script.headless import demo_set
from tests.whole import whole_path

Clock = trio.testing.MockClock


async def test_a_name_of_an_edit_and_a_device_is_described_as_it_is_written(autojump_clock: Clock) -> None:
    both = {name for name in knowledge.all_names() if name.casefold() in EDITS}
    assert both
    async with whole_path(demo_set()) as whole:
        for name in both:
            device = await whole.call("describe", what=name)
            edit = await whole.call("describe", what=name.casefold())
            assert (device["device"], edit["edit"]) == (name, name.casefold())
            assert repr(name.casefold()) in device["notes"][0]
            assert repr(name) in edit["notes"][0]
        for name in EDITS.keys() - {name.casefold() for name in both}:
            assert (await whole.call("describe", what=name.upper()))["edit"] == name


async def test_a_reverted_name_brings_the_routing_that_follows_it(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        await whole.call("create", kind="audio", name="Print")
        await trio.sleep(1)
        await whole.call("set_track", track="Print", input_routing_type="Bass")
        before = whole.mirror.revision
        await whole.call("set_track", track="Bass", name="Sub")
        await trio.sleep(1)
        assert whole.mirror.resolve("tracks/6").props["input_routing_type"] == "Sub"
        answer = await whole.call("revert", since=str(before))
        assert answer["outcome"] == "verified"
        assert "notes" not in answer
        await trio.sleep(1)
        assert whole.mirror.resolve("tracks/6").props["input_routing_type"] == "Bass"


async def test_analyze_names_solos_muted_clips_and_tracks_without_clips(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        before = await whole.call("analyze")
        assert not {"soloed_tracks", "muted_clips", "without_clips"} & before.keys()
        await whole.call("set_track", track="Bass", solo=True)
        await whole.call("set_clip", clip="tracks/4/clip_slots/0/clip", muted=True)
        await whole.call("create", kind="midi", name="Idle")
        answer = await whole.call("analyze")
        assert answer["soloed_tracks"] == ["tracks/2"]
        assert answer["muted_clips"] == ["tracks/4/clip_slots/0/clip"]
        assert answer["without_clips"] == ["tracks/6"]


async def test_a_recipe_of_many_stages_sums_those_that_it_does_not_list(
    monkeypatch: pytest.MonkeyPatch, autojump_clock: Clock
) -> None:
    most = 5
    monkeypatch.setattr(recipe_tools, "MOST_STAGES", most)
    async with whole_path(demo_set()) as whole:
        dry = await whole.call("recipe", action="dry_run", name="colour-and-name")
        answer = await whole.call("recipe", action="run", name="colour-and-name")
        for run in (dry, answer):
            assert len(run["stages"]) == most
            assert run["more"]["stages"] > 0
        done = await whole.call("get_changes", since="0", limit=1000)
        changed = sum(stage["changed"] for stage in answer["stages"]) + answer["more"]["changed"]
        assert changed == sum(event.get("name") in ("name", "color") for event in done["events"])


def test_an_argument_of_a_prompt_stands_as_words_of_its_own() -> None:
    for prompt in prompts.PROMPTS.values():
        values = {name: f"Word{number}" for number, name in enumerate(prompt.arguments)}
        text = prompt.filled(values).messages[0].content.text
        for word in values.values():
            assert re.search(rf"(?<!\w){word}(?!\w)", text), (prompt.name, word)


async def test_a_routing_and_its_channel_are_set_in_one_call_also_on_a_new_track(
    autojump_clock: Clock,
) -> None:
    async with whole_path(demo_set()) as whole:
        await whole.call("create", kind="audio", name="Print")
        source = {"input_routing_type": "Bass", "input_routing_channel": "Post FX"}
        assert (await whole.call("set_track", track="Print", **source))["outcome"] == "verified"
        await whole.call("set_track", track="Print", input_routing_type="Ext. In")
        await trio.sleep(1)
        assert (await whole.call("set_track", track="Print", **source))["outcome"] == "verified"
        compressor = (await whole.call("insert_device", to="Keys", name="Compressor"))["results"][0]["result"]
        source = {"input_routing_type": "Drums", "input_routing_channel": "Post FX"}
        answer = await whole.call("set_device", device=compressor["ref"], properties=source)
        assert answer["outcome"] == "verified"
        assert await whole.refused("set_track", track="Print", input_routing_type="Bas") == "INVALID_VALUE"
        assert (
            await whole.refused("set_track", track="Print", input_routing_channel="Post") == "INVALID_VALUE"
        )
        wrong = {"input_routing_type": "Drums", "input_routing_channel": "Post"}
        text = (await whole.agent.client.call_tool("set_track", {"track": "Print", **wrong})).content[0].text
        assert "got 'Post'" in text
        assert "Post FX" in text
        assert "the write was undone" in text
        await trio.sleep(1)
        track = whole.mirror.resolve("tracks/6").props
        assert (track["input_routing_type"], track["input_routing_channel"]) == ("Bass", "Post FX")
