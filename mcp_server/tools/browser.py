"""Live's browser: reading its folders, searching, and loading its items."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Annotated, Any, Literal

import trio
from msgspec import UNSET, Meta, UnsetType

from mirror import Call, errors
from remote_script.SetMirror.contract.naming import near_names, suggestion

from .. import index, library, sample_files
from ..desk import Desk
from ..fields import Overwrite, Target
from ..library import ROOTS, Item
from ..tool import Arguments, Toolset
from .reading import LIST, Cursor, Limit
from .reading import page as paged

tools = Toolset("browser")


class Browse(Arguments):
    path: Annotated[str, Meta(description="a folder such as 'plugins/VST3'; '' for the roots")] = ""
    match: Annotated[str, Meta(description="in the name; with deep: words")] = ""
    deep: Annotated[bool, Meta(description="all folders below")] = False
    tags: Annotated[list[str], Meta(description="all of these, in Live's own index")] = []
    similar_to: Annotated[str, Meta(description="a sample: what sounds like it")] = ""
    limit: Limit = 50
    cursor: Cursor = ""


@tools.reads(
    Browse,
    "Browse",
    "Items of Live's browser, by folder or by words, for `load`.",
    {"items": LIST},
    lasts=False,
)
async def browse(desk: Desk, args: Browse) -> dict[str, Any]:
    path = args.path.strip("/ ")
    if args.tags or args.similar_to:
        return _cut(await trio.to_thread.run_sync(_indexed, args, path), args.limit)

    page = partial(_page, desk)
    if args.deep:
        if not args.match.strip():
            raise errors.InvalidParams("A deep search needs words in `match`")
        search = await desk.browser_library.search(path, args.match, args.limit, page, desk.report)
        answer: dict[str, Any] = {"items": await _shown(search.items)}
        if search.more:
            answer["more"] = True
        if not search.items:
            fewer = "fewer words" if len(args.match.split()) > 1 else "another word"
            answer["notes"] = [f"nothing has {args.match[:60]!r} in its path: try {fewer}"]
        if search.left:
            answer["left"] = f"{search.left} folders were not read yet: the same call continues with them"
        return answer
    if not path:
        roots = [root for root in ROOTS if library.says(root, args.match)]
        part, after = paged(roots, args.cursor, args.limit)
        folders = [{"path": root, "is_folder": True} for root in part]
        return {"items": folders, "total": len(roots), **after, **_no_match(args, ROOTS)}
    try:
        inside = await desk.browser_library.folder(path, page)
    except errors.NotFound as problem:
        raise await _with_near(desk, problem) from None
    items = [item for item in inside if library.says(item.name, args.match)]
    part, after = paged(items, args.cursor, args.limit)
    shown = await _shown([(f"{path}/{item.name}", item) for item in part])
    return {"items": shown, "total": len(items), **after, **_no_match(args, [item.name for item in inside])}


def _no_match(args: Browse, names: Sequence[str]) -> dict[str, Any]:
    """A note for a folder without items that match `match`, with similar names."""
    if not args.match or any(library.says(name, args.match) for name in names):
        return {}
    below = f"deep: true searches the folders below {args.path or 'all roots'}"
    near = suggestion(args.match, names, "none is near")
    return {"notes": [f"none of {len(names)} names has {args.match[:60]!r}; {near}; {below}"]}


async def _with_near(desk: Desk, problem: errors.NotFound) -> errors.NotFound:
    """The refusal of a path, with similar names in the last folder that exists, or else in all folders."""
    path = str(problem.value).strip("/ ")
    folder, _, name = path.rpartition("/")
    page = partial(_page, desk)
    while folder:
        try:
            names = [item.name for item in await desk.browser_library.folder(folder, page)]
        except errors.NotFound:
            folder, _, name = folder.rpartition("/")
            continue
        near = [f"{folder}/{match}" for match in near_names(name, names)]
        problem.hint = f"did you mean {', '.join(near)}?" if near else f"{folder} has {', '.join(names[:40])}"
        return problem
    search = await desk.browser_library.search("", path.split("/")[-1], 5, page, desk.report)
    paths = [match for match, _ in search.items] or [root for root in ROOTS if root.startswith(path[:3])]
    roots = f"a path begins with one of {', '.join(ROOTS)}"
    problem.hint = f"did you mean {', '.join(paths)}?" if paths else roots
    return problem


def _cut(items: list[dict[str, Any]], limit: int) -> dict[str, Any]:
    """The first items, and True if there are more."""
    return {"items": items[:limit], **({"more": True} if len(items) > limit else {})}


async def _page(desk: Desk, path: str, offset: int, limit: int) -> dict[str, Any]:
    args = {"path": path, "offset": offset, "limit": limit}
    written = await desk.write([Call("application/browser", "list_items", args)], "browse")
    listing: dict[str, Any] = written["results"][0]["result"]
    return listing


def _indexed(args: Browse, path: str) -> list[dict[str, Any]]:
    """The matches in Live's own index on disk, which needs no running Live."""
    if path and path not in index.KINDS:
        raise errors.InvalidValue(
            f"With tags `path` is a kind, got {path[:60]!r}",
            path[:60],
            hint=f"one of {', '.join(index.KINDS)}",
        )
    if args.similar_to and (args.tags or args.match or path):
        raise errors.InvalidParams("`similar_to` stands alone", hint="leave path, match and tags out")
    with index.opened() as library_index:
        if args.similar_to:
            hits = library_index.similar(args.similar_to, args.limit + 1)
        else:
            hits = library_index.search(args.match, args.tags, path, args.limit + 1)
    return [{name: value for name, value in hit._asdict().items() if value is not None} for hit in hits]


