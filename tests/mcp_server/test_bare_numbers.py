"""A number without a unit never means another value than the one that was asked for.

Glue Compressor's Ratio has the inner values 0, 1, 2 and shows 2, 4, 10. For each such parameter of Live's devices: a
number with two readings is refused, each form of the refusal's hint means what it says, and what a read returned can be
written.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest
import trio.testing

from mcp_server import reading
from mcp_server.shown_numbers import written_value
from remote_script.headless.devices import all_devices
from remote_script.headless.music import display as laws
from remote_script.SetMirror import row_checks
from remote_script.SetMirror.contract.errors import BridgeError
from tests.every_class import everything
from tests.whole import whole_path

Clock = trio.testing.MockClock
CLIP = "tracks/6/clip_slots/0/clip"
POINTS = 10
PLAIN = re.compile(r"\s*[+-]?[0-9]*\.?[0-9]+\s*")


def _text_of(law: Any, value: float) -> str:
    return laws.text(law.unit, value, law.minimum, law.maximum)


def _continuous() -> Iterator[tuple[str, Any, dict[float, str]]]:
    """Each continuous parameter that shows numbers without a unit, with texts across its range; equal ones once."""
    seen = set()
    for facts in all_devices():
        for fact in facts.parameters:
            law = fact.law
            if law.items or (law.unit, law.minimum, law.maximum) in seen:
                continue
            seen.add((law.unit, law.minimum, law.maximum))
            low, high = law.minimum, law.maximum
            values = {low + (high - low) * step / POINTS for step in range(POINTS + 1)}
            if high - low <= 3 * POINTS:
                values |= {float(step) for step in range(math.ceil(low), math.floor(high) + 1)}
            texts = {value: _text_of(law, value) for value in sorted(values)}
            if any(PLAIN.fullmatch(text) for text in texts.values()):
                show = partial(_text_of, law)
                parameter = SimpleNamespace(
                    min=low, max=high, value=low, is_quantized=False, str_for_value=show
                )
                yield f"{facts.display_name} {fact.name}", parameter, texts


def _node(parameter: Any, value: float) -> Any:
    shown = {"value": value, "display": parameter.str_for_value(value), "is_quantized": False}
    return SimpleNamespace(id=1, name="parameter", props=shown)


def _write(parameter: Any, argument: Any) -> float:
    """The inner value that an argument of a tool leads to."""
    wanted = reading.parameter(_node(parameter, parameter.value), argument)
    return row_checks.parameter_number(parameter, "parameter", wanted)


def _forms(hint: str) -> tuple[str, dict[str, float]]:
    match = re.fullmatch(r'write ("[^"]+") \(a text\) .*, or (\{.*\}) for the inner value', hint)
    assert match is not None, hint
    return json.loads(match[1]), json.loads(match[2])


def test_a_number_with_two_readings_is_refused_and_both_of_its_forms_mean_what_they_say() -> None:
    refused = set()
    for label, parameter, texts in _continuous():
        shown = {float(text) for text in texts.values() if PLAIN.fullmatch(text)}
        for number in sorted(shown | {value for value in texts if abs(value) < 1000}):
            inner = parameter.min <= number <= parameter.max
            at_inner = parameter.str_for_value(number) if inner else ""
            means_itself = PLAIN.fullmatch(at_inner) and abs(float(at_inner) - number) < 0.6
            try:
                value = _write(parameter, number)
            except BridgeError as problem:
                if inner:
                    refused.add(label)
                    text, raw = _forms(str(problem.hint))
                    assert _write(parameter, raw) == pytest.approx(number, abs=1e-9)
                    assert float(parameter.str_for_value(_write(parameter, text))) == pytest.approx(
                        number, abs=0.51
                    )
                continue
            assert value == pytest.approx(number, abs=1e-9), (label, number)
            assert number not in shown or means_itself, (label, number, at_inner)
    assert {"Glue Compressor Ratio", "EQ Eight 1 Q A", "Amp Bass"} <= refused
    assert len(refused) > 30


def test_what_a_read_returned_can_be_written() -> None:
    checked = 0
    for label, parameter, texts in _continuous():
        for value, text in texts.items():
            node = _node(parameter, value)
            assert _write(parameter, written_value(node)) == pytest.approx(value, abs=1e-4), (
                label,
                value,
            )
            if PLAIN.fullmatch(text) and not text.startswith(("+", "-")):
                assert parameter.str_for_value(_write(parameter, text.strip())).strip() == text.strip(), (
                    label,
                    text,
                )
                checked += 1
    assert checked > 200


WAYS: dict[str, Callable[[str, Any], dict[str, Any]]] = {
    "set_device": lambda device, value: {"device": device, "parameters": {"Ratio": value}},
    "set_property": lambda device, value: {
        "target": f"{device}/parameters/5", "property": "value", "value": value
    },
    "batch": lambda device, value: {
        "calls": [{"tool": "set_device", "args": {"device": device, "parameters": {"Ratio": value}}}]
    },
}  # fmt: skip
STEP = {"time": 0, "length": 1}


async def test_every_tool_refuses_an_ambiguous_number_and_takes_both_forms(autojump_clock: Clock) -> None:
    async with whole_path(everything(), tick_s=0.02) as whole:
        made = await whole.call("insert_device", to=6, name="Glue Compressor")
        device = made["results"][0]["result"]["ref"]
        ratio = f"{device}/parameters/5"

        def shown() -> Any:
            return whole.mirror.resolve(ratio).props["display"]

        for tool, arguments in WAYS.items():
            written = ("2", "2"), ({"raw": 2}, "10"), ('{"raw": 0}', "2"), ("4", "4"), ("10", "10"), (0, "2")
            for value, text in written:
                await whole.call(tool, **arguments(device, value))
                assert shown() == text, (tool, value)
            for value in (2, 10, "3", "+1"):
                assert await whole.refused(tool, **arguments(device, value)) == "INVALID_VALUE", (tool, value)
        assert await whole.refused("batch", **WAYS["batch"](device, 2), dry_run=True) == "INVALID_VALUE"
        assert shown() == "2"
        await whole.call("set_property", target=ratio, property="value", value="10")
        settings = await whole.call("get_device", device=[device], all=True)
        parameter = await whole.call("get", target=ratio)
        listed = settings["device"]["parameters"][5]
        for view in (listed, parameter["object"]):
            assert (view["value"], view["display"]) == ({"raw": 2.0}, "10")
        envelope = {"parameter": ratio, "clip": CLIP}
        for value in (2, "3", 10):
            steps, ramps = [{**STEP, "value": value}], [{**STEP, "to": value}]
            assert await whole.refused("edit_envelope", **envelope, steps=steps) == "INVALID_VALUE", value
            assert await whole.refused("edit_envelope", **envelope, ramps=ramps) == "INVALID_VALUE", value
        for value in ("2", {"raw": 2}):
            await whole.call("edit_envelope", **envelope, steps=[{**STEP, "value": value}])


async def test_an_expected_and_a_searched_number_is_compared_as_it_is_written(autojump_clock: Clock) -> None:
    async with whole_path(everything(), tick_s=0.02) as whole:
        made = await whole.call("insert_device", to=6, name="Glue Compressor")
        device = made["results"][0]["result"]["ref"]
        ratio = f"{device}/parameters/5"
        await whole.call("set_property", target=ratio, property="value", value="10")
        calls = [{"tool": "set_song", "args": {"tempo": 100}}]
        for wanted in ("10", {"raw": 2}):
            expect = [{"target": ratio, "property": "value", "value": wanted}]
            await whole.call("batch", calls=calls, expect=expect)
        for wanted, error in ((2, "INVALID_VALUE"), ("2", "PRECONDITION_FAILED"), (1, "PRECONDITION_FAILED")):
            expect = [{"target": ratio, "property": "value", "value": wanted}]
            assert await whole.refused("batch", calls=calls, expect=expect) == error, wanted
        search = {"kind": "DeviceParameter", "under": device, "name": "Ratio"}
        counts = {
            'value = "10"': 1,
            'value = "2"': 0,
            'value = {"raw": 2}': 1,
            'value > "3"': 1,
            "value > 1": 1,
        }
        for where, count in counts.items():
            assert len((await whole.call("find", **search, where=[where]))["found"]) == count, where
        answer = await whole.call("find", kind="DeviceParameter", under=device, where=["value = 1"])
        assert "Device On" in {match["name"] for match in answer["found"]}
        assert [
            note for note in answer["notes"] if "parameters/4` shows '1' and its inner value is 3" in note
        ]
        for where in ("value = 2", "value > 5", "value = 10"):
            assert await whole.refused("find", **search, where=[where]) == "INVALID_VALUE"
