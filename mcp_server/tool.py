"""A tool: one declaration of description, arguments and function, from which its schema and behaviour are derived.

Arguments are a msgspec Struct, read by `reading`: unknown names, wrong types and values out of range are refused
before anything runs. A read is an async function; a write is a *plan* (see `plans`), so that a batch can contain it;
only tools that wait for Live (loading, undo) write by themselves. A refusal is a result with `isError`: one text for
all clients, and facts for programs in `_meta`.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple, TypeVar

import mcp_types as types
import msgspec

from mirror import Mirror, errors
from mirror.checks import finite
from remote_script.SetMirror.contract.naming import near_names

from . import readiness, reading, schemas, unavailable
from .answers import lean
from .desk import Desk, next_step
from .history.returning import came_back_as
from .plans import Plan, Planner, Scope
from .resources import stamp, stamped


class Arguments(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """The base of all tools' arguments."""


class Nothing(Arguments):
    """No arguments."""


Run = Callable[[Desk, Any], Awaitable[dict[str, Any]]]
FACTS = "setmirror/error"
"""The key in the `_meta` of a refusal for its code, rule, hint and facts."""

STAMPED: dict[str, Any] = {"revision": {"type": "integer"}, "synced": {"type": "boolean"}}
"""Members of every answer, besides age_ms; the server's instructions explain them once."""


class Answer(NamedTuple):
    """A tool's result: its JSON bytes and the decoded value."""

    text: bytes
    plain: dict[str, Any]

    @classmethod
    def of(cls, value: dict[str, Any]) -> Answer:
        text = msgspec.json.encode(value)
        return cls(text, msgspec.json.decode(text))


MOST_KEPT = 65536
"""The most bytes of a cached answer; a longer answer is made again for every call."""


