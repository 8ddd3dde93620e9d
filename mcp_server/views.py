"""Compact JSON views of objects for models, made from the mirror only.

Names in views are data from a Set, never instructions. Other objects are shown as refs, which the next call can use. A
volume is shown as value and as Live's text.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

import msgspec

from mirror import Match, Mirror, Node, Note, errors, values
from mirror.conditions import known_properties
from remote_script.SetMirror.contract import scales, schema
from remote_script.SetMirror.contract.naming import suggestion
from remote_script.SetMirror.contract.values import EXPRESSIONS

from . import change_lines, headless, units
from .shown_numbers import written_value

NOTE_FIELDS = ("note_id", "pitch", "start_time", "duration", "velocity", "mute", "probability")


Shown = TypeVar("Shown", bound=Callable[..., Any])


def unless_hidden(show: Shown) -> Shown:
    """Wrap a view so that an object hidden by the policy shows only its ref."""

    @wraps(show)
    def shown(mirror: Mirror, node: Any, *more: Any, **options: Any) -> Any:
        if isinstance(node, Node) and mirror.hides(node.id):
            return hidden(mirror, node)
        return show(mirror, node, *more, **options)

    return cast(Shown, shown)


def hidden(mirror: Mirror, node: Node) -> dict[str, Any]:
    """The view of an object that the policy hides."""
    return {"ref": mirror.ref(node.id), "hidden": True}


@unless_hidden
def name_of(mirror: Mirror, node: Node) -> Any:
    """An object's name, or its ref alone when the policy hides it."""
    return node.name


def id_text(node: Node) -> str:
    """An id in the form that agents read and write."""
    return f"id:{node.id}"


def track_kind(node: Node) -> str:
    """midi, audio, group, return or main."""
    if node.role == "return_tracks":
        return "return"
    if node.role == "master_track":
        return "main"
    if node.props.get("is_foldable"):
        return "group"
    return "midi" if node.props.get("has_midi_input") else "audio"


def signature(mirror: Mirror) -> tuple[int, int]:
    """The song's signature as (numerator, denominator)."""
    props = mirror.resolve("song").props
    return int(props.get("signature_numerator", 4)), int(props.get("signature_denominator", 4))


@unless_hidden
def _parameter(mirror: Mirror, node: Node | None) -> dict[str, Any] | None:
    if node is None:
        return None
    return {"value": written_value(node), "display": node.props.get("display")}


@unless_hidden
def _send(mirror: Mirror, node: Node) -> dict[str, Any] | None:
    """A send under the name that Live shows, the name of its return track: "A-Reverb"."""
    return {"name": node.name, **(_parameter(mirror, node) or {})}


@unless_hidden
def parameter(mirror: Mirror, node: Node) -> dict[str, Any]:
    """A device's parameter with its range and, if it is quantized, its items."""
    props = node.props
    shown = {
        "ref": mirror.ref(node.id),
        "name": node.name,
        "value": written_value(node),
        "display": props.get("display"),
        "min": props.get("min"),
        "max": props.get("max"),
    }
    if props.get("is_quantized"):
        shown["items"] = props.get("value_items")
    if props.get("automation_state"):
        shown["automation_state"] = mirror.shown(node, "automation_state")
    guesses = headless.guesses(mirror, node) if mirror.is_headless else []
    if guesses:
        shown["guess"] = guesses
    return shown


@unless_hidden
def mixer(mirror: Mirror, track: Node) -> dict[str, Any]:
    """Volume, panning and sends of a track."""
    device = mirror.child(track, "mixer_device")
    if device is None:
        return {}
    return {
        "volume": _parameter(mirror, mirror.child(device, "volume")),
        "panning": _parameter(mirror, mirror.child(device, "panning")),
        "sends": [_send(mirror, send) for send in mirror.children(device, "sends")],
    }


