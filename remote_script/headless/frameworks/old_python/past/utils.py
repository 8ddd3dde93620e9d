"""Arithmetic of Python 2 for old scripts."""

from __future__ import annotations


def old_div(one, other):
    """Divide as Python 2 did: whole numbers give a whole number."""
    return one // other if isinstance(one, int) and isinstance(other, int) else one / other
