"""`setmirror look`: a picture of the open Set, a clip, the mixer or a device, as SVG, PNG or text."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mcp_server.commands import options, outputs
from mcp_server.commands.console import Failure, run_async, say, say_json

if TYPE_CHECKING:
    from mcp_server.pictures import Subject

VIEWS = ("session", "arrangement", "mixer", "notes", "device")
WIDTH = 1200
LEAST_WIDTH = 400
TEXT_LINES = 60


@click.command("look", short_help="Draw the Set, a clip or a device as SVG, PNG or text.")
@click.argument("refs", nargs=-1)
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="A file: .svg, .png or .txt."
)
@click.option("--text", "as_text", is_flag=True, help="Draw with characters in this terminal.")
@click.option(
    "--view", type=click.Choice(VIEWS), help="The view to draw; by default the view that suits REF."
)
@click.option("--dark", is_flag=True, help="Light on dark.")
@click.option(
    "--width",
    type=click.IntRange(40, 2400),
    help="In pixels, 1200 by default; for text in columns, by default the terminal's width.",
)
@options.port
@options.as_json
def command(
    refs: tuple[str, ...],
    output: Path | None,
    as_text: bool,
    view: str | None,
    dark: bool,
    width: int | None,
    port: int,
    as_json: bool,
) -> None:
    """Draw the Set, a clip or a device as SVG or PNG into a file, or as text.

    REFS are paths, ids or names; several clips are drawn over each other, and if tracks are named, only
    these are drawn. Without REFS the Session is drawn.
    """
    suffix = ".txt" if as_text and output is None else "" if output is None else output.suffix
    if suffix not in (".svg", ".png", ".txt"):
        missing = (
            "the command needs -o FILE or --text" if output is None else f"{output} is no .svg, .png or .txt"
        )
        raise Failure(missing, "-o FILE.svg or FILE.png draws into a file, --text draws here")
    if suffix != ".txt" and (width or WIDTH) < LEAST_WIDTH:
        raise Failure(f"a picture is at least {LEAST_WIDTH} pixels wide, not {width}")

    async def main() -> Subject:
        from mcp_server.commands.link import linked
        from mcp_server.pictures import gather
        from mcp_server.pictures.sampled import sample
        from mirror.errors import MirrorError

        async with linked(port) as mirror:
            try:
                return gather(mirror, refs, view, await sample(mirror, refs, view))  # type: ignore[arg-type]
            except MirrorError as problem:
                raise Failure(str(problem), str(problem.hint)) from None

    subject: Subject = run_async(main)
    if suffix == ".txt":
        done = _show(subject, width, output)
    else:
        assert output is not None
        done = _draw(subject, output, "dark" if dark else "light", width or WIDTH)
    if as_json:
        say_json(done)
    elif output is None:
        say(done["text"])
    else:
        say(f"{output}: {done.get('description') or str(done['lines']) + ' lines'}")


def _show(subject: Subject, width: int | None, output: Path | None) -> dict[str, Any]:
    """Print the picture as text, or the file with it."""
    from mcp_server.pictures.text_art import text_art

    columns = width or shutil.get_terminal_size((100, TEXT_LINES)).columns
    encoding = "utf-8" if output is not None else getattr(sys.stdout, "encoding", None) or "ascii"
    text = text_art(subject, columns, TEXT_LINES, encoding)
    if output is None:
        return {"text": text}
    outputs.write(output, f"{text}\n".encode(), "text")
    return {"file": str(output), "lines": len(text.splitlines())}


def _draw(subject: Subject, output: Path, theme: str, width: int) -> dict[str, Any]:
    """Print the file with the picture, and what the picture shows."""
    from mcp_server.pictures import THEMES, paint, svg
    from mcp_server.pictures.png import png

    picture = paint(subject, THEMES[theme], width)
    try:
        is_svg = output.suffix == ".svg"
        data = svg(picture).encode() if is_svg else png(picture)
    except ValueError as problem:
        raise Failure(f"{output} cannot be written: {problem}") from None
    kind, begins = ("SVG", b"<svg") if is_svg else ("PNG", b"\x89PNG")
    outputs.write(output, data, kind, begins)
    return {"file": str(output), "bytes": len(data), "description": picture.description}
