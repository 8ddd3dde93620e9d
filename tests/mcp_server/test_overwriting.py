"""No silent removal: an operation that would remove other objects than its target is refused, or names them."""

from __future__ import annotations

from typing import Any

import pytest
import trio.testing

from mirror import Call, errors
from remote_script.SetMirror import note_calls
from remote_script.SetMirror.calls import JUDGES
from remote_script.SetMirror.contract import schema
from tests.every_class import everything
from tests.whole import Refused, Whole, whole_path

Clock = trio.testing.MockClock

DRUMS, INSTRUMENTS, EFFECTS = "tracks/0", "tracks/6", "tracks/7"
SLOTS = f"{INSTRUMENTS}/clip_slots"
CLIP = f"{SLOTS}/0/clip"
RACK = f"{DRUMS}/devices/0"


def song(whole: Whole) -> Any:
    return whole.stage.song


def clips(whole: Whole) -> list[tuple[float, float]]:
    return [(c.start_time, c.end_time) for c in song(whole).tracks[6].arrangement_clips]


def notes(whole: Whole) -> list[tuple[int, float, float]]:
    held = song(whole).tracks[6].clip_slots[0].clip.get_all_notes_extended()
    return [(n.pitch, n.start_time, n.duration) for n in held]


async def overwriting(whole: Whole, tool: str, **arguments: Any) -> dict[str, Any]:
    """Check a call that is refused without `overwrite`, also as a dry run, done with it, and undone by one undo."""
    with pytest.raises(Refused) as caught:
        await whole.call(tool, **arguments)
    assert caught.value.data["error"] == "WOULD_OVERWRITE"
    assert "overwrite: true" in caught.value.data["hint"]
    entries = whole.history()
    answer = await whole.call(tool, **arguments, overwrite=True)
    assert answer["outcome"] == "verified"
    assert len(whole.history()) == len(entries) + answer["undo_steps"]
    assert await whole.differences() == []
    (result,) = answer["results"]
    assert caught.value.data["count"] == result["replaced_count"] > 0
    assert caught.value.data["replaced"] == result["replaced"]
    return result | {"notes": answer.get("notes", [])}


async def test_a_clip_moved_to_its_own_place_is_unchanged(
    autojump_clock: Clock,
) -> None:
    async with whole_path(everything(), tick_s=0.02) as whole:
        placed = song(whole).tracks[6].clip_slots[0].clip._live_ptr
        entries, spans = whole.history(), clips(whole)
        moves = [
            {"target": CLIP, "to": f"{SLOTS}/0"},
            {"target": f"{INSTRUMENTS}/arrangement_clips/0", "time": spans[0][0]},
        ]
        for arguments in moves:
            answer = await whole.call("move", **arguments)
            assert answer["outcome"] == "unchanged"
            assert answer["results"][0]["changed"] is False
        copy = await whole.mirror.write(
            [Call(f"{SLOTS}/0", "duplicate_clip_to", {"target_clip_slot": f"{SLOTS}/0"})]
        )
        assert copy.outcome == "unchanged"
        device = f"{INSTRUMENTS}/devices/1"
        assert (await whole.call("move", target=device, to=INSTRUMENTS, position=1))["outcome"] == "unchanged"
        assert song(whole).tracks[6].clip_slots[0].clip._live_ptr == placed
        assert (clips(whole), whole.history()) == (spans, entries)


async def test_a_clip_in_the_way_of_a_copy_or_a_move_is_named(autojump_clock: Clock) -> None:
    async with whole_path(everything(), tick_s=0.02) as whole:
        await whole.call("duplicate", target=CLIP, to=f"{SLOTS}/4")
        await whole.call("set_clip", clip=f"{SLOTS}/4/clip", name="In the way")
        result = await overwriting(whole, "duplicate", target=CLIP, to=f"{SLOTS}/4")
        assert [each["name"] for each in result["replaced"]] == ["In the way"]
        assert result["replaced"][0]["ref"] == f"{SLOTS}/4/clip"
        await whole.call("duplicate", target=CLIP, to=f"{SLOTS}/5", overwrite=True)
        await overwriting(whole, "move", target=f"{SLOTS}/5", to=f"{SLOTS}/4")
        assert not song(whole).tracks[6].clip_slots[5].has_clip
        # The next slot is full now.
        await whole.call("duplicate", target=CLIP, to=f"{SLOTS}/1", overwrite=True)
        await overwriting(whole, "duplicate", target=CLIP)


