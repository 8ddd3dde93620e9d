"""The README's numbers come from the benchmarks' own rows, and from nothing else."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from mcp_server.demo.latency import Distribution
from tests.benchmarks import growth, lockstep, shown
from tests.benchmarks.__main__ import SUITES
from tests.benchmarks.measure import Row

MACHINE = {"system": "Linux", "processors": 2, "python": "3.11.7", "mcp": "2.3.0"}


def row(question: str, subject: str, *samples_s: float) -> dict[str, Any]:
    return Row(question, subject, Distribution.of_seconds(samples_s)).to_json()


@pytest.mark.parametrize("suite", shown.CHOSEN)
def test_questions_in_the_readme_are_in_a_suite(suite: str) -> None:
    assert suite in SUITES
    module = import_module(f"tests.benchmarks.{suite}")
    asked = {value for value in vars(module).values() if isinstance(value, str)}
    if suite == "http":
        asked |= {f"{module.ONE}, {era}" for era in (module.LEGACY, module.MODERN)}
    if suite == "lockstep":
        asked |= set(module.ORDER)
    assert set(shown.CHOSEN[suite]) <= asked


def test_numbers_replace_the_text_between_the_marks_and_the_rest_is_kept(tmp_path: Path) -> None:
    readme, drawing = tmp_path / "README.md", tmp_path / "drawn.svg"
    readme.write_text(f"before\n{shown.BEGIN}\nold\n{shown.END}\nafter\n", "utf-8")
    question = "read one track"
    rows = [row(question, "SetMirror, <stdio>", 0.001, 0.002, 0.009), row(question, "another", 1.5)]
    rows.append(row("something else", "SetMirror", 1.0))
    shown.write({"machine": MACHINE, "suites": {"paths": rows}}, readme, drawing)
    text = readme.read_text("utf-8")
    assert text.startswith(f"before\n{shown.BEGIN}\n")
    assert text.endswith(f"{shown.END}\nafter\n")
    assert (
        "| SetMirror, <stdio> | 2.00 ms | 9.00 ms | 9.00 ms |\n| another | 1.50 s | 1.50 s | 1.50 s |" in text
    )
    assert "old" not in text
    assert "something else" not in text
    texts = [each.text for each in ElementTree.parse(drawing).getroot().iter() if each.text]
    assert {"read one track", "SetMirror, <stdio>", "another"} <= set(texts)


def _lockstep(what: str, version: str, share: float, client: str, *samples_s: float) -> dict[str, Any]:
    question = what + (lockstep.OVER_MCP if client else "") + lockstep.OLDER[version]
    distribution = Distribution.of_seconds(samples_s)
    facts = {lockstep.SINGLY: sum(samples_s) * 1000}
    return Row(question, lockstep.subject_of(version, share, client), distribution, facts).to_json()


def test_the_curve_of_shares_has_each_kind_of_write_live_and_client() -> None:
    rows = [
        _lockstep(what, version, share, client, 0.0012 + share, 0.0012 + share, 1.2)
        for what in (lockstep.TEMPO, lockstep.PARAMETER)
        for version in lockstep.VERSIONS
        for share in lockstep.SHARES
        if share or version == lockstep.VERSIONS[0]
        for client in ("", lockstep.SDK, lockstep.PIPE)
    ]
    text = shown.block({"machine": MACHINE, "suites": {"lockstep": rows}})
    lines = [line for line in text.splitlines() if line.startswith(("| tempo", "| a parameter"))]
    assert len(lines) == 2 * len(lockstep.VERSIONS) * 3
    assert {line.count("|") for line in lines} == {len(lockstep.SHARES) + 2}
    assert lines[0] == (
        "| tempo, Live 12.4, library | 1.2 / 1200.0 / 1,202 | 201.2 / 1200.0 / 1,602 | 401.2 / 1200.0 / 2,002 | "
        "601.2 / 1200.0 / 2,402 | 801.2 / 1200.0 / 2,802 |"
    )
    assert "| a parameter, Live 11.3, MCP, at the pipe |  | 201.2 / 1200.0 / 1,602 |" in text
    assert "share 0.2" not in text


def test_the_growth_has_times_and_sizes_for_each_size_of_a_set() -> None:
    rows = []
    for size, tracks in enumerate(growth.TRACKS, 1):
        subject = f"SetMirror, {tracks:,} tracks"
        rows.append(row(growth.BUILD, subject, size * 1e-5))
        rows.append(
            Row(growth.MEMORY, subject, facts={growth.SIZES[1]: 600.4 + size, "objects": 5}).to_json()
        )
        rows.append(Row(growth.BYTES, subject, facts={growth.SIZES[0]: 100.0 * size}).to_json())
    text = shown.block({"machine": MACHINE, "suites": {"growth": rows}})
    assert f"| {growth.BUILD} | 10.00 µs | 20.00 µs | 30.00 µs |" in text
    assert f"| {growth.MEMORY} | 601 bytes | 602 bytes | 603 bytes |" in text
    assert f"| {growth.BYTES} | 100 bytes | 200 bytes | 300 bytes |" in text


def test_a_run_without_these_questions_does_not_change_the_readme(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    readme.write_text("as it was", "utf-8")
    with pytest.raises(ValueError, match="Nothing that the README shows"):
        shown.write({"machine": MACHINE, "suites": {"core": []}}, readme, tmp_path / "drawn.svg")
    assert readme.read_text("utf-8") == "as it was"


def test_the_readme_has_the_marks() -> None:
    text = shown.README.read_text("utf-8")
    assert text.count(shown.BEGIN) == text.count(shown.END) == 1
