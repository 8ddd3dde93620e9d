"""The script also runs on the Python of Live 11 to 12.0."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from mcp_server.commands.processes import old_python

ROOT = Path(__file__).resolve().parents[3]

PROGRAM = """
import sys
assert sys.version_info[:2] == (3, 7), sys.version
import os, tempfile
os.environ["SETMIRROR_HOME"] = tempfile.mkdtemp()
sys.path.insert(0, "remote_script")
import SetMirror
from SetMirror import wire
from SetMirror.contract import errors, schema
from SetMirror.batches import Batcher

class Nothing:
    def __getattr__(self, name):
        if name == "_live_ptr":
            return 1
        raise RuntimeError(name)

class Instance:
    def song(self):
        return Nothing()
    def log_message(self, text):
        print(text)

os.environ["SETMIRROR_PORT"] = "0"
script = SetMirror.create_instance(Instance())
for _ in range(50):
    script.pump()
assert script.status()["ready"], script.status()
assert script.server.listener.port > 0
script.disconnect()
for text in ("[" * 100000, "9" * 5000, "NaN"):
    try:
        wire.decode(text.encode())
    except errors.BridgeError as problem:
        assert problem.name == "PARSE_ERROR"
    else:
        raise AssertionError(text[:10])
print("fine")
"""


IN_LIVE = """
import sys, types
assert sys.version_info[:2] == (3, 7), sys.version
import os, tempfile
os.environ["SETMIRROR_HOME"] = tempfile.mkdtemp()
from remote_script.headless import HeadlessLive, MemoryListener
from tests.lean import demo_set
from remote_script.SetMirror.script import SetMirror

live = HeadlessLive(demo_set(), version="11.3")
module = types.SimpleNamespace(
    create_instance=lambda c: SetMirror(c, listener=MemoryListener(), clock=live.clock.now)
)
hosted = live.load_script(module, "SetMirror")
script = hosted.instance
live.run_for(5)
status = script.status()
assert status["ready"], (status, hosted.log)
live.person.do(lambda song: setattr(song, "tempo", 99.0))
live.person.do(lambda song: song.create_midi_track(-1))
live.run_for(1)
assert script.batcher.shadow.root.value("tempo") == 99.0
assert script.status()["counters"]["failures"] == 0, hosted.log
assert live.listener_count() == script.batcher.observers.attached
hosted.disconnect()
assert live.listener_count() == 0
print("fine")
"""


@pytest.mark.parametrize("program", [PROGRAM, IN_LIVE], ids=["alone", "in headless Live"])
def test_the_script_runs_under_python_3_7(program: str) -> None:
    interpreter = old_python()
    if interpreter is None:
        pytest.skip("no Python 3.7 on this machine; install one with pyenv to run this")
    done = subprocess.run([interpreter, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=180)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "fine"


def test_the_script_imports_the_standard_library_only() -> None:
    import ast
    import sys

    allowed = set(sys.stdlib_module_names) | {"Live"}
    for path in (ROOT / "remote_script" / "SetMirror").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                names = [node.module or ""]
            else:
                continue
            assert {name.split(".")[0] for name in names} <= allowed, (path, names)
