"""The table of DAW MCP's methods: `read` checks a method's parameters, `call` runs the method."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Annotated, Any

from msgspec import UNSET, Meta, UnsetType

from mirror import errors

from ...desk import Desk
from ...plans import Plan, Scope
from . import clips, notes, tracks
from .indexed import (
    TOP,
    AtNote,
    AtSlot,
    AtTrack,
    Beats,
    Count,
    CreateTrack,
    Dialect,
    IndexedSet,
    MaybeTrack,
    Method,
    Midi,
    Nothing,
    Pitch,
    Signed,
    Step,
    Text,
    ToolWrite,
    Unit,
    converted,
    with_fields,
)

_VERBOSE = with_fields(AtSlot, verbose=(bool, False))
_LENGTH = with_fields(AtSlot, lengthInBeats=Beats)
_NEW = with_fields(AtNote, velocity=(Midi, 100.0), duration=(Beats, 0.25), muted=(bool, False))

METHODS: dict[str, Method] = {
    "ping": Method(Nothing, "get_set", lambda indexed, p: {"pong": True}),
    "project.getInfo": Method(Nothing, "get_set", tracks.info),
    "transport.setPosition": Method(
        with_fields(Nothing, beats=Step),
        "transport",
        lambda indexed, p: indexed.does("transport", action="jump_to", time=p.beats),
    ),
    "transport.togglePlay": Method(Nothing, "transport", tracks.toggle_play),
    "transport.toggleRecord": Method(Nothing, "transport", tracks.toggle_record),
    "transport.getStatus": Method(Nothing, "get", tracks.status),
    "track.list": Method(
        Nothing,
        "get_track",
        lambda indexed, p: {"tracks": [tracks.shown(indexed, track) for track in indexed.tracks]},
    ),
    "track.get": Method(
        AtTrack, "get_track", lambda indexed, p: tracks.shown(indexed, indexed.track(p.trackIndex))
    ),
    "track.create": Method(CreateTrack, "create", tracks.create_track),
    "track.delete": Method(
        with_fields(Nothing, trackIndices=Annotated[list[int], Meta(min_length=1, max_length=200)]),
        "delete",
        tracks.delete_tracks,
    ),
    "track.setName": Method(with_fields(AtTrack, name=Text), "set_track", tracks.set_track("name", "name")),
    "track.setVolume": Method(
        with_fields(AtTrack, volume=Unit), "set_track", tracks.set_track("volume", "volume")
    ),
    "track.setPan": Method(with_fields(AtTrack, pan=Signed), "set_track", tracks.set_track("pan", "panning")),
    "track.setMute": Method(with_fields(AtTrack, mute=bool), "set_track", tracks.set_track("mute", "mute")),
    "track.setSolo": Method(with_fields(AtTrack, solo=bool), "set_track", tracks.set_track("solo", "solo")),
    "track.setArm": Method(with_fields(AtTrack, arm=bool), "set_track", tracks.set_track("arm", "arm")),
    "track.select": Method(
        AtTrack,
        "set_property",
        lambda indexed, p: tracks.select(indexed, selected_track=indexed.track(p.trackIndex)),
    ),
    "clip.list": Method(MaybeTrack, "get_track", clips.shown),
    "clip.create": Method(
        with_fields(AtSlot, lengthInBeats=(Beats, 4.0), name=(Text, "")), "create_clip", clips.create_clip
    ),
    "clip.delete": Method(AtSlot, "delete", clips.on_slot("delete", "targets")),
    "clip.select": Method(with_fields(AtTrack, slotIndex=int), "set_property", clips.select_clip),
    "clip.getSelection": Method(Nothing, "get_set", clips.selection),
    "clip.hasContent": Method(AtSlot, "get_track", clips.has_content),
    "clip.findEmptySlots": Method(
        with_fields(MaybeTrack, count=(Count, 1), startSlot=(int | UnsetType, UNSET)),
        "get_track",
        clips.find_empty,
    ),
    "clip.getSceneCount": Method(Nothing, "get_set", lambda indexed, p: {"sceneCount": indexed.scenes}),
    "clip.createScene": Method(with_fields(Nothing, count=(Count, 1)), "create", clips.create_scenes),
    "clip.setName": Method(with_fields(AtSlot, name=Text), "set_clip", clips.set_clip("name")),
    "clip.setLength": Method(_LENGTH, "set_clip", clips.set_clip("loop_end")),
    "clip.stop": Method(AtSlot, "fire", clips.on_slot("fire", "target", stop=True)),
    "clip.getNotes": Method(_VERBOSE, "get_notes", notes.get_notes),
    "clip.setNote": Method(_NEW, "edit_notes", notes.set_note),
    "clip.setNotes": Method(
        with_fields(AtSlot, notes=list[list[Any] | dict[str, Any]]), "edit_notes", notes.set_many
    ),
    "clip.clearNote": Method(AtNote, "edit_notes", notes.clear_note),
    "clip.clearAllNotes": Method(AtSlot, "edit_notes", notes.clear_all),
    "clip.clearNotesAtPitch": Method(with_fields(AtSlot, pitch=Pitch), "edit_notes", notes.clear_pitch),
    "clip.moveNote": Method(with_fields(AtNote, dx=(float, 0.0), dy=(int, 0)), "edit_notes", notes.move_note),
    "clip.transpose": Method(with_fields(AtSlot, semitones=int), "edit_notes", notes.transpose),
    "clip.setNoteVelocity": Method(
        notes.setter("velocity", Unit), "edit_notes", notes.note_property("velocity", "v", TOP)
    ),
    "clip.setNoteDuration": Method(
        notes.setter("duration", Beats), "edit_notes", notes.note_property("duration", "d")
    ),
    "clip.setNoteChance": Method(
        notes.setter("chance", Unit), "edit_notes", notes.note_property("chance", "pr")
    ),
    "clip.setNoteMuted": Method(notes.setter("muted", bool), "edit_notes", notes.note_property("muted", "m")),
    "clip.setNoteGain": Method(notes.setter("gain", float), "edit_notes", notes.lacks("note.gain")),
    "clip.setNotePan": Method(notes.setter("pan", Signed), "edit_notes", notes.lacks("note.pan")),
    "clip.setNotePressure": Method(
        notes.setter("pressure", Unit), "edit_notes", notes.lacks("note.pressure")
    ),
    "clip.setNoteTimbre": Method(notes.setter("timbre", Signed), "edit_notes", notes.lacks("note.timbre")),
    "clip.setNoteTranspose": Method(
        notes.setter("transpose", float), "edit_notes", notes.lacks("note.transpose")
    ),
}
"""All methods of the document, and `clip.setNotes`, which that project's own server calls."""

