"""Pictures of a clip with 5,000 notes, of 1,000 clips, of 300 with their notes, and of a large Session: time and size.

From data to SVG and to PNG at 1,200 pixels, in this process, without Live and MCP. Limits: 60 ms for the clip and 250
ms for the clips of an arrangement; a PNG of a roll has at most 80 kB, of an arrangement 150 kB.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any

from mcp_server.pictures import THEMES, Picture, svg
from mcp_server.pictures.arrangements import Block, Lane, Timing, arrangement
from mcp_server.pictures.png import png
from mcp_server.pictures.rolls import Keys, Roll, roll
from mcp_server.pictures.session import Cell, Column, SceneRow, session
from mirror import Note
from tests.benchmarks import measure
from tests.benchmarks.measure import OURS, timed

NOTES, CLIPS, WITH_NOTES = 5_000, 1_000, 300
ROLL_MS, ARRANGEMENT_MS = 60, 250
ROLL_KB, ARRANGEMENT_KB = 80, 150
NAMES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")


def notes(count: int, seed: int) -> tuple[Note, ...]:
    """Notes of all lengths and velocities over four octaves; some muted, some with a probability."""
    draw = random.Random(seed)
    return tuple(
        Note(
            note_id=n,
            pitch=36 + draw.randrange(48),
            start_time=n * 256 / count,
            duration=draw.choice((0.25, 0.5, 1.0)),
            velocity=float(draw.randrange(20, 128)),
            mute=n % 50 == 0,
            probability=0.5 if n % 20 == 0 else 1.0,
            velocity_deviation=0.0,
            release_velocity=64.0,
        )
        for n in range(count)
    )


def lanes(clips: int, tracks: int, of_each: int) -> list[Lane]:
    """Named clips with different colours, side by side, with `of_each` notes each."""
    draw = random.Random(clips)

    def color() -> str:
        return f"#{draw.randrange(1 << 24):06x}"

    content = notes(of_each, 1) if of_each else ()
    return [
        Lane(
            f"tracks/{t}",
            f"Track {t}",
            color(),
            [
                Block(f"c{n}", f"Clip {n}", color(), n * 8.0, n * 8.0 + 7, content, loop=8.0)
                for n in range(clips // tracks)
            ],
        )
        for t in range(tracks)
    ]


def rows(**_: Any) -> Iterator[measure.Row]:
    """A row for each picture and writer."""
    light = THEMES["light"]
    clip = [Roll("Clip", notes(NOTES, 1), "#3366cc", 0.0, 257.0)]
    many, full = lanes(CLIPS, 40, 0), lanes(WITH_NOTES, 20, 60)
    columns = [
        Column(f"t{t}", f"Track {t}", "#3366cc", [Cell("s", "Clip", "#cc6633")] * 200) for t in range(100)
    ]
    pictures: tuple[tuple[str, Callable[[], Picture], str], ...] = (
        (
            f"a clip of {NOTES} notes",
            lambda: roll(clip, Keys(NAMES), light),
            f"aim: at most {ROLL_MS} ms and {ROLL_KB} kB",
        ),
        (
            f"an arrangement of {CLIPS} clips",
            lambda: arrangement(many, light, Timing(200.0)),
            f"aim: at most {ARRANGEMENT_MS} ms and {ARRANGEMENT_KB} kB",
        ),
        (
            f"an arrangement of {WITH_NOTES} clips with their notes",
            lambda: arrangement(full, light, Timing(120.0)),
            f"aim: at most {ARRANGEMENT_MS} ms and {ARRANGEMENT_KB} kB",
        ),
        (
            "a Session of 100 tracks × 200 scenes",
            lambda: session(columns, [SceneRow("r", "Scene", "")] * 200, light),
            "",
        ),
    )
    for question, draw, aim in pictures:
        for name, write in (("PNG", png), ("SVG", lambda picture: svg(picture).encode())):
            size = len(write(draw()))
            times = timed(lambda draw=draw, write=write: write(draw()), samples=15, warm=2)  # type: ignore[misc]
            yield measure.Row(
                question, f"{OURS}: {name}", times, {"kB": round(size / 1000)}, aim if name == "PNG" else ""
            )