async def test_an_arrangement_clip_moves_by_less_than_its_length_and_whole(autojump_clock: Clock) -> None:
    for version in ("12.4", "12.2"):
        async with whole_path(everything(), version, tick_s=0.02) as whole:
            made = await whole.call(
                "create_clip", track=INSTRUMENTS, time=200.0, length=8.0, notes="C3@0 E3@4"
            )
            assert made["outcome"] == "verified"
            number = clips(whole).index((200.0, 208.0))
            answer = await whole.call("move", target=f"{INSTRUMENTS}/arrangement_clips/{number}", time=203.0)
            assert (answer["outcome"], answer["undo_steps"]) == ("verified", 1)
            (result,) = answer["results"]
            assert (result["before"], result["after"]) == ({"start_time": 200.0}, {"start_time": 203.0})
            assert clips(whole)[-1] == (203.0, 211.0)
            moved = song(whole).tracks[6].arrangement_clips[len(clips(whole)) - 1]
            assert [n.pitch for n in moved.get_all_notes_extended()] == [60, 64]
            await whole.call("undo")
            assert clips(whole)[-1] == (200.0, 208.0)
            assert await whole.differences() == []


async def test_arrangement_clips_replaced_or_cut_by_a_new_one_are_named(
    autojump_clock: Clock,
) -> None:
    async with whole_path(everything(), tick_s=0.02) as whole:
        for time in (200.0, 204.0, 208.0):
            await whole.call("create_clip", track=INSTRUMENTS, time=time, length=4.0)
        before = clips(whole)
        result = await overwriting(
            whole, "duplicate", target=f"{INSTRUMENTS}/arrangement_clips/{len(before) - 3}", time=206.0
        )
        assert [(each["start_time"], each["end_time"]) for each in result["replaced"]] == [
            (204.0, 208.0),
            (208.0, 212.0),
        ]
        assert clips(whole)[-3:] == [(204.0, 206.0), (206.0, 210.0), (210.0, 212.0)]
        with pytest.raises(Refused, match="WOULD_OVERWRITE"):
            await whole.call("create_clip", track=INSTRUMENTS, time=211.0, length=4.0)
        with pytest.raises(Refused, match="WOULD_OVERWRITE"):
            await whole.call("move", target=f"{INSTRUMENTS}/arrangement_clips/{len(before) - 3}", time=209.0)


async def test_an_audio_file_longer_than_predicted_is_reverted(autojump_clock: Clock, tmp_path: Any) -> None:
    from tests.remote_script.headless.test_audio_files import write_wave

    write_wave(tmp_path / "long.wav", 44100 * 4, 44100)
    async with whole_path(everything(), tick_s=0.02) as whole:
        place = {"track": EFFECTS, "file_path": str(tmp_path / "long.wav")}
        await whole.call("create_clip", **place, time=200.0)
        held = [(c.start_time, c.end_time) for c in song(whole).tracks[7].arrangement_clips]
        entries = whole.history()
        with pytest.raises(Refused, match="WOULD_OVERWRITE"):
            await whole.call("create_clip", **place, time=196.0)
        await whole.audited()
        assert [(c.start_time, c.end_time) for c in song(whole).tracks[7].arrangement_clips] == held
        assert whole.history() == entries
        answer = await whole.call("create_clip", **place, time=196.0, overwrite=True)
        assert answer["results"][0]["replaced_count"] == 1
        assert await whole.differences() == []


