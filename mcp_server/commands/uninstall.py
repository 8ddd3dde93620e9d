"""`setmirror uninstall`: remove the files that `install` wrote, and nothing else; see `script_copy`."""

from __future__ import annotations

from pathlib import Path

import click

from mcp_server.commands import folders, script_copy
from mcp_server.commands.console import FAILED, say, style
from mcp_server.commands.install import dry_run_option, live_option, same, targets, to_option


@click.command("uninstall", short_help="Remove the Remote Script from where Live looks for it.")
@to_option
@live_option
@dry_run_option
def command(to: Path | None, live: str | None, dry_run: bool) -> int:
    """Remove what `install` wrote; files of yours in the same folder stay. Exits with 1 where that was not possible."""
    failed = False
    for library in targets(to, live, folders.Machine()):
        failed |= not _uninstall(library, dry_run)
    say("SetMirror's own files (token, policy, event logs) stay in ~/.setmirror.")
    return FAILED if failed else 0


def _uninstall(library: folders.Library, dry_run: bool) -> bool:
    target = library.script
    if not library.there:
        say(f"{library.path}, the User Library of {library.whose}, is not there; connect the drive")
        return False
    if same(folders.source(), target):
        say(f"{target} is this program's own folder; it stays")
        return True
    if not target.is_dir() and not target.is_symlink():
        say(f"{folders.NAME} is not in {target.parent}")
        return True
    try:
        if dry_run:
            script_copy.check(target)
            say(f"would remove {len(script_copy.manifest(target))} files from {target}")
            return True
        removed, left = script_copy.remove(target)
    except script_copy.NotOurs as problem:
        say(style("not removed: ", fg="red") + f"{problem}; remove the folder by hand")
        return False
    except OSError as problem:
        say(
            style("not removed: ", fg="red")
            + f"{problem.filename or target}: {problem.strerror}; close Live first"
        )
        return False
    say(f"{style('removed', fg='green')} {removed} files from {target}")
    if left:
        say(f"  not SetMirror's, so left: {', '.join(left[:5])}{' …' if len(left) > 5 else ''}")
    return True
