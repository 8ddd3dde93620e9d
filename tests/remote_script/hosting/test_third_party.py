"""Remote Scripts of others run unmodified beside ours, and answer their own clients."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import trio
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client

from mcp_server.commands.link import linked
from mcp_server.commands.processes import HeadlessProcess, environment, old_python
from tests import third_party

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="folders of POSIX virtual environments")

PORT = 9877
"""Fixed in the sources of both Python ones."""
WAIT_S = 60.0

DRIVE = """
const { Ableton } = require(process.argv[2]);
(async () => {
  const nop = () => {};
  const ableton = new Ableton({ logger: { debug: nop, info: nop, warn: nop, error: nop } });
  await ableton.start(30000);
  const out = { before: await ableton.song.get("tempo") };
  const heard = new Promise(tell => ableton.song.addListener("tempo", t => { if (t === 97) tell(t); }));
  await new Promise(later => setTimeout(later, 300));
  await ableton.song.set("tempo", 97);
  out.heard = await heard;
  out.tracks = (await ableton.song.get("tracks")).map(track => track.raw.name);
  console.log(JSON.stringify(out));
  await ableton.close();
  process.exit(0);
})().catch(problem => { console.error(problem); process.exit(1); });
"""


@asynccontextmanager
async def hosting(script: Path, *more: str, **environ: str) -> AsyncIterator[HeadlessProcess]:
    async with HeadlessProcess.started(
        remote_scripts=[script], more=more, environ=environment(**environ)
    ) as live:
        yield live


def needs_port() -> None:
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", PORT)) == 0:
            pytest.skip(f"somebody listens on {PORT} already")


async def fetched(fetch: Callable[[Path], tuple[Path, Path]], folder: Path) -> tuple[Path, Path]:
    """What `third_party` brings, or the test is skipped."""
    try:
        return await trio.to_thread.run_sync(fetch, folder)
    except third_party.NotAvailable as problem:
        pytest.skip(str(problem))


async def asked(server: Path, tool: str, **arguments: Any) -> Any:
    """One answer of an MCP server of theirs."""
    quiet = environment(ABLETON_MCP_DISABLE_TELEMETRY="true", ABLETON_MCP_DISABLE_DATASET="1")
    parameters = StdioServerParameters(command=str(server), args=[], env=quiet)
    with open(os.devnull, "w") as nowhere, trio.fail_after(WAIT_S):  # noqa: ASYNC230 - it is no file
        async with Client(stdio_client(parameters, errlog=nowhere), mode="legacy") as client:
            result = await client.call_tool(tool, arguments)
    text = " ".join(getattr(block, "text", "") for block in result.content)
    assert not result.is_error, text
    return text


async def test_ableton_mcp_answers_its_own_server(tmp_path: Path) -> None:
    needs_port()
    script, server = await fetched(third_party.ableton_mcp, tmp_path)
    async with hosting(script, "--threads", "log") as live, linked(live.port) as mirror:
        await mirror.wait_synced(WAIT_S)
        told = await asked(server, "get_session_info")
        assert '"tempo": 82' in told
        await asked(server, "set_tempo", tempo=97)
        await mirror.wait_for(1)
        assert mirror.resolve("song").props["tempo"] == 97.0
        # It reads Live on its socket's thread, which a real Live does not allow: said with the line that did it.
        assert any("main thread" in line and "AbletonMCP" in line for line in live.log)


async def test_livemcp_answers_its_own_server(tmp_path: Path) -> None:
    needs_port()
    script, server = await fetched(third_party.livemcp, tmp_path)
    async with hosting(script, "--threads", "log"):
        assert "82" in await asked(server, "get_session_info")


async def test_ableton_js_answers_its_own_javascript_client(tmp_path: Path) -> None:
    script, package = await fetched(third_party.ableton_js, tmp_path)
    drive, exchange = tmp_path / "drive.js", tmp_path / "exchange"
    drive.write_text(DRIVE)
    exchange.mkdir()
    # Both sides tell each other their ports through files in the temporary folder.
    async with hosting(script, TMPDIR=str(exchange)) as live, linked(live.port) as mirror:
        await mirror.wait_synced(WAIT_S)
        with trio.fail_after(WAIT_S):
            done = await trio.run_process(
                ["node", str(drive), str(package)],
                capture_stdout=True,
                capture_stderr=True,
                check=False,
                env={**os.environ, "TMPDIR": str(exchange)},
            )
        assert done.returncode == 0, done.stderr.decode()
        told = json.loads(done.stdout)
        assert told == {
            "before": 82,
            "heard": 97,
            "tracks": [each.name for each in mirror.children("song", "tracks")],
        }
        await mirror.wait_for(1)
        assert mirror.resolve("song").props["tempo"] == 97.0


def test_python_3_7_hosts_a_script_of_the_first_generation(tmp_path: Path) -> None:
    python = old_python()
    if python is None:
        pytest.skip("there is no Python 3.7 here")
    script = tmp_path / "Small"
    script.mkdir()
    (script / "__init__.py").write_text(
        "import sys\n"
        "from _Framework.ControlSurface import ControlSurface\n"
        "class Small(ControlSurface):\n"
        "    def __init__(self, c_instance):\n"
        "        ControlSurface.__init__(self, c_instance)\n"
        "        self.log_message('python', sys.version_info[:2], self.song().tempo)\n"
        "def create_instance(c_instance):\n"
        "    return Small(c_instance)\n"
    )
    words = ["--no-setmirror", "--live-version", "11.3", "--remote-script", str(script), "--person-stdin"]
    done = subprocess.run(
        [python, "-m", "remote_script.headless", *words],
        input="",
        capture_output=True,
        text=True,
        timeout=WAIT_S,
        env=environment(),
        check=False,
    )
    assert "(Small) python (3, 7) 82.0" in done.stderr
