"""The arrangement: filling it from scenes or a MIDI file; copying, opening and removing ranges.

Part of the toolset "music". Functions that Live's API lacks (cutting audio, moving automation, tempo changes along the
song) are mentioned in the answer, or refused before any change.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType
from msgspec.structs import replace

from mirror import Call, Node, Operation, Set, errors
from remote_script.SetMirror.contract.places import ID

from .. import units, views
from ..fields import Overwrite, Time
from ..late_nodes import made
from ..music import analysis, covered, export, form, from_set, ranges
from ..music.from_set import notes_of, span
from ..music.ticks import BEAT, Ticks, from_beats, to_beats
from ..plans import Plan, Scope, no_effect, only
from ..tool import Arguments
from . import music
from .clips import scene_sets

tools = music.tools
"""The toolset of `tools.music`, which has the tools for single clips."""


class SectionArgument(Struct, forbid_unknown_fields=True):
    name: Annotated[str, Meta(description="of its locator")]
    bars: Annotated[int, Meta(ge=1, description="length")]
    scene: Annotated[Any, Meta(description="index, ref or name; default the scene of that name")] = UNSET
    without: Annotated[list[Any], Meta(description="tracks that stay silent")] = []
    half: Annotated[
        list[Any], Meta(description="tracks thinned: in each bar every second note (chord; hit of each drum)")
    ] = []
    fill: Annotated[bool, Meta(description="drum clips end with a fill")] = False


Action = Literal["scenes", "midi_file", "copy", "insert", "remove"]
_TAKES = {
    "scenes": ("sections", "start", "locators", "seed"),
    "midi_file": ("file_path", "start", "locators", "session", "song"),
    "copy": ("range", "start", "locators"),
    "insert": ("range",),
    "remove": ("range",),
}
MOST_LOCATORS = 20
"""That are put into words."""
MOST_SECTIONS = 60
"""The most operations of a dry run that are described."""
MOST_NOTES = 50_000
"""The most notes of a MIDI file that becomes clips."""


class Arrange(Arguments):
    action: Annotated[
        Action, Meta(description="insert: empty time; remove: the range, and what follows moves up")
    ] = "scenes"
    sections: Annotated[list[SectionArgument], Meta(max_length=200, description="one after the other")] = []
    file_path: Annotated[str, Meta(description="of midi_file: absolute; each part becomes a new track")] = ""
    range: Annotated[list[Time], Meta(max_length=2, description="[from, to]")] = []
    start: Annotated[Time, Meta(description="where it goes; default the beginning")] | UnsetType = UNSET
    locators: Annotated[bool, Meta(description="with locators")] = True
    session: Annotated[bool, Meta(description="of midi_file: into slots instead")] = False
    song: Annotated[bool, Meta(description="of midi_file: also its tempo and signature")] = True
    seed: Annotated[int, Meta(description="of fills")] = 0
    dry_run: Annotated[bool, Meta(description="only list what would be written")] = False
    overwrite: Overwrite = False


@tools.writes(
    Arrange,
    "Arrange",
    "Fills the arrangement from scenes (each section's clips looped to its exact length) or a MIDI file; copies, "
    "inserts, removes a range on all tracks. One undo.",
    destructive=True,
    idempotent=False,
)
def arrange(scope: Scope, args: Arrange) -> Plan:
    only(
        args,
        f"action '{args.action}'",
        *_TAKES[args.action],
        of=sorted({n for e in _TAKES.values() for n in e}),
    )
    start = 0 if args.start is UNSET else from_beats(scope.position(args.start))
    match args.action:
        case "scenes":
            ops, notes = _scenes(scope, args, start)
        case "midi_file":
            ops, notes = _midi_file(scope, args, start)
        case _:
            ops, notes = _range(scope, args, start)
    # In a batch only the script knows the clips that earlier calls remove.
    if not scope.batch.made and (under := covered.covered(scope.mirror, ops)):
        notes = (*notes, _overwritten(scope, under, allowed=args.overwrite))
    return Plan.of(
        f"arrange: {args.action}",
        ops,
        notes=notes,
        dry_run=args.dry_run,
        overwrite=args.overwrite,
        makes=None,
    )


def _overwritten(scope: Scope, clips: dict[str, list[Node]], *, allowed: bool) -> str:
    """Add a note about all overwritten clips; raises WouldOverwrite with the same text if that is not allowed."""
    said = covered.in_words(clips)
    if allowed:
        return f"overwrites {said}"
    nodes = [node for part in clips.values() for node in part]
    about = [
        {"id": node.id, "type": node.type, "ref": scope.ref(node), "name": node.name} for node in nodes[:20]
    ]
    raise errors.WouldOverwrite(f"arrange would overwrite {said}", replaced=about, count=len(nodes))


def _written(clip: form.NewClip, first: int, color: int | None = None) -> list[Operation]:
    """The operations for a MIDI clip in the arrangement; `first` is the number of the first one."""
    where = {"start_time": to_beats(clip.start), "length": to_beats(clip.length)}
    ops: list[Operation] = [Call(clip.track, "create_midi_clip", where), Set(made(first), "name", clip.name)]
    if color is not None:
        ops.append(Set(made(first), "color", color))
    if isinstance(clip, form.NewClip) and clip.groove is not None:
        ops.append(Set(made(first), "groove", clip.groove))
    if clip.notes:
        ops.append(Call(made(first), "add_new_notes", {"notes": [note.fields() for note in clip.notes]}))
    return ops


def _copies(copies: Iterable[form.Copy], method: str = "duplicate_clip_to_arrangement") -> list[Operation]:
    return [
        Call(copy.track, method, {"clip": copy.clip, "destination_time": to_beats(copy.start)})
        for copy in copies
    ]


Steps = tuple[list[Operation], tuple[str, ...]]
"""Operations, and the notes about them for the answer."""


def _locators(
    scope: Scope,
    places: Iterable[tuple[Ticks, str]],
    gone: Iterable[int] = (),
    *,
    overwrite: bool = False,
    over: tuple[Ticks, Ticks] = (0, 0),
) -> Steps:
    """Locators at the places, once the locators in `gone` are deleted.

    Args:
      overwrite: Rename a locator that is at a place already; else it stays, and a note names it.
      over: The span that is written; with `overwrite` its locators at other places are deleted.
    """
    cues = {cue.time: cue for cue in _cues(scope) if cue.id not in set(gone)}
    at_times: dict[Ticks, str] = {}
    for at, name in places:
        at_times.setdefault(at, name)
    ops: list[Operation] = []
    staying, changed = [], []
    song = _song(scope)
    for at, cue in sorted(cues.items(), key=lambda entry: float(entry[0])):
        name = at_times.get(at, cue.name)
        if overwrite and at not in at_times and over[0] <= at < over[1]:
            ops.append(Call(song.id, "delete_cue_point", {"time": {ID: cue.id}}))
            changed.append(f"{_locator(scope, cue)} is deleted")
        elif name != cue.name and overwrite:
            ops.append(Set(cue.id, "name", name))
            changed.append(f"{_locator(scope, cue)} is renamed {name!r}")
        elif name != cue.name:
            staying.append(f"{_locator(scope, cue)} stays where {name!r} begins")
    for at, name in sorted(at_times.items(), key=lambda entry: float(entry[0])):
        if at not in cues:
            ops.append(Call(song.id, "create_cue_point", {"time": to_beats(at), "name": name}))
    said = [*changed[:MOST_LOCATORS], *staying[:MOST_LOCATORS]]
    if staying:
        said[-1] += ": `overwrite` renames it"
    return ops, tuple(said)


def _locator(scope: Scope, cue: ranges.Cue) -> str:
    return f"locator {cue.name!r} at {_bars(scope, to_beats(cue.time))}"


def _bars(scope: Scope, beats: float) -> str:
    return units.bars(beats, *views.signature(scope.mirror))


# -- scenes ----------------------------------------------------------------------------------------------------


def _scenes(scope: Scope, args: Arrange, start: Ticks) -> Steps:
    if not args.sections:
        raise errors.InvalidParams("action 'scenes' needs `sections`", hint="such as [{name, bars, scene}]")
    no_effect(
        args.seed != 0 and not any(section.fill for section in args.sections),
        "seed",
        "no section with `fill`",
    )
    sections = [_section(scope, section) for section in args.sections]
    layout = form.lay_out(sections, from_set.context_of(scope.mirror), start=start, seed=args.seed)
    ops = _copies(layout.copies)
    for number, copy in enumerate(layout.copies):
        if copy.marker is not None:
            ops.append(Set(made(number), "start_marker", to_beats(copy.marker)))
    for clip in layout.clips:
        ops += _written(clip, len(ops))
    beside: tuple[str, ...] = ()
    if args.locators:
        over = (start, layout.end)
        more, beside = _locators(scope, layout.locators, overwrite=args.overwrite, over=over)
        ops += more
    if not ops:
        raise errors.InvalidParams("These sections have no clips", hint="name scenes that have clips")
    bars = sum(section.bars for section in sections)
    said = f"{len(sections)} sections, {bars} bars, {len(layout.copies) + len(layout.clips)} clips"
    foreseen = form.in_words(sections, layout)[:MOST_SECTIONS] if args.dry_run else ()
    staying = _staying(scope, ops, to_beats(start), to_beats(layout.end))
    tempos = list(dict.fromkeys(note for section in args.sections for note in _of_scene(scope, section)))
    return ops, (said, *foreseen, *beside, *staying, *tempos[:MOST_LOCATORS], *layout.left_out[:20])


def _staying(scope: Scope, ops: list[Operation], start: float, end: float) -> Iterable[str]:
    """What the arrangement holds besides the sections: clips that play on inside them, and what is after their end."""
    if inside := covered.uncovered(scope.mirror, ops, start, end):
        yield f"still play inside the sections: {covered.in_words(inside)}"
    after = covered.uncovered(scope.mirror, (), end, math.inf)
    said = [covered.in_words(after)] if after else []
    late = [cue for cue in _cues(scope) if to_beats(cue.time) >= end]
    said += [_locator(scope, cue) for cue in late[:MOST_LOCATORS]]
    if said:
        yield f"stay after the end at {_bars(scope, end)}: {', '.join(said)}"


def _song(scope: Scope) -> Node:
    return scope.mirror.resolve("song")


def _scene_of(scope: Scope, args: SectionArgument) -> Node:
    return scope.target(args.name if args.scene is UNSET else args.scene, "Scene")


def _of_scene(scope: Scope, args: SectionArgument) -> Iterable[str]:
    """What a launch of the section's scene changes, and the arrangement cannot have."""
    scene = _scene_of(scope, args)
    if sets := scene_sets(scope, scene):
        named = f"{scope.ref(scene)} {scene.name!r}".removesuffix(" ''")
        yield f"{named} changes the Set's {sets} when it is launched: the arrangement plays on without this"


