"""`setmirror uninstall`: removes the files that `install` wrote, and no others; see `script_copy`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from mcp_server.commands import folders, options, script_copy
from mcp_server.commands.console import FAILED, say, say_json, style
from mcp_server.commands.install import chosen_libraries, dry_run_option, live_option, same, to_option


@click.command("uninstall", short_help="Remove the Remote Script from Live's User Library.")
@to_option
@live_option
@dry_run_option
@options.as_json
def command(to: Path | None, live: str | None, dry_run: bool, as_json: bool) -> int:
    """Remove the files that `install` wrote; your own files in the same folder are left.

    Exits with 1 if a file could not be removed.
    """
    done = [_uninstall(library, dry_run) for library in chosen_libraries(to, live, folders.Machine())]
    if as_json:
        say_json(done)
    else:
        for report in done:
            say(_words(report))
        say("SetMirror's own files (token, policy, event logs) stay in ~/.setmirror.")
    return FAILED if any(report["outcome"] in ("absent", "failed") for report in done) else 0


def _uninstall(library: folders.UserLibrary, dry_run: bool) -> dict[str, Any]:
    """The report about one library, as `--json` prints it."""
    script_folder = library.script
    done: dict[str, Any] = {"folder": str(script_folder), "lives": library.lives}
    if not library.there:
        why = f"{library.path}, the User Library of {library.whose}, is not there"
        return {**done, "outcome": "absent", "why": why}
    if same(folders.source(), script_folder):
        return {**done, "outcome": "same"}
    if not script_folder.is_dir() and not script_folder.is_symlink():
        return {**done, "outcome": "unchanged"}
    try:
        if dry_run:
            script_copy.check(script_folder)
            return {**done, "outcome": "would", "removed": len(script_copy.manifest(script_folder))}
        removed, left = script_copy.remove(script_folder)
    except script_copy.NotOurs as problem:
        return {**done, "outcome": "failed", "why": f"{problem}; remove the folder by hand"}
    except OSError as problem:
        why = f"{problem.filename or script_folder}: {problem.strerror}; close Live first"
        return {**done, "outcome": "failed", "why": why}
    return {**done, "outcome": "removed", "removed": removed, "left": left}


def _words(done: dict[str, Any]) -> str:
    folder = done["folder"]
    match done["outcome"]:
        case "absent":
            return f"{done['why']}; connect the drive"
        case "failed":
            return style("not removed: ", fg="red") + str(done["why"])
        case "same":
            return f"{folder} is this program's own folder; it stays"
        case "unchanged":
            return f"{folders.NAME} is not in {Path(folder).parent}"
        case "would":
            return f"would remove {done['removed']} files from {folder}"
    left = done["left"]
    more = (
        f"\n  not SetMirror's, so left: {', '.join(left[:5])}{' …' if len(left) > 5 else ''}" if left else ""
    )
    return f"{style('removed', fg='green')} {done['removed']} files from {folder}{more}"
