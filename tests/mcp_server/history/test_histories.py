"""Random edits by three authors, with undos, reverts and recalls in between, compared with a simple model of values.

Reverted values are as before, and no other value changes; a recalled mix has its saved values, also after renames,
moves and deletions. Wrong variants of both must be detected, to prove that the test works.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from mcp_server.history import chains, envelopes, lists, mixes, selection
from mcp_server.history import revert as reverting
from mcp_server.history.matching import Matching
from mcp_server.history.selection import Selection
from mirror import Call, Set, errors
from mirror.events import EventLog
from mirror.model import Node
from mirror.reading import Reader
from mirror.store import Store

AUTHORS = ("live", "a", "b")
TRACKS = (10, 20, 30)
HISTORIES, PARTS = 2000, 5
Key = tuple[int, str]
"""A property of an object, or its list of devices."""
DEVICES, ENVELOPES = "devices", "automation_envelopes"
CLIP: dict[str, Any] = {"name": "C", "loop_start": 0.0, "loop_end": 4.0, ENVELOPES: []}
BELOW = 9
"""Ids of a track and the objects below it."""


class Act(NamedTuple):
    """One change of one value in the model; `undoes` is the write that an undo reverted."""

    revision: int
    author: str
    write: str | None
    key: Key
    before: Any
    after: Any
    undoes: str | None = None


class World:
    """A Set of three tracks, its log, and the model: every change of every value in order."""

    def __init__(self) -> None:
        self.store = Store()
        objects: list[Any] = [
            [
                1,
                "Song",
                None,
                "song",
                {"name": "Set", "tempo": 120.0, "swing_amount": 0.0},
                {"tracks": [*TRACKS]},
            ]
        ]
        for number, id_ in enumerate(TRACKS):
            children = {
                "mixer_device": id_ + 1,
                "devices": [id_ + 4, id_ + 5, id_ + 6],
                "clip_slots": [id_ + 7],
            }
            props = {"name": f"T{number}", "mute": False, "solo": False}
            objects.append([id_, "Track", 1, "tracks", props, children])
            objects.append(
                [id_ + 1, "MixerDevice", id_, "mixer_device", {}, {"volume": id_ + 2, "panning": id_ + 3}]
            )
            for offset, role in ((2, "volume"), (3, "panning")):
                value = {"name": role, "value": 0.0, "min": 0.0, "max": 1.0, "is_enabled": True}
                objects.append([id_ + offset, "DeviceParameter", id_ + 1, role, value, {}])
            for offset in (4, 5, 6):
                objects.append([id_ + offset, "Device", id_, "devices", {"name": f"D{offset}"}, {}])
            objects.append([id_ + 7, "ClipSlot", id_, "clip_slots", {}, {"clip": id_ + 8}])
            objects.append([id_ + 8, "Clip", id_ + 7, "clip", {**CLIP}, {}])
        self.store.collect(objects, first=True)
        self.store.replace("e", 0)
        self.log = EventLog(self.store, lambda: 0.0)
        self.acts: list[Act] = []
        self.deleted: set[int] = set()
        self.last: tuple[str, str, list[Act]] | None = None
        """The newest edit, if it is an agent's write that an undo would revert."""
        self.writes = 0

    def keys(self) -> list[Key]:
        found: list[Key] = [(1, "tempo"), (1, "swing_amount")]
        for id_ in TRACKS:
            if id_ not in self.deleted:
                found += [(id_, "mute"), (id_, "solo"), (id_, "name"), (id_ + 2, "value"), (id_ + 3, "value")]
                found += [(id_, DEVICES), (id_ + 8, ENVELOPES)]
        return found

    def value(self, key: Key) -> Any:
        node = self.store.nodes[key[0]]
        return list(node.children[DEVICES]) if key[1] == DEVICES else node.props[key[1]]  # type: ignore[arg-type]

    def values(self) -> dict[Key, Any]:
        return {key: self.value(key) for key in self.keys()}

    def batch(self, changes: list[Any], author: str, write: str | None) -> int:
        applied = self.store.apply(self.store.revision + 1, changes)
        revision = self.store.revision
        cause = "live" if write is None else "write"
        self.log.record(applied, float(revision), cause, author if write else None, write)
        return revision

    def edit(
        self, author: str, changes: dict[Key, Any], write: str | None = None, undoes: str | None = None
    ) -> None:
        changes = {key: value for key, value in changes.items() if self.value(key) != value}
        if not changes:
            return
        if author != "live" and write is None:
            self.writes += 1
            write = f"w{self.writes}"
        before = {key: self.value(key) for key in changes}
        kinds = {DEVICES: "children"}
        told = [[kinds.get(key[1], "set"), *key, value] for key, value in changes.items()]
        revision = self.batch(told, author, write)
        made = [
            Act(revision, author, write, key, before[key], value, undoes) for key, value in changes.items()
        ]
        self.acts += made
        self.last = (author, write, made) if write is not None and undoes is None else None

    def undo(self, who: str) -> None:
        if self.last is not None:
            _, write, made = self.last
            self.writes += 1
            self.edit(who, {act.key: act.before for act in made}, f"s-undo-{self.writes}", undoes=write)

    def delete(self, id_: int) -> None:
        below = [id_ + offset for offset in reversed(range(BELOW))]
        left = [each for each in self.store.nodes[1].children["tracks"] if each != id_]
        self.batch([["children", 1, "tracks", left], *(["remove", each] for each in below)], "live", None)
        self.deleted.add(id_)
        self.last = None

    def reorder(self, draw: random.Random) -> None:
        held = list(self.store.nodes[1].children["tracks"])
        draw.shuffle(held)
        self.batch([["children", 1, "tracks", held]], "live", None)
        self.last = None

    def expected(self, selected: Callable[[Act], bool], since: int) -> dict[Key, Any]:
        """The values after a revert: where the newest change is selected, the value from before the newest run."""
        found = self.values()
        for key in self.keys():
            chain: list[Act] = []
            for act in self.acts:
                if act.key != key or act.revision <= since:
                    continue
                if act.undoes is not None and chain and chain[-1].write == act.undoes:
                    chain.pop()
                else:
                    chain.append(act)
            while chain and selected(chain[-1]):
                found[key] = chain.pop().before
        return found


