"""A second screen for the Session: a grid of tracks and scenes, drawn again when a clip, a name or playback changes.

python -m mirror.examples.session_grid [--once]
"""

from __future__ import annotations

import sys

from mirror import Mirror, open_mirror
from mirror.examples.run import run

WIDTH = 12


def cell(text: str) -> str:
    """`text` as wide as a column."""
    return f"{text[:WIDTH]:{WIDTH}}"


def grid(mirror: Mirror) -> str:
    """The Session as text: > marks a clip that plays, ~ a clip that is about to play."""
    tracks = mirror.song.tracks
    rows = [" ".join(cell(track.name) for track in tracks)]
    for number, scene in enumerate(mirror.song.scenes):
        cells = []
        for track in tracks:
            clip = track.clip_slots[number].clip if number < len(track.clip_slots) else None
            mark = "" if clip is None else ">" if clip.is_playing else "~" if clip.is_triggered else " "
            cells.append(cell(mark + (clip.name or "clip") if clip else "."))
        rows.append(" ".join(cells) + f"  {scene.name or number + 1}")
    return "\n".join(line.rstrip() for line in rows)


async def main() -> None:
    """Draw, then wait for a change that the grid shows."""
    async with open_mirror() as mirror:
        shown = ["tracks", "tracks/*", "scenes/*", "tracks/*/clip_slots/*", "tracks/*/clip_slots/*/clip"]
        async with mirror.subscribe(shown, "session grid") as stream:
            print(grid(mirror), flush=True)
            if "--once" in sys.argv:
                return
            async for _ in stream:
                print("\n" + grid(mirror), flush=True)


if __name__ == "__main__":
    run(main)
