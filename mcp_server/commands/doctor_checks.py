"""The checks of `setmirror doctor`: every part of the chain from a client's configuration to the script inside Live.

A check is a function that yields findings; a finding about a problem has one fix. Checks change nothing. A finding has
a `repair` only where the fix is safe: it writes only SetMirror's own files and entries.
"""

from __future__ import annotations

import os
import re
import shutil
import stat
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from mcp_server.commands import client_config, folders, options, script_copy
from mcp_server.commands.port_check import Probe
from remote_script.SetMirror.contract import auth

GOOD, ODD, BAD = "good", "odd", "bad"
_LOG_TAIL = 256 * 1024
"""Bytes that are read from the end of Live's Log.txt, which may be large."""
_FILES_IN = re.compile(r"SetMirror: its files are in (.+)$")
_INSTALL = "setmirror install, then restart Live"


@dataclass(frozen=True)
class CheckResult:
    """The result of one check: its level, a text about it, and the fix."""

    level: str
    text: str
    fix: str = ""
    repair: Callable[[], object] | None = None
    """Applies the fix, if that is safe; raises OSError, ValueError or NotOurs if it fails."""


def check_program() -> Iterator[CheckResult]:
    """This program itself."""
    yield CheckResult(GOOD, f"setmirror {version()} on Python {sys.version.split()[0]}, {sys.platform}")
    if options.wrong_port():
        yield CheckResult(
            BAD, options.wrong_port(), "unset SETMIRROR_PORT, or give it a port, for Live and here"
        )


def version() -> str:
    """The version of the Remote Script in this program."""
    return folders.version_of(folders.source()) or "0"


# -- the script's files ----------------------------------------------------------------------------


def check_installation(machine: folders.Machine) -> Iterator[CheckResult]:
    """The script's copies in the User Libraries, and copies in folders where Live does not look."""
    libraries = machine.libraries()
    if not libraries:
        yield CheckResult(
            ODD,
            "no Live has been started by this user on this system",
            "start Live once, or `setmirror live` instead",
        )
    for library in libraries:
        if library.there:
            yield from _check_copy(library)
        else:
            text = f"{library.path}, the User Library of {library.whose}, is not there"
            yield CheckResult(
                BAD, text, "connect the drive; or choose another User Library in Live, then setmirror install"
            )
    yield from _misplaced(machine, libraries)


def _check_copy(library: folders.UserLibrary) -> Iterator[CheckResult]:
    source, script_folder = folders.source(), library.script
    copy = script_copy.look(script_folder, source)
    install = partial(script_copy.write, script_folder, source)
    whose = f"for {library.whose}"
    if script_folder.exists() and script_folder.samefile(source):
        yield CheckResult(GOOD, f"{script_folder} is this program's own folder, {whose}")
        return
    try:
        script_copy.check(script_folder)
    except script_copy.NotOurs as problem:
        yield CheckResult(BAD, str(problem), f"move it away, then {_INSTALL}")
        return
    total = len(script_copy.wanted(source))
    if len(copy.missing) == total:
        yield CheckResult(BAD, f"the script is not in {script_folder.parent}, {whose}", _INSTALL, install)
    elif copy.version is not None and copy.version != version():
        text = f"the script in {script_folder} is {copy.version}, this program is {version()}"
        yield CheckResult(BAD, text, _INSTALL, install)
    elif copy.missing:
        text = (
            f"the script in {script_folder} is half copied: {len(copy.missing)} of {total} files are missing"
        )
        yield CheckResult(BAD, text, _INSTALL, install)
    elif copy.different:
        names = ", ".join(copy.different[:3]) + (", …" if len(copy.different) > 3 else "")
        yield CheckResult(
            BAD, f"the script in {script_folder} differs from this program's: {names}", _INSTALL, install
        )
    elif copy.old:
        yield CheckResult(
            ODD, f"{script_folder} has {len(copy.old)} files of an older version", _INSTALL, install
        )
    else:
        yield CheckResult(GOOD, f"script {copy.version} in {script_folder}, {whose}")


def _misplaced(machine: folders.Machine, libraries: list[folders.UserLibrary]) -> Iterator[CheckResult]:
    for preferences in machine.preferences():
        wrong = preferences.folder / "User Remote Scripts" / folders.NAME
        if wrong.is_dir():
            yield CheckResult(
                ODD, f"Live never shows what is in {wrong}", "remove that folder, then setmirror install"
            )
    default = machine.default_user_library()
    used = {library.path for library in libraries}
    if (
        default is not None
        and libraries
        and default not in used
        and (folders.remote_scripts(default) / folders.NAME).is_dir()
    ):
        text = f"{default} has a copy of the script, but no Live here uses that folder"
        yield CheckResult(ODD, text, f"setmirror uninstall --to '{folders.remote_scripts(default)}'")
    for library in libraries:
        if (library.path / folders.NAME / "script.py").is_file():
            text = f"Live does not look for scripts in {library.path / folders.NAME}"
            yield CheckResult(ODD, text, "remove that folder, then setmirror install")
        for other in _second_copies(folders.remote_scripts(library.path)):
            text = f"{other} is a second copy of the script: both want the same port"
            yield CheckResult(BAD, text, f"remove {other.name}, then restart Live")


