"""Lives before 12.4 record parameters on their own ticks: writes of parameters in a row share one undo entry."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import trio
import trio.testing

from mirror import Call, Mirror, Set, errors
from mirror.model import WriteResult
from mirror.undo import UndoHistory
from remote_script.headless.model.parameter import Parameter
from remote_script.headless.sets.generate import default_set
from remote_script.SetMirror.open_entry import LONGEST_S
from tests.mirror.test_undoing import filled
from tests.whole import QUIET_S, TICK_S, Whole, whole_path

Clock = trio.testing.MockClock
OLD = pytest.mark.parametrize("version", ["11.3", "12.3"])
TEMPO = Set("song", "tempo", 99.0)


def volume(track: int, value: float) -> Set:
    return Set(f"tracks/{track}/mixer_device/volume", "value", value)


async def settled(whole: Whole) -> list[Any]:
    """Live's history once every step is closed."""
    await trio.sleep(QUIET_S)
    return whole.history()


def values(whole: Whole, count: int = 3) -> list[float]:
    tracks = whole.stage.live.song.tracks[:count]
    return [round(track.mixer_device.volume.value, 2) for track in tracks]


async def burst(mirror: Mirror, count: int = 3, value: float = 0.5) -> list[WriteResult]:
    return [await mirror.write([volume(track, value)]) for track in range(count)]


@OLD
async def test_parameters_in_a_row_are_answered_as_fast_as_the_tempo_and_name_the_entry_that_they_share(
    version: str, autojump_clock: Clock
) -> None:
    async with whole_path(default_set(), version) as whole:
        began = trio.current_time()
        first, *others = await burst(whole.mirror)
        assert trio.current_time() - began <= 3 * TICK_S + 1e-6
        assert (first.undo_steps, first.shares) == (1, "")
        assert {(other.undo_steps, other.shares) for other in others} == {(0, first.write)}
        assert len(await settled(whole)) == 1
        assert await whole.differences() == []


async def test_from_12_4_every_parameter_has_its_own_entry(autojump_clock: Clock) -> None:
    async with whole_path(default_set(), "12.4") as whole:
        assert [(done.undo_steps, done.shares) for done in await burst(whole.mirror)] == [(1, "")] * 3
        assert len(await settled(whole)) == 3


@OLD
async def test_each_write_of_a_shared_entry_is_undone_alone(version: str, autojump_clock: Clock) -> None:
    async with whole_path(default_set(), version) as whole:
        mirror, before = whole.mirror, values(whole)
        done = await burst(mirror)
        await settled(whole)
        undone = await mirror.undo_mine(done[1].write)
        assert "tracks/1" in undone.put_back[0]
        assert values(whole) == [0.5, before[1], 0.5]
        await mirror.undo_mine(done[0].write)
        assert values(whole) == [before[0], before[1], 0.5]
        await mirror.undo_mine(done[2].write)
        assert values(whole) == before
        with pytest.raises(errors.InvalidValue, match="undone already"):
            await mirror.undo_mine(done[2].write)
        await settled(whole)
        await mirror.write([volume(2, 0.4)])
        both = await mirror.write([volume(0, 0.6), volume(1, 0.7)])
        await mirror.undo_mine(both.write)
        assert values(whole) == [*before[:2], 0.4]
        await settled(whole)
        assert await whole.differences() == []


async def test_values_put_back_are_an_edit_of_their_own(autojump_clock: Clock) -> None:
    async with whole_path(default_set(), "12.3") as whole:
        mirror, before = whole.mirror, values(whole)
        tempo = await mirror.write([TEMPO])
        done = await burst(mirror)
        await settled(whole)
        back = await mirror.undo_mine(done[2].write)
        assert back.undo_steps == 1
        assert len(await settled(whole)) == 3
        await mirror.undo()
        assert values(whole) == [0.5] * 3
        await mirror.undo()
        assert values(whole) == before
        await mirror.undo_mine(tempo.write)
        assert whole.history() == []


