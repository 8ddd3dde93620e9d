"""The types that readers hold: frozen, never copied, never changed; a newer state is another object.

Dicts and lists inside of nodes are shared with the mirror: read them, do not change them.
"""

from __future__ import annotations

from typing import Annotated, Any, NamedTuple

import msgspec


class Note(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A MIDI note; times and duration in beats, velocities 0 to 127, probability 0 to 1.

    What follows `release_velocity` only notes in Bitwig have: pan and timbre −1 to 1, pressure 0 to 1, transpose in
    semitones; None in Live.
    """

    note_id: int
    pitch: int
    start_time: float
    duration: float
    velocity: float
    mute: bool
    probability: float
    velocity_deviation: float
    release_velocity: float
    gain: float | None = None
    pan: float | None = None
    pressure: float | None = None
    timbre: float | None = None
    transpose: float | None = None


class Node(msgspec.Struct, frozen=True):
    """One object of the Set as of `revision`, the last one that changed it.

    `type` is Live's class name, `role` the property of the parent that it hangs in. `props` holds what can be
    read of it (what does not apply is not there; references are ids; `notes` a tuple of Note by time and
    pitch), and `children` its owned objects: an id, None, or a tuple of ids in order.
    """

    id: int
    type: str
    parent: int | None
    role: str
    props: dict[str, Any]
    children: dict[str, Any]
    revision: int = 0

    @property
    def name(self) -> str:
        """What Live calls it; "" for what has no name."""
        name = self.props.get("name")
        return name if isinstance(name, str) else ""


class Stamp(msgspec.Struct, frozen=True):
    """What a read is worth: `age_ms` since the mirror was last known to equal Live; None if it never was.

    `coming` are the parts of the Set that are not held yet, since it is still being read; what is held is exact.
    """

    epoch: str
    revision: int
    synced: bool
    age_ms: int | None
    coming: tuple[str, ...] = ()


class Status(msgspec.Struct, frozen=True):
    """The mirror's state of health; see `Stamp` for `synced`, `age_ms` and `coming`.

    `progress` is 0 to 1 while the script reads the Set; `latencies` holds p50/p95/p99/max in milliseconds and
    a count by name.
    """

    state: str
    synced: bool
    age_ms: int | None
    epoch: str
    revision: int
    live_version: str
    progress: float
    objects: int
    set_name: str
    set_path: str
    set_warnings: list[str]
    """What headless Live changed or left out when it read the Set's file; empty for a real Live."""
    script: dict[str, Any]
    last_problem: str
    waiting_writes: int
    subscribers: int
    counters: dict[str, int]
    latencies: dict[str, dict[str, float]]
    coming: tuple[str, ...] = ()


class Change(NamedTuple):
    """What one object's part of a batch changed in the store; the kinds are those of `Event.kind`.

    Attributes:
      kind: As `Event.kind`.
      id: Of the object.
      name: Of the property or list of children; for "add", "remove" and "move" the role in the parent.
      before, after: The values; for "move" the parents' ids, for "content" the notes that went and that came. `before`
        of "remove" is the node.
    """

    kind: str
    id: int
    name: str
    before: Any = None
    after: Any = None


class Event(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing that happened, as people read it.

    `kind`: set, absent, children, content, add, remove, move, resynced, or skipped (the reader was too slow).
    `who`: "live" (a person, or Live itself), "automation" (a lane or an envelope that played), "audit", "resync",
    or the author of the write `write`. `before`
    and `after` are values, for children the ids, for content what was replaced or removed and what came
    instead, for a removed locator `before` has its time. `seq` counts on over epochs.
    """

    seq: int
    time: float
    epoch: str
    revision: int
    kind: str
    who: str
    ref: str
    id: int = 0
    type: str = ""
    name: str = ""
    object_name: str = ""
    before: Any = None
    after: Any = None
    cause: str = "live"
    write: str | None = None
    more: int = 0
    """What was left out for its number: events of the same step, notes of a content."""
    hidden: bool = False
    """Who reads it may not know more than that something happened here."""
    display: str = ""
    """Of a parameter's value in a journal: what Live showed, as "0.0 dB → -6.0 dB"."""


class Notice(msgspec.Struct, frozen=True):
    """A notice to a subscriber: something of this object changed and can be read again.

    Removed objects have the ref that they had.
    """

    refs: tuple[str, ...]
    ids: tuple[int, ...]
    revision: int
    epoch: str
    resynced: bool = False


class Match(msgspec.Struct, frozen=True):
    """A find: the object, where it is, and how well its name fits (1.0 = exactly)."""

    node: Node
    ref: str
    score: float = 1.0


class Set(msgspec.Struct, frozen=True, omit_defaults=True, tag_field="op", tag="set"):
    """An operation of a write: give property `name` of `target` a value.

    `target`: id, ref, name, or a late target such as `$k` for what operation k of the same write made (see
    `remote_script.SetMirror.contract.late`). `expect`: the value it must have before.
    """

    target: int | str
    name: str
    value: Any
    expect: Any = msgspec.UNSET


class Call(msgspec.Struct, frozen=True, omit_defaults=True, tag_field="op", tag="call"):
    """An operation of a write: call `method` of `target` with arguments by name.

    `overwrite` allows it to remove what is not its target: a clip in the way, notes that meet, a device replaced.
    """

    target: int | str
    method: str
    args: dict[str, Any] = {}
    overwrite: bool = False


Operation = Set | Call


class OpResult(msgspec.Struct, frozen=True, omit_defaults=True):
    """What came of one operation.

    `note` says what Live made of the value; `display` how Live shows a parameter now; `result` is what a call
    returned or made ({id, type, ref} for objects), `value` what it returned besides. `replaced` names what went besides
    the target: the first 20 of `replaced_count`. `target` is the id of what a late target turned out to be.
    """

    changed: bool = False
    before: Any = None
    after: Any = None
    verified: bool = False
    note: str = ""
    display: str = ""
    result: Any = None
    value: Any = None
    replaced: list[dict[str, Any]] = []
    replaced_count: int = 0
    target: int | None = None


class WriteProgress(msgspec.Struct, frozen=True):
    """How a long write gets on: `done` of `of` (0 where nobody knows how much) in operation `op` of `ops`."""

    write: str
    op: Annotated[int, msgspec.Meta(ge=0)] = 0
    ops: Annotated[int, msgspec.Meta(ge=1)] = 1
    done: Annotated[int, msgspec.Meta(ge=0)] = 0
    of: Annotated[int, msgspec.Meta(ge=0)] = 0
    so_far: str = ""

    @property
    def share(self) -> float:
        """0 to 1, and never less than before: what has no known end comes ever nearer to it."""
        part = min(1.0, self.done / self.of) if self.of else self.done / (self.done + 100)
        return min(1.0, (self.op + part) / self.ops)


class WriteResult(msgspec.Struct, frozen=True):
    """What came of a write.

    `outcome`: verified (Live shows it), unchanged (it was so already, or a dry run), mismatch (Live took it
    and shows something else). `seen`: the mirror has reached `revision`, so reads show it. `recovered`: the
    link was lost after sending; "script" or "mirror" says who knew. `not_in_history`: what was set that Live's own undo
    does not take back; `put_back`: what an undo gave back by value for that reason.
    """

    write: str
    outcome: str
    epoch: str
    revision: int
    results: list[OpResult]
    undo_steps: int = 0
    dry_run: bool = False
    author: str = ""
    label: str = ""
    seen: bool = True
    recovered: str = ""
    not_in_history: list[str] = []
    put_back: list[str] = []
