"""The song: its ranges and limits, position and beat time, loop, cue points, scale."""

from __future__ import annotations

from typing import Any

from mcp_server.probe.bench import Absent, Bench, Theme
from mirror import Call, Set

THEME = Theme("song")

FAR = 100_000.0
"""A time in beats after the end of every empty Set."""

THEME.takes("tempo_range", "The tempo goes from 20 to 999", "song.tempo", {20.0: 20.0, 999.0: 999.0})
THEME.takes(
    "numerators", "A time signature's numerator goes from 1 to 99", "song.signature_numerator", {1: 1, 99: 99}
)
THEME.takes(
    "denominators",
    "A time signature's denominator is 1, 2, 4, 8 or 16",
    "song.signature_denominator",
    {1: 1, 2: 2, 8: 8, 16: 16},
)
THEME.takes(
    "groove_amount", "The groove amount goes up to 1.3125", "song.groove_amount", {1.3125: 1.3125, 0.0: 0.0}
)
THEME.refuses(
    "position_behind_the_end",
    "The position cannot be set after the song's end",
    "Cannot set the Songtime behind the Songlength",
    [Set("song", "current_song_time", FAR)],
)
THEME.refuses(
    "start_behind_the_end",
    "The start cannot be set after the song's end",
    "Cannot set the start time after the song length",
    [Set("song", "start_time", FAR)],
    since=(11, 2),
)
THEME.refuses(
    "loop_start_behind_the_end",
    "The loop cannot start after the song's end",
    "Cannot set the Loopstart behind the Songlength",
    [Set("song", "loop_start", FAR)],
)
THEME.refuses(
    "loop_behind_the_end",
    "The loop cannot reach after the song's end",
    "Cannot set the Loop behind the song length",
    [Set("song", "loop_length", FAR)],
)


@THEME.tries("In an empty Set the song ends 32 beats after its loop")
async def song_length(bench: Bench) -> tuple[Any, Any]:
    start, length, end = await bench.now("song.loop_start", "song.loop_length", "song.song_length")
    return start + length + 32, end


@THEME.tries("Beat time counts from 1: beat 0 is 1.1.1, beat 5 is 2.2.1 in 4/4")
async def beat_time(bench: Bench) -> tuple[Any, Any]:
    await bench.write(Set("song", "signature_numerator", 4), Set("song", "signature_denominator", 4))
    seen = []
    for beats in (0.0, 5.0):
        await bench.write(Set("song", "current_song_time", beats))
        await bench.settle()
        song_time = await bench.answer("song", "get_current_beats_song_time")
        seen.append([song_time[part] for part in ("bars", "beats", "sub_division")])
    return [[1, 1, 1], [2, 2, 1]], seen


@THEME.tries("A beat of the display is the denominator's note: in 6/8 beat 3 is 2.1.1")
async def eighth_beats(bench: Bench) -> tuple[Any, Any]:
    await bench.write(Set("song", "signature_numerator", 6), Set("song", "signature_denominator", 8))
    await bench.write(Set("song", "current_song_time", 3.0))
    await bench.settle()
    song_time = await bench.answer("song", "get_current_beats_song_time")
    return [2, 1, 1], [song_time[part] for part in ("bars", "beats", "sub_division")]


@THEME.tries("A sixteenth has 60 ticks; they count from 1", guess=True)
async def ticks_of_a_sixteenth(bench: Bench) -> tuple[Any, Any]:
    seen = []
    for beats in (0.0, 0.125):
        await bench.write(Set("song", "current_song_time", beats))
        await bench.settle()
        song_time = await bench.answer("song", "get_current_beats_song_time")
        seen.append([song_time["sub_division"], song_time["ticks"]])
    return [[1, 1], [1, 31]], seen


@THEME.tries("At 120 BPM four beats are two seconds")
async def smpte_time(bench: Bench) -> tuple[Any, Any]:
    await bench.write(Set("song", "tempo", 120.0), Set("song", "current_song_time", 4.0))
    await bench.settle()
    smpte = await bench.answer("song", "get_current_smpte_song_time", smpte_format=1)
    return [0, 0, 2], [smpte[part] for part in ("hours", "minutes", "seconds")]


@THEME.tries("jump_by and scrub_by move the position while the song is stopped")
async def jumps(bench: Bench) -> tuple[Any, Any]:
    await bench.write(Set("song", "current_song_time", 4.0))
    seen = []
    for method in ("jump_by", "scrub_by"):
        await bench.write(Call("song", method, {"beats": 2.0}))
        await bench.settle()
        seen += await bench.now("song.current_song_time")
    return [6.0, 8.0], seen


@THEME.tries("stop_playing while stopped puts the position and the start to 0", since=(11, 2))
async def stopped_twice(bench: Bench) -> tuple[Any, Any]:
    await bench.write(Set("song", "current_song_time", 4.0), Set("song", "start_time", 4.0))
    await bench.settle()
    await bench.write(Call("song", "stop_playing"))
    await bench.settle()
    return [0.0, 0.0], await bench.now("song.current_song_time", "song.start_time")


@THEME.tries("start_playing plays from the start, not from the position", since=(11, 2))
async def played_from_the_start(bench: Bench) -> tuple[Any, Any]:
    await bench.write(Set("song", "start_time", 2.0), Set("song", "current_song_time", 12.0))
    await bench.settle()
    await bench.write(Call("song", "start_playing"))
    await bench.settle()
    playing, position = await bench.now("song.is_playing", "song.current_song_time")
    return [True, True], [playing, 2.0 <= position < 12.0]