@dataclass(frozen=True)
class Tool:
    """A tool of the server; `output` is the schema of its answer without the stamp."""

    name: str
    title: str
    description: str
    arguments: type[Arguments]
    run: Run
    toolset: str
    plan: Planner | None = None
    """For a write that a batch can contain: makes its plan from the arguments and the Set."""
    output: dict[str, Any] = field(default_factory=dict)
    reads: bool = True
    destructive: bool = False
    idempotent: bool = True
    lasts: bool | Callable[[Any], bool] = False
    """True, or a function of the arguments, when the answer depends only on the Set's state."""
    waits: bool = False
    """True when calls wait for an event; they do not count as running calls."""
    outline: bool = False
    """True when the answer can be made while parts of the Set are still to come, which it leaves out."""
    only_views_as: str = ""
    """For a tool of conversation views only: the tool whose policy rules apply; "" for tools of models."""

    @property
    def ruled_as(self) -> str:
        """The tool name by which policy rules match."""
        return self.only_views_as or self.name

    @cached_property
    def declared(self) -> types.Tool:
        """The tool's entry in `tools/list`."""
        return types.Tool(
            name=self.name,
            title=self.title,
            description=self.description,
            input_schema=schemas.input_schema(self.arguments),
            output_schema=self._output_schema(),
            annotations=types.ToolAnnotations(
                read_only_hint=self.reads,
                # These two hints mean nothing for a tool that only reads.
                destructive_hint=None if self.reads else self.destructive,
                idempotent_hint=None if self.reads else self.idempotent,
                open_world_hint=False,
            ),
        )

    def _output_schema(self) -> dict[str, Any]:
        # The server's instructions describe the other members of every answer.
        stamped = STAMPED if self.reads else {"revision": STAMPED["revision"]}
        properties = {**stamped, **self.output}
        return {
            "type": "object",
            "properties": properties,
            "required": [name for name in properties if name != "results"],
        }

    async def call(self, desk: Desk, arguments: dict[str, Any] | None) -> dict[str, Any]:
        """Check the arguments, run the tool, and return a `CallToolResult` in the wire's form.

        Raises only `AskFirst`; a refusal is a result.
        """
        try:
            checked = self.checked(arguments)
            await readiness.awaited(desk.mirror)
            if not self.outline:
                await readiness.complete(desk.mirror)
            lasts = self.lasts(checked) if callable(self.lasts) else self.lasts
            key = (self.name, msgspec.json.encode(arguments or {})) if lasts else None
            if key is not None and (earlier := desk.answers.find(key)) is not None:
                return answered(desk.mirror, earlier)
            made = await self.run(desk, checked)
            image = made.pop(IMAGE, None)
            answer = Answer.of(desk.sight.scrub(made))
            if key is not None and image is None and len(answer.text) <= MOST_KEPT:
                desk.answers.keep(key, answer)
            if image is not None:
                return pictured(answered(desk.mirror, answer), image)
        except errors.MirrorError as problem:
            for text, reason in _REASONS.items():
                if text in problem.rule:
                    problem.hint = reason
            if (former := _NO_ID.search(problem.rule)) is not None:
                _name_successor(desk, problem, int(former[1]))
            if not desk.mirror.epoch and not isinstance(problem, errors.InvalidParams | errors.InvalidValue):
                problem = readiness.not_ready(desk.mirror)
            daw = desk.mirror.daw
            if isinstance(problem, errors.NotAvailable) and daw != "Live" and daw not in problem.rule:
                problem.rule = f"{problem.rule.rstrip('.')}: {daw} does not give it over its extension"
            return refused(problem, desk.sight.scrub, arguments)
        except TimeoutError:
            return refused(errors.DeadlinePassed(f"{self.name} was not done in time"))
        answered_call = answered(desk.mirror, answer)
        if self.only_views_as:
            # A view reads the structured content only; a text would repeat it.
            answered_call["content"] = []
        return answered_call

    def planned(self, scope: Scope, arguments: dict[str, Any] | None) -> Plan:
        """The plan of a call with these arguments; nothing is executed.

        Raises:
          InvalidParams: the tool has no plan: it reads, or waits for Live.
          MirrorError: the arguments do not fit the tool or the Set.
        """
        if self.plan is None:
            why = "it only reads" if self.reads else "Live finishes it later"
            raise errors.InvalidParams(
                f"{self.name} cannot be part of a batch: {why}", hint="call it by itself"
            )
        return self.plan(scope, self.checked(arguments))

    def checked(self, arguments: dict[str, Any] | None) -> Any:
        """The arguments as a struct; InvalidParams with the rule and the valid arguments."""
        try:
            # NaN, huge integers and incomplete characters are not valid JSON, but some parsers accept them.
            finite(arguments, f"an argument of {self.name}")
            return msgspec.convert(reading.fitted(arguments or {}, self.arguments), self.arguments)
        except msgspec.ValidationError as problem:
            rule, hint = self._mistyped(str(problem), arguments or {}) or (
                str(problem),
                self._hint(str(problem)),
            )
            raise errors.InvalidParams(f"{self.name}: {rule}", hint=hint) from None
        except RecursionError:
            raise errors.TooLarge(f"{self.name}: the arguments are nested too deep") from None

    def _mistyped(self, problem: str, payload: dict[str, Any]) -> tuple[str, str] | None:
        """For an argument of a wrong type, the value in the payload and the type; None for other problems."""
        at = _WHERE.search(problem)
        if not problem.startswith(_TYPES) or at is None:
            return None
        takes: Any = self.declared.input_schema
        value: Any = payload
        for name, number in _STEP.findall(at[1]):
            takes = takes.get("properties", {}).get(name) if name else _items(takes)
            value = _step(value, name, number)
            if not isinstance(takes, dict) or "type" not in takes:
                return None
        where = at[1].lstrip(".").replace("[...]", "")
        wish = unavailable.about(value) if isinstance(value, str) and "enum" in takes else None
        missing = f"Live's API cannot {wish.what}: {wish.instead}; " if wish is not None else ""
        value = "that" if value is _UNKNOWN_VALUE else msgspec.json.encode(value).decode()[:60]
        examples = f" ({takes['description']})" if "description" in takes else ""
        return f"`{where}` cannot be {value}", f"{missing}{where} is {schemas.said(takes)}{examples}"

    def _hint(self, problem: str) -> str:
        """A hint: the values of the argument that a problem is about, else the list of arguments."""
        properties = self.declared.input_schema.get("properties", {})
        at = _PLACE.search(problem)
        if at is not None and " field `" not in problem and at[1] in properties:
            return f"{at[1]} is {schemas.said(properties[at[1]])}"
        names = [field.encode_name for field in msgspec.structs.fields(self.arguments)]
        unknown = _UNKNOWN.search(problem)
        if unknown is not None and unknown[1] == "dry_run" and not self.reads:
            tried = "batch {calls: [{tool: '" + self.name + "', args: {…}}], dry_run: true}"
            return (
                f"{tried} says what would change"
                if self.plan
                else "it cannot be tried: Live finishes it later"
            )
        near = near_names(unknown[1], names, 3, 0.6) if unknown is not None else []
        first = f"near it: {', '.join(near)}; " if near else ""
        return f"{first}the arguments of {self.name} are: {', '.join(names) or 'none'}"


