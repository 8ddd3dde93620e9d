"""What a write tool means to do, before it is a write: operations, and what they are in words.

A tool's plan is a pure function of its arguments and a `Scope`: the Set as the mirror shows it, and what earlier calls
of the same batch will make. Batch, dry run, policy, consent and recipes all use plans; `Desk.write` carries one out.

In a batch `$k` is what call k makes, `$k/clip_slots/1` or `$k/parameters/Dry/Wet` what hangs below: a `LateNode`.
Within one plan, `made(n)` is what its own operation n makes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import accumulate, zip_longest
from typing import Any, NamedTuple

import msgspec

from mirror import Call, Mirror, Node, Note, Operation, Set, errors
from mirror.queries import named
from remote_script.SetMirror.contract import naming
from remote_script.SetMirror.contract.errors import TABLE, BridgeError
from remote_script.SetMirror.contract.late import is_late
from remote_script.SetMirror.contract.limits import OPERATIONS
from remote_script.SetMirror.contract.places import ID

from . import reading, units, views
from .clip_states import ClipStates
from .insertions import Insertions
from .late_nodes import (
    LateNode,
    Product,
    fits,
    in_calls,
    late_node,
    listed,
    product,
    shifted,
    step_below,
    tree_property,
    wire,
)

_AS_LONG_AS = {"clip_slots": "scenes", "sends": "return_tracks"}
"""Lists of a new track that are as long as one of the song's."""


class Held(NamedTuple):
    """A call that a batch holds: its tool, and the first of its operations."""

    tool: str
    first: int


def held(tools: Sequence[str], parts: Sequence[Sequence[Operation]]) -> tuple[Held, ...]:
    """The calls of a batch from their tools and the operations of each."""
    firsts = accumulate(map(len, parts), initial=0)
    return tuple(Held(tool, first) for tool, first in zip(tools, firsts, strict=False))


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """Operations that are one write.

    Attributes:
      label: What for, in a few words.
      operations: In order; `made(n)` stands for what operation n makes.
      makes: What `$k` is for a batch that holds this plan.
      notes: What the answer says besides, such as which clip the selection meant.
      calls: The calls that a batch holds: rules about a tool hold inside of a batch, too, and refusals name the call.
      if_revision, expect, dry_run: As `WriteRequest` has them.
    """

    label: str
    operations: tuple[Operation, ...]
    makes: Product | None = None
    notes: tuple[str, ...] = ()
    calls: tuple[Held, ...] = ()
    if_revision: int | None = None
    expect: tuple[tuple[Any, str, Any], ...] = ()
    dry_run: bool = False

    @classmethod
    def of(cls, label: str, operations: Iterable[Operation], **more: Any) -> Plan:
        """The plan; what it makes is what its first operation that makes something makes.

        Args:
          overwrite: Let its calls remove what is in their way.
        """
        ops = tuple(operations)
        if more.pop("overwrite", False):
            ops = tuple(
                msgspec.structs.replace(op, overwrite=True) if isinstance(op, Call) else op for op in ops
            )
        more.setdefault("makes", next((found for n in range(len(ops)) if (found := product(n, ops))), None))
        return cls(label=label, operations=ops, **more)

    def final(self, offset: int = 0) -> tuple[Operation, ...]:
        """The operations as the mirror takes them, after `offset` others."""
        return tuple(_final(op, offset) for op in self.operations)

    def told(self, problem: errors.MirrorError, makes: list[int | None]) -> errors.MirrorError:
        """A refusal of one of the operations in terms of the calls: "call 7 (create_clip): …".

        Args:
          makes: By call, the operation that makes what `$k` is.
        """
        problems = problem.facts.get("problems")
        number = problem.facts.pop("op", None)
        if number is None and isinstance(problems, list) and problems:
            number = problems[0].get("op")
        if isinstance(problems, list):
            problem.facts["problems"] = [self._told(each, makes) for each in problems]
        if not self.calls:
            return problem
        problem.rule = in_calls(problem.rule, makes)
        problem.hint = in_calls(problem.hint, makes) if problem.hint else problem.hint
        problem.value = in_calls(problem.value, makes) if isinstance(problem.value, str) else problem.value
        if isinstance(number, int) and number >= 0:
            call = self.call_of(number)
            problem.facts["call"] = call
            if any(each is not None for each in makes[:call]):
                count_before_batch(problem)
            tool = self.calls[call].tool
            by_tool(problem, self.operations[number : number + 1], tool)
            problem.rule = f"call {call} ({tool}): {problem.rule}"
        return problem

    def _told(self, each: dict[str, Any], makes: list[int | None]) -> dict[str, Any]:
        """One of several problems, with its call instead of its operation."""
        about = {
            name: in_calls(value, makes) if isinstance(value, str) else value
            for name, value in each.items()
            if name != "op"
        }
        number = each.get("op")
        return {"call": self.call_of(number), **about} if isinstance(number, int) and number >= 0 else about

    def call_of(self, operation: int) -> int:
        """The call of a batch that an operation belongs to."""
        return max((n for n, each in enumerate(self.calls) if each.first <= operation), default=0)


