"""What a tool is: one declaration of its words, its arguments and what it does; all the rest is made from it.

Arguments are a msgspec Struct: unknown names, wrong types and values out of range are refused before anything runs,
with the rule and the value. A refusal is a result with `isError`: one line for people, and its facts for programs.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple, TypeVar

import mcp_types as types
import msgspec

from mirror import Mirror, errors
from mirror.checks import finite

from .desk import Desk
from .resources import stamp, stamped


class Arguments(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """The base of all tools' arguments."""


class Nothing(Arguments):
    """No arguments."""


Run = Callable[[Desk, Any], Awaitable[dict[str, Any]]]

STAMPED: dict[str, Any] = {"revision": {"type": "integer"}, "synced": {"type": "boolean"}}
"""In every answer, besides age_ms; what they mean is said once, in the server's instructions."""


class Answer(NamedTuple):
    """What a tool told, as JSON and as what that says."""

    text: bytes
    plain: dict[str, Any]

    @classmethod
    def of(cls, told: dict[str, Any]) -> Answer:
        text = msgspec.json.encode(told)
        return cls(text, msgspec.json.decode(text))


MOST_KEPT = 65536
"""Bytes; a longer answer is made anew each time."""


@dataclass(frozen=True)
class Tool:
    """A tool of the server; `output` names what its answer holds besides its stamp."""

    name: str
    title: str
    description: str
    arguments: type[Arguments]
    run: Run
    toolset: str
    output: dict[str, Any] = field(default_factory=dict)
    reads: bool = True
    destructive: bool = False
    idempotent: bool = True
    lasts: bool = False
    """The same arguments have the same answer for as long as the Set stands still."""
    waits: bool = False
    """Its calls last until something happens, so they do not count among those at work."""

    @cached_property
    def declared(self) -> types.Tool:
        """As `tools/list` shows it."""
        return types.Tool(
            name=self.name,
            title=self.title,
            description=self.description,
            input_schema=input_schema(self.arguments),
            output_schema=self._output_schema(),
            annotations=types.ToolAnnotations(
                read_only_hint=self.reads,
                # Of a tool that only reads these two say nothing.
                destructive_hint=None if self.reads else self.destructive,
                idempotent_hint=None if self.reads else self.idempotent,
                open_world_hint=False,
            ),
        )

    def _output_schema(self) -> dict[str, Any]:
        # What is in every answer besides is said in the server's instructions.
        stamped = STAMPED if self.reads else {"revision": STAMPED["revision"]}
        properties = {**stamped, **self.output}
        return {
            "type": "object",
            "properties": properties,
            "required": [name for name in properties if name != "results"],
        }

    async def call(self, desk: Desk, given: dict[str, Any] | None) -> dict[str, Any]:
        """Check the arguments, run, and answer, as the wire has it.

        Raises nothing but `AskFirst`, and when cancelled.
        """
        try:
            arguments = self.checked(given)
            key = (self.name, msgspec.json.encode(given or {})) if self.lasts else None
            if key is not None and (held := desk.answers.find(key)) is not None:
                return answered(desk.mirror, held)
            answer = Answer.of(desk.sight.scrub(await self.run(desk, arguments)))
            if key is not None and len(answer.text) <= MOST_KEPT:
                desk.answers.keep(key, answer)
        except errors.MirrorError as problem:
            return refused(problem, desk.sight.scrub)
        except TimeoutError:
            return refused(errors.DeadlinePassed(f"{self.name} was not done in time"))
        return answered(desk.mirror, answer)

    def checked(self, given: dict[str, Any] | None) -> Any:
        """The arguments as a struct; InvalidParams with the rule and what is known."""
        try:
            arguments = msgspec.convert(given or {}, self.arguments)
        except msgspec.ValidationError as problem:
            raise errors.InvalidParams(f"{self.name}: {problem}", hint=self._hint(str(problem))) from None
        except RecursionError:
            raise errors.TooLarge(f"{self.name}: the arguments are nested too deep") from None
        # NaN and infinity are no JSON, but some parsers let them through.
        finite(given, self.name)
        return arguments

    def _hint(self, problem: str) -> str:
        """What the argument takes that a problem is about, else which arguments there are."""
        schema = self.declared.input_schema
        at = _PLACE.search(problem)
        if at is not None and " field `" not in problem:
            return f"{at[1]} is {_said(schema['properties'][at[1]], schema.get('$defs', {}))}"
        known = ", ".join(self.arguments.__struct_fields__) or "none"
        return f"the arguments of {self.name} are: {known}"


_PLACE = re.compile(r"at `\$\.(\w+)")
_WORDS = {"string": "a text", "integer": "a whole number", "number": "a number", "boolean": "true or false"}


