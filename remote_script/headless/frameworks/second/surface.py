"""Surfaces, components, controls."""

from __future__ import annotations

from ..engine.device import BankRegistry, DeviceProviderCore
from ..engine.identity import IdentifiedSurface
from ..engine.surface import SurfaceCore, registered


class ControlSurface(SurfaceCore):
    """`song` and `application` are properties in this generation.

    Objects created in its guard get `device_provider` and `device_bank_registry`; layers may name elements that are
    attributes of `self._elements` (or `self.elements`).
    """

    device_provider_class = DeviceProviderCore

    def __init__(self, c_instance=None, *args, **kwargs):
        super().__init__(c_instance, *args, **kwargs)
        self._device_bank_registry = BankRegistry()
        self._device_provider = None
        if self.device_provider_class is not None:
            self._device_provider = self.register_disconnectable(
                self.device_provider_class(song=self._live_song)
            )
        self._injection.update(
            device_provider=lambda: self._device_provider,
            device_bank_registry=lambda: self._device_bank_registry,
            element_container=lambda: getattr(self, "_elements", None) or getattr(self, "elements", None),
        )

    @property
    def device_provider(self):
        return self._device_provider

    def can_lock_to_devices(self):
        return self._device_provider is not None

    def lock_to_device(self, device):
        with self.component_guard():
            self._device_provider.lock_to_device(device)

    def unlock_from_device(self, device):
        with self.component_guard():
            self._device_provider.unlock_from_device(device)

    def receive_midi_chunk(self, midi_chunk):
        for message in midi_chunk:
            self.receive_midi(tuple(message))

    def process_midi_bytes(self, midi_bytes, midi_processor=None):
        self.receive_midi(tuple(midi_bytes))

    def preferences(self, key):
        return self._c_instance.preferences(key)

    @property
    def song(self):
        return self._live_song

    @property
    def application(self):
        return self._live_application()


class IdentifiableControlSurface(IdentifiedSurface, ControlSurface):
    """`on_identified(midi_bytes)` is called when the controller with `product_id_bytes` has answered."""

    def on_identified(self, response_bytes):
        """Called after the controller's identity reply; for subclasses."""

    def _identified_by(self, midi_bytes):
        self.on_identified(midi_bytes)


SimpleControlSurface = OptimizedControlSurface = ControlSurface


def get_control_surfaces():
    return registered()
