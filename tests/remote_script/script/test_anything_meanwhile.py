"""Random writes, also long and refused ones, with edits by persons, snapshots and closed Sets in between."""

from __future__ import annotations

import random
from typing import Any

import pytest

from remote_script.headless.sets.generate import default_set
from remote_script.SetMirror.batches import Batcher
from tests import changes
from tests.lean import demo_set

from .guest import Client
from .stage import Stage
from .test_in_live import on_stage
from .test_long_work import CLIP, begin, finish, many, midway, scarce
from .test_writing import call, put

BAD_NOTE = {"pitch": 300, "start_time": 0, "duration": 1}
BUDGETS_S = (0.004, 0.0)


def new_stage() -> Stage:
    stage = Stage(default_set())
    stage.live.person.do(lambda song: song.tracks[0].clip_slots[0].create_clip(64.0))
    return stage


def any_write(client: Client, draw: random.Random) -> list[dict[str, Any]]:
    if draw.random() < 0.2:
        return [call("song", draw.choice(["undo", "redo"]))]
    clips = [obj[0] for obj in client.objects.values() if obj[1] == "Clip" and obj[4].get("is_midi_clip")]
    ops = [put("view", "selected_track", f"tracks/{draw.randrange(2)}")]
    if draw.random() < 0.3:
        ops.append(put(f"tracks/{draw.randrange(3)}", "name", f"Written {draw.random()}"))
    if clips:
        notes = many(draw.choice([3, 150, 350]), draw.random()) + [BAD_NOTE] * (draw.random() < 0.3)
        ops.append(call(draw.choice(clips), draw.choice(["add_new_notes", "replace_notes"]), notes=notes))
    return ops


@pytest.mark.parametrize("seed", range(4))
def test_all_mirrors_equal_the_set_after_any_events(seed: int) -> None:
    draw = random.Random(seed)
    with on_stage(demo_set()) as stage:
        client = stage.follower()
        stage.script._budget_s = BUDGETS_S[seed % 2]
        asked, late = [], []
        for step in range(60):
            kind = draw.random()
            if kind < 0.4:
                try:
                    stage.live.person.do(lambda song: changes.by_hand(song, draw))
                except changes.REFUSALS:
                    pass
            elif kind < 0.7:
                deadline_s = draw.choice([0.2, 30.0, 30.0, 30.0])
                asked.append(begin(client, *any_write(client, draw), id=f"w{step}", deadline_s=deadline_s))
            elif kind < 0.8 and len(late) < 4:
                other = stage.client()
                late.append((other, other.ask("set.snapshot")))
            stage.pump(draw.randrange(12))
            client.follow()
        stage.live.person.do(lambda song: song.stop_playing())
        stage.script._budget_s = BUDGETS_S[0]
        for request in asked:
            finish(stage, client, request)
        assert stage.script.batcher.attribution.withheld == {}
        assert stage.differences(client) == []
        for other, request in late:
            end = finish(stage, other, request)["result"]
            other.objects = other.received(request)
            assert len(other.objects) == end["count"]
            other.epoch, other.revision = end["epoch"], end["revision"]
            other.watch()
            assert stage.differences(other) == []


def signature(stage: Stage) -> list[Any]:
    song = stage.song
    clip = song.tracks[0].clip_slots[0].clip
    return [
        [(track.name, track.color, [slot.has_clip for slot in track.clip_slots]) for track in song.tracks],
        (song.tempo, song.tracks[0].mixer_device.volume.value, len(song.scenes)),
        sorted((note.note_id, note.pitch, note.start_time) for note in clip.get_all_notes_extended()),
    ]


@pytest.mark.parametrize("meanwhile", [False, True])
@pytest.mark.parametrize("seed", range(5))
def test_a_refused_write_changes_nothing_or_reports_leftovers(seed: int, meanwhile: bool) -> None:
    draw = random.Random(seed)
    with on_stage(default_set()) as stage:
        stage.live.person.do(lambda song: song.tracks[0].clip_slots[0].create_clip(64.0))
        client = scarce(stage)
        stage.script._budget_s = BUDGETS_S[seed % 2]
        client.write(call(CLIP, "add_new_notes", notes=many(150)))
        for step in range(5):
            # can_undo and can_redo may arrive later.
            stage.live.person.do(lambda song, step=step: setattr(song.master_track, "name", f"Mine {step}"))
            before = signature(stage)
            good = [
                put("view", "selected_track", f"tracks/{draw.randrange(2)}"),
                put("tracks/1", "name", f"Written {step}"),
                put("tracks/0/mixer_device/volume", "value", draw.random()),
                put("song", "tempo", draw.randrange(60, 200)),
                call("song", "create_scene", index=-1),
                call(CLIP, "add_new_notes", notes=many(draw.choice([5, 250]), 100.0)),
                call(CLIP, "replace_notes", notes=many(draw.choice([5, 250]))),
            ]
            bad = [
                call(CLIP, "add_new_notes", notes=[*many(draw.choice([3, 250])), BAD_NOTE]),
                call("tracks/1/clip_slots/1", "delete_clip"),
            ]
            ops = [*draw.choices(good, k=draw.randrange(1, 5)), draw.choice(bad)]
            request = begin(client, *ops, id=f"refused {step}")
            for _ in range(6 if meanwhile else 0):
                stage.pump(draw.randrange(8))
                stage.live.person.do(
                    lambda song, step=step: setattr(song.view, "follow_song", bool(step % 2))
                )
                stage.live.person.do(
                    lambda song: setattr(song.master_track, "name", song.master_track.name + "!")
                )
            data = finish(stage, client, request)["error"]["data"]
            stage.pump(60)
            assert stage.song.master_track.name == f"Mine {step}" + "!" * (6 * meanwhile)
            left = data.get("applied", [])
            assert meanwhile or left == []
            assert left or signature(stage) == before
        assert stage.differences(client) == []


@pytest.mark.parametrize("turns", range(0, 60, 6))
def test_a_script_switched_off_at_any_time_leaves_no_listeners(turns: int) -> None:
    stage = new_stage()
    begin(scarce(stage), call(CLIP, "replace_notes", notes=many()))
    stage.pump(turns)
    stage.hosted.disconnect()
    assert stage.live.listener_count() == 0
    assert stage.script.counters["failures"] == 0
    entries = len(stage.live.history)
    stage.live.person.do(lambda song: setattr(song, "tempo", 99.0))
    assert len(stage.live.history) == entries + 1
    stage.live.close()


def test_an_internal_error_during_long_work_starts_a_new_epoch(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def mistaken(self: Batcher, batch: Any) -> Any:
        yield
        raise ValueError("a mistake")

    stage = new_stage()
    client = scarce(stage)
    request = begin(client, call(CLIP, "add_new_notes", notes=many()))
    midway(stage)
    with monkeypatch.context() as patch:
        patch.setattr(Batcher, "_encode", mistaken)
        stage.live.person.do(lambda song: setattr(song.tracks[2], "name", "Strings"))
        assert finish(stage, client, request)["error"]["data"]["error"] == "UNKNOWN_OUTCOME"
    stage.script._budget_s = BUDGETS_S[0]
    stage.pump(700)
    assert stage.script.counters["rebuilds"] == 1
    again = stage.follower()
    assert again.epoch != client.epoch
    assert stage.differences(again) == []
    assert again.write(put("tracks/1", "name", "Again"))["result"]["undo_steps"] == 1
    assert stage.live.listener_count() == stage.script.batcher.observers.attached
    stage.hosted.disconnect()
    assert stage.live.listener_count() == 0
    stage.live.close()
