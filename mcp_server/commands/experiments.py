"""Small experiments on a Live: what it is expected to do, what it does, and everything put back.

Each is a fact that this program relies on, tried through the Remote Script as any write is. In headless Live all
agree; in a real one every difference is news. They need a Set without clips and devices, and leave it as it was: what
they change they undo.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import anyio
import msgspec

from mirror import Call, Mirror, Operation, Set, WriteResult, errors

AUTHOR = "setmirror probe"
SETTLE_S = 0.3


@dataclass(frozen=True)
class Outcome:
    """What came of one experiment; `agrees` is None where this Live has no such thing."""

    name: str
    fact: str
    expected: Any
    seen: Any
    agrees: bool | None
    note: str = ""


class Bench:
    """A mirror to try things on, and what has to be undone."""

    def __init__(self, mirror: Mirror) -> None:
        self.mirror = mirror
        self.writes: list[str] = []

    async def write(self, *ops: Operation) -> WriteResult:
        result = await self.mirror.write(ops, author=AUTHOR, label="probe")
        if result.undo_steps:
            self.writes.append(result.write)
        return result

    async def refusal(self, *ops: Operation) -> str:
        """How Live, or the bridge, says no."""
        try:
            result = await self.write(*ops)
        except errors.LiveRefused as problem:
            return problem.rule.removeprefix("Live refused: ")
        except errors.MirrorError as problem:
            return problem.error
        return f"taken: {result.results[-1].after!r}"

    async def texts(self, parameter: str, *values: float) -> list[Any]:
        """How Live shows a parameter at these values."""
        told = await self.write(*(Call(parameter, "str_for_value", {"value": value}) for value in values))
        return [each.result for each in told.results]

    def prop(self, target: str, name: str) -> Any:
        return self.mirror.resolve(target).props.get(name)

    async def put_back(self) -> None:
        """Undo what was done, write by write; nobody else's work.

        Raises:
          PreconditionFailed: somebody changed the Set meanwhile; the rest stays for that person to undo.
        """
        while self.writes:
            await self.mirror.undo_mine(self.writes.pop(), author=AUTHOR)
        await anyio.sleep(SETTLE_S)


Try = Callable[[Bench], Awaitable[tuple[Any, Any]]]
"""Answers (expected, seen)."""

EXPERIMENTS: dict[str, tuple[str, Try]] = {}


def _experiment(fact: str) -> Callable[[Try], Try]:
    def keep(work: Try) -> Try:
        EXPERIMENTS[getattr(work, "__name__", fact)] = (fact, work)
        return work

    return keep


@_experiment("A fader at 0.85 shows 0.0 dB, at 1.0 it shows 6.0 dB, at 0.4 −18.0 dB, at 0 −inf dB")
async def fader_texts(bench: Bench) -> tuple[Any, Any]:
    seen = await bench.texts("tracks/0/mixer_device/volume", 0.85, 1.0, 0.4, 0.0)
    return ["0.0 dB", "6.0 dB", "-18.0 dB", "-inf dB"], seen


@_experiment("Panning shows C in the middle and 50L, 50R at the ends")
async def panning_texts(bench: Bench) -> tuple[Any, Any]:
    return ["C", "50L", "50R"], await bench.texts("tracks/0/mixer_device/panning", 0.0, -1.0, 1.0)


@_experiment("A send's texts stand 6 dB below a fader's: at 1.0 it shows 0.0 dB")
async def send_texts(bench: Bench) -> tuple[Any, Any]:
    (seen,) = await bench.texts("tracks/0/mixer_device/sends/0", 1.0)
    return "0.0 dB", seen


@_experiment("A '#' in a track's name becomes its number")
async def numbered_names(bench: Bench) -> tuple[Any, Any]:
    result = await bench.write(Set("tracks/0", "name", "Probe #"))
    return "Probe 1", result.results[0].after


@_experiment("A colour snaps to the nearest of the palette")
async def snapped_colors(bench: Bench) -> tuple[Any, Any]:
    result = await bench.write(Set("tracks/0", "color", 0x010101))
    after = result.results[0].after
    return "another colour", "another colour" if after != 0x010101 else after


@_experiment("Setting a value that is so already makes no entry and no change")
async def equal_values(bench: Bench) -> tuple[Any, Any]:
    result = await bench.write(Set("song", "tempo", bench.prop("song", "tempo")))
    return ("unchanged", 0), (result.outcome, result.undo_steps)


@_experiment("Several operations between begin_undo_step and end_undo_step are undone as one")
async def one_step(bench: Bench) -> tuple[Any, Any]:
    scenes = len(bench.mirror.children("song", "scenes"))
    tempo = bench.prop("song", "tempo")
    await bench.write(
        Call("song", "create_scene", {"index": -1}), Set("$0", "name", "Probe"), Set("song", "tempo", 101.0)
    )
    await bench.put_back()
    after = (len(bench.mirror.children("song", "scenes")), bench.prop("song", "tempo"))
    return (scenes, tempo), after


@_experiment("A parameter and a name changed in one step are undone as one")
async def parameters_in_the_step(bench: Bench) -> tuple[Any, Any]:
    before = (bench.prop("tracks/0", "name"), bench.prop("tracks/0/mixer_device/volume", "value"))
    await bench.write(Set("tracks/0", "name", "Probe"), Set("tracks/0/mixer_device/volume", "value", 0.5))
    await bench.put_back()
    return before, (bench.prop("tracks/0", "name"), bench.prop("tracks/0/mixer_device/volume", "value"))


@_experiment("Mute is undone by undo; arming is not kept in the history")
async def what_undo_keeps(bench: Bench) -> tuple[Any, Any]:
    muted = await bench.write(Set("tracks/0", "mute", True))
    await bench.put_back()
    after_undo = bench.prop("tracks/0", "mute")
    armed = await bench.write(Set("tracks/0", "arm", not bench.prop("tracks/0", "arm")))
    await bench.write(Set("tracks/0", "arm", not bench.prop("tracks/0", "arm")))
    return (1, False, 0), (muted.undo_steps, after_undo, armed.undo_steps)


@_experiment("A new scene at -1 is the last one")
async def scene_at_the_end(bench: Bench) -> tuple[Any, Any]:
    count = len(bench.mirror.children("song", "scenes"))
    result = await bench.write(Call("song", "create_scene", {"index": -1}))
    return f"scenes/{count}", result.results[0].result["ref"]


@_experiment("A track is created where it was asked for, and every scene has a slot on it")
async def slots_of_a_new_track(bench: Bench) -> tuple[Any, Any]:
    result = await bench.write(Call("song", "create_midi_track", {"index": 0}))
    slots = len(bench.mirror.children("tracks/0", "clip_slots"))
    return ("tracks/0", len(bench.mirror.children("song", "scenes"))), (
        result.results[0].result["ref"],
        slots,
    )


@_experiment("Deleting a scene that is not there is refused and changes nothing")
async def no_such_scene(bench: Bench) -> tuple[Any, Any]:
    count = len(bench.mirror.children("song", "scenes"))
    said = await bench.refusal(Call("song", "delete_scene", {"index": 999}))
    return (count, False), (len(bench.mirror.children("song", "scenes")), said.startswith("taken"))


@_experiment("A clip holds notes as they were given; ids stay when a note changes")
async def notes_keep_their_ids(bench: Bench) -> tuple[Any, Any]:
    track = _midi_track(bench)
    slot = f"{track}/clip_slots/0"
    notes = [{"pitch": 60 + n, "start_time": n * 0.5, "duration": 0.25, "velocity": 90.5} for n in range(3)]
    await bench.write(
        Call(slot, "create_clip", {"pages": 4.0}), Call("$0", "add_new_notes", {"notes": notes})
    )
    first = bench.mirror.notes(f"{slot}/clip")
    change = [{"note_id": first[0].note_id, "pitch": 72}]
    await bench.write(Call(f"{slot}/clip", "apply_note_modifications", {"notes": change}))
    second = {note.note_id: note.pitch for note in bench.mirror.notes(f"{slot}/clip")}
    return {first[0].note_id: 72, first[1].note_id: 61, first[2].note_id: 62}, second


@_experiment("A clip's loop cannot start behind its end")
async def loop_order(bench: Bench) -> tuple[Any, Any]:
    slot = f"{_midi_track(bench)}/clip_slots/0"
    await bench.write(Call(slot, "create_clip", {"pages": 4.0}))
    said = await bench.refusal(Set(f"{slot}/clip", "loop_start", 8.0))
    return False, said.startswith("taken")


@_experiment("A cue point is made at the song's position and can be deleted there")
async def cue_points(bench: Bench) -> tuple[Any, Any]:
    before = len(bench.mirror.children("song", "cue_points"))
    await bench.write(Call("song", "create_cue_point", {"time": 2.0, "name": "Probe"}))
    made = len(bench.mirror.children("song", "cue_points"))
    await bench.write(Call("song", "delete_cue_point", {"time": 2.0}))
    return (before + 1, before), (made, len(bench.mirror.children("song", "cue_points")))


@_experiment("A native device is inserted by its name (12.3 and later)")
async def inserted_devices(bench: Bench) -> tuple[Any, Any]:
    result = await bench.write(Call(_midi_track(bench), "insert_device", {"device_name": "Reverb"}))
    return "Reverb", bench.mirror.resolve(result.results[0].result["id"]).name


@_experiment("A device's parameter shows its text as its value moves: Reverb's Dry/Wet in percent")
async def percent_texts(bench: Bench) -> tuple[Any, Any]:
    result = await bench.write(Call(_midi_track(bench), "insert_device", {"device_name": "Reverb"}))
    held = bench.mirror.children(result.results[0].result["id"], "parameters")
    wet = next(each for each in held if each.name == "Dry/Wet")
    done = await bench.write(Set(wet.id, "value", "25 %"))
    return True, done.results[0].display.replace(" ", "").startswith("25")


@_experiment("A colour, a name and a fader are told by listeners within two of Live's ticks")
async def listeners_tell(bench: Bench) -> tuple[Any, Any]:
    result = await bench.write(Set("tracks/0", "name", "Probe"), Set("tracks/0", "color_index", 5))
    return (True, "verified"), (result.seen, result.outcome)


def _midi_track(bench: Bench) -> str:
    for node in bench.mirror.children("song", "tracks"):
        if node.props.get("has_midi_input") and not node.props.get("is_foldable"):
            return bench.mirror.ref(node.id)
    raise errors.NotAvailable("The Set has no MIDI track")


def in_the_way(mirror: Mirror) -> list[str]:
    """What stands in the Set that an experiment could harm; empty when they may run."""
    found = [mirror.ref(node.id) for node in mirror.walk() if node.type == "Clip"]
    for track in mirror.children("song", "tracks"):
        found += [mirror.ref(device.id) for device in mirror.children(track, "devices")]
    if not any(node.props.get("has_midi_input") for node in mirror.children("song", "tracks")):
        found.append("no MIDI track")
    return found


async def run(mirror: Mirror, told: Callable[[Outcome], None]) -> list[Outcome]:
    """All experiments, one after the other, each undone before the next.

    Raises:
      NotAvailable: the Set is not empty.
    """
    obstacles = in_the_way(mirror)
    if obstacles:
        raise errors.NotAvailable(
            f"The Set is not empty: {', '.join(obstacles[:5])}",
            hint="open a new Set in Live (a MIDI track, no clips, no devices), then try again",
        )
    found = []
    for name, (fact, work) in EXPERIMENTS.items():
        bench = Bench(mirror)
        try:
            expected, seen = await work(bench)
            plain = msgspec.to_builtins(expected), msgspec.to_builtins(seen)
            outcome = Outcome(name, fact, *plain, agrees=plain[0] == plain[1])
        except errors.NotAvailable as problem:
            outcome = Outcome(name, fact, None, None, None, problem.rule)
        except errors.MirrorError as problem:
            outcome = Outcome(name, fact, None, f"{problem.error}: {problem.rule}", False)
        finally:
            with anyio.CancelScope(shield=True):
                await bench.put_back()
        found.append(outcome)
        told(outcome)
    return found
