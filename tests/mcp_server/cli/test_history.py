"""The log, reverts and mixes on the command line, with headless Live and a server in separate processes."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from typing import Any

from mcp_server.commands.processes import environment
from mcp_server.demo.agent import Agent

from .in_process import live_beside, setmirror

WAIT_S = 120.0


async def called(port: int, *calls: tuple[str, dict[str, Any]]) -> None:
    """The agent "claude", with a server process of its own, calls these tools."""
    async with Agent.connected(port, name="claude") as agent:
        for tool, arguments in calls:
            await agent.client.call_tool(tool, arguments)


def test_changes_of_an_agent_are_logged_and_reverted_by_its_name() -> None:
    with live_beside() as (live, portal):
        port = str(live.port)
        edits = {"track": "Bass", "volume": "-12 dB", "name": "Low"}
        portal.call(called, live.port, ("set_track", edits), ("set_song", {"tempo": 99}))
        words = ("tail", "--since", "10 min", "--no-follow", "--author", "claude", "--port", port)
        end = time.monotonic() + WAIT_S
        while "tempo" not in (log := setmirror(*words)).stdout:
            assert time.monotonic() < end, log
            time.sleep(0.1)
        lines = log.stdout.splitlines()
        assert len(lines) == 3, lines
        assert any('"-2.8 dB" → "-12.0 dB"' in line for line in lines)
        under = setmirror("tail", "--since", "0", "--no-follow", "--under", "Low", "--json", "--port", port)
        assert {json.loads(line)["ref"].split("/")[1] for line in under.stdout.splitlines()} == {"2"}
        for words, reason in (
            (["--since", "soon"], "is no moment"),
            (["--match", "trakcs/2"], "matches no ref"),
            (["--kind", "sett"], "sett"),
            (["--under", "nothing"], "nothing"),
            (["--author", "nobody"], "claude"),
        ):
            refused = setmirror("tail", "--no-follow", *words, "--port", port)
            assert refused.returncode != 0, words
            assert reason in refused.stderr, (words, refused.stderr)
            assert "Traceback" not in refused.stderr
        planned = setmirror("revert", "--author", "claude", "--since", "10 min", "--dry-run", "--port", port)
        assert "would change" in planned.stdout
        done = setmirror("revert", "--author", "claude", "--since", "10 min", "--port", port)
        assert done.stdout.splitlines()[-1] == "3 operations, verified", (
            planned.stdout,
            done.stdout,
            log.stdout,
        )
        tempo = setmirror("get", "song", "--json", "--port", port)
        assert json.loads(tempo.stdout)["props"]["tempo"] == 82.0
        assert setmirror("mix", "save", "a", "tracks/2", "--port", port).returncode == 0
        assert "no difference" in setmirror("mix", "compare", "a", "--port", port).stdout
        assert "a" in setmirror("mix", "list", "--port", port).stdout
        assert "unchanged" in setmirror("mix", "recall", "a", "--port", port).stdout


def test_after_a_restart_of_live_the_shell_shows_changes_since_its_last_visit() -> None:
    """The last visit, the state of a mix, and the exit codes of diff."""
    with live_beside() as (live, _):
        first = setmirror("diff", "visit", "--port", str(live.port))
        assert (first.returncode, "first visit" in first.stderr) == (2, True)
        setmirror("mix", "save", "Rough Mix", "--port", str(live.port))
    with live_beside() as (live, portal):
        port = str(live.port)
        edits = {"track": "Bass", "volume": "-12 dB"}
        portal.call(called, live.port, ("set_track", edits), ("set_song", {"tempo": 99}))
        since = setmirror("diff", "visit", "--port", port)
        assert since.returncode == 1
        assert since.stdout.splitlines() == [
            "song 'Lo-Fi Demo': tempo 82.0 → 99.0",
            "Bass: Track Volume -2.8 dB → -12.0 dB",
        ]
        # As a shell runs it.
        command = [sys.executable, "-m", "mcp_server.cli", "diff", "visit", "--port", port]
        again = subprocess.run(command, capture_output=True, text=True, env=environment(), check=False)
        assert (again.returncode, again.stdout) == (0, "")
        mixed = setmirror("diff", "mix Rough Mix", "--port", port)
        assert mixed.stdout.splitlines() == ["Bass: Track Volume -2.8 dB → -12.0 dB"]
        for words in (["banana"], ["gone.als"], ["mix Nothing"], ["saved"]):
            wrong = setmirror("diff", *words, "--port", port)
            assert wrong.returncode == 2, words
            assert "Traceback" not in wrong.stderr
