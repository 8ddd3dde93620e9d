"""General tools: any property and method of the schema, and many calls in one undo step."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Annotated, Any, NamedTuple

from msgspec import UNSET, Meta, Struct, UnsetType

from mirror import Call, Node, Operation, errors
from remote_script.SetMirror.contract import schema

from .. import reading, unavailable
from ..effects import is_history
from ..fields import Anything, Overwrite, Target
from ..operation_words import words
from ..plans import Plan, Scope, batched_calls, count_before_batch
from ..shown_numbers import may_show_numbers
from ..tool import Arguments, Tool, Toolset

tools = Toolset("everything")


class SetProperty(Arguments):
    target: Target
    property: Annotated[str, Meta(description="describe lists them")]
    value: Anything


@tools.writes(
    SetProperty,
    "Set a property",
    "Any writable property of any object, in Live's words and ranges. null is a value: no object.",
)
def set_property(scope: Scope, args: SetProperty) -> Plan:
    node = scope.target(args.target)
    if node.type in schema.CLASSES and args.property not in {*schema.properties(node.type), *node.props}:
        unavailable.refuse(args.property)
        if hint := reading.elsewhere(scope, node, args.property):
            raise errors.NotFound(
                f"{node.type} has no property {args.property[:60]!r}", args.property[:60], hint=hint
            )
    return Plan.of(f"set {args.property}", [scope.set(node, args.property, args.value)])


class CallMethod(Arguments):
    target: Target
    method: Annotated[str, Meta(description="describe lists them")]
    args: Annotated[dict[str, Any], Meta(description="by name")] = {}
    overwrite: Overwrite = False


@tools.writes(
    CallMethod,
    "Call a method",
    "Any method of any object, in Live's words.",
    destructive=True,
    idempotent=False,
)
def call_method(scope: Scope, args: CallMethod) -> Plan:
    node = scope.target(args.target)
    if node.type in schema.CLASSES and args.method not in schema.methods(node.type):
        unavailable.refuse(args.method)
    method_args = {
        name: _argument(scope, node, args.method, name, value) for name, value in args.args.items()
    }
    return Plan.of(args.method, [Call(node.id, args.method, method_args)], overwrite=args.overwrite)


def _argument(scope: Scope, node: Node, method: str, name: str, value: Any) -> Any:
    known = schema.methods(node.type).get(method) if node.type in schema.CLASSES else None
    arg = (
        next((parameter for parameter in known.args if parameter.name == name), None)
        if known is not None
        else None
    )
    if arg is None or value is None:
        return value
    if arg.type == "obj":
        return scope.target(value, *([arg.of] if arg.of else [])).id
    return reading.argument("int" if arg.is_place else arg.type, name, value)


class BatchCall(Struct, forbid_unknown_fields=True):
    tool: Annotated[str, Meta(description="name of a tool that writes")]
    args: Annotated[dict[str, Any], Meta(description="its arguments")] = {}


class Expected(Struct, forbid_unknown_fields=True):
    target: Target
    property: Annotated[str, Meta(description="of the target")]
    value: Anything


class Batch(Arguments):
    calls: Annotated[
        list[BatchCall],
        Meta(min_length=1, max_length=1000, description="$0 in a target is what call 0 makes, $0/… below it"),
    ]
    if_revision: Annotated[int, Meta(description="refuse if its objects changed since")] | UnsetType = UNSET
    expect: Annotated[list[Expected], Meta(description="refuse unless all of these hold")] = []
    dry_run: Annotated[bool, Meta(description="only check, and list what would change")] = False


Find = Callable[[str], Tool]
"""Returns the tool of a name that the server offers; NotFound for other names."""


@tools.writes(
    Batch,
    "Write in one step",
    "Many calls of write tools, all or none, as one undo step; not load or undo, and one transform a clip. Indices and "
    "refs count the Set before it.",
    destructive=True,
    idempotent=False,
)
def batch(scope: Scope, args: Batch) -> Plan:
    calls = joined(scope, args.calls, dry_run=args.dry_run)
    if args.dry_run:
        scope.notes += [words(scope, op) for op in calls.operations[:_MOST_WORDS]]
    expect = calls.expect
    for expectation in args.expect:
        node = scope.target(expectation.target)
        expect.append(
            (
                node.id,
                expectation.property,
                _expected(scope, node, expectation),
            )
        )
    return Plan.of(
        "batch",
        calls.operations,
        if_revision=None if args.if_revision is UNSET else args.if_revision,
        expect=tuple(expect),
        dry_run=args.dry_run,
        calls=batched_calls([entry.tool for entry in args.calls], calls.parts),
        makes=None,
        notes=tuple(calls.notes),
        left=calls.left,
    )


def _expected(scope: Scope, node: Node, expectation: Expected) -> Any:
    """The expected value: a number or null as `get` shows it, any other value as one that is set.

    A parameter that shows numbers without a unit is also shown with {"raw": number}: there a number can mean either.
    """
    value = expectation.value
    is_shown = node.type == "DeviceParameter" and may_show_numbers(node)
    if value is None or (
        isinstance(value, int | float) and not (is_shown and expectation.property == "value")
    ):
        return value
    return reading.property_value(scope, node, expectation.property, value)


class Joined(NamedTuple):
    """The plans of several calls as one: operations by call, and what each plan says beside its operations."""

    parts: list[tuple[Operation, ...]]
    expect: list[tuple[Any, str, Any]]
    notes: list[str]
    left: int

    @property
    def operations(self) -> list[Operation]:
        return [op for part in self.parts for op in part]


def joined(scope: Scope, calls: Iterable[BatchCall], *, dry_run: bool) -> Joined:
    """The plans of all calls, in order, as a single write.

    Args:
      dry_run: The write is a dry run. A call cannot be one alone: its operations would be executed with the others.

    Raises:
      MirrorError: a call cannot be planned; its rule begins with the call's number, which is also the fact "call".
    """
    made = Joined([], [], [], 0)
    for number, entry in enumerate(calls):
        try:
            plan = tool_named(entry.tool).planned(scope, entry.args)
            if not plan.operations:
                raise errors.InvalidParams("the call changes nothing")
            if any(is_history(scope.mirror.store, op) for op in plan.operations):
                raise errors.InvalidParams(
                    "undo and redo cannot be part of a batch", hint="call undo by itself"
                )
            if plan.dry_run and not dry_run:
                raise errors.InvalidParams(
                    "`dry_run` is of all calls or of none",
                    hint="give `dry_run` beside `calls`, or leave it out",
                )
            made.parts.append(scope.join(plan))
        except errors.MirrorError as problem:
            if any(late_node is not None for late_node in scope.batch.made):
                count_before_batch(problem)
            problem.rule = f"call {number} ({entry.tool[:40]}): {problem.rule}"
            problem.facts["call"] = number
            raise
        made.expect.extend(plan.expect)
        made.notes.extend(f"call {number} ({entry.tool}): {note}" for note in plan.notes)
        made = made._replace(left=made.left + plan.left)
    return made


_MOST_WORDS = 100
"""The most operations of a dry run that are described."""


def tool_named(name: str) -> Tool:
    """The tool of this name, if it may be part of a batch; NotFound for other names."""
    # Imported here, since that package imports this module.
    from . import TOOLS

    tool = TOOLS.get(name)
    if tool is None:
        unavailable.refuse(name)
        writing = ", ".join(candidate.name for candidate in TOOLS.values() if candidate.plan is not None)
        raise errors.NotFound(f"There is no tool {name[:40]!r}", hint=f"a batch may call {writing}")
    if name == "batch":
        raise errors.InvalidParams("A batch cannot contain a batch", hint="put its calls here")
    return tool
