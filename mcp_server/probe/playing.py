"""Playback of clips and the song, for a moment and without sound."""

from __future__ import annotations

from typing import Any

from mcp_server.probe.bench import CLIP, MIDI, Bench, Theme, a_clip
from mirror import Call, Set

THEME = Theme("playing", a_clip)


async def _stop(bench: Bench) -> None:
    for op in (Call(MIDI, "stop_all_clips", {"quantized": False}), Call("song", "stop_playing")):
        await bench.write(op)
        await bench.settle()


async def _play(bench: Bench) -> None:
    await bench.write(Call(CLIP, "fire"))
    await bench.settle()


async def _back_to_the_arrangement(bench: Bench) -> None:
    await bench.mirror.write([Set("song", "back_to_arranger", False)])
    await bench.settle()


@THEME.tries("A fired clip starts the song and plays, and its track has the slot's number")
async def fired(bench: Bench) -> tuple[Any, Any]:
    await _play(bench)
    seen = await bench.now("song.is_playing", CLIP + ".is_playing", MIDI + ".playing_slot_index")
    await _stop(bench)
    return [True, True, 0], seen


@THEME.tries("A fired clip plays only in a later turn")
async def fired_late(bench: Bench) -> tuple[Any, Any]:
    seen = await bench.in_the_same_turn(CLIP, "is_playing", Call(CLIP, "fire"))
    await bench.settle()
    after = await bench.now(CLIP + ".is_playing")
    await _stop(bench)
    return [False, True], [seen, *after]


@THEME.tries("A stopped track has playing_slot_index −2; back in the arrangement it has −1")
async def slot_indices(bench: Bench) -> tuple[Any, Any]:
    await _play(bench)
    await bench.write(Call(MIDI, "stop_all_clips", {"quantized": False}))
    await bench.settle()
    seen = await bench.now(MIDI + ".playing_slot_index")
    await _stop(bench)
    await _back_to_the_arrangement(bench)
    return [-2, -1], seen + await bench.now(MIDI + ".playing_slot_index")


@THEME.tries(
    "After a Session clip has played the arrangement stays overridden until it is set to false, a turn later"
)
async def overridden(bench: Bench) -> tuple[Any, Any]:
    await _play(bench)
    await _stop(bench)
    seen = await bench.now("song.back_to_arranger")
    off = Set("song", "back_to_arranger", False)
    seen.append((await bench.mirror.write([off, off])).results[1].before)
    await bench.settle()
    return [True, True, False], seen + await bench.now("song.back_to_arranger")


@THEME.tries("Setting back_to_arranger to true is refused", guess=True)
async def only_to_false(bench: Bench) -> tuple[Any, Any]:
    said = "back_to_arranger can only be set to False"
    return said, await bench.refusal(Set("song", "back_to_arranger", True))


@THEME.tries("move_playing_pos has no effect while the clip is stopped")
async def moved_while_stopped(bench: Bench) -> tuple[Any, Any]:
    await bench.write(Call(CLIP, "move_playing_pos", {"beats": 1.0}))
    await bench.settle()
    return [False, False], await bench.now("song.is_playing", CLIP + ".is_playing")


@THEME.tries("Stopping a clip does not stop the song")
async def stopped_clip(bench: Bench) -> tuple[Any, Any]:
    await bench.write(Set(CLIP, "launch_quantization", 1))
    await _play(bench)
    await bench.write(Call(MIDI, "stop_all_clips", {"quantized": False}))
    await bench.settle()
    seen = await bench.now(CLIP + ".is_playing", "song.is_playing")
    await _stop(bench)
    return [False, True], seen


@THEME.tries("continue_playing plays from the position")
async def continued(bench: Bench) -> tuple[Any, Any]:
    await bench.write(Set("song", "current_song_time", 8.0))
    await bench.settle()
    await bench.write(Call("song", "continue_playing"))
    await bench.settle()
    (position,) = await bench.now("song.current_song_time")
    return True, 8.0 <= position < 16.0


@THEME.tries("continue_playing in the same turn as a new position plays from the old position")
async def continued_from_the_old_place(bench: Bench) -> tuple[Any, Any]:
    await bench.write(Set("song", "current_song_time", 0.0))
    await bench.settle()
    await bench.write(Set("song", "current_song_time", 16.0), Call("song", "continue_playing"))
    await bench.settle()
    (position,) = await bench.now("song.current_song_time")
    return True, position < 16.0


@THEME.tries("jump_by also moves the position while the song plays")
async def jump_while_playing(bench: Bench) -> tuple[Any, Any]:
    await bench.write(Set("song", "current_song_time", 0.0), Call("song", "start_playing"))
    await bench.settle()
    await bench.write(Call("song", "jump_by", {"beats": 12.0}))
    await bench.settle()
    (position,) = await bench.now("song.current_song_time")
    return True, 12.0 <= position < 24.0


@THEME.tries("A stopped clip plays until a later turn")
async def stopped_late(bench: Bench) -> tuple[Any, Any]:
    await bench.write(Set("song", "clip_trigger_quantization", 0))
    await _play(bench)
    seen = await bench.in_the_same_turn(CLIP, "is_playing", Set(CLIP, "is_playing", False))
    await bench.settle()
    after = await bench.now(CLIP + ".is_playing")
    await _stop(bench)
    return [True, False], [seen, *after]


@THEME.tries("move_playing_pos jumps within a clip that plays")
async def moved_while_playing(bench: Bench) -> tuple[Any, Any]:
    await bench.write(Set("song", "clip_trigger_quantization", 0), Set(CLIP, "loop_end", 128.0))
    await _play(bench)
    await bench.write(Call(CLIP, "move_playing_pos", {"beats": 64.0}))
    await bench.settle()
    (position,) = await bench.now(CLIP + ".playing_position")
    await _stop(bench)
    return True, 64.0 <= position < 128.0


@THEME.tries("Scrubbing starts a clip that is stopped")
async def scrubbed(bench: Bench) -> tuple[Any, Any]:
    await bench.write(Set("song", "clip_trigger_quantization", 0))
    await bench.write(Call(CLIP, "scrub", {"scrub_position": 0.0}))
    await bench.settle()
    seen = await bench.now(CLIP + ".is_playing")
    await bench.write(Call(CLIP, "stop_scrub"))
    await _stop(bench)
    return [True], seen
