"""`python -m remote_script.headless.devices.take DUMP.json`: take a real Live's parameters into `parameters.json`.

DUMP is what `setmirror probe --devices FILE` writes: {"live", "devices": {class: {"display", "type", "parameters":
[{name, original_name, min, max, quantized, items, default, default_text, texts}]}}}; `items` may name an entry of
"lists". It replaces names, order, ranges, items, defaults and texts of every class that it has. Facts that only Set
files have (`path`, `file`) stay with the parameter: by name, by a name that it had, or by its path. Display laws stay
as long as they show every text of the dump; otherwise `fit` finds one that does. The list that was there before
becomes one of an older Live; a dump of an older Live than that adds its list.
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
"""Parameters of a class that must confirm a law before it counts more than a default."""
_ON_OFF = ["Off", "On"]
_ORDER = (
    "name", "original_name", "min", "max", "default", "text", "items", "unit", "texts", "path", "file", "was",
    "section", "guess",
)  # fmt: skip


def take(data: Dict[str, Any], dump: Dict[str, Any]) -> Dict[str, Any]:
    """The data with a dump taken in; neither argument is changed. Both may share lists of items."""
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
    """The same with every parameter's items written out."""
    lists = data.get("lists", {})

    def row(each: Row) -> Row:
        items = each.get("items")
        return dict(each, items=list(lists[items])) if isinstance(items, str) else dict(each)

    devices = {}
    for class_name, device in data["devices"].items():
        devices[class_name] = dict(device)
        for part in ("parameters", "when_sections_on"):
            if part in device:
                devices[class_name][part] = [row(each) for each in device[part]]
    return dict(data, devices=devices, lists={})


def written(data: Dict[str, Any]) -> str:
    """The data as the file has it: one line a parameter, what is usual left out, common items once."""
    counts: Dict[Tuple[str, ...], int] = {}
    for device in data["devices"].values():
        for each in device["parameters"]:
            if each.get("items"):
                counts[tuple(each["items"])] = counts.get(tuple(each["items"]), 0) + 1
    common = [items for items, count in counts.items() if count > 1]
    names = {items: "L%d" % (index + 1) for index, items in enumerate(common)}
    lines = ['{"lists": {']
    lines.append(",\n".join('"%s": %s' % (names[items], _json(items)) for items in common))
    lines.append('},\n"devices": {')
    blocks = []
    for class_name in sorted(data["devices"]):
        device = dict(data["devices"][class_name])
        rows = [_json(_short(each, names)) for each in device.pop("parameters")]
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
    """The parameters of a class that are known so far, by all that a dump may call them."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self._by_path = {row["path"]: row for row in rows if row.get("path")}
        self._by_name = {row["name"]: row for row in reversed(rows)}
        for row in rows:
            for name in row.get("was", ()):
                self._by_name.setdefault(name, row)

    def of(self, each: Row) -> Row:
        names = [each["name"], each.get("original_name", "")] + [was[0] for was in each.get("was", ())]
        for name in names:
            found = self._by_name.get(name)
            if found is not None and not (each.get("xml") and found.get("path", "") not in ("", each["xml"])):
                return found
        return self._by_path.get(each.get("xml", ""), {})


def _rows(device: Row, old: Row) -> Iterator[Row]:
    known = _Known(old.get("parameters", ()))
    given = [each for index, each in enumerate(device["parameters"]) if index or each["name"] != ON]
    trusted = _trusted(given, known)
    for each in given:
        yield _row(_undoubted(each, known.of(each), trusted), known.of(each))
    listed = [len(each["names"]) for each in device.get("other_lists", ()) if each["names"] != "same"]
    if "when_sections_on" not in device:
        names = {each["name"] for each in given}
        yield from (
            row for row in old.get("parameters", ()) if row.get("section") and row["name"] not in names
        )
        return
    in_sections = device["when_sections_on"]
    if len(in_sections) > 1 + len(given) - min(listed, default=0) or not listed:
        for each in in_sections:
            yield dict(_row(each, known.of(each)), section=True)


def _trusted(given: Sequence[Row], known: _Known) -> Set[str]:
    """Laws under which several of the parameters show the texts that the dump has for them."""
    counts: Dict[str, int] = {}
    for each in given:
        unit = known.of(each).get("unit", "")
        if ":" in unit and each.get("default") is not None and each.get("default_text"):
            pair = (float(each["default"]), each["default_text"])
            counts[unit] = counts.get(unit, 0) + shows(unit, [pair], float(each["min"]), float(each["max"]))
    return {unit for unit, count in counts.items() if count >= TRUSTED}


def _undoubted(each: Row, old: Row, trusted: Set[str]) -> Row:
    """Without a default that contradicts its text under a trusted law: such a default is another device's."""
    unit, text, default = old.get("unit", ""), each.get("default_text"), each.get("default")
    if unit not in trusted or not text or default is None:
        return each
    if shows(unit, [(float(default), text)], float(each["min"]), float(each["max"])):
        return each
    return {key: value for key, value in each.items() if key != "default"}


def _in_order(rows: List[Row], device: Row) -> List[Row]:
    """With the parameters of sections where a list of a device that had them on has them, else last."""
    names = {row["name"] for row in rows}
    for each in device.get("other_lists", ()) if device.get("when_sections_on") else ():
        listed = [name for name in each["names"] if name != ON] if each["names"] != "same" else []
        if set(listed) == names and len(listed) == len(rows):
            return sorted(rows, key=lambda row: listed.index(row["name"]))
    return rows


