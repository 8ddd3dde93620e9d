"""The state machine of the link: when to fetch a snapshot, watch the stream, or close the link. No I/O.

The shell reports events (`connected`, `receive`, `tick`, `closed`) with the time in seconds and carries out the
returned effects in order. `TABLE` maps state and event to an action; an event without an entry is counted and changes
nothing. The machine guarantees:

* after a snapshot, batches are applied in order and exactly once: revisions are contiguous, or a new snapshot is
  fetched;
* a snapshot replaces the whole state; a gap, an unknown epoch or a heartbeat ahead of the mirror is never ignored;
* the link to a peer that cannot authenticate, sends nothing for 6 s, or cannot bring the mirror up to date is closed,
  with a reason.
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
"""Timeout of each step of the hello."""
ANSWER_S = 60.0
"""Timeout for a snapshot's next part or the answer to a watch, while heartbeats continue."""
READY_RETRY_S = 1.0
"""Pause before asking again while the script reads the Set; usually `bridge.ready` arrives earlier."""
REWATCHES = 3
"""Watches in a row without a new batch; then the machine fetches a snapshot."""
SNAPSHOTS = 4
"""Snapshots in a row without a fitting batch; then the machine closes the link."""
SNAPSHOT_OBJECTS = 2_000_000
"""Far more than any Set has: a peer that sends more is disconnected."""

UNKNOWN_KINDS = 64
"""Distinct names of unknown notices that are counted."""


FOR_PERSONS = frozenset(("policy.changed", "question.asked", "question.ended"))
"""Notices for a page or a terminal, which then request the state; they do not concern the Set."""


