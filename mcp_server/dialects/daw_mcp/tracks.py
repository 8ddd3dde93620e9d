"""DAW MCP's methods of the project, the transport and the tracks."""

from __future__ import annotations

from typing import Any

from mirror import Node, Operation, Set, errors

from ... import views
from ...plans import Plan
from .indexed import CreateTrack, Handler, IndexedSet, ToolWrite


def info(indexed: IndexedSet, p: Any) -> dict[str, Any]:
    song = indexed.scope.resolve("song").props
    return {
        "bpm": song["tempo"],
        "timeSignatureNumerator": song["signature_numerator"],
        "timeSignatureDenominator": song["signature_denominator"],
        "isPlaying": song["is_playing"],
        "isRecording": song["record_mode"],
    }


async def status(indexed: IndexedSet, p: Any) -> dict[str, Any]:
    position = (await indexed.desk.mirror.read_now([("song", "current_song_time")]))[0]
    if isinstance(position, errors.MirrorError):
        raise position
    now = info(indexed, p)
    return {"isPlaying": now["isPlaying"], "isRecording": now["isRecording"], "position": position}


def toggle_play(indexed: IndexedSet, p: Any) -> ToolWrite:
    return indexed.does("transport", action="stop" if info(indexed, p)["isPlaying"] else "play")


def toggle_record(indexed: IndexedSet, p: Any) -> ToolWrite:
    return indexed.does("transport", action="record", on=not info(indexed, p)["isRecording"])


_TYPES = {"midi": "instrument", "return": "effect"}
_KINDS = {"instrument": "midi", "audio": "audio", "effect": "return"}


def shown(indexed: IndexedSet, node: Node) -> dict[str, Any]:
    mixer = indexed.scope.child(node, "mixer_device")
    faders = {name: mixer and indexed.scope.child(mixer, name) for name in ("volume", "panning")}
    level, pan = (fader.props.get("value") if fader else None for fader in faders.values())
    kind = views.track_kind(node)
    return {
        "index": indexed.number(indexed.tracks, node.id),
        "name": node.name,
        "type": _TYPES.get(kind, kind),
        "volume": level,
        "pan": pan,
        "mute": node.props.get("mute", False),
        "solo": node.props.get("solo", False),
        "arm": node.props.get("arm", False),
    }


def create_track(indexed: IndexedSet, p: CreateTrack) -> ToolWrite:
    count = len(indexed.scope.children("song", "tracks"))
    place = p.position
    if place != -1:
        place -= indexed.dialect.first
        if not 0 <= place <= count:
            last = count + indexed.dialect.first
            raise errors.InvalidValue(
                f"`position` is -1 for the end or from {indexed.dialect.first} to {last}", p.position
            )
    more: dict[str, Any] = {"name": p.name} if p.name else {}
    if p.type == "effect":
        if p.position != -1:
            raise errors.NotAvailable("Live makes effect tracks at the end only", hint="give position -1")
    else:
        more["index"] = place

    def answer(indexed: IndexedSet, written: dict[str, Any]) -> dict[str, Any]:
        made_track = indexed.scope.mirror.resolve(written["results"][0]["result"]["ref"])
        index = indexed.number(indexed.tracks, made_track.id)
        return {"success": True, "trackIndex": index, "index": index}

    return indexed.does("create", answer, kind=_KINDS[p.type], **more)


def delete_tracks(indexed: IndexedSet, p: Any) -> ToolWrite:
    nodes = [indexed.track(index) for index in p.trackIndices]
    return indexed.does("delete", targets=[views.id_text(node) for node in nodes])


def set_track(field: str, name: str) -> Handler:
    def set_track(indexed: IndexedSet, p: Any) -> ToolWrite:
        return indexed.does(
            "set_track", track=views.id_text(indexed.track(p.trackIndex)), **{name: getattr(p, field)}
        )

    return set_track


def select(indexed: IndexedSet, **chosen: Node) -> ToolWrite:
    node = indexed.scope.resolve("view")
    ops: list[Operation] = [Set(node.id, prop, target.id) for prop, target in chosen.items()]
    return ToolWrite("set_property", Plan.of("select", ops))
