"""Scripts in their folders: loading, isolation, reloading, Live's calls, and SetMirror as a script."""

from __future__ import annotations

import gc
import logging
import sys
import weakref
from pathlib import Path
from typing import Any

import pytest

from remote_script.headless import HeadlessLive, MemoryListener, demo_set
from remote_script.headless.sets.generate import default_set
from remote_script.SetMirror.script import SetMirror

from .world import script_module, small_set


@pytest.fixture
def live() -> Any:
    live = HeadlessLive(small_set())
    yield live
    live.close()


SCRIPT = """
import Live
from . import parts
from .parts import NAME

created = 0

class Script:
    def __init__(self, c_instance):
        self.c = c_instance
        self.calls = []
        c_instance.log_message(NAME, "sees", len(c_instance.song().tracks), "tracks")
        c_instance.show_message("hello")

    def disconnect(self): self.calls.append("disconnect")
    def build_midi_map(self, handle):
        self.calls.append(("build_midi_map", handle))
        Live.MidiMap.forward_midi_note(self.c.handle(), handle, 0, 60)
    def receive_midi(self, message): self.calls.append(message)
    def connect_script_instances(self, instances): self.calls.append(len(instances))

def create_instance(c_instance):
    global created
    created += 1
    assert Live.Application.get_application().get_document() == c_instance.song()
    return Script(c_instance)
"""


def folder(at: Path, name: str, parts: str = "", script: str = SCRIPT) -> str:
    place = at / name
    place.mkdir(parents=True)
    (place / "__init__.py").write_text(script)
    (place / "parts.py").write_text(parts or f"NAME = {name!r}\n")
    return str(place)


def test_a_script_is_loaded_from_its_folder_as_a_package(live: Any, tmp_path: Path) -> None:
    script = live.load_script(folder(tmp_path, "Alpha"))
    assert script.instance.__module__ == "Alpha"
    assert script.log == ["Alpha sees 3 tracks"]
    assert script.messages == ["hello"]
    assert script.instance.calls == [("build_midi_map", script.handle), 1]
    script.receive_midi([0x90, 60, 100])
    script.receive_midi([0x90, 61, 100])
    assert script.instance.calls[-1] == (0x90, 60, 100)
    assert str(tmp_path) not in sys.path


def test_opening_a_set_reuses_the_loaded_module_and_reload_imports_it_again(
    live: Any, tmp_path: Path
) -> None:
    path = folder(tmp_path, "Beta")
    script = live.load_script(path)
    live.open_set(small_set())
    live.run_for(3.1)
    assert script.module.created == 2
    Path(path, "parts.py").write_text("NAME = 'Beta two'  # read anew\n")
    script.reload()
    assert script.module.created == 1
    assert script.log[-1] == "Beta two sees 3 tracks"


def test_scripts_of_the_same_name_do_not_see_each_others_modules(live: Any, tmp_path: Path) -> None:
    one = live.load_script(folder(tmp_path / "one", "Gamma", "NAME = 'first'\n"))
    two = live.load_script(folder(tmp_path / "two", "Gamma", "NAME = 'second'\n"))
    assert one.log == ["first sees 3 tracks"]
    assert two.log == ["second sees 3 tracks"]
    assert one.module is not two.module
    assert one.module.parts.NAME == "first"


def test_a_script_that_cannot_be_imported_is_logged(live: Any, tmp_path: Path) -> None:
    script = live.load_script(folder(tmp_path, "Broken", script="import no_such_module\n"))
    assert script.instance is None
    assert any("no_such_module" in line for line in script.log)
    live.run_for(0.3)


def test_a_folder_without_a_package_is_refused(live: Any, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"folder with __init__\.py"):
        live.load_script(str(tmp_path))


def test_views_cannot_be_shown_while_a_script_is_created(live: Any, tmp_path: Path) -> None:
    text = "def create_instance(c):\n    import Live\n"
    text += "    Live.Application.get_application().view.show_view('Arranger')\n"
    script = live.load_script(folder(tmp_path, "Eager", script=text))
    assert script.instance is None
    assert any("RuntimeError" in line for line in script.log)


def test_the_log_has_the_format_of_lives_log(tmp_path: Path) -> None:
    live = HeadlessLive(small_set(), log_file=str(tmp_path / "Log.txt"))
    live.load_script(folder(tmp_path, "Delta"))
    live.close()
    assert "info: RemoteScriptMessage: (Delta) Delta sees 3 tracks" in (tmp_path / "Log.txt").read_text()


