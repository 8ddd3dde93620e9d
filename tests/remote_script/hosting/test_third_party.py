"""Third-party Remote Scripts run unmodified beside ours, and answer their own clients."""

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
from mirror import Mirror
from tests import third_party

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="folders of POSIX virtual environments"),
]

PORT = 9877
"""The port, which is fixed in the sources of both Python scripts."""
WAIT_S = 180.0

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

DRIVE_PYTHON = """
import json
from ableton_live_mcp.connection import AbletonConnection
ask = AbletonConnection("127.0.0.1", int(__import__("sys").argv[1])).send_command
ask("create_midi_track", {"index": -1})
at = ask("get_session_info")["track_count"] - 1
place = {"track_index": at, "clip_index": 0}
ask("set_track_name", {"track_index": at, "name": "Theirs"})
(found, *_) = ask("search_browser", {"query": "operator"})["matches"]
ask("load_browser_item", {"track_index": at, "item_uri": found["uri"]})
ask("create_clip", {**place, "length": 4.0})
notes = [{"pitch": 60 + each, "start_time": float(each), "duration": 0.5} for each in range(4)]
ask("add_notes_to_clip", {**place, "notes": notes})
ask("edit_notes", {**place, "add": [{"pitch": 72, "start_time": 3.5, "duration": 0.25}], "remove": notes[:1]})
step = {"device_index": 0, "parameter": "Filter Freq", "points": [{"time": 0.0, "value": 0.25}]}
ask("write_automation", {**place, **step})
ask("fire_clip", place)
reverb = {"return_index": 0, "device_index": 0}
ask("set_return_device_parameter", {**reverb, "parameter": "Dry/Wet", "value": "30 %"})
all_of_it = ask("get_return_device_parameters", reverb)["parameters"]
wet = {each["name"]: each for each in all_of_it}
print(json.dumps({
    "pitches": sorted(each["pitch"] for each in ask("get_clip_notes", place)["notes"]),
    "devices": [each["name"] for each in ask("get_track_info", {"track_index": at})["devices"]],
    "wet": wet["Dry/Wet"]["value"],
    "snapshot": [each["name"] for each in ask("get_session_snapshot")["tracks"]],
}))
"""


LIVES = pytest.mark.parametrize("live_version", ["12.4", "11.3"])
"""Versions of Live with Python 3.11, and with 3.7 if this machine has it."""


@asynccontextmanager
async def hosting(
    script: Path, *more: str, live_version: str | None = None, **environ: str
) -> AsyncIterator[HeadlessProcess]:
    async with HeadlessProcess.started(
        live_version=live_version, remote_scripts=[script], more=more, environ=environment(**environ)
    ) as live:
        yield live


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def needs_port() -> None:
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", PORT)) == 0:
            pytest.skip(f"somebody listens on {PORT} already")


async def fetched(fetch: Callable[[Path], tuple[Path, Path]], folder: Path) -> tuple[Path, Path]:
    """The package from `third_party`; skips the test if it is not available."""
    try:
        return await trio.to_thread.run_sync(fetch, folder)
    except third_party.NotAvailable as problem:
        pytest.skip(str(problem))


async def asked(server: Path, tool: str, **arguments: Any) -> Any:
    """One answer of a third-party MCP server."""
    quiet = environment(ABLETON_MCP_DISABLE_TELEMETRY="true", ABLETON_MCP_DISABLE_DATASET="1")
    parameters = StdioServerParameters(command=str(server), args=[], env=quiet)
    with open(os.devnull, "w") as nowhere, trio.fail_after(WAIT_S):  # noqa: ASYNC230 - it is no file
        async with Client(stdio_client(parameters, errlog=nowhere), mode="legacy") as client:
            result = await client.call_tool(tool, arguments)
    text = " ".join(getattr(block, "text", "") for block in result.content)
    assert not result.is_error, text
    return text


@LIVES
async def test_ableton_mcp_answers_on_its_socket(tmp_path: Path, live_version: str) -> None:
    """Without its server, which needs many packages: the same Remote Script and the same messages on the wire."""
    needs_port()
    script, _ = await fetched(third_party.ableton_mcp_alone, tmp_path)
    async with (
        hosting(script, "--threads", "log", live_version=live_version) as live,
        linked(live.port) as mirror,
    ):
        await mirror.wait_synced(WAIT_S)
        with trio.fail_after(WAIT_S):
            stream = await trio.open_tcp_stream("127.0.0.1", PORT)
            async with stream:
                told = await command(stream, "get_session_info")
                assert told["tempo"] == 82.0
                assert told["track_count"] == len(mirror.children("song", "tracks"))
                await command(stream, "set_tempo", tempo=97)
        await changes_tempo(mirror)
        # It reads Live on its socket's thread, which a real Live does not allow: reported with the line of code.
        assert any("main thread" in line and "AbletonMCP" in line for line in live.log)


