"""Helpers of old scripts for both Pythons."""

from __future__ import annotations

string_types = (str,)
text_type = str
PY2, PY3 = False, True


def iteritems(mapping, **kwargs):
    """(key, value) of all."""
    return iter(mapping.items(**kwargs))


def itervalues(mapping, **kwargs):
    """The values."""
    return iter(mapping.values(**kwargs))


def iterkeys(mapping, **kwargs):
    """The keys."""
    return iter(mapping.keys(**kwargs))