async def test_colliding_notes_are_named_before_their_removal(autojump_clock: Clock) -> None:
    async with whole_path(everything(), tick_s=0.02) as whole:
        await whole.call("edit_notes", clip=CLIP, replace="C3@0:.5 C3@.5:.5 C3@1:.5 C3@1.5:.5 D3@0:2 E3@3:.5")
        transpose = {
            "clips": [CLIP],
            "edits": [{"edit": "transpose", "semitones": -2, "select": {"pitch": "D3"}}],
        }
        with pytest.raises(Refused, match="6 → 5") as caught:
            await whole.call("transform_notes", **transpose)
        assert caught.value.data["notes"] == "6 → 5"
        assert [(each["pitch"], each["start_time"]) for each in caught.value.data["replaced"]] == [(60, 0.0)]
        result = await overwriting(whole, "transform_notes", **transpose)
        assert (result["before"], result["after"]) == ({"notes": 6}, {"notes": 5})
        assert any("1 cut" in note for note in result["notes"])
        await whole.call("undo")
        result = await overwriting(
            whole, "transform_notes", clips=[CLIP], edits=[{"edit": "quantize", "grid": "1/4"}]
        )
        assert (result["before"], result["after"], len(notes(whole))) == ({"notes": 6}, {"notes": 5}, 5)
        await whole.call("undo")
        result = await overwriting(whole, "edit_notes", clip=CLIP, add="C3@0:2")
        assert (result["before"], result["after"]) == ({"notes": 6}, {"notes": 3})
        assert await whole.differences() == []


async def test_an_edit_of_notes_reports_the_former_count_on_request(autojump_clock: Clock) -> None:
    async with whole_path(everything(), tick_s=0.02) as whole:
        answer = await whole.call("edit_notes", clip=CLIP, replace="C3@0 E3@1 G3@2")
        assert answer["results"][0]["after"] == {"notes": 3}
        answer = await whole.call("edit_notes", clip=CLIP, replace="C3@0")
        assert [(r["before"], r["after"]) for r in answer["results"]] == [({"notes": 3}, {"notes": 1})]
        answer = await whole.call("call_method", target=CLIP, method="crop")
        assert answer["results"][0]["before"] == {"notes": 1}


async def test_a_dry_run_names_objects_that_would_be_removed(autojump_clock: Clock) -> None:
    async with whole_path(everything(), tick_s=0.02) as whole:
        await whole.call("edit_notes", clip=CLIP, replace="C3@0:.25 C3@.25:.25")
        node = whole.mirror.resolve(CLIP)
        quantize = Call(node.id, "quantize", {"quantization_grid": 1, "amount": 1.0})
        with pytest.raises(errors.WouldOverwrite, match="2 → 1"):
            await whole.mirror.write([quantize], dry_run=True)
        allowed = Call(quantize.target, quantize.method, quantize.args, overwrite=True)
        told = await whole.mirror.write([allowed], dry_run=True)
        assert (told.results[0].before, told.results[0].after) == ({"notes": 2}, {"notes": 1})
        assert told.results[0].replaced_count == 1
        assert len(notes(whole)) == 2


async def test_a_pad_that_is_full_is_copied_over_only_when_that_is_allowed(autojump_clock: Clock) -> None:
    async with whole_path(everything(), tick_s=0.02) as whole:
        full = [pad.note for pad in song(whole).tracks[0].devices[0].drum_pads if pad.chains][:2]
        pads = [f"{RACK}/drum_pads/{note}" for note in full]
        result = await overwriting(whole, "duplicate", target=pads[0], to=pads[1])
        assert [each["type"] for each in result["replaced"]] == ["DrumChain"]
        assert (await whole.call("duplicate", target=pads[0], to=pads[0]))["outcome"] == "unchanged"


