"""Clips in the state after the previous calls of a batch, so that a later call can use what an earlier call writes.

The notes of a new clip are those that the calls write into it; the notes of a copied clip are those of its source. The
results of Live's own quantize, the clips of a copied track, and ids of new notes in an existing clip are not known in
advance: a call that needs them is refused, and the refusal names the call after which they are unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from mirror import Call, Node, Note, Operation, Set, errors
from mirror.checks import NEW_NOTE_FIELDS
from remote_script.SetMirror.contract import note_checks, schema
from remote_script.SetMirror.contract import notes as live_notes
from remote_script.SetMirror.contract.errors import BridgeError

from .late_nodes import LateNode

NEW_ID = 1 << 40
"""The first placeholder for the id that Live will give a new note; as in Live, newer notes have higher ids."""
_EDITS = frozenset(
    name
    for name, method in schema.methods("Clip").items()
    if method.effect == "edit" and "envelope" not in name
)
"""Methods that change the notes of a clip."""
_SPAN = ("loop_start", "loop_end", "start_marker", "end_marker", "length", "looping", "name")


class ClipState(msgspec.Struct):
    """One clip: `notes` is None if they are unknown since the call `changed_by`; `node` is set for a new clip."""

    notes: list[Note] | None
    changed_by: str
    node: LateNode | None = None


class ClipStates:
    """The clips that a batch has touched so far, by id or by the text of a late target."""

    def __init__(self, clip_in: Callable[[Any], Node | None]) -> None:
        """Start a batch; `clip_in` returns the clip with an id, or in the slot with an id, before the batch."""
        self._clip_in = clip_in
        self._states: dict[Any, ClipState] = {}
        self._slots: dict[Any, Any] = {}
        """Slot → the key of the clip that the calls put there; None if they removed a clip."""
        self._new_notes = 0

    # -- for later calls ---------------------------------------------------------------------------

    def current(self, node: Node) -> Node:
        """The new clip that a late node stands for; any other node unchanged."""
        key: Any = node.id
        if isinstance(key, str) and key.endswith("/clip"):
            key = self._slots.get(key.removesuffix("/clip"), key)
        state = self._states.get(key)
        return node if state is None or state.node is None else state.node

    def in_slot(self, slot: Any) -> tuple[bool, Node | None]:
        """(True when the calls changed the content of a slot, the new clip there or None)."""
        state = self._states.get(self._slots.get(slot))
        return slot in self._slots, None if state is None else state.node

    def below(self, track: Node) -> list[Node]:
        """The new clips in the slots of a new track."""
        nodes = [state.node for state in self._states.values() if state.node is not None]
        return [
            node for node in nodes if node.above is not None and str(node.above.id).startswith(f"{track.id}/")
        ]

    def notes(self, clip: Node, ref: str) -> tuple[Note, ...] | None:
        """A clip's notes after the calls; None if the calls have not changed them.

        Raises:
          NotAvailable: only Live knows the notes, or the clip is an audio clip.
        """
        state = self._states.get(clip.id)
        if state is None and isinstance(clip.id, int):
            return None
        if clip.props.get("is_midi_clip") is False:
            raise errors.NotAvailable(f"{ref} is an audio clip: it has no notes")
        if state is None or state.notes is None:
            after = f" after {state.changed_by}" if state is not None else ""
            raise errors.NotAvailable(
                f"The notes of {ref}{after} are known only after Live has written them",
                hint="end the batch before this call, and call this tool separately",
            )
        return tuple(sorted(state.notes, key=lambda note: (note.start_time, note.pitch)))

    # -- as calls are planned ----------------------------------------------------------------------

    def follow(self, op: Operation, made: LateNode | None, call: str) -> None:
        """Apply one operation to the states.

        Args:
          made: The object that the operation makes, or None.
          call: The text that names its call in a refusal.
        """
        if isinstance(op, Set):
            state = self._states.get(op.target)
            if state is not None and state.node is not None and op.name in _SPAN:
                state.node = msgspec.structs.replace(
                    state.node, props={**state.node.props, op.name: op.value}
                )
            return
        if op.method in ("delete_clip", "move_clip_to"):
            self._slots[op.args.get("slot", op.target)] = None
        if made is not None and made.type == "Clip":
            self._made(op, made, call)
        elif op.method in _EDITS:
            self._edited(op, call)

    def _made(self, op: Call, made: LateNode, call: str) -> None:
        slot = op.args.get("target_clip_slot", op.target)
        self._slots[slot] = made.id
        state = ClipState([], call)
        if op.method in ("create_clip", "create_midi_clip"):
            end = float(op.args.get("pages", op.args.get("length", 0.0)))
            props: dict[str, Any] = {
                "loop_start": 0.0,
                "start_marker": 0.0,
                "loop_end": end,
                "end_marker": end,
                "length": end,
            }
            props.update(looping=True, is_midi_clip=True)
        elif op.method == "create_audio_clip":
            props, state.notes = {"is_midi_clip": False}, None
        else:
            source = op.args.get("clip", op.target)
            source_clip = self._clip_in(source) if isinstance(source, int) else None
            known = (
                source_clip is not None and source_clip.id not in self._states and source not in self._slots
            )
            props = (
                {name: source_clip.props.get(name) for name in (*_SPAN, "is_midi_clip")}
                if source_clip
                else {}
            )
            notes = source_clip.props.get("notes") if source_clip is not None and known else None
            state.notes = None if notes is None else [self._new(note) for note in notes]
        name = made.props.get("name")
        state.node = msgspec.structs.replace(made, props={**props, **({"name": name} if name else {})})
        self._states[made.id] = state

    def _edited(self, op: Call, call: str) -> None:
        state = self._states.setdefault(op.target, ClipState(None, call))
        added = op.args.get("notes")
        followed = op.method == "add_new_notes" or op.method == "replace_notes"
        if state.node is None or not followed or not isinstance(added, list) or state.notes is None:
            state.notes, state.changed_by = None, call
            return
        try:
            checked = note_checks.notes(added, NEW_NOTE_FIELDS)
        except BridgeError as problem:
            raise errors.from_bridge(problem) from None
        before = state.notes if op.method == "add_new_notes" else []
        state.notes = list(_after_adding(before, [self._new(Note(0, **_whole(note))) for note in checked]))

    def _new(self, note: Note) -> Note:
        self._new_notes += 1
        return msgspec.structs.replace(note, note_id=NEW_ID + self._new_notes)


def _whole(note: dict[str, Any]) -> dict[str, Any]:
    """A new note with Live's defaults."""
    plain = live_notes.Note(0, **{name: value for name, value in note.items() if name != "note_id"})
    return {name: value for name, value in plain._asdict().items() if name != "note_id"}


def _after_adding(before: Iterable[Note], new: Iterable[Note]) -> Iterable[Note]:
    """The notes after adding new ones: overlapping notes of one pitch are cut or removed as Live does it."""
    lanes: dict[int, live_notes.PitchLane] = {}
    for note in (*sorted(before, key=lambda note: note.start_time), *new):
        lane = lanes.setdefault(note.pitch, live_notes.PitchLane())
        lane.add(live_notes.Note(*(getattr(note, name) for name in live_notes.Note._fields)))
    return [Note(*note) for lane in lanes.values() for note in lane.notes]
