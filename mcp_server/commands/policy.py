"""`setmirror policy`: what the policy says, and why it would let an operation be done or not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
import msgspec

from mcp_server.commands import options
from mcp_server.commands.console import Failure, run_async, say, style

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


@click.group("policy", short_help="Say what agents may do, and why.")
def command() -> None:
    """Say what agents may do, and why.

    The policy is ~/.setmirror/policy.toml: rules of allow, deny and ask over operations, refs, tools and clients. The
    first rule that fits decides. Without a file all is allowed, and deleting tracks and scenes asks first.
    """


@command.command("show")
@_file
def show(path: Path | None) -> None:
    """Print the policy that is in force, rule by rule."""
    policy = _load(path)
    for line in msgspec.json.format(msgspec.json.encode(policy.file), indent=2).decode().splitlines():
        say(line)


@command.command("check")
@click.argument("target")
@click.argument("what")
@click.argument("arguments", required=False, default="")
@click.option("--client", default="agent", show_default=True, help="Who asks, as the client calls itself.")
@click.option("--tool", default="call_method", show_default=True, help="The tool that is used.")
@_file
@options.port
def check(
    target: str, what: str, arguments: str, client: str, tool: str, path: Path | None, port: int
) -> None:
    """Explain what the policy decides on one operation of the open Set.

    TARGET is a ref, id or name; WHAT a property to set or a method to call; ARGUMENTS the method's, as JSON.

    \b
        setmirror policy check tracks/0 name
        setmirror policy check song delete_track '{"index": 0}' --client cursor
    """
    policy = _load(path)
    try:
        given = json.loads(arguments) if arguments else {}
    except ValueError as problem:
        raise click.BadParameter(f"ARGUMENTS is no JSON: {problem}") from None
    if not isinstance(given, dict):
        raise click.BadParameter('ARGUMENTS is a JSON object such as {"index": 0}')

    async def main() -> None:
        from mcp_server.acts import acts_of
        from mcp_server.commands.link import linked
        from mirror import Call, Operation, Set, errors
        from remote_script.SetMirror import schema

        async with linked(port) as mirror:
            try:
                node = mirror.resolve(int(target) if target.isdigit() else target)
            except errors.MirrorError as problem:
                raise Failure(problem.rule, problem.hint) from None
            known = node.type in schema.CLASSES
            op: Operation = Set(node.id, what, None)
            if known and what in schema.methods(node.type):
                op = Call(node.id, what, given)
            elif known and what not in schema.properties(node.type):
                raise Failure(f"{node.type} has neither a property nor a method {what!r}")

            for act in acts_of(mirror.store, [op]):
                verdict = policy.explain(mirror.store, tool, client, act)
                color = _COLORS[verdict.decide]
                say(f"{style(verdict.decide, fg=color, bold=True)}: {act.what}, a {act.kind}, by {client}")
                say(f"why: {verdict.reason}")
                refs = [mirror.ref(id_) for id_ in act.ids if id_ in mirror.store.nodes]
                if refs:
                    below = " with all below" if act.kind == "delete" else ""
                    say(f"it touches {', '.join(refs[:10])}{' …' if len(refs) > 10 else ''}{below}")
                if verdict.decide == "ask":
                    say("where nobody can be asked it is " + ("allowed" if verdict.else_allow else "denied"))

    run_async(main)
