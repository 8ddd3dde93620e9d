"""Reads `devices.toml`: knowledge of native devices by the name that Live shows."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import msgspec

from mirror import errors
from remote_script.SetMirror.contract.naming import near_names

if TYPE_CHECKING:
    from remote_script.headless.devices.facts import DeviceFacts, ParameterFact

MOST_CHOICES = 16
PLUGINS = (
    "A plug-in shows only 'Device On' until its parameters are added: click Configure in the device's title bar in "
    "Live, then move the controls that you want. Presets do not need that."
)
"""Advice for a plug-in without parameters; Live's API cannot configure it."""


class StartingPoint(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Named values to begin with: parameter → text as Live shows it."""

    name: str
    set: dict[str, str]


class Knowledge(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"purpose": "for", "uses": "use"}
):
    """The knowledge about one device."""

    purpose: str
    listen: str = ""
    sidechain: str = ""
    uses: tuple[StartingPoint, ...] = ()


@cache
def _all() -> dict[str, Knowledge]:
    text = (files(__package__) / "devices.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), dict[str, Knowledge])


def all_names() -> list[str]:
    """The names of all devices with an entry."""
    return sorted(_all())


def about(name: str) -> Knowledge:
    """The knowledge about a device by its name in Live, in upper or lower case.

    Raises:
      NotFound: the device has no entry; the hint lists similar names.
    """
    folded = {known.casefold(): known for known in _all()}
    plain = name.strip().casefold()
    if plain not in folded:
        near = [folded[close] for close in near_names(plain, folded)]
        hint = f"near it are {', '.join(near)}" if near else PLUGINS
        raise errors.NotFound(f"Nothing is known of a device called {name[:60]!r}", name[:60], hint=hint)
    return _all()[folded[plain]]


def device_knowledge(name: str) -> dict[str, Any]:
    """The knowledge about a device, with the range, default and choices of each parameter as Live shows them.

    "banks" are the pages of eight parameters that Live gives controllers without a table of their own. Devices newer
    than that table show their parameters eight at a time, in order, and have no "banks".
    "guess" names the parameters whose text, default or choices have not been seen on a real Live yet.
    """
    from remote_script.headless import devices as native

    known = about(name)
    facts = native.by_display_name(name)
    shown: dict[str, Any] = {"device": name, "for": known.purpose}
    if known.listen:
        shown["listen"] = known.listen
    if known.sidechain:
        shown["sidechain"] = known.sidechain
    if known.uses:
        shown["use"] = {use.name: use.set for use in known.uses}
    if facts is not None:
        shown["parameters"] = {fact.name: _range(fact) for fact in facts.parameters}
        if banks := _banks(facts):
            shown["banks"] = banks
        guesses = [fact.name for fact in facts.parameters if set(fact.guesses) - {"path"}]
        sure = [fact.name for fact in facts.parameters if not set(fact.guesses) - {"path"}]
        if guesses:
            # The shorter of both lists is shown, since most devices are completely known or completely unknown.
            some = guesses if len(guesses) <= len(sure) else ["all", *(f"but not {name}" for name in sure)]
            shown["guess"] = ", ".join(some)
    return shown


def _banks(facts: DeviceFacts) -> dict[str, list[str]]:
    from remote_script.headless.frameworks.engine import banks

    pages = banks.DEVICE_DICT.get(facts.class_name, ())
    names = banks.BANK_NAME_DICT.get(facts.class_name) or [f"Bank {index + 1}" for index in range(len(pages))]
    shown = {fact.original_name or fact.name: fact.name for fact in facts.parameters}
    return {
        bank: [shown[name] for name in page if name in shown]
        for bank, page in zip(names, pages, strict=True)
        if not shown.keys().isdisjoint(page)
    }


def _range(fact: ParameterFact) -> str:
    """A parameter's range as "20.0 Hz … 20.0 kHz, default 10.0 kHz", or its choices with the default first."""
    law = fact.law
    default = law.text(fact.default)
    if law.items:
        others = [item for item in law.items if item != default]
        more = f" and {len(others) - MOST_CHOICES} more" if len(others) > MOST_CHOICES else ""
        return " | ".join([default, *others[:MOST_CHOICES]]) + more
    return f"{law.text(law.minimum)} … {law.text(law.maximum)}, default {default}"
