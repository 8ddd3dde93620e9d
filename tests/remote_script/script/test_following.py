"""A client's replica equals Live: values, structure, content, also after re-binding and faults."""

from __future__ import annotations

import random
from typing import Any

import pytest

from remote_script.headless.sets.generate import large_set
from remote_script.SetMirror import create_instance
from remote_script.SetMirror.coming import DEVICES, OUTLINE
from remote_script.SetMirror.contract import schema

from . import fake_live
from .guest import Client, Guest
from .stage import Stage


@pytest.fixture
def guest(monkeypatch: pytest.MonkeyPatch) -> Guest:
    return Guest(monkeypatch)


def fresh(guest: Guest) -> dict[int, object]:
    """The present Set of a second client."""
    other = guest.client()
    other.snapshot()
    return other.comparable()


def test_a_snapshot_holds_every_object_with_its_place(guest: Guest) -> None:
    client = guest.follower()
    assert client.at("tracks/1")[4]["name"] == "2-MIDI"
    assert client.at("tracks/0/devices/0/parameters/2")[4] == {
        "automation_state": 0,
        "display": "0.50",
        "is_enabled": True,
        "is_quantized": False,
        "max": 1.0,
        "min": 0.0,
        "name": "P2",
        "state": 0,
        "value": 0.5,
    }
    assert client.at("view")[4]["selected_track"] == client.at("tracks/0")[0]
    assert client.at("scenes/1")[4]["clip_slots"] == [
        client.at(f"tracks/{n}/clip_slots/1")[0] for n in (0, 1)
    ]
    assert client.at("application")[1] == "Application"


def test_a_change_by_a_person_is_one_batch_of_cause_live(guest: Guest) -> None:
    client = guest.follower()
    guest.song.tracks[0].put("name", "Bass")
    guest.pump()
    (batch,) = client.follow()
    assert (batch["cause"], batch["changes"]) == ("live", [["set", client.at("tracks/0")[0], "name", "Bass"]])


def test_a_knob_moved_a_hundred_times_in_a_tick_is_sent_once(guest: Guest) -> None:
    client = guest.follower()
    parameter = guest.song.tracks[0].devices[0].parameters[0]
    for n in range(100):
        parameter.put("value", n / 100)
    guest.pump()
    (batch,) = client.follow()
    id_ = client.at("tracks/0/devices/0/parameters/0")[0]
    assert sorted(batch["changes"]) == [["set", id_, "display", "0.99"], ["set", id_, "value", 0.99]]


def test_a_removed_object_is_dropped_with_its_children_and_ids_follow_objects(guest: Guest) -> None:
    client = guest.follower()
    second = client.at("tracks/1")
    guest.song.delete_track(0)
    guest.pump()
    client.follow()
    assert client.at("tracks/0") == second
    assert client.at("scenes/0")[4]["clip_slots"] == [client.at("tracks/0/clip_slots/0")[0]]
    assert client.at("view")[4]["selected_track"] is None
    assert client.comparable() == fresh(guest)


def test_a_callback_reports_its_object_after_a_change_of_order(guest: Guest) -> None:
    client = guest.follower()
    first, second = guest.song.tracks
    guest.song.put("tracks", [second, first])
    guest.pump()
    first.put("name", "Moved")
    guest.pump()
    client.follow()
    assert client.at("tracks/1")[4]["name"] == "Moved"
    assert client.comparable() == fresh(guest)


def test_a_device_that_moves_to_another_track_keeps_its_id_and_its_parameters(guest: Guest) -> None:
    client = guest.follower()
    first, second = guest.song.tracks
    id_ = client.at("tracks/0/devices/0")[0]
    device = first.devices[0]
    first.put("devices", [])
    second.put("devices", [*second.devices, device])
    guest.pump()
    client.follow()
    assert client.at("tracks/1/devices/1")[0] == id_
    assert client.comparable() == fresh(guest)
    device.parameters[1].put("value", 0.125)
    guest.pump()
    client.follow()
    assert client.at("tracks/1/devices/1/parameters/1")[4]["value"] == 0.125


def test_a_move_notified_on_one_side_only_keeps_the_id(guest: Guest) -> None:
    client = guest.follower()
    first, second = guest.song.tracks
    id_ = client.at("tracks/0/devices/0")[0]
    device = first.devices[0]
    first._values["devices"] = []
    second.put("devices", [*second.devices, device])
    guest.pump(2)
    client.follow()
    assert client.at("tracks/1/devices/1")[0] == id_
    assert client.at("tracks/0")[5]["devices"] == []


