"""Slots and signals under this generation's names and arguments; headless Live's own are of the later ones."""

from __future__ import annotations

from itertools import chain

from ..engine import elements
from ..engine import events as engine


class CallableSlotMixin:
    """A slot that is called as the method that it stands for."""

    def __init__(self, function=None, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.function = function

    def __call__(self, *args, **kwargs):
        return self.function(*args, **kwargs)


class Signal(engine.Signal):
    """`Signal(combiner, sender)`; what listeners answer goes nowhere."""

    def __init__(self, combiner=None, sender=None, *args, **kwargs):
        super().__init__(sender, *args, **kwargs)

    def connect(self, slot, in_front=False, sender=None):
        return super().connect(slot, in_front, sender)

    def disconnect(self, slot):
        super().disconnect(slot)


class SysexValueControl(elements.SysexElement):
    """Messages that begin with `message_prefix`; a value is sent after it, `value_enquiry` asks for it."""

    def __init__(self, message_prefix=(), value_enquiry=None, default_value=None, *args, **kwargs):
        self._prefix, self._enquiry = tuple(message_prefix), value_enquiry
        kwargs.setdefault("sysex_identifier", self._prefix)
        super().__init__(lambda value: (*self._prefix, *value, 0xF7), default_value, *args, **kwargs)

    def enquire_value(self):
        self.send_midi(tuple(self._enquiry))


class TrackArmState(engine.EventObject):
    """`arm` of the track that `set_track` gives; event `arm`."""

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
