"""Random histories of locators that are created, moved, renamed and deleted, with undos, redos and failed writes.

The model has for each locator the chain of its places, None while it does not exist: a revert goes back to the place
before the newest run of selected changes, and deletes only locators that selected changes created; a locator that came
back by an undo, a redo or a failed write was not created. A person drags locators; writes delete them and create
others. Wrong variants must be detected.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from mcp_server.history import locators, returning
from mcp_server.history import revert as reverting
from mcp_server.history.chains import Chains
from mcp_server.history.returning import Returning
from mcp_server.history.selection import Selection
from mirror import Call, Set, errors
from mirror.events import EventLog
from mirror.model import Node
from mirror.reading import Reader
from mirror.store import Store
from remote_script.SetMirror.contract.places import ID

AUTHORS = ("live", "a", "b")
FAST, ALL = 200, 3000
State = dict[str, tuple[float, str]]
"""Locator of the model → its time and its name."""


class Act(NamedTuple):
    """One change of a locator's place (or of its name, with `renamed`) in the model."""

    revision: int
    author: str
    write: str | None
    before: Any
    after: Any
    renamed: bool = False
    undoes: str | None = None
    redoes: str | None = None


class Past(NamedTuple):
    """A write that an undo would undo, with the locators before and after it."""

    write: str
    author: str
    before: State
    after: State


