"""`setmirror demo`: the main job with nothing else installed, every step checked while it is shown.

Four parties, as in earnest: headless Live with the Remote Script (a process), the MCP server (a process), an
agent (an MCP client over stdio), and a person who works in Live. A witness with a mirror of its own, which
the agent does not know, says whether what the agent was told is so. Everything lives in a folder that is
removed at the end.
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


@click.command("demo", short_help="See it work, every step checked.")
@options.set_file
@click.option("--quick", is_flag=True, help="Measure with fewer repetitions.")
@options.as_json
def command(set_file: Path | None, quick: bool, as_json: bool) -> int:
    """See SetMirror work: headless Live, the bridge, MCP and an agent. Exits with 0 only if every step succeeded."""
    return 0 if run_async(lambda: run(set_file, quick, as_json)) else 1


async def run(set_file: Path | None, quick: bool = False, as_json: bool = False) -> bool:
    """The whole demo; whether every step was as it must be."""
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
    """What the server said before it went wrong."""
    errors.flush()  # type: ignore[attr-defined]
    errors.seek(0)  # type: ignore[attr-defined]
    for line in errors.read().splitlines()[-15:]:  # type: ignore[attr-defined]
        say(style(f"server: {line}", dim=True), err=True)
