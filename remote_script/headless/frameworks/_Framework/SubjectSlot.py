"""Subjects, their events, and slots that listen."""

from __future__ import annotations

from remote_script.headless.frameworks.engine.events import Event as SubjectEvent
from remote_script.headless.frameworks.engine.events import EventError as SubjectSlotError
from remote_script.headless.frameworks.engine.events import EventObject as SubjectSlotManager
from remote_script.headless.frameworks.engine.events import EventObjectMeta as SubjectMeta
from remote_script.headless.frameworks.engine.events import MultiSlot as MultiSubjectSlot
from remote_script.headless.frameworks.engine.events import Signal, SlotManager, Subject
from remote_script.headless.frameworks.engine.events import Slot as SubjectSlot
from remote_script.headless.frameworks.engine.events import SlotGroup as SubjectSlotGroup
from remote_script.headless.frameworks.engine.events import add_event as add_subject_event
from remote_script.headless.frameworks.engine.events import has_event as subject_has_event
from remote_script.headless.frameworks.engine.events import listens as subject_slot
from remote_script.headless.frameworks.engine.events import listens_group as subject_slot_group
from remote_script.headless.frameworks.engine.events import (
    validate_event_interface as validate_subject_interface,
)

CallableSubjectSlotMixin = object
CallableSlotMixin = object

__all__ = [
    "CallableSlotMixin",
    "CallableSubjectSlotMixin",
    "MultiSubjectSlot",
    "Signal",
    "SlotManager",
    "Subject",
    "SubjectEvent",
    "SubjectMeta",
    "SubjectSlot",
    "SubjectSlotError",
    "SubjectSlotGroup",
    "SubjectSlotManager",
    "add_subject_event",
    "subject_has_event",
    "subject_slot",
    "subject_slot_group",
    "validate_subject_interface",
]
