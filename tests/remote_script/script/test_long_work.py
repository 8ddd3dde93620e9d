"""Long work in Live is spread over many turns, sent once and complete, and reports its progress.

The budget of a turn is 0 here, so each turn does one slice, and events happen between any two slices.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from typing import Any

import pytest

from remote_script.headless.sets.generate import default_set
from remote_script.SetMirror.content import PIECE
from remote_script.SetMirror.contract.note_checks import MOST_NOTES
from remote_script.SetMirror.contract.values import NOTE_FIELDS
from remote_script.SetMirror.note_calls import NOTES_A_PIECE
from remote_script.SetMirror.wire import Encoded

from .guest import Client
from .stage import Stage
from .test_in_live import on_stage
from .test_writing import call, put, refused

CLIP = "tracks/0/clip_slots/0/clip"
MANY = 12 * NOTES_A_PIECE


@pytest.fixture
def stage() -> Iterator[Stage]:
    with on_stage(default_set()) as stage:
        stage.live.person.do(lambda song: song.tracks[0].clip_slots[0].create_clip(64.0))
        yield stage


def scarce(stage: Stage) -> Client:
    """A follower; from now on each turn does one slice."""
    client = stage.follower()
    client.follow()
    stage.script._budget_s = 0.0
    return client


def many(count: int = MANY, first: float = 0.0) -> list[dict[str, Any]]:
    return [
        {"pitch": 24 + n % 60, "start_time": first + n // 60 * 0.5, "duration": 0.25} for n in range(count)
    ]


def begin(client: Client, *ops: Any, id: str = "long", **params: Any) -> int:
    return client.ask("write.execute", write=id, ops=list(ops), author="tester", **params)


def finish(stage: Stage, client: Client, request: int) -> dict[str, Any]:
    for _ in range(3000):
        answer = client.reply(request)
        if answer is not None:
            return answer
        stage.pump()
    raise AssertionError("no answer")


def held(stage: Stage) -> int:
    return len(stage.song.tracks[0].clip_slots[0].clip.get_all_notes_extended())


def midway(stage: Stage) -> None:
    """Pump until some of the notes are in the clip."""
    for _ in range(500):
        if 0 < held(stage) < MANY:
            return
        stage.pump()
    raise AssertionError("the notes came in one turn")


def test_a_long_write_takes_many_turns_and_is_sent_in_one_batch(stage: Stage) -> None:
    client = scarce(stage)
    pumps = stage.script.counters["pumps"]
    answer = client.write(call(CLIP, "replace_notes", notes=many()), id="long")["result"]
    assert stage.script.counters["pumps"] - pumps > MANY / NOTES_A_PIECE + MANY / PIECE
    assert (answer["outcome"], answer["undo_steps"]) == ("verified", 1)
    assert len(answer["results"][0]["result"]) == MANY
    told = [batch for batch in client.follow() if any(change[0] == "content" for change in batch["changes"])]
    assert [(batch["cause"], batch["write"], batch["author"]) for batch in told] == [
        ("write", "long", "tester")
    ]
    assert stage.differences(client) == []
    stage.live.person.do(lambda song: song.undo())
    assert held(stage) == 0


def test_a_clip_created_by_the_same_write_is_sent_at_most_twice(stage: Stage) -> None:
    client = scarce(stage)
    slot = "tracks/1/clip_slots/0"
    answer = client.write(
        call(slot, "create_clip", pages=64.0),
        call("$0", "add_new_notes", notes=many()),
        put("$0", "name", "Long"),
    )
    assert answer["result"]["outcome"] == "verified"
    told = [
        change
        for batch in client.follow()
        for change in batch["changes"]
        if change[0] == "content" or (change[0] == "add" and "notes" in change[1][4])
    ]
    assert len(told) <= 2
    assert len(client.at(slot + "/clip")[4]["notes"]) == MANY
    assert stage.differences(client) == []


def texts(notes: list[dict[str, Any]], size: int) -> dict[str, Any]:
    """Many notes in the mirror's form: several texts with some notes each."""
    rows = [[note.get(name) for name in NOTE_FIELDS] for note in notes]
    return {"pieces": [json.dumps(rows[start : start + size]) for start in range(0, len(rows), size)]}


@pytest.mark.parametrize("size", [1, 7, NOTES_A_PIECE, MANY])
def test_notes_given_as_texts_are_equal(stage: Stage, size: int) -> None:
    client = scarce(stage)
    client.write(call(CLIP, "replace_notes", notes=many(300)))
    client.follow()
    plain = [note[1:] for note in client.at(CLIP)[4]["notes"]]
    client.write(call(CLIP, "replace_notes", notes=texts(many(300), size)))
    client.follow()
    assert [note[1:] for note in client.at(CLIP)[4]["notes"]] == plain


@pytest.mark.parametrize(
    ("notes", "rule"),
    [
        ({"pieces": [[1]]}, "texts"),
        ({"pieces": ["[[", "]]"]}, "JSON"),
        ({"pieces": ['{"pitch": 60}']}, "list"),
        ({"pieces": ["[1]"]}, "note 0 must be an object"),
        ({"pieces": ["[NaN]"]}, "JSON"),
        ({"pieces": 3}, "list"),
        ({"parts": []}, "list"),
        (texts([*many(250), {"pitch": 128, "start_time": 0, "duration": 1}], 100), "pitch of note 250"),
        (texts(many(MOST_NOTES + 1), 1000), f"At most {MOST_NOTES} notes"),
    ],
)
def test_invalid_notes_are_refused_and_nothing_changes(stage: Stage, notes: Any, rule: str) -> None:
    client = stage.follower()
    client.write(call(CLIP, "add_new_notes", notes=many(8)))
    answer = client.write(call(CLIP, "replace_notes", notes=notes))
    assert rule in answer["error"]["message"], answer["error"]
    assert held(stage) == 8