def revert(world: World, draw: random.Random) -> None:
    """Revert a random selection of changes, and compare with the model."""
    way = draw.choice(("author", "write", "under", "property"))
    since = draw.randrange(world.store.revision + 1)
    author, top = draw.choice(AUTHORS), draw.choice([1, *(id_ for id_ in TRACKS if id_ not in world.deleted)])
    inside = {node.id for node in world.store.walk(top)}
    if way == "author":
        chosen = Selection(who=author, since=since)
        wanted: Callable[[Act], bool] = lambda act: act.author == author  # noqa: E731
    elif way == "write":
        write, since = f"w{draw.randrange(world.writes + 2)}", 0
        chosen, wanted = Selection(write=write), lambda act: act.write == write
    elif way == "under":
        chosen, wanted = Selection(since=since, under=top), lambda act: act.key[0] in inside
    else:
        key = draw.choice(world.keys())
        chosen = Selection(since=since, under=key[0], properties=frozenset((key,)))
        wanted = lambda act: act.key == key  # noqa: E731
    before, expected = world.values(), world.expected(wanted, since)

    def refuse(node: Node) -> Call:
        raise errors.NotAvailable(f"nothing was created, and {node.id} is to be deleted")

    try:
        made = reverting.revert(world.log.whole(since), Reader(world.store), chosen, refuse)
    except errors.NotFound:
        assert expected == before, (chosen, expected, before)
        return
    for id_, name, value in made.expect:
        assert world.value((id_, name)) == value
    world.edit("a", carried_out(world, made.operations))
    assert world.values() == expected, (chosen, made)


def carried_out(world: World, operations: list[Any]) -> dict[Key, Any]:
    """The values in Live after these operations."""
    found: dict[Key, Any] = {}
    for op in operations:
        if isinstance(op, Set):
            found[int(op.target), op.name] = op.value
        elif op.method == "move_device":
            key = (op.args["target"], DEVICES)
            order = [each for each in found.get(key, world.value(key)) if each != op.args["device"]]
            following = op.args["target_position"]["id"]
            order.insert(len(order) if following is None else order.index(following), op.args["device"])
            found[key] = order
        elif op.method == "clear_envelope":
            found[int(op.target), ENVELOPES] = []
        else:
            (ramp,) = op.args["ramps"]
            ends = [[ramp["time"], ramp["from"]], [ramp["time"] + ramp["length"], ramp["to"]]]
            found[int(op.target), ENVELOPES] = [{"parameter": op.args["device_parameter"], "events": ends}]
    return found


def history(seed: int) -> None:
    draw = random.Random(seed)
    world = World()
    saved: tuple[mixes.Mix, dict[Key, Any]] | None = None
    for _ in range(draw.randrange(4, 16)):
        step = draw.random()
        if step < 0.55:
            keys = draw.sample(world.keys(), draw.randrange(1, 4))
            world.edit(draw.choice(AUTHORS), {key: a_value(world, key, draw) for key in keys})
        elif step < 0.62:
            world.undo(draw.choice(("a", "b")))
        elif step < 0.68:
            world.reorder(draw)
        elif step < 0.72 and len(world.deleted) < 2:
            world.delete(draw.choice([id_ for id_ in TRACKS if id_ not in world.deleted]))
        elif step < 0.80 or saved is None:
            mix = mixes.Mix("m", "", "", ("mixer",), mixes.take(world.store, ("mixer",)))
            saved = mixes.parse(mixes.text(mix)), world.values()
        elif step < 0.88:
            recall(world, *saved)
        else:
            revert(world, draw)


