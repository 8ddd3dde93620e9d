"""Live's undo history: changes that it keeps, changes that it does not keep, and the extent of one undo step.

The test changes the tempo, then the property, and undoes once. If the property gets its former value, the history
keeps the property; if the tempo does, it does not.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from mcp_server.probe.bench import AUTHOR, CLIP, MIDI, Bench, Theme, a_clip
from mirror import Call, Set

THEME = Theme("history", a_clip)

KEPT = "kept"
NOT_KEPT = "not kept"


def _kept(name: str, target: str, prop: str, value: Any, kept: bool, *, guess: bool = False) -> None:
    """Add an experiment whether the history keeps a property; `value` is a new value, None inverts the present one."""

    async def work(bench: Bench) -> tuple[Any, Any]:
        song = bench.mirror
        (before,) = await bench.now(f"{target}.{prop}")
        tempo = bench.prop("song", "tempo")
        other = (not before) if isinstance(before, bool) else value
        await song.write([Set("song", "tempo", tempo + 1)], author=AUTHOR)
        await song.write([Set(target, prop, other)], author=AUTHOR)
        await bench.settle()
        await song.undo(author=AUTHOR)
        await bench.settle()
        back, now = await bench.now("song.tempo", f"{target}.{prop}")
        seen = KEPT if now != other else NOT_KEPT if back != tempo + 1 else "neither went back"
        if back == tempo + 1:
            await song.undo(author=AUTHOR)
        if now == other:
            await song.write([Set(target, prop, before)], author=AUTHOR)
        await bench.settle()
        return (KEPT if kept else NOT_KEPT), seen

    fact = f"{prop} of {target} is {'' if kept else 'not '}kept in the history"
    THEME.add(f"undo_{name}", fact, work, guess=guess)


_kept("track_name", MIDI, "name", "Probe", True)
_kept("track_color", MIDI, "color_index", 5, True)
_kept("mute", MIDI, "mute", None, True)
_kept("solo", MIDI, "solo", None, True)
_kept("volume", MIDI + "/mixer_device/volume", "value", 0.5, True)
_kept("panning", MIDI + "/mixer_device/panning", "value", 0.5, True)
_kept("crossfade", MIDI + "/mixer_device", "crossfade_assign", 0, True, guess=True)
_kept("numerator", "song", "signature_numerator", 7, True, guess=True)
_kept("groove_amount", "song", "groove_amount", 0.5, True, guess=True)
_kept("swing", "song", "swing_amount", 0.5, True, guess=True)
_kept("root_note", "song", "root_note", 5, True, guess=True)
_kept("loop_start", "song", "loop_start", 2.0, True, guess=True)
_kept("scene_name", "scenes/0", "name", "Probe", True)
_kept("scene_color", "scenes/0", "color_index", 5, True)
_kept("clip_name", CLIP, "name", "Probe", True)
_kept("clip_color", CLIP, "color_index", 5, True)
_kept("clip_loop_end", CLIP, "loop_end", 2.0, True)
_kept("clip_start_marker", CLIP, "start_marker", 1.0, True)
_kept("clip_muted", CLIP, "muted", None, True, guess=True)
_kept("clip_launch_mode", CLIP, "launch_mode", 1, True, guess=True)

_kept("arm", MIDI, "arm", None, False)
_kept("implicit_arm", MIDI, "implicit_arm", None, False)
_kept("monitoring", MIDI, "current_monitoring_state", 0, False)
_kept("collapsed", MIDI + "/view", "is_collapsed", None, False)
_kept("position", "song", "current_song_time", 6.0, False)
_kept("punch_in", "song", "punch_in", None, False)
_kept("metronome", "song", "metronome", None, False, guess=True)
_kept("launch_quantization", "song", "clip_trigger_quantization", 0, False, guess=True)


@THEME.tries("Several operations between begin_undo_step and end_undo_step are undone as one")
async def one_step(bench: Bench) -> tuple[Any, Any]:
    scenes = bench.names("song", "scenes")
    tempo = bench.prop("song", "tempo")
    await bench.write(
        Call("song", "create_scene", {"index": -1}), Set("$0", "name", "Probe"), Set("song", "tempo", 101.0)
    )
    await bench.undo()
    await bench.settle()
    return (scenes, tempo), (bench.names("song", "scenes"), bench.prop("song", "tempo"))


@THEME.tries("A parameter and a name changed in one step are undone as one")
async def parameters_in_the_step(bench: Bench) -> tuple[Any, Any]:
    places = (MIDI + ".name", MIDI + "/mixer_device/volume.value")
    before = await bench.now(*places)
    await bench.write(Set(MIDI, "name", "Probe"), Set(MIDI + "/mixer_device/volume", "value", 0.5))
    await bench.undo()
    await bench.settle()
    return before, await bench.now(*places)


@THEME.tries("Notes and a parameter changed in one step are undone as one")
async def notes_and_parameters(bench: Bench) -> tuple[Any, Any]:
    volume = MIDI + "/mixer_device/volume"
    before = await bench.now(volume + ".value")
    note = {"pitch": 60, "start_time": 0.0, "duration": 1.0}
    await bench.write(Call(CLIP, "add_new_notes", {"notes": [note]}), Set(volume, "value", 0.5))
    await bench.undo()
    await bench.settle()
    return [0, *before], [len(bench.mirror.notes(CLIP)), *await bench.now(volume + ".value")]


@THEME.tries("Two writes, each with its own undo step, are undone one by one")
async def two_steps(bench: Bench) -> tuple[Any, Any]:
    before = bench.prop(MIDI, "name")
    seen = []
    for name in ("Probe one", "Probe two"):
        await bench.write(Set(MIDI, "name", name))
    for _ in range(2):
        await bench.undo()
        await bench.settle()
        seen.append(bench.prop(MIDI, "name"))
    return ["Probe one", before], seen


async def _undone_one_by_one(bench: Bench, look: Callable[[], Any], *ops: dict[str, Any]) -> list[Any]:
    """What `look` shows after each of two undos of two operations, which had an undo step each in one turn of Live."""
    before = look()
    params = {"write": f"probe-{uuid.uuid4().hex}", "author": AUTHOR, "apart": True, "ops": list(ops)}
    await bench.mirror.ask("write.execute", params)
    await bench.settle()
    seen: list[Any] = []
    while look() != before and len(seen) < len(ops):
        await bench.mirror.undo(author=AUTHOR)
        await bench.settle()
        seen.append(look())
    return seen


@THEME.tries("Two undo steps with calls in one turn are undone one by one", guess=True)
async def two_calls_in_one_turn(bench: Bench) -> tuple[Any, Any]:
    before = len(bench.names("song", "scenes"))
    call = {"op": "call", "target": "song", "method": "create_scene", "args": {"index": -1}}
    seen = await _undone_one_by_one(bench, lambda: len(bench.names("song", "scenes")), call, call)
    return [before + 1, before], seen


@THEME.tries("Two undo steps with values in one turn are undone one by one", guess=True)
async def two_values_in_one_turn(bench: Bench) -> tuple[Any, Any]:
    def look() -> list[Any]:
        return [bench.prop(MIDI, "name"), bench.prop("scenes/0", "name")]

    before = look()
    ops = [{"op": "set", "target": at, "name": "name", "value": "Probe"} for at in (MIDI, "scenes/0")]
    return [["Probe", before[1]], before], await _undone_one_by_one(bench, look, *ops)


@THEME.tries("Redo restores what undo reverted")
async def redone(bench: Bench) -> tuple[Any, Any]:
    await bench.write(Set(MIDI, "name", "Probe"))
    await bench.undo()
    await bench.redo()
    await bench.settle()
    return ["Probe"], await bench.now(MIDI + ".name")


@THEME.tries("Undo of an edit through the API is called 'Undo Custom Action'")
async def label_of_undo(bench: Bench) -> tuple[Any, Any]:
    await bench.write(Set(MIDI, "name", "Probe"))
    return "Undo Custom Action", await bench.undo()


@THEME.tries("Redo of an edit through the API is called 'Redo Custom Action'", guess=True)
async def label_of_redo(bench: Bench) -> tuple[Any, Any]:
    await bench.write(Set(MIDI, "name", "Probe"))
    await bench.undo()
    return "Redo Custom Action", await bench.redo()


@THEME.tries("A change can be undone, then redone, and a new change removes the redo")
async def can_undo(bench: Bench) -> tuple[Any, Any]:
    async def both() -> list[Any]:
        await bench.settle()
        return await bench.now("song.can_undo", "song.can_redo")

    await bench.write(Set(MIDI, "name", "Probe"))
    seen = [await both()]
    await bench.undo()
    seen.append((await both())[1:])
    await bench.write(Set(MIDI, "name", "Probe two"))
    seen.append(await both())
    return [[True, False], [True], [True, False]], seen


@THEME.tries("Undoing a deletion makes a new object: the old id is never used again")
async def new_after_undo(bench: Bench) -> tuple[Any, Any]:
    old = bench.mirror.resolve(MIDI)
    await bench.write(Call("song", "delete_track", {"index": 0}))
    await bench.undo()
    await bench.settle()
    new = bench.mirror.resolve(MIDI)
    return (True, False), (new.name == old.name, new.id == old.id)


@THEME.tries("A created scene is undone by one undo")
async def undo_of_a_scene(bench: Bench) -> tuple[Any, Any]:
    before = bench.names("song", "scenes")
    await bench.write(Call("song", "create_scene", {"index": -1}))
    await bench.undo()
    await bench.settle()
    return before, bench.names("song", "scenes")


@THEME.tries("The effects of a write that fails are undone, and leave no entry in the history")
async def taken_back(bench: Bench) -> tuple[Any, Any]:
    before = bench.prop("song", "tempo")
    await bench.write(Set(MIDI, "name", "Probe"))
    await bench.refusal(Set("song", "tempo", 101.0), Call("song", "delete_scene", {"index": 999}))
    await bench.settle()
    seen = [bench.prop("song", "tempo")]
    await bench.undo()
    await bench.settle()
    return [before, True], [*seen, bench.prop(MIDI, "name") != "Probe"]
