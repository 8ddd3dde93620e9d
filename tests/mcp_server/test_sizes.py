"""What reads cost a model: bytes / 4 of the answer, for a Set as large as people make them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import trio
import trio.testing

from remote_script.headless.sets.generate import default_set, large_set
from tests.remote_script.headless.test_audio_files import write_wave
from tests.whole import Whole, whole_path

Clock = trio.testing.MockClock
TRACKS, SCENES, CLIPS = 100, 200, 10_000
MOST_TOKENS = 25_000


def tokens(answer: Any) -> float:
    return len(json.dumps(answer, separators=(",", ":"), ensure_ascii=False).encode()) / 4


@pytest.mark.slow
async def test_a_set_of_100_tracks_and_200_scenes_is_read_in_pages_of_25000_tokens(
    autojump_clock: Clock,
) -> None:
    spec = large_set(TRACKS, CLIPS, notes=CLIPS, parameters=2000)
    assert (len(spec.tracks), len(spec.scenes)) == (TRACKS, SCENES)
    held = sum(clip is not None for track in spec.tracks for clip in track.clip_slots)
    async with whole_path(spec, tick_s=0.1) as whole:
        answer = await whole.call("get_set")
        assert tokens(answer) <= MOST_TOKENS
        grid = dict(answer["set"]["grid"])
        following = answer["set"].get("grid_next")
        while following is not None:
            page = await whole.call("get_set", cursor=following)
            assert tokens(page) <= MOST_TOKENS
            assert not grid.keys() & page["set"]["grid"].keys()
            grid |= page["set"]["grid"]
            following = page["set"].get("grid_next")
        assert sum(len(row) for row in grid.values()) == held


class Producer:
    """A model that has only the tools, and little room: 2 kB of arguments a call, 20 calls in a batch."""

    def __init__(self, whole: Whole) -> None:
        self.whole = whole
        self.calls = 0

    async def call(self, tool: str, **args: Any) -> dict[str, Any]:
        assert tokens(args) * 4 <= 2000
        assert len(args.get("calls", ())) <= 20
        self.calls += 1
        return await self.whole.call(tool, **args)

    async def batch(self, *calls: tuple[str, dict[str, Any]]) -> dict[str, Any]:
        answer = await self.call("batch", calls=[{"tool": tool, "args": args} for tool, args in calls])
        assert answer["outcome"] == "verified", answer
        return answer


async def test_a_lo_fi_beat_from_nothing_takes_at_most_12_calls(
    tmp_path: Path, autojump_clock: Clock
) -> None:
    write_wave(tmp_path / "vinyl crackle.wav", 44100 * 4, 44100)
    beats = " ".join(
        f"C1@{bar * 4}:.25v112 @{bar * 4 + 2.5}v96 D1@{bar * 4 + 1}v100 @{bar * 4 + 3}v104"
        for bar in range(4)
    )
    hats = " ".join(f"F#1@{n / 2}:.2v{70 if n % 2 else 88}" for n in range(32))
    async with whole_path(default_set()) as whole:
        me = Producer(whole)
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
        file = str(tmp_path / "vinyl crackle.wav")
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
        shown = (await me.call("get_set"))["set"]
        assert [each["arrangement_clips"] for each in shown["tracks"][:4]] == [2, 3, 2, 1]
        assert [each["name"] for each in shown["cue_points"]] == ["Intro", "Verse", "Chorus"]
        assert me.calls <= 12
