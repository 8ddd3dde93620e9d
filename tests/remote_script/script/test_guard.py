"""The policy in the script, for objects at the time of the call and of the write; questions and the switch."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from remote_script.SetMirror import calls
from remote_script.SetMirror.guard import _is_made
from tests.lean import demo_set
from tests.touched import Difference, Reading

from .guest import Client
from .stage import Stage


def put(target: Any, name: str, value: Any) -> dict[str, Any]:
    return {"op": "set", "target": target, "name": name, "value": value}


def call(target: Any, method: str, /, **args: Any) -> dict[str, Any]:
    return {"op": "call", "target": target, "method": method, "args": args}


@pytest.fixture
def stage() -> Iterator[Stage]:
    held = Stage(demo_set(), budget_s=10.0)
    yield held
    assert held.script.counters["failures"] == 0, held.hosted.log
    held.hosted.disconnect()
    held.live.close()


VERSIONS = iter(range(1, 10_000))


def guarded(client: Client, *rules: dict[str, Any], who: str = "agent") -> dict[str, Any]:
    """Send rules; returns the `policy` field of a write."""
    version = next(VERSIONS)
    assert client.result("policy.protect", client=who, version=version, rules=list(rules)) == {
        "version": version
    }
    return {"client": who, "version": version, "tool": "call_method"}


def outcome(answer: dict[str, Any]) -> str:
    """The outcome of a write, or the name of its refusal."""
    return str(answer["result"]["outcome"] if "result" in answer else answer["error"]["data"]["error"])


def ids(client: Client, *refs: str) -> list[int]:
    return [client.at(ref)[0] for ref in refs]


def names(stage: Stage) -> list[str]:
    return [track.name for track in stage.song.tracks]


def test_a_rule_applies_at_the_former_and_the_present_place_of_an_object(stage: Stage) -> None:
    client = stage.follower()
    (drums, keys, bass) = ids(client, "tracks/0", "tracks/1", "tracks/2")
    policy = guarded(client, {"decide": "deny", "refs": ["tracks/0"], "ids": [drums]})
    before = names(stage)
    assert (
        outcome(
            client.write(call("song", "create_midi_track", index=0), put(drums, "name", "x"), policy=policy)
        )
        == "DENIED"
    )
    assert names(stage) == before
    # A person deletes the first track, so another track is at its place.
    stage.live.person.do(lambda song: song.delete_track(0))
    stage.pump(5)
    assert outcome(client.write(put(keys, "name", "x"), policy=policy)) == "DENIED"
    assert outcome(client.write(put(bass, "name", "x"), policy=policy)) == "verified"


def test_an_object_moved_to_a_protected_place_is_protected(stage: Stage) -> None:
    client = stage.follower()
    keys, bass, later = ids(client, "tracks/1", "tracks/2", "tracks/5")
    policy = guarded(client, {"decide": "deny", "refs": ["tracks/1"], "ids": [keys]})
    before = names(stage)
    delete = call("song", "delete_track", index=0)
    assert outcome(client.write(delete, put(bass, "name", "x"), policy=policy)) == "DENIED"
    assert names(stage) == before
    assert outcome(client.write(delete, put(later, "name", "x"), policy=policy)) == "verified"


def test_a_write_may_change_objects_that_it_created(stage: Stage) -> None:
    client = stage.follower()
    policy = guarded(
        client, {"decide": "deny", "refs": ["tracks/*"], "ids": ids(client, "tracks/0", "tracks/1")}
    )
    made = put("$0", "name", "Mine"), put("$0/mixer_device", "panning_mode", 1)
    assert (
        outcome(client.write(call("song", "create_midi_track", index=0), *made, policy=policy)) == "verified"
    )
    assert outcome(client.write(put("tracks/0", "name", "x"), policy=policy)) == "DENIED"


def test_objects_created_under_a_protected_parent_are_protected(stage: Stage) -> None:
    """A new return adds a send to each mixer, which has no id yet."""
    client = stage.follower()
    (mixer,) = ids(client, "tracks/0/mixer_device")
    policy = guarded(client, {"decide": "deny", "refs": ["tracks/0/mixer_device"], "ids": [mixer]})
    made = call("song", "create_return_track")
    assert outcome(client.write(made, put(f"@{mixer}/sends/$0", "value", 0.5), policy=policy)) == "DENIED"
    (other,) = ids(client, "tracks/1/mixer_device")
    assert outcome(client.write(made, put(f"@{other}/sends/$0", "value", 0.5), policy=policy)) == "verified"


def test_an_existing_object_returned_by_a_call_is_not_treated_as_created(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    # If Live selected another track than the copy, that track would not belong to the write.
    products = {**calls.PRODUCTS, ("Song", "duplicate_track"): lambda call: call.obj.tracks[0]}
    monkeypatch.setattr("remote_script.SetMirror.operations.PRODUCTS", products)
    client = stage.follower()
    policy = guarded(client, {"decide": "deny", "refs": ["tracks/0"], "ids": ids(client, "tracks/0")})
    write = (call("song", "duplicate_track", index=1), put("$0", "name", "x"))
    assert outcome(client.write(*write, policy=policy)) == "DENIED"


def test_a_long_write_continues_with_its_created_objects(stage: Stage) -> None:
    client = stage.follower()
    policy = guarded(client, {"decide": "deny", "refs": ["tracks/*"], "ids": ids(client, "tracks/0")})
    notes = [{"pitch": 36 + n % 48, "start_time": n / 4, "duration": 0.2} for n in range(3000)]
    write = (
        call("song", "create_midi_track", index=0),
        call("$0/clip_slots/0", "create_clip", pages=4.0),
        call("$1", "add_new_notes", notes=notes),
        put("$0", "name", "Mine"),
        put("$1", "name", "Mine too"),
    )
    assert outcome(client.write(*write, policy=policy)) == "verified"


def test_renaming_an_object_does_not_evade_a_rule_within_the_write(stage: Stage) -> None:
    client = stage.follower()
    rule = {
        "decide": "deny",
        "operations": ["delete"],
        "refs": ["tracks/*[Bass]"],
        "ids": ids(client, "tracks/2"),
    }
    policy = guarded(client, rule)
    before = names(stage)
    write = (put("tracks/2", "name", "Other"), call("song", "delete_track", index=2))
    assert outcome(client.write(*write, policy=policy)) == "DENIED"
    assert names(stage) == before
    # A person's new name counts at once.
    stage.live.person.do(lambda song: setattr(song.tracks[1], "name", "Bass"))
    assert outcome(client.write(call("song", "delete_track", index=1), policy=policy)) == "DENIED"


@pytest.mark.parametrize(
    ("method", "args"),
    [("delete_track", {"index": 3}), ("delete_scene", {"index": 1}), ("delete_return_track", {"index": 0})],
)
def test_a_deletion_is_refused_when_it_would_delete_a_protected_object(
    stage: Stage, method: str, args: dict[str, Any]
) -> None:
    client = stage.follower()
    policy = guarded(client, {"decide": "deny", "refs": ["tracks/*[Vinyl]"], "ids": []})
    before = len(stage.live.history)
    assert outcome(client.write(call("song", method, **args), policy=policy)) == "DENIED"
    assert len(stage.live.history) == before


def test_the_first_matching_rule_decides_and_an_allowance_must_match_now(stage: Stage) -> None:
    client = stage.follower()
    policy = guarded(client, {"decide": "allow", "refs": ["tracks/1"]}, {"decide": "deny"})
    assert outcome(client.write(put("tracks/1", "name", "a"), policy=policy)) == "verified"
    assert outcome(client.write(put("tracks/1/mixer_device", "panning_mode", 1), policy=policy)) == "verified"
    (keys,) = ids(client, "tracks/1")
    stage.live.person.do(lambda song: song.create_midi_track(0))
    assert outcome(client.write(put(keys, "name", "b"), policy=policy)) == "DENIED"
    assert outcome(client.write(put("song", "tempo", 99.0), policy=policy)) == "DENIED"
    assert outcome(client.write(call("song", "undo"), policy=policy)) == "DENIED"


def test_a_consent_covers_only_its_objects(stage: Stage) -> None:
    client = stage.follower()
    (drums,) = ids(client, "tracks/0")
    policy = guarded(client, {"decide": "ask", "operations": ["delete"]})
    assert outcome(client.write(call("song", "delete_track", index=0), policy=policy)) == "DENIED"
    yes = {**policy, "consent": [["delete", [drums]]]}
    assert outcome(client.write(call("song", "delete_track", index=1), policy=yes)) == "DENIED"
    assert outcome(client.write(call("song", "delete_track", index=0), policy=yes)) == "verified"
    assert "Keys" in names(stage)[0]


def test_a_write_with_an_outdated_version_of_its_rules_is_refused(stage: Stage) -> None:
    client = stage.follower()
    old = guarded(client, {"decide": "deny", "operations": ["delete"]})
    new = guarded(client, {"decide": "deny", "operations": ["create"]})
    for policy in (old, {**new, "client": "nobody"}):
        data = client.write(put("song", "tempo", 90.0), policy=policy)["error"]["data"]
        assert data["error"] == "PRECONDITION_FAILED"
        assert "policy" in data
    assert outcome(client.write(put("song", "tempo", 90.0), policy=new)) == "verified"
    # The same rules match other objects by now: a waiting write keeps the version that it was judged by.
    rule = {"decide": "deny", "operations": ["create"], "ids": []}
    version = next(VERSIONS)
    client.result("policy.protect", client="agent", version=version, rules=[rule], replaces=False)
    assert outcome(client.write(put("song", "tempo", 91.0), policy=new)) == "verified"
    # These rules do not apply to other clients.
    assert outcome(client.write(call("song", "create_scene", index=0))) == "verified"


def test_rates_are_counted_per_client_and_in_total(stage: Stage) -> None:
    client = stage.follower()
    rule = {"decide": "allow", "per_minute": 2, "per_minute_in_all": 3, "rate": "r"}
    one, two = guarded(client, rule, who="one"), guarded(client, rule, who="two")
    found = [
        outcome(client.write(put("song", "tempo", 90.0 + n), policy=p))
        for n, p in enumerate([one, one, one, two, two])
    ]
    assert found == ["verified", "verified", "DENIED", "verified", "DENIED"]
    stage.live.run_for(61)
    assert outcome(client.write(put("song", "tempo", 80.0), policy=one)) == "verified"


def edit_name(song: Any) -> None:
    song.tracks[0].name = "by hand"


def add_scene(song: Any) -> None:
    song.create_scene(0)


def remove_notes(song: Any) -> None:
    song.tracks[0].clip_slots[0].clip.remove_notes_extended(0, 128, 0.0, 1.0)


DRUMS = {"decide": "deny", "refs": ["tracks/0"]}
NO_DELETION = {"decide": "deny", "operations": ["delete"]}


@pytest.mark.parametrize(
    ("edit", "rule"),
    [(edit_name, DRUMS), (remove_notes, DRUMS), (add_scene, NO_DELETION)],
    ids=["name", "notes", "deletion"],
)
def test_an_undo_that_changes_a_protected_object_is_redone_at_once(
    stage: Stage, edit: Any, rule: Any
) -> None:
    client = stage.follower()
    assert outcome(client.write(put("song", "tempo", 77.0))) == "verified"
    stage.live.person.do(edit)
    stage.live.run_for(0.5)
    client.follow()
    before = Reading(stage.song)
    policy = guarded(client, {**rule, "ids": ids(client, "tracks/0")} if rule is DRUMS else rule)
    assert outcome(client.write(call("song", "undo"), policy=policy)) == "DENIED"
    really = Difference(before, Reading(stage.song))
    # Live's redo creates another object at the same place.
    assert [each.ref for each in really.created] == [each.ref for each in really.removed]
    assert really.edited == []
    assert outcome(client.write(call("song", "undo"))) == "verified"
    assert outcome(client.write(call("song", "undo"), policy=policy)) == "verified"
    assert outcome(client.write(call("song", "redo"), policy=policy)) == "verified"
    assert stage.song.tempo == 77.0


@pytest.mark.parametrize(
    "rules",
    [
        None, 3, [3], [{}], [{"decide": "maybe"}], [{"decide": "deny", "refs": "x"}],
        [{"decide": "deny", "ids": ["x"]}], [{"decide": "deny", "refs": ["a b/c"]}],
        [{"decide": "allow", "per_minute": 0}],
        [{"decide": "deny", "operations": [1]}],
    ],
)  # fmt: skip
def test_invalid_rules_are_refused_completely(stage: Stage, rules: Any) -> None:
    client = stage.follower()
    assert client.error("policy.protect", client="x", version=1, rules=rules)["error"] == "INVALID_PARAMS"


# -- the person --------------------------------------------------------------------------------------------------


def test_only_a_person_switches_read_only_and_then_all_writes_are_refused(stage: Stage) -> None:
    agent = stage.follower()
    person = stage.client(role="person")
    assert agent.error("policy.read_only", on=True)["error"] == "DENIED"
    assert person.result("policy.read_only", on=True) == {"read_only": True}
    assert agent.notices("policy.changed") == [{"read_only": True}]
    for ops in ([put("song", "tempo", 99.0)], [call("song", "undo")], [call("scenes/0", "fire")]):
        assert outcome(agent.write(*ops)) == "DENIED"
    assert outcome(agent.write(put("song", "tempo", 99.0), dry_run=True)) == "unchanged"
    listed = call("application/browser", "list_items", path="instruments")
    assert outcome(agent.write(listed)) == "unchanged"
    assert agent.error("policy.read_only", on=False)["error"] == "DENIED"
    assert agent.result("policy.state")["read_only"] is True
    assert person.result("policy.read_only", on=False) == {"read_only": False}
    assert outcome(agent.write(put("song", "tempo", 99.0))) == "verified"


def test_the_read_only_switch_survives_a_restart_of_the_script(stage: Stage) -> None:
    stage.until_ready()
    stage.client(role="person").result("policy.read_only", on=True)
    other = Stage(demo_set(), budget_s=10.0)
    try:
        assert other.script.guard.read_only
        assert outcome(other.follower().write(put("song", "tempo", 99.0))) == "DENIED"
    finally:
        other.hosted.disconnect()
        other.live.close()


def test_a_question_waits_for_a_person_and_no_agent_can_answer_it(stage: Stage) -> None:
    agent, second = stage.follower(), stage.client()
    assert agent.result("question.ask", text="Delete?", client="me") == {
        "answer": None,
        "why": "nobody could be asked",
    }
    person = stage.client(role="person")
    # A client of the status command is not a person who can answer.
    assert agent.result("question.ask", text="Delete?")["answer"] is None
    assert agent.error("question.follow")["error"] == "DENIED"
    assert person.result("question.follow") == {"questions": []}
    request = agent.ask("question.ask", text="Delete?", client="me")
    stage.pump(3)
    (asked,) = person.notices("question.asked")
    assert (asked["client"], asked["text"]) == ("me", "Delete?")
    number = asked["question"]
    for peer in (agent, second):
        assert peer.error("question.answer", question=number, allow=True)["error"] == "DENIED"
    assert [each["question"] for each in person.result("policy.state")["questions"]] == [number]
    person.result("question.answer", question=number, allow=True)
    stage.pump(2)
    assert (agent.reply(request) or {})["result"] == {"answer": True, "why": "a person answered"}
    assert person.error("question.answer", question=number, allow=False)["error"] == "NOT_FOUND"


def test_a_question_ends_with_its_time_and_with_its_client(stage: Stage) -> None:
    agent, person = stage.follower(), stage.client(role="person")
    person.result("question.follow")
    request = agent.ask("question.ask", text="Well?", timeout_s=1.0)
    stage.live.run_for(1.5)
    stage.pump(2)
    assert (agent.reply(request) or {})["result"] == {"answer": None, "why": "nobody answered in time"}
    other = stage.client()
    other.ask("question.ask", text="And?")
    stage.pump(3)
    other.pipe.closed_by_client = True
    stage.pump(5)
    assert person.result("policy.state")["questions"] == []
    for params in (
        {"text": ""},
        {"text": 3},
        {"text": "x" * 1001},
        {"text": "x", "timeout_s": 0},
        {"text": "x", "timeout_s": 1e9},
    ):
        assert agent.error("question.ask", **params)["error"] == "INVALID_PARAMS"


def test_a_server_reports_its_clients(stage: Stage) -> None:
    agent, person = stage.follower(), stage.client(role="person")
    agent.result("client.announce", clients=[{"identity": "cursor", "name": "Cursor 1"}])
    told = person.result("client.list")["clients"]
    assert [each["clients"] for each in told if each["role"] == "agent"] == [
        [{"identity": "cursor", "name": "Cursor 1"}]
    ]
    assert agent.error("client.announce", clients=[3])["error"] == "INVALID_PARAMS"


def test_rules_spare_only_objects_that_the_write_made_and_all_below_them() -> None:
    # Object 10 and its child 11 came during the write, object 12 and its child 13 too, but by a person.
    parents = {1: None, 4: 1, 10: 1, 11: 10, 12: 1, 13: 12}
    tree: Any = SimpleNamespace(parent=parents.get)
    batcher: Any = SimpleNamespace(shadow=SimpleNamespace(row_of=lambda product: SimpleNamespace(id=product)))
    write: Any = SimpleNamespace(oldest_own=9)
    operations: Any = [SimpleNamespace(product=None), SimpleNamespace(product=10)]
    made = [id_ for id_ in parents if _is_made(batcher, tree, id_, write, operations)]
    assert made == [10, 11]
