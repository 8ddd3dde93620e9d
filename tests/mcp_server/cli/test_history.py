"""The log, reverts and mixes on the command line, with headless Live and a server in separate processes."""

from __future__ import annotations

import json
import sys
from types import SimpleNamespace
from typing import Any

import anyio
import trio

from mcp_server.commands.processes import HeadlessProcess
from mcp_server.demo.agent import Agent


async def setmirror(*arguments: str) -> Any:
    """Run a command in a separate process; returns its output as text."""
    command = [sys.executable, "-m", "mcp_server.cli", *arguments]
    done = await trio.run_process(command, capture_stdout=True, capture_stderr=True, check=False)
    return SimpleNamespace(
        returncode=done.returncode, stdout=done.stdout.decode(), stderr=done.stderr.decode()
    )


async def test_changes_of_an_agent_are_logged_and_reverted_by_its_name() -> None:
    async with HeadlessProcess.started() as live:
        port = str(live.port)
        async with Agent.connected(live.port, name="claude") as agent:
            await agent.client.call_tool("set_track", {"track": "Bass", "volume": "-12 dB", "name": "Low"})
            await agent.client.call_tool("set_song", {"tempo": 99})
        with trio.fail_after(120):
            while True:
                told = await setmirror(
                    "tail", "--since", "10 min", "--no-follow", "--author", "claude", "--port", port
                )
                if "tempo" in told.stdout:
                    break
                await anyio.sleep(0.2)
        lines = told.stdout.splitlines()
        assert len(lines) == 3, lines
        assert any('"-2.8 dB" → "-12.0 dB"' in line for line in lines)
        under = await setmirror(
            "tail", "--since", "0", "--no-follow", "--under", "Low", "--json", "--port", port
        )
        assert {json.loads(line)["ref"].split("/")[1] for line in under.stdout.splitlines()} == {"2"}
        for words, told_why in (
            (["--since", "soon"], "is no moment"),
            (["--match", "trakcs/2"], "matches no ref"),
            (["--kind", "sett"], "sett"),
            (["--under", "nothing"], "nothing"),
            (["--author", "nobody"], "claude"),
        ):
            refused = await setmirror("tail", "--no-follow", *words, "--port", port)
            assert refused.returncode != 0, words
            assert told_why in refused.stderr, (words, refused.stderr)
            assert "Traceback" not in refused.stderr
        planned = await setmirror(
            "revert", "--author", "claude", "--since", "10 min", "--dry-run", "--port", port
        )
        assert "would change" in planned.stdout
        done = await setmirror("revert", "--author", "claude", "--since", "10 min", "--port", port)
        assert done.stdout.splitlines()[-1] == "3 operations, verified", (
            planned.stdout,
            done.stdout,
            told.stdout,
        )
        tempo = await setmirror("get", "song", "--json", "--port", port)
        assert json.loads(tempo.stdout)["props"]["tempo"] == 82.0
        assert (await setmirror("mix", "save", "a", "tracks/2", "--port", port)).returncode == 0
        assert "no difference" in (await setmirror("mix", "compare", "a", "--port", port)).stdout
        assert "a" in (await setmirror("mix", "list", "--port", port)).stdout
        assert "unchanged" in (await setmirror("mix", "recall", "a", "--port", port)).stdout


async def test_after_a_restart_of_live_the_shell_shows_changes_since_its_last_visit() -> None:
    """The last visit, the state of a mix, and the exit codes of diff."""
    async with HeadlessProcess.started() as live:
        first = await setmirror("diff", "visit", "--port", str(live.port))
        assert (first.returncode, "first visit" in first.stderr) == (2, True)
        await setmirror("mix", "save", "Rough Mix", "--port", str(live.port))
    async with HeadlessProcess.started() as live:
        port = str(live.port)
        async with Agent.connected(live.port, name="claude") as agent:
            await agent.client.call_tool("set_track", {"track": "Bass", "volume": "-12 dB"})
            await agent.client.call_tool("set_song", {"tempo": 99})
        since = await setmirror("diff", "visit", "--port", port)
        assert since.returncode == 1
        assert since.stdout.splitlines() == [
            "song 'Lo-Fi Demo': tempo 82.0 → 99.0",
            "Bass: Track Volume -2.8 dB → -12.0 dB",
        ]
        again = await setmirror("diff", "visit", "--port", port)
        assert (again.returncode, again.stdout) == (0, "")
        mixed = await setmirror("diff", "mix Rough Mix", "--port", port)
        assert mixed.stdout.splitlines() == ["Bass: Track Volume -2.8 dB → -12.0 dB"]
        for words in (["banana"], ["gone.als"], ["mix Nothing"], ["saved"]):
            wrong = await setmirror("diff", *words, "--port", port)
            assert wrong.returncode == 2, words
            assert "Traceback" not in wrong.stderr
