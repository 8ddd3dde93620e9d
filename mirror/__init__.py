"""The mirror of the Set: every object of Live's, in memory, exact, with its history and one way to change it.

Begin with `open_mirror`; read `mirror` for what it offers, `sync` for how it stays right.
"""

from __future__ import annotations

from . import errors
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
from .token import load_token

__all__ = [
    "Call",
    "Event",
    "EventLog",
    "GaugeStream",
    "Match",
    "Mirror",
    "Node",
    "Note",
    "Notice",
    "OpResult",
    "Operation",
    "Sample",
    "Set",
    "Stamp",
    "Status",
    "Stream",
    "WriteProgress",
    "WriteRequest",
    "WriteResult",
    "errors",
    "load_token",
    "open_mirror",
    "tcp",
]
