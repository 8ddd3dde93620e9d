"""Live's browser: looking into it, folder by folder, and loading from it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import trio
from msgspec import UNSET, Meta, UnsetType

from mirror import Call, errors

from .. import index
from ..desk import Desk
from ..fields import Target
from ..library import ROOTS, Item
from ..tool import Arguments, Toolset
from .reading import LIST
from .reading import page as paged

tools = Toolset("browser")


class Browse(Arguments):
    path: Annotated[str, Meta(description="a folder such as 'plugins/VST3'; '' for the roots")] = ""
    match: Annotated[str, Meta(description="only names with this; with deep: words")] = ""
    deep: Annotated[bool, Meta(description="search all folders below, or everywhere")] = False
    tags: Annotated[list[str], Meta(description="all of these, in Live's own index")] = []
    similar_to: Annotated[str, Meta(description="a sample: what sounds like it")] = ""
    limit: Annotated[int, Meta(ge=1, le=1000)] = 50
    cursor: str = ""


@tools.reads(
    Browse,
    "Browse",
    "What Live's browser holds, by folder or by words, to `load` from.",
    {"items": LIST},
    lasts=False,
)
async def browse(desk: Desk, given: Browse) -> dict[str, Any]:
    path = given.path.strip("/ ")
    if given.tags or given.similar_to:
        return {"items": await trio.to_thread.run_sync(_indexed, given, path)}

    async def page(path: str, offset: int, limit: int) -> dict[str, Any]:
        args = {"path": path, "offset": offset, "limit": limit}
        written = await desk.write([Call("application/browser", "list_items", args)], "browse")
        found: dict[str, Any] = written["results"][0]["result"]
        return found

    if given.deep:
        if not given.match.strip():
            raise errors.InvalidParams("A deep search needs words in `match`")
        found = await desk.library.search(path, given.match, given.limit, page, desk.report)
        answer: dict[str, Any] = {"items": [_shown(at, item) for at, item in found.items]}
        if found.left:
            answer["left"] = f"{found.left} folders were not looked into yet: the same call goes on with them"
        return answer
    if not path:
        return {"items": [{"path": root, "is_folder": True} for root in ROOTS], "total": len(ROOTS)}
    fold = given.match.casefold()
    held = [item for item in await desk.library.folder(path, page) if fold in item.name.casefold()]
    part, after = paged(held, given.cursor, given.limit)
    return {"items": [_shown(f"{path}/{item.name}", item) for item in part], "total": len(held), **after}


def _indexed(given: Browse, path: str) -> list[dict[str, Any]]:
    """From Live's own index on disk; Live need not run."""
    if path and path not in index.KINDS:
        raise errors.InvalidValue(
            f"With tags `path` is a kind, got {path[:60]!r}",
            path[:60],
            hint=f"one of {', '.join(index.KINDS)}",
        )
    if given.similar_to and (given.tags or given.match or path):
        raise errors.InvalidParams("`similar_to` stands alone", hint="leave path, match and tags out")
    with index.opened() as held:
        if given.similar_to:
            hits = held.similar(given.similar_to, given.limit)
        else:
            hits = held.search(given.match, given.tags, path, given.limit)
    return [{name: value for name, value in hit._asdict().items() if value is not None} for hit in hits]


def _shown(path: str, item: Item) -> dict[str, Any]:
    shown: dict[str, Any] = {"path": path}
    if item.is_folder:
        shown["is_folder"] = True
    if item.is_loadable:
        shown["is_loadable"] = True
    return shown


class Load(Arguments):
    path: Annotated[str, Meta(description="as browse tells it")]
    to: Annotated[
        Target | UnsetType,
        Meta(description="a track, chain, drum pad, clip slot, or a device; default the selected track"),
    ] = UNSET
    place: Annotated[
        Literal["before", "after", "replace"] | UnsetType, Meta(description="with a device as `to`")
    ] = UNSET
    timeout_s: Annotated[float, Meta(gt=0, le=300, description="first plug-ins are slow")] = 60.0


@tools.writes(
    Load,
    "Load from the browser",
    "Loads a device, preset, sample or plug-in; returns when Live shows it, with its ref.",
    idempotent=False,
)
async def load(desk: Desk, given: Load) -> dict[str, Any]:
    args: dict[str, Any] = {"path": given.path}
    if given.to is not UNSET:
        args["target"] = desk.resolve(given.to).id
    if given.place is not UNSET:
        args["place"] = given.place
    await desk.report(0, 1, f"loading {given.path}")
    answer = await desk.write(
        [Call("application/browser", "load", args)], f"load {given.path}", deadline_s=given.timeout_s
    )
    await desk.report(1, 1, f"loaded {given.path}")
    return answer
