"""Debug output."""

from __future__ import annotations


def debug_print(*args):
    """To the log of the process."""
    print(*args)
