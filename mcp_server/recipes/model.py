"""The parts of a recipe's file, and the checks that need no Set.

The grammar is described for people in `WRITING.md`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from mirror import errors

from . import expressions

Type = Literal[
    "track", "scene", "clip", "session_clip", "device", "int", "float", "bool", "text", "choice", "time", "length",
    "value", "color", "folder", "table",
]  # fmt: skip
NAMES = ("set", "live", "bar", "data")
"""Names that expressions may use besides the parameters; see WRITING.md."""
PER_ITEM = ("item", "number")
"""Further names for a stage with `each`."""


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The base of all parts of a file."""


class Parameter(Part, frozen=True, rename={"least": "min", "most": "max"}):
    """A parameter of a recipe; the call that runs the recipe gives its value."""

    type: Type
    about: str
    default: Any = UNSET
    """A value, or a template such as "{first(named(set.tracks, 'kick'))}"; UNSET makes the parameter required."""
    optional: bool = False
    """True when a call may leave the parameter out; its value is then None."""
    many: bool = False
    """True when the value is a list of values of this type."""
    least: float | UnsetType = UNSET
    most: float | UnsetType = UNSET
    choices: tuple[str, ...] = ()

    @property
    def required(self) -> bool:
        """True when a call must have a value for the parameter."""
        return self.default is UNSET and not self.optional


class Condition(Part, frozen=True, rename={"test": "if"}):
    """A precondition of the recipe."""

    test: str
    say: str
    """The reason of the refusal, a template."""
    hint: str = ""


class ToolCall(Part, frozen=True, rename={"name": "as"}):
    """A call of a write tool; in later calls, `$name` is the object that it creates."""

    tool: str
    args: dict[str, Any] = {}
    name: str = ""
    when: str = ""


class Stage(Part, frozen=True, rename={"loop_over": "each"}):
    """Calls that belong together; a stage with `each` runs once for every item of a list."""

    say: str
    """The stage's description, as a template."""
    calls: Annotated[tuple[ToolCall, ...], Meta(min_length=1)]
    loop_over: str = ""
    """The expression of `each`, which gives the list; "" for a stage that runs once."""
    where: str = ""
    when: str = ""


class Recipe(Part, frozen=True, rename={"purpose": "for", "stages": "stage", "conditions": "require"}):
    """One recipe."""

    title: str
    purpose: str
    stages: Annotated[tuple[Stage, ...], Meta(min_length=1)]
    parameters: dict[str, Parameter] = {}
    conditions: tuple[Condition, ...] = ()
    live: str = ""
    """The first version of Live that can run the recipe: "12.3"."""
    limits: str = ""
    """Limits that Live's API sets to the recipe, and the alternatives that it uses."""
    data: dict[str, Any] = {}
    """The recipe's own values, which expressions use as `data`."""
    example: dict[str, Any] = {}
    """Example values for the parameters."""


def read(text: str) -> Recipe:
    """A recipe from the text of its file, with all checks that need no Set.

    Raises:
      InvalidValue: the text is no TOML; a part is missing, unknown or of the wrong type; or a name is unknown.
    """
    try:
        recipe = msgspec.convert(tomllib.loads(text), Recipe)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError, RecursionError) as problem:
        raise errors.InvalidValue(f"The file is no recipe: {problem}") from None
    for where, fault in _faults(recipe):
        raise errors.InvalidValue(f"{where}: {fault}")
    return recipe


def version(text: str) -> tuple[int, ...]:
    """The numbers of a version: "12.3.1" → (12, 3, 1); text after the digits of a part is left out."""
    numbers = []
    for part in text.split(".")[:3]:
        digits = part[: next((n for n, sign in enumerate(part) if not sign.isdigit()), len(part))]
        if not digits:
            break
        numbers.append(int(digits))
    return tuple(numbers)


def summary(name: str, recipe: Recipe) -> dict[str, Any]:
    """A recipe for the answer of the action `show`."""
    shown: dict[str, Any] = {"name": name, "title": recipe.title, "for": recipe.purpose}
    if recipe.live:
        shown["needs_live"] = recipe.live
    shown["parameters"] = {key: _parameter(parameter) for key, parameter in recipe.parameters.items()}
    if recipe.limits:
        shown["limits"] = recipe.limits
    shown["stages"] = [
        stage.say + (f" (for each of {stage.loop_over})" if stage.loop_over else "")
        for stage in recipe.stages
    ]
    if recipe.example:
        shown["example"] = recipe.example
    return shown


