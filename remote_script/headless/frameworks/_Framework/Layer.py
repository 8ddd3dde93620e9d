"""Controls that a component is given together."""

from __future__ import annotations

from remote_script.headless.frameworks.engine.resources import (
    BackgroundLayer,
    CompoundLayer,
    Layer,
    LayerBase,
    LayerClient,
    LayerError,
    SimpleLayerOwner,
    UnhandledElementError,
)

__all__ = [
    "BackgroundLayer",
    "CompoundLayer",
    "Layer",
    "LayerBase",
    "LayerClient",
    "LayerError",
    "SimpleLayerOwner",
    "UnhandledElementError",
]
