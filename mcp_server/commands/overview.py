"""`setmirror` without a command: the state of script, Live and clients, and the next step."""

from __future__ import annotations

from mcp_server.commands import doctor_checks, folders, options
from mcp_server.commands.console import say, say_json, style
from mcp_server.commands.doctor_checks import BAD, GOOD, ODD, CheckResult

PARTS = ("script", "Live", "clients")


def show(as_json: bool = False) -> None:
    """Print the overview; the checks change nothing."""
    parts, following = _looked()
    if as_json:
        shown = {
            name: [{"level": finding.level, "text": finding.text, "fix": finding.fix} for finding in findings]
            for name, findings in parts.items()
        }
        say_json({"version": doctor_checks.version(), **shown, "next": following})
        return
    say(f"setmirror {doctor_checks.version()}")
    for name, findings in parts.items():
        for finding in findings:
            say(f"  {name:<8} {finding.text}")
    say()
    say(f"next: {style(following, bold=True)}")
    say("`setmirror --help` lists the commands, `setmirror doctor` checks everything")


def _looked() -> tuple[dict[str, list[CheckResult]], str]:
    """The findings about each part, and the next step."""
    # Imported here: `doctor` needs the schema.
    from mcp_server.commands.doctor import client_findings, port_findings

    machine = folders.Machine()
    script = list(doctor_checks.check_installation(machine))
    bridge, _ = port_findings(options.default_port())
    clients = client_findings(machine)
    parts = dict(zip(PARTS, (script, bridge, clients), strict=True))
    return parts, _next_step(script, bridge, clients)


def _next_step(script: list[CheckResult], bridge: list[CheckResult], clients: list[CheckResult]) -> str:
    """The fix of the first problem, in the order of the setup."""
    works = any(finding.level == GOOD for finding in bridge)
    if not works and not any(finding.level != ODD for finding in script):
        return "`setmirror demo` shows SetMirror without Live; with Live, start Live once, then `setmirror install`"
    for finding in [*([] if works else script), *bridge, *clients]:
        if finding.level == BAD or (finding.level == ODD and finding not in script):
            return finding.fix
    return "ask your agent what is in the Set"
