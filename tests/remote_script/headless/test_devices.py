"""The facts about native devices are well formed, and their values read as Live shows them."""

from __future__ import annotations

import math

import pytest

from remote_script.headless import devices, display
from remote_script.headless.devices import Law, parse_law
from tests.remote_script.headless.als import xml_view as view
from tests.sets import parametrize


@pytest.mark.parametrize("facts", devices.all_devices(), ids=lambda facts: facts.class_name)
def test_the_facts_of_a_device_are_well_formed(facts) -> None:  # type: ignore[no-untyped-def]
    assert facts.display_name
    assert facts.type in (0, 1, 2, 4)
    names = [one.name for one in facts.parameters]
    paths = [one.path for one in facts.parameters if one.path]
    assert len(set(names)) == len(names)
    assert len(set(paths)) == len(paths)
    for one in facts.parameters:
        assert one.name.strip()
        assert one.law is not None
        assert one.law.minimum < one.law.maximum
        assert one.default is not None
        assert one.law.minimum <= one.law.value(one.default) <= one.law.maximum
        assert display.text(one.law.unit, one.law.value(one.default), one.law.minimum, one.law.maximum)


def test_devices_are_found_by_either_name() -> None:
    assert devices.find("Eq8") is devices.by_display_name("EQ Eight")
    found = devices.by_display_name("Auto Filter")
    assert found is not None
    assert found.class_name == "AutoFilter2"
    assert devices.find("Nobody") is None
    assert devices.by_display_name("Nobody") is None


def test_a_built_device_has_defaults_and_takes_values_by_name() -> None:
    facts = devices.find("Compressor2")
    assert facts is not None
    spec = devices.build(facts, "Glue", {"Dry/Wet": 0.5})
    by_name = {one.name: one for one in spec.parameters}
    assert (spec.name, spec.class_display_name, spec.type) == ("Glue", "Compressor", 2)
    assert by_name["Dry/Wet"].value == 0.5
    assert by_name["Threshold"].value == pytest.approx(0.85)
    assert by_name["Model"].items == ("Peak", "RMS", "Expand")
    with pytest.raises(KeyError, match="Warp Factor"):
        devices.build(facts, values={"Warp Factor": 9.0})


def test_a_built_rack_has_sixteen_macros_and_no_parameters_of_its_own() -> None:
    facts = devices.find("DrumGroupDevice")
    assert facts is not None
    spec = devices.build(facts)
    assert (len(spec.macros), len(spec.macro_names), len(spec.macros_mapped)) == (16, 16, 16)
    assert spec.parameters == []


@pytest.mark.parametrize(
    ("written", "filed", "value"),
    [
        ("hz:log:10:1000", 100.0, 0.5),
        ("hz:log:10:1000", 5.0, 0.0),
        ("hz:log:10:1000", 1e9, 1.0),
        ("volume", 1.0, 0.85),
        ("volume", 10 ** (6 / 20), 1.0),
        ("volume", 0.0003162277571, 0.0),
        ("volume", 0.0, 0.0),
        ("send", 1.0, 1.0),
        ("db -15..15", -3.0, -3.0),
        ("db -15..15", -40.0, -15.0),
        ("db:lin:-70:24 amp", 1.0, 70 / 94),
        ("gain", 1.0, 0.4),
        ("ratio:inv:1:100", 4.0, 0.75),
        ("ratio:inv:1:100", 3e38, 1.0),
        ("ms:log:1:60000", 600.0, 0.581428050994873),
        ("ms:pow3:0:2000", 0.1, 0.03684031590819359),
        ("s:pow4:0.0015:20", 0.6, 0.41592657566070557),
        ("s:pow5:0.001:5", 0.375, 0.5953847169876099),
        ("[A|B|C]", 2.0, 2.0),
        ("#4", 9.0, 3.0),
    ],
)
def test_a_law_turns_what_the_file_has_into_what_live_has(written: str, filed: float, value: float) -> None:
    assert parse_law(written).value(filed) == pytest.approx(value)


@pytest.mark.parametrize("written", ["parsec", "hz:cubic:1:2", "[A|B"])
def test_a_law_that_is_none_is_refused(written: str) -> None:
    with pytest.raises(ValueError):
        parse_law(written)


