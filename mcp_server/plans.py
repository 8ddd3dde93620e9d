"""Plans: the operations that a write tool intends, before they become a write, and their description in words.

A tool's plan is a pure function of its arguments and a `Scope`: the Set as the mirror shows it, and the objects that
earlier calls of the same batch will make. Batch, dry run, policy, consent and recipes all use plans; `Desk.write`
executes one.

In a batch `$k` is the object that call k makes, and `$k/clip_slots/1` or `$k/parameters/Dry/Wet` an object below it: a
`LateNode`. Within one plan, `made(n)` is the object that the plan's own operation n makes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from itertools import accumulate, zip_longest
from typing import Any, NamedTuple

import msgspec

from mirror import Call, Mirror, Node, Note, Operation, Set, errors
from mirror.conditions import parameter_below
from mirror.queries import named
from remote_script.SetMirror.contract import naming
from remote_script.SetMirror.contract.errors import TABLE, BridgeError
from remote_script.SetMirror.contract.late import is_late
from remote_script.SetMirror.contract.places import ID

from . import reading, units, views
from .batch_objects import BatchObjects
from .clip_states import ClipStates
from .insertions import Insertions
from .late_nodes import (
    LateNode,
    Product,
    fits,
    in_calls,
    listed,
    product,
    shifted,
    step_below,
    wire,
)

_AS_LONG_AS = {"clip_slots": "scenes", "sends": "return_tracks"}
"""Lists of a new track → the song's list that has the same length."""


class BatchedCall(NamedTuple):
    """A call of a batch: its tool, and the number of its first operation."""

    tool: str
    first: int


def batched_calls(tools: Sequence[str], parts: Sequence[Sequence[Operation]]) -> tuple[BatchedCall, ...]:
    """The calls of a batch, from their tools and the operations of each call."""
    firsts = accumulate(map(len, parts), initial=0)
    return tuple(BatchedCall(tool, first) for tool, first in zip(tools, firsts, strict=False))


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """Operations that are one write.

    Attributes:
      label: The purpose of the write, in a few words.
      operations: In order; `made(n)` stands for the object that operation n makes.
      makes: The object that `$k` stands for when this plan is call k of a batch.
      notes: Notes for the answer, such as the clip that the selection meant.
      left: The number of requested changes that the plan cannot make; `notes` has each with the reason.
      calls: The calls of a batch: the rules about their tools apply inside a batch too, and refusals name the call.
      if_revision, expect, dry_run: As `WriteRequest` has them.
    """

    label: str
    operations: tuple[Operation, ...]
    makes: Product | None = None
    notes: tuple[str, ...] = ()
    left: int = 0
    calls: tuple[BatchedCall, ...] = ()
    if_revision: int | None = None
    expect: tuple[tuple[Any, str, Any], ...] = ()
    dry_run: bool = False

    @classmethod
    def of(cls, label: str, operations: Iterable[Operation], **more: Any) -> Plan:
        """A plan of these operations; it makes the object that the first operation with a product makes.

        Args:
          overwrite: Allow its calls to remove objects that are in their way.
        """
        ops = tuple(operations)
        if more.pop("overwrite", False):
            ops = tuple(
                msgspec.structs.replace(op, overwrite=True) if isinstance(op, Call) else op for op in ops
            )
        more.setdefault("makes", next((made for n in range(len(ops)) if (made := product(n, ops))), None))
        return cls(label=label, operations=ops, **more)

    def final(self, offset: int = 0) -> tuple[Operation, ...]:
        """The operations in the mirror's form, numbered after `offset` other operations."""
        return tuple(_final(op, offset) for op in self.operations)

    def in_terms_of_calls(self, problem: errors.MirrorError, makes: list[int | None]) -> errors.MirrorError:
        """The refusal of an operation, with calls instead of operations: "call 7 (create_clip): …".

        Args:
          makes: For each call k, the number of the operation that creates `$k`; None if it creates no object.
        """
        problems = problem.facts.get("problems")
        number = problem.facts.pop("op", None)
        if number is None and isinstance(problems, list) and problems:
            number = problems[0].get("op")
        if isinstance(problems, list):
            problem.facts["problems"] = [self._fact_of_call(fact, makes) for fact in problems]
        if not self.calls:
            return problem
        problem.rule = in_calls(problem.rule, makes)
        problem.hint = in_calls(problem.hint, makes) if problem.hint else problem.hint
        problem.value = in_calls(problem.value, makes) if isinstance(problem.value, str) else problem.value
        if isinstance(number, int) and number >= 0:
            call = self.call_of(number)
            problem.facts["call"] = call
            if any(operation is not None for operation in makes[:call]):
                count_before_batch(problem)
            tool = self.calls[call].tool
            by_tool(problem, self.operations[number : number + 1], tool)
            problem.rule = f"call {call} ({tool}): {problem.rule}"
        return problem

    def _fact_of_call(self, fact: dict[str, Any], makes: list[int | None]) -> dict[str, Any]:
        """The facts of one problem among several, with calls instead of operations."""
        about = {
            name: in_calls(value, makes) if isinstance(value, str) else value
            for name, value in fact.items()
            if name != "op"
        }
        number = fact.get("op")
        return {"call": self.call_of(number), **about} if isinstance(number, int) and number >= 0 else about

    def call_of(self, operation: int) -> int:
        """The call of a batch that an operation belongs to."""
        return max((n for n, call in enumerate(self.calls) if call.first <= operation), default=0)


