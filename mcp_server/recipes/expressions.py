"""Expressions of recipes: arithmetic, comparisons, attributes and a few functions; no other names, no side effects.

A text is a template: "{track.name} duck" inserts a value, "{track}" alone is the value itself, "{{" is a brace.
"""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from mirror import errors

LONGEST = 500
"""The most characters of one expression."""
_PARTS = re.compile(r"\{\{|\}\}|\{([^{}]*)\}")

_BINARY: dict[type[ast.AST], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}
_COMPARED: dict[type[ast.AST], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: lambda one, other: one in other,
    ast.NotIn: lambda one, other: one not in other,
}


Names = Mapping[str, Any]
Functions = Mapping[str, Callable[..., Any]]


def evaluate(text: str, names: Names, functions: Functions) -> Any:
    """The value of an expression.

    Raises:
      InvalidValue: the expression cannot be parsed, has an unknown name, or fails on these values.
    """
    tree = parsed(text)
    try:
        return _Evaluation(names, functions).of(tree)
    except errors.MirrorError:
        raise
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, RecursionError) as problem:
        raise errors.InvalidValue(f"{{{text}}} has no value here: {problem}", text) from None


@lru_cache(1024)
def parsed(text: str) -> ast.expr:
    """The expression as a tree that contains only allowed nodes.

    Raises:
      InvalidValue: the text is longer than 500 characters, no expression, or has a node that is not allowed.
    """
    if len(text) > LONGEST:
        raise errors.InvalidValue(f"An expression has at most {LONGEST} characters", text[:60])
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise errors.InvalidValue(f"{text[:60]!r} is no expression", text[:60]) from None
    for node in ast.walk(tree):
        if not isinstance(node, _ALLOWED) or (isinstance(node, ast.Call) and node.keywords):
            raise errors.InvalidValue(
                f"{text[:60]!r}: an expression has no {type(node).__name__}",
                text[:60],
                hint="there are numbers, texts, lists, names, attributes, + - * / // %, comparisons, and or not, "
                "`a if b else c` and calls of the functions that WRITING.md lists",
            )
        if isinstance(node, ast.Attribute) and node.attr.startswith("_"):
            raise errors.InvalidValue(f"{text[:60]!r}: no attribute begins with _", text[:60])
    return tree


_ALLOWED = (
    ast.Constant, ast.Name, ast.Attribute, ast.List, ast.Subscript, ast.Call, ast.IfExp, ast.BoolOp, ast.UnaryOp,
    ast.BinOp, ast.Compare, ast.Load, ast.And, ast.Or, ast.Not, ast.USub, *_BINARY, *_COMPARED,
)  # fmt: skip


def names_of(text: str) -> tuple[set[str], set[str]]:
    """The names and the functions that an expression uses."""
    tree = parsed(text)
    called = {
        node.func.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    named = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    return named - called, called


class _Evaluation:
    def __init__(self, names: Names, functions: Functions) -> None:
        self._names = names
        self._functions = functions

    def of(self, node: ast.expr) -> Any:
        match node:
            case ast.Constant():
                return node.value
            case ast.Name():
                return self._named(node.id)
            case ast.List():
                return [self.of(element) for element in node.elts]
            case ast.Attribute():
                return attribute(self.of(node.value), node.attr)
            case ast.Subscript():
                return self.of(node.value)[self.of(node.slice)]
            case ast.IfExp():
                return self.of(node.body if self.of(node.test) else node.orelse)
            case ast.BoolOp():
                return self._either(node)
            case ast.UnaryOp():
                value = self.of(node.operand)
                return not value if isinstance(node.op, ast.Not) else -value
            case ast.BinOp():
                return self._counted(node)
            case ast.Compare():
                return self._compared(node)
            case ast.Call(func=ast.Name()):
                return self._called(node)
        raise ValueError("only functions by name can be called")

    def _named(self, name: str) -> Any:
        if name not in self._names:
            raise errors.InvalidValue(
                f"Nothing is named {name!r} here", name, hint=f"there are {', '.join(sorted(self._names))}"
            )
        return self._names[name]

    def _either(self, node: ast.BoolOp) -> Any:
        stops = isinstance(node.op, ast.Or)
        value: Any = None
        for operand in node.values:
            value = self.of(operand)
            if bool(value) == stops:
                break
        return value

    def _counted(self, node: ast.BinOp) -> Any:
        left, right = self.of(node.left), self.of(node.right)
        joins = isinstance(node.op, ast.Add) and type(left) is type(right) and isinstance(left, str | list)
        if not joins and not all(isinstance(operand, int | float) for operand in (left, right)):
            raise TypeError("arithmetic needs numbers")
        return _BINARY[type(node.op)](left, right)

    def _compared(self, node: ast.Compare) -> bool:
        left = self.of(node.left)
        for op, comparator in zip(node.ops, node.comparators, strict=True):
            right = self.of(comparator)
            if not _COMPARED[type(op)](left, right):
                return False
            left = right
        return True

    def _called(self, node: ast.Call) -> Any:
        assert isinstance(node.func, ast.Name)
        function = self._functions.get(node.func.id)
        if function is None:
            raise errors.InvalidValue(
                f"There is no function {node.func.id!r}",
                node.func.id,
                hint=f"there are {', '.join(sorted(self._functions))}",
            )
        return function(*(self.of(argument) for argument in node.args))


def attribute(value: Any, name: str) -> Any:
    """The value of a key of a table (None for a missing key), or an attribute of an object."""
    if isinstance(value, dict):
        return value.get(name)
    look = getattr(value, "attribute", None)
    if look is None:
        raise TypeError(f"{value!r:.60} has no {name!r}")
    return look(name)


# -- templates -----------------------------------------------------------------------------------------------


def expressions_in(value: Any) -> list[str]:
    """All expressions in the texts of a value, including nested ones."""
    if isinstance(value, str):
        return [match[1] for match in _PARTS.finditer(value) if match[1] is not None]
    if isinstance(value, dict):
        return [text for entry in (*value, *value.values()) for text in expressions_in(entry)]
    return [text for element in value for text in expressions_in(element)] if isinstance(value, list) else []


def filled(text: str, names: Names, functions: Functions) -> Any:
    """The value of a template: the value itself for a single expression, otherwise a text."""
    alone = _PARTS.fullmatch(text)
    if alone is not None and alone[1] is not None:
        return plain(evaluate(alone[1], names, functions))

    def part(match: re.Match[str]) -> str:
        if match[1] is None:
            return match[0][0]
        return said(evaluate(match[1], names, functions))

    return _PARTS.sub(part, text)


def plain(value: Any) -> Any:
    """A value as a tool's argument, with refs in place of objects."""
    if isinstance(value, list | tuple):
        return [plain(element) for element in value]
    if isinstance(value, dict):
        return {name: plain(entry) for name, entry in value.items()}
    return value.attribute("ref") if hasattr(value, "attribute") else value


def said(value: Any) -> str:
    """A value as a part of a text: objects by their names, numbers in short form."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, float):
        return f"{value:.10g}"
    if isinstance(value, list | tuple):
        return ", ".join(map(said, value))
    return str(value.attribute("name") or value.attribute("ref") if hasattr(value, "attribute") else value)
