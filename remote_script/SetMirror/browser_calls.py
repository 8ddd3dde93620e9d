"""Calls on the browser by paths: listing folders, previewing items."""

from __future__ import annotations

from typing import Any, List

from .call import LIVE, Adapters, PendingCall, Steps
from .contract import checks
from .contract.errors import BridgeError
from .contract.hazards import BROWSER_ITEMS
from .contract.values import ABSENT, items, read


def _children(item: Any) -> List[Any]:
    children = read(item, "children")
    return [] if children is ABSENT else items(children)


def find_item(call: PendingCall, path: str) -> Steps:
    """The item at "instruments/Drift" or "plugins/VST3/Maker/Name"; its parents are kept alive meanwhile."""
    parts = [part for part in path.split("/") if part]
    if not parts:
        raise checks.refuse("path starts with a root of the browser, such as instruments", path)
    item = read(call.obj, parts[0])
    if item is ABSENT or item is None or parts[0].startswith("_"):
        raise BridgeError("NOT_FOUND", "The browser has no root {!r}".format(parts[0]), path)
    keep = [item]
    for part in parts[1:]:
        match = None
        for read_names, child in enumerate(_children(item), 1):
            name = str(child.name)
            if name == part or name.rsplit(".", 1)[0] == part:
                match = child
                break
            if read_names % (4 * BROWSER_ITEMS) == 0:
                yield LIVE
        if match is None:
            raise BridgeError("NOT_FOUND", "{!r} has no item {!r}".format(str(item.name), part), path)
        item = match
        keep.append(item)
    return item


def _list_items(call: PendingCall) -> Steps:
    item = yield from find_item(call, call.args["path"])
    offset = max(0, call.args.get("offset", 0))
    limit = min(max(1, call.args.get("limit", 50)), 200)
    children = _children(item)
    described = []
    for number, child in enumerate(children[offset : offset + limit]):
        described.append(
            {
                "name": str(child.name),
                "is_folder": bool(child.is_folder),
                "is_loadable": bool(child.is_loadable),
                "is_device": bool(child.is_device),
                "uri": str(child.uri),
            }
        )
        if number % BROWSER_ITEMS == BROWSER_ITEMS - 1:
            yield LIVE
    # The next read, by whatever call, happens in another turn.
    yield LIVE
    return {"items": described, "total": len(children), "offset": offset}


def _preview(call: PendingCall) -> Steps:
    item = yield from find_item(call, call.args["path"])
    return call.obj.preview_item(item)


ADAPTERS: Adapters = {
    ("Browser", "list_items"): _list_items,
    ("Browser", "preview"): _preview,
}
