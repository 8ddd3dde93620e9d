"""The time until a server answers `initialize`, and its memory then: our server, and an empty tool of the SDK.

Each start is a separate process, and the subjects alternate, so that a busy machine slows all of them equally. The
interpreter's caches are warm. Live is not running, since a server also answers without Live.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

from mcp_server.commands import processes
from tests.benchmarks.measure import OURS, Distribution, Row
from tests.benchmarks.pipe import EMPTY_SERVER

STARTS = 15
ABOUT = {"name": "starting", "version": "0"}
HELLO = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": ABOUT},
}
SUBJECTS = {
    "an empty tool of the SDK's": [sys.executable, "-c", EMPTY_SERVER],
    OURS: [sys.executable, "-m", "mcp_server.cli", "serve", "--port", "1"],
}
QUESTION = "start a server over stdio, until it answers `initialize`"
HELP = "`setmirror --help`"


def rows() -> Iterator[Row]:
    """All rows of this module."""
    times: dict[str, list[float]] = {subject: [] for subject in SUBJECTS}
    peaks: dict[str, list[float]] = {subject: [] for subject in SUBJECTS}
    helped: list[float] = []
    for number in range(STARTS + 1):
        for subject, command in SUBJECTS.items():
            took, peak = _started(command)
            if number:
                times[subject].append(took)
                peaks[subject].append(peak)
        helped.append(_helped())
    for subject in SUBJECTS:
        memory = sorted(peaks[subject])[STARTS // 2]
        facts = {"memory MB": memory} if memory else {}
        yield Row(QUESTION, subject, Distribution.of_seconds(times[subject]), facts)
    yield Row(HELP, OURS, Distribution.of_seconds(helped[1:]))


def _started(command: list[str]) -> tuple[float, float]:
    """Seconds until the answer, and the resident memory then in MB (0 if the system does not report it)."""
    environ = processes.environment()
    began = time.perf_counter()
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environ
    ) as process:
        try:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(json.dumps(HELLO).encode() + b"\n")
            process.stdin.flush()
            answer: dict[str, Any] = json.loads(process.stdout.readline())
            took = time.perf_counter() - began
            assert "result" in answer, answer
            return took, _resident(process.pid)
        finally:
            process.kill()


def _resident(pid: int) -> float:
    try:
        with open(f"/proc/{pid}/statm") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
    except OSError:
        return 0.0


def _helped() -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, "-m", "mcp_server.cli", "--help"], check=True, capture_output=True)
    return time.perf_counter() - began
