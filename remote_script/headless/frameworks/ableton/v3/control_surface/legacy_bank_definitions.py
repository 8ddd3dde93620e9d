"""Live's own banks for its devices are not there."""

from __future__ import annotations

from remote_script.headless.frameworks.engine.absent import absent

__getattr__ = absent(__name__, ("banked", "best_of_banks"))
