"""`setmirror import-midi`: reads a standard MIDI file into tracks and clips of the open Set, as one undo step."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from mcp_server.commands import options
from mcp_server.commands.console import run_async, say, say_json


@click.command("import-midi", short_help="Read a MIDI file into the open Set.")
@click.argument("midi_file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--start", metavar="TIME", help="The time in the Arrangement: beats, or bars such as 5.1.1.")
@click.option("--session", is_flag=True, help="Read into clip slots instead of the Arrangement.")
@click.option("--keep-tempo", is_flag=True, help="Keep the Set's tempo and signature.")
@options.port
@options.as_json
def command(
    midi_file: Path, start: str | None, session: bool, keep_tempo: bool, port: int, as_json: bool
) -> None:
    """Read MIDI_FILE into the open Set: each part becomes a track with a clip, markers become locators.

    Only the first tempo and the first signature are set: Live's API cannot change them along the song.
    """
    arguments: dict[str, Any] = {"action": "midi_file", "file_path": str(midi_file.resolve())}
    arguments |= {"session": session, "song": not keep_tempo}
    if start is not None:
        arguments["start"] = start

    async def main() -> None:
        from mcp_server.commands.link import call_tool, linked

        async with linked(port) as mirror:
            answer = await call_tool(mirror, "arrange", arguments)
        if as_json:
            say_json(answer)
            return
        for line in answer.get("notes", ()):
            say(line)
        say(f"{answer['outcome']}; one undo in Live reverts it")

    run_async(main)
