"""Devices: insert, set by parameter names in Live's own texts, and what racks do."""

from __future__ import annotations

import difflib
from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, UnsetType

from mirror import Call, Node, Operation, Set, errors

from ..desk import Desk
from ..fields import Target, Value
from ..tool import Arguments, Toolset

tools = Toolset("devices")


class InsertDevice(Arguments):
    to: Annotated[Target, Meta(description="a track or chain")]
    name: Annotated[str, Meta(description="of a native device, as Live's browser has it: 'EQ Eight'")]
    index: Annotated[int, Meta(ge=0, description="place in the chain; default the end")] | UnsetType = UNSET


@tools.writes(
    InsertDevice,
    "Insert a device",
    "A native device into a track or chain (Live 12.3 and later; otherwise `load`).",
    idempotent=False,
)
async def insert_device(desk: Desk, given: InsertDevice) -> dict[str, Any]:
    node = desk.resolve(given.to)
    args: dict[str, Any] = {"device_name": given.name}
    if given.index is not UNSET:
        args["device_index"] = given.index
    return await desk.write([Call(node.id, "insert_device", args)], f"insert {given.name}")


class SetDevice(Arguments):
    device: Target
    parameters: Annotated[
        dict[str, Value],
        Meta(description="by name or number: 0.5, '2.5 kHz', '-12 dB', an item's name"),
    ] = {}
    on: bool | UnsetType = UNSET
    name: str | UnsetType = UNSET
    properties: Annotated[
        dict[str, Any], Meta(description="others, e.g. selected_variation_index; describe lists them")
    ] = {}


@tools.writes(
    SetDevice, "Set a device", "Parameters (macros too) by name, in values or as Live shows them; on or off."
)
async def set_device(desk: Desk, given: SetDevice) -> dict[str, Any]:
    device = desk.resolve(given.device, "Device")
    held = desk.mirror.children(device, "parameters")
    ops: list[Operation] = [
        Set(_parameter(desk, device, held, name).id, "value", value)
        for name, value in given.parameters.items()
    ]
    if given.on is not UNSET:
        switch = _parameter(desk, device, held, "Device On")
        ops.append(Set(switch.id, "value", float(given.on)))
    if given.name is not UNSET:
        ops.append(Set(device.id, "name", given.name))
    ops += [Set(device.id, name, value) for name, value in given.properties.items()]
    return await desk.write(ops, "set a device")


def _parameter(desk: Desk, device: Node, held: tuple[Node, ...], name: str) -> Node:
    fold = name.strip().casefold()
    for exact in (True, False):
        found = [
            each
            for each in held
            if fold in (each.name.casefold(), str(each.props.get("original_name", "")).casefold())
            or (not exact and fold in each.name.casefold())
        ]
        if len(found) == 1 or (found and exact):
            return found[0]
        if found:
            raise errors.Ambiguous(
                f"{device.name!r} has several parameters like {name!r}",
                name,
                candidates=[each.name for each in found[:20]],
            )
    if name.isdecimal() and int(name) < len(held):
        return held[int(name)]
    near = difflib.get_close_matches(name, [each.name for each in held], 5, 0.5)
    raise errors.NotFound(
        f"{device.name!r} ({desk.ref(device)}) has no parameter {name!r}",
        name,
        hint=f"did you mean {', '.join(near)}?" if near else "get_device lists them",
    )


_ACTIONS = {
    "store_variation": "store_variation",
    "recall_variation": "recall_selected_variation",
    "recall_last_variation": "recall_last_used_variation",
    "delete_variation": "delete_selected_variation",
    "randomize_macros": "randomize_macros",
    "add_macro": "add_macro",
    "remove_macro": "remove_macro",
    "insert_chain": "insert_chain",
}


class EditRack(Arguments):
    rack: Target
    action: Literal[tuple(_ACTIONS)]  # type: ignore[valid-type]
    index: (
        Annotated[int, Meta(ge=0, description="of the variation; of insert_chain: the place")] | UnsetType
    ) = UNSET


@tools.writes(
    EditRack,
    "Edit a rack",
    "Macro variations, randomizing, more or fewer macros, chains. Macro values: set_device; chains, pads: set_track.",
    destructive=True,
    idempotent=False,
)
async def edit_rack(desk: Desk, given: EditRack) -> dict[str, Any]:
    rack = desk.resolve(given.rack, "RackDevice")
    ops: list[Operation] = []
    args: dict[str, Any] = {}
    if given.action in ("recall_variation", "delete_variation"):
        count = rack.props.get("variation_count", 0)
        index = rack.props.get("selected_variation_index", -1) if given.index is UNSET else given.index
        if not 0 <= index < count:
            raise errors.InvalidValue(f"{desk.ref(rack)} has {count} variations, from 0", index)
        ops.append(Set(rack.id, "selected_variation_index", index))
    elif given.index is not UNSET:
        if given.action != "insert_chain":
            raise errors.InvalidParams(f"{given.action} takes no `index`")
        args["index"] = given.index
    return await desk.write([*ops, Call(rack.id, _ACTIONS[given.action], args)], given.action)
