"""The facts about native devices are well formed, and their values read as Live shows them."""

from __future__ import annotations

import math

import pytest

from remote_script.headless import devices
from remote_script.headless.devices import Law
from remote_script.headless.music import display
from tests import sets
from tests.remote_script.headless.als import xml_view as view

EVERY = [(facts, one) for facts in devices.all_devices() for one in facts.parameters]


@pytest.mark.parametrize("facts", devices.all_devices(), ids=lambda facts: facts.class_name)
def test_the_facts_of_a_device_are_well_formed(facts) -> None:  # type: ignore[no-untyped-def]
    assert facts.display_name
    assert facts.type in (0, 1, 2, 4)
    names = [one.name for one in facts.parameters]
    paths = [one.path for one in facts.parameters if one.path]
    assert {name for name in names if names.count(name) > 1} <= {"Width"}, "Corpus alone lists a name twice"
    assert len(set(paths)) == len(paths)
    for one in facts.parameters:
        law = one.law
        assert one.name.strip()
        assert law.minimum < law.maximum
        assert law.minimum <= one.default <= law.maximum
        assert not law.items or len(law.items) == law.maximum - law.minimum + 1
        assert law.items or display.text(law.unit, one.default, law.minimum, law.maximum)


NOT_WRITTEN = {
    ("MultiSampler", "Sample Selector"): "00",
    ("OriginalSimpler", "Sample Selector"): "00",
    ("Roar", "Output"): "-0.0 dB",
    ("UltraAnalog", "FEG1 S Time"): "inf s",
    ("UltraAnalog", "FEG2 S Time"): "inf s",
    ("UltraAnalog", "AEG1 S Time"): "inf s",
    ("UltraAnalog", "AEG2 S Time"): "inf s",
    ("UltraAnalog", "Noise Balance"): " F1",
    ("UltraAnalog", "OSC1 Balance"): " F1",
    ("UltraAnalog", "OSC2 Balance"): " F1",
    ("UltraAnalog", "LFO1 Phase"): "  0°",
    ("UltraAnalog", "LFO2 Phase"): "  0°",
}
"""Texts of a real Live that our display laws do not produce."""


def test_every_value_shows_the_text_that_a_real_live_showed_for_it() -> None:
    pairs = 0
    for facts, one in EVERY:
        law = one.law
        for value, shown in one.pairs:
            pairs += 1
            text = law.items[round(value - law.minimum)] if law.items else ""
            text = text or display.text(law.unit, value, law.minimum, law.maximum)
            if text != shown:
                assert NOT_WRITTEN.get((facts.class_name, one.name)) == shown, (facts.class_name, one, text)
    assert pairs > 2250


def test_a_text_converts_back_to_its_value_within_its_precision() -> None:
    for facts, one in EVERY:
        law = one.law
        if law.items or (facts.class_name, one.name) in NOT_WRITTEN:
            continue
        for share in (0.0, 0.25, 0.5, 0.8, 1.0):
            value = law.minimum + (law.maximum - law.minimum) * share
            shown = display.text(law.unit, value, law.minimum, law.maximum)
            back = display.parse(law.unit, shown, law.minimum, law.maximum)
            again = display.text(law.unit, min(max(back, law.minimum), law.maximum), law.minimum, law.maximum)
            number, other = display.number_of(law.unit, shown), display.number_of(law.unit, again)
            assert number == pytest.approx(other, rel=0.02, abs=0.11), (
                facts.class_name,
                one.name,
                shown,
                again,
            )


SYNCED = """8 6 4 3 2 1.5 1 3/4 1/2 3/8 1/3 5/16 1/4 3/16 1/6 1/8 1/12 1/16 1/24 1/32 1/48 1/64""".split()  # noqa: SIM905
"""Live's synced rates 0 to 21, from three independent sources."""


def test_all_synced_rates_of_22_steps_are_live_s_but_the_samplers_run_the_other_way() -> None:
    lists = {}
    for facts, one in EVERY:
        law = one.law
        if (law.minimum, law.maximum) == (0.0, 21.0) and not law.items:
            texts = [display.text(law.unit, float(step), 0.0, 21.0) for step in range(22)]
            lists.setdefault(facts.class_name, []).append(texts)
    samplers = {"OriginalSimpler", "MultiSampler"}
    assert len(lists) >= 12
    for class_name, found in lists.items():
        expected = SYNCED[::-1] if class_name in samplers else SYNCED
        assert all(each == expected for each in found), class_name


@pytest.mark.parametrize(
    ("class_name", "name", "value", "text"),
    [
        ("Echo", "Mod Rate", 12.0, "1/4"),
        ("InstrumentVector", "LFO 1 S. Rate", 15.0, "1/8"),
        ("PhaserNew", "Mod Rate", 4.0, "2"),
        ("StereoGain", "Stereo Width", 1.0, "100 %"),
        ("Hybrid", "Ti Rate", 22.0, "1"),
        ("UltraAnalog", "LFO1 SncRate", 13.0, "1/4"),
        ("Roar", "Blend", 0.3, "70 / 30"),
        ("Roar", "FB Synced", -7.0, "1 / 128"),
        ("Compressor2", "Ratio", 1.0, "inf : 1"),
        ("Compressor2", "Expansion Ratio", 2.0, "1 : 2.00"),
        ("OriginalSimpler", "L Sync Rate", 4.0, "1/16"),
        ("FilterDelay", "1 Pan", -1.0, "50L"),
        ("AutoFilter2", "LFO 16th", 16.0, "16  / 16"),
        ("Drift", "LP Mod Amt 1", 0.0, "-100 %"),
    ],
)
def test_a_measured_parameter_has_lives_text(class_name: str, name: str, value: float, text: str) -> None:
    facts = devices.find(class_name)
    assert facts is not None
    law = next(one.law for one in facts.parameters if one.name == name)
    assert not law.items, "Live reports it as not quantized"
    assert display.text(law.unit, value, law.minimum, law.maximum) == text


