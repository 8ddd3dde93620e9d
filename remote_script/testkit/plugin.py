"""The pytest plugin of the test kit (entry point `setmirror`): a Live, a person and a controller for each test.

    def test_the_pad_lights_up_while_its_clip_plays(live, load_script, person, controller):
        load_script("MyScript")
        controller.press(36)
        live.run_for(2)
        assert controller.note_light(36) == 127

A test that used `live` fails when its script crashed or logged an exception, used the LiveAPI off the main thread, or
left something behind when it was switched off at the end. `@pytest.mark.allow_faults("logged", …)` allows such faults.
"""

from __future__ import annotations

import os
import textwrap
from pathlib import Path
from typing import Any, Dict, Iterator, List, Optional

import pytest

DEFAULT_VERSION = "12.4"
_LIVE: Any = pytest.StashKey()
_LOG_LINES = 40


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("setmirror", "Remote Scripts in headless Live")
    group.addoption(
        "--live-version",
        metavar="V",
        default=DEFAULT_VERSION,
        help="the Live that the fixture `live` is, 11.0 to " + DEFAULT_VERSION + " (default: %(default)s)",
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers",
        "allow_faults(*kinds): do not fail for these faults of a Remote Script: crash, logged, off-thread, left-behind",
    )


@pytest.fixture
def live_version(request: pytest.FixtureRequest) -> str:
    """The version of Live; `@pytest.mark.parametrize("live_version", ["11.3", "12.4"])` runs a test in several."""
    return str(request.config.getoption("--live-version"))


@pytest.fixture
def live_set() -> Any:
    """The Set to open: a SetSpec (here the demo Set), the path of an .als file, or None for Live's default Set."""
    from ..headless import demo_set

    return demo_set()


@pytest.fixture
def live(request: pytest.FixtureRequest, live_version: str, live_set: Any) -> Iterator[Any]:
    """A headless Live in virtual time; `live.run_for(seconds)` lets time pass, `live.song` is the Set."""
    from ..headless import HeadlessLive
    from .actors import set_of

    if isinstance(live_set, (str, os.PathLike)):
        live_set = request.path.parent / live_set
    made = HeadlessLive(set_of(live_set), version=live_version, threads="count")
    request.node.stash[_LIVE] = made
    yield made
    del request.node.stash[_LIVE]
    made.close()


@pytest.fixture
def load_script(request: pytest.FixtureRequest, live: Any, tmp_path: Path) -> Any:
    """`load_script(path)` loads a Remote Script's folder, relative to the test's file; returns a HostedScript.

    `load_script(source, name="Made", parts=source)` makes the folder of source texts first. Fails at once when the
    script cannot be created.
    """

    def load(source: Any, name: Optional[str] = None, **modules: str) -> Any:
        text = str(source)
        if "\n" in text:
            folder = _write(tmp_path / (name or "Script"), text, modules)
        else:
            folder = request.path.parent / text
            if not (folder / "__init__.py").is_file() and folder.name != "__init__.py":
                raise FileNotFoundError(f"a Remote Script is a folder with __init__.py, got {folder}")
        script = live.load_script(str(folder), name)
        if script.instance is None and "crash" not in _allowed(request.node):
            pytest.fail("the script could not be created:\n" + "\n".join(script.log), pytrace=False)
        return script

    return load


def _write(folder: Path, source: str, modules: Dict[str, str]) -> Path:
    folder.mkdir(parents=True)
    for module, text in {"__init__": source, **modules}.items():
        (folder / f"{module}.py").write_text(textwrap.dedent(text), encoding="utf-8")
    return folder


@pytest.fixture
def person(live: Any) -> Any:
    """A person at Live's mouse: edits, undo, menus, another Set. See `testkit.Person`."""
    from .actors import Person

    return Person(live)


@pytest.fixture
def controller(live: Any) -> Any:
    """The script's hardware: sends MIDI to the script, shows its lights. See `testkit.Controller`."""
    from .actors import Controller

    return Controller(live)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Switch the test's scripts off after its own assertions, and fail the test for their faults."""
    yield
    live = item.stash.get(_LIVE, None)
    if live is not None:
        problems = verdict(live, _allowed(item))
        if problems:
            pytest.fail(problems, pytrace=False)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    """Show the end of Live's Log.txt with a failed test."""
    live = item.stash.get(_LIVE, None)
    if live is not None and call.when == "call" and call.excinfo is not None:
        item.add_report_section("call", "Log.txt of Live", "\n".join(live.log_lines[-_LOG_LINES:]))
    return (yield)


def _allowed(item: pytest.Item) -> List[str]:
    return [kind for mark in item.iter_markers("allow_faults") for kind in mark.args]


def verdict(live: Any, allowed: List[str]) -> str:
    """Switch off the scripts that are on; returns the faults that are not allowed, as a text for people ("": none).

    Raises:
      ValueError: a kind in `allowed` is not one of `faults.KINDS`.
    """
    from .faults import KINDS, all_faults

    unknown = [kind for kind in allowed if kind not in KINDS]
    if unknown:
        raise ValueError(f"allow_faults takes {', '.join(KINDS)}, got {unknown[0]!r}")
    for script in live.scripts:
        if script.instance is not None and not live.ended:
            script.disconnect()
    faults = [fault for fault in all_faults(live) if fault.kind not in allowed]
    return "\n".join(
        f"{fault.kind}: {KINDS[fault.kind]}\n{textwrap.indent(fault.text, '  ')}" for fault in faults
    )
