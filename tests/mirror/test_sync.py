"""The life of a mirror, state by state, as a list of calls."""

from __future__ import annotations

from typing import Any

import pytest

from mirror import sync, wire
from mirror.sync import TABLE, Apply, Close, Collect, Replace, Send, State, Sync, Trust, judge
from remote_script.SetMirror.contract import auth
from remote_script.SetMirror.contract.limits import PROTOCOLS

from .peer import TOKEN

NONCE = "12" * 32
THEIRS = "34" * 32
KEY = auth.client_key(TOKEN, "agent", "mirror")
HELLO = {"protocol": 2, "nonce": THEIRS, "proof": auth.script_proof(KEY, NONCE, THEIRS)}


def answer(send: Send, result: Any) -> wire.Message:
    return wire.Message(send.id, result=result)


def refusal(send: Send, error: str) -> wire.Message:
    return wire.Message(send.id, error={"code": -1, "message": "no", "data": {"error": error}})


def batch(revision: int, epoch: str = "e1") -> wire.Message:
    return wire.Message(method="set.batch", params=wire.Batch(epoch, revision, []))


def beat(revision: int, epoch: str = "e1") -> wire.Message:
    return wire.Message(method="bridge.heartbeat", params=wire.Heartbeat(epoch, revision))


def welcome(**more: Any) -> dict[str, Any]:
    return {"epoch": "e1", "ready": True, "revision": 5, "oldest_revision": 0, **more}


def sent(effects: list[Any]) -> Send:
    found = [effect for effect in effects if isinstance(effect, Send)]
    assert len(found) == 1, effects
    return found[0]


def greeted(machine: Sync) -> Send:
    hello = sent(machine.connected(0.0, NONCE))
    return sent(machine.receive(answer(hello, HELLO), 0.0))


def machine_in(state: State) -> tuple[Sync, Send | None]:
    """A machine in `state`, and the request that it waits for."""
    machine = Sync(TOKEN, {"name": "t", "version": "1"})
    if state is State.DISCONNECTED:
        return machine, None
    if state is State.GREETING:
        return machine, sent(machine.connected(0.0, NONCE))
    ask = sent(machine.receive(answer(greeted(machine), welcome()), 0.0))
    if state is State.SNAPSHOTTING:
        return machine, ask
    watch = sent(machine.receive(answer(ask, {"epoch": "e1", "revision": 5, "count": 0}), 0.0))
    machine.receive(answer(watch, {"revision": 5}), 0.0)
    if state is State.FOLLOWING:
        return machine, None
    return machine, sent(machine.receive(batch(8), 0.0))


def happen(machine: Sync, waiting: Send | None, event: str) -> list[Any]:
    """Let `event` happen to a machine, as the shell would."""
    here = (machine.epoch, machine.revision)
    results: dict[str, Any] = {
        "greeted": HELLO,
        "welcomed": welcome(),
        "snapshot": {"epoch": "e1", "revision": 5, "count": 0},
        "watched": {"revision": machine.revision},
    }
    notices: dict[str, wire.Message] = {
        "objects": wire.Message(
            method="set.objects", params=wire.Objects(waiting.id if waiting else "x", [])
        ),
        "ready": wire.Message(method="bridge.ready", params=wire.Ready("e1", 5)),
        "progress": wire.Message(method="bridge.progress", params=wire.Progress(0.5)),
        "resync": wire.Message(method="bridge.resync", params=wire.Resync("e1", "overflow", 5)),
        "bye": wire.Message(method="bridge.bye", params=wire.Bye("disconnect")),
        "next": batch(here[1] + 1, here[0]),
        "old": batch(here[1], here[0]),
        "gap": batch(here[1] + 2, here[0]),
        "foreign": batch(1, "another"),
        "beat": beat(here[1], here[0]),
        "beat_ahead": beat(here[1] + 1, here[0]),
        "beat_behind": beat(max(0, here[1] - 1), here[0]),
    }
    if event == "connected":
        return machine.connected(1.0, NONCE)
    if event == "closed":
        machine.closed(1.0, "gone")
        return []
    if event == "bad":
        return machine.broken("nonsense", 1.0)
    if event == "silent":
        return machine.tick(1000.0)
    if event == "due":
        return machine._event("due", None, 1.0)
    if event in results:
        if waiting is not None and machine._asked.get(waiting.id) == event:
            return machine.receive(answer(waiting, results[event]), 1.0)
        return machine._event(event, wire.convert(results[event], _shape(event)), 1.0)
    if event in ("not_ready", "too_old"):
        return machine._event(event, {}, 1.0)
    assert event in notices, f"sync.TABLE has an event {event!r}: add a message that makes it to `happen`"
    return machine.receive(notices[event], 1.0)


