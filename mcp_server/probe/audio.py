"""Audio clips, made from a temporary file with four seconds of silence."""

from __future__ import annotations

import tempfile
import wave
from pathlib import Path
from typing import Any

from mcp_server.probe.bench import AUDIO, MIDI, Bench, Theme, two_tracks
from mirror import Call, Set

RATE = 44100
SECONDS = 4
SLOT = AUDIO + "/clip_slots/0"
CLIP = SLOT + "/clip"


def _silence(folder: Path) -> Path:
    path = folder / "setmirror probe.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(b"\0\0" * RATE * SECONDS)
    return path


def _file(bench: Bench) -> str:
    """The path of a new file of silence, which is removed when the theme ends."""
    # Live may keep the file open a little longer.
    folder = tempfile.TemporaryDirectory(prefix="setmirror", ignore_cleanup_errors=True)
    return str(_silence(Path(bench.resources.enter_context(folder))))


async def _stage(bench: Bench) -> None:
    await two_tracks(bench)
    await bench.write(Call(SLOT, "create_audio_clip", {"file_path": _file(bench)}))
    await bench.write(Set(CLIP, "warping", True))
    await bench.settle()


THEME = Theme("audio", _stage, since=(11, 3, 25))


THEME.reads(
    "new_audio_clips",
    "An audio clip is named after its file and has the file's length",
    {
        CLIP + ".name": "setmirror probe",
        CLIP + ".is_audio_clip": True,
        CLIP + ".is_midi_clip": False,
        CLIP + ".sample_length": RATE * SECONDS,
        CLIP + ".sample_rate": float(RATE),
        CLIP + ".pitch_coarse": 0,
    },
)
THEME.reads(
    "warp_modes",
    "Beats, Tones, Texture, Re-Pitch, Complex and Complex Pro are offered for a plain file, REX is not",
    {CLIP + ".available_warp_modes": [0, 1, 2, 3, 4, 6]},
)
THEME.takes("pitch_range", "A clip is transposed by −48 to 48", CLIP + ".pitch_coarse", {-48: -48, 48: 48})


@THEME.tries("A clip's gain shows 0.0 dB at 0.4, 4.0 dB at 0.5 and 24.0 dB at 1")
async def gain_texts(bench: Bench) -> tuple[Any, Any]:
    seen = []
    for gain in (0.5, 1.0, 0.4):
        await bench.write(Set(CLIP, "gain", gain))
        await bench.settle()
        seen += await bench.now(CLIP + ".gain_display_string")
    return ["4.0 dB", "24.0 dB", "0.0 dB"], seen


@THEME.tries("A new value of warping is visible only in a later turn")
async def warping_late(bench: Bench) -> tuple[Any, Any]:
    seen = await bench.in_the_same_turn(CLIP, "warping", Set(CLIP, "warping", False))
    await bench.settle()
    return [True, False], [seen, *await bench.now(CLIP + ".warping")]


@THEME.tries("A clip that is not warped counts in seconds")
async def seconds(bench: Bench) -> tuple[Any, Any]:
    await bench.write(Set(CLIP, "warping", False))
    await bench.settle()
    return [0.0, float(SECONDS)], await bench.now(CLIP + ".start_marker", CLIP + ".end_marker")


@THEME.tries("A clip that is warped counts in beats, and its last warp marker is after its first")
async def warp_markers(bench: Bench) -> tuple[Any, Any]:
    markers = bench.prop(CLIP, "warp_markers")
    return [True, True], [len(markers) >= 2, list(markers) == sorted(markers)]


@THEME.tries("A warp marker is added at the requested time; undo removes it")
async def added_warp_marker(bench: Bench) -> tuple[Any, Any]:
    before = len(bench.prop(CLIP, "warp_markers"))
    await bench.write(Call(CLIP, "add_warp_marker", {"warp_marker": [1.0, 2.5]}))
    await bench.settle()
    seen = [len(bench.prop(CLIP, "warp_markers")) - before]
    await bench.undo()
    await bench.settle()
    return [1, 0], [*seen, len(bench.prop(CLIP, "warp_markers")) - before]


@THEME.tries("An audio clip can only be created on an audio track")
async def audio_clip_on_a_midi_track(bench: Bench) -> tuple[Any, Any]:
    said = "Audio clips can only be created on audio tracks"
    (path,) = await bench.now(CLIP + ".file_path")
    text = await bench.refusal(Call(MIDI + "/clip_slots/0", "create_audio_clip", {"file_path": path}))
    return said, said if said in text else text


@THEME.tries("A path without an audio file is refused", guess=True)
async def no_such_file(bench: Bench) -> tuple[Any, Any]:
    said = "The path does not point to a valid audio file"
    path = _file(bench).replace(".wav", " that is not there.wav")
    text = await bench.refusal(Call(AUDIO + "/clip_slots/1", "create_audio_clip", {"file_path": path}))
    return said, said if said in text else text


@THEME.tries("An audio clip cannot be duplicated to a MIDI track")
async def incompatible_audio(bench: Bench) -> tuple[Any, Any]:
    said = "Incompatible track types for clip duplication"
    target = {"target_clip_slot": MIDI + "/clip_slots/0"}
    text = await bench.refusal(Call(SLOT, "duplicate_clip_to", target))
    return said, said if said in text else text


@THEME.tries("An audio clip is created in the arrangement at a time")
async def arranged_audio(bench: Bench) -> tuple[Any, Any]:
    (path,) = await bench.now(CLIP + ".file_path")
    await bench.write(Call(AUDIO, "create_audio_clip", {"file_path": path, "position": 8.0}))
    await bench.settle()
    return [8.0, True], await bench.now(
        AUDIO + "/arrangement_clips/0.start_time", AUDIO + "/arrangement_clips/0.is_arrangement_clip"
    )


@THEME.tries("Beats of the song cannot be converted in a clip that is not warped", guess=True)
async def beats_of_an_unwarped_clip(bench: Bench) -> tuple[Any, Any]:
    await bench.write(Set(CLIP, "warping", False))
    await bench.settle()
    return "The clip is not warped", await bench.refusal(
        Call(CLIP, "beat_to_sample_time", {"beat_time": 1.0})
    )


@THEME.tries("A warp marker that does not exist cannot be removed", guess=True)
async def no_such_warp_marker(bench: Bench) -> tuple[Any, Any]:
    text = await bench.refusal(Call(CLIP, "remove_warp_marker", {"beat_time": 1.234}))
    return False, text.startswith("taken")


@THEME.tries("The last two warp markers cannot be removed", guess=True)
async def last_warp_markers(bench: Bench) -> tuple[Any, Any]:
    markers = bench.prop(CLIP, "warp_markers")
    for _, beat in markers[1:]:
        await bench.refusal(Call(CLIP, "remove_warp_marker", {"beat_time": beat}))
    await bench.settle()
    return min(2, len(markers)), len(bench.prop(CLIP, "warp_markers"))
