"""Conversion from the mirror to music: a clip's context, and all parts of a Set. Functions that read, without I/O."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mirror import Node
from mirror import Note as LiveNote
from mirror.reading import Reader

from . import analysis
from .analysis import Part
from .context import Context, Scale
from .note import Note
from .report import TrackFacts
from .ticks import Ticks, from_beats


def notes_of(clip: Node) -> list[Note]:
    """The notes of a clip with exact times in the clip."""
    return [Note.of(note) for note in clip.props.get("notes") or ()]


def span(clip: Node) -> tuple[Ticks, Ticks]:
    """The part of the clip that plays: its loop, else from start marker to end marker."""
    names = ("loop_start", "loop_end") if clip.props.get("looping") else ("start_marker", "end_marker")
    low, high = (from_beats(float(clip.props.get(name) or 0.0)) for name in names)
    return low, high


def scale_of(reader: Reader) -> Scale:
    """The Set's scale: root and intervals as Live has them."""
    props = reader.resolve("song").props
    intervals = tuple(int(step) for step in props.get("scale_intervals") or ()) or (0, 2, 4, 5, 7, 9, 11)
    return Scale(int(props.get("root_note") or 0), intervals, str(props.get("scale_name") or ""))


def context_of(reader: Reader, clip: Node | None = None) -> Context:
    """The context for edits of a clip; without a clip, the context of the song.

    Of pads with one name, the lowest one is meant: a copy of a pad has the name of the first one.
    """
    props = reader.resolve("song").props
    more = {} if clip is None or "loop_end" not in clip.props else {"span": span(clip)}
    if more and more["span"][0] >= more["span"][1]:
        more = {}
    return Context(
        scale_of(reader),
        int(props.get("signature_numerator") or 4),
        int(props.get("signature_denominator") or 4),
        pads={}
        if clip is None
        else {name.casefold(): pitch for pitch, name in sorted(pads_of(reader, clip).items(), reverse=True)},
        swing=float(props.get("swing_amount") or 0.0),
        **more,
    )


def track_of(reader: Reader, node: Node) -> Node | None:
    """The track that contains an object, or the track itself."""
    return next((owner for owner in reader.store.lineage(node.id) if owner.type == "Track"), None)


def pads_of(reader: Reader, node: Node) -> dict[int, str]:
    """Pitch → name of the filled pads of the first drum rack on the object's track; empty without one."""
    track = track_of(reader, node)
    for device in devices_of(reader, track) if track is not None else ():
        if device.props.get("can_have_drum_pads"):
            chains = {
                int(chain.props["in_note"]): chain.name
                for chain in reader.children(device, "chains")
                if isinstance(chain.props.get("in_note"), int) and chain.props["in_note"] >= 0
            }
            if chains:
                return chains
            return {
                int(pad.props.get("note") or 0): pad.name
                for pad in reader.children(device, "drum_pads")
                if pad.props.get("chains")
            }
    return {}


def _sounds_of(reader: Reader, track: Node) -> frozenset[int] | None:
    """The pitches for which the track's drum rack has a device.

    None if other pitches may sound: without a drum rack, behind a MIDI effect, and with a chain for all notes.
    """
    for device in reader.children(track, "devices") if "devices" in track.children else ():
        if device.props.get("can_have_drum_pads"):
            chains = reader.children(device, "chains")
            pitches = [chain.props.get("in_note") for chain in chains if reader.children(chain, "devices")]
            known = [pitch for pitch in pitches if isinstance(pitch, int) and pitch >= 0]
            return frozenset(known) if known and len(known) == len(pitches) else None
        if device.props.get("type") in (INSTRUMENT, MIDI_EFFECT):
            return None
    return None


def _unreached(clip: Node) -> int:
    """The number of notes that start before or after what a Session clip plays."""
    low, high = span(clip)
    low = min(low, from_beats(float(clip.props.get("start_marker") or 0.0)))
    return sum(not low <= note.start < high for note in notes_of(clip)) if high > low else 0


def devices_of(reader: Reader, owner: Node) -> Iterator[Node]:
    """All devices of a track or chain, including those in racks except drum racks."""
    if "devices" not in owner.children:
        return
    for device in reader.children(owner, "devices"):
        yield device
        if not device.props.get("can_have_drum_pads") and "chains" in device.children:
            for chain in reader.children(device, "chains"):
                yield from devices_of(reader, chain)


def clips_below(reader: Reader, node: Node) -> Iterator[Node]:
    """The clips of a slot, scene, track or the song, Session clips first; for a clip, the clip itself."""
    if node.type == "Clip":
        yield node
    elif node.type == "ClipSlot":
        clip = reader.child(node, "clip")
        if clip is not None:
            yield clip
    elif node.type == "Scene":
        for slot in visible_slots(reader, node):
            if slot is not None:
                yield from clips_below(reader, slot)
    elif node.type == "Track":
        for slot in reader.children(node, "clip_slots") if "clip_slots" in node.children else ():
            yield from clips_below(reader, slot)
        if "arrangement_clips" in node.children:
            yield from reader.children(node, "arrangement_clips")
    elif node.type == "Song":
        for track in reader.children(node, "tracks"):
            yield from clips_below(reader, track)


def visible_slots(reader: Reader, scene: Node) -> list[Node | None]:
    """A scene's slots, one for each track; None for a slot that is hidden from the reader."""
    return [reader.store.nodes.get(id_) for id_ in scene.props.get("clip_slots") or ()]


