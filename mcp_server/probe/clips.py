"""Clips of the Session: creating, copying, deleting, looping, cropping."""

from __future__ import annotations

from typing import Any

from mcp_server.probe.bench import AUDIO, CLIP, MIDI, SLOT, Bench, Theme, a_clip
from mirror import Call, Set

NEXT = MIDI + "/clip_slots/1"

THEME = Theme("clips", a_clip)

THEME.reads(
    "new_clips",
    "A new clip is looped over its length and starts at 0, without name, groove or envelopes",
    {
        CLIP + ".looping": True,
        CLIP + ".loop_start": 0.0,
        CLIP + ".loop_end": 4.0,
        CLIP + ".start_marker": 0.0,
        CLIP + ".end_marker": 4.0,
        CLIP + ".length": 4.0,
        CLIP + ".name": "",
        CLIP + ".muted": False,
        CLIP + ".has_groove": False,
        CLIP + ".has_envelopes": False,
        CLIP + ".is_midi_clip": True,
        CLIP + ".will_record_on_start": False,
    },
)
THEME.reads(
    "slots_have_no_color",
    "A slot has no colour of its own, not even with a clip in it",
    {SLOT + ".color": None, SLOT + ".color_index": None, SLOT + ".controls_other_clips": False},
)
THEME.takes(
    "colors_of_clips",
    "A clip's colour snaps to the palette",
    CLIP + ".color",
    {0xABCDEF: 0xB9C1E3, 0xFF0000: 0xFF3636},
)
THEME.refuses(
    "occupied_slot",
    "A clip can only be created in an empty slot",
    "The clip slot already contains a clip",
    [Call(SLOT, "create_clip", {"pages": 4.0})],
    guess=True,
)
THEME.refuses(
    "empty_slot",
    "Deleting the clip of an empty slot is refused",
    "The clip slot is empty",
    [Call(NEXT, "delete_clip")],
    guess=True,
)
THEME.refuses(
    "midi_clip_on_an_audio_track",
    "A MIDI clip can only be created on a MIDI track",
    "MIDI clips can only be created on MIDI tracks",
    [Call(AUDIO + "/clip_slots/0", "create_clip", {"pages": 4.0})],
    guess=True,
)
THEME.refuses(
    "incompatible_tracks",
    "A MIDI clip cannot be duplicated to an audio track",
    "Incompatible track types for clip duplication",
    [Call(SLOT, "duplicate_clip_to", {"target_clip_slot": AUDIO + "/clip_slots/0"})],
)
THEME.refuses(
    "clip_loop_start_behind_the_end",
    "A clip's loop cannot start after its end",
    "Cannot set LoopStart behind LoopEnd",
    [Set(CLIP, "loop_start", 8.0)],
)
THEME.refuses(
    "clip_loop_end_before_the_start",
    "A clip's loop cannot end before its start",
    "Cannot set LoopEnd before LoopStart",
    [Set(CLIP, "loop_start", 2.0), Set(CLIP, "loop_end", 1.0)],
)
THEME.refuses(
    "invalid_grid",
    "Quantizing takes a grid from 1 to 8",
    "Invalid quantization.",
    [Call(CLIP, "quantize", {"quantization_grid": 9, "amount": 1.0})],
)


@THEME.tries("duplicate_clip_to overwrites the slot's clip")
async def overwritten(bench: Bench) -> tuple[Any, Any]:
    await bench.write(Set(CLIP, "name", "Probe"), Call(NEXT, "create_clip", {"pages": 8.0}))
    await bench.write(Call(SLOT, "duplicate_clip_to", {"target_clip_slot": NEXT}))
    await bench.settle()
    return ["Probe", 4.0], await bench.now(NEXT + "/clip.name", NEXT + "/clip.length")


@THEME.tries("duplicate_clip_slot copies to the next slot and returns its number")
async def duplicated_slot(bench: Bench) -> tuple[Any, Any]:
    answered = await bench.answer(MIDI, "duplicate_clip_slot", index=0)
    await bench.settle()
    return [1, True], [answered, *await bench.now(NEXT + ".has_clip")]


