"""Devices: inserting, setting parameters by name in Live's own texts, and actions of racks."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, UnsetType

from mirror import Call, Node, Operation, Set, errors

from .. import knowledge, reading
from ..fields import Anything, Place, Target, Track, Value
from ..plans import Plan, Scope, only
from ..tool import Arguments, Toolset

tools = Toolset("devices")


class InsertDevice(Arguments):
    to: Annotated[Track, Meta(description="a track by index, or a track or chain by ref or name")]
    name: Annotated[str, Meta(description="of a native device, as Live's browser has it: 'EQ Eight'")]
    index: (
        Annotated[Place, Meta(description="from 0, or a device to go before; default the end")] | UnsetType
    ) = UNSET


@tools.writes(
    InsertDevice,
    "Insert a device",
    "A native device into a track or chain (Live 12.3 and later; otherwise `load`).",
    idempotent=False,
)
def insert_device(scope: Scope, args: InsertDevice) -> Plan:
    node = scope.target(args.to, "Track", "Chain", role="tracks")
    names = {name.casefold(): name for name in knowledge.all_names()}
    folded = args.name.strip().casefold()
    near = [names[name] for name in get_close_matches(folded, names, 3, 0.75)]
    if near and folded not in names:
        raise errors.NotFound(
            f"Live has no device {args.name[:60]!r}", args.name[:60], hint=f"did you mean {', '.join(near)}?"
        )
    call_args: dict[str, Any] = {"device_name": names.get(folded, args.name)}
    if args.index is not UNSET:
        call_args["device_index"] = scope.place(args.index)
    return Plan.of(f"insert {call_args['device_name']}", [Call(node.id, "insert_device", call_args)])


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
_OF_VARIATIONS = ("recall_variation", "delete_variation")
_INDEXED = (*_OF_VARIATIONS, "insert_chain")


class SetDevice(Arguments):
    device: Target
    parameters: Annotated[
        dict[str, Value], Meta(description="by name or index: '2.5 kHz', '-12 dB', '+1 st', an item, 0.5")
    ] = {}
    on: Annotated[bool, Meta(description="on or off")] | UnsetType = UNSET
    name: Annotated[str, Meta(description="text")] | UnsetType = UNSET
    properties: Annotated[
        dict[str, Anything], Meta(description="others, e.g. selected_variation_index; describe lists them")
    ] = {}
    action: Annotated[Literal[tuple(_ACTIONS)], Meta(description="of a rack")] | UnsetType = UNSET  # type: ignore[valid-type]
    index: Annotated[int, Meta(ge=0, description="of the variation, or of the new chain")] | UnsetType = UNSET


@tools.writes(
    SetDevice,
    "Set a device",
    "Parameters (macros too) by name, in values or as Live shows them; on or off; actions of racks.",
)
def set_device(scope: Scope, args: SetDevice) -> Plan:
    device = scope.target(args.device, "Device")
    ops: list[Operation] = []
    if args.action is UNSET:
        only(args, "no `action`", of=("index",))
    else:
        if args.action not in _INDEXED:
            only(args, f"action '{args.action}'", of=("index",))
        ops += _act(scope, device, args.action, args.index)
    for name, value in args.parameters.items():
        ops.append(scope.set(_parameter(scope, device, name), "value", value))
    if args.on is not UNSET:
        ops.append(Set(_parameter(scope, device, "Device On").id, "value", float(args.on)))
    if args.name is not UNSET:
        ops.append(Set(device.id, "name", args.name))
    ops += [scope.set(device, name, value) for name, value in args.properties.items()]
    expect: tuple[tuple[int, str, Any], ...] = ()
    if args.action in _OF_VARIATIONS and isinstance(device.id, int):
        # Variations have nothing but their index: it counts others after one is stored or deleted.
        expect = ((device.id, "variation_count", device.props.get("variation_count", 0)),)
    return Plan.of(f"set {scope.ref(device)}", ops, expect=expect)


def _parameter(scope: Scope, device: Node, name: str) -> Node:
    if not isinstance(device.id, int):
        return scope.later(device, "parameters", name)
    parameters = scope.children(device, "parameters")
    names = [parameter.name for parameter in parameters]
    originals = [str(parameter.props.get("original_name") or parameter.name) for parameter in parameters]
    known = name in names or name not in originals
    return reading.child(scope, device, "parameters", name, "parameter", names if known else originals)


def _act(scope: Scope, rack: Node, action: str, index: int | UnsetType) -> list[Operation]:
    if isinstance(rack.id, int):
        scope.resolve(rack.id, "RackDevice")
    if action in _OF_VARIATIONS and not isinstance(rack.id, int):
        chosen = [] if index is UNSET else [Set(rack.id, "selected_variation_index", index)]
        return [*chosen, Call(rack.id, _ACTIONS[action])]
    if action in _OF_VARIATIONS:
        count = rack.props.get("variation_count", 0)
        chosen = rack.props.get("selected_variation_index", -1) if index is UNSET else index
        if not 0 <= chosen < count:
            raise errors.InvalidValue(f"{scope.ref(rack)} has {count} variations, from 0", chosen)
        return [Set(rack.id, "selected_variation_index", chosen), Call(rack.id, _ACTIONS[action])]
    return [Call(rack.id, _ACTIONS[action], {} if index is UNSET else {"index": index})]