def _shape(event: str) -> Any:
    return {
        "greeted": wire.Hello, "welcomed": wire.Welcome, "snapshot": wire.SnapshotEnd, "watched":
        wire.Watched,
    }[event]  # fmt: skip


@pytest.mark.parametrize("state", list(State), ids=lambda state: state.value)
def test_every_event_in_every_state_follows_the_table(state: State) -> None:
    for event in sync.EVENTS:
        machine, waiting = machine_in(state)
        assert machine.state is state
        if event in ("silent", "due", "beat_behind", "foreign") and event not in TABLE[state]:
            continue
        effects = happen(machine, waiting, event)
        rule = TABLE[state].get(event)
        if rule is None:
            assert machine.state is state, event
            assert effects == [], event
        else:
            assert machine.state in rule.to, event
        if any(isinstance(effect, Close) for effect in effects):
            assert machine.state is State.DISCONNECTED, event


def test_every_notice_is_an_event_of_the_table() -> None:
    # `receive` judges the first two, and the link gives the third to the writes.
    judged = {"set.batch", "bridge.heartbeat", "write.progress"}
    forgotten = [
        name for name in wire.PARAMS if name not in judged and name.partition(".")[2] not in sync.EVENTS
    ]
    assert forgotten == [], f"TABLE in mirror/sync.py says in no state what to do at {', '.join(forgotten)}"


def test_every_action_of_the_table_exists_and_every_state_can_be_left() -> None:
    actions = {rule.action for rules in TABLE.values() for rule in rules.values()}
    without = sorted(action for action in actions if not hasattr(Sync, action))
    assert without == [], f"TABLE in mirror/sync.py names actions that Sync has not: {', '.join(without)}"
    for state, rules in TABLE.items():
        assert any(to is not state for rule in rules.values() for to in rule.to)


def test_every_state_is_reached_from_the_first() -> None:
    reached, before = {State.DISCONNECTED}, 0
    while len(reached) > before:
        before = len(reached)
        reached |= {to for state in reached for rule in TABLE[state].values() for to in rule.to}
    assert reached == set(State)


@pytest.mark.parametrize(
    ("epoch", "revision", "verdict"),
    [("e2", 6, "foreign"), ("e1", 4, "old"), ("e1", 5, "old"), ("e1", 6, "next"), ("e1", 7, "gap")],
)
def test_a_batch_is_checked_by_epoch_and_revision(epoch: str, revision: int, verdict: str) -> None:
    assert judge(("e1", 5), epoch, revision) == verdict


def test_the_start_sends_each_request_once() -> None:
    machine = Sync(TOKEN, {"name": "t", "version": "1"})
    hello = sent(machine.connected(0.0, NONCE))
    assert hello.method == "bridge.hello"
    assert hello.params == {
        "protocols": list(PROTOCOLS),
        "client": {"name": "t", "version": "1"},
        "role": "agent",
        "identity": "mirror",
        "nonce": NONCE,
    }
    effects = machine.receive(answer(hello, HELLO), 0.0)
    # The proof is sent unsealed; all lines after it are sealed.
    assert [type(effect) for effect in effects] == [Send, Trust]
    authenticate = sent(effects)
    assert authenticate.method == "bridge.authenticate"
    assert authenticate.params == {"proof": auth.client_proof(KEY, NONCE, THEIRS)}
    snapshot = sent(machine.receive(answer(authenticate, welcome()), 0.0))
    assert snapshot.method == "set.snapshot"
    part = wire.Message(method="set.objects", params=wire.Objects(snapshot.id, [["row"]]))
    assert machine.receive(part, 0.0) == [Collect([["row"]], False)]
    effects = machine.receive(answer(snapshot, {"epoch": "e1", "revision": 5, "count": 1}), 0.0)
    assert effects[0] == Replace("e1", 5)
    watch = sent(effects)
    assert (watch.method, watch.params) == ("set.watch", {"epoch": "e1", "after_revision": 5})
    assert not machine.synced
    machine.receive(answer(watch, {"revision": 6}), 0.0)
    assert machine.state is State.FOLLOWING
    assert not machine.synced
    told = batch(6)
    assert machine.receive(told, 0.0) == [Apply(told.params)]
    assert machine.synced


