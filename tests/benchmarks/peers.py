"""The same questions asked of `ableton-mcp`, whose Remote Script runs in the same headless Live in the same
run.

Its wheel comes from PyPI when it can be downloaded; nothing of it is kept. Only its Remote Script is asked,
straight over its own socket: its MCP server would add its own time on top, so this flatters it. Headless
Live lets its thread run freely, where Live lets Python threads run only about every 100 ms: that flatters
it, too.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import Any

PACKAGE = "ableton-mcp"
VERSION = "1.4.5"
PORT = 9877
"""Fixed in its source."""
DOWNLOAD_S = 60.0
ANSWER_S = 15.0


class NotAvailable(Exception):
    """The peer cannot be measured here; the text says why."""


def fetch(folder: Path) -> Path:
    """Its Remote Script, unpacked under `folder`.

    Raises:
      NotAvailable: the package index cannot be reached, or the wheel holds something else.
    """
    words = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary", ":all:"]
    try:
        subprocess.run(
            [*words, "--dest", str(folder), f"{PACKAGE}=={VERSION}"],
            check=True,
            capture_output=True,
            timeout=DOWNLOAD_S,
        )
        (wheel,) = folder.glob("*.whl")
    except (subprocess.SubprocessError, ValueError, OSError) as problem:
        raise NotAvailable(f"{PACKAGE} {VERSION} cannot be downloaded ({type(problem).__name__})") from None
    # Its own installer writes the bundled file as the folder's `__init__.py`; so do we.
    member = "MCP_Server/bundled_ableton_remote_script/AbletonMCP_init.py"
    script = folder / "AbletonMCP"
    script.mkdir()
    try:
        with zipfile.ZipFile(wheel) as packed:
            (script / "__init__.py").write_bytes(packed.read(member))
    except KeyError:
        raise NotAvailable(f"{PACKAGE} {VERSION} holds no {member}") from None
    return script


def free(port: int) -> bool:
    """Whether nobody listens on `port`."""
    with socket.socket() as probe:
        probe.settimeout(1.0)
        return probe.connect_ex(("127.0.0.1", port)) != 0


def quiet() -> dict[str, str]:
    """What keeps it from reporting to anybody."""
    return {
        **os.environ,
        "ABLETON_MCP_DISABLE_TELEMETRY": "true",
        "ABLETON_MCP_DISABLE_DATASET": "1",
        "ABLETON_MCP_HOST": "127.0.0.1",
    }


class Peer:
    """A connection to its Remote Script: one bare JSON object each way, no framing."""

    def __init__(self, *, wait_s: float = 10.0) -> None:
        deadline = time.monotonic() + wait_s
        while True:
            try:
                self._socket = socket.create_connection(("127.0.0.1", PORT), timeout=ANSWER_S)
                break
            except OSError as problem:
                if time.monotonic() > deadline:
                    raise NotAvailable(f"its Remote Script does not listen on {PORT}: {problem}") from None
                time.sleep(0.1)

    def ask(self, kind: str, **params: Any) -> Any:
        """One command; NotAvailable with its own words when it refuses."""
        self._socket.sendall(json.dumps({"type": kind, "params": params}).encode())
        received = b""
        while True:
            try:
                part = self._socket.recv(65536)
            except OSError as problem:
                raise NotAvailable(f"{kind}: {problem}") from None
            received += part
            try:
                answer = json.loads(received)
                break
            except ValueError:
                if not part:
                    raise NotAvailable(f"{kind}: it closed the connection") from None
        if answer.get("status") != "success":
            raise NotAvailable(f"{kind}: {answer.get('message')}")
        return answer.get("result")

    def close(self) -> None:
        self._socket.close()
