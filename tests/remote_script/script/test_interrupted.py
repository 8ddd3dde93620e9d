"""Interruptions of long work by persons, other clients and refusals.

As in `test_long_work` the budget of a turn is 0, so that events happen between any two slices.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from remote_script.headless.sets.generate import default_set
from remote_script.SetMirror.note_calls import NOTES_A_PIECE

from .guest import Client
from .stage import Stage
from .test_in_live import on_stage
from .test_long_work import CLIP, MANY, begin, finish, held, many, midway, scarce, texts
from .test_writing import call, put, refused


@pytest.fixture
def stage() -> Iterator[Stage]:
    with on_stage(default_set()) as stage:
        stage.live.person.do(lambda song: song.tracks[0].clip_slots[0].create_clip(64.0))
        yield stage


def test_a_refusal_during_checks_reverts_no_edit_of_a_person(stage: Stage) -> None:
    client = scarce(stage)
    stage.live.person.do(lambda song: setattr(song.tracks[2], "name", "Strings"))
    bad = texts([*many(250), {"pitch": 128, "start_time": 0, "duration": 1}], 100)
    answer = client.write(put("view", "selected_track", "tracks/1"), call(CLIP, "replace_notes", notes=bad))
    refused(answer)
    assert stage.song.tracks[2].name == "Strings"
    assert held(stage) == 0


def test_a_snapshot_starts_during_a_long_write(stage: Stage) -> None:
    client, other = scarce(stage), stage.client()
    request = begin(client, call(CLIP, "replace_notes", notes=many()))
    midway(stage)
    other.ask("set.snapshot")
    while client.reply(request) is None and not stage.script.batcher.shadow.snapshots:
        stage.pump()
    assert held(stage) < MANY


def edit_without_end(stage: Stage, done: Callable[[], Any]) -> None:
    """Let a person add a note before the previous one is sent, until `done`."""
    clip = stage.song.tracks[0].clip_slots[0].clip
    make = stage.live.modules["Live.Clip"].MidiNoteSpecification
    for beat in range(120):
        stage.live.person.do(lambda song, beat=beat: clip.add_new_notes((make(120, 50.0 + beat, 1.0),)))
        for _ in range(5):
            stage.pump()
            if done():
                return
    raise AssertionError("it had to wait for the person")


def test_a_write_is_executed_during_continuous_edits(stage: Stage) -> None:
    client = scarce(stage)
    client.write(call(CLIP, "add_new_notes", notes=many()))
    client.follow()
    request = begin(client, put("tracks/3", "name", "Written"))
    edit_without_end(stage, lambda: client.reply(request))
    told = client.follow()
    written = [change for batch in told if batch["cause"] == "write" for change in batch["changes"]]
    assert ["set", client.at("tracks/3")[0], "name", "Written"] in written
    assert "content" in {
        change[0] for batch in told if batch["cause"] == "live" for change in batch["changes"]
    }
    assert "content" not in {change[0] for change in written}
    assert stage.differences(client) == []


def test_an_unsent_change_is_newer_than_any_revision(stage: Stage) -> None:
    client = scarce(stage)
    client.write(call(CLIP, "add_new_notes", notes=many()))
    client.follow()
    answers = []
    for op in (call(CLIP, "add_new_notes", notes=many(4)), call("song", "undo")):
        request = begin(client, op, id=op["method"], if_revision=stage.script.batcher.revision)
        edit_without_end(stage, lambda request=request: client.reply(request))
        answers.append(refused(client.reply(request))["error"])
    assert answers == ["PRECONDITION_FAILED"] * 2


def test_a_snapshot_starts_during_continuous_edits(stage: Stage) -> None:
    client, other = scarce(stage), stage.client()
    client.write(call(CLIP, "add_new_notes", notes=many()))
    other.ask("set.snapshot")
    edit_without_end(stage, lambda: stage.script.batcher.shadow.snapshots)


def envelopes(client: Client) -> None:
    for name in ("volume", "panning"):
        client.write(
            call(
                CLIP,
                "insert_envelope_step",
                device_parameter="tracks/0/mixer_device/" + name,
                time=0.0,
                length=1.0,
                value=0.5,
            )
        )
    client.follow()


@pytest.mark.parametrize("turns", range(1, 8))
def test_a_clip_removed_while_being_read_is_sent_only_as_removed(stage: Stage, turns: int) -> None:
    client = scarce(stage)
    envelopes(client)
    batcher = stage.script.batcher
    batcher.mark(batcher.shadow.rows[client.at(CLIP)[0]], -1)
    stage.pump(turns)
    stage.live.person.do(lambda song: song.tracks[0].clip_slots[0].delete_clip())
    stage.pump(100)
    told = [change for batch in client.follow() for change in batch["changes"]]
    assert "absent" not in {change[0] for change in told}
    assert "remove" in {change[0] for change in told}


def test_a_clip_removed_while_the_audit_reads_it_was_not_missed(stage: Stage) -> None:
    client = scarce(stage)
    envelopes(client)
    audit, clip = stage.script.audit, client.at(CLIP)[0]
    stage.script.audit_time.share_s = 0.0

    def reads_envelopes() -> bool:
        row = audit._row
        if audit._reading is None or row is None or row.id != clip:
            return False
        return row.layout.names[row.layout.changing[audit._place - 1]] == "automation_envelopes"

    for _ in range(50_000):
        if reads_envelopes():
            break
        stage.pump()
    assert reads_envelopes()
    stage.live.person.do(lambda song: song.tracks[0].clip_slots[0].delete_clip())
    stage.pump(300)
    assert audit.counters["missed"] == 0


def rename(stage: Stage, track: int = 2) -> None:
    stage.live.person.do(lambda song: setattr(song.tracks[track], "name", "Strings"))


def test_an_edit_beside_a_running_write_is_attributed_to_the_person(stage: Stage) -> None:
    client = scarce(stage)
    request = begin(client, call(CLIP, "replace_notes", notes=many()))
    midway(stage)
    rename(stage, 0)
    assert finish(stage, client, request)["result"]["undo_steps"] == 2
    change = ["set", client.at("tracks/0")[0], "name", "Strings"]
    assert [batch["cause"] for batch in client.follow() if change in batch["changes"]] == ["live"]


@pytest.mark.parametrize("track", [0, 2])
def test_a_failed_write_reverts_no_simultaneous_edit(stage: Stage, track: int) -> None:
    client = scarce(stage)
    request = begin(client, call(CLIP, "add_new_notes", notes=many()), deadline_s=0.3)
    midway(stage)
    rename(stage, track)
    data = refused(finish(stage, client, request))
    assert (data["applied"], data["taken_back"]) == ([], 1)
    assert held(stage) == 0
    assert stage.song.tracks[track].name == "Strings"
    assert stage.differences(client) == []


def test_changes_not_reverted_because_of_a_simultaneous_edit_are_reported(stage: Stage) -> None:
    client = scarce(stage)
    client.write(call(CLIP, "add_new_notes", notes=many(8)))
    request = begin(client, call(CLIP, "replace_notes", notes=many()), deadline_s=0.3)
    while held(stage) < NOTES_A_PIECE:
        stage.pump()
    rename(stage)
    data = refused(finish(stage, client, request))
    assert [left["method"] for left in data["applied"]] == ["replace_notes"]
    assert stage.song.tracks[2].name == "Strings"
    assert stage.differences(client) == []


def test_a_write_with_a_simultaneous_edit_has_several_undo_steps(stage: Stage) -> None:
    client = scarce(stage)
    request = begin(client, call(CLIP, "replace_notes", notes=many()))
    midway(stage)
    rename(stage)
    result = finish(stage, client, request)["result"]
    assert (result["outcome"], result["undo_steps"]) == ("verified", 2)
    assert stage.live.history == ["Edit", "Custom Action", "Edit", "Custom Action"]
    stage.live.person.do(lambda song: song.undo())
    assert 0 < held(stage) < MANY


def test_long_values_are_not_compared_in_one_read(stage: Stage) -> None:
    client = scarce(stage)
    client.write(call(CLIP, "add_new_notes", notes=many(40)))
    client.follow()
    notes = client.at(CLIP)[4]["notes"]
    for expected, error in (
        (notes, None),
        ([], "PRECONDITION_FAILED"),
        (notes[:-1], "PRECONDITION_FAILED"),
        (notes * 100, "TOO_LARGE"),
    ):
        expect = [{"target": CLIP, "name": "notes", "value": expected}]
        answer = client.write(put(CLIP, "name", "x"), expect=expect)
        assert ("result" in answer) if error is None else refused(answer)["error"] == error
    clip = stage.song.tracks[0].clip_slots[0].clip
    stage.live.person.do(lambda song: clip.remove_notes_by_id((notes[0][0],)))
    expect = [{"target": CLIP, "name": "notes", "value": notes}]
    assert refused(client.write(put(CLIP, "name", "y"), expect=expect))["error"] == "PRECONDITION_FAILED"
    told = client.result("set.read", items=[[CLIP, "notes"]])
    assert "too long" in told["values"][0]["error"]["rule"]