def test_devices_are_found_by_either_name() -> None:
    assert devices.find("Eq8") is devices.by_display_name("EQ Eight")
    found = devices.by_display_name("Auto Filter")
    assert found is not None
    assert found.class_name == "AutoFilter2"
    assert devices.find("ExternalAudioEffect") is devices.by_display_name("External Audio Effect")
    assert devices.find("ProxyInstrumentDevice") is devices.by_display_name("External Instrument")
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


def test_a_built_rack_has_sixteen_macros_and_no_other_parameters() -> None:
    facts = devices.find("DrumGroupDevice")
    assert facts is not None
    spec = devices.build(facts)
    assert (len(spec.macros), len(spec.macro_names), len(spec.macros_mapped)) == (16, 16, 16)
    assert spec.parameters == []


@pytest.mark.parametrize(
    ("law", "filed", "value"),
    [
        (Law("hz:log:10:1000"), 100.0, 0.5),
        (Law("hz:log:10:1000"), 5.0, 0.0),
        (Law("hz:log:10:1000"), 1e9, 1.0),
        (Law("volume", is_factor=True), 1.0, 0.85),
        (Law("volume", is_factor=True), 10 ** (6 / 20), 1.0),
        (Law("volume", is_factor=True), 0.0003162277571, 0.0),
        (Law("volume", is_factor=True), 0.0, 0.0),
        (Law("send", is_factor=True), 1.0, 1.0),
        (Law("db", -15.0, 15.0), -3.0, -3.0),
        (Law("db", -15.0, 15.0), -40.0, -15.0),
        (Law("db:lin:-70:24", is_factor=True), 1.0, 70 / 94),
        (Law("gain", is_factor=True), 1.0, 0.4),
        (Law("amp:pow2:0:1", is_factor=True), 0.25, 0.5),
        (Law("ratio:inv:1:100"), 4.0, 0.75),
        (Law("ratio:inv:1:100"), 3e38, 1.0),
        (Law("ms:log:1:60000"), 600.0, 0.581428050994873),
        (Law("ms:pow3:0:2000"), 0.1, 0.03684031590819359),
        (Law("s:pow4:0.0015:20"), 0.6, 0.41592657566070557),
        (Law("s:pow5:0.001:5"), 0.375, 0.5953847169876099),
        (Law("percent:spow3.33:-100:100", scale=100.0), 0.8, 0.967593),
        (Law("percent:lin:0:100", is_direct=True), 0.3, 0.3),
        (Law("", 0.0, 2.0, ("A", "B", "C")), 2.0, 2.0),
        (Law("", 0.0, 3.0, ("0", "1", "2", "3")), 9.0, 3.0),
    ],
)
def test_a_law_converts_the_value_of_the_file_to_that_of_live(law: Law, filed: float, value: float) -> None:
    assert law.value(filed) == pytest.approx(value, abs=1e-4)


def test_guessed_values_are_marked() -> None:
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
    ("Eq8", "8 Q A"): ("Bands.7/ParameterA/Q", None),
    ("Compressor2", "Threshold"): ("Threshold", decibels),
    ("Compressor2", "Attack"): ("Attack", None),
    ("Compressor2", "Output"): ("Gain", None),
    ("Reverb", "Decay Time"): ("DecayTime", None),
    ("Reverb", "Diff. Hi Freq"): ("ShelfHiFreq", None),
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
    ("InstrumentVector", "Flt 1 Freq"): ("Voice_Filter1_Frequency", None),
    ("InstrumentVector", "Amp Decay"): ("Voice_Modulators_AmpEnvelope_Times_Decay", None),
    ("Saturator", "Color Freq"): ("ColorFrequency", None),
    ("Delay", "Feedback"): ("Feedback", lambda share: share * 100),
    ("Hybrid", "EQ P1 Q"): ("Eq_Peak1Q", None),
    ("Operator", "A Coarse"): ("Operator.0/Tune/Coarse", None),
    ("Operator", "Volume"): ("Globals/Volume", decibels),
    ("Saturator", "Drive"): ("PreDrive", None),
    ("AutoFilter", "Env. Attack"): ("Attack", None),
}


@sets.parametrize
def test_parameters_have_the_measured_texts_of_the_file(als) -> None:  # type: ignore[no-untyped-def]
    from tests.remote_script.headless.als.test_counts import every_device, every_track

    spec, root = sets.spec(als), view.live_set(als)
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


def test_the_table_counts_sourced_and_guessed_values() -> None:
    from remote_script.headless.devices.__main__ import row, table

    rows = [row(facts) for facts in devices.all_devices()]
    newest = [each for each in rows if each.live == "12.4.6"]
    assert len(newest) == 60
    assert all(each.sourced == each.parameters and each.guessed == 0 for each in newest)
    assert sum(each.equal for each in newest) / sum(each.texts for each in newest) > 0.99
    assert len(table()) == len(rows) + 2
