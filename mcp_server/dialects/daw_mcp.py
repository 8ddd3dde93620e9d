"""DAW MCP's protocol, version 0.8.1: each method is a read of the mirror, or a plan that one of our tools would make.

Pure translation: no socket, no task. A method names the tool whose rules of the policy hold for it. Writes go through
the desk: policy, read-only, attribution, verification and one undo step are those of the tools.

The document counts tracks and slots from 1 and notes in steps of a sixteenth (that project's default grid), velocities
0 to 127. That project's own MCP server differs from the document: on the wire it counts from 0, gives note times in
beats, and reads notes as objects with velocities 0 to 1; `EXTENSION` is what it expects. Volume is Live's fader value
from 0 to 1. Return tracks are numbered after the other tracks, as type "effect"; the main track has no number.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated, Any, Literal, NamedTuple

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from mirror import Call, Node, Note, Operation, Set, errors
from mirror.checks import finite

from .. import views
from ..desk import Desk
from ..plans import Plan, Scope, made
from ..tools import TOOLS

NEAR = 0.001
"""Beats between a note's start and the position that a method names, as that project has it."""
MOST_SCENES = 200
"""Scenes that one call makes."""
TOP = 127.0


class Dialect(NamedTuple):
    """What differs between the document and that project's own server.

    Attributes:
      first: The index of the first track and slot.
      step: Beats of a step.
      objects: Notes are always read as objects, with velocities 0 to 1.
    """

    first: int = 1
    step: float = 0.25
    objects: bool = False


DOCUMENT = Dialect()
EXTENSION = Dialect(first=0, step=1.0, objects=True)


class Unsupported(Exception):
    """Live has no such thing: -32001."""


class Write(NamedTuple):
    """A plan, None where all is so already, and the answer once it is done."""

    tool: str
    plan: Plan | None
    answer: Callable[[View, dict[str, Any]], dict[str, Any]] = lambda view, written: {"success": True}


# -- parameters ------------------------------------------------------------------------------------------------

Text = Annotated[str, Meta(max_length=1000)]
Count = Annotated[int, Meta(ge=1, le=MOST_SCENES)]
Beats = Annotated[float, Meta(gt=0)]
Pitch = Annotated[int, Meta(ge=0, le=127)]
Midi = Annotated[float, Meta(ge=0, le=127)]
Unit = Annotated[float, Meta(ge=0, le=1)]
Signed = Annotated[float, Meta(ge=-1, le=1)]
Step = Annotated[float, Meta(ge=0)]


class Nothing(Struct, forbid_unknown_fields=True):
    pass


class AtTrack(Struct, forbid_unknown_fields=True, kw_only=True):
    trackIndex: int


class MaybeTrack(Struct, forbid_unknown_fields=True, kw_only=True):
    trackIndex: int | UnsetType = UNSET


class AtSlot(MaybeTrack, kw_only=True):
    slotIndex: int | UnsetType = UNSET


class AtNote(AtSlot, kw_only=True):
    x: Step
    y: Pitch


def _with(base: type[Struct], **fields: Any) -> type[Struct]:
    """The parameters of `base` and these: name=type, or name=(type, default)."""
    more = [(name, *given) if isinstance(given, tuple) else (name, given) for name, given in fields.items()]
    title = "".join(name.title() for name in fields)
    return msgspec.defstruct(title, more, bases=(base,), kw_only=True, forbid_unknown_fields=True)


class CreateTrack(Nothing, kw_only=True):
    type: Literal["instrument", "audio", "effect"] = "instrument"
    name: Text = ""
    position: int = -1


# -- where things are ------------------------------------------------------------------------------------------


