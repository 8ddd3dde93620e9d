"""What the table says that a method touches is all that it really touches, by two full readings of headless Live."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import trio
import trio.testing

from mcp_server.acts import Act, acts_of
from mirror import Call
from remote_script.SetMirror import schema
from tests.everything import everything
from tests.mcp_server.test_every_method import (
    CASES,
    DRUMS,
    INSTRUMENTS,
    MIDI,
    NO_OBJECT,
    REFUSED,
    First,
    case,
    found,
    groups,
)
from tests.remote_script.headless.test_audio_files import write_wave
from tests.touched import Difference, Key, Reading
from tests.whole import Whole, whole_path

NOT_HERE = {
    **NO_OBJECT,
    **REFUSED,
    "Song.undo": "what it does is in the log, not in the table",
    "Song.redo": "what it does is in the log, not in the table",
}
Clock = trio.testing.MockClock


def key_of(whole: Whole, id_: int) -> Key:
    row = whole.stage.script.engine.shadow.rows[id_]
    return (row.plan.root, row.ptr)


def undeclared(
    method: schema.Method, acts: list[Act], before: Reading, keys: dict[int, Key], after: Reading
) -> list[str]:
    """What happened beyond what the row of the method declares."""
    really = Difference(before, after)
    going = {keys[id_] for act in acts if act.kind == "delete" for id_ in act.ids}
    about = {keys[id_] for act in acts for id_ in act.ids}
    made = {each.key for each in really.created}
    found = []
    for each in really.removed:
        if not going.intersection(before.line(each.key)):
            found.append(f"{each.ref} ({each.type}) went")
    for each in really.created:
        inside = made.intersection(after.line(each.key)[1:])
        if not inside and not any(schema.is_a(each.type, type_) for type_ in method.creates):
            found.append(f"{each.ref} ({each.type}) came")
    for held, name, was, now in really.edited:
        if held.key not in about and not _follows(name, was, now):
            found.append(f"{name} of {held.ref} ({held.type}) was edited: {was!r}, now {now!r}")
    for held in really.sounded:
        if held.key not in about and held.type == "Clip":
            found.append(f"{held.ref} sounds otherwise")
    return found


_NUMBER = re.compile(r"(\d+|[A-Z])(?=-)")


def _follows(name: str, was: Any, now: Any) -> bool:
    """Live numbers tracks that have no name of their own, and letters returns."""
    return name == "name" and _NUMBER.sub("", was, 1) == _NUMBER.sub("", now, 1)


async def prepare(whole: Whole, first: First) -> None:
    for where, what, told in first:
        args = told if isinstance(told, dict) else told(whole)
        if what.startswith("set:"):
            await whole.call("set_property", target=found(whole, where), property=what[4:], **args)
        else:
            await whole.call("call_method", target=found(whole, where), method=what, args=args)
        await trio.sleep(1.0)


async def happened(
    whole: Whole, method: schema.Method, target: Any, args: dict[str, Any]
) -> tuple[list[Act], list[str]]:
    """What the call is judged to do, and what it did beyond that."""
    await whole.audited()
    song = whole.stage.live.song
    before = Reading(song)
    acts = acts_of(whole.mirror.store, [Call(target, method.name, args)])
    keys = {id_: key_of(whole, id_) for act in acts for id_ in act.ids}
    await whole.call("call_method", target=target, method=method.name, args=args)
    await trio.sleep(1.0)
    return acts, undeclared(method, acts, before, keys, Reading(song))


async def check(whole: Whole, key: str, tmp_path: Path) -> list[str]:
    class_, _, name = key.rpartition(".")
    method = schema.CLASSES[class_].methods[name]
    target, given, first = case(whole, key)
    await prepare(whole, first)
    if key in CASES and callable(CASES[key][1]):
        given = CASES[key][1](whole)  # type: ignore[operator]
    if "file_path" in given:
        write_wave(tmp_path / "new.wav", 44100, 44100)
        given = {**given, "file_path": str(tmp_path / "new.wav")}
    _, wrong = await happened(whole, method, target, given)
    if method.effect == "edit":
        await whole.call("undo")
        await whole.audited()
    return [f"{key}: {each}" for each in wrong]


@pytest.mark.parametrize("keys", [pytest.param(keys, id=name) for name, keys in groups().items()])
async def test_a_method_touches_no_more_than_its_row_declares(
    keys: list[str], tmp_path: Path, autojump_clock: Clock
) -> None:
    wanted = [key for key in keys if key not in NOT_HERE]
    if not wanted:
        pytest.skip(NOT_HERE[keys[0]])
    async with whole_path(everything(), tick_s=0.02) as whole:
        wrong = [each for key in wanted for each in await check(whole, key, tmp_path)]
    assert not wrong, "\n".join(wrong)


MIDI_SLOT = f"{INSTRUMENTS}/clip_slots/0"
BY_SITUATION: dict[str, tuple[str, str, dict[str, Any], First, set[str]]] = {
    # what happens: class.method, target, arguments, what comes first, the kinds of its acts
    "a clip is copied over another": (
        "ClipSlot.duplicate_clip_to", "tracks/0/clip_slots/0", {"target_clip_slot": "tracks/0/clip_slots/1"}, [],
        {"create", "delete"},
    ),
    "a clip is copied to an empty slot": (
        "ClipSlot.duplicate_clip_to", MIDI_SLOT, {"target_clip_slot": f"{INSTRUMENTS}/clip_slots/4"}, [], {"create"},
    ),
    "a pad is copied over a full one": (
        "RackDevice.copy_pad", f"{DRUMS}/devices/0", {"source_index": 36, "destination_index": 38}, [],
        {"create", "delete"},
    ),
    "a clip is made over one in the arrangement": (
        "Track.create_midi_clip", INSTRUMENTS, {"start_time": 0.0, "length": 4.0}, [], {"create", "delete"},
    ),
    "a clip is copied over one in the arrangement": (
        "Track.duplicate_clip_to_arrangement", INSTRUMENTS, {"clip": MIDI, "destination_time": 0.0}, [],
        {"create", "delete"},
    ),
    "a cue point is toggled away": (
        "Song.set_or_delete_cue", "song", {}, [("song", "set:current_song_time", {"value": 16.0})],
        {"create", "delete"},
    ),
    "a scene goes with its clips": ("Song.delete_scene", "song", {"index": 0}, [], {"delete"}),
    "a group goes with its members": ("Song.delete_track", "song", {"index": 3}, [], {"delete"}),
    "a return goes with its sends": ("Song.delete_return_track", "song", {"index": 0}, [], {"delete"}),
    "a scene ends what plays": (
        "Scene.fire", "scenes/1", {}, [("scenes/0", "fire", {}), ("song", "start_playing", {})], {"play"},
    ),
    "a clip ends what plays on its track": (
        "Clip.fire", "tracks/0/clip_slots/1/clip", {}, [("tracks/0/clip_slots/0", "fire", {})], {"play"},
    ),
    "all clips are stopped": ("Song.stop_all_clips", "song", {}, [("scenes/0", "fire", {})], {"play"}),
}  # fmt: skip


@pytest.mark.parametrize("situation", BY_SITUATION)
async def test_what_a_call_deletes_or_ends_where_it_lands_is_known_before(
    situation: str, autojump_clock: Clock
) -> None:
    key, target, args, first, kinds = BY_SITUATION[situation]
    class_, _, name = key.rpartition(".")
    async with whole_path(everything(), tick_s=0.02) as whole:
        await prepare(whole, first)
        acts, wrong = await happened(whole, schema.CLASSES[class_].methods[name], target, args)
    assert not wrong, "\n".join(wrong)
    assert {act.kind for act in acts} == kinds