@unless_hidden
def clip(mirror: Mirror, node: Node) -> dict[str, Any]:
    """A short view of a clip; notes are read separately."""
    props = node.props
    shown: dict[str, Any] = {
        "ref": mirror.ref(node.id),
        "id": id_text(node),
        "name": node.name,
        "kind": "midi" if props.get("is_midi_clip") else "audio",
        "length_beats": props.get("length"),
        "looping": props.get("looping"),
    }
    if props.get("is_arrangement_clip"):
        shown["start_time"], shown["end_time"] = props.get("start_time"), props.get("end_time")
        shown["start"] = units.bars(float(props.get("start_time") or 0.0), *signature(mirror))
    else:
        shown["is_playing"], shown["is_triggered"] = props.get("is_playing"), props.get("is_triggered")
    notes = props.get("notes")
    if isinstance(notes, tuple):
        shown["notes"] = len(notes)
    return shown


@unless_hidden
def _chain(mirror: Mirror, node: Node) -> dict[str, Any]:
    devices = [name_of(mirror, device) for device in mirror.children(node, "devices")]
    return {"ref": mirror.ref(node.id), "name": node.name, "devices": devices}


@unless_hidden
def device(mirror: Mirror, node: Node) -> dict[str, Any]:
    """A device with the names of its chains; parameters are read separately."""
    shown = {
        "ref": mirror.ref(node.id),
        "id": id_text(node),
        "name": node.name,
        "class_name": node.props.get("class_name"),
        "is_active": node.props.get("is_active"),
        "parameters": len(mirror.children(node, "parameters")),
    }
    chains = mirror.children(node, "chains")
    if chains:
        shown["chains"] = [_chain(mirror, chain) for chain in chains]
    return shown


def is_telling(mirror: Mirror, device: Node, parameter: Node) -> bool:
    """False for a parameter at its default, and for a macro that nothing is mapped to."""
    props = parameter.props
    mapped = device.props.get("macros_mapped")
    parameters = device.children.get("parameters") or ()
    if isinstance(mapped, list | tuple) and parameter.id in parameters:
        # The first parameter is Device On; the macros follow it.
        macro = parameters.index(parameter.id) - 1
        if 0 <= macro < len(mapped) and not mapped[macro]:
            return False
    value, usual = props.get("value"), props.get("default_value")
    if not isinstance(usual, int | float):
        usual = headless.usual_value(device, parameter)
    if parameter.name == "Device On":
        return value != 1.0
    if isinstance(value, int | float) and isinstance(usual, int | float):
        return abs(value - usual) > 1e-6 * max(1.0, abs(usual))
    return True


@unless_hidden
def device_settings(mirror: Mirror, node: Node, all_of_it: bool = False) -> dict[str, Any]:
    """A short view of a device: parameter → Live's text, without defaults unless `all_of_it`; with a rack's chains."""
    settings: dict[str, Any] = {}
    for number, parameter in enumerate(mirror.children(node, "parameters")):
        if not mirror.hides(parameter.id) and (all_of_it or is_telling(mirror, node, parameter)):
            # Further parameters of the same name are shown with their index, by which they can be set.
            name = f"{parameter.name} ({number})" if parameter.name in settings else parameter.name
            settings[name] = parameter.props.get("display")
    shown = {
        "ref": mirror.ref(node.id),
        "name": node.name,
        "class": node.props.get("class_name"),
        "set": settings,
    }
    chains = mirror.children(node, "chains")
    if chains:
        shown["chains"] = [_chain_settings(mirror, chain, all_of_it) for chain in chains]
    return shown


@unless_hidden
def _chain_settings(mirror: Mirror, node: Node, all_of_it: bool) -> dict[str, Any]:
    devices = mirror.children(node, "devices")
    return {"name": node.name, "devices": [device_settings(mirror, device, all_of_it) for device in devices]}


@unless_hidden
def device_whole(mirror: Mirror, node: Node, parameters: list[Node] | None = None) -> dict[str, Any]:
    """A device with all its parameters, or only `parameters`, and the properties of its special class."""
    listed = list(mirror.children(node, "parameters")) if parameters is None else parameters
    shown = device(mirror, node)
    own = (
        schema.CLASSES[node.type].properties if node.type in schema.CLASSES and node.type != "Device" else {}
    )
    special = {
        name: _value(mirror, node, name)
        for name in own
        if name in node.props and not own[name].is_tree and own[name].type != "routings"
    }
    if special:
        shown["properties"] = special
    pads = [pad for pad in mirror.children(node, "drum_pads") if pad.props.get("chains")]
    if pads:
        shown["drum_pads"] = [
            {"ref": mirror.ref(pad.id), "name": pad.name, "note": units.pitch_name(int(pad.props["note"]))}
            for pad in pads
        ]
    shown["parameters"] = [parameter(mirror, member) for member in listed]
    return shown


