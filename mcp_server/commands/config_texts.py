"""One server's entry in the text of a client's configuration: JSON with comments, TOML or YAML.

Only the entry's own characters change, so comments, order and indentation of the other text are preserved. Each edit of
JSON and TOML is checked by parsing the result, which must equal the former document with the entry in it; otherwise the
edit is refused, and the file is not changed.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

_TOKEN = re.compile(r'"(?:[^"\\\n]|\\.)*"|//[^\n]*|/\*.*?\*/|[{}\[\]:,]|[^\s{}\[\]:,"/]+', re.DOTALL)
"""The tokens of JSON with comments; only white space is between them."""
_DEPTH = {"{": 1, "[": 1, "}": -1, "]": -1}
_KEY = re.compile(r"[A-Za-z0-9_-]+\Z")


@dataclass(frozen=True)
class Format:
    """Functions to read and write one server's entry in a text; both raise ValueError for another format."""

    read: Callable[[str, str, str], dict[str, Any] | None]
    """(text, key, name) → the entry under `key` with this name."""
    write: Callable[[str, str, str, Mapping[str, Any]], str]
    """(text, key, name, entry) → the new text."""


# -- JSON ------------------------------------------------------------------------------------------


@dataclass
class _Member:
    """A member of a JSON object: its name, and the position of its value in the text."""

    name: str
    start: int
    end: int


def _tokens(text: str) -> list[tuple[str, int, int]]:
    """(token, start, end) of each token, without comments; ValueError for text that is not JSON."""
    tokens, at = [], 0
    for match in _TOKEN.finditer(text):
        if text[at : match.start()].strip():
            break
        at = match.end()
        if not match[0].startswith(("//", "/*")):
            tokens.append((match[0], *match.span()))
    if text[at:].strip():
        raise ValueError(f"line {text.count(chr(10), 0, at) + 1} is no JSON")
    return tokens


def plain_json(text: str) -> str:
    """The same JSON without comments and commas before a closing bracket."""
    tokens = [token for token, _, _ in _tokens(text)]
    return " ".join(
        token
        for token, after in zip(tokens, [*tokens[1:], ""], strict=False)
        if not (token == "," and after in ("}", "]"))
    )


def _document(text: str) -> dict[str, Any]:
    document = json.loads(plain_json(text) or "{}")
    if not isinstance(document, dict):
        raise ValueError("it must contain a JSON object")
    return document


def _servers(document: dict[str, Any], key: str) -> dict[str, Any]:
    servers = document.get(key, {})
    if not isinstance(servers, dict):
        raise ValueError(f"`{key}` must be an object")
    return servers


def _members(text: str, start: int, end: int) -> list[_Member]:
    """The members of the object whose braces are at `start` and `end` - 1, in a text that is valid JSON."""
    tokens = [token for token in _tokens(text) if start < token[1] < end - 1]
    members: list[_Member] = []
    depth, index = 0, 0
    while index < len(tokens):
        token, _, _ = tokens[index]
        if depth == 0 and token == ":":
            name = json.loads(tokens[index - 1][0])
            first = last = index + 1
            while True:
                depth += _DEPTH.get(tokens[last][0], 0)
                if depth == 0:
                    break
                last += 1
            members.append(_Member(name, tokens[first][1], tokens[last][2]))
            index = last
        index += 1
    return members


def _put(text: str, start: int, end: int, name: str, value: str) -> str:
    """`text` with the member `name` of one object set to the JSON text `value`."""
    members = _members(text, start, end)
    for member in members:
        if member.name == name:
            return text[: member.start] + value + text[member.end :]
    inside = f"\n{_indent(text, start)}  {json.dumps(name)}: {value}"
    if members:
        # Directly after the last value, since JSON with comments allows a comma after that value.
        at = members[-1].end
        return text[:at] + "," + inside + text[at:]
    return text[: start + 1] + inside + f"\n{_indent(text, start)}" + text[end - 1 :]


def _indent(text: str, at: int) -> str:
    line = text[text.rfind("\n", 0, at) + 1 : at]
    return line[: len(line) - len(line.lstrip())]


def _root(text: str) -> tuple[int, int]:
    tokens = _tokens(text)
    return tokens[0][1], tokens[-1][2]


def _read_json(text: str, key: str, name: str) -> dict[str, Any] | None:
    entry = _servers(_document(text), key).get(name)
    return entry if isinstance(entry, dict) else None


def _write_json(text: str, key: str, name: str, entry: Mapping[str, Any]) -> str:
    wanted = _document(text)
    wanted[key] = {**_servers(wanted, key), name: dict(entry)}
    if not _tokens(text):
        text = text.rstrip() + ("\n" if text.strip() else "") + "{}\n"
    if not _servers(_document(text), key):
        text = _put(text, *_root(text), key, "{}")
    start, end = next(
        (member.start, member.end) for member in _members(text, *_root(text)) if member.name == key
    )
    value = json.dumps(entry, indent=2, ensure_ascii=False).replace("\n", f"\n{_indent(text, start)}  ")
    made = _put(text, start, end, name, value)
    if _document(made) != wanted:
        raise ValueError("the entry does not fit into the file")
    return made


