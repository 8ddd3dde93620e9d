"""`python -m remote_script.headless.devices.take DUMP.json`: merge a real Live's parameters into `parameters.json`.

DUMP is the file that `setmirror probe --devices FILE` writes: {"live", "devices": {class: {"display", "type",
"parameters": [{name, original_name, min, max, quantized, items, default, default_text, texts}]}}}; `items` may name
an entry of "lists". A dump replaces names, order, ranges, items, defaults and texts of every class in it. Facts
that only Set files have (`path`, `file`) remain with the parameter, which is found by name, by an earlier name, or
by path. A display law remains if it shows every text of the dump; otherwise `fit` finds another law. The previous
list becomes the list of an older Live; a dump from an older Live adds its list.
"""

from __future__ import annotations

import json
import sys
from typing import Any, Dict, Iterator, List, Sequence, Set, Tuple

from . import facts
from .fit import Fit, Pair, fit, shows
from .laws import FADERS, SMALLEST_FACTOR

Row = Dict[str, Any]
ON = "Device On"
TRUSTED = 3
"""Number of parameters of a class that must confirm a law before the law overrules a default."""
_ON_OFF = ["Off", "On"]
_ORDER = (
    "name", "original_name", "min", "max", "default", "text", "items", "unit", "texts", "path", "file", "was",
    "section", "guess",
)  # fmt: skip


def take(data: Dict[str, Any], dump: Dict[str, Any]) -> Dict[str, Any]:
    """The data merged with a dump; neither argument is changed. Both may share lists of items."""
    devices = expanded(data)["devices"]
    for class_name, device in expanded(dump)["devices"].items():
        old = devices.get(class_name, {})
        live = device.get("live") or dump["live"]
        if facts.number_of(live) < facts.number_of(old.get("live", "")):
            devices[class_name] = dict(old, older=_with_older(old, live, device["parameters"]))
            continue
        rows = _in_order(list(_rows(device, old)), device)
        new: Row = {
            "display": device["display"],
            "type": device.get("type", old.get("type", 2)),
            "live": live,
        }
        new["source"] = device.get("main_source", "dump")
        older = _older(device, old, live)
        if older:
            new["older"] = older
        new["parameters"] = rows
        devices[class_name] = new
    return {"devices": devices}


def expanded(data: Dict[str, Any]) -> Dict[str, Any]:
    """The data with every parameter's items written out."""
    lists = data.get("lists", {})

    def row(parameter: Row) -> Row:
        items = parameter.get("items")
        return dict(parameter, items=list(lists[items])) if isinstance(items, str) else dict(parameter)

    devices = {}
    for class_name, device in data["devices"].items():
        devices[class_name] = dict(device)
        for part in ("parameters", "when_sections_on"):
            if part in device:
                devices[class_name][part] = [row(parameter) for parameter in device[part]]
    return dict(data, devices=devices, lists={})


def written(data: Dict[str, Any]) -> str:
    """The text of the file: one line for each parameter, without usual values, with common items once."""
    counts: Dict[Tuple[str, ...], int] = {}
    for device in data["devices"].values():
        for parameter in device["parameters"]:
            if parameter.get("items"):
                counts[tuple(parameter["items"])] = counts.get(tuple(parameter["items"]), 0) + 1
    common = [items for items, count in counts.items() if count > 1]
    names = {items: "L%d" % (index + 1) for index, items in enumerate(common)}
    lines = ['{"lists": {']
    lines.append(",\n".join('"%s": %s' % (names[items], _json(items)) for items in common))
    lines.append('},\n"devices": {')
    blocks = []
    for class_name in sorted(data["devices"]):
        device = dict(data["devices"][class_name])
        rows = [_json(_short(row, names)) for row in device.pop("parameters")]
        head = _json(device)[:-1]
        blocks.append('"%s": %s, "parameters": [\n%s\n]}' % (class_name, head, ",\n".join(rows)))
    return "\n".join(lines) + "\n" + ",\n".join(blocks) + "\n}}\n"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _short(row: Row, names: Dict[Tuple[str, ...], str]) -> Row:
    usual = {"min": 0.0, "max": 1.0, "unit": ""}
    short = {key: row[key] for key in _ORDER if key in row and row[key] != usual.get(key)}
    if short.get("items"):
        short["items"] = names.get(tuple(short["items"]), short["items"])
    for key in ("min", "max", "default"):
        if key in short and float(short[key]).is_integer():
            short[key] = int(short[key])
    return short


