"""Knowledge of devices is true: every name exists, and every starting value can be set and is then shown."""

from __future__ import annotations

import pytest

from mcp_server.knowledge import about, all_names, device_knowledge
from mcp_server.knowledge.devices import MOST_CHOICES
from mirror import errors
from remote_script.headless import HeadlessLive
from remote_script.headless import devices as native
from remote_script.headless.frameworks.engine.banks import parameter_banks
from remote_script.SetMirror.contract.display import texts, value_of

POINTS = [(name, use.name) for name in all_names() for use in about(name).uses]


def test_the_table_lists_exactly_the_native_devices() -> None:
    shown = {facts.display_name for facts in native.all_devices()}
    missing = {name for name in shown if name not in all_names() and not name.startswith("Max ")}
    missing -= {"Simple Delay", "Ping Pong Delay", "Flanger", "Erosion"}
    assert missing == set(), f"mcp_server/knowledge/devices.toml has no {', '.join(sorted(missing))}"
    unknown = sorted(set(all_names()) - shown)
    assert unknown == [], f"mcp_server/knowledge/devices.toml names no device of Live: {', '.join(unknown)}"


def test_an_unknown_device_lists_the_near_names() -> None:
    with pytest.raises(errors.NotFound) as caught:
        about("Compresor")
    assert "Compressor" in (caught.value.hint or "")
    assert about("eq eight") == about("EQ Eight")


@pytest.mark.parametrize(("name", "use"), POINTS)
def test_a_starting_point_can_be_set_and_shows_its_text(name: str, use: str) -> None:
    live = HeadlessLive()
    try:
        track = live.song.create_midi_track(-1)
        track.insert_device(name, 0)
        parameters = {each.name: each for each in track.devices[0].parameters}
        point = next(each for each in about(name).uses if each.name == use)
        for parameter, text in point.set.items():
            found = parameters[parameter]
            found.value = value_of(text, texts(found), found.min, found.max)
            assert str(found.str_for_value(found.value)) == text
    finally:
        live.close()


@pytest.mark.parametrize("name", ["Compressor", "EQ Eight", "Auto Filter", "Operator"])
def test_ranges_defaults_and_choices_equal_those_of_a_new_device(name: str) -> None:
    live = HeadlessLive()
    try:
        track = live.song.create_midi_track(-1)
        track.insert_device(name, 0)
        ranges = device_knowledge(name)["parameters"]
        parameters = list(track.devices[0].parameters)[1:]
        assert {parameter.name for parameter in parameters} <= set(ranges)
        for parameter in parameters:
            low, high, now = (
                str(parameter.str_for_value(value))
                for value in (parameter.min, parameter.max, parameter.value)
            )
            if parameter.is_quantized:
                choices = ranges[parameter.name].split(" | ")
                assert choices[0] == now
                assert len(choices) == min(len(parameter.value_items), MOST_CHOICES + 1)
            else:
                assert ranges[parameter.name] == f"{low} … {high}, default {now}"
    finally:
        live.close()


@pytest.mark.parametrize("name", ["Compressor", "EQ Eight", "Operator", "Simpler", "Reverb", "Wavetable"])
def test_banks_are_the_pages_that_a_controller_shows(name: str) -> None:
    live = HeadlessLive()
    try:
        track = live.song.create_midi_track(-1)
        track.insert_device(name, 0)
        pages = [
            [parameter.name for parameter in page if parameter is not None]
            for page in parameter_banks(track.devices[0])
        ]
        assert list(device_knowledge(name)["banks"].values()) == [page for page in pages if page]
    finally:
        live.close()


def test_a_device_newer_than_the_table_of_banks_has_no_entry() -> None:
    assert "banks" not in device_knowledge("Drift")


def test_each_bank_names_parameters_of_its_device() -> None:
    for name in all_names():
        shown = device_knowledge(name)
        for bank, parameters in shown.get("banks", {}).items():
            assert parameters, (name, bank)
            assert set(parameters) <= set(shown["parameters"]), (name, bank)
