"""Guesses of headless Live about a device are marked in an agent's reads of the device."""

from __future__ import annotations

from typing import Any

import trio.testing

from mcp_server import views
from remote_script.headless import devices
from remote_script.headless.sets.generate import default_set, native
from tests.whole import whole_path


async def shown(build: str = "headless") -> dict[str, Any]:
    """A Hybrid Reverb as `get_device` shows it."""
    spec = default_set()
    spec.tracks[2].devices.append(native("Hybrid"))
    async with whole_path(spec) as whole:
        await whole.audited()
        welcome = whole.mirror._sync.welcome
        assert welcome is not None
        assert welcome.live["build"] == "headless"
        welcome.live["build"] = build
        device = whole.mirror.resolve("tracks/2/devices/0")
        return views.device_whole(whole.mirror, device)


async def test_a_guessed_display_text_is_marked_and_a_sourced_one_is_not(
    autojump_clock: trio.testing.MockClock,
) -> None:
    facts = devices.find("Hybrid")
    assert facts is not None
    guessed = {one.name for one in facts.parameters if "law" in one.guesses}
    assert 0 < len(guessed) < len(facts.parameters)
    parameters = (await shown())["parameters"]
    marked = {
        each["name"]
        for each in parameters
        if "display text between the known values" in each.get("guess", [])
    }
    assert marked == guessed


async def test_a_real_live_s_answers_are_never_marked(autojump_clock: trio.testing.MockClock) -> None:
    assert not any("guess" in each for each in (await shown("2024-05-01_abcdef"))["parameters"])
