"""Loading from the browser, through MCP: to the requested place, with an answer after Live shows the item."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import trio
import trio.testing

from mcp_server.library import Library
from mirror import Call
from tests.every_class import everything
from tests.whole import Refused, Whole, whole_path

Clock = trio.testing.MockClock
KEYS, DRUMS = "tracks/1", "tracks/0"
EMPTY_CHAIN = "tracks/7/devices/9/chains/0"


async def devices(whole: Whole, holder: str) -> list[str]:
    """The devices of a track or a chain."""
    found = await whole.call("get", target=holder, children="devices", fields=["name"])
    return [each["name"] for each in found["children"]]


async def load(whole: Whole, path: str, **more: Any) -> dict[str, Any]:
    """Load, and check that the mirror has the new device with its parameters when the call returns."""
    answer = await whole.call("load", path=path, **more)
    (result,) = answer["results"]
    assert answer["outcome"] == "verified"
    if result["result"]["type"] != "Clip":
        shown = (await whole.call("get_device", device=result["result"]["id"], all=True))["device"]
        assert shown["parameters"][0]["name"] == "Device On"
        assert shown["parameters"][-1]["display"]
    return dict(result["result"])


async def first_in(whole: Whole, path: str, **more: Any) -> str:
    """The first loadable item in a folder of the browser."""
    for item in (await whole.call("browse", path=path, **more))["items"]:
        if item.get("is_loadable"):
            return str(item["path"])
        if item.get("is_folder"):
            return await first_in(whole, item["path"])
    raise AssertionError(f"nothing to load in {path}")


async def test_a_device_is_loaded_at_the_end_beside_or_instead_of_another(autojump_clock: Clock) -> None:
    async with whole_path(everything(), tick_s=0.02) as whole:
        first, *rest = await devices(whole, KEYS)
        made = await load(whole, "audio_effects/Reverb", to=KEYS)
        assert await devices(whole, KEYS) == [first, *rest, "Reverb"]
        assert made["ref"] == f"{KEYS}/devices/{1 + len(rest)}"
        await load(whole, "audio_effects/Limiter", to=f"{KEYS}/devices/1", place="before")
        assert await devices(whole, KEYS) == [first, "Limiter", *rest, "Reverb"]
        await load(whole, "audio_effects/Saturator", to=f"{KEYS}/devices/1", place="after")
        assert await devices(whole, KEYS) == [first, "Limiter", "Saturator", *rest, "Reverb"]
        made = await load(whole, "audio_effects/Delay", to=f"{KEYS}/devices/1", place="replace")
        assert await devices(whole, KEYS) == [first, "Delay", "Saturator", *rest, "Reverb"]
        assert made["ref"] == f"{KEYS}/devices/1"
        assert whole.stage.live.application.browser.hotswap_target is None
        # The target of one load does not remain the target of later loads.
        await load(whole, "audio_effects/Redux", to=KEYS)
        assert (await devices(whole, KEYS))[-1] == "Redux"
        assert await whole.differences() == []


@pytest.mark.parametrize("chain", ["tracks/0/devices/0/chains/0", "tracks/7/devices/9/chains/1"])
async def test_an_effect_is_loaded_at_the_end_of_a_chain_by_browser_or_as_native_device(
    chain: str, autojump_clock: Clock
) -> None:
    async with whole_path(everything(), tick_s=0.02) as whole:
        held = await devices(whole, chain)
        made = await load(whole, "audio_effects/Saturator", to=chain)
        assert made["ref"] == f"{chain}/devices/{len(held)}"
        await whole.call("insert_device", to=chain, name="Reverb", index=len(held))
        assert await devices(whole, chain) == [*held, "Reverb", "Saturator"]
        for _ in range(2):
            await whole.call("undo")
        assert await devices(whole, chain) == held
        assert await whole.differences() == []


async def test_into_an_empty_chain_a_native_device_is_inserted_first_and_reported(
    autojump_clock: Clock,
) -> None:
    async with whole_path(everything(), tick_s=0.02) as whole:
        with pytest.raises(Refused) as caught:
            await whole.call("load", path="audio_effects/Saturator", to=EMPTY_CHAIN)
        assert "insert_device" in caught.value.data["hint"]
        await whole.call("insert_device", to=EMPTY_CHAIN, name="Reverb")
        await load(whole, "audio_effects/Saturator", to=EMPTY_CHAIN)
        assert await devices(whole, EMPTY_CHAIN) == ["Reverb", "Saturator"]


async def test_an_instrument_is_loaded_on_a_pad_and_a_sample_in_a_slot(autojump_clock: Clock) -> None:
    async with whole_path(everything(), tick_s=0.02) as whole:
        pad = f"{DRUMS}/devices/0/drum_pads/60"
        made = await load(whole, "instruments/Drift", to=pad)
        assert made["type"] == "DriftDevice"
        assert (await whole.call("get", target=pad))["object"]["chains"]
        sample = await first_in(whole, "samples")
        slot = "tracks/7/clip_slots/6"
        made = await load(whole, sample, to=slot)
        assert (made["type"], made["ref"]) == ("Clip", f"{slot}/clip")
        assert await whole.differences() == []


async def test_a_slow_plug_in_is_awaited_and_a_missing_one_reported_with_the_present_devices(
    autojump_clock: Clock,
) -> None:
    async with whole_path(everything(), tick_s=0.02) as whole:
        plugin = await first_in(whole, "plugins")
        told: list[tuple[float, float | None, str | None]] = []

        async def progress(*about: Any) -> None:
            told.append(about)
            await trio.lowlevel.checkpoint()

        made = await load(whole, plugin, to=KEYS, progress=progress)
        assert made["type"] == "PluginDevice"
        assert (told[0][0], told[-1][0]) == (0, 1)
        assert [each[0] for each in told] == sorted({each[0] for each in told})
        assert {each[1] for each in told} == {1}
        assert "the track shows " in (told[1][2] or "")
        before, entries = await devices(whole, KEYS), whole.history()
        # A hot-swap with another kind of device silently loads nothing.
        with pytest.raises(Refused) as caught:
            await whole.call(
                "load", path="instruments/Drift", to=f"{KEYS}/devices/1", place="replace", timeout_s=5
            )
        assert f"the track shows {', '.join(before)}" in caught.value.data["rule"]
        assert (await devices(whole, KEYS), whole.history()) == (before, entries)


async def test_unsuitable_items_and_targets_of_a_load_are_refused(autojump_clock: Clock) -> None:
    async with whole_path(everything(), tick_s=0.02) as whole:
        entries = whole.history()
        for arguments in (
            {"path": "audio_effects/Nothing"},
            {"path": "nowhere/Reverb"},
            {"path": "audio_effects"},
            {"path": "audio_effects/Reverb", "to": "scenes/0"},
            {"path": "audio_effects/Reverb", "to": EMPTY_CHAIN},
            {"path": "audio_effects/Reverb", "to": KEYS, "place": "before"},
            {"path": "audio_effects/Reverb", "to": KEYS, "place": "under"},
        ):
            with pytest.raises(Refused):
                await whole.call("load", **arguments)
        assert whole.history() == entries
        assert await whole.differences() == []


async def test_the_browser_is_read_in_pages_and_by_words(autojump_clock: Clock) -> None:
    async with whole_path(everything(), tick_s=0.02) as whole:
        roots = {each["path"] for each in (await whole.call("browse", path=""))["items"]}
        assert roots >= {"instruments", "plugins", "samples", "packs"}
        whole_list, cursor = [], ""
        while True:
            page = await whole.call("browse", path="audio_effects", limit=7, cursor=cursor)
            whole_list += [each["path"] for each in page["items"]]
            cursor = page.get("next_cursor", "")
            if not cursor:
                break
        assert len(whole_list) == len(set(whole_list)) == page["total"] > 20
        found = await whole.call("browse", path="audio_effects", match="verb")
        assert {each["path"] for each in found["items"]} == {
            each for each in whole_list if "verb" in each.casefold()
        }


async def test_the_whole_browser_is_searched_by_words_and_folders_are_read_once(
    tmp_path: Path, autojump_clock: Clock
) -> None:
    kept = tmp_path / "browser.json"
    async with whole_path(everything(), tick_s=0.02, library_file=kept) as whole:
        found = (await whole.call("browse", match="reverb", deep=True, limit=500))["items"]
        assert found[0] == {"path": "audio_effects/Reverb", "is_folder": True, "is_loadable": True}
        while "left" in (answer := await whole.call("browse", match="kit lo-fi", deep=True)):
            assert "folders were not looked into" in answer["left"]
        assert "drums/Dusty Lo-Fi Kit.adg" in [each["path"] for each in answer["items"]]
        plugins = (await whole.call("browse", path="plugins", match="plugins", deep=True))["items"]
        assert all(each["path"].startswith("plugins/") for each in plugins)
        with pytest.raises(Refused, match="needs words"):
            await whole.call("browse", deep=True)
        made = await load(whole, found[0]["path"], to=KEYS)
        assert made["type"]
    library = Library(kept)
    assert "audio_effects" in library.folders
    async with whole_path(everything(), tick_s=0.02, library_file=kept) as whole:
        before = whole.stage.script.executor.answers.counters["executed"]
        again = (await whole.call("browse", match="reverb", deep=True, limit=500))["items"]
        assert again[0] == found[0]
        assert whole.stage.script.executor.answers.counters["executed"] == before


def test_a_broken_cache_is_rebuilt(tmp_path: Path) -> None:
    kept = tmp_path / "browser.json"
    kept.write_text('{"drums": 7}')
    assert Library(kept).folders == {}


async def test_reads_of_the_browser_are_spaced_to_avoid_crashes_of_live(autojump_clock: Clock) -> None:
    async with whole_path(everything(), "12.3", tick_s=0.02) as whole:
        lists = [Call("application/browser", "list_items", {"path": "audio_effects", "limit": 49})] * 12
        result = await whole.mirror.write(lists)
        assert len({str(each.result) for each in result.results}) == 1
        for path in ("audio_effects", "instruments", "sounds"):
            await whole.call("browse", path=path, limit=200)
        assert not whole.stage.live.ended
