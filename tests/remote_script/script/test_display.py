"""Values from their display texts: the text of a value leads back to a value with the same text."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remote_script.headless import demo_set
from remote_script.headless.devices import all_devices
from remote_script.headless.music import display as laws
from remote_script.SetMirror import row_checks
from remote_script.SetMirror.contract import display
from remote_script.SetMirror.contract.errors import BridgeError
from tests import sets

from .stage import Stage
from .test_in_live import on_stage
from .test_writing import put, refused


@pytest.mark.parametrize(
    ("text", "amount", "unit"),
    [
        ("2.50 kHz", 2500.0, "Hz"),
        ("440 Hz", 440.0, "Hz"),
        ("350 ms", 0.35, "s"),
        ("45 %", 45.0, "%"),
        ("-inf dB", -math.inf, "dB"),
        ("20L", -20.0, "pan"),
        ("C", 0.0, "pan"),
        ("4.00 : 1", 4.0, "ratio"),
        ("1/8", 0.125, "fraction"),
        ("+12 st", 12.0, "st"),
        ("0.5", 0.5, ""),
    ],
)
def test_a_display_text_is_understood(text: str, amount: float, unit: str) -> None:
    found = display.quantity(text)
    assert found is not None
    assert (pytest.approx(found.amount), found.unit) == (amount, unit)


@pytest.mark.parametrize("written", sorted(display._UNITS))
def test_every_unit_of_the_list_is_understood_behind_a_number(written: str) -> None:
    unit, factor = display._UNITS[written]
    parsed = display.quantity(f"2.5 {written}")
    assert parsed is not None, f"the pattern _QUANTITY in contract/display.py does not match {written!r}"
    assert (pytest.approx(parsed.amount), parsed.unit) == (2.5 * factor, unit)


@pytest.mark.parametrize("written", sorted({*laws._DIGITS} - {"note"}))
def test_every_unit_that_headless_live_writes_is_understood(written: str) -> None:
    text = laws.text(written, 0.7)
    assert display.quantity(text) is not None, f"_UNITS of contract/display.py has no unit of {text!r}"


@pytest.mark.parametrize("text", ["Low Pass", "12 parsecs", "", "dB", "1/0", "4 : 0"])
def test_texts_without_a_number_are_not_quantities(text: str) -> None:
    assert display.quantity(text) is None


def _hertz(value: float) -> str:
    hertz = 20 * 1000**value
    return f"{hertz / 1000:.2f} kHz" if hertz >= 1000 else f"{hertz:.1f} Hz"


def _falling(value: float) -> str:
    return f"{100 - 100 * value:.0f} %"


@given(st.floats(0, 1), st.sampled_from([_hertz, _falling]))
def test_the_text_of_a_value_leads_to_a_value_that_shows_it(value: float, show: Any) -> None:
    text = show(value)
    assert show(display.value_of(text, show, 0.0, 1.0)) == text


def test_the_roundest_value_is_chosen_and_values_between_two_texts_use_the_nearer() -> None:
    assert display.value_of("50 %", _falling, 0.0, 1.0) == 0.5
    assert _falling(display.value_of("49.6 %", _falling, 0.0, 1.0)) == "50 %"
    assert _falling(display.value_of("49.4 %", _falling, 0.0, 1.0)) == "49 %"


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("30 kHz", "out of range"),
        ("5 dB", "another unit"),
        ("loud", "neither a quantity"),
        ("", "neither a quantity"),
    ],
)
def test_a_text_that_live_never_shows_is_refused_with_valid_ones(text: str, rule: str) -> None:
    with pytest.raises(display.Refused, match=f"{rule}.*'20.0 Hz' to '20.00 kHz'"):
        display.value_of(text, _hertz, 0.0, 1.0)


SHARES = (0.0, 0.1, 0.37, 0.5, 0.82, 1.0)


def _check_all_parameters(stage: Stage) -> int:
    checked = 0
    seen = set()
    for row in list(stage.script.batcher.shadow.rows.values()):
        if row.layout.type != "DeviceParameter" or row.value("is_quantized"):
            continue
        parameter = row.obj
        low, high = float(parameter.min), float(parameter.max)
        texts = tuple(str(parameter.str_for_value(low + (high - low) * share)) for share in SHARES)
        # A Set has hundreds of equal faders: parameters with the same texts are searched once.
        if (low, high, texts) in seen:
            continue
        seen.add((low, high, texts))
        for text in texts:
            if text.startswith("+"):
                # "+2 st" could also be a change: it is refused with the text that means the value.
                with pytest.raises(display.Refused, match=re.escape(f"write {text[1:]!r}")):
                    display.value_of(text, display.texts(parameter), low, high)
                text = text[1:]
            value = display.value_of(text, display.texts(parameter), low, high)
            assert low <= value <= high
            shown = display.quantity(str(parameter.str_for_value(value)))
            assert shown == display.quantity(text), (parameter.name, text, value)
            checked += 1
    return checked


def test_every_parameter_of_the_demo_set_can_be_set_by_lives_texts() -> None:
    with on_stage(demo_set()) as stage:
        stage.follower()
        assert _check_all_parameters(stage) > 100


@sets.parametrize_long
def test_every_parameter_of_a_real_set_can_be_set_by_lives_texts(als: Path) -> None:
    with on_stage(sets.spec(als)) as stage:
        stage.follower()
        assert _check_all_parameters(stage) > 0


def _native_parameters() -> Iterator[tuple[str, Any]]:
    """Every continuous parameter of Live's devices, as an object with Live's properties; equal parameters once."""
    seen = set()
    for facts in all_devices():
        for fact in facts.parameters:
            law = fact.law
            if law.items or (law.minimum, law.maximum, law.unit) in seen:
                continue
            seen.add((law.minimum, law.maximum, law.unit))
            yield (
                f"{facts.display_name} {fact.name}",
                SimpleNamespace(
                    min=law.minimum,
                    max=law.maximum,
                    value=fact.default,
                    is_quantized=False,
                    str_for_value=partial(_text_of, law),
                ),
            )


def _text_of(law: Any, value: float) -> str:
    return laws.text(law.unit, value, law.minimum, law.maximum)


def test_a_number_out_of_range_of_a_native_parameter_is_refused_with_the_range() -> None:
    offered = 0
    for label, parameter in _native_parameters():
        texts = [
            parameter.str_for_value(parameter.min + (parameter.max - parameter.min) * share)
            for share in SHARES
        ]
        shown = {float(digits) for text in texts if (digits := _digits(text))}
        for number in shown | {10.0, -6.0}:
            if parameter.min <= number <= parameter.max:
                continue
            with pytest.raises(BridgeError) as caught:
                row_checks.parameter_number(parameter, label, number)
            hint = str(caught.value.facts.get("hint") or caught.value.hint)
            for text in re.findall(r"(?:write|or) '([^']+)'", hint):
                offered += 1
                value = row_checks.parameter_number(parameter, label, text)
                assert parameter.min <= value <= parameter.max, (label, number, text)
            for inner in re.findall(r"(?:write|or) (-?[0-9.e-]+), which shows", hint):
                offered += 1
                row_checks.parameter_number(parameter, label, float(inner))
            assert number not in shown or "write " in hint, (label, number, texts, hint)
    assert offered > 100


def _digits(text: str) -> str:
    """The number in a text besides its unit; "" for words and fractions."""
    match = re.match(r"-?[0-9.]+", text)
    return match[0] if match and display.quantity(text) and "/" not in text else ""


def test_a_ratio_is_written_with_a_colon_or_in_words() -> None:
    for text in ("4:1", "4 : 1", "4 to 1", "4.00 TO 1"):
        assert display.quantity(text) == display.Quantity(4.0, "ratio")


def test_a_write_in_decibels_returns_value_and_text_and_a_wrong_text_is_refused_with_choices() -> None:
    with on_stage(demo_set()) as stage:
        client = stage.follower()
        (done,) = client.write(put("tracks/0/mixer_device/volume", "value", "-6 dB"))["result"]["results"]
        assert (done["after"], done["display"]) == (pytest.approx(0.7), "-6.0 dB")
        (done,) = client.write(put("tracks/0/mixer_device/panning", "value", "20L"))["result"]["results"]
        assert (done["after"], done["display"]) == (pytest.approx(-0.4), "20L")
        can_undo = stage.song.can_undo
        told = refused(client.write(put("tracks/0/mixer_device/volume", "value", "9 dB")))
        assert told["error"] == "INVALID_VALUE"
        assert "'-inf dB' to '6.0 dB'" in told["rule"]
        assert (stage.song.tracks[0].mixer_device.volume.value, can_undo) == (
            pytest.approx(0.7),
            stage.song.can_undo,
        )


def _decibels(value: float) -> str:
    return f"{76 * value - 70:.1f} dB" if value > 0 else "-inf dB"


@pytest.mark.parametrize(
    ("text", "now", "shown"),
    [
        ("-6,0 dB", 0.5, "-6.0 dB"),
        ("+3 dB", (70 - 6) / 76, "-3.0 dB"),
        ("by -3 dB", (70 - 6) / 76, "-9.0 dB"),
        ("by +3", (70 - 6) / 76, "-3.0 dB"),
        ("+38 dB", 0.5, "6.0 dB"),
        ("by -1.5 dB", 0.02, "-70.0 dB"),
        ("-6 dB", 0.1, "-6.0 dB"),
    ],
)
def test_a_change_counts_from_the_present_value_and_a_comma_is_decimal(
    text: str, now: float, shown: str
) -> None:
    assert _decibels(display.value_of(text, _decibels, 0.0, 1.0, now)) == shown


def test_a_minus_is_a_change_only_where_no_negative_amount_is_shown() -> None:
    assert _falling(display.value_of("-10 %", _falling, 0.0, 1.0, 0.5)) == "40 %"
    assert _hertz(display.value_of("1,5 kHz", _hertz, 0.0, 1.0)) == "1.50 kHz"


def test_an_ambiguous_text_is_refused_with_both_readings() -> None:
    with pytest.raises(display.Refused, match=r"1\.500 or as 1500"):
        display.value_of("1,500 Hz", _hertz, 0.0, 1.0)
    with pytest.raises(display.Refused, match="'12 st' or 'by 12 st'"):
        display.value_of("+12 st", lambda value: f"{value:+.0f} st", -24.0, 24.0, 0.0)
    for text in ("+90 dB", "by -90 dB", "90 dB", "-90 dB"):
        with pytest.raises(display.Refused, match="out of range"):
            display.value_of(text, _decibels, 0.0, 1.0, 0.5)
    with pytest.raises(display.Refused, match="in that unit"):
        display.value_of("+3 st", _decibels, 0.0, 1.0, 0.5)
    with pytest.raises(display.Refused, match="finite value"):
        display.value_of("+3 dB", _decibels, 0.0, 1.0, 0.0)


@pytest.mark.parametrize(
    ("shown", "text"),
    [
        ("-3.0 dB", "-3 dB"),
        ("-3.0 dB", "-3"),
        ("-3.0 dB", " −3,0 db"),
        ("2.50 kHz", "2500 Hz"),
        ("20L", "20 l"),
        ("C", "center"),
        ("On", "on"),
        ("4.00 : 1", "4:1"),
        ("-inf dB", "-inf"),
    ],
)
def test_a_text_matches_lives_text_in_other_spellings(shown: str, text: str) -> None:
    assert display.says(shown, text)


@pytest.mark.parametrize(
    ("shown", "text"),
    [("-3.0 dB", "-3.1 dB"), ("-3.0 dB", "-3 Hz"), ("On", "Off"), ("On", "1"), ("50 %", "by 50 %")],
)
def test_a_text_does_not_mean_another_value(shown: str, text: str) -> None:
    assert not display.says(shown, text)


UNITS = sorted({unit for unit, _ in display._UNITS.values()} - {""})


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize(("low", "high"), [(0.0, 127.0), (-64.0, 63.0), (0.0, 1.0)])
def test_a_unit_is_refused_where_the_parameter_shows_plain_numbers(
    low: float, high: float, unit: str
) -> None:
    """Only a share of a range from 0 on has a meaning there."""
    whole = high > 1

    def show(value: float) -> str:
        return f"{value:.0f}" if whole else f"{value:.2f}"

    assert not display.says(show(high), f"{high:g} {unit}")
    if unit == "%" and low == 0:
        assert show(display.value_of("50 %", show, low, high)) in (show(high / 2), "63")
        assert display.value_of("100%", show, low, high) == high
        assert display.value_of("0 %", show, low, high) == low
        with pytest.raises(display.Refused, match="does not show"):
            display.value_of("101 %", show, low, high)
        return
    for text in (f"1 {unit}", f"0 {unit}"):
        with pytest.raises(display.Refused, match="does not show"):
            display.value_of(text, show, low, high)


def test_every_native_parameter_takes_only_units_that_it_shows() -> None:
    refused = 0
    for label, parameter in _native_parameters():
        low, high, show = parameter.min, parameter.max, parameter.str_for_value
        shown = {display.quantity(show(low + (high - low) * n / 64)) for n in range(65)}
        for unit in {"Hz", "dB", "s", "st"} - {parsed.unit for parsed in shown if parsed is not None}:
            refused += 1
            with pytest.raises(BridgeError):
                row_checks.parameter_number(parameter, label, f"1 {unit}")
    assert refused > 100