def _section(scope: Scope, args: SectionArgument) -> form.Section:
    scene = _scene_of(scope, args)
    tracks = scope.children(_song(scope), "tracks")
    sources = []
    scope.note_hidden_slots(scene)
    for track, slot in zip(tracks, from_set.visible_slots(scope.mirror, scene), strict=False):
        clip = None if slot is None else scope.child(slot, "clip")
        if clip is not None and not track.props.get("is_foldable"):
            sources.append(_source(scope, clip, track))
    return form.Section(
        args.name,
        args.bars,
        tuple(sources),
        frozenset(int(scope.target(track, "Track").id) for track in args.without),
        frozenset(int(scope.target(track, "Track").id) for track in args.half),
        args.fill,
    )


def _source(scope: Scope, clip: Node, track: Node) -> form.Source:
    low, high = span(clip)
    notes = None
    if clip.props.get("is_midi_clip"):
        notes = tuple(replace(note, start=note.start - low) for note in notes_of(clip))
    length = high - low if high > low else 4 * BEAT
    drums = from_set.is_drums(scope.mirror, track) or analysis.names_drums(clip.name)
    groove = clip.props.get("groove")
    name = clip.name or track.name
    begin = from_beats(float(clip.props.get("start_marker") or 0.0)) - low if clip.props.get("looping") else 0
    envelopes = bool(clip.props.get("has_envelopes"))
    return form.Source(int(clip.id), int(track.id), name, length, notes, drums, groove, begin, low, envelopes)