def _row(each: Row, old: Row) -> Row:
    """One parameter's line, from what a dump says of it and what was known before."""
    low, high = (float({**old, **each}.get(key, usual)) for key, usual in (("min", 0.0), ("max", 1.0)))
    row: Row = {"name": each["name"], "min": low, "max": high}
    guess: List[str] = []
    if each.get("original_name", each["name"]) != each["name"]:
        row["original_name"] = each["original_name"]
    items = _items(each, old, guess, int(high - low) + 1)
    text = each.get("default_text", "")
    default = each.get("default")
    texts = each.get("texts", old.get("texts", ()))
    path = each.get("xml", old.get("path", ""))
    if items:
        row["items"] = items
        if default is None and text in items:
            default = low + float(items.index(text))
    else:
        filed = tuple(each["xml_range"]) if each.get("xml_range") else None
        pairs: List[Pair] = [(float(value), shown) for value, shown in texts or ()]
        if default is not None and text:
            pairs.insert(0, (default, text))
        same = (low, high) == (old.get("min", 0.0), old.get("max", 1.0)) and not old.get("items")
        known = old if same or (":" in old.get("unit", "") and not old.get("items")) else {}
        found = _law(pairs, text, low, high, filed, known, guess)
        row["unit"] = found.unit
        if found.value is not None and (text or default is None):
            default = found.value
        file = _file(found.unit, low, high, filed, known)
        if file is not None and path:
            row["file"] = file
    if default is None:
        default = min(max(old.get("default", low), low), high)
        guess.append("default")
    row["default"] = min(max(float("%.9g" % float(default)), low), high)
    row.update((key, value) for key, value in (("text", text), ("texts", texts), ("path", path)) if value)
    was = [
        name for name in [was[0] for was in each.get("was", ())] or old.get("was", ()) if name != row["name"]
    ]
    if old and old["name"] not in [row["name"]] + was:
        was.append(old["name"])
    if was:
        row["was"] = sorted(set(was), key=was.index)
    certainty = each.get("xml_cert", "table" if "path" in old.get("guess", ()) else "")
    if path and certainty in ("meaning", "table"):
        guess.append("path")
    if guess:
        row["guess"] = guess
    return row


def _items(each: Row, old: Row, guess: List[str], count: int) -> List[str]:
    """The items of a quantized parameter; a dump that has none for it leaves ours, else Off and On or numbers."""
    items, before = list(each.get("items", ())), list(old.get("items", ()))
    quantized = each.get("quantized")
    if items or quantized is False or (quantized is None and not (before or each["name"].endswith(" On"))):
        return items
    guess.append("items")
    if len(before) == count:
        return before
    return list(_ON_OFF) if count == 2 else [str(index) for index in range(count)]


def _law(
    pairs: List[Pair], text: str, low: float, high: float, filed: Any, old: Row, guess: List[str]
) -> Fit:
    known = [old["unit"]] if old.get("unit") else []
    found = fit(pairs, text, low, high, filed=filed, known=known) if pairs or text else None
    if found is None:
        # No text, or one that no law writes: what was known, else a plain number.
        guess.append("law")
        return Fit(known[0] if known else "", None, True)
    if found.is_guess or ("law" in old.get("guess", ()) and len(pairs) < 2):
        guess.append("law")
    return found


def _near(one: Tuple[float, float], other: Tuple[float, float]) -> bool:
    return all(abs(a - b) <= 1e-3 * max(1.0, abs(a)) for a, b in zip(one, other))


def _file(unit: str, low: float, high: float, filed: Any, old: Row) -> Any:
    """How the file keeps it: a "factor", the "value", or what the number is multiplied with to be the shown one."""
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


def _with_older(old: Row, live: str, given: Sequence[Row]) -> List[Row]:
    """The older lists with that of a Live before the newest one known; a dump of that Live replaces it."""
    rows = given[1:] if given and given[0]["name"] == ON else given
    now = {row["name"]: (row.get("min", 0.0), row.get("max", 1.0)) for row in old["parameters"]}
    ranges = {row["name"]: [row["min"], row["max"]] for row in rows if "min" in row}
    made: Row = {"live": live, "names": [row["name"] for row in rows]}
    differ = {name: span for name, span in ranges.items() if tuple(span) != now.get(name, (0.0, 1.0))}
    if differ:
        made["ranges"] = differ
    lists = [each for each in old.get("older", ()) if each["live"] != live] + [made]
    return sorted(lists, key=lambda each: facts.number_of(each["live"]), reverse=True)


def _older(device: Row, old: Row, live: str) -> List[Row]:
    """The lists of older Lives: those of the dump, those known, and what was the newest one so far."""
    lists: Dict[str, Row] = {each["live"]: each for each in old.get("older", ())}
    before = old.get("live", "")
    if before and facts.number_of(before) < facts.number_of(live) and not device.get("other_lists"):
        lists[before] = {
            "live": before,
            "names": [row["name"] for row in old["parameters"] if not row.get("section")],
        }
    for each in device.get("other_lists", ()):
        made: Row = {"live": each["live"]}
        if each["names"] != "same":
            made["names"] = each["names"][1:] if each["names"][0] in (ON, "On") else list(each["names"])
        if each.get("ranges"):
            made["ranges"] = each["ranges"]
        lists[each["live"]] = made
    newest: List[Row] = sorted(lists.values(), key=lambda each: facts.number_of(each["live"]), reverse=True)
    return [each for each in newest if facts.number_of(each["live"]) >= facts.OLDEST]


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
