"""Scenes: their place, values from neighbouring scenes, and their own tempo and signature."""

from __future__ import annotations

from typing import Any

from mcp_server.probe.bench import MIDI, Bench, Theme, two_tracks
from mirror import Call, Set

SCENE = "scenes/0"


async def _stage(bench: Bench) -> None:
    await two_tracks(bench)
    await bench.write(Call("song", "create_scene", {"index": 0}), Call("song", "create_scene", {"index": 1}))


THEME = Theme("scenes", _stage)


@THEME.tries("A scene created at −1 is the last one, is selected, and every track gets a slot")
async def scene_at_the_end(bench: Bench) -> tuple[Any, Any]:
    count = len(bench.mirror.children("song", "scenes"))
    ref = await bench.made(Call("song", "create_scene", {"index": -1}))
    await bench.settle()
    selected = bench.mirror.ref(bench.mirror.resolve("view/selected_scene").id)
    slots = len(bench.mirror.children(MIDI, "clip_slots"))
    return [f"scenes/{count}", f"scenes/{count}", count + 1], [ref, selected, slots]


@THEME.tries("Deleting a scene that does not exist is refused and changes nothing")
async def no_such_scene(bench: Bench) -> tuple[Any, Any]:
    count = len(bench.mirror.children("song", "scenes"))
    said = await bench.refusal(Call("song", "delete_scene", {"index": 999}))
    return (count, False), (len(bench.mirror.children("song", "scenes")), said.startswith("taken"))


@THEME.tries("A duplicated scene is directly after its source and is selected")
async def duplicated_scene(bench: Bench) -> tuple[Any, Any]:
    await bench.write(Set(SCENE, "name", "Probe"))
    await bench.write(Call("song", "duplicate_scene", {"index": 0}))
    await bench.settle()
    selected = bench.mirror.ref(bench.mirror.resolve("view/selected_scene").id)
    return (["Probe", "Probe"], "scenes/1"), (bench.names("song", "scenes")[:2], selected)


THEME.reads(
    "no_tempo_of_its_own",
    "While a scene has no tempo and no signature of its own, these read −1",
    {
        SCENE + ".tempo": -1.0,
        SCENE + ".tempo_enabled": False,
        SCENE + ".time_signature_numerator": -1,
        SCENE + ".time_signature_denominator": -1,
        SCENE + ".is_empty": True,
    },
    since=(11, 1),
)


@THEME.tries("Setting a scene's numerator gives it a signature of its own", since=(11, 1))
async def signature_of_its_own(bench: Bench) -> tuple[Any, Any]:
    await bench.write(Set(SCENE, "time_signature_enabled", True))
    await bench.write(Set(SCENE, "time_signature_enabled", False))
    await bench.write(Set(SCENE, "time_signature_numerator", 7))
    await bench.settle()
    return [True, 7], await bench.now(SCENE + ".time_signature_enabled", SCENE + ".time_signature_numerator")


@THEME.tries(
    "A scene's signature that is switched off reads −1, and its values come back with it", since=(11, 1)
)
async def signature_comes_back(bench: Bench) -> tuple[Any, Any]:
    await bench.write(Set(SCENE, "time_signature_numerator", 7))
    seen = []
    for enabled in (False, True):
        await bench.write(Set(SCENE, "time_signature_enabled", enabled))
        await bench.settle()
        seen += await bench.now(SCENE + ".time_signature_numerator")
    return [-1, 7], seen


@THEME.tries("Setting a scene's tempo gives it a tempo of its own", guess=True, since=(11, 1))
async def tempo_of_its_own(bench: Bench) -> tuple[Any, Any]:
    await bench.write(Set(SCENE, "tempo", 90.0))
    await bench.settle()
    return [True, 90.0], await bench.now(SCENE + ".tempo_enabled", SCENE + ".tempo")


@THEME.tries("A created scene takes tempo and signature from the scene above", since=(11, 1))
async def taken_from_above(bench: Bench) -> tuple[Any, Any]:
    await bench.write(Set(SCENE, "tempo", 90.0), Set(SCENE, "time_signature_numerator", 7))
    ref = await bench.made(Call("song", "create_scene", {"index": 1}))
    await bench.settle()
    return [90.0, 7], await bench.now(ref + ".tempo", ref + ".time_signature_numerator")


THEME.takes(
    "colors_of_scenes",
    "A scene's colour snaps to the palette",
    SCENE + ".color",
    {0xABCDEF: 0xB9C1E3, 0xFF0000: 0xFF3636},
)


@THEME.tries("Firing an empty scene does not start the song")
async def empty_scene(bench: Bench) -> tuple[Any, Any]:
    await bench.write(Call(SCENE, "fire"))
    await bench.settle()
    return [False], await bench.now("song.is_playing")


@THEME.tries("fire_as_selected always fires the selected scene, and selects the next one")
async def fired_as_selected(bench: Bench) -> tuple[Any, Any]:
    await bench.write(Set("view", "selected_scene", SCENE))
    await bench.write(Call("scenes/1", "fire_as_selected"))
    await bench.settle()
    return "scenes/1", bench.mirror.ref(bench.mirror.resolve("view/selected_scene").id)


@THEME.tries(
    "Playing clips are captured in a new scene after the selected one; the new scene is then selected",
    guess=True,
)
async def captured_scene(bench: Bench) -> tuple[Any, Any]:
    await bench.write(Set("view", "selected_scene", SCENE))
    count = len(bench.mirror.children("song", "scenes"))
    await bench.write(Call("song", "capture_and_insert_scene"))
    await bench.settle()
    selected = bench.mirror.ref(bench.mirror.resolve("view/selected_scene").id)
    return [count + 1, "scenes/1"], [len(bench.mirror.children("song", "scenes")), selected]
