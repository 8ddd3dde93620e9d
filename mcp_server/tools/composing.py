"""New parts from a few words: chords, a bass line, a melody, drums or a fill, into a new clip or one that exists.

Part of the toolset "music". `mcp_server.music.writing` makes the notes; this module decides where they go, how long the
clip is, and which notes of an earlier part they replace.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, UnsetType

from mirror import Call, Node, Operation, Set, errors

from .. import music, units
from ..answers import ranges
from ..fields import Length, Overwrite, Time
from ..late_nodes import Product, made
from ..music import drum_names, from_set, harmony, writing
from ..music.ticks import BEAT, exact, to_beats
from ..plans import Plan, Scope, no_effect, only
from ..tool import Arguments
from .clips import free_slot
from .music import tools
from .notes import say_outside

Part = Literal["chords", "bass", "melody", "drums", "fill"]
_OPTIONS = {
    "chords": ("key", "octave", "voicing", "rhythm", "grid", "velocity", "with_bass", "length"),
    "bass": ("key", "octave", "style", "rhythm", "grid", "velocity", "length"),
    "melody": ("key", "octave", "grid", "velocity", "length"),
    "drums": ("style", "length"),
    "fill": ("length", "seed"),
}


class Compose(Arguments):
    part: Annotated[Part, Meta(description="what to write")]
    into: Annotated[Any, Meta(description="a MIDI clip, an empty slot, or a track for a new clip")]
    text: Annotated[
        str,
        Meta(
            description="chords, bass: 'Dm9 | G7 Bb/C' or 'ii9 V7 | Imaj7', | ends a bar; melody: degrees "
            "'1 3 . 5 -'; fill: pads"
        ),
    ] = ""
    at: (
        Annotated[Time, Meta(description="where in the clip, in beats; fill: default its last bar")]
        | UnsetType
    ) = UNSET
    key: Annotated[str, Meta(description="default the Set's")] | UnsetType = UNSET
    octave: (
        Annotated[int, Meta(ge=-1, le=7, description="of the lowest note, 3 has middle C")] | UnsetType
    ) = UNSET
    voicing: Annotated[
        Literal["led", "close", "open", "drop2", "drop3", "drop2+4"], Meta(description="led: least motion")
    ] = "led"
    style: Annotated[
        str, Meta(description="bass: roots fifths octaves walking pattern; drums: 'lo-fi' 'house' 'trap'…")
    ] = ""
    rhythm: Annotated[str, Meta(description="per grid step: 'x--x..' hit, hold, rest")] = ""
    grid: Length | UnsetType = UNSET
    velocity: Annotated[float, Meta(ge=1, le=127, description="1..127")] | UnsetType = UNSET
    with_bass: Annotated[bool, Meta(description="add the bass, in the octave below the first chord")] = False
    length: Annotated[Length, Meta(description="drums, fill: beats or '2 bars'")] | UnsetType = UNSET
    seed: Annotated[int, Meta(description="of a fill: the same gives the same")] = 0
    name: Annotated[str, Meta(description="of a new clip")] | UnsetType = UNSET
    overwrite: Overwrite = False


@tools.writes(
    Compose,
    "Compose a part",
    "Writes chords, a bass line, a melody, drums or a fill into a clip, making the clip where there is none.",
    idempotent=False,
)
def compose(scope: Scope, args: Compose) -> Plan:
    every = sorted({name for names in _OPTIONS.values() for name in names})
    only(args, f"part '{args.part}'", *_OPTIONS[args.part], of=every)
    bars = _bars(scope, args)
    no_effect(args.grid is not UNSET and args.part != "melody" and not args.rhythm, "grid", "no `rhythm`")
    no_effect(bool(args.text) and args.part == "drums" and bool(args.style), "text", "`style`")
    no_effect(
        bool(args.rhythm) and args.part == "bass" and args.style not in ("", "pattern"), "rhythm", args.style
    )
    node = scope.prefer(args.into, *_fitting(args), of=("Clip", "ClipSlot", "Track"))
    present = node if node.type == "Clip" else _clip_of(scope, node) if node.type == "ClipSlot" else None
    new = present is None
    no_effect(args.name is not UNSET and not new, "name", "a clip that exists already")
    no_effect(args.overwrite and new, "overwrite", "a new clip")
    context = from_set.context_of(scope.mirror, present or node)
    start = _beginning(args, context, new)
    notes, length, remarks = _composed(args, context, start, bars)
    if not notes:
        raise errors.InvalidValue(f"{args.part}: nothing was written", args.text, hint="look at `text`")
    _check_length(args, context, length)
    ops, clip = _where(scope, args, node, to_beats(exact(start + length)))
    said: list[str] = []
    if present is not None:
        made_way, said = _made_way(scope, args, present, notes)
        ops += made_way
        say_outside(scope, present, [(to_beats(note.start), to_beats(note.end)) for note in notes], "notes")
    ops.append(Call(clip, "add_new_notes", {"notes": [note.fields() for note in notes]}))
    creates = next(
        (n for n, op in enumerate(ops) if isinstance(op, Call) and op.method == "create_clip"), None
    )
    makes = Product(creates, "Clip") if creates is not None else None
    beats = "beats" if context.denominator == 4 else "quarter notes"
    said.insert(0, f"{len(notes)} notes, {to_beats(length):g} {beats}")
    if bars:
        said[0] += f": {_counted(sum(map(len, bars)), 'chord')} in {_counted(len(bars), 'bar')}"
    said += [*remarks, *_no_drums(scope, args, present or node)]
    if args.part == "fill":
        said[0] += f", from {units.bars(to_beats(start), context.numerator, context.denominator)}"
    return Plan.of(f"compose {args.part}", ops, notes=tuple(said), overwrite=args.overwrite, makes=makes)


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _no_drums(scope: Scope, args: Compose, node: Node) -> list[str]:
    """A note for drums on an instrument that would play their pitches as a melody."""
    track = from_set.track_of(scope.mirror, node)
    if args.part not in ("drums", "fill") or track is None or from_set.pads_of(scope.mirror, track):
        return []
    playing = [
        device for device in from_set.devices_of(scope.mirror, track)
        if device.props.get("type") == from_set.INSTRUMENT
    ]  # fmt: skip
    if not playing or any(device.props.get("can_have_drum_pads") for device in playing):
        return []
    return [f"'{track.name}' has no drum rack: {playing[0].name} plays these drums as notes"]


def _check_length(args: Compose, context: music.Context, length: music.Ticks) -> None:
    """Refuse a `length` that differs from the length of `text`, for chords, a bass or a melody."""
    if args.length is UNSET or args.part in ("drums", "fill") or context.length(args.length) == length:
        return
    raise errors.InvalidParams(
        f"part '{args.part}' is as long as its `text`, {to_beats(length):g} beats; `length` says {args.length}",
        hint="leave `length` out, or write as many bars into `text`: each | ends a bar",
    )


def _fitting(args: Compose) -> tuple[str, ...]:
    """The kinds of objects that the arguments fit: only a new clip gets a name, only a present one is overwritten."""
    if args.name is not UNSET:
        return ("midi track",)
    return ("midi clip",) if args.overwrite else ("midi clip", "midi track")


def _beginning(args: Compose, context: music.Context, new: bool) -> music.Ticks:
    """The part's start: the given time; by default the last bar of the clip for a fill, and 0 for other parts."""
    if args.at is not UNSET:
        return context.time(args.at)
    if args.part != "fill" or new:
        return 0
    return max(context.span[0], context.span[1] - _asked_length(args, context))