async def test_undo_without_an_id_goes_back_through_a_shared_entry(autojump_clock: Clock) -> None:
    async with whole_path(default_set(), "12.3") as whole:
        before = values(whole, 2)
        for track in (0, 1):
            answer = await whole.call(
                "set_property", target=f"tracks/{track}/mixer_device/volume", property="value", value="-20 dB"
            )
        assert answer["shares"]
        for track in (1, 0):
            answer = await whole.call("undo")
            assert len(answer["undone"]) == 1
            assert answer["undone"][0].startswith(f"tracks/{track}/mixer_device/volume")
            assert "-20.0 dB → 0.0 dB" in answer["undone"][0]
        assert values(whole, 2) == before


async def test_lives_own_undo_of_a_shared_entry_counts_as_one_and_so_does_its_redo(
    autojump_clock: Clock,
) -> None:
    async with whole_path(default_set(), "12.3") as whole:
        mirror, before = whole.mirror, values(whole)
        tempo = await mirror.write([TEMPO])
        done = await burst(mirror)
        await settled(whole)
        await mirror.undo()
        assert values(whole) == before
        assert mirror.writes.history.base_of(tempo.write) <= mirror.store.revision
        with pytest.raises(errors.InvalidValue, match="undone already"):
            mirror.writes.history.base_of(done[0].write)
        await mirror.redo()
        assert values(whole) == [0.5] * 3
        assert [edit["write"] for edit in mirror.writes.history.last()] == [
            tempo.write,
            *(write.write for write in done),
        ]
        await mirror.undo()
        await mirror.undo()
        assert whole.history() == []
        assert await whole.differences() == []


@pytest.mark.parametrize(
    "following",
    [
        [TEMPO],
        [volume(1, 0.5), Set("song", "tempo", 120.0)],
        [Set("tracks/1", "mute", True)],
        [Call("song", "create_midi_track", {"index": -1})],
    ],
    ids=["tempo", "parameter and tempo", "mute", "call"],
)
async def test_every_other_write_waits_and_has_its_own_entry(
    following: list[Any], autojump_clock: Clock
) -> None:
    async with whole_path(default_set(), "12.3") as whole:
        mirror = whole.mirror
        first = await mirror.write([volume(0, 0.5)])
        other = await mirror.write(following)
        assert (first.undo_steps, other.undo_steps, other.shares) == (1, 1, "")
        assert len(await settled(whole)) == 2
        await mirror.undo_mine(other.write)
        assert values(whole, 2)[0] == 0.5
        await mirror.undo_mine(first.write)
        assert whole.history() == []


async def test_a_write_of_more_than_parameters_shares_its_entry_with_none(autojump_clock: Clock) -> None:
    async with whole_path(default_set(), "12.3") as whole:
        mirror = whole.mirror
        first = await mirror.write([volume(0, 0.5), TEMPO])
        other = await mirror.write([volume(1, 0.5)])
        assert (first.undo_steps, other.undo_steps, other.shares) == (1, 1, "")
        await mirror.undo_mine(other.write)
        await mirror.undo_mine(first.write)
        assert whole.history() == []


async def test_a_write_of_another_client_or_author_has_its_own_entry(autojump_clock: Clock) -> None:
    async with whole_path(default_set(), "12.3") as whole, whole.person() as person:
        first = await whole.mirror.write([volume(0, 0.5)], author="one")
        other = await whole.mirror.write([volume(1, 0.5)], author="two")
        theirs = await person.write([volume(2, 0.5)], author="two")
        assert [write.undo_steps for write in (first, other, theirs)] == [1, 1, 1]
        assert len(await settled(whole)) == 3


async def test_a_dry_run_and_a_write_that_changes_nothing_leave_the_entry_as_it_is(
    autojump_clock: Clock,
) -> None:
    async with whole_path(default_set(), "12.3") as whole:
        mirror = whole.mirror
        await mirror.write([volume(0, 0.5)])
        same = await mirror.write([volume(0, 0.5)])
        assert (same.outcome, same.undo_steps, same.shares) == ("unchanged", 0, "")
        assert len(await settled(whole)) == 1
        await mirror.write([volume(0, 0.6)])
        planned = await mirror.write([volume(1, 0.5)], dry_run=True)
        assert (planned.dry_run, planned.shares) == (True, "")
        assert len(await settled(whole)) == 2


