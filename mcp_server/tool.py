"""What a tool is: one declaration of its words, its arguments and what it does; all the rest is made from it.

Arguments are a msgspec Struct: unknown names, wrong types and values out of range are refused before anything runs,
with the rule and the value. A refusal is a result with `isError`: one line for people, and its facts for programs.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import mcp_types as types
import msgspec

from mirror import Mirror, errors


@dataclass(frozen=True)
class Caller:
    """Who asks, as the event log shall tell it."""

    name: str


class Arguments(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """The base of all tools' arguments."""


Run = Callable[[Mirror, Any, Caller], Awaitable[dict[str, Any]]]

STAMPED: dict[str, Any] = {
    "revision": {"type": "integer", "description": "of the Set that this answer shows"},
    "synced": {"type": "boolean", "description": "false: Live is away; this is what was last known"},
    "age_ms": {"type": ["integer", "null"], "description": "since the mirror was last known to equal Live"},
}


@dataclass(frozen=True)
class Tool:
    """A tool of the server; `output` names what its answer holds besides revision, synced and age_ms."""

    name: str
    title: str
    description: str
    arguments: type[Arguments]
    run: Run
    output: dict[str, Any] = field(default_factory=dict)
    reads: bool = True
    destructive: bool = False
    idempotent: bool = True

    def declared(self) -> types.Tool:
        """As `tools/list` shows it."""
        (schema,), parts = msgspec.json.schema_components([self.arguments], ref_template="#/$defs/{name}")
        own = dict(parts.pop(self.arguments.__name__, schema))
        own.pop("title", None)
        own.pop("description", None)
        if parts:
            own["$defs"] = parts
        return types.Tool(
            name=self.name,
            title=self.title,
            description=self.description,
            input_schema=own,
            output_schema={
                "type": "object",
                "properties": {**STAMPED, **self.output},
                "required": [*STAMPED, *self.output],
            },
            annotations=types.ToolAnnotations(
                title=self.title,
                read_only_hint=self.reads,
                destructive_hint=self.destructive,
                idempotent_hint=self.idempotent,
                open_world_hint=False,
            ),
        )

    async def call(
        self, mirror: Mirror, given: dict[str, Any] | None, caller: Caller
    ) -> types.CallToolResult:
        """Check the arguments, run, and answer; never raises but when cancelled."""
        try:
            arguments = msgspec.convert(given or {}, self.arguments)
        except msgspec.ValidationError as problem:
            known = ", ".join(self.arguments.__struct_fields__)
            return refused(
                errors.InvalidParams(
                    f"{self.name}: {problem}", hint=f"the arguments of {self.name} are {known}"
                )
            )
        try:
            answer = await self.run(mirror, arguments, caller)
        except errors.MirrorError as problem:
            return refused(problem)
        except TimeoutError:
            return refused(errors.DeadlinePassed(f"{self.name} was not done in time"))
        return answered(mirror, answer)


def stamp(mirror: Mirror) -> dict[str, Any]:
    """What a read at this moment is worth."""
    told = mirror.stamp()
    return {"revision": told.revision, "synced": told.synced, "age_ms": told.age_ms}


def answered(mirror: Mirror, answer: dict[str, Any]) -> types.CallToolResult:
    """The answer with its stamp, as structure and as text."""
    whole = {**stamp(mirror), **answer}
    text = msgspec.json.encode(whole).decode()
    return types.CallToolResult(
        content=[types.TextContent(type="text", text=text)], structured_content=msgspec.to_builtins(whole)
    )


def refused(problem: errors.MirrorError) -> types.CallToolResult:
    """A refusal: its code, the rule with the value, and what to do next, in one line."""
    facts = msgspec.to_builtins(problem.to_json())
    line = f"{problem.error}: {problem.rule}. {problem.hint}".replace("..", ".")
    return types.CallToolResult(
        content=[types.TextContent(type="text", text=" ".join(line.split()))],
        structured_content=facts,
        is_error=True,
    )
