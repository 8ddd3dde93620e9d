"""The parts of pages that are generated from the product's own tables: tools, commands, errors, settings, versions.

Each function returns Markdown. Imports are inside the functions, since pages of plain text do not need these modules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(
        "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in row) + " |" for row in lines
    )


def tools() -> str:
    """Each tool by toolset, with its arguments from the schema that clients get."""
    from mcp_server.tools import CORE, TOOLSETS

    parts = []
    for toolset in TOOLSETS.values():
        parts.append(f"## Toolset `{toolset.name}`")
        for tool in toolset.tools.values():
            kind = "reads" if tool.reads else "writes"
            core = ", in `core`" if tool.name in CORE else ""
            parts.append(f"### `{tool.name}` ({kind}{core})\n\n{tool.description}")
            schema = tool.declared.input_schema
            required = schema.get("required", [])
            rows = [
                (
                    f"`{name}`" + (" (required)" if name in required else ""),
                    _type(argument, schema),
                    str(argument.get("description", "")),
                )
                for name, argument in schema.get("properties", {}).items()
            ]
            if rows:
                parts.append(_table(("argument", "type", "meaning"), rows))
    return "\n\n".join(parts)


def _type(schema: dict[str, Any], whole: dict[str, Any]) -> str:
    """A JSON schema as text for people."""
    if "$ref" in schema:
        name = str(schema["$ref"]).rpartition("/")[2]
        return _type(whole.get("$defs", {}).get(name, {}), whole)
    if "enum" in schema:
        return ", ".join(str(choice) for choice in schema["enum"])
    if "anyOf" in schema:
        return " or ".join(_type(alternative, whole) for alternative in schema["anyOf"])
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}), whole)}"
    if schema.get("type") == "object" and "properties" in schema:
        return "{" + ", ".join(schema["properties"]) + "}"
    types = schema.get("type", "any")
    return " or ".join(types) if isinstance(types, list) else str(types)


def prompts() -> str:
    """Each MCP prompt with its arguments."""
    from mcp_server.prompts import PROMPTS

    rows = [
        (
            f"`{prompt.name}`",
            prompt.description,
            ", ".join(f"`{name}`: {about}" for name, (about, _) in prompt.arguments.items()),
        )
        for prompt in PROMPTS.values()
    ]
    return _table(("prompt", "for", "arguments"), rows)


def resources() -> str:
    """Each MCP resource by its address."""
    from mcp_server.resources import RESOURCES

    rows = [
        (f"`{resource.template}`", resource.description)
        for resource in RESOURCES
        if resource.template.startswith("live:")
    ]
    return _table(("address", "holds"), rows)


def commands() -> str:
    """The full help of each command and subcommand."""
    return "\n\n".join(f"## `{name}`\n\n```\n{text}\n```" for name, text in helps())


def helps() -> Iterator[tuple[str, str]]:
    """Yield each command with its group, and its --help."""
    import click

    from mcp_server.cli import setmirror

    def walk(command: click.Command, name: str, above: click.Context | None) -> Iterator[tuple[str, str]]:
        context = click.Context(
            command, parent=above, info_name=name, max_content_width=96, terminal_width=96
        )
        if above is not None:
            yield context.command_path, command.get_help(context)
        if isinstance(command, click.Group):
            for subcommand in sorted(command.list_commands(context)):
                below = command.get_command(context, subcommand)
                if below is not None and not below.hidden:
                    yield from walk(below, subcommand, context)

    return walk(setmirror, "setmirror", None)


def clients() -> str:
    """Each client that `client-config` knows."""
    from mcp_server.commands.client_config import CLIENTS

    systems = {"darwin": "macOS", "win32": "Windows", "": "Linux and others"}
    parts = []
    for name, client in CLIENTS.items():
        lines = [f"## {client.title}", "", f"    setmirror client-config {name} --write", ""]
        for system, files in client.files.items():
            where = systems[system] if len(client.files) > 1 else "every system"
            lines += [f"* {where}: `{file}`" for file in files]
        if not client.url:
            lines.append("* This client only starts servers itself, so `--http` does not work for it.")
        parts.append("\n".join(lines))
    return "\n\n".join(parts)


def errors() -> str:
    """Each error's code, the side that is at fault, and the next step."""
    from mirror import errors as tree
    from remote_script.SetMirror.contract.errors import TABLE

    whose = {
        tree.AskerError: "the request",
        tree.PeerError: "the other side",
        tree.LiveError: "Live or the Set",
    }
    at_fault = {class_.error: words for base, words in whose.items() for class_ in base.__subclasses__()}
    rows = [
        (f"`{name}`", str(code), at_fault.get(name, "the link or time"), hint)
        for name, (code, hint) in TABLE.items()
    ]
    return _table(("error", "code", "side at fault", "next step"), rows)


def script_settings() -> str:
    """The settings of the Remote Script, with defaults and ranges."""
    from remote_script.SetMirror import settings

    defaults = settings.Settings()
    ranges = {name: f"{low:g} to {high:g}" for name, (low, high) in settings._LIMITS.items()}
    rows = [
        (
            f"`{name}`",
            str(value).lower() if isinstance(value, bool) else f"{value:g}",
            ranges.get(name, "true or false"),
        )
        for name, value in defaults._asdict().items()
    ]
    return _table(("setting", "default", "values"), rows)


def policy_rule() -> str:
    """The fields of a policy's rule and file."""
    from typing import get_args

    from mcp_server.effects import Kind
    from mcp_server.policy import PolicyFile, Rule

    kinds = ", ".join(f"`{kind}`" for kind in get_args(Kind))
    rule = ", ".join(f"`{name}`" for name in Rule.__struct_fields__)
    file = ", ".join(f"`{name}`" for name in PolicyFile.__struct_fields__)
    return f"Fields of the file: {file}.\nFields of a rule: {rule}.\nOperations: {kinds}."


def versions() -> str:
    """The properties and methods that each version of Live added, as far as the mirror has them."""
    from remote_script.SetMirror.contract import schema

    brought: dict[tuple[int, ...], list[str]] = {}
    for class_ in schema.CLASSES.values():
        members: list[schema.Property | schema.Method] = [
            *class_.properties.values(),
            *class_.methods.values(),
        ]
        for member in members:
            if member.since:
                brought.setdefault(tuple(member.since), []).append(f"{class_.name}.{member.name}")
    rows = [
        (schema.since_text(since), ", ".join(f"`{name}`" for name in names))
        for since, names in sorted(brought.items())
    ]
    return _table(("Live", "brought"), rows)


PARTS: dict[str, Callable[[], str]] = {
    part.__name__: part
    for part in (
        tools,
        prompts,
        resources,
        commands,
        clients,
        errors,
        script_settings,
        policy_rule,
        versions,
    )
}
"""Name in a line `{{name}}` of a page → the function that generates the part."""
