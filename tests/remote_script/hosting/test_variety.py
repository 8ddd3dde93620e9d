"""The invented controllers differ: each uses names of Live's frameworks that no other uses."""

from __future__ import annotations

import ast
import textwrap

from tests.remote_script.hosting import test_controllers_first, test_controllers_later

PACKAGES = ("_Framework", "_Generic", "_APC", "ableton")


def sources() -> dict[str, str]:
    """The scripts by the names of their constants."""
    return {
        f"{module.__name__.rpartition('_')[2]}.{name}": text
        for module in (test_controllers_first, test_controllers_later)
        for name, text in vars(module).items()
        if name.isupper() and isinstance(text, str) and "create_instance" in text
    }


def framework_names(source: str) -> set[str]:
    """The names that a script imports from the frameworks, without modules, which differ between generations."""
    return {
        alias.name
        for node in ast.walk(ast.parse(textwrap.dedent(source)))
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] in PACKAGES
        for alias in node.names
    }


def test_each_controller_uses_names_that_the_others_do_not() -> None:
    used = {name: framework_names(text) for name, text in sources().items()}
    assert len(used) >= 12
    for name, names in used.items():
        others = set().union(*(each for other, each in used.items() if other != name))
        assert names - others, f"{name} uses nothing that the others do not"
