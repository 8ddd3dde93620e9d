"""A Set's music in one answer of a few kilobytes: keys, chords, problems, and the calls that would fix them.

Pure functions from parts and facts of the tracks to plain JSON. A list that is too long is cut and counts the rest.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

from msgspec import json

from . import analysis
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
    """Devices all of whose parameters are at their defaults."""
    volume: str = ""
    hot: bool = False
    instrument: bool = True
    to_nobody: bool = True
    """True when the track's notes go to no other track and no port, where it has no instrument."""
    no_output: str = ""
    """The name of an output that makes the track inaudible, else ""."""
    empty_racks: tuple[str, ...] = ()


def report(parts: Sequence[Part], tracks: Sequence[TrackFacts], context: Context) -> dict[str, Any]:
    """The whole report; a list without findings is left out."""
    key = analysis.key_of(parts)
    findings: dict[str, Any] = {"scale": f"{_root(context)} {context.scale.name}".strip()}
    if key is not None:
        findings["key"] = {
            "name": analysis.key_text(key),
            "certainty": round(key.certainty, 2),
            "outside": round(key.outside, 3),
        }
    findings["clips"] = _rows([_clip(part, context) for part in _distinct(parts)])
    sections: dict[str, list[Any]] = {
        "outside_scale": _outside(parts, context),
        "same_notes": [_some(refs) for refs in analysis.same_contents(parts)],
        "empty_clips": [part.ref for part in parts if not part.notes],
        "clashes": analysis.clashes(_distinct(parts), most=5),
        "crowded_low": analysis.crowded(_distinct(parts))[:5],
        "sections": analysis.sections(parts, context),
        "gaps": [[to_beats(low), to_beats(high)] for low, high in analysis.gaps(parts)],
        "silent_tracks": [track.ref for track in tracks if silent(track)],
        "no_output": [f"{track.ref}: {track.no_output}" for track in tracks if _unheard(track)],
        "empty_racks": [f"{track.ref}: {name}" for track in tracks for name in track.empty_racks],
        "muted_tracks": [track.ref for track in tracks if track.muted and track.clips],
        "devices_off": [f"{track.ref}: {name}" for track in tracks for name in track.off],
        "devices_at_default": [f"{track.ref}: {name}" for track in tracks for name in track.untouched],
        "unnamed": [part.ref for part in parts if not part.name][:MOST_ROWS],
        "hot": [f"{track.ref} {track.volume}" for track in tracks if track.hot],
    }
    same = key is not None and key.scale.classes == context.scale.classes
    approaching = {part.ref for part in parts if analysis.approaches(part.notes, context.scale)}
    mending = [ref for row in sections["outside_scale"] for ref in row["clips"] if ref not in approaching]
    proposals = _proposals(findings | sections, not same, mending)
    proposals += _sound_proposals(tracks)
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


def _distinct(parts: Sequence[Part]) -> list[Part]:
    """The parts with notes, one part for each content, in order."""
    copies = {ref for refs in analysis.same_contents(parts) for ref in refs[1:]}
    return [part for part in parts if part.notes and part.ref not in copies]


def _clip(part: Part, context: Context) -> dict[str, Any]:
    own = Context(context.scale, context.numerator, context.denominator, part.span)
    notes = part.sounding or list(part.notes)
    row: dict[str, Any] = {"ref": part.ref, "name": part.name, "notes": len(part.notes)}
    length = to_beats(part.span[1] - part.span[0])
    row["per_beat"] = round(len(notes) / length, 2) if length else 0
    swing = analysis.swing(notes)
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


def _outside(parts: Sequence[Part], context: Context) -> list[dict[str, Any]]:
    """Clips grouped by their pitches outside the scale, the group with most such notes first."""
    groups: dict[tuple[str, ...], list[str]] = {}
    counts: Counter[tuple[str, ...]] = Counter()
    for part in parts:
        pitches = (
            () if part.percussive else tuple(analysis.foreign((n.pitch for n in part.notes), context.scale))
        )
        if pitches:
            groups.setdefault(pitches, []).append(part.ref)
            counts[pitches] += sum(note.pitch not in context.scale for note in part.notes)
    return [
        {"pitches": list(pitches[:6]), "notes": notes, "clips": groups[pitches]}
        for pitches, notes in counts.most_common()
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


def _proposals(findings: dict[str, Any], other_key: bool, mending: list[str]) -> list[dict[str, Any]]:
    """Tool calls that fix problems of the findings."""
    proposals: list[dict[str, Any]] = []

    def propose(why: str, tool: str, args: dict[str, Any]) -> None:
        proposals.append({"why": why, "tool": tool, "args": args})

    key = findings.get("key")
    if key and other_key and key["certainty"] > 0.75:
        propose(f"the notes are in {key['name']}", "set_song", {"key": key["name"]})
    if mending:
        more = f" (the first {MOST_MENDED} of {len(mending)} clips)" if len(mending) > MOST_MENDED else ""
        args = {"clips": mending[:MOST_MENDED], "edits": [{"edit": "fit_to_scale"}], "overwrite": True}
        propose(f"notes lie outside the scale{more}", "transform_notes", args)
    empty = findings.get("empty_clips", [])[:MOST_ROWS]
    if empty:
        propose("clips without notes", "delete", {"targets": empty})
    if findings.get("hot"):
        refs = [row.split(" ")[0] for row in findings["hot"][:MOST_ROWS]]
        calls = [{"tool": "set_track", "args": {"track": ref, "volume": "0 dB"}} for ref in refs]
        propose("faders above 0 dB leave no headroom", "batch", {"calls": calls})
    return proposals
