"""What scripts build on: events, slots, tasks, dependencies, small functions."""

from __future__ import annotations

from remote_script.headless.frameworks.engine.absent import absent
from remote_script.headless.frameworks.engine.dependency import (
    DependencyError,
    Injection,
    dependency,
    depends,
    get_dependency_for,
    inject,
)
from remote_script.headless.frameworks.engine.events import (
    Event,
    EventError,
    EventObject,
    MultiSlot,
    ObservablePropertyAlias,
    SerializableListenableProperties,
    Slot,
    SlotGroup,
    add_event,
    has_event,
    listenable_property,
    listens,
    listens_group,
    validate_event_interface,
)
from remote_script.headless.frameworks.engine.lifetime import (
    CompoundDisconnectable,
    Disconnectable,
    disconnectable,
)
from remote_script.headless.frameworks.engine.live import (
    duplicate_clip_loop,
    is_parameter_bipolar,
    liveobj_changed,
    liveobj_valid,
    move_current_song_time,
)
from remote_script.headless.frameworks.engine.proxies import Proxy, ProxyBase
from remote_script.headless.frameworks.engine.tools import *

from . import task

__getattr__ = absent(
    __name__,
    (
        "PolicyChangeError",
        "add_scroll_encoder",
        "as_ascii",
        "is_clip_or_slot",
        "is_scene",
        "skin_scroll_buttons",
    ),
)
