"""Random histories of a Set and its line, for the mirror and for deliberately wrong mirrors.

At every moment the store must equal the Set at the store's revision; after a quiet time it must equal the present Set.
Each wrong mirror must be detected, to prove that the test works.
"""

from __future__ import annotations

import json
from collections import deque
from typing import Any

import anyio
import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from mirror import wire
from mirror.store import Applied, Store
from mirror.sync import Apply, Close, Collect, Replace, Send, State, Sync, Trust
from remote_script.SetMirror.contract import auth
from remote_script.SetMirror.contract.seal import Session

from .peer import TOKEN, Client, Peer, note, obj, plain, small_set, truth
from .test_store import renumbered


class Wire:
    """The script's end of a line without tasks: sent lines wait until the test delivers them."""

    def __init__(self) -> None:
        self.out: deque[bytes] = deque()
        self.gone = False

    def send_now(self, data: bytes) -> None:
        if self.gone:
            raise anyio.BrokenResourceError
        self.out.append(data)

    def cut(self) -> None:
        self.gone = True


class Following(RuleBasedStateMachine):
    """The core of the mirror against an honest script, message by message."""

    sync_class: type[Sync] = Sync
    store_class: type[Store] = Store

    def __init__(self) -> None:
        super().__init__()
        self.peer = Peer(None)  # type: ignore[arg-type]
        self.sync = self.sync_class(TOKEN, {"name": "machine", "version": "1"})
        self.store = self.store_class()
        self.now = 0.0
        self.line: Wire | None = None
        self.seals: Session | None = None
        self.asked: deque[dict[str, Any]] = deque()
        self.truths: dict[tuple[str, int], Any] = {}
        self.epochs = 1
        self.number = 1000
        self.remember()

    # -- the world ---------------------------------------------------------------------------------

    def remember(self) -> None:
        self.truths[self.peer.epoch, self.peer.revision] = truth(self.peer.rows)

    def change(self, *changes: Any, tell: bool) -> None:
        self.peer.batch(*changes, tell=tell)
        self.remember()

    def tracks(self) -> list[int]:
        root = next(row for row in self.peer.rows.values() if row[2] is None)
        return list(root[5]["tracks"])

    def root(self) -> int:
        return int(next(row[0] for row in self.peer.rows.values() if row[2] is None))

    def perform(self, effects: list[Any]) -> None:
        for effect in effects:
            if isinstance(effect, Send):
                line = wire.request(effect.id, effect.method, effect.params)
                self.asked.append(json.loads(line))
            elif isinstance(effect, Trust):
                self.seals = effect.session
            elif isinstance(effect, Close):
                self.drop()
            elif isinstance(effect, Collect):
                self.store.collect(effect.objects, effect.first)
            elif isinstance(effect, Replace):
                self.store.replace(effect.epoch, effect.revision)
            elif isinstance(effect, Apply):
                self.store.apply(effect.batch.revision, effect.batch.changes)

    def drop(self) -> None:
        if self.line is not None:
            self.line.cut()
            self.peer.clients.clear()
            self.line = None
            self.asked.clear()
            self.sync.closed(self.now, "cut")

    def deliver(self, most: int) -> None:
        """Carry up to `most` lines to the mirror."""
        while most > 0 and self.line is not None and self.line.out:
            most -= 1
            line = self.line.out.popleft().rstrip(b"\n")
            message = wire.decode(line if self.seals is None else self.seals.incoming.open(line))
            self.perform(self.sync.receive(message, self.now))

    def ask(self, most: int) -> None:
        """Carry up to `most` requests to the script."""
        while most > 0 and self.line is not None and self.asked:
            most -= 1
            self.peer._take(self.peer.clients[-1], self.asked.popleft())

    # -- events ------------------------------------------------------------------------------------

    told = st.sampled_from([True, True, True, True, False])
    few = st.integers(1, 6)

    @initialize()
    def begin(self) -> None:
        self.connect()
        self.carry_all()

    @precondition(lambda self: self.line is None)
    @rule()
    def connect(self) -> None:
        self.line, self.seals = Wire(), None
        self.peer.clients.append(Client(self.line))  # type: ignore[arg-type]
        self.perform(self.sync.connected(self.now, auth.new_nonce()))

    @rule(most=few)
    def carry_answers(self, most: int) -> None:
        self.deliver(most)

    @rule(most=few)
    def carry_requests(self, most: int) -> None:
        self.ask(most)

    @rule()
    def carry_all(self) -> None:
        for _ in range(6):
            self.ask(100)
            self.deliver(1000)

    @rule(
        what=st.sampled_from(["rename", "tempo", "add", "remove", "reorder", "notes", "notes", "move"]),
        number=st.integers(0, 9),
        lost=st.lists(st.integers(1, 4), max_size=2),
        tell=told,
    )
    def edit(self, what: str, number: int, lost: list[int], tell: bool) -> None:
        """Change the Set; with `tell=False` the batch is lost on the way."""
        if what == "rename":
            self.rename("ABC"[number % 3], number, tell)
        elif what == "tempo":
            self.set_tempo(60 + number, tell)
        elif what == "add":
            self.add_track(tell, number % 4)
        elif what == "remove":
            self.remove_track(number, tell)
        elif what == "reorder":
            self.reorder_tracks(tell)
        elif what == "notes":
            self.edit_notes(40 + number, 1 + number % 4, lost, tell)
        else:
            self.move_device(tell)

    def rename(self, name: str, which: int, tell: bool) -> None:
        ids = self.tracks()
        if ids:
            self.change(["set", ids[which % len(ids)], "name", name], tell=tell)

    def set_tempo(self, tempo: int, tell: bool) -> None:
        self.change(
            ["set", self.root(), "tempo", float(tempo)], ["set", self.root(), "loop", True], tell=tell
        )

    def add_track(self, tell: bool, place: int) -> None:
        ids = self.tracks()
        if len(ids) > 8:
            return
        self.number += 2
        track, slot = self.number, self.number + 1
        ids.insert(place, track)
        self.change(
            ["add", obj(track, "Track", self.root(), "tracks", {"name": "New"}, clip_slots=[slot])],
            ["add", obj(slot, "ClipSlot", track, "clip_slots", {"has_clip": False}, clip=None)],
            ["children", self.root(), "tracks", ids],
            tell=tell,
        )

    def remove_track(self, which: int, tell: bool) -> None:
        ids = self.tracks()
        if not ids:
            return
        gone = ids.pop(which % len(ids))
        below = reversed(self.peer.below(gone))
        self.change(["children", self.root(), "tracks", ids], *[["remove", id_] for id_ in below], tell=tell)

    def reorder_tracks(self, tell: bool) -> None:
        self.change(["children", self.root(), "tracks", self.tracks()[::-1]], tell=tell)

    def edit_notes(self, pitch: int, id_: int, lost: list[int], tell: bool) -> None:
        clips = [row[0] for row in self.peer.rows.values() if row[1] == "Clip"]
        if clips:
            came = [note(id_, pitch, pitch / 4)]
            self.change(["content", clips[0], "notes", came, [n for n in lost if n != id_]], tell=tell)

    def move_device(self, tell: bool) -> None:
        devices = [row for row in self.peer.rows.values() if row[1] == "Device"]
        others = [
            id_
            for id_ in self.tracks()
            if devices and id_ != devices[0][2] and "devices" in self.peer.rows[id_][5]
        ]
        if not devices or not others:
            return
        id_, type_, old, role, props, kids = devices[0]
        left = [each for each in self.peer.rows[old][5]["devices"] if each != id_]
        self.change(
            ["add", [id_, type_, others[0], role, props, kids]],
            ["children", old, "devices", left],
            ["children", others[0], "devices", [*self.peer.rows[others[0]][5]["devices"], id_]],
            tell=tell,
        )

    @rule()
    def heartbeat(self) -> None:
        self.now += 0.5
        for client in self.peer.clients:
            if client.served:
                client.notify(
                    "bridge.heartbeat", epoch=self.peer.epoch, revision=self.peer.revision, time=0.0
                )

    @rule(
        what=st.sampled_from(
            ["cut", "cut", "forget", "overflow", "another", "reload", "unready", "silence", "repeat"]
        ),
        rewound=st.booleans(),
        on=st.booleans(),
    )
    def disturb(self, what: str, rewound: bool, on: bool) -> None:
        """Let a rare event of a bridge happen; one rule for all, so that most steps are edits and deliveries.

        `on`: the script continues its stream where it should have stopped.
        """
        if what == "cut":
            self.drop()
        elif what == "forget":
            self.peer.forget_history()
        elif what == "overflow":
            self.overflow(on)
        elif what == "another":
            self.open(small_set(), rewound, on)
        elif what == "reload":
            self.open(renumbered(small_set(), 100 * self.epochs), rewound, on)
        elif what == "unready":
            self.peer.ready = not self.peer.ready
            self.tell_ready()
        elif what == "silence":
            self.now += 7.0
            self.perform(self.sync.tick(self.now))
        elif what == "repeat":
            for client in self.peer.clients:
                for batch in self.peer.history[-3:] if client.following else []:
                    client.notify("set.batch", **batch)

    def overflow(self, on: bool) -> None:
        for client in self.peer.clients:
            if client.served:
                client.following = client.following and on
                told = {"reason": "outbox overflow", "revision": self.peer.revision}
                client.notify("bridge.resync", epoch=self.peer.epoch, **told)

    def open(self, rows: dict[int, list[Any]], rewound: bool, on: bool) -> None:
        self.epochs += 1
        followers = [client for client in self.peer.clients if client.following]
        revision = self.peer.revision
        self.peer.open_set(rows, f"e{self.epochs}")
        if not rewound:
            # By chance the new epoch may have the old one's revision.
            self.peer.revision = self.peer.oldest = revision
        for client in followers:
            client.following = on
        self.remember()

    def tell_ready(self) -> None:
        for client in self.peer.clients:
            if client.served and self.peer.ready:
                client.notify("bridge.ready", epoch=self.peer.epoch, revision=self.peer.revision)

    @rule(seconds=st.sampled_from([0.3, 1.5]))
    def wait(self, seconds: float) -> None:
        self.now += seconds
        self.perform(self.sync.tick(self.now))

    # -- invariants --------------------------------------------------------------------------------

    @invariant()
    def what_is_held_was_the_set_at_that_revision(self) -> None:
        if self.store.epoch:
            assert plain(self.store.nodes) == self.truths[self.store.epoch, self.store.revision]
            assert (self.sync.epoch, self.sync.revision) == (self.store.epoch, self.store.revision)

    @invariant()
    def nothing_is_bad(self) -> None:
        assert not self.store.bad

    def teardown(self) -> None:
        self.peer.ready = True
        self.tell_ready()
        for _ in range(24):
            if self.line is None:
                self.connect()
            for _ in range(6):
                self.ask(100)
                self.deliver(10_000)
            self.heartbeat()
            self.perform(self.sync.tick(self.now))
        assert self.sync.state is State.FOLLOWING
        assert self.sync.synced
        assert (self.store.epoch, self.store.revision) == (self.peer.epoch, self.peer.revision)
        assert plain(self.store.nodes) == truth(self.peer.rows)
        assert self.store.faults() == []