class View:
    """The Set as a client of this protocol counts it."""

    def __init__(self, desk: Desk, dialect: Dialect) -> None:
        self.desk = desk
        self.scope: Scope = desk.scope
        self.dialect = dialect

    @property
    def tracks(self) -> Sequence[Node]:
        return [*self.scope.children("song", "tracks"), *self.scope.children("song", "return_tracks")]

    @property
    def scenes(self) -> int:
        return len(self.scope.children("song", "scenes"))

    def number(self, nodes: Sequence[Node], id_: Any) -> int:
        """The index of an object among others; -1 where it is none of them."""
        return next((n + self.dialect.first for n, node in enumerate(nodes) if node.id == id_), -1)

    def at(self, nodes: Sequence[Node], index: int, what: str) -> Node:
        """The object at an index.

        Raises:
          InvalidValue: there is none.
        """
        place = index - self.dialect.first
        if not 0 <= place < len(nodes):
            last = len(nodes) - 1 + self.dialect.first
            raise errors.InvalidValue(
                f"There is no {what} {index}: they are counted from {self.dialect.first} to {last}", index
            )
        return nodes[place]

    def selected(self, prop: str) -> Any:
        return self.scope.resolve("view").props.get(prop)

    def track(self, index: int | UnsetType) -> Node:
        """The track at an index, else the selected one."""
        if index is not UNSET:
            return self.at(self.tracks, index, "track")
        chosen = self.selected("selected_track")
        found = next((each for each in self.tracks if each.id == chosen), None)
        if found is None:
            raise errors.InvalidParams("No track with a number is selected", hint="give trackIndex")
        return found

    def slots(self, track: Node) -> Sequence[Node]:
        found = self.scope.children(track, "clip_slots") if track.role == "tracks" else ()
        if not found:
            raise errors.NotAvailable(
                f"{self.scope.ref(track)} has no clip slots", hint="effect tracks hold no clips"
            )
        return found

    def slot(self, p: AtSlot) -> Node:
        """The slot that is named, else the highlighted one; half a name is refused."""
        if (p.trackIndex is UNSET) != (p.slotIndex is UNSET):
            raise errors.InvalidParams(
                "trackIndex and slotIndex belong together", hint="give both, or none for the selected clip"
            )
        if p.slotIndex is not UNSET:
            return self.at(self.slots(self.track(p.trackIndex)), p.slotIndex, "slot")
        chosen = self.selected("highlighted_clip_slot")
        if not isinstance(chosen, int) or not self.scope.has_id(chosen):
            raise errors.InvalidParams("No clip slot is selected", hint="give trackIndex and slotIndex")
        return self.scope.mirror.node(chosen)

    def clip(self, p: AtSlot) -> Node:
        return self.scope.clip_in(self.slot(p))

    def notes(self, clip: Node) -> tuple[Note, ...]:
        return self.scope.note_list(clip)

    def note(self, clip: Node, p: Any) -> Note | None:
        """The note that starts at step x with pitch y."""
        at = p.x * self.dialect.step
        near = (n for n in self.notes(clip) if n.pitch == p.y and abs(n.start_time - at) < NEAR)
        return next(near, None)

    def note_there(self, clip: Node, p: Any) -> Note:
        found = self.note(clip, p)
        if found is None:
            raise errors.NotFound(
                f"No note starts at x={p.x:g} with y={p.y}", hint="clip.getNotes lists the notes"
            )
        return found

    def does(self, tool: str, answer: Any = None, /, **arguments: Any) -> Write:
        """What one of our tools would do with these arguments."""
        plan = TOOLS[tool].planned(self.scope, arguments)
        return Write(tool, plan, answer) if answer is not None else Write(tool, plan)


Handler = Callable[[View, Any], "dict[str, Any] | Write | Awaitable[dict[str, Any]]"]


class Method(NamedTuple):
    """A method: its parameters, the tool whose rules hold for it, and what it does."""

    params: type[Struct]
    tool: str
    handler: Handler


# -- project and transport -------------------------------------------------------------------------------------


def _info(view: View, p: Any) -> dict[str, Any]:
    song = view.scope.resolve("song").props
    return {
        "bpm": song["tempo"],
        "timeSignatureNumerator": song["signature_numerator"],
        "timeSignatureDenominator": song["signature_denominator"],
        "isPlaying": song["is_playing"],
        "isRecording": song["record_mode"],
    }


async def _status(view: View, p: Any) -> dict[str, Any]:
    position = (await view.desk.mirror.read_now([("song", "current_song_time")]))[0]
    if isinstance(position, errors.MirrorError):
        raise position
    info = _info(view, p)
    return {"isPlaying": info["isPlaying"], "isRecording": info["isRecording"], "position": position}


def _toggle_play(view: View, p: Any) -> Write:
    return view.does("transport", action="stop" if _info(view, p)["isPlaying"] else "play")


def _toggle_record(view: View, p: Any) -> Write:
    return view.does("transport", action="record", on=not _info(view, p)["isRecording"])


# -- tracks ----------------------------------------------------------------------------------------------------

_TYPES = {"midi": "instrument", "return": "effect"}
_KINDS = {"instrument": "midi", "audio": "audio", "effect": "return"}


def _track(view: View, node: Node) -> dict[str, Any]:
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


