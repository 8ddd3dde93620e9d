"""`setmirror probe`: in headless Live all facts agree in every version, and the Set is restored."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import trio
import trio.testing

from mcp_server import probe
from mcp_server.commands import probe as probe_command
from mcp_server.commands.processes import HeadlessProcess
from mcp_server.demo.contents import differences, picture
from mirror import errors
from remote_script.headless.sets.generate import default_set
from tests.lean import demo_set
from tests.whole import whole_path

from .test_with_live import setmirror

Clock = trio.testing.MockClock


def untracked(mirror: Any) -> dict[str, Any]:
    """The values outside Live's undo history: selection, transport, switches."""
    song, view = mirror.resolve("song"), mirror.resolve("view")
    kept = {f"song.{name}": value for name, value in song.props.items() if not name.startswith("can_")}
    kept.update({f"view.{name}": value for name, value in view.props.items()})
    for number, track in enumerate(mirror.children("song", "tracks")):
        for name in ("arm", "current_monitoring_state", "implicit_arm", "back_to_arranger"):
            kept[f"tracks/{number}.{name}"] = track.props.get(name)
    return kept


@pytest.mark.parametrize(
    "version", ["11.3", *(pytest.param(v, marks=pytest.mark.slow) for v in ("12.0", "12.3")), "12.4"]
)
async def test_all_facts_agree_and_the_set_is_unchanged(version: str, autojump_clock: Clock) -> None:
    async with whole_path(default_set(), version) as whole, whole.person() as mirror:
        await whole.audited()
        before, entries, rest = picture(whole.mirror), len(whole.history()), untracked(whole.mirror)
        notices: list[probe.Outcome] = []
        outcomes = await probe.run(mirror, notices.append)
        otherwise = ", ".join(outcome.name for outcome in outcomes if outcome.agrees is False)
        assert not otherwise, f"headless Live (remote_script/headless/model/) does otherwise: {otherwise}"
        assert len(outcomes) == len(probe.experiments())
        if version == "12.4":
            assert [outcome for outcome in outcomes if outcome.agrees is None] == []
        assert all(outcome.note for outcome in outcomes if outcome.agrees is None)
        assert notices == outcomes
        assert len(whole.history()) == entries
        await whole.audited()
        assert differences(before, picture(whole.mirror)) == []
        assert untracked(whole.mirror) == rest
        assert await whole.differences() == []


def test_every_area_of_the_probe_is_listed() -> None:
    folder = Path(probe.__file__).parent
    areas = {path.stem for path in folder.glob("*.py") if "\nTHEME = " in path.read_text("utf-8")}
    modules = {import_module(f"mcp_server.probe.{area}").THEME: area for area in areas}
    without = sorted(area for theme, area in modules.items() if theme not in probe.THEMES)
    assert without == [], f"THEMES in mcp_server/probe/__init__.py has no {', '.join(without)}"


def test_experiments_have_unique_names() -> None:
    found = probe.experiments()
    names = [each.name for _, each in found]
    themes = {theme.name for theme, _ in found}
    assert len(names) == len(set(names))
    assert not themes & set(names)


async def test_one_theme_or_one_fact_can_be_chosen(autojump_clock: Clock) -> None:
    async with whole_path(default_set()) as whole:
        found = await probe.run(whole.mirror, lambda outcome: None, ["notes", "fader_texts"])
        assert {each.name for each in found} >= {"fader_texts", "middle_c", "cut_note"}
        assert "panning_texts" not in {each.name for each in found}
        with pytest.raises(errors.NotFound, match="no_such"):
            await probe.run(whole.mirror, lambda outcome: None, ["no_such"])


async def test_a_set_with_contents_is_not_changed(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        entries = len(whole.history())
        with pytest.raises(errors.NotAvailable, match="not empty"):
            await probe.run(whole.mirror, lambda outcome: None)
        assert len(whole.history()) == entries


async def test_a_playing_set_is_not_changed(autojump_clock: Clock) -> None:
    async with whole_path(default_set()) as whole:
        await whole.by_hand(lambda song: song.start_playing())
        await whole.audited()
        with pytest.raises(errors.NotAvailable, match="plays"):
            await probe.run(whole.mirror, lambda outcome: None)


async def test_the_command_gives_the_reason_for_a_refusal() -> None:
    async with HeadlessProcess.started() as live:
        found = await setmirror("probe", "--port", str(live.port))
        assert found.returncode == 1
        assert b"not empty" in found.stderr


async def test_the_facts_are_listed_without_a_live() -> None:
    found = await setmirror("probe", "--list", "--json", "--port", "1")
    assert found.returncode == 0
    listed = [json.loads(line) for line in found.stdout.splitlines()]
    assert [each["name"] for each in listed] == [each.name for _, each in probe.experiments()]
    assert {each["guess"] for each in listed} == {True, False}
    assert all(each["fact"] and each["theme"] for each in listed)


async def test_the_command_probes_an_empty_set_and_prints_the_findings() -> None:
    async with HeadlessProcess.started(more=["--default-set"]) as live:
        words = ("probe", "--only", "fader_texts", "--only", "jumps", "--port", str(live.port))
        found = await setmirror(*words, "--json")
        assert found.returncode == 0, found.stderr
        told = [json.loads(line) for line in found.stdout.splitlines()]
        assert [(each["name"], each["agrees"], each["live"]) for each in told] == [
            ("fader_texts", True, "12.4.0"),
            ("jumps", True, "12.4.0"),
        ]
        assert told[1]["seen"] == told[1]["expected"] == [6.0, 8.0]
        found = await setmirror(*words)
        assert found.stdout.splitlines()[-1] == b"Live 12.4.0: 2 facts tried, 0 differ"


def test_differences_are_repeated_at_the_end(capsys: pytest.CaptureFixture[str]) -> None:
    found = [
        probe.Outcome("one", "A fact", 1, 1, True),
        probe.Outcome("two", "Another", 1, 2, False, guess=True),
        probe.Outcome("three", "A third", None, None, None, note="it came with Live 13"),
    ]
    probe_command._sum_up("12.4.0", found, found[1:2])
    assert capsys.readouterr().out.splitlines() == [
        "Live 12.4.0: 2 facts tried, 1 differ (1 of them guesses); 1 are of other versions of Live",
        "differs two: Another (a guess)",
        "        expected 1, seen 2",
    ]


async def test_an_interruption_restores_the_set(autojump_clock: Clock) -> None:
    async with whole_path(default_set()) as whole:
        await whole.audited()
        before, rest = picture(whole.mirror), untracked(whole.mirror)
        with trio.CancelScope() as scope:
            await probe.run(
                whole.mirror,
                lambda outcome: scope.cancel() if outcome.name == "fired_late" else None,
                ["playing"],
            )
        assert scope.cancelled_caught
        await whole.audited()
        assert differences(before, picture(whole.mirror)) == []
        assert untracked(whole.mirror) == rest


def test_a_difference_shows_the_expected_and_the_observed_value(capsys: pytest.CaptureFixture[str]) -> None:
    probe_command._tell(probe.Outcome("a_name", "A fact", [1], [2], False, guess=True, note="and more"))
    assert capsys.readouterr().out.splitlines() == [
        "differs a_name: A fact (a guess)",
        "        expected [1], seen [2]",
        "        and more",
    ]