class _Known:
    """The known parameters of a class, by every name that a dump may use for them."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self._by_path = {row["path"]: row for row in rows if row.get("path")}
        self._by_name = {row["name"]: row for row in reversed(rows)}
        for row in rows:
            for name in row.get("was", ()):
                self._by_name.setdefault(name, row)

    def of(self, dumped: Row) -> Row:
        names = [dumped["name"], dumped.get("original_name", "")] + [was[0] for was in dumped.get("was", ())]
        for name in names:
            row = self._by_name.get(name)
            if row is not None and not (dumped.get("xml") and row.get("path", "") not in ("", dumped["xml"])):
                return row
        return self._by_path.get(dumped.get("xml", ""), {})


def _rows(device: Row, old: Row) -> Iterator[Row]:
    known = _Known(old.get("parameters", ()))
    parameters = [
        parameter for index, parameter in enumerate(device["parameters"]) if index or parameter["name"] != ON
    ]
    trusted = _trusted(parameters, known)
    for dumped in parameters:
        yield _row(_undoubted(dumped, known.of(dumped), trusted), known.of(dumped))
    listed = [
        len(listing["names"]) for listing in device.get("other_lists", ()) if listing["names"] != "same"
    ]
    if "when_sections_on" not in device:
        names = {parameter["name"] for parameter in parameters}
        yield from (
            row for row in old.get("parameters", ()) if row.get("section") and row["name"] not in names
        )
        return
    in_sections = device["when_sections_on"]
    if len(in_sections) > 1 + len(parameters) - min(listed, default=0) or not listed:
        for dumped in in_sections:
            yield dict(_row(dumped, known.of(dumped)), section=True)


def _trusted(parameters: Sequence[Row], known: _Known) -> Set[str]:
    """Laws under which several of the parameters show the texts that the dump has for them."""
    counts: Dict[str, int] = {}
    for dumped in parameters:
        unit = known.of(dumped).get("unit", "")
        if ":" in unit and dumped.get("default") is not None and dumped.get("default_text"):
            pair = (float(dumped["default"]), dumped["default_text"])
            counts[unit] = counts.get(unit, 0) + shows(
                unit, [pair], float(dumped["min"]), float(dumped["max"])
            )
    return {unit for unit, count in counts.items() if count >= TRUSTED}


def _undoubted(dumped: Row, old: Row, trusted: Set[str]) -> Row:
    """The row without a default that contradicts its text under a trusted law: it belongs to another device."""
    unit, text, default = old.get("unit", ""), dumped.get("default_text"), dumped.get("default")
    if unit not in trusted or not text or default is None:
        return dumped
    if shows(unit, [(float(default), text)], float(dumped["min"]), float(dumped["max"])):
        return dumped
    return {key: value for key, value in dumped.items() if key != "default"}


def _in_order(rows: List[Row], device: Row) -> List[Row]:
    """The rows in Live's order: parameters of sections at their place in a list with all sections on, else last."""
    names = {row["name"] for row in rows}
    for listing in device.get("other_lists", ()) if device.get("when_sections_on") else ():
        listed = [name for name in listing["names"] if name != ON] if listing["names"] != "same" else []
        if set(listed) == names and len(listed) == len(rows):
            return sorted(rows, key=lambda row: listed.index(row["name"]))
    return rows


def _row(dumped: Row, old: Row) -> Row:
    """One parameter's row, from the dump and from the row before the dump."""
    low, high = (float({**old, **dumped}.get(key, usual)) for key, usual in (("min", 0.0), ("max", 1.0)))
    row: Row = {"name": dumped["name"], "min": low, "max": high}
    guess: List[str] = []
    if dumped.get("original_name", dumped["name"]) != dumped["name"]:
        row["original_name"] = dumped["original_name"]
    items = _items(dumped, old, guess, int(high - low) + 1)
    text = dumped.get("default_text", "")
    default = dumped.get("default")
    texts = dumped.get("texts", old.get("texts", ()))
    path = dumped.get("xml", old.get("path", ""))
    if items:
        row["items"] = items
        if default is None and text in items:
            default = low + float(items.index(text))
    else:
        filed = tuple(dumped["xml_range"]) if dumped.get("xml_range") else None
        pairs: List[Pair] = [(float(value), shown) for value, shown in texts or ()]
        if default is not None and text:
            pairs.insert(0, (default, text))
        same = (low, high) == (old.get("min", 0.0), old.get("max", 1.0)) and not old.get("items")
        known = old if same or (":" in old.get("unit", "") and not old.get("items")) else {}
        fitted = _law(pairs, text, low, high, filed, known, guess)
        row["unit"] = fitted.unit
        if fitted.value is not None and (text or default is None):
            default = fitted.value
        file = _file(fitted.unit, low, high, filed, known)
        if file is not None and path:
            row["file"] = file
    if default is None:
        default = min(max(old.get("default", low), low), high)
        guess.append("default")
    row["default"] = min(max(float("%.9g" % float(default)), low), high)
    row.update((key, value) for key, value in (("text", text), ("texts", texts), ("path", path)) if value)
    was = [
        name
        for name in [was[0] for was in dumped.get("was", ())] or old.get("was", ())
        if name != row["name"]
    ]
    if old and old["name"] not in [row["name"]] + was:
        was.append(old["name"])
    if was:
        row["was"] = sorted(set(was), key=was.index)
    certainty = dumped.get("xml_cert", "table" if "path" in old.get("guess", ()) else "")
    if path and certainty in ("meaning", "table"):
        guess.append("path")
    if guess:
        row["guess"] = guess
    return row


