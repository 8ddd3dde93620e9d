"""Pictures for agents: the Session, the arrangement, the mixer, notes and devices as a PNG with a description."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import anyio.to_thread
from msgspec import Meta

from ..desk import Desk
from ..tool import IMAGE, Arguments, Toolset

tools = Toolset("pictures")
TEXT_COLUMNS, TEXT_LINES = 80, 32
"""The most columns of a text picture, which has up to 2,500 tokens."""


_DRAWN = {
    "fitting": ("Track", "Scene", "Clip", "Device"),
    "session": ("Track",),
    "arrangement": ("Track",),
    "mixer": ("Track",),
    "notes": ("Track", "Clip"),
    "device": ("Device",),
}
"""View → the kinds that it draws: of several objects with the name of a target, only these are meant."""


class Look(Arguments, rename={"form": "as"}):
    targets: Annotated[
        list[Any],
        Meta(max_length=8, description="a clip (or several to overlay), track or device; default the Set"),
    ] = []
    view: Annotated[
        Literal["fitting", "session", "arrangement", "mixer", "notes", "device"],
        Meta(description="what to draw"),
    ] = "fitting"
    theme: Annotated[Literal["light", "dark"], Meta(description="colours")] = "light"
    form: Annotated[Literal["image", "text"], Meta(description="text: drawn with characters")] = "image"


@tools.reads(Look, "Look", "A picture of the Set, a clip's notes, the mixer or a device.", {}, lasts=False)
async def look(desk: Desk, args: Look) -> dict[str, Any]:
    # Imported here: drawing imports pillow, which other tools do not need.
    from ..pictures import THEMES, gather, paint
    from ..pictures.png import png
    from ..pictures.sampled import sample
    from ..pictures.text_art import text_art

    targets = [desk.scope.prefer(target, *_DRAWN[args.view]).id for target in args.targets]
    view = None if args.view == "fitting" else args.view
    gauges = await sample(desk.mirror, targets, view)
    subject = gather(desk.mirror, targets, view, gauges)
    picture = paint(subject, THEMES[args.theme])
    if args.form == "text":
        return {"picture": picture.description, "text": text_art(subject, TEXT_COLUMNS, TEXT_LINES)}
    image = await anyio.to_thread.run_sync(png, picture)
    return {"picture": picture.description, "size": [picture.width, picture.height], IMAGE: image}
