"""Random histories over the whole path in virtual time: people, agents, undo, other Sets, reloads, cuts, stalls.

After each history, the mirror equals Live in every property of every object, for every client, and the number of
attached listeners equals the script's count, on existing objects only. Changes with a listener must arrive without the
audit too: deliberately wrong scripts are detected with the audit switched off.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import trio
import trio.testing
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from mirror import errors, load_token, open_mirror
from remote_script.headless.sets.generate import default_set
from remote_script.headless.sets.spec import SetSpec
from remote_script.SetMirror import observers
from remote_script.SetMirror.batches import Batcher
from remote_script.SetMirror.contract import schema
from remote_script.SetMirror.contract.seal import TRAILER, Seal
from remote_script.SetMirror.layouts import Kind, Row
from remote_script.SetMirror.script import SetMirror
from remote_script.SetMirror.sent_batches import SentBatches
from remote_script.SetMirror.settings import BUDGET_MS
from tests import changes, sets
from tests.lean import demo_set
from tests.mirror.test_histories import WRONG
from tests.whole import LONG_S, TICK_S, Refused, Whole, whole_path

STEPS = st.one_of(
    st.tuples(st.just("hand"), st.integers(0, 1 << 16)),
    st.tuples(st.just("hand"), st.integers(0, 1 << 16)),
    st.tuples(st.just("tool"), st.integers(0, 1 << 16)),
    st.tuples(st.just("wait"), st.integers(0, 20)),
    st.tuples(st.just("undo"), st.integers(1, 4)),
    st.tuples(st.just("redo"), st.integers(1, 4)),
    st.tuples(st.just("cut"), st.integers(0, 5000)),
    st.tuples(st.just("stall"), st.integers(1, 12)),
    st.tuples(st.just("reload"), st.just(0)),
    st.tuples(st.just("reopen"), st.integers(0, 1)),
    st.tuples(st.just("join"), st.just(0)),
    st.tuples(st.just("leave"), st.just(0)),
    st.tuples(st.just("lose"), st.integers(1, 3)),
    st.tuples(st.just("again"), st.integers(1, 5)),
)
Step = tuple[str, int]


class History:
    """Carries out steps; clients besides the first come and go."""

    def __init__(self, whole: Whole, nursery: trio.Nursery) -> None:
        self.whole = whole
        self.nursery = nursery
        self.others: list[tuple[Any, trio.CancelScope]] = []

    async def step(self, kind: str, number: int) -> None:
        whole, live = self.whole, self.whole.stage.live
        draw = random.Random(number)
        try:
            if kind == "hand":
                await whole.by_hand(lambda song: changes.by_hand(song, draw))
            elif kind == "tool":
                if whole.mirror.synced:
                    tool, arguments = changes.by_tool(whole.mirror, draw)
                    await whole.call(tool, **arguments)
            elif kind in ("undo", "redo"):
                for _ in range(number):
                    await whole.by_hand(lambda song: getattr(song, kind)())
            elif kind == "wait":
                await trio.sleep(number / 10)
            elif kind == "cut":
                whole.cut(number)
            elif kind == "stall":
                live.stall(number)
            elif kind == "reload":
                whole.stage.hosted.reload()
            elif kind == "reopen":
                live.open_set((demo_set, default_set)[number]())
            elif kind == "lose" and whole.lines:
                whole.lines[-1].lost = number
            elif kind == "again" and whole.lines:
                whole.lines[-1].late.append(number)
            elif kind == "join":
                await self.nursery.start(self.other)
            elif kind == "leave" and self.others:
                self.others.pop()[1].cancel()
        except (*changes.REFUSALS, Refused, errors.MirrorError):
            # Live or the bridge refused the step.
            await trio.lowlevel.checkpoint()

    async def other(self, task_status: trio.TaskStatus[None]) -> None:
        with trio.CancelScope() as scope:
            async with open_mirror(self.whole.connect, load_token(), "other", "1") as mirror:
                self.others.append((mirror, scope))
                task_status.started()
                await trio.sleep_forever()


async def carried_out(steps: list[Step], spec: SetSpec | None = None) -> None:
    # The audit runs only on request, since the compared state must be right without it.
    async with (
        whole_path(spec or demo_set(), budget_s=BUDGET_MS / 1000, audit_s=0.0) as whole,
        trio.open_nursery() as nursery,
    ):
        assert await whole.differences() == []
        history = History(whole, nursery)
        for kind, number in steps:
            await history.step(kind, number)
            await trio.sleep(number % 4 / 100)
        for line in whole.lines:
            # A pending cut would disturb the comparison.
            line.cut_after = None
            line.lost, line.late = 0, []
        await whole.by_hand(lambda song: song.stop_playing())
        # From here on no result depends on latencies.
        whole.tick_s = 5 * TICK_S
        await trio.sleep(15)
        await whole.mirror.wait_synced(LONG_S)
        assert await whole.differences() == []
        # This resync must not repair errors.
        await last_one_lost(whole)
        assert await whole.differences() == []
        for mirror, _ in history.others:
            await mirror.wait_synced(LONG_S)
            assert whole.compared(mirror) == []
            assert mirror.revision == whole.mirror.revision
        attached, told = whole.listeners()
        assert attached == told == expected_listeners(whole)
        nursery.cancel_scope.cancel()


async def last_one_lost(whole: Whole) -> None:
    """Lose the last change, so that only a heartbeat can show the loss."""
    await whole.by_hand(lambda song: setattr(song.tracks[0], "name", f"{song.tracks[0].name[:20]} renamed"))
    for line in whole.lines:
        line.lost = 1000
    await trio.sleep(1)
    for line in whole.lines:
        line.lost = 0
    await trio.sleep(15)
    await whole.mirror.wait_synced(LONG_S)


def expected_listeners(whole: Whole) -> int:
    """The listeners that the schema requires for present objects and objects with attention."""
    observers = whole.stage.script.batcher.observers
    assert observers.refused == {}
    return sum(
        (listener.resting or row.id in observers.attended)
        and (not listener.kinds or any(getattr(row.obj, kind) for kind in listener.kinds))
        for row in whole.stage.script.batcher.shadow.rows.values()
        for listener in row.layout.listeners
    )


def in_virtual_time(work: Callable[..., Any], *arguments: Any) -> None:
    trio.run(work, *arguments, clock=trio.testing.MockClock(autojump_threshold=0))


def histories(examples: int, most: int) -> Callable[[Any], Any]:
    def decorate(test: Any) -> Any:
        given_steps = given(steps=st.lists(STEPS, min_size=most // 2, max_size=most))
        return settings(
            max_examples=examples,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )(given_steps(test))

    return decorate


@histories(8, 50)
def test_after_a_random_history_every_mirror_equals_live(steps: list[Step]) -> None:
    in_virtual_time(carried_out, steps)


@pytest.mark.slow
@histories(1500, 50)
def test_after_many_random_histories_every_mirror_equals_live(steps: list[Step]) -> None:
    in_virtual_time(carried_out, steps)


def a_session(changes_made: int, seed: int) -> list[Step]:
    """Make changes by a person and an agent alternately, with undo and redo, and one reload of the script."""
    draw = random.Random(seed)
    steps: list[Step] = []
    for number in range(changes_made):
        steps.append((("hand", "tool")[number % 2], draw.randrange(1 << 16)))
        if draw.random() < 0.05:
            steps.append((draw.choice(["undo", "redo", "cut"]), draw.randrange(1, 4)))
    steps.insert(len(steps) // 2, ("reload", 0))
    return steps


@sets.parametrize_long
def test_a_real_set_is_mirrored_exactly_after_a_session(als: Path) -> None:
    in_virtual_time(carried_out, a_session(24, 1), sets.spec(als))


@pytest.mark.slow
@sets.parametrize
def test_a_real_set_is_mirrored_exactly_after_five_hundred_changes(als: Path) -> None:
    in_virtual_time(carried_out, a_session(500, 2), sets.spec(als))


# -- deliberately wrong scripts ----------------------------------------------------------------------


class Late(observers.Observers):
    """Wrong: attaches its listeners only after the read values were sent."""

    waiting: list[tuple[Row, Kind]]

    def __init__(self) -> None:
        super().__init__()
        self.waiting = []

    def attach(self, row: Row, kind: Kind) -> None:
        row.attached = 0
        self.waiting.append((row, kind))

    def catch_up(self) -> None:
        waiting, self.waiting = self.waiting, []
        for row, kind in waiting:
            super().attach(row, kind)


def reads_before_attaching(monkeypatch: pytest.MonkeyPatch) -> None:
    pump = SetMirror.pump

    def late(self: SetMirror) -> Any:
        told = pump(self)
        batcher = getattr(self, "batcher", None)
        if batcher is not None and self.counters["pumps"] % 8 == 0:
            batcher.observers.catch_up()
        return told

    monkeypatch.setattr("remote_script.SetMirror.batches.Observers", Late)
    monkeypatch.setattr(SetMirror, "pump", late)


def callback_keeps_its_index(monkeypatch: pytest.MonkeyPatch) -> None:
    mark = Batcher.mark
    places: dict[int, tuple[Row, int, int]] = {}

    def place(self: Batcher, row: Row) -> Row:
        """The present object at the place where the row was first read."""
        rows = self.shadow.rows
        if row.id not in places:
            above = rows.get(row.parent or 0)
            held = above.value(row.role) if above is not None else None
            if above is not None and isinstance(held, tuple) and row.id in held:
                places[row.id] = (above, above.layout.index[row.role], held.index(row.id))
        if row.id in places:
            above, index, at = places[row.id]
            held = above.values[index]
            if isinstance(held, tuple) and at < len(held) and held[at] in rows:
                return rows[held[at]]
        return row

    def marked(self: Batcher, row: Any, bits: int) -> None:
        mark(self, place(self, row), bits)

    monkeypatch.setattr(Batcher, "mark", marked)


async def by_hand_without_the_audit(seed: int) -> list[str]:
    """Edit while the Set is read and afterwards; returns the differences except properties that Live never notifies."""
    draw = random.Random(seed)
    found: list[str] = []
    async with whole_path(demo_set(), sync=False) as whole:
        whole.stage.script.audit_time.share_s = 0.0

        def edit(song: Any) -> None:
            tracks = list(song.tracks)
            track = draw.choice(tracks)
            draw.choice(
                [
                    lambda: setattr(track, "name", f"T{draw.randrange(1000)}"),
                    lambda: setattr(track, "color_index", draw.randrange(70)),
                    lambda: setattr(track.mixer_device.volume, "value", draw.random()),
                    lambda: song.delete_track(draw.randrange(len(tracks))) if len(tracks) > 4 else None,
                    lambda: song.create_midi_track(draw.randrange(len(tracks))),
                    lambda: setattr(
                        song.scenes[draw.randrange(len(song.scenes))], "name", f"S{draw.random()}"
                    ),
                ]
            )()

        for _ in range(120):
            try:
                await whole.by_hand(edit)
            except changes.REFUSALS:
                continue
            await trio.sleep(0.01)
        await whole.mirror.wait_synced(LONG_S)
        await trio.sleep(1)
        polled = {
            f".{name}:"
            for class_ in schema.CLASSES.values()
            for name, prop in class_.properties.items()
            if prop.kind == "polled"
        }
        found = [line for line in whole.compared(whole.mirror) if not any(name in line for name in polled)]
    return found


MIRRORS = {name: (sync, store) for name, sync, store in WRONG}


def only_again(seed: int) -> list[Step]:
    """Edit over a line that repeats old batches, whose errors nothing else repairs."""
    draw = random.Random(seed)
    return [
        ("hand", draw.randrange(1 << 16))
        if draw.random() < 0.6
        else draw.choice([("again", draw.randrange(1, 5)), ("undo", 1)])
        for _ in range(24)
    ]


def a_bad_line(seed: int) -> list[Step]:
    """Edit over a line that loses batches, repeats old ones and breaks."""
    draw = random.Random(seed)
    faults = [
        ("lose", 1),
        ("again", draw.randrange(1, 5)),
        ("cut", draw.randrange(2000)),
        ("undo", 1),
        ("wait", 2),
    ]
    return [
        ("hand", draw.randrange(1 << 16)) if draw.random() < 0.4 else draw.choice(faults) for _ in range(12)
    ]


def without_seals(monkeypatch: pytest.MonkeyPatch) -> None:
    """Switch the seals off, so that lost and repeated lines reach the mirror's own checks."""
    monkeypatch.setattr(Seal, "open", lambda self, line: line[:-TRAILER])


