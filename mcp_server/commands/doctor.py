"""`setmirror doctor`: every link of the chain from the token file to Live's main thread, and what mends it.

A check is a function that yields findings. Exit 0 when nothing is broken, 1 when something is; what is only
unusual (an older script still running) is told and does not fail.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from mcp_server.commands import folders, options
from mcp_server.commands.console import say, style
from mcp_server.commands.port_check import Probe, probe
from remote_script.SetMirror.contract import auth, schema

GOOD, ODD, BAD = "good", "odd", "bad"
_MARKS = {GOOD: ("ok  ", "green"), ODD: ("note", "yellow"), BAD: ("bad ", "red")}
_LOG_TAIL = 256 * 1024
"""Live's Log.txt grows for months; what matters now stands at its end."""


@dataclass(frozen=True)
class Finding:
    """One thing looked at: how it is, what it is, and what mends it."""

    level: str
    text: str
    mend: str = ""


def check_token(folder: Path) -> Iterator[Finding]:
    """The token file: there, private, whole."""
    path = folder / "token"
    if not os.path.lexists(path):
        yield Finding(ODD, f"no token in {folder} yet", "it is created automatically")
        return
    mode = path.lstat().st_mode
    if os.name == "posix" and stat.S_ISREG(mode) and mode & 0o077:
        text = f"{path} can be read by others (mode {stat.S_IMODE(mode):o})"
        yield Finding(BAD, text, f"chmod 600 '{path}'")
        return
    try:
        auth.load_token(str(folder))
    except auth.TokenUnusable as problem:
        yield Finding(BAD, str(problem), f"delete {path}, then restart Live")
    else:
        yield Finding(GOOD, f"token in {path}, readable by you alone")


def check_installation(machine: folders.Machine, version: str) -> Iterator[Finding]:
    """The script's copies in the User Libraries, and the places where it is put by mistake."""
    libraries = machine.user_libraries()
    if not libraries:
        yield Finding(ODD, "no Live is known on this system", "headless Live works: `setmirror live`")
    for library in libraries:
        target = folders.remote_scripts(library) / folders.NAME
        found = folders.version_of(target)
        if found is None:
            yield Finding(BAD, f"the script is not in {target.parent}", "setmirror install")
        elif found != version:
            yield Finding(BAD, f"the script in {target} is {found}, this is {version}", "setmirror install")
        else:
            yield Finding(GOOD, f"script {found} in {target}")
    for preferences in machine.preferences():
        wrong = preferences.folder / "User Remote Scripts" / folders.NAME
        if wrong.is_dir():
            yield Finding(
                ODD,
                f"Live never shows what is in {wrong}",
                "remove it; `setmirror install` takes the right place",
            )


def check_log(machine: folders.Machine) -> Iterator[Finding]:
    """What the script said last in the Log.txt of the newest Live."""
    for preferences in machine.preferences()[:1]:
        lines = _last_words(preferences.folder / "Log.txt")
        if lines and "is off:" in lines[-1]:
            yield Finding(
                BAD, f"Live {preferences.live_version} says: {lines[-1]}", "mend that, then start Live anew"
            )
        elif lines:
            yield Finding(GOOD, f"Live {preferences.live_version} says: {lines[-1]}")
        else:
            yield Finding(
                ODD,
                f"Live {preferences.live_version}'s log does not mention {folders.NAME}",
                "choose it as Control Surface in Live's settings (Link, Tempo & MIDI)",
            )


def _last_words(log: Path) -> list[str]:
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - _LOG_TAIL))
            text = file.read().decode("utf-8", "replace")
    except OSError:
        return []
    return [line.strip()[:200] for line in text.splitlines() if folders.NAME in line]


def check_bridge(found: Probe, port: int, version: str) -> Iterator[Finding]:
    """What answered on the port."""
    where = f"127.0.0.1:{port}"
    if found.outcome == "nothing":
        yield Finding(
            BAD,
            f"nothing listens on {where} ({found.detail})",
            "start Live with SetMirror chosen as Control Surface, or `setmirror live`",
        )
    elif found.outcome == "silent":
        yield Finding(BAD, f"{where}: {found.detail}", "close menus and dialogs in Live, then ask again")
    elif found.outcome == "refused":
        yield Finding(BAD, f"the bridge on {where} refused: {found.detail}", "update the older side")
    elif found.outcome == "stranger":
        yield Finding(
            BAD,
            f"something on {where} is not our bridge: {found.detail}",
            "is Live another user's? Else end that program, or set SETMIRROR_PORT for Live and here",
        )
    else:
        yield from _check_script(found, where, version)


def _check_script(found: Probe, where: str, version: str) -> Iterator[Finding]:
    welcome = found.welcome
    script, live = welcome.get("script", {}), welcome.get("live", {})
    guest = f"script {script.get('version')}, Python {script.get('python')}"
    text = f"Live {live.get('version')} answers on {where}: {guest}"
    if script.get("version") == version:
        yield Finding(GOOD, text)
    else:
        yield Finding(ODD, f"{text}; this program is {version}", "setmirror install, then start Live anew")
    name = welcome.get("set", {}).get("name") or "without a name"
    if welcome.get("ready"):
        yield Finding(GOOD, f"the Set ({name}) is mirrored at revision {welcome.get('revision')}")
    else:
        yield Finding(
            ODD, f"the Set ({name}) is being read, {welcome.get('progress', 0):.0%}", "ask again soon"
        )


def check_python() -> Iterator[Finding]:
    """This program itself."""
    yield Finding(GOOD, f"setmirror {_version()} on Python {sys.version.split()[0]}, {sys.platform}")


def _version() -> str:
    return folders.version_of(folders.source()) or "0"


@click.command("doctor", short_help="Say what is wrong and how to mend it.")
@options.port
@click.option("--schema", "show_schema", is_flag=True, help="How much of this Live's API the mirror keeps.")
def command(port: int, show_schema: bool) -> int:
    """Say what is wrong and how to mend it; exit 0 when nothing is."""
    home = Path(auth.home())
    checks: list[Callable[[], Iterator[Finding]]] = [
        check_python,
        lambda: check_installation(folders.Machine(), _version()),
        lambda: check_log(folders.Machine()),
        lambda: check_token(home),
    ]
    broken = False
    for check in checks:
        for finding in check():
            broken |= tell(finding)
    try:
        # Looking must not make a token; where there is none, no script has run either.
        token = auth.load_token() if os.path.lexists(home / "token") else auth.new_nonce()
    except auth.TokenUnusable as problem:
        tell(Finding(BAD, str(problem), "mend the token first; the bridge was not asked"))
        return 1
    found = probe(port, token)
    for finding in check_bridge(found, port, _version()):
        broken |= tell(finding)
    if show_schema:
        version = found.welcome.get("live", {}).get("version")
        for line in coverage(version or "12.4"):
            say(line)
    return 1 if broken else 0


def tell(finding: Finding) -> bool:
    """Print a finding; whether it is bad."""
    mark, colour = _MARKS[finding.level]
    say(f"{style(mark, fg=colour)} {finding.text}")
    if finding.mend:
        say(f"       → {finding.mend}")
    return finding.level == BAD


def coverage(live_version: str) -> Iterator[str]:
    """Lines that say, class by class, what the mirror keeps of such a Live and how it keeps it fresh."""
    numbers = schema.version(live_version)
    kinds = list(schema.KINDS)
    totals = dict.fromkeys([*kinds, "writable", "methods", "later"], 0)
    yield ""
    yield f"Live {live_version}: properties by how they are kept, which can be set, methods, what came later"
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
