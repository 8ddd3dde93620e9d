"""The device that controllers follow."""

from __future__ import annotations

from remote_script.headless.frameworks.engine.device import BankRegistry as DeviceBankRegistry
from remote_script.headless.frameworks.engine.device import DeviceProviderCore as DeviceProvider

__all__ = ["DeviceBankRegistry", "DeviceProvider"]
