"""An operation acts on the object that the client meant, independent of its position when it runs, or on none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import trio
import trio.testing

from mirror import Call, Mirror, Operation, Set, WriteRequest, WriteResult, errors
from remote_script.headless.sets.generate import default_set, empty_track
from remote_script.SetMirror import executor
from remote_script.SetMirror.call import PendingCall
from remote_script.SetMirror.contract import schema
from remote_script.SetMirror.contract.places import ID
from tests.crowd import small
from tests.whole import Whole, whole_path

Clock = trio.testing.MockClock

RACK, DRUMS = "tracks/2/devices/0", "tracks/1/devices/0"


CASES: dict[str, tuple[str, dict[str, Any], Callable[[Any], Any]]] = {
    # method: (target, arguments with places, a person's edit of the list before the write runs)
    "Song.create_audio_track": ("song", {"index": 1}, lambda song: song.create_midi_track(0)),
    "Song.create_midi_track": ("song", {"index": 1}, lambda song: song.create_midi_track(0)),
    "Song.create_scene": ("song", {"index": 1}, lambda song: song.delete_scene(0)),
    "Song.delete_return_track": ("song", {"index": 1}, lambda song: song.delete_return_track(0)),
    "Song.delete_scene": ("song", {"index": 2}, lambda song: song.create_scene(0)),
    "Song.delete_track": ("song", {"index": 2}, lambda song: song.delete_track(0)),
    "Song.duplicate_scene": ("song", {"index": 2}, lambda song: song.create_scene(0)),
    "Song.duplicate_track": ("song", {"index": 2}, lambda song: song.create_audio_track(1)),
    "Song.find_device_position": (
        "song",
        {"device": "tracks/3/devices/0", "target": "tracks/2", "target_position": 1},
        lambda song: song.tracks[2].insert_device("Limiter", 0),
    ),
    "Song.move_device": (
        "song",
        {"device": "tracks/3/devices/0", "target": "tracks/2", "target_position": 1},
        lambda song: song.tracks[2].insert_device("Limiter", 0),
    ),
    "Song.delete_cue_point": ("song", {"time": 8.0}, lambda song: song.create_midi_track(0)),
    "Track.delete_device": ("tracks/2", {"device": 1}, lambda song: song.tracks[2].delete_device(0)),
    "Track.duplicate_clip_slot": ("tracks/0", {"index": 1}, lambda song: song.create_scene(0)),
    "Track.duplicate_device": ("tracks/2", {"index": 1}, lambda song: song.tracks[2].delete_device(0)),
    "Track.insert_device": (
        "tracks/2",
        {"device_name": "Reverb", "device_index": 1},
        lambda song: song.tracks[2].insert_device("Limiter", 0),
    ),
    "RackDevice.copy_pad": (
        DRUMS,
        {"source_index": 36, "destination_index": 40},
        lambda song: song.tracks[1].insert_device("Arpeggiator", 0),
    ),
    "RackDevice.insert_chain": (
        RACK,
        {"index": 1},
        lambda song: song.tracks[2].devices[0].insert_chain(0),
    ),
    "Chain.delete_device": (
        f"{RACK}/chains/0",
        {"device": 1},
        lambda song: song.tracks[2].devices[0].chains[0].delete_device(0),
    ),
    "Chain.duplicate_device": (
        f"{RACK}/chains/0",
        {"index": 1},
        lambda song: song.tracks[2].devices[0].chains[0].insert_device("Delay", 0),
    ),
    "Chain.insert_device": (
        f"{RACK}/chains/0",
        {"device_name": "Reverb", "device_index": 1},
        lambda song: song.tracks[2].devices[0].chains[0].delete_device(0),
    ),
}


def walked() -> list[str]:
    """All methods of the schema with a place among their arguments."""
    return [
        f"{name}.{method.name}"
        for name, class_ in schema.CLASSES.items()
        for method in class_.methods.values()
        if any(arg.is_place for arg in method.args)
    ]


def test_every_index_argument_is_declared_as_a_place() -> None:
    no_objects = {
        "Application.press_current_dialog_button": "the buttons of a dialog",
        "Device.store_chosen_bank": "numbers of a controller's banks",
        "MaxDevice.get_bank_name": "numbers of a device's banks",
        "MaxDevice.get_bank_parameters": "numbers of a device's banks",
        "WavetableDevice.get_modulation_target_parameter_name": "rows of a matrix",
        "WavetableDevice.get_modulation_value": "rows of a matrix",
        "WavetableDevice.set_modulation_value": "rows of a matrix",
    }
    found = {
        f"{name}.{method.name}"
        for name, class_ in schema.CLASSES.items()
        for method in class_.methods.values()
        for arg in method.args
        if arg.type in ("int", "json") and ("index" in arg.name or arg.name in ("device", "target_position"))
    }
    assert found == set(no_objects)
    assert set(walked()) == set(CASES)


@pytest.mark.parametrize("key", walked())
@pytest.mark.parametrize("path", ["mirror", "wire"])
async def test_a_place_means_the_object_there_at_the_time_of_the_call(
    key: str, path: str, autojump_clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    target, args, shift = CASES[key]
    method = schema.methods(key.rpartition(".")[0])[key.rpartition(".")[2]]
    calls: list[tuple[PendingCall, dict[str, list[Any]]]] = []
    perform = executor.perform

    def watched(call: PendingCall) -> Any:
        # Live's own lists at the time of the call.
        if call.method is method:
            calls.append((call, {arg.name: listed(call, arg) for arg in method.args if arg.is_place}))
        return perform(call)

    monkeypatch.setattr(executor, "perform", watched)
    async with whole_path(small()) as whole:
        await whole.mirror.write([Call("tracks/0/clip_slots/1", "create_clip", {"pages": 4.0})])
        await whole.mirror.write([Call("song", "create_cue_point", {"time": 8.0})])
        calls.clear()
        meant = {
            arg.name: at(whole, target, arg, args) for arg in method.args if arg.is_place and arg.name in args
        }
        request = WriteRequest.of([Call(target, method.name, args)])
        async with trio.open_nursery() as nursery:
            if path == "mirror":
                nursery.start_soon(whole.mirror.submit, request)
                await trio.testing.wait_all_tasks_blocked()
            else:
                nursery.start_soon(as_it_is_read, whole, target, method.name, args)
                await trio.testing.wait_all_tasks_blocked()
            await whole.by_hand(shift)
        ((call, lists),) = calls
        for name, obj in meant.items():
            place = call.args[name]
            assert (lists[name][place] if isinstance(place, int) else place) == obj, (name, place)


def listed(call: PendingCall, arg: schema.Arg) -> list[Any]:
    holder = call.args[arg.list_owner] if arg.list_owner else call.obj
    return list(getattr(holder, arg.list_name))


def at(whole: Whole, target: str, arg: schema.Arg, args: dict[str, Any]) -> Any:
    """Live's present object at a place."""
    node = whole.mirror.resolve(args[arg.list_owner] if arg.list_owner else target)
    obj = whole.stage.script.batcher.shadow.rows[node.id].obj
    if arg.by_time:
        return next(each for each in getattr(obj, arg.list_name) if float(each.time) == args[arg.name])
    return list(getattr(obj, arg.list_name))[args[arg.name]]


