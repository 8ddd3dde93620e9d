"""Parts of a Set's file that headless Live cannot read are reported in the log, `status`, `get_set` and mirrors."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import trio.testing

from mcp_server.commands.processes import HeadlessProcess, environment
from mirror import load_token, open_mirror, tcp
from remote_script.headless import load_als
from tests.mcp_server.cli.test_with_live import setmirror
from tests.remote_script.headless.als import making as m
from tests.whole import whole_path

WARNING = "3 × note without length, made as short as a note can be (track 'K', clip 'C', pitch 60 at 0"


def damaged(folder: Path) -> Path:
    ids = m.Ids()
    track = m.track(ids, "MidiTrack", "K", 1, slots=[m.midi_clip("C", [(60, 0, 0, 100)] * 3)])
    return m.write(folder / "Damaged.als", m.whole_set(ids, track))


async def test_warnings_reach_the_log_the_status_command_and_a_mirror(tmp_path: Path) -> None:
    async with HeadlessProcess.started(damaged(tmp_path)) as live:
        status = await setmirror("status", "--port", str(live.port))
        told = json.loads((await setmirror("status", "--json", "--port", str(live.port))).stdout)
        async with open_mirror(
            connect=tcp("127.0.0.1", live.port), token=load_token(), client_name="test", client_version="0"
        ) as mirror:
            await mirror.wait_read()
            (seen,) = mirror.status().set_warnings
        assert sum("Set file: 3 ×" in line for line in live.log) == 1
    assert seen.startswith(WARNING)
    assert told["set"]["warnings"] == [seen]
    assert WARNING in status.stdout.decode()


async def test_the_status_warns_an_agent_only_of_a_damaged_set(
    tmp_path: Path, autojump_clock: trio.testing.MockClock
) -> None:
    async with whole_path(load_als(damaged(tmp_path))) as whole:
        (seen,) = (await whole.call("get_set", parts=["status"]))["set"]["status"]["set_warnings"]
        assert seen.startswith(WARNING)
    async with whole_path(load_als(m.SMALL)) as whole:
        assert (await whole.call("get_set", parts=["status"]))["set"]["status"]["set_warnings"] == []


def test_a_set_of_live_8_ends_the_command_with_a_one_line_error(tmp_path: Path) -> None:
    text = m.whole_set(m.Ids(), "", creator="Ableton Live 8.4.2").replace(
        'MajorVersion="5"', 'MajorVersion="4"'
    )
    path = m.write(tmp_path / "Old.als", text)
    done = subprocess.run(
        [sys.executable, "-m", "mcp_server.cli", "live", "--set", str(path), "--port", "9999"],
        capture_output=True,
        env=environment(),
        check=False,
        text=True,
    )
    assert done.returncode == 2
    assert done.stderr.strip() == (
        "This Set was written by Ableton Live 8.4.2: open it in Live 9 or later and save it again."
    )
