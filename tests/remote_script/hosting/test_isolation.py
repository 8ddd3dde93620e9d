"""Scripts side by side have separate modules; a restarted script is read again, and leftovers are reported."""

from __future__ import annotations

import os
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from remote_script.headless import HeadlessLive

Load = Callable[..., Any]


def lay(folder: Path, **files: str) -> str:
    """Write a package with these modules."""
    folder.mkdir(parents=True)
    for name, text in {"__init__": "", **files}.items():
        (folder / f"{name}.py").write_text(textwrap.dedent(text))
    return str(folder)


SAME = """
    from .parts import NAME
    import _Framework.ControlSurface
    class Script:
        def __init__(self, c_instance):
            self.c = c_instance
            self.names = [NAME]
        def update_display(self):
            # Imported long after the scripts were loaded.
            from .late import NAME
            import {package}.later as later
            from . import deep
            self.names += [NAME, later.NAME, deep.NAME, deep.again()]
            self.update_display = lambda: None
    def create_instance(c_instance):
        return Script(c_instance)
"""
DEEP = """
    from .parts import NAME
    def again():
        from .last import NAME
        return NAME
"""


def test_two_scripts_of_the_same_name_import_their_own_modules_at_any_time(
    live: HeadlessLive, tmp_path: Path
) -> None:
    scripts = []
    for who in ("first", "second"):
        own = {each: f"NAME = {who + ' ' + each!r}\n" for each in ("parts", "late", "later", "last")}
        folder = lay(tmp_path / who / "Same", __init__=SAME.format(package="Same"), deep=DEEP, **own)
        scripts.append(live.load_script(folder))
    live.run_for(0.3)
    for who, script in zip(("first", "second"), scripts, strict=True):
        assert script.log == []
        assert script.instance.names == [
            f"{who} {each}" for each in ("parts", "late", "later", "parts", "last")
        ]
    scripts[0].reload()
    live.run_for(0.3)
    assert scripts[0].instance.names[:2] == ["first parts", "first late"]
    assert scripts[1].instance.names[0] == "second parts"


VENDORED = """
    import os, sys
    sys.path.insert(0, os.path.join(os.path.dirname(__file__), "vendor"))
    import library
    class Script:
        version = library.VERSION
        def update_display(self):
            import library_extra
            self.extra = library_extra.VERSION
    def create_instance(c_instance):
        return Script()
"""


def test_each_script_has_its_own_copy_of_a_shared_library(live: HeadlessLive, tmp_path: Path) -> None:
    scripts = []
    for number in (1, 2):
        folder = tmp_path / f"Vendor{number}"
        lay(folder, __init__=VENDORED)
        for name in ("library", "library_extra"):
            path = folder / "vendor" / f"{name}.py"
            path.parent.mkdir(exist_ok=True)
            path.write_text(f"VERSION = {number}\n")
        scripts.append(live.load_script(str(folder)))
    live.run_for(0.3)
    assert [(each.instance.version, each.instance.extra) for each in scripts] == [(1, 1), (2, 2)]
    for each in scripts:
        each.disconnect()
        each.forget()
    assert not [path for path in sys.path if str(tmp_path) in path]
    assert not [name for name in sys.modules if name.startswith(("Vendor", "library"))]


def test_a_script_may_have_the_name_of_an_installed_package(live: HeadlessLive, tmp_path: Path) -> None:
    import email

    folder = lay(
        tmp_path / "email", __init__="NAME = 'script'\ndef create_instance(c):\n    return object()\n"
    )
    script = live.load_script(folder)
    assert script.module.NAME == "script"
    script.disconnect()
    script.forget()
    assert sys.modules["email"] is email


def test_reload_picks_up_a_change_of_the_same_size_in_the_same_second(
    live: HeadlessLive, tmp_path: Path
) -> None:
    text = "from . import parts\ndef create_instance(c):\n    return type('Script', (), {'value': parts.VALUE})()\n"
    folder = Path(lay(tmp_path / "Quick", __init__=text, parts="VALUE = 1\n"))
    script = live.load_script(str(folder))
    stamp = (folder / "parts.py").stat().st_mtime_ns
    (folder / "parts.py").write_text("VALUE = 2\n")
    os.utime(folder / "parts.py", ns=(stamp, stamp))
    script.reload()
    assert script.instance.value == 2
    assert not list(folder.rglob("*.pyc"))