async def as_it_is_read(whole: Whole, target: str, method: str, args: dict[str, Any]) -> None:
    """Send places as a client of the bridge; the script reads them, and a person edits before the write runs."""
    script = whole.stage.script
    op = {"op": "call", "target": target, "method": method, "args": args}
    script.executor.submit(_Nobody(), 1, {"write": "raw", "ops": [op]})
    await trio.sleep(1.0)
    assert not script.executor.busy


class _Nobody:
    """A client without listeners."""

    identity, role = "nobody", "agent"

    def push(self, line: bytes) -> None:
        assert b'"error"' not in line, line

    answer = push


async def test_a_place_equal_to_an_id_of_the_list_is_still_a_place(autojump_clock: Clock) -> None:
    async with whole_path(default_set()) as whole:
        mirror = whole.mirror
        for scene in mirror.children("song", "scenes"):
            place = scene.id
            if place < len(mirror.children("song", "scenes")):
                meant = mirror.children("song", "scenes")[place]
                await mirror.write([Call("song", "create_scene", {"index": place})])
                assert mirror.children("song", "scenes")[place + 1].id == meant.id
                return
        raise AssertionError("no scene has so small an id")


# -- deleted objects -------------------------------------------------------------------------------


async def meanwhile(whole: Whole, ops: list[Operation], edit: Callable[[Any], Any]) -> WriteResult:
    """The outcome of a write when a person makes `edit` between reading and running it."""
    outcome: list[Any] = []

    async def write() -> None:
        try:
            outcome.append(await whole.mirror.write(ops))
        except errors.MirrorError as problem:
            outcome.append(problem)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(write)
        await trio.testing.wait_all_tasks_blocked()
        await whole.by_hand(edit)
    if isinstance(outcome[0], errors.MirrorError):
        raise outcome[0]
    result: WriteResult = outcome[0]
    return result