def _said(schema: dict[str, Any], parts: dict[str, Any]) -> str:
    """A schema in words: what a value may be."""
    if "$ref" in schema:
        part = parts[schema["$ref"].rpartition("/")[2]]
        return f"an object of {', '.join(part.get('properties', {}))}"
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(_said(each, parts) for each in schema["anyOf"]))
    if "enum" in schema:
        return f"one of {', '.join(str(each) for each in schema['enum'])}"
    if schema.get("type") == "array":
        return f"a list; each is {_said(schema.get('items', {}), parts)}"
    told = _WORDS.get(schema.get("type", ""), "an object" if schema.get("type") == "object" else "anything")
    for word, sign in _BOUNDS.items():
        if word in schema:
            told += f" {sign} {schema[word]:g}"
    return told


_BOUNDS = {"exclusiveMinimum": "above", "minimum": "from", "exclusiveMaximum": "below", "maximum": "to"}

F = TypeVar("F", bound=Callable[..., Awaitable[dict[str, Any]]])


class Toolset:
    """Tools that belong together; a decorator that declares one: its name is the function's."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.tools: dict[str, Tool] = {}

    def reads(
        self,
        arguments: type[Arguments],
        title: str,
        description: str,
        output: dict[str, Any],
        *,
        lasts: bool = True,
        waits: bool = False,
    ) -> Callable[[F], F]:
        """Declare a tool that changes nothing.

        Args:
          lasts: All it tells comes from the Set, and so is the same until that changes.
          waits: Its calls last until something happens.
        """
        return self._declare(title, description, arguments, output, reads=True, lasts=lasts, waits=waits)

    def writes(
        self,
        arguments: type[Arguments],
        title: str,
        description: str,
        *,
        destructive: bool = False,
        idempotent: bool = True,
    ) -> Callable[[F], F]:
        """Declare a tool whose answer is that of a write.

        Args:
          destructive: It can take away what somebody made.
          idempotent: The same call again changes nothing more.
        """
        return self._declare(
            title,
            description,
            arguments,
            WRITTEN,
            reads=False,
            destructive=destructive,
            idempotent=idempotent,
        )

    def _declare(
        self,
        title: str,
        description: str,
        arguments: type[Arguments],
        output: dict[str, Any],
        **hints: bool,
    ) -> Callable[[F], F]:
        def declare(run: F) -> F:
            name = run.__name__
            self.tools[name] = Tool(name, title, description, arguments, run, self.name, output, **hints)
            return run

        return declare


WRITTEN: dict[str, Any] = {
    "outcome": {"enum": ["verified", "unchanged", "mismatch"]},
    "results": {"type": "array"},
}


def input_schema(arguments: type[msgspec.Struct]) -> dict[str, Any]:
    """The JSON Schema of a struct without what models do not need: titles and Python's docstrings."""
    (schema,), parts = msgspec.json.schema_components([arguments], ref_template="#/$defs/{name}")
    own = dict(parts.pop(arguments.__name__, schema))
    if parts:
        own["$defs"] = parts
    for each in (own, *parts.values()):
        each.pop("title", None)
        each.pop("description", None)
        if not each.get("required"):
            each.pop("required", None)
    short: dict[str, Any] = _shortened(own)
    return short


def _shortened(schema: Any) -> Any:
    """The same schema in fewer words: no defaults that say nothing.

    Alternatives stay `anyOf`: a list of types is shorter, and not understood by all model providers.
    """
    if isinstance(schema, list):
        return [_shortened(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        name: _shortened(each)
        for name, each in schema.items()
        if not (name == "default" and (each in ("", [], {}, None) or each is False))
    }


def answered(mirror: Mirror, answer: Answer) -> dict[str, Any]:
    """The answer with its stamp, as structure and as text."""
    head = stamp(mirror)
    return result(stamped(head, answer.text).decode(), {**head, **answer.plain})


def result(text: str, structure: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A `CallToolResult` as the wire of any era has it; the SDK's model would be turned into it once more."""
    content = [{"type": "text", "text": text}]
    return {
        "content": content,
        "structuredContent": structure,
        "resultType": "complete",
        "isError": False,
        **more,
    }


def refused(problem: errors.MirrorError, scrub: Callable[[Any], Any] = lambda told: told) -> dict[str, Any]:
    """A refusal: its code, the rule with the value, and what to do next, in one line.

    Args:
      scrub: Masks what the client may not know.
    """
    facts = scrub(msgspec.to_builtins(problem.to_json()))
    line = scrub(f"{problem.error}: {problem.rule.rstrip('.')}. {problem.hint}")
    return result(" ".join(line.split()), facts, isError=True)