def _asked_length(args: Compose, context: music.Context) -> music.Ticks:
    """The length of drums or a fill: as requested, by default a bar."""
    return context.bar if args.length is UNSET else context.length(args.length)


def _made_way(
    scope: Scope, args: Compose, clip: Node, notes: list[music.Note]
) -> tuple[list[Operation], list[str]]:
    """The operations that remove notes before the new notes are added, and their description.

    With `overwrite` these are the notes of the former part: they start in the time of the new notes and have the
    same drums' pitches, or pitches between the new part's lowest and highest one, or are other chords. Notes that Live
    would cut to less than a 1/64 note are always removed.
    """
    try:
        present = [music.Note.of(note) for note in scope.note_list(clip)]
    except errors.NotAvailable:
        # An earlier call of the batch changes the notes.
        if args.overwrite:
            raise
        return [], []
    replaced = _same_part(args, notes, present) if args.overwrite else []
    rest = [note for note in present if note not in replaced]
    slivers = music.cut_short(rest, notes)
    gone = [*replaced, *slivers]
    ops: list[Operation] = []
    if gone and all(note.note_id is not None for note in gone):
        ops = [Call(clip.id, "remove_notes_by_id", {"note_ids": [note.note_id for note in gone]})]
    elif gone:
        kept = [note.fields() for note in present if note not in gone]
        ops = [Call(clip.id, "replace_notes", {"notes": kept})]
    first, last = min(note.start for note in notes), max(note.end for note in notes)
    merged = [note for note in rest if note not in slivers and note.end > first and note.start < last]
    counts = {
        "notes of the part before are replaced": len(replaced),
        "notes go that would be cut to less than a 1/64 note": len(slivers),
        "notes that were there play with the new ones": len(merged),
    }
    remarks = [f"{count} {words}" for words, count in counts.items() if count]
    if merged and all(note.note_id is not None for note in merged):
        ids = ranges(note.note_id for note in merged if note.note_id is not None)
        other = "" if args.overwrite else ", or `overwrite`, for those of the same part"
        remarks.append(f"edit_notes with `remove` takes out what was there: ids {ids}{other}")
    return ops, remarks


