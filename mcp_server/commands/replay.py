"""`setmirror replay`: plays a recording in place of Live, on the port of the Remote Script.

Every connection gets the recording from its beginning, so `tail`, `get` and `serve` can read it one after the other.
"""

from __future__ import annotations

import math
from pathlib import Path

import click

from mcp_server.commands import options
from mcp_server.commands.console import Failure, run_async, say


@click.command("replay", short_help="Play a recording in place of Live, for the mirror to connect to.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--speed",
    type=click.FloatRange(min=0, min_open=True),
    default=None,
    metavar="N",
    help="1 for the recorded speed, 2 for twice as fast; as fast as possible by default.",
)
@click.option(
    "--connection",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    metavar="N",
    help="The number of the recorded connection to play.",
)
@options.port
def command(file: Path, speed: float | None, connection: int, port: int) -> None:
    """Play the recording FILE of `setmirror record` in place of Live, until interrupted.

    The recorded Set can be read but not changed: writes are refused.
    """

    async def main() -> None:
        import trio

        from mcp_server.ports import listeners_on
        from mirror import errors, load_token
        from mirror.record import Replay

        try:
            recording = Replay(file, load_token(), speed=speed or math.inf)
            recording.again(connection - 1)
        except errors.InvalidValue as problem:
            raise Failure(problem.rule, problem.hint) from None

        async def play(client: trio.SocketStream) -> None:
            await connected(client, recording.again(connection - 1))

        listeners = await listeners_on(port, "--port")
        count = len(recording.sessions)
        say(f"{file} plays on 127.0.0.1:{port}, connection {connection} of {count}", err=True)
        await trio.serve_listeners(play, listeners)

    run_async(main)


async def connected(client: object, live: object) -> None:
    """Copy bytes in both directions until one side ends."""
    import anyio
    import trio

    assert isinstance(client, trio.SocketStream)
    assert isinstance(live, anyio.abc.ByteStream)

    async def from_live() -> None:
        while True:
            await client.send_all(await live.receive())

    async def to_live() -> None:
        async for data in client:
            await live.send(bytes(data))
        nursery.cancel_scope.cancel()

    gone = (anyio.EndOfStream, anyio.ClosedResourceError, trio.BrokenResourceError, trio.ClosedResourceError)
    async with client, trio.open_nursery() as nursery:

        async def until_gone(work: object) -> None:
            try:
                await work()  # type: ignore[operator]
            except gone:
                nursery.cancel_scope.cancel()

        nursery.start_soon(until_gone, from_live)
        nursery.start_soon(until_gone, to_live)
