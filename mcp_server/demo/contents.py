"""The contents of a Set as a value: every property of every object by its ref, so that two states can be compared.

Ids are replaced by refs and notes have no ids, because undoing a deletion makes new objects. Properties that are not
part of the Set's content are left out: views and selection, playback, and the state of the undo history.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from remote_script.SetMirror.contract import schema

if TYPE_CHECKING:
    from mirror import Mirror, Node

Picture = dict[str, Any]
"""ref.property → value"""

_PASSING = {
    "can_undo", "can_redo", "can_jump_to_next_cue", "can_jump_to_prev_cue", "is_part_of_selection",
    "is_triggered", "is_playing", "fired_slot_index", "playing_slot_index", "playing_status",
    "re_enable_automation_enabled",
}  # fmt: skip
"""Properties that depend on the last action, playback or selection."""
_LANE_VALUES = ("value", "display_value", "display")


def picture(mirror: Mirror) -> Picture:
    """All properties of the Set that undo restores, as the mirror has them now."""
    contents: Picture = {}
    waiting = [mirror.resolve("song")]
    while waiting:
        node = waiting.pop()
        ref = mirror.ref(node.id)
        properties = schema.properties(node.type)
        for name, value in node.props.items():
            prop = properties.get(name)
            if prop is None or name in _PASSING or (prop.write and not prop.undo):
                continue
            if name in _LANE_VALUES and node.props.get("automation_state"):
                # The automation lane sets the value by the song position, which undo does not restore.
                continue
            contents[f"{ref}.{name}"] = _value(mirror, prop, value)
        for name, ids in node.children.items():
            children = _children(mirror, ids)
            shown = [child for child in children if not _is_view(child)]
            contents[f"{ref}.{name}"] = [mirror.ref(child.id) for child in shown]
            waiting.extend(shown)
    return contents


def _children(mirror: Mirror, ids: Any) -> list[Node]:
    if ids is None:
        return []
    return [mirror.node(id_) for id_ in (ids if isinstance(ids, (list, tuple)) else (ids,))]


def _is_view(node: Node) -> bool:
    return node.type.endswith(".View") or node.type in ("Application", "Browser")


def _value(mirror: Mirror, prop: schema.Property, value: Any) -> Any:
    if prop.name == "automation_state":
        # Whether the automation is overridden at the moment depends on the last action, like playback.
        return bool(value)
    if prop.type == "ref":
        return None if value is None else mirror.ref(value)
    if prop.type == "refs":
        return [mirror.ref(id_) for id_ in value]
    if prop.type == "notes":
        return [
            (n.pitch, n.start_time, n.duration, n.velocity, n.mute, n.probability, n.velocity_deviation)
            for n in value
        ]
    if prop.type == "envelopes":
        return sorted((mirror.ref(envelope["parameter"]), envelope["events"]) for envelope in value)
    return value


def differences(before: Picture, after: Picture) -> list[str]:
    """The differences, one line each, sorted; empty when the contents are equal."""
    lines = []
    for key in sorted(before.keys() | after.keys()):
        if key not in after:
            lines.append(f"{key}: was {before[key]!r}, is gone")
        elif key not in before:
            lines.append(f"{key}: is new, {after[key]!r}")
        elif before[key] != after[key]:
            lines.append(f"{key}: was {before[key]!r}, is {after[key]!r}")
    return lines
