"""Names of Python 2 that old scripts import."""

from __future__ import annotations

basestring = str
unicode = str
long = int
xrange = range
raw_input = input


def cmp(one, other):
    """-1, 0 or 1."""
    return (one > other) - (one < other)
