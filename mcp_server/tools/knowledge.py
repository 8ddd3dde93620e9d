"""Recipes: listing, showing, dry runs and runs; see `mcp_server.recipes`."""

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
from .generic import BatchCall, Joined, joined, tool_named

tools = Toolset("knowledge")

MOST_LINES = 60
"""The most operations of a dry run that are described."""
MOST_STAGES = 40
"""The most stages that an answer lists; of the others it has sums, and those that Live does not confirm."""


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
async def recipe(desk: Desk, args: RunRecipe) -> dict[str, Any]:
    shelf = recipes.shelf()
    if args.action == "list":
        return listed(shelf, args.name)
    if args.action == "show" and not args.name:
        return {"writing": recipes.page(), "folder": str(recipes.own_folder())}
    chosen = shelf.recipe(args.name)
    if args.action == "show":
        return recipes.summary(args.name, chosen)
    dry = args.action == "dry_run"
    expanded, parts = recipes.Expanded(), list[tuple[Operation, ...]]()

    def planned(scope: Scope) -> Plan:
        nonlocal expanded, parts
        expanded = recipes.expand(chosen, args.parameters, scope)
        calls = _joined(scope, expanded, dry)
        parts = calls.parts
        return Plan.of(
            f"recipe {args.name}"[:200],
            calls.operations,
            calls=batched_calls([tool for tool, _ in expanded.calls], parts),
            dry_run=dry,
            makes=None,
            expect=tuple(calls.expect),
            notes=tuple(calls.notes),
            left=calls.left,
        )

    try:
        answer, plan, scope = await desk.carry_out(planned)
    except errors.MirrorError as problem:
        raise _in_stage(problem, expanded, problem.facts.get("call")) from None
    results = answer.pop("results", [])
    answer["recipe"] = args.name
    stages = list(_stages(expanded, parts, results, dry))
    listed_stages, more = stages[:MOST_STAGES], stages[MOST_STAGES:]
    if not dry:
        listed_stages += [stage for stage in more if not stage["verified"]]
        more = [stage for stage in more if stage["verified"]]
    answer["stages"] = listed_stages
    if more:
        sums = {name: sum(stage[name] for stage in more) for name in ("operations", "changed")}
        answer["more"] = {"stages": len(more), **sums}
    if dry:
        answer["would"] = [words(scope, op) for op in plan.operations[:MOST_LINES]]
    notes = [*answer.pop("notes", ()), *expanded.skipped, *([chosen.limits] if chosen.limits else [])]
    return {**answer, "notes": notes} if notes else answer


def listed(shelf: recipes.Shelf, words: str = "") -> dict[str, Any]:
    """The purposes of the recipes that have all the words, by name, and the recipe files that cannot be used."""
    listing: dict[str, Any] = {"recipes": shelf.purposes(words)}
    if words and not listing["recipes"]:
        listing["notes"] = [f"none of them has {words[:60]!r}; there are {', '.join(shelf.recipes)}"]
    return {**listing, **({"broken": shelf.broken} if shelf.broken else {})}


def faults(shelf: recipes.Shelf) -> dict[str, list[str]]:
    """Recipe → faults that can be found without a Set: in the file, in names of tools and in their arguments."""
    problems = {name: [problem] for name, problem in shelf.broken.items()}
    for name, entry in shelf.recipes.items():
        wrong = list(_call_faults(entry))
        if wrong:
            problems[name] = wrong
    return problems


def _call_faults(entry: recipes.Recipe) -> Iterator[str]:
    for call in calls_of(entry):
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


def _joined(scope: Scope, expanded: Expanded, dry_run: bool) -> Joined:
    """The plans of every call as one; a refusal names the stage."""
    try:
        return joined(scope, [BatchCall(tool, args) for tool, args in expanded.calls], dry_run=dry_run)
    except errors.MirrorError as problem:
        raise _in_stage(problem, expanded, problem.facts.get("call")) from None


def _in_stage(problem: errors.MirrorError, expanded: Expanded, call: Any) -> errors.MirrorError:
    """The refusal with the stage of the call, if the stage is known."""
    stage = next(
        (expanded_stage.say for expanded_stage in expanded.stages if call in expanded_stage.calls), ""
    )
    problem.rule = f"stage {stage!r}: {problem.rule}" if stage else problem.rule
    return problem


def _stages(
    expanded: Expanded, parts: list[tuple[Operation, ...]], results: list[dict[str, Any]], dry_run: bool
) -> Iterator[dict[str, Any]]:
    """For every stage, the number of operations that changed a value, and the results that Live does not confirm."""
    begins, at = [], 0
    for part in parts:
        begins.append(at)
        at += len(part)
    for stage in expanded.stages:
        outcomes = [
            outcome
            for number in stage.calls
            for outcome in results[begins[number] : begins[number] + len(parts[number])]
        ]
        fields: dict[str, Any] = {
            "stage": stage.say,
            "operations": sum(len(parts[number]) for number in stage.calls),
            "changed": sum(bool(outcome["changed"]) for outcome in outcomes),
            "verified": all(outcome["verified"] for outcome in outcomes),
        }
        # A dry run verifies nothing.
        odd = [out for out in outcomes if out.get("note") or not (dry_run or out["verified"])]
        made = [
            outcome["result"]["ref"]
            for outcome in outcomes
            if isinstance(outcome.get("result"), dict) and "ref" in outcome["result"]
        ]
        yield {**fields, **({"made": made[:20]} if made else {}), **({"look_at": odd[:5]} if odd else {})}
