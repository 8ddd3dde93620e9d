"""The recipe files: those beside this module, and those of the user in `~/.setmirror/recipes`.

A recipe's name is its file's name without ".toml". A file that cannot be used is reported with the reason and does not
affect other files.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path

from mirror import errors
from mirror.token import home
from remote_script.SetMirror.contract.naming import near_names

from .. import regular_files, unavailable
from .model import Recipe, read

MOST_FILES = 500
MOST_BYTES = 64 * 1024
"""The most bytes of one file; the longest shipped file has 4 KiB."""


class Shelf:
    """All recipes by name; `broken` has the reasons why files cannot be used."""

    def __init__(self) -> None:
        self.recipes: dict[str, Recipe] = {}
        self.broken: dict[str, str] = {}

    def purposes(self, words: str = "") -> dict[str, str]:
        """The purposes of the recipes that have all the words, by name."""
        wanted = words.casefold().split()
        return {
            name: recipe.purpose
            for name, recipe in sorted(self.recipes.items())
            if all(word in f"{name} {recipe.title} {recipe.purpose}".casefold() for word in wanted)
        }

    def recipe(self, name: str) -> Recipe:
        """The recipe of that name, in any case, with "-", "_" or blanks.

        Raises:
          NotFound: no recipe has this name; the hint lists similar names, otherwise all names.
          InvalidValue: the recipe's file cannot be used.
          NotAvailable: the name asks for a function that Live's API does not offer.
        """
        plain = plain_name(name)
        if plain in self.recipes:
            return self.recipes[plain]
        if plain in self.broken:
            raise errors.InvalidValue(f"The recipe {plain} cannot be used: {self.broken[plain]}", plain)
        unavailable.refuse(name)
        near = near_names(plain, self.recipes, cutoff=0.6) or sorted(self.recipes)
        raise errors.NotFound(
            f"There is no recipe {name[:60]!r}", name[:60], hint=f"there are {', '.join(near)}"
        )


def plain_name(text: str) -> str:
    """A recipe's name in its listed form: "Mono Bass" and "mono_bass" are "mono-bass"."""
    return "-".join(text.casefold().replace("_", " ").replace("-", " ").split())


def page() -> str:
    """How to write a recipe, as Markdown."""
    return (files(__package__) / "WRITING.md").read_text(encoding="utf-8")


def own_folder() -> Path:
    """The folder of the user's recipes."""
    return home() / "recipes"


def shelf(folder: Path | None = None) -> Shelf:
    """All recipes from the present files.

    Args:
      folder: The user's folder of recipes; `~/.setmirror/recipes` by default.
    """
    loaded = Shelf()
    loaded.recipes.update(_shipped())
    own = folder if folder is not None else own_folder()
    try:
        paths = sorted(path for path in own.iterdir() if path.suffix == ".toml")[:MOST_FILES]
    except OSError:
        # The user has no folder of recipes.
        paths = []
    for path in paths:
        try:
            text = _text(path)
        except errors.MirrorError as problem:
            loaded.broken[plain_name(path.stem)] = problem.rule
            continue
        _add(loaded, path.name, text)
    return loaded


@cache
def _shipped() -> dict[str, Recipe]:
    """The recipes beside this module; they must all be valid."""
    toml_files = [file for file in files(__package__).iterdir() if file.name.endswith(".toml")]
    return {file.name.removesuffix(".toml"): read(file.read_text(encoding="utf-8")) for file in toml_files}


def _text(path: Path) -> str:
    try:
        return regular_files.read(path, MOST_BYTES).decode("utf-8")
    except UnicodeDecodeError:
        raise errors.InvalidValue("the file is no UTF-8", path.name) from None


def _add(loaded: Shelf, name: str, text: str) -> None:
    stem = plain_name(name.removesuffix(".toml"))
    loaded.recipes.pop(stem, None)
    try:
        loaded.recipes[stem] = read(text)
        loaded.broken.pop(stem, None)
    except errors.MirrorError as problem:
        loaded.broken[stem] = problem.rule
