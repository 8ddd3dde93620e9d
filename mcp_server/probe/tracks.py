"""Tracks and returns: names, colours, missing properties, creating and deleting."""

from __future__ import annotations

from typing import Any

from mcp_server.probe.bench import AUDIO, MIDI, Bench, Theme, two_tracks
from mirror import Call, Set

RETURNS = 12


async def _stage(bench: Bench) -> None:
    await two_tracks(bench)
    await bench.write(Call("song", "create_return_track"))


THEME = Theme("tracks", _stage)

_NO_ARM = "Main and Return Tracks have no 'Arm' state!"
_NO_MONITORING = "Main and Return Tracks have no monitoring state!"

THEME.reads(
    "what_main_has_not",
    "The main track has no mute, no solo, no arm and no monitoring; reading these raises",
    {
        "master_track.mute": "Main track has no 'mute' property!",
        "master_track.arm": _NO_ARM,
        "master_track.implicit_arm": _NO_ARM,
        "master_track.current_monitoring_state": _NO_MONITORING,
        "master_track.can_be_armed": False,
    },
)
THEME.reads(
    "main_has_no_solo",
    "Live's refusal of the main track's solo has the same form as that of its mute",
    {"master_track.solo": "Main track has no 'solo' property!"},
    guess=True,
)
THEME.reads(
    "what_returns_have_not",
    "A return has no arm and no monitoring, but it can be muted",
    {
        "return_tracks/0.arm": _NO_ARM,
        "return_tracks/0.current_monitoring_state": _NO_MONITORING,
        "return_tracks/0.can_be_armed": False,
        "return_tracks/0.mute": False,
    },
)
THEME.reads(
    "midi_meters",
    "A MIDI track has no input meters of the two channels",
    {MIDI + ".input_meter_left": "MIDI tracks have no 'input_meter_left' property!"},
)
THEME.reads(
    "only_groups_fold",
    "A track that is no group has no fold_state",
    {MIDI + ".is_foldable": False, MIDI + ".fold_state": "Only group tracks have a 'fold_state' property!"},
    guess=True,
)
THEME.reads(
    "new_tracks",
    "A new track is not muted, soloed, frozen or grouped",
    {
        MIDI + ".mute": False,
        MIDI + ".solo": False,
        MIDI + ".is_frozen": False,
        MIDI + ".is_grouped": False,
        MIDI + ".has_midi_input": True,
        AUDIO + ".has_midi_input": False,
        AUDIO + ".has_audio_input": True,
    },
)
THEME.takes(
    "monitoring",
    "Monitoring is 0 in, 1 auto, 2 off",
    MIDI + ".current_monitoring_state",
    {0: 0, 2: 2, 1: 1},
)
THEME.takes(
    "numbered_names", "A '#' in a track's name becomes its number", MIDI + ".name", {"Probe #": "Probe 1"}
)
THEME.takes(
    "snapped_colors",
    "A colour snaps to the palette: 0xABCDEF becomes 0xB9C1E3, 0xFF0000 becomes 0xFF3636",
    MIDI + ".color",
    {0xABCDEF: 0xB9C1E3, 0xFF0000: 0xFF3636},
)


@THEME.tries("The palette's number follows the colour: 0xABCDEF is 37, 0xFF0000 is 14")
async def palette(bench: Bench) -> tuple[Any, Any]:
    seen = []
    for color in (0xABCDEF, 0xFF0000):
        await bench.write(Set(MIDI, "color", color))
        seen += await bench.now(MIDI + ".color_index")
    return [37, 14], seen


@THEME.tries("Tracks with a default name are called by number and kind, and are renumbered automatically")
async def tracks_renumber(bench: Bench) -> tuple[Any, Any]:
    await bench.write(Call("song", "create_midi_track", {"index": 0}))
    await bench.settle()
    return ["1-MIDI", "2-MIDI", "3-Audio"], bench.names("song", "tracks")[:3]


@THEME.tries("A return with a default name is called by its letter")
async def returns_are_lettered(bench: Bench) -> tuple[Any, Any]:
    last = len(bench.names("song", "return_tracks")) - 1
    name = bench.names("song", "return_tracks")[last]
    return f"{'ABCDEFGHIJKL'[last]}-", name[:2]


@THEME.tries("A track is created at the given index; it has a slot for every scene")
async def created_tracks(bench: Bench) -> tuple[Any, Any]:
    ref = await bench.made(Call("song", "create_midi_track", {"index": 1}))
    scenes = len(bench.mirror.children("song", "scenes"))
    return ("tracks/1", scenes), (ref, len(bench.mirror.children(ref, "clip_slots")))


@THEME.tries("A created track is selected", guess=True)
async def selected_track(bench: Bench) -> tuple[Any, Any]:
    await bench.write(Set("view", "selected_track", AUDIO))
    ref = await bench.made(Call("song", "create_midi_track", {"index": 0}))
    await bench.settle()
    return ref, bench.mirror.ref(bench.mirror.resolve("view/selected_track").id)


