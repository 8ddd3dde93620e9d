"""Following the Set from a view: a call waits until a visible part looks different, and answers with that part.

With each call a view sends digests of the parts that it shows (`have`), so the server stores nothing about views, and
after a lost answer the view simply calls again. The page's modules draw: the same parts, the same SVG.
"""

from __future__ import annotations

import hashlib
from typing import Annotated, Any, Literal

import anyio
import msgspec
from msgspec import UNSET, Meta, UnsetType

from mirror import Mirror, errors

from ..desk import Desk
from ..tool import Arguments, Toolset
from .extension import RULES_OF

tools = Toolset("views")

MOST_WAIT_S = 20.0
"""The longest wait of one call; hosts abort a call after 60 s."""
LEAST_S = 0.05
"""Seconds between two comparisons."""
CLOCK_S = 1.0
"""Seconds between two checks of a playing song's position and of the connection to Live."""
METER_S = 0.25
"""Seconds between two readings of a visible mixer's meters while the song plays; longer than in the page."""
JUMP_BEATS = 0.5
"""A song whose position differs by more beats from the expected one has jumped."""
MOST_PARTS = 400
MOST_CHARACTERS = 400_000
"""The most characters of parts in one answer; hosts refuse results beyond a million. The next call gets the rest."""
MOST_DRAWN = 128
"""The most drawn parts that are cached, for each set of rules about reading."""
Digest = Annotated[str, Meta(max_length=40)]
Key = Annotated[str, Meta(max_length=40)]


class FollowView(Arguments):
    view: Literal["session", "arrangement", "mixer", "notes", "device"] = "session"
    targets: Annotated[list[int], Meta(max_length=8, description="ids of a device, or of clips")] = []
    epoch: Annotated[str, Meta(max_length=80, description="of the targets")] = ""
    theme: Literal["light", "dark"] = "light"
    width: Annotated[int, Meta(description="pixels")] = 800
    zoom: float = 1.0
    keys: Annotated[list[Key], Meta(max_length=MOST_PARTS, description="parts in sight")] = []
    have: Annotated[dict[Key, Digest], Meta(max_length=MOST_PARTS + 10, description="digests by part")] = {}
    find: Annotated[int, Meta(description="an object's id: also return its place")] | UnsetType = UNSET
    wait_s: Annotated[float, Meta(ge=0, le=MOST_WAIT_S, description="for a part that looks different")] = 0


@tools.reads(
    FollowView,
    "Follow a view",
    "For views in the conversation: the parts of a view that look different from what it has.",
    {},
    lasts=False,
    waits=True,
    only_views_as=RULES_OF,
)
async def follow_view(desk: Desk, args: FollowView) -> dict[str, Any]:
    mirror = desk.mirror
    async with mirror.subscribe(["song", "**"], desk.caller.name) as stream:
        answer = await _compared(desk, args)
        with anyio.move_on_after(args.wait_s):
            while not answer["different"]:
                await anyio.sleep(LEAST_S)
                try:
                    jumped = await _until_concerned(mirror, stream, args.view, answer)
                except errors.Busy:
                    # The stream overflowed: the view calls again and gets all parts.
                    break
                if jumped is None:
                    answer = await _metered(desk, args, answer)
                    continue
                answer = await _compared(desk, args)
                answer["different"] |= jumped
    return answer


async def _metered(desk: Desk, args: FollowView, answer: dict[str, Any]) -> dict[str, Any]:
    """The answer with the present levels; different if they are."""
    levels = await _levels(desk, args)
    if levels == answer["meters"]:
        return answer
    digests = {**answer["digests"], "meters": _digest(levels)}
    return {**answer, "meters": levels, "digests": digests, "different": True}


async def _levels(desk: Desk, args: FollowView) -> dict[str, tuple[float, float]]:
    """The meters of the visible strips, read at most every METER_S; {} at rest, and if Live does not answer."""
    from ..page.parts import strips_of
    from ..pictures.sampled import levels, plays

    if not plays(desk.mirror):
        return {}
    strips, now = strips_of(args.keys), anyio.current_time()
    time, previous, sample = desk.sight.levels
    if strips != previous or now - time >= METER_S:
        try:
            sample = await levels(desk.mirror, strips)
        except errors.MirrorError:
            sample = {}
        desk.sight.levels = now, strips, sample
    return dict(sample)


async def _until_concerned(mirror: Mirror, stream: Any, view: str, answer: dict[str, Any]) -> bool | None:
    """Wait for a change that may concern the view (False), for a jump of the song (True), or for new levels (None)."""
    # Imported here, as below: drawing imports pillow, which only views need.
    from ..page.parts import CONCERNS

    began = anyio.current_time()
    moving = bool(answer.get("meters"))
    while True:
        with anyio.move_on_after(METER_S if moving else CLOCK_S):
            notice = await anext(stream)
            if notice.resynced or any(CONCERNS[view].fullmatch(ref) for ref in notice.refs):
                return False
            continue
        if mirror.synced is not answer["follows"]:
            return False
        if moving:
            return None
        passed_s = anyio.current_time() - began
        if "song" in answer and _jumped(answer["song"], mirror.song_position(), passed_s):
            return True


