"""`setmirror status`: the bridge's status, with all clients that are connected to it."""

from __future__ import annotations

from typing import Any

import click

from mcp_server.commands import options
from mcp_server.commands.console import Failure, say, say_json, style
from mcp_server.commands.port_check import probe
from remote_script.SetMirror.contract import auth


@click.command("status", short_help="Show the bridge's state: Set, revision, clients and counters.")
@options.port
@options.as_json
def command(port: int, as_json: bool) -> None:
    """Show the state of the bridge in Live: Set, revision, clients, counters and time on Live's main thread."""
    answer = probe(port, auth.load_token())
    if answer.outcome != "script":
        raise Failure(
            f"no bridge on 127.0.0.1:{port}: {answer.detail or answer.outcome}",
            "`setmirror doctor` names the fix",
        )
    status = {**answer.welcome, **answer.status}
    if as_json:
        say_json(status)
        return
    for line in lines_of(status):
        say(line)


_IN_OTHER_LINES = frozenset(
    (
        "live",
        "script",
        "set",
        "ready",
        "progress",
        "epoch",
        "revision",
        "polls",
        "timings",
        "distances",
        "clients",
    )
)
"""Keys of the status whose values `lines_of` puts into a line with other words; each other key has a line."""


def lines_of(status: dict[str, Any]) -> list[str]:
    """The status as people read it."""
    live, script, opened = (status.get(key) or {} for key in ("live", "script", "set"))
    ready = status.get("ready")
    state = (
        style("mirrored", fg="green")
        if ready
        else style(f"{status.get('progress', 0):.0%} read", fg="yellow")
    )
    daw = str(live.get("daw") or "Live")
    about = f"{live.get('version')}, script" if daw == "Live" else "over its extension, script"
    rows = [
        (daw, f"{about} {script.get('version')} on Python {script.get('python')}"),
        ("Set", f"{opened.get('name') or 'without a name'} {opened.get('file_path') or ''}".rstrip()),
        *(("Set file", warning) for warning in opened.get("warnings") or ()),
        ("mirror", f"{state}, epoch {status.get('epoch')}, revision {status.get('revision')}"),
    ]
    if live.get("polls"):
        rows.append(("polls", options.text_of(live["polls"])))
    rows += [(key, options.text_of(value)) for key, value in status.items() if key not in _IN_OTHER_LINES]
    for name, timing in (status.get("timings") or {}).items():
        rows.append((f"{name} time", options.text_of(timing)))
    for name, timing in (status.get("distances") or {}).items():
        rows.append((f"{name} every", options.text_of(timing)))
    for client in status.get("clients") or ():
        rows.append(("client", options.text_of(client)))
    return [f"{name:<12} {text}" for name, text in rows]
