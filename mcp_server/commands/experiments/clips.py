"""Clips of the Session and the Arrangement: made, copied, deleted, looped, fired."""

from __future__ import annotations

from typing import Any

from mcp_server.commands.experiments.bench import AUDIO, CLIP, MIDI, SLOT, Bench, Theme, a_clip
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
    "There is nothing to delete in an empty slot",
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
    "A clip's loop cannot start behind its end",
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


@THEME.tries("duplicate_clip_to overwrites what the slot holds")
async def overwritten(bench: Bench) -> tuple[Any, Any]:
    await bench.write(Set(CLIP, "name", "Probe"), Call(NEXT, "create_clip", {"pages": 8.0}))
    await bench.write(Call(SLOT, "duplicate_clip_to", {"target_clip_slot": NEXT}))
    await bench.settle()
    return ["Probe", 4.0], await bench.now(NEXT + "/clip.name", NEXT + "/clip.length")


@THEME.tries("duplicate_clip_slot copies to the next slot and answers its number")
async def duplicated_slot(bench: Bench) -> tuple[Any, Any]:
    answered = await bench.answer(MIDI, "duplicate_clip_slot", index=0)
    await bench.settle()
    return [1, True], [answered, *await bench.now(NEXT + ".has_clip")]


@THEME.tries("A clip that is not looped shows its start and end as the loop, and remembers the brace")
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
    starts = sorted(each.start_time for each in bench.mirror.notes(CLIP))
    return [8.0, [1.0, 5.0]], [*await bench.now(CLIP + ".loop_end"), starts]


ARRANGED = MIDI + "/arrangement_clips/0"


@THEME.tries("A clip created in the arrangement lies where it was asked for", since=(12, 2))
async def arranged(bench: Bench) -> tuple[Any, Any]:
    await bench.write(Call(MIDI, "create_midi_clip", {"start_time": 8.0, "length": 4.0}))
    await bench.settle()
    places = (".start_time", ".end_time", ".is_arrangement_clip", ".is_session_clip")
    return [8.0, 12.0, True, False], await bench.now(*(ARRANGED + each for each in places))


@THEME.tries("Arrangement clips are listed in the order of time", since=(12, 2))
async def order_of_time(bench: Bench) -> tuple[Any, Any]:
    for start in (8.0, 0.0):
        await bench.write(Call(MIDI, "create_midi_clip", {"start_time": start, "length": 4.0}))
    await bench.settle()
    clips = bench.mirror.children(MIDI, "arrangement_clips")
    return [0.0, 8.0], [clip.props.get("start_time") for clip in clips]


@THEME.tries("A Session clip is copied to the arrangement at a time; the copy is deleted by its track")
async def copied_to_the_arrangement(bench: Bench) -> tuple[Any, Any]:
    await bench.write(Call(MIDI, "duplicate_clip_to_arrangement", {"clip": CLIP, "destination_time": 8.0}))
    await bench.settle()
    seen = await bench.now(ARRANGED + ".start_time", ARRANGED + ".end_time")
    await bench.write(Call(MIDI, "delete_clip", {"slot": ARRANGED}))
    await bench.settle()
    return [8.0, 12.0, 0], [*seen, len(bench.mirror.children(MIDI, "arrangement_clips"))]


@THEME.tries("Firing an arrangement clip does nothing, and it never says that it plays", since=(12, 2))
async def arrangement_clips_do_not_fire(bench: Bench) -> tuple[Any, Any]:
    await bench.write(Call(MIDI, "create_midi_clip", {"start_time": 0.0, "length": 4.0}))
    await bench.refusal(Call(ARRANGED, "fire"))
    await bench.settle()
    return [False, False], await bench.now("song.is_playing", ARRANGED + ".is_playing")


@THEME.tries("A new take lane has no clips, and its clips are not among the track's", since=(12, 2))
async def take_lanes(bench: Bench) -> tuple[Any, Any]:
    ref = await bench.made(Call(MIDI, "create_take_lane"))
    await bench.write(Call(ref, "create_midi_clip", {"start_time": 0.0, "length": 4.0}))
    await bench.settle()
    seen = [len(bench.mirror.children(where, "arrangement_clips")) for where in (ref, MIDI)]
    return [1, 0], seen


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


@THEME.tries("A clip that is not looped ignores another start marker")
async def ignored_marker(bench: Bench) -> tuple[Any, Any]:
    await bench.write(Set(CLIP, "looping", False))
    await bench.write(Set(CLIP, "start_marker", 1.0))
    await bench.settle()
    return [0.0], await bench.now(CLIP + ".start_marker")


@THEME.tries("Cropping a clip leaves what its loop holds")
async def cropped(bench: Bench) -> tuple[Any, Any]:
    notes = [{"pitch": 60, "start_time": start, "duration": 0.5} for start in (0.5, 2.5)]
    await bench.write(Call(CLIP, "add_new_notes", {"notes": notes}), Set(CLIP, "loop_end", 2.0))
    await bench.write(Call(CLIP, "crop"))
    await bench.settle()
    return [0.5], [each.start_time for each in bench.mirror.notes(CLIP)]
