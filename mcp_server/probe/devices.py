"""Native devices: names, refusals, and members of special classes; Live 12.3 and later."""

from __future__ import annotations

from typing import Any

from mcp_server.probe.bench import AUDIO, MIDI, Absent, Bench, Theme, two_tracks
from mirror import Call, Set, errors

FIRST = MIDI + "/devices/0"
SINCE = (12, 3)

THEME = Theme("devices", two_tracks, since=SINCE)


async def insert(bench: Bench, name: str, where: str = MIDI) -> str:
    """Insert a device at the front of a track or chain; returns its ref.

    Raises:
      Absent: this edition of Live has no such device.
    """
    try:
        return await bench.made(Call(where, "insert_device", {"device_name": name, "device_index": 0}))
    except errors.LiveRefused as problem:
        if "not found" in problem.rule:
            raise Absent(f"this Live has no {name}") from None
        raise


def _class_name(name: str, class_name: str, type_: int) -> None:
    async def work(bench: Bench) -> tuple[Any, Any]:
        ref = await insert(bench, name)
        expected = [class_name, name, type_, "Device On"]
        return expected, [
            *await bench.now(ref + ".class_name", ref + ".class_display_name", ref + ".type"),
            bench.names(ref, "parameters")[0],
        ]

    kind = {1: "an instrument", 2: "an audio effect", 4: "a MIDI effect"}[type_]
    fact = f"{name} is inserted by this name; it is {kind} and its class {class_name}; its first parameter is Device On"
    THEME.add(f"class_of_{class_name}", fact, work)


for _name, _class, _type in (
    ("Simpler", "OriginalSimpler", 1),
    ("Wavetable", "InstrumentVector", 1),
    ("Drift", "Drift", 1),
    ("Instrument Rack", "InstrumentGroupDevice", 1),
    ("Drum Rack", "DrumGroupDevice", 1),
    ("Audio Effect Rack", "AudioEffectGroupDevice", 2),
    ("Compressor", "Compressor2", 2),
    ("EQ Eight", "Eq8", 2),
    ("Reverb", "Reverb", 2),
    ("Hybrid Reverb", "Hybrid", 2),
    ("Spectral Resonator", "Transmute", 2),
    ("Looper", "Looper", 2),
    ("Roar", "Roar", 2),
    ("Shifter", "Shifter", 2),
    ("CC Control", "MidiCcControl", 4),
):
    _class_name(_name, _class, _type)


@THEME.tries("Meld's class is InstrumentMeld; its first parameter is Device On, its original name On")
async def meld(bench: Bench) -> tuple[Any, Any]:
    ref = await insert(bench, "Meld")
    return ["InstrumentMeld", "Device On", "On"], [
        *await bench.now(ref + ".class_name"),
        bench.names(ref, "parameters")[0],
        *await bench.now(ref + "/parameters/0.original_name"),
    ]


THEME.refuses(
    "unknown_device",
    "A device that does not exist is refused by its name",
    "Device No Such Device not found.",
    [Call(MIDI, "insert_device", {"device_name": "No Such Device"})],
)
THEME.refuses(
    "instrument_on_audio",
    "An audio track accepts only audio effects",
    "Can not insert device 'Simpler': Only audio effects can be inserted into an audio track.",
    [Call(AUDIO, "insert_device", {"device_name": "Simpler"})],
)
THEME.refuses(
    "two_instruments",
    "A chain has one instrument",
    "Device chains cannot have more than one instrument each",
    [
        Call(MIDI, "insert_device", {"device_name": "Simpler"}),
        Call(MIDI, "insert_device", {"device_name": "Simpler"}),
    ],
)


@THEME.tries("An instrument cannot be duplicated in its chain")
async def duplicated_instrument(bench: Bench) -> tuple[Any, Any]:
    await insert(bench, "Simpler")
    return "Can not duplicate instrument.", await bench.refusal(Call(MIDI, "duplicate_device", {"index": 0}))


@THEME.tries("A device can be renamed; its class name does not change")
async def named_devices(bench: Bench) -> tuple[Any, Any]:
    ref = await insert(bench, "Reverb")
    await bench.write(Set(ref, "name", "Probe"))
    return ["Probe", "Reverb"], await bench.now(ref + ".name", ref + ".class_display_name")


@THEME.tries("A device's first parameter switches it; is_active follows")
async def switched_devices(bench: Bench) -> tuple[Any, Any]:
    ref = await insert(bench, "Reverb")
    await bench.write(Set(ref + "/parameters/0", "value", 0.0))
    await bench.settle()
    return [False], await bench.now(ref + ".is_active")


@THEME.tries("A moved device is the same object")
async def moved_devices(bench: Bench) -> tuple[Any, Any]:
    device = bench.mirror.resolve(await insert(bench, "Reverb")).id
    await bench.write(Call("song", "move_device", {"device": device, "target": AUDIO, "target_position": 0}))
    await bench.settle()
    return AUDIO + "/devices/0", bench.mirror.ref(device)


@THEME.tries("A device's parameter shows its text as its value moves: Reverb's Dry/Wet in percent")
async def percent_texts(bench: Bench) -> tuple[Any, Any]:
    wet = bench.parameter(await insert(bench, "Reverb"), "Dry/Wet")
    done = await bench.write(Set(wet, "value", "25 %"))
    return True, done.results[0].display.replace(" ", "").startswith("25")


@THEME.tries("A quantized parameter has items and no default value")
async def quantized_parameters(bench: Bench) -> tuple[Any, Any]:
    switch = await insert(bench, "Reverb") + "/parameters/0"
    said = "There is no default value available for this type of parameter"
    expected = [["Off", "On"], True, said]
    return expected, await bench.now(
        switch + ".value_items", switch + ".is_quantized", switch + ".default_value"
    )


@THEME.tries("Texts have three significant digits and the unit that fits: 440 Hz, 2.50 kHz")
async def three_digits(bench: Bench) -> tuple[Any, Any]:
    frequency = bench.parameter(await insert(bench, "EQ Eight"), "1 Frequency A")
    seen = []
    for text in ("440 Hz", "2.5 kHz"):
        seen.append((await bench.write(Set(frequency, "value", text))).results[0].display)
    return ["440 Hz", "2.50 kHz"], seen


@THEME.tries("A Drum Sampler exists only in pads: it cannot be inserted")
async def drum_cells(bench: Bench) -> tuple[Any, Any]:
    text = await bench.refusal(Call(MIDI, "insert_device", {"device_name": "Drum Sampler"}))
    return False, text.startswith("taken")


@THEME.tries("A deleted device comes back by undo as a new object")
async def device_after_undo(bench: Bench) -> tuple[Any, Any]:
    device = bench.mirror.resolve(await insert(bench, "Reverb")).id
    await bench.write(Call(MIDI, "delete_device", {"device": 0}))
    await bench.undo()
    await bench.settle()
    back = bench.mirror.resolve(FIRST)
    return ["Reverb", False], [back.name, back.id == device]


@THEME.tries("A device whose name is cleared gets its default name back", guess=True)
async def unnamed_devices(bench: Bench) -> tuple[Any, Any]:
    ref = await insert(bench, "Reverb")
    seen = []
    for name in ("Probe", ""):
        await bench.write(Set(ref, "name", name))
        seen.append(bench.prop(ref, "name"))
    return ["Probe", "Reverb"], seen