def a_value(world: World, key: Key, draw: random.Random) -> Any:
    if key[1] == "name":
        return f"N{draw.randrange(3)}"
    if key[1] == DEVICES:
        return draw.sample(world.value(key), 3)
    if key[1] == ENVELOPES:
        events = [[0.0, draw.randrange(2) / 2], [4.0, draw.randrange(2) / 2]]
        return [{"parameter": key[0] - 6, "events": events}] if draw.random() < 0.7 else []
    if isinstance(world.value(key), bool):
        return draw.random() < 0.5
    return {"tempo": 90.0 + draw.randrange(3)}.get(key[1], draw.randrange(4) / 4)


def recall(world: World, mix: mixes.Mix, then: dict[Key, Any]) -> None:
    """Check that the mix's values are as saved, also on moved tracks, and that other values did not change."""
    covered = {key for key in then if key[0] != 1 and key[1] not in ("name", DEVICES, ENVELOPES)}
    expected = {key: then[key] if key in covered else value for key, value in world.values().items()}
    made = mixes.recall(mix, world.store)
    world.edit("b", {(int(op.target), op.name): op.value for op in made.operations if isinstance(op, Set)})
    assert world.values() == expected, made
    gone = {id_ for id_ in TRACKS if id_ in world.deleted and (id_, "mute") in then}
    assert len([each for each in made.left if "is not there" in each]) == len(gone), made.left


@pytest.mark.parametrize("part", range(PARTS))
def test_two_thousand_random_histories_agree_with_the_plain_model(part: int) -> None:
    for seed in range(part, HISTORIES, PARTS):
        history(seed)


@pytest.mark.parametrize("seed", [4232, 8304, 17843, 27963, 33414])
def test_a_value_restored_by_others_is_reverted_to_the_state_before_its_newest_run(
    seed: int,
) -> None:
    history(seed)


def all_selected(chain: list[chains.ValueChange]) -> list[chains.ValueChange] | None:
    """Wrong: also reverts changes by others in between."""
    return [link for link in chain if link.selected] or None


def last_selected(chain: list[chains.ValueChange]) -> list[chains.ValueChange] | None:
    """Wrong: reverts only the newest change of a run."""
    return chain[-1:] if chain and chain[-1].selected else None


def by_place(old: Store, new: Store) -> Matching:
    """Wrong: objects at the same place count as the same object."""
    found = Matching()
    there = {new.ref(node.id): node.id for node in new.walk()}
    for number, track in enumerate(old.nodes[1].children.get("tracks", ())):
        for node in old.walk(track):
            ref = old.ref(node.id).split("/")
            id_ = there.get("/".join(["tracks", str(number), *ref[2:]]))
            if id_ is not None:
                found.join(node.id, id_)
    return found


def by_name(old: Store, new: Store) -> Matching:
    """Wrong: objects match by name, not by identity."""
    return mixes_find_again(_of_another_epoch(old), new)


mixes_find_again = mixes.find_again


def _of_another_epoch(store: Store) -> Store:
    made = Store()
    made.nodes, made.root, made.epoch = store.nodes, store.root, "another"
    return made


@pytest.mark.parametrize(
    ("module", "name", "wrong"),
    [
        (reverting, "newest_run", all_selected),
        (reverting, "newest_run", last_selected),
        (reverting, "newest_run", lambda chain: None),
        (chains, "history_step", lambda write: ""),
        (selection, "name_is", lambda name, who: True),
        (reverting, "put_back", lambda store, former, leave: iter(())),
        (lists, "out_of_order", lambda before, after: set()),
        (envelopes, "by_parameter", lambda told: {}),
        (mixes, "find_again", by_place),
        (mixes, "find_again", by_name),
        (mixes, "_NOT_SAVED", ()),
    ],
    ids=[
        "over others",
        "last only",
        "nothing",
        "undo is a change",
        "anyone",
        "order stays",
        "none moves",
        "no envelope",
        "place",
        "name",
        "names too",
    ],
)
def test_a_wrong_variant_is_detected(
    module: Any, name: str, wrong: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, name, wrong)
    with pytest.raises((AssertionError, KeyError)):
        for seed in range(HISTORIES):
            history(seed)