def names(mirror: Mirror) -> list[str]:
    return [track.name for track in mirror.children("song", "tracks")]


@pytest.mark.parametrize(
    "op",
    [
        Call("song", "delete_track", {"index": 1}),
        Call("song", "duplicate_track", {"index": 1}),
        Call("song", "create_midi_track", {"index": 1}),
        Set("tracks/1", "name", "Sub"),
        Call("tracks/1", "stop_all_clips"),
        Set("view", "selected_track", "tracks/1"),
    ],
    ids=lambda op: getattr(op, "method", None) or f"set {op.name}",
)
async def test_an_object_deleted_before_execution_is_refused_and_nothing_changes(
    op: Operation, autojump_clock: Clock
) -> None:
    async with whole_path(default_set()) as whole:
        with pytest.raises(errors.StaleReference):
            await meanwhile(whole, [op], lambda song: song.delete_track(1))
        assert names(whole.mirror) == ["1-MIDI", "2-Audio", "3-Audio"]
        assert len(whole.history()) == 1


async def test_a_replaced_clip_is_not_deleted_fired_or_copied(
    autojump_clock: Clock,
) -> None:
    slot = "tracks/0/clip_slots/0"

    def other(song: Any) -> None:
        song.tracks[0].clip_slots[0].delete_clip()
        song.tracks[0].clip_slots[0].create_clip(8.0)

    async with whole_path(default_set()) as whole:
        await whole.mirror.write([Call(slot, "create_clip", {"pages": 4.0})])
        for op in (
            Call(slot, "delete_clip"),
            Call(slot, "fire"),
            Call(slot, "duplicate_clip_to", {"target_clip_slot": "tracks/0/clip_slots/1"}),
            Call("tracks/0", "duplicate_clip_slot", {"index": 0}),
        ):
            with pytest.raises(errors.StaleReference):
                await meanwhile(whole, [op], other)
        assert whole.mirror.resolve(f"{slot}/clip").props["length"] == 8.0
        assert whole.mirror.children("tracks/0/clip_slots/1", "clip") == ()


