"""The pytest plugin in real use: a separate project, with pytest in a separate process."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

import pytest

from mcp_server.guide import pages
from tests.remote_script.testkit.scripts import BROKEN, CAUGHT, GOOD, write

pytest_plugins = ["pytester"]
PLUGIN = ("-p", "remote_script.testkit.plugin", "-p", "no:cacheprovider")
WHOLE_TEST = """
    def test_the_button_lights_up(live, load_script, person, controller):
        load_script("Script")
        assert controller.note_light(36) == 0
        controller.tap(36)
        assert live.song.metronome
        assert controller.lit == {("note", 36, 0): 127}
        controller.clear()
        person.set("song", "metronome", False)
        live.run_for(0.1)
        assert controller.received == [(0x90, 36, 0)]
        controller.turn(7, 127)
        assert person.get("tracks/0/mixer_device/volume", "value") == 1.0
        person.open_set()
        person.open_menu(2)
        live.run_for(3)
        assert [track.name for track in live.song.tracks][0] == "1-MIDI"
"""


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    # Works with and without the entry point in this environment.
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).resolve().parents[3]))
    return pytester


def run(project: pytest.Pytester, *words: str) -> pytest.RunResult:
    return project.runpytest_subprocess(*PLUGIN, *words)


DEFAULT = """
    def test_it(live, load_script):
        load_script("Script")
        live.run_for(1)
"""


def make(project: pytest.Pytester, script: str, test: str = DEFAULT) -> None:
    write(project.path / "Script", script)
    project.makepyfile(textwrap.dedent(test))


def test_a_good_script_is_tested_with_its_controller_and_a_person(project: pytest.Pytester) -> None:
    make(project, GOOD, WHOLE_TEST)
    run(project, "-W", "error").assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("check", "kind"),
    [("ticks", "crash"), ("controller", "crash"), ("off-thread", "off-thread"), ("leaks", "left-behind")],
)
def test_a_test_fails_for_faults_of_its_script_and_can_allow_them(
    project: pytest.Pytester, check: str, kind: str
) -> None:
    test = """
        import pytest
        {mark}
        def test_it(live, load_script, controller):
            load_script("Script")
            live.run_for(1)
            controller.tap(36)
    """
    make(project, BROKEN[check], test.format(mark=""))
    result = run(project)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([f"{kind}: *"])
    project.makepyfile(textwrap.dedent(test.format(mark=f"@pytest.mark.allow_faults('{kind}')")))
    run(project).assert_outcomes(passed=1)


def test_an_exception_that_the_script_logged_fails_the_test_and_log_txt_is_shown(
    project: pytest.Pytester,
) -> None:
    make(project, CAUGHT)
    result = run(project)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["logged: *", "*has no attribute 'tempoo'", "*Captured Log.txt of Live call*"]
    )


def test_a_script_that_cannot_be_created_fails_where_it_is_loaded(project: pytest.Pytester) -> None:
    make(project, BROKEN["load"])
    result = run(project)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["the script could not be created:", "*has no attribute 'tempoo'"])


def test_a_script_is_built_from_source_for_a_chosen_version_of_live(project: pytest.Pytester) -> None:
    source = (
        "from .parts import VALUE\ndef create_instance(c):\n    return type('Made', (), {'value': VALUE})()\n"
    )
    project.makepyfile(
        f"""
        import pytest

        @pytest.fixture
        def live_set():
            return None

        @pytest.mark.parametrize("live_version", ["11.0", "12.3"])
        def test_it(live, load_script, live_version):
            script = load_script({source!r}, parts="VALUE = 3")
            assert script.instance.value == 3
            assert live.version == live_version
            assert len(live.song.tracks) == 4
        """
    )
    run(project).assert_outcomes(passed=2)
    assert run(project, "--live-version", "x").parseoutcomes() == {"passed": 2}


def test_a_wrong_option_is_refused_with_valid_ones(project: pytest.Pytester) -> None:
    make(
        project,
        GOOD,
        """
        import pytest

        def test_no_script(load_script):
            load_script("Other")

        @pytest.mark.allow_faults("crashes")
        def test_no_kind(live):
            pass

        def test_no_note(load_script, controller):
            load_script("Script")
            controller.press(128)

        def test_press_without_a_script(controller):
            controller.press(1)
        """,
    )
    result = run(project)
    result.assert_outcomes(failed=4)
    result.stdout.fnmatch_lines(
        [
            "*a Remote Script is a folder with __init__.py, got *Other",
            "*allow_faults takes crash, logged, off-thread, left-behind, got 'crashes'",
            "*note must be a whole number from 0 to 127, got 128",
            "*no script is loaded; call load_script first",
        ]
    )


def test_the_complete_test_in_the_guide_passes(project: pytest.Pytester) -> None:
    page = pages.text_of("script-authors")
    for name, code in re.findall(r"`([\w/]+\.py)`:\n\n((?:(?:    .*)?\n)+)", page):
        path = project.path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(textwrap.dedent(code), encoding="utf-8")
    result = run(project, "-W", "error")
    assert result.parseoutcomes()["passed"] >= 2
    result.assert_outcomes(passed=result.parseoutcomes()["passed"])
