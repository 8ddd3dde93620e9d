"""`setmirror look`: a picture of the open Set, a clip, the mixer or a device, written as SVG or PNG."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from mcp_server.commands import options
from mcp_server.commands.console import Failure, run_async, say

if TYPE_CHECKING:
    from mcp_server.pictures import Picture

VIEWS = ("session", "arrangement", "mixer", "notes", "device")


@click.command("look", short_help="Draw the Set, a clip or a device as SVG or PNG.")
@click.argument("refs", nargs=-1)
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="A file: .svg or .png.",
)
@click.option("--view", type=click.Choice(VIEWS), help="What to draw; by default what suits REF.")
@click.option("--dark", is_flag=True, help="Light on dark.")
@click.option("--width", type=click.IntRange(400, 2400), default=1200, show_default=True, help="In pixels.")
@options.port
def command(refs: tuple[str, ...], output: Path, view: str | None, dark: bool, width: int, port: int) -> None:
    """Draw the Set, a clip or a device as SVG or PNG.

    REFS are paths, ids or names; several clips are laid over each other. Without any the Session is drawn.
    """
    if output.suffix not in (".svg", ".png"):
        raise Failure(f"{output} is neither .svg nor .png", "name the file so that its kind is known")

    async def main() -> Picture:
        from mcp_server.commands.link import linked
        from mcp_server.pictures import THEMES, draw
        from mcp_server.pictures.sampled import sample
        from mirror.errors import MirrorError

        async with linked(port) as mirror:
            try:
                gauges = await sample(mirror, refs, view)  # type: ignore[arg-type]
                return draw(mirror, refs, view, THEMES["dark" if dark else "light"], width, gauges)  # type: ignore[arg-type]
            except MirrorError as problem:
                raise Failure(str(problem), str(problem.hint)) from None

    picture: Picture = run_async(main)
    try:
        output.write_bytes(_written(picture, output.suffix))
    except (OSError, ValueError) as problem:
        raise Failure(f"{output} cannot be written: {problem}") from None
    say(f"{output}: {picture.description}")


def _written(picture: Picture, suffix: str) -> bytes:
    from mcp_server.pictures import svg
    from mcp_server.pictures.png import png

    return svg(picture).encode() if suffix == ".svg" else png(picture)