def _create_track(view: View, p: CreateTrack) -> Write:
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


def _delete_tracks(view: View, p: Any) -> Write:
    nodes = [view.track(index) for index in p.trackIndices]
    return view.does("delete", targets=[views.id_text(node) for node in nodes])


def _set_track(field: str, name: str) -> Handler:
    def set_track(view: View, p: Any) -> Write:
        return view.does(
            "set_track", track=views.id_text(view.track(p.trackIndex)), **{name: getattr(p, field)}
        )

    return set_track


def _select(view: View, **chosen: Node) -> Write:
    node = view.scope.resolve("view")
    ops: list[Operation] = [Set(node.id, prop, each.id) for prop, each in chosen.items()]
    return Write("set_property", Plan.of("select", ops))


# -- clips -----------------------------------------------------------------------------------------------------


def _clips(view: View, p: Any) -> dict[str, Any]:
    found = []
    for number, slot in enumerate(view.slots(view.track(p.trackIndex))):
        clip = view.scope.child(slot, "clip")
        if clip is None:
            continue
        props = clip.props
        found.append(
            {
                "slotIndex": number + view.dialect.first,
                "name": clip.name,
                "length": props.get("length"),
                "isPlaying": props.get("is_playing", False),
                "isRecording": props.get("is_recording", False),
            }
        )
    return {"clips": found}


def _empty(view: View, track: Node, start: int = 0) -> list[int]:
    """Places from 0 of the slots without a clip."""
    slots = view.slots(track)
    return [n for n, slot in enumerate(slots) if n >= start and view.scope.child(slot, "clip") is None]


def _create_clip(view: View, p: Any) -> Write:
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

    given = {"name": p.name} if p.name else {}
    if not missing:
        return view.does(
            "create_clip", answer, track=views.id_text(track), slot=place, length=p.lengthInBeats, **given
        )
    ops: list[Operation] = [Call("song", "create_scene", {"index": -1}) for _ in range(missing)]
    slot = made(missing - 1, f"clip_slots/{view.number(view.tracks, track.id) - first}")
    ops.append(Call(slot, "create_clip", {"pages": p.lengthInBeats}))
    ops += [Set(made(missing), name, value) for name, value in given.items()]
    return Write("create_clip", Plan.of("create a clip and its scene", ops), answer)


def _selection(view: View, p: Any) -> dict[str, Any]:
    chosen = view.selected("highlighted_clip_slot")
    track = next((each for each in view.tracks if each.id == view.selected("selected_track")), None)
    slots = view.scope.children(track, "clip_slots") if track is not None and track.role == "tracks" else ()
    slot = next((each for each in slots if each.id == chosen), None)
    return {
        "trackIndex": view.number(view.tracks, track.id) if track is not None else -1,
        "slotIndex": view.number(slots, chosen),
        "hasClip": slot is not None and view.scope.child(slot, "clip") is not None,
    }


def _select_clip(view: View, p: Any) -> Write:
    slot = view.slot(p)
    return _select(view, selected_track=view.scope.parent(slot), highlighted_clip_slot=slot)


def _has_content(view: View, p: Any) -> dict[str, Any]:
    return {"hasContent": view.scope.child(view.slot(p), "clip") is not None}


def _find_empty(view: View, p: Any) -> dict[str, Any]:
    first = view.dialect.first
    start = 0 if p.startSlot is UNSET else p.startSlot - first
    if start < 0:
        raise errors.InvalidValue(f"`startSlot` is {first} or more", p.startSlot)
    track = view.track(p.trackIndex)
    found = [place + first for place in _empty(view, track, start)][: p.count]
    return {
        "trackIndex": view.number(view.tracks, track.id),
        "emptySlots": found,
        "found": len(found),
        "requested": p.count,
        "sceneCount": view.scenes,
    }


def _create_scenes(view: View, p: Any) -> Write:
    def answer(view: View, written: dict[str, Any]) -> dict[str, Any]:
        return {"success": True, "created": p.count, "sceneCount": view.scenes}

    ops: list[Operation] = [Call("song", "create_scene", {"index": -1}) for _ in range(p.count)]
    return Write("create", Plan.of("create scenes", ops), answer)


def _set_clip(name: str) -> Handler:
    def set_clip(view: View, p: Any) -> Write:
        clip = view.clip(p)
        value = p.name if name == "name" else float(clip.props["loop_start"]) + p.lengthInBeats
        return view.does("set_clip", clip=views.id_text(clip), **{name: value})

    return set_clip


