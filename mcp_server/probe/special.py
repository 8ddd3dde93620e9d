"""Devices with members besides parameters: values of a new device, and accepted values; Live 12.3 and later."""

from __future__ import annotations

from typing import Any

from mcp_server.probe.bench import AUDIO, MIDI, Bench, Theme, two_tracks
from mcp_server.probe.devices import SINCE, insert
from mirror import Call, Set

THEME = Theme("special", two_tracks, since=SINCE)


def _shows(name: str, fact: str, device: str, expected: dict[str, Any], *, guess: bool = False) -> None:
    """Add an experiment about values of a new device, by place: `voices`, `view.selected_slice`."""

    async def work(bench: Bench) -> tuple[Any, Any]:
        ref = await insert(bench, device)
        places = [f"{ref}/{place}" if "." in place else f"{ref}.{place}" for place in expected]
        return expected, dict(zip(expected, await bench.now(*places), strict=True))

    THEME.add(name, fact, work, guess=guess)


def _takes(name: str, fact: str, device: str, prop: str, values: list[Any], *, guess: bool = False) -> None:
    """Add an experiment about values that a device's property accepts without change."""

    async def work(bench: Bench) -> tuple[Any, Any]:
        ref = await insert(bench, device)
        seen = []
        for value in values:
            await bench.write(Set(ref, prop, value))
            seen += await bench.now(f"{ref}.{prop}")
        return values, seen

    THEME.add(name, fact, work, guess=guess)


def _refuses(
    name: str, fact: str, device: str, prop: str, value: Any, said: str, *, guess: bool = False
) -> None:
    """Add an experiment about Live's refusal of a value of a new device's property."""

    async def work(bench: Bench) -> tuple[Any, Any]:
        text = await bench.refusal(Set(await insert(bench, device), prop, value))
        return said, said if said in text else text

    THEME.add(name, fact, work, guess=guess)


_shows(
    "no_sidechain",
    "A compressor's sidechain has no input at first",
    "Compressor",
    {"input_routing_type": "No Input"},
)


@THEME.tries("A compressor's sidechain accepts a track as its input, and offers three tap points", guess=True)
async def sidechain(bench: Bench) -> tuple[Any, Any]:
    ref = await insert(bench, "Compressor", AUDIO)
    await bench.settle()
    source = bench.prop(MIDI, "name")
    offered = source in bench.prop(ref, "available_input_routing_types")
    result = await bench.write(Set(ref, "input_routing_type", source))
    await bench.settle()
    taps = bench.prop(ref, "available_input_routing_channels")
    return [True, source, ["Pre FX", "Post FX", "Post Mixer"]], [offered, result.results[0].after, taps]


_shows(
    "eq_eight",
    "EQ Eight is in stereo mode, edits A and does not oversample at first",
    "EQ Eight",
    {"global_mode": 0, "edit_mode": False},
    guess=True,
)
_takes("eq_modes", "EQ Eight's global_mode goes from 0 to 2", "EQ Eight", "global_mode", [1, 2, 0])


@THEME.tries("EQ Eight's selected band goes from 0 to 7")
async def eq_bands(bench: Bench) -> tuple[Any, Any]:
    view = await insert(bench, "EQ Eight") + "/view"
    seen = []
    for band in (7, 0):
        await bench.write(Set(view, "selected_band", band))
        seen += await bench.now(view + ".selected_band")
    return [7, 0], seen


_shows(
    "drift_lists",
    "Drift has 4 to 32 voices, and its voice modes are Poly, Mono, Stereo and Unison",
    "Drift",
    {
        "voice_count_list": ["4", "8", "16", "24", "32"],
        "voice_mode_list": ["Poly", "Mono", "Stereo", "Unison"],
    },
)
_takes("drift_bend", "Drift's pitch bend range goes from 0 to 12", "Drift", "pitch_bend_range", [0, 12])
_takes(
    "wavetable_filters",
    "Wavetable's filter routing goes from 0 to 2",
    "Wavetable",
    "filter_routing",
    [2, 1, 0],
)
_takes("wavetable_unison", "Wavetable's unison mode goes from 0 to 6", "Wavetable", "unison_mode", [6, 0])
_takes(
    "wavetable_unison_voices",
    "Wavetable's unison has 2 to 8 voices",
    "Wavetable",
    "unison_voice_count",
    [2, 8],
)
_takes("wavetable_voices", "Wavetable's poly_voices goes from 0 to 6", "Wavetable", "poly_voices", [0, 6])


