"""A server's first answer needs few modules; the engine opens after it, and an error of the engine ends the server."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import anyio
import pytest
import trio.testing

from mcp_server import front
from mcp_server.front import IDENTITY, Behind, build
from mcp_server.server import ToolServer
from mcp_server.serving import Options, _has_nothing_to_say

LATE = ("mirror", "mcp_server.server", "mcp_server.tools", "remote_script.SetMirror.executor", "sqlite3")


def test_the_first_answer_imports_neither_mirror_nor_tools() -> None:
    told = "import sys, mcp_server.commands.serve, mcp_server.serving; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", told], capture_output=True, text=True, check=True
    ).stdout.split()
    assert "mcp.server.lowlevel.server" in loaded
    assert not set(LATE) & set(loaded)


def test_every_handler_of_the_front_exists_in_the_engine() -> None:
    for name in front._HANDLERS.values():
        assert hasattr(ToolServer, name) or name == "listening"


async def test_a_request_waits_for_the_engine_and_keeps_its_identity(
    autojump_clock: trio.testing.MockClock,
) -> None:
    behind, asked = Behind(), []

    async def call_tool(ctx: Any, params: Any) -> str:
        asked.append((ctx, params))
        return "done"

    async def ask() -> None:
        assert await behind.handler("call_tool")("ctx", "params") == "done"

    assert build(behind, "1").name == "setmirror"
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(ask)
        await anyio.sleep(5)
        assert (asked, behind.who, behind.input_schema("get")) == ([], {}, None)
        behind.put(SimpleNamespace(call_tool=call_tool, input_schema=lambda name: {"of": name}), "somebody")
    assert asked == [("ctx", "params")]
    assert behind.who == {IDENTITY: "somebody"}
    assert behind.input_schema("get") == {"of": "get"}


def test_a_toolset_that_does_not_exist_ends_the_server_with_the_reason() -> None:
    command = [sys.executable, "-m", "mcp_server.cli", "serve", "--port", "1", "--toolset", "nonsense"]
    done = subprocess.run(command, stdin=subprocess.PIPE, capture_output=True, text=True, timeout=180)
    assert done.returncode == 1
    assert "nonsense" in done.stderr


def test_the_first_answer_waits_for_a_policy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SETMIRROR_HOME", str(tmp_path))
    assert _has_nothing_to_say(Options())
    assert not _has_nothing_to_say(Options(toolsets=["core"]))
    (tmp_path / "policy.toml").write_text("nonsense = 1\n", "utf-8")
    assert not _has_nothing_to_say(Options())
