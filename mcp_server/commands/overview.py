"""`setmirror` alone: where one is (script, Live, clients) and the one next step."""

from __future__ import annotations

from collections.abc import Iterator

from mcp_server.commands import checks, folders, options
from mcp_server.commands.checks import BAD, GOOD, ODD, Finding
from mcp_server.commands.console import say, style


def show() -> None:
    """Print the overview; looking changes nothing."""
    for line in lines():
        say(line)


def lines() -> Iterator[str]:
    """The overview: one line for each part, then the next step."""
    # Imported here: `doctor` needs the schema.
    from mcp_server.commands.doctor import client_findings, port_findings

    machine = folders.Machine()
    script = list(checks.check_installation(machine))
    bridge, _ = port_findings(options.default_port())
    clients = client_findings(machine)
    yield f"setmirror {checks.version()}"
    for name, findings in (("script", script), ("Live", bridge), ("clients", clients)):
        for finding in findings:
            yield f"  {name:<8} {finding.text}"
    yield ""
    yield f"next: {style(_next_step(script, bridge, clients), bold=True)}"
    yield "`setmirror --help` lists the commands, `setmirror doctor` checks everything"


def _next_step(script: list[Finding], bridge: list[Finding], clients: list[Finding]) -> str:
    """The fix of the first thing in the way, in the order in which one sets it up."""
    works = any(finding.level == GOOD for finding in bridge)
    if not works and not any(finding.level != ODD for finding in script):
        return "`setmirror demo` shows it without Live; with Live, start Live once, then `setmirror install`"
    for finding in [*([] if works else script), *bridge, *clients]:
        if finding.level == BAD or (finding.level == ODD and finding not in script):
            return finding.fix
    return "ask your agent what is in the Set"
