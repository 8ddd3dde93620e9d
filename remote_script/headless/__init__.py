"""A headless Ableton Live: the Live Object Model with Live's own behaviour, rules and timing, without Live.

Start reading at `live` (the running Live), then `node` (the objects of a Set) and `handles` (a script's
references). Standard library only; Python 3.7 to 3.11 and later.
"""

from __future__ import annotations

from .als import load_als
from .hosting.host import HostedScript
from .hosting.memory import MemoryClient, MemoryListener
from .hosting.runtime import RealClock, VirtualClock
from .live import HeadlessLive, OffMainThread
from .sets.demo_set import demo_set
from .sets.generate import default_set
from .sets.spec import SetSpec

__all__ = [
    "HeadlessLive",
    "HostedScript",
    "MemoryClient",
    "MemoryListener",
    "OffMainThread",
    "RealClock",
    "SetSpec",
    "VirtualClock",
    "default_set",
    "demo_set",
    "load_als",
]
