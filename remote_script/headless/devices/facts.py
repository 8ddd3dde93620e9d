"""The form of the facts about devices, and how the tables are read."""

from __future__ import annotations

from typing import Dict, Iterator, List, NamedTuple, Optional, Tuple

from .laws import Law, normalized, parse_law

UNDEFINED, INSTRUMENT, AUDIO_EFFECT, MIDI_EFFECT = 0, 1, 2, 4


class ParameterFact(NamedTuple):
    path: str
    """Where the file keeps it, from the device's element; empty when no file shows it."""
    name: str
    law: Optional[Law]
    default: Optional[float] = None
    """What the device starts with, as a file would keep it."""


class DeviceFacts(NamedTuple):
    class_name: str
    display_name: str
    type: int
    parameters: Tuple[ParameterFact, ...]
    """In Live's order, "Device On" left out; empty when nobody has told."""
    is_complete: bool
    """True when `parameters` are all that Live shows; otherwise a file's others follow with guessed names."""

    def by_path(self) -> Dict[str, ParameterFact]:
        return {fact.path: fact for fact in self.parameters if fact.path}


def read_table(devices: str, parameters: Dict[str, str]) -> Iterator[DeviceFacts]:
    """The devices of a list `class_name | display name | type`, with the parameters of their tables."""
    for line in devices.strip().splitlines():
        class_name, name, kind = [part.strip() for part in line.split("|")]
        table = parameters.get(class_name, "")
        rows, complete, normal = [], False, False
        for row in _expanded(table):
            if row == "complete":
                complete = True
            elif row == "normal":
                normal = True
            else:
                fact = _fact(row)
                if normal and fact.law is not None:
                    fact = fact._replace(law=normalized(fact.law))
                rows.append(fact)
        yield DeviceFacts(class_name, name, int(kind), tuple(rows), complete)


def _fact(row: str) -> ParameterFact:
    path, name, rest = (row + "||").split("|", 2)
    rest = rest.rstrip("|").strip()
    default: Optional[float] = None
    if "=" in rest:
        rest, written = rest.rsplit("=", 1)
        default = float(written)
    return ParameterFact(
        path.strip(), name.strip().replace("~", " "), parse_law(rest) if rest.strip() else None, default
    )


def _expanded(table: str) -> Iterator[str]:
    """The lines of a table; `{1..8 … }` stands for its lines once a number: `$`, and `%` for one less."""
    block: List[str] = []
    numbers: Optional[range] = None
    for line in table.strip().splitlines():
        line = line.strip()
        if not line:
            continue
        if line.startswith("{"):
            first, last = line[1:].split("..")
            numbers = range(int(first), int(last) + 1)
        elif line == "}" and numbers is not None:
            for number in numbers:
                for row in block:
                    yield row.replace("$", str(number)).replace("%", str(number - 1))
            block, numbers = [], None
        elif numbers is not None:
            block.append(line)
        else:
            yield line