@THEME.tries("A track created at −1 is the last one")
async def track_at_the_end(bench: Bench) -> tuple[Any, Any]:
    count = len(bench.mirror.children("song", "tracks"))
    return f"tracks/{count}", await bench.made(Call("song", "create_audio_track", {"index": -1}))


@THEME.tries("A duplicated track is directly after its source and is selected")
async def duplicated_track(bench: Bench) -> tuple[Any, Any]:
    await bench.write(Set(MIDI, "name", "Probe"))
    await bench.write(Call("song", "duplicate_track", {"index": 0}))
    await bench.settle()
    selected = bench.mirror.ref(bench.mirror.resolve("view/selected_track").id)
    return (["Probe", "Probe"], "tracks/1"), (bench.names("song", "tracks")[:2], selected)


@THEME.tries("Soloing a track silences the other tracks, not the main track, and leaves other solos")
async def solo(bench: Bench) -> tuple[Any, Any]:
    await bench.write(Set(MIDI, "solo", True))
    await bench.settle()
    seen = await bench.now(MIDI + ".muted_via_solo", AUDIO + ".muted_via_solo", "master_track.muted_via_solo")
    await bench.write(Set(AUDIO, "solo", True))
    return [False, True, False, True], [*seen, *await bench.now(MIDI + ".solo")]


@THEME.tries("Arming a track does not disarm the others, whatever Exclusive Arm is")
async def arming(bench: Bench) -> tuple[Any, Any]:
    await bench.write(Set(MIDI, "arm", True))
    await bench.write(Set(AUDIO, "arm", True))
    return [True, True], await bench.now(MIDI + ".arm", AUDIO + ".arm")


@THEME.tries("Returns and the main track have no clip slots")
async def slots_elsewhere(bench: Bench) -> tuple[Any, Any]:
    seen = [len(bench.mirror.children(ref, "clip_slots")) for ref in ("return_tracks/0", "master_track")]
    return [0, 0], seen


THEME.reads(
    "arrangement_of_main",
    "Reading the main track's arrangement clips raises (reported for 12.4; documented as an empty list)",
    {"master_track.arrangement_clips": "Main, Group and Return Tracks have no arrangement clips"},
    guess=True,
)


@THEME.tries(f"A Set has at most {RETURNS} returns", guess=True)
async def most_returns(bench: Bench) -> tuple[Any, Any]:
    free = RETURNS - len(bench.mirror.children("song", "return_tracks"))
    made = [Call("song", "create_return_track") for _ in range(free + 1)]
    text = await bench.refusal(*made)
    said = "Maximum number of return tracks reached"
    return said, said if said in text else text


@THEME.tries(
    "A script gets back the value that it stored with set_data; after storing None it gets None, not the default"
)
async def kept_data(bench: Bench) -> tuple[Any, Any]:
    seen = [await bench.answer(MIDI, "get_data", key="setmirror.probe", default_value="none")]
    for value in ({"a": 1}, None):
        await bench.write(Call(MIDI, "set_data", {"key": "setmirror.probe", "value": value}))
        seen.append(await bench.answer(MIDI, "get_data", key="setmirror.probe", default_value="none"))
    return ["none", {"a": 1}, None], seen


@THEME.tries("A track's output can be removed from the mix: the routing type accepts an entry of its list")
async def routing_types(bench: Bench) -> tuple[Any, Any]:
    await bench.settle()
    offered = bench.prop(AUDIO, "available_output_routing_types") or []
    other = next(
        (routing for routing in offered if routing != bench.prop(AUDIO, "output_routing_type")), None
    )
    if other is None:
        return "another routing", f"offered: {list(offered)}"
    result = await bench.write(Set(AUDIO, "output_routing_type", other))
    return other, result.results[0].after


@THEME.tries("A track created without an index is after the selected one")
async def track_after_the_selected(bench: Bench) -> tuple[Any, Any]:
    await bench.write(Set("view", "selected_track", MIDI))
    return "tracks/1", await bench.made(Call("song", "create_midi_track"))


THEME.reads(
    "silent_tracks", "A track that does not play has no output level", {AUDIO + ".output_meter_level": 0.0}
)
THEME.reads(
    "nothing_fired",
    "A new track has fired_slot_index −1 and playing_slot_index −1 (the arrangement plays)",
    {MIDI + ".fired_slot_index": -1, MIDI + ".playing_slot_index": -1},
    guess=True,
)


@THEME.tries("A soloed return silences the other returns, not the tracks", guess=True)
async def soloed_return(bench: Bench) -> tuple[Any, Any]:
    await bench.write(Call("song", "create_return_track"))
    await bench.write(Set("return_tracks/0", "solo", True))
    await bench.settle()
    return [False, True], await bench.now(MIDI + ".muted_via_solo", "return_tracks/1.muted_via_solo")
