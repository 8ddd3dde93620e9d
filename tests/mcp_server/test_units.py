"""Values as people say them: both directions, and no nonsense gets through."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mcp_server import units
from mirror import errors


@given(st.floats(0, 1))
def test_a_fader_comes_back_from_its_decibels(value: float) -> None:
    db = units.fader_db(value)
    if db > -69.9:
        assert math.isclose(units.fader_value(db), value, abs_tol=2e-3)


@pytest.mark.parametrize(
    ("said", "value"),
    [("0 dB", 0.85), ("-6 dB", 0.7), ("+6dB", 1.0), ("-inf dB", 0.0), (0.5, 0.5), ("-6.00 dB", 0.7)],
)
def test_a_volume_is_said_in_decibels_or_as_a_number(said: float | str, value: float) -> None:
    assert math.isclose(units.volume(said), value, abs_tol=1e-9)


def test_a_sends_texts_stand_6_db_lower() -> None:
    assert math.isclose(units.volume("-6 dB", offset_db=6.0), 0.85)
    assert units.volume("0 dB", offset_db=6.0) == 1.0
    with pytest.raises(errors.InvalidValue, match="up to 0 dB, got 3 dB"):
        units.volume("3 dB", offset_db=6.0)


@pytest.mark.parametrize("said", ["7 dB", "loud", "nan dB", "inf dB", 1.5, -0.1, math.nan, math.inf, "-6"])
def test_what_is_no_volume_is_refused(said: float | str) -> None:
    with pytest.raises(errors.InvalidValue):
        units.volume(said)


@given(st.integers(-50, 50))
def test_a_panning_comes_back_from_its_text(amount: int) -> None:
    assert math.isclose(units.panning(units.panning_text(amount / 50)), amount / 50)


@pytest.mark.parametrize("said", ["51L", "20X", "L", 1.1, math.nan])
def test_what_is_no_panning_is_refused(said: float | str) -> None:
    with pytest.raises(errors.InvalidValue):
        units.panning(said)


@given(st.integers(0, 127))
def test_a_pitch_comes_back_from_its_name(number: int) -> None:
    assert units.pitch(units.pitch_name(number)) == number


def test_live_calls_60_c3() -> None:
    assert units.pitch("C3") == 60 == units.pitch("60")
    assert units.pitch("Bb2") == units.pitch("A#2") == 58
    assert units.pitch_name(127) == "G8"


@given(st.integers(0, 5000), st.sampled_from([(4, 4), (3, 4), (6, 8), (7, 8), (5, 16), (2, 2)]))
def test_a_song_time_comes_back_from_bars_and_beats(sixteenths: int, signature: tuple[int, int]) -> None:
    beats = sixteenths / 4
    assert units.position(units.bars(beats, *signature), *signature) == beats


@pytest.mark.parametrize(
    ("said", "beats"), [("5", 16.0), ("5.1.1", 16.0), ("|1.2", 1.0), ("1.1.2", 0.25), (7.5, 7.5)]
)
def test_a_time_is_said_in_bars_or_beats(said: float | str, beats: float) -> None:
    assert units.position(said, 4, 4) == beats


@pytest.mark.parametrize("said", ["0.1.1", "1.5", "1.1.5", "x", math.nan, math.inf])
def test_what_is_no_time_is_refused(said: float | str) -> None:
    with pytest.raises(errors.InvalidValue):
        units.position(said, 4, 4)


@pytest.mark.parametrize(
    ("said", "beats"),
    [
        ("2 bars", 6.0),
        ("1 beat", 1.0),
        ("1/8", 0.5),
        ("1/8.", 0.75),
        ("1/4t", 2 / 3),
        ("1/2 bar", 1.5),
        (3, 3.0),
        ("1.5", 1.5),
    ],
)
def test_a_length_is_said_in_bars_beats_or_note_values(said: float | str, beats: float) -> None:
    assert math.isclose(units.length(said, 3, 4), beats)


@pytest.mark.parametrize("said", ["0", "-1", "1/0", "2 furlongs", "1t", 0, math.nan, math.inf])
def test_what_is_no_length_is_refused(said: float | str) -> None:
    with pytest.raises(errors.InvalidValue):
        units.length(said, 4, 4)


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
        ("+12 st", 12.0, "st"),
        ("0.5", 0.5, ""),
    ],
)
def test_a_display_text_is_understood(text: str, amount: float, unit: str) -> None:
    found = units.quantity(text)
    assert found is not None
    assert (pytest.approx(found.amount), found.unit) == (amount, unit)


def test_words_are_no_quantity() -> None:
    assert units.quantity("Low Pass") is None
    assert units.quantity("12 parsecs") is None


def test_a_color_is_a_number_or_a_text() -> None:
    assert units.color("#ff3636") == units.color(0xFF3636) == 0xFF3636
    assert units.color_text(255) == "#0000ff"
    with pytest.raises(errors.InvalidValue):
        units.color("red-ish")
