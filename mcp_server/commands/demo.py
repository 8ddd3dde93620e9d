"""`setmirror demo`: shows the main features without Live or a client, and checks every step.

There are four parties, as in real use: headless Live with the Remote Script (a process), the MCP server (a process), an
agent (an MCP client over stdio), and a person who works in Live. A separate mirror, which the agent does not use,
checks that the answers to the agent are true. All files are in a folder that is removed at the end.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mcp_server.commands import options
from mcp_server.commands.console import run_async, say, style

if TYPE_CHECKING:
    from mcp_server.demo.story import Story


@click.command("demo", short_help="See SetMirror work, with every step checked.")
@options.set_file
@click.option("--quick", is_flag=True, help="Measure with fewer repetitions.")
@options.as_json
def command(set_file: Path | None, quick: bool, as_json: bool) -> int:
    """See SetMirror work: headless Live, the bridge, MCP and an agent. Exits with 0 only if every step succeeded."""
    return 0 if run_async(lambda: run(set_file, quick, as_json)) else 1


async def run(set_file: Path | None, quick: bool = False, as_json: bool = False) -> bool:
    """Run the whole demo; True when every step was correct."""
    with tempfile.TemporaryDirectory(prefix="setmirror-demo-") as folder:
        from mcp_server.demo.story import Story

        return await _run(Story(as_json=as_json), set_file, quick, Path(folder))


async def _run(story: Story, set_file: Path | None, quick: bool, folder: Path) -> bool:
    from mcp_server.commands import processes
    from mcp_server.commands.link import Reading
    from mcp_server.demo.agent import Agent
    from mcp_server.demo.chapters import Chapters
    from mirror import load_token, open_mirror, tcp

    environ = processes.environment(SETMIRROR_HOME=str(folder / "home"))
    story.chapter("Live starts, without Live")
    story.tell(
        f"headless Live opens {set_file.name if set_file else 'its demo Set'} and loads the Remote Script"
    )
    with (folder / "server.log").open("w+", encoding="utf-8") as errors:
        try:
            async with processes.HeadlessProcess.started(
                set_file, environ=environ, reading=Reading()
            ) as live:
                story.tell(f"the bridge listens on 127.0.0.1:{live.port}")
                async with (
                    open_mirror(
                        connect=tcp("127.0.0.1", live.port),
                        token=load_token(folder / "home"),
                        client_name="witness",
                        client_version="0",
                    ) as witness,
                    Agent.connected(live.port, environ=environ, errors=errors) as agent,
                ):
                    await witness.wait_read(tell=Reading())
                    for warning in witness.status().set_warnings:
                        story.tell(f"of the Set's file: {warning}")
                    chapters = Chapters(story, live, agent, witness, quick=quick)
                    await chapters.play(
                        lambda: Agent.connected(
                            live.port, mode="legacy", name="elder", environ=environ, errors=errors
                        )
                    )
        except BaseException:
            _last_words(errors)
            raise
    return story.end()


def _last_words(errors: object) -> None:
    """The last lines of the server's log before the failure."""
    errors.flush()  # type: ignore[attr-defined]
    errors.seek(0)  # type: ignore[attr-defined]
    for line in errors.read().splitlines()[-15:]:  # type: ignore[attr-defined]
        say(style(f"server: {line}", dim=True), err=True)