def by_tool(problem: errors.MirrorError, operations: Iterable[Operation], tool: str) -> None:
    """Give the methods of refused operations the name of the tool that called them; `call_method` names its own."""
    from .tools import TOOLS  # the tools are made of plans

    if tool == "call_method" or tool not in TOOLS:
        return
    schema = str(TOOLS[tool].declared.input_schema)
    for method in {op.method for op in operations if isinstance(op, Call)}:
        word = re.compile(rf"(?<![\w'`/]){re.escape(method)}(?![\w'`/])")
        # Tools, and actions of this one, may have a method's name; a word such as "fire" is plain English, too.
        if "_" in method and method not in TOOLS and f"'{method}'" not in schema:
            problem.rule = word.sub(tool, problem.rule)
            problem.hint = word.sub(tool, problem.hint) if problem.hint else problem.hint


_NOT_THERE = re.compile(r"does not exist|there is none at|\ANothing is named")


def count_before_batch(problem: errors.MirrorError) -> None:
    """Say of an object that is not there that it was looked for in the Set as the batch found it."""
    if _NOT_THERE.search(problem.rule):
        hint = "" if problem.hint == TABLE[problem.error][1] else f"{problem.hint}; "
        problem.rule = f"{problem.rule.rstrip('.')}, as it was before this batch"
        problem.hint = f"{hint}name what a call of it makes by $k"


def _final(op: Operation, offset: int) -> Operation:
    if isinstance(op, Set):
        target, value = shifted(op.target, offset), shifted(op.value, offset)
        return msgspec.structs.replace(op, target=target, value=value)
    args = {name: shifted(value, offset) for name, value in op.args.items()}
    return msgspec.structs.replace(op, target=shifted(op.target, offset), args=args)


