"""The script in headless Live: a client's replica equals Live, with edits by people, undo, other Sets and stalls."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from remote_script.headless.sets.generate import default_set, large_set
from tests import changes, sets
from tests.lean import demo_set
from tests.remote_script.headless.world import small_set

from .guest import Client
from .stage import Stage
from .test_writing import call, put, refused


@contextmanager
def on_stage(spec: Any = None, version: str = "12.4", **options: Any) -> Iterator[Stage]:
    """A Live with the script; checks at the end that no error occurred and no listener is left."""
    stage = Stage(spec, version, **options)
    yield stage
    assert stage.script.counters["failures"] == 0, stage.hosted.log
    assert stage.live.listener_count() == stage.script.batcher.observers.attached
    stage.hosted.disconnect()
    assert stage.live.listener_count() == 0
    stage.live.close()


@pytest.mark.parametrize("version", ["11.0", "11.3", "12.0", "12.1", "12.3", "12.4"])
def test_the_demo_set_is_mirrored_exactly_in_every_live(version: str) -> None:
    with on_stage(demo_set(), version) as stage:
        client = stage.follower()
        assert stage.differences(client) == []
        assert stage.script.audit.counters["missed"] == 0


def test_a_rename_among_a_hundred_tracks_is_a_few_kilobytes_on_the_wire() -> None:
    with on_stage(large_set(tracks=100, clips=10, notes=0, parameters=0)) as stage:
        client = stage.follower()
        for names in (["A new name"], ["Another", "One more"], ["One more", "Another"]):
            before = stage.script.server.counters["bytes_out"]  # type: ignore[union-attr]
            for place, name in enumerate(names):
                stage.song.tracks[3 + place].name = name
            stage.pump(300)
            client.follow()
            assert stage.differences(client) == []
            spent = stage.script.server.counters["bytes_out"] - before  # type: ignore[union-attr]
            assert spent < 10_000, names
        for edit in (lambda: stage.song.create_midi_track(50), lambda: stage.song.delete_track(10)):
            before = stage.script.server.counters["bytes_out"]  # type: ignore[union-attr]
            edit()
            stage.pump(300)
            client.follow()
            assert stage.differences(client) == []
            spent = stage.script.server.counters["bytes_out"] - before  # type: ignore[union-attr]
            assert spent < 30_000


@sets.parametrize
def test_a_real_set_is_mirrored_exactly(als: Path) -> None:
    with on_stage(sets.spec(als)) as stage:
        client = stage.follower()
        assert stage.differences(client) == []


def test_the_untouched_default_set_gives_no_changes() -> None:
    with on_stage(default_set()) as stage:
        client = stage.follower()
        stage.live.run_for(10)
        assert client.follow() == []


@pytest.mark.parametrize("seed", range(4))
def test_the_replica_equals_live_after_any_action_of_a_person(seed: int) -> None:
    a_session(seed)


def launch(song: Any, draw: random.Random) -> None:
    """Actions of a person who plays a Set: launching, stopping and relaunching."""
    tracks = list(song.tracks)
    track = draw.choice(tracks)
    filled = [slot for each in tracks for slot in each.clip_slots if slot.has_clip]
    draw.choice(
        [
            song.undo,
            song.redo,
            song.start_playing,
            song.stop_playing,
            song.stop_all_clips,
            track.stop_all_clips,
            lambda: setattr(song, "back_to_arranger", False),
            lambda: setattr(track, "arm", not track.arm),
            lambda: draw.choice(list(track.clip_slots)).fire(),
            lambda: draw.choice(list(song.scenes)).fire(),
            lambda: draw.choice(filled).fire(),
            lambda: draw.choice(filled).delete_clip(),
            lambda: song.create_midi_track(0),
            lambda: song.delete_track(draw.randrange(len(tracks))),
            lambda: song.duplicate_track(draw.randrange(len(tracks))),
            lambda: song.create_scene(draw.randrange(3)),
            lambda: song.delete_scene(0),
        ]
    )()


@pytest.mark.parametrize("seed", [0, 1, 3, 5, 8])
def test_properties_with_a_listener_are_never_left_to_the_audit(seed: int) -> None:
    draw = random.Random(seed)
    with on_stage(demo_set()) as stage:
        client = stage.follower()
        for _ in range(80):
            action = draw.choice([launch, launch, changes.by_hand])
            try:
                stage.live.person.do(lambda song, action=action: action(song, draw))
            except changes.REFUSALS:
                pass
            stage.pump(draw.choice([1, 3, 5, 60]))
        stage.live.person.do(lambda song: song.stop_playing())
        assert stage.differences(client) == []
        assert stage.script.audit.counters["missed"] == 0, stage.script.audit.counters["by"]


def test_a_slot_stops_with_its_clip_for_every_author() -> None:
    with on_stage(small_set()) as stage:
        client = stage.follower()
        stage.script.audit_time.share_s = 0.0
        slot = stage.song.tracks[0].clip_slots[1]
        slot.create_clip(4.0)
        slot.fire()
        stage.pump(30)
        client.follow()
        assert client.at("tracks/0/clip_slots/1")[4]["is_playing"] is True
        stage.song.tracks[0].stop_all_clips(False)
        stage.pump(3)
        client.follow()
        assert client.at("tracks/0/clip_slots/1")[4]["is_playing"] is False


@pytest.mark.slow
def test_the_replicas_equal_live_after_any_actions_of_people() -> None:
    for seed in range(100, 160):
        a_session(seed)


def a_session(seed: int) -> None:
    draw = random.Random(seed)
    with on_stage(demo_set(), budget_s=(0.004, 0.0)[seed % 2]) as stage:
        client = stage.follower()
        for _ in range(60):
            try:
                stage.live.person.do(lambda song: changes.by_hand(song, draw))
            except changes.REFUSALS:
                pass
            stage.pump(draw.randrange(4))
            client.follow()
        stage.live.person.do(lambda song: song.stop_playing())
        stage.script._budget_s = 0.004
        assert stage.differences(client) == []


def test_opening_another_set_sends_goodbye_and_starts_a_new_epoch() -> None:
    stage = Stage(demo_set())
    client = stage.follower()
    first = stage.script
    stage.live.open_set(default_set())
    stage.live.run_for(4)
    assert client.notices("bridge.bye") == [{"reason": "disconnect"}]
    assert client.pipe.closed_by_script
    assert stage.script is not first
    again = stage.follower()
    assert again.epoch != client.epoch
    assert stage.differences(again) == []
    assert stage.live.listener_count() == stage.script.batcher.observers.attached
    stage.live.close()


def test_changes_during_a_stall_are_sent_afterwards() -> None:
    with on_stage(demo_set()) as stage:
        client = stage.follower()
        stage.live.stall(30)
        stage.live.person.do(lambda song: song.create_midi_track(-1))
        stage.live.person.do(lambda song: setattr(song, "tempo", 99.0))
        stage.live.run_for(31)
        client.follow()
        assert client.at("song")[4]["tempo"] == 99.0
        assert stage.differences(client) == []


def test_a_playing_song_increments_the_revision_only_for_changes() -> None:
    with on_stage(default_set()) as stage:
        client = stage.follower()
        client.write(call("song", "start_playing"))
        client.follow()
        stage.live.run_for(1)
        quiet = client.follow()
        told = {change[2] for batch in quiet for change in batch["changes"]}
        assert told <= {"can_undo", "can_jump_to_prev_cue", "can_jump_to_next_cue", "song_length"}
        values = client.result("set.read", items=[["song", "current_song_time"], ["song", "is_playing"]])
        assert values["values"][0] == pytest.approx(2.1, abs=0.5)
        assert values["values"][1] is True


def test_the_reason_for_an_unreadable_property_is_sent() -> None:
    with on_stage(default_set()) as stage:
        client = stage.follower()
        items = [["master_track", "mute"], ["tracks/0/mixer_device", "crossfader"], ["song", "no_such"]]
        values = client.result("set.read", items=items)["values"]
        assert [value["error"]["said"] for value in values] == [
            "Main track has no 'mute' property!",
            "Only the main track has a crossfader!",
            "",
        ]


def test_intervals_of_lives_ticks_are_reported() -> None:
    with on_stage(default_set()) as stage:
        client = stage.follower()
        before = client.result("bridge.status")["distances"]
        stage.live.run_for(2)
        client.follow()
        distances = client.result("bridge.status")["distances"]
        assert distances["timer"]["count"] > before["timer"]["count"] + 100
        assert distances["timer"]["p50_ms"] == pytest.approx(10, abs=1)
        assert distances["update_display"]["p50_ms"] == pytest.approx(100, abs=5)


# -- writes -----------------------------------------------------------------------------------------------


def history(stage: Stage) -> int:
    return len(stage.live.history)


def done(client: Client, *ops: dict[str, Any]) -> dict[str, Any]:
    answer = client.write(*ops)
    assert "result" in answer, answer
    client.follow()
    result: dict[str, Any] = answer["result"]
    return result


def test_a_track_with_device_clip_and_notes_is_one_entry_and_one_undo() -> None:
    with on_stage(demo_set()) as stage:
        client = stage.follower()
        before, entries = client.comparable(), history(stage)
        result = done(
            client,
            call("song", "create_midi_track", index=-1),
            put("$0", "name", "Lead"),
            call("$0", "insert_device", device_name="Drift"),
            call("$0/clip_slots/0", "create_clip", pages=4.0),
            call("$3", "add_new_notes", notes=[{"pitch": 60, "start_time": 0, "duration": 1}]),
            put("$0/mixer_device/volume", "value", 0.5),
        )
        assert (result["outcome"], result["undo_steps"], history(stage)) == ("verified", 1, entries + 1)
        track = result["results"][0]["result"]["ref"]
        assert [note[1:4] for note in client.at(f"{track}/clip_slots/0/clip")[4]["notes"]] == [[60, 0.0, 1.0]]
        assert done(client, call("song", "undo"))["outcome"] == "verified"
        assert history(stage) == entries
        assert stage.differences(client) == []
        view = client.at("view")[0]
        same = {id_: obj for id_, obj in client.comparable().items() if obj[1] == "Track" and id_ != view}
        assert {id_ for id_ in same} == {id_ for id_, obj in before.items() if obj[1] == "Track"}


CASES: list[tuple[dict[str, Any], str, int]] = [
    (put("song", "tempo", 90), "verified", 1),
    (put("song", "tempo", 82), "unchanged", 0),
    (put("song", "metronome", True), "verified", 0),
    (put("song", "is_playing", True), "verified", 0),
    (put("song", "loop", True), "verified", 1),
    (put("song", "loop_start", 4.0), "verified", 1),
    (put("song", "signature_numerator", 3), "verified", 1),
    (put("song", "clip_trigger_quantization", "1/4"), "verified", 0),
    (put("song", "scale_name", "Dorian"), "verified", 1),
    (put("song", "record_mode", True), "verified", 0),
    (put("tracks/1", "name", "Other"), "verified", 1),
    (put("tracks/1", "name", "# Keys"), "verified", 1),
    (put("tracks/1", "color", 0x00FF00), "verified", 1),
    (put("tracks/1", "mute", True), "verified", 1),
    (put("tracks/1", "arm", True), "verified", 0),
    (put("tracks/1", "output_routing_type", "Sends Only"), "verified", 1),
    (put("tracks/1/mixer_device/volume", "value", 0.25), "verified", 1),
    (put("tracks/1/mixer_device/sends/0", "value", 0.25), "verified", 1),
    (put("view", "selected_track", "tracks/2"), "verified", 0),
    (put("scenes/1", "name", "Break"), "verified", 1),
    (call("song", "create_scene", index=-1), "verified", 1),
    (call("song", "create_audio_track", index=0), "verified", 1),
    (call("song", "create_return_track"), "verified", 1),
    (call("song", "duplicate_track", index=1), "verified", 1),
    (call("song", "duplicate_scene", index=1), "verified", 1),
    (call("song", "delete_track", index=1), "verified", 1),
    (call("song", "delete_scene", index=1), "verified", 1),
    (call("song", "delete_return_track", index=1), "verified", 1),
    (call("song", "create_cue_point", time=12.0, name="Here"), "verified", 1),
    (call("song", "start_playing"), "verified", 0),
    (call("song", "stop_playing"), "unchanged", 0),
    (call("tracks/1", "insert_device", device_name="Reverb"), "verified", 1),
    (call("tracks/1", "delete_device", device=0), "verified", 1),
    (call("tracks/0/clip_slots/0", "fire"), "verified", 0),
    (call("tracks/0/clip_slots/0", "delete_clip"), "verified", 1),
    (call("application/browser", "load", path="audio_effects/Reverb"), "verified", 1),
]


@pytest.mark.parametrize(("op", "outcome", "entries"), CASES, ids=lambda value: str(value)[:70])
def test_each_operation_has_the_declared_outcome_and_undo_entries(
    op: dict[str, Any], outcome: str, entries: int
) -> None:
    with on_stage(demo_set()) as stage:
        client = stage.follower()
        before = history(stage)
        result = done(client, op)
        stage.live.run_for(0.5)
        assert (result["outcome"], result["undo_steps"]) == (outcome, entries), result
        assert history(stage) == before + entries
        stage.live.person.do(lambda song: song.stop_playing())
        assert stage.differences(client) == []


MOVED_ON = ("delete_clip", "delete_scene", "create_audio_track", "load")
"""Operations after which the second operation's slot is another one or free; a load is a separate entry."""


