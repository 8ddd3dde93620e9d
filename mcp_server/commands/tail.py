"""`setmirror tail`: the event log as it grows, like `tail -f`.

Stays when Live goes away and says that it waits; goes on when Live comes back. What happened in between is
told as differences by the mirror's resync, once.
"""

from __future__ import annotations

import math
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

import click

from mcp_server.commands import options
from mcp_server.commands.console import run_async, say, say_json, style

if TYPE_CHECKING:
    from mirror import Mirror
    from mirror.model import Event

EVENT_KINDS = ("set", "absent", "children", "content", "add", "remove", "move")
LOOK_S = 0.25
"""Between looks at the link's state; only what is said about it waits for this, events come at once."""


@click.command("tail", short_help="Follow what changes in the Set, and who changed it.")
@click.option("--since", type=click.IntRange(min=0), metavar="REV", help="Begin after this revision.")
@click.option("--match", "patterns", multiple=True, metavar="PATTERN", help="Only refs such as tracks/2/**.")
@click.option(
    "--author", "authors", multiple=True, help="Only what this one did: live, audit, an agent's name."
)
@click.option(
    "--kind", "kinds", multiple=True, type=click.Choice(EVENT_KINDS), help="Only such events; repeatable."
)
@options.port
@options.as_json
def command(
    since: int | None,
    patterns: tuple[str, ...],
    authors: tuple[str, ...],
    kinds: tuple[str, ...],
    port: int,
    as_json: bool,
) -> None:
    """Follow what changes in the Set, and who changed it, until interrupted.

    A PATTERN is a ref; * stands for one step and ** for any number of them.
    """
    wanted = Filter(patterns, authors, kinds)

    async def main() -> None:
        import trio

        from mcp_server.commands.link import linked

        async with linked(port, sync_s=None) as mirror, trio.open_nursery() as nursery:
            nursery.start_soon(tell_link, mirror, port)
            await mirror.wait_synced(timeout_s=math.inf)
            wanted.say_what_fits_nothing(mirror)
            begin = mirror.log.oldest
            if since is not None and since < begin:
                for event in await trio.to_thread.run_sync(past_events, mirror, port, since, begin):
                    show(event)
            async for event in mirror.log.follow(max(begin, since or 0)):
                show(event)

    def show(event: Event) -> None:
        if wanted(event):
            if as_json:
                say_json(event)
            else:
                say(_line(event))

    run_async(main)


def past_events(mirror: Mirror, port: int, since: int, until: int) -> list[Event]:
    """What the script in Live still keeps of the revisions after `since`; says so when it is not all."""
    from mcp_server.commands.port_check import Refused, Stranger, session
    from mcp_server.commands.recent_batches import Reader, batches
    from mirror import load_token

    reader = Reader(mirror)
    try:
        with session(port, load_token(), "setmirror tail") as bridge:
            oldest = int(bridge.welcome.get("oldest_revision", 0))
            if since < oldest:
                say(style(f"# the history that is kept begins after revision {oldest}", dim=True), err=True)
            kept = batches(bridge, max(since, oldest), until)
            return [event for batch in kept for event in reader.events(batch)]
    except (Refused, Stranger, OSError) as problem:
        say(style(f"# no history: {problem}", dim=True), err=True)
        return []


def _line(event: Event) -> str:
    from mcp_server.commands.events import line_of

    return line_of(event)


class Filter:
    """Which events are wanted; no patterns, authors or kinds mean all. A resync always is."""

    def __init__(
        self, patterns: tuple[str, ...] = (), authors: tuple[str, ...] = (), kinds: tuple[str, ...] = ()
    ) -> None:
        self._patterns = [tuple(pattern.strip("/").split("/")) for pattern in patterns]
        self._authors = set(authors)
        self._kinds = set(kinds)

    def say_what_fits_nothing(self, mirror: Mirror) -> None:
        """Name the patterns that no object of the Set fits now: a mistyped one would stay silent for ever."""
        paths = (
            [tuple(mirror.ref(node.id).split("/")) for node in mirror.store.walk()] if self._patterns else []
        )
        for pattern in self._patterns:
            if not any(_fits(pattern, path) for path in paths):
                text = f"# nothing in the Set fits {'/'.join(pattern)!r} now"
                say(style(text, dim=True), err=True)

    def __call__(self, event: Event) -> bool:
        if event.kind in ("resynced", "skipped"):
            return True
        if self._authors and event.who not in self._authors:
            return False
        if self._kinds and event.kind not in self._kinds:
            return False
        path = tuple(event.ref.split("/"))
        return not self._patterns or any(_fits(pattern, path) for pattern in self._patterns)


def _fits(pattern: tuple[str, ...], path: tuple[str, ...]) -> bool:
    if not pattern:
        return not path
    if pattern[0] == "**":
        return any(_fits(pattern[1:], path[skipped:]) for skipped in range(len(path) + 1))
    return bool(path) and fnmatchcase(path[0], pattern[0]) and _fits(pattern[1:], path[1:])


async def tell_link(mirror: Mirror, port: int) -> None:
    """Say on stderr when the link is lost, waits, and is back; never ends."""
    import trio

    before = ""
    while True:
        status = mirror.status()
        state = "following" if status.synced else "waiting"
        if state != before:
            if state == "waiting":
                what = "waiting for Live" if not before else "Live is gone; waiting for it"
                say(style(f"# {what} on 127.0.0.1:{port}", dim=True), err=True)
            else:
                name = status.set_name or "without a name"
                text = f"# following Live {status.live_version}, Set {name}, revision {status.revision}"
                say(style(text, dim=True), err=True)
            before = state
        await trio.sleep(LOOK_S)