def _on_slot(tool: str, argument: str, **more: Any) -> Handler:
    """A tool's work on a slot; `argument` is a list where the tool takes many."""

    def act(view: View, p: Any) -> Write:
        target: Any = views.id_text(view.slot(p) if tool == "fire" else view.clip(p))
        return view.does(tool, **{argument: [target] if argument == "targets" else target}, **more)

    return act


# -- notes -----------------------------------------------------------------------------------------------------


def _steps(view: View, beats: float) -> float:
    """A position in steps, a whole number where it is one."""
    steps = round(beats / view.dialect.step, 9)
    return int(steps) if steps == int(steps) else steps


def _get_notes(view: View, p: Any) -> dict[str, Any]:
    objects = view.dialect.objects
    notes = view.notes(view.clip(p))
    told: list[Any] = []
    for n in notes:
        x = _steps(view, n.start_time)
        if not (p.verbose or objects):
            told.append([x, n.pitch, round(n.velocity), n.duration])
            continue
        told.append(
            {
                "x": x,
                "y": n.pitch,
                "velocity": n.velocity / TOP if objects else round(n.velocity),
                "duration": n.duration,
                **_NEUTRAL,
                "chance": n.probability,
                "muted": n.mute,
            }
        )
        if objects:
            told[-1]["isMuted"] = n.mute
    return {"notes": told, "count": len(told)}


_NEUTRAL = {"gain": 1.0, "pan": 0.0, "pressure": 0.0, "timbre": 0.0, "transpose": 0}
"""What a note of Live's does not have, as it sounds."""


def _edit(view: View, clip: Node, **edits: Any) -> Write:
    return view.does("edit_notes", clip=views.id_text(clip), **edits)


def _new(view: View, each: Any) -> dict[str, Any]:
    return {
        "p": each.y,
        "t": each.x * view.dialect.step,
        "d": each.duration,
        "v": each.velocity,
        "m": each.muted,
    }


def _set_notes(view: View, clip: Node, wanted: Sequence[Any]) -> Write:
    """Notes that are there get the values, the others are added; all in one step."""
    add, change = {}, {}
    for each in wanted:
        held, new = view.note(clip, each), _new(view, each)
        if held is None:
            add[(each.x, each.y)] = new
        else:
            change[held.note_id] = {"id": held.note_id, "d": new["d"], "v": new["v"], "m": new["m"]}
    edits = {"add": list(add.values()), "change": list(change.values())}
    return _edit(view, clip, **{name: value for name, value in edits.items() if value})


def _set_note(view: View, p: Any) -> Write:
    return _set_notes(view, view.clip(p), [p])


def _set_many(view: View, p: Any) -> Write:
    clip = view.clip(p)
    wanted = []
    for number, each in enumerate(p.notes):
        given = (
            dict(zip(("x", "y", "velocity", "duration"), each, strict=False))
            if isinstance(each, list)
            else each
        )
        wanted.append(_read(given, NewNote, f"note {number}"))
    return _set_notes(view, clip, wanted) if wanted else Write("edit_notes", None)


class NewNote(Struct, forbid_unknown_fields=True, kw_only=True):
    x: Step
    y: Pitch
    velocity: Midi = 100.0
    duration: Beats = 0.25
    muted: bool = False


def _remove(view: View, clip: Node, notes: Sequence[Note]) -> Write:
    if not notes:
        return Write("edit_notes", None)
    return _edit(view, clip, remove=[n.note_id for n in notes])


def _clear_note(view: View, p: Any) -> Write:
    clip = view.clip(p)
    return _remove(view, clip, [view.note_there(clip, p)])


def _clear_all(view: View, p: Any) -> Write:
    clip = view.clip(p)
    return _remove(view, clip, view.notes(clip))


def _clear_pitch(view: View, p: Any) -> Write:
    clip = view.clip(p)
    return _remove(view, clip, [n for n in view.notes(clip) if n.pitch == p.pitch])


def _moved(pitch: int, by: int) -> int:
    if not 0 <= pitch + by <= TOP:
        raise errors.InvalidValue(f"A note with y={pitch} cannot move by {by}: pitches are 0 to 127", by)
    return pitch + by


