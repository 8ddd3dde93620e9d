"""What clients get to know of writes: kept results, refusals, progress notices, and counts of outcomes.

Each write has one outcome, which all clients that wait for it get, and which is kept by its id. An id stands for one
request of one author, so a request with the id of another write never gets that write's result.
"""

from __future__ import annotations

from typing import Any, Callable, Dict, Optional

from .call import PendingCall
from .contract import checks
from .contract.errors import BridgeError
from .finished_writes import FinishedWrites
from .wire import encode
from .write import PROGRESS_S, Write


class Answers:
    """`reply(client, request, outcome)` answers a request; `tell(client, progress)` sends a progress notice."""

    def __init__(
        self,
        clock: Callable[[], float],
        reply: Callable[[Any, Any, Any], None],
        tell: Callable[[Any, Dict[str, Any]], None],
        results: FinishedWrites,
    ) -> None:
        self.results = results
        self.reply = reply
        self.counters: Dict[str, int] = {
            "executed": 0,
            "verified": 0,
            "unchanged": 0,
            "mismatch": 0,
            "refused": 0,
        }
        self._clock = clock
        self._tell = tell

    def finish(self, write: Write, outcome: Any) -> None:
        """Reply to all clients that wait for a write and keep the result; a second call only replaces the result."""
        self.counters["executed"] += not write.answered
        if isinstance(outcome, BridgeError):
            self.counters["refused"] += not write.answered
            result: Any = outcome
        else:
            self.counters[outcome["outcome"]] += not write.answered
            result = encode(outcome)
        self.results.add(write.id, result, write.content)
        write.answered = True
        waiters, write.waiters = write.waiters, []
        for client, request in waiters:
            self.reply(client, request, result)

    def repeat(self, client: Any, request: Any, write: Write, running: Optional[Write]) -> bool:
        """Give a request the result of the earlier write with its id, or let it wait for `running`, which has this id.

        Returns False when no write has the id.

        Raises:
          BridgeError: INVALID_VALUE if the earlier write was another request.
        """
        if write.id in self.results:
            self.reply(client, request, self.results.of(write.id, write.content))
            return True
        if running is None:
            return False
        if running.content != write.content:
            raise checks.other_write(write.id)
        running.waiters.append((client, request))
        return True

    def result(self, id_: Any, content: Optional[int], running: Optional[Write]) -> Any:
        """A finished write's encoded result or BridgeError.

        Args:
          content: Content of the request whose result is wanted; None for whichever request had the id.
          running: The waiting or running write with this id.

        Raises:
          BridgeError: BUSY while the write waits or runs, NOT_FOUND for an unknown id and for another request's.
        """
        known = isinstance(id_, str) and id_ in self.results
        kept = self.results.content_of(id_) if known else None if running is None else running.content
        if kept is not None and content not in (None, kept):
            raise BridgeError(
                "NOT_FOUND",
                "This id is of another request's write, and this request was not executed",
                checks.short(id_),
                hint="take a new id",
            )
        if known:
            return self.results[id_]
        if running is not None:
            raise BridgeError("BUSY", "The write is under way", checks.short(id_), retry_after_s=0.2)
        raise BridgeError(
            "NOT_FOUND",
            "No write of this id is known",
            checks.short(id_),
            hint="it was not executed in this epoch, or long ago",
        )

    def tell_progress(self, write: Write, number: int, call: PendingCall) -> None:
        """Send the progress of a call to the clients that wait for its write, at most once in `PROGRESS_S`."""
        now = self._clock()
        if now < write.next_notice or not call.done:
            return
        write.next_notice = now + PROGRESS_S
        progress = {"write": write.id, "op": number, "ops": len(write.operations)}
        progress.update(done=call.done, of=call.of, so_far=call.so_far)
        for client, _ in write.waiters:
            self._tell(client, progress)
