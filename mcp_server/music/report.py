"""A Set's music in one answer of a few kilobytes: keys, chords, problems, and the calls that would fix them.

Pure functions from parts and facts of the tracks to plain JSON. A list that is too long is cut and counts the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from msgspec import json

from . import analysis, timing
from .analysis import Part
from .context import Context
from .harmony import spelled
from .keys import find_key
from .ticks import to_beats

MOST_ROWS = 12
"""The most rows of each list; the rest is counted in `more`."""
MOST_CHORDS = 12
MOST_HEARD = 6
"""The most tracks that one proposal makes audible."""
MOST_MENDED = 100
"""The most clips that one proposal names: as many as transform_notes takes."""
MOST_MIXED, MOST_IDS = 8, 20
"""The most clips with stray notes outside chords that get a proposal, and the most notes that one proposal names."""
INSTRUMENT = "Drift"
"""The instrument proposed for a track without one: every edition of Live 12 has it."""
MOST_BYTES = 4500
"""The most bytes of the whole answer as JSON."""


class TrackFacts(NamedTuple):
    """Facts about a track that do not come from notes: whether it can sound, and devices without effect."""

    ref: str
    name: str
    kind: str
    clips: int
    devices: int
    muted: bool
    off: tuple[str, ...] = ()
    """Devices that are switched off."""
    untouched: tuple[str, ...] = ()
    """Devices whose parameters are all at their defaults."""
    volume: str = ""
    hot: bool = False
    instrument: bool = True
    to_nobody: bool = True
    """True for a track without an instrument whose notes go to no other track and no port."""
    no_output: str = ""
    """The name of an output that makes the track inaudible, else ""."""
    empty_racks: tuple[str, ...] = ()
    soloed: bool = False
    muted_clips: tuple[str, ...] = ()
    """Refs of clips that are switched off."""


def report(parts: Sequence[Part], tracks: Sequence[TrackFacts], context: Context) -> dict[str, Any]:
    """The whole report; a list without findings is left out."""
    key = analysis.key_of(parts)
    same_contents = analysis.same_contents(parts)
    distinct = _distinct(parts, same_contents)
    findings: dict[str, Any] = {"scale": f"{_root(context)} {context.scale.name}".strip()}
    if key is not None:
        findings["key"] = {
            "name": analysis.key_text(key),
            "certainty": round(key.certainty, 2),
            "outside": round(key.outside, 3),
        }
    findings["clips"] = _rows([_clip(part, context) for part in distinct])
    pitched = [part for part in parts if not part.percussive]
    outside = analysis.outside(pitched, context)
    off_grid = _off_grid(distinct)
    sections: dict[str, list[Any]] = {
        "outside_scale": _outside(outside, context),
        "same_notes": [_some(refs) for refs in same_contents],
        "empty_clips": [part.ref for part in parts if not part.notes],
        "unplayed_notes": [row for part in parts if (row := _unplayed(part))],
        "without_pad": [row for part in distinct if (row := _without_pad(part, context))],
        "off_grid": [_off_grid_row(part.ref, off) for part, off in off_grid],
        "clashes": analysis.clashes(distinct, context.scale, most=5),
        "crowded_low": analysis.crowded(distinct)[:5],
        "sections": analysis.sections(parts, context),
        "gaps": [[to_beats(low), to_beats(high)] for low, high in analysis.gaps(parts)],
        "silent_tracks": [track.ref for track in tracks if silent(track)],
        "no_output": [f"{track.ref}: {track.no_output}" for track in tracks if _unheard(track)],
        "empty_racks": [f"{track.ref}: {name}" for track in tracks for name in track.empty_racks],
        "muted_tracks": [track.ref for track in tracks if track.muted],
        "soloed_tracks": [track.ref for track in tracks if track.soloed],
        "muted_clips": [ref for track in tracks for ref in track.muted_clips],
        "without_clips": [track.ref for track in tracks if not track.clips and track.kind != "group"],
        "devices_off": [f"{track.ref}: {name}" for track in tracks for name in track.off],
        "devices_at_default": [f"{track.ref}: {name}" for track in tracks for name in track.untouched],
        "unnamed": [part.ref for part in parts if not part.name][:MOST_ROWS],
        "hot": [f"{track.ref} {track.volume}" for track in tracks if track.hot],
    }
    same = key is not None and key.scale.classes == context.scale.classes
    mending = {
        ref: outside[ref] for row in sections["outside_scale"] for ref in row["clips"] if outside[ref].strays
    }
    proposals = _proposals(findings | sections, not same, mending)
    proposals += _quantized(off_grid) + _sound_proposals(tracks)
    for row in sections["outside_scale"]:
        row["clips"] = _some(row["clips"], 8)
    findings.update({name: _rows(rows) for name, rows in sections.items() if rows})
    if proposals:
        findings["proposals"] = proposals
    return _fitted(findings)


def _root(context: Context) -> str:
    return spelled(context.scale)[context.scale.root]


def _rows(rows: list[Any]) -> Any:
    if len(rows) <= MOST_ROWS:
        return rows
    return [*rows[:MOST_ROWS], {"more": len(rows) - MOST_ROWS}]


def _fitted(findings: dict[str, Any]) -> dict[str, Any]:
    """The findings in at most `MOST_BYTES`: the longest list loses half of its rows until the answer fits."""
    while len(json.encode(findings)) > MOST_BYTES:
        lists = {name: rows for name, rows in findings.items() if isinstance(rows, list) and len(rows) > 2}
        lists.pop("proposals", None)
        if not lists:
            break
        name = max(lists, key=lambda list_name: len(json.encode(lists[list_name])))
        rows, more = lists[name], 0
        if isinstance(rows[-1], dict) and "more" in rows[-1]:
            rows, more = rows[:-1], rows[-1]["more"]
        half = len(rows) // 2
        findings[name] = [*rows[:half], {"more": len(rows) - half + more}]
    return findings


def _distinct(parts: Sequence[Part], same_contents: list[list[str]]) -> list[Part]:
    """The parts with notes in order; of parts with the same notes, only the first."""
    copies = {ref for refs in same_contents for ref in refs[1:]}
    return [part for part in parts if part.notes and part.ref not in copies]


def _clip(part: Part, context: Context) -> dict[str, Any]:
    own = Context(context.scale, context.numerator, context.denominator, part.span)
    notes = part.sounding or list(part.notes)
    row: dict[str, Any] = {"ref": part.ref, "name": part.name, "notes": len(part.notes)}
    length = to_beats(part.span[1] - part.span[0])
    row["per_beat"] = round(len(notes) / length, 2) if length else 0
    swing = timing.swing(notes)
    if swing is not None and abs(swing - 50) > 1:
        row["swing"] = swing
    if part.drums:
        row["rhythm"] = analysis.rhythm(notes, own)
        return row
    names = [analysis.name_of(pitch(note.pitch for note in notes), context.scale) for pitch in (min, max)]
    row["range"] = "-".join(names)
    key = find_key(notes)
    if key is not None and key.certainty >= 0.5:
        row["key"] = analysis.key_text(key)
    chords = [symbol for _, symbol in analysis.chords_over(notes, own)]
    if chords:
        row["chords"] = " ".join(chords[:MOST_CHORDS]) + (" …" if len(chords) > MOST_CHORDS else "")
    return row


def _some(refs: list[str], most: int = 4) -> list[str]:
    """The first refs of a long list, and the number of the rest."""
    return refs if len(refs) <= most else [*refs[:most], f"{len(refs) - most} more"]


def _outside(outside: dict[str, analysis.Outside], context: Context) -> list[dict[str, Any]]:
    """Clips grouped by their pitches outside the scale, the group with most such notes first.

    `in_chords` counts the notes that are tones of chords.
    """
    rows: dict[tuple[str, ...], dict[str, Any]] = {}
    for ref, notes in outside.items():
        numbers = sorted({note.pitch for line in notes for note in line})
        pitches = [analysis.name_of(number, context.scale) for number in numbers]
        row = rows.setdefault(
            tuple(pitches), {"pitches": pitches[:6], "notes": 0, "in_chords": 0, "clips": []}
        )
        row["notes"] += sum(map(len, notes))
        row["in_chords"] += len(notes.chord_tones)
        row["clips"].append(ref)
    for row in rows.values():
        if not row["in_chords"]:
            del row["in_chords"]
    return sorted(rows.values(), key=lambda row: -row["notes"])


def _unplayed(part: Part) -> dict[str, Any]:
    """The numbers of a clip's notes that are muted, and that lie outside of what it plays; empty if there are none."""
    counts = {"muted": sum(note.mute for note in part.notes), "outside": part.unreached}
    counts = {name: count for name, count in counts.items() if count}
    return {"ref": part.ref, **counts} if counts else {}


