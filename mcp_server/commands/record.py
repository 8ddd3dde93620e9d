"""`setmirror record`: writes the messages of both directions to a file, for `setmirror replay`."""

from __future__ import annotations

import math
from pathlib import Path

import click

from mcp_server.commands import options
from mcp_server.commands.console import Failure, run_async, say


@click.command("record", short_help="Record the messages between Live and the mirror, for a bug report.")
@click.argument("file", type=click.Path(dir_okay=False, writable=True, path_type=Path))
@click.option("--force", is_flag=True, help="Overwrite FILE if it exists.")
@options.port
def command(file: Path, force: bool, port: int) -> None:
    """Record the messages between Live and the mirror in FILE, until interrupted.

    The file contains names, notes and values of the Set, but neither token nor proof. `setmirror replay FILE`
    plays the recording.
    """
    if file.exists() and not force:
        raise Failure(f"{file} exists already", "choose another file, or give --force")

    async def main() -> None:
        from mcp_server.commands.link import version
        from mcp_server.commands.tail import tell_link
        from mirror import load_token, open_mirror, tcp
        from mirror.record import Recorder
        from mirror.token import PERSON

        with Recorder(file) as recorder:
            try:
                import trio

                async with (
                    open_mirror(
                        connect=tcp("127.0.0.1", port),
                        token=load_token(),
                        client_name="setmirror record",
                        client_version=version(),
                        role=PERSON,
                        identity="command",
                        recorder=recorder,
                    ) as mirror,
                    trio.open_nursery() as nursery,
                ):
                    nursery.start_soon(tell_link, mirror, port)
                    await trio.sleep(math.inf)
            finally:
                recorder.close()
                say(f"{file}: {recorder.lines:,} lines", err=True)

    run_async(main)
