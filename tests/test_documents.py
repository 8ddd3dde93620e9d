"""The pages for contributors name files, classes and methods that exist."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGES = {".github/CONTRIBUTING.md": ROOT, "tests/README.md": ROOT / "tests", "mirror/PROTOCOL.md": ROOT}
"""Page → the folder that its paths start from, besides the project's own."""
MODULES = ("remote_script/SetMirror", "mirror", "mcp_server")
FOLDERS = ("mirror", "mcp_server", "remote_script", "tests")
MOST_LINES = 150


def text(page: str) -> str:
    return (ROOT / page).read_text("utf-8")


def spans(page: str) -> list[str]:
    return re.findall(r"`([^`\n]+)`", text(page))


@pytest.mark.parametrize("page", PAGES)
def test_every_path_on_a_page_exists(page: str) -> None:
    paths = [
        each for each in spans(page) if re.fullmatch(r"[\w.]+(/[\w.]+)*(/|\.(py|md|json|toml|als))", each)
    ]
    full = [each for each in paths if "/" in each]
    assert full
    homes = (PAGES[page], ROOT)
    assert [each for each in full if not any((home / each).exists() for home in homes)] == []
    names = {path.name for folder in FOLDERS for path in (ROOT / folder).rglob("*.*")}
    names |= {path.name for path in ROOT.glob("*.*")}
    assert [each for each in paths if "/" not in each and each not in names] == []


def test_the_walkthroughs_name_classes_and_methods_with_their_modules() -> None:
    pairs = re.findall(r"`([A-Z]\w+)(?:\.(\w+))?`\s+\(`([\w/]+)(?:\.py)?`", text(".github/CONTRIBUTING.md"))
    assert len(pairs) > 20
    unknown = []
    for class_, member, module in pairs:
        files = [ROOT / folder / module for folder in ("", *MODULES)]
        modules = [
            import_module(".".join(file.relative_to(ROOT).parts))
            for file in files
            if file.with_suffix(".py").exists()
        ]
        held = [getattr(each, class_) for each in modules if hasattr(each, class_)]
        if not any(not member or hasattr(each, member) for each in held):
            unknown.append((class_, member, module))
    assert unknown == []


def test_every_class_and_method_of_the_walkthroughs_exists() -> None:
    page = text(".github/CONTRIBUTING.md")
    walks = page[page.index("## A change in Live") : page.index("## Glossary")]
    sources = [path.read_text("utf-8") for folder in MODULES for path in (ROOT / folder).rglob("*.py")]
    unknown = []
    for class_, member in set(re.findall(r"`([A-Z]\w+)(?:\.(\w+))?`", walks)):
        homes = [source for source in sources if re.search(rf"^class {class_}\b", source, re.MULTILINE)]
        if not any(not member or re.search(rf"^    (async )?def {member}\b", home, re.M) for home in homes):
            unknown.append(f"{class_}.{member}".rstrip("."))
    assert unknown == []


def row_names() -> list[tuple[str, str, list[str]]]:
    """Of each row of "Where do I add …": its change, a name of code in it, and its files."""
    page = text(".github/CONTRIBUTING.md")
    rows = re.findall(r"^\| ([^|`]+) \| (.+) \|$", page[page.index("## Where do I add") :], re.MULTILINE)
    assert len(rows) > 15
    names = []
    for change, cell in rows:
        written = re.findall(r"`([^`]+)`", cell)
        files = [name for name in written if "/" in name]
        words = [name for name in written if re.fullmatch(r"_?[A-Za-z]\w+(\.(?!py$)\w+)?", name)]
        names += [(change, name, files) for name in words]
    return names


@pytest.mark.parametrize(("change", "name", "files"), row_names())
def test_every_name_in_a_row_is_in_a_file_of_the_row(change: str, name: str, files: list[str]) -> None:
    paths = [path for file in files for path in [ROOT / file, *(ROOT / file).glob("*.*")] if path.is_file()]
    word = re.compile(rf"\b{re.escape(name.rpartition('.')[2])}\b")
    assert any(word.search(path.read_text("utf-8")) for path in paths if path.suffix == ".py"), (
        f"{change}: no file of the row has {name}"
    )


def test_the_guide_for_contributors_stays_short() -> None:
    assert len(text(".github/CONTRIBUTING.md").splitlines()) <= MOST_LINES
