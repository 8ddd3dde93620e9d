"""The coverage list has every member of headless Live, and only existing ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from mcp_server.commands import check, stubs
from remote_script.headless import HeadlessLive, demo_set
from remote_script.headless.api.coverage import coverage, report
from remote_script.headless.api.facts import DEFAULT_VERSION, all_properties, facts_for, parse_version
from remote_script.headless.api.handles import NOT_HERE, Handle
from remote_script.testkit import plugin

CORE = (
    "Application", "Application.View", "Browser", "BrowserItem", "Chain", "Clip", "ClipSlot",
    "CuePoint", "Device", "DeviceParameter", "DrumChain", "DrumPad", "Envelope", "Groove",
    "GroovePool", "MixerDevice", "PluginDevice", "RackDevice", "Sample", "Scene", "SimplerDevice",
    "Song", "Song.View", "TakeLane", "Track", "Track.View",
)  # fmt: skip


MISSING = "add their behaviour in remote_script/headless/model/ (the file of their class)"


def test_the_core_of_the_object_model_is_complete() -> None:
    missing = {each.name: each.missing for each in coverage(DEFAULT_VERSION) if each.missing}
    assert {name: missing[name] for name in CORE if name in missing} == {}, MISSING


def test_the_report_names_what_is_missing() -> None:
    lines = report(coverage(DEFAULT_VERSION))
    assert any("Licensing.launch_web_browser()" in line for line in lines)
    assert lines[-1].startswith("all: ")


@pytest.mark.parametrize("version", ["11.0", "12.0", DEFAULT_VERSION])
def test_nothing_is_missing_without_a_reason(version: str) -> None:
    missing = {
        f"Live.{'' if each.name == 'functions' else each.name + '.'}{member.replace('()', '')}"
        for each in coverage(version)
        for member in each.missing
    }
    assert missing - set(NOT_HERE) == set(), MISSING
    assert version != DEFAULT_VERSION or missing == set(NOT_HERE)


@pytest.mark.parametrize("version", ["11.0", "12.0", DEFAULT_VERSION])
def test_every_property_of_every_object_is_readable_or_refused_with_a_reason(version: str) -> None:
    live = HeadlessLive(demo_set(), version=version)
    seen, stack, read, silent = set(), [live.song, live.application], 0, 0
    plain = {"int": int, "float": float, "bool": bool, "str": str}
    while stack:
        thing = stack.pop()
        if thing in seen:
            continue
        seen.add(thing)
        for name, prop in all_properties(live.surface.facts, type(thing)._lom_name).items():
            try:
                value = getattr(thing, name)
            except RuntimeError as problem:
                silent += isinstance(problem, NotImplementedError) or not str(problem)
                continue
            read += 1
            if isinstance(value, Handle):
                stack.append(value)
            elif hasattr(value, "__len__") and not isinstance(value, str):
                stack.extend(each for each in value if isinstance(each, Handle))
            elif prop.type in plain and value is not None and name != "device_insert_mode":
                assert type(value) is plain[prop.type], (thing, name, value)
    assert len(seen) > 1500
    assert read > 19000
    assert silent == 0
    live.close()


def test_members_depend_on_the_version() -> None:
    old, new = facts_for("11.0"), facts_for(DEFAULT_VERSION)
    assert "sync_parameter_changes" in new.classes["Song"].methods
    assert "sync_parameter_changes" not in facts_for("12.3").classes["Song"].methods
    assert "take_lanes" not in old.classes["Track"].properties
    assert "tuning_system" not in facts_for("11.3").classes["Song"].properties


@pytest.mark.parametrize("text", ["", "12.x", "10.1", "12.4.0.1", "latest"])
def test_an_unknown_version_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="Live"):
        parse_version(text)


def test_programs_that_load_no_facts_at_their_start_name_the_same_newest_live() -> None:
    options = {option.name: option.default for option in stubs.command.params}
    named = {
        "DEFAULT_VERSION in remote_script/testkit/plugin.py": plugin.DEFAULT_VERSION,
        "LIVES in mcp_server/commands/check.py": check.LIVES[-1],
        "the option of mcp_server/commands/stubs.py": options["live_version"],
    }
    assert {place for place, version in named.items() if version != DEFAULT_VERSION} == set(), DEFAULT_VERSION


def test_what_people_read_names_the_same_newest_live() -> None:
    guide = (Path(check.__file__).parents[1] / "guide" / "versions.md").read_text("utf-8")
    assert f"Live | 11.0 to {DEFAULT_VERSION}." in guide, "mcp_server/guide/versions.md"
    assert f"as Live {DEFAULT_VERSION}\n" in check.command.help, "mcp_server/commands/check.py"
