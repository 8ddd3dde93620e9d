import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remote_script.headless.music import display
from remote_script.headless.music.display import parse, text


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.0, "-inf dB"),
        (0.1, "-48.6 dB"),
        (0.2, "-34.4 dB"),
        (0.4, "-18.0 dB"),
        (0.7, "-6.0 dB"),
        (0.85, "0.0 dB"),
        (1.0, "6.0 dB"),
    ],
)
def test_a_track_volume_reads_as_measured_in_live(value, shown):
    assert text("volume", value) == shown


def test_a_send_reads_six_decibels_lower_than_a_fader():
    assert [text("send", v) for v in (0.0, 0.85, 1.0)] == ["-inf dB", "-6.0 dB", "0.0 dB"]


@pytest.mark.parametrize(
    ("unit", "value", "shown"),
    [
        ("pan", -1.0, "50L"),
        ("pan", 0.0, "C"),
        ("pan", 0.004, "C"),
        ("pan", 1.0, "50R"),
        ("db", -0.811, "-0.81 dB"),
        ("db~1", -0.3, "-0.3 dB"),
        ("db", -6.0, "-6.00 dB"),
        ("db", 0.0, "0.00 dB"),
        ("db", -0.0, "0.00 dB"),
        ("db", 35.0, "35.0 dB"),
        ("db", -math.inf, "-inf dB"),
        ("db", -70.0, "-inf dB"),
        ("hz", 440.0, "440 Hz"),
        ("hz", 50.0, "50.0 Hz"),
        ("hz", 2500.0, "2.50 kHz"),
        ("hz", 999.7, "1000 Hz"),
        ("hz", 99.99995, "100.0 Hz"),
        ("hz", 0.9, "0.90 Hz"),
        ("ms", 12.34, "12.3 ms"),
        ("ms", 1500.0, "1.50 s"),
        ("s", 0.25, "250 ms"),
        ("s", 2.0, "2.00 s"),
        ("percent", 0.45, "45 %"),
        ("percent", 1.0, "100 %"),
        ("st", -12.0, "-12 st"),
        ("ct", 50.0, "50 ct"),
        ("int", 64.2, "64"),
        ("note", 60.0, "C3"),
        ("note", 1.0, "C♯-2"),
        ("ratio", 4.0, "4.00 : 1"),
        ("ratio", math.inf, "inf : 1"),
        ("", 12.34, "12.3"),
        ("", 9.999, "10.00"),
        ("~0 oct", -1.0, "-1 oct"),
        ("st~+0", 5.0, "+5 st"),
        ("deg", 180.0, "180°"),
        ("deg", 4.0, "4.0°"),
        ("over", 1.15, "1 : 1.15"),
        ("blend~0 / ", 0.3, "70 / 30"),
        ("amp:pow2:0:1", 0.0, "-inf dB"),
        ("amp:lin:0:1", 0.5, "-6.0 dB"),
        ("steps:-1:a|b|c", 1.0, "c"),
    ],
)
def test_values_are_written_as_live_writes_them(unit, value, shown):
    assert text(unit, value) == shown


def test_a_percentage_of_a_range_up_to_a_hundred_is_not_scaled():
    assert text("percent", 45.0, 0.0, 100.0) == "45 %"


def test_a_knob_from_0_to_1_shows_the_frequency_its_law_gives():
    unit = "hz:log:10:22000"
    assert text(unit, 0.0) == "10.0 Hz"
    assert text(unit, 1.0) == "22.0 kHz"
    assert text("db:lin:-15:15", 0.5) == "0.00 dB"
    assert parse(unit, "22.0 kHz") == pytest.approx(1.0)


@pytest.mark.parametrize("unit", ["quarks", "hz:cubic:1:2"])
def test_an_unknown_unit_is_refused(unit):
    with pytest.raises(ValueError, match="unit"):
        text(unit, 0.5)


def test_an_invalid_text_of_a_value_is_refused():
    with pytest.raises(ValueError, match="not a value"):
        parse("db", "loud")


def test_texts_convert_back_to_their_values():
    assert parse("volume", "-6.0 dB") == pytest.approx(0.7)
    assert parse("volume", "-inf dB") == 0.0
    assert parse("pan", "25L") == -0.5
    assert parse("pan", "C") == 0.0
    assert parse("hz", "2.50 kHz") == 2500.0
    assert parse("ms", "1.50 s") == 1500.0
    assert parse("s", "250 ms") == 0.25
    assert parse("percent", "45 %") == pytest.approx(0.45)
    assert parse("note", "C♯-2") == 1.0
    assert parse("blend~0 / ", "70 / 30") == pytest.approx(0.3)
    assert parse("over", "1 : 1.15") == 1.15
    assert parse("steps:-6:1/64|1/32", "1/32") == -5.0


@given(st.floats(0.0, 1.0))
def test_the_fader_law_has_an_inverse(value):
    decibels = display.fader_to_db(value)
    if decibels > -70.0:
        assert display.db_to_fader(decibels) == pytest.approx(value, abs=1e-6)


@given(st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_a_higher_fader_is_never_quieter(one, other):
    low, high = sorted((one, other))
    assert display.fader_to_db(low) <= display.fader_to_db(high) + 0.02


@given(st.floats(-1e5, 1e5))
def test_significant_digits_stay_near_the_number(number):
    shown = float(display.written(number, "s"))
    assert abs(shown - number) <= max(0.0051 * abs(number), 0.0051)


def test_a_clip_gain_of_two_fifths_is_unity_and_one_is_plus_24():
    assert display.gain_text(0.4) == "0.0 dB"
    assert display.gain_text(1.0) == "24.0 dB"
    assert display.gain_text(0.0) == "-inf dB"


def test_an_envelope_of_a_fader_holds_linear_gain():
    assert display.internal_value("volume", 0.85) == pytest.approx(1.0)
    assert display.internal_value("volume", 0.0) == 0.0
    assert display.internal_value("hz:log:10:1000", 0.5) == pytest.approx(100.0)