def by_tool(problem: errors.MirrorError, operations: Iterable[Operation], tool: str) -> None:
    """Replace method names of refused operations with the name of their tool, except for `call_method`."""
    from .tools import TOOLS  # the tools are made of plans

    if tool == "call_method" or tool not in TOOLS:
        return
    schema = str(TOOLS[tool].declared.input_schema)
    for method in {op.method for op in operations if isinstance(op, Call)}:
        word = re.compile(rf"(?<![\w'`/]){re.escape(method)}(?![\w'`/])")
        # Tools and their actions may have the name of a method, and a word such as "fire" is also plain English.
        if "_" in method and method not in TOOLS and f"'{method}'" not in schema:
            problem.rule = word.sub(tool, problem.rule)
            problem.hint = word.sub(tool, problem.hint) if problem.hint else problem.hint


_NOT_THERE = re.compile(r"does not exist|there is none at|\ANothing is named")


def count_before_batch(problem: errors.MirrorError) -> None:
    """Add to the refusal of a missing object that refs and names mean the Set before the batch."""
    if _NOT_THERE.search(problem.rule):
        hint = "" if problem.hint == TABLE[problem.error][1] else f"{problem.hint}; "
        problem.rule = f"{problem.rule.rstrip('.')}, as it was before this batch"
        problem.hint = f"{hint}write $k for the object that call k of the batch makes"


def _final(op: Operation, offset: int) -> Operation:
    if isinstance(op, Set):
        target, value = shifted(op.target, offset), shifted(op.value, offset)
        return msgspec.structs.replace(op, target=target, value=value)
    args = {name: shifted(value, offset) for name, value in op.args.items()}
    return msgspec.structs.replace(op, target=shifted(op.target, offset), args=args)


