"""A surface that begins when its controller has said who it is."""

from __future__ import annotations

from remote_script.headless.frameworks.engine.identity import IdentifiedSurface

from .ControlSurface import ControlSurface


class IdentifiableControlSurface(IdentifiedSurface, ControlSurface):
    """`on_identified()` is called when an identity reply with `_model_id_bytes` has come."""