def test_setmirror_runs_like_any_other_script(live: Any, monkeypatch: Any, tmp_path: Path) -> None:
    import types

    monkeypatch.setenv("SETMIRROR_HOME", str(tmp_path))
    listener = MemoryListener()
    guest = types.SimpleNamespace(
        __name__="SetMirror",
        create_instance=lambda c: SetMirror(c, listener=listener, clock=live.clock.now),
    )
    script = live.load_script(guest)
    live.run_for(1.0)
    assert script.instance.status()["ready"]
    assert live.listener_count() > 100
    client = listener.connect()
    client.send(b"GET / HTTP/1.1\r\n\r\n")
    live.run_for(0.1)
    answer = b""
    while True:
        part = client.receive()
        if not part:
            break
        answer += part
    assert part == b"", "the script closes on a stranger"
    script.disconnect()
    assert live.listener_count() == 0


def test_in_memory_connections_have_a_limit_and_close() -> None:
    listener = MemoryListener(window=4)
    woken: list[int] = []
    client = listener.connect(lambda: woken.append(1))
    connection = listener.accept()
    assert connection is not None
    assert listener.accept() is None
    assert connection.receive() is None
    client.send(b"hello")
    assert connection.receive() == b"hello"
    assert connection.send(memoryview(b"abcdef")) == 4
    assert connection.send(b"ef") == 0
    assert woken == [1]
    assert client.receive() == b"abcd"
    assert connection.send(b"ef") == 2
    connection.close()
    assert (client.receive(), client.receive()) == (b"ef", b"")
    with pytest.raises(BrokenPipeError):
        client.send(b"x")
    assert connection.send(b"x") == -1
    listener.close()
    with pytest.raises(ConnectionRefusedError):
        listener.connect()


def test_a_persons_actions_are_read_as_lines() -> None:
    import json

    from remote_script.headless.person import Actions

    live = HeadlessLive(demo_set())
    actions = Actions(live, lambda file: small_set())

    def action(**words: Any) -> dict[str, Any]:
        answer = actions.answer(json.dumps({"id": 7, **words}))
        assert answer is not None
        assert answer["id"] == 7
        return answer

    assert action(do="set", ref="tracks/0", name="name", value="Beats")["ok"]
    assert live.song.tracks[0].name == "Beats"
    made = action(do="call", ref="song", method="create_midi_track", args=[-1])
    assert made["result"]["type"] == "Track"
    note = {"pitch": 60, "start_time": 0.0, "duration": 1.0}
    action(do="call", ref="tracks/6/clip_slots/0", method="create_clip", args=[4.0])
    assert action(do="call", ref="tracks/6/clip_slots/0/clip", method="add_new_notes", args=[[note]])[
        "result"
    ] == [1]
    assert action(do="set", ref="view", name="selected_track", value={"ref": "tracks/1"})["ok"]
    assert action(do="get", ref="view/selected_track", name="name")["result"] == "Keys"
    assert len(live.history) == 4
    assert "LookupError" in action(do="set", ref="tracks/99", name="name", value="x")["error"]
    assert "Tempo out of range" in action(do="set", ref="song", name="tempo", value=1.0)["error"]
    assert not action(do="dance")["ok"]
    for line, refusal in (("not json", "JSONDecodeError"), ("[]", "an action is a JSON object, got list")):
        answer = actions.answer(line)
        assert answer is not None
        assert not answer["ok"]
        assert refusal in answer["error"]
    assert action(do="open_set", file="Other.als")["ok"]
    assert live.song.name == "Small"
    live.close()


@pytest.mark.parametrize(("version", "name"), [("11.3", "Master"), ("12.0", "Main"), ("12.4", "Main")])
def test_the_last_track_has_the_name_that_its_live_gives_it(version: str, name: str) -> None:
    live = HeadlessLive(default_set(), version=version)
    live.run_for(0.1)
    assert live.song.master_track.name == name
    audio = next(track for track in live.song.tracks if track.has_audio_input)
    assert audio.output_routing_type.display_name == name
    live.close()


def test_a_message_is_forwarded_once_after_another_set_was_opened(live: HeadlessLive) -> None:
    class Forwarding:
        def __init__(self) -> None:
            self.got: list[Any] = []

        def build_midi_map(self, handle: int) -> None:
            live.modules["Live.MidiMap"].forward_midi_note(handle, handle, 0, 36)

        def receive_midi(self, message: Any) -> None:
            self.got.append(message)

    script = live.load_script(script_module(Forwarding()))
    live.open_set(seconds=0.5)
    live.run_for(1.0)
    script.receive_midi((0x90, 36, 127))
    assert script.instance.got == [(0x90, 36, 127)]


def test_an_unclosed_live_ends_with_its_last_reference() -> None:
    before = set(logging.getLogger().handlers)
    live = weakref.ref(HeadlessLive(small_set()))
    # `import Live` finds the modules of the newest Live, which refer to it.
    HeadlessLive(small_set()).close()
    gc.collect()
    assert live() is None
    # Lives that other tests left open may also be gone.
    assert set(logging.getLogger().handlers) <= before
