"""Envelopes in the parameter's own units both ways: ramps and curves, as points where Live has them, else as steps."""

from __future__ import annotations

from typing import Any

import pytest
import trio.testing

from remote_script.headless import demo_set
from tests.whole import Refused, Whole, whole_path

Clock = trio.testing.MockClock
CLIP = "tracks/5/clip_slots/0/clip"
VOLUME = "tracks/5/mixer_device/volume"


async def drawn(whole: Whole, *ramps: dict[str, Any], parameter: str = VOLUME) -> dict[str, Any]:
    return await whole.call("edit_envelope", clip=CLIP, parameter=parameter, ramps=list(ramps))


async def texts(whole: Whole, *times: float, parameter: str = VOLUME) -> list[str]:
    """What the parameter shows at these times of the clip."""
    found = []
    for time in times:
        args = {"device_parameter": parameter, "time": time}
        answer = await whole.call("call_method", target=CLIP, method="envelope_value", args=args)
        value = answer["results"][0]["result"]
        shown = whole.stage.live.song.tracks[5].mixer_device.volume.str_for_value(value)
        found.append(shown)
    return found


@pytest.mark.parametrize(("version", "how"), [("12.4", "points"), ("12.2", "steps"), ("11.3", "steps")])
async def test_a_ramp_goes_from_one_value_to_the_other_in_its_time(
    version: str, how: str, autojump_clock: Clock
) -> None:
    async with whole_path(demo_set(), version) as whole:
        await whole.call("create_clip", track=5, slot=0, length="4 bars")
        answer = await drawn(whole, {"time": "1|1", "length": "2 bars", "from": "-24 dB", "to": "0 dB"})
        assert answer["outcome"] == "verified"
        assert answer["results"][0]["changed"]
        (ramp,) = answer["results"][0]["result"]
        assert (ramp["from"], ramp["to"], ramp["as"]) == ("-24.0 dB", "0.0 dB", how)
        assert ("note" in answer["results"][0]) is (how == "steps")
        begin, middle, end = await texts(whole, 0.001, 4.0, 7.999)
        assert (begin, end) == ("-24.0 dB", "0.0 dB")
        assert -13.5 < float(middle.partition(" ")[0]) < -10.5


async def test_a_ramp_goes_on_where_the_one_before_ended_and_leaves_the_rest(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        await whole.call("create_clip", track=5, slot=0, length="8 bars")
        steps = [{"time": 16, "length": 8, "value": "-3 dB"}]
        await whole.call("edit_envelope", clip=CLIP, parameter=VOLUME, steps=steps)
        await drawn(
            whole,
            {"time": 0, "length": 4, "from": "-12 dB", "to": "-6 dB"},
            {"time": 4, "length": 4, "to": "-12 dB", "curve": "s-curve"},
        )
        assert await texts(whole, 0.01, 3.999, 6, 7.999, 20) == [
            "-12.0 dB", "-6.0 dB", "-9.0 dB", "-12.0 dB", "-3.0 dB",
        ]  # fmt: skip


async def test_curves_bend_as_they_are_called(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        await whole.call("create_clip", track=5, slot=0, length="2 bars")
        middles = {}
        for curve in ("linear", "s-curve", "exponential"):
            await drawn(whole, {"time": 0, "length": 8, "from": "-12 dB", "to": "0 dB", "curve": curve})
            early, middle, late = (float(each.partition(" ")[0]) for each in await texts(whole, 2, 4, 6))
            middles[curve] = (early, middle, late)
        assert middles["linear"] == (-9.0, -6.0, -3.0)
        assert middles["s-curve"][1] == -6.0
        assert middles["s-curve"][0] < -9.0 < -3.0 < middles["s-curve"][2]
        assert middles["exponential"][1] < -9.0


async def test_an_envelope_is_read_as_the_parameter_shows_it(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        await whole.call("create_clip", track=5, slot=0, length="2 bars")
        await drawn(
            whole,
            {"time": 0, "length": 4, "from": "20L", "to": "C"},
            parameter="tracks/5/mixer_device/panning",
        )
        args = {"device_parameter": "tracks/5/mixer_device/panning"}
        answer = await whole.call("call_method", target=CLIP, method="shown_envelope", args=args)
        assert [(time, text) for time, _, text in answer["results"][0]["result"]] == [
            (0.0, "20L"),
            (4.0, "C"),
        ]


@pytest.mark.parametrize(
    ("ramp", "rule"),
    [
        ({"time": 0, "length": 4, "to": "3 Hz"}, "another unit"),
        ({"time": 0, "length": 0, "to": "0 dB"}, "above 0"),
        ({"time": 0, "length": 4, "to": "0 dB", "curve": "wavy"}, "wavy"),
        ({"time": 0, "length": 4000, "to": "0 dB", "curve": "s-curve"}, "2000 points"),
        ({"time": 0, "length": 4}, "to"),
    ],
)
async def test_a_wrong_ramp_is_refused_and_nothing_is_left(
    ramp: dict[str, Any], rule: str, autojump_clock: Clock
) -> None:
    async with whole_path(demo_set()) as whole:
        await whole.call("create_clip", track=5, slot=0)
        with pytest.raises(Refused) as caught:
            await drawn(whole, {"time": 0, "length": 1, "to": "-6 dB"}, ramp)
        assert rule in str(caught.value.data)
        assert not whole.mirror.resolve(CLIP).props["has_envelopes"]
