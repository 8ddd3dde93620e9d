"""A producer's jobs as one session over MCP: few small calls, each verified in Live and one undo step."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import trio.testing
from msgspec.structs import replace

from mcp_server.demo.contents import differences, picture
from mcp_server.music.note import Note
from mcp_server.music.timing import swing
from remote_script.headless.sets.generate import default_set
from tests.lean import demo_set
from tests.whole import Whole, whole_path

Clock = trio.testing.MockClock
MOST_BYTES = 2000
DRUMS, KEYS, BASS = ("tracks/0/clip_slots/2", "tracks/1/clip_slots/2", "tracks/2/clip_slots/2")


class Session:
    """Counts the calls of an agent and checks each write."""

    def __init__(self, whole: Whole) -> None:
        self.whole = whole
        self.calls = 0
        self.writes = 0
        self.longest = 0

    async def ask(self, tool: str, **args: Any) -> dict[str, Any]:
        """Make a read."""
        self.longest = max(self.longest, len(json.dumps({"name": tool, "arguments": args})))
        self.calls += 1
        return await self.whole.call(tool, **args)

    async def do(self, tool: str, shows: Callable[[Any], bool], **args: Any) -> dict[str, Any]:
        """Make a write; checks that it is verified, one entry in Live's history, and shown by Live."""
        entries = len(self.whole.history())
        answer = await self.ask(tool, **args)
        assert (answer["outcome"], answer["undo_steps"]) == ("verified", 1), answer
        assert len(self.whole.history()) == entries + 1
        assert shows(self.whole.stage.live.song), args
        self.writes += 1
        return answer

    async def undo_all(self, before: Any) -> None:
        """Check that one undo for each write restores the initial state."""
        for _ in range(self.writes):
            await self.whole.call("undo")
        assert await self.whole.differences() == []
        assert differences(before, picture(self.whole.mirror)) == []


def notes(song: Any, ref: str) -> list[Note]:
    _, track, _, slot, *_ = ref.split("/")
    held = song.tracks[int(track)].clip_slots[int(slot)].clip.get_all_notes_extended()
    found = [Note(n.pitch, n.start_time, n.duration, n.velocity) for n in held]  # type: ignore[arg-type]
    return sorted(found, key=lambda note: (float(note.start), note.pitch))


def at(song: Any, ref: str) -> list[tuple[float, int]]:
    return [(float(note.start), note.pitch) for note in notes(song, ref)]


async def lo_fi_beat() -> Session:
    """Make a beat with chords, bass, swing, ghost notes and humanizing."""
    async with whole_path(default_set(), tick_s=0.02) as whole:
        before, session = picture(whole.mirror), Session(whole)
        shown = (await session.ask("get_set"))["set"]
        first = len(shown["tracks"])
        drums, keys, bass = (f"tracks/{first + n}/clip_slots/0/clip" for n in range(3))
        await session.do(
            "recipe",
            lambda song: [each.name for each in song.tracks][first:] == ["Drums", "Chords", "Bass"],
            action="run", name="genre-template", parameters={"genre": "lo-fi", "tempo": 80},
        )  # fmt: skip
        await session.do(
            "transform_notes",
            lambda song: (
                {0.0, 0.66} <= {round(time % 1, 2) for time, pitch in at(song, drums) if pitch == 42}
            ),
            clips=[drums],
            edits=[{"edit": "swing", "percent": 66, "grid": "1/8"}],
        )
        await session.do(
            "transform_notes",
            lambda song: any(n.velocity < 45 and n.pitch == 38 for n in notes(song, drums)),
            clips=[drums],
            edits=[
                {"edit": "ghost", "velocity": 30, "probability": 0.4, "seed": 2, "select": {"pitch": 38}},
                {"edit": "humanize", "timing": 0.01, "velocity": 6, "seed": 5},
            ],
        )
        await session.do(
            "transform_notes",
            lambda song: len({time for time, _ in at(song, keys) if time < 1}) > 3,
            clips=[keys],
            edits=[
                {"edit": "strum", "time": 0.08},
                {"edit": "humanize", "velocity": 8, "seed": 1},
            ],
        )
        await session.do(
            "transform_notes",
            lambda song: all(90 <= note.velocity <= 110 for note in notes(song, bass)),
            clips=[bass],
            edits=[{"edit": "humanize", "velocity": 5, "timing": 0.01, "seed": 4}],
        )
        assert [pitch % 12 for _, pitch in at(whole.stage.live.song, bass)] == [2, 7, 0, 9]
        await session.undo_all(before)
    return session


