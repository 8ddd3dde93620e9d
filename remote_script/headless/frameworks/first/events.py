"""Slots and signals with this generation's names and arguments, based on those of the later generations."""

from __future__ import annotations

from itertools import chain

from ..engine import elements
from ..engine import events as engine


def subject_slot(events, *args, **kwargs):
    return engine.listens(events, *args, **kwargs)


def subject_slot_group(event, *args, **kwargs):
    return engine.listens_group(event, *args, **kwargs)


class CallableSlotMixin:
    """A slot that can be called like the method that it replaces."""

    def __init__(self, function=None, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.function = function

    def __call__(self, *args, **kwargs):
        return self.function(*args, **kwargs)


class SysexValueControl(elements.SysexElement):
    """Messages that begin with `message_prefix`; a sent value follows the prefix, `value_enquiry` requests a value."""

    def __init__(self, message_prefix=(), value_enquiry=None, default_value=None, *args, **kwargs):
        prefix = tuple(message_prefix)
        kwargs.setdefault("sysex_identifier", prefix)
        super().__init__(
            lambda value: (*prefix, *value, 0xF7), value_enquiry, default_value, False, *args, **kwargs
        )


class TrackArmState(engine.EventObject):
    """`arm` of the track that `set_track` sets; event `arm`."""

    __events__ = ("arm",)

    def __init__(self, track=None, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._track = None
        self._slots = [
            self.register_slot(None, lambda: self.notify_arm(), name) for name in ("arm", "implicit_arm")
        ]
        self.set_track(track)

    def set_track(self, track):
        self._track = track if track is not None and track.can_be_armed else None
        for slot in self._slots:
            slot.subject = self._track

    @property
    def arm(self):
        return self._track is not None and bool(self._track.arm or self._track.implicit_arm)

    @arm.setter
    def arm(self, arm):
        if self._track is not None:
            self._track.arm = arm


def chain_from_iterable(iterables):
    return chain.from_iterable(iterables)
