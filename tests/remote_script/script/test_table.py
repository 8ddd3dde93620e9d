"""The schema agrees with the facts about Live: it has every readable member, and only existing ones."""

from __future__ import annotations

import json
from importlib import resources
from typing import Any

import pytest

from remote_script.headless.api.facts import DEFAULT_VERSION
from remote_script.SetMirror import overwrites
from remote_script.SetMirror.contract import schema

FACTS: dict[str, Any] = json.loads(
    resources.files("remote_script.headless.api").joinpath("lom_facts.json").read_text("utf-8")
)["classes"]
NOW_CALLED = {"TuningSystem": "TuningSystem.TuningSystem"}
"""Members that Live 12.0.5 moved."""
NOT_IN_A_SET = ("c_instance", "ControlSurface")
NOT_IN_LIVE = {
    "Song.application": "the mirror hangs the application below the song",
    "DeviceParameter.display": "what str_for_value says of the value",
}


def inherited(name: str, kind: str) -> dict[str, Any]:
    """A class's members of a kind with those of its bases."""
    facts = FACTS.get(NOW_CALLED.get(name, name))
    if facts is None:
        return {}
    found: dict[str, Any] = {}
    for base in facts["bases"]:
        found.update(inherited(base, kind))
    found.update(facts[kind])
    return found


@pytest.mark.parametrize("name", sorted(set(FACTS) - set(NOT_IN_A_SET)))
def test_every_readable_property_is_mirrored_or_omitted_with_a_reason(name: str) -> None:
    kept = schema.properties(name) if name in schema.CLASSES else {}
    forgotten = [
        each
        for each, facts in FACTS[name]["properties"].items()
        if "r" in facts[1] and each not in kept and schema.left_out(name, each) is None
    ]
    assert forgotten == []


@pytest.mark.parametrize("name", sorted(schema.CLASSES))
def test_every_row_is_in_the_facts_of_its_live_and_headless_live_has_its_version(name: str) -> None:
    class_ = schema.CLASSES[name]
    known = {**inherited(name, "properties"), **inherited(name, "events"), **inherited(name, "methods")}
    rows = [*class_.properties.values(), *(row for row in class_.methods.values() if not row.ours)]
    unknown = [row.name for row in rows if row.name not in known and f"{name}.{row.name}" not in NOT_IN_LIVE]
    assert unknown == [], (
        f"remote_script/headless/api/lom_facts.json has no {name}.{', '.join(unknown)}: "
        "add it, by a capture of its Live or by hand, and its behaviour to remote_script/headless/model/"
    )
    later = [row.name for row in rows if row.since > schema.version(DEFAULT_VERSION)]
    assert later == [], (
        f"headless Live is Live {DEFAULT_VERSION}, which has no {name}.{', '.join(later)}: "
        "raise DEFAULT_VERSION in remote_script/headless/api/facts.py"
    )


def test_reasons_exist_only_for_omitted_existing_properties() -> None:
    for key in schema.LEFT_OUT:
        class_, _, name = key.rpartition(".")
        if name == "*":
            assert class_ in FACTS, key
            assert class_ not in schema.CLASSES or class_ == "Browser", key
        elif class_ != "*":
            assert name in {**FACTS[class_]["properties"], **inherited(class_, "properties")}, key
            assert name not in schema.properties(class_), key


@pytest.mark.parametrize("name", sorted(schema.CLASSES))
def test_a_property_that_can_be_set_can_be_set_in_live(name: str) -> None:
    known = inherited(name, "properties")
    for each, prop in schema.CLASSES[name].properties.items():
        if prop.write and each in known:
            assert "w" in known[each][1], each


@pytest.mark.parametrize("name", sorted(schema.CLASSES))
def test_observed_properties_have_a_listener_in_live(name: str) -> None:
    properties, events = inherited(name, "properties"), inherited(name, "events")
    for each, prop in schema.CLASSES[name].properties.items():
        if prop.kind == "observed" and each in properties and each not in events:
            assert "o" in properties[each][1], f"Live has no listener of {name}.{each}: its row says observed"


@pytest.mark.parametrize("name", sorted(schema.CLASSES))
def test_rows_use_only_the_kinds_effects_and_types_that_the_table_describes(name: str) -> None:
    class_ = schema.CLASSES[name]
    kinds = {each: prop.kind for each, prop in class_.properties.items() if prop.kind not in schema.KINDS}
    effects = {each: row.effect for each, row in class_.methods.items() if row.effect not in schema.EFFECTS}
    types = {each: prop.type for each, prop in class_.properties.items() if prop.type not in schema.TYPES}
    assert (kinds, effects, types) == ({}, {}, {})


def test_overwrites_refused_by_a_check_are_declared_in_the_table() -> None:
    """The policy sees a deletion by the schema; the judge sees the real objects."""
    looks_only = ("_reached", "_move_device")
    undeclared = [
        key
        for key, judge in overwrites.JUDGES.items()
        if not judge.__qualname__.startswith(looks_only)
        and not schema.CLASSES[key[0]].methods[key[1]].overwrites
    ]
    assert undeclared == []
