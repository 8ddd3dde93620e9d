"""Resources: bodies that clients can read and watch by address.

    live://set                    the whole Set, one line for each track
    live://tracks/{index}         one track with mixer, devices and clips
    live://clips/{+ref}/notes     the notes of the clip at a ref
    live://devices/{+ref}         one device with its parameters
    live://ref/{+path}            any object with all its properties
    live://events{?since}         changes after a revision, with their authors
    live://status                 the state of the bridge
    live://picture/session        a picture: also arrangement, mixer, notes/REF of a clip, device/REF
    live://visit                  the differences since the client's last visit
    live://guide/{topic}          a page of the guide

A resource has a body, made from the mirror, and the patterns of changes that may alter the body. `Bodies` caches
encoded bodies while the Set does not change. A picture's body is its SVG; clients read a PNG and a description.
"""

from __future__ import annotations

import base64
import re
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import anyio.to_thread
import mcp_types as types
import msgspec

from mirror import Mirror, errors, values

from . import views
from .guide import pages as guide
from .history.changes import short
from .overview import overview

if TYPE_CHECKING:
    from .pictures import Picture, View

BODIES = 64
MOST_LISTED = 500
EVENTS = 200
"""The number of newest events in a body; `since` reads older events."""
ALL_EVENTS = 5000
"""The number of newest events that are searched for a pattern."""


@dataclass(frozen=True)
class Resource:
    """One kind of address."""

    template: str
    name: str
    description: str
    body: Callable[[Mirror, str], Any]
    patterns: Callable[[str], list[str]]
    tool: str
    """The tool that reads the same; rules about this tool apply to the resource too."""
    lasts: bool = True
    """True when the body depends only on the revision."""
    picture: bool = False
    """True when the body is a `Picture`."""
    outline: bool = False
    """True when the body can be made while parts of the Set are still to come; it leaves these out."""

    @property
    def mime_type(self) -> str:
        """The MIME type of the contents."""
        return "image/png" if self.picture else "application/json"

    @property
    def is_template(self) -> bool:
        return "{" in self.template

    def match(self, uri: str) -> str | None:
        """The value of the template's variable in `uri`; None for a URI of another kind."""
        expression = re.sub(r"\\\{\\\?\w+\\\}", r"(?:\\?since=([0-9]+))?", re.escape(self.template))
        expression = re.sub(r"\\\{\\\+\w+\\\}", "(.+)", expression)
        expression = re.sub(r"\\\{\w+\\\}", "([^/]+)", expression)
        match = re.fullmatch(expression, uri)
        if match is None:
            return None
        return unquote(match.group(1) or "") if match.groups() else ""


def _index(text: str) -> str:
    return f"tracks/{text}"


def _notes(mirror: Mirror, ref: str) -> Any:
    node = mirror.resolve(ref)
    return {"ref": mirror.ref(node.id), "notes": [views.note(note) for note in mirror.notes(node)]}


def events(mirror: Mirror, since: int | None, limit: int | None = EVENTS) -> list[dict[str, Any]]:
    """The events after a revision, or the newest ones if it is None; oldest first.

    Changes that only follow from others are left out: a track's new name changes the menus of all other tracks.
    """
    log, count = mirror.log, limit or ALL_EVENTS
    while True:
        if since is None:
            recorded = log.last(count)
        else:
            recorded = log.since(since, limit=None if limit is None else count)
        edits = [event for event in recorded if event.kind != "set" or not values.follows(event.name)]
        if limit is None or len(recorded) < count or len(edits) >= limit:
            break
        count *= 4
    shown = edits[-(limit or ALL_EVENTS) :] if since is None else edits[:limit]
    return [_shortened(msgspec.to_builtins(event)) for event in shown]


def _shortened(event: dict[str, Any]) -> dict[str, Any]:
    """An event with long lists, such as routing menus, as the number of their items; notes stay."""
    if event["kind"] == "set":
        for side in ("before", "after"):
            event[side] = short(event.get(side))
    return event


def _drawn(view: View) -> Callable[[Mirror, str], Picture]:
    def body(mirror: Mirror, ref: str) -> Picture:
        # Imported here: drawing imports pillow, which only clients with pictures need.
        from .pictures import draw

        return draw(mirror, [mirror.resolve(ref).id] if ref else [], view)

    return body


