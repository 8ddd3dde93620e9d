"""New values that can be read in the same turn of Live's main thread, and values that change only in a later turn.

A write runs in one turn, so the second `Set` of a property reads the result of the first one.
"""

from __future__ import annotations

from typing import Any

from mcp_server.probe.bench import CLIP, MIDI, Bench, Theme, a_clip
from mirror import Call, Operation, Set
from remote_script.headless.api import turns

THEME = Theme("turns", a_clip)


def _turn(
    name: str, lom: str, target: str, prop: str, value: Any = None, since: tuple[int, ...] = ()
) -> None:
    late = turns.is_late(lom, prop)

    async def work(bench: Bench) -> tuple[Any, Any]:
        (before,) = await bench.now(f"{target}.{prop}")
        other = (not before) if isinstance(before, bool) else value
        seen = await bench.in_the_same_turn(target, prop, Set(target, prop, other))
        await bench.settle()
        (after,) = await bench.now(f"{target}.{prop}")
        return [before if late else other, other], [seen, after]

    when = "only in a later turn" if late else "at once"
    THEME.add(
        f"{name}_{'late' if late else 'at_once'}",
        f"{prop} of {target} shows {when}",
        work,
        guess=(lom, prop) in turns.GUESSES,
        since=since,
    )


_turn("loop", "Song", "song", "loop")
_turn("punch_in", "Song", "song", "punch_in")
_turn("punch_out", "Song", "song", "punch_out")
_turn("automation_record", "Song", "song", "session_automation_record")
_turn("position", "Song", "song", "current_song_time", 6.0)

_turn("tempo", "Song", "song", "tempo", 101.0)
_turn("numerator", "Song", "song", "signature_numerator", 7)
_turn("metronome", "Song", "song", "metronome")
_turn("start_time", "Song", "song", "start_time", 6.0, since=(11, 2))
_turn("loop_start", "Song", "song", "loop_start", 2.0)
_turn("loop_length", "Song", "song", "loop_length", 2.0)
_turn("overdub_switch", "Song", "song", "arrangement_overdub")
_turn("launch_quantization", "Song", "song", "clip_trigger_quantization", 0)
_turn("groove", "Song", "song", "groove_amount", 0.5)
_turn("root_note", "Song", "song", "root_note", 5)
_turn("scale_name", "Song", "song", "scale_name", "Dorian")
_turn("name", "Track", MIDI, "name", "Probe")
_turn("color_index", "Track", MIDI, "color_index", 5)
_turn("mute", "Track", MIDI, "mute")
_turn("solo", "Track", MIDI, "solo")
_turn("arm", "Track", MIDI, "arm")
_turn("monitoring", "Track", MIDI, "current_monitoring_state", 0)
_turn("volume", "DeviceParameter", MIDI + "/mixer_device/volume", "value", 0.5)
_turn("clip_loop", "Clip", CLIP, "loop_end", 2.0)
_turn("clip_marker", "Clip", CLIP, "start_marker", 1.0)
_turn("clip_muted", "Clip", CLIP, "muted")


def _call(name: str, fact: str, target: str, prop: str, *ops: Operation) -> None:
    """Add an experiment about a property that shows the effect of a call only in a later turn."""

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


@THEME.tries("Derived values are updated later: in the same turn the beat time is still the old one")
async def beat_time_late(bench: Bench) -> tuple[Any, Any]:
    await bench.write(Set("song", "current_song_time", 0.0))
    await bench.settle()
    result = await bench.write(
        Set("song", "signature_numerator", 3),
        Set("song", "current_song_time", 6.0),
        Call("song", "get_current_beats_song_time"),
    )
    song_time = result.results[2].result
    return [1, 1], [song_time["bars"], song_time["beats"]]
