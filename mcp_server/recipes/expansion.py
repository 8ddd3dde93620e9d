"""Expansion of a recipe into the calls of a batch, stage by stage, from its parameters' values and the Set."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from msgspec import UNSET

from mirror import errors

from .. import units
from ..plans import Scope
from . import expressions
from .model import Parameter, Recipe, Stage, ToolCall, version
from .subjects import FUNCTIONS, Subject

_KINDS = {"track": "Track", "scene": "Scene", "device": "Device"}
_OPEN = re.compile(r"\{[^{}]*\}")
_REFERENCE = re.compile(r"\$([A-Za-z_][\w-]*)(?=/|$)")


@dataclass
class ExpandedStage:
    """An expanded stage: its description, and the numbers of its calls."""

    say: str
    calls: list[int] = field(default_factory=list)


@dataclass
class Expanded:
    """The calls of a batch and the stages that they belong to; `skipped` names stages that have nothing to do."""

    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    stages: list[ExpandedStage] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)


def expand(recipe: Recipe, arguments: dict[str, Any], scope: Scope) -> Expanded:
    """The calls that the recipe makes in this Set; nothing is written.

    Raises:
      InvalidParams: a parameter is unknown or missing, or there is nothing to do.
      InvalidValue: a value does not fit its parameter.
      NotAvailable: Live is too old, or a precondition does not hold.
    """
    _check_version(recipe, scope)
    names = _values(recipe, arguments, scope)
    for condition in recipe.conditions:
        if not expressions.evaluate(condition.test, names, FUNCTIONS):
            rule = str(expressions.filled(condition.say, names, FUNCTIONS))
            raise errors.NotAvailable(rule, hint=condition.hint or "change the Set or the parameters first")
    expanded, made = Expanded(), dict[str, int]()
    for stage in recipe.stages:
        _expand_stage(stage, names, expanded, made)
    if not expanded.calls:
        raise errors.InvalidParams(
            f"{recipe.title}: there is nothing to do", hint="; ".join(expanded.skipped)[:300] or None
        )
    return expanded


def _check_version(recipe: Recipe, scope: Scope) -> None:
    has = scope.mirror.live_version
    if recipe.live and version(has) < version(recipe.live):
        raise errors.NotAvailable(
            f"{recipe.title} needs Live {recipe.live}, this one is {has or 'not known'}",
            has,
            hint="update Live",
        )


# -- values --------------------------------------------------------------------------------------------------


def _values(recipe: Recipe, arguments: dict[str, Any], scope: Scope) -> dict[str, Any]:
    for name in arguments:
        if name not in recipe.parameters:
            known = ", ".join(recipe.parameters) or "none"
            raise errors.InvalidParams(
                f"{recipe.title} has no parameter {str(name)[:60]!r}", hint=f"its parameters are: {known}"
            )
    names: dict[str, Any] = {
        "set": Subject(scope, scope.mirror.resolve("song")),
        "live": scope.mirror.live_version,
        "bar": scope.length("1 bar"),
        "data": recipe.data,
    }
    for name, parameter in recipe.parameters.items():
        value = arguments.get(name)
        if value is None and parameter.default is not UNSET:
            value = _template(parameter.default, names)
        if value is None:
            if not parameter.optional:
                kind = ", ".join(parameter.choices) or f"a {parameter.type}"
                raise errors.InvalidParams(
                    f"{recipe.title} needs `{name}`: {parameter.about}", hint=f"give `{name}`: {kind}"
                )
            names[name] = [] if parameter.many else None
            continue
        names[name] = _read_all(name, parameter, value, scope)
    return names


def _read_all(name: str, parameter: Parameter, value: Any, scope: Scope) -> Any:
    try:
        if not parameter.many:
            return _read(parameter, value, scope)
        return [
            _read(parameter, element, scope) for element in (value if isinstance(value, list) else [value])
        ]
    except errors.MirrorError as problem:
        problem.rule = f"`{name}`: {problem.rule}"
        raise


def _read(parameter: Parameter, value: Any, scope: Scope) -> Any:
    match parameter.type:
        case "track" | "scene" | "device":
            return Subject(scope, scope.target(value, _KINDS[parameter.type]))
        case "clip":
            return Subject(scope, scope.clip(value))
        case "session_clip":
            return Subject(scope, scope.clip_in(scope.prefer(value, "session clip", "ClipSlot")))
        case "int" | "float":
            return _number(parameter, value)
        case "bool":
            return _switch(value)
        case "choice":
            return _choice(parameter, value)
        case "time":
            return _within(parameter, scope.position(value))
        case "length":
            return _within(parameter, scope.length(value))
        case "color":
            return units.color_text(units.color(value))
        case "table":
            if not isinstance(value, dict):
                raise errors.InvalidValue("a table of names and values is needed", str(value)[:60])
            return value
        case "value":
            return value
    if parameter.type == "folder":
        scope.check_file(str(value))
    if not isinstance(value, str | int | float) or isinstance(value, bool) or len(str(value)) > 2000:
        raise errors.InvalidValue("a text of at most 2000 characters is needed", str(value)[:60])
    return str(value)


def _number(parameter: Parameter, value: Any) -> float:
    number = (
        None if isinstance(value, bool) or not isinstance(value, int | float | str) else units.number(value)
    )
    if number is None or (parameter.type == "int" and not number.is_integer()):
        raise errors.InvalidValue(
            f"a {'whole ' if parameter.type == 'int' else ''}number is needed, not {str(value)[:60]!r}",
            str(value)[:60],
        )
    number = _within(parameter, number)
    return int(number) if parameter.type == "int" else number


def _within(parameter: Parameter, number: float) -> float:
    low, high = parameter.least, parameter.most
    if (low is not UNSET and number < low) or (high is not UNSET and number > high):
        limits = " to ".join("…" if limit is UNSET else f"{limit:g}" for limit in (low, high))
        raise errors.InvalidValue(f"{number:g} is not within {limits}", number)
    return number


def _switch(value: Any) -> bool:
    folded = str(value).strip().casefold()
    if folded not in ("true", "false", "on", "off", "yes", "no", "1", "0"):
        raise errors.InvalidValue(f"on or off is needed, not {str(value)[:60]!r}", str(value)[:60])
    return folded in ("true", "on", "yes", "1")


def _choice(parameter: Parameter, value: Any) -> str:
    folded = {choice.casefold(): choice for choice in parameter.choices}
    if str(value).strip().casefold() not in folded:
        raise errors.InvalidValue(
            f"{str(value)[:60]!r} is none of {', '.join(parameter.choices)}", str(value)[:60]
        )
    return folded[str(value).strip().casefold()]


def _template(value: Any, names: expressions.Names) -> Any:
    if isinstance(value, str):
        return expressions.filled(value, names, FUNCTIONS)
    if isinstance(value, list):
        return [_template(element, names) for element in value]
    return (
        {name: _template(entry, names) for name, entry in value.items()} if isinstance(value, dict) else value
    )


# -- stages --------------------------------------------------------------------------------------------------


def _expand_stage(stage: Stage, names: dict[str, Any], expanded: Expanded, made: dict[str, int]) -> None:
    if stage.when and not expressions.evaluate(stage.when, names, FUNCTIONS):
        return
    before = len(expanded.stages)
    for local in _items(stage, names):
        done = ExpandedStage(str(expressions.filled(stage.say, local, FUNCTIONS)))
        for call in stage.calls:
            if call.when and not expressions.evaluate(call.when, local, FUNCTIONS):
                continue
            done.calls.append(len(expanded.calls))
            args = {
                name: value
                for name, template in call.args.items()
                if (value := _argument(template, local, made)) is not None
            }
            if call.name:
                made[str(expressions.filled(call.name, local, FUNCTIONS))] = len(expanded.calls)
            expanded.calls.append((call.tool, args))
        if done.calls:
            expanded.stages.append(done)
    if len(expanded.stages) == before:
        expanded.skipped.append(f"nothing to do for: {_OPEN.sub('…', stage.say)}")


def _items(stage: Stage, names: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if not stage.loop_over:
        yield names
        return
    elements = expressions.evaluate(stage.loop_over, names, FUNCTIONS)
    if not isinstance(elements, list):
        raise errors.InvalidValue(f"`each` of {stage.say!r} is no list", stage.loop_over)
    number = 0
    for item in elements:
        local = {**names, "item": item, "number": number}
        if stage.where and not expressions.evaluate(stage.where, local, FUNCTIONS):
            continue
        yield local
        number += 1


def _argument(value: Any, names: expressions.Names, made: dict[str, int]) -> Any:
    """An argument with its templates filled and call numbers for `$name`; None entries of tables are left out."""
    if isinstance(value, str):
        return (
            _referred(value, names, made)
            if value.startswith("$")
            else expressions.filled(value, names, FUNCTIONS)
        )
    if isinstance(value, list):
        return [_argument(element, names, made) for element in value]
    if isinstance(value, dict):
        table = {name: _argument(entry, names, made) for name, entry in value.items()}
        return {name: entry for name, entry in table.items() if entry is not None}
    return value


def _referred(text: str, names: expressions.Names, made: dict[str, int]) -> str:
    filled = str(expressions.filled(text, names, FUNCTIONS))
    match = _REFERENCE.match(filled)
    if match is None:
        return filled
    if match[1] not in made:
        raise errors.InvalidValue(f"No earlier call makes ${match[1]}", filled[:60])
    return f"${made[match[1]]}{filled[match.end() :]}"


def calls_of(recipe: Recipe) -> Iterable[ToolCall]:
    """All calls of a recipe."""
    return (call for stage in recipe.stages for call in stage.calls)
