"""Who may use what."""

from __future__ import annotations

from remote_script.headless.frameworks.engine.resources import (
    DEFAULT_PRIORITY,
    CompoundResource,
    ExclusiveResource,
    PrioritizedResource,
    ProxyResource,
    Resource,
    SharedResource,
    StackingResource,
    compose_resources,
)

__all__ = [
    "DEFAULT_PRIORITY",
    "CompoundResource",
    "ExclusiveResource",
    "PrioritizedResource",
    "ProxyResource",
    "Resource",
    "SharedResource",
    "StackingResource",
    "compose_resources",
]