class State(enum.Enum):
    """The state of the link; in every state reads use the mirror's last contents.

    Only FOLLOWING can be synced. STALE: linked, but the contents are known to be outdated until a watch is answered.
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
    """The peer is authenticated: from now on lines may be long, and all further lines are sealed."""

    session: Session


class Collect(msgspec.Struct, frozen=True):
    """Keep these objects of a snapshot for the Replace; `first` drops objects collected earlier."""

    objects: list[Any]
    first: bool


class Replace(msgspec.Struct, frozen=True):
    """All collected objects are the Set, as of this revision."""

    epoch: str
    revision: int


class Apply(msgspec.Struct, frozen=True):
    """The next batch."""

    batch: wire.Batch


Effect = Send | Close | Trust | Collect | Replace | Apply


class Transition(NamedTuple):
    """The method that handles the event, and the states in which it may end."""

    action: str
    to: tuple[State, ...]


_D, _G, _S, _F, _L = State.DISCONNECTED, State.GREETING, State.SNAPSHOTTING, State.FOLLOWING, State.STALE

_LINKED = {
    "bad": Transition("_refused", (_D,)),
    "silent": Transition("_silent", (_D,)),
    "closed": Transition("_closed", (_D,)),
}
_SERVED = {
    **_LINKED,
    "resync": Transition("_fetch", (_S, _D)),
    "foreign": Transition("_fetch", (_S, _D)),
    "bye": Transition("_goodbye", (_D,)),
}

TABLE: Mapping[State, Mapping[str, Transition]] = {
    _D: {
        "connected": Transition("_hello", (_G,)),
    },
    _G: {
        **_LINKED,
        "greeted": Transition("_authenticate", (_G, _D)),
        "welcomed": Transition("_begin", (_S, _L)),
        "bye": Transition("_goodbye", (_D,)),
    },
    _S: {
        **_SERVED,
        "progress": Transition("_progress_or_outline", (_S, _D)),
        "objects": Transition("_collect", (_S, _D)),
        "snapshot": Transition("_replace", (_S, _D)),
        "watched": Transition("_follow", (_F, _S, _D)),
        "next": Transition("_apply_if_watching", (_S,)),
        "old": Transition("_ignore", (_S,)),
        "gap": Transition("_ignore", (_S,)),
        "beat": Transition("_ignore", (_S,)),
        "beat_ahead": Transition("_ignore", (_S,)),
        "beat_behind": Transition("_ignore", (_S,)),
        "not_ready": Transition("_wait", (_S,)),
        "ready": Transition("_ready", (_S,)),
        "due": Transition("_ready", (_S,)),
        "too_old": Transition("_fetch", (_S, _D)),
        "foreign": Transition("_foreign_while_snapshotting", (_S, _D)),
    },
    _F: {
        **_SERVED,
        "progress": Transition("_progress", (_F,)),
        "next": Transition("_apply", (_F,)),
        "old": Transition("_ignore", (_F,)),
        "gap": Transition("_watch", (_L, _S, _D)),
        "beat": Transition("_confirm", (_F,)),
        "beat_ahead": Transition("_watch", (_L, _S, _D)),
        "beat_behind": Transition("_fetch", (_S, _D)),
        "ready": Transition("_ready_again", (_F, _S, _D)),
    },
    _L: {
        **_SERVED,
        "progress": Transition("_progress", (_L,)),
        "watched": Transition("_follow", (_F, _S, _D)),
        "next": Transition("_apply", (_L,)),
        "old": Transition("_ignore", (_L,)),
        "gap": Transition("_ignore", (_L,)),
        "beat": Transition("_ignore", (_L,)),
        "beat_ahead": Transition("_ignore", (_L,)),
        "beat_behind": Transition("_ignore", (_L,)),
        "ready": Transition("_ready_again", (_L, _S, _D)),
        "too_old": Transition("_fetch", (_S, _D)),
        "not_ready": Transition("_fetch", (_S, _D)),
    },
}
"""State → event → transition. `python -m tests.mirror.diagram` draws the diagram in `PROTOCOL.md` from this table."""

EVENTS = tuple(sorted({event for rules in TABLE.values() for event in rules}))


def judge(position: tuple[str, int], epoch: str, revision: int) -> str:
    """Classify a batch (epoch, revision) for a mirror at `position`: foreign, old, next or gap."""
    if epoch != position[0]:
        return "foreign"
    if revision <= position[1]:
        return "old"
    return "next" if revision == position[1] + 1 else "gap"


class Sync:
    """The state machine; `epoch` and `revision` are the store's once the effects are carried out.

    Args:
      token: The bridge's token, 64 hex digits.
      client: Name and version of the program, for people.
      role, identity: The role and name that the client proves; see `auth`.
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
        self.coming: tuple[str, ...] = ()
        """The parts of the Set that the contents lack, since the script still reads them."""
        self.progress = 0.0
        self.reading_signs = 0
        """Messages that show progress in reading or sending the Set; `progress` itself can pause as the Set grows."""
        self.welcome: wire.Welcome | None = None
        self.script: dict[str, Any] = {}
        self.counters: Counter[str] = Counter()
        self.unknown: Counter[str] = Counter()
        """Counts notices that this version does not know, by name; a newer script may send them."""
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

    # -- events ------------------------------------------------------------------------------------

    def connected(self, now: float, nonce: str) -> list[Effect]:
        """The link is up; `nonce` is 64 random hex digits."""
        self._heard_at = now
        return self._event("connected", nonce, now)

    def receive(self, message: wire.Message, now: float) -> list[Effect]:
        """A message arrived: a notice, or the reply to a request of this machine."""
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
        """The peer sent a line that is not a valid message."""
        return self._event("bad", reason, now)

    def tick(self, now: float) -> list[Effect]:
        """Time has passed; a few times a second."""
        if self.state is State.DISCONNECTED:
            return []
        silence = math.inf if self.state is State.GREETING else SILENCE_S
        if now - self._heard_at >= silence:
            return self._event("silent", f"no line arrived for {SILENCE_S:g} s", now)
        if now >= self._patience_until:
            return self._event("silent", "a request was not answered in time", now)
        if now >= self._retry_at:
            return self._event("due", None, now)
        return []

    def closed(self, now: float, reason: str) -> None:
        """The link is closed; pending requests will not be answered."""
        if self.state is not State.DISCONNECTED:
            self._event("closed", reason, now)

    @property
    def synced(self) -> bool:
        """True when the mirror equals Live, as far as can be known."""
        return self.state is State.FOLLOWING and self.revision >= self.newest and not self.coming

    def forget(self) -> None:
        """Discard the position of the contents: the next link starts with a snapshot."""
        self.epoch, self.revision = "", 0

    def owns(self, id_: Any) -> bool:
        """True when a reply belongs to a request of this machine."""
        return isinstance(id_, str) and id_.startswith("sync-")

    # -- from events to actions --------------------------------------------------------------------

    def _event(self, event: str, payload: Any, now: float) -> list[Effect]:
        rule = TABLE[self.state].get(event)
        if rule is None:
            self.counters[f"{event} while {self.state.value}"] += 1
            return []
        effects: list[Effect] = getattr(self, rule.action)(payload, now)
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
            # The reply to a request of an earlier state, or to a line that the peer could not parse.
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
        # Replies to earlier requests belong to a state that is over.
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
                f"the script supports protocol {hello.protocol}; update SetMirror", "wrong protocol"
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
        resumable = welcome.oldest_revision <= self.revision <= welcome.revision
        if self.epoch and welcome.epoch == self.epoch and resumable and (welcome.ready or welcome.outline):
            self.counters["resumes"] += 1
            self.newest = welcome.revision
            return self._send_watch(State.STALE, now)
        if welcome.ready or (welcome.outline and self._takes_outline):
            return self._fetch("new link", now)
        return self._wait({}, now)

    def _fetch(self, payload: Any, now: float) -> list[Effect]:
        self._snapshots += 1
        if self._snapshots > SNAPSHOTS:
            return self._end(f"{SNAPSHOTS} snapshots in a row made no progress", "no progress")
        reason = (
            payload if isinstance(payload, str) else getattr(payload, "reason", "") or type(payload).__name__
        )
        self.counters["snapshots"] += 1
        self.counters[f"snapshots: {reason}"[:60]] += 1
        self.state = State.SNAPSHOTTING
        self._watching = False
        self._received = 0
        params = {"outline": True} if self._takes_outline else {}
        send = self._ask("snapshot", "set.snapshot", params, ANSWER_S, now)
        self._snapshot = send.id
        return [Collect([], True), send]

    @property
    def _takes_outline(self) -> bool:
        """True when an outline may be fetched, because the mirror is still empty.

        Compared with a whole Set, an outline looks as if all devices had been deleted.
        """
        return not self.epoch

    def _wait(self, payload: Any, now: float) -> list[Effect]:
        self.state = State.SNAPSHOTTING
        self._snapshot = ""
        self._watching = False
        self._asked = {}
        self._patience_until = math.inf
        progress = payload.get("progress") if isinstance(payload, dict) else None
        if isinstance(progress, int | float):
            self.progress = float(progress)
        after = payload.get("retry_after_s") if isinstance(payload, dict) else None
        wait = float(after) if isinstance(after, int | float) and 0 < after < 60 else READY_RETRY_S
        self._retry_at = now + wait
        return []

    def _ready(self, payload: Any, now: float) -> list[Effect]:
        if self._asked:
            return []
        # Waiting for Live is not a failure to make progress.
        self._snapshots = 0
        return self._fetch("ready", now)

    def _ready_again(self, ready: wire.Ready, now: float) -> list[Effect]:
        return self._fetch("another epoch", now) if ready.epoch != self.epoch else []

    def _progress(self, progress: wire.Progress, now: float) -> list[Effect]:
        self.progress = progress.progress
        self.reading_signs += 1
        return []

    def _progress_or_outline(self, progress: wire.Progress, now: float) -> list[Effect]:
        """Fetch the outline once it is available: there is no need to wait for the rest."""
        effects = self._progress(progress, now)
        return effects + (self._ready(progress, now) if progress.outline and self._takes_outline else [])

    def _collect(self, part: wire.Objects, now: float) -> list[Effect]:
        if part.snapshot != self._snapshot or self._watching:
            self.counters["objects of another snapshot"] += 1
            return []
        self._received += len(part.objects)
        self.reading_signs += 1
        if self._received > SNAPSHOT_OBJECTS:
            return self._end(f"a snapshot may have {SNAPSHOT_OBJECTS} objects", "bad")
        self._patience_until = now + ANSWER_S
        return [Collect(part.objects, False)]

    def _replace(self, end: wire.SnapshotEnd, now: float) -> list[Effect]:
        if end.count != self._received:
            self.counters["incomplete snapshots"] += 1
            return self._end(f"the snapshot should have {end.count} objects, {self._received} came", "bad")
        self.epoch, self.revision, self.newest = end.epoch, end.revision, end.revision
        self._set_coming(end.coming)
        return [Replace(end.epoch, end.revision), *self._send_watch(State.SNAPSHOTTING, now)]

    def _send_watch(self, state: State, now: float) -> list[Effect]:
        self.state = state
        self._watching = True
        params = {"epoch": self.epoch, "after_revision": self.revision}
        return [self._ask("watched", "set.watch", params, ANSWER_S, now)]

    def _watch(self, payload: Any, now: float) -> list[Effect]:
        self._watches += 1
        self.newest = max(self.newest, payload.revision)
        if self._watches > REWATCHES:
            self._watches = 0
            return self._fetch("watches without a new batch", now)
        self.counters["rewatches"] += 1
        return self._send_watch(State.STALE, now)

    def _follow(self, watched: wire.Watched, now: float) -> list[Effect]:
        if watched.revision < self.revision:
            return self._fetch("the script's revision is older than its own snapshot", now)
        self.state = State.FOLLOWING
        self.newest = watched.revision
        if self.revision == watched.revision:
            self.equal_at = now
        return []

    def _set_coming(self, coming: list[str]) -> None:
        self.coming = tuple(coming)
        self.reading_signs += 1
        if not coming:
            self.progress = 1.0

    def _apply(self, batch: wire.Batch, now: float) -> list[Effect]:
        self.revision = batch.revision
        if batch.coming is not None:
            self._set_coming(batch.coming)
        self._watches = self._snapshots = 0
        if self.revision >= self.newest:
            self.newest = self.revision
            self.equal_at = now
        return [Apply(batch)]

    def _apply_if_watching(self, batch: wire.Batch, now: float) -> list[Effect]:
        # Until the snapshot is complete, ignore batches: its revision will include them.
        return self._apply(batch, now) if self._watching else []

    def _foreign_while_snapshotting(self, payload: Any, now: float) -> list[Effect]:
        # Left over from the previous stream: another epoch matters only once the snapshot is complete.
        return self._fetch("another epoch", now) if self._watching else []

    def _ignore(self, payload: Any, now: float) -> list[Effect]:
        return []

    def _confirm(self, beat: wire.Heartbeat, now: float) -> list[Effect]:
        self._watches = self._snapshots = 0
        self.newest = beat.revision
        self.equal_at = now
        return []

    def _goodbye(self, bye: wire.Bye, now: float) -> list[Effect]:
        return self._end(f"Live closed the connection: {bye.reason[:100]}", "goodbyes")

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
