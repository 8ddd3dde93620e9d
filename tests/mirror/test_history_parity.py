"""Two mirrors know what Live's next undo reverts, after random edits, undos and redos by both and by a person."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
import trio
import trio.testing

from mirror import Mirror, Set, errors
from mirror.undo import in_one_entry
from remote_script.headless.sets.generate import default_set
from tests.whole import QUIET_S, Whole, whole_path

STEPS = 40
PAUSES_S = (0.02, 0.1, 0.5)


class History:
    """One random history; its draws are those of `seed`."""

    def __init__(self, whole: Whole, mirrors: list[Mirror], seed: int) -> None:
        self._draw = random.Random(seed)
        self._whole = whole
        self._mirrors = mirrors
        self._writes: list[tuple[Mirror, str]] = []
        self.refused = 0

    async def run(self) -> None:
        kinds = ("parameters", "song", "both", "hand", "undo", "undo anyone", "redo")
        for _ in range(STEPS):
            try:
                await self._step(self._draw.choices(kinds, (10, 3, 1, 2, 3, 3, 3))[0])
            except (errors.PreconditionFailed, errors.InvalidValue):
                # Another edit is the newest, or the write was undone before.
                self.refused += 1
            if self._draw.random() < 0.3:
                await trio.sleep(self._draw.choice(PAUSES_S))
        await trio.sleep(2 * QUIET_S)

    async def _step(self, kind: str) -> None:
        draw, mirror = self._draw, self._draw.choice(self._mirrors)
        if kind == "hand":
            edit = draw.choice((lambda song: setattr(song, "tempo", draw.uniform(60, 180)), self._move_fader))
            await self._whole.by_hand(edit)
            # Two edits of a person within one tick are one batch.
            await trio.sleep(PAUSES_S[0])
        elif kind == "undo" and self._writes:
            writer, write = draw.choice(self._writes[-4:])
            await writer.undo_mine(write)
        elif kind == "undo anyone":
            await mirror.undo()
        elif kind == "redo":
            await mirror.redo()
        else:
            song = [Set("song", "tempo", draw.uniform(60, 180))] if kind in ("song", "both") else []
            faders = [self._fader() for _ in range(draw.randint(1, 2))] if kind != "song" else []
            result = await mirror.write([*song, *faders], author="same")
            self._writes.append((mirror, result.write))

    def _fader(self) -> Set:
        name = self._draw.choice(("volume", "panning"))
        return Set(
            f"tracks/{self._draw.randrange(4)}/mixer_device/{name}", "value", self._draw.uniform(0.1, 0.9)
        )

    def _move_fader(self, song: object) -> None:
        song.tracks[2].mixer_device.volume.value = self._draw.uniform(0.1, 0.9)  # type: ignore[attr-defined]


async def has_parity(seed: int, version: str) -> None:
    async with whole_path(default_set(), version) as whole, whole.person() as other:
        mirrors = [whole.mirror, other]
        history = History(whole, mirrors, seed)
        await history.run()
        assert history.refused < STEPS / 2
        assert await whole.differences() == []
        for mirror in mirrors:
            edits = mirror.writes.history.edits
            shared = sum(in_one_entry(one, another) for one, another in pairwise(edits))
            assert len(edits) - shared == len(whole.history()), f"seed {seed}"


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("version", ["11.3", "12.4"])
async def test_every_mirror_counts_the_entries_of_lives_history(
    version: str, seed: int, autojump_clock: trio.testing.MockClock
) -> None:
    await has_parity(seed, version)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5, 45))
@pytest.mark.parametrize("version", ["11.3", "12.3", "12.4"])
async def test_every_mirror_counts_the_entries_of_lives_history_in_many_histories(
    version: str, seed: int, autojump_clock: trio.testing.MockClock
) -> None:
    await has_parity(seed, version)
