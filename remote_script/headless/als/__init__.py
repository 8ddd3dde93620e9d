"""Live's `.als` files, read into a `SetSpec` without Live: `load_als(path)`."""

from __future__ import annotations

from .document import load_als, summary
from .errors import SetFileError
from .reader import Limits

__all__ = ["Limits", "SetFileError", "load_als", "summary"]