def test_guesses_are_marked_as_such() -> None:
    assert devices.guess_law("Some/Freq", "440", (20.0, 20000.0), True) == Law(
        "hz:log:20:20000", 0.0, 1.0, (), False, False
    )
    assert devices.guess_law("Gain", "0", (12.0, -12.0), True)[:3] == ("db", -12.0, 12.0)
    assert devices.guess_law("Mode", "3", None, False).items == ("0", "1", "2", "3")
    assert devices.guess_law("IsOn", "true", None, False).items == ("Off", "On")
    assert devices.guess_name("Filter/Slot/Value/LowFreq") == "Low Freq"
    assert devices.guess_name("Env/Attack", {"Attack"}) == "Env Attack"


def decibels(factor: float) -> float:
    return 20 * math.log10(factor)


SHOWN = {
    ("Eq8", "1 Frequency A"): ("Bands.0/ParameterA/Freq", None),
    ("Eq8", "4 Gain A"): ("Bands.3/ParameterA/Gain", None),
    ("Eq8", "8 Resonance A"): ("Bands.7/ParameterA/Q", None),
    ("Compressor2", "Threshold"): ("Threshold", decibels),
    ("Compressor2", "Attack"): ("Attack", None),
    ("Compressor2", "Output Gain"): ("Gain", None),
    ("Reverb", "Decay Time"): ("DecayTime", None),
    ("Reverb", "HiFilter Freq"): ("ShelfHiFreq", None),
    ("Limiter", "Ceiling"): ("Ceiling", None),
    ("GlueCompressor", "Threshold"): ("Threshold", None),
    ("FilterEQ3", "FreqHi"): ("FreqHi", None),
    ("FilterEQ3", "GainLo"): ("GainLo", decibels),
    ("ChannelEq", "Mid Freq"): ("MidFrequency", None),
    ("Delay", "L Time"): ("DelayLine_TimeL", None),
    ("DrumBuss", "Damping Freq"): ("DampingFrequency", None),
    ("OriginalSimpler", "Ve Decay"): ("VolumeAndPan/Envelope/DecayTime", None),
    ("OriginalSimpler", "Volume"): ("VolumeAndPan/Volume", None),
    ("MultiSampler", "Ve Attack"): ("VolumeAndPan/Envelope/AttackTime", None),
    ("Compressor2", "Ratio"): ("Ratio", lambda ratio: math.inf if ratio > 1e30 else ratio),
    ("InstrumentVector", "Filter 1 Freq"): ("Voice_Filter1_Frequency", None),
    ("InstrumentVector", "Amp Decay"): ("Voice_Modulators_AmpEnvelope_Times_Decay", None),
    ("Saturator", "Color Freq"): ("ColorFrequency", None),
    ("Delay", "Feedback"): ("Feedback", lambda share: share * 100),
    ("Hybrid", "EQ P1 Q"): ("Eq_Peak1Q", None),
    ("Operator", "A Coarse"): ("Operator.0/Tune/Coarse", None),
    ("Operator", "Volume"): ("Globals/Volume", decibels),
    ("Saturator", "Drive"): ("PreDrive", None),
    ("AutoFilter", "Env. Attack"): ("Attack", None),
}


@parametrize
def test_parameters_show_what_the_file_measures(als) -> None:  # type: ignore[no-untyped-def]
    from remote_script.headless.als import load_als
    from tests.remote_script.headless.als.test_counts import every_device, every_track

    spec, root = load_als(als), view.live_set(als)
    elements = [*view.tracks(root), *view.returns(root), view.main(root)]
    for track, element in zip(every_track(spec), elements, strict=True):
        loaded = [device for device in every_device(track.devices)]
        assert sorted(one.class_name for one in loaded) == sorted(one.tag for one in view.devices(element))
        by_class: dict[str, list[object]] = {}
        for found in view.devices(element):
            by_class.setdefault(found.tag, []).append(found)
        for device in loaded:
            found = by_class[device.class_name].pop(0)
            for one in device.parameters:
                path, law = SHOWN.get((device.class_name, one.name), ("", None))
                written = view.value(found, path + "/Manual") if path else ""  # type: ignore[arg-type]
                if not written:
                    continue
                wanted = float(written)
                if law is not None:
                    wanted = law(wanted) if wanted > 0.000317 else -math.inf
                seen = display.shown_number(one.unit, one.value, one.minimum, one.maximum)
                assert seen == pytest.approx(wanted, rel=1e-4, abs=1e-3), (device.class_name, one)
