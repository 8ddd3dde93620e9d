"""Which bank each device shows."""

from __future__ import annotations

from remote_script.headless.frameworks.engine.device import BankRegistry as DeviceBankRegistry

__all__ = ["DeviceBankRegistry"]