# -- TOML ------------------------------------------------------------------------------------------


def _read_toml(text: str, key: str, name: str) -> dict[str, Any] | None:
    entry = _servers(tomllib.loads(text), key).get(name)
    return entry if isinstance(entry, dict) else None


def _write_toml(text: str, key: str, name: str, entry: Mapping[str, Any]) -> str:
    wanted = tomllib.loads(text)
    wanted[key] = {**_servers(wanted, key), name: dict(entry)}
    ours = re.compile(rf"\s*\[\s*{key}\s*\.\s*(?:{name}|\"{name}\")\s*(?:\.[^\]]*)?\]\s*(?:#.*)?\Z")
    other_lines, inside = [], False
    for line in text.splitlines():
        if line.lstrip().startswith("["):
            inside = bool(ours.match(line))
        if not inside:
            other_lines.append(line)
    made = "\n".join(other_lines).rstrip()
    made = (made + "\n\n" if made else "") + f"[{key}.{name}]\n"
    made += "".join(f"{member} = {_toml(value)}\n" for member, value in entry.items())
    if tomllib.loads(made) != wanted:
        raise ValueError("the entry does not fit into the file")
    return made


def _toml(value: Any) -> str:
    """A value as TOML: a JSON string is a valid basic string of TOML if non-ASCII characters are not escaped."""
    if isinstance(value, Mapping):
        members = (
            f"{name if _KEY.match(name) else _toml(name)} = {_toml(member)}" for name, member in value.items()
        )
        return "{ " + ", ".join(members) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(_toml(element) for element in value) + "]"
    return json.dumps(value, ensure_ascii=False)


# -- YAML ------------------------------------------------------------------------------------------


def _block(lines: list[str], key: str) -> tuple[int, int] | None:
    """(first line after `key:` at the beginning of a line, line after its block); None where the key is missing."""
    for number, line in enumerate(lines):
        if not re.match(rf"{key}\s*:", line):
            continue
        rest = line.split(":", 1)[1].split(" #")[0].strip()
        if rest == "{}":
            lines[number] = f"{key}:"
        elif rest:
            raise ValueError(f"`{key}` must be a block of lines")
        end = number + 1
        while end < len(lines) and (not lines[end].strip() or lines[end][0] in " #"):
            end += 1
        return number + 1, end
    return None


def _entry_lines(lines: list[str], start: int, end: int, name: str) -> tuple[int, int, str]:
    """(first, last + 1, indentation) of the entry `name` in a block; an empty range if the entry is missing."""
    indent = next((line[: len(line) - len(line.lstrip())] for line in lines[start:end] if line.strip()), "  ")
    for number in range(start, end):
        if re.match(rf"{indent}(?:{name}|\"{name}\"|'{name}')\s*:", lines[number]):
            last = number + 1
            while last < end and (not lines[last].strip() or lines[last].startswith(indent + " ")):
                last += 1
            return number, last, indent
    return start, start, indent


def _read_yaml(text: str, key: str, name: str) -> dict[str, Any] | None:
    """The entry's members of one line: a JSON value, or a plain text where the value is not JSON."""
    lines = text.splitlines()
    block = _block(lines, key)
    if block is None:
        return None
    first, last, _ = _entry_lines(lines, *block, name)
    members: dict[str, Any] = {}
    for line in lines[first + 1 : last]:
        member, sign, value = line.strip().partition(":")
        if sign and value.strip():
            try:
                members[member] = json.loads(value)
            except ValueError:
                members[member] = value.strip()
    return members if last > first else None


def _write_yaml(text: str, key: str, name: str, entry: Mapping[str, Any]) -> str:
    if "\t" in text or re.search(r"^(---|\.\.\.)", text.removeprefix("---"), re.MULTILINE):
        raise ValueError("it must be one document without tabs")
    lines = text.splitlines()
    if _block(lines, key) is None:
        lines.append(f"{key}:")
    block = _block(lines, key)
    assert block is not None
    first, last, indent = _entry_lines(lines, *block, name)
    # Every JSON value is valid YAML.
    rows = [f"{indent}{name}:"]
    rows += [
        f"{indent}  {member}: {json.dumps(value, ensure_ascii=False)}" for member, value in entry.items()
    ]
    lines[first:last] = rows
    return "\n".join(lines) + "\n"


JSON = Format(_read_json, _write_json)
TOML = Format(_read_toml, _write_toml)
YAML = Format(_read_yaml, _write_yaml)
