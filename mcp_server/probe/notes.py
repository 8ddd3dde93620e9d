"""Notes: ids, defaults, order, and overlapping notes."""

from __future__ import annotations

from typing import Any

from mcp_server.probe.bench import CLIP, Bench, Theme, a_clip
from mirror import Call

THEME = Theme("notes", a_clip)


def note(pitch: int, start: float, duration: float = 1.0, **more: Any) -> dict[str, Any]:
    return {"pitch": pitch, "start_time": start, "duration": duration, **more}


async def add(bench: Bench, *notes: dict[str, Any]) -> list[int]:
    """Add notes; returns their ids."""
    return list(await bench.answer(CLIP, "add_new_notes", notes=list(notes)))


def shown_notes(bench: Bench) -> list[list[Any]]:
    """The notes of the clip as [pitch, start, duration], by start and pitch."""
    return [[stored.pitch, stored.start_time, stored.duration] for stored in bench.mirror.notes(CLIP)]


@THEME.tries(
    "A note without further fields has velocity 100, release velocity 64, probability 1 and no deviation"
)
async def defaults_of_notes(bench: Bench) -> tuple[Any, Any]:
    await add(bench, note(60, 0.0))
    (one,) = bench.mirror.notes(CLIP)
    seen = [one.velocity, one.release_velocity, one.probability, one.velocity_deviation, one.mute]
    return [100.0, 64.0, 1.0, 0.0, False], seen


@THEME.tries("A clip keeps notes as they were written; a changed note keeps its id")
async def notes_keep_their_ids(bench: Bench) -> tuple[Any, Any]:
    ids = await add(bench, *(note(60 + n, n * 0.5, 0.25, velocity=90.5) for n in range(3)))
    change = [{"note_id": ids[0], "pitch": 72}]
    await bench.write(Call(CLIP, "apply_note_modifications", {"notes": change}))
    seen = {stored.note_id: (stored.pitch, stored.velocity) for stored in bench.mirror.notes(CLIP)}
    return {ids[0]: (72, 90.5), ids[1]: (61, 90.5), ids[2]: (62, 90.5)}, seen


@THEME.tries("Notes are returned by pitch, then by start", since=(11, 1))
async def order_of_notes(bench: Bench) -> tuple[Any, Any]:
    await add(bench, note(62, 0.0), note(60, 2.0), note(60, 0.0))
    rows = await bench.answer(CLIP, "get_all_notes_extended")
    return [[60, 0.0], [60, 2.0], [62, 0.0]], [list(row[1:3]) for row in rows]


@THEME.tries("A note added at the pitch and start of another replaces it")
async def replaced_note(bench: Bench) -> tuple[Any, Any]:
    await add(bench, note(60, 0.0, 2.0))
    await add(bench, note(60, 0.0, 1.0))
    return [[60, 0.0, 1.0]], shown_notes(bench)


@THEME.tries("A note is cut where a later note of its pitch begins")
async def cut_note(bench: Bench) -> tuple[Any, Any]:
    await add(bench, note(60, 0.0, 2.0))
    await add(bench, note(60, 1.0, 2.0))
    return [[60, 0.0, 1.0], [60, 1.0, 2.0]], shown_notes(bench)


@THEME.tries("Overlapping notes of different pitches do not change")
async def other_pitches(bench: Bench) -> tuple[Any, Any]:
    await add(bench, note(60, 0.0, 2.0), note(61, 0.0, 2.0))
    return [[60, 0.0, 2.0], [61, 0.0, 2.0]], shown_notes(bench)


@THEME.tries("A note may start before the clip's start")
async def negative_start(bench: Bench) -> tuple[Any, Any]:
    await add(bench, note(60, -1.0, 0.5))
    return [[60, -1.0, 0.5]], shown_notes(bench)


@THEME.tries("get_notes_extended takes pitches first, then times; the ends are not included")
async def pitches_first(bench: Bench) -> tuple[Any, Any]:
    await add(bench, note(60, 0.0), note(60, 2.0), note(62, 0.0))
    rows = await bench.answer(
        CLIP, "get_notes_extended", from_pitch=60, pitch_span=2, from_time=0.0, time_span=2.0
    )
    return [[60, 0.0]], [list(row[1:3]) for row in rows]


@THEME.tries("remove_notes_extended removes notes that start in the range")
async def removed_by_range(bench: Bench) -> tuple[Any, Any]:
    await add(bench, note(60, 0.0), note(60, 2.0))
    args = {"from_pitch": 0, "pitch_span": 128, "from_time": 0.0, "time_span": 2.0}
    await bench.write(Call(CLIP, "remove_notes_extended", args))
    return [[60, 2.0, 1.0]], shown_notes(bench)


@THEME.tries("remove_notes_by_id removes only these notes")
async def removed_by_id(bench: Bench) -> tuple[Any, Any]:
    ids = await add(bench, note(60, 0.0), note(62, 0.0))
    await bench.write(Call(CLIP, "remove_notes_by_id", {"note_ids": ids[:1]}))
    return [ids[1]], [stored.note_id for stored in bench.mirror.notes(CLIP)]


@THEME.tries("duplicate_notes_by_id copies, moves and transposes, and returns new ids", since=(11, 1, 2))
async def duplicated_notes(bench: Bench) -> tuple[Any, Any]:
    ids = await add(bench, note(60, 0.0))
    new = await bench.answer(
        CLIP, "duplicate_notes_by_id", note_ids=ids, destination_time=2.0, transposition_amount=12
    )
    return [[60, 0.0, 1.0], [72, 2.0, 1.0], True], [
        *shown_notes(bench),
        bool(new) and not set(ids) & set(new),
    ]