# -- MIDI files ------------------------------------------------------------------------------------------------


def _midi_file(scope: Scope, args: Arrange, start: Ticks) -> Steps:
    """Each part of the file as a new track with one clip; mido is imported only here."""
    from ..music import midi_files

    if not args.file_path:
        raise errors.InvalidParams("action 'midi_file' needs `file_path`", hint="the file's absolute path")
    no_effect(args.session and args.start is not UNSET, "start", "`session`: slots have no time")
    scope.check_file(args.file_path)
    song = midi_files.load(args.file_path)
    parts = [part for part in song.tracks if part.notes]
    if not parts:
        raise errors.InvalidValue("The file holds no notes", args.file_path[:200])
    count = sum(len(part.notes) for part in parts)
    if count > MOST_NOTES:
        raise errors.TooLarge(f"At most {MOST_NOTES} notes become clips; the file has {count}")
    length = from_beats(midi_files.whole_beats(song))
    ops: list[Operation] = _of_song(scope, song) if args.song else []
    for part in parts:
        ops += _track_of_part(part, len(ops), None if args.session else start, length)
    beside: tuple[str, ...] = ()
    if args.locators and not args.session:
        markers = [(start + at, name) for at, name in song.markers]
        more, beside = _locators(scope, markers, overwrite=args.overwrite)
        ops += more
    return ops, (*_said(song, parts, count, args), *beside)