def _same_part(args: Compose, notes: list[music.Note], present: list[music.Note]) -> list[music.Note]:
    first, last = min(note.start for note in notes), max(note.end for note in notes)
    pitches = {note.pitch for note in notes}
    low, high = min(pitches), max(pitches)
    if args.part == "bass":
        # The range of all styles of a bass line.
        low = min(low, _lowest(args, 28))
        high = max(high, _lowest(args, 28) + 19)
    drums = args.part in ("drums", "fill")
    chords = list(_chords_before(args, present)) if args.part == "chords" else []
    return [
        note
        for note in present
        if first <= note.start < last
        and (note.pitch in pitches if drums else low <= note.pitch <= high or note in chords)
    ]


_VOICINGS = 26
"""Semitones above the lowest pitch of chords that their voicings take."""
_CHORD = 3
"""Notes that begin together are a chord from this number on."""


def _chords_before(args: Compose, present: list[music.Note]) -> Iterator[music.Note]:
    """The notes of the clip's chords, in the range of all voicings; single notes, as of a melody, are none of these."""
    low = _lowest(args, 48)
    near = [note for note in present if low <= note.pitch <= low + _VOICINGS]
    together = Counter(round(note.start / _TOGETHER) for note in near)
    return (note for note in near if together[round(note.start / _TOGETHER)] >= _CHORD)


_TOGETHER = BEAT // 8
"""Notes of a chord begin within this time also where they were humanised."""


def _lowest(args: Compose, usual: int) -> int:
    return usual if args.octave is UNSET else (args.octave + 2) * 12


def _clip_of(scope: Scope, slot: Node) -> Node | None:
    if isinstance(slot.id, int):
        return scope.child(slot, "clip")
    return scope.clips.in_slot(slot.id)[1]


def _bars(scope: Scope, args: Compose) -> list[list[harmony.Chord]]:
    """The progression in `text`; a key is refused if neither degrees nor a walking bass need it."""
    if args.part not in ("chords", "bass"):
        return []
    key = from_set.scale_of(scope.mirror) if args.key is UNSET else music.Scale.of_text(args.key)
    bars = harmony.progression(args.text, key)
    plain = all(harmony.is_symbol(chord.name) for bar in bars for chord in bar)
    no_effect(args.key is not UNSET and plain and args.style != "walking", "key", "chord symbols alone")
    return bars