@pytest.mark.parametrize(
    ("seed", "sealed"), [*((seed, True) for seed in range(8)), *((seed, False) for seed in range(4))]
)
def test_over_an_unreliable_connection_every_mirror_equals_live(
    seed: int, sealed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not sealed:
        without_seals(monkeypatch)
    in_virtual_time(carried_out, a_bad_line(seed))


@pytest.mark.parametrize(
    "name",
    [
        "merge instead of replace",
        "old batches again",
        "gaps ignored",
        "heartbeats ignored",
        "parts of a snapshot lost",
    ],
)
def test_a_wrong_mirror_is_detected_on_the_whole_path(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    sync, store = MIRRORS[name]
    monkeypatch.setattr("mirror.mirror.Sync", sync)
    monkeypatch.setattr("mirror.mirror.Store", store)
    # Without this, a seal would end the connection before the mirror sees a gap or an old batch.
    without_seals(monkeypatch)
    # The history is so short that a lost link often leads to a snapshot of the same Set.
    monkeypatch.setattr(SentBatches.__init__, "__defaults__", (2, 1 << 20))

    line = only_again if name == "old batches again" else a_bad_line

    def search() -> None:
        for seed in range(40):
            in_virtual_time(carried_out, line(seed))

    # Detected by a difference, an error of the store, or a wait without end.
    with pytest.raises((AssertionError, KeyError, ExceptionGroup, TimeoutError, trio.TooSlowError)):
        search()


@pytest.mark.parametrize("wrong", [reads_before_attaching, callback_keeps_its_index])
def test_a_wrong_script_is_detected(wrong: Callable[[Any], None], monkeypatch: pytest.MonkeyPatch) -> None:
    wrong(monkeypatch)
    found: list[Any] = []

    async def search() -> None:
        for seed in range(10):
            try:
                found.extend(await by_hand_without_the_audit(seed))
            except AssertionError as problem:
                found.append(problem)
            if found:
                return

    in_virtual_time(search)
    assert found


@pytest.mark.parametrize("seed", range(10))
def test_the_script_forwards_all_notifications_of_live(seed: int) -> None:
    found: list[str] = []

    async def one() -> None:
        found.extend(await by_hand_without_the_audit(seed))

    in_virtual_time(one)
    assert found == []
