"""Whatever no other tool says: any property and method of the table, and many operations in one step."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import UNSET, Meta, Struct, UnsetType

from mirror import Call, Set

from ..desk import Desk
from ..fields import Overwrite, Target
from ..tool import Arguments, Toolset

tools = Toolset("everything")


class SetProperty(Arguments):
    target: Target
    property: str
    value: Any


@tools.writes(
    SetProperty,
    "Set a property",
    "Any writable property of any object, in Live's words and ranges; describe lists them.",
)
async def set_property(desk: Desk, given: SetProperty) -> dict[str, Any]:
    target = desk.resolve(given.target).id
    return await desk.write([Set(target, given.property, given.value)], f"set {given.property}")


class CallMethod(Arguments):
    target: Target
    method: str
    args: dict[str, Any] = {}
    overwrite: Overwrite = False


@tools.writes(
    CallMethod,
    "Call a method",
    "Any method of any object, arguments by name; describe lists them.",
    destructive=True,
    idempotent=False,
)
async def call_method(desk: Desk, given: CallMethod) -> dict[str, Any]:
    node = desk.resolve(given.target)
    if node.type == "Song" and given.method == "undo" and not given.args:
        # So that who undid what is known.
        return await desk.undo()
    return await desk.write([Call(node.id, given.method, given.args)], given.method, given.overwrite)


class Expected(Struct, forbid_unknown_fields=True):
    target: Target
    property: str
    value: Any


class Batch(Arguments):
    operations: Annotated[
        list[Set | Call],
        Meta(
            min_length=1,
            max_length=1000,
            description="$0 stands for what operation 0 made, $0/… for its children",
        ),
    ]
    if_revision: Annotated[int | UnsetType, Meta(description="refuse if what it touches changed since")] = (
        UNSET
    )
    expect: Annotated[list[Expected], Meta(description="refuse unless all of this is so")] = []
    dry_run: Annotated[bool, Meta(description="only check, and tell what would change")] = False


@tools.writes(
    Batch,
    "Write in one step",
    "Many operations, all or none, as one step in Live's undo history.",
    destructive=True,
    idempotent=False,
)
async def batch(desk: Desk, given: Batch) -> dict[str, Any]:
    return await desk.write(
        given.operations,
        "batch",
        if_revision=None if given.if_revision is UNSET else given.if_revision,
        expect=[(each.target, each.property, each.value) for each in given.expect],
        dry_run=given.dry_run,
    )
