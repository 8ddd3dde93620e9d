"""When to snapshot, when to watch, when to give up: the life of one mirror as a table, without I/O.

The shell tells what happened (`connected`, `receive`, `tick`, `closed`) with the time in seconds and carries
out the effects that come back, in order. `TABLE` says which event means what in which state; an event that
has no entry there is counted and changes nothing. What is promised:

* batches are applied in order, each once, from a snapshot on: revisions are contiguous or there is a
  snapshot;
* a snapshot replaces all; a gap, an unknown epoch or a heartbeat ahead of us is never ignored;
* a peer that proves nothing, says nothing for 6 s, or cannot bring us up to date is let go, with a reason.
"""

from __future__ import annotations

import enum
import math
from collections import Counter
from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from remote_script.SetMirror.contract import auth
from remote_script.SetMirror.contract.limits import HEARTBEAT_S, PROTOCOLS
from remote_script.SetMirror.contract.seal import Session, client_session

from . import wire

SILENCE_S = 3 * HEARTBEAT_S
"""Three missed heartbeats mean that the link is dead; Live's UI can stall for a second in a menu."""
GREETING_S = 5.0
"""For each step of the hello."""
ANSWER_S = 60.0
"""For a snapshot's next part or a watch, while heartbeats go on."""
READY_RETRY_S = 1.0
"""While the script reads the Set; `bridge.ready` comes sooner."""
REWATCHES = 3
"""Watches in a row that brought nothing new: then a snapshot."""
SNAPSHOTS = 4
"""Snapshots in a row after which nothing fitted: then the link is closed."""
SNAPSHOT_OBJECTS = 2_000_000
"""More than any Set by far: a peer that sends on and on is let go."""

UNKNOWN_KINDS = 64
"""Names kept of notices that nobody here knows."""


FOR_PERSONS = frozenset(("policy.changed", "question.asked", "question.ended"))
"""Notices for a page or a terminal, which ask for the state as well; no part of the Set."""


class State(enum.Enum):
    """Where the mirror is; reads answer in all of them from what it holds.

    Only FOLLOWING can be synced. STALE: linked, but what is held is known to be behind until a watch is
    answered.
    """

    DISCONNECTED = "disconnected"
    GREETING = "greeting"
    SNAPSHOTTING = "snapshotting"
    FOLLOWING = "following"
    STALE = "stale"


class Send(msgspec.Struct, frozen=True):
    """Send this request."""

    id: str
    method: str
    params: dict[str, Any]


class Close(msgspec.Struct, frozen=True):
    """Close the link and connect again after the usual pause; `blame` counts it."""

    reason: str
    blame: str


class Trust(msgspec.Struct, frozen=True):
    """The peer has proved itself: lines may be long, and all after those sent so far are sealed."""

    session: Session


class Stage(msgspec.Struct, frozen=True):
    """Keep these objects of a snapshot for the Replace; `first` drops what was staged before."""

    objects: list[Any]
    first: bool


class Replace(msgspec.Struct, frozen=True):
    """All staged objects are the Set, as of this revision."""

    epoch: str
    revision: int


class Apply(msgspec.Struct, frozen=True):
    """The next batch."""

    batch: wire.Batch


Effect = Send | Close | Trust | Stage | Replace | Apply


class Rule(NamedTuple):
    """Which method handles the event, and the states it may end in."""

    action: str
    to: tuple[State, ...]


_D, _G, _S, _F, _L = State.DISCONNECTED, State.GREETING, State.SNAPSHOTTING, State.FOLLOWING, State.STALE

_LINKED = {"bad": Rule("_refused", (_D,)), "silent": Rule("_silent", (_D,)), "closed": Rule("_closed", (_D,))}
_SERVED = {
    **_LINKED,
    "resync": Rule("_fetch", (_S, _D)),
    "foreign": Rule("_fetch", (_S, _D)),
    "bye": Rule("_goodbye", (_D,)),
}

