"""Facts of headless Live about native devices, for an agent: the guessed facts and the usual values."""

from __future__ import annotations

from functools import cache

from mirror import Mirror, Node

TEXTS = {
    "name": "name",
    "law": "display text between the known values",
    "items": "names of the items",
    "default": "default value",
}
"""Kind of a guess about a parameter → words for an agent; guesses about the position in a Set file are left out."""


def guesses(mirror: Mirror, parameter: Node) -> list[str]:
    """The guessed facts about a native device's parameter; empty where a real Live has shown all of them."""
    above = None if parameter.parent is None else mirror.store.nodes.get(parameter.parent)
    class_name = str(above.props.get("class_name") or "") if above is not None else ""
    return list(_known(class_name).get(parameter.name, ()))


@cache
def _known(class_name: str) -> dict[str, tuple[str, ...]]:
    # Imported here: only headless Live needs it, and the import takes a tenth of a second.
    from remote_script.headless import devices

    facts = devices.find(class_name)
    if facts is None:
        return {}
    marks = {
        one.name: tuple(TEXTS[mark] for mark in one.guesses if mark in TEXTS) for one in facts.parameters
    }
    return {name: texts for name, texts in marks.items() if texts}


def usual_value(device: Node, parameter: Node) -> float | None:
    """The value of a parameter in a new device, as real Lives show it; None if it is not known.

    Live's API has a default (`default_value`) for continuous parameters only.
    """
    return _usual(str(device.props.get("class_name") or "")).get(parameter.name)


@cache
def _usual(class_name: str) -> dict[str, float]:
    from remote_script.headless import devices

    facts = devices.find(class_name)
    known = () if facts is None else facts.parameters
    return {one.name: float(one.default) for one in known if "default" not in one.guesses}
