"""The pages of the guide by topic, for `setmirror guide`, for MCP resources and for readers of the folder.

A page is a Markdown file of this folder. A line `{{name}}` in a page stands for a part that `generated` makes from the
product's own tables, so that a new tool, command, error or setting appears on its page automatically.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parent

TOPICS: dict[str, str] = {
    "musicians": "Start here: three commands, ten prompts, undo, and limits",
    "cookbook": "More than thirty prompts with their calls",
    "clients": "Claude, Cursor, VS Code and the other clients, one by one",
    "troubleshooting": "Problems by symptom, with cause and fix",
    "policy": "Rules for agents",
    "security": "Protection, authentication, and reporting a vulnerability",
    "versions": "Versions and editions of Live, systems, and additions per version",
    "tools": "Every tool, prompt and resource with its arguments",
    "commands": "Every command with its options",
    "settings": "Every file, setting and environment variable",
    "errors": "Every error code with the next step",
    "agents": "For developers of agents and MCP clients",
    "programs": "For Python programs: the mirror as a library",
    "script-authors": "Testing a Remote Script without Live: check, pytest fixtures, type stubs",
    "daw-mcp": "For clients of DAW MCP's protocol",
    "bitwig": "A project in Bitwig instead of a Set in Live: functions, and the rate of questions",
    "numbers": "How the numbers were measured, and how to measure your own",
}
"""Topic → description of its page, in the order of the guide."""
_PART = re.compile(r"^\{\{(\w+)\}\}$", re.MULTILINE)


@cache
def text_of(topic: str) -> str:
    """The page of a topic, as Markdown.

    Raises:
      KeyError: `topic` is not one of `TOPICS`.
    """
    if topic not in TOPICS:
        raise KeyError(topic)
    text = (FOLDER / f"{topic}.md").read_text("utf-8")

    def part(match: re.Match[str]) -> str:
        from . import generated

        return generated.PARTS[match.group(1)]().rstrip()

    return _PART.sub(part, text)
