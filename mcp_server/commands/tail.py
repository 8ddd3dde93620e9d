"""`setmirror tail`: the event log as it grows, like `tail -f`.

While Live is gone, the command says so and waits; it continues when Live is back. The mirror's resync then reports the
changes that were made in between, once.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mcp_server.commands import options
from mcp_server.commands.console import Failure, run_async, say, say_json, style
from mcp_server.history.selection import name_is
from mcp_server.history.when import Moment, moment
from mirror import errors
from mirror.driven import AUTOMATION
from mirror.journal import Past
from remote_script.SetMirror.contract import schema

if TYPE_CHECKING:
    from mirror import Mirror
    from mirror.model import Event

EVENT_KINDS = ("set", "absent", "children", "content", "add", "remove", "move")
LOOK_S = 0.25
"""Seconds between two reads of the link's state; events are printed at once."""


@click.command("tail", short_help="Follow the changes in the Set and their authors.")
@click.option(
    "--since", metavar="WHEN", help='Start from: a revision, "10 min" ago, or a time such as 14:05.'
)
@click.option("--match", "patterns", multiple=True, metavar="PATTERN", help="Only refs such as tracks/2/**.")
@click.option(
    "--under", "under", multiple=True, metavar="REF", help="Only this object and the objects below it."
)
@click.option(
    "--author", "authors", multiple=True, help="Only changes of this author: live, audit, or an agent's name."
)
@click.option(
    "--kind", "kinds", multiple=True, type=click.Choice(EVENT_KINDS), help="Only changes of this kind."
)
@click.option("--search", default="", metavar="TEXT", help="Only lines that contain this text.")
@click.option("--no-follow", is_flag=True, help="End after the changes until now.")
@options.journal
@options.port
@options.as_json
def command(
    since: str | None,
    patterns: tuple[str, ...],
    under: tuple[str, ...],
    authors: tuple[str, ...],
    kinds: tuple[str, ...],
    search: str,
    no_follow: bool,
    journal: Path | None,
    port: int,
    as_json: bool,
) -> None:
    """Follow the changes in the Set and their authors, until interrupted.

    Each line is one action of an author. Earlier changes come from the journal of `setmirror serve` and
    from the log of the script in Live. A PATTERN is a ref; * stands for one step and ** for any number of them.
    """
    from mcp_server.commands.events import line_of_change
    from mcp_server.history.changes import changes

    begin = _moment(since)
    _check_patterns(patterns)

    def show(events: Sequence[Event], wanted: Filter) -> None:
        for change in changes(events):
            line = line_of_change(change)
            if wanted(change.event) and search.casefold() in line.casefold():
                if as_json:
                    say_json(change.to_line())
                else:
                    say(line)

    async def main() -> None:
        import trio

        from mcp_server.commands.link import linked

        async with linked(port, sync_s=None) as mirror, trio.open_nursery() as nursery:
            nursery.start_soon(tell_link, mirror, port)
            await mirror.wait_synced(timeout_s=math.inf)
            refs = tuple(_ref_of(mirror, target) for target in under)
            wanted = Filter((*patterns, *refs, *(f"{ref}/**" for ref in refs)), authors, kinds)
            wanted.say_unmatched(mirror)
            now = mirror.log.oldest
            past: list[Event] = []
            if begin is not None or authors:
                folder = journal or options.journal_folder()
                past = await trio.to_thread.run_sync(
                    past_events, mirror, port, begin or Moment(0), now, folder
                )
            _check_authors(authors, past)
            if begin is not None:
                show(past, wanted)
            if no_follow:
                nursery.cancel_scope.cancel()
                return
            follower = mirror.log.follow(now)
            while True:
                show(await follower.some(), wanted)

    run_async(main)


def _moment(since: str | None) -> Moment | None:
    if since is None:
        return None
    try:
        return moment(since, time.time())
    except errors.InvalidValue as problem:
        raise click.BadParameter(f"{problem.rule}; {problem.hint}", param_hint="--since") from None


def _check_patterns(patterns: tuple[str, ...]) -> None:
    """Refuse patterns if none of them can match a ref, because a Set has no child with the name of their first step."""
    tops = {name for name, prop in schema.properties("Song").items() if prop.is_tree} | {"song", "*", "**"}
    firsts = [pattern.strip("/").split("/")[0] for pattern in patterns]
    if patterns and not any(fnmatchcase(top, first) for first in firsts for top in tops):
        known = ", ".join(sorted(tops - {"*", "**"}))
        raise click.BadParameter(
            f"{', '.join(patterns)!r} matches no ref: a ref begins with {known}", param_hint="--match"
        )