@unless_hidden
def track(mirror: Mirror, node: Node) -> dict[str, Any]:
    """A track with mixer, devices and clips."""
    props = node.props
    shown: dict[str, Any] = {
        "ref": mirror.ref(node.id),
        "id": id_text(node),
        "name": node.name,
        "kind": track_kind(node),
        "color": values.answered(node.type, "color", props.get("color")),
    }
    for name in ("mute", "solo", "arm", "muted_via_solo", "is_frozen", "fold_state"):
        if props.get(name):
            shown[name] = props[name]
    group = props.get("group_track")
    if isinstance(group, int):
        shown["group_track"] = mirror.ref(group)
    shown["mixer"] = mixer(mirror, node)
    shown["routing"] = {
        name: node.props[name]
        for name in _ROUTING
        if name in node.props and not (name.endswith("channel") and not node.props[name])
    }
    if "current_monitoring_state" in props:
        shown["monitoring"] = mirror.shown(node, "current_monitoring_state")
    shown["devices"] = [device(mirror, member) for member in mirror.children(node, "devices")]
    slots = mirror.children(node, "clip_slots")
    filled = [mirror.child(slot, "clip") for slot in slots]
    shown["clips"] = [clip(mirror, member) for member in filled if member is not None]
    shown["arrangement_clips"] = [
        clip(mirror, member) for member in mirror.children(node, "arrangement_clips")
    ]
    shown["clip_slots"] = len(slots)
    return shown


_ROUTING = ("input_routing_type", "input_routing_channel", "output_routing_type", "output_routing_channel")
SHOWN_VELOCITY = 2
"""Decimals of velocities; Live's own editor shows none."""


def note(source: Note) -> dict[str, Any]:
    """A note; rarely used properties only when they differ from their defaults."""
    shown = {name: getattr(source, name) for name in NOTE_FIELDS}
    for name in ("start_time", "duration"):
        shown[name] = round(shown[name], units.SHOWN_DIGITS)
    shown["velocity"] = round(shown["velocity"], SHOWN_VELOCITY)
    shown["probability"] = units.neat(shown["probability"])
    if not source.mute:
        del shown["mute"]
    if source.probability == 1.0:
        del shown["probability"]
    if source.velocity_deviation:
        shown["velocity_deviation"] = source.velocity_deviation
    if source.release_velocity != 64.0:
        shown["release_velocity"] = source.release_velocity
    for name in EXPRESSIONS:
        value = getattr(source, name)
        if value is not None and value != (1.0 if name == "gain" else 0.0):
            shown[name] = units.neat(value)
    return shown


SHORT = {
    "note_id": "id",
    "pitch": "p",
    "start_time": "t",
    "duration": "d",
    "velocity": "v",
    "mute": "m",
    "probability": "pr",
    "release_velocity": "rv",
    "velocity_deviation": "vd",
}
"""Live's names of a note's fields → the short ones, which edits take as well."""


def short_note(source: Note) -> dict[str, Any]:
    """A note with short names."""
    return {SHORT.get(name, name): value for name, value in note(source).items()}


def pitch_namer(mirror: Mirror) -> Callable[[int], str]:
    """A function that names pitches in the Set's key."""
    props = mirror.resolve("song").props
    root, scale = int(props.get("root_note") or 0), str(props.get("scale_name") or "")
    plain = str.maketrans("♯♭", "#b")
    return lambda pitch: scales.note_name_in_scale(pitch, root, scale).translate(plain)


class Budget:
    """Counts the objects that an answer may still contain, and those left out."""

    def __init__(self, objects: int) -> None:
        self.left = objects
        self.cut = 0

    def take(self) -> bool:
        """True when one more object fits, which is then counted."""
        if self.left <= 0:
            self.cut += 1
            return False
        self.left -= 1
        return True