def test_after_a_failed_reload_the_script_stays_off_until_it_is_fixed(
    live: HeadlessLive, tmp_path: Path
) -> None:
    good = "def create_instance(c):\n    return object()\n"
    folder = Path(lay(tmp_path / "Mended", __init__=good))
    script = live.load_script(str(folder))
    (folder / "__init__.py").write_text("def create_instance(c):\n    return 1 +\n")
    script.reload()
    assert script.instance is None
    assert any("SyntaxError" in line for line in script.log)
    (folder / "__init__.py").write_text(good)
    script.reload()
    assert script.instance is not None


TIDY = """
    import socket, threading
    import Live
    from _Framework.ControlSurface import ControlSurface
    from _Framework.TransportComponent import TransportComponent
    from _Framework.SubjectSlot import subject_slot

    class Script(ControlSurface):
        def __init__(self, c_instance):
            super().__init__(c_instance)
            with self.component_guard():
                self.transport = TransportComponent()
            self._on_tempo.subject = self.song()
            self.song().add_metronome_listener(self.heard)
            self.server = socket.socket()
            self.server.bind(("127.0.0.1", 0))
            self.server.listen(1)
            self.timer = Live.Base.Timer(self.heard, 50, True, True)
            self.ending = threading.Event()
            self.thread = threading.Thread(target=self.wait, name="waiter", daemon=True)
            self.thread.start()

        @subject_slot("tempo")
        def _on_tempo(self):
            pass

        def heard(self):
            pass

        def wait(self):
            self.ending.wait()

        def tidy(self):
            self.song().remove_metronome_listener(self.heard)
            self.server.close()
            self.timer.stop()
            self.ending.set()
            self.thread.join()

        def disconnect(self):
            {ending}

    def create_instance(c_instance):
        return Script(c_instance)
"""


def test_after_a_reload_objects_of_a_tidy_script_are_freed(live: HeadlessLive, load: Load) -> None:
    hosted = load(TIDY.format(ending="self.tidy(); super().disconnect()"))
    before, timers = live.listener_count(), len(live.timer_class.all_running)
    hosted.reload()
    assert hosted.left == []
    assert (live.listener_count(), len(live.timer_class.all_running)) == (before, timers)
    hosted.disconnect()
    assert hosted.left == []


def test_leftovers_of_an_untidy_script_are_reported(live: HeadlessLive, load: Load) -> None:
    hosted = load(TIDY.format(ending="self.keep = True"))
    script = hosted.instance
    port = script.server.getsockname()[1]
    hosted.reload()
    left = sorted(hosted.left)
    assert "a listener for Song.metronome" in left
    assert "a listener for Song.tempo" in left
    # Listeners of the frameworks' components also count as the script's.
    assert "a listener for Song.is_playing" in left
    assert "a running timer of 50.3 ms" in left
    assert f"an open socket on 127.0.0.1:{port}" in left
    assert "a running thread 'waiter'" in left
    assert f"LeftBehind: (Made) an open socket on 127.0.0.1:{port}" in live.log_lines
    for each in (script, hosted.instance):
        each.tidy()
    hosted.disconnect()
    assert not [each for each in hosted.left if "socket" in each or "timer" in each or "thread" in each]


def test_leftovers_of_a_script_are_not_attributed_to_another(live: HeadlessLive, load: Load) -> None:
    untidy = load(TIDY.format(ending="self.keep = True"), name="Untidy")
    tidy = load(TIDY.format(ending="self.tidy(); super().disconnect()"), name="Tidy")
    tidy.reload()
    assert tidy.left == []
    script = untidy.instance
    untidy.disconnect()
    assert len(untidy.left) > 4
    script.tidy()


@pytest.mark.parametrize("name", ["One", "Two"])
def test_a_script_can_import_its_neighbours(live: HeadlessLive, tmp_path: Path, name: str) -> None:
    lay(tmp_path / f"Shared{name}", helper="VALUE = 3\n")
    folder = lay(
        tmp_path / f"User{name}",
        __init__=f"from Shared{name}.helper import VALUE\ndef create_instance(c):\n"
        "    return type('Script', (), {'value': VALUE})()\n",
    )
    assert live.load_script(folder).instance.value == 3
