"""Waiting until a Set can be read, and the problem with the link to Live in one line for people."""

from __future__ import annotations

import anyio

from mirror import Mirror, errors

FIRST_WAIT_S = 2.0
"""Seconds that a read waits for a Set that is still being read, before it is refused."""
_LOOK_S = 0.02
NOT_RUNNING = "Live is not running, or SetMirror is not chosen as Control Surface in its settings"
WHAT_TO_DO = "start Live and choose SetMirror under Settings, Link, Tempo & MIDI; `setmirror doctor` says what is wrong"


async def awaited(mirror: Mirror) -> None:
    """Wait until a Set can be read, at most FIRST_WAIT_S seconds; return at once if the connection is refused."""
    if mirror.epoch:
        return
    with anyio.move_on_after(FIRST_WAIT_S):
        while not mirror.epoch and not _refused(mirror):  # noqa: ASYNC110 - a refused connection has no event
            await anyio.sleep(_LOOK_S)


async def complete(mirror: Mirror) -> None:
    """Wait until all parts of the Set are read, since parts that are still to come would look missing.

    Raises:
      NotReady: parts are still to come after FIRST_WAIT_S seconds.
    """
    if not mirror.coming:
        return
    with anyio.move_on_after(FIRST_WAIT_S):
        while mirror.coming:  # noqa: ASYNC110 - a view of the mirror has no event
            await anyio.sleep(_LOOK_S)
    if mirror.coming:
        raise not_ready(mirror)


async def whole(mirror: Mirror) -> None:
    """Wait until the whole Set was read once, since parts that are still to come would look deleted.

    Raises:
      NotReady: the Set is not completely read after FIRST_WAIT_S seconds.
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
    """The reason why reads may differ from Live now; "" if the mirror is synced."""
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
