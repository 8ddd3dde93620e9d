"""A user's recording can be replayed in place of Live."""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
from pathlib import Path

import pytest
import trio

from mcp_server.commands.processes import HeadlessProcess

from .test_with_live import WAIT_S, following, setmirror

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def test_a_recording_can_be_read_and_replayed(tmp_path: Path) -> None:
    file = tmp_path / "session.jsonl"
    async with (
        HeadlessProcess.started() as live,
        following("record", str(file), "--port", str(live.port)) as record,
    ):
        await record.said("following Live", err=True)
        async with following("tail", "--port", str(live.port)) as tail:
            await tail.said("following Live", err=True)
            for name in ("one", "two"):
                await live.set("tracks/0", "name", name)
                await tail.said(f'"{name}"')
        # Both clients get a batch in the same turn, so what one has received, the other has too.
        os.kill(record.process.pid, signal.SIGINT)
        with trio.fail_after(WAIT_S):
            await record.process.wait()
    assert "proof" not in file.read_text()

    port = str(free_port())
    async with following("replay", str(file), "--port", port) as replay:
        await replay.said("plays on", err=True)
        async with following("tail", "--port", port) as tail:
            assert '"one" → "two"' in await tail.said('"two"')
        read = await setmirror("get", "tracks/1", "--json", "--port", port)
        assert json.loads(read.stdout)["props"]["name"] == "Keys"


async def test_a_file_that_is_not_a_recording_is_refused_with_the_line(tmp_path: Path) -> None:
    file = tmp_path / "no.jsonl"
    file.write_text("hello\n")
    done = await setmirror("replay", str(file), "--port", str(free_port()))
    assert done.returncode == 1
    assert b"line 1" in done.stderr
    assert b"setmirror record" in done.stderr
    assert b"Traceback" not in done.stderr


async def test_a_recording_is_not_overwritten_by_default(tmp_path: Path) -> None:
    file = tmp_path / "kept.jsonl"
    file.write_text("precious\n")
    done = await setmirror("record", str(file), "--port", "1")
    assert done.returncode == 1
    assert b"--force" in done.stderr
    assert file.read_text() == "precious\n"
