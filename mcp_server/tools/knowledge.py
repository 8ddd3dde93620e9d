"""Recipes: list, show, try dry, and run them; see `mcp_server.recipes`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from msgspec import Meta

from mirror import Operation, errors

from .. import recipes
from ..desk import Desk
from ..operation_words import words
from ..plans import Plan, Scope, batched_calls
from ..recipes.expansion import Expanded, calls_of
from ..tool import Arguments, Toolset
from .generic import Entry, joined, tool_named

tools = Toolset("knowledge")

MOST_LINES = 60
"""Of a dry run: operations that are put into words."""


class RunRecipe(Arguments):
    action: Annotated[
        Literal["list", "show", "dry_run", "run"],
        Meta(
            description="show: parameters, limits; without name how to write one. dry_run: what would change"
        ),
    ] = "list"
    name: Annotated[str, Meta(description="as in list; with list: words to look for")] = ""
    parameters: Annotated[dict[str, Any], Meta(description="by name, as `show` has them")] = {}


@tools.acts(
    RunRecipe,
    "Recipes",
    "Ready-made jobs, each one undo step: sidechain pump, drum bus, vocal chain, sweeps, song skeletons, clean up…",
    destructive=True,
    idempotent=False,
    output={},
)
async def recipe(desk: Desk, given: RunRecipe) -> dict[str, Any]:
    shelf = recipes.shelf()
    if given.action == "list":
        return listed(shelf, given.name)
    if given.action == "show" and not given.name:
        return {"writing": recipes.page(), "folder": str(recipes.own_folder())}
    held = shelf.recipe(given.name)
    if given.action == "show":
        return recipes.summary(given.name, held)
    scope = desk.scope
    expanded = recipes.expand(held, given.parameters, scope)
    parts = _operations(scope, expanded)
    dry = given.action == "dry_run"
    plan = Plan.of(
        f"recipe {given.name}"[:200],
        [op for part in parts for op in part],
        calls=batched_calls([tool for tool, _ in expanded.calls], parts),
        dry_run=dry,
        makes=None,
    )
    try:
        answer = await desk.carry_out(scope, plan)
    except errors.MirrorError as problem:
        raise _in_stage(problem, expanded, problem.facts.get("call")) from None
    results = answer.pop("results", [])
    answer["recipe"] = given.name
    answer["stages"] = list(_stages(expanded, parts, results))
    if dry:
        answer["would"] = [words(scope, op) for op in plan.operations[:MOST_LINES]]
    notes = [*answer.pop("notes", ()), *expanded.skipped, *([held.limits] if held.limits else [])]
    return {**answer, "notes": notes} if notes else answer


def listed(shelf: recipes.Shelf, words: str = "") -> dict[str, Any]:
    """Recipes by name with what each is for, those that have all the words; and files that cannot be used."""
    found: dict[str, Any] = {"recipes": shelf.purposes(words)}
    return {**found, **({"broken": shelf.broken} if shelf.broken else {})}


def faults(shelf: recipes.Shelf) -> dict[str, list[str]]:
    """What is wrong with each recipe, as far as that shows without a Set: files, tools and their arguments."""
    found = {name: [problem] for name, problem in shelf.broken.items()}
    for name, held in shelf.recipes.items():
        wrong = list(_call_faults(held))
        if wrong:
            found[name] = wrong
    return found


def _call_faults(held: recipes.Recipe) -> Iterator[str]:
    for call in calls_of(held):
        try:
            tool = tool_named(call.tool)
        except errors.MirrorError as problem:
            yield problem.rule
            continue
        if tool.plan is None:
            yield f"{call.tool} cannot be part of a recipe: it reads, or Live finishes it later"
        known = tool.arguments.__struct_fields__
        for name in call.args:
            if name not in known:
                yield f"{call.tool} has no argument {name!r}; it has {', '.join(known)}"


def _operations(scope: Scope, expanded: Expanded) -> list[tuple[Operation, ...]]:
    """Of each call; a refusal names the stage."""
    try:
        return joined(scope, [Entry(tool, args) for tool, args in expanded.calls])
    except errors.MirrorError as problem:
        raise _in_stage(problem, expanded, problem.facts.get("call")) from None


def _in_stage(problem: errors.MirrorError, expanded: Expanded, call: Any) -> errors.MirrorError:
    """The refusal with the stage that a call belongs to, where one is known."""
    stage = next((each.say for each in expanded.stages if call in each.calls), "")
    problem.rule = f"stage {stage!r}: {problem.rule}" if stage else problem.rule
    return problem


def _stages(
    expanded: Expanded, parts: list[tuple[Operation, ...]], results: list[dict[str, Any]]
) -> Iterator[dict[str, Any]]:
    """Each stage with how many of its operations changed something, and those that Live does not show as asked."""
    begins, at = [], 0
    for part in parts:
        begins.append(at)
        at += len(part)
    for stage in expanded.stages:
        held = [
            each
            for number in stage.calls
            for each in results[begins[number] : begins[number] + len(parts[number])]
        ]
        told: dict[str, Any] = {
            "stage": stage.say,
            "operations": sum(len(parts[number]) for number in stage.calls),
            "changed": sum(bool(each["changed"]) for each in held),
            "verified": all(each["verified"] for each in held),
        }
        odd = [each for each in held if not each["verified"] or each.get("note")]
        made = [
            each["result"]["ref"]
            for each in held
            if isinstance(each.get("result"), dict) and "ref" in each["result"]
        ]
        yield {**told, **({"made": made[:20]} if made else {}), **({"look_at": odd[:5]} if odd else {})}
