"""Random writes: each answer is true, each write is one undo entry, and undoing all of them restores the Set."""

from __future__ import annotations

import random
from typing import Any

import pytest

from .guest import Guest
from .test_writing import call, put


@pytest.fixture
def guest(monkeypatch: pytest.MonkeyPatch) -> Guest:
    return Guest(monkeypatch)


@pytest.mark.parametrize("seed", range(6))
def test_after_random_writes_answers_are_true_and_undo_restores_the_set(guest: Guest, seed: int) -> None:
    client, draw = guest.follower(), random.Random(seed)
    first = plain(guest)
    for _ in range(40):
        ops = [random_op(guest, draw) for _ in range(draw.randrange(1, 8))]
        before, entries = plain(guest), len(guest.world.undone)
        if draw.random() < 0.3:
            guest.song._refuses.add("tempo")
        answer = client.write(*ops)
        guest.song._refuses.discard("tempo")
        client.follow()
        grown = len(guest.world.undone) - entries
        if "error" in answer:
            assert plain(guest) == before
            assert grown == 0
        else:
            assert grown == answer["result"]["undo_steps"]
            assert answer["result"]["outcome"] in ("verified", "unchanged")
            assert plain(guest) == before or answer["result"]["outcome"] == "verified"
        assert guest.world.step is None
    other = guest.client()
    other.snapshot()
    assert client.comparable() == other.comparable()
    while guest.world.undone:
        guest.song.undo()
    assert plain(guest) == first


def random_op(guest: Guest, draw: random.Random) -> dict[str, Any]:
    where = f"tracks/{draw.randrange(len(guest.song.tracks))}"
    return draw.choice(
        [
            put(where, "name", draw.choice("abcd")),
            put(where, "mute", draw.random() < 0.5),
            put(f"{where}/devices/0/parameters/{draw.randrange(3)}", "value", draw.choice([0.0, 0.5, 1.0])),
            put("song", "tempo", draw.choice([90, 100, 120])),
            call("song", "create_midi_track"),
            put(f"${draw.randrange(6)}", "name", "made"),
        ]
    )


def plain(guest: Guest) -> list[Any]:
    """The values of the fake Set that these writes can change."""
    found: list[Any] = [guest.song.tempo]
    for track in guest.song.tracks:
        values = [p.value for device in track.devices for p in device.parameters]
        found.append((track.name, track.mute, values))
    return found
