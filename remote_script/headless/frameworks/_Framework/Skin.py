"""Colours by name."""

from __future__ import annotations

from itertools import chain


class SkinColorMissingError(Exception):
    """The skin has no colour of that name."""


class Skin:
    """Reads a class of classes of colours: `Skin(Colors)["Transport.On"]`."""

    def __init__(self, colors=None, *args, **kwargs):
        self._colors = dict(self._read(colors, "")) if colors is not None else {}

    def _read(self, colors, prefix):
        for name in dir(colors):
            value = getattr(colors, name)
            if name.startswith("_"):
                continue
            if isinstance(value, type):
                yield from self._read(value, prefix + name + ".")
            else:
                yield prefix + name, value

    def __getitem__(self, key):
        try:
            return self._colors[key]
        except KeyError:
            raise SkinColorMissingError("Skin color missing: %s" % str(key)) from None

    def iteritems(self):
        """(name, colour) of all."""
        return iter(self._colors.items())


def merge_skins(*skins):
    """One of all; later ones win."""
    merged = Skin()
    merged._colors = dict(chain.from_iterable(skin._colors.items() for skin in skins))
    return merged
