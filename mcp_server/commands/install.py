"""`setmirror install` puts the Remote Script into the User Library, where Live looks for it.

Files are written over those that are there, one by one and whole: the folder is not removed, because
indexers hold locks on it, and Live must never find half a file. Modules of an older version that no longer
exist are taken away.
"""

from __future__ import annotations

import os
from pathlib import Path

import click

from mcp_server.commands import folders
from mcp_server.commands.console import Failure, say, style

STEPS = (
    "Start Live anew: it looks for Remote Scripts only when it starts.",
    f"In Live's Settings → Link, Tempo & MIDI choose {folders.NAME} as Control Surface, without ports.",
    "Check with `setmirror doctor`, then give your client what `setmirror client-config` prints.",
)


def copy_script(source: Path, target: Path) -> tuple[int, int]:
    """Make `target` hold what `source` holds; (files written, files taken away).

    Raises:
      OSError: the folder or a file cannot be written; what was written before stays.
    """
    wanted = {path.relative_to(source): path for path in sorted(source.rglob("*.py"))}
    written = 0
    for relative, path in wanted.items():
        written += _write(target / relative, path.read_bytes())
    gone = 0
    for path in sorted(target.rglob("*.py")):
        if path.relative_to(target) not in wanted:
            path.unlink()
            gone += 1
    return written, gone


def _write(path: Path, data: bytes) -> bool:
    try:
        if path.read_bytes() == data:
            return False
    except OSError:
        pass
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        aside.write_bytes(data)
        os.replace(aside, path)
    finally:
        aside.unlink(missing_ok=True)
    return True


def targets(to: Path | None, machine: folders.Machine) -> list[Path]:
    """The script folders to write: under `to`, else in each User Library that a Live here uses."""
    if to is not None:
        # Both "…/Remote Scripts" and "…/Remote Scripts/SetMirror" are what people mean.
        return [to if to.name == folders.NAME else to / folders.NAME]
    found = machine.user_libraries()
    if not found:
        raise Failure(
            "no Live is known on this system",
            "name the folder: setmirror install --to '…/User Library/Remote Scripts'",
        )
    return [folders.remote_scripts(library) / folders.NAME for library in found]


@click.command("install", short_help="Put the Remote Script where Live looks for it.")
@click.option(
    "--to",
    type=click.Path(file_okay=False, path_type=Path),
    help="The `Remote Scripts` folder, when it is not found by itself.",
)
@click.option("--dry-run", is_flag=True, help="Only say where it would go.")
def command(to: Path | None, dry_run: bool) -> None:
    """Put the Remote Script where Live looks for it, and say the three steps that are left."""
    source = folders.source()
    for target in targets(to, folders.Machine()):
        if _same(source, target):
            say(f"{target} is this program's own folder; nothing to copy")
            continue
        if dry_run:
            say(f"would go to {target}")
            continue
        before = folders.version_of(target)
        try:
            written, gone = copy_script(source, target)
        except OSError as problem:
            raise Failure(
                f"{target} cannot be written: {problem.strerror or problem}",
                "close Live, or name another folder with --to",
            ) from None
        version = folders.version_of(target)
        was = f", was {before}" if before and before != version else ""
        say(f"{style('installed', fg='green')} {folders.NAME} {version}{was} in {target}")
        say(f"  {written} files written, {gone} of an older version taken away")
    if not dry_run:
        for number, step in enumerate(STEPS, 1):
            say(f"{number}. {step}")


def _same(source: Path, target: Path) -> bool:
    try:
        return source.samefile(target)
    except OSError:
        return False