class World:
    """A Set with locators, its log, and the model."""

    def __init__(self) -> None:
        self.store = Store()
        self.ids: dict[str, int] = {}
        self.next = 10
        self.clock = 100.0
        props = {"name": "Set", "song_length": 1e9, "is_playing": False}
        self.store.collect([[1, "Song", None, "song", props, {"cue_points": []}]], first=True)
        self.store.replace("e", 0)
        self.log = EventLog(self.store, lambda: 0.0)
        self.acts: dict[str, list[Act]] = {}
        self.came: set[str] = set()
        """Locators whose present object came back, so no revert deletes them."""
        self.unclear = False
        """True when selected changes also created one of them: it is left, at a place outside the model."""
        self.refused: set[str] = set()
        self.inside: set[int] = set()
        """Revisions within a write, which no client uses as a moment."""
        self.writes = 0
        self.past: list[Past] = []
        self.undone: list[Past] = []
        for number in range(4):
            self.change("live", {f"L{number}": (self.time(), f"N{number}")}, None)

    def time(self) -> float:
        """A place that no locator had before."""
        self.clock += 4.0
        return self.clock

    def state(self) -> State:
        nodes = self.store.nodes
        return {key: (nodes[id_].props["time"], nodes[id_].props["name"]) for key, id_ in self.ids.items()}

    def fresh(self, author: str) -> str | None:
        self.writes += 1
        return None if author == "live" else f"w{self.writes}"

    def batch(self, changes: list[Any], author: str, write: str | None) -> None:
        applied = self.store.apply(self.store.revision + 1, changes)
        cause = "live" if write is None else "write"
        self.log.record(applied, float(self.store.revision), cause, author if write else None, write)

    def put(self, goal: State, author: str, write: str | None, *, drags: bool = False) -> None:
        """Live's part: a person's drag moves a locator; a write deletes it and creates another one with a new id."""
        now, changes = self.state(), list[Any]()
        listed = list(self.store.nodes[1].children["cue_points"])  # type: ignore[arg-type]
        if drags:
            moved = [key for key in goal if key in now and goal[key][0] != now[key][0]]
            changes += [["set", self.ids[key], "time", goal[key][0]] for key in moved]
            now |= {key: (goal[key][0], now[key][1]) for key in moved}
        gone = [key for key in now if key not in goal or goal[key][0] != now[key][0]]
        listed = [id_ for id_ in listed if id_ not in {self.ids[key] for key in gone}]
        changes += [["remove", self.ids.pop(key)] for key in gone]
        for key, (time, name) in goal.items():
            if key not in self.ids:
                self.next += 1
                self.ids[key] = self.next
                listed.append(self.next)
                row = [self.next, "CuePoint", 1, "cue_points", {"name": name, "time": time}, {}]
                changes.append(["add", row])
            elif now[key][1] != name:
                changes.append(["set", self.ids[key], "name", name])
        self.batch([["children", 1, "cue_points", listed], *changes], author, write)

    def change(self, author: str, parts: dict[str, tuple[float, str] | None], write: str | None) -> None:
        """A new edit: some locators get another place or name, or are deleted."""
        before = self.state()
        goal = {key: place for key, place in {**before, **parts}.items() if place is not None}
        self.put(goal, author, write, drags=write is None)
        for key in parts:
            self.note(key, author, write, before.get(key), goal.get(key))
        self.came -= parts.keys() - before.keys()
        self.undone.clear()
        self.past = [*self.past, Past(write, author, before, goal)] if write else []

    def note(self, key: str, author: str, write: str | None, one: Any, other: Any) -> None:
        revision, acts = self.store.revision, self.acts.setdefault(key, [])
        if (one and one[0]) != (other and other[0]):
            acts.append(Act(revision, author, write, one and one[0], other and other[0]))
        if one and other and one[1] != other[1]:
            acts.append(Act(revision, author, write, one[1], other[1], renamed=True))

    def again(self, past: Past, goal: State, author: str, write: str | None, *, undoes: bool) -> None:
        """Undo or redo of a write, by a client or by hand; an undo by hand shows only by objects that come back."""
        before, ids = self.state(), dict(self.ids)
        self.put(goal, author, write)
        self.came |= {key for key, id_ in self.ids.items() if ids.get(key) != id_}
        for key in past.before.keys() | past.after.keys():
            one, other = before.get(key), goal.get(key)
            acts = self.acts.setdefault(key, [])
            count = len(acts)
            self.note(key, author, write, one, other)
            for number in range(count, len(acts)):
                act = acts[number]
                if undoes and (write or (act.after is not None and not act.renamed)):
                    act = act._replace(undoes=past.write)
                if not undoes and act.renamed:
                    act = act._replace(redoes=past.write)
                if not act.renamed and act.after is not None and (undoes or act.before is None):
                    # Its place after coming back is not a change by any author.
                    act = act._replace(author="", write="")
                acts[number] = act

    def undo(self, by_hand: bool) -> None:
        if self.past:
            past = self.past.pop()
            write = None if by_hand else f"s-undo-{self.next}"
            self.again(past, past.before, "live" if by_hand else past.author, write, undoes=True)
            self.undone.append(past)

    def refuse(self, author: str, parts: dict[str, tuple[float, str] | None]) -> None:
        """A write that fails half-way and is undone."""
        before, write, ids = self.state(), f"w{self.writes}r", dict(self.ids)
        goal = {key: place for key, place in {**before, **parts}.items() if place is not None}
        self.refused.add(write)
        self.put(goal, author, write)
        self.inside.add(self.store.revision)
        self.put(before, author, write)
        self.came |= {key for key, id_ in self.ids.items() if ids.get(key) != id_}
        self.past.clear()
        self.undone.clear()

    def expected(self, selected: Callable[[Act], bool], since: int) -> State:
        """The locators after a revert."""
        now, goal = self.state(), dict[str, tuple[float, str]]()
        self.unclear = False
        for key, acts in self.acts.items():
            places, names, undone = list[Act](), list[Act](), list[Act]()
            for act in (act for act in acts if act.revision > since):
                chain = names if act.renamed else places
                if act.undoes is not None and chain and chain[-1].write == act.undoes:
                    undone.append(chain.pop())
                elif act.redoes is not None and undone and undone[-1].write == act.redoes:
                    chain.append(undone.pop())
                else:
                    chain.append(act)
            time = now[key][0] if key in now else None
            while places and selected(places[-1]):
                time = places.pop().before
            if time is None and key in now and key in self.came:
                self.unclear = True
                time = now[key][0]
            elif time is None and key in now and any(not selected(act) for act in names):
                # The locator is new, and somebody else has edited it: it is left.
                goal[key] = now[key]
                continue
            if time is not None:
                goal[key] = time, self.name(key, names, selected)
        return goal

    def name(self, key: str, names: list[Act], selected: Callable[[Act], bool]) -> str:
        name = self.last_name(key)
        while names and selected(names[-1]):
            name = names.pop().before
        return name

    def last_name(self, key: str) -> str:
        renames = [act.after for act in self.acts[key] if act.renamed]
        return str(renames[-1]) if renames else f"N{key[1:]}"


def carried_out(world: World, operations: list[Any]) -> list[tuple[float, str]]:
    """The locators in Live after these operations."""
    nodes = world.store.nodes
    there = {id_: (nodes[id_].props["time"], nodes[id_].props["name"]) for id_ in world.ids.values()}
    for number, op in enumerate(operations):
        if isinstance(op, Set):
            there[int(op.target)] = there[int(op.target)][0], op.value
        elif op.method == locators.DELETE:
            del there[op.args["time"][ID]]
        else:
            assert op.args["time"] not in [time for time, _ in there.values()]
            there[-number] = op.args["time"], op.args["name"]
    return sorted(there.values())


