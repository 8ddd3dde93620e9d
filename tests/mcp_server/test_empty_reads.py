"""A read without results because of a wrong word reports that; functions that Live's API lacks are explained."""

from __future__ import annotations

from typing import Any

import pytest
import trio.testing

from mcp_server import unavailable
from remote_script.headless import demo_set
from tests.whole import Refused, Whole, whole_path

Clock = trio.testing.MockClock

WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("find", {"name": "zzz"}, "0 of them named like 'zzz'"),
    ("find", {"kind": "track", "name": "bassss line"}, "near it are Bass"),
    ("find", {"kind": "track", "where": ["mute = on", "arm = false"]}, "0 of them: mute = on"),
    ("find", {"where": ["volume < -6"]}, "inner value, 0 to 1, not -6"),
    ("find", {"where": ["volume < -6 Hz"]}, "shows values such as"),
    ("find", {"where": ["panning = loud"]}, "shows values such as"),
    ("find", {"kind": "track", "where": ["mute = maybe"]}, "`mute` is true or false"),
    ("find", {"kind": "clip", "where": ["length > 2 bars"]}, "`length` is a number (beats)"),
    ("find", {"where": ["name < 5"]}, "has no order"),
    ("browse", {"path": "drums", "match": "909 cor kit"}, "did you mean 909 Core Kit"),
    ("browse", {"match": "zzz"}, "none of 12 names has 'zzz'"),
    ("browse", {"match": "zzz", "deep": True}, "nothing has 'zzz' in its path: try another word"),
    ("browse", {"path": "sounds/Guitar"}, "sounds has Bass"),
    ("browse", {"path": "drum/x"}, "did you mean"),
    ("load", {"path": ["Reverb"]}, "did you mean audio_effects/Reverb"),
    ("load", {"path": ["audio_effects/Reverbb"]}, "did you mean audio_effects/Reverb"),
    ("get_notes", {"clip": []}, "`clip` cannot be []"),
    ("get_notes", {"clip": ["tracks/2/clip_slots/1"], "from_time": 8, "to_time": 4}, "From 8.0 to 4.0"),
    ("get_notes", {"clip": ["tracks/2/clip_slots/1"], "from_pitch": "C3", "to_pitch": "C2"}, "From pitch 60 to 48"),
    ("get_notes", {"clip": ["tracks/2/clip_slots/1"], "cursor": "9000"}, "none at 9000"),
    ("get_device", {"device": "Reverb", "match": "decai tim"}, "did you mean Decay"),
    ("get", {"target": "Bass", "children": "devices", "cursor": "500"}, "The list has 3 elements"),
    ("recipe", {"name": "zzz"}, "none of them has 'zzz'; there are"),
    ("describe", {"what": "trak"}, "did you mean Track"),
]  # fmt: skip


async def answer_or_refusal(whole: Whole, tool: str, args: dict[str, Any]) -> dict[str, Any]:
    try:
        return await whole.call(tool, **args)
    except Refused as problem:
        return problem.data


async def test_a_read_without_a_result_names_the_word_without_matches(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        for tool, args, reason in WRONG:
            answer = await answer_or_refusal(whole, tool, args)
            said = [str(answer.get("rule")), str(answer.get("hint")), *answer.get("notes", ())]
            assert any(reason in text for text in said), (tool, args, answer)
            assert "undone" not in str(answer.get("hint")) or tool == "load", answer


async def test_words_are_compared_by_the_type_of_the_property(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        await whole.call("set_track", track="Bass", name="808", mute=True, color="#ff3636")
        color = f"#{whole.mirror.resolve('tracks/2').props['color']:06x}"
        for where in ("name = 808", "mute = on", f"color = {color}"):
            answer = await whole.call("find", kind="track", where=[where])
            assert "tracks/2" in [match["ref"] for match in answer["found"]], where
            assert len(answer["found"]) < 4
        loud = await whole.call("find", kind="parameter", where=["value > 5 kHz"])
        assert loud["found"]
        assert all("kHz" in match["display"] for match in loud["found"])


async def test_a_browser_item_is_found_without_punctuation(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        for args in ({"path": "drums"}, {"deep": True}):
            answer = await whole.call("browse", match="lofi", **args)
            assert answer["items"][0]["path"] == "drums/Dusty Lo-Fi Kit.adg"


MISSING = [word for missing in unavailable.MISSING for word in missing.words]


@pytest.mark.parametrize("word", MISSING)
async def test_a_function_missing_in_live_is_explained_by_every_tool(
    word: str, autojump_clock: Clock
) -> None:
    missing = unavailable.about(word)
    assert missing is not None
    calls: list[tuple[str, dict[str, Any]]] = [
        (word, {}),
        ("describe", {"what": word}),
        ("describe", {"what": f"{word} tracks"}),
        ("recipe", {"action": "run", "name": word}),
        ("recipe", {"action": "show", "name": word}),
        ("call_method", {"target": "Bass", "method": word}),
        ("set_property", {"target": "Bass", "property": word, "value": 1}),
        ("create", {"kind": word}),
        ("transport", {"action": word}),
        ("set_device", {"device": "Reverb", "action": word}),
    ]
    async with whole_path(demo_set()) as whole:
        for tool, args in calls:
            refusal = await answer_or_refusal(whole, tool, args)
            assert missing.instead in refusal["hint"], (tool, args, refusal)


async def test_a_parameter_mistaken_for_a_property_is_named(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        for tool, args in (
            ("set_property", {"target": "Bass", "property": "volume", "value": "-6 dB"}),
            ("set_property", {"target": "Bass", "property": "mixer_device/volume", "value": "-6 dB"}),
        ):
            refusal = await answer_or_refusal(whole, tool, args)
            assert "tracks/2/mixer_device/volume, and its property `value`" in refusal["hint"]
        target = {"target": "tracks/2/mixer_device/volume", "property": "value"}
        assert (await whole.call("set_property", **target, value="-6 dB"))["outcome"] == "verified"
