"""`setmirror guide [TOPIC]`: prints a page of the guide as Markdown."""

from __future__ import annotations

import json

import click

from mcp_server.commands import options
from mcp_server.commands.console import say
from mcp_server.guide import pages


@click.command("guide", short_help="Show a page of the guide.")
@click.argument("topic", required=False)
@options.as_json
def command(topic: str | None, as_json: bool) -> None:
    """Show the guide's page about TOPIC; without TOPIC, list the guide's pages."""
    if topic is None:
        if as_json:
            say(json.dumps({"topics": pages.TOPICS}))
            return
        width = max(map(len, pages.TOPICS))
        for name, about in pages.TOPICS.items():
            say(f"{name:{width}}  {about}")
        say("\nRead one with: setmirror guide TOPIC")
        return
    if topic not in pages.TOPICS:
        raise click.BadParameter(
            f"expected one of {', '.join(pages.TOPICS)}, got {topic!r}", param_hint="TOPIC"
        )
    text = pages.text_of(topic)
    say(json.dumps({"topic": topic, "text": text}) if as_json else text.rstrip())