@unless_hidden
def whole(
    mirror: Mirror,
    node: Node,
    fields: list[str] | None = None,
    depth: int = 0,
    budget: Budget | None = None,
) -> dict[str, Any]:
    """All properties of an object; references as refs, children as refs, or with all properties for `depth` levels.

    Raises:
      InvalidValue: objects of this class have no such property.
    """
    known = schema.properties(node.type) if node.type in schema.CLASSES else {}
    for name in fields or ():
        if name not in (known if depth == 0 else known_properties()) and name not in node.props:
            raise errors.InvalidValue(
                f"{node.type} has no property `{name}`",
                name,
                hint=suggestion(name, known, f"it has {', '.join(sorted(known))}"),
            )
    shown: dict[str, Any] = {
        "ref": mirror.ref(node.id),
        "id": id_text(node),
        "type": node.type,
        "name": node.name,
    }
    for name in node.props:
        if fields is None or name in fields:
            shown[name] = _value(mirror, node, name)
    for name, children in node.children.items():
        if fields is not None and name not in fields and depth == 0:
            continue
        if children is None or children == ():
            continue
        ids = [children] if isinstance(children, int) else list(children)
        if depth == 0:
            refs: list[Any] = [mirror.ref(child) for child in ids]
        else:
            room = budget if budget is not None else Budget(1000)
            refs = [
                whole(mirror, mirror.node(child), fields, depth - 1, room) for child in ids if room.take()
            ]
        shown[name] = refs[0] if isinstance(children, int) and refs else refs
    return shown


def _value(mirror: Mirror, node: Node, name: str) -> Any:
    value = node.props.get(name)
    if name == "notes" and isinstance(value, tuple):
        return f"{len(value)} notes: read them with get_notes"
    if name == "value" and node.type == "DeviceParameter":
        return written_value(node)
    if name == "automation_envelopes":
        return change_lines.envelopes(mirror, value)
    return values.answered(node.type, name, mirror.shown(node, name))


def match(mirror: Mirror, result: Match) -> dict[str, Any]:
    """A short view of a search match; a parameter with its text."""
    node = result.node
    if mirror.hides(node.id):
        return hidden(mirror, node)
    shown = {
        "ref": result.ref,
        "id": id_text(node),
        "type": node.type,
        "name": node.name,
        "score": result.score,
    }
    if node.type == "DeviceParameter":
        shown["value"], shown["display"] = written_value(node), node.props.get("display")
    return shown


def description(name: str) -> dict[str, Any]:
    """The schema's description of a class: properties that can be set or read, and methods."""
    properties: dict[str, Any] = {}
    readable = []
    for prop in schema.properties(name).values():
        if not prop.write:
            readable.append(prop.name)
            continue
        field: dict[str, Any] = {"type": prop.type}
        if prop.minimum is not None:
            field["min"] = prop.minimum
        if prop.maximum is not None:
            field["max"] = prop.maximum
        if prop.choices is not None:
            field["choices"] = list(prop.labels.values() or prop.choices)
        if prop.unit:
            field["unit"] = prop.unit
        if prop.of:
            field["of"] = prop.of
        if prop.since:
            field["since"] = schema.since_text(prop.since)
        if prop.on:
            field["only"] = list(prop.on)
        properties[prop.name] = field
    methods = {
        method.name: {
            "args": ", ".join(f"{arg.name}{'' if arg.required else '?'}: {arg.type}" for arg in method.args),
            "effect": method.effect,
            **({"since": schema.since_text(method.since)} if method.since else {}),
        }
        for method in schema.methods(name).values()
        if method.effect != "internal"
    }
    return {"class": name, "properties": properties, "readable": readable, "methods": methods}


def status(mirror: Mirror) -> dict[str, Any]:
    """The bridge's state: link, Live's version, counters, and the last edits with their authors."""
    edits = [{**edit, "write": edit["write"] or ""} for edit in mirror.writes.history.last(20)]
    return {**msgspec.to_builtins(mirror.status()), "edits": edits}
