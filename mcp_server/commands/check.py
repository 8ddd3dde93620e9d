"""`setmirror check PATH`: runs the fixed course of `remote_script.testkit.course` on any Remote Script.

Each Live is a separate process, in the Python version of this Live, with a separate SetMirror home and port. A script
that hangs or ends its process fails only the check that was running.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import click

from mcp_server.commands import options, processes
from mcp_server.commands.console import say, style

LIVES = ("11.3", "12.4")
PYTHON_SINCE_12_1 = "3.11"
COLOURS = {"pass": "green", "note": "yellow", "fail": "red", "unknown": "yellow", "skip": "bright_black"}
TAIL_LINES = 6


@click.command("check", short_help="Run any Remote Script through a fixed course of checks.")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--live-version",
    "live_versions",
    multiple=True,
    metavar="V",
    help="The version of Live to simulate, such as 11.3; may be given several times."
    f"  [default: {' and '.join(LIVES)}]",
)
@options.set_file
@click.option(
    "--timeout",
    "timeout_s",
    type=click.FloatRange(min=1.0),
    default=120.0,
    show_default=True,
    metavar="S",
    help="Seconds for all checks of one version; a script that needs more counts as hung.",
)
@options.as_json
def command(
    path: Path, live_versions: tuple[str, ...], set_file: Path | None, timeout_s: float, as_json: bool
) -> int:
    """Run the Remote Script in the folder PATH through a fixed course of checks, without Live.

    This runs the script's code, with your rights, in headless Live: load, ticks, controller, edits, undo, a stall,
    reload, another Set, LiveAPI off the main thread, leaks; once as Live 11.3 with Python 3.7 and once as Live 12.4
    with Python 3.11, where these Pythons are installed. Exit code 0: nothing failed. 1: a check failed. 2: PATH is no
    Remote Script.
    """
    folder = path.parent if path.name == "__init__.py" else path
    if not (folder / "__init__.py").is_file():
        raise click.BadParameter(
            f"a Remote Script is a folder with __init__.py, got {str(path)!r}", param_hint="PATH"
        )
    for version in live_versions:
        _check_version(version)
    lives = [run_course(folder.resolve(), version, set_file, timeout_s) for version in live_versions or LIVES]
    failed = any(check["verdict"] == "fail" for live in lives for check in live["checks"])
    if as_json:
        say(json.dumps({"script": folder.resolve().name, "passed": not failed, "lives": lives}))
    else:
        _show(folder.resolve().name, lives)
    return 1 if failed else 0


def _check_version(version: str) -> None:
    from remote_script.headless.api.facts import parse_version

    try:
        parse_version(version)
    except ValueError as problem:
        raise click.BadParameter(str(problem), param_hint="--live-version") from None


def run_course(folder: Path, live_version: str, set_file: Path | None, timeout_s: float) -> dict[str, Any]:
    """The report about one Live: `live`, `python`, `note`, and `checks`, each with `check`, `verdict` and `details`."""
    wanted = processes.OLD_PYTHON if _is_old(live_version) else PYTHON_SINCE_12_1
    python = processes.find_python(wanted)
    note = "" if python else f"no Python {wanted} is installed here, which Live {live_version} has inside"
    words = [
        python or sys.executable,
        "-m",
        "remote_script.testkit",
        str(folder),
        "--live-version",
        live_version,
    ]
    if set_file is not None:
        words += ["--set", str(set_file)]
    with tempfile.TemporaryDirectory() as home:
        environ = {**processes.environment(), "SETMIRROR_HOME": home, "SETMIRROR_PORT": "0"}
        try:
            done = subprocess.run(
                words,
                capture_output=True,
                timeout=timeout_s,
                check=False,
                env=environ,
                stdin=subprocess.DEVNULL,
            )
            report, errors, end = done.stdout, done.stderr, f"its process ended with status {done.returncode}"
        except subprocess.TimeoutExpired as problem:
            report, errors = problem.stdout or b"", b""
            end = f"it did not end within {timeout_s:g} s"
    last_words = errors.decode("utf-8", "replace").strip().splitlines()[-TAIL_LINES:]
    checks = _checks(report, "\n".join([end, *last_words]))
    if note:
        for check in checks:
            if check["check"] == "python" and check["verdict"] == "pass":
                check.update(verdict="unknown", details=[f"{note}; it was checked under {_running()}"])
    return {"live": live_version, "python": wanted if python else _running(), "note": note, "checks": checks}


def _is_old(live_version: str) -> bool:
    numbers = tuple(int(part) for part in live_version.split(".")[:2])
    return numbers < (12, 1)


def _running() -> str:
    return "{}.{}".format(*sys.version_info)


def _checks(report: bytes, end: str) -> list[dict[str, Any]]:
    """The checks of a report; if the report ends early, the running check failed and the rest was not reached."""
    from remote_script.testkit.course import CHECKS

    done: dict[str, dict[str, Any]] = {}
    running = ""
    for line in report.decode("utf-8", "replace").splitlines():
        try:
            said = json.loads(line)
        except ValueError:
            continue
        running = said["check"]
        if "verdict" in said:
            done[running] = said
    if running in done or not running:
        # The process ended between two checks, or before the first.
        running = next((name for name in CHECKS if name not in done), "")
    missing = {"verdict": "skip", "details": ["not reached"]}
    return [
        done.get(name)
        or {"check": name, **({"verdict": "fail", "details": [end]} if name == running else missing)}
        for name in CHECKS
    ]


def _show(name: str, lives: list[dict[str, Any]]) -> None:
    from remote_script.testkit.course import CHECKS

    say(f"Report card of {name}")
    for live in lives:
        say(f"\nLive {live['live']}, Python {live['python']}")
        for check in live["checks"]:
            verdict = check["verdict"]
            say(
                f"  {style(f'{verdict:7}', fg=COLOURS[verdict])}  {check['check']:10}  {CHECKS[check['check']]}"
            )
            for detail in check["details"]:
                for line in detail.splitlines():
                    say(" " * 23 + line)
    verdicts = [check["verdict"] for live in lives for check in live["checks"]]
    say(
        "\n" + ", ".join(f"{verdicts.count(verdict)} {verdict}" for verdict in COLOURS if verdict in verdicts)
    )