class Scope:
    """What plans are made from. One scope serves all calls of a batch, so that they know of each other."""

    def __init__(
        self,
        mirror: Mirror,
        meant: dict[str, int] | None = None,
        caller: str = "",
        check_file: Callable[[str], None] = lambda path: None,
    ) -> None:
        """Over what a client sees.

        Args:
          caller: Who asks, as the event log names it.
          meant: Which object each ref and name stood for when the call was first read; it is added to.
          check_file: Raises where the policy does not let a file be used, also for reading it while planning.
        """
        self.mirror = mirror
        self.caller = caller
        self.check_file = check_file
        self._meant: dict[str, int] = {} if meant is None else meant
        self.made: list[LateNode | None] = []
        """What the calls of the batch so far make."""
        self.makes: list[int | None] = []
        """By which operation each of them makes it."""
        self.operations = 0
        """How many operations they have."""
        self.taken: set[Any] = set()
        """Slots that plans of this scope fill."""
        self.scenes = 0
        """Scenes that plans of this scope append."""
        self.armed: set[int | str] = set()
        """Tracks that plans of this scope arm."""
        self.plays = False
        """Whether one of them starts the song."""
        self.clips = ClipStates(self._clip_before)
        """What the calls of the batch so far do to clips."""
        self.insertions = Insertions(self._id_of, self._ids_before, self._ref_of)
        """The lists that they insert into."""
        self._names: dict[str, list[Node]] = {}
        """The objects to which calls of the batch so far gave a name."""
        self.notes: list[str] = []

    # -- objects -----------------------------------------------------------------------------------

    def resolve(self, target: int | str, *kinds: str) -> Node:
        """The object of a target that is no index; `$k` is what call k of the batch makes."""
        if isinstance(target, str) and target.startswith("$"):
            return self._made(target, kinds)
        if not isinstance(target, str):
            return self.mirror.resolve(target, *kinds)
        if target.endswith("/clip") and (clip := self._in_slot(target)) is not None:
            return clip
        if target in self._names and (named_here := self._named_here(target, kinds)) is not None:
            return named_here
        # What a person was asked about stays what it was.
        meant = self._meant.get(target, target)
        node = self._by_names(target) if meant is target and "/" in target else None
        node = self.mirror.resolve(meant if node is None else node.id, *kinds)
        self._meant[target] = node.id
        return node

    def _clip_before(self, id_: int) -> Node | None:
        """The clip of an id, or in the slot of an id, before the batch."""
        node = self.mirror.node(id_)
        return node if node.type == "Clip" else self.mirror.child(node, "clip")

    def _ids_before(self, owner: Any, role: str) -> list[Any]:
        """The ids in a list of an object before the batch; of a new object none."""
        return (
            []
            if is_late(owner)
            else [each.id for each in self.mirror.children(self.mirror.resolve(owner), role)]
        )

    def _id_of(self, target: Any) -> Any:
        return target if is_late(target) else self.mirror.resolve(target).id

    def _ref_of(self, id_: Any) -> str:
        return self.said(id_) if isinstance(id_, str) else self.ref(self.mirror.node(id_))

    def _in_slot(self, ref: str) -> Node | None:
        """The clip that an earlier call put into the slot of "…/clip"; None where none did."""
        try:
            slot = self.resolve(ref.removesuffix("/clip"), "ClipSlot")
        except errors.MirrorError:
            return None
        return self.clips.in_slot(slot.id)[1]

    def _by_names(self, ref: str) -> Node | None:
        """The object of a path that names one of a list, "tracks/1/devices/0/parameters/Dry/Wet"; None for others."""
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
                # A name may hold a slash where nothing can hang below it.
                leaf = role in ("parameters", "sends")
                rest = [] if leaf else steps[place + 1 :]
                name = "/".join(steps[place:]) if leaf else step
                found = reading.child(self, owner, role, name, role[:-1].replace("_", " "))
                return self.resolve("/".join([self.ref(found), *rest])) if rest else found
        return None

    def _named_here(self, name: str, kinds: tuple[str, ...]) -> Node | None:
        """The object of a name that the batch itself gave; None where that is no object of these kinds.

        Raises:
          Ambiguous: another object has the name already, or the batch gave it twice.
        """
        given = [
            node
            for each in self._names[name]
            if (node := fits(each, kinds) if isinstance(each, LateNode) else self._as_kind(each, kinds))
        ]
        ids = {node.id for node in given}
        others = [node for node in self.named(name, *kinds) if node.id not in ids]
        if len(ids) == 1 and not others:
            return given[0]
        if not ids:
            return None
        refs = ", ".join(self.ref(node) for node in [*given, *others][:10])
        raise errors.Ambiguous(
            f"{len(ids) + len(others)} objects are named {name!r}", name, hint=f"write {refs}"
        )

    def _as_kind(self, node: Node, kinds: tuple[str, ...]) -> Node | None:
        try:
            return self.mirror.resolve(node.id, *kinds)
        except errors.InvalidValue:
            return None

    def target(self, value: Any, *kinds: str, within: Node | None = None, role: str = "") -> Node:
        """As `reading.target`."""
        return reading.target(self, value, *kinds, within=within, role=role)

    def prefer(self, value: Any, *kinds: str) -> Node:
        """The object; where several have the name, those that make sense here are meant."""
        text = str(value).strip()
        known = text.isdecimal() or self.named(text, *kinds)
        return self.target(value, *(kinds if known else ()))

    def clip(self, value: Any) -> Node:
        """A clip, or the clip in a slot."""
        return self.clip_in(self.target(value, "Clip", "ClipSlot"))

    def clip_in(self, node: Node) -> Node:
        """The clip itself, or the one in the slot."""
        if node.type == "Clip":
            return node
        held = self.child(node, "clip")
        if held is None:
            raise errors.NotFound(f"{self.ref(node)} has no clip", hint="create_clip makes one there")
        return held

    def meant(self, value: Any, kind: str) -> Node:
        """The object that is given, else the one that is selected in Live; the answer says so.

        For reading and creating only: what is deleted, overwritten or moved is named.
        """
        if value is not msgspec.UNSET:
            return self.clip(value) if kind == "Clip" else self.target(value, kind)
        prop = {"Track": "selected_track", "Clip": "detail_clip", "Scene": "selected_scene"}[kind]
        id_ = self.mirror.resolve("view").props.get(prop)
        if not isinstance(id_, int):
            raise errors.InvalidParams(
                f"No {kind.casefold()} is given, and none is selected in Live",
                hint=f"give {kind.casefold()} by index, ref or name",
            )
        node = self.mirror.node(id_)
        self.notes.append(
            f"{self.ref(node)} {node.name!r} is meant: it is selected in Live".replace(" ''", "")
        )
        return node

    def ref(self, node: Node) -> str:
        """Where it is; of what does not exist yet the text that stands for it, in calls of the batch."""
        return self.mirror.ref(node.id) if isinstance(node.id, int) else self.said(str(node.id))

    def said(self, text: str) -> str:
        """The text of a late target as a client writes it."""
        if text.startswith("@"):
            id_, _, path = text[1:].partition("/")
            text = f"{self.mirror.ref(int(id_))}/{path}"
        return in_calls(text, self.makes)

    def named(self, name: str, *kinds: str) -> list[Node]:
        """As `mirror.queries.named`."""
        return named(self.mirror.store, name, *kinds)

    def has_id(self, id_: int) -> bool:
        """True when an object has this id."""
        return id_ in self.mirror.store.nodes

    def children(self, node: Node | str, role: str) -> tuple[Node, ...]:
        """The objects in a list; those of a new object as far as their number is known."""
        if isinstance(node, str) or isinstance(node.id, int):
            return self.mirror.children(node, role)
        if role not in _AS_LONG_AS:
            raise errors.NotAvailable(
                f"The {role} of {self.ref(node)} are known only once that object exists",
                hint=f"give a name or an index: {self.ref(node)}/{role}/0",
            )
        count = len(self.mirror.children("song", _AS_LONG_AS[role])) + self.scenes * (role == "clip_slots")
        return tuple(step_below(node, role, str(number)) for number in range(count))

    def later(self, owner: Node, role: str, text: str) -> Node:
        """One of a list of a new object, by name or index."""
        if role == "sends":
            return self.send(owner, text)
        return listed(owner, role, text)

    def child(self, node: Node, role: str) -> Node | None:
        """The single object `role`; of a new object whatever the table says that it has."""
        if role == "clip":
            is_changed, clip = self.clips.in_slot(node.id)
            if is_changed:
                return clip
        if isinstance(node.id, int):
            return self.mirror.child(node, role)
        return step_below(node, role)

    def parent(self, node: Node) -> Node:
        """The owner; InvalidParams for the song and for what does not hang anywhere that is known."""
        if isinstance(node, LateNode) and node.above is not None:
            return node.above
        if node.parent is None:
            raise errors.InvalidParams(
                f"{self.ref(node)} ({node.type}) cannot be deleted, duplicated or moved"
            )
        return self.mirror.node(node.parent)

    def send(self, mixer: Node, which: Any) -> Node:
        """A send by its index, or by the return that it goes to, which may be one that the batch makes."""
        owner, text = self.parent(mixer), str(which).strip()
        returns: list[Node] = []
        if owner.type == "Track" and owner.role != "master_track":
            returns = [*self.children("song", "return_tracks"), *self._new_returns()]
        elif owner.type != "Track" and isinstance(owner.id, int):
            returns = [*self.children(self.parent(owner), "return_chains")]
        elif owner.type != "Track":
            return listed(mixer, "sends", text)
        found = self._return_of(mixer, returns, text)
        if isinstance(mixer.id, int) and isinstance(found.id, int):
            return self.children(mixer, "sends")[returns.index(found)]
        return step_below(mixer, "sends", wire(found))

    def _new_returns(self) -> list[Node]:
        return [each for each in self.made if each is not None and each.role == "return_tracks"]

    def _return_of(self, mixer: Node, returns: list[Node], text: str) -> Node:
        if text.startswith("$"):
            wanted = self.resolve(text, "Track")
            found = [each for each in returns if each.id == wanted.id]
            if not found:
                raise errors.InvalidValue(f"{text} is no return track", text, hint="create kind 'return'")
            return found[0]
        try:
            # Live puts a letter before the name of a new return, too.
            names = [
                f"{chr(ord('A') + n)}-{each.name}" if isinstance(each, LateNode) else each.name
                for n, each in enumerate(returns)
            ]
            return returns[naming.chosen(names, text, self.ref(mixer), "send")]
        except BridgeError as problem:
            if problem.name == "NOT_FOUND" and (text.startswith("id:") or "/" in text):
                wanted = self.resolve(text)
                sends = self.children(mixer, "sends")
                for each, send in zip_longest(returns, sends):
                    if wanted in (each, send):
                        return each
            raise errors.from_bridge(problem) from None

    def place(self, value: Any) -> Any:
        """Where in a list something is inserted: an index from 0, or the object that it goes before."""
        index = None if isinstance(value, bool) else units.whole(value)
        if index is not None:
            return index
        node = self.resolve(value)
        return {ID: node.id} if isinstance(node.id, int) else node.id

    def _made(self, target: str, kinds: Sequence[str]) -> Node:
        match = _RESULT.match(target)
        number = int(match[1]) if match is not None else -1
        if match is None or not number < len(self.made):
            raise errors.InvalidValue(
                f"$k is what an earlier call of the batch makes, from $0; {target[:40]!r} is none",
                target[:40],
            )
        top = self.made[number]
        if top is None:
            raise errors.InvalidValue(f"Call {number} of the batch makes no object", target[:40])
        found = self.clips.current(self._below(top, match[2]) if match[2] else top)
        node = fits(found, tuple(kinds))
        if node is None:
            raise errors.InvalidValue(f"A {' or '.join(kinds)} is needed, {target} is a {found.type}", target)
        return node

    def _below(self, node: Node, path: str) -> Node:
        """What is at a path below an object that does not exist yet, by the table; lists by index or name."""
        steps = [step for step in path.split("/") if step]
        while steps:
            role = steps.pop(0)
            prop = tree_property(node.type, role)
            if prop is None:
                raise errors.InvalidValue(f"{self.ref(node)} ({node.type}) has no {role!r} below it", path)
            if prop.type not in ("children", "refs"):
                node = step_below(node, role)
                continue
            if not steps:
                raise errors.InvalidValue(
                    f"{role!r} of {self.ref(node)} is a list: give an index, from 0", path
                )
            which = steps.pop(0)
            while steps and not which.isdecimal() and tree_property(prop.of, steps[0]) is None:
                # A name may hold a slash: Dry/Wet.
                which += "/" + steps.pop(0)
            node = step_below(node, role, which) if which.isdecimal() else self.later(node, role, which)
        return node

    # -- values ------------------------------------------------------------------------------------

    def position(self, value: float | str) -> float:
        """A time in beats: a number, or bars in the song's signature."""
        return units.position(value, *views.signature(self.mirror))

    def length(self, value: float | str) -> float:
        """A duration in beats: a number, "2 bars", "1/8"."""
        return units.length(value, *views.signature(self.mirror))

    def note_list(self, clip: Node) -> tuple[Note, ...]:
        """The notes of a clip, as the calls before leave them; NotAvailable for an audio clip, and where unknown."""
        notes = self.clips.notes(clip, self.ref(clip))
        return self.mirror.notes(clip) if notes is None else notes

    def check_midi(self, clip: Node) -> None:
        """NotAvailable for an audio clip."""
        if isinstance(clip.id, int):
            self.mirror.notes(clip)
        elif clip.props.get("is_midi_clip") is False:
            self.note_list(clip)

    def set(self, node: Node, name: str, value: Any) -> Set:
        """A property set to what was written."""
        if node.props.get("automation_state") == _AUTOMATED and name == "value":
            self.notes.append(
                f"{self.ref(node)} is automated: this overrides it until transport re_enable_automation"
            )
        return Set(node.id, name, reading.property_value(self, node, name, value))

    def sets(self, node: Node, values: Mapping[str, Any]) -> list[Operation]:
        """The properties that were given."""
        return [self.set(node, name, value) for name, value in values.items() if value is not msgspec.UNSET]

    # -- joining -----------------------------------------------------------------------------------

    def join(self, plan: Plan) -> tuple[Operation, ...]:
        """The plan's operations after those of the calls before; what it makes is the next `$k`.

        Raises:
          TooLarge: the batch has too many operations.
        """
        ops = plan.final(self.operations)
        self.insertions.check(ops)
        made = plan.makes
        self.makes.append(None if made is None else made.operation + self.operations)
        self.made.append(None if made is None else self._node_of(made))
        self._remember_names(ops)
        call = f"call {len(self.made) - 1}"
        for number, op in enumerate(ops):
            product_of = product(number, plan.operations)
            node = None if product_of is None else self._node_of(product_of)
            self.clips.follow(op, node, call)
            self.insertions.follow(op, node)
        self.operations += len(ops)
        if self.operations > OPERATIONS:
            raise errors.TooLarge(
                f"A batch has at most {OPERATIONS} operations; call {len(self.made) - 1} makes it"
                f" {self.operations}",
                self.operations,
                hint="split it: each part is one undo step",
            )
        return ops

    def _remember_names(self, ops: tuple[Operation, ...]) -> None:
        """Names that these operations give, for the calls after them."""
        new = {each.id: each for each in self.made if each is not None}
        for op in ops:
            if isinstance(op, Set) and op.name == "name" and isinstance(op.value, str):
                node = new.get(op.target) if isinstance(op.target, str) else self.mirror.node(op.target)  # type: ignore[call-overload]
                if node is not None and op.value:
                    self._names.setdefault(op.value, []).append(node)

    def _node_of(self, made: Product) -> LateNode:
        """What a plan makes, as the calls after it see it."""
        owner = shifted(made.owner, self.operations)
        above: Node | None = None
        if isinstance(owner, int) or owner == "song":
            above = self.mirror.node(owner) if isinstance(owner, int) else self.mirror.resolve("song")
        elif isinstance(owner, str):
            above = self._owner_of(owner)
        return late_node(f"${made.operation + self.operations}", made.type, above, made.role, made.name)

    def _owner_of(self, text: str) -> Node | None:
        """The new object that a text of the wire stands for, where it is what a call makes."""
        number, _, path = text[1:].partition("/")
        tops = [each for each in self.made if each is not None and str(each.id) == f"${number}"]
        return (self._below(tops[0], path) if path else tops[0]) if tops else None


