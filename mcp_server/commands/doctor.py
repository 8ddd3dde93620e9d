"""`setmirror doctor`: lists problems between the clients and Live with their fixes; `checks` has the checks.

Exit code 0: no check failed, 1: a check failed. An unusual state (an older script is still running) is shown but is
not a failure.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import click

from mcp_server.commands import doctor_checks, folders, options
from mcp_server.commands.console import FAILED, say, say_json, style
from mcp_server.commands.doctor_checks import BAD, GOOD, ODD, CheckResult
from mcp_server.commands.port_check import Probe, probe
from remote_script.SetMirror.contract import auth, schema

_LABELS = {GOOD: ("ok  ", "green"), ODD: ("note", "yellow"), BAD: ("bad ", "red")}


@click.command("doctor", short_help="List all problems and their fixes.")
@options.port
@click.option(
    "--fix", is_flag=True, help="Apply the fixes that only write SetMirror's own files and entries."
)
@click.option(
    "--schema", "show_schema", is_flag=True, help="Show how much of this Live's API the mirror contains."
)
@options.as_json
def command(port: int, fix: bool, show_schema: bool, as_json: bool) -> int:
    """List all problems and their fixes. Exits with 0 if there are none."""
    answer = Probe("nothing")
    broken = False
    for finding, probed in findings(port):
        answer = probed or answer
        shown = doctor_checks.repaired(finding) if fix else finding
        broken |= shown.level == BAD
        if as_json:
            say_json(
                {
                    "level": shown.level,
                    "text": shown.text,
                    "fix": shown.fix,
                    "safe": finding.repair is not None,
                }
            )
        else:
            _show(shown)
    if show_schema:
        live_version = answer.welcome.get("live", {}).get("version")
        from remote_script.headless.api.facts import DEFAULT_VERSION

        for line in coverage(live_version or DEFAULT_VERSION):
            say(line)
    return FAILED if broken else 0


def findings(port: int) -> Iterator[tuple[CheckResult, Probe | None]]:
    """All findings in the order of the chain; findings about the bridge come with the answer from its port."""
    machine, home = folders.Machine(), Path(auth.home())
    for check in (
        doctor_checks.check_program(),
        doctor_checks.check_installation(machine),
        doctor_checks.check_log(machine, home),
        doctor_checks.check_token(home),
    ):
        for finding in check:
            yield finding, None
    about, answer = port_findings(port)
    for finding in about:
        yield finding, answer
    for finding in client_findings(machine):
        yield finding, None


def _token() -> str | None:
    """The token, or None if no script has run yet; a check must not create a token."""
    return auth.load_token() if os.path.lexists(Path(auth.home()) / "token") else None


def port_findings(port: int) -> tuple[list[CheckResult], Probe | None]:
    """The findings about the bridge at `port`, and the answer from that port."""
    try:
        answer = probe(port, _token() or auth.new_nonce())
    except auth.TokenUnusable as problem:
        return [CheckResult(BAD, f"the bridge was not asked: {problem}", "fix the token first")], None
    return list(doctor_checks.check_bridge(answer, port, doctor_checks.version())), answer


def client_findings(machine: folders.Machine) -> list[CheckResult]:
    """The findings about clients' configurations."""
    try:
        token = _token()
    except auth.TokenUnusable:
        token = None
    return list(doctor_checks.check_clients(machine, token))


def _show(finding: CheckResult) -> None:
    label, colour = _LABELS[finding.level]
    say(f"{style(label, fg=colour)} {finding.text}")
    if finding.fix:
        say(f"       → {finding.fix}")


def coverage(live_version: str) -> Iterator[str]:
    """One line for each class: the properties that the mirror has, grouped by how they are kept up to date."""
    numbers = schema.version(live_version)
    kinds = list(schema.KINDS)
    totals = dict.fromkeys([*kinds, "writable", "methods", "later"], 0)
    yield ""
    yield f"Live {live_version}: properties by how they are kept up to date, settable ones, methods, later members"
    yield f"{'class':<28}" + "".join(f"{name:>10}" for name in totals)
    for name in schema.CLASSES:
        row = dict.fromkeys(totals, 0)
        for prop in schema.CLASSES[name].properties.values():
            if prop.since > numbers:
                row["later"] += 1
                continue
            row[prop.kind] += 1
            row["writable"] += prop.write
        for method in schema.CLASSES[name].methods.values():
            row["later" if method.since > numbers else "methods"] += 1
        for key, count in row.items():
            totals[key] += count
        yield f"{name:<28}" + "".join(f"{count or '·':>10}" for count in row.values())
    yield f"{'all':<28}" + "".join(f"{count:>10}" for count in totals.values())
    yield ""
    yield "left out, and why"
    width = max(len(name) for name in schema.LEFT_OUT)
    for name, reason in sorted(schema.LEFT_OUT.items()):
        yield f"{name:<{width}}  {reason}"
