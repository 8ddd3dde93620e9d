"""DAW MCP's methods of the project, the transport and the tracks."""

from __future__ import annotations

from typing import Any

from mirror import Node, Operation, Set, errors

from ... import views
from ...plans import Plan
from .view import CreateTrack, Handler, View, Write


def info(view: View, p: Any) -> dict[str, Any]:
    song = view.scope.resolve("song").props
    return {
        "bpm": song["tempo"],
        "timeSignatureNumerator": song["signature_numerator"],
        "timeSignatureDenominator": song["signature_denominator"],
        "isPlaying": song["is_playing"],
        "isRecording": song["record_mode"],
    }


async def status(view: View, p: Any) -> dict[str, Any]:
    position = (await view.desk.mirror.read_now([("song", "current_song_time")]))[0]
    if isinstance(position, errors.MirrorError):
        raise position
    now = info(view, p)
    return {"isPlaying": now["isPlaying"], "isRecording": now["isRecording"], "position": position}


def toggle_play(view: View, p: Any) -> Write:
    return view.does("transport", action="stop" if info(view, p)["isPlaying"] else "play")


def toggle_record(view: View, p: Any) -> Write:
    return view.does("transport", action="record", on=not info(view, p)["isRecording"])


_TYPES = {"midi": "instrument", "return": "effect"}
_KINDS = {"instrument": "midi", "audio": "audio", "effect": "return"}


def shown(view: View, node: Node) -> dict[str, Any]:
    mixer = view.scope.child(node, "mixer_device")
    faders = {name: mixer and view.scope.child(mixer, name) for name in ("volume", "panning")}
    level, pan = (fader.props.get("value") if fader else None for fader in faders.values())
    kind = views.track_kind(node)
    return {
        "index": view.number(view.tracks, node.id),
        "name": node.name,
        "type": _TYPES.get(kind, kind),
        "volume": level,
        "pan": pan,
        "mute": node.props.get("mute", False),
        "solo": node.props.get("solo", False),
        "arm": node.props.get("arm", False),
    }


def create_track(view: View, p: CreateTrack) -> Write:
    count = len(view.scope.children("song", "tracks"))
    place = p.position
    if place != -1:
        place -= view.dialect.first
        if not 0 <= place <= count:
            last = count + view.dialect.first
            raise errors.InvalidValue(
                f"`position` is -1 for the end or from {view.dialect.first} to {last}", p.position
            )
    more: dict[str, Any] = {"name": p.name} if p.name else {}
    if p.type == "effect":
        if p.position != -1:
            raise errors.NotAvailable("Live makes effect tracks at the end only", hint="give position -1")
    else:
        more["index"] = place

    def answer(view: View, written: dict[str, Any]) -> dict[str, Any]:
        made_track = view.scope.mirror.resolve(written["results"][0]["result"]["ref"])
        index = view.number(view.tracks, made_track.id)
        return {"success": True, "trackIndex": index, "index": index}

    return view.does("create", answer, kind=_KINDS[p.type], **more)


def delete_tracks(view: View, p: Any) -> Write:
    nodes = [view.track(index) for index in p.trackIndices]
    return view.does("delete", targets=[views.id_text(node) for node in nodes])


def set_track(field: str, name: str) -> Handler:
    def set_track(view: View, p: Any) -> Write:
        return view.does(
            "set_track", track=views.id_text(view.track(p.trackIndex)), **{name: getattr(p, field)}
        )

    return set_track


def select(view: View, **chosen: Node) -> Write:
    node = view.scope.resolve("view")
    ops: list[Operation] = [Set(node.id, prop, target.id) for prop, target in chosen.items()]
    return Write("set_property", Plan.of("select", ops))
