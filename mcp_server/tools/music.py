"""Edits of the notes of many clips, and the analysis of music: keys, chords, clashes, levels.

All of it is computed by `mcp_server.music` from what the mirror holds, and written as one step of Live's history.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable
from typing import Annotated, Any

import anyio
from msgspec import UNSET, Meta, UnsetType

from mirror import Call, Node, Operation, Set, errors

from .. import music, reading, spans, units
from ..desk import Desk
from ..fields import Overwrite
from ..music import analysis, from_set, levels, report
from ..music.ticks import to_beats
from ..plans import Plan, Scope, no_effect, only
from ..tool import Arguments, Toolset
from .notes import say_outside

tools = Toolset("music")

EditObject = Annotated[Any, Meta(extra_json_schema={"type": "object"})]
"""A text is accepted too: "crop", or an object as JSON."""
MOST_CLIPS = 100
"""The most clips of one call."""


class TransformNotes(Arguments):
    clips: Annotated[
        list[Any],
        Meta(min_length=1, max_length=MOST_CLIPS, description="clips, slots, scenes or whole tracks"),
    ]
    edits: Annotated[
        list[EditObject],
        Meta(
            min_length=1,
            max_length=50,
            description="in order, such as {'edit':'transpose','degrees':2,'select':{'time':[0,4]}}; describe edits",
        ),
    ]
    copies: Annotated[bool, Meta(description="also clips with the same notes in the arrangement")] = False
    drums: Annotated[
        bool, Meta(description="edits of pitch also on drum tracks; else only on drum clips named one by one")
    ] = False
    dry_run: Annotated[bool, Meta(description="only list what would change")] = False
    overwrite: Overwrite = False


@tools.writes(
    TransformNotes,
    "Transform notes",
    "quantize swing humanize shift stretch reverse rotate repeat legato staccato gate strum ratchet flam thin split "
    "join fit_length transpose fit_to_scale invert invert_chords voice_lead harmonize octave_double arpeggiate "
    "velocity velocity_ramp compress accent ghost chance mute remove euclid drums polymeter; Live's own crop, "
    "duplicate_loop, select. Exact, seeded, ids stay.",
    destructive=True,
    idempotent=False,
)
def transform_notes(scope: Scope, args: TransformNotes) -> Plan:
    named, below = _midi_clips(scope, args.clips)
    clips = named + below
    if args.copies:
        copies = _copies(scope, clips)
        no_effect(not copies, "copies", "clips whose notes no clip of the arrangement has")
        clips += copies
    edits, own = _split(args.edits)
    spared = _spared(scope, clips, edits, named)
    if args.drums:
        no_effect(not _any_drums(scope, clips), "drums", "clips of which none is on a drum track")
        spared = set()
    ops: list[Operation] = []
    notes: list[str] = []
    for clip in clips:
        context = from_set.context_of(scope.mirror, clip)
        before = [music.Note.of(note) for note in scope.note_list(clip)]
        running = [edit for edit in edits if not (clip.id in spared and edit.spares_drums())]
        result = music.transform(running, before, context)
        if result.replaced and not args.overwrite:
            raise _would_replace(scope, clip, before, result)
        ops += _writes(clip, before, result)
        say_outside(scope, clip, _moved(before, result.notes), "notes", cut=False)
        if edits:
            notes.append(f"{scope.ref(clip)}: {_in_words(music.difference(before, result.notes), result)}")
        ops += [
            operation
            for name, options in own
            for operation in _lives_own(scope, clip, name, options, result.notes)
        ]
    left_out = _left_out([scope.ref(clip) for clip in clips if clip.id in spared])
    if not ops and left_out:
        raise errors.InvalidParams(
            f"These edits change nothing: {left_out}",
            hint="name the clips one by one, or give drums=true, to change the pitches of drums",
        )
    if not ops:
        raise errors.InvalidParams(
            "These edits change nothing in these clips",
            hint="either `select` matches no note, or the edits leave every note as it is: look with get_notes",
        )
    label = " + ".join(dict.fromkeys([*(edit.name for edit in edits), *(name for name, _ in own)]))
    return Plan.of(
        f"{label} in {len(clips)} clips" if len(clips) > 1 else f"{label} in {scope.ref(clips[0])}",
        ops,
        notes=(*filter(None, [left_out]), *notes[:20]),
        dry_run=args.dry_run,
        overwrite=args.overwrite,
        makes=None,
    )


def _spared(scope: Scope, clips: list[Node], edits: list[music.Edit], named: list[Node]) -> set[Any]:
    """The ids of the clips on drum tracks whose pitches do not change, because they are not named one by one."""
    if not any(edit.spares_drums() for edit in edits):
        return set()
    meant = {clip.id for clip in named}
    tracks = {clip.id: from_set.track_of(scope.mirror, clip) for clip in clips if clip.id not in meant}
    return {
        clip for clip, track in tracks.items() if track is not None and from_set.is_drums(scope.mirror, track)
    }


def _any_drums(scope: Scope, clips: list[Node]) -> bool:
    tracks = [from_set.track_of(scope.mirror, clip) for clip in clips]
    return any(track is not None and from_set.is_drums(scope.mirror, track) for track in tracks)


def _left_out(refs: list[str]) -> str:
    if not refs:
        return ""
    listed = ", ".join(refs[:8]) + (f" and {len(refs) - 8} more" if len(refs) > 8 else "")
    return f"left_out: drums, whose pitches are other drums: {listed}"


_LIVES_OWN = ("crop", "duplicate_loop", "select")


def _split(asked: list[Any]) -> tuple[list[music.Edit], list[tuple[str, dict[str, Any]]]]:
    """SetMirror's own edits, and the edits that Live performs, which must come last."""
    edits, own = [], []
    for number, entry in enumerate(map(reading.parsed, asked)):
        name = entry if isinstance(entry, str) else entry.get("edit") if isinstance(entry, dict) else None
        if name in _LIVES_OWN:
            options = {} if isinstance(entry, str) else {key: entry[key] for key in entry if key != "edit"}
            own.append((str(name), options))
        elif own:
            raise errors.InvalidParams(
                f"edit {number}: {own[-1][0]} must come last, as Live itself performs it",
                hint="put it at the end",
            )
        else:
            edits.append(music.read(entry, number))
            edits[-1].check_effect()
    return edits, own


