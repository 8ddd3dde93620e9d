"""`setmirror install`: the Remote Script in the User Library's `Remote Scripts`, where Live looks.

Each Live says in its `Library.cfg` where its User Library is; see `folders`. A library on a drive that is absent is
named, never replaced by another place. What is written and removed there: see `script_copy`.
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


def named_target(to: Path) -> folders.Library:
    """The library that `--to` means: "…/Remote Scripts" or "…/Remote Scripts/SetMirror" in a folder that is there.

    Raises:
      Failure: it is another folder, or a mistyped one.
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
            f"{scripts.parent} does not exist, so {scripts.parent} is no User Library of Live's",
            "check the spelling and connect the drive; Live's Settings → Library show the right path",
        )
    return folders.Library(scripts.parent, (), True)


def targets(to: Path | None, live: str | None, machine: folders.Machine) -> list[folders.Library]:
    """The libraries to write to: the one of `--to`, else those of all Lives here or of the chosen one.

    Raises:
      Failure: there is none, with what to do.
    """
    if to is not None:
        return [named_target(to)]
    found = machine.libraries()
    if live is not None:
        wanted = live.split(".")
        chosen = [each for each in found if any(of.split(".")[: len(wanted)] == wanted for of in each.lives)]
        if not chosen:
            versions = ", ".join(version for each in found for version in each.lives)
            raise Failure(f"no Live {live} is known here", f"there are: {versions}" if versions else "")
        return chosen
    if not found:
        raise Failure(
            "no Live is known on this system",
            f"start Live once, or name the folder: setmirror install --to '…/User Library/{_REMOTE_SCRIPTS}'",
        )
    return found


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
    libraries = targets(to, live, folders.Machine())
    done = [_install(library, source, dry_run) for library in libraries]
    failed = any(each["outcome"] in ("absent", "failed") for each in done)
    if as_json:
        say_json(done)
        return FAILED if failed else 0
    for each in done:
        say(_words(each))
    if len(libraries) > 1:
        say("Live's own library decides which is used; --live VERSION writes to one of them only.")
    outcomes = {each["outcome"] for each in done}
    if "installed" in outcomes:
        for number, step in enumerate(STEPS, 1):
            say(f"{number}. {step}")
    elif "updated" in outcomes:
        say(UPDATED)
    return FAILED if failed else 0


def _install(library: folders.Library, source: Path, dry_run: bool) -> dict[str, object]:
    """What was done about one library, as JSON says it."""
    target = library.script
    told: dict[str, object] = {"folder": str(target), "lives": library.lives}
    if not library.there:
        return {
            **told,
            "outcome": "absent",
            "why": f"{library.path}, the User Library of {library.whose}, is not there",
        }
    if same(source, target):
        return {**told, "outcome": "same"}
    try:
        script_copy.check(target)
        before = script_copy.look(target, source)
        told["before"] = before.version
        if dry_run:
            return {**told, "outcome": "unchanged" if before.current and before.complete else "would"}
        written, removed = script_copy.write(target, source)
    except script_copy.NotOurs as problem:
        return {**told, "outcome": "failed", "why": str(problem)}
    except OSError as problem:
        return {
            **told,
            "outcome": "failed",
            "why": f"{problem.filename or target}: {problem.strerror or problem}",
        }
    told |= {"version": folders.version_of(target), "written": written, "removed": removed}
    if not written and not removed:
        return {**told, "outcome": "unchanged"}
    return {**told, "outcome": "updated" if before.version else "installed"}


def _words(told: dict[str, object]) -> str:
    folder, outcome = told["folder"], told["outcome"]
    lives = told["lives"]
    assert isinstance(lives, tuple)
    whose = f" (Live {', '.join(lives)})" if lives else ""
    if outcome == "absent":
        return (
            style("not installed: ", fg="red")
            + f"{told['why']}\n  connect the drive and install again, or name --to"
        )
    if outcome == "failed":
        return style("not installed: ", fg="red") + f"{told['why']}"
    if outcome == "same":
        return f"{folder} is this program's own folder; nothing to copy"
    if outcome == "would":
        return f"would go to {folder}{whose}"
    if outcome == "unchanged":
        return f"{folders.NAME} in {folder}{whose} is up to date"
    was = f", was {told['before']}" if told["before"] not in (None, told["version"]) else ""
    counts = f"{told['written']} files written, {told['removed']} of an older version removed"
    return f"{style(str(outcome), fg='green')} {folders.NAME} {told['version']}{was} in {folder}{whose}\n  {counts}"


def same(source: Path, target: Path) -> bool:
    """True when both are one folder: in a source tree that Live is pointed at."""
    try:
        return source.samefile(target)
    except OSError:
        return False