def test_a_peer_without_the_token_is_refused_before_it_gets_our_proof() -> None:
    machine = Sync(TOKEN, {})
    hello = sent(machine.connected(0.0, NONCE))
    wrong = auth.script_proof(auth.client_key("cd" * 32, "agent", "mirror"), NONCE, THEIRS)
    effects = machine.receive(answer(hello, {**HELLO, "proof": wrong}), 0.0)
    assert [type(effect) for effect in effects] == [Close]
    assert "token" in effects[0].reason


def test_a_script_of_another_protocol_is_recognized() -> None:
    machine = Sync(TOKEN, {})
    hello = sent(machine.connected(0.0, NONCE))
    effects = machine.receive(answer(hello, {**HELLO, "protocol": 1}), 0.0)
    assert isinstance(effects[0], Close)
    assert "protocol 1" in effects[0].reason


def test_a_gap_is_resumed_from_the_held_revision() -> None:
    machine, _ = machine_in(State.FOLLOWING)
    watch = sent(machine.receive(batch(8), 0.0))
    assert (watch.method, watch.params["after_revision"]) == ("set.watch", 5)
    assert not machine.synced
    machine.receive(answer(watch, {"revision": 8}), 0.0)
    for revision in (6, 7, 8):
        assert len(machine.receive(batch(revision), 0.0)) == 1
    assert machine.synced


def test_a_lost_last_batch_is_noticed_by_the_heartbeat() -> None:
    machine, _ = machine_in(State.FOLLOWING)
    assert sent(machine.receive(beat(6), 0.0)).method == "set.watch"


def test_a_script_behind_the_mirror_is_asked_for_a_snapshot() -> None:
    machine, _ = machine_in(State.FOLLOWING)
    assert sent(machine.receive(beat(4), 0.0)).method == "set.snapshot"


def test_watches_that_the_heartbeat_confirms_never_end_in_a_snapshot() -> None:
    machine, _ = machine_in(State.FOLLOWING)
    for _ in range(2 * sync.REWATCHES):
        watch = sent(machine.receive(beat(6), 0.0))
        machine.receive(answer(watch, {"revision": 5}), 0.0)
        machine.receive(beat(5), 0.0)
        assert (watch.method, machine.synced) == ("set.watch", True)


def test_a_watch_that_is_refused_ends_in_a_snapshot() -> None:
    machine, watch = machine_in(State.STALE)
    assert watch is not None
    assert sent(machine.receive(refusal(watch, "REVISION_TOO_OLD"), 0.0)).method == "set.snapshot"


def test_repeated_gaps_lead_to_snapshots_and_repeated_snapshots_to_a_closed_link() -> None:
    machine, watch = machine_in(State.STALE)
    effects: list[Any] = []
    for _ in range(100):
        if machine.state is State.STALE:
            assert watch is not None
            machine.receive(answer(watch, {"revision": 9}), 0.0)
        elif machine.state is State.FOLLOWING:
            effects = machine.receive(batch(machine.revision + 4), 0.0)
        elif machine.state is State.SNAPSHOTTING:
            assert watch is not None
            result = {"epoch": "e1", "revision": 5, "count": 0}
            if machine._asked.get(watch.id) == "watched":
                result = {"revision": 9}
            effects = machine.receive(answer(watch, result), 0.0)
        else:
            break
        asked = [effect for effect in effects if isinstance(effect, Send)]
        watch = asked[0] if asked else watch
    assert machine.state is State.DISCONNECTED
    assert isinstance(effects[-1], Close)
    assert machine.counters["no progress"] == 1


