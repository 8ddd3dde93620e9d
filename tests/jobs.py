"""Jobs that a model does only with the tools, as scripts: tests check the results, benchmarks list the costs."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import trio

from tests.remote_script.headless.test_audio_files import write_wave

MOST_ARGUMENTS, MOST_IN_BATCH = 2000, 20
"""The most bytes of a call's arguments, and the most calls of a batch, that a model writes at once."""


def size(value: Any) -> int:
    """Bytes of a value as compact JSON."""
    return len(json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode())


class Model:
    """Calls tools within the limits of a model, and counts calls, refusals and bytes of answers."""

    def __init__(self, call: Callable[..., Awaitable[dict[str, Any]]]) -> None:
        self._call = call
        self.calls = self.refusals = self.bytes = self.largest = 0

    async def call(self, tool: str, **args: Any) -> dict[str, Any]:
        assert size(args) <= MOST_ARGUMENTS
        assert len(args.get("calls", ())) <= MOST_IN_BATCH
        self.calls += 1
        try:
            answer = await self._call(tool, **args)
        except Exception:
            self.refusals += 1
            raise
        self.bytes += size(answer)
        self.largest = max(self.largest, size(answer))
        return answer

    async def batch(self, *calls: tuple[str, dict[str, Any]]) -> dict[str, Any]:
        answer = await self.call("batch", calls=[{"tool": tool, "args": args} for tool, args in calls])
        assert answer["outcome"] == "verified", answer
        return answer

    @property
    def facts(self) -> dict[str, int]:
        """The costs of a job."""
        return {
            "calls": self.calls,
            "refusals": self.refusals,
            "bytes": self.bytes,
            "tokens": round(self.bytes / 4),
        }


async def understand(me: Model) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """Read tracks and grid, all distinct notes, and all device settings that are not default, in three answers."""
    overview = await me.call("get_set")
    shown = overview["set"]
    kinds = {str(number): track["kind"] for number, track in enumerate(shown["tracks"])}
    clips = [
        f"tracks/{track}/clip_slots/{scene}"
        for scene, row in shown["grid"].items()
        for track in row
        if kinds[track] == "midi"
    ]
    notes = await me.call("get_notes", clip=clips, form="compact", ids=False, limit=5000)
    lines = [*shown["tracks"], *shown["return_tracks"], shown["main_track"]]
    devices = [f"{line['ref']}/devices/{place}" for line in lines for place in range(len(line["devices"]))]
    return overview, notes, await me.call("get_device", device=devices)


async def read_grid(me: Model) -> dict[str, Any]:
    """Read the whole grid of a Set, page by page."""
    page = await me.call("get_set")
    grid: dict[str, Any] = dict(page["set"]["grid"])
    while (following := page["set"].get("grid_next")) is not None:
        page = await me.call("get_set", cursor=following)
        assert not grid.keys() & page["set"]["grid"].keys()
        grid |= page["set"]["grid"]
    return grid


async def lo_fi(me: Model, folder: Path) -> dict[str, Any]:
    """Make, arrange and mix a lo-fi beat from an empty Set; returns the answer of `get_set`."""
    write_wave(folder / "vinyl crackle.wav", 44100 * 4, 44100)
    beats = " ".join(
        f"C1@{bar * 4}:.25v112 @{bar * 4 + 2.5}v96 D1@{bar * 4 + 1}v100 @{bar * 4 + 3}v104"
        for bar in range(4)
    )
    hats = " ".join(f"F#1@{n / 2}:.2v{70 if n % 2 else 88}" for n in range(32))
    await me.call("get_set")
    await me.batch(
        ("set_song", {"tempo": 82, "key": "D minor", "swing_amount": 0.2}),
        *(("set_track", {"track": n, "name": name}) for n, name in enumerate(("Drums", "Rhodes", "Vinyl"))),
        ("create", {"kind": "midi", "name": "Bass", "index": 2}),
        ("set_property", {"target": "scenes/0", "property": "name", "value": "Verse"}),
        ("set_property", {"target": "scenes/1", "property": "name", "value": "Intro"}),
        ("create_clip", {"track": "Rhodes", "slot": 0, "length": "4 bars", "name": "Chords",
                         "notes": "D2,A2,C3,E3,F3@0:4v70 G1,F2,B2,D3@4 C2,G2,B2,E3@8 A1,G2,C#3,F3@12"}),
        ("create_clip", {"track": "$4", "slot": 0, "length": "4 bars", "name": "Line",
                         "notes": "D1@0:1.5v96 A1@2:.5 D1@3:1 G1@4:1.5 D1@6:.5 C1@8:2 E1@11:1 A0@12:3"}),
    )  # fmt: skip
    paths = ["drums/Dusty Lo-Fi Kit.adg", "instruments/Electric", "instruments/Operator",
             "audio_effects/Compressor", "audio_effects/Reverb", "audio_effects/Limiter"]  # fmt: skip
    await me.call("load", path=paths, to=["Drums", "Rhodes", "Bass", "Bass", "Rhodes", "master_track"])
    file = str(folder / "vinyl crackle.wav")
    await me.batch(
        ("create_clip", {"track": "Drums", "slot": 0, "length": "4 bars", "name": "Beat",
                         "notes": f"{beats} {hats}"}),
        ("create_clip", {"track": "Vinyl", "slot": 0, "file_path": file, "name": "Crackle"}),
    )  # fmt: skip
    assert (await me.call("get_notes", clip="Beat", form="compact"))["count"] == 48
    await me.batch(
        ("transform_notes", {"clips": ["Chords"], "edits": [{"edit": "velocity", "factor": 0.9}]}),
        ("duplicate", {"target": "Chords", "to": ["tracks/1/clip_slots/1"]}),
        ("fire", {"target": "scenes/0"}),
    )
    await trio.sleep(4)
    assert (await me.call("get_track", track="Drums"))["track"]["clips"][0]["is_playing"]
    await me.batch(
        ("transport", {"action": "stop"}),
        ("set_device", {"device": "tracks/2/devices/1", "parameters": {"Threshold": "-24 dB", "Ratio": "4:1"},
                        "properties": {"input_routing_type": "Drums"}}),
        ("set_track", {"track": "Drums", "volume": "-4 dB"}),
        ("set_track", {"track": "Rhodes", "volume": "-9 dB", "panning": "15R",
                       "sends": [{"send": "Reverb", "value": "-14 dB"}]}),
        ("set_track", {"track": "Bass", "volume": "-6 dB"}),
        ("set_track", {"track": "Vinyl", "volume": "-18 dB", "panning": "10L"}),
        ("duplicate", {"target": "tracks/1/clip_slots/1", "time": ["bar 1"]}),
        ("duplicate", {"target": "Beat", "time": ["bar 5", "bar 9"]}),
        ("duplicate", {"target": "tracks/1/clip_slots/0", "time": ["bar 5", "bar 9"]}),
        ("duplicate", {"target": "Line", "time": ["bar 5"], "until": "bar 13"}),
        ("duplicate", {"target": "Crackle", "time": ["bar 9"]}),
        *(("create", {"kind": "cue_point", "time": f"bar {bar}", "name": name})
          for bar, name in ((1, "Intro"), (5, "Verse"), (9, "Chorus"))),
    )  # fmt: skip
    shown: dict[str, Any] = (await me.call("get_set"))["set"]
    return shown
