"""What the facts of native devices say to an agent: which of headless Live's are guesses, and what is usual.

The facts are those that headless Live is made of; each carries its own marks.
"""

from __future__ import annotations

from functools import cache

from mirror import Mirror, Node

TEXTS = {
    "name": "name",
    "law": "display text between the known values",
    "items": "names of the items",
    "default": "default value",
}
"""What a guess about a parameter concerns. Where a Set file keeps a value is nothing that an agent reads."""


def guesses(mirror: Mirror, parameter: Node) -> list[str]:
    """What of a native device's parameter is guessed; empty for what a real Live was seen to show."""
    above = None if parameter.parent is None else mirror.store.nodes.get(parameter.parent)
    class_name = str(above.props.get("class_name") or "") if above is not None else ""
    return list(_known(class_name).get(parameter.name, ()))


@cache
def _known(class_name: str) -> dict[str, tuple[str, ...]]:
    # With a real Live nobody needs it, and it takes a tenth of a second.
    from remote_script.headless import devices

    facts = devices.find(class_name)
    if facts is None:
        return {}
    marks = {
        one.name: tuple(TEXTS[mark] for mark in one.guesses if mark in TEXTS) for one in facts.parameters
    }
    return {name: texts for name, texts in marks.items() if texts}


def usual_value(device: Node, parameter: Node) -> float | None:
    """The value of a parameter in a fresh device, as real Lives have it; None where no source tells.

    Live itself says so of continuous parameters only (`default_value`).
    """
    return _usual(str(device.props.get("class_name") or "")).get(parameter.name)


@cache
def _usual(class_name: str) -> dict[str, float]:
    from remote_script.headless import devices

    facts = devices.find(class_name)
    known = () if facts is None else facts.parameters
    return {one.name: float(one.default) for one in known if "default" not in one.guesses}
