"""Writes: validated as a whole, one undo step each, read back, undone when they fail, executed once."""

from __future__ import annotations

from typing import Any

import pytest

from remote_script.SetMirror import finished_writes

from . import fake_live
from .guest import Client, Guest


@pytest.fixture
def guest(monkeypatch: pytest.MonkeyPatch) -> Guest:
    return Guest(monkeypatch)


def put(target: Any, name: str, value: Any, **more: Any) -> dict[str, Any]:
    return {"op": "set", "target": target, "name": name, "value": value, **more}


def call(target: Any, method: str, /, **args: Any) -> dict[str, Any]:
    return {"op": "call", "target": target, "method": method, "args": args}


def refused(answer: dict[str, Any]) -> dict[str, Any]:
    assert "error" in answer, answer
    data: dict[str, Any] = answer["error"]["data"]
    return data


def test_a_set_operation_is_verified_sent_in_one_batch_and_one_undo_entry(guest: Guest) -> None:
    client = guest.follower()
    result = client.write(put("tracks/0", "name", "Bass"), id="first", author="me")["result"]
    (batch,) = client.follow()
    assert result == {
        "write": "first",
        "outcome": "verified",
        "epoch": client.epoch,
        "revision": batch["revision"],
        "undo_steps": 1,
        "results": [{"changed": True, "before": "1-MIDI", "after": "Bass", "verified": True}],
    }
    assert (batch["cause"], batch["write"], batch["author"]) == ("write", "first", "me")
    assert len(guest.world.undone) == 1
    assert guest.world.step is None