def _jumped(song: dict[str, Any] | None, now: float | None, passed_s: float) -> bool:
    """True when the song's position is not the one expected after `passed_s` seconds."""
    if song is None or now is None:
        return (song is None) is not (now is None)
    expected: float = song["beats"] + (passed_s * float(song["tempo"] or 0) / 60 if song["playing"] else 0.0)
    if song["playing"] and song["loop"] is not None:
        start, end = song["loop"]
        if song["beats"] < end <= expected:
            expected = start + (expected - start) % max(end - start, 0.001)
    return abs(now - expected) > JUMP_BEATS


async def _compared(desk: Desk, args: FollowView) -> dict[str, Any]:
    """The visible parts that look different from those of the view, and the playing position."""
    from ..page import parts
    from ..page.playheads import transport

    mirror = desk.mirror
    of_now = args.epoch in ("", mirror.epoch)
    targets = [id_ for id_ in args.targets if of_now and id_ in mirror.store.nodes]
    overlaid = args.view == "notes" and len(targets) > 1
    target = targets[0] if targets and not overlaid else None
    look = parts.Look.within_limits(args.theme, args.width, args.zoom, target)
    cut: parts.Cut = parts.OverlayCut(targets) if overlaid else parts.CUTS[args.view]
    layout = cut.layout(mirror, look)
    layout_json = parts.layout_json(args.view, layout, look)
    shown: dict[str, Any] = {"layout": layout_json, "follows": mirror.synced}
    if args.view == "arrangement":
        shown["song"] = transport(mirror)
    if args.view == "mixer":
        shown["meters"] = await _levels(desk, args)
    if args.view == "notes":
        shown["clip"] = None if overlaid else await _clip(mirror, look)
        shown["launch"] = "" if overlaid else _launchable(mirror, look)
    digests = {name: _digest(value) for name, value in shown.items()}
    wanted, different_parts, characters = set(args.keys), {}, 0
    for area in layout.areas:
        if area.key not in wanted or characters > MOST_CHARACTERS:
            continue
        svg, digest = _drawn(desk, cut, look, area)
        if args.have.get(area.key) != digest:
            different_parts[area.key], digests[area.key] = svg, digest
            characters += len(svg)
    different = {name: digest for name, digest in digests.items() if args.have.get(name) != digest}
    if "layout" not in different:
        del shown["layout"]
    answer = {
        **shown,
        "parts": different_parts,
        "digests": different,
        "different": bool(different),
        "epoch": mirror.epoch,
    }
    if args.targets and not targets:
        answer["gone"] = True
    if args.find is not UNSET:
        answer["found"] = parts.located(mirror, args.find, args.view, look) if of_now else {"gone": True}
        answer["different"] = True
    return answer


def _drawn(desk: Desk, cut: Any, look: Any, area: Any) -> tuple[str, str]:
    """A part's SVG and its digest; drawn again only if its data changed."""
    from ..pictures import svg

    drawings, key = desk.sight.drawn, (type(cut), look, area)
    data = cut.gather(desk.mirror, look, area)
    previous = drawings.pop(key, None)
    if previous is None or previous[0] != data:
        text = svg(cut.draw(data, look, area))
        previous = data, text, _digest(text)
    drawings[key] = previous
    while len(drawings) > MOST_DRAWN:
        drawings.popitem(last=False)
    return previous[1], previous[2]


def _digest(shown: Any) -> str:
    """A digest that is equal for equal looks; the playing position is left out, since views move it by themselves."""
    if isinstance(shown, dict):
        shown = {name: value for name, value in shown.items() if name != "beats"}
    return hashlib.blake2s(msgspec.json.encode(shown), digest_size=9).hexdigest()


async def _clip(mirror: Mirror, look: Any) -> dict[str, Any] | None:
    """The playing position of the clip in the roll; None while it does not play."""
    from ..page.parts import selected_clip
    from ..page.playheads import clip_position

    clip = selected_clip(mirror, look)
    if clip is None or not clip.props.get("is_playing"):
        return None
    try:
        (beats,) = await mirror.read_now([(clip.id, "playing_position")])
    except errors.MirrorError:
        return None
    if not isinstance(beats, int | float) or clip.id not in mirror.store.nodes:
        return None
    return clip_position(mirror, clip.id, float(beats), 0.0)


def _launchable(mirror: Mirror, look: Any) -> str:
    """The ref of the clip in the roll if the clip can be launched, else ""."""
    from ..page.parts import selected_clip

    clip = selected_clip(mirror, look)
    ref = "" if clip is None else mirror.ref(clip.id)
    return ref if "/clip_slots/" in ref else ""
