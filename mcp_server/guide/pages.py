"""The pages of the guide by topic, for `setmirror guide`, for MCP resources and for anybody who reads the folder.

A page is a Markdown file of this folder.
"""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).resolve().parent

TOPICS: dict[str, str] = {
    "script-authors": "Test a Remote Script of yours without Live: check, pytest fixtures, type stubs",
}
"""Topic → what its page is about, in the order of the guide."""


def text_of(topic: str) -> str:
    """The page of a topic, as Markdown.

    Raises:
      KeyError: `topic` is not one of `TOPICS`.
    """
    if topic not in TOPICS:
        raise KeyError(topic)
    return (FOLDER / f"{topic}.md").read_text("utf-8")