def test_a_setting_of_the_song_does_not_read_its_tracks_and_scenes_again(
    guest: Guest, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = guest.follower()
    reader = guest.script.batcher.reader
    read: list[str] = []
    children = reader.children
    monkeypatch.setattr(
        reader, "children", lambda row, index: read.append(row.layout.names[index]) or children(row, index)
    )
    assert client.write(put("song", "tempo", 90))["result"]["outcome"] == "verified"
    assert not {"tracks", "scenes", "return_tracks"}.intersection(read), read
    client.write(call("song", "create_midi_track"))
    assert "tracks" in read


def test_many_operations_are_one_undo_entry_and_see_each_others_results(guest: Guest) -> None:
    client = guest.follower()
    answer = client.write(
        call("song", "create_midi_track", Index=-1),
        put("$0", "name", "Lead"),
        put("$0/devices/0/parameters/1", "value", 0.25),
        put("song", "tempo", 90),
    )
    client.follow()
    new = client.at("tracks/2")
    assert answer["result"]["results"][0]["result"] == {"id": new[0], "type": "Track", "ref": "tracks/2"}
    assert new[4]["name"] == "Lead"
    assert client.at("tracks/2/devices/0/parameters/1")[4]["value"] == 0.25
    assert client.at("song")[4]["tempo"] == 90
    assert answer["result"]["undo_steps"] == len(guest.world.undone) == 1


def test_setting_the_present_value_changes_nothing_and_makes_no_undo_entry(guest: Guest) -> None:
    client = guest.follower()
    result = client.write(put("tracks/0", "name", "1-MIDI"), put("song", "tempo", 120.0000001))["result"]
    assert (result["outcome"], result["undo_steps"]) == ("unchanged", 0)
    assert guest.world.undone == []
    assert client.follow() == []


@pytest.mark.parametrize(
    ("op", "error"),
    [
        (put("tracks/7", "name", "x"), "STALE_REFERENCE"),
        (put(9999, "name", "x"), "STALE_REFERENCE"),
        (put("tracks/0[Bass]", "name", "x"), "STALE_REFERENCE"),
        (put("tracks", "name", "x"), "INVALID_VALUE"),
        (put([], "name", "x"), "INVALID_VALUE"),
        (put("$3", "name", "x"), "INVALID_VALUE"),
        (put("song", "tempo", 19.9), "INVALID_VALUE"),
        (put("song", "tempo", "fast"), "INVALID_VALUE"),
        (put("song", "tempo", True), "INVALID_VALUE"),
        (put("song", "tempo", None), "INVALID_VALUE"),
        (put("tracks/0", "name", 5), "INVALID_VALUE"),
        (put("tracks/0", "mute", 1), "INVALID_VALUE"),
        (put("tracks/0/devices/0/parameters/0", "value", 1.5), "INVALID_VALUE"),
        (put("song", "nonsense", 1), "NOT_FOUND"),
        (put("song", "swing_amount", 0.5), "NOT_AVAILABLE"),
        (put("tracks/0/devices/0", "class_name", "x"), "NOT_WRITABLE"),
        (put("view", "selected_track", "scenes/0"), "INVALID_VALUE"),
        (call("song", "nonsense"), "NOT_FOUND"),
        (call("song", "end_undo_step"), "NOT_FOUND"),
        (call("song", "create_midi_track", where=1), "INVALID_PARAMS"),
        (call("song", "delete_track"), "INVALID_PARAMS"),
        (call("song", "delete_track", index="0"), "INVALID_VALUE"),
        ({"op": "destroy", "target": "song"}, "INVALID_PARAMS"),
    ],
    ids=lambda value: str(value)[:60],
)
def test_an_impossible_write_is_refused_before_any_operation(
    guest: Guest, op: dict[str, Any], error: str
) -> None:
    client = guest.follower()
    before = client.comparable()
    data = refused(client.write(put("tracks/1", "name", "never"), op))
    assert data["error"] == error
    assert [problem["op"] for problem in data["problems"]] == [1]
    client.follow()
    assert client.comparable() == before
    assert guest.world.undone == []


def test_all_problems_of_a_write_are_reported_together(guest: Guest) -> None:
    client = guest.follower()
    data = refused(
        client.write(put("tracks/7", "name", "x"), put("song", "tempo", 5), put("song", "tempo", 100))
    )
    assert [(p["op"], p["error"]) for p in data["problems"]] == [(0, "STALE_REFERENCE"), (1, "INVALID_VALUE")]


def test_an_operation_needs_the_version_of_live_that_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    guest = Guest(monkeypatch, version=(12, 1))
    client = guest.follower()
    data = refused(client.write(call("tracks/0", "insert_device", device_name="Reverb")))
    assert (data["error"], data["rule"]) == ("NOT_AVAILABLE", "Track.insert_device needs Live 12.3 or later")


def test_when_live_refuses_a_later_operation_earlier_ones_are_reverted(guest: Guest) -> None:
    client = guest.follower()
    guest.song._refuses.add("tempo")
    data = refused(client.write(put("tracks/0", "name", "Bass"), put("song", "tempo", 90)))
    assert (data["error"], data["op"], data["applied"]) == ("LIVE_REFUSED", 1, [])
    client.follow()
    assert client.at("tracks/0")[4]["name"] == "1-MIDI"
    assert guest.world.step is None
    assert guest.world.undone == []


def test_a_property_set_twice_is_compared_with_its_value_before_the_write(guest: Guest) -> None:
    client = guest.follower()
    guest.song._refuses.add("tempo")
    ops = [put("tracks/0", "name", "Bass"), put("tracks/0", "name", "Sub"), put("song", "tempo", 90)]
    data = refused(client.write(*ops))
    assert (data["op"], data["applied"], data["taken_back"]) == (2, [], 2)


def test_in_a_live_without_empty_entries_no_edit_of_a_person_is_lost(guest: Guest) -> None:
    client = guest.follower()
    guest.world.drops_empty_steps = True
    guest.song.tracks[1].name = "Person"
    guest.pump()
    guest.song._refuses.add("tempo")
    data = refused(client.write(put("tracks/0", "name", "Bass"), put("song", "tempo", 90)))
    assert data["applied"] == []
    client.follow()
    assert guest.world.redone == 1
    assert client.at("tracks/1")[4]["name"] == "Person"


def test_when_live_refuses_after_a_call_the_whole_step_is_undone(guest: Guest) -> None:
    client = guest.follower()
    guest.song._refuses.add("tempo")
    data = refused(
        client.write(
            call("song", "create_midi_track"), put("tracks/0", "name", "x"), put("song", "tempo", 90)
        )
    )
    assert (data["error"], data["applied"]) == ("LIVE_REFUSED", [])
    client.follow()
    assert len(client.at("song")[5]["tracks"]) == 2
    assert client.at("tracks/0")[4]["name"] == "1-MIDI"
    assert guest.world.undone == []


def test_changes_that_cannot_be_reverted_are_listed_exactly(guest: Guest) -> None:
    client = guest.follower()
    guest.song._refuses.add("tempo")
    track = guest.song.tracks[0]
    plain = type(track).__setattr__

    def once(self: Any, name: str, value: Any) -> None:
        plain(self, name, value)
        track._refuses.add(name)

    type(track).__setattr__ = once
    try:
        data = refused(client.write(put("tracks/0", "name", "Bass"), put("song", "tempo", 90)))
    finally:
        type(track).__setattr__ = plain
    assert data["applied"] == [
        {"op": 0, "target": "tracks/0", "name": "name", "before": "1-MIDI", "after": "Bass"}
    ]


def test_a_value_that_live_alters_is_reported_with_a_note(guest: Guest) -> None:
    client = guest.follower()
    track = guest.song.tracks[0]
    plain = type(track)._put
    type(track)._put = lambda self, name, value: plain(
        self, name, value.replace("#", "1") if name == "name" else value
    )
    try:
        (result,) = client.write(put("tracks/0", "name", "#-Lead"))["result"]["results"]
    finally:
        type(track)._put = plain
    assert (result["after"], result["verified"]) == ("1-Lead", True)
    assert "'#-Lead'" in result["note"]


def test_what_live_changes_late_without_notifying_it_is_sent_before_the_answer(guest: Guest) -> None:
    song = guest.song
    song._values["exclusive_solo"] = False
    song._late.add("tempo")
    client = guest.follower()
    put_late = type(song)._put

    def settle(name: str, value: Any) -> None:
        # No listener announces this property.
        song._values["exclusive_solo"] = True
        put_late(song, name, value)

    song.__dict__["_put"] = settle
    result = client.write(put("song", "tempo", 99.0), id="late")["result"]
    assert result["outcome"] == "verified"
    sent = [
        change for batch in client.follow() if batch.get("write") == "late" for change in batch["changes"]
    ]
    root = next(id_ for id_, obj in client.objects.items() if obj[1] == "Song")
    assert ["set", root, "exclusive_solo", True] in sent


def test_late_values_are_awaited_and_attributed_to_the_write(guest: Guest) -> None:
    client = guest.follower()
    guest.song._late.add("is_playing")
    result = client.write(put("song", "is_playing", True), id="play")["result"]
    assert (result["outcome"], result["undo_steps"]) == ("verified", 0)
    batches = client.follow()
    assert [(b["cause"], b.get("write")) for b in batches] == [("write", "play")]
    assert result["revision"] == batches[-1]["revision"]


def test_a_value_that_never_arrives_is_a_mismatch(guest: Guest) -> None:
    client = guest.follower()
    guest.song._late.add("is_playing")
    guest.world.loses_late = True
    result = client.write(put("song", "is_playing", True))["result"]
    assert result["outcome"] == "mismatch"
    assert result["results"][0] == {
        "changed": False,
        "before": False,
        "after": False,
        "verified": False,
        "note": "Live still shows the old value",
    }


def test_simultaneous_edits_of_a_person_are_not_attributed_to_the_write(guest: Guest) -> None:
    client = guest.follower()
    guest.song._late.add("is_playing")
    request = client.ask("write.execute", write="play", author="a", ops=[put("song", "is_playing", True)])
    guest.song.tracks[1].put("name", "Mine")
    guest.script.pump()
    guest.song.tracks[1].put("mute", True)
    guest.pump(3)
    assert client.reply(request)
    causes = {change[2]: batch["cause"] for batch in client.follow() for change in batch["changes"]}
    assert causes == {"name": "live", "mute": "live", "is_playing": "write"}


def test_the_same_write_is_executed_once_and_answered_twice(guest: Guest) -> None:
    client, other = guest.follower(), guest.client()
    first = client.write(call("song", "create_midi_track"), id="same")
    second = other.write(call("song", "create_midi_track"), id="same")
    assert first["result"] == second["result"]
    assert len(guest.song.tracks) == 3
    assert client.result("write.result", write="same") == first["result"]
    assert client.error("write.result", write="other")["error"] == "NOT_FOUND"


def test_a_result_is_given_for_the_same_request_and_for_no_other_with_its_id(guest: Guest) -> None:
    client = guest.follower()
    asked = {"write": "w", "author": "ada", "ops": [put("song", "tempo", 99.0)]}
    others = ({"author": "bob"}, {"ops": [put("song", "tempo", 98.0)]}, {"if_revision": 9}, {"dry_run": True})
    request = client.ask("write.execute", **asked)
    # The pump reads all requests before it runs the write.
    early = [client.ask("write.result", **{**asked, **other}) for other in ({}, *others)]
    guest.pump(3)
    refusals = [refused(client.reply(number) or {})["error"] for number in early]
    assert refusals == ["BUSY"] + ["NOT_FOUND"] * len(others)
    reply = client.reply(request)
    assert reply is not None
    assert client.result("write.result", **asked, label="again", deadline_s=3.0) == reply["result"]
    for other in others:
        assert client.error("write.result", **{**asked, **other})["error"] == "NOT_FOUND"
    assert client.error("write.result", write="w", ops=[3])["error"] == "INVALID_PARAMS"


def test_a_write_sent_twice_before_it_ran_is_executed_once(guest: Guest) -> None:
    client = guest.follower()
    asked = [
        client.ask("write.execute", write="w", ops=[call("song", "create_midi_track")]) for _ in range(2)
    ]
    guest.pump(3)
    answers = [client.reply(request) for request in asked]
    assert answers[0] is not None
    assert answers[1] is not None
    assert answers[0]["result"] == answers[1]["result"]
    assert len(guest.song.tracks) == 3


def test_results_are_kept_up_to_a_number_of_bytes_and_the_newest_in_any_case(
    guest: Guest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finished_writes, "RESULT_BYTES", 1)
    client = guest.follower()
    for id_ in ("older", "newer"):
        client.write(put("tracks/0", "name", id_), id=id_)
    assert client.error("write.result", write="older")["error"] == "NOT_FOUND"
    assert client.result("write.result", write="newer")["outcome"] == "verified"


def test_refusals_are_kept_too(guest: Guest) -> None:
    client = guest.follower()
    assert refused(client.write(put("song", "tempo", 5), id="bad"))["error"] == "INVALID_VALUE"
    assert client.error("write.result", write="bad")["error"] == "INVALID_VALUE"


def test_failed_expectations_stop_the_write(guest: Guest) -> None:
    client = guest.follower()
    guest.song.tracks[0].put("name", "Changed")
    data = refused(
        client.write(
            put("song", "tempo", 90), expect=[{"target": "tracks/0", "name": "name", "value": "1-MIDI"}]
        )
    )
    assert (data["error"], data["observed"]) == ("PRECONDITION_FAILED", "Changed")
    data = refused(client.write(put("song", "tempo", 90, expect=121.0)))
    assert (data["error"], data["observed"]) == ("PRECONDITION_FAILED", 120.0)
    assert client.write(put("song", "tempo", 90, expect=120))["result"]["outcome"] == "verified"


def test_a_change_since_the_given_revision_stops_only_writes_to_the_same_object(guest: Guest) -> None:
    client = guest.follower()
    revision = client.revision
    guest.song.tracks[0].put("name", "Person")
    guest.pump()
    data = refused(client.write(put("tracks/0", "name", "Agent"), if_revision=revision))
    assert data["error"] == "PRECONDITION_FAILED"
    assert (
        client.write(put("tracks/1", "name", "Agent"), if_revision=revision)["result"]["outcome"]
        == "verified"
    )


def test_a_write_is_refused_when_an_object_that_it_was_computed_from_was_edited(guest: Guest) -> None:
    client = guest.follower()
    revision = client.revision
    guest.song.tracks[0].put("name", "Person")
    data = refused(client.write(put("song", "tempo", 90), expect=[{"target": "tracks/0", "since": revision}]))
    assert (data["error"], data["unchanged"]) == ("PRECONDITION_FAILED", client.at("tracks/0")[0])
    client.follow()
    for since in (client.revision, client.revision + 5):
        fresh = client.write(put("song", "tempo", 91), expect=[{"target": "tracks/0", "since": since}])
        assert fresh["result"]["outcome"] in ("verified", "unchanged")
    other = client.write(put("song", "tempo", 92), expect=[{"target": "tracks/1", "since": revision}])
    assert other["result"]["outcome"] == "verified"
    for wrong in ({"target": "tracks/0", "since": True}, {"target": "tracks/0"}, {"since": 1}):
        assert refused(client.write(put("song", "tempo", 93), expect=[wrong]))["error"] == "INVALID_PARAMS"


def test_undo_is_refused_after_a_later_edit_by_another_author(guest: Guest) -> None:
    client = guest.follower()
    mine = client.write(put("tracks/0", "name", "Mine"))["result"]["revision"]
    guest.song.tracks[1].put("name", "Person")
    guest.pump()
    assert refused(client.write(call("song", "undo"), if_revision=mine))["error"] == "PRECONDITION_FAILED"
    again = client.write(put("tracks/0", "name", "Again"))["result"]["revision"]
    assert client.write(call("song", "undo"), if_revision=again)["result"]["outcome"] == "verified"
    client.follow()
    assert client.at("tracks/0")[4]["name"] == "Mine"
    assert refused(client.write(call("song", "undo"), put("song", "tempo", 90)))["error"] == "INVALID_PARAMS"


def test_a_dry_run_reports_changes_and_writes_nothing(guest: Guest) -> None:
    client = guest.follower()
    result = client.write(put("song", "tempo", 90), put("tracks/0", "name", "1-MIDI"), dry_run=True)["result"]
    assert [(r["changed"], r["before"], r["after"]) for r in result["results"]] == [
        (True, 120.0, 90.0),
        (False, "1-MIDI", "1-MIDI"),
    ]
    assert guest.song.tempo == 120.0
    assert result["dry_run"]


def test_notes_are_added_as_specifications_and_their_ids_returned(guest: Guest) -> None:
    fake_live.fill(guest.song.tracks[0].clip_slots[0])
    client = guest.follower()
    notes = [
        {"pitch": 60, "start_time": 0, "duration": 0.5},
        {"pitch": 64, "start_time": 1, "duration": 1, "velocity": 80},
    ]
    (result,) = client.write(call("tracks/0/clip_slots/0/clip", "add_new_notes", notes=notes))["result"][
        "results"
    ]
    client.follow()
    held = client.at("tracks/0/clip_slots/0/clip")[4]["notes"]
    assert [item[0] for item in held] == result["result"]
    assert [item[1:5] for item in held] == [[60, 0.0, 0.5, 100.0], [64, 1.0, 1.0, 80.0]]
    for bad in (
        {"pitch": 128, "start_time": 0, "duration": 1},
        {"pitch": 1, "start_time": 0, "duration": 0},
        {"pitch": 1},
    ):
        data = refused(client.write(call("tracks/0/clip_slots/0/clip", "add_new_notes", notes=[bad])))
        assert data["error"] == "INVALID_VALUE"


def test_on_an_older_live_the_step_stays_open_until_parameters_have_joined_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    guest = Guest(monkeypatch, version=(11, 3))
    monkeypatch.delattr(fake_live.Song, "sync_parameter_changes")
    client = guest.follower()
    request = client.ask(
        "write.execute", write="w", ops=[put("tracks/0/devices/0/parameters/0", "value", 0.75)]
    )
    guest.pump(5)
    # The value is verified, so the answer is sent; the next write waits for the undo step.
    answer = (client.reply(request) or {})["result"]
    assert (answer["outcome"], answer["undo_steps"]) == ("verified", 1)
    assert guest.world.step is not None
    following = client.ask("write.execute", write="next", ops=[put("song", "tempo", 90)])
    guest.pump(5)
    assert client.reply(following) is None
    assert client.follow()
    for _ in range(3):
        guest.script.update_display()
        guest.pump()
    assert guest.world.step is None
    assert (client.reply(following) or {})["result"]["outcome"] == "verified"
    assert len(guest.world.undone) == 2
    counters = guest.script.status()["writes"]
    assert (counters["executed"], counters["verified"]) == (2, 2)


def test_on_an_older_live_edits_before_the_end_of_the_step_are_reported(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    guest = Guest(monkeypatch, version=(11, 3))
    monkeypatch.delattr(fake_live.Song, "sync_parameter_changes")
    client = guest.follower()
    answer = client.write(put("tracks/0/devices/0/parameters/0", "value", 0.75), id="w")["result"]
    assert answer["undo_steps"] == 1
    guest.song.tracks[0].name = "a person's"
    for _ in range(4):
        guest.pump(2)
        guest.script.update_display()
    kept = client.call("write.result", write="w")["result"]
    assert kept == {**answer, "undo_steps": 2}


def test_a_write_to_a_full_queue_is_refused(guest: Guest) -> None:
    client = guest.follower()
    guest.song._late.add("is_playing")
    guest.world.loses_late = True
    client.ask("write.execute", write="slow", ops=[put("song", "is_playing", True)])
    guest.pump()
    for number in range(300):
        client.ask("write.execute", write=str(number), ops=[put("song", "tempo", 90)])
    guest.pump(15)
    client.take()
    errors = [m["error"]["data"]["error"] for m in client.got if "error" in m]
    assert set(errors) == {"BUSY"}
    assert len(errors) == 44


def test_a_set_closed_during_a_write_leaves_no_open_step(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    guest = Guest(monkeypatch, version=(11, 3))
    monkeypatch.delattr(fake_live.Song, "sync_parameter_changes")
    client = guest.follower()
    client.ask("write.execute", write="w", ops=[put("tracks/0/devices/0/parameters/0", "value", 0.75)])
    guest.pump(2)
    assert guest.world.step is not None
    guest.script.disconnect()
    assert guest.world.step is None
    assert guest.world.listeners == 0


def test_writes_of_several_clients_are_executed_in_order_of_arrival(guest: Guest) -> None:
    clients: list[Client] = [guest.follower(), guest.client(), guest.client()]
    for number in range(9):
        clients[number % 3].ask(
            "write.execute",
            write=str(number),
            author=f"a{number % 3}",
            ops=[put("song", "tempo", 60 + number)],
        )
    guest.pump(5)
    batches = [b for b in clients[0].follow() if b["cause"] == "write"]
    assert sorted(b["write"] for b in batches) == [str(n) for n in range(9)]
    assert [b["revision"] for b in batches] == list(range(1, 10))
    assert all(b["author"] == f"a{int(b['write']) % 3}" for b in batches)


def test_an_operation_refused_during_a_notification_is_retried(guest: Guest) -> None:
    client = guest.follower()
    guest.world.notifying = 1
    request = client.ask("write.execute", write="w", ops=[put("song", "tempo", 90)])
    guest.pump(3)
    assert client.reply(request) is None
    guest.world.notifying = 0
    guest.pump(2)
    assert (client.reply(request) or {})["result"]["outcome"] == "verified"
    assert len(guest.world.undone) == 1


def test_waiting_clients_get_the_known_outcome_when_the_set_closes(guest: Guest) -> None:
    client = guest.follower()
    guest.song._late.add("is_playing")
    guest.world.loses_late = True
    begun = client.ask("write.execute", write="begun", ops=[put("song", "is_playing", True)])
    queued = client.ask("write.execute", write="queued", ops=[put("song", "tempo", 90)])
    guest.pump(3)
    guest.script.disconnect()
    assert refused(client.reply(begun) or {})["error"] == "UNKNOWN_OUTCOME"
    assert refused(client.reply(queued) or {})["error"] == "EPOCH_CHANGED"
    assert guest.song.tempo == 120.0


def test_a_write_with_too_many_expectations_is_refused_before_its_checks(guest: Guest) -> None:
    client = guest.follower()
    wishes = [{"target": "song", "name": "tempo", "value": 1}] * 1001
    answer = client.call("write.execute", write="w", ops=[put("song", "tempo", 90)], expect=wishes)
    assert refused(answer)["error"] == "TOO_LARGE"
    assert guest.song.tempo == 120.0


@pytest.mark.parametrize("target", ["tracks/0" + "/x" * 10_000, "1" * 100_000])
def test_an_overlong_ref_is_refused(guest: Guest, target: str) -> None:
    client = guest.follower()
    values = client.call("set.read", items=[[target, "name"]])["result"]["values"]
    assert values[0]["error"]["error"] == "INVALID_VALUE"
    assert len(str(values)) < 1000
    assert refused(client.write(put(target, "name", "x")))["error"] == "INVALID_VALUE"
