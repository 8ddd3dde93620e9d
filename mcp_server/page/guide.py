"""The guide as HTML pages, from the same Markdown that `setmirror guide` prints and MCP resources have."""

from __future__ import annotations

from functools import cache
from html import escape

from markdown_it import MarkdownIt

from ..guide import pages

FOLDER = "guide/"
"""The path of the guide below the page's root; a topic's name follows."""
_PAGE = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1">'
    '<meta name="color-scheme" content="light dark">'
    '<title>{topic} · SetMirror guide</title><link rel="icon" href="../icon.svg">'
    '<link rel="stylesheet" href="../page.css"></head><body class="guide">'
    '<nav aria-label="Guide"><a href="../">The Set</a> {links}</nav><main>{text}</main></body></html>\n'
)


@cache
def guide_page(topic: str) -> bytes:
    """A topic's page as HTML without scripts; raw HTML in the Markdown is shown as text.

    Raises:
      KeyError: the guide has no such topic.
    """
    text = MarkdownIt("commonmark", {"html": False}).enable("table").render(pages.text_of(topic))
    links = " ".join(
        f'<a href="{name}" title="{escape(about, quote=True)}"'
        + (' aria-current="page"' if name == topic else "")
        + f">{name}</a>"
        for name, about in pages.TOPICS.items()
    )
    return _PAGE.format(topic=topic, links=links, text=text).encode()
