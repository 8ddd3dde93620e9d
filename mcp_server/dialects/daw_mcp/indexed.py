"""The Set with the indices of DAW MCP's protocol, and the parts of a method: parameters, a tool, a handler."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated, Any, Literal, NamedTuple

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from mirror import Node, Note, errors
from mirror.checks import finite

from ...desk import Desk
from ...plans import Plan, Scope
from ...tools import TOOLS

NEAR = 0.001
"""The largest distance in beats between a note's start and the position in a method, as in DAW MCP itself."""
MOST_SCENES = 200
"""The most scenes that one call creates."""
TOP = 127.0


class Dialect(NamedTuple):
    """The differences between the document and DAW MCP's own server.

    Attributes:
      first: The index of the first track and slot.
      step: Beats of a step.
      objects: Notes are always read as objects, with velocities 0 to 1.
    """

    first: int = 1
    step: float = 0.25
    objects: bool = False


DOCUMENT = Dialect()
EXTENSION = Dialect(first=0, step=1.0, objects=True)


class Unsupported(Exception):
    """Live does not have this feature: error -32001."""


class ToolWrite(NamedTuple):
    """A plan (None if there is nothing to change), and a function that makes the answer after the write."""

    tool: str
    plan: Plan | None
    answer: Callable[[IndexedSet, dict[str, Any]], dict[str, Any]] = lambda indexed, written: {
        "success": True
    }


Text = Annotated[str, Meta(max_length=1000)]
Count = Annotated[int, Meta(ge=1, le=MOST_SCENES)]
Beats = Annotated[float, Meta(gt=0)]
Pitch = Annotated[int, Meta(ge=0, le=127)]
Midi = Annotated[float, Meta(ge=0, le=127)]
Unit = Annotated[float, Meta(ge=0, le=1)]
Signed = Annotated[float, Meta(ge=-1, le=1)]
Step = Annotated[float, Meta(ge=0)]


class Nothing(Struct, forbid_unknown_fields=True):
    pass


class AtTrack(Struct, forbid_unknown_fields=True, kw_only=True):
    trackIndex: int


class MaybeTrack(Struct, forbid_unknown_fields=True, kw_only=True):
    trackIndex: int | UnsetType = UNSET


class AtSlot(MaybeTrack, kw_only=True):
    slotIndex: int | UnsetType = UNSET


class AtNote(AtSlot, kw_only=True):
    x: Step
    y: Pitch


def with_fields(base: type[Struct], **fields: Any) -> type[Struct]:
    """The parameters of `base` and these `fields`: name=type, or name=(type, default)."""
    more = [(name, *spec) if isinstance(spec, tuple) else (name, spec) for name, spec in fields.items()]
    title = "".join(name.title() for name in fields)
    return msgspec.defstruct(title, more, bases=(base,), kw_only=True, forbid_unknown_fields=True)


def converted(params: Any, type_: type[Any], where: str) -> Any:
    """Parameters converted to `type_`; InvalidParams lists the parameters of the method."""
    known = ", ".join(type_.__struct_fields__) or "none"
    try:
        finite(params, f"a parameter of {where}")
        return msgspec.convert(params, type_)
    except msgspec.ValidationError as problem:
        raise errors.InvalidParams(f"{where}: {problem}", hint=f"its parameters are: {known}") from None


class CreateTrack(Nothing, kw_only=True):
    type: Literal["instrument", "audio", "effect"] = "instrument"
    name: Text = ""
    position: int = -1


class IndexedSet:
    """The Set with the indices of this protocol."""

    def __init__(self, desk: Desk, dialect: Dialect, scope: Scope | None = None) -> None:
        self.desk = desk
        self.scope: Scope = desk.scope if scope is None else scope
        self.dialect = dialect

    @property
    def tracks(self) -> Sequence[Node]:
        return [*self.scope.children("song", "tracks"), *self.scope.children("song", "return_tracks")]

    @property
    def scenes(self) -> int:
        return len(self.scope.children("song", "scenes"))

    def number(self, nodes: Sequence[Node], id_: Any) -> int:
        """The index of an object in a list; -1 if the list does not contain it."""
        return next((n + self.dialect.first for n, node in enumerate(nodes) if node.id == id_), -1)

    def at(self, nodes: Sequence[Node], index: int, what: str) -> Node:
        """The object at an index.

        Raises:
          InvalidValue: there is no object at this index.
        """
        place = index - self.dialect.first
        if not 0 <= place < len(nodes):
            last = len(nodes) - 1 + self.dialect.first
            raise errors.InvalidValue(
                f"There is no {what} {index}: they are counted from {self.dialect.first} to {last}", index
            )
        return self.scope.same(f"{what} {index} of {nodes[place].parent}", nodes[place])

    def selected(self, prop: str) -> Any:
        return self.scope.resolve("view").props.get(prop)

    def track(self, index: int | UnsetType) -> Node:
        """The track at an index; without an index, the selected track."""
        if index is not UNSET:
            return self.at(self.tracks, index, "track")
        chosen = self.selected("selected_track")
        track = next((track for track in self.tracks if track.id == chosen), None)
        if track is None:
            raise errors.InvalidParams("No track with a number is selected", hint="give trackIndex")
        return self.scope.same("the selected track", track)

    def slots(self, track: Node) -> Sequence[Node]:
        slots = self.scope.children(track, "clip_slots") if track.role == "tracks" else ()
        if not slots:
            raise errors.NotAvailable(
                f"{self.scope.ref(track)} has no clip slots", hint="effect tracks hold no clips"
            )
        return slots

    def slot(self, p: AtSlot) -> Node:
        """The slot that the parameters name, or the highlighted slot; one index without the other is refused."""
        if (p.trackIndex is UNSET) != (p.slotIndex is UNSET):
            raise errors.InvalidParams(
                "trackIndex and slotIndex belong together", hint="give both, or none for the selected clip"
            )
        if p.slotIndex is not UNSET:
            return self.at(self.slots(self.track(p.trackIndex)), p.slotIndex, "slot")
        chosen = self.selected("highlighted_clip_slot")
        if not isinstance(chosen, int) or not self.scope.has_id(chosen):
            raise errors.InvalidParams("No clip slot is selected", hint="give trackIndex and slotIndex")
        return self.scope.same("the selected slot", self.scope.mirror.node(chosen))

    def clip(self, p: AtSlot) -> Node:
        return self.scope.clip_in(self.slot(p))

    def notes(self, clip: Node) -> tuple[Note, ...]:
        return self.scope.note_list(clip)

    def note(self, clip: Node, p: Any) -> Note | None:
        """The note that starts at step x with pitch y."""
        at = p.x * self.dialect.step
        near = (n for n in self.notes(clip) if n.pitch == p.y and abs(n.start_time - at) < NEAR)
        return next(near, None)

    def note_there(self, clip: Node, p: Any) -> Note:
        note = self.note(clip, p)
        if note is None:
            raise errors.NotFound(
                f"No note starts at x={p.x:g} with y={p.y}", hint="clip.getNotes lists the notes"
            )
        return note

    def does(self, tool: str, answer: Any = None, /, **arguments: Any) -> ToolWrite:
        """The write of one of our tools, with these arguments."""
        plan = TOOLS[tool].planned(self.scope, arguments)
        return ToolWrite(tool, plan, answer) if answer is not None else ToolWrite(tool, plan)


Handler = Callable[[IndexedSet, Any], "dict[str, Any] | ToolWrite | Awaitable[dict[str, Any]]"]


class Method(NamedTuple):
    """A method: its parameters, the tool whose rules apply to it, and its handler."""

    params: type[Struct]
    tool: str
    handler: Handler
