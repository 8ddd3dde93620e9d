"""Arithmetic of Python 2 that old scripts ask for."""

from __future__ import annotations


def old_div(one, other):
    """Whole for whole numbers."""
    return one // other if isinstance(one, int) and isinstance(other, int) else one / other