def _lives_own(
    scope: Scope, clip: Node, name: str, options: dict[str, Any], notes: list[music.Note]
) -> Iterable[Operation]:
    allowed = {"crop": ("from", "to"), "duplicate_loop": (), "select": ("select",)}[name]
    unknown = [option for option in options if option not in allowed]
    if unknown:
        raise errors.InvalidParams(
            f"{name} has no option {unknown[0]!r}", hint=f"options: {', '.join(allowed) or 'none'}"
        )
    if name == "crop" and options:
        now = float(clip.props.get("loop_start") or 0.0), float(clip.props.get("loop_end") or 0.0)
        start = scope.position(options["from"]) if "from" in options else now[0]
        end = scope.position(options["to"]) if "to" in options else now[1]
        if not start < end:
            raise errors.InvalidValue(f"The range must end after it starts, got {start:g} to {end:g}", end)
        bounds = [Set(clip.id, "loop_start", start), Set(clip.id, "loop_end", end)]
        yield from spans.in_order(bounds, lambda *_: now[1])
    if name == "select":
        selection = music.read({"edit": "mute", "select": options.get("select", {})}).select
        context = from_set.context_of(scope.mirror, clip)
        chosen = selection.chosen(notes, context)[0]
        ids = [note.note_id for note in chosen if note.note_id is not None]
        yield Call(clip.id, "select_notes_by_id", {"note_ids": ids})
    else:
        yield Call(clip.id, name)