async def test_a_state_already_reached_is_reported_unchanged(autojump_clock: Clock) -> None:
    async with whole_path(everything(), tick_s=0.02) as whole:
        calls = [
            ("song", "stop_playing"),
            ("song", "stop_all_clips"),
            (INSTRUMENTS, "stop_all_clips"),
            (CLIP, "stop"),
        ]
        for target, method in calls:
            answer = await whole.call("call_method", target=target, method=method)
            assert answer["outcome"] == "unchanged", method
        started = await whole.call("call_method", target="song", method="start_playing")
        assert (started["outcome"], started["results"][0]["changed"]) == ("verified", True)
        again = await whole.call("call_method", target="song", method="start_playing")
        assert (again["outcome"], again["results"][0]["changed"]) == ("unchanged", False)
        assert (await whole.call("call_method", target="song", method="stop_playing"))[
            "outcome"
        ] == "verified"


async def test_calls_report_former_and_new_state_and_how_a_removal_is_undone(
    autojump_clock: Clock,
) -> None:
    async with whole_path(everything(), tick_s=0.02) as whole:
        started = await whole.call("call_method", target="song", method="start_playing")
        (result,) = started["results"]
        assert (result["before"]["is_playing"], result["after"]["is_playing"]) == (False, True)
        assert "reverse" not in started
        (result,) = (await whole.call("call_method", target="song", method="stop_playing"))["results"]
        assert (result["before"]["is_playing"], result["after"]["is_playing"]) == (True, False)
        (result,) = (
            await whole.call("call_method", target=f"{SLOTS}/5", method="create_clip", args={"pages": 4.0})
        )["results"]
        assert result["after"]["has_clip"] is True
        made = (await whole.call("create", kind="midi", name="Gone soon"))["results"][0]
        assert made["after"]["ref"] == made["result"]["ref"]
        answer = await whole.call("delete", targets=["Gone soon"])
        (result,) = answer["results"]
        assert (result["before"]["name"], result["before"]["ref"], result.get("after")) == (
            "Gone soon",
            made["result"]["ref"],
            None,
        )
        assert answer["reverse"] == f"undo with write {answer['write']!r}"
        assert (await whole.call("undo", write=answer["write"]))["outcome"] == "verified"
        assert "Gone soon" in [track.name for track in song(whole).tracks]


async def test_a_persons_edit_in_the_same_tick_is_not_attributed_to_the_call(
    autojump_clock: Clock,
) -> None:
    async with whole_path(everything(), tick_s=0.02) as whole:
        await whole.by_hand(lambda song: setattr(song, "tempo", 93.0))
        answer = await whole.call("call_method", target="song", method="create_scene", args={"index": 0})
        (result,) = answer["results"]
        assert "tempo" not in (result["after"] or {})


async def test_unexpectedly_removed_notes_are_restored(
    autojump_clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nothing(*arguments: Any) -> Any:
        return lambda note: note

    monkeypatch.setattr(note_calls, "quantized", nothing)
    async with whole_path(everything(), tick_s=0.02) as whole:
        await whole.call("edit_notes", clip=CLIP, replace="C3@0:.25 C3@.25:.25")
        before, entries = notes(whole), whole.history()
        quantize = {"target": CLIP, "method": "quantize", "args": {"quantization_grid": 1, "amount": 1.0}}
        with pytest.raises(Refused, match="more than forecast: 2 → 1"):
            await whole.call("call_method", **quantize)
        assert (notes(whole), whole.history()) == (before, entries)
        answer = await whole.call("call_method", **quantize, overwrite=True)
        assert (answer["results"][0]["before"], answer["results"][0]["after"]) == ({"notes": 2}, {"notes": 1})
        assert await whole.differences() == []


LIVE_REFUSES = {("ClipSlot", "create_clip"), ("ClipSlot", "create_audio_clip")}
"""A full slot, which Live itself refuses."""
ITS_PURPOSE = {
    ("SimplerDevice", "replace_sample"),
    ("SimplerDevice", "crop"),
    ("Song", "set_or_delete_cue"),
}
"""Methods whose purpose is to replace objects."""


def test_each_overwriting_method_is_checked_before_it_runs() -> None:
    overwriting = {
        (name, method.name)
        for name, class_ in schema.CLASSES.items()
        for method in class_.methods.values()
        if method.overwrites
    }
    assert overwriting - set(JUDGES) == (LIVE_REFUSES | ITS_PURPOSE) & overwriting
