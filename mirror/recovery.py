"""The outcome of a write whose link was lost after it was sent; the write is never sent again.

When the link is back, the mirror asks the script for the result of this request: by its id and its content, since
another client may have used the same id. If the script does not know it in the same epoch, the write was not done; in
another epoch the resynced mirror compares the Set with the wished values if it can; else the outcome is unknown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

import anyio
import msgspec

from . import checks, errors
from .model import OpResult, WriteResult
from .outcomes import read_result
from .queries import resolve
from .request import WriteRequest
from .store import Store

RECOVER_S = 20.0
"""Minimum time to ask for the result of a lost write; Live opens a Set in about 3 s, longer with a dialog."""


class SentWrite(msgspec.Struct, frozen=True):
    """A write that the script may have received.

    Attributes:
      params: The parameters of its `write.execute`.
      deadline: On the clock of the mirror.
      place: The Set that was open, as (name, path).
    """

    params: dict[str, Any]
    request: WriteRequest
    deadline: float
    prepared: checks.Prepared
    place: Any


class Recovery:
    """Finds outcomes of lost writes; `place()` identifies the open Set. See `Writes` for the other functions."""

    def __init__(
        self,
        store: Store,
        request: Callable[[str, dict[str, Any]], Awaitable[Any]],
        wait_synced: Callable[[float], Awaitable[None]],
        place: Callable[[], Any],
        clock: Callable[[], float],
        counters: Counter[str],
    ) -> None:
        self._store = store
        self._request = request
        self._wait_synced = wait_synced
        self._place = place
        self._clock = clock
        self._counters = counters

    async def outcome(self, sent: SentWrite) -> WriteResult:
        """The result of a lost write, from the script or from the mirror.

        Raises:
          Disconnected: the script never received the write: nothing was done.
          UnknownOutcome: the write may have been executed.
          MirrorError: the script's refusal of the write.
        """
        until = max(sent.deadline, self._clock() + RECOVER_S)
        while True:
            left = until - self._clock()
            if left <= 0:
                raise self.unknown(sent, "The link to Live was lost and did not come back in time")
            try:
                await self._wait_synced(left)
                with anyio.fail_after(left):
                    reply = await self._request("write.result", sent.params)
            except TimeoutError:
                continue
            except errors.Busy as problem:
                wait = problem.facts.get("retry_after_s")
                await anyio.sleep(wait if isinstance(wait, int | float) and 0 < wait < 5 else 0.2)
                continue
            except (errors.Disconnected, errors.NotReady):
                await anyio.sleep(0.05)
                continue
            except errors.UnknownOutcome:
                # The script closed the Set during the write.
                return self._decide(sent)
            except errors.NotFound as problem:
                if "problems" in problem.facts or "op" in problem.facts:
                    # The script's refusal of this write.
                    raise
                if self._store.epoch == sent.params["epoch"]:
                    raise errors.Disconnected(
                        "The link to Live was lost before the write was taken",
                        hint="nothing was done; send the write again",
                        sent=True,
                        executed=False,
                    ) from None
                return self._decide(sent)
            self._counters["recovered from the script"] += 1
            result = read_result(sent.params["write"], sent.request, reply)
            return msgspec.structs.replace(result, recovered="script")

    def _decide(self, sent: SentWrite) -> WriteResult:
        """Compare the resynced Set with the requested values, since the script no longer knows the write."""
        wishes = sent.prepared.wishes
        if self._place() != sent.place or wishes is None:
            raise self.unknown(sent, "Live was restarted or the Set closed while the write was under way")
        results = []
        last = {(ref, name): value for ref, _, _, name, _, value in wishes}
        for ref, type_, object_name, name, before, value in wishes:
            try:
                node = resolve(self._store, ref)
            except errors.MirrorError:
                node = None
            renamed = last.get((ref, "name"), object_name)
            if node is None or node.type != type_ or node.name not in (object_name, renamed):
                raise self.unknown(sent, f"{ref} is another object than when the write was sent")
            now = node.props.get(name)
            if now != last[ref, name]:
                raise self.unknown(sent, f"{name} of {ref} is {now!r} now")
            results.append(OpResult(before != value, before, now, True, "seen after the link came back"))
        self._counters["recovered from the mirror"] += 1
        changed = any(result.changed for result in results)
        return WriteResult(
            sent.params["write"],
            "verified" if changed else "unchanged",
            self._store.epoch,
            self._store.revision,
            results,
            author=sent.request.author,
            label=sent.request.label,
            recovered="mirror",
        )

    def unknown(self, sent: SentWrite, rule: str) -> errors.UnknownOutcome:
        """The error for a write whose outcome cannot be found; it names the objects to look at."""
        refs = [self._store.ref(id_) for id_ in sent.prepared.touched if id_ in self._store.nodes]
        return errors.UnknownOutcome(
            f"{rule}: the write may have been executed",
            hint="read the properties that it should have changed before trying again",
            write=sent.params["write"],
            look_at=sorted(refs)[:20],
        )