@THEME.tries("Wavetable has 13 sources of modulation")
async def modulation_sources(bench: Bench) -> tuple[Any, Any]:
    ref = await insert(bench, "Wavetable")
    parameters = bench.mirror.children(ref, "parameters")
    fitting = {"parameter": 0}
    for node in parameters[1:]:
        if await bench.answer(ref, "is_parameter_modulatable", parameter=node.id):
            fitting["parameter"] = node.id
            break
    index = (await bench.write(Call(ref, "add_parameter_to_modulation_matrix", fitting))).results[0].result
    values = [await bench.refusal(_modulation(ref, index, source)) for source in (12, 13)]
    return [True, False], [text.startswith("taken") for text in values]


def _modulation(ref: str, index: int, source: int) -> Call:
    return Call(ref, "get_modulation_value", {"target_index": index, "source": source})


_shows(
    "simpler_without_a_sample",
    "A Simpler without a sample shows −1 for all places of the sample",
    "Simpler",
    {
        "view.sample_start": -1,
        "view.sample_end": -1,
        "view.sample_loop_start": -1,
        "view.sample_loop_end": -1,
        "view.selected_slice": -1,
    },
)


@THEME.tries("A Simpler without a sample has no `sample` and cannot be reversed or cropped")
async def simplers_methods(bench: Bench) -> tuple[Any, Any]:
    ref = await insert(bench, "Simpler")
    seen: list[Any] = [bench.mirror.child(ref, "sample")]
    for method in ("reverse", "crop", "warp_double"):
        seen.append((await bench.refusal(Call(ref, method))).startswith("taken"))
    return [None, False, False, False], seen


_takes(
    "simpler_modes",
    "Simpler's playback mode is 0 classic, 1 one-shot or 2 slicing",
    "Simpler",
    "playback_mode",
    [1, 0],
)
_takes(
    "slicing_modes",
    "Simpler's slices play 0 mono, 1 poly or 2 thru",
    "Simpler",
    "slicing_playback_mode",
    [1, 2, 0],
)
_takes(
    "simpler_voices",
    "Simpler has 1, 2, 3, 4, 6, 8, 12, 16, 24 or 32 voices",
    "Simpler",
    "voices",
    [1, 2, 3, 4, 6, 8, 12, 16, 24, 32],
)
_shows(
    "empty_looper", "An empty Looper has no length and no tempo", "Looper", {"loop_length": 0.0, "tempo": 0.0}
)
_takes(
    "looper_lengths",
    "Looper's record length goes from 0 to 10, the last being free",
    "Looper",
    "record_length_index",
    [0, 10],
)
_shows(
    "roar_routings",
    "Roar is routed in seven ways, from Single to Delay",
    "Roar",
    {"routing_mode_list": ["Single", "Serial", "Parallel", "Multi Band", "Mid Side", "Feedback", "Delay"]},
)
_shows(
    "shifter_modes",
    "Shifter's pitch comes from its own knob or from MIDI",
    "Shifter",
    {"pitch_mode_list": ["Internal", "MIDI"]},
)


@THEME.tries("Spectral Resonator's pitch bend range is clamped at 24")
async def clamped_bend(bench: Bench) -> tuple[Any, Any]:
    ref = await insert(bench, "Spectral Resonator")
    await bench.write(Set(ref, "pitch_bend_range", 48))
    return [24], await bench.now(ref + ".pitch_bend_range")


@THEME.tries("A new category of Hybrid Reverb has other impulse files, and a listener is notified")
async def impulse_files(bench: Bench) -> tuple[Any, Any]:
    ref = await insert(bench, "Hybrid Reverb")
    before = bench.prop(ref, "ir_file_list")
    index = bench.prop(ref, "ir_category_index")
    await bench.write(Set(ref, "ir_category_index", 0 if index else 1))
    return True, bench.prop(ref, "ir_file_list") != before


_refuses(
    "drift_voices_text",
    "An index beyond a list of Drift's is refused",
    "Drift",
    "voice_mode_index",
    99,
    "Invalid index for voice mode",
    guess=True,
)
_refuses(
    "shifter_mode_text",
    "An index beyond a list of Shifter's is refused",
    "Shifter",
    "pitch_mode_index",
    99,
    "Invalid index for pitch mode",
    guess=True,
)


@THEME.tries(
    "Only some devices can compare presets A and B; other devices refuse to read which one is in use"
)
async def compared_presets(bench: Bench) -> tuple[Any, Any]:
    ref = await insert(bench, "Reverb")
    able, which = await bench.now(ref + ".can_compare_ab", ref + ".is_using_compare_preset_b")
    return True, which is False if able else isinstance(which, str)
