"""Messages for a chat, on stdout: who joined the Set, which objects were added, removed or renamed, and by whom.

    python -m mirror.examples.notifier | while read -r line; do curl -d "content=$line" "$WEBHOOK"; done

The program itself sends nothing over the network; only the command behind the pipe does.
"""

from __future__ import annotations

from mirror import Added, Changed, Happening, Removed, Resynced, open_mirror
from mirror.examples.run import run

SHOWN = ("Track", "Scene", "Clip", "Device", "RackDevice", "PluginDevice", "MaxDevice", "SimplerDevice")


def message(event: Happening) -> str:
    """One line for people; "" for events without a message."""
    who = "Somebody in Live" if event.who == "live" else event.who
    label = f"{event.type.lower()} **{event.object_name or event.ref}**"
    match event:
        case Resynced():
            return f"The Set was read: {event.reason}"
        case Added() if event.type in SHOWN:
            return f"{who} added the {label}"
        case Removed() if event.type in SHOWN:
            return f"{who} removed the {label}"
        case Changed("name", before, after) if event.type in SHOWN and before:
            return f"{who} renamed the {event.type.lower()} **{before}** to **{after}**"
        case Changed("tempo", _, after):
            return f"{who} set the tempo to {after:g} BPM"
    return ""


async def main() -> None:
    """Follow all events, print those that have a message."""
    async with open_mirror() as mirror:
        print(
            f"Following {mirror.status().set_name or 'the Set'}: {len(mirror.song.tracks)} tracks", flush=True
        )
        async for event in mirror.events():
            if text := message(event):
                print(text, flush=True)


if __name__ == "__main__":
    run(main)
