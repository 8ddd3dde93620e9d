"""The types that reads return: frozen, shared, never changed; a newer state is another object.

Dicts and lists inside nodes are shared with the mirror: read them, do not change them.
"""

from __future__ import annotations

from typing import Annotated, Any, NamedTuple

import msgspec


class Note(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A MIDI note; times and duration in beats, velocities 0 to 127, probability 0 to 1.

    Only notes in Bitwig have the fields after `release_velocity`: pan and timbre −1 to 1, pressure 0 to 1,
    transpose in semitones; None in Live.
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

    `type` is Live's class name, `role` the property of the parent that contains the object. `props` has the
    readable properties (one that does not apply is absent; references are ids; `notes` is a tuple of Note by time
    and pitch), and `children` the objects in it: an id, None, or a tuple of ids in order.
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
        """The object's name in Live; "" if it has none."""
        name = self.props.get("name")
        return name if isinstance(name, str) else ""


class Stamp(msgspec.Struct, frozen=True):
    """How current a read is: `age_ms` since the mirror was last known to equal Live; None if it never was.

    `coming` are the parts of the Set that are still being read and are missing; all present contents are exact.
    """

    epoch: str
    revision: int
    synced: bool
    age_ms: int | None
    coming: tuple[str, ...] = ()


class Status(msgspec.Struct, frozen=True):
    """The mirror's state of health; see `Stamp` for `synced`, `age_ms` and `coming`.

    `progress` is 0 to 1 while the script reads the Set; `latencies` has p50/p95/p99/max in milliseconds and a count
    by name.
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
    """Parts of the Set's file that headless Live changed or left out; empty for a real Live."""
    script: dict[str, Any]
    last_problem: str
    waiting_writes: int
    subscribers: int
    counters: dict[str, int]
    latencies: dict[str, dict[str, float]]
    coming: tuple[str, ...] = ()


class Change(NamedTuple):
    """One change of one object in a batch; the kinds are those of `Event.kind`.

    Attributes:
      kind: As `Event.kind`.
      id: The object's id.
      name: The property or list of children; for "add", "remove" and "move" the role in the parent.
      before, after: The values; for "move" the parents' ids, for "content" the removed and the new notes. `before`
        of "remove" is the node.
    """

    kind: str
    id: int
    name: str
    before: Any = None
    after: Any = None


class Event(msgspec.Struct, frozen=True, omit_defaults=True):
    """One event, in a form for readers.

    `kind`: set, absent, children, content, add, remove, move, resynced, or skipped (the reader was too slow).
    `who`: "live" (a person, or Live itself), "automation" (a lane or an envelope that played), "audit", "resync",
    or the author of the write `write`. `before` and `after` are values; for children they are ids, for content the
    replaced or removed elements and the new elements, and for a removed locator `before` has its time. `seq`
    continues over epochs.
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
    """Number of omitted events of the same step, or of omitted notes of a content."""
    hidden: bool = False
    """True if the reader may only know that some event happened at this object."""
    display: str = ""
    """For a parameter's value in a journal: the texts that Live showed, as "0.0 dB → -6.0 dB"."""


class Notice(msgspec.Struct, frozen=True):
    """A notice to a subscriber: this object changed and can be read again.

    A removed object has the ref that it had before.
    """

    refs: tuple[str, ...]
    ids: tuple[int, ...]
    revision: int
    epoch: str
    resynced: bool = False


class Match(msgspec.Struct, frozen=True):
    """A match of `find`: the object, its ref, and how well its name fits (1.0 = exactly)."""

    node: Node
    ref: str
    score: float = 1.0


class Set(msgspec.Struct, frozen=True, omit_defaults=True, tag_field="op", tag="set"):
    """An operation of a write: give property `name` of `target` a value.

    `target`: id, ref, name, or a late target such as `$k` for the object that operation k of the same write created
    (see `remote_script.SetMirror.contract.late`). `expect`: the required previous value.
    """

    target: int | str
    name: str
    value: Any
    expect: Any = msgspec.UNSET


class Call(msgspec.Struct, frozen=True, omit_defaults=True, tag_field="op", tag="call"):
    """An operation of a write: call `method` of `target` with arguments by name.

    `overwrite` allows the call to remove objects other than its target: a clip in the way, overlapping notes, a
    replaced device.
    """

    target: int | str
    method: str
    args: dict[str, Any] = {}
    overwrite: bool = False


Operation = Set | Call


class OpResult(msgspec.Struct, frozen=True, omit_defaults=True):
    """The result of one operation.

    `note` describes a value that Live changed; `display` is the parameter's present text in Live; `result` is the
    object or value that a call returned or created ({id, type, ref} for objects), `value` a further return value.
    `replaced` names the objects that were removed besides the target: the first 20 of `replaced_count`. `target` is
    the id of the object behind a late target.
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
    """Progress of a long write: `done` of `of` (0 if the total is unknown) in operation `op` of `ops`."""

    write: str
    op: Annotated[int, msgspec.Meta(ge=0)] = 0
    ops: Annotated[int, msgspec.Meta(ge=1)] = 1
    done: Annotated[int, msgspec.Meta(ge=0)] = 0
    of: Annotated[int, msgspec.Meta(ge=0)] = 0
    so_far: str = ""

    @property
    def share(self) -> float:
        """The progress from 0 to 1, never decreasing; without a known total it approaches 1."""
        part = min(1.0, self.done / self.of) if self.of else self.done / (self.done + 100)
        return min(1.0, (self.op + part) / self.ops)


class WriteResult(msgspec.Struct, frozen=True):
    """The result of a write.

    `outcome`: verified (Live shows it), unchanged (it already had the values, or a dry run), mismatch (Live
    accepted it and shows something else). `seen`: the mirror has reached `revision`, so reads show the result.
    `recovered`: the link was lost after sending; "script" or "mirror" is the source of the outcome.
    `not_in_history`: values that Live's own undo does not revert; `put_back`: values that an undo restored one by
    one for that reason. `shares`: the write whose entry in Live's history this one shares, on Lives before 12.4, which
    record parameters on their own ticks: an undo restores the values of either write one by one.
    """

    write: str
    outcome: str
    epoch: str
    revision: int
    results: list[OpResult]
    undo_steps: int = 0
    shares: str = ""
    dry_run: bool = False
    author: str = ""
    label: str = ""
    seen: bool = True
    recovered: str = ""
    not_in_history: list[str] = []
    put_back: list[str] = []
