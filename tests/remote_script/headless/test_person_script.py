"""A person's actions from a file: their times, stalls, expectations, and errors that name the line."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from mcp_server.commands.processes import environment
from remote_script.headless import HeadlessLive, demo_set
from remote_script.headless.person_script import PersonScript, PersonScriptError, read

from .world import script_module, small_set

CONTROLLER = """
from _Framework.ControlSurface import ControlSurface
from _Framework.ButtonElement import ButtonElement
from _Framework.TransportComponent import TransportComponent
class Small(ControlSurface):
    def __init__(self, c_instance):
        ControlSurface.__init__(self, c_instance)
        with self.component_guard():
            TransportComponent().set_play_button(ButtonElement(True, 0, 0, 60))
def create_instance(c_instance):
    return Small(c_instance)
"""


def played(text: str, seconds: float = 20.0) -> tuple[PersonScript, list[Any], HeadlessLive]:
    live = HeadlessLive(demo_set())
    script = PersonScript(live, lambda file: small_set(), read(text, "play.jsonl"), "play.jsonl")
    heard: list[Any] = []
    began = live.clock.now()
    script.begin(lambda answer: heard.append((round(live.clock.now() - began, 3), answer)))
    live.run_for(seconds)
    live.close()
    return script, heard, live


def test_actions_are_executed_at_their_times() -> None:
    script, heard, _ = played(
        """
        # two edits, then a look
        {"at": 0.5, "do": "set", "ref": "song", "name": "tempo", "value": 90}
        {"wait": 1, "do": "call", "ref": "song", "method": "create_midi_track", "args": [-1]}

        {"do": "get", "ref": "song", "name": "tempo", "is": 90}
        {"at": 4, "do": "call", "ref": "song", "method": "undo"}
        """
    )
    assert [(when, each["line"]) for when, each in heard] == [(0.5, 3), (1.5, 4), (1.5, 6), (4.0, 7)]
    assert script.done
    assert script.failed is None


def test_while_a_menu_is_open_actions_wait_and_scripts_do_not_tick() -> None:
    live = HeadlessLive(demo_set())
    ticks: list[float] = []

    class Ticking:
        def update_display(self) -> None:
            ticks.append(round(live.clock.now() - began, 2))

    live.load_script(script_module(Ticking()))
    began = live.clock.now()
    lines = read(
        '{"at": 1, "do": "menu", "seconds": 2}\n{"do": "set", "ref": "song", "name": "tempo", "value": 91}'
    )
    script = PersonScript(live, None, lines)
    heard: list[float] = []
    script.begin(lambda answer: heard.append(round(live.clock.now() - began, 2)))
    live.run_for(5)
    assert heard == [1.0, 3.0]
    assert not [tick for tick in ticks if 1.05 < tick < 3.0]
    live.close()


def test_a_slow_load_delays_the_start_of_scripts() -> None:
    live = HeadlessLive(demo_set())
    made: list[float] = []
    live.load_script(
        type(
            "Module",
            (),
            {"create_instance": staticmethod(lambda c: made.append(live.clock.now()) or object())},
        )
    )
    began = live.clock.now()
    script = PersonScript(
        live, lambda file: small_set(), read('{"do": "open_set", "file": "S.als", "seconds": 8}')
    )
    script.begin()
    live.run_for(7.9)
    assert len(made) == 1
    live.run_for(0.2)
    assert [round(each - began, 1) for each in made[1:]] == [8.0]
    assert live.song.name == "Small"
    live.close()


def test_a_dialog_is_open_until_it_is_answered() -> None:
    script, heard, _ = played(
        """
        {"do": "dialog", "message": "Save changes?", "buttons": 2}
        {"do": "get", "ref": "application", "name": "current_dialog_message", "is": "Save changes?"}
        {"wait": 1, "do": "press", "button": 1}
        {"do": "get", "ref": "application", "name": "open_dialog_count", "is": 0}
        """
    )
    assert [each["ok"] for _, each in heard] == [True] * 4, script.failed


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "play.jsonl, line 2: Expecting property name"),
        ("[]", "line 2: an action is a JSON object, got list"),
        ('{"do": "dance"}', "line 2: do must be one of set, call, get"),
        ('{"do": "set", "ref": "song"}', "line 2: set needs name, value"),
        ('{"do": "stall", "seconds": -1}', "line 2: seconds must be a number from 0 to a million, got -1"),
        ('{"do": "stall", "seconds": 1, "for": 2}', "line 2: stall does not know for"),
        (
            '{"at": 0.5, "do": "quit"}',
            "line 2: at must not be before the line above it, which is at 1, got 0.5",
        ),
        ('{"at": 1, "wait": 1, "do": "quit"}', "line 2: a line has at or wait, not both"),
        (
            '{"at": "soon", "do": "quit"}',
            "line 2: at and wait must be numbers from 0 to a million, got 'soon'",
        ),
    ],
)
def test_an_invalid_line_is_named_before_any_action(line: str, said: str) -> None:
    with pytest.raises(PersonScriptError) as problem:
        read('{"at": 1, "do": "menu", "seconds": 0}\n' + line, "play.jsonl")
    assert said in str(problem.value)


def test_a_refusal_by_live_ends_the_script_with_its_line() -> None:
    script, heard, _ = played(
        '{"do": "set", "ref": "song", "name": "tempo", "value": 1, "fails": true}\n'
        '{"do": "set", "ref": "tracks/99", "name": "name", "value": "x"}\n'
        '{"do": "quit"}\n'
    )
    assert [each["ok"] for _, each in heard] == [True, False]
    assert str(script.failed) == "play.jsonl, line 2: LookupError: there is no '99' in 'tracks/99'"
    script, _, _ = played('{"do": "get", "ref": "song", "name": "tempo", "is": 82, "fails": true}')
    assert "line 1: the line has fails: true, but Live accepted it" in str(script.failed)


@pytest.mark.parametrize(
    ("last", "status"),
    [('{"do": "get", "ref": "song", "name": "is_playing", "is": true}', 0),
     ('{"do": "get", "ref": "song", "name": "is_playing", "is": false}', 1)],
)  # fmt: skip
def test_the_command_plays_a_file_on_a_controller_script(tmp_path: Path, last: str, status: int) -> None:
    folder = tmp_path / "Small"
    folder.mkdir()
    (folder / "__init__.py").write_text(CONTROLLER)
    play = tmp_path / "play.jsonl"
    play.write_text(
        '{"at": 1, "do": "midi", "script": "Small", "message": [144, 60, 127]}\n'
        + '{"wait": 100, "do": "menu", '
        '"seconds": 3}\n{"do": "reload", "script": "Small"}\n' + last + "\n"
    )
    words = [
        "--no-setmirror",
        "--remote-script",
        str(folder),
        "--person",
        str(play),
        "--virtual-seconds",
        "200",
    ]
    done = subprocess.run(
        [sys.executable, "-m", "remote_script.headless", *words],
        capture_output=True, text=True, timeout=180, env=environment(), check=False,
    )  # fmt: skip
    assert done.returncode == status, done.stderr
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert [each.get("line") for each in told] == [None, 1, 2, 3, 4]
    if status:
        assert told[-1]["error"].endswith("line 4: Refused: song is_playing is True, not False")
        assert told[-1]["error"] in done.stderr