def _move_note(view: View, p: Any) -> Write:
    clip = view.clip(p)
    note = view.note_there(clip, p)
    start = note.start_time + p.dx * view.dialect.step
    if start < 0:
        raise errors.InvalidValue(f"A note at x={p.x:g} cannot move by {p.dx:g}: x is 0 or more", p.dx)
    if not p.dx and not p.dy:
        return Write("edit_notes", None)
    change = {"id": note.note_id, "t": start, "p": _moved(note.pitch, p.dy)}
    return _edit(view, clip, change=[change])


def _transpose(view: View, p: Any) -> Write:
    clip = view.clip(p)
    change = [{"id": n.note_id, "p": _moved(n.pitch, p.semitones)} for n in view.notes(clip)]
    return _edit(view, clip, change=change) if change and p.semitones else Write("edit_notes", None)


def _note_property(field: str, short: str, factor: float = 1.0) -> Handler:
    def set_property(view: View, p: Any) -> Write:
        value = getattr(p, field) if getattr(p, field) is not UNSET else p.value
        if value is UNSET:
            raise errors.InvalidParams(f"`{field}` is missing")
        clip = view.clip(p)
        told = value if isinstance(value, bool) else value * factor
        return _edit(view, clip, change=[{"id": view.note_there(clip, p).note_id, short: told}])

    return set_property


def _lacks(what: str) -> Handler:
    def refuse(view: View, p: Any) -> Write:
        raise Unsupported(f"Feature not supported: {what}")

    return refuse


def _setter(field: str, type_: Any) -> type[Struct]:
    """Parameters of a note's setter; that project's own server calls the value `value`."""
    return _with(AtNote, **{field: (type_ | UnsetType, UNSET), "value": (type_ | UnsetType, UNSET)})


_VERBOSE = _with(AtSlot, verbose=(bool, False))
_LENGTH = _with(AtSlot, lengthInBeats=Beats)
_NEW = _with(AtNote, velocity=(Midi, 100.0), duration=(Beats, 0.25), muted=(bool, False))

METHODS: dict[str, Method] = {
    "ping": Method(Nothing, "get_set", lambda view, p: {"pong": True}),
    "project.getInfo": Method(Nothing, "get_set", _info),
    "transport.setPosition": Method(
        _with(Nothing, beats=Step),
        "transport",
        lambda view, p: view.does("transport", action="jump_to", time=p.beats),
    ),
    "transport.togglePlay": Method(Nothing, "transport", _toggle_play),
    "transport.toggleRecord": Method(Nothing, "transport", _toggle_record),
    "transport.getStatus": Method(Nothing, "get", _status),
    "track.list": Method(
        Nothing, "get_track", lambda view, p: {"tracks": [_track(view, each) for each in view.tracks]}
    ),
    "track.get": Method(AtTrack, "get_track", lambda view, p: _track(view, view.track(p.trackIndex))),
    "track.create": Method(CreateTrack, "create", _create_track),
    "track.delete": Method(
        _with(Nothing, trackIndices=Annotated[list[int], Meta(min_length=1, max_length=200)]),
        "delete",
        _delete_tracks,
    ),
    "track.setName": Method(_with(AtTrack, name=Text), "set_track", _set_track("name", "name")),
    "track.setVolume": Method(_with(AtTrack, volume=Unit), "set_track", _set_track("volume", "volume")),
    "track.setPan": Method(_with(AtTrack, pan=Signed), "set_track", _set_track("pan", "panning")),
    "track.setMute": Method(_with(AtTrack, mute=bool), "set_track", _set_track("mute", "mute")),
    "track.setSolo": Method(_with(AtTrack, solo=bool), "set_track", _set_track("solo", "solo")),
    "track.setArm": Method(_with(AtTrack, arm=bool), "set_track", _set_track("arm", "arm")),
    "track.select": Method(
        AtTrack, "set_property", lambda view, p: _select(view, selected_track=view.track(p.trackIndex))
    ),
    "clip.list": Method(MaybeTrack, "get_track", _clips),
    "clip.create": Method(
        _with(AtSlot, lengthInBeats=(Beats, 4.0), name=(Text, "")), "create_clip", _create_clip
    ),
    "clip.delete": Method(AtSlot, "delete", _on_slot("delete", "targets")),
    "clip.select": Method(_with(AtTrack, slotIndex=int), "set_property", _select_clip),
    "clip.getSelection": Method(Nothing, "get_set", _selection),
    "clip.hasContent": Method(AtSlot, "get_track", _has_content),
    "clip.findEmptySlots": Method(
        _with(MaybeTrack, count=(Count, 1), startSlot=(int | UnsetType, UNSET)), "get_track", _find_empty
    ),
    "clip.getSceneCount": Method(Nothing, "get_set", lambda view, p: {"sceneCount": view.scenes}),
    "clip.createScene": Method(_with(Nothing, count=(Count, 1)), "create", _create_scenes),
    "clip.setName": Method(_with(AtSlot, name=Text), "set_clip", _set_clip("name")),
    "clip.setLength": Method(_LENGTH, "set_clip", _set_clip("loop_end")),
    "clip.stop": Method(AtSlot, "fire", _on_slot("fire", "target", stop=True)),
    "clip.getNotes": Method(_VERBOSE, "get_notes", _get_notes),
    "clip.setNote": Method(_NEW, "edit_notes", _set_note),
    "clip.setNotes": Method(_with(AtSlot, notes=list[list[Any] | dict[str, Any]]), "edit_notes", _set_many),
    "clip.clearNote": Method(AtNote, "edit_notes", _clear_note),
    "clip.clearAllNotes": Method(AtSlot, "edit_notes", _clear_all),
    "clip.clearNotesAtPitch": Method(_with(AtSlot, pitch=Pitch), "edit_notes", _clear_pitch),
    "clip.moveNote": Method(_with(AtNote, dx=(float, 0.0), dy=(int, 0)), "edit_notes", _move_note),
    "clip.transpose": Method(_with(AtSlot, semitones=int), "edit_notes", _transpose),
    "clip.setNoteVelocity": Method(
        _setter("velocity", Unit), "edit_notes", _note_property("velocity", "v", TOP)
    ),
    "clip.setNoteDuration": Method(_setter("duration", Beats), "edit_notes", _note_property("duration", "d")),
    "clip.setNoteChance": Method(_setter("chance", Unit), "edit_notes", _note_property("chance", "pr")),
    "clip.setNoteMuted": Method(_setter("muted", bool), "edit_notes", _note_property("muted", "m")),
    "clip.setNoteGain": Method(_setter("gain", float), "edit_notes", _lacks("note.gain")),
    "clip.setNotePan": Method(_setter("pan", Signed), "edit_notes", _lacks("note.pan")),
    "clip.setNotePressure": Method(_setter("pressure", Unit), "edit_notes", _lacks("note.pressure")),
    "clip.setNoteTimbre": Method(_setter("timbre", Signed), "edit_notes", _lacks("note.timbre")),
    "clip.setNoteTranspose": Method(_setter("transpose", float), "edit_notes", _lacks("note.transpose")),
}
"""All methods of the document, and `clip.setNotes`, which that project's own server calls."""

