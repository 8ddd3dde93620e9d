"""Devices of headless Live compared with a dump of real Lives, and the effects of importing another dump."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from remote_script.headless import HeadlessLive, devices
from remote_script.headless.devices import facts as form
from remote_script.headless.devices import take
from remote_script.headless.music import display


def _dump() -> dict[str, Any] | None:
    """Dumps of real Lives beside the project, or None."""
    named = os.environ.get("SETMIRROR_DEVICE_PARAMETERS")
    path = Path(named) if named else Path(__file__).resolve().parents[4] / "shared" / "device_parameters.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None


DUMP = _dump()
needs_dump = pytest.mark.skipif(
    DUMP is None, reason="no dump of a real Live's devices; name one in SETMIRROR_DEVICE_PARAMETERS"
)
RACKS = "GroupDevice"


def _inserted(live: HeadlessLive, class_name: str) -> Any:
    found = devices.find(class_name)
    assert found is not None
    track = live.song.create_audio_track(-1) if found.type == 2 else live.song.create_midi_track(-1)
    name = "DrumSampler" if class_name == "DrumCell" else found.display_name
    return track.insert_device(name, 0)


def _text(shown: Any) -> str:
    return str(shown.str_for_value(shown.value))


@needs_dump
def test_every_device_equals_its_dump_of_a_real_live(capsys: pytest.CaptureFixture[str]) -> None:
    assert DUMP is not None
    live = HeadlessLive()
    whole = texts = same = 0
    lines = []
    for class_name, dumped in DUMP["devices"].items():
        if class_name in devices._OLD or RACKS in class_name:
            continue
        device = _inserted(live, class_name)
        assert device.class_name == class_name
        shown = list(device.parameters)
        assert [each.name for each in shown] == [each["name"] for each in dumped["parameters"]], class_name
        equal = 0
        for each, real in zip(shown, dumped["parameters"], strict=True):
            where = (class_name, each.name)
            if "min" in real:
                assert (each.min, each.max) == pytest.approx((real["min"], real["max"]), abs=1e-6), where
            assert each.original_name == real.get("original_name", real["name"]), where
            if "quantized" in real:
                assert each.is_quantized == real["quantized"], where
            if "items" in real:
                assert list(each.value_items) == DUMP["lists"][real["items"]], where
            if "default_text" in real:
                texts += 1
                same += _text(each) == real["default_text"]
                equal += _text(each) == real["default_text"]
        whole += dumped["live"] == "12.4.6"
        guessed = sum(bool(one.guesses) for one in devices.find(class_name).parameters)  # type: ignore[union-attr]
        lines.append(f"{class_name:<24} {len(shown):>4} {dumped['live']:>7} {equal:>4} {guessed:>4}")
    with capsys.disabled():
        if os.environ.get("SETMIRROR_TABLES"):
            print("\ndevice class            parameters, Live, texts equal, with a guess", *lines, sep="\n")
    assert whole == 60
    assert same / texts > 0.99
    live.close()


@needs_dump
def test_measured_values_between_the_defaults_follow_the_laws() -> None:
    assert DUMP is not None
    pairs = 0
    for class_name, dumped in DUMP["devices"].items():
        facts = devices.find(class_name)
        assert facts is not None
        laws = {one.name: one.law for one in facts.parameters}
        for name, shown in dumped.get("value_shown_number", {}).items():
            law = laws[name]
            for value, written in shown:
                # In the unit that Live showed, since the source has only the number.
                text = display.text(law.unit, value, law.minimum, law.maximum)
                number, suffix = display.split(text)
                number *= 1000.0 if suffix in ("kHz", "s") and float(written) > 20.0 else 1.0
                digit = 10.0 ** -len(text.split()[0].partition(".")[2]) * (
                    1000.0 if suffix in ("kHz", "s") else 1.0
                )
                assert number == pytest.approx(float(written), abs=max(digit, 0.011)), (
                    class_name,
                    name,
                    value,
                    text,
                )
                pairs += 1
    assert pairs > 250


@needs_dump
def test_importing_the_same_dump_again_changes_nothing() -> None:
    assert DUMP is not None
    again = take.written(take.take(form.raw(), DUMP))
    assert again == Path(form.PATH).read_text(encoding="utf-8")


def _live_dump() -> dict[str, Any]:
    """A Limiter of a possible later Live: one changed name, one new parameter, one changed text."""
    limiter = devices.find("Limiter")
    assert limiter is not None
    rows: list[dict[str, Any]] = [
        {"name": "Device On", "min": 0, "max": 1, "quantized": True, "items": ["Off", "On"]}
    ]
    for one in limiter.parameters:
        law = one.law
        row = {"name": one.name, "min": law.minimum, "max": law.maximum, "default": one.default}
        row["quantized"] = bool(law.items)
        row["default_text"] = law.items[round(one.default)] if law.items else one.text
        if law.items:
            row["items"] = list(law.items)
        rows.append(row)
    next(row for row in rows if row["name"] == "Input Gain").update(name="Drive", was=[["Input Gain"]])
    release = next(row for row in rows if row["name"] == "Release")
    release.update(default=0.5, default_text="1.00 ms")
    rows.insert(
        3,
        {
            "name": "Colour",
            "min": -1.0,
            "max": 1.0,
            "default": 0.5,
            "default_text": "50 %",
            "quantized": False,
        },
    )
    return {
        "live": "13.0",
        "devices": {"Limiter": {"display": "Limiter", "type": 2, "parameters": rows}},
    }


def _taken(dump: dict[str, Any] | None = None, class_name: str = "Limiter") -> form.DeviceFacts:
    data = take.take(form.raw(), dump or _live_dump())
    again = json.loads(take.written(data))
    return form.read_device(class_name, again["devices"][class_name], again["lists"])


def test_a_new_dump_updates_names_and_order_and_keeps_values_from_files() -> None:
    taken = _taken()
    assert [one.name for one in taken.parameters[:3]] == ["Drive", "Ceiling", "Colour"]
    drive, _, colour = taken.parameters[:3]
    assert (drive.path, drive.was[-1]) == ("Gain", "Input Gain")
    assert display.text(colour.law.unit, 0.25, -1.0, 1.0) == "25 %"
    assert taken.live == (13, 0)


def test_a_law_that_a_new_dump_contradicts_is_replaced_and_marked() -> None:
    release = next(one for one in _taken().parameters if one.name == "Release")
    assert display.text(release.law.unit, release.default, 0.0, 1.0) == "1.00 ms"
    assert "law" in release.guesses


def test_texts_without_a_fitting_curve_are_exact_at_measured_values_and_marked_between() -> None:
    dump = _live_dump()
    texts = [[0.0, "3.00 ms"], [0.25, "17.0 ms"], [0.5, "18.0 ms"], [0.75, "1.20 s"], [1.0, "1.25 s"]]
    release = next(row for row in dump["devices"]["Limiter"]["parameters"] if row["name"] == "Release")
    release.update(default=0.5, default_text="18.0 ms", texts=texts)
    one = next(each for each in _taken(dump).parameters if each.name == "Release")
    assert [display.text(one.law.unit, value, 0.0, 1.0) for value, _ in texts] == [text for _, text in texts]
    assert display.parse(one.law.unit, "1.20 s", 0.0, 1.0) == pytest.approx(0.75)
    assert display.text(one.law.unit, 0.625, 0.0, 1.0) == "609 ms"
    assert "law" in one.guesses


def test_texts_of_all_whole_numbers_become_steps() -> None:
    dump = _live_dump()
    texts = [[float(step), text] for step, text in enumerate(("Never", "1/8", "1/4", "Always"))]
    rows = dump["devices"]["Limiter"]["parameters"]
    rows.append(
        {"name": "Again", "min": 0, "max": 3, "quantized": False, "default": 2.0, "default_text": "1/4"}
    )
    rows[-1]["texts"] = texts
    one = _taken(dump).parameters[-1]
    assert not one.law.items
    assert [display.text(one.law.unit, value, 0.0, 3.0) for value, _ in texts] == [text for _, text in texts]
    assert "law" not in one.guesses


def test_the_formerly_newest_list_becomes_that_of_an_older_live() -> None:
    before = devices.find("Limiter")
    assert before is not None
    older = _taken().older
    assert older[0].live == before.live
    assert list(older[0].names) == [one.name for one in before.fresh]
    assert older[1:] == before.older


def test_a_dump_of_an_older_live_adds_its_list_and_keeps_the_newest() -> None:
    dump = dict(_live_dump(), live="12.0.5")
    before, taken = devices.find("Limiter"), _taken(dump)
    assert before is not None
    assert taken.parameters == before.parameters
    added = next(each for each in taken.older if each.live == (12, 0, 5))
    assert added.names[:3] == ("Drive", "Ceiling", "Colour")
    assert added.ranges["Colour"] == (-1.0, 1.0)
    assert [each.live for each in taken.older] == sorted((each.live for each in taken.older), reverse=True)


def test_a_dump_without_a_sampler_s_sections_keeps_known_ones() -> None:
    sampler = devices.find("MultiSampler")
    assert sampler is not None
    rows = [{"name": "Device On", "quantized": True, "items": ["Off", "On"]}]
    rows += [{"name": one.name, "min": one.law.minimum, "max": one.law.maximum} for one in sampler.fresh]
    listed = {"MultiSampler": {"display": "Sampler", "type": 1, "parameters": rows}}
    assert _taken({"live": "13.0", "devices": listed}, "MultiSampler").sections == sampler.sections


@pytest.mark.parametrize(
    ("version", "class_name", "expected", "absent"),
    [
        ("12.4", "Eq8", "1 Q A", "1 Resonance A"),
        ("12.1", "Eq8", "1 Resonance A", "1 Q A"),
        ("12.1", "Drift", "LP Reso", "LP Res"),
        ("11.3", "Reverb", "HiFilter Freq", "Diff. Hi Freq"),
        ("11.0", "MidiRandom", "Scale", "Interval"),
        ("12.0", "MidiPitcher", "Use Song Scale", "Nothing"),
        ("11.0", "Chorus2", "Rate", "Delay Time 2"),
    ],
)
def test_an_older_live_lists_its_own_names(version: str, class_name: str, expected: str, absent: str) -> None:
    live = HeadlessLive(version=version)
    if version < "12.3":
        spec = devices.build(devices.find(class_name))  # type: ignore[arg-type]
        track = live.document.song.tracks[0]
        device = track.insert_spec(spec, 0)
        names = [each.name for each in device.parameters]
    else:
        names = [each.name for each in _inserted(live, class_name).parameters]
    assert names[0] == "Device On"
    assert expected in names
    assert absent not in names
    live.close()


@needs_dump
def test_lists_of_an_older_live_are_in_its_order() -> None:
    from remote_script.headless.devices.older import as_of

    assert DUMP is not None
    checked = 0
    for class_name, dumped in DUMP["devices"].items():
        facts = devices.find(class_name)
        assert facts is not None
        if RACKS in class_name or facts.sections:
            continue
        specs = devices.build(facts).parameters
        newest: dict[form.Version, list[str]] = {}
        for each in dumped.get("other_lists", ()):
            version = form.number_of(each["live"])
            names = (
                each["names"] if each["names"] != "same" else [row["name"] for row in dumped["parameters"]]
            )
            newest.setdefault(version, names[1:] if names[0] in ("Device On", "On") else names)
        for version, names in newest.items():
            if version >= form.OLDEST:
                listed = as_of(facts, version, specs).parameters
                assert [one.name for one in listed] == names, (class_name, version)
                checked += 1
    assert checked > 90


def test_a_parameter_of_steps_has_no_display_value() -> None:
    live = HeadlessLive()
    echo = _inserted(live, "Echo")
    rate = next(each for each in echo.parameters if each.name == "Mod Rate")
    assert (rate.is_quantized, _text(rate)) == (False, "1/4")
    with pytest.raises(RuntimeError, match="Invalid display value"):
        _ = rate.display_value
    live.close()


def test_a_drum_sampler_is_inserted_only_by_its_other_name() -> None:
    live = HeadlessLive()
    track = live.song.create_midi_track(-1)
    with pytest.raises(ValueError, match="Device Drum Sampler not found"):
        track.insert_device("Drum Sampler", 0)
    assert track.insert_device("DrumSampler", 0).class_name == "DrumCell"
    live.close()


def test_a_sampler_lists_a_section_after_it_is_switched_on() -> None:
    live = HeadlessLive()
    sampler = _inserted(live, "MultiSampler")
    heard: list[int] = []
    sampler.add_parameters_listener(lambda: heard.append(len(sampler.parameters)))
    by_name = {each.name: each for each in sampler.parameters}
    assert len(by_name) == 70
    by_name["Osc On"].value = 1.0
    by_name["Pe On"].value = 1.0
    assert len(sampler.parameters) == 108
    assert heard == [93, 108]
    fixed = next(each for each in sampler.parameters if each.name == "O Fix On")
    assert list(fixed.value_items) == ["Off", "On"]
    by_name["Pe On"].value = 0.0
    by_name["Pe On"].value = 1.0
    assert len(sampler.parameters) == 108
    live.close()