def _parameter(parameter: Parameter) -> str:
    kind = " or ".join(parameter.choices) if parameter.choices else parameter.type
    text = f"{'list of ' if parameter.many else ''}{kind}"
    if parameter.least is not UNSET or parameter.most is not UNSET:
        low = "" if parameter.least is UNSET else f"{parameter.least:g}"
        high = "" if parameter.most is UNSET else f"{parameter.most:g}"
        text += f" {low}..{high}"
    if parameter.default is not UNSET:
        text += (
            f" = {parameter.default}"
            if not isinstance(parameter.default, list | dict)
            else " (has a default)"
        )
    elif not parameter.optional:
        text += ", required"
    return f"{text}: {parameter.about}"


# -- checks ----------------------------------------------------------------------------------------------------


def _faults(recipe: Recipe) -> Iterator[tuple[str, str]]:
    if recipe.live and not version(recipe.live):
        yield "live", f"{recipe.live!r} is no version such as '12.3'"
    known: list[str] = [*NAMES]
    for name, parameter in recipe.parameters.items():
        where = f"parameters.{name}"
        if not name.isidentifier() or name in (*NAMES, *PER_ITEM):
            yield (
                where,
                "a parameter's name is a word of letters, digits and _, and none of set, live, bar, data, item, number",
            )
        if (parameter.type == "choice") != bool(parameter.choices):
            yield where, "a choice has `choices`, and nothing else has them"
        yield from _texts(where, expressions.expressions_in(parameter.default), known)
        known.append(name)
    for name in recipe.example:
        if name not in recipe.parameters:
            yield "example", f"there is no parameter {name!r}"
    for number, condition in enumerate(recipe.conditions):
        texts = [condition.test, *expressions.expressions_in(condition.say)]
        yield from _texts(f"require {number}", texts, known)
    made: set[str] = set()
    for number, stage in enumerate(recipe.stages):
        yield from _stage_faults(f"stage {number} ({stage.say})", stage, known, made)


def _stage_faults(where: str, stage: Stage, known: list[str], made: set[str]) -> Iterator[tuple[str, str]]:
    names = [*known, *PER_ITEM] if stage.loop_over else known
    if stage.where and not stage.loop_over:
        yield where, "`where` chooses among the items of `each`, and there is no `each`"
    yield from _texts(where, filter(None, [stage.loop_over, stage.when]), known)
    yield from _texts(where, filter(None, [stage.where, *expressions.expressions_in(stage.say)]), names)
    for call in stage.calls:
        texts = [call.when] if call.when else []
        yield from _texts(
            where,
            [*texts, *expressions.expressions_in(call.args), *expressions.expressions_in(call.name)],
            names,
        )
        for reference in references(call.args):
            if reference not in made:
                yield where, f"${reference} needs an earlier call with `as = {reference!r}`"
        if call.name:
            made.add(stem(call.name))


def _texts(where: str, texts: Iterable[str], known: Iterable[str]) -> Iterator[tuple[str, str]]:
    from .subjects import FUNCTIONS

    for text in texts:
        try:
            named, called = expressions.names_of(text)
        except errors.MirrorError as problem:
            yield where, problem.rule
            continue
        for name in sorted(named - set(known)):
            yield where, f"nothing is named {name!r} in {{{text}}}"
        for name in sorted(called - set(FUNCTIONS)):
            yield where, f"there is no function {name!r} in {{{text}}}"


def references(value: Any) -> list[str]:
    """The names after `$` in the texts of a value, without their templates."""
    if isinstance(value, str):
        name = stem(value[1:].partition("/")[0]) if value.startswith("$") else ""
        return [name] if name and not name.isdigit() else []
    elements = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [name for element in elements for name in references(element)]


def stem(name: str) -> str:
    """A call's name up to the first expression in it: "pad{number}" is "pad"."""
    return name.partition("{")[0]
