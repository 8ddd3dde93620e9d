"""A crowd in virtual time: agents, each with a mirror, and a person, with faults and stalls between any two steps.

`run(seed, operations)` lets them work on one headless Live and reports the faults: an operation on another object than
the requested one, a change with a wrong author, an undo of "mine" that reverted somebody else's edit. The expected
values come from headless Live itself (`Truth`), not from the script: the author who creates or deletes an object, sets
a value or undoes an entry. Every value is used once, so that a value identifies its author.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
import trio
import trio.testing

from mirror import Call, Mirror, Node, Operation, Set, WriteRequest, errors, load_token, open_mirror
from remote_script.headless.sets.generate import default_set, native
from remote_script.headless.sets.spec import ChainSpec, SetSpec
from remote_script.SetMirror.contract import schema
from tests.authorship import PERSON, UNIQUE, Truth, value_key
from tests.whole import LONG_S, PLENTY_S, Whole, whole_path

FADER_STEPS = 100_000


def small() -> SetSpec:
    """A small Set: two objects in each list."""
    spec = default_set()
    spec.tracks[0].devices += [native("MidiArpeggiator"), native("MidiPitcher")]
    drums = native("DrumGroupDevice")
    drums.chains = [ChainSpec("Kick", devices=[native("OriginalSimpler")])]
    spec.tracks[1].devices.append(drums)
    rack = native("AudioEffectGroupDevice")
    rack.chains = [ChainSpec("Dry", devices=[native("Reverb"), native("Limiter")]), ChainSpec("Wet")]
    spec.tracks[2].devices += [rack, native("Delay"), native("Limiter")]
    spec.tracks[3].devices.append(native("Delay"))
    return spec


def with_places() -> list[tuple[str, schema.Method]]:
    """(class, method) of all methods of the schema with a place among their arguments."""
    return [
        (name, method)
        for name, class_ in schema.CLASSES.items()
        for method in class_.methods.values()
        if any(arg.is_place for arg in method.args)
    ]


# -- the crowd -------------------------------------------------------------------------------------


@dataclass
class Report:
    """The results of a run."""

    seed: int
    operations: int = 0
    changed_meanwhile: Counter[str] = field(default_factory=Counter)
    """Method with places → the number of list changes by others between reading and running a call."""
    outcomes: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"seed {self.seed}: {self.operations} operations, outcomes {dict(self.outcomes)}, "
            f"faults {dict(self.faults)}, changed meanwhile {dict(self.changed_meanwhile)}, wrong {self.wrong[:5]}"
        )


class Crowd:
    """Two agents, each with its own mirror, and a person."""

    def __init__(self, whole: Whole, truth: Truth, seed: int) -> None:
        self.whole = whole
        self.truth = truth
        self.draw = random.Random(seed)
        self.report = Report(seed)
        self.mirrors: dict[str, Mirror] = {}
        self._number = 0
        self._step = 0

    @property
    def song(self) -> Any:
        return self.whole.stage.song

    def unique(self, name: str, author: str) -> Any:
        """A value that was never used before."""
        self._number += 1
        if name == "name":
            value: Any = f"{author} {self._number}"
        else:
            value = 60 + self._number / 100 if name == "tempo" else self._number % FADER_STEPS / FADER_STEPS
        self.truth.values[name, value_key(value)] = author
        return value

    # -- agents ------------------------------------------------------------------------------------

    async def write(self, author: str, *ops: Operation) -> None:
        """One write of an agent; its intended objects are recorded when the call is read."""
        self._step += 1
        self.report.operations += 1
        write_id = f"{author}-{self._step}"
        mirror = self.mirrors[author]
        try:
            self.truth.expected[write_id] = self._meant(mirror, ops[0])
        except errors.MirrorError:
            # The argument means no object.
            pass
        await self._outcome(
            mirror.submit(WriteRequest.of(ops, author=author, write_id=write_id, deadline_s=20.0))
        )

    async def undo(self, author: str) -> None:
        self.report.operations += 1
        await self._outcome(self.mirrors[author].undo_last(author=author))

    async def _outcome(self, writing: Any) -> None:
        try:
            result = await writing
        except errors.MirrorError as problem:
            self.report.outcomes[problem.error] += 1
        else:
            self.report.outcomes[result.outcome] += 1

    def _meant(self, mirror: Mirror, op: Operation) -> dict[str, int]:
        node = mirror.resolve(op.target)
        pointers = {"": self.truth.pointers[node.id]}
        if isinstance(op, Call):
            method = schema.methods(node.type)[op.method]
            for arg in method.args:
                place = op.args.get(arg.name)
                if not arg.is_place or not isinstance(place, int | float) or place == -1:
                    continue
                holder = mirror.resolve(op.args[arg.list_owner]) if arg.list_owner else node
                # An object that is moved within a list is not counted in it.
                moved = {
                    op.args[other.name]
                    for other in method.args
                    if other.type == "obj" and arg.type == "insert"
                }
                listed = tuple(n for n in mirror.children(holder, arg.list_name) if n.id not in moved)
                if arg.by_time:
                    listed = tuple(cue for cue in listed if cue.props["time"] == place)
                    place = 0
                if place < len(listed):
                    pointers[arg.name] = self.truth.pointers[listed[int(place)].id]
        return pointers

    def place_operation(self, mirror: Mirror) -> tuple[schema.Method, Operation] | None:
        """A call of the least-called method with places; None if the Set has no objects for any of them."""
        methods = with_places()
        self.draw.shuffle(methods)
        methods.sort(key=lambda candidate: self.report.changed_meanwhile[candidate[1].name])
        return next(filter(None, (self._call_of(mirror, *candidate) for candidate in methods)), None)

    def _call_of(
        self, mirror: Mirror, class_: str, method: schema.Method
    ) -> tuple[schema.Method, Operation] | None:
        owners = [
            node
            for node in mirror.walk()
            if schema.is_a(node.type, class_) and self._fits(mirror, node, method)
        ]
        if not owners:
            return None
        owner = self.draw.choice(owners)
        args: dict[str, Any] = {}
        for arg in method.args:
            if arg.name == "device" and arg.type == "obj":
                devices = [
                    n
                    for n in mirror.walk()
                    if n.role == "devices" and "Drum" not in n.type and n.props["type"] == 2
                ]
                if not devices:
                    return None
                args["device"] = self.draw.choice(devices).id
            elif arg.name == "target" and arg.type == "obj":
                args["target"] = mirror.ref(self._audio_track(mirror).id)
            elif arg.name == "device_name":
                args["device_name"] = "Limiter"
        for arg in method.args:
            if arg.is_place:
                holder = mirror.resolve(args[arg.list_owner]) if arg.list_owner else owner
                listed = mirror.children(holder, arg.list_name)
                if not listed:
                    return None
                place = self.draw.randrange(len(listed))
                if arg.list_name == "clip_slots":
                    place = self.draw.choice(
                        [n for n, slot in enumerate(listed) if mirror.child(slot, "clip")]
                    )
                elif arg.list_name == "drum_pads":
                    place = 36 if arg.name == "source_index" else self.draw.randrange(40, 60)
                args[arg.name] = listed[place].props["time"] if arg.by_time else place
        return method, Call(mirror.ref(owner.id), method.name, args)

    def _audio_track(self, mirror: Mirror) -> Node:
        tracks = [t for t in mirror.children("song", "tracks") if t.props.get("has_audio_input")]
        return self.draw.choice(tracks or list(mirror.children("song", "return_tracks")))

    def _fits(self, mirror: Mirror, node: Node, method: schema.Method) -> bool:
        """True when Live would accept the call: audio effects need audio."""
        if method.name in ("insert_device", "duplicate_device"):
            first = mirror.children(node, "devices")[:1]
            return node.type != "DrumChain" and bool(first) and first[0].props["type"] == 2
        if method.name == "duplicate_clip_slot":
            return any(mirror.child(slot, "clip") for slot in mirror.children(node, "clip_slots"))
        if method.name == "copy_pad":
            return bool(mirror.children(node, "drum_pads")) and bool(
                mirror.resolve(f"{mirror.ref(node.id)}/drum_pads/36").props.get("chains")
            )
        if method.name == "insert_chain":
            return node.props.get("class_name") == "AudioEffectGroupDevice"
        if method.name == "delete_device":
            return node.type != "DrumChain" and bool(mirror.children(node, "devices"))
        return True

    def plain_operation(self, mirror: Mirror, author: str) -> list[Operation]:
        """A change of a value, or a launch."""
        track = self.draw.choice(mirror.children("song", "tracks"))
        scene = self.draw.choice(mirror.children("song", "scenes"))
        fader = mirror.child(mirror.child(track, "mixer_device") or track, "volume")
        kinds: list[list[Operation]] = [
            [Set(mirror.ref(track.id), "name", self.unique("name", author))],
            [Set(mirror.ref(scene.id), "name", self.unique("name", author))],
            [Set("song", "tempo", self.unique("tempo", author))],
            [Set(fader.id if fader else track.id, "value", self.unique("value", author))],
            [
                Call("song", "create_midi_track", {"index": -1}),
                Set("$0", "name", self.unique("name", author)),
            ],
            [Call(mirror.ref(scene.id), "fire")],
            [Call(mirror.ref(track.id), "stop_all_clips")],
        ]
        if len(mirror.children("song", "cue_points")) < 4:
            self._number += 1
            kinds += [[Call("song", "create_cue_point", {"time": float(self._number % 64)})]] * 2
        slots = [s for s in mirror.children(track, "clip_slots") if not mirror.child(s, "clip")]
        if slots and track.props.get("has_midi_input"):
            kinds.append([Call(mirror.ref(self.draw.choice(slots).id), "create_clip", {"pages": 4.0})])
        return self.draw.choice(kinds)

    # -- the person --------------------------------------------------------------------------------

    async def by_hand(self, edit: Callable[[Any], Any]) -> None:
        await trio.lowlevel.checkpoint()
        with self.truth.acting(PERSON):
            try:
                self.whole.stage.live.person.do(edit)
            except Exception:
                # Live refuses some edits; then the person changes nothing.
                self.report.outcomes["person refused"] += 1

    def change_of_list(self, name: str) -> Callable[[Any], Any]:
        """A person's edit of the lists of this name, within limits, so that the Set stays small."""
        draw = self.draw
        many = (
            len(self.song.tracks) > 6
            if name in ("tracks", "devices", "chains", "drum_pads")
            else draw.random() < 0.5
        )

        def tracks(song: Any) -> None:
            song.delete_track(draw.randrange(len(song.tracks))) if many else song.create_midi_track(0)

        def scenes(song: Any) -> None:
            full = len(song.scenes) > 8
            song.delete_scene(draw.randrange(len(song.scenes))) if full else song.create_scene(0)

        def returns(song: Any) -> None:
            full = len(song.return_tracks) > 2
            song.delete_return_track(0) if full else song.create_return_track()

        def devices(song: Any) -> None:
            holders = [track for track in song.tracks if track.has_audio_input or track.devices]
            for track in holders:
                if len(track.devices) > 4:
                    track.delete_device(0)
                else:
                    track.insert_device("Limiter" if track.has_audio_input else "Arpeggiator", 0)

        if name == "return_tracks":
            return returns
        if name in ("scenes", "clip_slots"):
            return scenes
        return devices if name in ("devices", "chains", "drum_pads") else tracks

    def same_by_hand(self, mirror: Mirror, op: Operation) -> Callable[[Any], Any] | None:
        """The person sets the property that an agent is about to set, to another value."""
        if not isinstance(op, Set) or op.name not in UNIQUE or str(op.target).startswith("$"):
            return None
        row = self.whole.stage.script.batcher.shadow.rows.get(mirror.resolve(op.target).id)
        value = self.unique(op.name, PERSON)
        return None if row is None else lambda song: setattr(row.obj, op.name, value)

    def edit_by_hand(self) -> Callable[[Any], Any]:
        """The person changes a value."""
        draw = self.draw
        kind = draw.choice(("track", "scene", "tempo", "fader", "undo"))
        value = self.unique({"tempo": "tempo", "fader": "value"}.get(kind, "name"), PERSON)

        def edit(song: Any) -> None:
            if kind == "track":
                draw.choice(list(song.tracks)).name = value
            elif kind == "scene":
                draw.choice(list(song.scenes)).name = value
            elif kind == "tempo":
                song.tempo = value
            else:
                draw.choice(list(song.tracks)).mixer_device.volume.value = value

        return edit

    def restore(self) -> None:
        """The person adds objects again that the methods need and the crowd deleted."""

        def edit(song: Any) -> None:
            kinds = {device.class_name for track in song.tracks for device in track.devices}
            while len(song.tracks) < 4:
                song.create_audio_track(-1)
            while len(song.return_tracks) < 2:
                song.create_return_track()
            audio = [track for track in song.tracks if track.has_audio_input]
            midi = [track for track in song.tracks if track.has_midi_input]
            if not audio:
                audio = [song.create_audio_track(-1)]
            if not midi:
                midi = [song.create_midi_track(-1)]
            if "DrumGroupDevice" not in kinds:
                drums = midi[-1].insert_device("Drum Rack", -1)
                drums.insert_chain(0)
                drums.chains[0].in_note = 36
                drums.chains[0].insert_device("Simpler", 0)
            if "AudioEffectGroupDevice" not in kinds:
                rack = audio[0].insert_device("Audio Effect Rack", 0)
                rack.insert_chain(0)
                rack.chains[0].insert_device("Limiter", 0)
                rack.chains[0].insert_device("Limiter", 0)
            if not any(slot.has_clip for track in midi for slot in track.clip_slots):
                midi[0].clip_slots[0].create_clip(4.0)
            song.stop_playing()
            if len(audio[-1].devices) < 2:
                audio[-1].insert_device("Limiter", 0)

        with self.truth.acting(PERSON):
            try:
                self.whole.stage.live.person.do(edit)
            except Exception:
                self.report.outcomes["person refused"] += 1

    # -- together ----------------------------------------------------------------------------------

    async def step(self) -> None:
        """Several members act at once: Live runs no operation until all have asked."""
        author, other = self.draw.sample(sorted(self.mirrors), 2)
        mirror = self.mirrors[author]
        same: Callable[[Any], Any] | None = None
        if self.draw.random() < 0.02:
            self._fault()
        async with trio.open_nursery() as nursery:
            placed = self.place_operation(mirror) if mirror.synced else None
            if placed is not None:
                method, op = placed
                list_name = next(arg.list_name for arg in method.args if arg.is_place)
                # Submitted before the write, so it runs first: the other agent's change is also in between.
                nursery.start_soon(self.write, author, op)
                await trio.testing.wait_all_tasks_blocked()
                await self.by_hand(self.change_of_list(list_name))
                self.report.changed_meanwhile[method.name] += 1
            if self.mirrors[other].synced:
                if self.draw.random() < 0.2:
                    nursery.start_soon(self.undo, other)
                else:
                    ops = self.plain_operation(self.mirrors[other], other)
                    same = self.same_by_hand(self.mirrors[other], ops[0])
                    nursery.start_soon(self.write, other, *ops)
                await trio.testing.wait_all_tasks_blocked()
            if self.draw.random() < 0.5:
                await trio.sleep(self.draw.choice((0.0, 0.004, 0.011, 0.03)))
                await self.by_hand(same or self.edit_by_hand())
        await trio.sleep(self.draw.choice((0.0, 0.01, 0.05)))
        if self.draw.random() < 0.3:
            self.restore()

    def _fault(self) -> None:
        kind = self.draw.choice(("stall", "cut"))
        self.report.faults[kind] += 1
        if kind == "stall":
            self.whole.stage.live.stall(self.draw.uniform(0.1, 2.0))
        else:
            # The first line belongs to the witness, whose log is compared with the truth.
            self.whole.lines[-1].cut_after = self.draw.randrange(4000)


