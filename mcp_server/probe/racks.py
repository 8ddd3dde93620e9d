"""Racks: macros, variations, chains and drum pads; Live 12.3 and later."""

from __future__ import annotations

from typing import Any

from mcp_server.probe.bench import Bench, Theme, two_tracks
from mcp_server.probe.devices import SINCE, insert
from mirror import Call, Set

THEME = Theme("racks", two_tracks, since=SINCE)

MACROS = 16
_FULL = "The maximum number of macro controls is already reached!"
_NONE_LEFT = "The minimum number of macro controls is already reached!"
_ONLY_DRUMS = "Only drum racks can have pads!"


@THEME.tries(
    "A rack has Device On, 16 macros from 0 to 127 and the Chain Selector; a drum rack has no Chain Selector"
)
async def parameters_of_racks(bench: Bench) -> tuple[Any, Any]:
    seen = []
    for name in ("Audio Effect Rack", "Drum Rack"):
        ref = await insert(bench, name)
        parameters = bench.mirror.children(ref, "parameters")
        ends = [parameters[1].props.get("min"), parameters[1].props.get("max")]
        seen.append([len(parameters), parameters[0].name, ends, parameters[-1].name == "Chain Selector"])
    macros = [0.0, 127.0]
    return [[18, "Device On", macros, True], [17, "Device On", macros, False]], seen


@THEME.tries("A new rack shows 8 macros, of which none is mapped, and no variation")
async def new_rack(bench: Bench) -> tuple[Any, Any]:
    ref = await insert(bench, "Audio Effect Rack")
    names = ("visible_macro_count", "macros_mapped", "variation_count", "selected_variation_index")
    return [8, [False] * MACROS, 0, -1], await bench.now(*(f"{ref}.{name}" for name in names))


@THEME.tries("Macros are added by two up to 16; the number of parameters does not change")
async def added_macros(bench: Bench) -> tuple[Any, Any]:
    ref = await insert(bench, "Audio Effect Rack")
    seen: list[Any] = []
    for _ in range(4):
        await bench.write(Call(ref, "add_macro"))
        seen += await bench.now(ref + ".visible_macro_count")
    seen.append(await bench.refusal(Call(ref, "add_macro")))
    return [10, 12, 14, 16, _FULL, 18], [*seen, len(bench.mirror.children(ref, "parameters"))]


@THEME.tries("Macros are removed by two down to 2, then by one to 1; adding one again makes 2")
async def removed_macros(bench: Bench) -> tuple[Any, Any]:
    ref = await insert(bench, "Audio Effect Rack")
    seen: list[Any] = []
    for _ in range(4):
        await bench.write(Call(ref, "remove_macro"))
        seen += await bench.now(ref + ".visible_macro_count")
    seen.append(await bench.refusal(Call(ref, "remove_macro")))
    await bench.write(Call(ref, "add_macro"))
    return [6, 4, 2, 1, _NONE_LEFT, 2], seen + await bench.now(ref + ".visible_macro_count")


@THEME.tries("A stored variation is counted and can be deleted; deleting without a variation has no effect")
async def variations(bench: Bench) -> tuple[Any, Any]:
    ref = await insert(bench, "Audio Effect Rack")
    await bench.write(Call(ref, "store_variation"))
    await bench.settle()
    seen = await bench.now(ref + ".variation_count")
    await bench.write(Set(ref, "selected_variation_index", 0))
    for _ in range(2):
        await bench.refusal(Call(ref, "delete_selected_variation"))
        await bench.settle()
        seen += await bench.now(ref + ".variation_count")
    return [1, 0, 0], seen


@THEME.tries("Only drum racks have pads")
async def pads_elsewhere(bench: Bench) -> tuple[Any, Any]:
    ref = await insert(bench, "Audio Effect Rack")
    return [_ONLY_DRUMS, _ONLY_DRUMS], await bench.now(ref + ".has_drum_pads", ref + ".drum_pads")