def test_a_new_epoch_is_fetched_and_batches_of_the_old_one_are_passed_over() -> None:
    machine, _ = machine_in(State.FOLLOWING)
    snapshot = sent(machine.receive(beat(0, "e2"), 0.0))
    assert snapshot.method == "set.snapshot"
    assert machine.receive(batch(6), 0.0) == []
    effects = machine.receive(answer(snapshot, {"epoch": "e2", "revision": 0, "count": 0}), 0.0)
    assert effects[0] == Replace("e2", 0)


def test_a_reconnect_within_the_history_needs_no_snapshot() -> None:
    machine, _ = machine_in(State.FOLLOWING)
    machine.closed(1.0, "cut")
    assert (machine.epoch, machine.revision) == ("e1", 5)
    ask = sent(machine.receive(answer(greeted(machine), welcome(revision=9)), 1.0))
    assert (ask.method, ask.params) == ("set.watch", {"epoch": "e1", "after_revision": 5})


@pytest.mark.parametrize("changed", [{"epoch": "e2"}, {"oldest_revision": 6, "revision": 9}, {"revision": 4}])
def test_a_reconnect_to_another_epoch_or_beyond_the_history_takes_a_snapshot(changed: dict[str, Any]) -> None:
    machine, _ = machine_in(State.FOLLOWING)
    machine.closed(1.0, "cut")
    assert sent(machine.receive(answer(greeted(machine), welcome(**changed)), 1.0)).method == "set.snapshot"


def test_an_outline_is_accepted_only_without_held_state() -> None:
    outline = welcome(ready=False, outline=True)
    empty = Sync(TOKEN, {"name": "t", "version": "1"})
    assert sent(empty.receive(answer(greeted(empty), outline), 0.0)).params == {"outline": True}
    machine, _ = machine_in(State.FOLLOWING)
    machine.closed(1.0, "cut")
    assert machine.receive(answer(greeted(machine), {**outline, "epoch": "e2"}), 1.0) == []
    progress = wire.Message(method="bridge.progress", params=wire.Progress(0.5, True))
    assert machine.receive(progress, 1.0) == []
    ready = wire.Message(method="bridge.ready", params=wire.Ready("e2", 5))
    assert sent(machine.receive(ready, 1.0)).params == {}


def test_three_missed_heartbeats_close_the_link_and_two_do_not() -> None:
    machine, _ = machine_in(State.FOLLOWING)
    machine.receive(beat(5), 10.0)
    assert machine.tick(15.9) == []
    effects = machine.tick(16.0)
    assert isinstance(effects[0], Close)
    assert machine.state is State.DISCONNECTED


def test_an_unanswered_hello_closes_the_link() -> None:
    machine, _ = machine_in(State.GREETING)
    assert machine.tick(4.9) == []
    assert isinstance(machine.tick(5.0)[0], Close)


def test_an_incomplete_snapshot_closes_the_link_despite_heartbeats() -> None:
    machine, _ = machine_in(State.SNAPSHOTTING)
    for second in range(0, 60, 2):
        machine.receive(beat(5), float(second))
        assert machine.tick(float(second)) == []
    machine.receive(beat(5), 60.0)
    assert isinstance(machine.tick(60.0)[0], Close)


def test_a_set_that_is_not_ready_is_requested_again_and_at_once_when_ready() -> None:
    machine, ask = machine_in(State.SNAPSHOTTING)
    assert ask is not None
    told = wire.Message(
        ask.id, error={"message": "x", "data": {"error": "NOT_READY", "progress": 0.4, "retry_after_s": 2.0}}
    )
    assert machine.receive(told, 0.0) == []
    assert machine.progress == 0.4
    assert machine.tick(1.9) == []
    assert sent(machine.tick(2.0)).method == "set.snapshot"
    machine, ask = machine_in(State.SNAPSHOTTING)
    assert ask is not None
    machine.receive(wire.Message(ask.id, error=told.error), 0.0)
    ready = wire.Message(method="bridge.ready", params=wire.Ready("e1", 5))
    assert sent(machine.receive(ready, 0.1)).method == "set.snapshot"