async def test_after_a_persons_edit_a_parameter_gets_an_entry_of_its_own(autojump_clock: Clock) -> None:
    async with whole_path(default_set(), "12.3") as whole:
        mirror = whole.mirror
        first = await mirror.write([volume(0, 0.5)])
        await whole.by_hand(lambda song: setattr(song, "tempo", 91.0))
        second = await mirror.write([volume(1, 0.5)])
        assert (second.undo_steps, second.shares) == (1, "")
        await settled(whole)
        result = json.loads(whole.stage.script.executor.result({"write": first.write}))
        assert result["undo_steps"] == 2
        await mirror.undo_mine(second.write)
        assert values(whole, 2)[0] == 0.5


async def test_a_refused_parameter_leaves_the_shared_entry_open_and_itself_reverted(
    autojump_clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = Parameter.put

    def refuse(parameter: Parameter, value: float) -> None:
        if parameter is whole.stage.live.document.song.tracks[2].mixer_device.volume:
            raise RuntimeError("not now")
        put(parameter, value)

    monkeypatch.setattr(Parameter, "put", refuse)
    async with whole_path(default_set(), "12.3") as whole:
        mirror, before = whole.mirror, values(whole)
        first = await mirror.write([volume(0, 0.5)])
        with pytest.raises(errors.MirrorError):
            await mirror.write([volume(1, 0.5), volume(2, 0.5)])
        third = await mirror.write([volume(1, 0.6)])
        assert third.shares == first.write
        assert len(await settled(whole)) == 1
        assert values(whole) == [0.5, 0.6, before[2]]
        assert await whole.differences() == []


async def test_a_client_without_a_pause_does_not_keep_an_entry_open_for_ever(autojump_clock: Clock) -> None:
    async with whole_path(default_set(), "12.3") as whole:
        writes = []
        until = trio.current_time() + 2.5 * LONGEST_S
        number = 0
        while trio.current_time() < until:
            number += 1
            writes.append(await whole.mirror.write([volume(0, 0.3 + number % 50 / 100)]))
        entries = len(await settled(whole))
        assert 2 <= entries <= 4
        assert sum(write.undo_steps for write in writes) == entries


async def test_with_undo_apart_no_entry_is_shared(
    autojump_clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SETMIRROR_HOME", str(tmp_path))
    (tmp_path / "script.json").write_text('{"undo_apart": true}', "utf-8")
    async with whole_path(default_set(), "12.3") as whole:
        assert [write.undo_steps for write in await burst(whole.mirror)] == [1, 1, 1]
        assert len(await settled(whole)) == 3


async def test_a_set_that_is_closed_while_an_entry_is_open_leaves_nothing_open(autojump_clock: Clock) -> None:
    async with whole_path(default_set(), "12.3") as whole:
        await whole.mirror.write([volume(0, 0.5)])
        whole.stage.hosted.reload()
        await trio.sleep(QUIET_S)
        assert not whole.stage.live.document.history.is_open
        assert len(await burst(whole.mirror, 2, 0.6)) == 2
        assert len(await settled(whole)) == 2


def test_a_mirror_that_only_saw_the_batches_refuses_to_undo_one_of_two_writes_in_an_entry() -> None:
    history, store = UndoHistory(), filled()
    for write, shares in (("first", ""), ("second", "first"), ("third", "first")):
        applied = store.apply(store.revision + 1, [["set", 3, "name", write]])
        history.observe(store, applied, store.revision, write, "me", shares=shares)
    with pytest.raises(
        errors.PreconditionFailed, match="shares its entry in Live's history with write second"
    ):
        history.base_of("third")
    history.undoing("u1", "")
    applied = store.apply(store.revision + 1, [["set", 3, "name", "Bass"]])
    history.observe(store, applied, store.revision, "u1", "me")
    assert history.last() == []
    # The undo was refused after all: the script redid a newer entry of somebody else.
    history.not_undone("u1")
    assert [edit["write"] for edit in history.last()] == ["first", "second", "third", None]
