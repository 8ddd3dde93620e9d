"""Faders, panning, sends, the crossfader, and members of parameters."""

from __future__ import annotations

from typing import Any

from mcp_server.probe.bench import AUDIO, MIDI, Bench, Theme, two_tracks
from mirror import Call, Set

VOLUME = MIDI + "/mixer_device/volume"
PANNING = MIDI + "/mixer_device/panning"
SEND = MIDI + "/mixer_device/sends/0"
CUE = "master_track/mixer_device/cue_volume"


async def _stage(bench: Bench) -> None:
    await two_tracks(bench)
    await bench.write(Call("song", "create_return_track"))


THEME = Theme("mixer", _stage)

THEME.texts(
    "fader_texts",
    "A fader at 0.85 shows 0.0 dB, at 1.0 it shows 6.0 dB, at 0.4 −18.0 dB, at 0 −inf dB",
    VOLUME,
    {0.85: "0.0 dB", 1.0: "6.0 dB", 0.4: "-18.0 dB", 0.0: "-inf dB"},
)
THEME.texts(
    "low_fader_texts",
    "Below 0.4 a fader falls faster: 0.2 shows −34.4 dB, 0.1 −48.6 dB",
    VOLUME,
    {0.2: "-34.4 dB", 0.1: "-48.6 dB"},
)
THEME.texts(
    "panning_texts",
    "Panning shows C in the middle, 25R half-way, 50L and 50R at the ends",
    PANNING,
    {0.0: "C", 0.5: "25R", -1.0: "50L", 1.0: "50R"},
)
THEME.texts(
    "send_texts",
    "A send's texts are 6 dB below a fader's: at 1.0 it shows 0.0 dB, at 0.85 −6.0 dB",
    SEND,
    {1.0: "0.0 dB", 0.85: "-6.0 dB", 0.0: "-inf dB"},
)
THEME.texts("cue_texts", "The cue volume has a fader's curve", CUE, {0.85: "0.0 dB", 0.4: "-18.0 dB"})
THEME.reads(
    "mixer_ranges",
    "Volume goes from 0 to 1 and is at 0.85 by default, panning from −1 to 1",
    {
        VOLUME + ".min": 0.0,
        VOLUME + ".max": 1.0,
        VOLUME + ".default_value": 0.8500000238418579,
        PANNING + ".min": -1.0,
        PANNING + ".max": 1.0,
    },
)
THEME.reads(
    "mixer_names",
    "The mixer's parameters are named Track Volume, Track Panning and Preview Volume",
    {VOLUME + ".name": "Track Volume", PANNING + ".name": "Track Panning", CUE + ".name": "Preview Volume"},
)
THEME.reads(
    "automation_states",
    "Without automation a parameter's automation_state is 0, and its state is 0 while it is enabled",
    {VOLUME + ".automation_state": 0, VOLUME + ".state": 0, VOLUME + ".is_enabled": True},
)
THEME.reads(
    "no_items_of_a_fader",
    "Only quantized parameters have value items",
    {VOLUME + ".value_items": "Only quantized parameters have value items", VOLUME + ".is_quantized": False},
)
THEME.reads(
    "no_default_of_a_switch",
    "A quantized parameter has no default value",
    {
        MIDI + "/mixer_device/track_activator.default_value": (
            "There is no default value available for this type of parameter"
        )
    },
)
THEME.takes(
    "single_precision",
    "Parameters are 32-bit floats: 0.3 reads back as 0.30000001192092896",
    VOLUME + ".value",
    {0.3: 0.30000001192092896},
)
THEME.reads(
    "only_main_crossfades",
    "Only the main track has the crossfader, the cue volume and the song's tempo",
    {
        MIDI + "/mixer_device.crossfader": "Only the main track has a crossfader!",
        MIDI + "/mixer_device.cue_volume": "Cue volume available on the main track only!",
        MIDI + "/mixer_device.song_tempo": "Only the main track has the song tempo!",
        "master_track/mixer_device.crossfade_assign": "Main track has no crossfader assignment!",
    },
)
THEME.takes(
    "crossfade_assignment",
    "A track is assigned to the crossfader's side A (0), to no side (1, the default) or to side B (2)",
    MIDI + "/mixer_device.crossfade_assign",
    {0: 0, 2: 2, 1: 1},
)
THEME.takes(
    "panning_modes",
    "The panning mode can be set: 0 stereo, 1 split",
    AUDIO + "/mixer_device.panning_mode",
    {1: 1, 0: 0},
)


@THEME.tries("The main track has no sends; a track has one for each return, with the return's name")
async def sends_of_tracks(bench: Bench) -> tuple[Any, Any]:
    returns = bench.names("song", "return_tracks")
    seen = [bench.names(f"{where}/mixer_device", "sends") for where in ("master_track", MIDI)]
    return [[], returns], seen


@THEME.tries("The tempo and its parameter in the main track's mixer are one value")
async def tempo_parameter(bench: Bench) -> tuple[Any, Any]:
    await bench.write(Set("song", "tempo", 101.0))
    await bench.settle()
    return [101.0], await bench.now("master_track/mixer_device/song_tempo.value")


@THEME.tries("Muting a track turns its activator off")
async def activator(bench: Bench) -> tuple[Any, Any]:
    await bench.write(Set(MIDI, "mute", True))
    await bench.settle()
    return [0.0], await bench.now(MIDI + "/mixer_device/track_activator.value")