def test_a_clip_is_added_and_removed_with_its_notes(guest: Guest) -> None:
    client = guest.follower()
    slot = guest.song.tracks[0].clip_slots[1]
    fake_live.fill(slot, fake_live.note(1), fake_live.note(2, pitch=64))
    guest.pump()
    client.follow()
    clip = client.at("tracks/0/clip_slots/1/clip")
    assert [item[:2] for item in clip[4]["notes"]] == [[1, 60], [2, 64]]
    gone = slot.clip
    slot._values["clip"] = None
    gone.die()
    slot.put("has_clip", False)
    guest.pump()
    client.follow()
    assert clip[0] not in client.objects


def test_one_changed_note_of_five_thousand_is_one_note_on_the_wire(guest: Guest) -> None:
    notes = [fake_live.note(n, start_time=n / 4) for n in range(5000)]
    clip = fake_live.fill(guest.song.tracks[0].clip_slots[0], *notes)
    client = guest.follower()
    changed = [
        fake_live.note(2500, start_time=2500 / 4, velocity=1.0) if n.note_id == 2500 else n
        for n in notes[:-1]
    ]
    clip.edit(notes)
    clip.edit(changed)
    guest.pump()
    (batch,) = client.follow()
    assert batch["changes"] == [
        [
            "content",
            client.at("tracks/0/clip_slots/0/clip")[0],
            "notes",
            [[2500, 60, 625.0, 1.0, 1.0, False, 1.0, 0.0, 64.0]],
            [4999],
        ]
    ]


def test_a_raising_getter_makes_the_property_absent(guest: Guest) -> None:
    client = guest.follower()
    track = guest.song.tracks[0]
    track._raises.add("arm")
    track.tell("arm")
    guest.pump()
    (batch,) = client.follow()
    assert batch["changes"] == [["absent", client.at("tracks/0")[0], "arm"]]


def test_a_value_without_a_json_form_becomes_null(guest: Guest) -> None:
    client = guest.follower()
    guest.song.put("tempo", float("nan"))
    guest.pump()
    client.follow()
    assert client.at("song")[4]["tempo"] is None


def test_a_change_without_notification_is_detected_by_the_audit(guest: Guest) -> None:
    client = guest.follower()
    guest.world.silent = True
    guest.song.tracks[1].devices[0].parameters[2].put("value", 0.75)
    guest.song.delete_track(0)
    guest.song.create_midi_track(-1)
    guest.world.silent = False
    guest.pump(200)
    assert {batch["cause"] for batch in client.follow()} == {"audit"}
    assert client.at("tracks/0/devices/0/parameters/2")[4]["value"] == 0.75
    assert client.comparable() == fresh(guest)
    assert guest.script.audit.counters["missed"] > 0


def test_a_polled_property_of_the_view_is_fresh_within_half_a_second(guest: Guest) -> None:
    client = guest.follower()
    guest.song.view._values["highlighted_clip_slot"] = guest.song.tracks[1].clip_slots[0]
    guest.pump(50)
    client.follow()
    assert client.at("view")[4]["highlighted_clip_slot"] == client.at("tracks/1/clip_slots/0")[0]


