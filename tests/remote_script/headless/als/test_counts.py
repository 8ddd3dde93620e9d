"""The loader's results for real Sets, compared with independent counts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from remote_script.headless import devices
from remote_script.headless.music import display
from remote_script.headless.sets.spec import ClipSpec, DeviceSpec, SetSpec, TrackSpec
from tests import sets
from tests.remote_script.headless.als import xml_view as view


def every_track(spec: SetSpec) -> list[TrackSpec]:
    return [*spec.tracks, *spec.return_tracks, spec.main_track]


def every_device(held: list[DeviceSpec]) -> Iterator[DeviceSpec]:
    for device in held:
        yield device
        for chain in [*device.chains, *device.return_chains]:
            yield from every_device(chain.devices)


def every_clip(track: TrackSpec) -> list[ClipSpec]:
    return [clip for clip in track.clip_slots if clip is not None] + track.arrangement_clips


@sets.parametrize
def test_counts_of_every_kind_of_object_equal_those_of_the_file(als: Path) -> None:
    spec, root = sets.spec(als), view.live_set(als)
    elements = [*view.tracks(root), *view.returns(root), view.main(root)]
    counted = {
        "tracks": len(view.tracks(root)),
        "returns": len(view.returns(root)),
        "scenes": len(view.scenes(root)),
        "locators": len(root.findall("Locators/Locators/Locator")),
        "grooves": len(root.findall("GroovePool/Grooves/Groove")),
        "session clips": sum(len(view.session_clips(track)) for track in elements),
        "arrangement clips": sum(len(view.arrangement_clips(track)) for track in elements),
        "take lane clips": sum(len(view.take_lane_clips(track)) for track in elements),
        "notes": sum(
            len(view.notes(clip))
            for track in elements
            for clip in [*view.session_clips(track), *view.arrangement_clips(track)]
        ),
        "devices": sum(len(view.devices(track)) for track in elements),
    }
    tracks = every_track(spec)
    found = {
        "tracks": len(spec.tracks),
        "returns": len(spec.return_tracks),
        "scenes": len(spec.scenes),
        "locators": len(spec.cue_points),
        "grooves": len(spec.grooves),
        "session clips": sum(clip is not None for track in tracks for clip in track.clip_slots),
        "arrangement clips": sum(len(track.arrangement_clips) for track in tracks),
        "take lane clips": sum(len(lane.arrangement_clips) for track in tracks for lane in track.take_lanes),
        "notes": sum(len(clip.notes) for track in tracks for clip in every_clip(track)),
        "devices": sum(1 for track in tracks for _ in every_device(track.devices)),
    }
    assert found == counted


@sets.parametrize
def test_a_real_set_loads_with_warnings_about_guesses_only(als: Path) -> None:
    found = [
        warning
        for warning in sets.spec(als).warnings
        if warning.kind not in ("device names", "device values")
    ]
    assert [str(warning) for warning in found] == []


@sets.parametrize
def test_every_parameter_lies_within_its_range(als: Path) -> None:
    for track in every_track(sets.spec(als)):
        for device in every_device(track.devices):
            for one in device.parameters:
                assert one.minimum <= one.value <= one.maximum, (device.class_name, one)
                assert one.name, device.class_name
                assert display.text(one.unit, one.value, one.minimum, one.maximum)
                if one.items:
                    assert len(one.items) == one.maximum - one.minimum + 1, (device.class_name, one)


@sets.parametrize
def test_devices_without_a_whole_table_show_every_parameter_of_the_file(als: Path) -> None:
    spec, root = sets.spec(als), view.live_set(als)
    elements = [*view.tracks(root), *view.returns(root), view.main(root)]
    for track, element in zip(every_track(spec), elements, strict=True):
        for device, found in zip(track.devices, view.top_devices(element), strict=True):
            facts = devices.find(found.tag)
            if "Group" in found.tag or "Plugin" in found.tag or found.tag.startswith("Mx"):
                continue
            if facts is None or not facts.parameters:
                held = [one for one in found.iter() if one.find("Manual") is not None]
                assert len(device.parameters) == len(held) - 1, found.tag


@sets.parametrize
def test_devices_with_a_whole_table_show_the_same_parameters_in_every_set(als: Path) -> None:
    for track in every_track(sets.spec(als)):
        for device in every_device(track.devices):
            facts = devices.find(device.class_name)
            if facts is not None and facts.parameters and "Group" not in device.class_name:
                sections = facts.sections
                listed = [one.name for one in device.parameters if one.name not in sections]
                older = devices.find(devices.OLD_FORMS.get(device.class_name, ("", ""))[1])
                names = [[one.name for one in each.fresh] for each in (facts, older) if each is not None]
                assert listed in names


@sets.parametrize
def test_parameter_names_of_a_device_are_not_given_twice(als: Path) -> None:
    for track in every_track(sets.spec(als)):
        for device in every_device(track.devices):
            names = [one.name for one in device.parameters]
            if "Plugin" not in device.class_name and not device.class_name.startswith("Mx"):
                twice = {name for name in names if names.count(name) > 1}
                assert twice <= {"Width"}, (device.class_name, twice)
