"""A dump of the parameters of this Live's native devices, from which headless Live's own facts are made.

Each device that can be inserted is inserted into a new track and removed again. `differences` compares a dump with
headless Live; `python -m remote_script.headless.devices.take FILE` makes headless Live's facts from a dump.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from mcp_server.probe import in_the_way
from mcp_server.probe.bench import AUDIO, MIDI, Absent, Bench, two_tracks
from mcp_server.probe.devices import SINCE, insert
from mirror import Call, Mirror, Node, errors
from remote_script.headless import devices
from remote_script.headless.devices import ParameterFact
from remote_script.headless.devices.fit import shows
from remote_script.headless.devices.older import as_of
from remote_script.headless.music import display

SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
"""Positions in a continuous parameter's range at which its text is read."""
MOST_STEPS = 64
"""The largest range of whole numbers of which every text is read."""
CALLS = 200
"""The most calls in one write; the bridge runs them in one or two turns."""
READ = frozenset(("name", "original_name", "min", "max", "value", "is_quantized"))
LOOKS = 20
"""The most checks whether all parameters are read; the script reads thousands in a second or two."""
SHOWN = 12
"""The most differences of one device that are listed."""


async def dump(mirror: Mirror, report: Callable[[str], None] = lambda line: None) -> dict[str, Any]:
    """The parameters of a new device of every class, in the form that `devices.take` reads.

    Restores the Set.

    Raises:
      NotAvailable: the Set is not empty, or it plays, or this Live cannot insert devices by name (before 12.3).
    """
    version = tuple(int(part) for part in mirror.live_version.split(".")[:2])
    if version < SINCE:
        raise errors.NotAvailable(
            f"devices can be inserted by name from Live 12.3 on, this is {mirror.live_version}"
        )
    busy = in_the_way(mirror)
    if busy:
        raise errors.NotAvailable(
            f"the Set is not empty: {', '.join(busy[:3])}", hint="open a new Set in Live"
        )
    bench = Bench(mirror)
    dumped: dict[str, Any] = {}
    try:
        await two_tracks(bench)
        await bench.settle()
        for facts in devices.all_devices():
            if facts.class_name.startswith("MxDevice"):
                continue
            name = "DrumSampler" if facts.class_name == "DrumCell" else facts.display_name
            savepoint = bench.savepoint()
            try:
                ref = await insert(bench, name, AUDIO if facts.type == devices.AUDIO_EFFECT else MIDI)
            except Absent as problem:
                report(str(problem))
                continue
            class_name, shown, kind = await bench.now(
                *(f"{ref}.{prop}" for prop in ("class_name", "class_display_name", "type"))
            )
            dumped[class_name] = {"display": shown, "type": kind, "parameters": await _parameters(bench, ref)}
            await bench.put_back(savepoint)
    finally:
        await bench.put_back()
    return {"live": mirror.live_version, "devices": dumped}


async def _read(bench: Bench, device: str) -> list[Node]:
    """The parameters, after the script has read all their properties; a large device takes a few turns."""
    for _ in range(LOOKS):
        nodes = list(bench.mirror.children(device, "parameters"))
        if nodes and all(node.props.keys() >= READ for node in nodes):
            return nodes
        await bench.settle()
    raise errors.NotAvailable(f"the parameters of {device} could not be read")


async def _parameters(bench: Bench, device: str) -> list[dict[str, Any]]:
    rows, asked = [], []
    for index, node in enumerate(await _read(bench, device)):
        props = node.props
        row = {key: props[key] for key in ("name", "original_name", "min", "max")}
        row["quantized"] = bool(props["is_quantized"])
        row["default"] = props["value"]
        if row["quantized"]:
            row["items"] = list(props.get("value_items") or ())
        rows.append(row)
        asked += [(index, value) for value in _values(row)]
    texts: dict[int, list[list[Any]]] = {}
    for first in range(0, len(asked), CALLS):
        part = asked[first : first + CALLS]
        calls = [Call(f"{device}/parameters/{at}", "str_for_value", {"value": value}) for at, value in part]
        result = await bench.write(*calls)
        for (at, value), operation_result in zip(part, result.results, strict=True):
            texts.setdefault(at, []).append([value, operation_result.result])
    for index, row in enumerate(rows):
        row["default_text"] = texts[index][0][1]
        if texts[index][1:]:
            row["texts"] = texts[index][1:]
    return rows


def _values(row: dict[str, Any]) -> Iterator[float]:
    """The values whose texts are read, the present value first."""
    yield row["default"]
    low, high = row["min"], row["max"]
    if row["quantized"]:
        return
    span = high - low
    if float(low).is_integer() and float(high).is_integer() and 1.0 < span <= MOST_STEPS:
        yield from (low + step for step in range(int(span) + 1))
    else:
        yield from (low + span * share for share in SHARES)


# -- comparison with headless Live ---------------------------------------------------------------------------


def differences(dumped: dict[str, Any]) -> dict[str, list[str]]:
    """By class, the differences of a dump from headless Live of the same version; classes that agree are left out."""
    version = tuple(int(part) for part in dumped["live"].split("."))
    lines: dict[str, list[str]] = {}
    for class_name, device in dumped["devices"].items():
        differ = list(_unlike(class_name, device, version))
        if differ:
            lines[class_name] = differ[:SHOWN] + [f"and {len(differ) - SHOWN} more"] * (len(differ) > SHOWN)
    return lines


def _unlike(class_name: str, device: dict[str, Any], version: tuple[int, ...]) -> Iterator[str]:
    facts = devices.find(class_name)
    if facts is None:
        yield "headless Live does not have this class"
        return
    rows = device["parameters"][1:]
    if class_name.endswith("GroupDevice"):
        return
    specs = as_of(facts, version, devices.build(facts).parameters).parameters
    names, ours = [row["name"] for row in rows], [spec.name for spec in specs]
    for index, (here, there) in enumerate(zip(names, ours, strict=False), 1):
        if here != there:
            yield f"parameter {index} is {here!r}, not {there!r}"
            return
    if len(names) != len(ours):
        yield f"{len(names)} parameters, not {len(ours)}"
        return
    known: dict[str, ParameterFact] = {fact.name: fact for fact in facts.parameters}
    for row, spec in zip(rows, specs, strict=True):
        guess = " (a guess)" if known.get(spec.name) and known[spec.name].guesses else ""
        if any(abs(row[key] - value) > 1e-5 for key, value in (("min", spec.minimum), ("max", spec.maximum))):
            yield f"{spec.name}: {row['min']:g} to {row['max']:g}, not {spec.minimum:g} to {spec.maximum:g}{guess}"
        elif row.get("items", []) != list(spec.items):
            yield f"{spec.name}: items {row.get('items')}, not {list(spec.items) or None}{guess}"
        elif not spec.items:
            for value, text in [(row["default"], row["default_text"]), *row.get("texts", ())]:
                if not shows(spec.unit, [(value, text)], row["min"], row["max"]):
                    shown = display.text(spec.unit, value, row["min"], row["max"])
                    yield f"{spec.name}: {value:g} shows {text!r}, not {shown!r}{guess}"
                    break
