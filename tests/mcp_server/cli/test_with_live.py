"""The commands as a user runs them: each in a separate process, with a separate headless Live."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import trio

from mcp_server.commands.console import Failure
from mcp_server.commands.link import linked
from mcp_server.commands.processes import HeadlessProcess, PersonRefused, environment

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")

WAIT_S = 120.0


async def setmirror(*words: str) -> subprocess.CompletedProcess[bytes]:
    """Run the command until it ends."""
    with trio.fail_after(WAIT_S):
        return await trio.run_process(
            [sys.executable, "-m", "mcp_server.cli", *words],
            capture_stdout=True,
            capture_stderr=True,
            check=False,
            env=environment(),
        )


class Following:
    """A command that does not end by itself, and the lines that it prints."""

    def __init__(self, process: trio.Process) -> None:
        self.process = process
        self.out = self._lines(process.stdout)
        self.err = self._lines(process.stderr)

    @staticmethod
    async def _lines(stream: Any) -> AsyncIterator[str]:
        rest = b""
        async for chunk in stream:
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                yield line.decode()

    async def said(self, text: str, *, err: bool = False) -> str:
        """The next line that contains `text`."""
        with trio.fail_after(WAIT_S):
            async for line in self.err if err else self.out:
                if text in line:
                    return line
        raise AssertionError(f"it ended without saying {text!r}")


@asynccontextmanager
async def following(*words: str) -> AsyncIterator[Following]:
    process = await trio.lowlevel.open_process(
        [sys.executable, "-m", "mcp_server.cli", *words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    )
    command = Following(process)
    try:
        yield command
    finally:
        if process.returncode is None:
            process.kill()
        with trio.CancelScope(shield=True):
            await process.wait()
            await command.out.aclose()  # type: ignore[attr-defined]
            await command.err.aclose()  # type: ignore[attr-defined]
            for stream in (process.stdout, process.stderr):
                assert stream is not None
                await stream.aclose()


async def test_get_status_and_doctor_answer_from_a_running_live() -> None:
    async with HeadlessProcess.started() as live:
        port = str(live.port)
        by_ref = await setmirror("get", "tracks/0", "--json", "--port", port)
        track = json.loads(by_ref.stdout)
        by_id = await setmirror("get", f"id:{track['id']}", "--json", "--port", port)
        by_name = await setmirror("get", track["props"]["name"], "--json", "--port", port)
        plain = await setmirror("get", "tracks/0/mixer_device/volume", "--port", port)
        status = json.loads((await setmirror("status", "--json", "--port", port)).stdout)
        doctor = await setmirror("doctor", "--port", port)

    assert track["ref"] == "tracks/0"
    assert track["type"] == "Track"
    assert track["synced"] is True
    assert json.loads(by_id.stdout)["props"] == track["props"]
    assert json.loads(by_name.stdout)["id"] == track["id"]
    assert b"\x1b" not in plain.stdout
    assert b"display" in plain.stdout
    assert status["ready"] is True
    assert status["epoch"] == track["epoch"]
    assert doctor.returncode == 0, doctor.stdout
    assert f"127.0.0.1:{port}".encode() in doctor.stdout


async def test_get_fails_with_the_reason_and_close_matches() -> None:
    async with HeadlessProcess.started() as live:
        missing = await setmirror("get", "tracks/99", "--port", str(live.port))
        misspelt = await setmirror("get", "Drumz", "--port", str(live.port))

    assert missing.returncode == misspelt.returncode == 1
    assert missing.stdout == b""
    assert b"tracks/99" in missing.stderr
    assert b"Drums" in misspelt.stderr
    assert b"Traceback" not in missing.stderr + misspelt.stderr


async def test_tail_shows_authors_and_changes_and_ends_cleanly_when_interrupted() -> None:
    async with HeadlessProcess.started() as live, following("tail", "--port", str(live.port)) as tail:
        await tail.said("following Live", err=True)
        await live.set("tracks/0", "name", "Trommeln")
        line = await tail.said("Trommeln")
        os.kill(tail.process.pid, signal.SIGINT)
        with trio.fail_after(WAIT_S):
            code = await tail.process.wait()

    assert "live" in line
    assert "tracks/0" in line
    assert '"Drums" → "Trommeln"' in line
    assert code == 130


async def test_tail_filters_and_prints_json() -> None:
    words = ("tail", "--json", "--match", "scenes/*", "--kind", "set")
    async with HeadlessProcess.started() as live, following(*words, "--port", str(live.port)) as tail:
        await tail.said("following Live", err=True)
        await live.set("tracks/0", "name", "unseen")
        await live.set("scenes/1", "name", "seen")
        event = json.loads(await tail.said("scenes/1"))

    assert (event["kind"], event["who"], event["name"], event["after"]) == ("set", "live", "name", "seen")


async def test_tail_names_a_pattern_without_matches() -> None:
    words = ("tail", "--match", "trakcs/*", "--match", "tracks/*")
    async with HeadlessProcess.started() as live, following(*words, "--port", str(live.port)) as tail:
        line = await tail.said("no object of the Set matches", err=True)
        await live.set("tracks/0", "name", "heard")
        await tail.said("heard")

    assert "'trakcs/*'" in line


async def test_tail_can_start_with_past_events_kept_by_the_script() -> None:
    async with HeadlessProcess.started() as live:
        async with linked(live.port) as witness:
            # An edit before the first reading would be part of that reading.
            for name in ("first", "second"):
                await live.set("tracks/0", "name", name)
                # The parts of a Set after its outline have revisions too.
                while witness.resolve("tracks/0").name != name:
                    await witness.wait_for(witness.revision + 1)
        words = ("tail", "--since", "0", "--match", "tracks/0", "--port", str(live.port))
        async with following(*words) as tail:
            first = await tail.said("first")
            second = await tail.said("second")
            await live.set("tracks/0", "name", "third")
            third = await tail.said("third")

    assert '"first"' in first
    assert '"first" → "second"' in second
    assert '"second" → "third"' in third


async def test_tail_continues_after_a_restart_of_live() -> None:
    async with HeadlessProcess.started() as live:
        port = live.port
        async with following("tail", "--port", str(port)) as tail:
            await tail.said("following Live", err=True)
            live.process.kill()
            await tail.said("waiting for it", err=True)
            async with HeadlessProcess.started(port=port) as again:
                await tail.said("following Live", err=True)
                await again.set("tracks/1", "name", "back")
                line = await tail.said("back")

    assert "tracks/1" in line


async def test_live_ends_cleanly_when_interrupted_and_frees_its_port() -> None:
    async with HeadlessProcess.started() as other:
        port = other.port
    for _ in range(2):
        async with following("live", "--port", str(port)) as live:
            ready = json.loads(await live.said("ready"))
            os.kill(live.process.pid, signal.SIGINT)
            with trio.fail_after(WAIT_S):
                code = await live.process.wait()
        assert ready["port"] == port
        assert code in (0, 130)


async def test_the_reason_is_shown_when_live_cannot_open_its_set(tmp_path: Path) -> None:
    broken = tmp_path / "broken.als"
    broken.write_bytes(b"not a Set")

    with pytest.RaisesGroup(
        pytest.RaisesExc(Failure, match="ended before it was ready"), allow_unwrapped=True
    ):
        async with HeadlessProcess.started(broken):
            pass


async def test_a_refusal_by_live_is_shown_to_the_person() -> None:
    async with HeadlessProcess.started() as live:
        with pytest.raises(PersonRefused, match="tracks"):
            await live.set("tracks/99", "name", "nobody")
        moment = await live.set("song", "tempo", 99.0)

    assert moment > 0
