"""The tool `compare`: differences between the open Set, or a version of a Set, and another version."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated, Any

import anyio.to_thread
from msgspec import Meta

from mirror import errors
from mirror.store import Store

from .. import readiness
from ..desk import Desk
from ..history import Difference, mixes
from ..history.difference import SCREEN, grouped, is_about, subject, words
from ..history.mixes import Mix
from ..history.shelf import Shelf
from ..history.versions import backups, file_meant, state_in
from ..plans import only
from ..tool import Arguments
from .time import tools

_MIX = "mix "
MOST_LISTED = 20
"""The most backups in the list of versions."""


class Compare(Arguments):
    old: Annotated[
        str,
        Meta(
            description="an .als file (path from the Set's folder), 'saved', when ('1 week': newest backup before), "
            "'visit' (your last visit) or 'mix NAME'; default lists what there is"
        ),
    ] = ""
    new: Annotated[str, Meta(description="the same; default the open Set")] = ""
    about: Annotated[str, Meta(description="details: all of one `object` of the answer, or a ref")] = ""
    limit: Annotated[int, Meta(ge=2, le=1000, description="lines")] = SCREEN


@tools.reads(
    Compare,
    "Compare versions",
    "Differences from another version of the Set, in words by object: a file, a backup, last visit, a mix.",
    {},
    lasts=False,
)
async def compare(desk: Desk, args: Compare) -> dict[str, Any]:
    await readiness.whole(desk.mirror)
    if not args.old:
        only(args, "no `old`", of=("new", "about", "limit"))
        return _listed(desk)
    if _is_mix(args.old) or _is_mix(args.new):
        return _mixes(desk, args)
    old, old_name = await _state(desk, args.old)
    new, new_name = await _state(desk, args.new) if args.new else (None, "the open Set")
    changes = await anyio.to_thread.run_sync(desk.sight.compared, old, new)
    shown = {"old": old_name, "new": new_name}
    if not args.about:
        return {**shown, **grouped(changes, args.limit)}
    return {**shown, **_about(changes, args)}


def _is_mix(text: str) -> bool:
    return text.strip().casefold().startswith(_MIX)


def _song(desk: Desk) -> str:
    return str(desk.mirror.resolve("song").props.get("file_path") or "")


def _listed(desk: Desk) -> dict[str, Any]:
    """The versions with which the open Set can be compared."""
    song = _song(desk)
    newest = backups(song)[: -MOST_LISTED - 1 : -1]
    seen = desk.visits.since(desk.caller.lasting)
    return {
        "saved": Path(song).name if song else "the Set was never saved",
        "backups": [backup.shown for backup in newest],
        "visit": _clock(seen[0]) if seen is not None else "this is your first visit",
        "mixes": Shelf(desk.set_folder).names(),
    }


def _clock(at: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(at))


async def _state(desk: Desk, text: str) -> tuple[Store, str]:
    """The state that a text refers to, and the state's name."""
    if text.strip().casefold() == "visit":
        seen = desk.visits.since(desk.caller.lasting)
        if seen is None:
            raise errors.NotFound(
                "This is your first visit to this Set", hint="compare with 'saved' or a backup"
            )
        return seen[1], f"your visit of {_clock(seen[0])}"
    path = file_meant(text, _song(desk), desk.policy, time.time())
    # In a thread, since a large Set takes seconds.
    return await anyio.to_thread.run_sync(state_in, path), path.name


def _about(changes: list[Difference], args: Compare) -> dict[str, Any]:
    """All changes of one object."""
    matches = [change for change in changes if is_about(change, args.about)]
    if not matches:
        names = list(dict.fromkeys(map(subject, changes)))
        raise errors.NotFound(
            f"{args.about[:60]!r} has no differences",
            args.about[:60],
            hint=f"there are changes in {', '.join(names[:SCREEN])}" if names else "the two states are equal",
        )
    lines = [words(change) for change in matches]
    more = {"more": len(lines) - args.limit} if len(lines) > args.limit else {}
    return {"changes": lines[: args.limit], "count": len(lines), **more}


def _mixes(desk: Desk, args: Compare) -> dict[str, Any]:
    """Compare a mix with the open Set or another mix; a mix has only a part of a Set, so no file can be compared."""
    only(args, "a mix", "new", "limit", of=("about",))
    if not _is_mix(args.old) or (args.new and not _is_mix(args.new)):
        raise errors.InvalidParams(
            "A mix is compared with the open Set or with another mix", hint="give `old` 'mix NAME'"
        )
    first, second = (_mix(desk, text) if text else None for text in (args.old, args.new))
    assert first is not None
    compared = mixes.compare(first, desk.mirror.store if second is None else second)
    differences = compared.different
    answer: dict[str, Any] = {"old": first.name, "new": second.name if second is not None else "the open Set"}
    answer |= {"changes": differences[: args.limit], "count": len(differences)}
    if len(differences) > args.limit:
        answer["more"] = len(differences) - args.limit
    return {**answer, **compared.objects(args.limit)}


def _mix(desk: Desk, text: str) -> Mix:
    return Shelf(desk.set_folder).read(text.strip()[len(_MIX) :].strip())
