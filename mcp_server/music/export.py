"""A Set as a MIDI song: each MIDI track's arrangement with its loops repeated, tempo, signature and locators.

The functions work on a mirror's store and on the state of a file. Muted clips, muted notes and audio clips are left
out.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from mirror import Node, errors
from mirror.reading import Reader
from mirror.store import Store

from . import form
from .from_set import notes_of, span
from .midi_files import MidiSong, MidiTrack
from .note import Note, in_order
from .ticks import from_beats


def song(store: Store) -> MidiSong:
    """The arrangement as a song; tracks without notes are left out.

    Raises:
      InvalidValue: the arrangement has no MIDI clip with notes.
    """
    root, reader = _root(store), Reader(store)
    tracks: list[MidiTrack] = []
    for track in reader.children(root, "tracks"):
        clips = reader.children(track, "arrangement_clips")
        notes = in_order(note for clip in clips for note in placed(clip))
        if notes:
            tracks.append(MidiTrack(track.name, tuple(notes), _channel(len(tracks))))
    if not tracks:
        raise errors.InvalidValue(
            "The arrangement has no MIDI clip with notes", hint="name a clip of the Session to export that"
        )
    markers = sorted(
        (from_beats(float(cue.props.get("time") or 0.0)), cue.name)
        for cue in reader.children(root, "cue_points")
    )
    return MidiSong(tuple(tracks), ((0, _tempo(root)),), ((0, _signature(root)),), tuple(markers))


def clip_song(store: Store, clip: Node) -> MidiSong:
    """A song with one clip's loop, or with the whole clip if its loop is off; the song starts at time 0."""
    if not clip.props.get("is_midi_clip"):
        raise errors.InvalidValue(f"{store.ref(clip.id)} is no MIDI clip", store.ref(clip.id))
    low, high = span(clip)
    notes = [replace(note, start=note.start - low) for note in notes_of(clip) if low <= note.start < high]
    root = _root(store)
    return MidiSong(
        (MidiTrack(clip.name, tuple(in_order(notes))),), ((0, _tempo(root)),), ((0, _signature(root)),)
    )


def placed(clip: Node) -> Iterator[Note]:
    """An arrangement clip's notes that sound, at their song times, with its loop repeated, cut at the clip's end."""
    if clip.props.get("is_midi_clip") and not clip.props.get("muted"):
        yield from (note for note in played(clip) if not note.mute)


def played(clip: Node) -> Iterator[Note]:
    """All notes of an arrangement clip at their song times, muted notes included; see `placed`."""
    props = clip.props
    start, end = (from_beats(float(props.get(name) or 0.0)) for name in ("start_time", "end_time"))
    low, high = span(clip)
    begin = from_beats(float(props.get("start_marker") or 0.0))
    length = end - start
    plain = notes_of(clip)
    if props.get("looping") and high > low:
        loop = [replace(note, start=note.start - low) for note in plain]
        notes = form.played(loop, high - low, begin - low, length)
    else:
        notes = [replace(note, start=note.start - begin) for note in plain if begin <= note.start]
    for note in notes:
        if note.start < length:
            yield replace(note, start=start + note.start, duration=min(note.duration, length - note.start))


def _root(store: Store) -> Node:
    if store.root is None:
        raise errors.InvalidValue("The mirror has no Set yet", hint="wait until the mirror is synced")
    return store.nodes[store.root]


def _tempo(root: Node) -> float:
    return float(root.props.get("tempo") or 120.0)


def _signature(root: Node) -> tuple[int, int]:
    return int(root.props.get("signature_numerator") or 4), int(root.props.get("signature_denominator") or 4)


def _channel(number: int) -> int:
    """The channel of a track's number: 0 to 15 in turn, without 9, which is for drums by convention."""
    channel = number % 15
    return channel if channel < 9 else channel + 1
