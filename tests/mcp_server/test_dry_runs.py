"""A dry run and the real call agree: earlier operations of a call are taken into account for later ones."""

from __future__ import annotations

from typing import Any

import pytest

from mcp_server import recipes
from remote_script.headless import SetSpec, default_set
from tests.lean import demo_set
from tests.whole import Refused, whole_path

RECIPES = sorted(recipes.shelf().recipes)


def without_kit() -> SetSpec:
    """The demo Set with a drum track without a rack."""
    spec = demo_set()
    spec.tracks[0].devices = []
    return spec


def without_audio() -> SetSpec:
    """The demo Set without the audio clips that an inserted range would cut."""
    spec = demo_set()
    for track in spec.tracks:
        if track.kind == "audio":
            track.arrangement_clips = []
    return spec


async def outcome(whole: Any, tool: str, **args: Any) -> str:
    """ "" for a success, otherwise the refusal."""
    try:
        await whole.call(tool, **args)
    except Refused as problem:
        return str(problem)
    return ""


@pytest.mark.parametrize("name", RECIPES)
@pytest.mark.parametrize("make", [demo_set, without_kit, default_set])
async def test_a_recipe_is_refused_in_a_dry_run_only_if_refused_in_a_run(
    autojump_clock: Any, make: Any, name: str
) -> None:
    example = dict(recipes.shelf().recipes[name].example)
    async with whole_path(make(), tick_s=0.02) as whole:
        args = {"name": name, "parameters": example}
        dry = await outcome(whole, "recipe", action="dry_run", **args)
        real = await outcome(whole, "recipe", action="run", **args)
        assert bool(dry) == bool(real), (dry, real)


async def test_a_fill_is_written_on_drums_without_a_kit(autojump_clock: Any) -> None:
    async with whole_path(without_kit(), tick_s=0.02) as whole:
        args = {"name": "drum-fill", "parameters": {"clip": "tracks/0/clip_slots/3"}}
        assert await outcome(whole, "recipe", action="dry_run", **args) == ""
        await whole.call("recipe", action="run", **args)
        pitches = {note.pitch for note in whole.mirror.notes("tracks/0/clip_slots/3/clip")}
        assert {38, 45, 41} <= pitches


async def test_an_insertion_that_only_moves_clips_overwrites_none_of_them(autojump_clock: Any) -> None:
    async with whole_path(without_audio(), tick_s=0.02) as whole:
        args = {"action": "insert", "range": ["bar 5", "bar 7"]}
        dry = await outcome(whole, "arrange", dry_run=True, **args)
        assert (dry, await outcome(whole, "arrange", **args)) == ("", "")


async def test_locators_are_refused_in_a_dry_run_too_while_the_song_plays(autojump_clock: Any) -> None:
    async with whole_path(without_audio(), tick_s=0.02) as whole:
        await whole.call("call_method", target="song", method="start_playing")
        args = {"action": "insert", "range": ["bar 5", "bar 7"]}
        for dry_run in (True, False):
            said = await outcome(whole, "arrange", dry_run=dry_run, **args)
            assert "only while the song is stopped" in said
