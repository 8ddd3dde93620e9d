"""`setmirror policy`: the rules in force, and the reason why an operation is allowed or refused."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import trio

from mcp_server.commands.processes import HeadlessProcess, environment
from mcp_server.protection import Protection
from mirror import Mirror, load_token, open_mirror, tcp

from . import in_process
from .test_with_live import WAIT_S, setmirror

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")

TEXT = """
[[rule]]
decide = "deny"
refs = ["tracks/0", "tracks/0/**"]
clients = ["cursor*"]
reason = "the drums are done"
"""


@asynccontextmanager
async def linked_agent(port: int) -> AsyncIterator[Mirror]:
    """A server's connection in the role of an agent."""
    async with open_mirror(
        connect=tcp("127.0.0.1", port), token=load_token(), client_name="server"
    ) as mirror:
        await mirror.wait_synced(WAIT_S)
        yield mirror


def test_a_decision_is_explained(tmp_path: Path) -> None:
    path = tmp_path / "policy.toml"
    path.write_text(TEXT)
    shown = in_process.setmirror("policy", "show", "--policy", str(path))
    assert shown.returncode == 0
    assert "the drums are done" in shown.stdout
    with in_process.live_beside() as (live, _):
        port = ("--port", str(live.port), "--policy", str(path))
        for words, said in (
            (("tracks/0", "name", "--client", "cursor 2"), "deny: set name of tracks/0"),
            (("song", "delete_track", '{"index": 0}', "--client", "cursor"), "the drums are done"),
            (("song", "delete_track", '{"index": 1}', "--client", "cursor"), "ask: delete_track (tracks/1"),
            (("tracks/0", "name", "--client", "claude"), "allow"),
            (("song", "get_beats_loop_start"), "reading is always allowed"),
        ):
            found = in_process.setmirror("policy", "check", *words, *port)
            assert found.returncode == 0, found.stderr
            assert said in found.stdout, (words, found.stdout)
        for words, said in (
            (("tracks/99", "name"), "error"),
            (("tracks/0", "nothing"), "neither a property nor a method"),
        ):
            found = in_process.setmirror("policy", "check", *words, *port)
            assert found.returncode == 1
            assert said in found.stderr


async def test_an_unusable_policy_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "policy.toml"
    path.write_text("[[rule]]\ndecide = 'maybe'")
    found = await setmirror("policy", "show", "--policy", str(path))
    assert found.returncode == 1
    assert b"cannot be used" in found.stderr
    served = await setmirror("serve", "--policy", str(path))
    # The server runs read-only and gives its client the reason.
    assert served.returncode == 0
    assert b"cannot be used" in served.stderr
    assert b"read-only" in served.stderr


def test_a_person_switches_read_only_lists_clients_and_pins_from_the_command_line() -> None:
    with in_process.live_beside() as (live, _):
        port = ("--port", str(live.port))
        for words, said in (
            (("read-only",), "read-only: off"),
            (("read-only", "on"), "read-only: on"),
            (("read-only",), "read-only: on"),
            (("read-only", "off"), "read-only: off"),
            (("clients",), "command  person  setmirror command"),
            (("pin", "tracks/2"), 'pins = [{kind = "Track", name = "Bass", content = "'),
            (("check", "tracks/2", "read"), "allow: read tracks/2"),
        ):
            found = in_process.setmirror("policy", *words, *port)
            assert found.returncode == 0, found.stderr
            assert said in found.stdout, (words, found.stdout)


async def test_a_person_answers_an_agents_question_at_the_terminal(tmp_path: Path) -> None:
    path = tmp_path / "policy.toml"
    path.write_text("[[rule]]\ndecide = 'ask'\noperations = ['delete']\n")
    async with HeadlessProcess.started() as live:
        words = ["-m", "mcp_server.cli", "policy", "ask", "--port", str(live.port)]
        process = await trio.lowlevel.open_process(
            [sys.executable, *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment(),
        )
        try:
            with trio.fail_after(WAIT_S):
                assert process.stderr is not None
                assert process.stdin is not None
                assert b"Questions of policies" in await process.stderr.receive_some()
                await process.stdin.send_all(b"y\n")
                async with linked_agent(live.port) as mirror:
                    protection = Protection(mirror)
                    assert await protection.ask_person("me", "Delete it?") is True
        finally:
            process.terminate()
            await process.wait()