_UNKNOWN = re.compile(r"unknown field `([^`]*)`\Z")
_REASONS = {
    "Could not create an envelope for the parameter": "a clip has envelopes of parameters of its own track only: of its"
    " mixer and its devices",
}
"""Live's errors that name no reason → their meaning."""
_TYPES = ("Expected `", "Invalid enum value", "Invalid value")
_WHERE = re.compile(r"at `(?:key in )?\$([^`]*)`")
_STEP = re.compile(r"\.(\w+)|\[([^\]]*)\]")
_UNKNOWN_VALUE = object()


def _items(schema_: dict[str, Any]) -> Any:
    return schema_.get("items") or schema_.get("additionalProperties")


def _step(value: Any, name: str, number: str) -> Any:
    """The part of an argument for one step of the path in a refusal."""
    value = reading.parsed(value)
    if name and isinstance(value, dict):
        return value.get(name, _UNKNOWN_VALUE)
    if number.isdecimal():
        return value[int(number)] if isinstance(value, list) and int(number) < len(value) else value
    return _UNKNOWN_VALUE


_PLACE = re.compile(r"at `\$\.(\w+)")

F = TypeVar("F", bound=Callable[..., Any])


class Toolset:
    """A group of tools; its methods are decorators that declare a tool with the function's name."""

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
        lasts: bool | Callable[[Any], bool] = True,
        waits: bool = False,
        outline: bool = False,
        only_views_as: str = "",
    ) -> Callable[[F], F]:
        """Declare a tool that changes nothing.

        Args:
          lasts: True, or a function of the arguments, when the answer depends only on the Set's state.
          waits: True when calls wait for an event.
          outline: True when the answer can be made while parts of the Set are still to come.
          only_views_as: For a tool of conversation views only: the tool whose policy rules apply.
        """
        hints = {"lasts": lasts, "waits": waits, "outline": outline, "only_views_as": only_views_as}
        return self._declare(title, description, arguments, output, reads=True, **hints)

    def writes(
        self,
        arguments: type[Arguments],
        title: str,
        description: str,
        *,
        destructive: bool = False,
        idempotent: bool = True,
    ) -> Callable[[F], F]:
        """Declare a tool that is one write; the function makes its plan.

        Args:
          destructive: True when the tool can remove objects that somebody else created.
          idempotent: True when repeating the call changes nothing more.
        """
        hints = {"reads": False, "destructive": destructive, "idempotent": idempotent}

        def declare(plan: F) -> F:
            async def run(desk: Desk, arguments: Any) -> dict[str, Any]:
                answer, meant, scope = await desk.carry_out(lambda scope: plan(scope, arguments))
                return lean(answer, meant, scope.batch.made)

            self._add(plan.__name__, title, description, arguments, run, WRITTEN, plan=plan, **hints)
            return plan

        return declare

    def acts(
        self,
        arguments: type[Arguments],
        title: str,
        description: str,
        *,
        destructive: bool = False,
        idempotent: bool = True,
        output: dict[str, Any] | None = None,
    ) -> Callable[[F], F]:
        """Declare a tool that acts without a plan, because it waits for Live or makes no edit itself.

        Args:
          output: Schema of its answers; by default that of writes.
        """
        hints = {"reads": False, "destructive": destructive, "idempotent": idempotent}
        return self._declare(title, description, arguments, WRITTEN if output is None else output, **hints)

    def _declare(
        self,
        title: str,
        description: str,
        arguments: type[Arguments],
        output: dict[str, Any],
        **hints: Any,
    ) -> Callable[[F], F]:
        def declare(run: F) -> F:
            self._add(run.__name__, title, description, arguments, run, output, **hints)
            return run

        return declare

    def _add(
        self,
        name: str,
        title: str,
        description: str,
        arguments: type[Arguments],
        run: Run,
        output: dict[str, Any],
        **more: Any,
    ) -> None:
        self.tools[name] = Tool(name, title, description, arguments, run, self.name, output=output, **more)


