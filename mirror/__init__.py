"""The mirror of the Set: every object of Live's in memory, exact, with its history and one way to change it.

Start at `open_mirror`; `mirror` lists all reads and writes, `sync` explains how the copy stays exact.
"""

from __future__ import annotations

from . import errors, live_set
from .events import EventLog
from .link import tcp
from .mirror import Mirror, open_mirror
from .model import (
    Call,
    Event,
    Match,
    Node,
    Note,
    Notice,
    Operation,
    OpResult,
    Set,
    Stamp,
    Status,
    WriteProgress,
    WriteResult,
)
from .request import WriteRequest
from .sampler import GaugeStream, Sample
from .subscriptions import Stream
from .token import load_token, local_port
from .typed_events import (
    Added,
    Changed,
    ContentChanged,
    Events,
    Happening,
    ListChanged,
    Missed,
    Moved,
    Removed,
    Resynced,
)

__all__ = [
    "Added",
    "Call",
    "Changed",
    "ContentChanged",
    "Event",
    "EventLog",
    "Events",
    "GaugeStream",
    "Happening",
    "ListChanged",
    "Match",
    "Mirror",
    "Missed",
    "Moved",
    "Node",
    "Note",
    "Notice",
    "OpResult",
    "Operation",
    "Removed",
    "Resynced",
    "Sample",
    "Set",
    "Stamp",
    "Status",
    "Stream",
    "WriteProgress",
    "WriteRequest",
    "WriteResult",
    "errors",
    "live_set",
    "load_token",
    "local_port",
    "open_mirror",
    "tcp",
]
