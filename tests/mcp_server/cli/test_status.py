"""`setmirror status` shows everything that the script reports."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from mcp_server.commands import options
from mcp_server.commands.status import lines_of
from tests.lean import demo_set
from tests.remote_script.script.stage import Stage


@pytest.fixture(scope="module")
def status() -> Iterator[dict[str, Any]]:
    stage = Stage(demo_set())
    stage.follower()
    yield stage.script.status()
    stage.live.close()


def test_each_part_of_the_status_has_a_line(status: dict[str, Any]) -> None:
    text = "\n".join(lines_of(status))
    for key, value in status.items():
        if key == "ready":
            shown = ["mirrored"]
        elif key == "progress":
            shown = []  # Shown until the Set is read.
        elif key in ("live", "script"):
            shown = [str(value["version"])]
        elif key == "set":
            shown = [str(value["name"])]
        elif key == "clients":
            shown = [options.text_of(client) for client in value]
        elif key in ("timings", "distances"):
            shown = [options.text_of(timing) for timing in value.values()]
        elif key in ("epoch", "revision"):
            shown = [f"{key} {value}"]
        else:
            shown = [f"{key:<12} {options.text_of(value)}"]
        assert all(part in text for part in shown), key


def test_the_reason_why_waiting_is_disabled_is_shown(status: dict[str, Any]) -> None:
    reason = "a wait of 2.00 ms took 15.60 ms"
    lines = lines_of({**status, "awake": {**status["awake"], "off": reason}})
    assert [line for line in lines if line.startswith("awake") and reason in line]
