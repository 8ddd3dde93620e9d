"""`probe.listeners`: measures the cost of listeners in this Live, with idle listeners on parameters' values.

A person's connection asks for a number of listeners; each request attaches or removes one slice of them, short
enough for one turn, and replies with the times; with `wait` it waits once as the pump does. The Set is not changed.
The listeners count the calls by Live after a change that somebody else makes. When the connection ends they are
removed, a slice in each pump.
"""

from __future__ import annotations

import os
import time
from typing import Any, Callable, Dict, List, Optional, Tuple

from .contract.checks import short
from .contract.errors import BridgeError
from .contract.values import alive, read
from .questions import need_person
from .shadow import Shadow

MOST = 2000
"""Limit of listeners at once; Live calls all of them in one turn if they are on one parameter."""
TARGETS = 128
"""Limit of parameters in one request; each parameter is also read once."""
SLICE_S = 0.002
"""Time in one request for attaching or removing."""
WAIT_S = 0.001
"""Seconds of a wait of the pump, which a request with `wait` measures."""
AT_ONCE = 10
"""Listeners between two readings of the clock."""
PROPERTY = "value"

Listener = Callable[[], None]


class ListenerProbe:
    """The listeners of the one connection that measures; `clock` returns seconds."""

    def __init__(
        self, wait: Callable[[float], Optional[float]], clock: Callable[[], float] = time.perf_counter
    ) -> None:
        self._wait = wait
        self._clock = clock
        self._client: Any = None
        self._attached: List[Tuple[Any, Listener]] = []
        self._called = 0
        """Calls since the last request, then the times of the first and the last of these calls."""
        self._first = self._last = 0.0

    def answer(self, client: Any, params: Dict[str, Any], shadow: Shadow) -> Dict[str, Any]:
        """Attach or remove one slice towards `count` listeners on `targets`; BridgeError DENIED for an agent."""
        need_person(client, "measure listeners")
        count, targets = params.get("count"), params.get("targets")
        if type(count) is not int or not 0 <= count <= MOST:
            raise BridgeError("INVALID_PARAMS", "`count` is a number from 0 to {}".format(MOST), short(count))
        if not isinstance(targets, list) or not 0 < len(targets) <= TARGETS:
            raise BridgeError(
                "INVALID_PARAMS", "`targets` is a list of 1 to {} ids".format(TARGETS), short(targets)
            )
        objects = [_parameter(shadow, id_) for id_ in targets]
        if self._client not in (None, client):
            raise BridgeError("BUSY", "Another connection measures listeners", retry_after_s=5.0)
        self._client = client
        called, self._called = self._called, 0
        began = self._clock()
        changed = self._step(objects, count)
        stepped = self._clock()
        for obj in objects:
            read(obj, PROPERTY)
        now = self._clock()
        waited = self._wait(WAIT_S) if params.get("wait") else None
        if not self._attached:
            self._client = None
        return {
            "attached": len(self._attached),
            "changed": changed,
            "change_us": round((stepped - began) * 1e6, 3),
            "reads": len(objects),
            "read_us": round((now - stepped) * 1e6, 3),
            "wait_us": None if waited is None else round(waited * 1e6, 3),
            "calls": called,
            "calls_us": round((self._last - self._first) * 1e6, 3) if called else 0.0,
            "pid": os.getpid(),
        }

    def tend(self) -> None:
        """Remove a slice of the listeners of a connection that has ended; called once a pump."""
        client = self._client
        if client is None or not client.closed:
            return
        self._step([], 0)
        if not self._attached:
            self._client = None

    def close(self) -> None:
        """Remove all listeners at once when the script ends."""
        while self._attached:
            self._remove()

    def _step(self, objects: List[Any], count: int) -> int:
        """Attach or remove until `count` listeners are attached or the time is over; returns the number of steps."""
        end, done = self._clock() + SLICE_S, 0
        while len(self._attached) != count:
            if len(self._attached) < count:
                self._attach(objects[len(self._attached) % len(objects)])
            else:
                self._remove()
            done += 1
            if done % AT_ONCE == 0 and self._clock() > end:
                break
        return done

    def _attach(self, obj: Any) -> None:
        def listener() -> None:
            # Live calls this function, so it must not raise.
            self._last = self._clock()
            if not self._called:
                self._first = self._last
            self._called += 1

        try:
            getattr(obj, "add_{}_listener".format(PROPERTY))(listener)
        except Exception as problem:
            raise BridgeError("LIVE_REFUSED", "Live refused a listener: {}".format(problem))
        self._attached.append((obj, listener))

    def _remove(self) -> None:
        obj, listener = self._attached.pop()
        if alive(obj):
            try:
                getattr(obj, "remove_{}_listener".format(PROPERTY))(listener)
            except Exception:
                # The parameter was deleted meanwhile, and its listeners with it.
                pass


def _parameter(shadow: Shadow, id_: Any) -> Any:
    row = shadow.rows.get(id_) if type(id_) is int else None
    if row is None or row.layout.type != "DeviceParameter":
        raise BridgeError("INVALID_PARAMS", "`targets` are ids of DeviceParameters", short(id_))
    return row.obj
