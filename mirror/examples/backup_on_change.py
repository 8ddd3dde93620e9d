"""A backup on change: after an edit, and some seconds without another, writes the mirror's whole Set to a file.

    python -m mirror.examples.backup_on_change FOLDER [QUIET_SECONDS]

Each file is JSON, one object per line, named by time and revision. It contains what Live's API shows (tracks,
clips, notes, devices, values), but no samples and nothing that only Live can save: use it as a record to compare
and to search.
"""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

import anyio

from mirror import Mirror, open_mirror
from mirror.examples.run import run

QUIET_S = 5.0


def write_backup(mirror: Mirror, folder: Path) -> Path:
    """Write all objects of the mirror at this revision into one file."""
    stamp = datetime.now().strftime("%Y-%m-%d %H.%M.%S")
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{stamp} r{mirror.revision}.jsonl"
    lines = [mirror.encoded(node.id) for node in mirror.walk()]
    path.write_bytes(b"\n".join(lines) + b"\n")
    return path


async def main() -> None:
    """Wait for a change, then for a quiet period, and write."""
    if len(sys.argv) < 2:
        sys.exit(f"usage: {sys.argv[0]} FOLDER [QUIET_SECONDS]")
    folder = Path(sys.argv[1])
    quiet_s = float(sys.argv[2]) if len(sys.argv) > 2 else QUIET_S
    async with open_mirror() as mirror, mirror.subscribe("**", "backup") as stream:
        print(f"watching; backups go to {folder}", flush=True)
        while True:
            await anext(stream)
            with anyio.move_on_after(quiet_s) as waiting:
                async for _ in stream:
                    waiting.deadline = anyio.current_time() + quiet_s
            print(write_backup(mirror, folder), flush=True)


if __name__ == "__main__":
    run(main)
