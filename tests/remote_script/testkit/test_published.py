"""The course with scripts in the style of published scripts, and with published scripts themselves."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mcp_server.commands import check as check_command
from remote_script.testkit.course import FAIL
from tests import third_party
from tests.remote_script.hosting.test_isolation import TIDY
from tests.remote_script.hosting.test_patterns import POLLED, SETUP
from tests.remote_script.testkit.scripts import write
from tests.remote_script.testkit.test_course import course

TIDIES = "self.tidy(); super().disconnect()"


@pytest.mark.parametrize(
    ("source", "modules"),
    [(POLLED, {"words": 'GREETING = "hello"'}), (SETUP, {}), (TIDY.format(ending=TIDIES), {})],
    ids=["polled socket", "third generation", "first generation with threads"],
)
def test_a_script_in_the_style_of_published_ones_passes(
    tmp_path: Path, source: str, modules: dict[str, str]
) -> None:
    outcomes = course(write(tmp_path / "Made", source, modules))
    assert {name: each.details for name, each in outcomes.items() if each.verdict == FAIL} == {}


def test_all_leftovers_of_an_untidy_script_are_detected(tmp_path: Path) -> None:
    outcome = course(write(tmp_path / "Made", TIDY.format(ending="self.keep = True")))["leaks"]
    assert outcome.verdict == FAIL
    text = "\n".join(outcome.details)
    for words in (
        "a listener for Song.metronome",
        "a running timer",
        "an open socket",
        "a running thread 'waiter'",
    ):
        assert words in text


@pytest.mark.slow
@pytest.mark.parametrize(
    "fetch",
    [
        third_party.ableton_mcp_alone,
        third_party.livemcp_alone,
        third_party.mcp_server_ableton_live,
        third_party.ableton_js,
    ],
)
def test_a_published_script_passes_in_both_lives(tmp_path: Path, fetch: Callable[[Path], Any]) -> None:
    try:
        folder = fetch(tmp_path)[0]
    except third_party.NotAvailable as reason:
        pytest.skip(str(reason))
    for version in check_command.LIVES:
        report = check_command.run_course(folder, version, None, 120.0)
        assert [each for each in report["checks"] if each["verdict"] == FAIL] == []
