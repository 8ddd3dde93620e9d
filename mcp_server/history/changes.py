"""The log as a person would describe it: one `LoggedChange` for each action of an author, without its consequences.

A fader's move is one change with any number of values; an added device is one change without its parameters; a rename
is one change without the menus that list the name. Pure functions over events.

Events of one write belong together, also over several revisions; other events belong together within one revision.
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
"""Changes of one property by one author, at most this many seconds apart, are one move of a control."""
_MINOR = frozenset(
    {"ClipSlot", "DeviceParameter", "MixerDevice", "Track.View", "Clip.View", "RackDevice.View"}
)
"""Classes whose objects are added and removed only together with other objects."""
_SHOWN = ("display", "display_value")
"""Properties whose value is the text that Live shows for a parameter."""
_SAID_BY = {"color_index": "color", "has_envelopes": "automation_envelopes"}
"""Property → the property of the same object whose value it repeats."""
_SELECTION = ("selected_track", "selected_scene", "detail_clip", "highlighted_clip_slot", "selected_chain")
"""Properties of the selection; each one follows from the one before it in this tuple."""
_ROUTINGS = ("input_routing", "output_routing")


class LoggedChange(msgspec.Struct, frozen=True):
    """One action of an author; `event` is its last event, with the first `before` and the last `after`.

    Attributes:
      display: Live's texts for a parameter's values, such as "0.0 dB → -6.0 dB"; "" for other changes.
      times: The number of events of the same property that this change stands for.
      below: The number of objects below this one that were added or removed with it.
      began: The time of the first event, in seconds since 1970.
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
        """The change as tools answer it: only fields that are not empty."""
        event = self.event
        answer: dict[str, Any] = {"revision": event.revision, "time": round(event.time, 3), "who": event.who}
        answer |= {"kind": event.kind, "ref": event.ref}
        if event.id:
            answer["id"] = f"id:{event.id}"
        if event.kind in ("add", "remove"):
            answer["type"] = event.type
        elif event.name:
            answer["name"] = event.name
        if event.object_name:
            answer["object_name"] = event.object_name
        if event.kind not in ("add", "remove"):
            texts = self.display.partition(" → ")
            answer |= {"before": short(event.before, texts[0]), "after": short(event.after, texts[2])}
        for name in ("display", "times", "below") if not event.hidden else ():
            if (value := getattr(self, name)) not in ("", 0, 1) or (name == "below" and value):
                answer[name] = value
        for name in ("write", "more", "hidden"):
            if value := getattr(event, name):
                answer[name] = value
        return answer

    def to_line(self) -> dict[str, Any]:
        """The change as a journal writes it: the event's fields, and `display`, `times` and `below`."""
        fields: dict[str, Any] = msgspec.to_builtins(self.event)
        more = {"display": self.display, "times": self.times, "below": self.below}
        return fields | {
            name: value for name, value in more.items() if value and (name, value) != ("times", 1)
        }


LONGEST = 400
"""Characters of a value in a line; a longer list is shown as the number of its items."""


def short(value: Any, text: str = "") -> Any:
    """A value in a line: a long list as the number of its items, a long text cut."""
    if isinstance(value, float):
        return values.neat(value, text)
    if isinstance(value, list | tuple) and len(str(value)) > LONGEST:
        return {"count": len(value)}
    if isinstance(value, str) and len(value) > LONGEST:
        return f"{value[:LONGEST]}… ({len(value)} characters)"
    return value


def changes(events: Iterable[Event]) -> list[LoggedChange]:
    """The changes by clients and persons in these events, oldest first."""
    merged: list[LoggedChange] = []
    made: dict[int, float] = {}
    for _, group in groupby(
        _lasting(list(events)), lambda event: (event.epoch, event.who, event.write or event.revision)
    ):
        for change in _of_one(list(group), made):
            if merged and is_hand_move(merged[-1].event, change.event):
                merged[-1] = _joined(merged[-1], change)
            else:
                merged.append(change)
    return merged


