"""The controller scripts of all generations in a Live with Python 3.7, driven by a file of a person's actions."""

from __future__ import annotations

import json
import subprocess
import textwrap
from pathlib import Path

import pytest

from mcp_server.commands.processes import environment, old_python
from tests.remote_script.hosting import (
    test_first_generation,
    test_second_generation,
    test_third_generation,
)

SCRIPTS = {
    "Grid": test_first_generation.GRID,
    "Modes": test_first_generation.MODES,
    "Pads": test_second_generation.PADS,
    "Knobs": test_third_generation.KNOBS,
}
PLAY = """
{"at": 0.5, "do": "midi", "script": "Grid", "message": [144, 90, 127]}
{"wait": 0.5, "do": "get", "ref": "song", "name": "is_playing", "is": true}
{"do": "midi", "script": "Grid", "message": [144, 91, 127]}
{"do": "midi", "script": "Modes", "message": [144, 0, 127]}
{"wait": 0.5, "do": "get", "ref": "tracks/0", "name": "mute", "is": true}
{"do": "midi", "script": "Pads", "message": [144, 4, 127]}
{"do": "midi", "script": "Pads", "message": [176, 10, 0]}
{"do": "get", "ref": "tracks/1/mixer_device/volume", "name": "value", "is": 0}
{"do": "midi", "script": "Knobs", "message": [176, 13, 0]}
{"do": "get", "ref": "tracks/3/mixer_device/volume", "name": "value", "is": 0}
{"do": "reload", "script": "Knobs"}
{"do": "open_set", "seconds": 5}
{"wait": 6, "do": "midi", "script": "Grid", "message": [144, 90, 127]}
{"wait": 0.5, "do": "get", "ref": "song", "name": "is_playing", "is": true}
"""


def test_controller_scripts_of_all_generations_play_in_live_11(tmp_path: Path) -> None:
    python = old_python()
    if python is None:
        pytest.skip("there is no Python 3.7 here")
    words = ["--no-setmirror", "--live-version", "11.3", "--virtual-seconds", "30"]
    for name, source in SCRIPTS.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text(textwrap.dedent(source))
        words += ["--remote-script", str(tmp_path / name)]
    (tmp_path / "play.jsonl").write_text(PLAY)
    done = subprocess.run(
        [python, "-m", "remote_script.headless", *words, "--person", str(tmp_path / "play.jsonl")],
        capture_output=True,
        text=True,
        timeout=180,
        env=environment(),
        check=False,
    )
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert [each["line"] for each in told if not each.get("ok", True)] == [], done.stderr
    assert done.returncode == 0, done.stderr
    assert "Error" not in done.stderr
    assert "LeftBehind" not in done.stderr
