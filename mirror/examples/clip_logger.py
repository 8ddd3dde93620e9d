"""A log of the clips that were played: a JSON line for each start or stop of a clip, with time, track and clip.

python -m mirror.examples.clip_logger >> played.jsonl
"""

from __future__ import annotations

import json
from datetime import datetime

from mirror import Changed, open_mirror
from mirror.examples.run import run


async def main() -> None:
    """Follow `is_playing` of every clip, in the Session and in the Arrangement."""
    async with open_mirror() as mirror:
        print(json.dumps({"what": "following", "set": mirror.status().set_name}), flush=True)
        async for event in mirror.events("**"):
            match event:
                case Changed("is_playing", _, bool(playing)) if event.type == "Clip":
                    track = mirror.resolve("/".join(event.ref.split("/")[:2]))
                    line = {
                        "time": datetime.fromtimestamp(event.time).isoformat(timespec="seconds"),
                        "track": track.name,
                        "clip": event.object_name,
                        "what": "start" if playing else "stop",
                    }
                    print(json.dumps(line, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    run(main)
