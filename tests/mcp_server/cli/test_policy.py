"""`setmirror policy`: what is in force, and why an operation would be let through or not."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from mcp_server.commands.processes import HeadlessProcess

from .test_with_live import setmirror

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")

TEXT = """
[[rule]]
decide = "deny"
refs = ["tracks/0", "tracks/0/**"]
clients = ["cursor*"]
reason = "the drums are done"
"""


async def test_a_decision_is_explained(tmp_path: Path) -> None:
    path = tmp_path / "policy.toml"
    path.write_text(TEXT)
    shown = await setmirror("policy", "show", "--policy", str(path))
    assert shown.returncode == 0
    assert b"the drums are done" in shown.stdout
    async with HeadlessProcess.started() as live:
        port = ("--port", str(live.port), "--policy", str(path))
        for words, said in (
            (("tracks/0", "name", "--client", "cursor 2"), b"deny: set name of tracks/0"),
            (("song", "delete_track", '{"index": 0}', "--client", "cursor"), b"the drums are done"),
            (("song", "delete_track", '{"index": 1}', "--client", "cursor"), b"ask: delete_track (tracks/1"),
            (("tracks/0", "name", "--client", "claude"), b"allow"),
            (("song", "get_beats_loop_start"), b"reading is always allowed"),
        ):
            found = await setmirror("policy", "check", *words, *port)
            assert found.returncode == 0, found.stderr
            assert said in found.stdout, (words, found.stdout)
        for words, said in (
            (("tracks/99", "name"), b"error"),
            (("tracks/0", "nothing"), b"neither a property nor a method"),
        ):
            found = await setmirror("policy", "check", *words, *port)
            assert found.returncode == 1
            assert said in found.stderr


async def test_a_policy_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    path = tmp_path / "policy.toml"
    path.write_text("[[rule]]\ndecide = 'maybe'")
    found = await setmirror("policy", "show", "--policy", str(path))
    assert found.returncode == 1
    assert b"cannot be used" in found.stderr
    served = await setmirror("serve", "--policy", str(path))
    assert served.returncode == 1
    assert b"cannot be used" in served.stderr