TABLE: Mapping[State, Mapping[str, Rule]] = {
    _D: {
        "connected": Rule("_hello", (_G,)),
    },
    _G: {
        **_LINKED,
        "greeted": Rule("_authenticate", (_G, _D)),
        "welcomed": Rule("_begin", (_S, _L)),
        "bye": Rule("_goodbye", (_D,)),
    },
    _S: {
        **_SERVED,
        "progress": Rule("_progress", (_S,)),
        "objects": Rule("_stage", (_S, _D)),
        "snapshot": Rule("_replace", (_S, _D)),
        "watched": Rule("_follow", (_F, _S, _D)),
        "next": Rule("_apply_if_watching", (_S,)),
        "old": Rule("_ignore", (_S,)),
        "gap": Rule("_ignore", (_S,)),
        "beat": Rule("_ignore", (_S,)),
        "beat_ahead": Rule("_ignore", (_S,)),
        "beat_behind": Rule("_ignore", (_S,)),
        "not_ready": Rule("_wait", (_S,)),
        "ready": Rule("_ready", (_S,)),
        "due": Rule("_ready", (_S,)),
        "too_old": Rule("_fetch", (_S, _D)),
        "foreign": Rule("_foreign_while_snapshotting", (_S, _D)),
    },
    _F: {
        **_SERVED,
        "progress": Rule("_progress", (_F,)),
        "next": Rule("_apply", (_F,)),
        "old": Rule("_ignore", (_F,)),
        "gap": Rule("_watch", (_L, _S, _D)),
        "beat": Rule("_confirm", (_F,)),
        "beat_ahead": Rule("_watch", (_L, _S, _D)),
        "beat_behind": Rule("_fetch", (_S, _D)),
        "ready": Rule("_ready_anew", (_F, _S, _D)),
    },
    _L: {
        **_SERVED,
        "progress": Rule("_progress", (_L,)),
        "watched": Rule("_follow", (_F, _S, _D)),
        "next": Rule("_apply", (_L,)),
        "old": Rule("_ignore", (_L,)),
        "gap": Rule("_ignore", (_L,)),
        "beat": Rule("_ignore", (_L,)),
        "beat_ahead": Rule("_ignore", (_L,)),
        "beat_behind": Rule("_ignore", (_L,)),
        "ready": Rule("_ready_anew", (_L, _S, _D)),
        "too_old": Rule("_fetch", (_S, _D)),
        "not_ready": Rule("_fetch", (_S, _D)),
    },
}
"""State → event → rule. `python -m tests.mirror.diagram` draws the README's diagram from this table."""

EVENTS = tuple(sorted({event for rules in TABLE.values() for event in rules}))


def judge(held: tuple[str, int], epoch: str, revision: int) -> str:
    """What a batch (epoch, revision) is to a mirror that holds `held`: foreign, old, next or gap."""
    if epoch != held[0]:
        return "foreign"
    if revision <= held[1]:
        return "old"
    return "next" if revision == held[1] + 1 else "gap"