_ALIASES = {"track.": ("index", "trackIndex"), "clip.findEmptySlots": ("startFrom", "startSlot")}
"""Names that its own server has for parameters of these methods."""


def read(method: str, params: Any) -> Any:
    """The parameters of a method.

    Raises:
      InvalidParams: they do not fit.
    """
    given = dict(params) if isinstance(params, dict) else params
    if isinstance(given, dict):
        # It says for which of its DAWs the call is: ours.
        given.pop("daw", None)
        for start, (alias, name) in _ALIASES.items():
            if method.startswith(start) and alias in given and name not in given:
                given[name] = given.pop(alias)
        if method == "track.delete" and "trackIndex" in given and "trackIndices" not in given:
            given["trackIndices"] = [given.pop("trackIndex")]
    return _read(given, METHODS[method].params, method)


def _read(given: Any, type_: type[Any], where: str) -> Any:
    known = ", ".join(type_.__struct_fields__) or "none"
    try:
        finite(given, f"a parameter of {where}")
        return msgspec.convert(given, type_)
    except msgspec.ValidationError as problem:
        raise errors.InvalidParams(f"{where}: {problem}", hint=f"its parameters are: {known}") from None


async def call(desk: Desk, dialect: Dialect, method: str, params: Any) -> dict[str, Any]:
    """One method; its result.

    Raises:
      Unsupported: Live cannot.
      MirrorError: the parameters, the Set or the policy do not allow it.
    """
    arguments = read(method, params)
    done = METHODS[method].handler(View(desk, dialect), arguments)
    if isinstance(done, Awaitable):
        return await done
    if isinstance(done, dict):
        return done
    if done.plan is None:
        return {"success": True}
    written = await desk.carry_out(desk.scope, done.plan)
    if written["outcome"] == "mismatch":
        raise errors.LiveRefused("Live took the change but shows another value", hint="read it again")
    return done.answer(View(desk, dialect), written)