@THEME.tries("A copy beyond the pitches 0 to 127 is left out", guess=True, since=(11, 1, 2))
async def dropped_copies(bench: Bench) -> tuple[Any, Any]:
    ids = await add(bench, note(120, 0.0))
    args = {"note_ids": ids, "destination_time": 2.0, "transposition_amount": 12}
    text = await bench.refusal(Call(CLIP, "duplicate_notes_by_id", args))
    return [[[120, 0.0, 1.0]], True], [shown_notes(bench), text.startswith("taken")]


@THEME.tries("duplicate_region copies a range to another time")
async def duplicated_region(bench: Bench) -> tuple[Any, Any]:
    await add(bench, note(60, 0.0, 0.5))
    args = {"region_start": 0.0, "region_length": 1.0, "destination_time": 2.0}
    await bench.write(Call(CLIP, "duplicate_region", args))
    return [[60, 0.0, 0.5], [60, 2.0, 0.5]], shown_notes(bench)


@THEME.tries("Quantizing by 1 moves a start onto the grid: with grid 5 onto sixteenths")
async def quantized(bench: Bench) -> tuple[Any, Any]:
    await add(bench, note(60, 0.3, 0.5))
    await bench.write(Call(CLIP, "quantize", {"quantization_grid": 5, "amount": 1.0}))
    return [0.25], [round(stored.start_time, 4) for stored in bench.mirror.notes(CLIP)]


@THEME.tries("All notes can be selected and deselected")
async def selected_notes(bench: Bench) -> tuple[Any, Any]:
    await add(bench, note(60, 0.0), note(62, 1.0))
    seen = []
    for method in ("select_all_notes", "deselect_all_notes"):
        await bench.write(Call(CLIP, method))
        seen.append(len(await bench.answer(CLIP, "get_selected_notes_extended")))
    return [2, 0], seen


@THEME.tries("The older get_notes takes times first and returns five values per note")
async def older_notes(bench: Bench) -> tuple[Any, Any]:
    await add(bench, note(60, 1.0, 0.5))
    rows = await bench.answer(CLIP, "get_notes", from_time=0.0, from_pitch=0, time_span=4.0, pitch_span=128)
    return [[60, 1.0, 0.5, 100.0, False]], [list(row) for row in rows]


@THEME.tries("Live calls note 60 C3", since=(12, 0, 5))
async def middle_c(bench: Bench) -> tuple[Any, Any]:
    return "C3", await bench.answer(CLIP, "note_number_to_name", midi_pitch=60)


@THEME.tries("A removed note that an undo restores has its old id", guess=True)
async def ids_after_undo(bench: Bench) -> tuple[Any, Any]:
    ids = await add(bench, note(60, 0.0))
    await bench.write(Call(CLIP, "remove_notes_by_id", {"note_ids": ids}))
    await bench.undo()
    await bench.settle()
    return ids, [stored.note_id for stored in bench.mirror.notes(CLIP)]


@THEME.tries("A new note does not get the id of a removed note", guess=True)
async def new_ids(bench: Bench) -> tuple[Any, Any]:
    old = await add(bench, note(60, 0.0))
    await bench.write(Call(CLIP, "remove_notes_by_id", {"note_ids": old}))
    new = await add(bench, note(60, 0.0))
    return False, bool(set(old) & set(new))


@THEME.tries("A longer note removes a shorter note of its pitch that lies inside it")
async def swallowed_note(bench: Bench) -> tuple[Any, Any]:
    await add(bench, note(60, 1.0, 1.0))
    await add(bench, note(60, 0.0, 4.0))
    return [[60, 0.0, 4.0]], shown_notes(bench)


@THEME.tries("If notes are moved to one pitch and start, only the newest is left")
async def collapsed_notes(bench: Bench) -> tuple[Any, Any]:
    ids = await add(bench, note(60, 0.0), note(62, 0.0))
    change = [{"note_id": id_, "pitch": 64} for id_ in ids]
    await bench.write(Call(CLIP, "apply_note_modifications", {"notes": change}))
    return [max(ids)], [stored.note_id for stored in bench.mirror.notes(CLIP)]


@THEME.tries("quantize_pitch moves only the notes of one pitch")
async def quantized_pitch(bench: Bench) -> tuple[Any, Any]:
    await add(bench, note(60, 0.3, 0.5), note(62, 0.3, 0.5))
    args = {"note": 60, "source": 5, "amount": 1.0}
    await bench.write(Call(CLIP, "quantize_pitch", args))
    seen = {stored.pitch: round(stored.start_time, 4) for stored in bench.mirror.notes(CLIP)}
    return {60: 0.25, 62: 0.3}, seen


@THEME.tries("get_notes_by_id returns these notes")
async def notes_by_id(bench: Bench) -> tuple[Any, Any]:
    ids = await add(bench, note(60, 0.0), note(62, 1.0))
    rows = await bench.answer(CLIP, "get_notes_by_id", note_ids=ids[1:])
    return [[ids[1], 62, 1.0]], [list(row[:3]) for row in rows]


@THEME.tries("Live writes sharps as ♯: note 61 is C♯3", guess=True, since=(12, 0, 5))
async def sharps(bench: Bench) -> tuple[Any, Any]:
    return "C♯3", await bench.answer(CLIP, "note_number_to_name", midi_pitch=61)
