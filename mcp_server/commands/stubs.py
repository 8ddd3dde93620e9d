"""`setmirror stubs FOLDER`: type stubs for `import Live`, so that an editor completes and checks a Remote Script."""

from __future__ import annotations

from pathlib import Path

import click

from mcp_server.commands import options
from mcp_server.commands.console import Failure, say, say_json


@click.command("stubs", short_help="Write type stubs for `import Live`, for an editor.")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--live-version", metavar="V", default="12.4", show_default=True, help="The version of Live to describe."
)
@options.as_json
def command(folder: Path, live_version: str, as_json: bool) -> None:
    """Write type stubs for `import Live` into FOLDER, for example `typings`.

    Pylance and pyright read a folder `typings` by themselves; for mypy set `mypy_path`.
    """
    from remote_script.testkit import stubs

    try:
        written = stubs.write(str(folder), live_version)
    except ValueError as problem:
        raise click.BadParameter(str(problem), param_hint="--live-version") from None
    except OSError as problem:
        raise Failure(f"{folder} cannot be written: {problem.strerror}") from None
    if as_json:
        say_json({"folder": str(folder / "Live"), "files": len(written), "live_version": live_version})
        return
    say(f"wrote {len(written)} files to {folder / 'Live'} for Live {live_version}")
