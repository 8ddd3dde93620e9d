"""The log as a person would tell it: one `Change` for each thing that somebody did, without what follows from it.

A fader's move is one change, however many values it passed and texts it showed; a device that came is one, its
parameters are not; a rename is one, the menus that list the name are not. Pure functions over events.

What one write did belongs together, also over several revisions; of all else, what came in one revision.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

import msgspec

from mirror import Event, values
from remote_script.SetMirror.contract import schema

from .lists import is_renumbering

DRAG_S = 2.0
"""Changes of one property by one author in shorter steps than this are one: a control that is moved."""
_MINOR = frozenset(
    {"ClipSlot", "DeviceParameter", "MixerDevice", "Track.View", "Clip.View", "RackDevice.View"}
)
"""Classes whose objects come and go with others."""
_SHOWN = ("display", "display_value")
"""What a parameter shows of its value."""
_SAID_BY = {"color_index": "color", "has_envelopes": "automation_envelopes"}
"""Properties that another property of the same object says as well."""
_SELECTION = ("selected_track", "selected_scene", "detail_clip", "highlighted_clip_slot", "selected_chain")
"""Of the view; each follows from the one before."""
_FOLLOWING = ("available_", "can_")
"""Beginnings of the names of what always follows from something else."""
_ROUTINGS = ("input_routing", "output_routing")


class Change(msgspec.Struct, frozen=True):
    """One thing that somebody did; `event` stands for it, with the first `before` and the last `after`.

    Attributes:
      display: Of a parameter what it showed, as "0.0 dB → -6.0 dB"; "" for all else.
      times: How many events of the same property it stands for.
      below: Objects that came or went with it.
      began: The time of its first event, in seconds since 1970.
    """

    event: Event
    display: str = ""
    times: int = 1
    below: int = 0
    began: float = 0.0

    @property
    def revision(self) -> int:
        return self.event.revision

    def to_json(self) -> dict[str, Any]:
        """As tools answer: only what says something."""
        event = self.event
        told: dict[str, Any] = {"revision": event.revision, "time": round(event.time, 3), "who": event.who}
        told |= {"kind": event.kind, "ref": event.ref}
        if event.id:
            told["id"] = f"id:{event.id}"
        if event.kind in ("add", "remove"):
            told["type"] = event.type
        elif event.name:
            told["name"] = event.name
        if event.object_name:
            told["object_name"] = event.object_name
        if event.kind not in ("add", "remove"):
            texts = self.display.partition(" → ")
            told |= {"before": _short(event.before, texts[0]), "after": _short(event.after, texts[2])}
        for name in ("display", "times", "below"):
            if (value := getattr(self, name)) not in ("", 0, 1) or (name == "below" and value):
                told[name] = value
        for name in ("write", "more", "hidden"):
            if value := getattr(event, name):
                told[name] = value
        return told

    def to_line(self) -> dict[str, Any]:
        """As a journal has it: the event's fields, and what is said besides."""
        told: dict[str, Any] = msgspec.to_builtins(self.event)
        more = {"display": self.display, "times": self.times, "below": self.below}
        return told | {name: value for name, value in more.items() if value and (name, value) != ("times", 1)}


LONGEST = 400
"""Characters of a value in a line; of a longer list the number of its items is told."""


def _short(value: Any, text: str = "") -> Any:
    if isinstance(value, float):
        return values.neat(value, text)
    if isinstance(value, list | tuple) and len(str(value)) > LONGEST:
        return {"count": len(value)}
    return value


def changes(events: Iterable[Event]) -> list[Change]:
    """What these events, oldest first, say that somebody did."""
    found: list[Change] = []
    made: dict[int, float] = {}
    for _, group in groupby(
        _lasting(list(events)), lambda each: (each.epoch, each.who, each.write or each.revision)
    ):
        for change in _of_one(list(group), made):
            if found and _goes_on(found[-1], change):
                found[-1] = _joined(found[-1], change)
            else:
                found.append(change)
    return found


def _lasting(events: list[Event]) -> Iterator[Event]:
    """The events, but for those of objects that came and went within one write."""
    came: set[tuple[str | None, int]] = set()
    passing: set[tuple[str | None, int]] = set()
    for event in events:
        key = (event.write, event.id)
        if event.kind == "add" and event.write:
            came.add(key)
        elif event.kind == "remove" and key in came:
            passing.add(key)
    return (event for event in events if (event.write, event.id) not in passing)


