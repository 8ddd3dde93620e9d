"""Arguments made from the table: a settable property of Live's is an argument of the same name, type and range.

`settable("Track", "mute", "solo")` gives fields for a Struct; `sets` makes the operations of those that were given.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from mirror import Operation, Set
from remote_script.SetMirror import schema

from . import units
from .tool import Arguments

# What is said once in the server's instructions is not said again with every argument.
Target = int | str
Time = float | str
Length = float | str
Value = float | str
Overwrite = bool
"""Whether it may remove what is in its way."""
Color = Annotated[int | str, Meta(description="'#rrggbb'")]
Pitch = Annotated[int | str, Meta(description="0..127 or 'C3' (60)")]

FEW_CHOICES = 8
"""Written out in the tool's schema as the only ones; of more, two stand for all, and a refusal names them."""


def field(class_: str, name: str) -> tuple[str, Any, Any]:
    """A property as the field of a Struct: (name, type, default)."""
    prop = schema.properties(class_)[name]
    hint: Any
    if name == "color":
        hint = Color
    elif prop.choices is not None and not prop.labels and len(prop.choices) <= FEW_CHOICES:
        hint = Literal[tuple(prop.choices)]
    elif prop.labels:
        labels = tuple(prop.labels.values())
        hint = Literal[labels] if len(labels) <= FEW_CHOICES else str
        if len(labels) > FEW_CHOICES:
            hint = Annotated[str, Meta(description=f"as in Live: {labels[1]}, {labels[-1]}…")]
    elif prop.type in ("ref", "routing"):
        hint = Target if prop.type == "ref" else str
    else:
        limits: dict[str, Any] = {}
        if prop.minimum is not None:
            limits["ge"] = prop.minimum
        if prop.maximum is not None:
            limits["le"] = prop.maximum
        if prop.unit and prop.unit not in ("rgb",):
            limits["description"] = prop.unit
        plain = {"bool": bool, "int": int, "float": float, "str": str}[prop.type]
        hint = Annotated[plain, Meta(**limits)] if limits else plain
    return name, hint | UnsetType, UNSET


def arguments(name: str, *fields: tuple[Any, ...]) -> type[Arguments]:
    """A Struct of these fields, required ones first."""
    made: Any = msgspec.defstruct(name, [*fields], bases=(Arguments,))
    return made  # type: ignore[no-any-return]


def settable(class_: str, *names: str) -> list[tuple[str, Any, Any]]:
    """The named properties as fields."""
    return [field(class_, name) for name in names]


def sets(target: int | str, class_: str, values: Any) -> list[Operation]:
    """Operations for all arguments that are settable properties of `class_` and were given."""
    known = schema.properties(class_)
    ops: list[Operation] = []
    for name in values.__struct_fields__:
        value = getattr(values, name)
        if value is UNSET or name not in known or not known[name].write:
            continue
        ops.append(Set(target, name, units.color(value) if name == "color" else value))
    return ops
