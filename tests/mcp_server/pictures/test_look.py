"""The tool `look` through MCP and the command `look`: a picture and the same in words."""

from __future__ import annotations

import base64
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from mcp_server.tool import IMAGE, pictured
from mcp_server.tools import TOOLS
from remote_script.headless import demo_set
from tests.whole import Refused, whole_path


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({}, "Session: 6 tracks"),
        ({"view": "arrangement", "theme": "dark"}, "Arrangement: 6 tracks"),
        ({"view": "mixer"}, "Drums"),
        ({"targets": ["tracks/1/clip_slots/2"]}, "Piano roll, 40 notes"),
        ({"targets": ["tracks/1/devices/0"]}, "Tone 74"),
    ],
)
async def test_look_says_in_words_what_it_shows(
    autojump_clock: Any, arguments: dict[str, Any], words: str
) -> None:
    async with whole_path(demo_set(), tick_s=0.02) as whole:
        answer = await whole.call("look", **arguments)
        assert words in answer["picture"]
        assert IMAGE not in answer


@pytest.mark.parametrize("view", ["notes", "arrangement"])
async def test_a_clip_of_any_length_has_a_picture(autojump_clock: Any, view: str) -> None:
    async with whole_path(demo_set(), tick_s=0.02) as whole:
        await whole.call("set_clip", clip="tracks/0/clip_slots/0/clip", loop_end=1e12)
        targets = {"targets": ["tracks/0/clip_slots/0/clip"]} if view == "notes" else {}
        assert (await whole.call("look", view=view, **targets))["picture"]


async def test_what_cannot_be_drawn_is_refused(autojump_clock: Any) -> None:
    async with whole_path(demo_set(), tick_s=0.02) as whole:
        with pytest.raises(Refused):
            await whole.call("look", targets=["tracks/0/clip_slots/4"], view="notes")


def test_a_picture_goes_beside_the_text_as_an_image() -> None:
    buffer = BytesIO()
    Image.new("RGB", (4, 4)).save(buffer, "PNG")
    result = pictured(
        {"content": [{"type": "text", "text": "{}"}], "structuredContent": {}}, buffer.getvalue()
    )
    assert [each["type"] for each in result["content"]] == ["text", "image"]
    assert base64.b64decode(result["content"][1]["data"]) == buffer.getvalue()
    assert IMAGE not in result["structuredContent"]
    assert TOOLS["look"].reads
