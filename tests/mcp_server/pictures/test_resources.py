"""Pictures as resources: read as PNG with a description, listed, and subscribed to in both eras."""

from __future__ import annotations

import base64
from io import BytesIO
from typing import Any

import pytest
import trio
from PIL import Image

from tests.lean import demo_set
from tests.whole import whole_path

URIS = {
    "live://picture/session": "Session: 6 tracks",
    "live://picture/arrangement": "Arrangement: 6 tracks",
    "live://picture/mixer": "Drums: 0.0 dB",
    "live://picture/notes/tracks/1/clip_slots/2/clip": "40 notes",
    "live://picture/notes/tracks/1/clip_slots/2": "40 notes",
    "live://picture/device/tracks/1/devices/0": "Tone 74",
}
CHANGES: dict[str, Any] = {
    "live://picture/session": lambda song: setattr(song.tracks[2].clip_slots[1].clip, "name", "Low"),
    "live://picture/arrangement": lambda song: setattr(song.cue_points[0], "name", "Opening"),
    "live://picture/mixer": lambda song: setattr(song.tracks[2].mixer_device.sends[0], "value", 0.5),
    "live://picture/notes/tracks/1/clip_slots/2": lambda song: setattr(
        song.tracks[1].clip_slots[2].clip, "name", "x"
    ),
    "live://picture/device/tracks/1/devices/0": lambda song: setattr(
        song.tracks[1].devices[0].parameters[2], "value", song.tracks[1].devices[0].parameters[2].max
    ),
}


@pytest.mark.parametrize("uri", URIS)
async def test_a_picture_is_read_as_png_with_a_description(autojump_clock: Any, uri: str) -> None:
    async with whole_path(demo_set(), tick_s=0.02) as whole:
        image, words = (await whole.agent.client.read_resource(uri)).contents
        assert (image.mime_type, words.mime_type) == ("image/png", "text/plain")
        assert Image.open(BytesIO(base64.b64decode(image.blob))).format == "PNG"  # type: ignore[union-attr]
        assert URIS[uri] in words.text  # type: ignore[union-attr]
        assert (image.meta or {})["synced"] is True


@pytest.mark.parametrize("mode", ["auto", "legacy"])
@pytest.mark.parametrize("uri", CHANGES)
async def test_a_subscriber_is_notified_when_the_picture_changes(
    autojump_clock: Any, uri: str, mode: str
) -> None:
    async with whole_path(demo_set(), tick_s=0.02, mode=mode) as whole, whole.agent.subscribed(uri):
        before = len(whole.agent.updates)
        # No picture shows this change.
        await whole.by_hand(lambda song: setattr(song, "groove_amount", 0.3))
        await trio.sleep(0.5)
        assert len(whole.agent.updates) == before
        await whole.by_hand(CHANGES[uri])
        await whole.agent.update_after(before, uri)


@pytest.mark.parametrize(
    "uri",
    [
        "live://picture/",
        "live://picture/x",
        "live://picture/notes/tracks/4/clip_slots/0",
        "live://picture/device/song",
    ],
)
async def test_undrawable_objects_are_refused_as_a_resource_too(autojump_clock: Any, uri: str) -> None:
    async with whole_path(demo_set(), tick_s=0.02) as whole:
        with pytest.raises(Exception, match=r"no such resource|no MIDI clip|no parameters"):
            await whole.agent.client.read_resource(uri)


async def test_clips_and_devices_are_completed(autojump_clock: Any) -> None:
    async with whole_path(demo_set(), tick_s=0.02) as whole:
        from mcp_types import ResourceTemplateReference

        for template, typed, found in (
            ("live://picture/notes/{+ref}", "Chords Alone", "tracks/1/clip_slots/4/clip"),
            ("live://picture/device/{+ref}", "tracks/1/devices", "tracks/1/devices/0"),
        ):
            ref = ResourceTemplateReference(uri=template)
            told = await whole.agent.client.complete(ref, {"name": "ref", "value": typed})
            assert found in told.completion.values
