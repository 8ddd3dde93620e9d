"""Colours, and skins: colours by name."""

from __future__ import annotations

from itertools import chain
from typing import Any, Dict, Iterator, Optional, Tuple


class SkinColorMissingError(Exception):
    """The skin has no colour of this name."""


class Color:
    """A value that draws itself on a button; `channel` may differ from the button's own MIDI channel."""

    midi_value = 0

    def __init__(
        self, midi_value: Optional[int] = None, channel: Optional[int] = None, **kwargs: Any
    ) -> None:
        if midi_value is not None:
            self.midi_value = midi_value
        self._channel = channel

    def __int__(self) -> int:
        return self.midi_value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, (int, Color)) and int(self) == int(other)

    def __hash__(self) -> int:
        return hash(self.midi_value)

    def draw(self, interface: Any) -> None:
        """Send the value to a button."""
        if self._channel is None:
            interface.send_value(self.midi_value)
        else:
            interface.send_value(self.midi_value, channel=self._channel)


class ComplexColor:
    """Several colours, drawn one after the other."""

    def __init__(self, color_parts: Any = ()) -> None:
        self._parts = tuple(color_parts)

    @property
    def midi_value(self) -> int:
        return int(self._parts[0].midi_value)

    def draw(self, interface: Any) -> None:
        for part in self._parts:
            part.draw(interface)


class FallbackColor:
    """A replacement for buttons that cannot show the first colour."""

    def __init__(self, default_color: Any, fallback_color: Any) -> None:
        self._default, self._fallback = default_color, fallback_color

    @property
    def midi_value(self) -> int:
        return int(self._default.midi_value)

    def draw(self, interface: Any) -> None:
        rgb = getattr(interface, "is_rgb", True)
        (self._default if rgb else self._fallback).draw(interface)


class Skin:
    """Reads a class of classes of colours: `Skin(Colors)["Transport.On"]`."""

    def __init__(self, colors: Any = None, *args: Any, **kwargs: Any) -> None:
        self._colors: Dict[str, Any] = dict(self._read(colors, "")) if colors is not None else {}

    def _read(self, colors: Any, prefix: str) -> Iterator[Tuple[str, Any]]:
        for name in dir(colors):
            value = getattr(colors, name)
            if name.startswith("_"):
                continue
            if isinstance(value, type):
                yield from self._read(value, prefix + name + ".")
            else:
                yield prefix + name, value

    def __contains__(self, key: object) -> bool:
        return key in self._colors

    def __getitem__(self, key: Any) -> Any:
        try:
            return self._colors[key]
        except KeyError:
            raise SkinColorMissingError("Skin color missing: %s" % str(key)) from None

    def iteritems(self) -> Any:
        """Iterate over (name, colour)."""
        return iter(self._colors.items())

    @property
    def colors(self) -> Dict[str, Any]:
        return dict(self._colors)


def merge_skins(*skins: Any) -> Skin:
    """One skin of all; later skins override earlier ones."""
    merged = Skin()
    merged._colors = dict(chain.from_iterable(skin._colors.items() for skin in skins))
    return merged