async def run(
    seed: int,
    operations: int,
    patch: pytest.MonkeyPatch,
    *,
    first_wrong: bool = False,
    budget_s: float = PLENTY_S,
) -> Report:
    """Let a crowd make this number of operations; with `first_wrong`, stop at the first mistake.

    Args:
      budget_s: The script's budget for one turn; with 0 each slice of its work is a turn, with other work in
        between.
      patch: The hooks of `Truth` and the changes of a wrong variant; the caller undoes them.
    """
    truth = Truth(patch)
    async with whole_path(small(), budget_s=budget_s) as whole:
        truth.script = whole.stage.script
        for row in truth.script.batcher.shadow.rows.values():
            truth.pointers[row.id] = row.ptr
        async with open_mirror(whole.connect, load_token(), "second", "1") as second:
            await second.wait_synced(LONG_S)
            crowd = Crowd(whole, truth, seed)
            crowd.mirrors = {"ada": whole.mirror, "bob": second}
            judged = 0
            while crowd.report.operations < operations:
                await crowd.step()
                if first_wrong and crowd.report.operations - judged >= 50:
                    judged = crowd.report.operations
                    truth.judge(whole.mirror)
                if first_wrong and truth.wrong:
                    break
            await trio.sleep(3.0)
            truth.judge(whole.mirror)
            crowd.report.wrong = truth.wrong
    return crowd.report
