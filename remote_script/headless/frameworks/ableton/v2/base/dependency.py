"""Values from the surroundings."""

from __future__ import annotations

from remote_script.headless.frameworks.engine.dependency import (
    DependencyError,
    Injection,
    dependency,
    depends,
    get_dependency_for,
    inject,
)

__all__ = ["DependencyError", "Injection", "dependency", "depends", "get_dependency_for", "inject"]