def run(machine: type[Following], examples: int, steps: int) -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_the_mirror_is_right_in_random_histories() -> None:
    run(Following, 60, 40)


@pytest.mark.slow
def test_the_mirror_is_right_in_many_random_histories() -> None:
    run(Following, 1500, 50)


# -- deliberately wrong mirrors --------------------------------------------------------------------


class Merging(Store):
    """Wrong: a snapshot is merged into the store, so removed objects remain."""

    def replace(self, epoch: str, revision: int) -> Applied:
        old = dict(self.nodes) if epoch == self.epoch else {}
        applied = super().replace(epoch, revision)
        self.nodes = {**old, **self.nodes}
        return applied


class Again(Sync):
    """Wrong: batches that were applied already are applied again."""

    def receive(self, message: wire.Message, now: float) -> list[Any]:
        known = message.params
        here = isinstance(known, wire.Batch) and known.epoch == self.epoch
        if here and 0 < known.revision <= self.revision and self.state in (State.FOLLOWING, State.STALE):
            return [Apply(known)]
        return super().receive(message, now)


class Leaping(Sync):
    """Wrong: gaps are ignored, and any next batch is applied."""

    def receive(self, message: wire.Message, now: float) -> list[Any]:
        known = message.params
        here = isinstance(known, wire.Batch) and known.epoch == self.epoch
        if here and known.revision > self.revision + 1 and self.state is State.FOLLOWING:
            return self._apply(known, now)
        return super().receive(message, now)


