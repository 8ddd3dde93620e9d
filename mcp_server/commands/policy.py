"""`setmirror policy`: shows the policy, explains its decision about an operation, and answers its questions."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import anyio
import anyio.to_thread
import click
import msgspec

from mcp_server.commands import options
from mcp_server.commands.console import Failure, run_async, say, say_exact, say_json, style

_file = click.option(
    "--policy",
    "path",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="The policy; ~/.setmirror/policy.toml if not given.",
)
_COLORS = {"allow": "green", "ask": "yellow", "deny": "red"}


def _load(path: Path | None) -> Any:
    from mcp_server.policy import Policy
    from mirror import errors

    try:
        return Policy.load(path)
    except errors.MirrorError as problem:
        raise Failure(problem.rule, problem.hint) from None


@click.group("policy", short_help="Show and check the rules for agents.")
def command() -> None:
    """Show and check the rules for agents.

    The policy is ~/.setmirror/policy.toml: rules of allow, deny and ask over operations, refs, tools and clients.
    The first matching rule decides. Without a file everything is allowed, and deleting tracks and scenes asks
    first.

    A ref means its object and everything below that object. Rules are applied when a call is read and again when
    the call runs, to every object that it touches; a rule with operations = ["read"] hides objects. `ask`,
    `read-only` and `clients` apply to all servers of the open Live.
    """


@command.command("show")
@_file
@options.as_json
def show(path: Path | None, as_json: bool) -> None:
    """Print the policy that is in force, rule by rule, as JSON; with --json in one line."""
    policy = _load(path)
    say_json(policy.file, indent=0 if as_json else 2)


@command.command("check")
@click.argument("target")
@click.argument("what")
@click.argument("arguments", required=False, default="")
@click.option(
    "--client",
    default="agent",
    show_default=True,
    help="The client that asks: the name of its token or of its process.",
)
@click.option(
    "--tool", default="call_method", show_default=True, help="The tool that the client uses; get for a read."
)
@_file
@options.port
@options.as_json
def check(
    target: str,
    what: str,
    arguments: str,
    client: str,
    tool: str,
    path: Path | None,
    port: int,
    as_json: bool,
) -> None:
    r"""Explain what the policy decides on one operation of the open Set.

    TARGET is a ref, id or name; WHAT is a property to set, a method to call, or `read`; ARGUMENTS are the method's
    arguments as JSON.

    \b
        setmirror policy check tracks/0 read --tool get_notes --client cursor
        setmirror policy check tracks/0 name
        setmirror policy check song delete_track '{"index": 0}' --client cursor
    """
    policy = _load(path)
    try:
        method_arguments = json.loads(arguments) if arguments else {}
    except ValueError as problem:
        raise click.BadParameter(f"ARGUMENTS is no JSON: {problem}") from None
    if not isinstance(method_arguments, dict):
        raise click.BadParameter('ARGUMENTS is a JSON object such as {"index": 0}')

    async def main() -> None:
        from mcp_server.commands.link import linked
        from mcp_server.effects import effects_of
        from mirror import Call, Operation, Set
        from remote_script.SetMirror.contract import schema

        async with linked(port) as mirror:
            node = _node(mirror, target)
            if what == "read":
                _say_reading(policy, mirror, node, tool, client, as_json)
                return
            known = node.type in schema.CLASSES
            op: Operation = Set(node.id, what, None)
            if known and what in schema.methods(node.type):
                op = Call(node.id, what, method_arguments)
            elif known and what not in schema.properties(node.type):
                raise Failure(f"{node.type} has neither a property nor a method {what!r}")

            for effect in effects_of(mirror.store, [op]):
                verdict = policy.explain(mirror.store, tool, client, effect)
                refs = [mirror.ref(id_) for id_ in effect.ids if id_ in mirror.store.nodes]
                if as_json:
                    say_json(
                        {"decide": verdict.decide, "what": effect.what, "why": verdict.reason, "refs": refs}
                    )
                    continue
                color = _COLORS[verdict.decide]
                say(
                    f"{style(verdict.decide, fg=color, bold=True)}: {effect.what}, a {effect.kind}, by {client}"
                )
                say(f"why: {verdict.reason}")
                if refs:
                    below = " with all below" if effect.kind == "delete" else ""
                    say(f"it touches {', '.join(refs[:10])}{' …' if len(refs) > 10 else ''}{below}")
                if verdict.decide == "ask":
                    say("if nobody can be asked, it is" + ("allowed" if verdict.else_allow else "denied"))

    run_async(main)


@command.command("pin")
@click.argument("target")
@options.port
@options.as_json
def pin(target: str, port: int, as_json: bool) -> None:
    """Print a pin of an object for a rule of the policy.

    When the Set is opened again, the pin finds the object by kind, name and content; a pin without a match
    applies to all objects of that kind.
    """

    async def main() -> None:
        from mcp_server.commands.link import linked
        from mcp_server.pins import pin_of

        async with linked(port) as mirror:
            node = _node(mirror, target)
            facts = msgspec.to_builtins(pin_of(mirror.store, node))
            if as_json:
                say_json(facts)
                return
            # A TOML basic string is a JSON string.
            members = ", ".join(
                f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in facts.items()
            )
            say_exact(f"pins = [{{{members}}}]")

    run_async(main)


def _node(mirror: Any, target: str) -> Any:
    """The object that `target` names; Failure with the reason where there is none."""
    from mirror import errors

    try:
        return mirror.resolve(int(target) if target.isdigit() else target)
    except errors.MirrorError as problem:
        raise Failure(problem.rule, problem.hint) from None


def _say_reading(policy: Any, mirror: Any, node: Any, tool: str, client: str, as_json: bool) -> None:
    """Print whether the client can read the object with the tool, and the rules that decide."""
    from mcp_server.sight import Sight

    rules = policy.reading(tool, client)
    hidden = bool(rules) and Sight(mirror, policy, rules).reader.hides(node.id)
    decide = "deny" if hidden else "allow"
    reasons = [rule.reason for rule in rules if rule.reason]
    why = "; ".join(reasons) or ("a rule about reading hides it" if hidden else "no rule hides it")
    if as_json:
        say_json({"decide": decide, "what": "read", "why": why, "refs": [mirror.ref(node.id)]})
        return
    say(f"{style(decide, fg=_COLORS[decide], bold=True)}: read {mirror.ref(node.id)} with {tool} by {client}")
    say(f"why: {why}")


@command.command("ask")
@options.port
def ask(port: int) -> None:
    """Show the policy's questions of all servers when they are asked, and answer them.

    Runs until interrupted. Only the user who runs Live can answer, never an agent.
    """

    async def main() -> None:
        from mcp_server.commands.link import linked

        async with linked(port) as mirror:
            await mirror.ask("question.follow", {})
            say("Questions of policies are shown here; Ctrl-C ends it.", err=True)
            while True:
                await answer_all(mirror, _confirmed)
                await anyio.sleep(LOOK_S)

    run_async(main)


LOOK_S = 0.3
"""Seconds between two requests for new questions."""


async def answer_all(mirror: Any, decide: Callable[[str], Awaitable[bool]]) -> None:
    """Answer all waiting questions, oldest first."""
    from mirror import errors

    for question in (await mirror.ask("policy.state", {}))["questions"]:
        allow = await decide(question["text"])
        try:
            await mirror.ask("question.answer", {"question": question["question"], "allow": allow})
        except errors.NotFound:
            say("the question ended before the answer", err=True)


async def _confirmed(text: str) -> bool:
    return await anyio.to_thread.run_sync(click.confirm, text, abandon_on_cancel=True)


@command.command("read-only")
@click.argument("state", type=click.Choice(["on", "off"]), required=False)
@options.port
@options.as_json
def read_only(state: str | None, port: int, as_json: bool) -> None:
    """Refuse all writes of all servers (on) or allow them again (off); without STATE, show the present state.

    The state survives a restart of Live.
    """

    async def main() -> None:
        from mcp_server.commands.link import linked

        async with linked(port) as mirror:
            if state is not None:
                await mirror.ask("policy.read_only", {"on": state == "on"})
            policy_state = await mirror.ask("policy.state", {})
            if as_json:
                say_json({"read_only": policy_state["read_only"]})
            else:
                say("read-only: " + ("on" if policy_state["read_only"] else "off"))

    run_async(main)


@command.command("clients")
@options.port
@options.as_json
def clients(port: int, as_json: bool) -> None:
    """List who is connected to the bridge, and the clients behind each server."""

    async def main() -> None:
        from mcp_server.commands.link import linked

        async with linked(port) as mirror:
            for connection in (await mirror.ask("client.list", {}))["clients"]:
                if as_json:
                    say_json(connection)
                    continue
                say(f"{connection['identity']}  {connection['role']}  {connection['name']}")
                for behind in connection["clients"]:
                    say(f"  {behind['identity']}  {behind['name']}")

    run_async(main)
