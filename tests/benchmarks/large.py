"""Headless Live with a large Set: the time for making or loading it, and its memory.

Each row is a separate process with its own peak of memory. The file is written here: the elements that Live writes for
a track, a clip, a note and a parameter, as far as the loader reads them.
"""

from __future__ import annotations

import gzip
import json
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from remote_script.headless import HeadlessLive, load_als
from remote_script.headless.sets.generate import large_set, shares
from tests.benchmarks.measure import OURS, Row

TRACKS, CLIPS, NOTES, PARAMETERS = 100, 1_000, 20_000, 20_000
QUESTION = f"{TRACKS} tracks, {CLIPS:,} clips, {NOTES:,} notes and {PARAMETERS:,} parameters in headless Live"


def rows() -> Iterator[Row]:
    """All rows of this module."""
    yield Row(QUESTION, f"{OURS}: made", facts=_apart("make"), note="aim: below 10 s and 1 GB")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "Large.als"
        write_als(path, TRACKS, CLIPS, NOTES, PARAMETERS)
        yield Row(
            QUESTION, f"{OURS}: loaded", facts=_apart("load", str(path)), note="aim: below 10 s and 1 GB"
        )


def _apart(*arguments: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.benchmarks.large", *arguments]
    done = subprocess.run(command, capture_output=True, check=True, text=True)
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def measure(what: str, path: str = "") -> dict[str, Any]:
    """Make or load the Set, open it, and print time and memory."""
    began = time.perf_counter()
    spec = load_als(path) if what == "load" else large_set(TRACKS, CLIPS, NOTES, PARAMETERS)
    described = time.perf_counter()
    live = HeadlessLive(spec)
    opened = time.perf_counter()
    # Linux counts in kilobytes, macOS in bytes.
    unit = 1 if platform.system() == "Darwin" else 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    facts = {
        "s": opened - began,
        ("read the file s" if what == "load" else "make s"): described - began,
        "open s": opened - described,
        "peak MB": peak / 1e6,
        **counts(live),
    }
    live.close()
    return facts


def counts(live: HeadlessLive) -> dict[str, int]:
    """The numbers of objects in the Set's tracks, without returns and the main track."""
    clips = [slot.clip for track in live.song.tracks for slot in track.clip_slots if slot.has_clip]
    playable = [track for track in live.song.tracks if track.can_be_armed]
    clips += [clip for track in playable for clip in track.arrangement_clips]
    devices = [device for track in live.song.tracks for device in track.devices]
    return {
        "tracks": len(live.song.tracks),
        "clips": len(clips),
        "notes": sum(len(clip.get_all_notes_extended()) for clip in clips if clip.is_midi_clip),
        "parameters": sum(len(device.parameters) for device in devices),
        "objects": sum(1 for _ in live.document.song.walk()),
    }


def write_als(path: Path, tracks: int, clips: int, notes: int, parameters: int) -> None:
    """Write a Set file with these numbers of objects, a device on each track, and all clips in the Session."""
    scenes = -(-clips // tracks)
    counts = zip(shares(clips, tracks), shares(parameters, tracks), strict=True)
    note_counts = list(shares(notes, clips))
    body = []
    for number, (of_clips, of_parameters) in enumerate(counts):
        slots = [_clip(note_counts.pop(), slot) for slot in range(of_clips)]
        slots += [""] * (scenes - of_clips)
        body.append(_track(number, slots, _device(of_parameters)))
    listed = "".join(f'<Scene Id="{index}"><Name Value=""/></Scene>' for index in range(scenes))
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<Ableton MajorVersion="5" MinorVersion="12.0_12300" Creator="Ableton Live 12.3.6"><LiveSet>'
        f"<Tracks>{''.join(body)}</Tracks><Scenes>{listed}</Scenes></LiveSet></Ableton>"
    )
    with gzip.open(path, "wb", compresslevel=1) as out:
        out.write(text.encode())


def _track(number: int, slots: list[str], device: str) -> str:
    listed = "".join(
        f'<ClipSlot Id="{index}"><ClipSlot><Value>{clip}</Value></ClipSlot><HasStop Value="true"/></ClipSlot>'
        for index, clip in enumerate(slots)
    )
    return (
        f'<MidiTrack Id="{number}"><Name><EffectiveName Value="{number + 1}-MIDI"/><UserName Value=""/></Name>'
        f'<Color Value="{number % 70}"/><TrackGroupId Value="-1"/><TrackUnfolded Value="true"/><DeviceChain>'
        '<Mixer><Volume><Manual Value="0.5"/></Volume><Pan><Manual Value="0"/></Pan></Mixer>'
        f"<MainSequencer><ClipSlotList>{listed}</ClipSlotList></MainSequencer>"
        f"<DeviceChain><Devices>{device}</Devices></DeviceChain></DeviceChain></MidiTrack>"
    )


def _clip(notes: int, number: int) -> str:
    keys = "".join(
        f'<KeyTrack Id="{pitch}"><Notes>'
        + "".join(
            f'<MidiNoteEvent Time="{note / 4}" Duration="0.25" Velocity="{64 + note % 64}" OffVelocity="64" '
            f'Probability="1" IsEnabled="true" NoteId="{note + 1}"/>'
            for note in range(pitch, notes, 4)
        )
        + f'</Notes><MidiKey Value="{60 + pitch}"/></KeyTrack>'
        for pitch in range(4)
    )
    return (
        f'<MidiClip Id="{number}" Time="0"><Name Value="Clip {number}"/><Color Value="{number % 70}"/>'
        '<Loop><LoopStart Value="0"/><LoopEnd Value="16"/><StartRelative Value="0"/><LoopOn Value="true"/>'
        '<OutMarker Value="16"/><HiddenLoopStart Value="0"/><HiddenLoopEnd Value="16"/></Loop>'
        f"<Notes><KeyTracks>{keys}</KeyTracks></Notes></MidiClip>"
    )


def _device(parameters: int) -> str:
    """A device of an unknown class; its switch is the first parameter."""
    dials = "".join(
        f'<Dial{number}><LomId Value="0"/><Manual Value="0.{number % 9 + 1}"/><MidiControllerRange>'
        '<Min Value="0"/><Max Value="1"/></MidiControllerRange></Dial' + f"{number}>"
        for number in range(parameters - 1)
    )
    return (
        '<MadeToMeasure Id="0"><On><LomId Value="0"/><Manual Value="true"/></On>'
        f'<IsExpanded Value="true"/><UserName Value=""/>{dials}</MadeToMeasure>'
    )


if __name__ == "__main__":
    print(json.dumps(measure(*sys.argv[1:])))
