"""`setmirror live`: headless Live with the Remote Script, in this process, until interrupted.

Live before 12.1 has Python 3.7: if this machine has a `python3.7`, the process replaces itself with that Python.
"""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

import click

from mcp_server.commands import options
from mcp_server.commands.console import Failure


def _how(port: int) -> str:
    """Instructions for connecting and stopping. Raises Failure if another Live has the port."""
    with socket.socket() as trial:
        if sys.platform != "win32":
            # As the script does: with this option a port that was closed a moment ago counts as free.
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind(("127.0.0.1", port))
        except OSError as problem:
            text = f"port {port} on 127.0.0.1 cannot be used: {problem.strerror}"
            raise Failure(
                text,
                "a Live already listens on this port: see `setmirror status`, or choose another port with --port",
            ) from None
    other = "" if port == options.default_port() else f" --port {port}"
    return f"headless Live: in another terminal `setmirror status{other}` or `setmirror tail{other}`\nCtrl-C stops it"


@click.command("live", short_help="Run headless Live with the Remote Script until interrupted.")
@options.set_file
@click.option("--default-set", is_flag=True, help="Open the empty Set that Live starts with.")
@options.port
@click.option("--live-version", metavar="V", help="The version of Live to simulate, such as 11.3 or 12.4.")
@click.option(
    "--remote-script",
    "remote_scripts",
    multiple=True,
    type=click.Path(exists=True, path_type=Path),
    help="One more Remote Script to load; may be given several times.",
)
@click.option(
    "--threads",
    type=click.Choice(["raise", "log", "count"]),
    default="raise",
    show_default=True,
    help="The effect of Live API calls off the main thread.",
)
@click.option(
    "--log-file", metavar="FILE", type=click.Path(path_type=Path), help="Write Log.txt to this file."
)
@click.option(
    "--library",
    metavar="FOLDER",
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder of the browser's packs, presets and samples with Live's index; created if it is missing.",
)
@click.option(
    "--person",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Play a person's actions from a file of JSON lines, as described above.",
)
@click.option(
    "--virtual-seconds",
    type=float,
    metavar="S",
    help="Let this much virtual time pass, as fast as possible, then end.",
)
@click.option("--coverage", is_flag=True, help="Print which parts of Live's API headless Live has, and end.")
def command(
    set_file: Path | None,
    default_set: bool,
    port: int,
    live_version: str | None,
    remote_scripts: tuple[Path, ...],
    threads: str,
    log_file: Path | None,
    library: Path | None,
    person: Path | None,
    virtual_seconds: float | None,
    coverage: bool,
) -> int:
    r"""Run headless Live with the Remote Script until interrupted.

    `setmirror get`, `tail` and `serve` connect to headless Live as they do to Live.

    A line of a --person file is an action, `at` seconds from the start or `wait` seconds after the previous line:

    \b
      {"at": 0.5, "do": "set", "ref": "song", "name": "tempo", "value": 90}
      {"wait": 1, "do": "menu", "seconds": 2}
      {"do": "call", "ref": "scenes/0", "method": "fire"}
      {"do": "get", "ref": "song", "name": "tempo", "is": 90}

    Actions: set, call, get, open_set (seconds: a slow load), stall, menu, dialog, press, midi (to a script), switch and
    reload (a script), quit. Each answer is a line on stdout. If Live refuses a line, it ends with status 1 and prints
    the number of the line.
    """
    from mcp_server.commands import processes

    how = "" if coverage else _how(port)
    words = processes.headless_arguments(
        set_file,
        port=port,
        live_version=live_version,
        remote_scripts=remote_scripts,
        default_set=default_set,
    )
    words += ["--threads", threads, "--when-ready", how]
    if log_file is not None:
        words += ["--log-file", str(log_file)]
    if library is not None:
        words += ["--library", str(library)]
    if person is not None:
        words += ["--person", str(person)]
    if virtual_seconds is not None:
        words += ["--virtual-seconds", str(virtual_seconds)]
    if coverage:
        words.append("--coverage")
    python = processes.python_for(live_version or "")
    if python != sys.executable:
        os.execve(python, [python, "-m", "remote_script.headless", *words], processes.environment())
    from remote_script.headless.__main__ import main

    return main(words)
