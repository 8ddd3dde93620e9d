"""A headless Ableton Live: the Live Object Model with Live's own behaviour, rules and timing, without Live.

Begin reading at `live` (what runs), then `node` (what a Set is made of) and `handles` (what scripts see).
Standard library only; Python 3.7 to 3.11 and later.
"""

from __future__ import annotations

from .als import load_als
from .demo_set import demo_set
from .generate import default_set
from .host import HostedScript
from .live import HeadlessLive, OffMainThread
from .memory import MemoryClient, MemoryListener
from .runtime import RealClock, VirtualClock
from .spec import SetSpec

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
