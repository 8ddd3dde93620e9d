"""A mirror on an honest peer, in virtual time."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest
import trio
import trio.testing

from mirror import Mirror, open_mirror

from .peer import TOKEN, Peer

Clock = trio.testing.MockClock


@pytest.fixture
def clock(autojump_clock: trio.testing.MockClock) -> trio.testing.MockClock:
    """Virtual time; each test must have this fixture among its own arguments."""
    return autojump_clock


@pytest.fixture
def peer(nursery: trio.Nursery, clock: trio.testing.MockClock) -> Peer:
    return Peer(nursery)


Open = Callable[..., AbstractAsyncContextManager[Mirror]]


@pytest.fixture
def opened(peer: Peer) -> Open:
    """`async with opened() as mirror`: a mirror that is linked to the peer, and synced unless `sync=False`."""

    @asynccontextmanager
    async def make(sync: bool = True, **options: Any) -> AsyncIterator[Mirror]:
        async with open_mirror(peer.connect, TOKEN, "tests", "1", chance=lambda: 1.0, **options) as mirror:
            if sync:
                await mirror.wait_synced(30)
            yield mirror

    return make