def delete(node: Node) -> Call:
    return Call("song", locators.DELETE, {"time": {ID: node.id}})


def check_revert(world: World, draw: random.Random) -> None:
    moments = [each for each in range(world.store.revision + 1) if each not in world.inside]
    since, author = draw.choice(moments), draw.choice(AUTHORS)
    if draw.random() < 0.5:
        chosen = Selection(who=author, since=since)
        wanted: Callable[[Act], bool] = lambda act: act.author == author  # noqa: E731
    else:
        write, since = f"w{draw.randrange(world.writes + 2)}", 0
        chosen, wanted = Selection(write=write), lambda act: act.write == write
    expected = sorted(world.expected(wanted, since).values())
    try:
        made = reverting.revert(
            world.log.whole(since),
            Reader(world.store),
            chosen,
            delete,
            removals=world.log.removals(),
            was_rolled_back=world.refused.__contains__,
        )
    except errors.NotFound:
        assert expected == sorted(world.state().values())
        return
    result = carried_out(world, made.operations)
    assert len(result) == len(expected), (chosen, made, world.acts)
    assert world.unclear or result == expected, (chosen, made, world.acts)


def history(seed: int) -> None:
    draw = random.Random(seed)
    world = World()
    number = 4
    for _ in range(draw.randrange(3, 12)):
        step, author = draw.random(), draw.choice(AUTHORS)
        there = world.state()
        keys = draw.sample(sorted(there), min(len(there), draw.randrange(1, 3)))
        parts: dict[str, Any] = {}
        for key in keys:
            time, name = there[key]
            parts[key] = draw.choice(
                [None, (world.time(), name), (time, f"R{draw.randrange(99)}-{key}"), (time, name)]
            )
        parts = {key: place for key, place in parts.items() if place != there[key]}
        if step < 0.2:
            number += 1
            world.change(author, {f"L{number}": (world.time(), f"N{number}")}, world.fresh(author))
        elif step < 0.6 and parts:
            world.change(author, parts, world.fresh(author))
        elif step < 0.72:
            world.undo(by_hand=draw.random() < 0.4)
        elif step < 0.78 and world.undone:
            past = world.undone.pop()
            world.again(past, past.after, past.author, f"s-redo-{world.next}", undoes=False)
        elif step < 0.86 and parts:
            world.writes += 1
            world.refuse(draw.choice(AUTHORS[1:]), parts)
        else:
            check_revert(world, draw)
    check_revert(world, draw)


@pytest.mark.parametrize("seed", [11, 25, 32, 95, 153, 272, 332, 907, 1206, 1490, 2687])
def test_former_counterexamples_agree_with_the_model(seed: int) -> None:
    history(seed)


def test_random_histories_of_locators_agree_with_the_plain_model() -> None:
    for seed in range(FAST):
        history(seed)


@pytest.mark.slow
def test_many_random_histories_of_locators_agree_with_the_plain_model() -> None:
    for seed in range(ALL):
        history(seed)


def no_origin(time: Any) -> None:
    """Wrong: the log has no time of removed locators."""


def nothing_same(returned: Returning, id_: int) -> int:
    """Wrong: an object that came back counts as another object."""
    return id_


@pytest.mark.slow
@pytest.mark.parametrize(
    ("module", "name", "wrong"),
    [
        (returning, "history_step", lambda write: ""),
        (returning, "_undone_move", lambda returned, event, waiting: False),
        (returning, "_pair", lambda returned, event, candidates, waiting: None),
        (returning, "_is_same", lambda removal, event: False),
        (Returning, "present", nothing_same),
        (Returning, "renamed", lambda returned, events: list(events)),
        (locators, "_time", no_origin),
        (locators, "newest_run", lambda chain: None),
        (reverting, "returning", lambda events, removals, store, was_rolled_back: Returning()),
        (Chains, "seqs", lambda chains: set()),
    ],
    ids=[
        "no steps",
        "undone moves are moves",
        "no pairs",
        "one step is two",
        "always new",
        "names are lost",
        "no time",
        "no runs",
        "nothing comes back",
        "no edits",
    ],
)
def test_a_wrong_variant_is_detected(
    module: Any, name: str, wrong: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, name, wrong)
    with pytest.raises((AssertionError, KeyError)):
        for seed in range(ALL):
            history(seed)