def test_the_sender_of_a_long_write_gets_its_progress(stage: Stage) -> None:
    client, other = scarce(stage), stage.client()
    client.write(put(CLIP, "name", "first"), call(CLIP, "add_new_notes", notes=many()), id="long")
    told = client.notices("write.progress")
    assert len(told) >= 2
    assert {(each["write"], each["op"], each["ops"], each["of"]) for each in told} == {("long", 1, 2, MANY)}
    done = [each["done"] for each in told]
    assert done == sorted(set(done))
    assert 0 < done[-1] <= MANY
    assert told[-1]["so_far"] == f"{done[-1]} of {MANY} notes are in the clip"
    assert other.notices("write.progress") == []


def test_a_short_write_sends_no_progress(stage: Stage) -> None:
    client = scarce(stage)
    client.write(call(CLIP, "add_new_notes", notes=many(4)))
    assert client.notices("write.progress") == []


def test_edits_elsewhere_during_a_long_write_are_sent_at_once(stage: Stage) -> None:
    client = scarce(stage)
    request = begin(client, call(CLIP, "replace_notes", notes=many()))
    midway(stage)
    stage.live.person.do(lambda song: setattr(song.tracks[2], "name", "Strings"))
    change = ["set", client.at("tracks/2")[0], "name", "Strings"]
    told: list[dict[str, Any]] = []
    while not told:
        stage.pump()
        told = [each for each in client.follow() if change in each["changes"]]
        assert client.reply(request) is None, "it had to wait for the write"
    assert told[0]["cause"] == "live"
    assert finish(stage, client, request)["result"]["outcome"] == "verified"
    assert stage.differences(client) == []


def test_an_edit_in_the_same_clip_during_a_long_write_is_kept(stage: Stage) -> None:
    client = scarce(stage)
    request = begin(client, call(CLIP, "replace_notes", notes=many()))
    midway(stage)
    make = stage.live.modules["Live.Clip"].MidiNoteSpecification
    stage.live.person.do(
        lambda song: song.tracks[0].clip_slots[0].clip.add_new_notes((make(120, 50.0, 1.0),))
    )
    finish(stage, client, request)
    assert stage.differences(client) == []
    assert 120 in [note[1] for note in client.at(CLIP)[4]["notes"]]


@pytest.mark.parametrize("seed", range(6))
def test_edits_while_the_notes_are_read_in_pieces_are_not_lost(stage: Stage, seed: int) -> None:
    chance = random.Random(seed)
    client = scarce(stage)
    client.write(call(CLIP, "add_new_notes", notes=many()))
    clip = stage.song.tracks[0].clip_slots[0].clip
    for _ in range(12):
        ids = [note.note_id for note in clip.get_all_notes_extended()]
        gone = tuple(chance.sample(ids, 3))
        stage.live.person.do(lambda song, gone=gone: clip.remove_notes_by_id(gone))
        stage.pump(chance.randint(0, 9))
    stage.script._budget_s = 0.004
    assert stage.differences(client) == []
    assert stage.script.audit.counters["missed"] == 0


def test_the_audit_reads_a_long_clip_over_several_turns_and_detects_differences(stage: Stage) -> None:
    client = scarce(stage)
    client.write(call(CLIP, "add_new_notes", notes=many()))
    client.follow()
    row = stage.script.batcher.shadow.rows[client.at(CLIP)[0]]
    index = row.layout.index["notes"]
    row.values[index] = Encoded(row.values[index][:-1], MANY - 100)
    stage.script.audit_time.share_s = 0.0
    before = stage.script.audit.counters["missed"]
    for _ in range(200):
        stage.live.run_for(1)
        if stage.script.audit.counters["missed"] > before:
            break
    assert stage.script.audit.counters["by"]["Clip.notes"] == 1
    stage.pump(60)
    assert row.values[index].size == MANY


def test_a_write_failing_after_long_work_is_fully_reverted(stage: Stage) -> None:
    client = scarce(stage)
    answer = client.write(
        call(CLIP, "add_new_notes", notes=many()),
        call(CLIP, "move_playing_pos", beats=1.0),
        call("tracks/1/clip_slots/0", "delete_clip"),
    )
    assert refused(answer)["error"] == "LIVE_REFUSED"
    assert held(stage) == 0
    assert stage.script.batcher.attribution.withheld == {}
    assert stage.differences(client) == []


def test_a_deadline_during_long_work_reverts_it_and_reports_progress(stage: Stage) -> None:
    client = scarce(stage)
    answer = client.write(call(CLIP, "add_new_notes", notes=many()), deadline_s=0.2)
    data = refused(answer)
    assert data["error"] == "DEADLINE"
    assert "notes are in the clip" in answer["error"]["message"]
    assert held(stage) == 0
    assert stage.differences(client) == []


def test_a_script_switched_off_during_long_work_leaves_no_open_step(stage: Stage) -> None:
    client = scarce(stage)
    begin(client, call(CLIP, "add_new_notes", notes=many()))
    midway(stage)
    stage.hosted.disconnect()
    some = held(stage)
    assert 0 < some < MANY
    stage.live.person.do(lambda song: setattr(song, "tempo", 99.0))
    stage.live.person.do(lambda song: song.undo())
    assert held(stage) == some, "the person's undo took the notes, too"