def _without_pad(part: Part, context: Context) -> dict[str, Any]:
    """The pitches of a clip's notes for which its drum rack has no sound; empty if there are none."""
    missing = () if part.sounds is None else {note.pitch for note in part.sounding} - part.sounds
    names = [analysis.name_of(pitch, context.scale) for pitch in sorted(missing)]
    return {"ref": part.ref, "pitches": _some(names, 6)} if names else {}


def _off_grid(parts: Sequence[Part]) -> list[tuple[Part, timing.OffGrid]]:
    """The parts off the grid."""
    measured = [(part, timing.off_grid(part.sounding or part.notes)) for part in parts]
    return [(part, off) for part, off in measured if off is not None]


def _off_grid_row(ref: str, off: timing.OffGrid) -> dict[str, Any]:
    return {"ref": ref, "notes": off.notes, "grid": off.grid, "by": round(off.by, 3)}


def _quantized(parts: list[tuple[Part, timing.OffGrid]]) -> list[dict[str, Any]]:
    """A call for each grid that puts the notes on it."""
    grids: dict[str, list[str]] = {}
    for part, off in parts:
        grids.setdefault(off.grid, []).append(part.ref)
    return [
        {
            "why": f"most notes lie off the {grid} grid (unless they were played so)",
            "tool": "transform_notes",
            "args": {"clips": refs[:MOST_MENDED], "edits": [{"edit": "quantize", "grid": grid}]},
        }
        for grid, refs in grids.items()
    ]