@THEME.tries("A drum rack has 128 pads, 16 of them visible from note 36; an empty pad has its note as name")
async def pads(bench: Bench) -> tuple[Any, Any]:
    ref = await insert(bench, "Drum Rack")
    drum_pads = bench.mirror.children(ref, "drum_pads")
    visible = [bench.mirror.node(id_).props["note"] for id_ in bench.prop(ref, "visible_drum_pads")]
    seen = [len(drum_pads), sorted(visible)[:1], len(visible), [pad.name for pad in drum_pads[:2]]]
    return [128, [36], 16, ["C-2", "C♯-2"]], seen


@THEME.tries("A drum rack is scrolled to row 9 at first")
async def scrolled_pads(bench: Bench) -> tuple[Any, Any]:
    ref = await insert(bench, "Drum Rack")
    return [9], await bench.now(ref + "/view.drum_pads_scroll_position")


@THEME.tries("A chain of a drum rack begins without choke group, takes note 36 and sends note 60")
async def drum_chains(bench: Bench) -> tuple[Any, Any]:
    ref = await insert(bench, "Drum Rack")
    chain = await bench.made(Call(ref, "insert_chain"))
    await bench.settle()
    return [0, 36, 60], await bench.now(chain + ".choke_group", chain + ".in_note", chain + ".out_note")


@THEME.tries("Several chains of a drum rack may take the same note")
async def shared_notes(bench: Bench) -> tuple[Any, Any]:
    ref = await insert(bench, "Drum Rack")
    chains = [await bench.made(Call(ref, "insert_chain")) for _ in range(2)]
    for chain in chains:
        await bench.write(Set(chain, "in_note", 40))
    await bench.settle()
    return [40, 40], await bench.now(*(chain + ".in_note" for chain in chains))


@THEME.tries("A chain whose name is cleared gets its default name back")
async def unnamed_chains(bench: Bench) -> tuple[Any, Any]:
    ref = await insert(bench, "Audio Effect Rack")
    chain = await bench.made(Call(ref, "insert_chain"))
    first = bench.prop(chain, "name")
    seen = []
    for name in ("Probe", ""):
        await bench.write(Set(chain, "name", name))
        seen.append(bench.prop(chain, "name"))
    return ["Probe", first], seen


@THEME.tries("A chain's colour snaps to the palette")
async def colors_of_chains(bench: Bench) -> tuple[Any, Any]:
    ref = await insert(bench, "Audio Effect Rack")
    chain = await bench.made(Call(ref, "insert_chain"))
    result = await bench.write(Set(chain, "color", 0xFF0000))
    return 0xFF3636, result.results[0].after


@THEME.tries("Soloing a chain silences the other, though not at once")
async def soloed_chains(bench: Bench) -> tuple[Any, Any]:
    ref = await insert(bench, "Audio Effect Rack")
    chains = [await bench.made(Call(ref, "insert_chain")) for _ in range(2)]
    await bench.write(Set(chains[0], "solo", True))
    await bench.settle()
    return [False, True], await bench.now(*(chain + ".muted_via_solo" for chain in chains))


@THEME.tries("A device is inserted into a chain as into a track")
async def devices_in_chains(bench: Bench) -> tuple[Any, Any]:
    ref = await insert(bench, "Audio Effect Rack")
    chain = await bench.made(Call(ref, "insert_chain"))
    await bench.write(Call(chain, "insert_device", {"device_name": "Reverb"}))
    return ["Reverb"], bench.names(chain, "devices")


@THEME.tries("A macro without a mapping can be set")
async def macros(bench: Bench) -> tuple[Any, Any]:
    ref = await insert(bench, "Audio Effect Rack")
    await bench.write(Set(ref + "/parameters/1", "value", 64.0))
    return [64.0, False], await bench.now(ref + "/parameters/1.value", ref + ".has_macro_mappings")


@THEME.tries("copy_pad copies a pad's chains to another note")
async def copied_pad(bench: Bench) -> tuple[Any, Any]:
    ref = await insert(bench, "Drum Rack")
    chain = await bench.made(Call(ref, "insert_chain"))
    await bench.write(Set(chain, "in_note", 40))
    await bench.write(Call(ref, "copy_pad", {"source_index": 40, "destination_index": 41}))
    await bench.settle()
    notes = [copy.props.get("in_note") for copy in bench.mirror.children(ref, "chains")]
    return [40, 41], sorted(notes)
