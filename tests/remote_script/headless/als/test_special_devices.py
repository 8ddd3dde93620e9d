"""The properties of special devices are read from the Set, not taken from defaults."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from remote_script.headless import HeadlessLive
from remote_script.headless.als import devices as loader
from remote_script.headless.als import notices, properties
from remote_script.headless.als.parameters import Targets
from remote_script.headless.sets.spec import SetSpec, TrackSpec
from tests import sets
from tests.remote_script.headless.als import xml_view as view

EFFECTS = ("Eq8", "Compressor2", "Erosion2", "Roar", "Looper", "Shifter", "Hybrid")


def opened(xml: str) -> tuple[HeadlessLive, Any]:
    """A Live with one track that has the device of this XML."""
    element = ElementTree.fromstring(xml)
    spec = loader.load(element, (0,), Targets(ElementTree.Element("Track")), set())
    live = HeadlessLive(
        SetSpec(tracks=[TrackSpec("audio" if element.tag in EFFECTS else "midi", "T", devices=[spec])])
    )
    return live, live.song.tracks[0].devices[0]


@pytest.mark.parametrize("class_name", sorted(properties.PLACES))
def test_every_place_is_read_into_a_property_that_a_script_can_read(class_name: str) -> None:
    places = properties.PLACES[class_name]
    values: dict[str, Any] = {}
    body = ""
    for name, where in places.items():
        switch = name in properties._SWITCHES or name == "ir_time_shaping_on"
        values[name] = (
            True if switch else 0.5 if name in properties._REAL else 2 if name == "unison_voice_count" else 1
        )
        written = "true" if switch else values[name]
        automated = name in ("mono_poly", "routing_mode_index")
        body += (
            f"<{where}><Manual Value='{written}'/></{where}>"
            if automated
            else f"<{where} Value='{written}'/>"
        )
    live, device = opened(f"<{class_name}>{body}</{class_name}>")
    assert {name: getattr(device, name) for name in places} == values
    fresh_live, fresh = opened(f"<{class_name}/>")
    assert any(getattr(fresh, name) != values[name] for name in places)
    live.close()
    fresh_live.close()


def test_a_wavetable_and_its_matrix_equal_those_of_the_set() -> None:
    amounts = "".join(f"<ModulationAmounts.{index} Value='{index / 100}'/>" for index in range(13))
    still = "".join(f"<ModulationAmounts.{index} Value='0'/>" for index in range(13))
    live, device = opened(
        "<InstrumentVector><SpriteName1 Value='Logue Saw'/><SpriteName2 Value='Sines 2'/><ModulationConnections>"
        f"<C Id='0'><TargetName Value='Osc 1 Pos'/>{amounts}</C><C Id='1'><TargetName Value='Sub Tone'/>{still}</C>"
        f"<C Id='2'><TargetName Value='Pitch'/>{still}</C></ModulationConnections></InstrumentVector>"
    )
    assert device.oscillator_1_wavetables[device.oscillator_1_wavetable_index] == "Logue Saw"
    assert device.oscillator_2_wavetables[device.oscillator_2_wavetable_index] == "Sines 2"
    assert list(device.visible_modulation_target_names) == ["Pitch", "Osc 1 Pos"]
    assert device.get_modulation_value(1, 12) == pytest.approx(0.12)
    live.close()


def test_a_hybrid_reverb_names_its_impulse_response() -> None:
    path = "/Builtin/Hybrid_Early_Reflections_Ableton Studio Backwards L.aif"
    where = "<ImpulseResponseHandler><SampleSlot><Value><SampleRef><FileRef>"
    live, device = opened(
        f"<Hybrid>{where}<Path Value='{path}'/></FileRef></SampleRef></Value></SampleSlot>"
        "</ImpulseResponseHandler></Hybrid>"
    )
    assert device.ir_category_list[device.ir_category_index] == "Early Reflections"
    assert device.ir_file_list[device.ir_file_index] == "Ableton Studio Backwards"
    live.close()


def test_a_drum_cell_has_the_gain_of_its_sample() -> None:
    part = "<SampleParts><MultiSamplePart Id='0'><Volume Value='2'/></MultiSamplePart></SampleParts>"
    live, device = opened(f"<DrumCell><UserSample>{part}</UserSample></DrumCell>")
    assert device.gain == pytest.approx(0.4 + 6.0206 / 40.0, abs=1e-4)
    live.close()


def test_a_simpler_slices_and_warps_as_in_the_set() -> None:
    warp = (
        "<SampleWarpProperties><WarpMarkers><WarpMarker Id='0' SecTime='0' BeatTime='0'/>"
        "<WarpMarker Id='1' SecTime='2' BeatTime='3'/></WarpMarkers><WarpMode Value='6'/><IsWarped Value='true'/>"
        "<GranularityTones Value='12'/><GranularityTexture Value='90'/><FluctuationTexture Value='5'/>"
        "<ComplexProFormants Value='80'/><ComplexProEnvelope Value='64'/><TransientResolution Value='3'/>"
        "<TransientLoopMode Value='1'/><TransientEnvelope Value='40'/></SampleWarpProperties>"
    )
    slicing = (
        "<SlicingThreshold Value='30'/><SlicingBeatGrid Value='7'/><SlicingRegions Value='16'/>"
        + "<SlicingStyle Value='2'/>"
    )
    part = (
        "<SampleRef><DefaultDuration Value='88200'/><DefaultSampleRate Value='44100'/></SampleRef>"
        f"<SampleEnd Value='88200'/>{warp}{slicing}"
    )
    live, device = opened(
        "<OriginalSimpler><Player><MultiSampleMap><SampleParts><MultiSamplePart Id='0'>"
        f"{part}</MultiSamplePart></SampleParts></MultiSampleMap></Player></OriginalSimpler>"
    )
    sample = device.sample
    assert (sample.warping, sample.warp_mode) == (True, 6)
    assert (sample.slicing_beat_division, sample.slicing_region_count, sample.slicing_style) == (7, 16, 2)
    assert sample.slicing_sensitivity == pytest.approx(0.3)
    assert (sample.tones_grain_size, sample.texture_grain_size, sample.texture_flux) == (12.0, 90.0, 5.0)
    assert (sample.complex_pro_formants, sample.complex_pro_envelope) == (80.0, 64.0)
    assert (sample.beats_granulation_resolution, sample.beats_transient_loop_mode) == (3, 1)
    assert sample.beats_transient_envelope == 40.0
    assert sample.beat_to_sample_time(1.5) == pytest.approx(44100.0)
    live.close()


def test_a_fresh_drift_has_the_modulations_of_a_real_one() -> None:
    live = HeadlessLive()
    track = live.song.create_midi_track(-1)
    drift = track.insert_device("Drift", 0)
    assert drift.voice_count_list[drift.voice_count_index] == "32"
    assert drift.mod_matrix_target_1_list[drift.mod_matrix_target_1_index] == "HP Frequency"
    assert drift.mod_matrix_source_1_list[drift.mod_matrix_source_1_index] == "Mod"
    drift.mod_matrix_target_1_index = 6
    assert drift.mod_matrix_target_1_list[drift.mod_matrix_target_1_index] == "LP Frequency"
    live.close()


def test_an_element_without_a_number_is_named() -> None:
    with notices.collecting() as collector:
        live, _ = opened("<Drift><Lfo_ModSource Value='loud'/></Drift>")
    live.close()
    (warning,) = collector.warnings
    assert (warning.kind, warning.places) == ("value", ["Lfo_ModSource 'loud'"])


@sets.parametrize
def test_special_devices_of_real_sets_are_loaded(als: Path) -> None:
    from tests.remote_script.headless.als.test_counts import every_device, every_track

    root = view.live_set(als)
    elements = [*view.tracks(root), *view.returns(root), view.main(root)]
    for track, element in zip(every_track(sets.spec(als)), elements, strict=True):
        loaded = [one for one in every_device(track.devices) if one.class_name in properties.PLACES]
        found = [one for one in view.devices(element) if one.tag in properties.PLACES]
        for kind in properties.PLACES:
            specs = [one for one in loaded if one.class_name == kind]
            for spec, one in zip(specs, [each for each in found if each.tag == kind], strict=True):
                for name, where in properties.PLACES[kind].items():
                    if view.value(one, where):
                        assert name in spec.extra, (kind, name)


@pytest.mark.parametrize(
    "place", ["<SideChainEq><On>%s</On></SideChainEq>", "<SideChainEq_On>%s</SideChainEq_On>"]
)
def test_a_part_of_a_device_is_an_element_or_the_first_word_of_a_tag(place: str) -> None:
    live, device = opened("<Compressor2>%s</Compressor2>" % (place % "<Manual Value='true'/>"))
    switch = next(each for each in device.parameters if each.name == "S/C EQ On")
    assert switch.value == 1.0
    live.close()


def test_a_sampler_lists_the_sections_that_its_set_has() -> None:
    lfo = "<Frequency><Manual Value='3'/></Frequency>"
    live, device = opened(
        "<MultiSampler><Lfo><IsOn><Manual Value='true'/></IsOn><Slot><Value><SimplerLfo Id='0'>"
        f"{lfo}</SimplerLfo></Value></Slot></Lfo></MultiSampler>"
    )
    by_name = {each.name: each for each in device.parameters}
    assert by_name["L 1 On"].value == 1.0
    assert by_name["L 1 Rate"].str_for_value(by_name["L 1 Rate"].value) == "3.00 Hz"
    assert "L 2 Rate" not in by_name
    live.close()


def test_guesses_of_the_loader_about_devices_are_counted() -> None:
    with notices.collecting() as found:
        live, device = opened("<Erosion2><Odd><Manual Value='0.5'/></Odd></Erosion2>")
        other, stranger = opened("<BrandNew><LowFreq><Manual Value='0.5'/></LowFreq></BrandNew>")
    kinds = {each.kind: (each.count, each.places) for each in found.warnings}
    assert kinds["device values"] == (5, ["Erosion2: Amount"])
    assert kinds["device names"] == (1, ["BrandNew"])
    assert [each.name for each in stranger.parameters] == ["Device On", "Low Freq"]
    assert len(device.parameters) == 6
    live.close()
    other.close()