async def test_simultaneous_deletions_in_a_group_delete_the_meant_members(autojump_clock: Clock) -> None:
    spec = default_set()
    group = empty_track("group", "Rhythm", 3)
    group.user_name = "Rhythm"
    for track, name in zip(spec.tracks, ("Drums", "Bass", "Keys", "Vox"), strict=True):
        track.user_name = name
    spec.tracks.insert(0, group)
    for track in spec.tracks[1:3]:
        track.group = 0
    async with whole_path(spec) as whole:
        async with trio.open_nursery() as nursery:
            for author, name in (("ada", "Drums"), ("bob", "Bass")):
                place = names(whole.mirror).index(name)
                request = WriteRequest.of([Call("song", "delete_track", {"index": place})], author=author)
                nursery.start_soon(whole.mirror.submit, request)
        assert names(whole.mirror)[-2:] == ["Keys", "Vox"]
        assert not {"Drums", "Bass"} & set(names(whole.mirror))


# -- within one batch ------------------------------------------------------------------------------


async def test_places_in_a_batch_mean_the_objects_before_the_batch(autojump_clock: Clock) -> None:
    async with whole_path(default_set()) as whole:
        await whole.mirror.write(
            [
                Call("song", "create_midi_track", {"index": 0}),
                Call("song", "delete_track", {"index": 1}),
                Set("tracks/2", "name", "Third"),
                Call("song", "delete_track", {"index": 0}),
                Set("$0", "name", "New"),
            ]
        )
        assert names(whole.mirror) == ["New", "Third", "3-Audio"]


async def test_a_second_deletion_of_an_object_or_its_child_is_reported_unchanged(
    autojump_clock: Clock,
) -> None:
    async with whole_path(small()) as whole:
        slot = "tracks/2/clip_slots/0"
        result = await whole.mirror.write(
            [
                Call("song", "delete_track", {"index": 2}),
                Call("song", "delete_track", {"index": 2}),
                Call("tracks/2", "delete_device", {"device": 0}),
                Call(f"{RACK}/chains/0", "delete_device", {"device": 0}),
                Call(slot, "delete_clip")
                if whole.mirror.children(slot, "clip")
                else Set("song", "tempo", 99.0),
            ]
        )
        assert [each.changed for each in result.results] == [True, False, False, False, True]
        assert result.outcome == "verified"
        assert names(whole.mirror) == ["1-MIDI", "2-MIDI", "3-Audio"]


async def test_any_other_operation_on_a_deleted_object_reverts_the_whole_write(
    autojump_clock: Clock,
) -> None:
    async with whole_path(default_set()) as whole:
        before = names(whole.mirror)
        with pytest.raises(errors.StaleReference) as caught:
            await whole.mirror.write(
                [Call("song", "delete_track", {"index": 1}), Set("tracks/1", "name", "Sub")]
            )
        assert caught.value.facts["taken_back"] == 1
        assert names(whole.mirror) == before


# -- by revision -----------------------------------------------------------------------------------


@pytest.mark.parametrize("op", [Call("song", "delete_track", {"index": 2}), Set("tracks/2", "name", "x")])
async def test_with_if_revision_a_place_in_a_changed_list_is_refused_with_its_present_object(
    op: Operation, autojump_clock: Clock
) -> None:
    async with whole_path(default_set()) as whole:
        mirror = whole.mirror
        seen = mirror.revision
        await whole.by_hand(lambda song: song.create_midi_track(0))
        await trio.sleep(0.5)
        with pytest.raises(errors.PreconditionFailed) as caught:
            await mirror.write([op], if_revision=seen)
        now = mirror.resolve("tracks/2")
        assert caught.value.facts["now"] == {"id": now.id, "ref": "tracks/2", "name": now.name}
        assert (await mirror.write([op], if_revision=mirror.revision)).outcome == "verified"


async def test_an_id_is_not_refused_after_a_change_of_its_list(autojump_clock: Clock) -> None:
    async with whole_path(default_set()) as whole:
        mirror = whole.mirror
        seen, meant = mirror.revision, mirror.resolve("scenes/2").id
        await whole.by_hand(lambda song: song.create_scene(0))
        await trio.sleep(0.5)
        op = Call("song", "duplicate_scene", {"index": {ID: meant}})
        assert (await mirror.write([op], if_revision=seen)).outcome == "verified"