_NO_ID = re.compile(r"There is no object with id (\d{1,15})\b")


def _name_successor(desk: Desk, problem: errors.MirrorError, former: int) -> None:
    """Add to a refusal the present id of an object that came back by an undo or was created again."""
    now = came_back_as(desk.mirror, former)
    if now is not None:
        problem.hint = f"it came back as id:{now} ({desk.mirror.ref(now)}): write that"


WRITTEN: dict[str, Any] = {
    "outcome": {"enum": ["verified", "partial", "unchanged", "mismatch"]},
    "results": {"type": "array"},
}


IMAGE = "png"
"""Key of an answer's picture (bytes), which is sent beside the text and not in the structured content."""


def pictured(result: dict[str, Any], image: bytes) -> dict[str, Any]:
    """A result with a PNG beside its text."""
    data = base64.b64encode(image).decode()
    result["content"] = [*result["content"], {"type": "image", "data": data, "mimeType": "image/png"}]
    return result


def answered(mirror: Mirror, answer: Answer) -> dict[str, Any]:
    """The answer with its stamp, as structured content and as text."""
    head = stamp(mirror)
    if not head["synced"]:
        head["problem"] = readiness.problem(mirror)
    return result(stamped(head, answer.text).decode(), {**head, **answer.plain})


def result(text: str, structure: dict[str, Any]) -> dict[str, Any]:
    """A `CallToolResult` in the wire's form of every protocol version, which saves the SDK's conversion."""
    return {**_said(text), "structuredContent": structure, "isError": False}


def refused(
    problem: errors.MirrorError,
    scrub: Callable[[Any], Any] = lambda value: value,
    arguments: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """A refusal as text: its code, the rule with the value, and what to do next.

    It has no `structuredContent`: that would have to fit the tool's output schema, and clients that check it drop the
    whole result. Programs find the facts in `_meta`.

    Args:
      scrub: Masks names that the client must not know.
      arguments: Those of the call: a text that it wrote itself is repeated as it is.
    """
    hint = next_step(problem)
    written = isinstance(problem.value, str) and problem.value in _texts(arguments)
    repeated = repr(problem.value) if written else ""
    rule = repeated.join(map(scrub, problem.rule.split(repeated))) if repeated else scrub(problem.rule)
    line = f"{problem.error}: {rule.rstrip('.')}. {scrub(hint)}"
    facts = scrub(msgspec.to_builtins(problem.to_json()))
    if repeated:
        facts |= {name: text for name, text in (("rule", rule), ("value", problem.value)) if name in facts}
    return {**_said(" ".join(line.split())), "isError": True, "_meta": {FACTS: facts}}


def _texts(arguments: Any) -> Iterator[str]:
    """All texts in the arguments of a call, without the spaces around them."""
    if isinstance(arguments, str):
        yield from (arguments, arguments.strip())
    elif isinstance(arguments, dict | list):
        for value in arguments.values() if isinstance(arguments, dict) else arguments:
            yield from _texts(value)


def _said(text: str) -> dict[str, Any]:
    return {"content": [{"type": "text", "text": text}], "resultType": "complete"}