class Scope:
    """The context in which plans are made. The calls of a batch share it, so that later calls see earlier ones."""

    def __init__(
        self,
        mirror: Mirror,
        meant: dict[str, int] | None = None,
        caller: str = "",
        check_file: Callable[[str], None] = lambda path: None,
    ) -> None:
        """A scope over the part of the Set that a client sees.

        Args:
          caller: The client's name in the event log.
          meant: The ids of the objects that refs and names meant at the first reading; the scope adds further ones.
          check_file: Raises if the policy does not allow a file, also for reading the file while planning.
        """
        self.mirror = mirror
        self.caller = caller
        self.check_file = check_file
        self._meant: dict[str, int] = {} if meant is None else meant
        self.batch = BatchObjects(mirror, self.later, self.ref)
        """The objects that the batch's calls so far create and name."""
        self.revision = mirror.revision
        """The revision at which the plans of this scope are made."""
        self.contents: set[int] = set()
        """Objects whose contents these plans depend on: an edit of one of them makes the plans invalid."""
        self.taken: set[Any] = set()
        """Slots that plans of this scope fill."""
        self.scenes = 0
        """The number of scenes that plans of this scope append."""
        self.armed: set[int | str] = set()
        """Tracks that plans of this scope arm."""
        self.plays = False
        """True when a plan of this scope starts the song."""
        self.starts_at: float | None = None
        """The insert marker that a plan of this scope sets, in beats."""
        self.clips = ClipStates(self._clip_before)
        """The effects of the batch's calls so far on clips."""
        self.insertions = Insertions(self._id_of, self._ids_before, self._ref_of)
        """The lists that these calls insert into."""
        self.notes: list[str] = []

    # -- objects -----------------------------------------------------------------------------------

    def resolve(self, target: int | str, *kinds: str) -> Node:
        """The object of a target that is not an index; `$k` is the object that call k of the batch creates."""
        if isinstance(target, str) and target.startswith("$"):
            return self._made(target, kinds)
        if not isinstance(target, str):
            return self.mirror.resolve(target, *kinds)
        if target.endswith("/clip") and (clip := self._in_slot(target)) is not None:
            return clip
        if (named_here := self._named_here(target, kinds)) is not None:
            return named_here
        # A target in a question to a person always means the same object.
        meant = self._meant.get(target, target)
        node = self._by_names(target) if meant is target and "/" in target else None
        node = self.mirror.resolve(meant if node is None else node.id, *kinds)
        self._meant[target] = node.id
        return node

    def same(self, words: str, node: Node) -> Node:
        """The object that these words meant when the call was planned first; `node` in the first planning."""
        return self.mirror.node(self._meant.setdefault(words, node.id))

    def _clip_before(self, id_: int) -> Node | None:
        """The clip of an id, or in the slot of an id, before the batch."""
        node = self.mirror.node(id_)
        return node if node.type == "Clip" else self.mirror.child(node, "clip")

    def _ids_before(self, owner: Any, role: str) -> list[Any]:
        """The ids in a list of an object before the batch; empty for a new object."""
        return (
            []
            if is_late(owner)
            else [child.id for child in self.mirror.children(self.mirror.resolve(owner), role)]
        )

    def _id_of(self, target: Any) -> Any:
        return target if is_late(target) else self.mirror.resolve(target).id

    def _ref_of(self, id_: Any) -> str:
        return self.said(id_) if isinstance(id_, str) else self.ref(self.mirror.node(id_))

    def _in_slot(self, ref: str) -> Node | None:
        """The clip that an earlier call put into the slot of "…/clip"; None if no call did."""
        try:
            slot = self.resolve(ref.removesuffix("/clip"), "ClipSlot")
        except errors.MirrorError:
            return None
        return self.clips.in_slot(slot.id)[1]

    def _by_names(self, ref: str) -> Node | None:
        """The object of a path with a name in a list, "tracks/1/devices/0/parameters/Dry/Wet"; None for other paths."""
        steps = ref.strip("/").split("/")
        for place in range(1, len(steps)):
            role, step = steps[place - 1], steps[place]
            if step.partition("[")[0].isdecimal() or not role.isidentifier():
                continue
            try:
                owner = self.resolve("/".join(steps[: place - 1]) or "song")
            except errors.MirrorError:
                continue
            if isinstance(owner.children.get(role), tuple):
                # A name may contain a slash if its object has no children.
                leaf = role in ("parameters", "sends")
                rest = [] if leaf else steps[place + 1 :]
                name = "/".join(steps[place:]) if leaf else step
                child = reading.child(self, owner, role, name, role[:-1].replace("_", " "))
                return self.resolve("/".join([self.ref(child), *rest])) if rest else child
        return None

    def _named_here(self, name: str, kinds: tuple[str, ...]) -> Node | None:
        """The object to which the batch gave this name; None if no object of these kinds has it.

        Raises:
          Ambiguous: another object has the name already, or the batch gave the name twice.
        """
        matches = [
            node
            for candidate in self.batch.named(name)
            if (
                node := fits(candidate, kinds)
                if isinstance(candidate, LateNode)
                else self._as_kind(candidate, kinds)
            )
        ]
        if not matches:
            return None
        ids = {node.id for node in matches}
        others = [node for node in self.named(name, *kinds) if node.id not in ids]
        if len(ids) == 1 and not others:
            return matches[0]
        refs = ", ".join(self.ref(node) for node in [*matches, *others][:10])
        raise errors.Ambiguous(
            f"{len(ids) + len(others)} objects are named {name!r}", name, hint=f"write {refs}"
        )

    def _as_kind(self, node: Node, kinds: tuple[str, ...]) -> Node | None:
        try:
            return self.mirror.resolve(node.id, *kinds)
        except errors.InvalidValue:
            return None

    def target(self, value: Any, *kinds: str, within: Node | None = None, role: str = "") -> Node:
        """The object of a target; see `reading.target`."""
        return reading.target(self, value, *kinds, within=within, role=role)

    def prefer(self, value: Any, *kinds: str, of: tuple[str, ...] = (), role: str = "") -> Node:
        """The object of a target; if several objects have the name, only objects of these kinds match.

        Args:
          of: The accepted kinds, where more than `kinds` are; empty for any object.
        """
        text = str(value).strip()
        known = self.named(text, *kinds) or (text.isdecimal() and not of and not role)
        return self.target(value, *(kinds if known else of), role=role)

    def clip(self, value: Any, kind: str = "Clip") -> Node:
        """The clip of a target that is a clip or a slot; of several with one name, that of the kind."""
        return self.clip_in(self.prefer(value, kind, of=("Clip", "ClipSlot")))

    def clip_in(self, node: Node) -> Node:
        """The node if it is a clip; for a slot, the clip in it."""
        if node.type == "Clip":
            return node
        clip = self.child(node, "clip")
        if clip is None:
            raise errors.NotFound(f"{self.ref(node)} has no clip", hint="create_clip makes one there")
        return clip

    def meant(self, value: Any, kind: str) -> Node:
        """The object of the argument; without an argument the object selected in Live, which the answer names.

        For reading and creating only: a client must name the objects that it deletes, overwrites or moves.
        """
        if value is not msgspec.UNSET:
            return self.clip(value) if kind == "Clip" else self.target(value, kind)
        prop = {"Track": "selected_track", "Clip": "detail_clip", "Scene": "selected_scene"}[kind]
        id_ = self.mirror.resolve("view").props.get(prop)
        if not isinstance(id_, int):
            raise errors.InvalidParams(
                f"The argument for the {kind.casefold()} is missing, and no {kind.casefold()} is selected in Live",
                hint=f"give {kind.casefold()} by index, ref or name",
            )
        node = self.same(f"the selected {kind}", self.mirror.node(id_))
        self.notes.append(
            f"{self.ref(node)} {node.name!r} is meant: it is selected in Live".replace(" ''", "")
        )
        return node

    def ref(self, node: Node) -> str:
        """The ref of an object; for an object that does not exist yet, its text in calls of the batch, such as `$1`."""
        return self.mirror.ref(node.id) if isinstance(node.id, int) else self.said(str(node.id))

    def said(self, text: str) -> str:
        """The text of a late target as a client writes it."""
        if text.startswith("@"):
            id_, _, path = text[1:].partition("/")
            text = f"{self.mirror.ref(int(id_))}/{path}"
        return in_calls(text, self.batch.makes)

    def named(self, name: str, *kinds: str) -> list[Node]:
        """The objects with a name; see `mirror.queries.named`."""
        return named(self.mirror.store, name, *kinds)

    def note_hidden_slots(self, node: Node) -> None:
        """Add a note about the slots of a scene that are hidden from the client, and that a call leaves out."""
        slots = node.props.get("clip_slots") if node.type == "Scene" else None
        hidden = sum(self.mirror.hides(id_) for id_ in slots or ())
        if hidden:
            few = f"{hidden} slot is" if hidden == 1 else f"{hidden} slots are"
            self.notes.append(f"{self.ref(node)}: {few} left out, since the policy hides them")

    def has_id(self, id_: int) -> bool:
        """True when an object has this id."""
        return id_ in self.mirror.store.nodes

    def children(self, node: Node | str, role: str) -> tuple[Node, ...]:
        """The objects in a list of an owner.

        Raises:
          NotAvailable: the owner does not exist yet, and the length of this list is not known before it does.
        """
        if isinstance(node, str) or isinstance(node.id, int):
            return self.mirror.children(node, role)
        if role not in _AS_LONG_AS:
            raise errors.NotAvailable(
                f"The {role} of {self.ref(node)} are known only after that object exists",
                hint=f"give a name or an index: {self.ref(node)}/{role}/0",
            )
        count = len(self.mirror.children("song", _AS_LONG_AS[role])) + self.scenes * (role == "clip_slots")
        return tuple(step_below(node, role, str(number)) for number in range(count))

    def later(self, owner: Node, role: str, text: str) -> Node:
        """An object in a list of a new owner, by name or index."""
        if role == "sends":
            return self.send(owner, text)
        return listed(owner, role, text)

    def parameter_below(self, node: Node, name: str) -> Node | None:
        """A parameter below an object; see `mirror.conditions.parameter_below`."""
        return parameter_below(self.mirror.store, node, name)

    def child(self, node: Node, role: str) -> Node | None:
        """The single child in `role`; for a new object, the child that the schema declares for its class."""
        if role == "clip":
            is_changed, clip = self.clips.in_slot(node.id)
            if is_changed:
                return clip
        if isinstance(node.id, int):
            return self.mirror.child(node, role)
        return step_below(node, role)

    def parent(self, node: Node) -> Node:
        """The owner of an object; InvalidParams for the song and for an object whose owner is not known."""
        if isinstance(node, LateNode) and node.above is not None:
            return node.above
        if node.parent is None:
            raise errors.InvalidParams(
                f"{self.ref(node)} ({node.type}) cannot be deleted, duplicated or moved"
            )
        return self.mirror.node(node.parent)

    def send(self, mixer: Node, which: Any) -> Node:
        """A send, by its index or by its return track, which the batch may create."""
        owner, text = self.parent(mixer), str(which).strip()
        returns: list[Node] = []
        if owner.type == "Track" and owner.role != "master_track":
            returns = [*self.children("song", "return_tracks"), *self.batch.return_tracks()]
        elif owner.type != "Track" and isinstance(owner.id, int):
            returns = [*self.children(self.parent(owner), "return_chains")]
        elif owner.type != "Track":
            return listed(mixer, "sends", text)
        destination = self._return_of(mixer, returns, text)
        if isinstance(mixer.id, int) and isinstance(destination.id, int):
            return self.children(mixer, "sends")[returns.index(destination)]
        return step_below(mixer, "sends", wire(destination))

    def _return_of(self, mixer: Node, returns: list[Node], text: str) -> Node:
        if text.startswith("$"):
            wanted = self.resolve(text, "Track")
            matches = [node for node in returns if node.id == wanted.id]
            if not matches:
                raise errors.InvalidValue(f"{text} is no return track", text, hint="create kind 'return'")
            return matches[0]
        try:
            # Live puts a letter before the name of a new return track too.
            names = [
                f"{chr(ord('A') + n)}-{node.name}" if isinstance(node, LateNode) else node.name
                for n, node in enumerate(returns)
            ]
            return returns[naming.chosen(names, text, self.ref(mixer), "send")]
        except BridgeError as problem:
            if problem.name == "NOT_FOUND" and (text.startswith("id:") or "/" in text):
                wanted = self.resolve(text)
                sends = self.children(mixer, "sends")
                for node, send in zip_longest(returns, sends):
                    if wanted in (node, send):
                        return node
            raise errors.from_bridge(problem) from None

    def place(self, value: Any) -> Any:
        """The place of an insertion in a list: an index from 0, or the object before which it goes."""
        index = None if isinstance(value, bool) else units.whole(value)
        if index is not None:
            return index
        node = self.resolve(value)
        return {ID: node.id} if isinstance(node.id, int) else node.id

    def _made(self, target: str, kinds: Sequence[str]) -> Node:
        current = self.clips.current(self.batch.find(target))
        node = fits(current, tuple(kinds))
        if node is None:
            raise errors.InvalidValue(
                f"A {' or '.join(kinds)} is needed, {target} is a {current.type}", target
            )
        return node

    # -- values ------------------------------------------------------------------------------------

    def position(self, value: float | str) -> float:
        """A time in beats: a number, or bars in the song's signature."""
        return units.position(value, *views.signature(self.mirror))

    def length(self, value: float | str) -> float:
        """A duration in beats: a number, "2 bars", "1/8"."""
        return units.length(value, *views.signature(self.mirror))

    def note_list(self, clip: Node) -> tuple[Note, ...]:
        """The notes of a clip after the earlier calls; NotAvailable for an audio clip, and where they are unknown."""
        self.computed_from(clip)
        notes = self.clips.notes(clip, self.ref(clip))
        return self.mirror.notes(clip) if notes is None else notes

    def free(self, slot: Node) -> bool:
        """True when a slot is empty and no other call of the batch fills it."""
        if slot.id in self.taken or (isinstance(slot.id, int) and self.child(slot, "clip") is not None):
            return False
        self.computed_from(slot)
        return True

    def computed_from(self, node: Node) -> None:
        """Record that a plan depends on an object's present state: an edit of the object causes another plan."""
        if isinstance(node.id, int):
            self.contents.add(node.id)

    def check_midi(self, clip: Node) -> None:
        """Raise NotAvailable for an audio clip."""
        if isinstance(clip.id, int):
            self.mirror.notes(clip)
        elif clip.props.get("is_midi_clip") is False:
            self.note_list(clip)

    def set(self, node: Node, name: str, value: Any) -> Set:
        """The operation that sets a property to an argument's value."""
        if node.props.get("automation_state") == _AUTOMATED and name == "value":
            self.notes.append(
                f"{self.ref(node)} is automated: this overrides it until transport re_enable_automation"
            )
        return Set(node.id, name, reading.property_value(self, node, name, value))

    def sets(self, node: Node, values: Mapping[str, Any]) -> list[Operation]:
        """The operations for the properties among `values` that are set."""
        return [self.set(node, name, value) for name, value in values.items() if value is not msgspec.UNSET]

    # -- joining -----------------------------------------------------------------------------------

    def join(self, plan: Plan) -> tuple[Operation, ...]:
        """Add a plan to the batch, as its next call; returns its operations with the numbers that they have there.

        Raises:
          TooLarge: the batch has too many operations.
        """
        ops = plan.final(self.batch.operations)
        self.insertions.check(ops)
        self.batch.add(plan.makes, ops)
        call = f"call {len(self.batch.made) - 1}"
        for number, op in enumerate(ops):
            made = product(number, plan.operations)
            node = None if made is None else self.batch.node_of(made)
            self.clips.follow(op, node, call)
            self.insertions.follow(op, node)
        return ops


_AUTOMATED = 1
"""The value of `automation_state` when there is automation and it is active."""
Planner = Callable[[Scope, Any], Plan]


def no_effect(is_given: bool, name: str, when: str, hint: str = "") -> None:
    """Refuse an argument that has no effect here."""
    if is_given:
        raise errors.InvalidParams(f"`{name}` has no effect with {when}", hint=hint or f"leave `{name}` out")


def only(arguments: msgspec.Struct, when: str, *allowed: str, of: Iterable[str]) -> None:
    """Refuse arguments that have no effect here.

    Args:
      when: The condition, in words: "action 'play'".
      allowed: The arguments that have an effect under this condition.
      of: All arguments whose effect depends on the condition.
    """
    defaults = type(arguments)(**{name: getattr(arguments, name) for name in _required(type(arguments))})
    for name in of:
        is_given = name not in allowed and getattr(arguments, name) != getattr(defaults, name)
        no_effect(is_given, name, when, f"with {when} there is {', '.join(allowed)}" if allowed else "")


@cache
def _required(type_: type[msgspec.Struct]) -> list[str]:
    # Cached, since finding a struct's fields takes longer than the rest of a write.
    return [field.name for field in msgspec.structs.fields(type_) if field.required]
