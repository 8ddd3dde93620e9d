"""Where recipes are: those shipped beside this module, and the user's in `~/.setmirror/recipes`.

A file's name without ".toml" is the recipe's. A file that cannot be used is named with the reason, and costs no other.
"""

from __future__ import annotations

from difflib import get_close_matches
from importlib.resources import files
from pathlib import Path

from mirror import errors
from mirror.token import home

from .. import regular_files
from .model import Recipe, read

MOST_FILES = 500
MOST_BYTES = 64 * 1024
"""Of one file; the longest shipped one has 4 KiB."""


class Shelf:
    """All recipes by name; `broken` says why a file is none."""

    def __init__(self) -> None:
        self.recipes: dict[str, Recipe] = {}
        self.own: set[str] = set()
        """Names of those that are the user's."""
        self.broken: dict[str, str] = {}

    def recipe(self, name: str) -> Recipe:
        """The recipe of that name, in any case, with "-", "_" or blanks.

        Raises:
          NotFound: there is none; the near ones are named, or why its file cannot be used.
        """
        plain = "-".join(name.strip().casefold().replace("_", " ").replace("-", " ").split())
        if plain in self.recipes:
            return self.recipes[plain]
        if plain in self.broken:
            raise errors.InvalidValue(f"The recipe {plain} cannot be used: {self.broken[plain]}", plain)
        near = get_close_matches(plain, self.recipes, 4, 0.4) or sorted(self.recipes)
        raise errors.NotFound(
            f"There is no recipe {name[:60]!r}", name[:60], hint=f"there are {', '.join(near)}"
        )


def shelf(folder: Path | None = None) -> Shelf:
    """All recipes as their files are now.

    Args:
      folder: The user's; `~/.setmirror/recipes` if not given.
    """
    found = Shelf()
    for each in sorted(files(__package__).iterdir(), key=lambda each: each.name):
        if each.name.endswith(".toml"):
            _add(found, each.name, each.read_text(encoding="utf-8"))
    own = folder if folder is not None else home() / "recipes"
    try:
        paths = sorted(path for path in own.iterdir() if path.suffix == ".toml")[:MOST_FILES]
    except OSError:
        # None of their own.
        paths = []
    for path in paths:
        try:
            text = _text(path)
        except errors.MirrorError as problem:
            found.broken[path.stem] = problem.rule
            continue
        _add(found, path.name, text)
        found.own.add(path.stem)
    return found


def _text(path: Path) -> str:
    try:
        return regular_files.read(path, MOST_BYTES).decode("utf-8")
    except UnicodeDecodeError:
        raise errors.InvalidValue("the file is no UTF-8", path.name) from None


def _add(found: Shelf, name: str, text: str) -> None:
    stem = name.removesuffix(".toml")
    found.recipes.pop(stem, None)
    try:
        found.recipes[stem] = read(text)
        found.broken.pop(stem, None)
    except errors.MirrorError as problem:
        found.broken[stem] = problem.rule