def _ref_of(mirror: Mirror, target: str) -> str:
    """The ref of the object that `--under` names; Failure where there is no such object."""
    try:
        return mirror.ref(mirror.resolve(target).id)
    except errors.MirrorError as problem:
        raise Failure(problem.rule, problem.hint) from None


def _check_authors(authors: tuple[str, ...], past: Sequence[Event]) -> None:
    """Raise Failure for an author without a known change; the hint lists the known authors."""
    known = dict.fromkeys(["live", AUTOMATION, "audit", "resync", *(event.who for event in past)])
    for author in authors:
        if not any(name_is(who, author) for who in known):
            raise Failure(f"no change by {author!r} is known", f"authors are: {', '.join(known)}")


def past_events(mirror: Mirror, port: int, since: Moment, until: int, folder: Path) -> list[Event]:
    """The events from a moment until a revision, oldest first: from the journal and from the script's history."""
    from mirror.journal import read_folder

    try:
        journal = read_folder(folder)
    except OSError as problem:
        say(style(f"# the journal in {folder} cannot be read: {problem}", dim=True), err=True)
        journal = Past([], 0)
    if journal.damaged:
        lines = f"# {journal.damaged} lines of the journal were cut off by a crash and are left out"
        say(style(lines, dim=True), err=True)
    epoch = mirror.epoch
    if since.revision is not None:
        events = [
            event
            for event in journal.events
            if event.epoch == epoch and since.revision < event.revision <= until
        ]
    else:
        events = [event for event in journal.events if event.time >= (since.time or 0.0)]
    known = {event.revision for event in events if event.epoch == epoch}
    if since.revision is not None and known == set(range(since.revision + 1, until + 1)):
        return events
    recent = [
        event
        for event in script_events(mirror, port, since.revision or 0, until)
        if event.revision not in known
    ]
    return sorted(
        [*events, *(event for event in recent if event.time >= (since.time or 0.0))],
        key=lambda event: (event.time, event.revision),
    )


def script_events(mirror: Mirror, port: int, since: int, until: int) -> list[Event]:
    """The events after `since` that the script in Live still has; reports on stderr if some are missing."""
    from mcp_server.commands.port_check import Refused, Stranger, session
    from mcp_server.commands.recent_batches import BatchReader, batches
    from mirror import load_token

    reader = BatchReader(mirror)
    try:
        with session(port, load_token(), "setmirror tail") as bridge:
            oldest = int(bridge.welcome.get("oldest_revision", 0))
            if since < oldest:
                say(style(f"# the stored history begins after revision {oldest}", dim=True), err=True)
            recent = batches(bridge, max(since, oldest), until)
            return [event for batch in recent for event in reader.events(batch)]
    except (Refused, Stranger, OSError) as problem:
        say(style(f"# no history: {problem}", dim=True), err=True)
        return []


class Filter:
    """Which events are shown: empty patterns, authors or kinds match all events. A resync is always shown."""

    def __init__(
        self, patterns: tuple[str, ...] = (), authors: tuple[str, ...] = (), kinds: tuple[str, ...] = ()
    ) -> None:
        self._patterns = [tuple(pattern.strip("/").split("/")) for pattern in patterns]
        self._authors = set(authors)
        self._kinds = set(kinds)

    def say_unmatched(self, mirror: Mirror) -> None:
        """Name the patterns that match no object of the Set now: a mistyped pattern would never show anything."""
        paths = (
            [tuple(mirror.ref(node.id).split("/")) for node in mirror.store.walk()] if self._patterns else []
        )
        for pattern in self._patterns:
            if not any(_fits(pattern, path) for path in paths):
                text = f"# no object of the Set matches {'/'.join(pattern)!r} now"
                say(style(text, dim=True), err=True)

    def __call__(self, event: Event) -> bool:
        if event.kind in ("resynced", "skipped"):
            return True
        if self._authors and not any(name_is(event.who, author) for author in self._authors):
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
    """Report on stderr when the link is lost, waits, and is back; runs until cancelled."""
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