def silent(track: TrackFacts) -> bool:
    """True for a MIDI track with clips whose notes reach no instrument."""
    return track.kind == "midi" and track.clips > 0 and not track.instrument and track.to_nobody


def _unheard(track: TrackFacts) -> bool:
    """True for a track with clips or devices whose output goes nowhere, for another reason than `silent`."""
    return bool(track.no_output) and (track.clips > 0 or track.devices > 0) and not silent(track)


def _sound_proposals(tracks: Sequence[TrackFacts]) -> list[dict[str, Any]]:
    """Calls that make inaudible tracks audible: another output, and an instrument for notes that reach none.

    Drum tracks without an instrument get no call, since the musician has to choose the kit.
    """
    proposals: list[dict[str, Any]] = []
    mute = [track.ref for track in tracks if _unheard(track)][:MOST_HEARD]
    if mute:
        calls = [{"tool": "set_track", "args": {"track": ref, "output_routing_type": "Main"}} for ref in mute]
        why = "tracks whose output goes nowhere"
        proposals.append({"why": why, "tool": "batch", "args": {"calls": calls}})
    bare = [track.ref for track in tracks if silent(track) and not analysis.names_drums(track.name)]
    if bare:
        calls = [
            {"tool": "insert_device", "args": {"to": ref, "name": INSTRUMENT}} for ref in bare[:MOST_HEARD]
        ]
        why = "notes reach no instrument (from Live 12.3; before, load one from the browser)"
        proposals.append({"why": why, "tool": "batch", "args": {"calls": calls}})
    return proposals


def _proposals(
    findings: dict[str, Any], other_key: bool, mending: dict[str, analysis.Outside]
) -> list[dict[str, Any]]:
    """Tool calls that would fix the findings, each with its reason."""
    proposals: list[dict[str, Any]] = []

    def propose(why: str, tool: str, args: dict[str, Any]) -> None:
        proposals.append({"why": why, "tool": tool, "args": args})

    key = findings.get("key")
    if key and other_key and key["certainty"] > 0.75:
        propose(f"the notes are in {key['name']}", "set_song", {"key": key["name"]})
    fits = _fits(mending)
    if len(fits) == 1:
        propose(fits[0][0], "transform_notes", fits[0][1])
    elif fits:
        # One call fixes all clips, as one undo step.
        calls = [{"tool": "transform_notes", "args": args} for _, args in fits]
        propose("; ".join(dict.fromkeys(why for why, _ in fits)), "batch", {"calls": calls})
    empty = findings.get("empty_clips", [])[:MOST_ROWS]
    if empty:
        propose("clips without notes", "delete", {"targets": empty})
    if findings.get("hot"):
        refs = [row.split(" ")[0] for row in findings["hot"][:MOST_ROWS]]
        calls = [{"tool": "set_track", "args": {"track": ref, "volume": "0 dB"}} for ref in refs]
        propose("faders above 0 dB leave no headroom", "batch", {"calls": calls})
    return proposals


def _fits(mending: dict[str, analysis.Outside]) -> list[tuple[str, dict[str, Any]]]:
    """(reason, arguments) of the calls that fit stray notes to the scale and leave the tones of chords."""
    whole = [ref for ref, outside in mending.items() if not outside.chord_tones]
    calls: list[tuple[str, dict[str, Any]]] = []
    if whole:
        more = f" (the first {MOST_MENDED} of {len(whole)} clips)" if len(whole) > MOST_MENDED else ""
        args = {"clips": whole[:MOST_MENDED], "edits": [{"edit": "fit_to_scale"}], "overwrite": True}
        calls.append((f"notes lie outside the scale{more}", args))
    mixed = [(ref, outside.strays) for ref, outside in mending.items() if outside.chord_tones]
    for ref, strays in mixed[:MOST_MIXED]:
        ids = [note.note_id for note in strays[:MOST_IDS]]
        edit = {"edit": "fit_to_scale", "select": {"ids": ids}}
        why = "notes lie outside the scale and belong to no chord"
        calls.append((why, {"clips": [ref], "edits": [edit], "overwrite": True}))
    return calls