class Deaf(Sync):
    """Wrong: heartbeats are ignored, so a lost last batch stays lost."""

    def receive(self, message: wire.Message, now: float) -> list[Any]:
        if isinstance(message.params, wire.Heartbeat):
            self._heard_at = now
            return []
        return super().receive(message, now)


class Rooted(Sync):
    """Wrong: all epochs count as the same."""

    def receive(self, message: wire.Message, now: float) -> list[Any]:
        if isinstance(message.params, wire.Batch | wire.Heartbeat) and self.epoch:
            message.params.epoch = self.epoch
        return super().receive(message, now)


class Hasty(Sync):
    """Wrong: batches are applied while a snapshot is on its way."""

    def _apply_if_watching(self, batch: wire.Batch, now: float) -> list[Any]:
        return [Apply(batch)]


class Trusting(Sync):
    """Wrong: a snapshot with a missing part is accepted; here one part is dropped."""

    def _collect(self, told: wire.Objects, now: float) -> list[Any]:
        effects = super()._collect(told, now)
        return effects[1:] if self._received % 3 == 0 else effects


WRONG: list[tuple[str, type[Sync], type[Store]]] = [
    ("merge instead of replace", Sync, Merging),
    ("old batches again", Again, Store),
    ("gaps ignored", Leaping, Store),
    ("heartbeats ignored", Deaf, Store),
    ("epochs ignored", Rooted, Store),
    ("batches before the snapshot", Hasty, Store),
    ("parts of a snapshot lost", Trusting, Store),
]


@pytest.mark.parametrize(("sync_class", "store_class"), [w[1:] for w in WRONG], ids=[w[0] for w in WRONG])
def test_a_wrong_mirror_is_detected(sync_class: type[Sync], store_class: type[Store]) -> None:
    wrong = type("Wrong", (Following,), {"sync_class": sync_class, "store_class": store_class})
    with pytest.raises((AssertionError, KeyError, ExceptionGroup)):
        # Nearly always detected in the first hundred; the drawn steps depend on the loaded modules.
        run(wrong, 4000, 40)
