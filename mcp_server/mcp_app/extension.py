"""The views of tools, and the clients that are offered views.

A client declares the extension `io.modelcontextprotocol/ui` with the MIME type of views. Only such clients get tools
with a view's address in `_meta`, and the tools that only views call; other clients get the plain list of tools.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import mcp_types as types
from mcp.server.apps import APP_MIME_TYPE, EXTENSION_ID, client_supports_apps

from mirror import errors

from ..tool import Tool
from .document import document

__all__ = ["EXTENSION_ID", "client_supports_apps", "declared", "listed", "read"]

SCHEME = "ui://"
URI = "ui://setmirror/{kind}.html"
KINDS = {
    "look": "The Set, a clip's notes, the mixer or a device, as it changes.",
    "analysis": "What was analysed, as it changes.",
    "change": "What a write changed, before and after, with buttons to revert and compare it.",
}
"""Kind of view (a part of its address) → description."""
RULES_OF = "look"
"""The tool that shows the same content: a policy's rules about it apply to views."""
NO_NETWORK: dict[str, Any] = {
    "csp": {"connectDomains": [], "resourceDomains": [], "frameDomains": [], "baseUriDomains": []},
    "prefersBorder": True,
}
"""`_meta.ui` of every view."""


def kind_of(tool: Tool) -> str | None:
    """The kind of view that shows a tool's calls; None for tools without one."""
    if not tool.reads:
        return "change"
    return {"look": "look", "analyze": "analysis"}.get(tool.name)


def declared(tools: Iterable[Tool], for_views: Iterable[Tool]) -> list[types.Tool]:
    """The tools for `tools/list` of a client that shows views."""
    shown = []
    for tool in tools:
        kind = kind_of(tool)
        meta = None if kind is None else {"ui": {"resourceUri": URI.format(kind=kind)}}
        shown.append(tool.declared if meta is None else tool.declared.model_copy(update={"meta": meta}))
    hidden = {"ui": {"visibility": ["app"]}}
    return [*shown, *(tool.declared.model_copy(update={"meta": hidden}) for tool in for_views)]


def listed() -> list[types.Resource]:
    """The resources for `resources/list` of a client that shows views."""
    return [
        types.Resource(
            uri=URI.format(kind=kind), name=f"view of {kind}", description=about, mime_type=APP_MIME_TYPE
        )
        for kind, about in KINDS.items()
    ]


def read(uri: str) -> list[dict[str, Any]]:
    """The answer of `resources/read` for a view.

    Raises:
      NotFound: there is no such view.
    """
    for kind in KINDS:
        if uri == URI.format(kind=kind):
            html = document(kind)
            return [{"uri": uri, "mimeType": APP_MIME_TYPE, "text": html, "_meta": {"ui": NO_NETWORK}}]
    known = ", ".join(URI.format(kind=kind) for kind in KINDS)
    raise errors.NotFound("There is no such view", uri, hint=f"there are {known}")
