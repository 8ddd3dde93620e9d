"""The lines that `tail` prints and leaves out."""

from __future__ import annotations

import click
import pytest

from mcp_server.commands.events import line_of
from mcp_server.commands.tail import Filter
from mirror.model import Event


def event(kind: str = "set", who: str = "live", ref: str = "tracks/2", **more: object) -> Event:
    return Event(1, 1_700_000_000.25, "e", 41, kind, who, ref, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("pattern", "ref", "fits"),
    [
        ("tracks/2", "tracks/2", True),
        ("tracks/2", "tracks/2/mixer_device/volume", False),
        ("tracks/2/**", "tracks/2/mixer_device/volume", True),
        ("tracks/2/**", "tracks/2", True),
        ("tracks/*", "tracks/12", True),
        ("tracks/*", "return_tracks/1", False),
        ("**/volume", "return_tracks/1/mixer_device/volume", True),
        ("tracks/*/clip_slots/*/clip", "tracks/0/clip_slots/3/clip", True),
        ("tracks/1", "tracks/12", False),
    ],
)
def test_a_star_is_one_step_and_two_are_any_number(pattern: str, ref: str, fits: bool) -> None:
    assert Filter((pattern,))(event(ref=ref)) is fits


def test_filters_are_joined_by_and_and_values_of_a_filter_by_or() -> None:
    wanted = Filter(("tracks/2", "song"), ("live", "claude"), ("set",))

    assert wanted(event(ref="song", who="claude"))
    assert not wanted(event(ref="song", who="audit"))
    assert not wanted(event(ref="song", kind="add"))
    assert not wanted(event(ref="scenes/0"))


def test_a_resync_is_always_shown() -> None:
    assert Filter(("tracks/9",), ("nobody",), ("add",))(event(kind="resynced", ref=""))


@pytest.mark.parametrize(
    ("told", "text"),
    [
        (event(name="tempo", before=120.0, after=124.5), "tracks/2 tempo: 120 → 124.5"),
        (event(name="name", object_name="Bass", before="A", after="B"), 'tracks/2 "Bass" name: "A" → "B"'),
        (event(name="mute", before=False, after=True), "tracks/2 mute: off → on"),
        (event("add", type="Track", id=7), "tracks/2 is new (Track #7)"),
        (event("remove", type="Track", id=7), "tracks/2 is gone (Track #7)"),
        (event("children", name="devices", before=[1, 2], after=[2, 3]), "devices: 2 → 2 (+#3 −#1)"),
        (event("children", name="devices", before=[1, 2], after=[2, 1]), "devices: 2 → 2 (another order)"),
        (event("content", name="notes", before=(), after=(1, 2)), "notes: 0 items gone or changed, 2 new"),
        (event("absent", name="arm", before=True), "arm: on → not readable"),
        (event("set", name="x", more=5), "(and 5 more)"),
        (event("resynced", ref=""), "resynced"),
    ],
)
def test_an_event_is_described_in_one_line(told: Event, text: str) -> None:
    line = click.unstyle(line_of(told))

    assert text in line
    assert "r41" in line
    assert "\n" not in line


def test_a_long_value_is_shortened() -> None:
    line = click.unstyle(line_of(event(name="name", before="x" * 500, after="y")))

    assert len(line) < 200
