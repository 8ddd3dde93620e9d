"""Clips in the arrangement and in take lanes: creating, copying, overwriting."""

from __future__ import annotations

from typing import Any

from mcp_server.probe.bench import AUDIO, CLIP, MIDI, Bench, Theme, a_clip
from mirror import Call

THEME = Theme("arrangement", a_clip)

ARRANGED = MIDI + "/arrangement_clips/0"


@THEME.tries("A clip created in the arrangement is at the requested time", since=(12, 2))
async def arranged(bench: Bench) -> tuple[Any, Any]:
    await bench.write(Call(MIDI, "create_midi_clip", {"start_time": 8.0, "length": 4.0}))
    await bench.settle()
    places = (".start_time", ".end_time", ".is_arrangement_clip", ".is_session_clip")
    return [8.0, 12.0, True, False], await bench.now(*(ARRANGED + prop for prop in places))


@THEME.tries("Arrangement clips are listed in the order of time", since=(12, 2))
async def order_of_time(bench: Bench) -> tuple[Any, Any]:
    for start in (8.0, 0.0):
        await bench.write(Call(MIDI, "create_midi_clip", {"start_time": start, "length": 4.0}))
    await bench.settle()
    clips = bench.mirror.children(MIDI, "arrangement_clips")
    return [0.0, 8.0], [clip.props.get("start_time") for clip in clips]


@THEME.tries("A Session clip is copied to the arrangement at a time; the copy is deleted by its track")
async def copied_to_the_arrangement(bench: Bench) -> tuple[Any, Any]:
    await bench.write(Call(MIDI, "duplicate_clip_to_arrangement", {"clip": CLIP, "destination_time": 8.0}))
    await bench.settle()
    seen = await bench.now(ARRANGED + ".start_time", ARRANGED + ".end_time")
    await bench.write(Call(MIDI, "delete_clip", {"slot": ARRANGED}))
    await bench.settle()
    return [8.0, 12.0, 0], [*seen, len(bench.mirror.children(MIDI, "arrangement_clips"))]


@THEME.tries("Firing an arrangement clip has no effect, and its is_playing stays false", since=(12, 2))
async def arrangement_clips_do_not_fire(bench: Bench) -> tuple[Any, Any]:
    await bench.write(Call(MIDI, "create_midi_clip", {"start_time": 0.0, "length": 4.0}))
    await bench.refusal(Call(ARRANGED, "fire"))
    await bench.settle()
    return [False, False], await bench.now("song.is_playing", ARRANGED + ".is_playing")


@THEME.tries("A new take lane has no clips, and its clips are not among the track's", since=(12, 2))
async def take_lanes(bench: Bench) -> tuple[Any, Any]:
    ref = await bench.made(Call(MIDI, "create_take_lane"))
    await bench.write(Call(ref, "create_midi_clip", {"start_time": 0.0, "length": 4.0}))
    await bench.settle()
    seen = [len(bench.mirror.children(where, "arrangement_clips")) for where in (ref, MIDI)]
    return [1, 0], seen


def _made(start: float, length: float) -> Call:
    return Call(MIDI, "create_midi_clip", {"start_time": start, "length": length})


@THEME.tries("A clip created over another one cuts it in two", guess=True, since=(12, 2))
async def covered(bench: Bench) -> tuple[Any, Any]:
    await bench.write(_made(0.0, 8.0))
    await bench.write(_made(2.0, 2.0))
    await bench.settle()
    clips = bench.mirror.children(MIDI, "arrangement_clips")
    seen = [[clip.props.get("start_time"), clip.props.get("end_time")] for clip in clips]
    return [[0.0, 2.0], [2.0, 4.0], [4.0, 8.0]], seen


THEME.refuses(
    "before_the_song",
    "A clip cannot be created before the song begins",
    "The time must be within [0., 1576800.]",
    [_made(-4.0, 4.0)],
    guess=True,
    since=(12, 2),
)


@THEME.tries("A track deletes only its own clips", guess=True, since=(12, 2))
async def foreign_clip(bench: Bench) -> tuple[Any, Any]:
    await bench.write(_made(0.0, 4.0))
    await bench.settle()
    said = "The clip does not belong to this track"
    return said, await bench.refusal(Call(AUDIO, "delete_clip", {"slot": ARRANGED}))
