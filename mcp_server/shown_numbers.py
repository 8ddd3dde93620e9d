"""Parameters that show numbers without a unit: a bare number can be such a number, or Live's inner value."""

from __future__ import annotations

from typing import Any

from mirror import Node
from remote_script.SetMirror.contract import display

from . import units


def may_show_numbers(node: Node) -> bool:
    """True for a parameter whose items are numbers, or that has no items and shows no unit at present."""
    return bool(texts_of_numbers(node)) or shows_no_unit(node)


def shows_no_unit(node: Node) -> bool:
    """True for a parameter without items that shows no unit at present."""
    shown = display.quantity(str(node.props.get("display") or ""))
    return not node.props.get("is_quantized") and (shown is None or shown.unit in display.PLAIN_UNITS)


def written_value(node: Node) -> Any:
    """A parameter's inner value in a form that means it in a call: {"raw": 2} where 2 may be read as a shown number."""
    value = node.props.get("value")
    if not isinstance(value, int | float) or isinstance(value, bool):
        return value
    shown = str(node.props.get("display") or "")
    ambiguous = shown != "" and shows_no_unit(node) and display.on_another_scale(shown, value)
    number = units.neat(float(value))
    return {"raw": number} if ambiguous or texts_of_numbers(node) else number


def texts_of_numbers(node: Node) -> list[str]:
    """The texts of a stepped parameter that shows numbers, such as sync rates; empty for other parameters."""
    items = node.props.get("value_items")
    if not node.props.get("is_quantized") or not isinstance(items, list) or not items:
        return []
    texts = [str(item) for item in items]
    return texts if display.numbers(texts) else []