@pytest.mark.parametrize(
    "op",
    [op for op, _, entries in CASES if entries and op.get("method") not in MOVED_ON],
    ids=lambda op: str(op)[:70],
)
@pytest.mark.parametrize("version", [pytest.param("11.3", marks=pytest.mark.slow), "12.4"])
def test_a_write_failing_at_its_end_restores_the_set_and_the_undo_history(
    op: dict[str, Any], version: str
) -> None:
    with on_stage(demo_set(), version) as stage:
        client = stage.follower()
        entries = list(stage.live.history)
        before = names(stage.song)
        # Live itself must refuse this, since the slot is full.
        answer = client.write(op, call("tracks/0/clip_slots/0", "create_clip", pages=4.0))
        data = refused(answer)
        assert data["error"] in ("LIVE_REFUSED", "NOT_AVAILABLE")
        stage.live.run_for(0.5)
        assert data.get("applied", []) == []
        assert names(stage.song) == before
        assert list(stage.live.history) == entries
        client.follow()
        assert stage.differences(client) == []


def names(song: Any) -> list[Any]:
    """The parts of the Set that these writes change."""
    found: list[Any] = [song.tempo, song.loop, song.loop_start, song.signature_numerator, song.scale_name]
    for track in [*song.tracks, *song.return_tracks]:
        values = [p.value for device in track.devices for p in device.parameters]
        sends = [send.value for send in track.mixer_device.sends]
        found.append((track.name, track.color, track.mute, track.mixer_device.volume.value, sends, values))
        found.append((track.output_routing_type.display_name, [slot.has_clip for slot in track.clip_slots]))
    return [*found, [scene.name for scene in song.scenes], [(c.name, c.time) for c in song.cue_points]]


@pytest.mark.parametrize("version", ["11.3", "12.4"])
@pytest.mark.parametrize("seed", range(2))
def test_random_writes_are_one_entry_each_and_undoing_all_restores_the_set(seed: int, version: str) -> None:
    draw = random.Random(seed)
    with on_stage(demo_set(), version) as stage:
        client = stage.follower()
        first, began = names(stage.song), history(stage)
        # A load ends in a later turn; a recording is an entry that Live makes.
        pool = [op for op, outcome, _ in CASES if outcome == "verified"]
        pool = [op for op in pool if op.get("method") != "load" and op.get("name") != "record_mode"]
        for _ in range(25):
            ops = [draw.choice(pool) for _ in range(draw.randrange(1, 5))]
            before, state = history(stage), names(stage.song)
            answer = client.write(*ops)
            client.follow()
            stage.live.run_for(0.2)
            if "error" in answer:
                assert names(stage.song) == state, (ops, answer)
                assert history(stage) == before, (ops, answer)
            else:
                assert history(stage) - before == answer["result"]["undo_steps"], (ops, answer)
        assert stage.differences(client) == []
        while history(stage) > began:
            stage.song.undo()
            stage.live.run_for(0.1)
        assert names(stage.song) == first
        assert stage.differences(client) == []