def _midi_clips(scope: Scope, targets: list[Any]) -> tuple[list[Node], list[Node]]:
    """The MIDI clips of targets, which are clips, slots, scenes or tracks."""
    midi_clips: dict[Any, Node] = {}
    named: set[Any] = set()
    for target in targets:
        node = scope.target(target, "Clip", "ClipSlot", "Scene", "Track")
        clips = (
            [scope.clip_in(node)]
            if node.type in ("Clip", "ClipSlot")
            else [clip for clip in from_set.clips_below(scope.mirror, node) if clip.props.get("is_midi_clip")]
        )
        clips += scope.clips.below(node)
        scope.note_hidden_slots(node)
        if not clips and not isinstance(node.id, int):
            raise errors.NotAvailable(
                f"The clips of {scope.ref(node)} are known only after Live has made it",
                hint="end the batch before this call, and call this tool separately",
            )
        if not clips:
            raise errors.NotFound(
                f"{scope.ref(node)} has no MIDI clip", target, hint="get_set shows the clips"
            )
        for clip in clips:
            scope.check_midi(clip)
            midi_clips[clip.id] = clip
        if node.type in ("Clip", "ClipSlot"):
            named |= {clip.id for clip in clips}
    if len(midi_clips) > MOST_CLIPS:
        raise errors.TooLarge(f"These are {len(midi_clips)} clips; one call takes {MOST_CLIPS}")
    every = list(midi_clips.values())
    return [clip for clip in every if clip.id in named], [clip for clip in every if clip.id not in named]


def _copies(scope: Scope, clips: list[Node]) -> list[Node]:
    """The arrangement's clips that have the same notes as a clip of `clips` on the same track."""
    known = {clip.id for clip in clips}
    wanted = set()
    for clip in clips:
        track = from_set.track_of(scope.mirror, clip)
        wanted.add((track.id if track is not None else None, _content(scope, clip)))
    copies = []
    for clip in from_set.clips_below(scope.mirror, scope.mirror.resolve("song")):
        if (
            clip.id in known
            or not clip.props.get("is_arrangement_clip")
            or not clip.props.get("is_midi_clip")
        ):
            continue
        track = from_set.track_of(scope.mirror, clip)
        if (track.id if track is not None else None, _content(scope, clip)) in wanted:
            copies.append(clip)
    return copies


def _content(scope: Scope, clip: Node) -> Any:
    return tuple(
        sorted((note.pitch, note.start_time, note.duration, note.velocity) for note in scope.note_list(clip))
    )


def _writes(clip: Node, before: list[music.Note], result: music.Transformed) -> Iterable[Operation]:
    change = music.difference(before, result.notes)
    if not isinstance(clip.id, int) and (change.removed or change.changed):
        # Notes that the same batch writes have no ids yet.
        yield Call(clip.id, "replace_notes", {"notes": [note.fields() for note in result.notes]})
        return
    # Two notes at one pitch and start are left to Live, whose answer names the replaced one.
    places = {(note.pitch, note.start) for note in result.notes}
    under = [lost.note for lost in result.replaced if (lost.note.pitch, lost.note.start) in places]
    change = music.difference(before, [*result.notes, *under])
    if change.removed:
        yield Call(clip.id, "remove_notes_by_id", {"note_ids": change.removed})
    if change.changed:
        yield Call(clip.id, "apply_note_modifications", {"notes": change.changed})
    if change.added:
        yield Call(clip.id, "add_new_notes", {"notes": change.added})


def _moved(before: list[music.Note], after: list[music.Note]) -> list[tuple[float, float]]:
    """The (start, end) in beats of the notes that are new or lie at another time."""
    spans = {note.note_id: (note.start, note.end) for note in before}
    return [
        (to_beats(note.start), to_beats(note.end))
        for note in after
        if note.note_id is None or spans.get(note.note_id) != (note.start, note.end)
    ]


def _in_words(change: music.NoteDifference, result: music.Transformed) -> str:
    """The numbers of changes as text: "8 changed, 2 removed (7 cut at the next note of their pitch)"."""
    counts = ", ".join(f"{count} {name}" for name, count in change.counts.items()) or "nothing changes"
    costs = {
        "replaced by others": len(result.replaced),
        "cut at the next note of their pitch": result.cut,
        "removed, since less than a 1/64 note would be left": result.slivers,
    }
    words = "; ".join(f"{count} {name}" for name, count in costs.items() if count)
    return f"{counts} ({words})" if words else counts


