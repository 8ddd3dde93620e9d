"""The README's numbers come from the benchmarks' own rows, and from nothing else."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from mcp_server.demo.latency import Distribution
from tests.benchmarks import shown
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


def test_a_run_without_these_questions_does_not_change_the_readme(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    readme.write_text("as it was", "utf-8")
    with pytest.raises(ValueError, match="Nothing that the README shows"):
        shown.write({"machine": MACHINE, "suites": {"core": []}}, readme, tmp_path / "drawn.svg")
    assert readme.read_text("utf-8") == "as it was"


def test_the_readme_has_the_marks() -> None:
    text = shown.README.read_text("utf-8")
    assert text.count(shown.BEGIN) == text.count(shown.END) == 1
