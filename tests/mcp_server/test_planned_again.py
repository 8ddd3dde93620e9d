"""A plan is computed again if its objects change before it runs, so that no author's edit is lost."""

from __future__ import annotations

from typing import Any

import pytest
import trio
import trio.testing

from mcp_server.policy import Policy, PolicyFile, Rule
from remote_script.headless import demo_set
from tests.whole import Refused, Whole, whole_path

Clock = trio.testing.MockClock
CLIP = "tracks/2/clip_slots/4/clip"


async def at_once(whole: Whole, *calls: tuple[str, dict[str, Any]]) -> list[dict[str, Any]]:
    answers: list[dict[str, Any]] = [{} for _ in calls]

    async def run(number: int, tool: str, args: dict[str, Any]) -> None:
        answers[number] = await whole.call(tool, **args)

    async with trio.open_nursery() as nursery:
        for number, (tool, args) in enumerate(calls):
            nursery.start_soon(run, number, tool, args)
    return answers


async def with_clip(whole: Whole) -> None:
    await whole.call("create_clip", track=2, slot=4, length="4 bars", notes="C1@0:.5v80 C2@2 C3@4 C4@6")


def edit(**edits: Any) -> tuple[str, dict[str, Any]]:
    return "transform_notes", {"clips": [CLIP], "edits": [edits]}


