"""Is there a Set to read? If not: what is wrong with the link to Live, and what to do, in one line for people."""

from __future__ import annotations

import anyio

from mirror import Mirror, errors

FIRST_WAIT_S = 2.0
"""The first read after a start waits so long for a Set that is on its way, instead of being refused."""
_LOOK_S = 0.02
NOT_RUNNING = "Live is not running, or SetMirror is not chosen as Control Surface in its settings"
WHAT_TO_DO = "start Live and choose SetMirror under Settings, Link, Tempo & MIDI; `setmirror doctor` says what is wrong"


async def awaited(mirror: Mirror) -> None:
    """Return when a Set can be read, at the latest after FIRST_WAIT_S; at once where the connection is refused."""
    if mirror.epoch:
        return
    with anyio.move_on_after(FIRST_WAIT_S):
        while not mirror.epoch and not _refused(mirror):  # noqa: ASYNC110 - a refused connection has no event
            await anyio.sleep(_LOOK_S)


async def complete(mirror: Mirror) -> None:
    """Return when no part of the Set is still to come: what is not read yet would look as if it were not there.

    Raises:
      NotReady: parts are, after FIRST_WAIT_S.
    """
    if not mirror.coming:
        return
    with anyio.move_on_after(FIRST_WAIT_S):
        while mirror.coming:  # noqa: ASYNC110 - a view of the mirror has no event
            await anyio.sleep(_LOOK_S)
    if mirror.coming:
        raise not_ready(mirror)


async def whole(mirror: Mirror) -> None:
    """Return when all of the Set was read once: before that, what is still to come would look deleted.

    Raises:
      NotReady: it is not, after FIRST_WAIT_S.
    """
    with anyio.move_on_after(FIRST_WAIT_S):
        while not _is_whole(mirror):  # noqa: ASYNC110 - a view of the mirror has no event
            await anyio.sleep(_LOOK_S)
        return
    raise not_ready(mirror)


def _is_whole(mirror: Mirror) -> bool:
    if mirror.coming or not mirror.epoch:
        return False
    return mirror.synced or mirror.status().state == "disconnected"


def _refused(mirror: Mirror) -> bool:
    status = mirror.status()
    return status.state == "disconnected" and bool(status.last_problem)


def problem(mirror: Mirror) -> str:
    """What keeps reads from being as Live is now; "" when nothing does."""
    if mirror.synced:
        return ""
    status = mirror.status()
    if status.state == "disconnected":
        why = f" ({status.last_problem})" if status.last_problem else ""
        return f"{NOT_RUNNING}{why}: {WHAT_TO_DO}"
    done = f": {status.progress:.0%} are read" if 0 < status.progress < 1 else ""
    coming = f", still to come: {', '.join(mirror.coming)}" if mirror.coming else ""
    return f"Live's Set is still being read{done}{coming}"


def not_ready(mirror: Mirror) -> errors.NotReady:
    """The refusal of a read while there is no Set."""
    status = mirror.status()
    if status.state == "disconnected":
        why = f" ({status.last_problem})" if status.last_problem else ""
        return errors.NotReady(f"{NOT_RUNNING}{why}", hint=WHAT_TO_DO)
    return errors.NotReady(problem(mirror), hint="ask again in a second")