def test_listeners_that_live_refuses_are_counted_and_their_properties_polled(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    song = fake_live.song()
    song._world.refused_listeners.add("value")
    guest = Guest(monkeypatch, song)
    client = guest.follower()
    song.tracks[0].devices[0].parameters[0].put("value", 0.25)
    guest.pump(200)
    client.follow()
    assert client.at("tracks/0/devices/0/parameters/0")[4]["value"] == 0.25
    assert guest.script.status()["listeners"]["refused"]["DeviceParameter.value"] == 8


def test_an_address_used_again_is_a_new_object(guest: Guest) -> None:
    client = guest.follower()
    old = guest.song.tracks[0]
    id_ = client.at("tracks/0")[0]
    new = fake_live.track(guest.world, "Reborn")
    new.__dict__["_live_ptr"] = old._live_ptr
    guest.song._values["tracks"] = [new, guest.song.tracks[1]]
    old.die()
    guest.song.tell("tracks")
    guest.pump()
    client.follow()
    assert client.at("tracks/0")[4]["name"] == "Reborn"
    assert client.at("tracks/0")[0] != id_
    assert client.comparable() == fresh(guest)


@pytest.mark.parametrize("seed", range(9))
def test_after_random_edits_the_replica_equals_live_and_listeners_equal_the_objects(
    guest: Guest, seed: int
) -> None:
    everything_converges(guest, seed)


@pytest.mark.slow
def test_after_any_of_many_histories_the_replica_equals_live(monkeypatch: pytest.MonkeyPatch) -> None:
    for seed in range(1000, 1150):
        everything_converges(Guest(monkeypatch, fake_live.song(tracks=3, parameters=2)), seed)


def everything_converges(guest: Guest, seed: int) -> None:
    """Make random edits, some without notification, some during a flush; then the replica must equal Live."""
    script, draw = guest.script, random.Random(seed)
    client = guest.follower()
    budget_s = script._budget_s
    # With a negative budget every slice ends at once, so that edits fall between any two steps of a flush.
    script._budget_s = (budget_s, 0.0, -1.0)[seed % 3]
    for _ in range(120):
        guest.world.silent = draw.random() < 0.05
        edit(guest, draw)
        guest.world.silent = False
        if draw.random() < 0.7:
            guest.pump()
            client.follow()
    script._budget_s = budget_s
    guest.pump(400)
    client.follow()
    assert client.comparable() == fresh(guest)
    for row in list(script.batcher.shadow.rows.values()):
        script.audit.look(row)
    assert script.audit.take() == {}
    assert script.counters["failures"] == 0, guest.instance.lines
    assert guest.world.listeners == count(guest.song)
    script.disconnect()
    assert guest.world.listeners == 0


def edit(guest: Guest, draw: random.Random) -> None:
    """One change by a person."""
    song = guest.song
    track = draw.choice(song.tracks)
    which = draw.randrange(8)
    if which == 0:
        song.create_midi_track(draw.randrange(-1, len(song.tracks)))
    elif which == 1 and len(song.tracks) > 1:
        song.delete_track(draw.randrange(len(song.tracks)))
    elif which == 2:
        tracks = list(song.tracks)
        draw.shuffle(tracks)
        song.put("tracks", tracks)
    elif which == 3:
        other = draw.choice(song.tracks)
        if track.devices and other != track:
            device = track.devices[0]
            track.put("devices", track.devices[1:])
            other.put("devices", [device, *other.devices])
    elif which == 4:
        slot = draw.choice(track.clip_slots)
        if slot.clip is None:
            fake_live.fill(slot, fake_live.note(1))
        else:
            clip, slot._values["clip"] = slot.clip, None
            clip.die()
            slot.put("has_clip", False)
    elif which == 5:
        for slot in track.clip_slots:
            if slot.clip is not None:
                slot.clip.edit(
                    [fake_live.note(n, pitch=draw.randrange(128)) for n in range(draw.randrange(4))]
                )
    elif which == 6:
        song.view.put("selected_track", track)
    else:
        track.put("name", str(draw.random()))


def count(song: object) -> int:
    """The number of listeners that the present fake objects should have."""
    total, seen = 0, [song]
    while seen:
        each: Any = seen.pop()
        total += sum(len(mine) for mine in each._listeners.values())
        for name, prop in schema.properties(type(each).__name__).items():
            held = each._values.get(name) if prop.is_tree else None
            seen += held if isinstance(held, list) else [held] if held is not None else []
    return total


def test_a_snapshot_is_one_revision_although_the_set_changes_while_it_streams(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    guest = Guest(monkeypatch, fake_live.song(tracks=30, parameters=40))
    guest.until_ready()
    client, reader = guest.client(), guest.client(room=4000)
    client.snapshot()
    request = reader.ask("set.snapshot")
    draw = random.Random(3)
    guest.pump()
    for _ in range(600):
        edit(guest, draw)
        guest.pump()
        answer = reader.reply(request)
        if answer is not None:
            break
    assert answer is not None
    held = reader.received(request)
    assert answer["result"]["revision"] < guest.script.batcher.revision
    at_revision = Replay(client, answer["result"]["revision"])
    assert held == at_revision.objects
    assert guest.script.batcher.shadow.snapshots == []


class Replay:
    """The client's first snapshot, advanced to `revision` with the missed batches."""

    def __init__(self, client: Client, revision: int) -> None:
        client.watch()
        client.take()
        batches = [m["params"] for m in client.got if m.get("method") == "set.batch"]
        for batch in batches:
            if client.revision < batch["revision"] <= revision:
                client.revision = batch["revision"]
                for change in batch["changes"]:
                    client._apply(change)
        assert client.revision == revision
        self.objects = client.objects


def test_a_reconnecting_client_resumes_or_is_asked_to_resync(guest: Guest) -> None:
    client = guest.follower()
    away = guest.client()
    away.snapshot()
    for n in range(20):
        guest.song.tracks[0].put("name", str(n))
        guest.pump()
    away.watch()
    assert len(away.follow()) == 20
    client.follow()
    assert away.comparable() == client.comparable()
    history = guest.script.batcher.history
    history._most = 5
    guest.song.tracks[0].put("name", "last")
    guest.pump()
    error = away.error("set.watch", epoch=away.epoch, after_revision=3)
    assert (error["error"], error["oldest"]) == ("REVISION_TOO_OLD", guest.script.batcher.revision - 5)
    assert away.error("set.watch", epoch="other", after_revision=3)["error"] == "EPOCH_CHANGED"


def test_the_heartbeat_has_the_revision_every_two_seconds(guest: Guest) -> None:
    client = guest.follower()
    client.got.clear()
    guest.pump(605)
    beats = client.notices("bridge.heartbeat")
    assert len(beats) == 3
    assert beats[-1]["revision"] == guest.script.batcher.revision


def test_requests_during_the_first_reading_are_answered_with_progress(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    guest = Guest(monkeypatch, fake_live.song(tracks=60, parameters=60))
    guest.script._budget_s = 0.001
    client = guest.client()
    error = client.error("set.snapshot")
    assert error["error"] == "NOT_READY"
    assert 0 <= error["progress"] < 1
    assert client.error("write.execute", write="w", ops=[])["error"] == "NOT_READY"
    guest.until_ready()
    client.take()
    assert len(client.notices("bridge.ready")) == 1
    assert client.notices("bridge.progress")


def test_a_pump_that_is_not_driven_by_the_timer_is_driven_by_the_display(guest: Guest) -> None:
    guest.until_ready()
    timer = guest.script._timer._timer
    timer.stop()
    guest.now += 0.2
    pumps = guest.script.counters["pumps"]
    guest.script.update_display()
    assert guest.script.counters["pumps"] == pumps + 1
    assert timer.running


def test_gauges_are_read_on_request_and_are_not_part_of_the_replica(guest: Guest) -> None:
    guest.song._values["current_song_time"] = 17.25
    client = guest.follower()
    assert "current_song_time" not in client.at("song")[4]
    values = client.result(
        "set.read", items=[["song", "current_song_time"], ["tracks/9", "name"], ["tracks/0", "die"]]
    )
    assert values["values"][0] == 17.25
    assert [value["error"]["error"] for value in values["values"][1:]] == ["STALE_REFERENCE", "NOT_AVAILABLE"]


def test_an_internal_error_leads_to_a_new_reading(guest: Guest, monkeypatch: pytest.MonkeyPatch) -> None:
    client = guest.follower()
    monkeypatch.setattr(guest.script.batcher, "_compare", lambda *_: 1 / 0)
    guest.song.tracks[0].put("name", "Bass")
    guest.pump(2)
    assert client.notices("bridge.resync")
    guest.pump(600)
    client.snapshot()
    assert client.at("tracks/0")[4]["name"] == "Bass"
    assert any("ZeroDivisionError" in line for line in guest.instance.lines)
    assert guest.world.listeners == count(guest.song)


def test_disconnecting_sends_goodbye_closes_and_stops(guest: Guest) -> None:
    client = guest.follower()
    timer = guest.script._timer._timer
    guest.script.disconnect()
    guest.script.disconnect()
    assert client.notices("bridge.bye") == [{"reason": "disconnect"}]
    assert guest.listener.closed
    assert not timer.running
    guest.script.pump()
    guest.script.update_display()


def test_without_a_song_the_script_is_inert_and_logs_one_line() -> None:
    class Broken(fake_live.Instance):
        def song(self) -> Any:
            raise RuntimeError("no document")

    instance = Broken(None)
    create_instance(instance).disconnect()
    assert "no document" in instance.lines[-1]


def test_the_progress_follows_the_parts_that_are_still_to_come() -> None:
    stage = Stage(large_set(20, 40, 200, 2000), budget_s=0.0)
    shown: dict[tuple[str, ...], list[float]] = {}
    while not (status := stage.script.status())["ready"]:
        parts = tuple(status["coming"]) if status["outline"] else ("outline",)
        shown.setdefault(parts, []).append(status["progress"])
        # The script reports twice a second.
        stage.pump(10)
    everything = [progress for some in shown.values() for progress in some]
    assert everything == sorted(everything)
    assert max(shown["outline",]) <= OUTLINE
    with_devices = [progress for parts, some in shown.items() if DEVICES in parts for progress in some]
    # The devices have most of the objects: their progress is shown, and it ends long before the whole.
    assert len(set(with_devices)) >= 20
    assert max(with_devices) < 0.85
    stage.live.close()
