"""Lines that split, stall and break anywhere, drawn at random; and what is told of writes on such lines."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import hypothesis.strategies as st
import pytest
import trio
import trio.testing
from hypothesis import HealthCheck, Phase, given, settings

from mirror import Mirror, Set, WriteResult, errors, open_mirror
from mirror.checks import Prepared
from mirror.writes import Entry, Writes

from .peer import TOKEN, Peer, note, plain, truth
from .pipes import End
from .test_writing import cut_once

FEW = settings(
    max_examples=30, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)


def in_virtual_time(test: Callable[[Peer, Mirror], Awaitable[None]], prepare: Callable[[Peer], None]) -> None:
    """Run `test` with a peer and a mirror on it; `prepare` comes before they meet."""

    async def main() -> None:
        async with trio.open_nursery() as nursery:
            peer = Peer(nursery)
            prepare(peer)
            async with open_mirror(peer.connect, TOKEN, chance=lambda: 1.0) as mirror:
                await test(peer, mirror)
            nursery.cancel_scope.cancel()

    trio.run(main, clock=trio.testing.MockClock(autojump_threshold=0))


faults = st.lists(
    st.tuples(
        st.sampled_from(["cut", "stall", "cut requests"]),
        st.integers(0, 6000),
        st.sampled_from([0, 1, 7, 300]),
    ),
    max_size=6,
)
edits = st.lists(
    st.tuples(st.sampled_from(["rename", "notes", "add", "remove", "lost"]), st.integers(0, 9)), max_size=25
)


@FEW
@given(faults=faults, edits=edits)
def test_a_mirror_on_a_bad_line_ends_up_equal(
    faults: list[tuple[str, int, int]], edits: list[tuple[str, int]]
) -> None:
    coming = list(faults)

    def worsen(theirs: End, ours: End) -> None:
        if coming:
            kind, count, split = coming.pop(0)
            theirs.split = split
            if kind == "cut":
                ours.cut_after = count
            elif kind == "cut requests":
                theirs.cut_after = count % 700
            else:
                ours.stalled = True

    async def live(peer: Peer, mirror: Mirror) -> None:
        for kind, number in edits:
            await trio.sleep(number / 10)
            tracks = peer.rows[1][5]["tracks"]
            if kind == "add" and len(tracks) < 6:
                peer.add_track(f"New {number}")
            elif kind == "remove" and tracks:
                peer.remove_track(tracks[number % len(tracks)])
            elif kind == "notes" and 40 in peer.rows:
                peer.batch(["content", 40, "notes", [note(number, 40 + number)], []])
            elif tracks:
                peer.set(tracks[number % len(tracks)], "name", f"T{number}", tell=kind != "lost")
        await trio.sleep(60)
        await mirror.wait_synced(60)
        assert plain(mirror.store.nodes) == truth(peer.rows)
        assert mirror.store.faults() == []

    def prepare(peer: Peer) -> None:
        peer.on_pipe = worsen

    in_virtual_time(live, prepare)


# -- writes ----------------------------------------------------------------------------------------

FAULTS = ["none", "before", "after", "answered", "forgotten before", "forgotten after", "mid-line"]


async def write_through(peer: Peer, mirror: Mirror, plan: list[str]) -> None:
    """Write one value after the other, each with its fault; what is told must be what happened."""
    ends: list[End] = []
    for number, fault in enumerate(plan):
        await mirror.wait_synced(60)
        value, before = 100.0 + number, len(peer.executed)
        if fault == "mid-line":
            ends = [client.end.other for client in peer.clients]
            ends[-1].cut_after = 40
        elif fault != "none":
            executed = fault in ("after", "answered", "forgotten after")
            reboot = f"epoch {number}" if fault.startswith("forgotten") else ""
            cut_once(peer, executed, fault == "answered", reboot)
        told: Any = None
        try:
            told = await mirror.write([Set("song", "tempo", value)], write_id=f"w{number}")
        except errors.MirrorError as problem:
            told = problem
        await trio.sleep(3)
        await mirror.wait_synced(60)
        times = len(peer.executed) - before
        assert times <= 1, f"{fault}: done {times} times"
        if isinstance(told, WriteResult):
            assert times == 1, f"{fault}: told {told.outcome}, but it was never done"
            assert mirror.resolve("song").props["tempo"] == value
        elif isinstance(told, errors.UnknownOutcome):
            assert fault.startswith("forgotten"), f"{fault}: nobody had to be unsure"
        else:
            assert times == 0, f"{fault}: told {told}, but it was done"


plans = st.lists(st.sampled_from(FAULTS), min_size=1, max_size=8)


@FEW
@given(plan=plans)
def test_what_is_told_of_a_write_is_what_happened(plan: list[str]) -> None:
    in_virtual_time(lambda peer, mirror: write_through(peer, mirror, plan), lambda peer: None)


class Replaying(Writes):
    """After a lost link the write is sent again under another name."""

    async def _recover(self, entry: Entry, prepared: Prepared, epoch: str, place: Any) -> WriteResult:
        entry.id += "'"
        return await self._execute(entry)


class Hopeful(Writes):
    """After a lost link the write is taken for done."""

    async def _recover(self, entry: Entry, prepared: Prepared, epoch: str, place: Any) -> WriteResult:
        return WriteResult(entry.id, "verified", epoch, 0, [])


class Fearful(Writes):
    """After a lost link the write is taken for not done."""

    async def _recover(self, entry: Entry, prepared: Prepared, epoch: str, place: Any) -> WriteResult:
        raise errors.Disconnected("The link to Live was lost")


@pytest.mark.parametrize("wrong", [Replaying, Hopeful, Fearful])
def test_a_wrong_recovery_is_found(wrong: type[Writes], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mirror.mirror.Writes", wrong)

    @settings(FEW, phases=[Phase.generate])
    @given(plan=plans)
    def tell(plan: list[str]) -> None:
        in_virtual_time(lambda peer, mirror: write_through(peer, mirror, plan), lambda peer: None)

    with pytest.raises((AssertionError, ExceptionGroup)):
        tell()