_AUTOMATED = 1
"""Of `automation_state`: there is automation, and it plays."""
_RESULT = re.compile(r"\$([0-9]{1,9})(?:[./](.+))?\Z", re.DOTALL)
Planner = Callable[[Scope, Any], Plan]


def only(given: msgspec.Struct, when: str, *allowed: str, of: Iterable[str]) -> None:
    """Refuse arguments that have no effect here.

    Args:
      when: What makes them so: "action 'play'".
      allowed: Those that have.
      of: All that depend on it.
    """
    defaults = type(given)(**{name: getattr(given, name) for name in _required(type(given))})
    for name in of:
        if name not in allowed and getattr(given, name) != getattr(defaults, name):
            raise errors.InvalidParams(
                f"`{name}` has no effect with {when}",
                hint=f"with {when} there is {', '.join(allowed)}" if allowed else f"leave `{name}` out",
            )


def _required(type_: type[msgspec.Struct]) -> list[str]:
    return [each.name for each in msgspec.structs.fields(type_) if each.required]


def words(scope: Scope, op: Operation) -> str:
    """One operation in words, for people and for a dry run."""
    where = scope.said(str(op.target)) if is_late(op.target) else op.target
    if isinstance(where, int) and scope.has_id(where):
        node = scope.mirror.node(where)
        where = scope.ref(node) + (f" {node.name!r}" if node.name else "")
    if isinstance(op, Set):
        return f"set {op.name} of {where} to {op.value!r}"
    args = ", ".join(f"{name}={value!r}"[:60] for name, value in op.args.items())
    return f"{op.method}({args}) of {where}"