def _goes_on(last: Change, new: Change) -> bool:
    """Whether both are steps of one move of a control by hand."""
    one, other = last.event, new.event
    return (
        one.kind == other.kind == "set"
        and (one.id, one.name, one.who, one.epoch) == (other.id, other.name, other.who, other.epoch)
        and one.write is None
        and other.write is None
        and isinstance(other.after, int | float)
        and other.time - one.time <= DRAG_S
    )


def _joined(last: Change, new: Change) -> Change:
    event = msgspec.structs.replace(new.event, before=last.event.before)
    display = new.display and f"{last.display.partition(' → ')[0]} → {new.display.partition(' → ')[2]}"
    return Change(event, display, last.times + new.times, 0, last.began)


def _of_one(events: list[Event], made: dict[int, float]) -> Iterator[Change]:
    """The changes of one write or revision; `made` holds when objects came, and is added to."""
    came = {each.id for each in events if each.kind == "add"}
    made.update((each.id, each.time) for each in events if each.kind == "add")
    lists = _roots(events)
    major = {id_ for id_, (event, _) in lists.items() if event.type not in _MINOR}
    for id_ in [each.id for each in events if each.id in lists and each.kind in ("add", "remove")]:
        if id_ in major or not major:
            event, below = lists[id_]
            yield Change(event, below=below, began=event.time)
    last: dict[tuple[int, str, str], Change] = {}
    for event in events:
        if event.kind in ("add", "remove") or event.id in came or _is_late_news(event, made):
            continue
        if event.kind == "children" and (lists or any(each.kind == "move" for each in events)):
            continue
        key = (event.id, event.kind, event.name)
        before = last.get(key)
        if before is None:
            last[key] = Change(event, began=event.time)
        else:
            first = before.event.before if event.kind == "set" else event.before
            last[key] = Change(msgspec.structs.replace(event, before=first), began=before.began)
    yield from _named(last, bool(lists))


def _roots(events: list[Event]) -> dict[int, tuple[Event, int]]:
    """The objects that came or went and do not hang in another that did: id → (its event, how many hang below)."""
    found: dict[int, tuple[Event, int]] = {}
    for kind in ("add", "remove"):
        by_ref = {each.ref: each for each in events if each.kind == kind}
        for event in by_ref.values():
            steps = event.ref.split("/")
            above = [ref for n in range(1, len(steps)) if (ref := "/".join(steps[:n])) in by_ref]
            top = by_ref[above[0]] if above else event
            known = found.get(top.id, (top, 0))
            found[top.id] = (known[0], known[1] + bool(above))
    return found


def _is_late_news(event: Event, made: dict[int, float]) -> bool:
    """Live fills the routing of a new track a tick later."""
    return event.name.startswith(_ROUTINGS) and event.before in ("", None) and event.id in made


def _named(last: dict[tuple[int, str, str], Change], with_objects: bool) -> Iterator[Change]:
    """Those that are no consequences of the others of their group."""
    sets = {(id_, name) for id_, kind, name in last if kind == "set"}
    settable = {key for key, change in last.items() if _is_settable(change.event)}
    renamed = {(change.event.before, change.event.after) for key, change in last.items() if key[2] == "name"}
    muted = {change.event.ref for key, change in last.items() if key[2] == "mute"}
    tempo = any(key[2] == "tempo" and change.event.ref == "song" for key, change in last.items())
    chosen = next((name for name in _SELECTION if any(key[2] == name for key in last)), "")
    plays = any(name == "is_playing" for _, name in sets)
    for key, change in last.items():
        event, name = change.event, key[2]
        follows = (
            name.startswith(_FOLLOWING)
            or is_renumbering(event)
            or (event.id, _SAID_BY.get(name)) in sets
            or (name in _SHOWN and (event.id, "value") in sets)
            or (key not in settable and (bool(settable) or with_objects))
            or (name in _SELECTION and (with_objects or name != chosen))
            or (name.startswith(_ROUTINGS) and (event.before, event.after) in renamed)
            or (name == "value" and event.ref.removesuffix("/mixer_device/track_activator") in muted)
            or (name == "value" and tempo and event.ref.endswith("/mixer_device/song_tempo"))
            or (name == "back_to_arranger" and plays)
        )
        if follows:
            continue
        shown = last.get((event.id, "set", "display"))
        display = (
            event.display
            if shown is None or name != "value"
            else f"{shown.event.before} → {shown.event.after}"
        )
        yield msgspec.structs.replace(change, display=display)


def _is_settable(event: Event) -> bool:
    """Whether somebody can have set it; all else follows from something. What is no property is somebody's doing."""
    if event.kind not in ("set", "absent") or event.type not in schema.CLASSES:
        return True
    prop = schema.properties(event.type).get(event.name)
    return prop is None or prop.write
