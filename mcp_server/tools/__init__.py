"""The tools, by toolset. Each is one declaration of its description, its arguments, and its function.

Reads come from memory. A write is one step in Live's undo history, and returns when Live shows the change. Targets are
refs (`tracks/2`, `tracks/2[Bass]`), ids (`id:19`), or names.
"""

from __future__ import annotations

from collections.abc import Iterable

from mirror import errors

from ..tool import Tool
from . import (
    arranging,
    browser,
    changes,  # noqa: F401 (adds to the toolset of reading)
    clips,
    composing,  # noqa: F401 (adds to the toolset of music)
    devices,
    envelopes,  # noqa: F401 (adds to the toolset of clips)
    generic,
    knowledge,
    notes,
    pictures,
    reading,
    song,
    time,
    tracks,
    versions,  # noqa: F401 (adds to the toolset of time)
)

TOOLSETS = {
    toolset.name: toolset
    for toolset in (
        reading.tools,
        song.tools,
        tracks.tools,
        clips.tools,
        notes.tools,
        arranging.tools,
        pictures.tools,
        devices.tools,
        browser.tools,
        generic.tools,
        knowledge.tools,
        time.tools,
    )
}
TOOLS: dict[str, Tool] = {name: tool for toolset in TOOLSETS.values() for name, tool in toolset.tools.items()}
"""All tools by name, in the order in which models see them."""

CORE = (
    "get_set",
    "get_track",
    "get_device",
    "get",
    "find",
    "get_notes",
    "get_changes",
    "set_song",
    "transport",
    "undo",
    "create",
    "set_track",
    "delete",
    "duplicate",
    "create_clip",
    "fire",
    "edit_notes",
    "set_device",
    "browse",
    "load",
    "set_property",
    "batch",
)
"""The toolset "core": the tools for most jobs, for clients with a limit on the number of tools."""
NAMES = ("core", *TOOLSETS)
"""The names that `chosen` accepts."""


def chosen(toolsets: Iterable[str] | None = None, *, read_only: bool = False) -> dict[str, Tool]:
    """The tools of some toolsets (all for None), without tools that write if `read_only`.

    Raises:
      InvalidParams: a toolset does not exist.
    """
    wanted = list(TOOLSETS) if toolsets is None else list(toolsets)
    for name in wanted:
        if name not in NAMES:
            raise errors.InvalidParams(
                f"There is no toolset {name!r}", name, hint=f"there are {', '.join(NAMES)}"
            )
    core = CORE if "core" in wanted else ()
    return {
        name: tool
        for name, tool in TOOLS.items()
        if (tool.toolset in wanted or name in core) and (tool.reads or not read_only)
    }