def parts_of(reader: Reader, clips: Iterable[Node]) -> list[Part]:
    """The MIDI clips among `clips` as parts; a clip sounds in its scene or at its time."""
    parts = []
    drums: dict[int, bool] = {}
    sounds: dict[int, frozenset[int] | None] = {}
    for clip in clips:
        if not clip.props.get("is_midi_clip"):
            continue
        track = track_of(reader, clip)
        if track is None:
            continue
        if track.id not in drums:
            drums[track.id] = is_drums(reader, track)
            sounds[track.id] = _sounds_of(reader, track)
        ref, low_high = reader.ref(clip.id), span(clip)
        arranged = bool(clip.props.get("is_arrangement_clip"))
        if arranged:
            start, end = (
                from_beats(float(clip.props.get(name) or 0.0)) for name in ("start_time", "end_time")
            )
            low_high = (low_high[0], low_high[0] + end - start)
        scene = int(ref.split("/")[3]) if "/clip_slots/" in ref and not arranged else None
        muted = bool(track.props.get("mute")) or bool(clip.props.get("muted"))
        parts.append(
            Part(
                ref,
                clip.name,
                track.name,
                tuple(notes_of(clip)),
                low_high,
                start if arranged else None,
                scene,
                drums[track.id],
                muted,
                sounds[track.id],
                0 if arranged else _unreached(clip),
            )
        )
    return parts


def is_drums(reader: Reader, track: Node) -> bool:
    """True for a track whose pitches are drums: it has a drum rack, or its name is of drums ("Drums", "Hats")."""
    return bool(pads_of(reader, track)) or analysis.names_drums(track.name)


def foreign(reader: Reader, clip: Node, notes: Iterable[LiveNote]) -> list[str]:
    """The names of a clip's pitches that are not in the Set's scale; empty for percussive clips."""
    track = track_of(reader, clip)
    exact_notes = tuple(Note.of(note) for note in notes)
    name, drums = ("", False) if track is None else (track.name, is_drums(reader, track))
    if Part(reader.ref(clip.id), clip.name, name, exact_notes, span(clip), drums=drums).percussive:
        return []
    return analysis.foreign((note.pitch for note in exact_notes), scale_of(reader))


def track_facts(reader: Reader) -> list[TrackFacts]:
    """Facts about the tracks that do not come from notes."""
    facts = []
    for track in reader.children("song", "tracks"):
        devices = list(devices_of(reader, track))
        clips = list(clips_below(reader, track))
        mixer = reader.child(track, "mixer_device")
        volume = reader.child(mixer, "volume") if mixer is not None else None
        value = float(volume.props.get("value") or 0.0) if volume is not None else 0.0
        group = bool(track.props.get("is_foldable"))
        kind = "group" if group else "midi" if track.props.get("has_midi_input") else "audio"
        facts.append(
            TrackFacts(
                reader.ref(track.id),
                track.name,
                kind,
                0 if group else len(clips),
                len(devices),
                bool(track.props.get("mute")),
                tuple(device.name for device in devices if _is_off(reader, device)),
                tuple(device.name for device in devices if _at_default(reader, device)),
                str(volume.props.get("display") or "") if volume is not None else "",
                value > UNITY + 1e-6,
                any(device.props.get("type") == INSTRUMENT for device in devices),
                track.props.get("output_routing_type") in NOWHERE,
                _no_output(reader, track, mixer),
                tuple(device.name for device in devices if _is_empty_rack(reader, device)),
                bool(track.props.get("solo")),
                tuple(reader.ref(clip.id) for clip in clips if clip.props.get("muted")),
            )
        )
    return facts


NOWHERE = (None, "", "None", "No Output", "Main", "Master")
"""Outputs that do not send the notes of a track without an instrument to another track or a port."""
INSTRUMENT = 1
"""`Device.type` of instruments and of racks that contain an instrument."""
MIDI_EFFECT = 4
"""`Device.type` of MIDI effects and of racks that contain only such."""


def _no_output(reader: Reader, track: Node, mixer: Node | None) -> str:
    """The name of the track's output if this output makes the track inaudible, else ""."""
    goes = str(track.props.get("output_routing_type") or "")
    sends = reader.children(mixer, "sends") if mixer is not None and goes == "Sends Only" else ()
    up = any(float(send.props.get("value") or 0.0) > float(send.props.get("min") or 0.0) for send in sends)
    return goes if goes in ("None", "No Output") or (goes == "Sends Only" and not up) else ""


def _is_empty_rack(reader: Reader, device: Node) -> bool:
    """True for a rack without chains, or a rack whose chains have no device."""
    if not device.props.get("can_have_chains"):
        return False
    return not any(reader.children(chain, "devices") for chain in reader.children(device, "chains"))


UNITY = 0.85
"""A volume parameter's value at 0 dB."""


def _is_off(reader: Reader, device: Node) -> bool:
    switch = next(iter(reader.children(device, "parameters")), None)
    return switch is not None and switch.name == "Device On" and not switch.props.get("value")


def _at_default(reader: Reader, device: Node) -> bool:
    """True where no parameter differs from its known default; False for racks and plug-ins."""
    parameters = reader.children(device, "parameters")[1:]
    if "chains" in device.children or len(parameters) < 2:
        return False
    return all(
        parameter.props.get("default_value") is None
        or abs(float(parameter.props["default_value"]) - float(parameter.props.get("value") or 0.0)) < 1e-6
        for parameter in parameters
    )
