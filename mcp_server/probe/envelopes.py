"""Envelopes of Session clips: creating, reading, clearing, and Live's refusals."""

from __future__ import annotations

from typing import Any

from mcp_server.probe.bench import AUDIO, CLIP, MIDI, Bench, Theme, a_clip
from mirror import Call

THEME = Theme("envelopes", a_clip)

VOLUME = MIDI + "/mixer_device/volume"
_OF_VOLUME = {"device_parameter": VOLUME}
_MADE = Call(CLIP, "create_automation_envelope", _OF_VOLUME)


async def _value(bench: Bench, time: float) -> float:
    value: float = await bench.answer(CLIP, "envelope_value", device_parameter=VOLUME, time=time)
    return round(value, 4)


@THEME.tries("A clip has no envelope for a parameter until one is created; has_envelopes follows")
async def envelopes_come_and_go(bench: Bench) -> tuple[Any, Any]:
    seen = [await bench.answer(CLIP, "automation_envelope", device_parameter=VOLUME)]
    for op in (_MADE, Call(CLIP, "clear_envelope", _OF_VOLUME)):
        await bench.write(op)
        await bench.settle()
        seen += await bench.now(CLIP + ".has_envelopes")
    return [None, True, False], seen


THEME.refuses(
    "envelope_twice",
    "A second envelope for a parameter is refused",
    "There is already an envelope for the parameter",
    [_MADE, _MADE],
)
THEME.refuses(
    "foreign_parameter",
    "A clip has no envelope for a parameter of another track",
    "Could not create an envelope for the parameter",
    [Call(CLIP, "create_automation_envelope", {"device_parameter": AUDIO + "/mixer_device/volume"})],
    guess=True,
)
THEME.refuses(
    "range_out_of_bounds",
    "Times beyond 1,576,800 beats are out of bounds",
    "Range out of bounds.",
    [
        _MADE,
        Call(CLIP, "delete_envelope_events", {**_OF_VOLUME, "from_time": 0.0, "to_time": 2_000_000.0}),
    ],
    since=(12, 2),
)


@THEME.tries("A new envelope has the parameter's present value everywhere")
async def new_envelope(bench: Bench) -> tuple[Any, Any]:
    await bench.write(_MADE)
    return [0.85, 0.85], [await _value(bench, 0.0), await _value(bench, 3.0)]


@THEME.tries("A step begins directly after its time: exactly at its start the envelope has the value before")
async def start_of_a_step(bench: Bench) -> tuple[Any, Any]:
    step = {**_OF_VOLUME, "time": 1.0, "length": 1.0, "value": 0.5}
    await bench.write(Call(CLIP, "insert_envelope_step", step))
    return [0.85, 0.5, 0.85], [await _value(bench, time) for time in (1.0, 1.5, 3.0)]


@THEME.tries("Undo removes a new envelope")
async def undone_envelope(bench: Bench) -> tuple[Any, Any]:
    await bench.write(_MADE)
    await bench.undo()
    await bench.settle()
    return [False], await bench.now(CLIP + ".has_envelopes")


@THEME.tries("clear_all_envelopes leaves none")
async def cleared_envelopes(bench: Bench) -> tuple[Any, Any]:
    panning = {"device_parameter": MIDI + "/mixer_device/panning"}
    await bench.write(_MADE, Call(CLIP, "create_automation_envelope", panning))
    await bench.write(Call(CLIP, "clear_all_envelopes"))
    await bench.settle()
    return [False], await bench.now(CLIP + ".has_envelopes")


@THEME.tries("Each border of a step is two events at one time", since=(12, 2))
async def events_of_a_step(bench: Bench) -> tuple[Any, Any]:
    step = {**_OF_VOLUME, "time": 1.0, "length": 1.0, "value": 0.5}
    await bench.write(Call(CLIP, "insert_envelope_step", step))
    await bench.settle()
    (envelope,) = bench.prop(CLIP, "automation_envelopes")
    times = [event[0] for event in envelope["events"]]
    return [2, 2], [times.count(1.0), times.count(2.0)]


@THEME.tries("A clip has no envelope for a parameter of another track: asking for it returns None")
async def foreign_envelope(bench: Bench) -> tuple[Any, Any]:
    volume = AUDIO + "/mixer_device/volume"
    return None, await bench.answer(CLIP, "automation_envelope", device_parameter=volume)


@THEME.tries("An arrangement clip has no envelopes: asking for one returns None", since=(12, 2))
async def envelope_of_an_arrangement_clip(bench: Bench) -> tuple[Any, Any]:
    await bench.write(Call(MIDI, "create_midi_clip", {"start_time": 0.0, "length": 4.0}))
    await bench.settle()
    clip = MIDI + "/arrangement_clips/0"
    return None, await bench.answer(clip, "automation_envelope", device_parameter=VOLUME)


@THEME.tries("A value outside of the parameter's range is refused before Live is asked")
async def value_of_a_step(bench: Bench) -> tuple[Any, Any]:
    step = {**_OF_VOLUME, "time": 1.0, "length": 1.0, "value": 2.0}
    text = await bench.refusal(Call(CLIP, "insert_envelope_step", step))
    return "INVALID_VALUE", text.partition(":")[0]


@THEME.tries("A step of length 0 has no effect (no source confirms this)", guess=True)
async def step_without_length(bench: Bench) -> tuple[Any, Any]:
    step = {**_OF_VOLUME, "time": 1.0, "length": 0.0, "value": 0.5}
    await bench.write(_MADE)
    await bench.refusal(Call(CLIP, "insert_envelope_step", step))
    return [0.85, 0.85], [await _value(bench, 1.0), await _value(bench, 1.5)]
