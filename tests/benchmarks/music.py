"""Edits of 10,000 notes, on the grid of whole ticks and off it, and the analysis of 100 clips with 20,000 notes.

Only the music functions run, in this process, without Live and MCP. Limits: 50 ms for an edit on the grid, 250 ms off
it (times that are fractions of ticks), 300 ms for the analysis. A producer's jobs are counted in calls over MCP, in
virtual time.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import trio
import trio.testing

from mcp_server.music import BEAT, EDITS, Context, Note, Scale, read, run
from mcp_server.music.analysis import Part
from mcp_server.music.report import report
from tests.benchmarks.measure import OURS, Row, timed
from tests.mcp_server.music.test_jobs import JOBS

NOTES = 10_000
CLIPS, OF_CLIPS = 100, 20_000
ON_GRID_MS, OFF_GRID_MS, ANALYSIS_MS = 50, 250, 300
OPTIONS: dict[str, dict[str, Any]] = {
    "chance": {"probability": 0.5},
    "drums": {"lines": {"Kick": "x...x...", "Snare": "....X..o"}},
    "euclid": {"pitch": 36, "hits": 5},
    "fit_length": {"length": "500 bars"},
    "gate": {"length": "1/8"},
    "ghost": {"select": {"pitch": 60}},
    "harmonize": {"degrees": 2},
    "humanize": {"timing": 0.02, "velocity": 8, "length": 0.1},
    "invert": {"around": "C3"},
    "invert_chords": {"inversion": 1},
    "polymeter": {"length": 3},
    "repeat": {"times": 2},
    "rotate": {"by": 1},
    "shift": {"by": "1/16"},
    "split": {"grid": "1/8"},
    "stretch": {"factor": 1.5},
    "thin": {"keep": 0.5},
    "transpose": {"degrees": 2},
    "velocity": {"factor": 0.8},
    "velocity_ramp": {"start": 30, "end": 110},
}
"""Options for edits that need some."""


def notes(count: int, seed: int, *, fractions: bool = False) -> tuple[Note, ...]:
    """Chords of three and single notes over a fixed grid; with `fractions` at times between its ticks."""
    draw = random.Random(seed)
    made = []
    for n in range(count):
        start: Any = n // 3 * BEAT // 2 if n % 6 < 3 else n * BEAT // 6
        if fractions:
            start += Fraction(draw.randrange(1, 1000), 997)
        made.append(
            Note(40 + draw.randrange(40), start, BEAT // 4, float(draw.randrange(30, 120)), note_id=n)
        )
    return tuple(made)


def context(end: int) -> Context:
    """D minor in 4/4, the clip as long as its notes."""
    return Context(Scale.of_text("D minor"), span=(0, end), pads={"kick": 36, "snare": 38})


def rows(**_: Any) -> Iterator[Row]:
    """Each edit with its slower case as a fact, then the analysis, then the number of calls of jobs."""
    whole, broken = notes(NOTES, 1), notes(NOTES, 1, fractions=True)
    end = int(max(note.end for note in whole)) + BEAT
    for name in sorted(EDITS):
        edit = read({"edit": name, **OPTIONS.get(name, {})})
        on = timed(lambda edit=edit: run([edit], whole, context(end)), samples=7, warm=1)  # type: ignore[misc]
        off = timed(lambda edit=edit: run([edit], broken, context(end)), samples=5, warm=1)  # type: ignore[misc]
        yield Row(
            f"{name} on {NOTES} notes",
            OURS,
            on,
            {
                "off_grid_p50_ms": round(off.p50, 1),
                "limit_ms": ON_GRID_MS,
                "off_grid_limit_ms": OFF_GRID_MS,
            },
        )
    parts = [_part(number) for number in range(CLIPS)]
    took = timed(lambda: report(parts, [], context(end)), samples=7, warm=1)
    yield Row(f"analyze {CLIPS} clips with {OF_CLIPS} notes", OURS, took, {"limit_ms": ANALYSIS_MS})
    for job, most in JOBS:
        session = trio.run(job, clock=trio.testing.MockClock(autojump_threshold=0))
        facts = {"calls": session.calls, "limit_calls": most, "largest_call_bytes": session.longest}
        yield Row(f"job: {job.__name__.replace('_', ' ')}", OURS, facts=facts)


def _part(number: int) -> Part:
    played = notes(OF_CLIPS // CLIPS, number)
    end = int(max(note.end for note in played))
    track, scene = number % 10, number // 10
    ref = f"tracks/{track}/clip_slots/{scene}/clip"
    return Part(ref, f"Clip {number}", f"Track {track}", played, (0, end), scene=scene, drums=track == 0)
