"""JSON Schemas of arguments in a form that the strictest client accepts, and schemas in words for refusals.

Every schema has one `type`; enums are texts; there are no `$ref`, alternatives or discriminators. An argument that
takes a number or a text is declared as a text, since a quoted number means the same (see `reading`). Its type is
marked with `extra={"kind": …}` in its msgspec `Meta`.
"""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import inspect

_LIMITS = {
    "gt": "exclusiveMinimum",
    "ge": "minimum",
    "lt": "exclusiveMaximum",
    "le": "maximum",
    "min_length": "minItems",
    "max_length": "maxItems",
}
_WORDS = {"string": "a text", "integer": "a whole number", "number": "a number", "boolean": "true or false"}
_BOUNDS = {"exclusiveMinimum": "above", "minimum": "from", "exclusiveMaximum": "below", "maximum": "to"}
_SIMPLE: dict[type, str] = {
    inspect.IntType: "integer",
    inspect.FloatType: "number",
    inspect.StrType: "string",
    inspect.BoolType: "boolean",
    inspect.AnyType: "string",
}


def kind(type_: inspect.Type) -> str:
    """The mark of a type that takes several JSON types: "target", "value", …; "" for other types."""
    if isinstance(type_, inspect.Metadata):
        return str((type_.extra or {}).get("kind", "")) or kind(type_.type)
    return ""


def bare(type_: inspect.Type) -> inspect.Type:
    """The type without its descriptions."""
    return bare(type_.type) if isinstance(type_, inspect.Metadata) else type_


def input_schema(arguments: type[msgspec.Struct]) -> dict[str, Any]:
    """The schema of a tool's arguments."""
    return _object(inspect.type_info(arguments))


def _object(type_: inspect.Type) -> dict[str, Any]:
    assert isinstance(type_, inspect.StructType)
    schema: dict[str, Any] = {"type": "object"}
    if type_.fields:
        schema["properties"] = {field.encode_name: _field(field) for field in type_.fields}
    required = [field.encode_name for field in type_.fields if field.required]
    if required:
        schema["required"] = required
    schema["additionalProperties"] = False
    return schema


def _field(field: inspect.Field) -> dict[str, Any]:
    schema = _schema(field.type)
    if isinstance(field.default, int | float | str) and field.default not in ("", False):
        schema["default"] = field.default
    return schema


def _schema(type_: inspect.Type) -> dict[str, Any]:
    if isinstance(type_, inspect.Metadata):
        inner = {"type": "string"} if kind(type_) else _schema(type_.type)
        return {**inner, **(type_.extra_json_schema or {})}
    if isinstance(type_, inspect.LiteralType):
        # msgspec sorts numbers as texts: 1, 16, 2.
        labels = [str(literal) for literal in type_.values]
        if all(label.isdecimal() for label in labels):
            labels.sort(key=int)
        return {"type": "string", "enum": labels}
    if isinstance(type_, inspect.ListType):
        return {"type": "array", "items": _schema(type_.item_type), **_limits(type_)}
    if isinstance(type_, inspect.DictType):
        if isinstance(type_.value_type, inspect.AnyType):
            return {"type": "object"}
        return {"type": "object", "additionalProperties": _schema(type_.value_type)}
    if isinstance(type_, inspect.StructType):
        return _object(type_)
    return {"type": _SIMPLE[type(type_)], **_limits(type_)}


def _limits(type_: inspect.Type) -> dict[str, Any]:
    limits = ((name, getattr(type_, word, None)) for word, name in _LIMITS.items())
    return {name: limit for name, limit in limits if limit is not None}


def said(schema: dict[str, Any]) -> str:
    """The values that a schema allows, in words."""
    if "enum" in schema:
        return f"one of {', '.join(schema['enum'])}"
    if schema["type"] == "array":
        least, most = schema.get("minItems", 0), schema.get("maxItems")
        some = f" of {least} to {most}" if most is not None else f" of at least {least}" if least else ""
        return f"a list{some}; each element is {said(schema['items'])}"
    if schema["type"] == "object":
        parts = schema.get("properties")
        return f"an object of {', '.join(parts)}" if parts else "an object"
    text = _WORDS[schema["type"]]
    for word, sign in _BOUNDS.items():
        if word in schema:
            text += f" {sign} {schema[word]:g}"
    return text
