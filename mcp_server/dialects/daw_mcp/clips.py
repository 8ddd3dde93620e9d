"""DAW MCP's methods of clips, slots and scenes."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET

from mirror import Call, Node, Operation, Set, errors

from ... import views
from ...late_nodes import made
from ...plans import Plan
from .tracks import select
from .view import MOST_SCENES, Handler, View, Write


def shown(view: View, p: Any) -> dict[str, Any]:
    rows = []
    for number, slot in enumerate(view.slots(view.track(p.trackIndex))):
        clip = view.scope.child(slot, "clip")
        if clip is None:
            continue
        props = clip.props
        rows.append(
            {
                "slotIndex": number + view.dialect.first,
                "name": clip.name,
                "length": props.get("length"),
                "isPlaying": props.get("is_playing", False),
                "isRecording": props.get("is_recording", False),
            }
        )
    return {"clips": rows}


def _empty(view: View, track: Node, start: int = 0) -> list[int]:
    """The indices from 0 of the slots without a clip."""
    slots = view.slots(track)
    return [n for n, slot in enumerate(slots) if n >= start and view.scope.child(slot, "clip") is None]


def create_clip(view: View, p: Any) -> Write:
    track, first = view.track(p.trackIndex), view.dialect.first
    slots = view.slots(track)
    if track.props.get("has_midi_input") is False:
        raise errors.NotAvailable(
            f"{view.scope.ref(track)} is no instrument track: Live makes empty clips on these only"
        )
    place = p.slotIndex - first if p.slotIndex is not UNSET else (_empty(view, track) or [len(slots)])[0]
    missing = max(0, place + 1 - len(slots))
    if place < 0 or missing > MOST_SCENES:
        raise errors.InvalidValue(
            f"`slotIndex` is from {first} to {len(slots) - 1 + first + MOST_SCENES}", p.slotIndex
        )

    def answer(view: View, written: dict[str, Any]) -> dict[str, Any]:
        return {"success": True, "slotIndex": place + first}

    properties = {"name": p.name} if p.name else {}
    if not missing:
        return view.does(
            "create_clip",
            answer,
            track=views.id_text(track),
            slot=place,
            length=p.lengthInBeats,
            **properties,
        )
    ops: list[Operation] = [Call("song", "create_scene", {"index": -1}) for _ in range(missing)]
    slot = made(missing - 1, f"clip_slots/{view.number(view.tracks, track.id) - first}")
    ops.append(Call(slot, "create_clip", {"pages": p.lengthInBeats}))
    ops += [Set(made(missing), name, value) for name, value in properties.items()]
    return Write("create_clip", Plan.of("create a clip and its scene", ops), answer)


def selection(view: View, p: Any) -> dict[str, Any]:
    chosen = view.selected("highlighted_clip_slot")
    track = next((track for track in view.tracks if track.id == view.selected("selected_track")), None)
    slots = view.scope.children(track, "clip_slots") if track is not None and track.role == "tracks" else ()
    slot = next((slot for slot in slots if slot.id == chosen), None)
    return {
        "trackIndex": view.number(view.tracks, track.id) if track is not None else -1,
        "slotIndex": view.number(slots, chosen),
        "hasClip": slot is not None and view.scope.child(slot, "clip") is not None,
    }


def select_clip(view: View, p: Any) -> Write:
    slot = view.slot(p)
    return select(view, selected_track=view.scope.parent(slot), highlighted_clip_slot=slot)


def has_content(view: View, p: Any) -> dict[str, Any]:
    return {"hasContent": view.scope.child(view.slot(p), "clip") is not None}


def find_empty(view: View, p: Any) -> dict[str, Any]:
    first = view.dialect.first
    start = 0 if p.startSlot is UNSET else p.startSlot - first
    if start < 0:
        raise errors.InvalidValue(f"`startSlot` is {first} or more", p.startSlot)
    track = view.track(p.trackIndex)
    empty = [place + first for place in _empty(view, track, start)][: p.count]
    return {
        "trackIndex": view.number(view.tracks, track.id),
        "emptySlots": empty,
        "found": len(empty),
        "requested": p.count,
        "sceneCount": view.scenes,
    }


def create_scenes(view: View, p: Any) -> Write:
    def answer(view: View, written: dict[str, Any]) -> dict[str, Any]:
        return {"success": True, "created": p.count, "sceneCount": view.scenes}

    ops: list[Operation] = [Call("song", "create_scene", {"index": -1}) for _ in range(p.count)]
    return Write("create", Plan.of("create scenes", ops), answer)


def set_clip(name: str) -> Handler:
    def set_clip(view: View, p: Any) -> Write:
        clip = view.clip(p)
        value = p.name if name == "name" else float(clip.props["loop_start"]) + p.lengthInBeats
        return view.does("set_clip", clip=views.id_text(clip), **{name: value})

    return set_clip


def on_slot(tool: str, argument: str, **more: Any) -> Handler:
    """A handler that calls a tool for a slot; the argument `targets` takes a list."""

    def act(view: View, p: Any) -> Write:
        target: Any = views.id_text(view.slot(p) if tool == "fire" else view.clip(p))
        return view.does(tool, **{argument: [target] if argument == "targets" else target}, **more)

    return act
