"""The tool `look` through MCP and the command `look`: a picture and its description."""

from __future__ import annotations

import base64
import subprocess
import sys
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import trio
from PIL import Image
from rich.cells import cell_len

from mcp_server.cli import setmirror
from mcp_server.commands.console import run_command
from mcp_server.commands.processes import HeadlessProcess, environment
from mcp_server.tool import IMAGE, pictured
from mcp_server.tools import TOOLS
from tests.lean import demo_set
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
async def test_look_describes_its_picture_in_words(
    autojump_clock: Any, arguments: dict[str, Any], words: str
) -> None:
    async with whole_path(demo_set(), tick_s=0.02) as whole:
        answer = await whole.call("look", **arguments)
        assert words in answer["picture"]
        assert IMAGE not in answer


@pytest.mark.parametrize("view", ["notes", "arrangement"])
async def test_a_clip_of_any_length_has_a_picture(autojump_clock: Any, view: str) -> None:
    async with whole_path(demo_set(), tick_s=0.02) as whole:
        await whole.call("set_clip", clip="tracks/0/clip_slots/0/clip", loop_end=1_576_800)
        targets = {"targets": ["tracks/0/clip_slots/0/clip"]} if view == "notes" else {}
        assert (await whole.call("look", view=view, **targets))["picture"]


async def test_undrawable_objects_are_refused(autojump_clock: Any) -> None:
    async with whole_path(demo_set(), tick_s=0.02) as whole:
        with pytest.raises(Refused):
            await whole.call("look", targets=["tracks/0/clip_slots/4"], view="notes")


def test_a_picture_is_returned_beside_the_text() -> None:
    buffer = BytesIO()
    Image.new("RGB", (4, 4)).save(buffer, "PNG")
    result = pictured(
        {"content": [{"type": "text", "text": "{}"}], "structuredContent": {}}, buffer.getvalue()
    )
    assert [each["type"] for each in result["content"]] == ["text", "image"]
    assert base64.b64decode(result["content"][1]["data"]) == buffer.getvalue()
    assert IMAGE not in result["structuredContent"]
    assert TOOLS["look"].reads


def command(port: int, *words: str, encoding: str = "utf-8") -> subprocess.CompletedProcess[bytes]:
    """`setmirror look` as a process whose streams have an encoding."""
    return subprocess.run(
        [sys.executable, "-m", "mcp_server.cli", "look", *words, "--port", str(port)],
        capture_output=True,
        timeout=30,
        check=False,
        env={**environment(), "PYTHONIOENCODING": encoding, "COLUMNS": "80"},
    )


async def test_the_command_draws_into_a_file_and_into_the_terminal_in_its_encoding(tmp_path: Path) -> None:
    run = partial(trio.to_thread.run_sync, abandon_on_cancel=True)
    async with HeadlessProcess.started() as live:
        shown = await run(partial(command, live.port, "--text", encoding="cp437"))
        assert (shown.returncode, shown.stderr) == (0, b"")
        lines = shown.stdout.decode("cp437").splitlines()
        assert "│Drums" in lines[0]
        assert "> playing" in lines[-1]
        assert max(map(cell_len, lines)) <= 80
        drawn = await run(partial(command, live.port, "-o", str(tmp_path / "grid.png")))
        assert drawn.stdout.decode().endswith("grid.png: Session: 6 tracks, 8 scenes, 23 clips\n")
        assert (tmp_path / "grid.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ((), "the command needs -o FILE or --text"),
        (("-o", "grid.gif"), "grid.gif is no .svg, .png or .txt"),
        (("-o", "grid.png", "--width", "100"), "at least 400 pixels wide, not 100"),
    ],
)
def test_the_command_refuses_undrawable_objects(
    words: tuple[str, ...], reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command(setmirror, ["look", *words]) == 1
    assert reason in capsys.readouterr().err
