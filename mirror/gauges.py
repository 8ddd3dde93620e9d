"""Values that change all the time, read on request: gauges from Live, and the song's position.

The position is sampled when the transport changes and, while a reader has asked for it lately, once a second. In
between it is computed from the tempo, so that reading it costs Live nothing.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import anyio

from remote_script.SetMirror.requests import READS

from . import errors
from .queries import Target, resolve
from .store import Applied, Store

RESAMPLE_S = 1.0
ASKED_S = 5.0
"""Seconds for which the position is kept fresh after a reader asked for it."""
_TRANSPORT = frozenset(("is_playing", "tempo", "loop", "loop_start", "loop_length", "start_time"))

Request = Callable[[str, dict[str, Any]], Awaitable[Any]]


async def read_now(store: Store, request: Request, items: Sequence[tuple[Target, str]]) -> list[Any]:
    """Present values of properties in Live, gauges included; see Mirror.read_now.

    The script limits the number of properties per request; longer lists are split.
    """
    results: list[Any] = [None] * len(items)
    asked: list[tuple[int, list[Any]]] = []
    for number, (target, name) in enumerate(items):
        try:
            asked.append((number, [resolve(store, target).id, name]))
        except errors.MirrorError as problem:
            results[number] = problem
    for start in range(0, len(asked), READS):
        part = asked[start : start + READS]
        reply = await request("set.read", {"items": [item for _, item in part]})
        values = reply.get("values") if isinstance(reply, dict) else None
        if not isinstance(values, list) or len(values) != len(part):
            raise errors.Internal("The script's answer to set.read cannot be read")
        for (number, _), value in zip(part, values, strict=True):
            if isinstance(value, dict) and isinstance(value.get("error"), dict):
                value = errors.from_wire({"message": value["error"].get("rule", ""), "data": value["error"]})
            results[number] = value
    return results


class Position:
    """The song's position in beats, between samples."""

    def __init__(self, store: Store, request: Request, clock: Callable[[], float]) -> None:
        self._store = store
        self._request = request
        self._clock = clock
        self._sample: tuple[float, float] | None = None
        self._playing = False
        self._tempo = 120.0
        self._asked_at = -ASKED_S
        self._wanted = anyio.Event()

    def now(self) -> float | None:
        """Beats from the start of the arrangement; None before the first sample.

        While the song plays, this is the last sample moved on by the tempo, within the arrangement loop if the song
        is in it. At constant tempo the error is at most 10 ms, one tick of Live's own clock, and the time that the
        sample took to arrive.
        """
        now = self._asked_at = self._clock()
        if self._sample is None or now - self._sample[1] >= RESAMPLE_S:
            # A reader that asks at every frame costs Live no more than a reader that asks once a second.
            self._wanted.set()
        if self._sample is None:
            return None
        return self._at(now)

    def _at(self, time: float) -> float:
        assert self._sample is not None
        beats, taken = self._sample
        if not self._playing:
            return beats
        at = beats + (time - taken) * self._tempo / 60
        song = self._store.nodes.get(self._store.root or 0)
        if song is None or song.props.get("loop") is not True:
            return at
        start, length = song.props.get("loop_start"), song.props.get("loop_length")
        if not isinstance(start, int | float) or not isinstance(length, int | float) or length <= 0:
            return at
        end = start + length
        # Only a song before the loop's end continues into the loop.
        return start + (at - start) % length if beats < end <= at else at

    def observe(self, applied: Applied) -> None:
        """Process an applied step: a change of the transport makes the last sample obsolete."""
        root = self._store.root
        song = self._store.nodes.get(root) if root is not None else None
        if song is None:
            self._sample = None
            return
        if applied.structural or any(
            change[1] == root and change[2] in _TRANSPORT for change in applied.changes
        ):
            if self._sample is not None:
                self._sample = (self._at(self._clock()), self._clock())
            self._playing = song.props.get("is_playing") is True
            tempo = song.props.get("tempo")
            self._tempo = float(tempo) if isinstance(tempo, int | float) else self._tempo
            self._wanted.set()

    async def run(self) -> None:
        """Sample when a reader needs it, until cancelled."""
        while True:
            await self._wanted.wait()
            self._wanted = anyio.Event()
            await self._take()
            while self._playing and self._clock() - self._asked_at < ASKED_S:
                with anyio.move_on_after(RESAMPLE_S):
                    await self._wanted.wait()
                    self._wanted = anyio.Event()
                    await anyio.sleep(RESAMPLE_S / 4)
                await self._take()
            await anyio.sleep(0.05)

    async def _take(self) -> None:
        root = self._store.root
        if root is None:
            return
        try:
            values = await read_now(self._store, self._request, [(root, "current_song_time")])
        except errors.MirrorError:
            return
        if isinstance(values[0], int | float):
            # The request waits for Live's next tick, the reply is immediate: the sample belongs to the reply's
            # time.
            self._sample = (float(values[0]), self._clock())