def _of_song(scope: Scope, song: Any) -> list[Operation]:
    root = _song(scope)
    (_, tempo), (_, (above, below)) = song.tempos[0], song.signatures[0]
    values = {
        "tempo": min(999.0, max(20.0, tempo)),
        "signature_numerator": above,
        "signature_denominator": below,
    }
    return [Set(root.id, name, value) for name, value in values.items()]


def _track_of_part(part: Any, first: int, start: Ticks | None, length: Ticks) -> list[Operation]:
    track, name = made(first), part.name or "MIDI"
    ops: list[Operation] = [Call("song", "create_midi_track", {"index": -1}), Set(track, "name", name)]
    if start is None:
        ops.append(Call(made(first, "clip_slots/0"), "create_clip", {"pages": to_beats(length)}))
    else:
        where = {"start_time": to_beats(start), "length": to_beats(length)}
        ops.append(Call(track, "create_midi_clip", where))
    clip = made(first + 2)
    notes = {"notes": [note.fields() for note in part.notes]}
    return [*ops, Set(clip, "name", name), Call(clip, "add_new_notes", notes)]


def _said(song: Any, parts: list[Any], count: int, args: Arrange) -> Iterable[str]:
    yield f"{len(parts)} tracks, {count} notes, {0 if args.session else len(song.markers)} markers"
    yield "the new tracks have no instrument yet: insert_device or load puts one there"
    for changes, what in ((len(song.tempos), "tempos"), (len(song.signatures), "signatures")):
        if changes > 1 and args.song:
            yield f"only the first of {changes} {what} counts: Live's API cannot change it along the song"
        elif changes > 1:
            yield f"none of the {changes} {what} counts, as `song` is false"
    if song.left_out:
        yield "left out: " + ", ".join(f"{count} {kind}" for kind, count in sorted(song.left_out.items()))


# -- ranges ----------------------------------------------------------------------------------------------------


def _range(scope: Scope, args: Arrange, start: Ticks) -> Steps:
    if len(args.range) != 2:
        raise errors.InvalidParams(
            f"action '{args.action}' needs `range`", hint="[from, to], in beats or bars"
        )
    low, high = (from_beats(scope.position(bound)) for bound in args.range)
    placed, cues = list(_placed(scope)), _cues(scope)
    if args.action == "copy":
        if args.start is UNSET:
            raise errors.InvalidParams("action 'copy' needs `start`: where the copy goes")
        change = ranges.copied(placed, cues if args.locators else (), low, high, start)
    elif args.action == "insert":
        change = ranges.opened(placed, cues, low, high)
    else:
        change = ranges.closed(placed, cues, low, high)
    ops: list[Operation] = [
        Call(deletion.track, "delete_clip", {"slot": deletion.clip}) for deletion in change.deleted
    ]
    ops += _copies(change.moves, "move_clip_to_arrangement") + _copies(change.copies)
    for clip, color in change.written:
        ops += _written(clip, len(ops), color)
    root, gone = _song(scope), [cue.id for cue in change.gone_cues]
    ops += [Call(root.id, "delete_cue_point", {"time": {ID: id_}}) for id_ in gone]
    more, beside = _locators(scope, change.new_cues, gone, overwrite=args.overwrite)
    ops += more
    if not ops:
        raise errors.InvalidParams(
            f"There is nothing to {args.action} in this range", hint="look with get_set"
        )
    return ops, (_counted(change, more), *beside, *change.left_out[:20], _LANES)


_LANES = "automation in the arrangement stays where it is: Live's API can neither read nor move it"


def _counted(change: ranges.RangeEdit, locators: list[Operation]) -> str:
    counts = {
        "moved": len(change.moves),
        "copied": len(change.copies),
        "deleted": len(change.deleted),
        "written anew": len(change.written),
        "locators set": sum(isinstance(op, Call) and op.method == "create_cue_point" for op in locators),
    }
    return ", ".join(f"{count} {name}" for name, count in counts.items() if count)


def _cues(scope: Scope) -> list[ranges.Cue]:
    return [
        ranges.Cue(int(cue.id), from_beats(float(cue.props.get("time") or 0.0)), cue.name)
        for cue in scope.children(_song(scope), "cue_points")
    ]


def _placed(scope: Scope) -> Iterable[ranges.Placed]:
    for track in scope.children(_song(scope), "tracks"):
        if "arrangement_clips" not in track.children:
            continue
        for clip in scope.children(track, "arrangement_clips"):
            low, high = (
                from_beats(float(clip.props.get(name) or 0.0)) for name in ("start_time", "end_time")
            )
            notes = tuple(export.played(clip)) if clip.props.get("is_midi_clip") else None
            name, color = clip.name or track.name, clip.props.get("color")
            yield ranges.Placed(int(clip.id), int(track.id), name, low, high, notes, color)