def _would_replace(
    scope: Scope, clip: Node, before: list[music.Note], result: music.Transformed
) -> errors.WouldOverwrite:
    """The refusal of edits that would replace other notes of the clip; it names the edits and the notes."""
    lost = {replacement.note.note_id for replacement in result.replaced}
    gone = [note for note in before if note.note_id in lost]
    by = ", ".join(dict.fromkeys(f"edit {entry.edit} ({entry.name})" for entry in result.replaced))
    named = ", ".join(f"{units.pitch_name(note.pitch)}@{to_beats(note.start):g}" for note in gone[:8])
    more = f" and {len(gone) - 8} more" if len(gone) > 8 else ""
    numbers = f"{len(before)} → {len(result.notes)}"
    return errors.WouldOverwrite(
        f"{by} would put other notes where {named}{more} of {scope.ref(clip)} would lie: {numbers} notes",
        hint="say `overwrite: true` to let the newer notes stay, or `select` other notes",
        replaced=[
            {
                "type": "MidiNote",
                "note_id": note.note_id,
                "pitch": note.pitch,
                "start_time": to_beats(note.start),
            }
            for note in gone[:_MOST_NAMED]
        ],
        count=len(gone),
        notes=numbers,
    )


_MOST_NAMED = 20
"""The most notes that a refusal lists; it counts all."""


# -- reading music -------------------------------------------------------------------------------------------


class Analyze(Arguments):
    targets: Annotated[
        list[Any],
        Meta(max_length=MOST_CLIPS, description="clips, slots, scenes or tracks; default the whole Set"),
    ] = []
    statistics: Annotated[bool, Meta(description="counts, ranges and density of each clip instead")] = False
    listen_s: (
        Annotated[float, Meta(gt=0, le=60, description="listen so long instead: peaks, headroom")] | UnsetType
    ) = UNSET


@tools.reads(
    Analyze,
    "Analyze the music",
    "Keys, chords, notes outside the scale, equal clips, gaps, clashes, silent tracks, levels, with calls that fix "
    "them.",
    {},
    lasts=lambda args: args.listen_s is UNSET,
)
async def analyze(desk: Desk, args: Analyze) -> dict[str, Any]:
    reader, scope = desk.mirror, desk.scope
    if args.listen_s is not UNSET:
        only(args, "`listen_s`", "targets", of=("statistics",))
        return levels.levels(await _listen(desk, args.targets, args.listen_s))
    kinds = ("midi clip", "midi track", "group track", "Scene")
    tops = [scope.prefer(target, *kinds) for target in args.targets] or [reader.resolve("song")]
    clips = {clip.id: clip for top in tops for clip in from_set.clips_below(reader, top)}
    parts = from_set.parts_of(reader, clips.values())
    context = from_set.context_of(reader)
    if args.statistics:
        own = {part.ref: dataclasses.replace(context, span=part.span) for part in parts[:20]}
        return {"clips": {part.ref: analysis.statistics(part.notes, own[part.ref]) for part in parts[:20]}}
    if args.targets and not parts:
        raise errors.NotFound(
            "These targets have no MIDI clip", hint="name clips with notes, or leave `targets` out"
        )
    return report.report(parts, [] if args.targets else from_set.track_facts(reader), context)


async def _listen(desk: Desk, targets: list[Any], seconds: float) -> list[levels.MeteredTrack]:
    """The meters of tracks, read from Live often enough to miss no peak."""
    reader = desk.mirror
    if targets:
        tracks = [desk.scope.target(target, "Track") for target in targets]
    else:
        tracks = [*reader.children("song", "tracks"), *reader.children("song", "return_tracks")]
        main = reader.child("song", "master_track")
        tracks += [] if main is None else [main]
    metered = [
        track for track in tracks if track.props.get("has_audio_output") and not reader.hides(track.id)
    ]
    items = [(track.id, "output_meter_level") for track in metered]
    readings: list[list[float]] = [[] for _ in metered]
    rounds = max(1, math.ceil(seconds / (levels.HOLD_S / 2)))
    for number in range(rounds if items else 0):
        await anyio.sleep(seconds / rounds if number else 0)
        for peaks, value in zip(readings, await reader.read_now(items), strict=True):
            if isinstance(value, int | float):
                peaks.append(float(value))
    return [
        levels.MeteredTrack(reader.ref(track.id), track.name, peaks, track.role == "master_track")
        for track, peaks in zip(metered, readings, strict=True)
    ]
