"""Makes `mirror/live_set.pyi` from the schema: `python -m tests.mirror.typed_views`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from mirror.live_set import python_name
from remote_script.SetMirror.contract import schema

PATH = Path(__file__).resolve().parents[2] / "mirror" / "live_set.pyi"
HEAD = """# Made from the table by `python -m tests.mirror.typed_views`; see live_set.py for what the objects do.
from collections.abc import Sequence
from typing import Any, Literal

from .mirror import Mirror
from .model import Node, Note, WriteResult
from .typed_events import Events

class LiveObject:
    def __init__(self, mirror: Mirror, id_: int) -> None: ...
    @property
    def node(self) -> Node: ...
    @property
    def ref(self) -> str: ...
    @property
    def exists(self) -> bool: ...
    async def read(self, name: str) -> Any: ...
    def events(self, *, below: bool = False) -> Events: ...

def view(mirror: Mirror, id_: int) -> Any: ...
def python_name(class_: str) -> str: ...
"""
TYPES = {
    "bool": "bool",
    "int": "int",
    "float": "float",
    "str": "str",
    "bools": "Sequence[bool]",
    "ints": "Sequence[int]",
    "floats": "Sequence[float]",
    "strs": "Sequence[str]",
    "json": "Any",
    "routing": "str",
    "routings": "Sequence[str]",
    "notes": "tuple[Note, ...]",
    "warp_markers": "Sequence[Sequence[float]]",
    "envelopes": "Sequence[dict[str, Any]]",
}
GIVEN = {**TYPES, "notes": "Sequence[Any]", "warp_marker": "Sequence[float]"}


def read_type(row: schema.Property) -> str:
    of = python_name(row.of)
    if row.type in ("children", "refs"):
        return f"tuple[{of}, ...]"
    if row.type in ("child", "ref"):
        return of if row.type == "child" and row.kind == "constant" else f"{of} | None"
    if row.labels and row.type in ("int", "str"):
        return f"Literal[{', '.join(repr(label) for label in row.labels.values())}]"
    return TYPES[row.type]


def given_type(arg: schema.Arg) -> str:
    if arg.type in ("obj", "place", "insert"):
        return "LiveObject | int | str"
    return GIVEN[arg.type]


def set_type(row: schema.Property) -> str:
    return "LiveObject | int | str | None" if row.type in ("ref", "refs") else read_type(row)


def method(row: schema.Method) -> str:
    parts = ["self"]
    for arg in row.args:
        parts.append(f"{arg.name}: {given_type(arg)}" + ("" if arg.required else " = ..."))
    parts += ["*", "overwrite: bool = False"]
    return f"    async def {row.name}({', '.join(parts)}) -> WriteResult: ..."


def text() -> str:
    """The stub, before ruff has formatted it."""
    lines = [HEAD]
    for class_ in schema.CLASSES.values():
        lines.append(f"class {python_name(class_.name)}({python_name(class_.base) or 'LiveObject'}):")
        own = len(lines)
        for row in class_.properties.values():
            if row.kind != "gauge":
                lines += ["    @property", f"    def {row.name}(self) -> {read_type(row)}: ..."]
        written = [
            row for row in schema.properties(class_.name).values() if row.write and row.kind != "gauge"
        ]
        if written:
            values = ", ".join(f"{row.name}: {set_type(row)} = ..." for row in written)
            lines.append(f"    async def set(self, *, {values}) -> WriteResult: ...")
        lines += [method(row) for row in class_.methods.values() if row.effect != "internal"]
        if len(lines) == own:
            lines.append("    ...")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write the stub."""
    PATH.write_text(text(), "utf-8")
    subprocess.run([sys.executable, "-m", "ruff", "format", "-q", str(PATH)], check=True)


if __name__ == "__main__":
    main()