def _second_copies(scripts: Path) -> Iterator[Path]:
    try:
        names = sorted(scripts.iterdir())
    except OSError:
        return
    for other in names:
        inner = other / folders.NAME
        if other.name != folders.NAME and _is_script(other):
            yield other
        elif inner.is_dir() and _is_script(inner):
            yield inner


def _is_script(folder: Path) -> bool:
    return (folder / "shadow.py").is_file() and folders.version_of(folder) is not None


# -- Live's log ------------------------------------------------------------------------------------


def check_log(machine: folders.Machine, home: Path) -> Iterator[CheckResult]:
    """The script's lines in Live's Log.txt since the last start of Live."""
    lives = machine.preferences()
    written = [live for live in lives if (live.folder / "Log.txt").is_file()]
    newest = max(written, key=lambda live: (live.folder / "Log.txt").stat().st_mtime, default=None) or next(
        iter(lives), None
    )
    if newest is None:
        return
    who, log = f"Live {newest.live_version}", newest.folder / "Log.txt"
    lines = _tail(log)
    ours = [number for number, line in enumerate(lines) if folders.NAME in line]
    if not ours:
        yield CheckResult(
            ODD,
            f"{who}'s log does not mention {folders.NAME}",
            "choose it as Control Surface in Live's Settings → Link, Tempo & MIDI",
        )
        return
    started = max((number for number in ours if "listening on" in lines[number]), default=-1)
    failed = [number for number in ours if number > started and 'File "' in lines[number]]
    last = lines[ours[-1]].strip()[:200]
    if failed:
        text = f"{who}'s log has a traceback of the script: {_error_after(lines, failed[-1])}"
        yield CheckResult(BAD, text, f"{_INSTALL}; if it comes again, report it with the end of {log}")
    elif "is off:" in last:
        yield CheckResult(BAD, f"{who} says: {last}", "fix that, then restart Live")
    elif "cannot listen on" in last:
        yield CheckResult(
            BAD, f"{who} says: {last}", "close the other Live, or choose another port in script.json"
        )
    else:
        yield CheckResult(GOOD, f"{who} says: {lines[max(started, ours[0])].strip()[:200]}")
    yield from _check_folder(lines, who, home)


def _modified(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def _check_folder(lines: list[str], who: str, home: Path) -> Iterator[CheckResult]:
    """The findings about the token's folder, which Live and this program must share."""
    said = [match[1].strip() for line in lines if (match := _FILES_IN.search(line))]
    if said and os.path.normcase(said[-1]) != os.path.normcase(str(home)):
        text = f"{who} has its token in {said[-1]}, this program in {home}"
        yield CheckResult(BAD, text, "set SETMIRROR_HOME to one folder for Live and here, then restart Live")
    elif said:
        yield CheckResult(GOOD, f"{who} and this program have their files in {home}")


def _error_after(lines: list[str], number: int) -> str:
    """The last line of a traceback: the first line after it that is neither a frame nor source code."""
    for line in lines[number + 1 : number + 10]:
        text = line.split("RemoteScriptError:")[-1]
        if re.match(r"\s?[A-Za-z_.]+(?:Error|Exception|Warning)?:? ?\S*", text) and not text.startswith(
            "    "
        ):
            return text.strip()[:200]
    return lines[number].strip()[:200]


def _tail(log: Path) -> list[str]:
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - _LOG_TAIL))
            return file.read().decode("utf-8", "replace").splitlines()
    except OSError:
        return []


# -- the token and the bridge ----------------------------------------------------------------------


def check_token(folder: Path) -> Iterator[CheckResult]:
    """The token file: it exists, only the user can read it, and it is complete."""
    path = folder / "token"
    if not os.path.lexists(path):
        yield CheckResult(ODD, f"no token in {folder} yet", "it is created automatically")
        return
    mode = path.lstat().st_mode
    if os.name == "posix" and stat.S_ISREG(mode) and mode & 0o077:
        text = f"{path} can be read by others (mode {stat.S_IMODE(mode):o})"
        yield CheckResult(BAD, text, f"chmod 600 '{path}'", partial(path.chmod, 0o600))
        return
    try:
        auth.load_token(str(folder))
    except auth.TokenUnusable as problem:
        yield CheckResult(BAD, str(problem), f"delete {path}, then restart Live")
    else:
        yield CheckResult(GOOD, f"token in {path}, readable by you alone")


