"""The part of a call's result for its view: the objects to show, the change, and the buttons to offer.

It is in the result's `_meta`, which hosts pass to views and not to models.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

import msgspec

from mirror import Mirror, Node, errors

from ..desk import Desk
from ..music import from_set
from ..tool import Tool
from .extension import kind_of

BELONGS = "setmirror/view"
"""The key in `_meta`."""
MOST_OVERLAID = 8
MOST_LINES = 40
"""The most changes of a dry run that are listed."""
ViewAndTargets = tuple[str, list[int]]
"""A view, and the ids of the objects that it shows: a device, or clips."""
BUTTONS = ("revert", "fire")
"""Tools that the buttons of a view call, if the server offers them."""


def with_view(
    tool: Tool, desk: Desk, arguments: dict[str, Any] | None, result: dict[str, Any], tools: Collection[str]
) -> dict[str, Any]:
    """The result of a call with the data for its view in `_meta`; a refusal or a tool without a view is not changed.

    Args:
      tools: The names of the tools that the client may call.
    """
    if kind_of(tool) is None or result.get("isError") or not desk.mirror.epoch:
        return result
    answer = result.get("structuredContent") or {}
    shows: dict[str, Any] = {"tool": tool.name, "epoch": desk.mirror.epoch}
    try:
        if tool.reads:
            view, targets = _of_read(tool, desk, tool.checked(arguments))
        else:
            view, targets, shows["entry"] = _of_write(tool, desk, answer)
    except errors.MirrorError:
        # The object of the call is gone already, so the view shows the Set.
        view, targets = "session", []
    shows.update(view=view, targets=targets, buttons=[button for button in BUTTONS if button in tools])
    if answer.get("dry_run"):
        shows["buttons"].append("try")
    meta = {**result.get("_meta", {}), BELONGS: desk.sight.scrub(shows)}
    return {**result, "_meta": meta}


def _of_read(tool: Tool, desk: Desk, args: Any) -> ViewAndTargets:
    from ..pictures import gathered

    mirror = desk.mirror
    nodes = [desk.scope.target(target) for target in args.targets]
    if tool.name == "analyze":
        if not isinstance(args.listen_s, msgspec.UnsetType):
            return "mixer", []
        clips = [clip for node in nodes for clip in from_set.clips_below(mirror, node)]
        midi = [clip.id for clip in clips if clip.props.get("is_midi_clip")]
        if 0 < len(midi) <= MOST_OVERLAID:
            return "notes", midi
        clips = clips or list(from_set.clips_below(mirror, mirror.resolve("song")))
        arranged = sum(bool(clip.props.get("is_arrangement_clip")) for clip in clips)
        return ("arrangement" if 2 * arranged > len(clips) else "session"), []
    view = args.view if args.view != "fitting" else gathered.suited(nodes[0]) if nodes else "session"
    if view == "notes":
        return "notes", [clip.id for node in nodes for clip in gathered.clips_of(mirror, node)]
    return view, [nodes[0].id] if view == "device" and nodes else []


def _of_write(tool: Tool, desk: Desk, answer: dict[str, Any]) -> tuple[str, list[int], dict[str, Any] | None]:
    """The view of a write, its objects, and its entry in the log; for a dry run the changes that it would make."""
    from ..page.story import Story

    mirror, write = desk.mirror, answer.get("write")
    planned = _planned(mirror, answer) if answer.get("dry_run") else None
    first = mirror.log.first_of(write) if isinstance(write, str) and planned is None else None
    if first is None:
        if tool.name == "mix" and not answer.get("results"):
            return "mixer", [], None
        ids = [id_ for id_, _ in _results(mirror, answer)]
        notes = [id_ for id_, result in _results(mirror, answer) if isinstance(result.get("before"), dict)]
        return *(_roll_of(mirror, notes) or _view_of(mirror, ids)), planned
    events = [event for event in mirror.log.whole(first - 1) if event.write == write]
    story = Story(mirror)
    story.add(events)
    entry = next(iter(story.since(0)), None)
    notes = [event.id for event in events if event.kind == "content" and event.name == "notes"]
    changed = [change.id for change in entry.changes] if entry is not None else []
    view, targets = _roll_of(mirror, notes) or _view_of(mirror, changed)
    return view, targets, None if entry is None else msgspec.to_builtins(entry)


def _roll_of(mirror: Mirror, clips: Iterable[int]) -> ViewAndTargets | None:
    """The piano roll of clips whose notes a write changed, if the clips exist and are few enough."""
    there = [id_ for id_ in dict.fromkeys(clips) if id_ in mirror.store.nodes]
    return ("notes", there) if 0 < len(there) <= MOST_OVERLAID else None


def _view_of(mirror: Mirror, ids: Iterable[int]) -> ViewAndTargets:
    """The best view for the first of some objects that still exists and is not the song."""
    from ..page.parts import fitting

    for id_ in ids:
        node: Node | None = mirror.store.nodes.get(id_)
        if node is not None and node.type not in ("Song", "Song.View"):
            view, target = fitting(mirror, node)
            return view, [] if target is None else [target]
    return "session", []


def _results(mirror: Mirror, answer: dict[str, Any]) -> list[tuple[int, dict[str, Any]]]:
    """(id, line) of the lines of an answer whose objects exist."""
    lines = []
    for result in answer.get("results") or ():
        try:
            lines.append((mirror.resolve(result["ref"]).id, result))
        except (KeyError, errors.MirrorError):
            continue
    return lines


def _planned(mirror: Mirror, answer: dict[str, Any]) -> dict[str, Any]:
    """The changes that a dry run would make, in the form of an entry of the log."""
    from ..page.story import ChangeText, StoryEntry

    changes = []
    for id_, result in _results(mirror, answer):
        if result.get("changed") and "property" in result:
            name, what = mirror.node(id_).name or result["ref"], result["property"].replace("_", " ")
            changes.append(ChangeText(name, what, *_texts(result), id_, result["ref"]))
    changes += [ChangeText("", note) for note in answer.get("notes", ())]
    more = max(0, len(changes) - MOST_LINES)
    entry = StoryEntry(
        0, 0, mirror.log.now(), "Dry run", None, mirror.epoch, mirror.revision, changes[:MOST_LINES], more
    )
    return dict(msgspec.to_builtins(entry))


def _texts(result: dict[str, Any]) -> tuple[str, str]:
    before, after = (
        "" if result.get(side) is None else str(result[side])[:200] for side in ("before", "after")
    )
    return before, after
