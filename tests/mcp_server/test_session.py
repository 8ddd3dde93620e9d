"""A musician's session in MCP calls: from an empty Set to an arranged and mixed beat, and back by undos."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import trio
import trio.testing

from mcp_server.demo.contents import differences, picture
from remote_script.headless.sets.generate import default_set
from tests.remote_script.headless.test_audio_files import write_wave
from tests.whole import Whole, whole_path

MOST_CALLS = 60
KICK, SNARE, HAT = "C1", "D1", "F#1"


class Musician:
    """An agent that counts its calls and checks that every write is verified."""

    def __init__(self, whole: Whole) -> None:
        self.whole = whole
        self.calls = 0
        self.entries = 0

    async def reads(self, tool: str, **arguments: Any) -> dict[str, Any]:
        self.calls += 1
        return await self.whole.call(tool, **arguments)

    async def does(self, tool: str, **arguments: Any) -> Any:
        """Make a write; returns the object that its first operation created."""
        self.calls += 1
        entries = len(self.whole.history())
        answer = await self.whole.call(tool, **arguments)
        assert len(self.whole.history()) - entries == answer["undo_steps"], (tool, arguments, answer)
        assert answer["outcome"] == "verified", (tool, arguments, answer)
        assert all(result["verified"] for result in answer["results"])
        self.entries += answer["undo_steps"]
        return answer["results"][0].get("result")


def put(target: str, name: str, value: Any) -> dict[str, Any]:
    return {"tool": "set_property", "args": {"target": target, "property": name, "value": value}}


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_a_lo_fi_beat_is_composed_arranged_mixed_and_undone(
    mode: str, tmp_path: Path, autojump_clock: trio.testing.MockClock
) -> None:
    write_wave(tmp_path / "vinyl crackle.wav", 44100 * 4, 44100)
    async with whole_path(default_set(), mode=mode, name="musician") as whole:
        me = Musician(whole)
        await whole.audited()
        before, first = picture(whole.mirror), len(whole.history())

        # An empty Set: tempo and key.
        overview = (await me.reads("get_set"))["set"]
        assert [each["clips"] for each in overview["tracks"]] == [0] * 4
        await me.does("set_song", tempo=82, key="D minor", swing_amount=0.2)

        # The four present tracks become drums, Rhodes, bass and vinyl.
        await me.does(
            "batch",
            calls=[
                put(f"tracks/{number}", "name", name)
                for number, name in enumerate(("Drums", "Rhodes", "Vinyl", "Spare"))
            ],
        )
        bass = (await me.does("create", kind="midi", name="Bass", index=2))["ref"]
        assert bass == "tracks/2"
        await me.does("load", path="drums/Dusty Lo-Fi Kit.adg", to="Drums")
        await me.does("load", path="instruments/Electric", to="Rhodes")
        await me.does("load", path="instruments/Operator", to="Bass")
        await me.does("load", path="audio_effects/Compressor", to="Bass")
        await me.does("load", path="audio_effects/Reverb", to="Rhodes")

        # Four bars each, written in the compact form.
        beats = " ".join(
            f"{KICK}@{bar * 4}:.25v112 @{bar * 4 + 2.5}v96 {SNARE}@{bar * 4 + 1}v100 @{bar * 4 + 3}v104"
            for bar in range(4)
        )
        hats = " ".join(f"{HAT}@{n / 2 + (0.08 if n % 2 else 0)}:.2v{70 if n % 2 else 88}" for n in range(32))
        drums = (
            await me.does(
                "create_clip", track="Drums", slot=0, length="4 bars", name="Beat", notes=f"{beats} {hats}"
            )
        )["ref"]
        chords = "D2,A2,C3,E3,F3@0:4v70 G1,F2,B2,D3@4 C2,G2,B2,E3@8 A1,G2,C#3,F3@12"
        rhodes = (
            await me.does("create_clip", track="Rhodes", slot=0, length="4 bars", name="Chords", notes=chords)
        )["ref"]
        line = "D1@0:1.5v96 A1@2:.5 D1@3:1 G1@4:1.5 D1@6:.5 C1@8:2 E1@11:1 A0@12:3"
        await me.does("create_clip", track="Bass", slot=0, length="4 bars", name="Line", notes=line)
        await me.does(
            "create_clip",
            track="Vinyl",
            slot=0,
            file_path=str(tmp_path / "vinyl crackle.wav"),
            name="Crackle",
        )
        notes = await me.reads("get_notes", clip=drums, form="compact")
        assert notes["count"] == 4 * 4 + 32
        await me.does("transform_notes", clips=[rhodes], edits=[{"edit": "velocity", "factor": 0.9}])

        # A second scene without drums, for the intro.
        names = [
            put("scenes/0", "name", "Verse"),
            put("scenes/1", "name", "Intro"),
            put("scenes/1", "tempo", 80),
        ]
        await me.does("batch", calls=names)
        await me.does("duplicate", target=rhodes, to="tracks/1/clip_slots/1")
        await me.does("fire", target="scenes/0")
        await trio.sleep(4)
        playing = (await me.reads("get_track", track="Drums"))["track"]["clips"][0]
        assert playing["is_playing"]
        await me.does("transport", action="stop")

        # The bass ducks under the kick.
        compressor = (await me.reads("find", name="Compressor", kind="device", under="Bass"))["found"][0][
            "ref"
        ]
        await me.does(
            "set_device",
            device=compressor,
            parameters={"Threshold": "-24 dB", "Ratio": "4:1", "Release": "120 ms"},
            properties={"input_routing_type": "Drums"},
        )

        # The mix, in decibels.
        await me.does("set_track", track="Drums", volume="-4 dB")
        await me.does(
            "set_track", track="Rhodes", volume="-9 dB", panning="15R", sends=[{"send": 0, "value": "-14 dB"}]
        )
        await me.does("set_track", track="Bass", volume="-6 dB")
        await me.does("set_track", track="Vinyl", volume="-18 dB", panning="10L")
        shown = (await me.reads("get_track", track="Rhodes"))["track"]["mixer"]
        assert (shown["volume"]["display"], shown["panning"]["display"]) == ("-9.0 dB", "15R")
        await me.does("load", path="audio_effects/Limiter", to="master_track")

        # Intro, verse, chorus.
        for time, clips in (
            ("1.1.1", ("tracks/1/clip_slots/1/clip",)),
            ("5.1.1", (drums, rhodes, "tracks/2/clip_slots/0/clip")),
            ("9.1.1", (drums, rhodes, "tracks/2/clip_slots/0/clip", "tracks/3/clip_slots/0/clip")),
        ):
            for clip in clips:
                await me.does("duplicate", target=clip, time=time)
        await me.does(
            "batch",
            calls=[
                {"tool": "create", "args": {"kind": "cue_point", "time": f"bar {bar}", "name": name}}
                for bar, name in ((1, "Intro"), (5, "Verse"), (9, "Chorus"))
            ],
        )
        arranged = (await me.reads("get_track", track="Drums"))["track"]["arrangement_clips"]
        assert [each["start"] for each in arranged] == ["5.1.1", "9.1.1"]
        cues = (await me.reads("get_set", parts=["cue_points"]))["set"]["cue_points"]
        assert [(each["name"], each["bars"]) for each in cues] == [
            ("Intro", "1.1.1"),
            ("Verse", "5.1.1"),
            ("Chorus", "9.1.1"),
        ]
        # All changes belong to this client, and the mirror is exact.
        events = (await me.reads("get_changes", since=0, limit=1000))["events"]
        assert {each["who"] for each in events if each.get("write")} == {"musician"}
        assert me.calls <= MOST_CALLS
        assert await whole.differences() == []

        # Undone to the initial state: one entry per write.
        made = len(whole.history()) - first
        assert made == me.entries
        for _ in range(made):
            await whole.call("undo")
        await whole.audited()
        assert differences(before, picture(whole.mirror)) == []
