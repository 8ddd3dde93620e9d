"""Live's browser: looking into it, folder by folder, and loading from it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, UnsetType

from mirror import Call, errors

from ..desk import Desk
from ..fields import Target
from ..tool import Arguments, Toolset
from .reading import LIST

tools = Toolset("browser")

ROOTS = (
    "instruments", "audio_effects", "midi_effects", "max_for_live", "drums", "sounds", "clips", "samples", "packs",
    "plugins", "user_library", "current_project",
)  # fmt: skip


class Browse(Arguments):
    path: Annotated[
        str,
        Meta(
            description="such as 'instruments/Drift'; begins with a root such as drums, plugins, packs; '' lists them"
        ),
    ]
    match: Annotated[str, Meta(description="only names that contain this")] = ""
    limit: Annotated[int, Meta(ge=1, le=1000)] = 50
    cursor: str = ""


@tools.reads(Browse, "Browse", "What Live's browser holds in a folder, to `load` from.", {"items": LIST})
async def browse(desk: Desk, given: Browse) -> dict[str, Any]:
    if given.cursor and not given.cursor.isdecimal():
        raise errors.InvalidValue("A cursor is the next_cursor of the answer before", given.cursor)
    if not given.path.strip("/ "):
        return {"items": [{"path": root, "is_folder": True} for root in ROOTS], "total": len(ROOTS)}
    offset, total, fold = int(given.cursor or 0), 1 << 30, given.match.casefold()
    found: list[dict[str, Any]] = []
    while offset < total and len(found) < given.limit:
        args = {
            "path": given.path,
            "offset": offset,
            "limit": 200 if fold else min(200, given.limit - len(found)),
        }
        written = await desk.write([Call("application/browser", "list_items", args)], "browse")
        part = written["results"][0]["result"]
        total = part["total"]
        for item in part["items"]:
            offset += 1
            if fold in item["name"].casefold():
                path = f"{given.path.strip('/')}/{item['name']}"
                found.append(
                    {"path": path, **{name: True for name in ("is_folder", "is_loadable") if item[name]}}
                )
            if len(found) == given.limit:
                break
        if not part["items"]:
            break
        await desk.report(offset, total, f"{given.path}: {offset} of {total}")
    return {"items": found, "total": total, **({"next_cursor": str(offset)} if offset < total else {})}


class Load(Arguments):
    path: Annotated[str, Meta(description="as browse tells it")]
    to: Annotated[
        Target | UnsetType,
        Meta(description="a track, drum pad, clip slot, or a device; default the selected track"),
    ] = UNSET
    place: Annotated[
        Literal["before", "after", "replace"] | UnsetType, Meta(description="with a device as `to`")
    ] = UNSET
    timeout_s: Annotated[float, Meta(gt=0, le=300, description="a first plug-in takes up to a minute")] = 60.0


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