_STRIPS = ("tracks/*", "return_tracks/*", "master_track")
_PICTURES: tuple[tuple[str, View, str, Callable[[str], list[str]]], ...] = (
    (
        "session",
        "session",
        "A picture of the Session: clips, scenes, playing state.",
        lambda _: ["song", "tracks/*", "tracks/*/clip_slots/*", "tracks/*/clip_slots/*/clip", "scenes/*"],
    ),
    (
        "arrangement",
        "arrangement",
        "A picture of the arrangement: lanes, clips, locators.",
        lambda _: ["song", "tracks/*", "tracks/*/arrangement_clips/*", "cue_points/*"],
    ),
    (
        "mixer",
        "mixer",
        "A picture of the mixer: faders, pans, sends, switches.",
        lambda _: ["song", *_STRIPS, *(f"{strip}/mixer_device/**" for strip in _STRIPS)],
    ),
    ("notes/{+ref}", "notes", "A picture of a MIDI clip's notes.", lambda ref: ["song", ref, f"{ref}/clip"]),
    (
        "device/{+ref}",
        "device",
        "A picture of a device's parameters.",
        lambda ref: [ref, f"{ref}/parameters/*"],
    ),
)
"""Rows of path, subject, description and patterns."""


def _page(topic: str) -> dict[str, str]:
    if topic not in guide.TOPICS:
        raise errors.NotFound(
            f"The guide has no page {topic!r}", topic, hint=f"it has {', '.join(guide.TOPICS)}"
        )
    return {"topic": topic, "text": guide.text_of(topic)}


RESOURCES = (
    Resource(
        "live://set",
        "set",
        "The whole Set: song, tracks, returns, scenes, cue points.",
        lambda mirror, _: overview(mirror),
        lambda _: ["song", "tracks/**", "return_tracks/**", "master_track/**", "scenes/*", "cue_points/*"],
        "get_set",
        outline=True,
    ),
    Resource(
        "live://tracks/{index}",
        "track",
        "One track with mixer, devices and clips; index from 0.",
        lambda mirror, text: views.track(mirror, mirror.resolve(_index(text))),
        lambda text: [f"{_index(text)}", f"{_index(text)}/**"],
        "get_track",
    ),
    Resource(
        "live://clips/{+ref}/notes",
        "notes",
        "The notes of a MIDI clip.",
        _notes,
        lambda ref: [ref],
        "get_notes",
    ),
    Resource(
        "live://devices/{+ref}",
        "device",
        "One device with its parameters.",
        lambda mirror, ref: views.device_whole(mirror, mirror.resolve(ref, "Device")),
        lambda ref: [ref, f"{ref}/parameters/*"],
        "get_device",
    ),
    Resource(
        "live://ref/{+path}",
        "object",
        "Any object by its path in Live's words, such as song or tracks/2/clip_slots/0/clip.",
        lambda mirror, ref: views.whole(mirror, mirror.resolve(ref)),
        lambda ref: [ref],
        "get",
    ),
    Resource(
        "live://events{?since}",
        "events",
        "Changes after a revision, with their authors.",
        lambda mirror, since: {"events": events(mirror, int(since) if since else None)},
        lambda _: ["song", "**"],
        "get_changes",
        lasts=False,
    ),
    Resource(
        "live://status",
        "status",
        "The state of the bridge.",
        lambda mirror, _: msgspec.to_builtins(mirror.status()),
        lambda _: ["song"],
        "get_status",
        lasts=False,
        outline=True,
    ),
    *(
        Resource(
            f"live://picture/{path}",
            f"picture of {view}",
            description,
            _drawn(view),
            patterns,
            "look",
            picture=True,
        )
        for path, view, description, patterns in _PICTURES
    ),
    Resource(
        "live://guide/{topic}",
        "guide",
        "A page of the guide: " + ", ".join(guide.TOPICS),
        lambda _, topic: _page(topic),
        lambda _: ["song"],
        "guide",
        lasts=False,
        outline=True,
    ),
)


VISIT = "live://visit"
"""The resource that differs for each client: the engine reads it, and it cannot be watched."""


def find(uri: str) -> tuple[Resource, str]:
    """The kind of a URI and its variable.

    Raises:
      NotFound: no resource has such an address.
    """
    for kind in RESOURCES:
        text = kind.match(uri)
        if text is not None:
            return kind, text
    raise errors.NotFound("There is no such resource", uri, hint="resources/templates/list has all addresses")


def stamp(mirror: Mirror) -> dict[str, Any]:
    """The stamp of a read: revision, synced and age_ms."""
    stamp = mirror.stamp()
    coming = {"coming": list(stamp.coming)} if stamp.coming else {}
    return {"revision": stamp.revision, "synced": stamp.synced, "age_ms": stamp.age_ms, **coming}


