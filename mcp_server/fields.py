"""Types of arguments, and arguments generated from the table with a property's name, type and range.

`settable("Track", "mute", "solo")` makes fields for a Struct; `assigned` returns the values that a call has set.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from remote_script.SetMirror.contract import schema

from .tool import Arguments


def kind(name: str, description: str) -> Meta:
    """Mark a type that takes a number or a text; `reading` converts its values."""
    return Meta(extra={"kind": name}, description=description)


Target = Annotated[int | str, kind("target", "ref, id:…, or name")]
Track = Annotated[int | str, kind("target", "index, ref or name")]
Clip = Annotated[int | str, kind("target", "clip or its slot")]
Time = Annotated[float | str, kind("time", "beats, or bars '5.1.1'")]
Length = Annotated[float | str, kind("length", "beats, '2 bars', '1/8'")]
Value = Annotated[float | str | dict[str, Any], kind("value", "'-6 dB', '+3 dB', or Live's number")]
Overwrite = Annotated[bool, Meta(description="let it remove what is in the way")]
Color = Annotated[int | str, kind("color", "'#rrggbb' or 'red'")]
Place = Annotated[int | str, kind("place", "index from 0, or what it goes before")]
Pitch = Annotated[int | str, kind("pitch", "0..127 or 'C3'")]
Anything = Annotated[Any, Meta(description="as `get` shows it")]

FEW_CHOICES = 8
"""The most choices in a tool's schema; for a longer list the schema shows two examples, and a refusal lists all."""


def described(type_: Any, description: str) -> Any:
    """The type with another description, which replaces its present one."""
    return Annotated[type_, Meta(description=description)]


def field(class_: str, name: str) -> tuple[str, Any, Any]:
    """A property as the field of a Struct: (name, type, default).

    Raises:
      ValueError: the table has no such property, or `_type` no form for its type.
    """
    prop = schema.properties(class_).get(name)
    if prop is None:
        raise ValueError(f"the tables of remote_script/SetMirror/contract have no {class_}.{name}")
    return name, _type(prop) | UnsetType, UNSET


def _type(prop: schema.Property) -> Any:
    if prop.name == "color":
        return Color
    labels = tuple((prop.labels or prop.choices or {}).values())
    if 0 < len(labels) <= FEW_CHOICES:
        return Annotated[Literal[labels], Meta(description="as in Live")]
    if labels:
        return Annotated[str, Meta(description=f"'{labels[1]}', '{labels[-1]}'…")]
    if prop.type == "ref":
        return described(Target, "ref or name")
    if prop.unit == "beats":
        return Time
    words = {"bool": "on or off", "str": "text", "routing": "as Live's menu has it"}
    plain = {"bool": bool, "int": int, "float": float, "str": str, "routing": str}.get(prop.type)
    if plain is None:
        raise ValueError(
            f"{prop.name}: _type of mcp_server/fields.py has no form for values of type {prop.type}"
        )
    if plain in (bool, str):
        return Annotated[plain, Meta(description=words[prop.type])]
    limits = {"minimum": prop.minimum, "maximum": prop.maximum}
    shown = {"type": "number", **{name: limit for name, limit in limits.items() if limit is not None}}
    meta = Meta(extra={"kind": "number"}, extra_json_schema=shown, description=prop.unit or "number")
    return Annotated[int | float | str, meta]


def arguments(name: str, *fields: tuple[Any, ...]) -> type[Arguments]:
    """A Struct of these fields, required ones first."""
    made: Any = msgspec.defstruct(name, [*fields], bases=(Arguments,))
    return made  # type: ignore[no-any-return]


def settable(class_: str, *names: str) -> list[tuple[str, Any, Any]]:
    """The named properties as fields."""
    return [field(class_, name) for name in names]


def assigned(values: Any, names: Iterable[str]) -> dict[str, Any]:
    """The values of the named arguments that the call has set."""
    return {name: value for name in names if (value := getattr(values, name)) is not UNSET}
