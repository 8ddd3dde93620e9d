"""All processes as in real use: stand-in Bitwig, `setmirror bitwig`, `setmirror serve`, an MCP client."""

from __future__ import annotations

import json
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from subprocess import PIPE
from typing import Any

import pytest
import trio

from mcp_server.commands.processes import environment
from mcp_server.demo.agent import Agent, ToolRefused

ROOT = Path(__file__).resolve().parents[3]
LONG_S = 60.0
TRACK = "live://ref/tracks/1/mixer_device/volume"


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


class Processes:
    """A stand-in Bitwig on `bitwig_port`, and commands on the bridge's `port`."""

    def __init__(self) -> None:
        self.bitwig_port, self.port = free_port(), free_port()
        self.environ = {**environment(), "SETMIRROR_PORT": str(self.port)}
        self.bitwig: trio.Process | None = None

    def words(self, *command: str) -> list[str]:
        return [sys.executable, "-m", "mcp_server.cli", *command]

    async def start_bitwig(self, nursery: trio.Nursery) -> None:
        words = [sys.executable, "-m", "tests.mcp_server.bitwig.standin", "--port", str(self.bitwig_port)]
        self.bitwig = await nursery.start(
            partial(trio.run_process, words, stdin=PIPE, stdout=PIPE, cwd=ROOT, check=False)
        )
        assert "port" in await self._line()

    async def _line(self) -> dict[str, Any]:
        assert self.bitwig is not None
        assert self.bitwig.stdout is not None
        text = b""
        while not text.endswith(b"\n"):
            text += await self.bitwig.stdout.receive_some(1)
        found: dict[str, Any] = json.loads(text)
        return found

    async def person(self, **edit: Any) -> None:
        """Make a person's edit in Bitwig."""
        assert self.bitwig is not None
        assert self.bitwig.stdin is not None
        await self.bitwig.stdin.send_all(json.dumps(edit).encode() + b"\n")
        assert await self._line() == {"done": True}

    async def output(self, *command: str) -> str:
        """The output of a command."""
        done = await trio.run_process(
            self.words(*command), capture_stdout=True, env=self.environ, cwd=ROOT, check=False
        )
        return done.stdout.decode()


@asynccontextmanager
async def processes() -> AsyncIterator[tuple[Processes, trio.Process]]:
    one = Processes()
    with trio.fail_after(LONG_S):
        async with trio.open_nursery() as nursery:
            side = await nursery.start(
                partial(
                    trio.run_process,
                    one.words("bitwig", "--bitwig-port", str(one.bitwig_port)),
                    stderr=PIPE,
                    env=one.environ,
                    cwd=ROOT,
                    check=False,
                )
            )
            # The command waits until Bitwig is running.
            await _said(side, b"no Bitwig extension answers")
            await one.start_bitwig(nursery)
            await _said(side, b"is a Set now")
            try:
                yield one, side
            finally:
                nursery.cancel_scope.cancel()


async def _said(process: trio.Process, text: bytes) -> None:
    seen = b""
    assert process.stderr is not None
    while text not in seen:
        data = await process.stderr.receive_some(4096)
        assert data, seen
        seen += data


async def test_an_mcp_client_works_on_bitwig_over_stdio() -> None:
    async with processes() as (one, side):
        assert "Bitwig" in await one.output("status")
        doctor = await one.output("doctor")
        assert "Bitwig answers on" in doctor
        assert "asked every 0.25 s, 100 questions a second at most" in doctor
        async with Agent.connected(one.port, environ=one.environ) as agent:
            await _talk(one, agent)
        side.terminate()
        assert await side.wait() == 130


async def _talk(one: Processes, agent: Agent) -> None:
    while not (shown := await agent.call("get_set"))["synced"]:  # noqa: ASYNC110
        await trio.sleep(0.05)
    names = [track["name"] for track in shown["set"]["tracks"]]
    assert (shown["set"]["daw"], names) == ("Bitwig", ["Bass", "Drums", "Vocals"])
    assert (await agent.call("set_track", track="Bass", volume=0.5, mute=True))["outcome"] == "verified"
    note = {"p": 60, "t": 1, "d": 0.5, "gain": 0.5}
    assert (await agent.call("create_clip", track=0, slot=1, notes=[note]))["outcome"] == "verified"
    notes = (await agent.call("get_notes", clip="tracks/0/clip_slots/1/clip"))["notes"]
    assert [(each["pitch"], each["start_time"], each["gain"]) for each in notes] == [(60, 1.0, 0.5)]
    assert (await agent.call("transport", action="play"))["outcome"] == "verified"
    async with agent.subscribed(TRACK):
        heard = len(agent.updates)
        await one.person(track=2, volume=0.25)
        await agent.update_after(heard, TRACK, timeout_s=LONG_S)
    assert (await agent.call("get_track", track=1))["track"]["mixer"]["volume"]["value"] == 0.25
    with pytest.raises(ToolRefused, match="NOT_AVAILABLE: The protocol of Bitwig's extension has no undo"):
        await agent.call("undo")
    await one.person(open="other")
    while names != ["Piano", "Strings", "Flute"]:
        await trio.sleep(0.05)
        names = [track["name"] for track in (await agent.call("get_set"))["set"]["tracks"]]