def check_bridge(answer: Probe, port: int, version: str) -> Iterator[CheckResult]:
    """The findings about the answer from the bridge's port."""
    where = f"127.0.0.1:{port}"
    if answer.outcome == "nothing":
        yield CheckResult(
            BAD,
            f"nothing listens on {where} ({answer.detail})",
            "start Live with SetMirror chosen as Control Surface, or `setmirror live`",
        )
    elif answer.outcome == "silent":
        yield CheckResult(BAD, f"{where}: {answer.detail}", "close menus and dialogs in Live, then try again")
    elif answer.outcome == "refused":
        yield CheckResult(BAD, f"the bridge on {where} refused: {answer.detail}", "update the older side")
    elif answer.outcome == "stranger" and "token" in answer.detail:
        yield CheckResult(
            BAD,
            f"the bridge on {where} has another token: {answer.detail}",
            "restart Live, which keeps the token that it read; if it is another user's Live, set SETMIRROR_PORT",
        )
    elif answer.outcome == "stranger":
        yield CheckResult(
            BAD,
            f"something on {where} is not SetMirror's bridge: {answer.detail}",
            "stop that program, or set SETMIRROR_PORT for Live and here",
        )
    else:
        yield from _check_script(answer, where, version)


def _check_script(answer: Probe, where: str, version: str) -> Iterator[CheckResult]:
    welcome = answer.welcome
    script, live = welcome.get("script", {}), welcome.get("live", {})
    about = f"script {script.get('version')}, Python {script.get('python')}"
    polls = live.get("polls") or {}
    text = f"Live {live.get('version')} answers on {where}: {about}"
    if live.get("daw"):
        rate = (
            f"asked every {polls.get('every_s')} s, {polls.get('questions_per_s')} questions a second at most"
        )
        text = f"{live['daw']} answers on {where} through `setmirror bitwig`, {rate}: {about}"
    if script.get("version") == version:
        yield CheckResult(GOOD, text)
    else:
        yield CheckResult(ODD, f"{text}; this program is {version}", _INSTALL)
    name = welcome.get("set", {}).get("name") or "without a name"
    if welcome.get("ready"):
        yield CheckResult(GOOD, f"the Set ({name}) is mirrored at revision {welcome.get('revision')}")
    else:
        yield CheckResult(
            ODD, f"the Set ({name}) is being read, {welcome.get('progress', 0):.0%}", "try again soon"
        )


# -- the clients -----------------------------------------------------------------------------------


def check_clients(machine: folders.Machine, token: str | None) -> Iterator[CheckResult]:
    """The entries in clients' configurations: the command exists, and the token is that of this bridge."""
    configured = False
    for name, client in client_config.CLIENTS.items():
        for file in client_config.files_of(client, machine):
            if file.path.is_file():
                for finding in _check_entry(name, client, file.path, token):
                    configured = True
                    yield finding
    if not configured:
        yield CheckResult(
            ODD, "no client's configuration names SetMirror", "setmirror client-config CLIENT --write"
        )


def _check_entry(
    name: str, client: client_config.McpClient, path: Path, token: str | None
) -> Iterator[CheckResult]:
    try:
        members = client_config.read(path, client)
    except (OSError, ValueError, RecursionError) as problem:
        yield CheckResult(ODD, f"{client.title}'s {path} cannot be read: {problem}", "fix the file")
        return
    if members is None:
        return
    words = members.get(client.command)
    fix = f"setmirror client-config {name} --write"
    environ = members.get(client.env)
    shown = environ.get(options.CLIENT_VARIABLE) if isinstance(environ, dict) else None
    if isinstance(words, str) and shutil.which(words) is None:
        text = f"{client.title}'s {path} names a command that is missing: {words}"
        yield CheckResult(BAD, text, fix, partial(_repair_entry, path, client, members, token))
    elif token and isinstance(shown, str) and auth.read_bearer(token, shown) is None:
        text = f"{client.title}'s {path} has an older token than this bridge's"
        yield CheckResult(BAD, text, fix, partial(_repair_entry, path, client, members, token))
    else:
        yield CheckResult(GOOD, f"{client.title} is configured in {path}")


def _repair_entry(
    path: Path, client: client_config.McpClient, members: dict[str, Any], token: str | None
) -> None:
    """Write the present command and a valid token into the entry; the server's arguments do not change."""
    former_args = members.get("args")
    arguments = former_args if isinstance(former_args, list) else []
    words, environ = client_config.launch()
    former_env = members.get(client.env)
    known = dict(former_env) if isinstance(former_env, dict) else {}
    shown = known.get(options.CLIENT_VARIABLE, "")
    if token and shown:
        known[options.CLIENT_VARIABLE] = auth.bearer(token, str(shown).rpartition(".")[0])
    server = arguments[arguments.index("serve") :] if "serve" in arguments else ["serve"]
    made = {**members, client.command: words[0], "args": [*words[1:], *server]}
    if known or environ:
        made[client.env] = {**known, **environ}
    client_config.write(path, client, made)


def repaired(finding: CheckResult) -> CheckResult:
    """Repair a finding and return its new state; a finding without a repair is returned unchanged."""
    if finding.repair is None:
        return finding
    try:
        finding.repair()
    except (OSError, ValueError, script_copy.NotOurs) as problem:
        return replace(finding, text=f"{finding.text}; not fixed: {problem}")
    return CheckResult(
        GOOD, f"fixed: {finding.text}", "restart Live" if "restart Live" in finding.fix else ""
    )