def _where(scope: Scope, args: Compose, node: Node, length: float) -> tuple[list[Operation], Any]:
    """The operations that make the clip, none if it exists, and the clip's target."""
    if node.type == "Clip":
        scope.check_midi(node)
        return [], node.id
    if node.type == "ClipSlot":
        clip = _clip_of(scope, node)
        if clip is not None:
            scope.check_midi(clip)
            return [], clip.id
        ops: list[Operation] = []
        slot = node.id
        scope.taken.add(slot)
    else:
        ops, slot = free_slot(scope, node)
    ops.append(Call(slot, "create_clip", {"pages": length}))
    clip_id = made(len(ops) - 1)
    if args.name is not UNSET:
        ops.append(Set(clip_id, "name", args.name))
    return ops, clip_id


def _composed(
    args: Compose, context: music.Context, start: music.Ticks, bars: list[list[harmony.Chord]]
) -> tuple[list[music.Note], music.Ticks, list[str]]:
    """The notes of the part, its length from `start` on, and remarks for the answer."""
    key = context.scale if args.key is UNSET else music.Scale.of_text(args.key)
    grid = None if args.grid is UNSET else context.length(args.grid)
    step = BEAT // 2 if grid is None else grid
    more: dict[str, Any] = {"start": start}
    if args.velocity is not UNSET:
        more["velocity"] = args.velocity
    match args.part:
        case "chords":
            lowest = _lowest(args, 48)
            kind = "close" if args.voicing == "led" else args.voicing
            notes = writing.chord_notes(
                bars, context, lowest=lowest, kind=kind, lead=args.voicing == "led",
                bass=args.with_bass, rhythm=args.rhythm, grid=step, **more,
            )  # fmt: skip
            return (
                notes,
                len(bars) * context.bar,
                _thinned(bars) + _unplayed(bars, context, start, step, notes),
            )
        case "bass":
            lowest = _lowest(args, 28)
            style = args.style or ("pattern" if args.rhythm else "roots")
            if style not in ("roots", "fifths", "octaves", "walking", "pattern"):
                choices = ["roots", "fifths", "octaves", "walking", "pattern"]
                raise errors.InvalidValue(f"There is no bass style {style!r}", style, choices=choices)
            notes = writing.bass_notes(
                bars, context, style=style, lowest=lowest,  # type: ignore[arg-type]
                pattern=args.rhythm, grid=step, scale=key, **more,
            )  # fmt: skip
            return notes, len(bars) * context.bar, _unplayed(bars, context, start, step, notes)
        case "melody":
            octave = 3 if args.octave is UNSET else args.octave
            tune = writing.melody(args.text, key, octave=octave, bar=context.bar, grid=grid, **more)
            end = -(-int(start + tune.length) // context.bar) * context.bar
            return tune.notes, end - start, []
        case "drums":
            length = _asked_length(args, context)
            style = args.style or args.text or "boom bap"
            notes, missing = writing.style_notes(style, context, length, start=start)
            return notes, length, [f"left out, without a pad: {', '.join(missing)}"] if missing else []
        case _:
            length = _asked_length(args, context)
            names = args.text.replace(",", " ").split()
            pitches = [drum_names.pad(name.replace("_", " "), context.pads) for name in names]
            pitches = pitches or drum_names.of_a_fill(context.pads)
            return writing.fill(context, pitches, length, start=start, seed=args.seed), length, []


def _unplayed(
    bars: list[list[harmony.Chord]],
    context: music.Context,
    start: music.Ticks,
    step: music.Ticks,
    notes: list[music.Note],
) -> list[str]:
    """The remark on chords that the rhythm never plays."""
    starts = sorted({note.start for note in notes})
    names = [
        chord.name
        for chord, at, length in writing.timed_chords(bars, context, start, step)
        if not any(at <= begin < at + length for begin in starts)
    ]
    return [f"the rhythm has no hit for {', '.join(names)}"] if names else []


def _thinned(bars: list[list[harmony.Chord]]) -> list[str]:
    """The remark on chords whose voicing leaves notes out."""
    remarks: dict[str, None] = {}
    for chord in (chord for bar in bars for chord in bar if chord.voiced != chord.intervals):
        left_out = [_LEFT_OUT[step] for step in chord.intervals if step not in chord.voiced]
        remarks[f"{chord.name} without {' and '.join(left_out)}"] = None
    return [f"voiced as players do: {', '.join(remarks)}"] if remarks else []


_LEFT_OUT = {4: "third", 7: "fifth", 17: "eleventh"}
