"""The application: its version, views, browser and dialogs."""

from __future__ import annotations

from typing import Any

from mcp_server.probe.bench import Bench, Theme
from mirror import Call, Set

THEME = Theme("application")

BROWSER = "application/browser"
VIEW = "application/view"


@THEME.tries("The version numbers are those in the version text", since=(11, 3, 2))
async def version_numbers(bench: Bench) -> tuple[Any, Any]:
    parts = [
        await bench.answer("application", f"get_{part}_version") for part in ("major", "minor", "bugfix")
    ]
    text = await bench.answer("application", "get_version_string")
    return True, str(text).startswith(".".join(str(part) for part in parts[:2]))


@THEME.tries("The document of the application is the song")
async def document(bench: Bench) -> tuple[Any, Any]:
    return "song", (await bench.answer("application", "get_document"))["ref"]


@THEME.tries("Live's main views are Browser, Arranger, Session and the details below")
async def main_views(bench: Bench) -> tuple[Any, Any]:
    offered = set(await bench.answer(VIEW, "available_main_views"))
    wanted = {"Browser", "Arranger", "Session", "Detail", "Detail/Clip", "Detail/DeviceChain"}
    return sorted(wanted), sorted(wanted & offered)


@THEME.tries("The view in focus is Session or Arranger, and it can be seen")
async def focused_view(bench: Bench) -> tuple[Any, Any]:
    view = bench.prop(VIEW, "focused_document_view")
    return [True, True], [
        view in ("Session", "Arranger"),
        await bench.answer(VIEW, "is_view_visible", identifier=view),
    ]


@THEME.tries("The browser's roots can be listed, and their items are loadable, folders or devices")
async def browser_roots(bench: Bench) -> tuple[Any, Any]:
    expected, seen = [], []
    for root in ("instruments", "audio_effects", "midi_effects", "drums", "plugins", "user_library"):
        listing = await bench.answer(BROWSER, "list_items", path=root, limit=5)
        expected.append([root, True])
        seen.append([root, all(item["is_loadable"] or item["is_folder"] for item in listing["items"])])
    return expected, seen


@THEME.tries("Live's own devices are in the browser's instruments and effects under their names")
async def devices_in_the_browser(bench: Bench) -> tuple[Any, Any]:
    seen = []
    for root, name in (
        ("instruments", "Simpler"),
        ("audio_effects", "Reverb"),
        ("midi_effects", "Arpeggiator"),
    ):
        seen.append(bool(await _path(bench, root, name)))
    return [True, True, True], seen


async def _path(bench: Bench, path: str, name: str, depth: int = 2) -> str:
    """The path of an item of this name in a folder of the browser or a folder below; "" if there is none."""
    listing = await bench.answer(BROWSER, "list_items", path=path, limit=50)
    if any(item["name"] == name for item in listing["items"]):
        return f"{path}/{name}"
    folders = [item["name"] for item in listing["items"] if item["is_folder"] and not item["is_device"]]
    for folder in folders if depth > 1 else ():
        path_below = await _path(bench, f"{path}/{folder}", name, depth - 1)
        if path_below:
            return path_below
    return ""


@THEME.tries("The uri of an item begins with query:")
async def item_uris(bench: Bench) -> tuple[Any, Any]:
    listing = await bench.answer(BROWSER, "list_items", path="instruments", limit=5)
    return True, all(item["uri"].startswith("query:") for item in listing["items"])


@THEME.tries("The browser's filter goes from −1 to 7")
async def filter_types(bench: Bench) -> tuple[Any, Any]:
    seen = []
    for value in (7, 0, -1):
        await bench.write(Set(BROWSER, "filter_type", value))
        seen += await bench.now(BROWSER + ".filter_type")
    return [7, 0, -1], seen


@THEME.tries("The browser has no hotswap target at first")
async def no_hot_swap(bench: Bench) -> tuple[Any, Any]:
    return [None], await bench.now(BROWSER + ".hotswap_target")


@THEME.tries("No dialog is open, and pressing a dialog's button is refused")
async def no_dialog(bench: Bench) -> tuple[Any, Any]:
    return [0, 0], await bench.now("application.open_dialog_count", "application.current_dialog_button_count")


@THEME.tries("A native device that is loaded from the browser is on the selected track at once")
async def loaded_device(bench: Bench) -> tuple[Any, Any]:
    await bench.write(Call("song", "create_midi_track", {"index": 0}))
    path = await _path(bench, "audio_effects", "Reverb")
    result = await bench.write(Call(BROWSER, "load", {"path": path, "target": "tracks/0"}))
    return "Reverb", bench.prop(result.results[0].result["ref"], "class_name")


@THEME.tries("A loaded instrument replaces the track's instrument")
async def replaced_instrument(bench: Bench) -> tuple[Any, Any]:
    await bench.write(Call("song", "create_midi_track", {"index": 0}))
    for name in ("Simpler", "Drift"):
        path = await _path(bench, "instruments", name)
        await bench.write(Call(BROWSER, "load", {"path": path, "target": "tracks/0"}))
    return ["Drift"], bench.names("tracks/0", "devices")