@THEME.tries("A cue point is created and deleted at the song's position, with the given name")
async def cue_points(bench: Bench) -> tuple[Any, Any]:
    before = len(bench.mirror.children("song", "cue_points"))
    await bench.write(Call("song", "create_cue_point", {"time": 4.0, "name": "Probe"}))
    made = bench.names("song", "cue_points")
    await bench.write(Call("song", "delete_cue_point", {"time": 4.0}))
    return (before + 1, True, before), (len(made), "Probe" in made, len(bench.names("song", "cue_points")))


@THEME.tries("Cue points are listed in order of creation")
async def order_of_cue_points(bench: Bench) -> tuple[Any, Any]:
    for time, name in ((8.0, "second"), (4.0, "first")):
        await bench.write(Call("song", "create_cue_point", {"time": time, "name": name}))
    return ["second", "first"], bench.names("song", "cue_points")[-2:]


@THEME.tries("Jumping to a cue point moves the position there")
async def jump_to_a_cue_point(bench: Bench) -> tuple[Any, Any]:
    ref = await bench.made(Call("song", "create_cue_point", {"time": 4.0, "name": "Probe"}))
    await bench.write(Call(ref, "jump"))
    await bench.settle()
    return [4.0], await bench.now("song.current_song_time")


@THEME.tries("can_jump_to_next_cue is true if there is a cue point ahead", guess=True)
async def next_cue_point(bench: Bench) -> tuple[Any, Any]:
    await bench.write(Set("song", "current_song_time", 0.0))
    await bench.write(Call("song", "create_cue_point", {"time": 4.0, "name": "Probe"}))
    await bench.settle()
    seen = await bench.now("song.can_jump_to_next_cue")
    await bench.write(Call("song", "jump_to_next_cue"))
    await bench.settle()
    return [True, 4.0], seen + await bench.now("song.current_song_time")


@THEME.tries("A scale is set by its name, and its intervals follow; an unknown name has no effect")
async def scales(bench: Bench) -> tuple[Any, Any]:
    await bench.write(Set("song", "scale_name", "Minor"))
    await bench.settle()
    seen = await bench.now("song.scale_name", "song.scale_intervals")
    await bench.refusal(Set("song", "scale_name", "No Such Scale"))
    await bench.settle()
    return ["Minor", [0, 2, 3, 5, 7, 8, 10], "Minor"], [*seen, *await bench.now("song.scale_name")]


@THEME.tries("There is no tuning system in equal temperament", since=(12, 1))
async def no_tuning(bench: Bench) -> tuple[Any, Any]:
    return None, bench.mirror.child("song", "tuning_system")


@THEME.tries("Arrangement overdub can be switched on without an armed track")
async def arrangement_overdub(bench: Bench) -> tuple[Any, Any]:
    await bench.write(Set("song", "arrangement_overdub", True))
    await bench.settle()
    return [True], await bench.now("song.arrangement_overdub")


@THEME.tries("Setting a value to itself makes no undo entry and no change")
async def equal_values(bench: Bench) -> tuple[Any, Any]:
    result = await bench.write(Set("song", "tempo", bench.prop("song", "tempo")))
    return ("unchanged", 0), (result.outcome, result.undo_steps)


@THEME.tries("Without played notes there is nothing to capture", guess=True)
async def nothing_to_capture(bench: Bench) -> tuple[Any, Any]:
    if bench.prop("song", "can_capture_midi"):
        raise Absent("somebody has played: there is something to capture")
    return "Nothing to capture", await bench.refusal(Call("song", "capture_midi"))


@THEME.tries(
    "While the song is stopped, the time of a cue point snaps to the arrangement's grid, a beat", guess=True
)
async def snapped_cue_points(bench: Bench) -> tuple[Any, Any]:
    refusal = "Live made no cue point at 5.3: the position snaps to the grid"
    return refusal, await bench.refusal(Call("song", "create_cue_point", {"time": 5.3}))


@THEME.tries(
    "Session overdub stays off while no track is armed (measured on 12.3.5; reported to differ on 12.4.5)",
    guess=True,
)
async def overdub_unarmed(bench: Bench) -> tuple[Any, Any]:
    return [False], await _set_unarmed(bench, "overdub")


@THEME.tries(
    "Arrangement Record can be switched on while no track is armed (two test suites that ran on a real Live "
    "assert it; on 12.3.5 it was ignored)",
    guess=True,
)
async def record_mode_unarmed(bench: Bench) -> tuple[Any, Any]:
    return [True], await _set_unarmed(bench, "record_mode")


async def _set_unarmed(bench: Bench, name: str) -> list[Any]:
    """The value of a song property one turn after it was set to true without an armed track."""
    for number in range(len(bench.mirror.children("song", "tracks"))):
        if bench.prop(f"tracks/{number}", "arm") or bench.prop(f"tracks/{number}", "implicit_arm"):
            raise Absent("a track is armed")
    await bench.write(Set("song", name, True))
    await bench.settle()
    return await bench.now(f"song.{name}")


@THEME.tries("The scale can be switched on and off", since=(12, 0, 5))
async def scale_mode(bench: Bench) -> tuple[Any, Any]:
    seen = []
    for mode in (True, False):
        await bench.write(Set("song", "scale_mode", mode))
        seen += await bench.now("song.scale_mode")
    return [True, False], seen
