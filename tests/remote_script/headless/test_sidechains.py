"""A sidechain's source is a track: the lists follow the tracks and the choice follows its name."""

from __future__ import annotations

from typing import Any

from remote_script.headless import HeadlessLive, demo_set


def heard(live: HeadlessLive, device: Any, name: str) -> list[str]:
    told: list[str] = []
    getattr(device, f"add_{name}_listener")(lambda: told.append(name))
    return told


def compressor(song: Any) -> Any:
    return next(d for track in song.tracks for d in track.devices if d.class_name == "Compressor2")


def names(device: Any) -> list[str]:
    return [each.display_name for each in device.available_input_routing_types]


def test_renaming_adding_and_deleting_a_track_changes_the_list_and_notifies() -> None:
    live = HeadlessLive(demo_set())
    device = compressor(live.song)
    told = heard(live, device, "available_input_routing_types")
    for edit in (
        lambda song: setattr(song.tracks[0], "name", "Beat"),
        lambda song: song.create_midi_track(-1),
        lambda song: song.delete_track(len(song.tracks) - 1),
        lambda song: song.undo(),
    ):
        told.clear()
        before = names(device)
        live.person.do(edit)
        live.run_for(0.3)
        assert told
        assert names(device) != before


def test_a_side_chain_in_a_rack_works_and_its_choice_follows_the_name() -> None:
    live = HeadlessLive(demo_set())
    track = live.song.tracks[1]

    def build(song: Any) -> None:
        track.insert_device("Audio Effect Rack", -1)
        rack = track.devices[len(track.devices) - 1]
        rack.insert_chain()
        rack.chains[0].insert_device("Compressor", -1)

    live.person.do(build)
    device = track.devices[len(track.devices) - 1].chains[0].devices[0]
    source = next(each for each in device.available_input_routing_types if each.display_name == "Drums")
    live.person.do(lambda song: setattr(device, "input_routing_type", source))
    told = heard(live, device, "input_routing_type")
    live.person.do(lambda song: setattr(song.tracks[0], "name", "Beat"))
    live.run_for(0.3)
    assert told
    assert device.input_routing_type.display_name == "Beat"


def test_undoing_a_rename_keeps_the_choice_of_another_track_of_that_name() -> None:
    live = HeadlessLive(demo_set())
    device = compressor(live.song)
    first, second = live.song.tracks[0], live.song.tracks[1]
    chosen = next(each for each in device.available_input_routing_types if each.display_name == first.name)
    live.person.do(lambda song: setattr(device, "input_routing_type", chosen))
    was, old = first.name, second.name
    live.person.do(lambda song: setattr(first, "name", "Same"))
    live.person.do(lambda song: setattr(second, "name", "Same"))
    live.person.do(lambda song: song.undo())
    assert (second.name, device.input_routing_type.display_name) == (old, "Same")
    live.person.do(lambda song: song.undo())
    assert (first.name, device.input_routing_type.display_name) == (was, was)
    live.person.do(lambda song: song.redo())
    assert (first.name, device.input_routing_type.display_name) == ("Same", "Same")