async def six_edits() -> Session:
    """Edit: hats at 58 %, chorus up a minor third in the scale, euclid 5/16, inversion, arpeggio, walk-up."""
    async with whole_path(demo_set(), tick_s=0.02) as whole:
        before, session = picture(whole.mirror), Session(whole)
        song = whole.stage.live.song
        snares = [entry for entry in at(song, DRUMS) if entry[1] == 38]

        def hats_at_58(song: Any) -> bool:
            measured = swing([replace(n, start=round(n.start * 40320), duration=1) for n in notes(song, DRUMS)
                              if n.pitch == 42], 40320 // 4)  # fmt: skip
            return measured is None or abs(measured - 58) < 1

        await session.do(
            "transform_notes",
            hats_at_58,
            clips=[DRUMS],
            edits=[
                {"edit": "quantize", "grid": "1/8", "select": {"pitch": "Hat Closed"}},
                {"edit": "swing", "percent": 58, "grid": "1/8", "select": {"pitch": "Hat Closed"}},
            ],
        )
        assert [entry for entry in at(song, DRUMS) if entry[1] == 38] == snares
        assert {round(time % 1, 6) for time, pitch in at(song, DRUMS) if pitch == 42} == {0.0, 0.58}
        chorus, old = "tracks/1/clip_slots/3", at(song, "tracks/1/clip_slots/3")
        scale = {(2 + step) % 12 for step in (0, 2, 3, 5, 7, 8, 10)}

        def up_a_minor_third(song: Any) -> bool:
            """The notes moved by three semitones, or to the next note of the scale if that is outside the scale."""
            moves = [(was[1], new[1] - was[1]) for new, was in zip(at(song, chorus), old, strict=True)]
            return all(
                (pitch + move) % 12 in scale and move == (3 if (pitch + 3) % 12 in scale else 4)
                for pitch, move in moves
            )

        await session.do(
            "transform_notes",
            up_a_minor_third,
            clips=[chorus],
            edits=[{"edit": "transpose", "semitones": 3}, {"edit": "fit_to_scale", "direction": "up"}],
        )
        await session.do(
            "transform_notes",
            lambda song: (
                [time for time, pitch in at(song, DRUMS) if pitch == 37 and time < 4]
                == [0.0, 0.75, 1.5, 2.25, 3.0]
            ),
            clips=[DRUMS],
            edits=[{"edit": "euclid", "pitch": "Rim Soft", "hits": 5, "steps": 16}],
        )
        lowest = min(pitch for time, pitch in at(song, KEYS) if time == 0)
        await session.do(
            "transform_notes",
            lambda song: (
                lowest + 12 in {pitch for time, pitch in at(song, KEYS) if time < 1}
                and lowest not in {pitch for time, pitch in at(song, KEYS) if time < 1}
            ),
            clips=[KEYS],
            edits=[{"edit": "invert_chords", "inversion": 1, "select": {"time": [0, 2]}}],
        )
        arpeggio = "tracks/1/clip_slots/5"
        await session.do(
            "transform_notes",
            lambda song: len({time for time, _ in at(song, arpeggio)}) == len(at(song, arpeggio)) > 20,
            clips=[arpeggio],
            edits=[{"edit": "arpeggiate", "rate": "1/16", "order": "up"}],
        )
        steps = {13.0: 57, 13.5: 58, 14.0: 60, 14.5: 62}
        await session.do(
            "compose",
            lambda song: steps.items() <= dict(at(song, BASS)).items(),
            part="melody", into=BASS, text="5 6 7 8", key="D minor", octave=2, at=13, grid="1/8",
        )  # fmt: skip
        await session.undo_all(before)
    return session


async def scale_repaired() -> Session:
    """Find every clip with notes outside the scale, and fit it."""
    async with whole_path(demo_set(), tick_s=0.02) as whole:
        await whole.call("edit_notes", clip=KEYS, add="F#3@1:1 Ab3@3:1")
        await whole.call("edit_notes", clip=BASS, add="C#1@8:2")
        session = Session(whole)
        found = await session.ask("analyze")
        fit = next(row for row in found["proposals"] if "scale" in row["why"])
        named = {ref for row in found["outside_scale"] for ref in row["clips"]}
        assert {f"{KEYS}/clip", f"{BASS}/clip", "tracks/2/arrangement_clips/0"} <= named

        def fitted(song: Any) -> bool:
            pitches = {pitch for ref in (KEYS, BASS) for _, pitch in at(song, ref)}
            return not pitches & {37, 35, 42, 66, 68}

        await session.do(fit["tool"], fitted, **fit["args"])
        left = (await whole.call("analyze"))["outside_scale"]
        assert all(row["in_chords"] == row["notes"] for row in left), "the thirds of G7 and A7 stay"
    return session


async def arranged_song() -> Session:
    """Fill the arrangement with the song's form and locators."""
    async with whole_path(demo_set(), tick_s=0.02) as whole:
        before, session = picture(whole.mirror), Session(whole)
        parts = [("Intro", 4), ("Verse", 8), ("Hook", 8), ("Verse", 8), ("Hook", 8), ("Outro", 4)]
        places = [160.0 + 4 * sum(bars for _, bars in parts[:n]) for n in range(len(parts))]

        def arranged(song: Any) -> bool:
            cues = {(cue.time, cue.name) for cue in song.cue_points if cue.time >= 160}
            ends = [clip.end_time for clip in song.tracks[0].arrangement_clips]
            return cues == set(zip(places, [name for name, _ in parts], strict=True)) and max(ends) == 320.0

        sections = [{"name": name, "bars": bars} for name, bars in parts]
        await session.do("arrange", arranged, sections=sections, start=160)
        await session.undo_all(before)
    return session


JOBS = (
    (lo_fi_beat, 12),
    (six_edits, 8),
    (scale_repaired, 2),
    (arranged_song, 1),
)
"""Each job with its maximum number of calls."""


@pytest.mark.parametrize(("job", "most"), JOBS, ids=lambda value: getattr(value, "__name__", str(value)))
async def test_a_job_takes_few_small_calls_each_verified_and_one_undo(
    autojump_clock: Clock, job: Callable[[], Awaitable[Session]], most: int
) -> None:
    session = await job()
    assert session.calls <= most
    assert session.longest <= MOST_BYTES
