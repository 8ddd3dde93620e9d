"""Live's notifications and their order, and the intervals in which Live runs a script."""

from __future__ import annotations

from typing import Any

from mcp_server.probe.bench import AUDIO, CLIP, MIDI, Bench, Theme, Within, a_clip
from mirror import Call, Set

THEME = Theme("listeners", a_clip)

ROUNDS = 100
"""The most waits for the audit, which compares an empty Set in a second or two."""


async def _notified_in_order(bench: Bench, *ops: Set | Call) -> list[tuple[str, str]]:
    """(ref, property) of the changes of a write, in the order in which Live called the listeners."""
    revision = bench.mirror.revision
    await bench.write(*ops)
    await bench.settle()
    return [(event.ref, event.name) for event in bench.mirror.log.since(revision) if event.kind == "set"]


def _order(notified: list[tuple[str, str]], *wanted: tuple[str, str]) -> list[str]:
    return [f"{ref}.{name}" for ref, name in notified if (ref, name) in wanted]


@THEME.tries("Live notifies of a name and a colour within two ticks")
async def listeners_tell(bench: Bench) -> tuple[Any, Any]:
    result = await bench.write(Set(MIDI, "name", "Probe"), Set(MIDI, "color_index", 5))
    return (True, "verified"), (result.seen, result.outcome)


@THEME.tries("Live notifies of a soloed track before the tracks that it silences", guess=True)
async def order_of_solo(bench: Bench) -> tuple[Any, Any]:
    notified = await _notified_in_order(bench, Set(AUDIO, "solo", True))
    places = ((AUDIO, "solo"), (MIDI, "muted_via_solo"))
    return [f"{AUDIO}.solo", f"{MIDI}.muted_via_solo"], _order(notified, *places)


@THEME.tries("Live notifies of the tempo before its parameter in the main track's mixer", guess=True)
async def order_of_tempo(bench: Bench) -> tuple[Any, Any]:
    parameter = "master_track/mixer_device/song_tempo"
    notified = await _notified_in_order(bench, Set("song", "tempo", 101.0))
    return ["song.tempo", f"{parameter}.value"], _order(notified, ("song", "tempo"), (parameter, "value"))


@THEME.tries("Live notifies of a muted track after its activator", guess=True)
async def order_of_mute(bench: Bench) -> tuple[Any, Any]:
    parameter = MIDI + "/mixer_device/track_activator"
    notified = await _notified_in_order(bench, Set(MIDI, "mute", True))
    return [f"{parameter}.value", f"{MIDI}.mute"], _order(notified, (MIDI, "mute"), (parameter, "value"))


@THEME.tries("Live accepts a listener for every property that the schema calls observed")
async def refused_listeners(bench: Bench) -> tuple[Any, Any]:
    return {}, (await bench.mirror.script_status())["listeners"]["refused"]


async def _missed(bench: Bench) -> dict[str, int]:
    """The number of changes, by property, that only the audit found, after a complete pass."""
    audit = (await bench.mirror.script_status())["audit"]
    passes = audit["passes"] + 2
    for _ in range(ROUNDS):
        if audit["passes"] >= passes:
            break
        await bench.settle()
        audit = (await bench.mirror.script_status())["audit"]
    return {name: count for name, count in audit["by"].items() if name in _WATCHED}


_WATCHED = frozenset(
    (
        "Song.tracks", "Song.scenes", "Track.name", "Track.color", "Track.color_index", "Track.clip_slots",
        "Scene.name", "Scene.color", "Scene.clip_slots", "Clip.name", "Clip.color", "Clip.loop_end",
        "DeviceParameter.value", "ClipSlot.has_clip",
    )
)  # fmt: skip


async def _change_everything(bench: Bench) -> None:
    for target in (MIDI, "scenes/0", CLIP):
        await bench.write(Set(target, "name", "Probe"), Set(target, "color_index", 5))
    await bench.write(Set(MIDI + "/mixer_device/volume", "value", 0.5), Set(CLIP, "loop_end", 2.0))
    await bench.write(
        Call("song", "create_scene", {"index": -1}), Call("song", "create_midi_track", {"index": -1})
    )


@THEME.tries("Live notifies of all changes in tracks, scenes and clips: an audit finds no further change")
async def nothing_missed(bench: Bench) -> tuple[Any, Any]:
    before = await _missed(bench)
    await _change_everything(bench)
    return before, await _missed(bench)


@THEME.tries("Live also notifies of the changes that undo and redo make")
async def undo_is_told(bench: Bench) -> tuple[Any, Any]:
    await _change_everything(bench)
    before = await _missed(bench)
    await bench.undo()
    await bench.undo()
    await bench.redo()
    return before, await _missed(bench)


@THEME.tries("A timer of 10 ms fires every 10 ms (measured on macOS; 17 and 34 ms elsewhere)", guess=True)
async def timer_interval(bench: Bench) -> tuple[Any, Any]:
    await bench.settle()
    return Within(8.0, 16.0), (await bench.mirror.script_status())["distances"]["timer"]["p50_ms"]


@THEME.tries("Live calls update_display about every 100 ms")
async def display_interval(bench: Bench) -> tuple[Any, Any]:
    await bench.settle()
    seen = (await bench.mirror.script_status())["distances"]["update_display"]["p50_ms"]
    return Within(80.0, 125.0), seen


@THEME.tries("The script's timer runs, and no error has stopped it")
async def timer_runs(bench: Bench) -> tuple[Any, Any]:
    status = await bench.mirror.script_status()
    return [True, 0], [status["timer"], status["counters"]["failures"]]