async def changes_tempo(mirror: Mirror) -> None:
    """Wait until the mirror shows the tempo that the other script sets."""
    with trio.fail_after(WAIT_S):
        while mirror.resolve("song").props["tempo"] != 97.0:
            await mirror.wait_for(mirror.revision + 1)


async def command(stream: trio.SocketStream, kind: str, **params: Any) -> Any:
    """Send one command and read its answer, as JSON objects."""
    await stream.send_all(json.dumps({"type": kind, "params": params}).encode())
    heard = b""
    while True:
        heard += await stream.receive_some()
        try:
            answer = json.loads(heard)
        except ValueError:
            continue
        assert answer["status"] == "success", answer
        return answer["result"]


LIVEMCP_CLIENT = """
import json
from livemcp.connection import AbletonConnection
client = AbletonConnection()
client.connect()
ask = client.send_command
ask("create_midi_track", {"index": -1})
at = ask("get_session_info", {})["track_count"] - 1
ask("set_track_name", {"track_index": at, "name": "Theirs"})
place = {"track_index": at, "clip_index": 0}
ask("create_clip", {**place, "length": 4.0})
ask("add_notes_to_clip", {**place, "notes": [{"pitch": 60, "start_time": 0.0, "duration": 1.0, "velocity": 90}]})
print(json.dumps({"at": at, "notes": ask("get_notes_from_clip", place)}))
"""


@LIVES
async def test_livemcp_answers_its_own_client(tmp_path: Path, live_version: str) -> None:
    needs_port()
    script, site = await fetched(third_party.livemcp_alone, tmp_path)
    async with hosting(script, "--threads", "log", live_version=live_version):
        with trio.fail_after(WAIT_S):
            done = await trio.run_process(
                [sys.executable, "-c", LIVEMCP_CLIENT],
                capture_stdout=True,
                capture_stderr=True,
                check=False,
                env=environment(PYTHONPATH=str(site)),
            )
    assert done.returncode == 0, done.stderr.decode()
    told = json.loads(done.stdout)
    assert told["at"] == 6
    assert '"pitch": 60' in json.dumps(told["notes"])


async def test_ableton_mcp_answers_its_own_server(tmp_path: Path) -> None:
    needs_port()
    script, server = await fetched(third_party.ableton_mcp, tmp_path)
    async with hosting(script, "--threads", "log") as live, linked(live.port) as mirror:
        await mirror.wait_synced(WAIT_S)
        told = await asked(server, "get_session_info")
        assert '"tempo": 82' in told
        await asked(server, "set_tempo", tempo=97)
        await changes_tempo(mirror)
        # It reads Live on its socket's thread, which a real Live does not allow: reported with the line of code.
        assert any("main thread" in line and "AbletonMCP" in line for line in live.log)


async def test_livemcp_answers_its_own_server(tmp_path: Path) -> None:
    needs_port()
    script, server = await fetched(third_party.livemcp, tmp_path)
    async with hosting(script, "--threads", "log"):
        assert "82" in await asked(server, "get_session_info")


@LIVES
async def test_ableton_js_answers_its_own_javascript_client(tmp_path: Path, live_version: str) -> None:
    script, package = await fetched(third_party.ableton_js, tmp_path)
    drive, exchange = tmp_path / "drive.js", tmp_path / "exchange"
    drive.write_text(DRIVE)
    exchange.mkdir()
    # Both sides exchange their ports through files in the temporary folder.
    async with (
        hosting(script, live_version=live_version, TMPDIR=str(exchange)) as live,
        linked(live.port) as mirror,
    ):
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
        await changes_tempo(mirror)


@pytest.mark.parametrize("live_version", ["12.4", "11.3"])
async def test_mcp_server_ableton_live_answers_its_own_client(tmp_path: Path, live_version: str) -> None:
    script, site = await fetched(third_party.mcp_server_ableton_live, tmp_path)
    port = free_port()
    async with (
        hosting(script, live_version=live_version, ABLETON_MCP_PORT=str(port)) as live,
        linked(live.port) as mirror,
    ):
        await mirror.wait_synced(WAIT_S)
        with trio.fail_after(WAIT_S):
            done = await trio.run_process(
                [sys.executable, "-c", DRIVE_PYTHON, str(port)],
                capture_stdout=True,
                capture_stderr=True,
                check=False,
                env=environment(PYTHONPATH=str(site)),
            )
        assert done.returncode == 0, done.stderr.decode() + "\n".join(live.log)
        told = json.loads(done.stdout)
        assert told["pitches"] == [61, 62, 63, 72]
        assert told["devices"] == ["Operator"]
        assert told["wet"] == pytest.approx(0.3, abs=0.01)
        # Our script is notified of the changes that the other script made.
        with trio.fail_after(WAIT_S):
            async with mirror.subscribe(["**"]) as stream:
                while told["snapshot"] != [each.name for each in mirror.children("song", "tracks")]:
                    await anext(stream)


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
