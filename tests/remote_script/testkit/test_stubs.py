"""The stubs for `import Live` name every member of a Live, and a type checker reads them."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from mcp_server.commands.stubs import command
from remote_script.headless.api import facts
from remote_script.testkit import stubs

SCRIPT = """
import Live

def show(song: Live.Song.Song, clip: Live.Clip.Clip) -> float:
    track = song.tracks[0]
    song.clip_trigger_quantization = Live.Song.Quantization.q_bar
    song.add_tempo_listener(lambda: None)
    clip.add_new_notes((Live.Clip.MidiNoteSpecification(pitch=60, start_time=0.0, duration=1.0),))
    held = track.clip_slots[0].clip
    if held is not None:
        held.fire()
    return track.mixer_device.volume.value

def wrong(song: Live.Song.Song) -> None:
    song.tempo = "fast"
    song.tempoo
    song.tracks[0].clip_slots[0].clip.fire()
"""


def names_of(text: str) -> set[str]:
    """`Class.member` of everything that a stub defines."""
    found = set()

    def walk(body: list[ast.stmt], above: str) -> None:
        for each in body:
            if isinstance(each, ast.ClassDef):
                found.add(above + each.name)
                walk(each.body, above + each.name + ".")
            elif isinstance(each, ast.FunctionDef):
                found.add(above + each.name)
            elif isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name):
                found.add(above + each.target.id)

    walk(ast.parse(text).body, "")
    return found


@pytest.mark.parametrize("version", ["11.0", "12.0", "12.4"])
def test_the_stubs_name_every_class_member_enum_and_function_of_a_live(version: str) -> None:
    known = facts.facts_for(version)
    texts = {name: names_of(text) for name, text in stubs.Stubs(version).texts().items()}
    missing = []
    for about in known.classes.values():
        module, _, path = about.path.removeprefix("Live.").partition(".")
        inherited = {
            name for base in about.bases if base in known.classes for name in known.classes[base].properties
        }
        members = {*about.properties, *about.methods} - inherited
        if about.path.endswith("Vector"):
            members = set()
        missing += [f"{about.path}.{each}" for each in members if f"{path}.{each}" not in texts[module]]
        missing += [about.path] if path not in texts[module] else []
    for name in known.enums:
        module, _, path = name.partition(".")
        missing += [] if path in texts[module] else [name]
    for name in known.functions:
        module, _, path = name.partition(".")
        missing += [] if path in texts[module] else [name]
    assert missing == []


def test_a_type_checker_reports_mistakes_in_a_script_and_none_in_the_stubs(tmp_path: Path) -> None:
    done = CliRunner().invoke(command, [str(tmp_path / "typings")])
    assert done.exit_code == 0, done.output
    (tmp_path / "script.py").write_text(SCRIPT)
    checked = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--no-incremental", "script.py", "typings/Live"],
        cwd=tmp_path,
        env={"MYPYPATH": "typings", "PATH": ""},
        capture_output=True,
        text=True,
        timeout=300,
    )
    errors = [line.partition(": error: ")[2] for line in checked.stdout.splitlines() if ": error: " in line]
    assert errors == [
        'Incompatible types in assignment (expression has type "str", variable has type "float")  [assignment]',
        '"Song" has no attribute "tempoo"; maybe "tempo"?  [attr-defined]',
        'Item "None" of "Clip | None" has no attribute "fire"  [union-attr]',
    ], checked.stdout + checked.stderr


def test_stubs_of_no_live_are_refused(tmp_path: Path) -> None:
    done = CliRunner().invoke(command, [str(tmp_path), "--live-version", "9.7"])
    assert done.exit_code == 2
    assert "the oldest is 11.0" in done.output
