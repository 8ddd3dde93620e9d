"""Recipes: named ways to do a job in a Set, as TOML files; each runs as one step of Live's undo history.

A recipe has typed parameters, preconditions and stages. A stage is one or more calls of write tools; their arguments
contain `{expressions}` over the parameters and the Set, and `$names` of objects that earlier calls create. `expansion`
turns a recipe into the calls of a batch, so policy, consent, dry run and verification are those of every write.
`WRITING.md` describes the files. A file in `~/.setmirror/recipes` replaces a shipped recipe of the same name.
"""

from __future__ import annotations

from .expansion import Expanded, expand
from .files import Shelf, own_folder, page, shelf
from .model import Parameter, Recipe, Stage, summary

__all__ = [
    "Expanded",
    "Parameter",
    "Recipe",
    "Shelf",
    "Stage",
    "expand",
    "own_folder",
    "page",
    "shelf",
    "summary",
]