def _items(dumped: Row, old: Row, guess: List[str], count: int) -> List[str]:
    """The items of a quantized parameter: those of the dump, else the known ones, else Off and On or numbers."""
    items, before = list(dumped.get("items", ())), list(old.get("items", ()))
    quantized = dumped.get("quantized")
    if items or quantized is False or (quantized is None and not (before or dumped["name"].endswith(" On"))):
        return items
    guess.append("items")
    if len(before) == count:
        return before
    return list(_ON_OFF) if count == 2 else [str(index) for index in range(count)]


def _law(
    pairs: List[Pair], text: str, low: float, high: float, filed: Any, old: Row, guess: List[str]
) -> Fit:
    known = [old["unit"]] if old.get("unit") else []
    fitted = fit(pairs, text, low, high, filed=filed, known=known) if pairs or text else None
    if fitted is None:
        # Without a text, or with a text that no law writes: the known law, else a plain number.
        guess.append("law")
        return Fit(known[0] if known else "", None, True)
    if fitted.is_guess or ("law" in old.get("guess", ()) and len(pairs) < 2):
        guess.append("law")
    return fitted


def _near(one: Tuple[float, float], other: Tuple[float, float]) -> bool:
    return all(abs(a - b) <= 1e-3 * max(1.0, abs(a)) for a, b in zip(one, other))


def _file(unit: str, low: float, high: float, filed: Any, old: Row) -> Any:
    """The form of the number in a Set file: "factor", "value", or the factor from the number to the shown number."""
    from ..music import display

    law = display.law(unit)
    if filed is None:
        return old.get("file")
    is_factor = abs(filed[0] - SMALLEST_FACTOR) < 1e-5 or (filed[0] == 0.0 and filed[1] > 1.5)
    in_decibels = law.unit in FADERS or (law.unit == "db" and law.curve)
    if law.unit == "amp" or (in_decibels and (is_factor or old.get("file") == "factor")):
        return "factor"
    if not law.curve:
        return None
    if _near(filed, (law.low, law.high)):
        return None
    for scale in (100.0, 1000.0, 0.001, 50.0):
        if _near((filed[0] * scale, filed[1] * scale), (law.low, law.high)):
            return scale
    return "value" if _near(filed, (low, high)) else old.get("file")


def _with_older(old: Row, live: str, parameters: Sequence[Row]) -> List[Row]:
    """The older lists plus the list of a Live older than the newest known; a list of the same Live is replaced."""
    rows = parameters[1:] if parameters and parameters[0]["name"] == ON else parameters
    now = {row["name"]: (row.get("min", 0.0), row.get("max", 1.0)) for row in old["parameters"]}
    ranges = {row["name"]: [row["min"], row["max"]] for row in rows if "min" in row}
    made: Row = {"live": live, "names": [row["name"] for row in rows]}
    differ = {name: span for name, span in ranges.items() if tuple(span) != now.get(name, (0.0, 1.0))}
    if differ:
        made["ranges"] = differ
    lists = [older for older in old.get("older", ()) if older["live"] != live] + [made]
    return sorted(lists, key=lambda older: facts.number_of(older["live"]), reverse=True)


def _older(device: Row, old: Row, live: str) -> List[Row]:
    """The lists of older Lives: those of the dump, the known ones, and the newest list before the dump."""
    lists: Dict[str, Row] = {older["live"]: older for older in old.get("older", ())}
    before = old.get("live", "")
    if before and facts.number_of(before) < facts.number_of(live) and not device.get("other_lists"):
        lists[before] = {
            "live": before,
            "names": [row["name"] for row in old["parameters"] if not row.get("section")],
        }
    for listing in device.get("other_lists", ()):
        made: Row = {"live": listing["live"]}
        if listing["names"] != "same":
            made["names"] = (
                listing["names"][1:] if listing["names"][0] in (ON, "On") else list(listing["names"])
            )
        if listing.get("ranges"):
            made["ranges"] = listing["ranges"]
        lists[listing["live"]] = made
    newest: List[Row] = sorted(lists.values(), key=lambda older: facts.number_of(older["live"]), reverse=True)
    return [older for older in newest if facts.number_of(older["live"]) >= facts.OLDEST]


def main(arguments: Sequence[str]) -> int:
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m remote_script.headless.devices.take DUMP.json\n")
        return 2
    with open(arguments[0], encoding="utf-8") as file:
        dump = json.load(file)
    made = written(take(facts.raw(), dump))
    with open(facts.PATH, "w", encoding="utf-8") as file:
        file.write(made)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
