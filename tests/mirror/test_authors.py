"""The event log names the author of each change, over the whole path in virtual time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import trio
import trio.testing

from mirror import Call, Operation, Set
from remote_script.headless.api import turns
from remote_script.headless.sets.generate import default_set
from remote_script.SetMirror.contract import schema
from remote_script.SetMirror.later import PROPERTIES
from tests.lean import demo_set
from tests.whole import Whole, whole_path

Clock = trio.testing.MockClock
SLOT = "tracks/0/clip_slots/0"


def told(whole: Whole, name: str, ref: str = "") -> list[tuple[str, Any]]:
    """(who, value afterwards) of all changes of a property, oldest first."""
    found = [each for each in whole.mirror.log.since(0) if each.name == name]
    return [(each.who, each.after) for each in found if not ref or each.ref == ref]


async def quiet() -> None:
    await trio.sleep(1.0)


@pytest.mark.parametrize("pause_s", [0.0, 0.005, 0.02, 0.04])
@pytest.mark.parametrize("budget_s", [10.0, 0.0])
async def test_a_rename_by_an_agent_and_by_a_person_at_once_gives_an_event_for_each(
    pause_s: float, budget_s: float, autojump_clock: Clock
) -> None:
    async with whole_path(default_set(), budget_s=budget_s) as whole:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(write, whole, Set("tracks/0", "name", "Agent's"))
            await trio.sleep(0.011 + pause_s)
            await whole.by_hand(lambda song: setattr(song.tracks[0], "name", "Person's"))
        await quiet()
        names = told(whole, "name", "tracks/0")
        assert ("agent", "Person's") not in names
        assert ("live", "Agent's") not in names
        assert ("live", "Person's") in names
        assert whole.mirror.resolve("tracks/0").name == whole.stage.song.tracks[0].name


async def write(whole: Whole, *ops: Operation) -> Any:
    return await whole.mirror.write(ops, author="agent")


LATE: list[tuple[Operation, str, Any]] = [
    (Set("song", "loop", True), "loop", True),
    (Set("song", "punch_in", True), "punch_in", True),
    (Set("song", "record_mode", True), "record_mode", True),
    (Call("song", "start_playing"), "is_playing", True),
    (Call("scenes/0", "fire"), "is_playing", True),
    (Call(SLOT, "fire"), "playing_slot_index", 0),
    (Call(f"{SLOT}/clip", "fire"), "playing_slot_index", 0),
    (Set(f"{SLOT}/clip", "is_playing", True), "playing_slot_index", 0),
]


@pytest.mark.parametrize(("op", "name", "value"), LATE, ids=[f"{n}" for n in range(len(LATE))])
async def test_later_effects_of_an_agents_write_are_attributed_to_the_agent(
    op: Operation, name: str, value: Any, autojump_clock: Clock
) -> None:
    async with whole_path(default_set()) as whole:
        await whole.by_hand(lambda song: song.tracks[0].clip_slots[0].create_clip(4.0))
        await quiet()
        seq = len(list(whole.mirror.log.since(0)))
        await write(whole, op)
        await trio.sleep(5.0)
        events = list(whole.mirror.log.since(0))[seq:]
        assert ("agent", value) in [(each.who, each.after) for each in events if each.name == name]
        others = [each for each in events if each.who != "agent" and each.name not in NEXT_UNDO]
        assert [(each.ref, each.name, each.after) for each in others] == []


NEXT_UNDO = ("can_undo", "can_redo")


def test_the_table_declares_properties_that_change_later() -> None:
    for class_, names in turns.LATE.items():
        for name in names:
            assert schema.properties(class_)[name].later in PROPERTIES, (class_, name)
    declared = {
        each.later
        for class_ in schema.CLASSES.values()
        for each in (*class_.properties.values(), *class_.methods.values())
    }
    assert declared == {"", *PROPERTIES}


async def test_a_change_without_a_listener_is_not_attributed_to_a_later_write(
    autojump_clock: Clock,
) -> None:
    spec = demo_set()
    async with whole_path(spec, audit_s=0.0) as whole:
        groove = whole.mirror.children("song/groove_pool", "grooves")
        if not groove:
            pytest.skip("the demo Set has no groove")
        ref = whole.mirror.ref(groove[0].id)
        await whole.by_hand(lambda song: setattr(song.groove_pool.grooves[0], "base", 4))
        await write(whole, Set(ref, "timing_amount", 33.0))
        await quiet()
        assert told(whole, "base", ref) == [("live", "1/16T")]
        assert [who for who, _ in told(whole, "timing_amount", ref)] == ["agent"]


async def test_a_quantized_launch_is_attributed_to_the_agent(autojump_clock: Clock) -> None:
    async with whole_path(default_set()) as whole:
        await whole.by_hand(lambda song: song.tracks[0].clip_slots[0].create_clip(4.0))
        await whole.by_hand(lambda song: setattr(song, "clip_trigger_quantization", 2))
        await whole.by_hand(lambda song: song.start_playing())
        await trio.sleep(3.0)
        await write(whole, Call(SLOT, "fire"))
        await trio.sleep(10.0)
        assert told(whole, "playing_slot_index", "tracks/0") == [("agent", 0)]


@pytest.mark.parametrize(
    "act",
    [
        lambda song: song.tracks[0].clip_slots[1].fire(),
        lambda song: song.tracks[0].stop_all_clips(),
        lambda song: song.stop_playing(),
    ],
    ids=["fires another", "stops the track", "stops the song"],
)
async def test_a_launch_replaced_by_a_person_is_attributed_to_the_person(
    act: Callable[[Any], Any], autojump_clock: Clock
) -> None:
    def clips(song: Any) -> None:
        for slot in (0, 1):
            song.tracks[0].clip_slots[slot].create_clip(4.0)
        song.clip_trigger_quantization = 2
        song.start_playing()

    async with whole_path(default_set()) as whole:
        await whole.by_hand(clips)
        await trio.sleep(3.0)
        await write(whole, Call(SLOT, "fire"))
        await whole.by_hand(act)
        await trio.sleep(12.0)
        await whole.by_hand(lambda song: song.tracks[0].clip_slots[0].fire())
        await whole.by_hand(lambda song: song.start_playing())
        await trio.sleep(12.0)
        assert ("live", 0) in told(whole, "playing_slot_index", "tracks/0")
        assert ("agent", 0) not in told(whole, "playing_slot_index", "tracks/0")


async def test_a_stop_of_the_song_by_a_person_is_not_attributed_to_the_agent(
    autojump_clock: Clock,
) -> None:
    async with whole_path(default_set()) as whole:
        await whole.by_hand(lambda song: song.start_playing())
        await quiet()
        await write(whole, Call("song", "stop_all_clips"))
        await quiet()
        await whole.by_hand(lambda song: song.stop_playing())
        await quiet()
        assert told(whole, "is_playing", "song")[-1] == ("live", False)


async def test_sends_follow_the_names_and_places_of_return_tracks_without_the_audit(
    autojump_clock: Clock,
) -> None:
    async with whole_path(demo_set(), audit_s=0.0) as whole:

        def sends() -> list[list[str]]:
            tracks = whole.mirror.children("song", "tracks")
            mixers = [whole.mirror.children(track, "mixer_device")[0] for track in tracks]
            return [[send.name for send in whole.mirror.children(mixer, "sends")] for mixer in mixers]

        count = len(sends())
        await write(whole, Set("return_tracks/1", "name", "Echo"))
        await quiet()
        assert sends() == [["A-Reverb", "B-Echo"]] * count
        assert told(whole, "name", "tracks/0/mixer_device/sends/1") == [("agent", "B-Echo")]
        await whole.by_hand(lambda song: song.delete_return_track(0))
        await quiet()
        assert sends() == [["A-Echo"]] * count
        assert told(whole, "name", "tracks/0/mixer_device/sends/0") == [("live", "A-Echo")]


async def test_the_start_moved_by_a_jump_or_a_second_stop_is_its_authors_and_a_persons_is_theirs(
    autojump_clock: Clock,
) -> None:
    async with whole_path(demo_set()) as whole:
        cue = next(node for node in whole.mirror.walk("song") if node.name == "Hook")
        time = cue.props["time"]
        await write(whole, Call(cue.id, "jump"))
        await quiet()
        await whole.by_hand(lambda song: setattr(song, "start_time", 3.0))
        await quiet()
        await write(whole, Call("song", "stop_playing"))
        await quiet()
        await write(whole, Call(cue.id, "jump"))
        await trio.sleep(0.1)
        await whole.by_hand(lambda song: setattr(song, "start_time", 5.0))
        await quiet()
        await write(whole, Call("song", "stop_playing"))
        await trio.sleep(0.1)
        await whole.by_hand(lambda song: setattr(song, "start_time", 7.0))
        await quiet()
        await whole.by_hand(lambda song: setattr(song, "start_time", 0.0))
        await quiet()
        assert told(whole, "start_time") == [
            ("agent", time),
            ("live", 3.0),
            ("agent", 0.0),
            ("agent", time),
            ("live", 5.0),
            ("agent", 0.0),
            ("live", 7.0),
            ("live", 0.0),
        ]
