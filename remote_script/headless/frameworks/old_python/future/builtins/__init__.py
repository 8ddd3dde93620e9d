"""The built-in names of Python 3, under the names in old scripts' imports."""

from __future__ import annotations

from builtins import *
from builtins import chr, filter, input, int, map, object, range, round, str, super, zip

__all__ = ["chr", "filter", "input", "int", "map", "object", "range", "round", "str", "super", "zip"]
