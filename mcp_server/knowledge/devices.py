"""Reads `devices.toml`: knowledge of native devices by the name that Live shows."""

from __future__ import annotations

import tomllib
from difflib import get_close_matches
from functools import cache
from importlib.resources import files

import msgspec

from mirror import errors

PLUGINS = (
    "A plug-in shows only 'Device On' until its parameters are added: click Configure in the device's title bar in "
    "Live, then move the controls that you want. Presets do not need that."
)
"""What to do where a plug-in has no parameters; Live's API cannot do it."""


class StartingPoint(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Named values to begin with: parameter → text as Live shows it."""

    name: str
    set: dict[str, str]


class Knowledge(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"purpose": "for", "uses": "use"}
):
    """What is known of one device."""

    purpose: str
    listen: str = ""
    sidechain: str = ""
    uses: tuple[StartingPoint, ...] = ()


@cache
def _all() -> dict[str, Knowledge]:
    text = (files(__package__) / "devices.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), dict[str, Knowledge])


def all_names() -> list[str]:
    """The names of all devices that something is known of."""
    return sorted(_all())


def about(name: str) -> Knowledge:
    """The knowledge of a device by its name in Live, in any case.

    Raises:
      NotFound: nothing is known of such a device; the near names are listed.
    """
    folded = {known.casefold(): known for known in _all()}
    plain = name.strip().casefold()
    if plain not in folded:
        near = [folded[each] for each in get_close_matches(plain, folded, 4, 0.5)]
        hint = f"near it are {', '.join(near)}" if near else PLUGINS
        raise errors.NotFound(f"Nothing is known of a device called {name[:60]!r}", name[:60], hint=hint)
    return _all()[folded[plain]]
