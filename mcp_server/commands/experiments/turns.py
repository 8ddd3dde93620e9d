"""What can be read in the same turn of Live's main thread in which it was set, and what only later.

A write runs in one turn: what the second setting of a property finds there was made by the first.
"""

from __future__ import annotations

from typing import Any

from mcp_server.commands.experiments.bench import CLIP, MIDI, Bench, Theme, a_clip
from mirror import Call, Operation, Set

THEME = Theme("turns", a_clip)


def _turn(name: str, late: bool, target: str, prop: str, value: Any, since: tuple[int, ...] = ()) -> None:
    async def work(bench: Bench) -> tuple[Any, Any]:
        (before,) = await bench.now(f"{target}.{prop}")
        other = (not before) if isinstance(before, bool) else value
        seen = await bench.in_the_same_turn(target, prop, Set(target, prop, other))
        await bench.settle()
        (after,) = await bench.now(f"{target}.{prop}")
        return [before if late else other, other], [seen, after]

    when = "only in a later turn" if late else "at once"
    THEME.add(
        f"{name}_{'late' if late else 'at_once'}", f"{prop} of {target} shows {when}", work, since=since
    )


_turn("loop", True, "song", "loop", None)
_turn("punch_in", True, "song", "punch_in", None)
_turn("punch_out", True, "song", "punch_out", None)
_turn("automation_record", True, "song", "session_automation_record", None)
_turn("position", True, "song", "current_song_time", 6.0)

_turn("tempo", False, "song", "tempo", 101.0)
_turn("numerator", False, "song", "signature_numerator", 7)
_turn("metronome", False, "song", "metronome", None)
_turn("start_time", False, "song", "start_time", 6.0, since=(11, 2))
_turn("loop_start", False, "song", "loop_start", 2.0)
_turn("loop_length", False, "song", "loop_length", 2.0)
_turn("overdub_switch", False, "song", "arrangement_overdub", None)
_turn("launch_quantization", False, "song", "clip_trigger_quantization", 0)
_turn("groove", False, "song", "groove_amount", 0.5)
_turn("root_note", False, "song", "root_note", 5)
_turn("scale_name", False, "song", "scale_name", "Dorian")
_turn("name", False, MIDI, "name", "Probe")
_turn("color_index", False, MIDI, "color_index", 5)
_turn("mute", False, MIDI, "mute", None)
_turn("solo", False, MIDI, "solo", None)
_turn("arm", False, MIDI, "arm", None)
_turn("monitoring", False, MIDI, "current_monitoring_state", 0)
_turn("volume", False, MIDI + "/mixer_device/volume", "value", 0.5)
_turn("clip_loop", False, CLIP, "loop_end", 2.0)
_turn("clip_marker", False, CLIP, "start_marker", 1.0)
_turn("clip_muted", False, CLIP, "muted", None)


def _call(name: str, fact: str, target: str, prop: str, *ops: Operation) -> None:
    """What a call does that a property shows only later."""

    async def work(bench: Bench) -> tuple[Any, Any]:
        seen = await bench.in_the_same_turn(target, prop, *ops)
        await bench.settle()
        return [False, True], [seen, *await bench.now(f"{target}.{prop}")]

    THEME.add(name, fact, work)


_call(
    "playing_late",
    "After start_playing the song plays only in a later turn",
    "song",
    "is_playing",
    Call("song", "start_playing"),
)


@THEME.tries("After jump_by the position is the old one until a later turn")
async def jump_late(bench: Bench) -> tuple[Any, Any]:
    await bench.write(Set("song", "current_song_time", 4.0))
    await bench.settle()
    result = await bench.write(Call("song", "jump_by", {"beats": 2.0}), Set("song", "current_song_time", 6.0))
    await bench.settle()
    return [4.0, 6.0], [result.results[1].before, *await bench.now("song.current_song_time")]


@THEME.tries("What follows from a change lags behind it: beat time in the same turn is still the old one")
async def beat_time_late(bench: Bench) -> tuple[Any, Any]:
    await bench.write(Set("song", "current_song_time", 0.0))
    await bench.settle()
    result = await bench.write(
        Set("song", "signature_numerator", 3),
        Set("song", "current_song_time", 6.0),
        Call("song", "get_current_beats_song_time"),
    )
    told = result.results[2].result
    return [1, 1], [told["bars"], told["beats"]]