async def test_simultaneous_edits_of_one_clip_are_all_applied(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        await with_clip(whole)
        answers = await at_once(whole, *[edit(edit="velocity", add=2) for _ in range(8)])
        assert [answer["outcome"] for answer in answers] == ["verified"] * 8
        assert whole.mirror.notes(CLIP)[0].velocity == 96


async def test_dependent_edits_are_applied_in_sequence(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        await with_clip(whole)
        await at_once(
            whole,
            edit(edit="transpose", semitones=12),
            edit(edit="transpose", semitones=12),
            edit(edit="transpose", semitones=-5),
        )
        assert [note.pitch for note in whole.mirror.notes(CLIP)] == [55, 67, 79, 91]


async def test_a_persons_edit_during_a_waiting_edit_is_not_overwritten(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        await with_clip(whole)
        tool, args = edit(edit="velocity", add=5)

        def softer(song: Any) -> None:
            clip = song.tracks[2].clip_slots[4].clip
            notes = clip.get_notes_extended(0, 128, 0.0, 16.0)
            notes[0].velocity = 50.0
            clip.apply_note_modifications(notes)

        async with trio.open_nursery() as nursery:
            nursery.start_soon(whole.by_hand, softer)
            answer = await whole.call(tool, **args)
        assert answer["outcome"] == "verified"
        assert whole.mirror.notes(CLIP)[0].velocity == 55


async def test_simultaneous_clips_without_a_slot_take_different_free_slots(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        calls = [("create_clip", {"track": 2, "length": 4, "name": f"Part {n}"}) for n in range(12)]
        before = whole.mirror.find(kind="Clip", limit=500)
        answers = await at_once(whole, *calls)
        assert [answer["outcome"] for answer in answers] == ["verified"] * 12
        clips = whole.mirror.find(kind="Clip", limit=500)
        assert len(clips) == len(before) + 12
        assert {f"Part {n}" for n in range(12)} <= {match.node.name for match in clips}


@pytest.mark.parametrize(
    ("target", "name", "by", "expected"),
    [("song", "tempo", "+2", 82.0 + 16), ("tracks/0", "volume", "+0.5 dB", 4.0)],
)
async def test_simultaneous_relative_changes_add_up(
    autojump_clock: Clock, target: str, name: str, by: str, expected: float
) -> None:
    async with whole_path(demo_set()) as whole:
        tool, more = ("set_song", {}) if target == "song" else ("set_track", {"track": target})
        await at_once(whole, *[(tool, {**more, name: by}) for _ in range(8)])
        if name == "tempo":
            assert whole.mirror.resolve("song").props["tempo"] == expected
        else:
            assert whole.mirror.resolve("tracks/0/mixer_device/volume").props["display"] == f"{expected} dB"


async def test_simultaneous_changes_of_a_clips_gain_add_up(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        (clip,) = whole.mirror.find(kind="Clip", where=["is_audio_clip = true"], limit=1)
        await whole.call("set_clip", clip=clip.ref, gain="-1 dB")
        await at_once(whole, *[("set_clip", {"clip": clip.ref, "gain": "by -1 dB"})] * 4)
        assert whole.mirror.node(clip.node.id).props["gain_display_string"] == "-5.0 dB"


async def test_an_explicit_slot_filled_in_between_is_refused(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        refusals = []

        async def create() -> None:
            try:
                await whole.call("create_clip", track=2, slot=4, length=4)
            except Refused as problem:
                refusals.append(str(problem))

        async with trio.open_nursery() as nursery:
            for _ in range(3):
                nursery.start_soon(create)
        assert len(refusals) == 2


@pytest.mark.parametrize("dry_run", [True, False])
@pytest.mark.parametrize(
    ("tool", "changes", "after"),
    [
        ("set_song", [{"tempo": "+2"}, {"tempo": "+2"}], 86.0),
        # From the tempo before the batch, the last value would be out of range.
        ("set_song", [{"tempo": "by 900"}, {"tempo": 60}, {"tempo": "by 930"}], 990.0),
        ("set_track", [{"track": 0, "volume": "by -1 dB"}, {"track": 0, "volume": "by -1 dB"}], "-2.0 dB"),
        ("set_track", [{"track": 0, "volume": "-6 dB"}, {"track": 0, "volume": "by -1 dB"}], "-7.0 dB"),
    ],
)
async def test_relative_changes_in_a_batch_start_from_the_result_of_earlier_calls(
    autojump_clock: Clock, tool: str, changes: list[dict[str, Any]], after: float | str, dry_run: bool
) -> None:
    async with whole_path(demo_set()) as whole:
        # Setting a property twice needs another call in between.
        between = {"tool": "create", "args": {"kind": "midi"}}
        sets = [{"tool": tool, "args": change} for change in changes]
        calls = [call for change in sets for call in (change, between)]
        answer = await whole.call("batch", calls=calls, dry_run=dry_run)
        results = [result for result in answer["results"] if result["call"] == len(calls) - 2]
        volume = whole.mirror.resolve("tracks/0/mixer_device/volume")
        if not dry_run:
            tempo = whole.mirror.resolve("song").props["tempo"]
            assert (tempo if tool == "set_song" else volume.props["display"]) == after
        elif tool == "set_song":
            assert results[0]["after"] == after


async def test_a_replanned_write_counts_once_towards_a_rate(autojump_clock: Clock) -> None:
    policy = Policy(PolicyFile(rule=[Rule(decide="allow", per_minute=9)]))
    async with whole_path(demo_set(), policy=policy) as whole:
        await with_clip(whole)
        answers = await at_once(whole, *[edit(edit="velocity", add=2) for _ in range(8)])
        assert [answer["outcome"] for answer in answers] == ["verified"] * 8
        assert await whole.refused("set_song", tempo=99) == "DENIED"


async def test_a_relative_change_of_a_choice_is_refused(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        for target, name in (
            ("song", "signature_denominator"),
            ("song", "clip_trigger_quantization"),
            ("tracks/2", "current_monitoring_state"),
        ):
            for value in ("+1", "by 1", "by -1"):
                code = await whole.refused("set_property", target=target, property=name, value=value)
                assert code == "INVALID_VALUE"


@pytest.mark.parametrize("drag_s", [1.5, 60.0])
async def test_an_edit_waits_for_the_end_of_a_persons_drag_as_long_as_a_write_may_last(
    autojump_clock: Clock, drag_s: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mcp_server.desk.PLAN_S", 2.0)
    async with whole_path(demo_set()) as whole:
        await with_clip(whole)
        end = trio.current_time() + drag_s
        drags = 0

        async def drag() -> None:
            nonlocal drags
            while trio.current_time() < end:
                drags += 1
                name = f"Take {drags}"
                await whole.by_hand(
                    lambda song, name=name: setattr(song.tracks[2].clip_slots[4].clip, "name", name)
                )
                await trio.sleep(0.01)

        async with trio.open_nursery() as nursery:
            nursery.start_soon(drag)
            tool, args = edit(edit="velocity", add=5)
            if drag_s < 2:
                assert (await whole.call(tool, **args))["outcome"] == "verified"
                assert trio.current_time() >= end
                assert whole.mirror.notes(CLIP)[0].velocity == 85
            else:
                with pytest.raises(Refused) as refusal:
                    await whole.call(tool, **args)
                assert refusal.value.data["error"] == "PRECONDITION_FAILED"
                assert "edited all the time" in refusal.value.data["hint"]
                assert whole.mirror.notes(CLIP)[0].velocity == 80
            nursery.cancel_scope.cancel()
