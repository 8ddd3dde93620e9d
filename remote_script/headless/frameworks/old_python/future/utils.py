"""Helpers for scripts that run in Python 2 and 3."""

from __future__ import annotations

string_types = (str,)
text_type = str
PY2, PY3 = False, True


def iteritems(mapping, **kwargs):
    """Iterate over (key, value)."""
    return iter(mapping.items(**kwargs))


def itervalues(mapping, **kwargs):
    """Iterate over the values."""
    return iter(mapping.values(**kwargs))


def iterkeys(mapping, **kwargs):
    """Iterate over the keys."""
    return iter(mapping.keys(**kwargs))
