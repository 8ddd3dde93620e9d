"""The core names its values by the domain's words (see the glossary in CONTRIBUTING)."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("mirror", "remote_script", "mcp_server")
GENERIC = frozenset(("told", "held", "found", "each", "given", "had"))
WORDS = {
    "Change": "mirror/model.py",
    "Event": "mirror/model.py",
    "Notice": "mirror/model.py",
    "Row": "remote_script/SetMirror/layouts.py",
    "Write": "remote_script/SetMirror/write.py",
    "Entry": "remote_script/SetMirror/entries.py",
    "PendingCall": "remote_script/SetMirror/call.py",
    "UndoStep": "remote_script/SetMirror/undo_step.py",
    "Link": "mirror/link.py",
    "Plan": "mcp_server/plans.py",
}
"""A word of the glossary that is a class → the only module of the core with a class of this name."""
CORE = ("mirror", "remote_script/SetMirror", "mcp_server")
ADVICE = "name the value by the domain; see the glossary in .github/CONTRIBUTING.md"


def introduced(node: ast.AST) -> Iterator[str]:
    """The names that a node introduces: variables, arguments, attributes, functions, classes and imports."""
    match node:
        case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
            yield name
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.arg(arg=name) | ast.MatchStar(name=str(name)) | ast.MatchMapping(rest=str(name)):
            yield name
        case ast.MatchAs(name=str(name)) | ast.ExceptHandler(name=str(name)) | ast.alias(asname=str(name)):
            yield name


def violations(source: str, file: str) -> list[str]:
    return [
        f"{file}:{getattr(node, 'lineno', '?')}: `{name}`: {ADVICE}"
        for node in ast.walk(ast.parse(source))
        for name in introduced(node)
        if name.strip("_") in GENERIC
    ]


def generic_names(files: list[Path]) -> list[str]:
    return [
        line
        for file in files
        for line in violations(file.read_text("utf-8"), file.relative_to(ROOT).as_posix())
    ]


@pytest.mark.parametrize("room", ROOMS)
def test_no_identifier_of_the_core_is_a_generic_word(room: str) -> None:
    files = sorted((ROOT / room).rglob("*.py"))
    assert files
    generic = generic_names(files)
    assert not generic, "\n".join(generic)


def test_no_identifier_of_the_modules_that_tests_share_is_a_generic_word() -> None:
    shared = [file for file in sorted((ROOT / "tests").rglob("*.py")) if not file.name.startswith("test_")]
    assert ROOT / "tests/whole.py" in shared
    generic = generic_names(shared)
    assert not generic, "\n".join(generic)


def test_a_word_of_the_glossary_is_one_class() -> None:
    classes = [
        (node.name, file.relative_to(ROOT).as_posix())
        for room in CORE
        for file in sorted((ROOT / room).rglob("*.py"))
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.ClassDef) and node.name in WORDS
    ]
    others = [
        f"{file}: a class named {name}, as {WORDS[name]} has one: name it by what it is"
        for name, file in classes
        if file != WORDS[name]
    ]
    assert not others, "\n".join(others)
    assert dict(classes) == WORDS, "a class of the glossary moved or has gone: correct the table"


@pytest.mark.parametrize(
    "source",
    [
        "held = 1",
        "held: int = 1",
        "self._held = 1",
        "for _found in ():\n    pass",
        "def told():\n    pass",
        "async def f(*, each):\n    pass",
        "class given:\n    had_ = 1",
        "lambda each: 1",
        "[1 for each in ()]",
        "(found := 1)",
        "with open('f') as held:\n    pass",
        "try:\n    pass\nexcept OSError as had:\n    pass",
        "import os as found",
        "match x:\n    case [*each]:\n        pass",
    ],
)
def test_a_generic_identifier_is_named_with_its_file_and_the_glossary(source: str) -> None:
    [line, *_] = violations(source, "mirror/model.py")
    assert line.startswith("mirror/model.py:")
    assert ADVICE in line


def test_words_that_only_contain_a_generic_word_and_names_that_are_only_read_pass() -> None:
    assert violations("withheld = foundation = held\nprint(each.found)", "mirror/model.py") == []