def _lasting(events: list[Event]) -> Iterator[Event]:
    """The events, except those of objects that one write both added and removed."""
    came: set[tuple[str | None, int]] = set()
    passing: set[tuple[str | None, int]] = set()
    for event in events:
        key = (event.write, event.id)
        if event.kind == "add" and event.write:
            came.add(key)
        elif event.kind == "remove" and key in came:
            passing.add(key)
    return (event for event in events if (event.write, event.id) not in passing)


def is_hand_move(one: Event, other: Event) -> bool:
    """True when both events are parts of one move of a control by hand."""
    return (
        one.kind == other.kind == "set"
        and (one.id, one.name, one.who, one.epoch) == (other.id, other.name, other.who, other.epoch)
        and one.write is None
        and other.write is None
        and isinstance(other.after, int | float)
        and other.time - one.time <= DRAG_S
    )


def _joined(last: LoggedChange, new: LoggedChange) -> LoggedChange:
    event = msgspec.structs.replace(new.event, before=last.event.before)
    display = new.display and f"{last.display.partition(' → ')[0]} → {new.display.partition(' → ')[2]}"
    return LoggedChange(event, display, last.times + new.times, 0, last.began)


def _of_one(events: list[Event], made: dict[int, float]) -> Iterator[LoggedChange]:
    """The changes of one write or revision; `made`: id → when the object was added, extended by this call."""
    came = {event.id for event in events if event.kind == "add"}
    made.update((event.id, event.time) for event in events if event.kind == "add")
    lists = _roots(events)
    major = {id_ for id_, (event, _) in lists.items() if event.type not in _MINOR}
    for id_ in [event.id for event in events if event.id in lists and event.kind in ("add", "remove")]:
        if id_ in major or not major:
            event, below = lists[id_]
            yield LoggedChange(event, below=below, began=event.time)
    last: dict[tuple[int, str, str], LoggedChange] = {}
    has_moves = any(event.kind == "move" for event in events)
    for event in events:
        if event.kind in ("add", "remove") or event.id in came or _is_late_news(event, made):
            continue
        if event.kind == "children" and (lists or has_moves):
            continue
        key = (event.id, event.kind, event.name)
        before = last.get(key)
        if before is None:
            last[key] = LoggedChange(event, began=event.time)
        else:
            first = before.event.before if event.kind == "set" else event.before
            last[key] = LoggedChange(msgspec.structs.replace(event, before=first), began=before.began)
    yield from _named(last, bool(lists))


def _roots(events: list[Event]) -> dict[int, tuple[Event, int]]:
    """The topmost objects that were added or removed: id → (its event, the number of such objects below it)."""
    roots: dict[int, tuple[Event, int]] = {}
    for kind in ("add", "remove"):
        by_ref = {event.ref: event for event in events if event.kind == kind}
        for event in by_ref.values():
            steps = event.ref.split("/")
            above = [ref for n in range(1, len(steps)) if (ref := "/".join(steps[:n])) in by_ref]
            top = by_ref[above[0]] if above else event
            known = roots.get(top.id, (top, 0))
            roots[top.id] = (known[0], known[1] + bool(above))
    return roots


def _is_late_news(event: Event, made: dict[int, float]) -> bool:
    """True for the routing of a new track, which Live sets one tick after it adds the track."""
    return event.name.startswith(_ROUTINGS) and event.before in ("", None) and event.id in made


def _named(last: dict[tuple[int, str, str], LoggedChange], with_objects: bool) -> Iterator[LoggedChange]:
    """The changes that are not consequences of other changes of their group."""
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
            values.follows(name)
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
    """True when a client or a person can set the property; a read-only property follows from another property.

    An event that is not about a property counts as an action.
    """
    if event.kind not in ("set", "absent") or event.type not in schema.CLASSES:
        return True
    prop = schema.properties(event.type).get(event.name)
    return prop is None or prop.write