@THEME.tries(
    "A clip that is not looped shows its start and end as the loop, and keeps the loop's former values"
)
async def two_braces(bench: Bench) -> tuple[Any, Any]:
    await bench.write(Set(CLIP, "loop_start", 1.0), Set(CLIP, "loop_end", 3.0))
    seen = []
    for looping in (False, True):
        await bench.write(Set(CLIP, "looping", looping))
        await bench.settle()
        seen.append(await bench.now(CLIP + ".loop_start", CLIP + ".loop_end"))
    return [[0.0, 4.0], [1.0, 3.0]], seen


@THEME.tries("The length of a looped clip is that of its loop")
async def length_of_a_loop(bench: Bench) -> tuple[Any, Any]:
    await bench.write(Set(CLIP, "loop_start", 1.0), Set(CLIP, "loop_end", 3.0))
    await bench.settle()
    return [2.0], await bench.now(CLIP + ".length")


@THEME.tries("duplicate_loop doubles the loop and its notes")
async def duplicated_loop(bench: Bench) -> tuple[Any, Any]:
    note = {"pitch": 60, "start_time": 1.0, "duration": 1.0}
    await bench.write(Call(CLIP, "add_new_notes", {"notes": [note]}))
    await bench.write(Call(CLIP, "duplicate_loop"))
    await bench.settle()
    starts = sorted(copy.start_time for copy in bench.mirror.notes(CLIP))
    return [8.0, [1.0, 5.0]], [*await bench.now(CLIP + ".loop_end"), starts]


THEME.refuses(
    "no_length",
    "A clip has a length above 0",
    "The clip length must be greater than zero",
    [Call(NEXT, "create_clip", {"pages": 0.0})],
    guess=True,
)
THEME.refuses(
    "nothing_to_duplicate",
    "An empty slot cannot be duplicated",
    "The clip slot is empty",
    [Call(NEXT, "duplicate_clip_to", {"target_clip_slot": SLOT})],
    guess=True,
)


@THEME.tries("A clip that is not looped ignores a new start marker")
async def ignored_marker(bench: Bench) -> tuple[Any, Any]:
    await bench.write(Set(CLIP, "looping", False))
    await bench.write(Set(CLIP, "start_marker", 1.0))
    await bench.settle()
    return [0.0], await bench.now(CLIP + ".start_marker")


@THEME.tries("Cropping a clip leaves the part inside its loop")
async def cropped(bench: Bench) -> tuple[Any, Any]:
    notes = [{"pitch": 60, "start_time": start, "duration": 0.5} for start in (0.5, 2.5)]
    await bench.write(Call(CLIP, "add_new_notes", {"notes": notes}), Set(CLIP, "loop_end", 2.0))
    await bench.write(Call(CLIP, "crop"))
    await bench.settle()
    return [0.5], [stored.start_time for stored in bench.mirror.notes(CLIP)]


THEME.refuses(
    "start_marker_behind_the_end",
    "A clip's start marker cannot be after its end marker",
    "Cannot set StartMarker behind EndMarker",
    [Set(CLIP, "start_marker", 8.0)],
    guess=True,
)
THEME.refuses(
    "end_marker_before_the_start",
    "A clip's end marker cannot be before its start marker",
    "Cannot set EndMarker before StartMarker",
    [Set(CLIP, "start_marker", 2.0), Set(CLIP, "end_marker", 1.0)],
    guess=True,
)
THEME.reads(
    "grid_of_a_clip",
    "A new clip shows a grid of sixteenths",
    {CLIP + "/view.grid_quantization": 8},
    guess=True,
)


@THEME.tries("Duplicating a clip onto itself does not change it", guess=True)
async def duplicated_onto_itself(bench: Bench) -> tuple[Any, Any]:
    text = await bench.refusal(Call(SLOT, "duplicate_clip_to", {"target_clip_slot": SLOT}))
    await bench.settle()
    return [True, 4.0], [text.startswith("taken"), *await bench.now(CLIP + ".length")]


@THEME.tries(
    "Cropping removes a note that starts before the loop, even if it lasts into the loop", guess=True
)
async def cropped_start(bench: Bench) -> tuple[Any, Any]:
    note = {"pitch": 60, "start_time": 0.5, "duration": 1.0}
    await bench.write(
        Call(CLIP, "add_new_notes", {"notes": [note]}),
        Set(CLIP, "loop_start", 1.0),
        Set(CLIP, "start_marker", 1.0),
    )
    await bench.write(Call(CLIP, "crop"))
    await bench.settle()
    return [], [[stored.start_time, stored.duration] for stored in bench.mirror.notes(CLIP)]