def stamped(head: dict[str, Any], body: bytes) -> bytes:
    """The JSON of `head` with the members of `body` added."""
    encoded = msgspec.json.encode(head)
    return encoded if body == b"{}" else encoded[:-1] + b"," + body[1:]


class AnswerCache:
    """LRU cache of values derived from the Set, cleared when epoch or revision changes."""

    def __init__(self, mirror: Mirror, most: int = BODIES) -> None:
        self._mirror = mirror
        self._most = most
        self._results: OrderedDict[Any, Any] = OrderedDict()
        self._as_of: tuple[str, int] = ("", -1)

    def find(self, key: Any) -> Any:
        """The cached value for the Set as it is now, or None."""
        as_of = (self._mirror.epoch, self._mirror.revision)
        if as_of != self._as_of:
            self._results.clear()
            self._as_of = as_of
        result = self._results.get(key)
        if result is not None:
            self._results.move_to_end(key)
        return result

    def keep(self, key: Any, made: Any) -> None:
        """Cache a value made after `find`, unless the Set has changed meanwhile."""
        if self._as_of == (self._mirror.epoch, self._mirror.revision):
            self._results[key] = made
            while len(self._results) > self._most:
                self._results.popitem(last=False)


class Bodies:
    """The JSON of resources, encoded once per change of the Set; `scrub` masks hidden names."""

    def __init__(self, mirror: Mirror, scrub: Callable[[Any], Any]) -> None:
        self._mirror = mirror
        self._scrub = scrub
        self._cache = AnswerCache(mirror)

    def body(self, uri: str) -> bytes:
        """The JSON of a resource without the stamp; MirrorError if it cannot be made."""
        body: bytes | None = self._cache.find(uri)
        if body is None:
            kind, text = find(uri)
            made = kind.body(self._mirror, text)
            if kind.picture:
                from .pictures import svg

                body = svg(made).encode()
            else:
                body = msgspec.json.encode(self._scrub(msgspec.to_builtins(made)))
            if kind.lasts:
                self._cache.keep(uri, body)
        return body

    def read(self, uri: str) -> str:
        """The JSON of a resource as it is now, with revision, synced and age_ms."""
        return stamped(stamp(self._mirror), self.body(uri)).decode()

    async def contents(self, uri: str) -> list[dict[str, Any]]:
        """The answer of `resources/read`: JSON, or a PNG and its description for a picture."""
        kind, text = find(uri)
        if not kind.picture:
            return [{"uri": uri, "mimeType": kind.mime_type, "text": self.read(uri)}]
        from .pictures.png import png

        picture, at = kind.body(self._mirror, text), stamp(self._mirror)
        data = base64.b64encode(await anyio.to_thread.run_sync(png, picture)).decode()
        words = self._scrub(picture.description)
        return [
            {"uri": uri, "mimeType": kind.mime_type, "blob": data, "_meta": at},
            {"uri": uri, "mimeType": "text/plain", "text": words, "_meta": at},
        ]


def listed(mirror: Mirror) -> list[types.Resource]:
    """The entries of `resources/list`: the addresses without variables, and the Set's tracks."""
    fixed = [
        types.Resource(uri=uri, name=kind.name, description=kind.description, mime_type=kind.mime_type)
        for kind in RESOURCES
        for uri in [kind.template.replace("{?since}", "")]
        if "{" not in uri
    ]
    fixed += [
        types.Resource(
            uri=f"live://guide/{topic}",
            name=f"guide/{topic}",
            description=about,
            mime_type="application/json",
        )
        for topic, about in guide.TOPICS.items()
    ]
    tracks = mirror.children("song", "tracks") if mirror.epoch else ()
    about = "Differences since your last visit, also over restarts, grouped by object."
    fixed.append(types.Resource(uri=VISIT, name="visit", description=about, mime_type="application/json"))
    return fixed + [
        types.Resource(
            uri=f"live://tracks/{number}",
            name=f"tracks/{number}",
            title=track.name,
            mime_type="application/json",
        )
        for number, track in enumerate(tracks[:MOST_LISTED])
    ]


def templates() -> list[types.ResourceTemplate]:
    """The entries of `resources/templates/list`: the addresses with variables."""
    return [
        types.ResourceTemplate(
            uri_template=kind.template,
            name=kind.name,
            description=kind.description,
            mime_type=kind.mime_type,
        )
        for kind in RESOURCES
        if kind.is_template
    ]
