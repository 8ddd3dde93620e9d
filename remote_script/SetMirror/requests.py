"""The wire methods of authenticated clients: status, snapshot, watch, read, write, measuring listeners.

Each handler returns the encoded result, or None when the answer comes later. All refusals are BridgeErrors.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, Dict, Optional

from . import row_checks
from .contract import checks
from .contract.errors import BridgeError
from .contract.values import ABSENT, refusal
from .listener_probe import ListenerProbe
from .policy_requests import Handler, PolicyRequests
from .questions import need_person
from .refs import resolve
from .wire import encode, result_line

if TYPE_CHECKING:
    # Servers import the limits of this module and need none of the modules that run in Live.
    from .batches import Batcher
    from .clients import Client
    from .executor import Executor

READS = 128
"""Properties in one `set.read`, all in one turn; each costs up to 28 µs (measured on Live 12.4)."""
SNAPSHOTS_WAITING = 4
ATTENDED = 1000
"""Ids in one client's `set.attend`; changes of further objects are found within the table's time."""


class Requests:
    """The table of methods; `state()` returns the present batcher and executor, `progress()` None when all is read."""

    def __init__(
        self,
        state: Callable[[], Any],
        progress: Callable[[], Optional[float]],
        status: Callable[[], Dict[str, Any]],
        policy: PolicyRequests,
        attend: Callable[[Batcher], None],
        wait: Callable[[float], Optional[float]],
    ) -> None:
        self._state = state
        self._attend = attend
        self._progress = progress
        self._status = status
        self.listener_probe = ListenerProbe(wait)
        self.handlers: Dict[str, Handler] = {
            "bridge.status": self._bridge_status,
            "set.snapshot": self._set_snapshot,
            "set.watch": self._set_watch,
            "set.read": self._set_read,
            "set.attend": self._set_attend,
            "probe.listeners": self._probe_listeners,
            "write.execute": self._write_execute,
            "write.result": self._write_result,
            "write.cancel": self._write_cancel,
            **policy.handlers,
        }

    def answer(self, client: Client, request: Any, method: str, params: Dict[str, Any]) -> Optional[bytes]:
        handler = self.handlers.get(method)
        if handler is None:
            raise BridgeError(
                "METHOD_NOT_FOUND",
                "There is no method {!r}".format(method[:60]),
                methods=sorted(self.handlers),
            )
        return handler(client, request, params)

    def _batcher(self, outline: bool = False) -> Batcher:
        """The batcher, once the shadow is complete; with `outline`, once the outline is read."""
        batcher: Batcher = self._state()[0]
        progress = self._progress()
        if progress is not None and not (outline and batcher.outlined):
            raise BridgeError(
                "NOT_READY",
                "The Set is being read",
                progress=round(progress, 3),
                coming=batcher.coming.parts,
                retry_after_s=0.25,
            )
        return batcher

    def _bridge_status(self, client: Client, request: Any, params: Dict[str, Any]) -> Optional[bytes]:
        return encode(self._status())

    def _set_snapshot(self, client: Client, request: Any, params: Dict[str, Any]) -> Optional[bytes]:
        # The rest of an outline comes with references.
        self._batcher(params.get("outline") is True and client.refers)
        if len(client.snapshots_wanted) >= SNAPSHOTS_WAITING:
            raise BridgeError(
                "BUSY", "{} snapshots are waiting already".format(SNAPSHOTS_WAITING), retry_after_s=1.0
            )
        client.snapshots_wanted.append(request)
        return None

    def _set_watch(self, client: Client, request: Any, params: Dict[str, Any]) -> Optional[bytes]:
        batcher = self._batcher(outline=True)
        after = params.get("after_revision")
        if isinstance(after, bool) or not isinstance(after, int) or after < 0:
            raise BridgeError(
                "INVALID_PARAMS", "`after_revision` is a number, 0 or more", checks.short(after)
            )
        if params.get("epoch") != batcher.epoch:
            raise BridgeError(
                "EPOCH_CHANGED",
                "The epoch is {}".format(batcher.epoch),
                checks.short(params.get("epoch")),
                epoch=batcher.epoch,
            )
        oldest = batcher.history.oldest(batcher.revision)
        if after < oldest:
            raise checks.too_old(after, oldest)
        if after > batcher.revision:
            raise BridgeError(
                "INVALID_PARAMS", "The newest revision is {}, got {}".format(batcher.revision, after), after
            )
        client.answer(result_line(request, encode({"revision": batcher.revision})))
        client.following = True
        for line in batcher.history.after(after):
            client.stream(line)
        return None

    def _set_read(self, client: Client, request: Any, params: Dict[str, Any]) -> Optional[bytes]:
        batcher = self._batcher()
        wanted = params.get("items")
        if not isinstance(wanted, list):
            raise BridgeError("INVALID_PARAMS", "`items` is a list of [target, name]")
        if len(wanted) > READS:
            raise BridgeError("TOO_LARGE", "At most {} items, got {}".format(READS, len(wanted)))
        values = []
        for item in wanted:
            try:
                values.append(self._read(batcher, item))
            except BridgeError as problem:
                values.append({"error": problem.to_json()["data"]})
        return encode({"values": values})

    @staticmethod
    def _read(batcher: Batcher, item: Any) -> Any:
        if not isinstance(item, list) or len(item) != 2 or not isinstance(item[1], str):
            raise BridgeError("INVALID_PARAMS", "An item is [target, name]", checks.short(item))
        target, name = item
        row = resolve(batcher.shadow, target)
        row_checks.not_long(row, name)
        known = row_checks.is_property(row, name)
        value = batcher.reader.now(row, name) if known else ABSENT
        if value is ABSENT:
            rule, said = (
                "{} has no {!r}".format(row.layout.type, name),
                refusal(row.obj, name) if known else "",
            )
            raise BridgeError("NOT_AVAILABLE", rule, name, said=said)
        return value

    def _set_attend(self, client: Client, request: Any, params: Dict[str, Any]) -> Optional[bytes]:
        """Attach all listeners to these objects for this client, instead of to the objects of its previous request."""
        batcher = self._batcher()
        wanted = params.get("ids")
        if not isinstance(wanted, list) or any(type(id_) is not int for id_ in wanted):
            raise BridgeError("INVALID_PARAMS", "`ids` is a list of ids", checks.short(wanted))
        if len(wanted) > ATTENDED:
            raise BridgeError("TOO_LARGE", "At most {} objects, got {}".format(ATTENDED, len(wanted)))
        rows = batcher.shadow.rows
        client.attended = {id_ for id_ in wanted if id_ in rows and rows[id_].layout.within}
        self._attend(batcher)
        return encode({"attended": len(client.attended)})

    def _probe_listeners(self, client: Client, request: Any, params: Dict[str, Any]) -> Optional[bytes]:
        return encode(self.listener_probe.answer(client, params, self._batcher().shadow))

    def _write_execute(self, client: Client, request: Any, params: Dict[str, Any]) -> Optional[bytes]:
        self._batcher()
        executor: Executor = self._state()[1]
        if params.get("apart"):
            need_person(client, "separate the undo steps of a write")
        executor.submit(client, request, params)
        return None

    def _write_cancel(self, client: Client, request: Any, params: Dict[str, Any]) -> Optional[bytes]:
        """Cancel a waiting write of this client; the write itself is answered with CANCELLED."""
        executor: Executor = self._state()[1]
        return encode({"cancelled": executor.cancel(params.get("write"), client)})

    def _write_result(self, client: Client, request: Any, params: Dict[str, Any]) -> Optional[bytes]:
        executor: Executor = self._state()[1]
        outcome = executor.result(params)
        if isinstance(outcome, BridgeError):
            raise outcome
        result: bytes = outcome
        return result