def test_an_incomplete_snapshot_is_never_applied() -> None:
    machine, ask = machine_in(State.SNAPSHOTTING)
    assert ask is not None
    effects = machine.receive(answer(ask, {"epoch": "e1", "revision": 5, "count": 3}), 0.0)
    assert [type(effect) for effect in effects] == [Close]


def test_a_snapshot_with_more_objects_than_announced_is_never_applied() -> None:
    machine, ask = machine_in(State.SNAPSHOTTING)
    assert ask is not None
    machine.receive(wire.Message(method="set.objects", params=wire.Objects(ask.id, [["row"]])), 0.0)
    effects = machine.receive(answer(ask, {"epoch": "e1", "revision": 5, "count": 0}), 0.0)
    assert [type(effect) for effect in effects] == [Close]


def test_a_second_snapshot_counts_only_its_own_objects() -> None:
    machine, ask = machine_in(State.SNAPSHOTTING)
    assert ask is not None
    machine.receive(wire.Message(method="set.objects", params=wire.Objects(ask.id, [["row"]])), 0.0)
    again = sent(machine.receive(wire.Message(method="bridge.resync", params=wire.Resync("e1", "x", 5)), 0.0))
    effects = machine.receive(answer(again, {"epoch": "e1", "revision": 6, "count": 0}), 0.0)
    assert effects[0] == Replace("e1", 6)


def test_a_mirror_without_the_rest_of_the_set_is_not_synced() -> None:
    machine, ask = machine_in(State.SNAPSHOTTING)
    assert ask is not None
    end = {"epoch": "e1", "revision": 5, "count": 0, "coming": ["devices"]}
    watch = sent(machine.receive(answer(ask, end), 0.0))
    machine.receive(answer(watch, {"revision": 5}), 0.0)
    assert machine.state is State.FOLLOWING
    assert not machine.synced
    machine.receive(wire.Message(method="set.batch", params=wire.Batch("e1", 6, [], coming=[])), 0.0)
    assert machine.synced


def test_gaps_with_batches_in_between_never_end_in_a_snapshot() -> None:
    machine, _ = machine_in(State.FOLLOWING)
    for _ in range(2 * sync.REWATCHES):
        watch = sent(machine.receive(batch(machine.revision + 2), 0.0))
        assert watch.method == "set.watch"
        machine.receive(answer(watch, {"revision": machine.revision + 2}), 0.0)
        for _ in range(2):
            machine.receive(batch(machine.revision + 1), 0.0)
        assert machine.synced


def test_a_mirror_is_not_known_to_equal_live_before_the_newest_known_revision() -> None:
    machine, watch = machine_in(State.STALE)
    assert watch is not None
    machine.receive(answer(watch, {"revision": 8}), 1.0)
    machine.receive(batch(7), 2.0)
    for revision in (6, 7):
        machine.receive(batch(revision), 3.0)
    assert machine.equal_at == 0.0
    machine.receive(batch(8), 4.0)
    assert machine.equal_at == 4.0


def test_objects_of_an_earlier_snapshot_are_passed_over() -> None:
    machine, _ = machine_in(State.SNAPSHOTTING)
    part = wire.Message(method="set.objects", params=wire.Objects("sync-0", [["row"]]))
    assert machine.receive(part, 0.0) == []


def test_a_late_reply_changes_nothing() -> None:
    machine, _ = machine_in(State.FOLLOWING)
    assert machine.receive(wire.Message("sync-1", result={"revision": 99}), 0.0) == []
    assert machine.state is State.FOLLOWING
    assert machine.counters["late replies"] == 1


def test_unknown_notices_are_counted_by_name_and_change_nothing() -> None:
    machine, _ = machine_in(State.FOLLOWING)
    for _ in range(3):
        assert machine.receive(wire.Message(method="set.weather"), 0.0) == []
    assert machine.unknown == {"set.weather": 3}
    assert machine.state is State.FOLLOWING


def test_a_reply_of_the_wrong_shape_closes_the_link() -> None:
    machine, ask = machine_in(State.SNAPSHOTTING)
    assert ask is not None
    effects = machine.receive(answer(ask, {"epoch": 7}), 0.0)
    assert [type(effect) for effect in effects] == [Close]
