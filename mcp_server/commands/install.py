"""`setmirror install`: copies the Remote Script into the folder `Remote Scripts` of Live's User Library.

`folders` finds the User Library in the `Library.cfg` of each Live. A library on an absent drive is reported, never
replaced by another folder. `script_copy` writes and removes the files.
"""

from __future__ import annotations

from pathlib import Path

import click

from mcp_server.commands import folders, options, script_copy
from mcp_server.commands.console import FAILED, Failure, say, say_json, style

STEPS = (
    "Restart Live: it looks for Remote Scripts only when it starts.",
    f"In Live's Settings → Link, Tempo & MIDI choose {folders.NAME} as Control Surface, without ports.",
    "Check with `setmirror doctor`, then give your client what `setmirror client-config` prints.",
)
UPDATED = f"Restart Live: until then it runs the {folders.NAME} that it loaded."
_REMOTE_SCRIPTS = "Remote Scripts"


def named_library(to: Path) -> folders.UserLibrary:
    """The library that `--to` means: "…/Remote Scripts" or "…/Remote Scripts/SetMirror" in an existing folder.

    Raises:
      Failure: the path is another folder, or mistyped.
    """
    scripts = to.parent if to.name == folders.NAME else to
    inside = to / _REMOTE_SCRIPTS
    if scripts.name != _REMOTE_SCRIPTS:
        why = {
            "User Remote Scripts": "Live never shows what is in it",
            "MIDI Remote Scripts": "each update of Live replaces it",
        }.get(scripts.name, "Live looks for Remote Scripts in the User Library only")
        hint = f"did you mean --to '{inside}'?" if to.name == "User Library" or inside.is_dir() else ""
        raise Failure(
            f"{to} is not a `{_REMOTE_SCRIPTS}` folder: {why}",
            hint or f"name the folder: --to '…/User Library/{_REMOTE_SCRIPTS}'",
        )
    if not scripts.parent.is_dir():
        raise Failure(
            f"{scripts.parent} does not exist, so it is no User Library of Live's",
            "check the spelling and connect the drive; Live's Settings → Library show the right path",
        )
    return folders.UserLibrary(scripts.parent, (), True)


def chosen_libraries(
    to: Path | None, live: str | None, machine: folders.Machine
) -> list[folders.UserLibrary]:
    """The libraries to write to: the library of `--to`, else the libraries of all Lives here or of the chosen Live.

    Raises:
      Failure: there is no library; the hint says what to do.
    """
    if to is not None:
        return [named_library(to)]
    libraries = machine.libraries()
    if live is not None:
        wanted = live.split(".")
        chosen = [
            library
            for library in libraries
            if any(of.split(".")[: len(wanted)] == wanted for of in library.lives)
        ]
        if not chosen:
            versions = ", ".join(version for library in libraries for version in library.lives)
            raise Failure(f"no Live {live} is known here", f"there are: {versions}" if versions else "")
        return chosen
    if not libraries:
        raise Failure(
            "no Live is known on this system",
            f"start Live once, or name the folder: setmirror install --to '…/User Library/{_REMOTE_SCRIPTS}'",
        )
    return libraries


to_option = click.option(
    "--to",
    type=click.Path(file_okay=True, path_type=Path),
    help="The User Library's `Remote Scripts` folder, if SetMirror does not find it automatically.",
)
live_option = click.option(
    "--live", metavar="V", help="Only this Live's User Library, where several are used: 12, 11.3."
)
dry_run_option = click.option("--dry-run", is_flag=True, help="Only list what would be done.")


@click.command("install", short_help="Install the Remote Script in Live's User Library.")
@to_option
@live_option
@dry_run_option
@options.as_json
def command(to: Path | None, live: str | None, dry_run: bool, as_json: bool) -> int:
    """Install or update the Remote Script in Live's User Library, and list the remaining steps.

    Each installed Live with a User Library of its own gets a copy. Exits with 1 if one of the copies could not be
    written.
    """
    source = folders.source()
    libraries = chosen_libraries(to, live, folders.Machine())
    done = [_install(library, source, dry_run) for library in libraries]
    failed = any(report["outcome"] in ("absent", "failed") for report in done)
    if as_json:
        say_json(done)
        return FAILED if failed else 0
    for report in done:
        say(_words(report))
    if len(libraries) > 1:
        say("Live's own library decides which is used; --live VERSION writes to one of them only.")
    outcomes = {report["outcome"] for report in done}
    if "installed" in outcomes:
        for number, step in enumerate(STEPS, 1):
            say(f"{number}. {step}")
    elif "updated" in outcomes:
        say(UPDATED)
    return FAILED if failed else 0


def _install(library: folders.UserLibrary, source: Path, dry_run: bool) -> dict[str, object]:
    """The report about one library, as `--json` prints it."""
    script_folder = library.script
    report: dict[str, object] = {"folder": str(script_folder), "lives": library.lives}
    if not library.there:
        return {
            **report,
            "outcome": "absent",
            "why": f"{library.path}, the User Library of {library.whose}, is not there",
        }
    if same(source, script_folder):
        return {**report, "outcome": "same"}
    try:
        script_copy.check(script_folder)
        before = script_copy.look(script_folder, source)
        report["before"] = before.version
        if dry_run:
            return {**report, "outcome": "unchanged" if before.current and before.complete else "would"}
        written, removed = script_copy.write(script_folder, source)
    except script_copy.NotOurs as problem:
        return {**report, "outcome": "failed", "why": str(problem)}
    except OSError as problem:
        return {
            **report,
            "outcome": "failed",
            "why": f"{problem.filename or script_folder}: {problem.strerror or problem}",
        }
    report |= {"version": folders.version_of(script_folder), "written": written, "removed": removed}
    if not written and not removed:
        return {**report, "outcome": "unchanged"}
    return {**report, "outcome": "updated" if before.version else "installed"}


def _words(report: dict[str, object]) -> str:
    folder, outcome = report["folder"], report["outcome"]
    lives = report["lives"]
    assert isinstance(lives, tuple)
    whose = f" (Live {', '.join(lives)})" if lives else ""
    if outcome == "absent":
        return (
            style("not installed: ", fg="red")
            + f"{report['why']}\n  connect the drive and install again, or name --to"
        )
    if outcome == "failed":
        return style("not installed: ", fg="red") + f"{report['why']}"
    if outcome == "same":
        return f"{folder} is this program's own folder; nothing to copy"
    if outcome == "would":
        return f"would go to {folder}{whose}"
    if outcome == "unchanged":
        return f"{folders.NAME} in {folder}{whose} is up to date"
    was = f", was {report['before']}" if report["before"] not in (None, report["version"]) else ""
    counts = f"{report['written']} files written, {report['removed']} of an older version removed"
    return f"{style(str(outcome), fg='green')} {folders.NAME} {report['version']}{was} in {folder}{whose}\n  {counts}"


def same(source: Path, script_folder: Path) -> bool:
    """True when both paths are the same folder, as in a source tree that Live uses directly."""
    try:
        return source.samefile(script_folder)
    except OSError:
        return False
