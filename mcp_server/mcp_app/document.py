"""The view as one HTML document that loads no other file and uses no network.

The modules are those that a browser would import; here each becomes a function in one script, so that no build or
installation is needed. The document allows only this script (by its hash), so a script in a name of the Set cannot run;
a host may forbid more.
"""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from importlib.resources import files

FIRST = "app.js"
_FOLDERS = ("mcp_server.mcp_app", "mcp_server.page")
"""Packages with the modules, in the order of search."""
_IMPORT = re.compile(r'^import (\{[^}]*\}|\* as \w+) from "\./([\w.]+)";$', re.MULTILINE)
_EXPORT = re.compile(r"^export ((?:async )?function|const) ([\w$]+)", re.MULTILINE)
_LEFT = re.compile(r"^\s*(?:import|export)\b|</script|<!--", re.MULTILINE | re.IGNORECASE)

_OF_THE_PAGE = {
    "tabs": re.compile(r'<div role="tablist".*?</div>', re.DOTALL),
    "zoom": re.compile(r'<div id="zoom".*?</div>', re.DOTALL),
    "panel": re.compile(r'<section id="panel".*?</section>', re.DOTALL),
}
"""Parts of the page's HTML that the view uses as well."""


def _source(name: str) -> str:
    for package in _FOLDERS:
        path = files(package) / "static" / name
        if path.is_file():
            return path.read_text("utf-8")
    raise FileNotFoundError(name)


def bundle(first: str) -> str:
    """A module with all its imports as one script; each module runs once, after the modules that it imports."""
    done: dict[str, str] = {}

    def add(name: str) -> None:
        if name in done:
            return
        source = _source(name)
        done[name] = ""
        for imported in _IMPORT.finditer(source):
            add(imported[2])
        # A dict keeps the order of insertion: the module is inserted again after its imports.
        del done[name]
        done[name] = _wrapped(name, source)

    add(first)
    return "\n".join(['"use strict";', *done.values()])


def _wrapped(name: str, source: str) -> str:
    exported = ", ".join(match[2] for match in _EXPORT.finditer(source))
    body = _IMPORT.sub(lambda match: f"const {_names(match[1])} = {_variable(match[2])};", source)
    body = _EXPORT.sub(r"\1 \2", body)
    left = _LEFT.search(body)
    if left is not None:
        raise ValueError(f"{name} has a line that cannot stand in one script: {left[0].strip()!r}")
    return f"const {_variable(name)} = (() => {{\n{body}\nreturn {{ {exported} }};\n}})();"


def _names(imported: str) -> str:
    """The names that `import` binds, for a declaration: `{ a }`, or the name after `* as`."""
    return imported.replace(" as ", ": ") if imported.startswith("{") else imported.removeprefix("* as ")


def _variable(name: str) -> str:
    return "module_" + re.sub(r"\W", "_", name)


@cache
def document(kind: str) -> str:
    """The HTML of one kind of view."""
    script = f"\n{bundle(FIRST)}\n"
    proof = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; script-src 'sha256-{proof}'; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    page = _source("index.html")
    parts = {
        **{name: part.findall(page)[0] for name, part in _OF_THE_PAGE.items()},
        "policy": policy,
        "style": _source("page.css") + _source("app.css"),
        "kind": kind,
        "script": script,
    }
    return re.sub(r"\{\{(\w+)\}\}", lambda match: parts[match[1]], _source("app.html"))