async def _shown(items: list[tuple[str, Item]]) -> list[dict[str, Any]]:
    """Items in the form of an answer, samples with their file."""
    files = await _files(item.uri for _, item in items)
    shown: list[dict[str, Any]] = []
    for path, item in items:
        about: dict[str, Any] = {"path": path}
        about.update({name: True for name in ("is_folder", "is_loadable") if getattr(item, name)})
        if item.uri in files:
            about["file"] = files[item.uri]
        shown.append(about)
    return shown


async def _files(uris: Iterable[str]) -> dict[str, str]:
    wanted = [uri for uri in uris if uri]
    return await trio.to_thread.run_sync(sample_files.files, wanted) if wanted else {}


async def _file_of(desk: Desk, path: str) -> str | None:
    """The file of a sample, if it is known and the policy allows it."""
    folder, _, name = path.strip("/ ").rpartition("/")
    if not sample_files.is_sample(name):
        return None
    known = desk.browser_library.folders.get(folder)
    items = (
        known.items if known is not None else await desk.browser_library.folder(folder, partial(_page, desk))
    )
    uris = [item.uri for item in items if item.name == name]
    file = (await _files(uris)).get(uris[0]) if uris else None
    try:
        if file is not None:
            desk.policy.check_file(file)
    except errors.MirrorError:
        return None
    return file


class Load(Arguments):
    path: Annotated[list[str], Meta(min_length=1, max_length=128, description="as in browse; or many")]
    to: Annotated[
        list[Target],
        Meta(
            max_length=128,
            description="track, chain, pad, slot or device, one a path; else the selected track",
        ),
    ] = []
    place: Annotated[
        Literal["before", "after", "replace"] | UnsetType, Meta(description="with a device as `to`")
    ] = UNSET
    overwrite: Overwrite = False
    timeout_s: Annotated[float, Meta(gt=0, le=300, description="plug-ins are slow")] = 60.0


@tools.acts(
    Load,
    "Load from the browser",
    "Loads devices, presets, samples (as Simplers), plug-ins.",
    idempotent=False,
)
async def load(desk: Desk, args: Load) -> dict[str, Any]:
    paths = args.path
    targets: list[Any] = args.to or [UNSET]
    if len(paths) != len(targets):
        raise errors.InvalidParams(
            f"Each path needs its own target: got {len(paths)} paths and {len(targets)} targets",
            hint="give `path` and `to` as lists of the same length",
        )
    what = ", ".join(paths)
    try:
        ops = [await _load_op(desk, path, to, args.place) for path, to in zip(paths, targets, strict=True)]
        await desk.report(0, 1, f"loading {what}")
        answer = await desk.write(ops, f"load {what}"[:200], args.overwrite, deadline_s=args.timeout_s)
    except errors.NotFound as problem:
        raise (await _with_near(desk, problem) if problem.value in paths else problem) from None
    await desk.report(1, 1, f"loaded {what}")
    return answer


async def _load_op(desk: Desk, path: str, to: Any, place: str | UnsetType) -> Call:
    args: dict[str, Any] = {"path": path}
    if to is not UNSET:
        kinds = ("Device",) if place is not UNSET else ("Track", "Chain", "DrumPad", "ClipSlot", "Device")
        args["target"] = desk.scope.prefer(to, *kinds, role="tracks").id
    if place is not UNSET:
        args["place"] = place
    file = await _file_of(desk, path)
    if file is not None:
        args["file_path"] = file
    return Call("application/browser", "load", args)
