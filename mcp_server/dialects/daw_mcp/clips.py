"""DAW MCP's methods of clips, slots and scenes."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET

from mirror import Call, Node, Operation, Set, errors

from ... import views
from ...late_nodes import made
from ...plans import Plan
from .indexed import MOST_SCENES, Handler, IndexedSet, ToolWrite
from .tracks import select


def shown(indexed: IndexedSet, p: Any) -> dict[str, Any]:
    rows = []
    for number, slot in enumerate(indexed.slots(indexed.track(p.trackIndex))):
        clip = indexed.scope.child(slot, "clip")
        if clip is None:
            continue
        props = clip.props
        rows.append(
            {
                "slotIndex": number + indexed.dialect.first,
                "name": clip.name,
                "length": props.get("length"),
                "isPlaying": props.get("is_playing", False),
                "isRecording": props.get("is_recording", False),
            }
        )
    return {"clips": rows}


def _empty(indexed: IndexedSet, track: Node, start: int = 0) -> list[int]:
    """The indices from 0 of the slots without a clip."""
    slots = indexed.slots(track)
    return [n for n, slot in enumerate(slots) if n >= start and indexed.scope.child(slot, "clip") is None]


def create_clip(indexed: IndexedSet, p: Any) -> ToolWrite:
    track, first = indexed.track(p.trackIndex), indexed.dialect.first
    slots = indexed.slots(track)
    if track.props.get("has_midi_input") is False:
        raise errors.NotAvailable(
            f"{indexed.scope.ref(track)} is no instrument track: Live makes empty clips on these only"
        )
    place = p.slotIndex - first if p.slotIndex is not UNSET else (_empty(indexed, track) or [len(slots)])[0]
    missing = max(0, place + 1 - len(slots))
    if place < 0 or missing > MOST_SCENES:
        raise errors.InvalidValue(
            f"`slotIndex` is from {first} to {len(slots) - 1 + first + MOST_SCENES}", p.slotIndex
        )

    def answer(indexed: IndexedSet, written: dict[str, Any]) -> dict[str, Any]:
        return {"success": True, "slotIndex": place + first}

    properties = {"name": p.name} if p.name else {}
    if not missing:
        return indexed.does(
            "create_clip",
            answer,
            track=views.id_text(track),
            slot=place,
            length=p.lengthInBeats,
            **properties,
        )
    ops: list[Operation] = [Call("song", "create_scene", {"index": -1}) for _ in range(missing)]
    slot = made(missing - 1, f"clip_slots/{indexed.number(indexed.tracks, track.id) - first}")
    ops.append(Call(slot, "create_clip", {"pages": p.lengthInBeats}))
    ops += [Set(made(missing), name, value) for name, value in properties.items()]
    return ToolWrite("create_clip", Plan.of("create a clip and its scene", ops), answer)


def selection(indexed: IndexedSet, p: Any) -> dict[str, Any]:
    chosen = indexed.selected("highlighted_clip_slot")
    track = next((track for track in indexed.tracks if track.id == indexed.selected("selected_track")), None)
    slots = (
        indexed.scope.children(track, "clip_slots") if track is not None and track.role == "tracks" else ()
    )
    slot = next((slot for slot in slots if slot.id == chosen), None)
    return {
        "trackIndex": indexed.number(indexed.tracks, track.id) if track is not None else -1,
        "slotIndex": indexed.number(slots, chosen),
        "hasClip": slot is not None and indexed.scope.child(slot, "clip") is not None,
    }


def select_clip(indexed: IndexedSet, p: Any) -> ToolWrite:
    slot = indexed.slot(p)
    return select(indexed, selected_track=indexed.scope.parent(slot), highlighted_clip_slot=slot)


def has_content(indexed: IndexedSet, p: Any) -> dict[str, Any]:
    return {"hasContent": indexed.scope.child(indexed.slot(p), "clip") is not None}


def find_empty(indexed: IndexedSet, p: Any) -> dict[str, Any]:
    first = indexed.dialect.first
    start = 0 if p.startSlot is UNSET else p.startSlot - first
    if start < 0:
        raise errors.InvalidValue(f"`startSlot` is {first} or more", p.startSlot)
    track = indexed.track(p.trackIndex)
    empty = [place + first for place in _empty(indexed, track, start)][: p.count]
    return {
        "trackIndex": indexed.number(indexed.tracks, track.id),
        "emptySlots": empty,
        "found": len(empty),
        "requested": p.count,
        "sceneCount": indexed.scenes,
    }


def create_scenes(indexed: IndexedSet, p: Any) -> ToolWrite:
    def answer(indexed: IndexedSet, written: dict[str, Any]) -> dict[str, Any]:
        return {"success": True, "created": p.count, "sceneCount": indexed.scenes}

    ops: list[Operation] = [Call("song", "create_scene", {"index": -1}) for _ in range(p.count)]
    return ToolWrite("create", Plan.of("create scenes", ops), answer)


def set_clip(name: str) -> Handler:
    def set_clip(indexed: IndexedSet, p: Any) -> ToolWrite:
        clip = indexed.clip(p)
        value = p.name if name == "name" else float(clip.props["loop_start"]) + p.lengthInBeats
        return indexed.does("set_clip", clip=views.id_text(clip), **{name: value})

    return set_clip


def on_slot(tool: str, argument: str, **more: Any) -> Handler:
    """A handler that calls a tool for a slot; the argument `targets` takes a list."""

    def act(indexed: IndexedSet, p: Any) -> ToolWrite:
        target: Any = views.id_text(indexed.slot(p) if tool == "fire" else indexed.clip(p))
        return indexed.does(tool, **{argument: [target] if argument == "targets" else target}, **more)

    return act