_ALIASES = {"track.": ("index", "trackIndex"), "clip.findEmptySlots": ("startFrom", "startSlot")}
"""Method prefix → (name that DAW MCP's own server has for a parameter, name in the document)."""


def read(method: str, params: Any) -> Any:
    """The parameters of a method.

    Raises:
      InvalidParams: the parameters do not match the method.
    """
    named = dict(params) if isinstance(params, dict) else params
    if isinstance(named, dict):
        # `daw` names the DAW of the call, which is always ours.
        named.pop("daw", None)
        for start, (alias, name) in _ALIASES.items():
            if method.startswith(start) and alias in named and name not in named:
                named[name] = named.pop(alias)
        if method == "track.delete" and "trackIndex" in named and "trackIndices" not in named:
            named["trackIndices"] = [named.pop("trackIndex")]
    return converted(named, METHODS[method].params, method)


async def call(desk: Desk, dialect: Dialect, method: str, params: Any) -> dict[str, Any]:
    """Run one method; returns its result.

    Raises:
      Unsupported: Live cannot do it.
      MirrorError: the parameters, the Set or the policy do not allow it.
    """
    arguments = read(method, params)
    done = METHODS[method].handler(IndexedSet(desk, dialect), arguments)
    if isinstance(done, Awaitable):
        return await done
    if isinstance(done, dict):
        return done
    if done.plan is None:
        return {"success": True}
    answer, plan = done.answer, done.plan

    def planned(scope: Scope) -> Plan:
        nonlocal answer, plan
        again = METHODS[method].handler(IndexedSet(desk, dialect, scope), arguments)
        if isinstance(again, ToolWrite) and again.plan is not None:
            answer, plan = again.answer, again.plan
        return plan

    written, _, _ = await desk.carry_out(planned)
    if written["outcome"] == "mismatch":
        raise errors.LiveRefused(
            "Live accepted the change but shows another value", hint="read the value again"
        )
    return answer(IndexedSet(desk, dialect), written)
