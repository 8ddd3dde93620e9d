"""Values as people write them, in both directions; wrong texts are refused."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mcp_server import units
from mcp_server.reading import number_of
from mirror import errors
from remote_script.SetMirror.contract import schema


@given(st.integers(0, 127))
def test_a_pitch_and_its_name_convert_both_ways(number: int) -> None:
    assert units.pitch(units.pitch_name(number)) == number


def test_live_calls_60_c3() -> None:
    assert units.pitch("C3") == 60 == units.pitch("60")
    assert units.pitch("Bb2") == units.pitch("A#2") == 58
    assert units.pitch_name(127) == "G8"


@given(st.integers(0, 5000), st.sampled_from([(4, 4), (3, 4), (6, 8), (7, 8), (5, 16), (2, 2)]))
def test_a_song_time_converts_to_bars_and_beats_and_back(sixteenths: int, signature: tuple[int, int]) -> None:
    beats = sixteenths / 4
    assert units.position(units.bars(beats, *signature), *signature) == beats


@pytest.mark.parametrize(
    ("said", "beats"),
    [
        ("bar 5", 16.0),
        ("5|1", 16.0),
        ("5.1.1", 16.0),
        ("|1.2", 1.0),
        ("1.1.2", 0.25),
        (7.5, 7.5),
        ("16", 16.0),
        ("-4", -4.0),
        ("1,5", 1.5),
        ("5.1 beats", 5.1),
        ("3.5", 3.5),
        ("2.25", 2.25),
        ("4 bars", 16.0),
        ("1 bar", 4.0),
        ("1.5 bars", 6.0),
    ],
)
def test_a_time_is_given_in_bars_or_beats(said: float | str, beats: float) -> None:
    assert units.position(said, 4, 4) == beats


@pytest.mark.parametrize(
    "said", ["0.1.1", "1.4", "5.1", "1.1.5", "x", "1,500", "²", "9" * 1000, math.nan, math.inf]
)
def test_an_invalid_time_is_refused(said: float | str) -> None:
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
def test_a_length_is_given_in_bars_beats_or_note_values(said: float | str, beats: float) -> None:
    assert math.isclose(units.length(said, 3, 4), beats)


@pytest.mark.parametrize("said", ["0", "-1", "1/0", "2 furlongs", "1t", 0, math.nan, math.inf])
def test_an_invalid_length_is_refused(said: float | str) -> None:
    with pytest.raises(errors.InvalidValue):
        units.length(said, 4, 4)


@pytest.mark.parametrize(
    ("said", "key"),
    [
        ("Am", (9, "Minor")),
        ("F# minor", (6, "Minor")),
        ("Bb", (10, "Major")),
        ("d dorian", (2, "Dorian")),
        ("Cb maj", (11, "Major")),
        ("B flat minor", (10, "Minor")),
        ("Bbm", (10, "Minor")),
        ("b", (11, "Major")),
        ("c HARMONIC minor", (0, "Harmonic Minor")),
    ],
)
def test_a_key_is_a_note_and_a_scale(said: str, key: tuple[int, str]) -> None:
    assert units.key(said) == key


@pytest.mark.parametrize("said", ["", "H minor", "minor", "7", "A minr", "C Foo"])
def test_an_invalid_key_is_refused(said: str) -> None:
    with pytest.raises(errors.InvalidValue):
        units.key(said)


def test_a_misspelled_scale_is_refused_with_close_matches() -> None:
    with pytest.raises(errors.InvalidValue) as caught:
        units.key("C lidian")
    assert "Lydian" in caught.value.hint


@pytest.mark.parametrize("said", ["1,500", "12,345", "-1,500"])
def test_a_comma_that_can_be_read_two_ways_is_refused_with_both(said: str) -> None:
    with pytest.raises(errors.InvalidValue) as caught:
        units.number(said)
    assert said.lstrip("-").replace(",", ".") in caught.value.rule
    assert said.lstrip("-").replace(",", "") in caught.value.rule


@given(st.floats(-1e6, 1e6))
def test_a_number_is_the_same_quoted_or_not(number: float) -> None:
    assert units.number(str(number)) == units.number(number) == number
    assert units.number(f"{number:.2f}".replace(".", ",")) == float(f"{number:.2f}")


def test_a_color_is_a_number_or_a_text() -> None:
    assert units.color("#ff3636") == units.color("FF3636") == units.color(0xFF3636) == 0xFF3636
    assert units.color("16711680") == units.color(" 255 ") + 0xFF0000 - 255
    for both in ("112233", "000000"):
        with pytest.raises(errors.InvalidValue, match=f"'#{both}' or as the number {both}"):
            units.color(both)
    for wrong in ("16777216", "9" * 5000, "²", "", True, -1):
        with pytest.raises(errors.InvalidValue, match="A color is"):
            units.color(wrong)
    assert units.color_text(255) == "#0000ff"
    with pytest.raises(errors.InvalidValue):
        units.color("red-ish")


@pytest.mark.parametrize("text", ["1e12", 1e12, "900000 bars"])
def test_a_length_beyond_the_longest_time_of_live_is_refused(text: str | float) -> None:
    with pytest.raises(errors.InvalidValue, match="longest time"):
        units.length(text, 4, 4)


@pytest.mark.parametrize("text", ["0.5", "0,5", "1", "0", " 0.4 "])
def test_a_bare_gain_is_lives_inner_value_as_an_unquoted_number_is(text: str) -> None:
    assert units.number(units.gain(text, 0.3)) == units.number(text)


@pytest.mark.parametrize("text", ["-6", "6", "1.5", "−3"])
def test_a_bare_gain_beyond_the_inner_range_is_refused_with_the_text_in_decibels(text: str) -> None:
    with pytest.raises(errors.InvalidValue, match="between 0 and 1") as refusal:
        units.gain(text, 0.4)
    assert f"'{units.number(text):g} dB'" in str(refusal.value.hint)


def test_a_gain_in_decibels_is_a_value_or_a_change() -> None:
    assert units.gain("24 dB", 0.2) == 1.0
    assert units.gain("+3 dB", 0.4) == pytest.approx(units.gain("3 dB", 1.0))


@pytest.mark.parametrize(
    ("class_", "name", "text", "number"),
    [
        ("Song", "groove_amount", "60 %", 0.6),
        ("Song", "swing_amount", "25%", 0.25),
        ("Song", "root_note", "F#", 6),
        ("Song", "root_note", "Cb", 11),
        ("DrumChain", "in_note", "C1", 36),
        ("DrumChain", "out_note", "D#1", 39),
    ],
)
def test_a_number_is_taken_as_live_writes_it(class_: str, name: str, text: str, number: float) -> None:
    assert number_of(schema.properties(class_)[name], text, None) == pytest.approx(number)


@pytest.mark.parametrize(
    ("class_", "name", "text", "way"),
    [
        ("Song", "groove_amount", "lots", "percentage such as '60 %'"),
        ("Song", "root_note", "H", "F# or Bb"),
        ("DrumChain", "in_note", "kick", "name such as C3"),
        ("Clip", "gain", "-6 dB", "set_clip takes '-6 dB'"),
        ("Song", "signature_numerator", "four", "from 1 to 99"),
    ],
)
def test_a_text_that_is_no_number_is_refused_with_what_the_property_takes(
    class_: str, name: str, text: str, way: str
) -> None:
    with pytest.raises(errors.InvalidValue) as caught:
        number_of(schema.properties(class_)[name], text, None)
    assert way in f"{caught.value.rule} {caught.value.hint}"