class Sync:
    """The state machine; `epoch` and `revision` are what the store holds once the effects are carried out.

    Args:
      token: The bridge's, 64 hex digits.
      client: Name and version of the program, for people.
      role, identity: Whose key is proved; see `auth`.
    """

    def __init__(
        self, token: str, client: dict[str, str], *, role: str = auth.AGENT, identity: str = "mirror"
    ) -> None:
        self.state = State.DISCONNECTED
        self.epoch = ""
        self.revision = 0
        self.newest = 0
        self.equal_at = -math.inf
        """When the mirror was last known to equal Live."""
        self.progress = 0.0
        self.reading_signs = 0
        """Messages that say the Set is being read or sent; `progress` can stand still while more of it is found."""
        self.welcome: wire.Welcome | None = None
        self.script: dict[str, Any] = {}
        self.counters: Counter[str] = Counter()
        self.unknown: Counter[str] = Counter()
        """Kinds of notices that this version does not know; a newer script is no fault."""
        self.reason = ""
        self.role = role
        self.identity = identity
        self._key = auth.client_key(token, role, identity)
        self._client = client
        self._nonce = ""
        self._asked: dict[str, str] = {}
        self._number = 0
        self._heard_at = 0.0
        self._patience_until = math.inf
        self._retry_at = math.inf
        self._snapshot = ""
        self._received = 0
        self._watching = False
        self._watches = 0
        self._snapshots = 0

    # -- what happens ------------------------------------------------------------------------------

    def connected(self, now: float, nonce: str) -> list[Effect]:
        """The link is up; `nonce` is 64 hex digits, never used before."""
        self._heard_at = now
        return self._event("connected", nonce, now)

    def receive(self, message: wire.Message, now: float) -> list[Effect]:
        """A message came that is not the reply to somebody else's request."""
        self._heard_at = now
        if not message.method:
            return self._reply(message, now)
        known = message.params
        if isinstance(known, wire.Batch):
            event = judge((self.epoch, self.revision), known.epoch, known.revision)
            if event != "next":
                self.counters["batches " + event] += 1
            return self._event(event, known, now)
        if isinstance(known, wire.Heartbeat):
            return self._event(self._judge_beat(known), known, now)
        if isinstance(known, wire.Objects):
            return self._event("objects", known, now)
        if message.method in wire.PARAMS:
            return self._event(message.method.partition(".")[2], known, now)
        if message.method in FOR_PERSONS:
            self.counters["notices for persons"] += 1
            return []
        self.counters["unknown notices"] += 1
        if len(self.unknown) < UNKNOWN_KINDS or message.method in self.unknown:
            self.unknown[message.method] += 1
        return []

    def broken(self, reason: str, now: float) -> list[Effect]:
        """The peer sent what is no message."""
        return self._event("bad", reason, now)

    def tick(self, now: float) -> list[Effect]:
        """Time has passed; a few times a second."""
        if self.state is State.DISCONNECTED:
            return []
        silence = math.inf if self.state is State.GREETING else SILENCE_S
        if now - self._heard_at >= silence:
            return self._event("silent", f"nothing was heard for {SILENCE_S:g} s", now)
        if now >= self._patience_until:
            return self._event("silent", "a request was not answered in time", now)
        if now >= self._retry_at:
            return self._event("due", None, now)
        return []

    def closed(self, now: float, reason: str) -> None:
        """The link is gone; whatever was asked will not be answered."""
        if self.state is not State.DISCONNECTED:
            self._event("closed", reason, now)

    @property
    def synced(self) -> bool:
        """Whether what is held equals Live, as far as anybody can know."""
        return self.state is State.FOLLOWING and self.revision >= self.newest

    def forget(self) -> None:
        """Do not trust what is held: the next link begins with a snapshot."""
        self.epoch, self.revision = "", 0

    def owns(self, id_: Any) -> bool:
        """Whether a reply belongs to a request of this machine."""
        return isinstance(id_, str) and id_.startswith("sync-")

    # -- from events to actions --------------------------------------------------------------------

    def _event(self, event: str, told: Any, now: float) -> list[Effect]:
        rule = TABLE[self.state].get(event)
        if rule is None:
            self.counters[f"{event} while {self.state.value}"] += 1
            return []
        effects: list[Effect] = getattr(self, rule.action)(told, now)
        assert self.state in rule.to, f"{event} led to {self.state}"
        return effects

    def _judge_beat(self, beat: wire.Heartbeat) -> str:
        if beat.epoch != self.epoch:
            return "foreign"
        if beat.revision == self.revision:
            return "beat"
        return "beat_ahead" if beat.revision > self.revision else "beat_behind"

    def _reply(self, message: wire.Message, now: float) -> list[Effect]:
        asked = self._asked.pop(str(message.id), "")
        if not asked:
            # The answer to a question of an earlier state, or to a line that the peer could not read.
            self.counters["late replies"] += 1
            return []
        if not self._asked:
            self._patience_until = math.inf
        if message.error is None:
            shapes: dict[str, Any] = {
                "greeted": wire.Hello,
                "welcomed": wire.Welcome,
                "snapshot": wire.SnapshotEnd,
                "watched": wire.Watched,
            }
            try:
                return self._event(asked, wire.convert(message.result, shapes[asked]), now)
            except wire.BadLine as problem:
                return self._event("bad", str(problem), now)
        error = message.error if isinstance(message.error, dict) else {}
        data = error.get("data") if isinstance(error.get("data"), dict) else {}
        assert isinstance(data, dict)
        name = data.get("error")
        if name == "NOT_READY":
            return self._event("not_ready", data, now)
        if asked == "watched" and name in ("REVISION_TOO_OLD", "EPOCH_CHANGED", "INVALID_PARAMS"):
            return self._event("too_old", data, now)
        if asked == "snapshot" and name in ("EPOCH_CHANGED", "BUSY"):
            return self._event("not_ready", data, now)
        hint = data.get("hint", "")
        text = f"{error.get('message', 'refused')}{'; ' if hint else ''}{hint}"
        return self._event("bad", f"{asked} refused: {text}"[:400], now)

    def _ask(self, event: str, method: str, params: dict[str, Any], patience_s: float, now: float) -> Send:
        self._number += 1
        id_ = f"sync-{self._number}"
        # Replies to what was asked before belong to a state that is over.
        self._asked = {id_: event}
        self._patience_until = now + patience_s
        self._retry_at = math.inf
        return Send(id_, method, params)

    def _end(self, reason: str, blame: str) -> list[Effect]:
        self._closed(reason, 0.0)
        self.counters[blame] += 1
        return [Close(reason, blame)]

    # -- actions -----------------------------------------------------------------------------------

    def _hello(self, nonce: str, now: float) -> list[Effect]:
        self.state = State.GREETING
        self.reason = ""
        self._nonce = nonce
        self._watches = self._snapshots = 0
        params = {
            "protocols": list(PROTOCOLS),
            "client": self._client,
            "role": self.role,
            "identity": self.identity,
            "nonce": nonce,
        }
        return [self._ask("greeted", "bridge.hello", params, GREETING_S, now)]

    def _authenticate(self, hello: wire.Hello, now: float) -> list[Effect]:
        if hello.protocol not in PROTOCOLS:
            return self._end(
                f"the script speaks protocol {hello.protocol}; update SetMirror", "wrong protocol"
            )
        if not auth.NONCE.match(hello.nonce):
            return self._end("the peer's nonce is not 64 hex digits", "wrong proof")
        if not auth.same(auth.script_proof(self._key, self._nonce, hello.nonce), hello.proof):
            return self._end(
                "the peer could not prove that it knows the token: it is not this user's Live", "wrong proof"
            )
        self.script = hello.script
        proof = auth.client_proof(self._key, self._nonce, hello.nonce)
        ask = self._ask("welcomed", "bridge.authenticate", {"proof": proof}, GREETING_S, now)
        return [ask, Trust(client_session(self._key, self._nonce, hello.nonce))]

    def _begin(self, welcome: wire.Welcome, now: float) -> list[Effect]:
        self.welcome = welcome
        self.script = {**self.script, **welcome.script}
        self.progress = welcome.progress
        if not welcome.ready:
            return self._wait({}, now)
        kept = welcome.oldest_revision <= self.revision <= welcome.revision
        if self.epoch and welcome.epoch == self.epoch and kept:
            self.counters["resumes"] += 1
            self.newest = welcome.revision
            return self._send_watch(State.STALE, now)
        return self._fetch("new link", now)

    def _fetch(self, told: Any, now: float) -> list[Effect]:
        self._snapshots += 1
        if self._snapshots > SNAPSHOTS:
            return self._end(f"{SNAPSHOTS} snapshots in a row did not lead on", "no progress")
        reason = told if isinstance(told, str) else getattr(told, "reason", "") or type(told).__name__
        self.counters["snapshots"] += 1
        self.counters[f"snapshots: {reason}"[:60]] += 1
        self.state = State.SNAPSHOTTING
        self._watching = False
        self._received = 0
        send = self._ask("snapshot", "set.snapshot", {}, ANSWER_S, now)
        self._snapshot = send.id
        return [Stage([], True), send]

    def _wait(self, told: Any, now: float) -> list[Effect]:
        self.state = State.SNAPSHOTTING
        self._snapshot = ""
        self._watching = False
        self._asked = {}
        self._patience_until = math.inf
        progress = told.get("progress") if isinstance(told, dict) else None
        if isinstance(progress, int | float):
            self.progress = float(progress)
        after = told.get("retry_after_s") if isinstance(told, dict) else None
        wait = float(after) if isinstance(after, int | float) and 0 < after < 60 else READY_RETRY_S
        self._retry_at = now + wait
        return []

    def _ready(self, told: Any, now: float) -> list[Effect]:
        if self._asked:
            return []
        # Waiting for Live is not a failure to make progress.
        self._snapshots = 0
        return self._fetch("ready", now)

    def _ready_anew(self, told: wire.Ready, now: float) -> list[Effect]:
        return self._fetch("another epoch", now) if told.epoch != self.epoch else []

    def _progress(self, told: wire.Progress, now: float) -> list[Effect]:
        self.progress = told.progress
        self.reading_signs += 1
        return []

    def _stage(self, told: wire.Objects, now: float) -> list[Effect]:
        if told.snapshot != self._snapshot or self._watching:
            self.counters["objects of another snapshot"] += 1
            return []
        self._received += len(told.objects)
        self.reading_signs += 1
        if self._received > SNAPSHOT_OBJECTS:
            return self._end(f"a snapshot may have {SNAPSHOT_OBJECTS} objects", "bad")
        self._patience_until = now + ANSWER_S
        return [Stage(told.objects, False)]

    def _replace(self, told: wire.SnapshotEnd, now: float) -> list[Effect]:
        if told.count != self._received:
            self.counters["incomplete snapshots"] += 1
            return self._end(f"the snapshot should have {told.count} objects, {self._received} came", "bad")
        self.epoch, self.revision, self.newest = told.epoch, told.revision, told.revision
        self.progress = 1.0
        return [Replace(told.epoch, told.revision), *self._send_watch(State.SNAPSHOTTING, now)]

    def _send_watch(self, state: State, now: float) -> list[Effect]:
        self.state = state
        self._watching = True
        params = {"epoch": self.epoch, "after_revision": self.revision}
        return [self._ask("watched", "set.watch", params, ANSWER_S, now)]

    def _watch(self, told: Any, now: float) -> list[Effect]:
        self._watches += 1
        self.newest = max(self.newest, told.revision)
        if self._watches > REWATCHES:
            self._watches = 0
            return self._fetch("watching in vain", now)
        self.counters["rewatches"] += 1
        return self._send_watch(State.STALE, now)

    def _follow(self, told: wire.Watched, now: float) -> list[Effect]:
        if told.revision < self.revision:
            return self._fetch("the peer is behind its own snapshot", now)
        self.state = State.FOLLOWING
        self.newest = told.revision
        if self.revision == told.revision:
            self.equal_at = now
        return []

    def _apply(self, batch: wire.Batch, now: float) -> list[Effect]:
        self.revision = batch.revision
        self._watches = self._snapshots = 0
        if self.revision >= self.newest:
            self.newest = self.revision
            self.equal_at = now
        return [Apply(batch)]

    def _apply_if_watching(self, batch: wire.Batch, now: float) -> list[Effect]:
        # Before the snapshot is there, its revision stands for all batches up to it.
        return self._apply(batch, now) if self._watching else []

    def _foreign_while_snapshotting(self, told: Any, now: float) -> list[Effect]:
        # The stream of before; only once the snapshot is held does another epoch mean anything.
        return self._fetch("another epoch", now) if self._watching else []

    def _ignore(self, told: Any, now: float) -> list[Effect]:
        return []

    def _confirm(self, told: wire.Heartbeat, now: float) -> list[Effect]:
        self._watches = self._snapshots = 0
        self.newest = told.revision
        self.equal_at = now
        return []

    def _goodbye(self, told: wire.Bye, now: float) -> list[Effect]:
        return self._end(f"Live said goodbye: {told.reason[:100]}", "goodbyes")

    def _refused(self, reason: str, now: float) -> list[Effect]:
        return self._end(reason, "bad")

    def _silent(self, reason: str, now: float) -> list[Effect]:
        return self._end(reason, "silences")

    def _closed(self, reason: str, now: float) -> list[Effect]:
        self.state = State.DISCONNECTED
        self.reason = reason
        self._asked = {}
        self._patience_until = self._retry_at = math.inf
        self._watching = False
        return []
